"""The plan: begun from the application, checked, signed by the leader, and frozen from then on."""

from datetime import date

import pytest

from dangjian.delivery import readiness
from dangjian.delivery.first_draft import taken_over
from dangjian.delivery.goal import Goal
from dangjian.delivery.plan import CHECKLIST, Plan
from dangjian.foundation import clock
from dangjian.foundation.audit import AuditEntry
from dangjian.foundation.lifecycle import Overtaken, Refused
from dangjian.foundation.notice import Notice
from dangjian.people.person import Person
from dangjian.programmes.scheme import export, read, source_plan_text
from dangjian.projects.state import State as ProjectState
from tests.cast import Cast, a_handed_in_plan, a_plan, an_approved_plan, an_established, plan_lists

pytestmark = pytest.mark.django_db


def reasons_of(refused: pytest.ExceptionInfo[Refused]) -> dict[str, str]:
    return {reason.field: reason.text for reason in refused.value.reasons}


# Beginning


@pytest.mark.clause("S-32", "S-35")
def test_a_plan_begins_with_everything_the_application_said(cast: Cast) -> None:
    project = an_established(cast)
    plan = Plan.begin(project, by=cast.people.secretary)
    assert "夏季施工高峰" in plan.background
    assert "能耗占项目直接成本" in plan.background
    assert plan.profile == "第一工程公司第一项目部党支部，党支部书记张建国，现有党员3名。"
    assert [row.name for row in project.measures.all()] == [
        "党员包机、逐台核定油耗定额", "每周通报", "对高耗设备技改",
    ]  # fmt: skip
    goal = project.goals.get()
    assert (goal.level, goal.person, goal.due) == ("overall", project.owner, date(2022, 12, 31))
    assert [(row.due, row.person) for row in project.milestones.all()] == [
        (date(2022, 8, 1), project.owner), (date(2022, 12, 31), project.owner),
    ]  # fmt: skip


@pytest.mark.clause("S-40")
def test_a_measure_knows_who_answers_and_until_when_as_far_as_the_application_says_so(cast: Cast) -> None:
    measures = "9月10日前完成油耗定额核定，张建国牵头；每周通报；李敏负责统计油耗"
    project = an_established(cast, measures=measures)
    Plan.begin(project, by=cast.people.secretary)
    assert [(row.name, row.person_name, row.due) for row in project.measures.all()] == [
        ("完成油耗定额核定", "张建国", date(2022, 9, 10)), ("每周通报", "", None), ("统计油耗", "李敏", None),
    ]  # fmt: skip
    assert taken_over(project.plan)["measures"] == "application"


@pytest.mark.clause("S-34")
def test_a_plan_across_two_years_begins_without_empty_tasks_and_wants_them_once(cast: Cast) -> None:
    project = an_established(cast, ends="2023-05")
    plan = Plan.begin(project, by=cast.people.secretary)
    assert not project.tasks.exists()
    asked = [reason.text for reason in plan.missing_for("hand_in", by=cast.people.secretary) if "tasks" in reason.field]
    assert asked == ["项目跨年度，请写明2022年、2023年的年度任务"]


@pytest.mark.clause("S-40", "S-71")
def test_whoever_answers_and_is_no_member_is_named_in_a_hint(cast: Cast) -> None:
    plan, lists = a_plan(cast), plan_lists(cast.people.secretary.pk)
    lists["measures"][0]["person"] = lists["goals"][1]["person"] = cast.people.clerk.pk
    lists["measures"][1]["person"] = cast.people.member.pk
    plan.fill({}, by=cast.people.secretary, seen=plan.edits, lists=lists)
    hint = f"责任人{cast.people.clerk.name}不在“项目成员基本情况”中，请核对"
    assert [(reason.text, reason.field) for reason in readiness.advice(plan) if reason.field == "team"] == [
        (hint, "team")
    ]
    plan.hand_in(by=cast.people.secretary)


