"""What the demo tells of filing: a unit's 汇总表 handed in, and the company's answer to it."""

from __future__ import annotations

from dangjian.delivery.filing import Filing
from dangjian.management.demo.company import Company
from dangjian.management.demo.tale import Told
from dangjian.people.access import Ability
from dangjian.programmes.round import Round


def hand_in(company: Company, year: int, one: Told) -> None:
    """With what was corrected, by the name of the project."""
    unit, round = company.places[one["unit"]], Round.objects.get(year=year)
    former = Filing.standing(unit, round)
    known = {row.line.name: row.project_id for row in former.rows.all()} if former else {}
    said = {known[name]: text for name, text in one.get("explanations", {}).items()}
    Filing.hand_in(unit, round, phone=one["phone"], by=company.hand(Ability.FILE, unit), explanations=said)


def answer(company: Company, year: int, one: Told) -> None:
    """已备案, but for the projects that are named with a reason."""
    filing = Filing.standing(company.places[one["unit"]], Round.objects.get(year=year))
    assert filing is not None
    back = one["answer"].get("returned", {})
    waiting = {row.line.name: row.pk for row in filing.rows.filter(state="waiting")}
    filing.answer(
        record=[key for name, key in waiting.items() if name not in back],
        returned={waiting[name]: reason for name, reason in back.items()},
        by=company.hand(Ability.RECEIVE_FILING, company.places["company"]),
    )
