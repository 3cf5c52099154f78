"""The journey of an application: who may, when, with what, and what each refusal says."""

from datetime import date

import pytest

from dangjian.foundation import clock
from dangjian.foundation.lifecycle import Overtaken, Refused
from dangjian.foundation.notice import Notice
from dangjian.people.access import Role
from dangjian.programmes.scheme import source_plan_text
from dangjian.programmes.scheme_version import SchemeVersion
from dangjian.projects.meeting import Verdict
from dangjian.projects.project import Project
from dangjian.projects.resolution import Resolution
from dangjian.web import timeline
from tests.cast import (
    REVIEW_DAY,
    Cast,
    a_draft,
    a_meeting,
    a_screened,
    a_submitted,
    an_agreed_draft,
    an_established,
)


def reasons(refused: pytest.ExceptionInfo[Refused]) -> list[str]:
    return [reason.text for reason in refused.value.reasons]


@pytest.mark.clause("S-15")
def test_only_branches_may_apply(cast: Cast) -> None:
    cast.people.officer.appoint(Role.BRANCH_CLERK, organisation=cast.places.unit, by=cast.people.security_admin)
    with pytest.raises(Refused, match="只有党支部可以申报项目"):
        Project.draft(branch=cast.places.unit, name="单位自己的项目", by=cast.people.officer)


def test_nobody_drafts_for_another_branch(cast: Cast) -> None:
    with pytest.raises(Refused, match="没有为该支部填写申请表的权限"):
        Project.draft(branch=cast.places.foreign_branch, name="别人的项目", by=cast.people.secretary)


@pytest.mark.clause("S-70", "S-105")
def test_the_branch_secretary_is_the_person_responsible(cast: Cast) -> None:
    project = a_draft(cast, by=cast.people.clerk)
    assert project.owner == cast.people.secretary


@pytest.mark.clause("S-20")
def test_an_application_goes_to_the_unit_s_own_committee(cast: Cast) -> None:
    assert a_submitted(cast).unit == cast.places.unit


@pytest.mark.clause("S-20")
def test_a_direct_branch_applies_to_the_company(cast: Cast) -> None:
    project = a_submitted(cast, cast.places.direct_branch, cast.people.direct_secretary)
    assert project.unit == cast.places.company
    project.decide("pass", answer=True, by=cast.people.company_officer)
    assert project.reload().waiting_label == "待上会"


@pytest.mark.clause("S-03", "S-10", "S-22")
def test_submission_names_every_fact_that_is_missing(cast: Cast) -> None:
    project = Project.draft(branch=cast.places.branch, name="只有名称", by=cast.people.secretary)
    with pytest.raises(Refused) as refused:
        project.submit(by=cast.people.secretary)
    fields = {reason.field for reason in refused.value.reasons}
    assert {
        "starts", "problem", "necessity", "feasibility", "measures", "expected_goal", "expected_value", "origin", "branch_opinion",
    } <= fields  # fmt: skip
    assert project.reload().state == "draft"
    assert project.approval is None


@pytest.mark.clause("S-108", "S-30")
def test_submission_is_refused_before_the_branch_committee_has_met(cast: Cast) -> None:
    with pytest.raises(Refused) as refused:
        a_draft(cast).submit(by=cast.people.secretary)
    assert reasons(refused) == ["请先登记支部委员会意见"]


@pytest.mark.clause("S-30")
def test_a_branch_of_fewer_than_seven_asks_its_members_meeting(cast: Cast) -> None:
    project = a_draft(cast, cast.places.small_branch, cast.people.small_secretary)
    with pytest.raises(Refused) as refused:
        project.submit(by=cast.people.small_secretary)
    assert reasons(refused) == ["请先登记支部党员大会意见"]


@pytest.mark.clause("S-17")
@pytest.mark.parametrize(
    ("moment", "said"),
    [
        ("2022-08-14 23:59", "项目申报尚未开始，2022年8月15日起办理"),
        ("2022-08-28 00:00", "项目申报已于2022年8月27日24时截止"),
    ],
)
def test_the_application_window_is_hard(cast: Cast, moment: str, said: str) -> None:
    with clock.fixed_at("2022-08-14 10:00"):
        project = an_agreed_draft(cast)
    with clock.fixed_at(moment), pytest.raises(Refused, match=said):
        project.submit(by=cast.people.secretary)