def test_clauses_keep_their_own_numbers_and_what_was_said_of_them_behind_a_stop(cast: Cast) -> None:
    measures = (
        "1.建台账。\n2.9月1日至10月20日，宣传3期。\n3.形成作业指导书。责任人：张建国。\n（4）开展演练；完成时间：2022年11月底\n"
        "5.5号墩封顶。责任人：李敏、高峰。"
    )
    project = an_established(cast, measures=measures)
    Plan.begin(project, by=cast.people.secretary)
    told = [(row.name, row.person_name) for row in project.measures.all()]
    assert [name for name, _ in told] == [
        "建台账", "9月1日至10月20日，宣传3期", "形成作业指导书", "开展演练", "5号墩封顶，责任人：李敏、高峰",
    ]  # fmt: skip
    assert told[2][1] == "张建国"
    assert told[4][1] == ""


def test_a_number_with_a_decimal_begins_no_list(cast: Cast) -> None:
    project = an_established(cast, measures="1.5万吨产能达标；2.5公里管线换新")
    Plan.begin(project, by=cast.people.secretary)
    assert [row.name for row in project.measures.all()] == ["1.5万吨产能达标", "2.5公里管线换新"]


def test_what_was_taken_over_tells_where_from_until_it_is_made_finer(cast: Cast) -> None:
    plan = Plan.begin(an_established(cast), by=cast.people.secretary)
    assert taken_over(plan) == {
        "profile": "roster", "background": "application", "expected": "application",
        "measures": "application", "goals": "application", "milestones": "period",
    }  # fmt: skip
    plan.fill({"background": "写细了"}, by=cast.people.secretary, seen=plan.edits, lists={"measures": []})
    assert taken_over(plan.reload()).keys() == {"profile", "expected", "goals", "milestones"}


def test_the_profile_of_a_later_plan_is_that_of_the_earlier(cast: Cast) -> None:
    a_handed_in_plan(cast)
    later = Plan.begin(an_established(cast, name="第二个项目"), by=cast.people.secretary)
    assert taken_over(later)["profile"] == "earlier_plan"


def test_targets_of_the_application_become_overall_goals(cast: Cast) -> None:
    project = an_established(cast)
    project.targets.create(place=1, name="节约费用", baseline=0, value=30, unit="万元", due="2022-11")
    Plan.begin(project, by=cast.people.secretary)
    goal = project.goals.get()
    assert (goal.name, goal.value, goal.unit, goal.due) == ("节约费用", 30, "万元", date(2022, 11, 30))


def test_a_project_has_one_plan_and_not_before_it_is_established(cast: Cast) -> None:
    plan = a_plan(cast)
    with pytest.raises(Refused, match="已经有计划书"):
        Plan.begin(plan.project, by=cast.people.secretary)
    with pytest.raises(Refused, match="没有为该支部填写计划书的权限"):
        Plan.begin(plan.project, by=cast.people.foreign_secretary)


# Filling


def test_saving_what_stands_there_leaves_no_trace(cast: Cast) -> None:
    plan = a_plan(cast)
    held = AuditEntry.objects.count()
    plan.fill(
        {"profile": plan.profile}, by=cast.people.clerk, seen=plan.edits, lists=plan_lists(cast.people.secretary.pk)
    )
    assert AuditEntry.objects.count() == held


def test_saving_what_the_background_saved_a_moment_ago_overtakes_nobody(cast: Cast) -> None:
    plan = a_plan(cast)
    seen = plan.edits
    plan.fill({"profile": "同样的话"}, by=cast.people.secretary, seen=seen)
    plan.fill({"profile": "同样的话"}, by=cast.people.secretary, seen=seen)
    assert plan.reload().edits == seen + 1


def test_the_second_to_save_is_told_who_was_first(cast: Cast) -> None:
    plan = a_plan(cast)
    other = Plan.objects.get(pk=plan.pk)
    plan.fill({"profile": "甲"}, by=cast.people.clerk, seen=plan.edits)
    with pytest.raises(Overtaken, match=r"李敏在.*保存过这份计划书"):
        other.fill({"profile": "乙"}, by=cast.people.secretary, seen=other.edits)


