"""The wording of the data set: names of organisations, people and projects, from ``words.yaml``."""

from __future__ import annotations

from functools import cache
from itertools import product
from pathlib import Path
from random import Random
from typing import Any

from ruamel.yaml import YAML

# What the search looks for: in every ninth name, and in every thousandth.
COMMON, RARE = "安全", "古桥"


@cache
def _words() -> dict[str, Any]:
    words: dict[str, Any] = YAML(typ="safe").load(Path(__file__).with_name("words.yaml"))
    return words


def unit_names() -> list[str]:
    """The twelve units below the company."""
    return list(_words()["units"])


def general_branch_names() -> list[str]:
    return list(_words()["general_branches"])


def site_names(random: Random) -> list[str]:
    """Construction sites, each once, in no order: one branch stands at each."""
    names = [place + work for place, work in product(_words()["places"], _words()["works"])]
    random.shuffle(names)
    return names


def person_name(random: Random) -> str:
    return str(random.choice(_words()["surnames"]) + random.choice(_words()["given_names"]))


def project_name(random: Random, serial: int) -> str:
    """The name of the project ``serial``, which also says whether it holds one of the words looked for."""
    road, thing, aim = (random.choice(_words()[part]) for part in ("roads", "things", "aims"))
    if serial % 1000 == 0:
        thing = f"修缮沿线{RARE}"
    elif serial % 9 == 0:
        thing = f"提升{COMMON}管理水平"
    return f"{road}，{thing}，{aim}"


def text(random: Random, sentences: int) -> str:
    """A paragraph of the application."""
    return "".join(random.sample(_words()["sentences"], sentences))
