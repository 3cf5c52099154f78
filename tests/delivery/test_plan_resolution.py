"""A meeting that decides plans: alone, with its minutes, and when something is noted after they were printed."""

from typing import Any

import pytest

from dangjian.delivery.decided import blocks_of_minutes
from dangjian.delivery.meeting_record import MeetingRecord
from dangjian.delivery.plan import Plan
from dangjian.delivery.plan_resolution import PlanVerdict
from dangjian.foundation import clock
from dangjian.foundation.audit import AuditEntry
from dangjian.foundation.lifecycle import Overtaken, Refused
from dangjian.foundation.notice import Notice
from dangjian.papers.blocks import ListTable, Text
from dangjian.programmes.approval import Step
from dangjian.projects.ballot import Tally
from dangjian.projects.meeting import Meeting
from dangjian.projects.paper_kind import PaperKind
from dangjian.projects.papers import minutes
from dangjian.projects.project import Project
from dangjian.projects.scan import Slot, with_minutes
from dangjian.web import stamped
from tests.cast import Cast, a_change, a_handed_in_plan, an_approved_plan, attendance, plan_lists
from tests.delivery.test_meeting_record import asked  # noqa: F401

pytestmark = [pytest.mark.django_db, pytest.mark.clause("S-32")]


def a_plan_for_the_committee(cast: Cast, **facts: Any) -> Plan:
    """Checked by the department, waiting for the meeting."""
    plan = a_handed_in_plan(cast, **facts)
    plan.decide("pass", by=cast.people.officer)
    assert plan.step is not None
    Step.objects.filter(pk=plan.step.pk).update(by_meeting=True, ability="record_meeting")
    return Plan.objects.get(pk=plan.pk)


def a_major_change(cast: Cast) -> Any:
    goals = plan_lists(cast.people.secretary.pk)["goals"]
    goals[0]["value"] = "36"
    return a_change(cast, an_approved_plan(cast), goals=goals)


def entered(cast: Cast, *matters: PlanVerdict, **more: Any) -> Any:
    place = cast.places.unit
    return MeetingRecord.enter(
        place, held_on=clock.today(), issue=Meeting.next_issue(place, clock.today().year), attendance=attendance(),
        matters=matters, by=cast.people.officer, **more,
    )  # fmt: skip


@pytest.mark.clause("S-13", "S-109")
def test_a_meeting_decides_plans_and_changes_alone_and_its_minutes_say_so(cast: Cast) -> None:
    officer = cast.people.officer
    goals = plan_lists(cast.people.secretary.pk)["goals"]
    goals[0]["value"] = "36"
    change = a_change(cast, an_approved_plan(cast), goals=goals)
    plan = a_plan_for_the_committee(cast)
    meeting = entered(
        cast,
        PlanVerdict(
            plan, "approve", "同意", votes_for=6, votes_against=0, abstentions=0, recused="王强", recusal_reason="亲属"
        ),
        PlanVerdict(change, "decline", "理由不充分", seen=change.version),
    )
    plan, change = plan.reload(), change.reload()
    assert (plan.state, plan.meeting, plan.approved_on) == ("approved", meeting, clock.today())
    assert (change.state, change.meeting, change.settled_at) == ("declined", meeting, clock.now())
    assert meeting.minutes_edition == 1
    paper = minutes(meeting, Project.objects.all(), blocks_of_minutes(meeting, officer))
    (table,) = [block for block in paper.blocks if isinstance(block, ListTable)]
    assert table.columns[-1].width >= sum(column.width for column in table.columns) * 0.45  # a change is long
    assert {row[2:4] for row in table.rows} == {
        ("审定实施计划书", "赞成 6 票\n反对 0 票\n弃权 0 票"), ("不同意第1次计划变更", ""),
    }  # fmt: skip
    assert any("王强回避（亲属）" in str(block) for block in paper.blocks if isinstance(block, Text))
    assert AuditEntry.objects.filter(action="meeting.record").latest("pk").details["matters"] == [
        f"plan-{plan.pk}", f"change-{change.pk}",
    ]  # fmt: skip


def test_what_a_meeting_cannot_decide_is_said_at_its_item_and_nothing_is_recorded(cast: Cast) -> None:
    waiting = a_plan_for_the_committee(cast)
    unchecked = a_handed_in_plan(cast)
    for verdict, why in (
        (PlanVerdict(waiting, "return"), "请写明退回修改的理由"),
        (PlanVerdict(waiting, "grant"), "不能作出这样的决定"),
        (PlanVerdict(waiting, "approve", votes_for=9, votes_against=0, abstentions=0), "票"),
        (PlanVerdict(unchecked, "return", "重写"), "不由会议决定"),
    ):
        with pytest.raises(Refused, match=why) as refused:
            entered(cast, verdict)
        assert {reason.field for reason in refused.value.reasons} == {verdict.field}
    with pytest.raises(Overtaken):
        entered(cast, PlanVerdict(waiting, "approve", seen=waiting.version - 1))
    with pytest.raises(Refused, match="请至少对一个项目、计划书或计划变更作出决定"):
        entered(cast)
    assert not Meeting.objects.filter(plan_resolutions__isnull=False).exists()
    assert waiting.reload().waiting_label == "待上会"


