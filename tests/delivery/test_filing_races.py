"""Filings made and answered at the same moment, on a real PostgreSQL."""

import threading
from collections.abc import Callable

import pytest

from dangjian.delivery import summary
from dangjian.delivery.filing import Filing
from dangjian.foundation import clock
from dangjian.foundation.audit import AuditEntry
from dangjian.foundation.lifecycle import Refused
from dangjian.people.access import Role
from dangjian.people.person import Person
from dangjian.programmes.round import Round
from dangjian.projects.filed import FilingState
from dangjian.projects.meeting import Meeting, Verdict
from dangjian.projects.project import Project
from tests.cast import Cast, a_filing, a_screened, an_established, attendance
from tests.projects.test_races import _rivals, _together

pytestmark = [
    pytest.mark.postgres,
    pytest.mark.django_db(transaction=True),
    pytest.mark.clause("S-36", "S-122"),
]


def _at_once(rivals: list[Person], *acts: Callable[[Person], object]) -> list[str]:
    """Each rival does the act of the same place, all at one moment; what each was refused for, empty where it was done."""
    start = threading.Barrier(len(rivals), timeout=60)

    def one(rival: Person) -> str:
        act = acts[[each.pk for each in rivals].index(rival.pk) % len(acts)]
        start.wait()
        try:
            act(rival)
        except Refused as told:
            return str(told)
        return ""

    return _together(one, rivals)


def _round() -> Round:
    held = Round.current()
    assert held is not None
    return held


def _hand_in(cast: Cast, at: str = "") -> Callable[[Person], object]:
    def act(rival: Person) -> object:
        if not at:
            return Filing.hand_in(cast.places.unit, _round(), phone="1", by=rival)
        with clock.fixed_at(at):
            return Filing.hand_in(cast.places.unit, _round(), phone="1", by=rival)

    return act


def test_of_officers_who_hand_in_late_together_one_makes_the_one_version(committed_cast: Cast) -> None:
    project = an_established(committed_cast)
    told = _at_once(_rivals(committed_cast)[:4], _hand_in(committed_cast, "2022-09-05 09:00"))
    assert sorted(bool(text) for text in told) == [False, True, True, True]
    assert all("与第1版一致" in text for text in told if text)
    filing = Filing.objects.get()
    assert (filing.number, filing.is_late, filing.rows.get().project_id) == (1, True, project.pk)


def _company_officers(cast: Cast) -> list[Person]:
    made = []
    for number in range(2):
        person = Person.enrol(name=f"公司干事{number}", organisation=cast.places.company, by=cast.people.system_admin)
        person.appoint(
            Role.COMPANY_ORG_OFFICER, organisation=cast.places.company, by=cast.people.security_admin, with_subtree=True
        )
        made.append(person)
    return made


def test_a_line_is_recorded_or_returned_and_never_both(committed_cast: Cast) -> None:
    filing = a_filing(committed_cast)
    row = filing.rows.get()
    told = _at_once(
        _company_officers(committed_cast),
        lambda rival: Filing.objects.get(pk=filing.pk).answer(record=[row.pk], by=rival),
        lambda rival: Filing.objects.get(pk=filing.pk).answer(returned={row.pk: "请补充"}, by=rival),
    )
    assert sorted(bool(text) for text in told) == [False, True]
    row.refresh_from_db()
    kept = FilingState.RECORDED if told[0] == "" else FilingState.RETURNED
    assert (row.state, row.project.filing_state, bool(row.reason)) == (kept, kept, kept == FilingState.RETURNED)
    assert [move.name for move in filing.log()].count("file") == 1
    assert filing.log().count() == 2
    assert bool(filing.reload().code) == (kept == FilingState.RECORDED)


def test_an_answer_and_the_next_version_at_once_lose_nothing(committed_cast: Cast) -> None:
    filing = a_filing(committed_cast)
    an_established(committed_cast, name="后来的")
    rivals = [committed_cast.people.company_officer, committed_cast.people.officer]
    told = _at_once(
        rivals,
        lambda rival: Filing.objects.get(pk=filing.pk).settle(by=rival),
        _hand_in(committed_cast),
    )
    standing = Filing.objects.newest().get()
    states = [row.state for row in standing.rows.all()]
    if told[1]:  # the new version was overtaken: nothing of it is there
        assert (standing.number, states) == (1, [FilingState.RECORDED])
    elif told[0]:  # the answer came too late for a version that was replaced
        assert (standing.number, states) == (2, [FilingState.WAITING] * 2)
    else:  # one after the other: the answer stands in the new version
        assert (standing.number, states) == (2, [FilingState.RECORDED, FilingState.WAITING])
    known = {project.pk: project.filing_state for project in Project.objects.filter(filing_rows__filing=standing)}
    assert known == {row.project_id: row.state for row in standing.rows.all()}


def test_a_version_is_taken_back_or_answered_and_never_both(committed_cast: Cast) -> None:
    filing = a_filing(committed_cast)
    told = _at_once(
        [committed_cast.people.company_officer, committed_cast.people.officer],
        lambda rival: Filing.objects.get(pk=filing.pk).settle(by=rival),
        lambda rival: Filing.objects.get(pk=filing.pk).recall(by=rival),
    )
    assert sorted(bool(text) for text in told) == [False, True]
    held, row = filing.reload(), filing.rows.get()
    answered = told[0] == ""
    assert (held.state, held.received_at is not None) == ("settled" if answered else "recalled", answered)
    assert (row.state, row.project.filing_state) == (
        (FilingState.RECORDED, FilingState.RECORDED) if answered else (FilingState.WAITING, FilingState.NONE)
    )
    assert AuditEntry.objects.filter(action="filing.recall").count() == int(not answered)


def test_a_version_is_taken_back_or_replaced_and_one_stands_at_most(committed_cast: Cast) -> None:
    filing = a_filing(committed_cast)
    an_established(committed_cast, name="后来的")
    told = _at_once(
        _rivals(committed_cast)[:2],
        lambda rival: Filing.objects.get(pk=filing.pk).recall(by=rival),
        _hand_in(committed_cast),
    )
    held = [(each.number, each.state) for each in Filing.objects.order_by("number")]
    assert held in (
        [(1, "recalled")],
        [(1, "superseded"), (2, "handed_in")],
        [(1, "recalled"), (2, "handed_in")],
    )
    assert sum(bool(text) for text in told) == (0 if held == [(1, "recalled"), (2, "handed_in")] else 1)


def test_a_project_that_joins_while_the_table_is_frozen_is_in_it_or_told_as_new(committed_cast: Cast) -> None:
    an_established(committed_cast)
    joining = a_screened(committed_cast, name="正在立项的")

    def establish(rival: Person) -> None:
        mine = Project.objects.get(pk=joining.pk)
        Meeting.record(
            mine.unit, held_on=clock.today(), issue=77, attendance=attendance(),
            verdicts=[Verdict(mine, "establish")], by=rival,
        )  # fmt: skip

    assert _at_once(_rivals(committed_cast)[:2], establish, _hand_in(committed_cast)) == ["", ""]
    filing = Filing.objects.get()
    inside = filing.rows.filter(project=joining.pk).exists()
    told = [change.kind for change in filing.unreported()]
    assert told == ([] if inside else [summary.ADDED])
    assert joining.reload().filing_state == (FilingState.WAITING if inside else FilingState.NONE)