@pytest.mark.clause("S-17")
def test_the_last_minute_of_the_closing_day_is_in_time(cast: Cast) -> None:
    project = an_agreed_draft(cast)
    with clock.fixed_at("2022-08-27 23:59"):
        project.submit(by=cast.people.secretary)
    assert project.state == "in_approval"


@pytest.mark.clause("S-24", "S-25")
def test_above_one_year_the_reason_and_the_stage_goal_are_asked_for(cast: Cast) -> None:
    project = an_agreed_draft(cast, ends="2023-09")
    with pytest.raises(Refused) as refused:
        project.submit(by=cast.people.secretary)
    assert reasons(refused) == ["起止时间超过1年，请写明理由", "请写明2022年12月31日前要形成的阶段性目标"]


@pytest.mark.clause("S-24")
def test_from_august_to_next_august_still_counts_as_one_year(cast: Cast) -> None:
    project = an_agreed_draft(cast, ends="2023-08")
    project.submit(by=cast.people.secretary)
    assert project.state == "in_approval"


@pytest.mark.clause("S-12", "S-18", "S-71")
def test_gaps_that_do_not_refuse_are_pointed_out(cast: Cast) -> None:
    project = a_draft(cast, consultation="", investigation="")
    project.team.all().delete()
    assert {reason.field for reason in project.application.advice()} == {"consultation", "investigation", "team"}


@pytest.mark.clause("S-23")
def test_a_name_like_that_of_an_established_project_is_pointed_out(cast: Cast) -> None:
    an_established(cast)
    again = a_draft(cast, name="发挥党员作用，实现节能降耗50万元")
    assert [str(reason) for reason in again.application.advice()] == [
        "与2022年第一项目部党支部已立项的“发挥党员作用，实现节能降耗30万元”名称相近"
    ]


def test_a_clerk_fills_in_but_does_not_submit(cast: Cast) -> None:
    project = an_agreed_draft(cast, by=cast.people.clerk)
    with pytest.raises(Refused, match="您没有“提交申报”的权限"):
        project.submit(by=cast.people.clerk)


@pytest.mark.clause("S-21")
def test_each_submission_freezes_what_was_written(cast: Cast) -> None:
    project = a_submitted(cast)
    project.decide("return", by=cast.people.officer, opinion="目标请量化到月。")
    project = project.reload()
    project.application.fill({"measures": "改过的措施"}, by=cast.people.secretary, seen=project.application.edits)
    project.submit(by=cast.people.secretary)
    first, second = project.revisions.all()
    assert (first.facts["measures"], second.facts["measures"]) == (
        "党员包机、逐台核定油耗定额；每周通报；对高耗设备技改。",
        "改过的措施",
    )


def test_two_writers_do_not_overwrite_each_other(cast: Cast) -> None:
    project = a_draft(cast)
    seen = project.application.edits
    project.application.fill({"problem": "书记写的"}, by=cast.people.secretary, seen=seen)
    with pytest.raises(Overtaken, match="张建国在09:00保存过这份申请表"):
        project.application.fill({"problem": "干事写的"}, by=cast.people.clerk, seen=seen)
    assert Project.objects.get(pk=project.pk).application.problem == "书记写的"


def test_a_text_above_its_limit_saves_nothing(cast: Cast) -> None:
    project = a_draft(cast)
    with pytest.raises(Refused, match="最多"):
        project.application.fill({"name": "新名", "problem": "长" * 5000}, by=cast.people.secretary, seen=1)
    assert Project.objects.get(pk=project.pk).name != "新名"


def test_a_submitted_application_cannot_be_changed(cast: Cast) -> None:
    project = a_submitted(cast)
    with pytest.raises(Refused, match="当前状态为“待筛选”"):
        project.application.fill({"problem": "改"}, by=cast.people.secretary, seen=project.application.edits)


def test_a_branch_recalls_while_nobody_has_acted(cast: Cast) -> None:
    project = a_submitted(cast)
    project.recall(by=cast.people.secretary)
    assert project.waiting_label == "草稿"
    assert project not in Project.objects.visible_to(cast.people.officer)


def test_recall_is_refused_once_the_unit_has_acted(cast: Cast) -> None:
    project = a_screened(cast)
    with pytest.raises(Refused, match="一公司党委已开始办理，不能撤回"):
        project.recall(by=cast.people.secretary)


@pytest.mark.clause("S-27")
def test_screening_comes_before_the_committee(cast: Cast) -> None:
    project = a_submitted(cast)
    with pytest.raises(Refused, match="当前环节是“筛选”"):
        project.decide("establish", by=cast.people.officer, held_on=clock.today())


