"""Plan changes: ordinary ones are noted, major ones decided; nothing else moves an approved plan."""

import pytest

from dangjian.delivery.change import PlanChange
from dangjian.delivery.change_state import State, Weight
from dangjian.foundation import clock
from dangjian.foundation.audit import AuditEntry
from dangjian.foundation.lifecycle import Refused
from dangjian.foundation.notice import Notice
from dangjian.people.person import Person
from tests.cast import Cast, a_change, an_approved_plan, plan_lists

pytestmark = pytest.mark.django_db


@pytest.mark.clause("S-13", "S-74")
def test_another_person_and_an_inner_day_are_noted_by_the_department(cast: Cast) -> None:
    plan = an_approved_plan(cast)
    measures = plan_lists(cast.people.secretary.pk)["measures"]
    measures[0] |= {"person": cast.people.member.pk, "due": "2022-10-15"}
    change = a_change(cast, plan, measures=measures)
    assert (change.weight, change.waiting_label) == (Weight.ORDINARY, "待组织部门登记")
    with pytest.raises(Refused, match="不用上会"):
        change.grant(by=cast.people.officer, held_on=clock.today(), reference="党委会〔2022〕第9期")
    change.note(by=cast.people.officer)
    measure = plan.project.measures.first()
    assert (measure.person, f"{measure.due}") == (cast.people.member, "2022-10-15")
    assert plan.baseline.facts["measures"][0]["due"] == "2022-09-30"
    assert plan.current.facts["measures"][0]["due"] == "2022-10-15"
    assert [(d.before, d.after) for d in PlanChange.objects.get().differences()] == [(
        "党员包机，逐台核定油耗定额（张建国，2022年9月1日至2022年9月30日）",
        "党员包机，逐台核定油耗定额（王强，2022年9月1日至2022年10月15日）",
    )]  # fmt: skip


@pytest.mark.clause("S-13")
@pytest.mark.parametrize("which", ["goal", "measure gone", "measure new", "end"])
def test_a_goal_a_measure_and_the_end_are_decided_by_the_committee(cast: Cast, which: str) -> None:
    plan = an_approved_plan(cast)
    lists, ends = plan_lists(cast.people.secretary.pk), ""
    if which == "goal":
        lists["goals"][0]["value"] = "25"
    elif which == "measure gone":
        lists["measures"].pop()
    elif which == "measure new":
        lists["measures"].append({**lists["measures"][0], "name": "增加一项措施"})
    else:
        ends = "2022-11"
        lists["goals"][0]["due"] = "2022-11-30"
        lists["tasks"][0]["due"] = lists["milestones"][1]["due"] = "2022-11-30"
        lists["measures"][1]["due"] = "2022-11-25"
    change = a_change(cast, plan, reason="情况有变", ends=ends, **lists)
    assert (change.weight, change.waiting_label) == (Weight.MAJOR, "待上会")
    with pytest.raises(Refused, match="党委会研究决定"):
        change.note(by=cast.people.officer)
    with pytest.raises(Refused, match="写明是哪次会议"):
        change.grant(by=cast.people.officer, held_on=clock.today(), reference="")
    change.grant(by=cast.people.officer, held_on=clock.today(), reference="党委会〔2022〕第9期")
    assert change.reload().state == State.GRANTED
    assert plan.revisions.last().change == change
    if which == "end":
        assert (plan.project.reload().ends, plan.baseline.facts["ends"]) == ("2022-11", "2022-12")


@pytest.mark.clause("S-13")
def test_the_words_of_the_expected_goals_are_changed_with_the_goals(cast: Cast) -> None:
    plan = an_approved_plan(cast)
    approved = plan.expected
    change = PlanChange.begin(plan, by=cast.people.secretary)
    assert change.expected == approved
    lists = plan_lists(cast.people.secretary.pk)
    lists["goals"][0]["value"] = "25"
    given = {"reason": "情况有变", "ends": "", "by": cast.people.secretary}
    change.fill(**given, lists=lists, seen=0)
    assert change.keeps_old_words
    change.fill(**given, lists={}, expected="节约25万元。\r\n", seen=1)
    assert not change.keeps_old_words
    change.apply(by=cast.people.secretary)
    told = [(each.where, each.before, each.after, each.is_major) for each in change.differences()]
    assert told[0] == ("预期目标", approved, "节约25万元。", True)
    change.grant(by=cast.people.officer, held_on=clock.today(), reference="党委会〔2022〕第9期")
    assert (plan.reload().expected, plan.current.facts["expected"]) == ("节约25万元。", "节约25万元。")
    assert plan.baseline.facts["expected"] == approved
    assert change.reload().differences()[0].after == "节约25万元。"


