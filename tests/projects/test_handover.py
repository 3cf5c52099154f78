"""A change of secretary: open projects pass to the successor on the day, with a sheet for both to sign."""

from datetime import date

import pytest

from dangjian.foundation import clock
from dangjian.foundation.audit import AuditEntry
from dangjian.foundation.notice import Notice
from dangjian.papers import word
from dangjian.people.access import Role
from dangjian.people.person import Person
from dangjian.projects import handover_paper, papers
from dangjian.projects.handover import Handover
from dangjian.projects.project import Project
from tests.cast import Cast, a_draft, a_handover, a_screened, a_submitted, an_agreed_draft, an_established
from tests.papers.reading import opened, word_text

pytestmark = pytest.mark.clause("S-70")


def succeeds(cast: Cast, *, on: str) -> Person:
    """A new secretary of the branch from that day; the old one leaves the day before."""
    day = date.fromisoformat(on)
    old = cast.people.secretary.appointments.get(role=Role.BRANCH_SECRETARY)
    old.end(on=date.fromordinal(day.toordinal() - 1), by=cast.people.security_admin)
    new: Person = cast.people.member
    new.appoint(Role.BRANCH_SECRETARY, organisation=cast.places.branch, by=cast.people.security_admin, starts_on=day)
    return new


def test_open_projects_pass_over_on_the_day_and_not_before(cast: Cast) -> None:
    projects = [a_draft(cast), a_submitted(cast), a_screened(cast), an_established(cast)]
    new = succeeds(cast, on="2022-09-01")
    with clock.fixed_at("2022-08-31 23:50"):
        assert Handover.settle() == []
    with clock.fixed_at("2022-09-01 00:05"):
        (made,) = Handover.settle()
        assert Handover.settle() == []
    assert {project.reload().owner for project in projects} == {new}
    assert (made.outgoing, made.incoming, made.on) == (cast.people.secretary, new, date(2022, 9, 1))
    assert [made.standing(project) for project in projects] == ["草稿", "待筛选", "待上会", "已立项"]


def test_what_is_over_keeps_who_answered_for_it(cast: Cast) -> None:
    project = a_draft(cast)
    project.withdraw(by=cast.people.secretary, reason="与他人重复")
    succeeds(cast, on="2022-08-25")
    with clock.fixed_at("2022-08-25 09:00"):
        assert Handover.settle() == []
    assert project.reload().owner == cast.people.secretary


def test_nothing_passes_on_while_nobody_is_in_office(cast: Cast) -> None:
    project = a_draft(cast)
    cast.people.secretary.appointments.get().end(on=date(2022, 8, 24), by=cast.people.security_admin)
    with clock.fixed_at("2022-08-26 09:00"):
        assert Handover.settle() == []
    assert project.reload().owner == cast.people.secretary


def test_what_was_submitted_keeps_the_name_on_its_paper(cast: Cast) -> None:
    project = a_submitted(cast)
    succeeds(cast, on="2022-08-25")
    with clock.fixed_at("2022-08-25 09:00"):
        Handover.settle()
        said = word_text(word.draw(papers.application_form(Project.objects.get(pk=project.pk))))
    assert cast.people.secretary.name in said


def test_the_right_and_the_to_do_pass_over_at_midnight_without_any_job(cast: Cast) -> None:
    project = a_draft(cast)
    new = succeeds(cast, on="2022-08-25")
    with clock.fixed_at("2022-08-25 00:00"):
        old, new = (Person.objects.get(pk=person.pk) for person in (cast.people.secretary, new))
        assert project not in Project.objects.visible_to(old).waiting_for(old)
        assert project in Project.objects.visible_to(new).waiting_for(new)


def test_both_are_told_and_every_project_is_in_the_trail(cast: Cast) -> None:
    projects = [a_draft(cast), a_submitted(cast)]
    new = succeeds(cast, on="2022-08-25")
    with clock.fixed_at("2022-08-25 09:00"):
        (made,) = Handover.settle(by=cast.people.security_admin)
    for person in (cast.people.secretary, new):
        told = Notice.objects.visible_to(person).get(event=f"handover-{made.pk}")
        assert told.text == "第一项目部党支部书记变更，2个项目的主要责任人由张建国 → 王强，请打印交接单办理交接"
    rows = AuditEntry.objects.filter(action="project.pass_on")
    assert {row.noun_id for row in rows} == {project.pk for project in projects}
    assert {row.actor_id for row in rows} == {cast.people.security_admin.pk}


