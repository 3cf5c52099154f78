"""Pages of the plan change: nothing that was typed is lost, whoever was faster."""

from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse

from dangjian.delivery.change import PlanChange
from dangjian.foundation import clock
from dangjian.people.person import Person
from dangjian.projects.meeting import Verdict
from tests.cast import Cast, a_change, a_meeting, a_screened, an_approved_plan, plan_lists
from tests.web.test_plans import text_of, typed

Browse = Callable[..., Any]


def edit(change: PlanChange) -> str:
    return reverse("plan-change-edit", args=[change.pk])


def show(change: PlanChange) -> str:
    return reverse("plan-change", args=[change.pk])


def words(change: PlanChange, **changed: Any) -> dict[str, Any]:
    """Everything that the form of a change sends, lists as in the plan."""
    return typed(change.plan, seen=change.edits, ends="2022-12", **changed)


def test_two_who_write_at_once_see_both_and_the_next_save_goes_through(cast: Cast, browse: Browse) -> None:
    change = PlanChange.begin(an_approved_plan(cast), by=cast.people.secretary)
    mine = words(change, reason="书记写的理由")
    lists = plan_lists(cast.people.secretary.pk)
    lists["measures"][0]["person"] = cast.people.member.pk
    change.fill(reason="李敏写的理由", ends="2022-11", lists=lists, by=cast.people.clerk, seen=change.edits)
    secretary = browse(cast.people.secretary)
    kept = text_of(secretary.post(edit(change), mine, headers={"hx-request": "true"}))
    assert "data-overtaken" in kept
    assert "李敏 09:00 保存过这份变更申请，自动保存已停" in kept
    answer = secretary.post(edit(change), mine)
    page = text_of(answer)
    assert page.count("李敏 09:00 保存的内容：") == 3, (
        "the reason, the end and the measures differ, the other lists do not"
    )
    for text in ("书记写的理由", "李敏写的理由", "2022-11", "王强，2022年9月1日至2022年9月30日"):
        assert text in page
    mine["seen"] = answer.context["form"]["seen"].value()
    assert secretary.post(edit(change), mine).status_code == 302
    assert (change.reload().reason, change.reload().ends) == ("书记写的理由", "2022-12")


@pytest.mark.clause("S-13")
def test_the_words_of_the_expected_goals_are_offered_and_told_where_they_stay_behind(
    cast: Cast, browse: Browse
) -> None:
    change = PlanChange.begin(an_approved_plan(cast, expected="节约30万元。\n形成定额一套。"), by=cast.people.secretary)
    secretary = browse(cast.people.secretary)
    page = text_of(secretary.get(edit(change)))
    assert "节约30万元。" in page
    assert "增减、改写目标、主要措施、年度任务" in page
    sent = words(change, reason="柴油涨价") | {"goals-0-value": "25", "expected": "节约30万元。\r\n形成定额一套。"}
    assert secretary.post(edit(change), sent).status_code == 302
    assert "“预期目标”的文字没有改" in text_of(secretary.get(show(change)))
    secretary.post(edit(change), sent | {"seen": 1, "expected": "节约25万元。\r\n形成定额一套。"})
    assert "的文字没有改" not in text_of(secretary.get(show(change)))
    assert change.reload().expected == "节约25万元。\n形成定额一套。"


def test_a_new_person_who_is_no_member_is_named_to_those_who_ask_and_decide(cast: Cast, browse: Browse) -> None:
    measures = plan_lists(cast.people.secretary.pk)["measures"]
    measures[0]["person"] = cast.people.clerk.pk
    change = PlanChange.begin(an_approved_plan(cast), by=cast.people.secretary)
    change.fill(reason="换人", ends="", lists={"measures": measures}, by=cast.people.secretary, seen=0)
    hint = f"责任人{cast.people.clerk.name}不在“项目成员基本情况”中"
    assert hint in text_of(browse(cast.people.secretary).get(edit(change)))
    change.apply(by=cast.people.secretary)
    assert hint in text_of(browse(cast.people.officer).get(show(change)))
    change.note(by=cast.people.officer)
    assert hint not in text_of(browse(cast.people.officer).get(show(change)))