def test_what_was_typed_wrong_is_refused_at_its_box_and_nothing_is_saved(cast: Cast) -> None:
    plan = a_plan(cast)
    lines = [
        {
            "level": "overall",
            "name": "节约",
            "value": "三十",
            "person": cast.people.foreign_secretary.pk,
            "due": "2022-13-01",
        }
    ]
    with pytest.raises(Refused) as refused:
        plan.fill({"profile": "长" * 801}, by=cast.people.secretary, seen=plan.edits, lists={"goals": lines})
    assert set(reasons_of(refused)) == {"profile", "goals-0-value", "goals-0-person", "goals-0-due"}
    assert plan.reload().project.goals.count() == 3


# What submission asks for


@pytest.mark.clause("S-33", "S-40", "S-112")
def test_measures_without_person_and_day_and_goals_without_measure_do_not_go_in(cast: Cast) -> None:
    plan = a_plan(cast)
    lists = {
        "measures": [{"name": "每周通报"}],
        "goals": [{"level": "overall", "name": "节约费用", "person": cast.people.member.pk, "due": "2022-12-31"}],
    }
    plan.fill({}, by=cast.people.secretary, seen=plan.edits, lists=lists)
    with pytest.raises(Refused) as refused:
        plan.hand_in(by=cast.people.secretary)
    told = reasons_of(refused)
    assert told["measures-0-person"] == "主要措施“每周通报”没有定责任人"
    assert told["measures-0-due"] == "主要措施“每周通报”没有定完成时间"
    assert "请写验收标准" in told["goals-0-value"]
    assert "至少一项要有目标值或验收标准" in told["goals"]


@pytest.mark.clause("S-33")
def test_a_qualitative_goal_with_a_criterion_is_enough(cast: Cast) -> None:
    plan = a_plan(cast)
    goal = {
        "level": "overall",
        "name": "形成包机办法",
        "criterion": "办法经项目部印发",
        "person": cast.people.member.pk,
        "due": "2022-12-31",
    }
    plan.fill({}, by=cast.people.secretary, seen=plan.edits, lists={"goals": [goal]})
    plan.hand_in(by=cast.people.secretary)
    assert plan.state == "in_approval"


@pytest.mark.clause("S-34")
def test_a_project_across_two_years_has_tasks_for_each(cast: Cast) -> None:
    project = an_established(cast, ends="2023-05", stage_goal="到年底节约20万元。")
    plan = a_plan(cast, project)
    with pytest.raises(Refused) as refused:
        plan.hand_in(by=cast.people.secretary)
    assert "请写明2023年的年度任务" in reasons_of(refused)["tasks"]


def test_a_project_past_the_end_of_the_plan_year_is_asked_for_a_stage_goal(cast: Cast) -> None:
    plan = a_plan(cast, an_established(cast, ends="2023-05"))
    lists = plan_lists(cast.people.secretary.pk)
    lists["goals"] = [line for line in lists["goals"] if line["level"] == "overall"]
    plan.fill({}, by=cast.people.secretary, seen=plan.edits, lists=lists)
    with pytest.raises(Refused) as refused:
        plan.hand_in(by=cast.people.secretary)
    assert "请写明此前要形成的阶段目标" in reasons_of(refused)["goals"]


def test_nothing_is_due_after_the_project_and_the_tree_begins_at_the_top(cast: Cast) -> None:
    plan = a_plan(cast)
    lists = plan_lists(cast.people.secretary.pk)
    lists["goals"] = lists["goals"][1:]
    lists["measures"][0]["due"] = "2023-01-15"
    plan.fill({}, by=cast.people.secretary, seen=plan.edits, lists=lists)
    with pytest.raises(Refused) as refused:
        plan.hand_in(by=cast.people.secretary)
    told = reasons_of(refused)
    assert "晚于项目完成时间2022年12月31日" in told["measures-0-due"]
    assert "第一项应是总体目标" in told["goals-0-level"]


# Approval