def test_only_the_branch_named_is_settled(cast: Cast) -> None:
    project = a_draft(cast)
    succeeds(cast, on="2022-08-25")
    with clock.fixed_at("2022-08-25 09:00"):
        assert Handover.settle(cast.places.small_branch) == []
        assert [made.projects.get() for made in Handover.settle(cast.places.branch)] == [project]


def test_the_sheet_lists_what_each_reader_may_see(cast: Cast) -> None:
    draft, submitted = a_draft(cast, name="还没提交的"), a_submitted(cast, name="已经提交的")
    new = succeeds(cast, on="2022-08-25")
    with clock.fixed_at("2022-08-25 09:00"):
        (made,) = Handover.settle()
        hands = (cast.people.secretary, new)
        assert all(set(made.projects_for(hand)) == {draft, submitted} for hand in hands)
        assert list(made.projects_for(cast.people.officer)) == [submitted]
        said = word_text(word.draw(handover_paper.sheet(made, made.projects_for(new))))
    for part in (
        "党建项目交接单",
        "移交人：张建国",
        "接收人：王强",
        "2022年8月25日",
        "还没提交的",
        "待筛选",
        "监交人（签名）：",
    ):
        assert part in said, part


def test_a_handover_exists_for_both_hands_and_for_who_sees_the_branch(cast: Cast) -> None:
    a_draft(cast)
    new = succeeds(cast, on="2022-08-25")
    with clock.fixed_at("2022-08-25 09:00"):
        (made,) = Handover.settle()
        people = cast.people
        for person in (people.secretary, new, people.clerk, people.officer, people.company_officer):
            assert made in Handover.objects.visible_to(Person.objects.get(pk=person.pk)), person
        for person in (people.small_secretary, people.foreign_officer, people.staff, people.security_admin):
            assert made not in Handover.objects.visible_to(person), person


@pytest.mark.parametrize("act", ["fill", "submit"])
def test_whoever_is_faster_than_the_worker_takes_everything_over_first(cast: Cast, act: str) -> None:
    draft, other = an_agreed_draft(cast), a_submitted(cast, name="另一个")
    new = succeeds(cast, on="2022-08-25")
    with clock.fixed_at("2022-08-25 00:01"):
        draft, new = draft.reload(), Person.objects.get(pk=new.pk)
        if act == "fill":
            draft.application.fill({"problem": "改过的问题"}, by=new, seen=draft.application.edits)
        else:
            draft.submit(by=new)
        assert Handover.settle() == []
    (made,) = Handover.objects.all()
    assert set(made.projects.all()) == {draft, other}
    assert {project.reload().owner for project in (draft, other)} == {new}


def test_filling_in_while_nobody_is_in_office_keeps_the_last_secretary(cast: Cast) -> None:
    project = a_draft(cast)
    cast.people.secretary.appointments.get().end(on=date(2022, 8, 24), by=cast.people.security_admin)
    with clock.fixed_at("2022-08-26 09:00"):
        clerk = Person.objects.get(pk=cast.people.clerk.pk)
        project.reload().application.fill({"problem": "改过的问题"}, by=clerk, seen=project.application.edits)
    assert project.reload().owner == cast.people.secretary


def test_each_of_the_three_has_a_line_to_sign_and_to_date(cast: Cast) -> None:
    made = a_handover(cast, an_established(cast))
    signed = opened(word.draw(handover_paper.sheet(made, made.projects_for(cast.people.clerk)))).tables[-1]
    assert [[cell.text.strip() for cell in row.cells] for row in signed.rows] == [
        ["移交人（签名）：", "年　　月　　日"],
        ["接收人（签名）：", "年　　月　　日"],
        ["监交人（签名）：", "年　　月　　日"],
    ]
    # The label takes 45 mm of it.
    assert all(row.cells[0].width.mm > 84 for row in signed.rows)