@pytest.mark.clause("S-13")
def test_a_meeting_named_by_hand_is_kept_where_a_change_is_declined(cast: Cast, browse: Browse) -> None:
    goals = plan_lists(cast.people.secretary.pk)["goals"]
    goals[0]["value"] = "25"
    change = a_change(cast, an_approved_plan(cast), reason="柴油涨价", goals=goals)
    officer = browse(cast.people.officer)
    told = {"decision": "decline", "opinion": "目标不能降", "reference": "党委会〔2022〕第9期"}
    refused = officer.post(show(change), {**told, "held_on": "2030-01-01"})
    assert refused.context["form"].errors == {"held_on": ["日期不能晚于今天"]}
    assert officer.post(show(change), {**told, "held_on": f"{clock.today()}"}).status_code == 302
    assert (change.reload().reference, change.reload().held_on) == ("党委会〔2022〕第9期", clock.today())
    assert "党委会〔2022〕第9期" in text_of(officer.get(show(change)))


def test_a_vote_is_asked_for_where_a_recorded_meeting_can_be_chosen(cast: Cast, browse: Browse) -> None:
    goals = plan_lists(cast.people.secretary.pk)["goals"]
    goals[0]["value"] = "25"
    plan = an_approved_plan(cast)
    with clock.fixed_at("2022-08-26 09:00"):
        change = a_change(cast, plan, reason="柴油涨价", goals=goals)
        officer = browse(cast.people.officer)
        assert not {"meeting", "votes_for"} & officer.get(show(change)).context["form"].fields.keys()
        a_meeting(cast, Verdict(a_screened(cast, name="后来的会"), "establish"))
        assert {"meeting", "votes_for"} <= officer.get(show(change)).context["form"].fields.keys()


def test_what_is_typed_on_a_change_that_was_dropped_meanwhile_stays_in_sight(cast: Cast, browse: Browse) -> None:
    change = PlanChange.begin(an_approved_plan(cast), by=cast.people.secretary)
    mine = words(change, reason="李敏正在写的理由")
    change.drop(by=cast.people.secretary)
    clerk = browse(cast.people.clerk)
    assert clerk.get(edit(change)).status_code == 302
    assert clerk.post(edit(change), mine, headers={"hx-request": "true"}).status_code == 302
    answer = clerk.post(edit(change), mine)
    assert answer.context["form"].non_field_errors() == [
        "张建国已于2022年8月24日 09:00办理“撤销变更”，不能再改；您输入的内容没有保存，还在本页，也留在本机，可以复制出来"
    ]
    assert "李敏正在写的理由" in text_of(answer)
    assert 'value="preview"' not in text_of(answer)
    assert change.reload().reason == ""


def test_an_opinion_on_a_change_that_was_dropped_meanwhile_stays_in_sight(cast: Cast, browse: Browse) -> None:
    measures = plan_lists(cast.people.member.pk)["measures"]
    change = a_change(cast, an_approved_plan(cast), measures=measures)
    officer = browse(cast.people.officer)
    seen = officer.get(show(change)).context["form"]["seen"].value()
    change.drop(by=cast.people.secretary)
    answer = officer.post(show(change), {"decision": "decline", "opinion": "写了半天的意见", "seen": seen})
    assert "张建国已于2022年8月24日 09:00办理“撤销变更”，您的操作没有执行" in text_of(answer)
    assert "写了半天的意见" in text_of(answer)


def test_somebody_of_the_branch_no_more_stays_in_a_draft_and_is_asked_for_before_it_goes_in(
    cast: Cast, browse: Browse
) -> None:
    plan = an_approved_plan(cast)
    change = PlanChange.begin(plan, by=cast.people.secretary)
    mine = words(change, reason="王强接手", **{"measures-0-person": cast.people.member.pk})
    secretary = browse(cast.people.secretary)
    assert secretary.post(edit(change), mine).status_code == 302
    Person.objects.filter(pk=cast.people.member.pk).update(organisation=cast.places.foreign_branch)
    again = {**mine, "seen": change.reload().edits, "reason": "王强接手，后来调走"}
    assert secretary.post(edit(change), again).status_code == 302
    assert change.reload().reason == "王强接手，后来调走"
    gone = "的责任人王强已不在本支部和参与支部，请另定责任人"
    assert gone in "".join(map(str, change.reload().refusals("apply", by=cast.people.secretary)))


def test_the_application_keeps_its_period_beside_what_a_change_made_of_it(cast: Cast, browse: Browse) -> None:
    plan = an_approved_plan(cast)
    page = reverse("project", args=[plan.project_id])
    handed_in = str(plan.project.period)
    assert "计划变更后为" not in browse(cast.people.secretary).get(page).content.decode()
    plan.project.end_on("2022-11")
    shown = browse(cast.people.secretary).get(page).content.decode()
    assert f"{handed_in}（计划变更后为{handed_in.rpartition('~')[0]}~2022.11）" in shown