@pytest.mark.clause("S-27", "S-109")
def test_the_committee_s_decision_needs_its_meeting(cast: Cast) -> None:
    project = a_screened(cast)
    with pytest.raises(Refused, match="须经会议研究"):
        project.decide("establish", by=cast.people.officer)


@pytest.mark.clause("S-28")
@pytest.mark.parametrize(("decision", "said"), [("return", "退回修改"), ("reject", "不予立项")])
def test_returning_and_refusing_need_a_reason(cast: Cast, decision: str, said: str) -> None:
    project = a_screened(cast)
    with pytest.raises(Refused, match=f"请写明{said}的理由"):
        a_meeting(cast, Verdict(project, decision, "  "))
    assert not Resolution.objects.filter(meeting__organisation=cast.places.unit).exists()


@pytest.mark.clause("S-28")
def test_one_meeting_decides_several_projects(cast: Cast) -> None:
    good = a_screened(cast)
    weak = a_screened(cast, cast.places.small_branch, cast.people.small_secretary, name="机关能耗管理")
    poor = a_screened(cast, name="重复的题目")
    a_meeting(
        cast, Verdict(good, "establish", votes_for=7, votes_against=0, abstentions=0),
        Verdict(weak, "return", "请补充量化目标"), Verdict(poor, "reject", "与本单位在建项目重复"),
    )  # fmt: skip
    assert [p.reload().waiting_label for p in (good, weak, poor)] == ["已立项", "退回修改", "不予立项"]
    assert good.reload().number == "2022-001"


def test_the_branch_is_told_what_was_decided_and_why(cast: Cast) -> None:
    project = a_submitted(cast)
    project.decide("return", by=cast.people.officer, opinion="目标请量化到月")
    told = Notice.objects.visible_to(cast.people.secretary).order_by("pk").last()
    assert told is not None
    assert told.text == f"“{project.name}”退回修改，理由：目标请量化到月"


def test_the_second_of_two_officers_is_told_who_decided(cast: Cast) -> None:
    project = a_submitted(cast)
    same_page = Project.objects.get(pk=project.pk)
    project.decide("pass", answer=True, by=cast.people.officer)
    with pytest.raises(Overtaken, match="陈静已于2022年8月24日 09:00办理“通过筛选”，您的操作没有执行"):
        same_page.decide("pass", answer=True, by=cast.people.colleague, seen=same_page.version)


def test_a_decision_on_an_old_page_is_not_carried_out(cast: Cast) -> None:
    project = a_submitted(cast)
    old = project.version
    project.decide("return", by=cast.people.officer, opinion="请量化")
    now = project.reload()
    with pytest.raises(Refused, match="“退回修改”已于2022年8月24日 09:00由陈静办理"):
        now.decide("pass", answer=True, by=cast.people.colleague)
    assert now.version > old


def test_an_officer_of_another_unit_cannot_decide(cast: Cast) -> None:
    with pytest.raises(Refused, match="您没有“通过筛选”的权限"):
        a_submitted(cast).decide("pass", answer=True, by=cast.people.foreign_officer)


@pytest.mark.clause("S-26")
def test_reviewing_late_is_possible_because_its_window_is_soft(cast: Cast) -> None:
    project = a_screened(cast)
    with clock.fixed_at("2022-09-02 10:00"):
        a_meeting(cast, Verdict(project, "establish", "同意"))
    assert project.reload().state == "established"


@pytest.mark.clause("S-26")
@pytest.mark.parametrize(
    ("recorded", "held_on", "late"), [("2022-09-02 10:00", "2022-09-01", 3), ("2022-09-02 10:00", "2022-08-29", 0)]
)
def test_a_decision_is_late_by_the_day_of_its_meeting_not_of_its_record(
    cast: Cast, recorded: str, held_on: str, late: int
) -> None:
    project = a_screened(cast)
    with clock.fixed_at(recorded):
        a_meeting(cast, Verdict(project, "establish", "同意"), held_on=date.fromisoformat(held_on))
    project = project.reload()
    assert [step.days_late for step in project.run.steps.all()] == [None, 0, late]
    told = [item["title"] for item in timeline.timeline(project) if item["title"].startswith("同意立项")]
    assert told == [f"同意立项（晚于应办结日期8月29日 {late} 天）" if late else "同意立项"]


