"""The round: a year's windows, and who has longer, by whose leave and why."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st

from dangjian.foundation import clock
from dangjian.foundation.audit import AuditEntry
from dangjian.foundation.lifecycle import Refused
from dangjian.foundation.window import Window
from dangjian.people.person import Person
from dangjian.programmes.round import Round, WindowException
from dangjian.programmes.scheme import source_plan_text
from dangjian.programmes.scheme_version import SchemeVersion
from tests.cast import Cast, an_agreed_draft
from tests.examples import IN_ONE_DATABASE, taken_back

CLOSES = date(2022, 8, 27)
LATER = date(2022, 8, 31)
REASON = "项目部8月中旬防汛抢险，全体在外"


def current() -> Round:
    held = Round.current()
    assert held is not None
    return held


def next_year(cast: Cast) -> SchemeVersion:
    text = source_plan_text().replace("plan_year: 2022", "plan_year: 2023", 1)
    return SchemeVersion.issue(text, by=cast.people.company_officer)


def application_closes(place: object) -> date:
    window = current().window_at("application", place)  # type: ignore[arg-type]
    assert window is not None
    return window.closes_on


# The round


@pytest.mark.clause("S-14", "S-17")
def test_a_round_opens_with_the_windows_of_its_scheme_in_their_order(cast: Cast) -> None:
    held = current()
    assert held.windows_at() == held.rules.windows
    assert list(held.windows_at()) == list(held.rules.windows)
    assert held.windows_at()["application"] == Window("项目申报", date(2022, 8, 15), CLOSES, hard=True)


def test_a_window_that_the_scheme_does_not_set_is_none(cast: Cast) -> None:
    assert current().window_at("unheard_of", cast.places.branch) is None


def test_a_year_is_opened_once(cast: Cast) -> None:
    again = SchemeVersion.issue(source_plan_text(), by=cast.people.company_officer)
    with pytest.raises(Refused, match="2022年度的批次已经开启"):
        Round.open(again, by=cast.people.company_officer)


def test_the_company_s_officer_alone_opens_a_year(cast: Cast) -> None:
    scheme = next_year(cast)
    for person in Person.objects.exclude(pk=cast.people.company_officer.pk):
        with pytest.raises(Refused, match="您没有开启批次的权限"):
            Round.open(scheme, by=person)
    made = Round.open(scheme, by=cast.people.company_officer)
    row = AuditEntry.objects.get(action="round.open", noun_id=made.pk)
    assert (row.actor_id, row.details) == (cast.people.company_officer.pk, {"year": 2023, "scheme": scheme.pk})


@pytest.mark.parametrize(
    ("moment", "year"),
    [
        ("2022-07-31 09:00", None),
        ("2022-08-02 09:00", 2022),
        ("2022-12-31 09:00", 2022),
        ("2023-07-02 09:00", 2022),
        ("2023-08-14 23:59", 2022),
        ("2023-08-15 00:00", 2023),
    ],
)
def test_a_year_opened_ahead_takes_over_when_its_first_window_begins(cast: Cast, moment: str, year: int | None) -> None:
    with clock.fixed_at("2023-07-01 09:00"):
        Round.open(next_year(cast), by=cast.people.company_officer)
    # The demo's clock may be moved back, even to before a year was opened.
    with clock.fixed_at(moment):
        held = Round.current()
        assert (held.year if held else None) == year


def test_every_person_reads_the_calendar(cast: Cast) -> None:
    assert Round.objects.visible_to(cast.people.staff).get() == current()
    assert str(current()) == "2022年度"


# Exceptions


@pytest.mark.clause("S-17")
def test_a_branch_is_given_longer_and_no_other(cast: Cast) -> None:
    current().reopen("application", cast.places.branch, closes_on=LATER, reason=REASON, by=cast.people.officer)
    assert application_closes(cast.places.branch) == LATER
    for place in (cast.places.small_branch, cast.places.unit, cast.places.foreign_branch):
        assert application_closes(place) == CLOSES
    assert current().windows_at()["application"].closes_on == CLOSES


@pytest.mark.clause("S-17")
def test_a_reopened_branch_submits_after_the_others_were_closed_out(cast: Cast) -> None:
    mine = an_agreed_draft(cast)
    other = an_agreed_draft(cast, cast.places.small_branch, cast.people.small_secretary, name="机关能耗管理")
    with clock.fixed_at("2022-08-29 09:00"):
        current().reopen("application", cast.places.branch, closes_on=LATER, reason=REASON, by=cast.people.officer)
        mine.submit(by=cast.people.secretary)
        with pytest.raises(Refused, match="项目申报已于2022年8月27日24时截止"):
            other.submit(by=cast.people.small_secretary)
    assert mine.state == "in_approval"


@pytest.mark.clause("S-17")
def test_a_reopened_branch_too_is_closed_out_after_its_own_last_day(cast: Cast) -> None:
    project = an_agreed_draft(cast)
    current().reopen("application", cast.places.branch, closes_on=LATER, reason=REASON, by=cast.people.officer)
    with clock.fixed_at("2022-09-01 00:00"), pytest.raises(Refused, match="已于2022年8月31日24时截止"):
        project.submit(by=cast.people.secretary)


def test_an_exception_at_the_top_gives_all_longer(cast: Cast) -> None:
    company = cast.places.company
    current().reopen("application", company, closes_on=LATER, reason="全公司延期", by=cast.people.company_officer)
    for place in vars(cast.places).values():
        assert application_closes(place) == LATER


def test_an_exception_for_a_unit_reaches_its_branches_alone(cast: Cast) -> None:
    current().reopen("application", cast.places.unit, closes_on=LATER, reason=REASON, by=cast.people.officer)
    assert application_closes(cast.places.branch) == application_closes(cast.places.small_branch) == LATER
    assert application_closes(cast.places.direct_branch) == application_closes(cast.places.foreign_branch) == CLOSES


@IN_ONE_DATABASE
@given(
    granted=st.lists(
        st.tuples(st.sampled_from(["company", "unit", "branch", "small_branch", "other_unit"]), st.integers(-20, 40)),
        max_size=5,
    )
)
def test_the_latest_day_given_to_a_place_or_above_it_holds_and_never_an_earlier_one(
    cast: Cast, granted: list[tuple[str, int]]
) -> None:
    reaches = {
        "company": {"company"}, "unit": {"company", "unit"}, "branch": {"company", "unit", "branch"},
        "foreign_branch": {"company", "other_unit"}, "direct_branch": {"company"},
    }  # fmt: skip
    with taken_back():
        window = current().windows.get(key="application")
        for name, days in granted:
            WindowException.objects.create(
                window=window, organisation=getattr(cast.places, name), closes_on=CLOSES + timedelta(days=days),
                reason=REASON, by=cast.people.officer, at=clock.now(),
            )  # fmt: skip
        for place, givers in reaches.items():
            days_given = [days for name, days in granted if name in givers]
            expected = CLOSES + timedelta(days=max([0, *days_given]))
            assert application_closes(getattr(cast.places, place)) == expected


@pytest.mark.clause("S-17")
def test_an_exception_keeps_who_when_and_why(cast: Cast) -> None:
    made = current().reopen(
        "application", cast.places.branch, closes_on=LATER, reason=f"  {REASON} ", by=cast.people.officer
    )
    assert (made.by, made.at, made.reason) == (cast.people.officer, clock.now(), REASON)
    assert str(made) == "第一项目部党支部延至2022年8月31日"
    row = AuditEntry.objects.get(action="round.reopen")
    assert (row.actor_id, row.details) == (
        cast.people.officer.pk,
        {"window": "application", "organisation": cast.places.branch.pk, "closes_on": "2022-08-31"},
    )


@pytest.mark.clause("S-17")
@pytest.mark.parametrize(
    ("moment", "closes_on", "reason", "field", "said"),
    [
        ("2022-08-24 09:00", LATER, "  ", "reason", "请写明延长的理由"),
        ("2022-08-29 09:00", date(2022, 8, 28), REASON, "closes_on", "新的截止日期不能早于今天"),
        ("2022-08-24 09:00", CLOSES, REASON, "closes_on", "新的截止日期应晚于原截止日期2022年8月27日"),
        ("2022-08-24 09:00", date(2022, 8, 26), REASON, "closes_on", "新的截止日期应晚于原截止日期2022年8月27日"),
    ],
)
def test_a_reopening_is_refused_with_its_reason(
    cast: Cast, moment: str, closes_on: date, reason: str, field: str, said: str
) -> None:
    with clock.fixed_at(moment), pytest.raises(Refused) as refused:
        current().reopen("application", cast.places.branch, closes_on=closes_on, reason=reason, by=cast.people.officer)
    assert [(each.field, each.text) for each in refused.value.reasons] == [(field, said)]
    assert not WindowException.objects.exists()


def test_every_fault_of_a_reopening_is_told_at_once(cast: Cast) -> None:
    with clock.fixed_at("2022-08-29 09:00"), pytest.raises(Refused) as refused:
        current().reopen("application", cast.places.branch, closes_on=CLOSES, reason="", by=cast.people.officer)
    assert len(refused.value.reasons) == 3


@pytest.mark.clause("S-17")
@pytest.mark.parametrize(
    "who", ["secretary", "clerk", "unit_secretary", "foreign_officer", "leader", "company_officer"]
)
def test_the_unit_s_own_officer_alone_reopens_for_a_branch(cast: Cast, who: str) -> None:
    with pytest.raises(Refused, match="您没有为该党组织延长申报期限的权限"):
        current().reopen(
            "application", cast.places.branch, closes_on=LATER, reason=REASON, by=getattr(cast.people, who)
        )


def test_a_round_has_each_window_once(cast: Cast) -> None:
    window = current().windows.get(key="application")
    window.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        window.save()