@pytest.mark.clause("S-32", "S-75")
def test_the_department_checks_and_the_leader_signs(cast: Cast) -> None:
    plan = a_handed_in_plan(cast)
    assert plan.waiting_label == "待组织部门审核"
    plan.decide("pass", by=cast.people.officer, opinion="可行。", checked_for=["clear", "detailed", "nonsense"])
    assert (plan.waiting_label, plan.checked_for) == ("待分管领导签批", ["detailed", "clear"])
    plan.decide("approve", by=cast.people.colleague, leader="刘志远", held_on=clock.today())
    assert (plan.state, plan.leader, plan.project.planned_on) == ("approved", "刘志远", clock.today())
    assert set(CHECKLIST) == {"detailed", "clear", "instructive", "workable"}
    assert Notice.objects.filter(person=cast.people.secretary, text__contains="已同意审定").exists()


@pytest.mark.clause("S-32", "S-37")
def test_the_project_runs_once_letter_and_plan_are_there(cast: Cast) -> None:
    project = an_established(cast)
    project.take_letter(by=cast.people.officer, signed_on=clock.today())
    assert an_approved_plan(cast, project).project.state == ProjectState.RUNNING


@pytest.mark.clause("S-75")
def test_the_record_names_the_points_that_were_passed_without_a_tick(cast: Cast) -> None:
    plan = a_handed_in_plan(cast)
    plan.decide("return", by=cast.people.officer, opinion="请再细一些。")
    plan.hand_in(by=cast.people.secretary)
    plan.decide("pass", by=cast.people.officer, opinion="可行。", checked_for=["clear", "workable"])
    told = list(plan.log().filter(name__in=("return_for_revision", "pass_check")).values_list("opinion", flat=True))
    assert sorted(told) == ["可行。\n未勾选：详实、指导性强", "请再细一些。"]


def test_a_record_of_all_points_or_of_none_says_so(cast: Cast) -> None:
    assert an_approved_plan(cast).log().get(name="pass_check").opinion == ""
    other = a_handed_in_plan(cast, an_established(cast, name="第二个项目"))
    other.decide("pass", by=cast.people.officer)
    assert other.log().get(name="pass_check").opinion == "未勾选：详实、明确、指导性强、便于操作"


def test_a_returned_plan_is_changed_and_handed_in_again(cast: Cast) -> None:
    plan = a_handed_in_plan(cast)
    with pytest.raises(Refused, match="请写明退回修改的理由"):
        plan.decide("return", by=cast.people.officer)
    plan.decide("return", by=cast.people.officer, opinion="措施请再细一些。")
    assert plan.is_returned
    plan.fill({"profile": "新的情况"}, by=cast.people.secretary, seen=plan.edits)
    plan.hand_in(by=cast.people.secretary)
    assert [revision.facts["profile"] for revision in plan.revisions.all()][-1] == "新的情况"
    assert plan.revisions.count() == 2


def test_the_branch_takes_back_what_nobody_has_looked_at(cast: Cast) -> None:
    plan = a_handed_in_plan(cast)
    plan.recall(by=cast.people.secretary)
    assert (plan.state, plan.is_returned) == ("draft", False)
    plan.hand_in(by=cast.people.secretary)
    plan.decide("pass", by=cast.people.officer)
    with pytest.raises(Refused, match="不能撤回"):
        plan.recall(by=cast.people.secretary)


def test_signing_needs_a_leader_and_a_day_that_can_be(cast: Cast) -> None:
    plan = a_handed_in_plan(cast)
    plan.decide("pass", by=cast.people.officer)
    with pytest.raises(Refused) as refused:
        plan.decide("approve", by=cast.people.officer, held_on=date(2022, 8, 1))
    assert set(reasons_of(refused)) == {"leader", "held_on"}
    assert plan.reload().state == "in_approval"


def test_only_the_unit_decides(cast: Cast) -> None:
    plan = a_handed_in_plan(cast)
    for stranger in (cast.people.secretary, cast.people.foreign_officer, cast.people.unit_secretary):
        with pytest.raises(Refused, match="没有“通过审核”的权限"):
            plan.decide("pass", by=stranger)


