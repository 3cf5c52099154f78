"""A plan in the hands of those who decide on it: passed on, stood aside from, asked for, filled in for the secretary."""

import pytest

from dangjian.delivery.decided import blocks_of_minutes
from dangjian.delivery.plan import Plan
from dangjian.delivery.plan_papers import plan_paper
from dangjian.foundation import clock
from dangjian.foundation.lifecycle import Refused
from dangjian.foundation.notice import Notice
from dangjian.overview import todo
from dangjian.papers.blocks import ListTable
from dangjian.people.person import Person
from dangjian.programmes.approval import Step
from dangjian.projects.meeting import Meeting, Verdict
from dangjian.projects.paper_kind import PaperKind
from dangjian.projects.papers import minutes
from dangjian.projects.project import Project
from dangjian.projects.scan import Slot
from tests.cast import (
    Cast,
    a_change,
    a_handed_in_plan,
    a_meeting,
    a_plan,
    a_screened,
    an_approved_plan,
    an_established,
    plan_lists,
)

pytestmark = [pytest.mark.django_db, pytest.mark.clause("S-32")]


def waiting(person: Person) -> bool:
    return Plan.objects.visible_to(person).waiting_for(person).exists()


def to_do(person: Person) -> list[str]:
    return [each.what for each in todo.Waiting(person)]


def told(person: Person) -> str:
    return Notice.objects.filter(person=person).latest("pk").text


def test_passed_on_it_waits_for_the_colleague_and_stood_aside_from_for_the_stand_in(cast: Cast) -> None:
    people, plan = cast.people, a_handed_in_plan(cast)
    plan.hand_over(to=people.colleague, by=people.officer, reason="出差")
    assert (waiting(people.officer), waiting(people.colleague)) == (False, True)
    assert told(people.colleague) == f"陈静将“{plan.project.name}”的实施计划书转您办理"
    assert [person.pk for person in plan.handlers()] == [people.colleague.pk]
    made = plan.recuse(stand_in=people.officer, by=people.colleague, reason="亲属")
    assert made.opinion == "亲属；由陈静代为办理"
    with pytest.raises(Refused, match="您已回避，由陈静代为办理"):
        plan.decide("pass", by=people.colleague)
    # Nobody is left in the department: the superior's officer stands in, and signs for it too.
    assert list(plan.stand_ins(people.officer)) == [people.company_officer]
    plan.recuse(stand_in=people.company_officer, by=people.officer, reason="曾任该支部书记")
    assert (waiting(people.officer), waiting(people.company_officer)) == (False, True)
    plan.reload().decide("pass", by=people.company_officer)
    assert waiting(people.officer)
    for to, why in ((people.foreign_officer, "没有办理"), (people.officer, "已经由这位同志办理")):
        with pytest.raises(Refused, match=why):
            plan.reload().hand_over(to=to, by=people.officer)


def test_nobody_decides_on_a_plan_of_an_own_project_while_somebody_else_can(cast: Cast) -> None:
    plan = a_handed_in_plan(cast)
    plan.project.team.create(person=cast.people.officer, duty="")
    with pytest.raises(Refused, match="您是本项目的成员，应当回避"):
        plan.decide("pass", by=cast.people.officer)
    plan.decide("pass", by=cast.people.colleague)


def test_the_branch_asks_upward_and_the_unit_urges_downward_once_a_day(cast: Cast) -> None:
    people, project = cast.people, an_established(cast)
    Plan.urge(project, by=people.officer)
    assert told(people.secretary) == f"请尽快制定并提交“{project.name}”的实施计划书"
    plan = a_plan(cast, project)
    with pytest.raises(Refused, match="今天已经提醒过"):
        Plan.urge(project, by=people.officer)
    for by in (people.secretary, people.foreign_officer):
        with pytest.raises(Refused, match="由单位组织部门办理"):
            Plan.urge(project, by=by)
    with pytest.raises(Refused, match="不在审批中"):
        plan.ask_to_act(by=people.secretary)
    plan.hand_in(by=people.secretary)
    plan.ask_to_act(by=people.secretary)
    assert told(people.officer) == f"第一项目部党支部提请办理“{project.name}”的实施计划书"
    assert not Plan.may_be_urged(plan.reload().project, by=people.officer)


def test_a_handler_fills_in_and_the_secretary_confirms_or_sends_back(cast: Cast) -> None:
    people = cast.people
    plan = a_plan(cast, by=people.clerk)
    assert plan.filler == "李敏"
    plan.ask_for_confirmation(by=people.clerk)
    assert sorted(to_do(people.secretary)) == ["确认李敏代填的计划书", "签收立项通知"]
    with pytest.raises(Refused, match="没有确认代填的权限"):
        plan.confirm(by=people.clerk)
    plan.send_back(by=people.secretary, reason="措施不具体")
    assert told(people.clerk).endswith("：措施不具体")
    plan.fill({"profile": "改好了"}, by=people.clerk, seen=plan.edits)
    plan.ask_for_confirmation(by=people.clerk)
    plan.confirm(by=people.secretary)
    with pytest.raises(Refused, match="没有待确认"):
        plan.confirm(by=people.secretary)
    plan.hand_in(by=people.secretary)
    assert plan.revisions.get().facts["filled_by"] == "李敏"
    other = a_plan(cast, an_established(cast, name="书记自己写的"))
    assert other.filler == ""
    with pytest.raises(Refused, match="不是代填的"):
        other.ask_for_confirmation(by=people.secretary)


