"""Filings by a program: what their owner may, and nothing more."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.cast import Cast, a_filing, an_established

Made = Callable[..., Any]
pytestmark = pytest.mark.clause("S-36", "S-122")


def test_programs_hand_a_table_in_answer_it_line_by_line_and_send_it_again(cast: Cast, program: Made) -> None:
    one, two = (an_established(cast, name=name) for name in ("甲", "乙"))
    unit, company = program(cast.people.officer), program(cast.people.company_officer)
    address = f"filings/units/{cast.places.unit.pk}"
    status, table = unit.get(address)
    assert (status, [line["name"] for line in table["lines"]], table["seen"]) == (200, ["甲", "乙"], 0)
    assert table["may_hand_in"] == []
    assert company.get(address)[1]["may_hand_in"][0]["text"].startswith("您没有报送")
    assert unit.send(address, {"phone": ""})[0] == 422
    status, made = unit.send(address, {"phone": "0571-1", "seen": 0})
    assert (status, made["number"], made["late"], made["state"]) == (201, 1, False, "handed_in")
    lines = {line["project"]: line["id"] for line in made["lines"]}
    sent = {"version": made["version"], "answers": [
        {"line": lines[one.pk], "answer": "record"}, {"line": lines[two.pk], "answer": "return", "reason": "目标不具体"},
    ]}  # fmt: skip
    answers = f"filings/{made['id']}/answers"
    assert unit.send(answers, sent)[0] == 422
    status, answered = company.send(answers, sent)
    assert (status, answered["code"], answered["state"]) == (200, "备〔2022〕1号", "settled")
    assert [line["state"] for line in answered["lines"]] == ["recorded", "returned"]
    assert company.send(answers, sent)[0] == 409
    refused = unit.send(address, {"phone": "1"})
    assert (refused[0], refused[1]["reasons"][0]["field"]) == (422, f"explanation_{two.pk}")
    again = unit.send(address, {"phone": "1", "explanations": [{"project": two.pk, "text": "已细化"}]})
    assert (again[0], again[1]["number"], again[1]["lines"][1]["explanation"]) == (201, 2, "已细化")
    assert [row["number"] for row in company.get("filings")[1]["items"]] == [2]
    assert len(company.get("filings", newest="false", year=2022)[1]["items"]) == 2
    assert [row["name"] for row in unit.get("projects", filing="recorded")[1]["items"]] == ["甲"]


def test_what_is_not_visible_does_not_exist(cast: Cast, program: Made) -> None:
    filing = a_filing(cast)
    for who in ("foreign_officer", "secretary"):
        asking = program(getattr(cast.people, who))
        assert asking.get(f"filings/{filing.pk}")[0] == 404
        assert asking.get(f"filings/units/{cast.places.unit.pk}")[0] == 404
        assert asking.send(f"filings/{filing.pk}/answers", {"version": 0, "answers": []})[0] == 404
        assert asking.get("filings")[1]["items"] == []
    assert program(cast.people.officer).get(f"filings/units/{cast.places.unit.pk}", year=1999)[0] == 404


def test_programs_take_back_what_was_not_answered_and_correct_the_number(cast: Cast, program: Made) -> None:
    filing = a_filing(cast)
    unit, company = program(cast.people.officer), program(cast.people.company_officer)
    assert unit.send(f"filings/{filing.pk}/phone", {"phone": "0571-2"})[1]["phone"] == "0571-2"
    assert company.send(f"filings/{filing.pk}/phone", {"phone": "0571-3"})[0] == 422
    assert unit.get(f"filings/{filing.pk}")[1]["may_recall"] == []
    assert company.send(f"filings/{filing.pk}/recall", {})[0] == 422
    status, held = unit.send(f"filings/{filing.pk}/recall", {})
    assert (status, held["state"], held["state_text"]) == (200, "recalled", "已撤回")
    assert all(held[key] for key in ("may_recall", "may_answer"))
    assert unit.send(f"filings/{filing.pk}/recall", {})[0] in (409, 422)
    assert unit.get("filings")[1]["items"] == []
    assert program(cast.people.secretary).send(f"filings/{filing.pk}/recall", {})[0] == 404
