"""The sandbox: what a parser returns comes back, and a file that swells, hangs or crashes harms only its own process."""

from pathlib import Path
from typing import Any

import pytest

from dangjian.foundation import sandbox
from dangjian.foundation.sandbox import DAMAGED, TOO_MUCH, Limits, Unreadable
from tests.foundation import parsers

SMALL = Limits(memory=300, processor=1, wall=3, answer=1)


def test_json_and_bytes_come_back_from_several_sources(tmp_path: Path) -> None:
    (tmp_path / "b").write_bytes(b"second")
    told = sandbox.read(parsers.told, b"first\x00", tmp_path / "b", options={"page": 3, "name": "附件"})
    assert told["contents"] == [b"first\x00", b"second"]
    assert told["options"] == {"page": 3, "name": "附件"}


def test_the_process_is_told_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://secret")
    monkeypatch.setenv("DANGJIAN_SECRET_KEY", "secret")
    assert set(sandbox.read(parsers.told)["env"]) <= {"PATH", "PYTHONPATH", "PYTHONUTF8", "LANG", "LC_CTYPE"}


@pytest.mark.parametrize(
    ("parser", "text"),
    [
        (parsers.refusing, "这份文件加了密码"),
        (parsers.failing, DAMAGED),
        (parsers.strange, DAMAGED),
        (parsers.crashing, TOO_MUCH),
        (parsers.hoarding, TOO_MUCH),
        (parsers.spinning, TOO_MUCH),
        (parsers.babbling, TOO_MUCH),
    ],
)
def test_what_goes_wrong_is_one_sentence(parser: Any, text: str) -> None:
    with pytest.raises(Unreadable) as refused:
        sandbox.read(parser, b"x", limits=SMALL)
    assert str(refused.value) == text


def test_a_parser_that_waits_is_ended() -> None:
    with pytest.raises(Unreadable, match=TOO_MUCH):
        sandbox.read(parsers.sleeping, b"x", limits=Limits(wall=1))


def test_a_parser_cannot_fill_the_disk(tmp_path: Path) -> None:
    with pytest.raises(Unreadable):
        sandbox.read(parsers.writing, b"x", limits=SMALL, options={"where": str(tmp_path / "big")})
    assert (tmp_path / "big").stat().st_size <= 1024 * 1024
