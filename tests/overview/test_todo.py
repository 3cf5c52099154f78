"""待办, 已办, 我发起: what waits for whom, until when, and what each has done."""

from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dangjian.agreements.letter import Letter
from dangjian.agreements.letter_finding import unlettered
from dangjian.foundation import clock
from dangjian.overview.box import BOXES, begun_by, done_by
from dangjian.overview.todo import Todo, Waiting, todos_of, waiting_for
from dangjian.people.access import Role
from dangjian.people.person import Person
from dangjian.programmes.scheme import export
from dangjian.programmes.scheme_version import SchemeVersion
from dangjian.projects.meeting import Verdict
from dangjian.projects.project import Project
from tests.cast import (
    Cast,
    a_draft,
    a_forwarded_notice,
    a_letter,
    a_meeting,
    a_scheme_notice,
    a_screened,
    a_submitted,
    an_agreed_draft,
    an_established,
    an_instruction,
)

APPLICATION_CLOSES, REVIEW_CLOSES = date(2022, 8, 27), date(2022, 8, 29)


def todos(person: Person) -> list[Todo]:
    return todos_of(waiting_for(person), person)


def waiting_people(cast: Cast, project: Project) -> set[str]:
    """By the cast's names."""
    return {name for name, person in vars(cast.people).items() if waiting_for(person).contains(project)}


# Who is waited for


@pytest.mark.parametrize(
    ("builder", "people"),
    [
        (a_draft, {"secretary", "clerk"}),
        (an_agreed_draft, {"secretary", "clerk"}),
        (a_submitted, {"officer", "colleague"}),
        (a_screened, {"officer", "colleague"}),
        (an_established, {"secretary", "clerk"}),
    ],
)
def test_a_project_waits_for_the_handlers_of_its_place_and_for_nobody_else(
    cast: Cast, builder: Any, people: set[str]
) -> None:
    assert waiting_people(cast, builder(cast)) == people


def test_a_direct_branch_s_project_waits_for_the_company_s_handler(cast: Cast) -> None:
    project = a_submitted(cast, cast.places.direct_branch, cast.people.direct_secretary)
    assert waiting_people(cast, project) == {"company_officer"}


def test_a_returned_project_waits_for_its_branch_again_and_a_refused_one_for_nobody(cast: Cast) -> None:
    returned, refused = a_screened(cast), a_screened(cast, name="另一个项目")
    a_meeting(cast, Verdict(returned, "return", "请量化"), Verdict(refused, "reject", "重复"))
    assert waiting_people(cast, returned) == {"secretary", "clerk"}
    assert waiting_people(cast, refused) == set()


def test_a_withdrawn_project_waits_for_nobody(cast: Cast) -> None:
    project = a_draft(cast)
    project.withdraw(by=cast.people.secretary, reason="另有安排")
    assert waiting_people(cast, project) == set()


def test_a_new_handler_finds_what_was_already_waiting(cast: Cast) -> None:
    project = a_submitted(cast)
    new = Person.enrol(name="新干事", organisation=cast.places.unit, by=cast.people.system_admin)
    assert not waiting_for(new).exists()
    new.appoint(Role.UNIT_ORG_OFFICER, organisation=cast.places.unit, by=cast.people.security_admin, with_subtree=False)
    assert list(waiting_for(new)) == []  # without a reach below the unit its projects do not exist for them
    new.appoint(
        Role.UNIT_COMMITTEE_MEMBER, organisation=cast.places.unit, by=cast.people.security_admin, with_subtree=True
    )
    assert list(waiting_for(new)) == [project]


def test_what_waits_for_somebody_can_be_done_by_them(cast: Cast) -> None:
    for name, build in enumerate([a_draft, an_agreed_draft, a_submitted, a_screened, an_established]):
        build(cast, name=f"第{name}个题目")
    for person in vars(cast.people).values():
        for project in waiting_for(person):
            at_step = [move for move, _ in project.open_moves(by=person)]
            assert at_step if project.step else person.can("draft", project)


def test_the_longest_waiting_comes_first(cast: Cast) -> None:
    with clock.fixed_at("2022-08-23 09:00"):
        first = a_submitted(cast)
    second = a_submitted(cast, cast.places.small_branch, cast.people.small_secretary, name="机关能耗管理")
    assert list(waiting_for(cast.people.officer)) == [first, second]