@pytest.mark.clause("S-26")
def test_a_window_that_was_extended_makes_a_decision_timely(cast: Cast) -> None:
    project = a_submitted(cast)
    with clock.fixed_at("2022-08-30 10:00"):
        project.round.extend(
            "review", cast.places.unit, closes_on=date(2022, 8, 31), reason="会期顺延", by=cast.people.company_officer
        )
        project.decide("pass", answer=True, by=cast.people.officer)
    assert project.run.steps.get(key="screening").days_late == 0


@pytest.mark.clause("S-09")
def test_screening_passes_only_what_fits_the_direction_of_the_enterprise(cast: Cast) -> None:
    project = a_submitted(cast)
    for answer, told in (
        (None, "请先回答“是否符合企业发展方向”"),
        (False, "“是否符合企业发展方向”答“否”的不能通过，请退回修改"),
    ):
        with pytest.raises(Refused) as refused:
            project.decide("pass", answer=answer, by=cast.people.officer)
        assert reasons(refused) == [told]
    project.decide("return", answer=False, opinion="与今年重点无关", by=cast.people.officer)
    assert project.log().last().opinion == "是否符合企业发展方向：否。与今年重点无关"


@pytest.mark.clause("S-09")
def test_a_scheme_without_the_question_asks_nothing(cast: Cast) -> None:
    text = source_plan_text().replace("question: 是否符合企业发展方向", "question:")
    project = an_agreed_draft(cast)
    project.round.take_up(SchemeVersion.issue(text, by=cast.people.company_officer), by=cast.people.company_officer)
    project = project.reload()
    project.submit(by=cast.people.secretary)
    project.decide("pass", by=cast.people.officer)
    assert project.waiting_label == "待上会"


def test_drafts_are_the_branch_s_own_until_submission(cast: Cast) -> None:
    project = a_draft(cast)
    seen_by_unit = Project.objects.visible_to(cast.people.officer)
    assert project not in seen_by_unit
    assert project in Project.objects.visible_to(cast.people.clerk)


@pytest.mark.parametrize(
    "who", ["foreign_secretary", "foreign_officer", "small_secretary", "staff", "system_admin", "audit_admin"]
)
def test_strangers_see_nothing(cast: Cast, who: str) -> None:
    a_submitted(cast)
    assert not Project.objects.visible_to(getattr(cast.people, who)).exists()


@pytest.mark.clause("S-01")
def test_a_project_points_to_the_version_of_the_scheme_it_began_with(cast: Cast) -> None:
    assert a_draft(cast).round.scheme.number == 1


@pytest.mark.clause("S-109", "S-30")
def test_the_committee_cannot_meet_before_the_branch_did(cast: Cast) -> None:
    project = a_screened(cast)
    with clock.fixed_at(REVIEW_DAY), pytest.raises(Refused, match="会议日期不能早于支部意见的日期"):
        a_meeting(cast, Verdict(project, "establish"), held_on=date(2022, 8, 23))


@pytest.mark.parametrize("words", ["节能", "张建国", "第一项目部", "一公司", "节能 张建国", "发"])
def test_search_finds_by_name_branch_unit_and_owner(cast: Cast, words: str) -> None:
    assert a_draft(cast) in Project.objects.search(words)


@pytest.mark.parametrize("words", ["能", "没有这个", "节能 没有这个"])
def test_search_finds_nothing_else(cast: Cast, words: str) -> None:
    assert a_draft(cast) not in Project.objects.search(words)


@pytest.mark.clause("S-17")
def test_nobody_starts_an_application_after_the_window(cast: Cast) -> None:
    with clock.fixed_at("2022-08-28 09:00"), pytest.raises(Refused, match="已于2022年8月27日24时截止"):
        Project.draft(branch=cast.places.branch, name="来晚了", by=cast.people.secretary)


def test_giving_up_needs_a_reason(cast: Cast) -> None:
    with pytest.raises(Refused, match="请写明放弃的理由"):
        a_draft(cast).withdraw(by=cast.people.secretary, reason=" ")


@pytest.mark.clause("S-30")
def test_the_branch_s_opinion_keeps_the_time_it_was_recorded_at(cast: Cast) -> None:
    project = an_agreed_draft(cast)
    with clock.fixed_at("2022-08-26 10:00"):
        project.submit(by=cast.people.secretary)
    step = project.run.steps.get(key="branch_opinion")
    assert step.decided_at == clock.now()
