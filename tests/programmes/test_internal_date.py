"""Dates of a round moved: earlier inside a unit, later for all or for one unit, and who is told."""

from datetime import date

import pytest

from dangjian.foundation import clock
from dangjian.foundation.audit import AuditEntry
from dangjian.foundation.lifecycle import Refused
from dangjian.foundation.notice import Notice
from dangjian.people.organisation import Kind, Organisation
from dangjian.people.person import Person
from dangjian.programmes.internal_date import InternalDate
from dangjian.programmes.round import Round
from tests.cast import Cast, an_agreed_draft

COMMON, EARLIER, LATER = date(2022, 8, 27), date(2022, 8, 25), date(2022, 8, 31)


def current() -> Round:
    held = Round.current()
    assert held is not None
    return held


def closes(place: Organisation) -> date:
    window = current().window_at("application", place)
    assert window is not None
    return window.closes_on


def set_date(cast: Cast, closes_on: date | None = EARLIER, key: str = "application") -> InternalDate | None:
    return current().set_internal_date(key, cast.places.unit, closes_on=closes_on, by=cast.people.officer)


def told(person: Person) -> list[str]:
    return [each.text for each in Notice.objects.visible_to(person).order_by("pk")]


@pytest.mark.clause("S-17")
def test_a_unit_brings_its_own_branches_forward_and_nobody_else(cast: Cast) -> None:
    set_date(cast)
    assert closes(cast.places.branch) == closes(cast.places.small_branch) == EARLIER
    for place in (cast.places.unit, cast.places.foreign_branch, cast.places.direct_branch, cast.places.company):
        assert closes(place) == COMMON
    assert str(current().window_at("application", cast.places.branch)) == "2022年8月15日至8月25日（一公司党委内部截止）"
    assert told(cast.people.secretary) == [
        "一公司党委项目申报本单位支部2022年8月25日24时截止，公司截止日期2022年8月27日"
    ]
    assert told(cast.people.foreign_secretary) == []
    assert AuditEntry.objects.get(action="round.set_internal_date").actor_id == cast.people.officer.pk


@pytest.mark.clause("S-17")
def test_a_branch_is_refused_after_the_internal_day_and_told_whose_it_is(cast: Cast) -> None:
    project = an_agreed_draft(cast)
    set_date(cast)
    with clock.fixed_at("2022-08-26 00:00"):
        with pytest.raises(Refused, match="已于2022年8月25日24时截止（一公司党委规定的内部截止日期）"):
            project.submit(by=cast.people.secretary)
        current().reopen(
            "application", cast.places.branch, closes_on=date(2022, 8, 26), reason="抢险", by=cast.people.officer
        )
        project.submit(by=cast.people.secretary)
    assert closes(cast.places.branch) == date(2022, 8, 26)
    assert closes(cast.places.small_branch) == EARLIER


def test_another_date_takes_the_place_of_the_first_and_none_gives_it_up(cast: Cast) -> None:
    set_date(cast)
    set_date(cast, date(2022, 8, 26))
    assert closes(cast.places.branch) == date(2022, 8, 26)
    assert set_date(cast, None) is None
    assert closes(cast.places.branch) == COMMON
    assert told(cast.people.secretary)[-1].startswith("一公司党委项目申报不再另定内部截止日期")


def test_a_nested_unit_s_branches_keep_to_their_own_unit(cast: Cast) -> None:
    nested = Organisation.found(
        parent=cast.places.unit, by=cast.people.system_admin, full_name="分公司党委", short_name="分公司党委", kind=Kind.COMMITTEE,
        may_establish=True,
    )  # fmt: skip
    below = Organisation.found(
        parent=nested, by=cast.people.system_admin, full_name="分公司支部", short_name="分公司支部", kind=Kind.BRANCH
    )
    set_date(cast)
    assert closes(below) == COMMON


@pytest.mark.parametrize(
    ("closes_on", "key", "said"),
    [
        (date(2022, 8, 28), "application", "内部截止日期不能晚于公司的截止日期2022年8月27日"),
        (date(2022, 8, 23), "application", "内部截止日期不能早于今天"),
        (EARLIER, "filing", "请从列出的时限中选择"),
        (EARLIER, "nonsense", "请从列出的时限中选择"),
    ],
)
def test_an_internal_date_is_refused_with_its_reason(cast: Cast, closes_on: date, key: str, said: str) -> None:
    with pytest.raises(Refused, match=said):
        set_date(cast, closes_on, key)
    assert not InternalDate.objects.exists()


@pytest.mark.parametrize("who", ["foreign_officer", "secretary", "unit_secretary", "company_officer", "leader"])
def test_the_unit_s_own_officer_alone_sets_it(cast: Cast, who: str) -> None:
    with pytest.raises(Refused, match="您没有规定该单位内部截止日期的权限"):
        current().set_internal_date(
            "application", cast.places.unit, closes_on=EARLIER, by=getattr(cast.people, who)
        )  # fmt: skip


@pytest.mark.clause("S-17")
@pytest.mark.parametrize(("place", "reaches"), [("company", True), ("unit", False)])
def test_the_company_gives_all_or_one_unit_longer_and_they_are_told(cast: Cast, place: str, reaches: bool) -> None:
    current().extend(
        "application", getattr(cast.places, place), closes_on=LATER, reason="防汛", by=cast.people.company_officer
    )
    assert closes(cast.places.branch) == LATER
    assert closes(cast.places.foreign_branch) == (LATER if reaches else COMMON)
    who = "全公司" if reaches else "一公司党委"
    text = f"{who}项目申报延至2022年8月31日24时，理由：防汛"
    assert told(cast.people.secretary) == told(cast.people.officer) == [text]
    assert told(cast.people.foreign_secretary) == ([text] if reaches else [])


def test_an_internal_date_stands_when_the_company_gives_longer(cast: Cast) -> None:
    set_date(cast)
    current().extend("application", cast.places.company, closes_on=LATER, reason="防汛", by=cast.people.company_officer)
    assert (closes(cast.places.branch), closes(cast.places.unit)) == (EARLIER, LATER)


@pytest.mark.parametrize("who", ["officer", "secretary", "leader", "unit_secretary"])
def test_only_the_company_s_officer_extends_and_never_for_a_single_branch(cast: Cast, who: str) -> None:
    with pytest.raises(Refused, match="您没有延长全公司或一个单位时限的权限"):
        current().extend(
            "application", cast.places.unit, closes_on=LATER, reason="防汛", by=getattr(cast.people, who)
        )  # fmt: skip
    with pytest.raises(Refused, match="个别支部由其单位办理"):
        current().extend(
            "application", cast.places.branch, closes_on=LATER, reason="防汛", by=cast.people.company_officer
        )  # fmt: skip
