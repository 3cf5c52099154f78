"""Pages of the plan: form, submission, decision, tab, list, paper, and the change."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse

from dangjian.delivery.change import PlanChange
from dangjian.delivery.plan import CHECKLIST, Plan
from dangjian.foundation import clock
from dangjian.programmes.scheme import source_plan_text
from dangjian.programmes.scheme_version import SchemeVersion
from dangjian.projects.meeting import Verdict
from dangjian.projects.paper_kind import PaperKind
from dangjian.projects.project import Project
from dangjian.projects.scan import Slot
from tests.cast import (
    Cast,
    a_change,
    a_handed_in_plan,
    a_letter,
    a_meeting,
    a_plan,
    a_screened,
    an_approved_plan,
    an_established,
    plan_lists,
)
from tests.papers.reading import word_text

Browse = Callable[..., Any]


def text_of(answer: Any) -> str:
    return str((b"".join(answer.streaming_content) if answer.streaming else answer.content).decode())


def typed(plan: Plan, **changed: Any) -> dict[str, Any]:
    """Everything that the form sends, as it stands in the plan."""
    lines = plan_lists(plan.project.owner_id or 0)
    boxes = {
        f"{key}-{index}-{column}": value
        for key, rows in lines.items()
        for index, row in enumerate(rows)
        for column, value in row.items()
    }
    texts = {"profile": plan.profile, "background": plan.background, "expected": plan.expected, "enclosures": ""}
    return {"seen": plan.edits, **texts, **boxes, **changed}


def url(name: str, project: Project) -> str:
    return reverse(name, args=[project.pk])


@pytest.mark.clause("S-32", "S-35")
def test_a_branch_begins_fills_and_hands_in(cast: Cast, browse: Browse) -> None:
    project, browser = an_established(cast), browse(cast.people.secretary)
    tab = text_of(browser.get(f"{url('project', project)}?tab=plan"))
    assert "制定实施计划书" in tab
    assert browser.post(url("plan-edit", project)).status_code == 302
    page = text_of(browser.get(url("plan-edit", project)))
    assert "已从申请表带入，请核对、细化" in page
    assert "每周通报" in page
    assert "没有定责任人" in text_of(browser.get(url("plan-submission", project)))
    plan = Plan.objects.get()
    answer = browser.post(url("plan-edit", project), typed(plan, next="preview"))
    assert answer["Location"] == url("plan-submission", project)
    assert "必填内容已经齐备" in text_of(browser.get(url("plan-submission", project)))
    assert browser.post(url("plan-submission", project)).status_code == 302
    assert plan.reload().state == "in_approval"
    assert "待组织部门审核" in text_of(browser.get(f"{url('project', project)}?tab=plan"))


def test_each_block_says_where_its_text_came_from(cast: Cast, browse: Browse) -> None:
    project = an_established(cast)
    plan, browser = Plan.begin(project, by=cast.people.secretary), browse(cast.people.secretary)
    page = browser.get(url("plan-edit", project))
    helps = {field.html_name: field.help_text for part in page.context["sections"] for field in part["fields"]}
    assert helps["measures"].startswith("已从申请表带入")
    assert helps["milestones"].startswith("已按申请表的起止时间列出首尾两项")
    assert helps["profile"].startswith("已按名册列出")
    assert "带入" not in helps["tasks"]
    assert "支部书记张建国，已在名单中，可写分工" in helps["team"]
    plan.fill({}, by=cast.people.secretary, seen=plan.edits, team=[])
    page = browser.get(url("plan-edit", project))
    assert "支部书记，不必再选" in text_of(page)
    assert cast.people.secretary not in page.context["form"].fields["team"].queryset


def test_what_is_refused_stays_in_the_form(cast: Cast, browse: Browse) -> None:
    plan = a_plan(cast)
    wrong = typed(plan, **{"goals-0-value": "三十"})
    answer = browse(cast.people.secretary).post(url("plan-edit", plan.project), wrong)
    assert answer.context["form"].errors.keys() == {"goals-0-value"}
    assert 'value="三十"' in text_of(answer)
    assert plan.project.goals.first().value == 30


def test_two_who_write_at_once_see_both_and_the_next_save_goes_through(cast: Cast, browse: Browse) -> None:
    plan = a_plan(cast)
    seen = plan.edits
    plan.fill({"profile": "李敏写的"}, by=cast.people.clerk, seen=seen)
    browser, mine = browse(cast.people.secretary), typed(plan, profile="书记写的", seen=seen)
    answer = browser.post(url("plan-edit", plan.project), mine)
    page = text_of(answer)
    assert "李敏写的" in page
    assert "书记写的" in page
    mine["seen"] = answer.context["form"]["seen"].value()
    browser.post(url("plan-edit", plan.project), mine)
    assert plan.reload().profile == "书记写的"


def test_autosave_answers_with_the_count_and_says_what_it_could_not_save(cast: Cast, browse: Browse) -> None:
    plan, browser = a_plan(cast), browse(cast.people.clerk)
    saved = browser.post(url("plan-edit", plan.project), typed(plan, profile="自动"), headers={"hx-request": "true"})
    assert "已暂存" in text_of(saved)
    assert 'id="contents"' in text_of(saved)
    lost = browser.post(url("plan-edit", plan.project), typed(plan, seen=0), headers={"hx-request": "true"})
    assert "您本人（在另一个窗口）" in text_of(lost)
    assert "保存过这份计划书" in text_of(lost)


@pytest.mark.clause("S-75")
def test_the_officer_checks_and_records_the_signature(cast: Cast, browse: Browse) -> None:
    plan = a_handed_in_plan(cast)
    browser, address = browse(cast.people.officer), url("plan-decision", plan.project)
    page = text_of(browser.get(address))
    assert "便于操作" in page
    assert "机械空转时间下降" in page
    assert 'data-unticked="checked_for" data-confirm="没有勾选：{names}。' in page
    refused = browser.post(address, {"decision": "return", "seen": plan.version, "opinion": ""})
    assert "opinion" in refused.context["form"].errors
    asked = {"decision": "pass", "seen": plan.version, "checked_for": list(CHECKLIST)}
    assert browser.post(address, asked).status_code == 302
    plan = Plan.objects.get()
    refused = browser.post(address, {"decision": "approve", "seen": plan.version, "held_on": "2022-08-01"})
    assert refused.context["form"].errors.keys() == {"leader", "held_on"}
    signed = {"decision": "approve", "seen": plan.version, "leader": "刘志远", "held_on": f"{clock.today()}"}
    assert browser.post(address, signed).status_code == 302
    tab = text_of(browser.get(f"{url('project', plan.project)}?tab=plan"))
    assert "刘志远签批" in tab
    assert "<svg" in tab
    assert "gantt__bar" in tab


@pytest.mark.clause("S-32")
@pytest.mark.parametrize("by_committee", [False, True])
def test_who_decides_a_plan_is_told_as_the_scheme_has_it(cast: Cast, browse: Browse, by_committee: bool) -> None:
    if by_committee:
        text = source_plan_text().replace(
            "label: 分管领导签批\n        clause: S-32\n        level: unit\n        ability: check_plan\n        meeting: false",
            "label: 党委会审定\n        clause: S-32\n        level: unit\n        ability: record_meeting\n        meeting: true",
        )
        SchemeVersion.objects.update(text=text)
    last = "党委会审定" if by_committee else "分管领导签批"
    project, officer = an_established(cast), browse(cast.people.officer)
    assert ("计划书通过审核" in text_of(officer.get(reverse("meeting-new")))) == by_committee
    plan = a_plan(cast, project)
    page = text_of(browse(cast.people.secretary).get(url("plan-submission", project)))
    assert f"组织部门审核，{last}；审定后" in page
    plan.hand_in(by=cast.people.secretary)
    assert f"由单位党委组织部门审核，{last}。" in text_of(officer.get(reverse("plans")))
    assert f"通过后待{last}；" in text_of(officer.get(url("plan-decision", project)))
    plan.reload().decide("pass", by=cast.people.officer)
    heading = "登记会议决定" if by_committee else "登记签批"
    assert f'id="opinion-title">{heading}<' in text_of(officer.get(url("plan-decision", project)))
    assert heading in text_of(officer.get(url("project", project)))


def test_a_person_who_is_no_member_is_named_on_form_submission_and_check(cast: Cast, browse: Browse) -> None:
    plan = a_plan(cast)
    plan.fill({}, by=cast.people.secretary, seen=plan.edits, lists=plan_lists(cast.people.clerk.pk))
    hint, secretary = f"责任人{cast.people.clerk.name}不在“项目成员基本情况”中", browse(cast.people.secretary)
    for page in ("plan-edit", "plan-submission"):
        assert hint in text_of(secretary.get(url(page, plan.project)))
    plan.hand_in(by=cast.people.secretary)
    assert hint in text_of(browse(cast.people.officer).get(url("plan-decision", plan.project)))


def test_what_was_not_ticked_stands_in_the_record(cast: Cast, browse: Browse) -> None:
    plan, browser = a_handed_in_plan(cast), browse(cast.people.officer)
    asked = {"decision": "pass", "seen": plan.version, "checked_for": ["detailed", "clear", "workable"]}
    browser.post(url("plan-decision", plan.project), asked)
    assert "未勾选：指导性强" in text_of(browser.get(f"{url('project', plan.project)}?tab=plan"))


def test_an_old_page_decides_nothing(cast: Cast, browse: Browse) -> None:
    plan = a_handed_in_plan(cast)
    browser = browse(cast.people.officer)
    answer = browser.post(url("plan-decision", plan.project), {"decision": "pass", "seen": plan.version - 1})
    assert answer.status_code == 200
    assert plan.reload().waiting_label == "待组织部门审核"


def test_an_opinion_on_a_plan_that_was_recalled_meanwhile_is_shown_again(cast: Cast, browse: Browse) -> None:
    plan = a_handed_in_plan(cast)
    mine = {"decision": "return", "seen": plan.version, "opinion": "写了半天的意见"}
    plan.recall(by=cast.people.secretary)
    page = text_of(browse(cast.people.officer).post(url("plan-decision", plan.project), mine, follow=True))
    assert (
        "张建国已于2022年8月24日 09:00办理“撤回”，您的操作没有执行；您写的意见没有登记，可以复制出来：“写了半天的意见”"
        in page
    )


def test_whoever_overlooked_a_step_decides_at_the_second_go(cast: Cast, browse: Browse) -> None:
    plan, officer = a_handed_in_plan(cast), browse(cast.people.officer)
    mine = {"decision": "return", "seen": plan.version - 1, "opinion": "请改"}
    mine["seen"] = officer.post(url("plan-decision", plan.project), mine).context["form"]["seen"].value()
    assert officer.post(url("plan-decision", plan.project), mine).status_code == 302
    assert plan.reload().state == "draft"


def test_what_is_typed_on_a_plan_that_was_handed_in_meanwhile_stays_in_sight(cast: Cast, browse: Browse) -> None:
    plan = a_plan(cast)
    mine = typed(plan, profile="李敏正在写的")
    plan.hand_in(by=cast.people.secretary)
    clerk = browse(cast.people.clerk)
    assert clerk.get(url("plan-edit", plan.project)).status_code == 302
    page = text_of(clerk.post(url("plan-edit", plan.project), mine))
    assert "刚才的内容没有保存" in page
    assert "张建国已于2022年8月24日 09:00办理“提交计划书”，不能再改；您输入的内容没有保存" in page
    assert "李敏正在写的" in page
    late = clerk.post(url("plan-submission", plan.project), {"ask": "1"}, follow=True)
    assert "办理“提交计划书”，您的操作没有执行" in text_of(late)


@pytest.mark.clause("S-13")
def test_a_change_goes_from_the_branch_to_the_department(cast: Cast, browse: Browse) -> None:
    plan = an_approved_plan(cast)
    secretary, officer = browse(cast.people.secretary), browse(cast.people.officer)
    begun = secretary.post(url("plan-change-new", plan.project))
    change = PlanChange.objects.get()
    form = reverse("plan-change-edit", args=[change.pk])
    assert begun["Location"] == form
    kept = text_of(secretary.post(form, typed(plan, seen=0), headers={"hx-request": "true"}))
    assert "已暂存" in kept
    assert "contents" not in kept, "the page of a change has no contents to be put in its place"
    typed_in = typed(plan, seen=PlanChange.objects.get().edits, reason="王强接手", ends="2022-12", next="preview")
    typed_in["measures-0-person"] = cast.people.member.pk
    assert secretary.post(form, typed_in).status_code == 302
    page = text_of(secretary.get(reverse("plan-change", args=[change.pk])))
    assert "党员包机，逐台核定油耗定额（<ins>王强</ins>，" in page
    assert secretary.post(reverse("plan-change", args=[change.pk]), {"decision": "apply"}).status_code == 302
    assert "登记变更" in text_of(officer.get(reverse("plan-change", args=[change.pk])))
    assert officer.post(reverse("plan-change", args=[change.pk]), {"decision": "note"}).status_code == 302
    tab = text_of(secretary.get(f"{url('project', plan.project)}?tab=plan"))
    assert "一般变更" in tab
    assert "王强接手" in tab


@pytest.mark.clause("S-13")
def test_a_major_change_asks_which_meeting(cast: Cast, browse: Browse) -> None:
    plan = an_approved_plan(cast)
    goals = plan_lists(cast.people.secretary.pk)["goals"]
    goals[0]["value"] = "25"
    change = a_change(cast, plan, reason="柴油涨价", goals=goals)
    officer, address = browse(cast.people.officer), reverse("plan-change", args=[change.pk])
    refused = officer.post(address, {"decision": "grant", "reference": ""})
    assert refused.context["form"].errors.keys() == {"reference", "held_on"}
    recorded = a_meeting(cast, Verdict(a_screened(cast, name="同一次会议"), "establish"))
    assert str(recorded) in text_of(officer.get(address))
    assert "赞成" in text_of(officer.get(address))
    vote = {"votes_for": 5, "votes_against": 1, "abstentions": 0, "recused": "王强"}
    wrong = officer.post(address, {"decision": "grant", "meeting": recorded.pk, **vote})
    assert wrong.context["form"].errors["recused"] == ["请写明回避原因"]
    assert "请写明回避原因" in text_of(wrong)
    vote["recusal_reason"] = "亲属"
    assert officer.post(address, {"decision": "grant", "meeting": recorded.pk, **vote}).status_code == 302
    assert plan.project.goals.first().value == 25
    tab = text_of(officer.get(f"{url('project', plan.project)}?tab=plan"))
    assert "现行计划与审定稿相比" in tab
    made = officer.get(address).context["record"][0]
    assert (made["title"], made["who"]) == ("同意变更", f"{recorded}研究，陈静登记")
    minutes = text_of(officer.get(reverse("meeting", args=[recorded.pk])))
    assert "同意第1次计划变更" in minutes
    assert [row["votes_text"] for row in officer.get(reverse("meeting", args=[recorded.pk])).context["plans"]] == [
        "赞成 5 票、反对 1 票、弃权 0 票"
    ]
    assert "王强回避（亲属）" in minutes
    paper = reverse("plan-paper", args=[plan.project.pk, "docx"])
    now, approved = (word_text(b"".join(officer.get(paper + query).streaming_content)) for query in ("", "?approved"))
    assert ("计划变更记录" in now, "计划变更记录" in approved) == (True, False)
    assert "30万元" in approved
    draft = a_plan(cast, an_established(cast, name="还没审定的"))
    missing = reverse("plan-paper", args=[draft.project_id, "docx"]) + "?approved"
    assert browse(cast.people.secretary).get(missing).status_code == 404


@pytest.mark.clause("S-118", "S-119")
@pytest.mark.parametrize("kind", ["docx", "pdf"])
def test_the_paper_is_for_whoever_sees_the_plan(cast: Cast, browse: Browse, kind: str) -> None:
    plan = a_handed_in_plan(cast)
    address = reverse("plan-paper", args=[plan.project.pk, kind])
    for who, status in (
        ("officer", 200),
        ("secretary", 200),
        ("leader", 200),
        ("foreign_officer", 404),
        ("staff", 404),
    ):
        assert browse(getattr(cast.people, who)).get(address).status_code == status, who
    assert browse(cast.people.staff).get(reverse("blank-paper", args=["plan", kind])).status_code == 200


def test_a_plan_is_passed_on_stood_aside_from_and_asked_for_on_its_pages(cast: Cast, browse: Browse) -> None:
    people, project = cast.people, an_established(cast)
    officer, tab = browse(people.officer), f"{url('project', project)}?tab=plan"
    assert "催办计划书" in text_of(officer.get(tab))
    assert officer.post(url("plan-reminder", project)).status_code == 302
    plan = a_plan(cast, project, by=people.clerk)
    asked = browse(people.clerk).post(url("plan-submission", project), {"ask": "1"}, follow=True)
    assert "已请书记确认" in text_of(asked)
    assert "由李敏代填，待书记确认" in text_of(asked)
    secretary = browse(people.secretary)
    assert "确认李敏代填的计划书" in text_of(secretary.get("/todos/"))
    page = text_of(secretary.get(url("plan-confirmation", project)))
    assert "确认代填的实施计划书" in page
    assert "党员包机，逐台核定油耗定额" in page
    answer = secretary.post(url("plan-confirmation", project))
    assert answer["Location"] == url("plan-submission", project)
    secretary.post(url("plan-submission", project))
    assert "提请办理计划书" in text_of(secretary.get(tab))
    assert secretary.post(url("plan-reminder", project)).status_code == 302
    bar = text_of(officer.get(url("plan-decision", project)))
    assert url("plan-handler", project) in bar
    assert url("plan-recusal", project) in bar
    refused = officer.post(url("plan-recusal", project), {"stand_in": people.colleague.pk, "reason": ""})
    assert refused.context["form"].errors.keys() == {"reason"}
    officer.post(url("plan-handler", project), {"to": people.colleague.pk, "reason": "出差"})
    colleague = browse(people.colleague)
    colleague.post(url("plan-recusal", project), {"stand_in": people.officer.pk, "reason": "亲属。"})
    assert "亲属；由陈静代为办理" in text_of(officer.get(tab))
    assert "您已回避" in text_of(colleague.post(url("plan-decision", project), {"decision": "pass", "seen": "3"}))
    assert plan.reload().waiting_label == "待组织部门审核"
    papers = text_of(officer.get(f"{url('project', project)}?tab=papers"))
    assert reverse("scan-paper", args=[Slot(PaperKind.PLAN, project).bare_mark.code]) in papers


# Who comes to which page

PAGES = {
    "plan-edit": ("draft", {"secretary", "clerk"}),
    "plan-submission": ("draft", {"secretary", "clerk"}),
    "plan-decision": ("handed in", {"officer"}),
    "plan-recall": ("handed in", {"secretary"}),
    "plan-handler": ("handed in", {"officer"}),
    "plan-recusal": ("handed in", {"officer"}),
    "plan-reminder": ("handed in", {"secretary"}),
    "plan-confirmation": ("draft", {"secretary"}),
    "plan-change-new": ("approved", {"secretary", "clerk"}),
}
PEOPLE = ("secretary", "clerk", "member", "officer", "unit_secretary", "foreign_officer", "foreign_secretary", "company_officer", "leader", "staff", "system_admin")  # fmt: skip


@pytest.mark.parametrize("name", PAGES)
def test_a_page_of_one_duty_is_nobody_elses(cast: Cast, browse: Browse, name: str) -> None:
    state, whose = PAGES[name]
    plan = {"draft": a_plan, "handed in": a_handed_in_plan, "approved": an_approved_plan}[state](cast)
    for who in PEOPLE:
        expected = 200 if who in whose else 404
        assert browse(getattr(cast.people, who)).get(url(name, plan.project)).status_code == expected, who
        if expected == 404:
            assert browse(getattr(cast.people, who)).post(url(name, plan.project)).status_code == 404, who


def test_a_change_is_seen_with_its_project_and_written_by_its_branch(cast: Cast, browse: Browse) -> None:
    change = PlanChange.begin(an_approved_plan(cast), by=cast.people.secretary)
    for name, whose in (("plan-change", {"secretary", "clerk"}), ("plan-change-edit", {"secretary", "clerk"})):
        for who in PEOPLE:
            expected = 200 if who in whose else 404
            assert browse(getattr(cast.people, who)).get(reverse(name, args=[change.pk])).status_code == expected, who


def test_the_offline_day_is_noted_by_the_unit(cast: Cast, browse: Browse) -> None:
    project = an_established(cast)
    Project.objects.filter(pk=project.pk).update(is_offline=True)
    assert browse(cast.people.secretary).post(url("plan-edit", project)).status_code == 302
    address = url("plan-offline", project)
    for who in PEOPLE:
        expected = 200 if who == "officer" else 404
        assert browse(getattr(cast.people, who)).get(address).status_code == expected, who
    browser = browse(cast.people.officer)
    assert browser.post(address, {"approved_on": "2030-01-01"}).context["form"].errors
    assert browser.post(address, {"approved_on": f"{clock.today()}"}).status_code == 302
    tab = text_of(browser.get(f"{url('project', project)}?tab=plan"))
    assert "线下管理，实施计划书另行保管" in tab
    assert "gantt__" not in tab


# The list, and what waits


def test_the_list_narrows_and_says_what_waits(cast: Cast, browse: Browse) -> None:
    plan, browser = a_handed_in_plan(cast), browse(cast.people.officer)
    for query, found in (
        ("", 1), ("q=降耗", 1), ("q=没有", 0), ("standing=checking", 1), ("standing=approved", 0), ("late=no", 1),
        ("late=yes", 0), ("mine=1", 1), ("standing=nonsense&page=x", 1),
    ):  # fmt: skip
        assert len(browser.get(f"/plans/?{query}").context["page"].rows) == found, query
    assert "待您办理 1 份" in text_of(browser.get("/plans/"))
    todos = text_of(browser.get("/todos/"))
    assert "实施计划书组织部门审核" in todos
    assert url("plan-decision", plan.project) in todos


def test_a_signed_notice_makes_the_plan_a_thing_to_do(cast: Cast, browse: Browse) -> None:
    project, browser = an_established(cast), browse(cast.people.secretary)
    assert "制定实施计划书" not in text_of(browser.get("/todos/"))
    project.establishment().receive(by=cast.people.secretary)
    assert "制定实施计划书" in text_of(browser.get("/todos/"))
    a_plan(cast, project)
    assert "完成计划书并提交" in text_of(browser.get("/todos/"))


def test_what_was_done_is_done_though_the_scheme_does_not_ask_for_it(cast: Cast, browse: Browse) -> None:
    project = an_approved_plan(cast).project
    text = source_plan_text().replace("  plan: true", "  plan: false")
    without = SchemeVersion.issue(text, by=cast.people.company_officer)
    Project.objects.filter(pk=project.pk).update(scheme=without)
    stops = {stop["label"]: stop for stop in browse(cast.people.clerk).get(url("project", project)).context["rail"]}
    assert (stops["实施计划"]["state"], bool(stops["实施计划"]["date_text"])) == ("done", True)


def test_a_returned_plan_is_what_comes_next_and_its_reason_stands_on_the_first_page(cast: Cast, browse: Browse) -> None:
    plan = a_handed_in_plan(cast)
    resolution = plan.project.establishment()
    assert resolution is not None
    resolution.receive(by=cast.people.secretary)
    plan.decide("return", by=cast.people.officer, opinion="措施请再细一些。")
    browser = browse(cast.people.secretary)
    page = browser.get(url("project", plan.project))
    following = page.context["next"]
    assert (following["step"], following["url"]) == ("修改实施计划书", f"{url('project', plan.project)}?tab=plan")
    assert f'<a href="{following["url"]}">修改实施计划书</a>' in text_of(page)
    assert "退回修改实施计划书：</strong>措施请再细一些。" in text_of(page)
    assert "措施请再细一些。" in text_of(browser.get(following["url"]))
    a_letter(cast, plan.project)
    following = browser.get(url("project", plan.project)).context["next"]
    assert following["step"] == "签订责任书"
    assert following["besides"].startswith("修改实施计划书，待")
    assert "url" not in following
    plan.reload().hand_in(by=cast.people.secretary)
    page = browser.get(url("project", plan.project))
    assert page.context["returned_plan"] is None
    assert "措施请再细一些。" not in text_of(page)


def test_the_tab_says_that_the_scheme_has_no_plan(cast: Cast, browse: Browse) -> None:
    project = an_established(cast)
    address, officer, secretary = f"{url('project', project)}?tab=plan", cast.people.officer, cast.people.secretary
    assert "支部提交后，这里可以看到" in text_of(browse(officer).get(address))
    text = source_plan_text().replace("  plan: true", "  plan: false")
    without = SchemeVersion.issue(text, by=cast.people.company_officer)
    Project.objects.filter(pk=project.pk).update(scheme=without)
    assert "本方案不设实施计划书，支部也没有自行制定" in text_of(browse(officer).get(address))
    assert "本方案不设实施计划书。自行制定的，申请表里的背景" in text_of(browse(secretary).get(address))


def test_a_plan_that_waits_beside_the_letter_is_told_on_the_rail_and_one_button_is_red(
    cast: Cast, browse: Browse
) -> None:
    project = a_handed_in_plan(cast).project
    context = browse(cast.people.officer).get(url("project", project)).context
    stops = {stop["label"]: stop for stop in context["rail"]}
    assert stops["实施计划"]["note"] == "待组织部门审核"
    assert [one["tone"] for one in context["moves"]].count("primary") == 1


@pytest.mark.parametrize("asked", ["2022-09", "nonsense", "2022-13", ""])
def test_the_calendar_shows_a_month_whatever_is_asked(cast: Cast, browse: Browse, asked: str) -> None:
    plan = an_approved_plan(cast)
    page = text_of(browse(cast.people.officer).get(f"{url('project', plan.project)}?tab=plan&month={asked}"))
    assert "2022年9月" in page
    assert "定额核定完成" in page


def labels(bar: str) -> list[str]:
    """What can be pressed in a piece of an action bar, in its order."""
    return re.findall(r'<(?:a|button) class="btn [^>]*>(?:<svg.*?</svg>)?([^<]+)<', bar, re.DOTALL)


@pytest.mark.parametrize(
    ("page", "first", "folded"),
    [
        ("project", ["制作责任书", "审核计划书"], ["转办计划书", "回避", "标为亮点", "呈阅"]),
        ("plan-decision", ["通过审核", "退回修改"], ["转办计划书", "回避", "返回"]),
    ],
)
def test_a_phone_shows_two_things_to_do_and_keeps_the_rest_behind_one_word(
    cast: Cast, browse: Browse, page: str, first: list[str], folded: list[str]
) -> None:
    plan = a_handed_in_plan(cast)
    html = text_of(browse(cast.people.officer).get(url(page, plan.project)))
    shown, _, more = html.partition('class="moves__row"')[2].partition('class="moves__more"')
    assert (labels(shown), labels(more.partition("</div>")[0])) == (first, folded)


def test_the_opinion_is_one_tap_away_on_a_long_plan(cast: Cast, browse: Browse) -> None:
    plan = a_handed_in_plan(cast)
    page = text_of(browse(cast.people.officer).get(url("plan-decision", plan.project)))
    assert '<a class="moves__to" href="#opinion-title">填写意见</a>' in page
    assert 'id="opinion-title"' in page


def test_a_form_that_is_saved_again_loses_no_member(cast: Cast, browse: Browse) -> None:
    plan = a_plan(cast)
    plan.project.team.all().delete()
    plan.project.team.create(person=cast.people.secretary, duty="先锋队队长")
    browser = browse(cast.people.secretary)
    form = browser.get(url("plan-edit", plan.project)).context["form"]
    assert form.initial["team"] == [cast.people.secretary.pk]
    assert cast.people.secretary in form.fields["team"].queryset
    sent = {"team": [cast.people.secretary.pk], f"duty_{cast.people.secretary.pk}": "先锋队队长"}
    browser.post(url("plan-edit", plan.project), typed(plan, **sent))
    assert [(each.person, each.duty) for each in plan.project.team.all()] == [(cast.people.secretary, "先锋队队长")]
    assert "项目主要责任人、先锋队队长" in text_of(browser.get(f"{url('project', plan.project)}?tab=plan"))


def test_a_returned_plan_says_why_above_its_text_and_on_the_rail(cast: Cast, browse: Browse) -> None:
    plan = a_handed_in_plan(cast)
    plan.decide("return", by=cast.people.officer, opinion="月均进尺缺按月分解。")
    answer = browse(cast.people.secretary).get(f"{url('project', plan.project)}?tab=plan")
    page = text_of(answer)
    assert page.index("月均进尺缺按月分解。") < page.index('id="goals-title"')
    stops = {stop["label"]: stop for stop in answer.context["rail"]}
    assert stops["实施计划"]["note"] == "退回修改"


def test_a_reviewer_sees_what_the_second_submission_says_differently(cast: Cast, browse: Browse) -> None:
    plan = a_handed_in_plan(cast)
    plan.decide("return", by=cast.people.officer, opinion="请补充。")
    plan.refresh_from_db()
    plan.fill({"background": f"{plan.background}已经专家复核。"}, by=cast.people.secretary, seen=plan.edits)
    plan.hand_in(by=cast.people.secretary)
    page = text_of(browse(cast.people.officer).get(url("plan-decision", plan.project)))
    assert "<ins>已经专家复核。</ins>" in page
    assert page.count("<ins>") == 1


def test_a_phone_has_a_chart_of_its_own(cast: Cast, browse: Browse) -> None:
    plan = an_approved_plan(cast)
    wide, narrow = browse(cast.people.officer).get(f"{url('project', plan.project)}?tab=plan").context["charts"]
    assert (wide.layout.width, narrow.layout.width) == (960, 340)
    assert max(bar["x"] + bar["width"] for bar in narrow.bars) <= 340
    assert narrow.months[0]["label"] == "8月"