def test_a_committee_decides_at_a_recorded_meeting_or_at_one_that_is_named(cast: Cast) -> None:
    people, unit = cast.people, cast.places.unit
    before = a_meeting(cast, _establishing(cast, "更早的"))
    with clock.fixed_at("2022-08-26 09:00"):
        plan = a_handed_in_plan(cast)
        plan.decide("pass", by=people.officer)
        Step.objects.filter(pk=plan.step.pk).update(by_meeting=True, ability="record_meeting")  # type: ignore[union-attr]
        plan = plan.reload()
        assert plan.waiting_label == "待上会"
        for given, field in (
            ({}, "reference"), ({"reference": "党委会"}, "held_on"), ({"meeting": before}, "meeting"),
        ):  # fmt: skip
            with pytest.raises(Refused) as refused:
                plan.decide("approve", by=people.officer, **given)  # type: ignore[arg-type]
            assert field in {reason.field for reason in refused.value.reasons}
        held = a_meeting(cast, _establishing(cast, "同一次会议"))
        plan.decide("approve", by=people.officer, meeting=held)
        assert (plan.approved_on, plan.reference, plan.meeting) == (held.held_on, str(held), held)
        assert plan.project.planned_on == held.held_on
        goals = plan_lists(people.secretary.pk)["goals"]
        goals[0]["value"] = "36"
        change = a_change(cast, plan, goals=goals)
        change.grant(meeting=held, by=people.officer)
    assert (change.reload().held_on, list(Meeting.objects.filter(plan_changes=change))) == (held.held_on, [held])
    assert held.organisation == unit
    # Its minutes list both, for whoever may see them, after the projects it established.
    assert [row[1:3] for row in minuted(held, people.officer)] == [
        (f"{plan.project.name}\n（{plan.project.branch.short_name}）", "审定实施计划书"),
        (f"{plan.project.name}\n（{plan.project.branch.short_name}）", "同意第1次计划变更"),
    ]
    assert "36" in minuted(held, people.officer)[1][4]
    paper = minutes(held, Project.objects.all(), blocks_of_minutes(held, people.officer))
    assert [len(block.rows) for block in paper.blocks if isinstance(block, ListTable)] == [1, 2]
    assert blocks_of_minutes(before, people.officer) == ()


def minuted(meeting: Meeting, person: Person) -> tuple[tuple[str, ...], ...]:
    """The lines on plans in the minutes."""
    table = blocks_of_minutes(meeting, person)[1]
    assert isinstance(table, ListTable)
    return table.rows


def _establishing(cast: Cast, name: str) -> Verdict:
    return Verdict(a_screened(cast, name=name), "establish")


def test_the_signed_paper_files_itself_by_its_mark_and_an_older_text_never_replaces_a_newer(cast: Cast) -> None:
    secretary = cast.people.secretary
    plan = a_plan(cast)
    assert plan_paper(plan).mark is None
    plan.hand_in(by=secretary)
    first = plan_paper(plan.reload()).mark
    assert first is not None
    assert first.kind == "P"
    plan.recall(by=secretary)
    plan = plan.reload()
    plan.hand_in(by=secretary)
    second = plan_paper(plan.reload()).mark
    assert second is not None
    assert (first.edition, second.edition) == (1, 2)
    slot = Slot.of(second, secretary)
    assert slot is not None
    assert (slot.kind, slot.owner) == (PaperKind.PLAN, plan.project)
    slot.file(b"%PDF-1.7 second", pages=3, by=secretary, edition=2)
    late = slot.file(b"%PDF-1.7 first", pages=3, by=secretary, edition=1)
    assert (late.replaced_at is not None, slot.scans().standing().get().edition) == (True, 2)
    assert Slot.of(second, cast.people.foreign_officer) is None
    assert any(open_one.kind is PaperKind.PLAN for open_one in Slot.open_to(secretary))


@pytest.mark.clause("S-13", "S-33")
def test_goals_in_another_order_are_another_tree(cast: Cast) -> None:
    plan = an_approved_plan(cast)
    goals = plan_lists(cast.people.secretary.pk)["goals"]
    change = a_change(cast, plan, goals=[goals[0], goals[2], goals[1]])
    (found,) = change.differences()
    assert (found.where, found.is_major) == ("目标的顺序", True)
    assert found.before.split("\n")[1:] == ["　完成油耗定额核定", "　　机械空转时间下降"]
    assert found.after.split("\n")[1:] == ["　　机械空转时间下降", "　完成油耗定额核定"]
    change.drop(by=cast.people.secretary)
    measures = plan_lists(cast.people.secretary.pk)["measures"]
    assert not a_change(cast, plan, measures=measures[::-1]).differences()[0].is_major
