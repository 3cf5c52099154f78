"""The tale (演示故事): what the files of ``story`` tell."""

from functools import cache
from importlib.resources import files
from typing import Any

from ruamel.yaml import YAML

Told = dict[str, Any]


@cache
def told(name: str) -> Any:
    """The content of one story file."""
    text = files("dangjian.management.demo").joinpath(f"story/{name}.yaml").read_text(encoding="utf-8")
    return YAML(typ="safe").load(text)


def told_in(prefix: str) -> list[Told]:
    """The entries of every story file whose name begins with ``prefix``, file by file."""
    names = sorted(
        file.name.removesuffix(".yaml") for file in files("dangjian.management.demo").joinpath("story").iterdir()
    )
    return [entry for name in names if name.startswith(prefix) for entry in told(name)]
