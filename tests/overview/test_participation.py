"""Participation: which branches count, which take part, and the page and figures that say so."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from dangjian.overview.participation import BranchPart, Share, parts, share
from dangjian.people.organisation import Kind, Organisation
from dangjian.people.person import Person
from dangjian.programmes.round import Round
from tests.cast import Cast, a_draft, a_submitted, an_established

Browse = Callable[..., Any]


def current() -> Round:
    held = Round.current()
    assert held is not None
    return held


def part_of(person: Person, branch: Organisation) -> BranchPart:
    return next(part for part in parts(person, current()) if part.branch == branch)


def figure(person: Person) -> tuple[int, int, int, int]:
    held = share(parts(person, current()), current())
    return held.counted, held.applied, held.established, held.finished


@pytest.mark.clause("S-05")
def test_a_branch_takes_part_once_it_has_handed_in_however_often(cast: Cast) -> None:
    assert figure(cast.people.officer) == (2, 0, 0, 0)
    an_established(cast)
    a_submitted(cast, name="第二个项目")
    assert figure(cast.people.officer) == (2, 1, 1, 0)
    assert figure(cast.people.company_officer) == (4, 1, 1, 0)
    assert figure(cast.people.foreign_officer) == (1, 0, 0, 0)


@pytest.mark.clause("S-05")
def test_a_draft_what_was_taken_back_and_what_was_given_up_are_no_part(cast: Cast) -> None:
    a_draft(cast)
    project = a_submitted(cast, name="撤回的项目")
    project.recall(by=cast.people.secretary)
    assert figure(cast.people.officer) == (2, 0, 0, 0)
    project = a_submitted(cast, name="退回的项目")
    project.decide("return", by=cast.people.officer, opinion="请量化")
    assert figure(cast.people.officer) == (2, 1, 0, 0)
    project.withdraw(by=cast.people.secretary, reason="任务调整")
    assert figure(cast.people.officer) == (2, 0, 0, 0)


@pytest.mark.clause("S-05")
def test_marks_are_shown_and_count_while_an_ended_branch_does_not(cast: Cast) -> None:
    marked = {"is_overseas": True, "is_dispersed": True}
    Organisation.objects.filter(pk=cast.places.small_branch.pk).update(**marked)
    small = part_of(cast.people.officer, cast.places.small_branch)
    assert (small.marks, small.left_out) == (["境外", "人员分散", "党员不足七人"], "")
    Organisation.objects.filter(pk=cast.places.small_branch.pk).update(ended_on=date(2022, 8, 20))
    assert part_of(cast.people.officer, cast.places.small_branch).left_out == "2022年8月20日已撤销"
    Organisation.objects.filter(pk=cast.places.small_branch.pk).update(ended_on=date(2022, 9, 20))
    assert part_of(cast.people.officer, cast.places.small_branch).left_out == ""


@pytest.mark.parametrize(
    ("applied", "counted", "aim", "percent", "reaches"),
    [(1, 8, None, 13, True), (3, 5, 60, 60, True), (199, 200, 100, 100, False), (0, 0, 60, 0, True)],
)
def test_the_figure_is_rounded_for_display_alone(
    applied: int, counted: int, aim: int | None, percent: int, reaches: bool
) -> None:
    held = Share(counted, applied, 0, 0, aim)
    assert (held.percent, held.reaches_aim) == (percent, reaches)


def test_the_figure_in_words_says_what_the_plan_asks_if_it_asks() -> None:
    assert str(Share(5, 3, 0, 0, None)) == "3 / 5 个支部，60%"
    assert str(Share(5, 3, 0, 0, 80)) == "3 / 5 个支部，60%，方案要求 80%"
    assert str(Share(0, 0, 0, 0, 80)) == "没有应计入的支部"


@pytest.mark.clause("S-05")
def test_the_figure_opens_into_the_list_behind_it(cast: Cast, browse: Browse) -> None:
    a_submitted(cast)
    officer = browse(cast.people.officer)
    assert "1 / 2 个支部，50%" in officer.get("/").content.decode()
    assert "1 / 2 个支部，50%" in officer.get(reverse("round")).content.decode()
    for state, branches in (("in", ["第一项目部党支部"]), ("not_yet", ["一公司机关党支部"]), ("left_out", [])):
        page = officer.get(reverse("participation") + f"?state={state}")
        assert [part.branch.short_name for part in page.context["parts"]] == branches
    foreign = officer.get(reverse("participation") + f"?unit={cast.places.other_unit.pk}").content.decode()
    assert "第二项目部党支部" not in foreign
    assert "支部参与率" not in browse(cast.people.secretary).get("/").content.decode()


def test_many_branches_take_as_many_queries_as_few(cast: Cast, browse: Browse) -> None:
    browser = browse(cast.people.company_officer)

    def counted() -> int:
        with CaptureQueriesContext(connection) as queries:
            browser.get(reverse("participation"))
            browser.get(reverse("round"))
        return len(queries)

    browser.get("/")
    few = counted()
    for index in range(6):
        Organisation.found(
            parent=cast.places.unit,
            by=cast.people.system_admin,
            full_name=f"支部{index}",
            short_name=f"支部{index}",
            kind=Kind.BRANCH,
        )
    assert counted() == few