@pytest.mark.clause("S-13")
def test_new_words_alone_are_major_and_too_many_are_refused(cast: Cast) -> None:
    plan = an_approved_plan(cast)
    change = PlanChange.begin(plan, by=cast.people.secretary)
    given = {"reason": "措辞", "ends": "", "lists": {}, "by": cast.people.secretary, "seen": 0}
    with pytest.raises(Refused) as refused:
        change.fill(**given, expected="多" * 2001)
    assert [reason.field for reason in refused.value.reasons] == ["expected"]
    change.fill(**given, expected="另作表述")
    change.apply(by=cast.people.secretary)
    assert change.weight == Weight.MAJOR


def test_a_request_from_before_the_words_could_change_leaves_them(cast: Cast) -> None:
    change = a_change(cast, an_approved_plan(cast), milestones=[])
    del change.before["expected"], change.after["expected"]
    change.save()
    change.grant(by=cast.people.officer, held_on=clock.today(), reference="党委会〔2022〕第9期")
    assert change.plan.reload().expected
    assert [each.where for each in change.differences()] == ["里程碑", "里程碑"]


def test_what_stays_on_the_old_last_day_is_told_when_the_end_is_moved(cast: Cast) -> None:
    plan = an_approved_plan(cast)
    lists = plan_lists(cast.people.secretary.pk)
    lists["goals"][0]["due"] = lists["milestones"][1]["due"] = "2022-12-31"
    change = PlanChange.begin(plan, by=cast.people.secretary)
    change.fill(reason="工期顺延", ends="2023-02", lists=lists, by=cast.people.secretary, seen=change.edits)
    assert change.left_behind() == [f"目标“{lists['goals'][0]['name']}”", f"里程碑“{lists['milestones'][1]['name']}”"]
    assert [(each.before, each.after) for each in change.differences()][:1] == [("2022.12", "2023.2")]
    change.fill(reason="工期不变", ends="", lists=lists, by=cast.people.secretary, seen=change.edits)
    assert change.left_behind() == []


def test_a_new_milestone_is_ordinary_and_one_struck_out_is_not(cast: Cast) -> None:
    plan = an_approved_plan(cast)
    milestones = plan_lists(cast.people.secretary.pk)["milestones"]
    change = a_change(cast, plan, milestones=[*milestones, {"name": "中期检查", "due": "2022-10-31"}])
    assert change.weight == Weight.ORDINARY
    change.drop(by=cast.people.secretary)
    assert a_change(cast, plan, milestones=milestones[:1]).weight == Weight.MAJOR


def test_a_change_that_changes_nothing_or_leaves_gaps_does_not_go_in(cast: Cast) -> None:
    plan = an_approved_plan(cast)
    change = PlanChange.begin(plan, by=cast.people.secretary)
    with pytest.raises(Refused, match="请写明变更的理由；与现行计划没有不同"):
        change.apply(by=cast.people.secretary)
    measures = plan_lists(cast.people.secretary.pk)["measures"]
    measures[0]["person"] = ""
    change.fill(reason="调离", ends="", lists={"measures": measures}, by=cast.people.secretary, seen=0)
    with pytest.raises(Refused, match="没有定责任人"):
        change.apply(by=cast.people.secretary)


def test_one_change_at_a_time_and_a_declined_one_keeps_its_words(cast: Cast) -> None:
    plan = an_approved_plan(cast)
    goals = plan_lists(cast.people.secretary.pk)["goals"]
    goals[0]["value"] = "20"
    change = a_change(cast, plan, reason="柴油涨价", goals=goals)
    with pytest.raises(Refused, match="没有办结"):
        PlanChange.begin(plan, by=cast.people.secretary)
    with pytest.raises(Refused, match="请写明不同意的理由"):
        change.decline(by=cast.people.officer, opinion="")
    with pytest.raises(Refused, match="写明是哪次会议"):
        change.decline(by=cast.people.officer, opinion="目标不能降。", held_on=clock.today())
    change.decline(by=cast.people.officer, opinion="目标不能降。")
    assert (change.reload().held_on, change.reload().reference) == (None, "")
    again = PlanChange.begin(plan, by=cast.people.secretary)
    assert (again.reason, again.after["lists"]["goals"][0]["value"]) == ("柴油涨价", "20")
    assert f"{plan.project.goals.first().value:f}" == "30.0000"