def test_what_is_due_first_comes_first_and_what_has_no_day_from_the_day_it_came(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of more than are put in order, the longest waiting come first."""
    secretary = cast.people.secretary
    charge = an_instruction(cast, organisation=cast.places.branch, due_on=date(2022, 8, 26))
    established = Project.objects.get()
    draft = a_draft(cast, name="没报的")
    due = [(each.about, each.due_on) for each in Waiting(secretary)]
    assert due == [(established, None), (charge, date(2022, 8, 26)), (draft, APPLICATION_CLOSES)]
    monkeypatch.setattr("dangjian.overview.todo.MOST_SORTED", 2)
    by_arrival = Waiting(secretary)
    assert [each.about for each in by_arrival[:2]] == [by_arrival[0].about, by_arrival[1].about]
    assert len(by_arrival) == 3
    assert {each.about for each in by_arrival} == {established, charge, draft}


@pytest.mark.clause("S-01")
def test_a_scheme_notice_waits_among_the_projects_until_it_is_signed_for(cast: Cast) -> None:
    with clock.fixed_at("2022-08-23 09:00"):
        earlier = a_submitted(cast)
    notice = a_scheme_notice(cast)
    with clock.fixed_at("2022-08-25 09:00"):
        later = a_submitted(cast, cast.places.small_branch, cast.people.small_secretary, name="机关能耗管理")
        officer = cast.people.officer
        own = notice.receipts.get(organisation=cast.places.unit)
        assert [item.about for item in Waiting(officer)] == [own, earlier, later]
        assert len(Waiting(officer)) == 3
        own.sign(by=officer)
        assert [item.about for item in Waiting(officer)] == [earlier, later]
    assert not Waiting(cast.people.leader)


def test_a_revoked_scheme_notice_waits_for_nobody(cast: Cast) -> None:
    notice = a_forwarded_notice(cast)
    for who in ("secretary", "foreign_officer"):
        assert [each.page for each in Waiting(getattr(cast.people, who))] == ["scheme-notice"]
    notice.revoke(by=cast.people.company_officer, reason="附件有误")
    for who in ("secretary", "foreign_officer"):
        assert not Waiting(getattr(cast.people, who))


# What is to be done, and by when


@pytest.mark.parametrize(
    ("builder", "who", "what", "page", "due_on"),
    [
        (a_draft, "secretary", "完成申请表并提交", "application-edit", APPLICATION_CLOSES),
        (a_submitted, "officer", "筛选", "screening", REVIEW_CLOSES),
        (a_screened, "officer", "登记会议决定", "meeting-new", REVIEW_CLOSES),
    ],
)
def test_each_thing_to_do_says_what_where_and_until_when(
    cast: Cast, builder: Any, who: str, what: str, page: str, due_on: date
) -> None:
    project = builder(cast)
    (item,) = todos(getattr(cast.people, who))
    assert (item.about, item.what, item.page, item.due_on) == (project, what, page, due_on)
    assert item.since == (clock.today() if project.step else None)


def test_a_returned_project_is_to_be_revised(cast: Cast) -> None:
    a_submitted(cast).decide("return", by=cast.people.officer, opinion="请量化")
    assert [item.what for item in todos(cast.people.clerk)] == ["按退回意见修改后再提交"]


def test_a_thing_is_late_from_the_day_after_its_last(cast: Cast) -> None:
    a_screened(cast)
    with clock.fixed_at("2022-08-29 23:59"):
        assert [item.is_late for item in todos(cast.people.officer)] == [False]
    with clock.fixed_at("2022-08-30 00:00"):
        assert [item.is_late for item in todos(cast.people.officer)] == [True]


def test_a_thing_without_a_window_is_never_late(cast: Cast) -> None:
    a_screened(cast)
    cast_round = Project.objects.get().round
    cast_round.windows.filter(key="review").delete()
    with clock.fixed_at("2030-01-01 09:00"):
        assert [(item.due_on, item.is_late) for item in todos(cast.people.officer)] == [(None, False)]


@pytest.mark.clause("S-17")
def test_a_branch_that_was_given_longer_is_not_late_and_the_others_are(cast: Cast) -> None:
    a_draft(cast)
    a_draft(cast, cast.places.small_branch, cast.people.small_secretary, name="机关能耗管理")
    held = Project.objects.first().round  # type: ignore[union-attr]
    longer = date(2022, 8, 31)
    held.reopen("application", cast.places.branch, closes_on=longer, reason="防汛抢险", by=cast.people.officer)
    with clock.fixed_at("2022-08-29 09:00"):
        assert [(item.due_on, item.is_late) for item in todos(cast.people.secretary)] == [(longer, False)]
        assert [item.is_late for item in todos(cast.people.small_secretary)] == [True]


def test_a_longer_list_asks_the_database_no_more_often(cast: Cast) -> None:
    counts = []
    for size in (1, 4):
        for number in range(size):
            a_submitted(cast, name=f"第{size}批第{number}个")
        with CaptureQueriesContext(connection) as queries:
            shown = todos(Person.objects.get(pk=cast.people.officer.pk))
        counts.append(len(queries))
    assert len(shown) == 5
    assert counts[0] == counts[1]


@pytest.mark.clause("S-29")
def test_the_unit_is_to_make_the_letter_of_what_is_established_until_it_is_made(cast: Cast) -> None:
    def asked(person: Person) -> list[tuple[Any, str]]:
        return [(each.about, each.page) for each in Waiting(person) if each.what == "制作责任书"]

    project = an_established(cast)
    for name, person in vars(cast.people).items():
        assert asked(person) == ([(project, "letter-new")] if name in ("officer", "colleague") else []), name
        assert bool(asked(person)) == (not Letter.against_making(project, by=person)), name
    letter = a_letter(cast, project)
    assert asked(cast.people.officer) == []
    letter.propose_void(reason="名称有误", by=cast.people.officer)
    letter.void(by=cast.people.colleague)
    assert asked(cast.people.officer) == [(project, "letter-new")]


def test_what_ran_on_paper_or_under_a_scheme_without_letters_asks_for_none(cast: Cast) -> None:
    project = an_established(cast)
    officer = cast.people.officer
    now = clock.now()
    Project.objects.filter(pk=project.pk).update(taken_over_at=now, started_at=now, state="running")
    assert not unlettered(officer).exists()
    assert Letter.against_making(Project.objects.get(), by=officer)
    Project.objects.filter(pk=project.pk).update(taken_over_at=None)
    assert list(unlettered(officer)) == [project]
    document = project.scheme.document
    without = document.model_copy(update={"gates": document.gates.model_copy(update={"letter": False})})
    scheme = SchemeVersion.issue(export(without), by=cast.people.company_officer)
    Project.objects.filter(pk=project.pk).update(scheme=scheme)
    assert not unlettered(officer).exists()
    assert Letter.against_making(Project.objects.get(), by=officer)


# What was done and begun


def test_done_is_what_one_did_oneself_newest_first(cast: Cast) -> None:
    project, other = a_screened(cast), a_draft(cast, name="另一个项目")
    with clock.fixed_at("2022-08-28 15:00"):
        a_meeting(cast, Verdict(project, "establish"), by=cast.people.colleague)
    with clock.fixed_at("2022-08-28 16:00"):
        other.withdraw(by=cast.people.secretary, reason="另有安排")
    assert [(move.name, move.noun_id) for move in done_by(cast.people.secretary)] == [
        ("withdraw", other.pk), ("submit", project.pk),
    ]  # fmt: skip
    assert [move.label for move in done_by(cast.people.officer)] == ["通过筛选"]
    assert [move.label for move in done_by(cast.people.colleague)] == ["同意立项"]
    assert not done_by(cast.people.leader).exists()


def test_begun_is_what_one_drafted_wherever_it_stands_now(cast: Cast) -> None:
    mine = an_established(cast)
    with clock.fixed_at("2022-08-25 09:00"):
        again = a_draft(cast, name="另一个项目")
        again.withdraw(by=cast.people.secretary, reason="另有安排")
    by_clerk = a_draft(cast, by=cast.people.clerk, name="干事起草的")
    assert list(begun_by(cast.people.secretary)) == [again, mine]
    assert list(begun_by(cast.people.clerk)) == [by_clerk]


def test_who_handed_in_what_another_drafted_began_it_too(cast: Cast) -> None:
    project = an_agreed_draft(cast, by=cast.people.clerk)
    assert not begun_by(cast.people.secretary).exists()
    project.submit(by=cast.people.secretary)
    for who in ("clerk", "secretary"):
        assert list(begun_by(getattr(cast.people, who))) == [project]
    assert not begun_by(cast.people.officer).exists()


def test_a_box_is_narrowed_by_its_kind_and_by_days(cast: Cast) -> None:
    first = a_screened(cast)
    with clock.fixed_at("2022-08-25 00:00"):
        returned = a_submitted(cast, name="另一个项目")
        returned.decide("return", by=cast.people.officer, opinion="请量化")
    officer, secretary = cast.people.officer, cast.people.secretary

    def moved(**asked: Any) -> list[int]:
        return [move.noun_id for move in BOXES["done"].rows(officer, **asked)]

    assert moved() == [returned.pk, first.pk]
    assert moved(kind="pass_screening") == [first.pk]
    assert moved(until=date(2022, 8, 24)) == [first.pk]
    assert moved(since=date(2022, 8, 25), until=date(2022, 8, 25)) == [returned.pk]
    assert moved(since=date(2022, 8, 26)) == []
    assert moved(since=date.min, until=date.max) == [returned.pk, first.pk]
    assert list(BOXES["mine"].rows(secretary, kind="returned")) == [returned]
    assert list(BOXES["mine"].rows(secretary, kind="meeting", since=date(2022, 8, 24))) == [first]
    told = BOXES["copies"].rows(secretary)
    assert told.exists()
    assert not BOXES["copies"].rows(secretary, kind="read").exists()
    told.first().__class__.objects.visible_to(secretary).mark_read()
    assert BOXES["copies"].rows(secretary, kind="read").count() == told.count()


def test_who_has_left_the_branch_no_longer_sees_what_they_began(cast: Cast) -> None:
    a_draft(cast, by=cast.people.clerk)
    cast.people.clerk.appointments.get().end(on=clock.today(), by=cast.people.security_admin)
    with clock.fixed_at("2022-08-25 09:00"):
        clerk = Person.objects.get(pk=cast.people.clerk.pk)
        assert not begun_by(clerk).exists()
        assert not waiting_for(clerk).exists()