@pytest.mark.clause("S-31")
def test_a_plan_that_comes_late_is_received_and_marked(cast: Cast) -> None:
    project = an_established(cast)
    with clock.fixed_at("2022-09-06 10:00"):
        plan = a_handed_in_plan(cast, project)
        assert plan.days_late == 3
        plan.decide("pass", by=cast.people.officer)
        assert plan.approval is not None
        assert plan.approval.steps.decided().get().days_late == 3


@pytest.mark.clause("S-13", "S-74")
def test_an_approved_plan_cannot_be_written_in(cast: Cast) -> None:
    plan = an_approved_plan(cast)
    with pytest.raises(Refused, match="已审定"):
        plan.fill({"profile": "改"}, by=cast.people.secretary, seen=plan.edits)
    assert plan.baseline == plan.current


# Who sees it


def test_a_draft_is_the_branchs_own(cast: Cast) -> None:
    plan = a_plan(cast)
    people = cast.people
    assert Plan.objects.visible_to(people.clerk).filter(pk=plan.pk).exists()
    assert not Plan.objects.visible_to(people.officer).filter(pk=plan.pk).exists()
    assert list(Plan.objects.waiting_for(people.clerk)) == [plan]
    plan.hand_in(by=people.secretary)
    assert list(Plan.objects.visible_to(people.officer)) == list(Plan.objects.waiting_for(people.officer)) == [plan]
    assert not Plan.objects.visible_to(people.foreign_officer).exists()


# Offline


def test_of_an_offline_project_only_the_day_stands_here(cast: Cast) -> None:
    project = an_established(cast)
    project.is_offline = True
    project.save(update_fields=["is_offline"])
    plan = Plan.begin(project, by=cast.people.secretary)
    assert (plan.background, Goal.objects.count()) == ("", 0)
    with pytest.raises(Refused, match="在线下"):
        plan.hand_in(by=cast.people.secretary)
    plan.approve_offline(on=clock.today(), by=cast.people.officer)
    assert project.reload().planned_on == clock.today()


# The scheme


def test_a_scheme_without_a_word_on_plans_goes_by_check_and_signature() -> None:
    text = source_plan_text()
    start = text.index("  # 实施计划书（附件3）的审批程序")
    older = text[:start] + text[text.index("\n# 七、") :]
    older = older.replace("    - {code: approve, label: 同意审定, reason_required: false}\n", "")
    assert [step.key for step in read(older).steps("plan")] == ["plan_check", "plan_signing"]


def test_a_scheme_may_send_plans_to_a_meeting(cast: Cast) -> None:
    text = source_plan_text()
    at = text.index("- key: plan_signing")
    changed = text[:at] + text[at:].replace("meeting: false", "meeting: true", 1)
    steps = read(export(read(changed))).steps("plan")
    assert [step.meeting for step in steps] == [False, True]


def test_somebody_of_the_branch_no_more_stays_in_a_draft_and_is_asked_for_before_it_goes_in(cast: Cast) -> None:
    plan, member = a_plan(cast), cast.people.member
    lists = plan_lists(cast.people.secretary.pk)
    lists["measures"][0]["person"] = member.pk
    plan.fill({}, by=cast.people.secretary, seen=plan.edits, lists=lists)
    Person.objects.filter(pk=member.pk).update(organisation=cast.places.foreign_branch)
    plan = Plan.objects.get(pk=plan.pk)
    plan.fill({"profile": "王强走后再写"}, by=cast.people.secretary, seen=plan.edits, lists=lists)
    assert (plan.reload().profile, plan.project.measures.first().person) == ("王强走后再写", member)
    with pytest.raises(Refused) as refused:
        Plan.objects.get(pk=plan.pk).hand_in(by=cast.people.secretary)
    assert [(reason.field, reason.text) for reason in refused.value.reasons] == [
        ("measures-0-person", "主要措施“党员包机，逐台核定油耗定额”的责任人王强已不在本支部和参与支部，请另定责任人")
    ]
    # Nobody else of another branch is taken, nor he where he did not answer before.
    stranger = {**lists, "goals": [{**lists["goals"][0], "person": member.pk}]}
    with pytest.raises(Refused, match="请从列出的人员中选择"):
        plan.fill({}, by=cast.people.secretary, seen=plan.edits, lists=stranger)