def test_who_may_ask_and_who_may_settle(cast: Cast) -> None:
    plan = an_approved_plan(cast)
    with pytest.raises(Refused, match="没有为该支部申请变更的权限"):
        PlanChange.begin(plan, by=cast.people.officer)
    measures = plan_lists(cast.people.member.pk)["measures"]
    change = a_change(cast, plan, measures=measures)
    for stranger in (cast.people.secretary, cast.people.foreign_officer):
        with pytest.raises(Refused, match="没有“登记变更”的权限"):
            change.note(by=stranger)
    assert list(PlanChange.objects.visible_to(cast.people.officer).waiting_for(cast.people.officer)) == [change]
    assert not PlanChange.objects.visible_to(cast.people.foreign_officer).exists()


def an_ordinary_change(cast: Cast) -> PlanChange:
    plan = an_approved_plan(cast)
    measures = plan_lists(cast.people.secretary.pk)["measures"]
    measures[0]["due"] = "2022-10-15"
    return a_change(cast, plan, measures=measures)


@pytest.mark.clause("S-13")
def test_passed_on_it_waits_for_the_colleague_and_stood_aside_from_for_the_stand_in(cast: Cast) -> None:
    people, change = cast.people, an_ordinary_change(cast)

    def waits(person: Person) -> bool:
        return PlanChange.objects.visible_to(person).waiting_for(person).filter(pk=change.pk).exists()

    assert (waits(people.officer), waits(people.colleague)) == (True, True)
    change.hand_over(to=people.colleague, by=people.officer, reason="出差")
    assert (waits(people.officer), waits(people.colleague)) == (False, True)
    assert (
        Notice.objects.filter(person=people.colleague).latest("pk").text
        == f"陈静将“{change.project.name}”的计划变更转您办理"
    )
    with pytest.raises(Refused, match="请写明回避原因"):
        change.recuse(stand_in=people.officer, by=people.colleague, reason="")
    change.recuse(stand_in=people.officer, by=people.colleague, reason="亲属")
    for verb in (change.note, change.decline):
        with pytest.raises(Refused, match="您已回避，由陈静代为办理"):
            verb(by=people.colleague, opinion="同意")
    for to, why in (
        (people.foreign_officer, "没有办理"),
        (people.colleague, "已回避"),
        (people.officer, "已经由这位同志办理"),
    ):
        with pytest.raises(Refused, match=why):
            change.hand_over(to=to, by=people.officer)
    change.note(by=people.officer)
    assert change.approval is not None
    assert (change.reload().state, change.approval.outcome) == (State.GRANTED, "approve")
    told = AuditEntry.objects.filter(action__startswith="planchange.").order_by("pk").values_list("action", flat=True)
    assert list(told)[-3:] == ["planchange.hand_over", "planchange.recuse", "planchange.note"]


def test_nobody_notes_a_change_of_an_own_project_and_a_meeting_has_its_own_recusals(cast: Cast) -> None:
    people, change = cast.people, an_ordinary_change(cast)
    change.project.team.create(person=people.officer, duty="")
    for verb in (change.note, change.decline):
        with pytest.raises(Refused, match="您是本项目的成员，应当回避"):
            verb(by=people.officer, opinion="同意")
    change.drop(by=people.secretary)
    assert change.approval is not None
    assert change.approval.outcome == "drop"
    with pytest.raises(Refused, match="不能转办"):
        change.hand_over(to=people.colleague, by=people.officer)
    goals = plan_lists(people.secretary.pk)["goals"]
    goals[0]["value"] = "36"
    major = a_change(cast, change.plan.reload(), goals=goals)
    with pytest.raises(Refused, match="回避情况在登记会议时填写"):
        major.recuse(stand_in=people.colleague, by=people.officer, reason="亲属")
    major.hand_over(to=people.colleague, by=people.officer)
    with pytest.raises(Refused, match="没有“登记变更”的权限"):
        an_ordinary_change(cast).note(by=people.foreign_officer)


@pytest.mark.parametrize(
    ("key", "before", "after"),
    [
        ("milestones", "2022年12月31日 项目完成，张建国", "2022年12月31日 项目完成，王强"),
        ("tasks", "2022年：节约30万元，张建国，2022年12月31日前", "2022年：节约30万元，王强，2022年12月31日前"),
    ],
)
def test_another_person_is_seen_wherever_one_answers_for_a_line(cast: Cast, key: str, before: str, after: str) -> None:
    plan = an_approved_plan(cast)
    lines = plan_lists(cast.people.secretary.pk)[key]
    lines[-1]["person"] = cast.people.member.pk
    assert [(each.before, each.after) for each in a_change(cast, plan, **{key: lines}).differences()] == [
        (before, after)
    ]
