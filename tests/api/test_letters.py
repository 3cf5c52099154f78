"""Letters by a program: what its owner may, and nothing more."""

from collections.abc import Callable
from typing import Any

import pytest

from dangjian.agreements.letter import Letter
from dangjian.foundation import clock
from tests.cast import Cast, a_letter, an_established, scans_of

Made = Callable[..., Any]

pytestmark = pytest.mark.clause("S-29", "S-116")


def test_a_program_makes_and_registers_a_letter(cast: Cast, program: Made) -> None:
    asking = program(cast.people.officer)
    status, made = asking.send("letters", {"project": an_established(cast).pk})
    assert (status, made["number"], made["state"]) == (201, "一公司责〔2022〕1号", "pending")
    address = f"letters/{made['id']}"
    today = clock.today().isoformat()
    status, refused = asking.send(f"{address}/signing", {"signed_on": today})
    assert status == 422
    assert "尚未归档" in refused["reasons"][0]["text"]
    scans_of(cast, Letter.objects.get(pk=made["id"]))
    status, signed = asking.send(f"{address}/signing", {"signed_on": today, "place": "签订仪式"})
    assert (status, signed["state"], [one["who"] for one in signed["signers"]]) == (200, "signed", ["刘志远", "张建国"])
    assert [row["number"] for row in asking.get("letters", state="signed")[1]["items"]] == ["一公司责〔2022〕1号"]


def test_voiding_takes_two_programs(cast: Cast, program: Made) -> None:
    address = f"letters/{a_letter(cast).pk}"
    first, second = program(cast.people.officer), program(cast.people.unit_secretary)
    status, proposed = first.send(f"{address}/voiding", {"reason": "有误"})
    assert status == 200
    seen = {"version": proposed["version"]}
    assert first.send(f"{address}/voiding/answer", {"answer": "void"} | seen)[0] == 422
    assert first.send(f"{address}/voiding/answer", {"answer": "take_back"} | seen)[0] == 200
    version = first.send(f"{address}/voiding", {"reason": "编号有误"})[1]["version"]
    for answer in ("void", "keep"):
        status, refused = second.send(f"{address}/voiding/answer", {"answer": answer} | seen)
        assert (status, "提请已变，请重看" in str(refused)) == (409, True), "the reason that was read is another one"
    answer = {"answer": "keep", "version": version, "reason": "编号无误"}
    assert second.send(f"{address}/voiding/answer", answer)[1]["state"] == "pending"
    version = first.send(f"{address}/voiding", {"reason": "确实有误"})[1]["version"]
    assert second.send(f"{address}/voiding/answer", {"answer": "void", "version": version})[1]["state"] == "void"


def test_what_is_not_visible_does_not_exist(cast: Cast, program: Made) -> None:
    address = f"letters/{a_letter(cast).pk}"
    asking = program(cast.people.foreign_officer)
    assert asking.get(address)[0] == 404
    assert asking.send(f"{address}/deferral", {"reason": "x"})[0] == 404
    assert asking.get("letters")[1]["items"] == []
