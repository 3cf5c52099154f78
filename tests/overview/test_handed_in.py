"""Which branches have not handed in: who may ask, who is on the list, and the text for a group."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dangjian.foundation import clock
from dangjian.overview import handed_in
from dangjian.people.organisation import Kind, Organisation
from dangjian.people.person import Person
from dangjian.programmes.round import Round
from tests.cast import Cast, a_draft, a_submitted


def listed(person: Person) -> dict[str, list[str]]:
    round = Round.current()
    assert round is not None
    return {
        held.unit.short_name: [branch.short_name for branch, _ in held.branches]
        for held in handed_in.outstanding(person, round)
    }


@pytest.mark.clause("S-17")
def test_a_unit_officer_is_told_the_branches_of_the_unit_in_the_order_of_the_tree(cast: Cast) -> None:
    assert listed(cast.people.officer) == {"一公司党委": ["第一项目部党支部", "一公司机关党支部"]}


def test_the_company_is_told_every_branch_by_unit(cast: Cast) -> None:
    assert listed(cast.people.company_officer) == {
        "华川建设集团党委": ["集团机关党支部"],
        "一公司党委": ["第一项目部党支部", "一公司机关党支部"],
        "二公司党委": ["第二项目部党支部"],
    }


def test_a_branch_that_handed_in_is_not_missing_even_when_its_application_came_back(cast: Cast) -> None:
    project = a_submitted(cast)
    assert listed(cast.people.officer) == {"一公司党委": ["一公司机关党支部"]}
    project.decide("return", by=cast.people.officer, opinion="请量化目标。")
    assert listed(cast.people.officer) == {"一公司党委": ["一公司机关党支部"]}
    project.withdraw(by=cast.people.secretary, reason="任务调整")
    assert "第一项目部党支部" in listed(cast.people.officer)["一公司党委"]


def test_a_draft_and_what_was_taken_back_are_not_handed_in(cast: Cast) -> None:
    a_draft(cast)
    assert "第一项目部党支部" in listed(cast.people.officer)["一公司党委"]
    a_submitted(cast).recall(by=cast.people.secretary)
    assert "第一项目部党支部" in listed(cast.people.officer)["一公司党委"]


def test_a_branch_that_was_ended_is_not_asked_for(cast: Cast) -> None:
    Organisation.objects.filter(pk=cast.places.branch.pk).update(ended_on=date(2022, 8, 1))
    assert listed(cast.people.officer) == {"一公司党委": ["一公司机关党支部"]}


@pytest.mark.parametrize("who", ["secretary", "clerk", "unit_secretary", "leader", "staff", "system_admin"])
def test_it_is_nobody_elses_business(cast: Cast, who: str) -> None:
    assert not handed_in.may_ask(getattr(cast.people, who))
    assert listed(getattr(cast.people, who)) == {}


def test_the_text_names_the_branches_their_unit_and_the_last_day(cast: Cast, browse: Callable[..., Any]) -> None:
    round = Round.current()
    assert round is not None
    round.reopen(
        "application", cast.places.small_branch, closes_on=date(2022, 9, 2), reason="搬迁", by=cast.people.officer
    )
    text = handed_in.message(round, handed_in.outstanding(cast.people.officer, round))
    assert text.splitlines() == [
        "2022年度党建项目申报：截至2022年8月24日09:00，以下 2 个支部尚未提交申报。",
        "项目申报：2022年8月15日至8月27日24时止。还有 3 天。",
        "",
        "一公司党委",
        "　第一项目部党支部",
        "　一公司机关党支部（延至2022年9月2日24时）",
        "",
        "请按时提交；填写中有困难的，请及时联系本单位组织部门。",
    ]
    page = browse(cast.people.officer).get("/projects/not-handed-in/").content.decode()
    assert text in page


@pytest.mark.parametrize(
    ("day", "said"), [("2022-08-27 09:00", "今天是最后一天。"), ("2022-08-28 09:00", "已截止，确需补报的")]
)
def test_the_text_says_how_long_is_left(cast: Cast, day: str, said: str) -> None:
    round = Round.current()
    assert round is not None
    found = handed_in.outstanding(cast.people.officer, round)
    with clock.fixed_at(day):
        assert said in handed_in.message(round, found)


def test_the_page_says_so_when_all_have_handed_in(cast: Cast, browse: Callable[..., Any]) -> None:
    a_submitted(cast)
    a_submitted(cast, cast.places.small_branch, cast.people.small_secretary)
    assert "都已提交过申报" in browse(cast.people.officer).get("/projects/not-handed-in/").content.decode()


def test_many_branches_take_as_many_queries_as_few(cast: Cast) -> None:
    round = Round.current()
    assert round is not None

    def counted() -> int:
        with CaptureQueriesContext(connection) as queries:
            handed_in.outstanding(cast.people.officer, round)
        return len(queries)

    counted()  # reads the offices of the person, once a day
    few = counted()
    for index in range(5):
        Organisation.found(
            parent=cast.places.unit,
            by=cast.people.system_admin,
            full_name=f"支部{index}",
            short_name=f"支部{index}",
            kind=Kind.BRANCH,
        )
    assert counted() == few
