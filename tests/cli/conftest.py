"""Commands as somebody types them."""

import json
from typing import Any

import pytest

from dangjian.cli import main
from dangjian.cli.in_name import REFUSED, WRONG_USE


class Terminal:
    """``did`` gives the JSON of what was done, ``refused`` the lines of a refusal, ``misused`` what was said of wrong use."""

    def __init__(self, capsys: Any) -> None:
        self.capsys = capsys

    def did(self, *words: Any, by: str) -> Any:
        code = self._run(*words, by=by)
        said = self.capsys.readouterr()
        assert (code, said.err) == (0, "")
        return json.loads(said.out) if said.out else None

    def refused(self, *words: Any, by: str) -> list[str]:
        return self._failed(REFUSED, *words, by=by)

    def misused(self, *words: Any, by: str = "clerk") -> str:
        try:
            return "\n".join(self._failed(WRONG_USE, *words, by=by))
        except SystemExit as exit:
            left = exit.code
        assert left == WRONG_USE
        return str(self.capsys.readouterr().err.splitlines()[-1])

    def _failed(self, expected: int, *words: Any, by: str) -> list[str]:
        code = self._run(*words, by=by)
        said = self.capsys.readouterr()
        assert (code, said.out) == (expected, "")
        return said.err.splitlines()

    def _run(self, *words: Any, by: str) -> int:
        return main([*map(str, words), "--as", by])


@pytest.fixture
def terminal(capsys: Any) -> Terminal:
    return Terminal(capsys)