def test_a_decision_noted_after_the_minutes_were_printed_makes_them_anew(cast: Cast) -> None:
    officer, colleague = cast.people.officer, cast.people.colleague
    first, later = a_plan_for_the_committee(cast), a_plan_for_the_committee(cast)
    meeting = entered(cast, PlanVerdict(first, "approve"))
    slot = Slot(PaperKind.MINUTES, meeting)
    old = slot.mark
    slot.file(b"%PDF-1.7 old", pages=1, by=officer, edition=old.edition)
    assert with_minutes([meeting]) == {meeting.pk}
    later.decide("return", by=colleague, opinion="措施不具体", meeting=meeting)
    meeting.refresh_from_db()
    assert (old.edition, meeting.minutes_edition, slot.mark.edition) == (1, 2, 2)
    assert (
        Notice.objects.filter(person=officer).latest("pk").text.endswith("会议纪要更新为第2稿，请重新打印、签字、归档")
    )
    paper = minutes(meeting, Project.objects.all(), blocks_of_minutes(meeting, officer))
    assert any("本纪要为第2稿" in str(block) for block in paper.blocks if isinstance(block, Text))
    since = meeting.minutes_renewed_at
    shown = stamped.slot(slot, officer, edition=2, since=since)["standing"]
    assert "与现在的文本不同" in shown["outdated_text"]
    assert not with_minutes([meeting])
    slot.file(b"%PDF-1.7 new", pages=1, by=officer, edition=2)
    assert with_minutes([meeting]) == {meeting.pk}


@pytest.mark.clause("S-13", "S-109")
def test_a_decision_taken_on_the_plan_itself_tells_of_the_same_vote_as_one_on_the_agenda(cast: Cast) -> None:
    officer, held = cast.people.officer, entered(cast, PlanVerdict(a_plan_for_the_committee(cast), "approve"))
    plan, change = a_plan_for_the_committee(cast), a_major_change(cast)
    aside = Tally(votes_for=6, votes_against=0, abstentions=0, recused="王强", recusal_reason="亲属")
    plan.decide("approve", by=officer, meeting=held, tally=aside)
    change.decide("decline", by=officer, opinion="理由不充分", meeting=held, tally=Tally(votes_for=6, abstentions=1))
    held.refresh_from_db()
    paper = minutes(held, Project.objects.all(), blocks_of_minutes(held, officer))
    (table,) = [block for block in paper.blocks if isinstance(block, ListTable)]
    assert {row[3] for row in table.rows} == {
        "", "赞成 6 票\n反对 0 票\n弃权 0 票", "赞成 6 票\n反对 0 票\n弃权 1 票",
    }  # fmt: skip
    assert any("王强回避（亲属）" in str(block) for block in paper.blocks if isinstance(block, Text))


@pytest.mark.parametrize(
    ("tally", "field", "why"),
    [
        (Tally(votes_for=99), "votes_for", "票数合计 99"),
        (Tally(votes_for=1), "votes_for", "未过"),
        (Tally(recused="王强"), "recused", "请写明回避原因"),
        (Tally(stand_in="王强"), "recused", "请同时填写回避人"),
    ],
)
def test_a_vote_that_no_agenda_takes_no_decision_on_the_plan_itself_takes(
    cast: Cast, tally: Tally, field: str, why: str
) -> None:
    officer, held = cast.people.officer, entered(cast, PlanVerdict(a_plan_for_the_committee(cast), "approve"))
    plan, change = a_plan_for_the_committee(cast), a_major_change(cast)
    for act in (
        lambda: plan.decide("approve", by=officer, meeting=held, tally=tally),
        lambda: plan.decide("return", by=officer, opinion="不具体", meeting=held, tally=tally),
        lambda: change.decide("grant", by=officer, meeting=held, tally=tally),
        lambda: change.decide("decline", by=officer, opinion="不充分", meeting=held, tally=tally),
    ):
        with pytest.raises(Refused, match=why) as refused:
            act()
        assert refused.value.reasons[0].field == field
    assert (plan.reload().state, change.reload().state, held.plan_resolutions.count()) == ("in_approval", "waiting", 1)


def test_a_vote_belongs_to_a_meeting_that_is_recorded(cast: Cast) -> None:
    officer, told = cast.people.officer, {"held_on": clock.today(), "reference": "党委会〔2022〕第9期"}
    plan, change, signed = a_plan_for_the_committee(cast), a_major_change(cast), a_handed_in_plan(cast)
    signed.decide("pass", by=officer)
    for matter, decision in ((plan, "approve"), (plan, "return"), (change, "grant"), (change, "decline")):
        with pytest.raises(Refused, match="请先选择已登记的会议"):
            matter.decide(decision, by=officer, opinion="意见", tally=Tally(votes_for=6), **told)
    with pytest.raises(Refused, match="不由会议决定"):
        signed.decide("approve", by=officer, leader="周涛", held_on=clock.today(), tally=Tally(votes_for=6))
    plan.decide("approve", by=officer, **told)
    assert plan.reload().state == "approved"


def test_where_the_secretary_confirms_plans_wait_with_the_record(cast: Cast, asked: None) -> None:  # noqa: F811
    officer, secretary = cast.people.officer, cast.people.unit_secretary
    plan = a_plan_for_the_committee(cast)
    record = entered(cast, PlanVerdict(plan, "approve", "同意", seen=plan.version))
    assert isinstance(record, MeetingRecord)
    assert plan.reload().waiting_label == "待上会"
    assert not Plan.objects.waiting_for(officer).filter(pk=plan.pk).exists()
    with pytest.raises(Refused, match="这份计划书的决定已登记，待书记确认"):
        entered(cast, PlanVerdict(plan, "approve"))
    meeting = record.confirm(by=secretary)
    assert (plan.reload().state, plan.reload().meeting) == ("approved", meeting)
