"""「X 代 Y」 on every page that says who did something, and in the audit trail."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.urls import reverse

from dangjian.agreements.letter import Letter
from dangjian.delivery.plan import CHECKLIST, Plan
from dangjian.foundation import clock
from dangjian.foundation.audit import AuditEntry
from dangjian.foundation.lifecycle import Refused
from dangjian.foundation.notice import Notice
from dangjian.overview.reminders import remind_of_delegations
from dangjian.papers import word
from dangjian.people import trail
from dangjian.people.access import Role
from dangjian.people.account import Account
from dangjian.people.person import Person
from dangjian.programmes.round import Round
from dangjian.programmes.topic import Topic
from dangjian.projects import briefing_paper
from dangjian.projects.highlight import Highlight
from dangjian.projects.instruction import Instruction
from dangjian.projects.paper_kind import PaperKind
from dangjian.projects.project import Project
from dangjian.projects.scan import Slot
from tests.cast import (
    PASSWORD,
    Cast,
    a_briefing,
    a_draft,
    a_handed_in_plan,
    a_scheme_notice,
    a_submitted,
    an_established,
    an_instruction,
)
from tests.papers.reading import word_text
from tests.people.test_delegation import a_delegation, fresh

Browse = Callable[..., Any]
LATER = date(2022, 9, 5)


def text_of(answer: Any) -> str:
    return str(answer.content.decode())


@pytest.fixture
def deputy(cast: Cast) -> Person:
    """刘志远, who acts for 陈静 of the unit's organization department."""
    a_delegation(cast.people.officer, cast.people.unit_secretary)
    return fresh(cast.people.unit_secretary)


@pytest.fixture
def stand_in(cast: Cast) -> Person:
    """王强, who acts for the secretary 张建国."""
    a_delegation(cast.people.secretary, cast.people.member)
    return fresh(cast.people.member)


def a_person_of_the_unit(cast: Cast, name: str, role: Role | None = None) -> Person:
    person = Person.enrol(name=name, organisation=cast.places.unit, by=cast.people.system_admin)
    if role:
        person.appoint(role, organisation=cast.places.unit, by=cast.people.security_admin)
    Account.open("newcomer", person=person, password=PASSWORD, by=cast.people.system_admin, must_change_password=False)
    return person


def this_round() -> Round:
    held = Round.current()
    assert held is not None
    return held


def test_a_scheme_notice_issued_and_forwarded(cast: Cast, browse: Browse, deputy: Person) -> None:
    people = cast.people
    a_delegation(people.company_officer, people.leader, offices=[people.company_officer.delegable_offices()[0]])
    made = a_scheme_notice(cast, by=fresh(people.leader))
    made.forward(
        cast.places.unit, branches=[cast.places.branch], text="请按期提交。", file=[b"%PDF-1.7 addition"],
        file_name="补充.pdf", by=deputy,
    )  # fmt: skip
    page = text_of(browse(people.secretary).get(reverse("scheme-notice", args=[made.pk])))
    assert "高峰 代 马文" in page
    assert "刘志远 代 陈静" in page


def test_time_given_longer_and_brought_forward(cast: Cast, browse: Browse, deputy: Person) -> None:
    this_round().reopen("application", cast.places.branch, closes_on=LATER, reason="雨季停工", by=deputy)
    assert text_of(browse(cast.people.secretary).get("/round/")).count("刘志远 代 陈静") == 1
    this_round().set_internal_date("application", cast.places.unit, closes_on=date(2022, 8, 25), by=deputy)
    assert text_of(browse(cast.people.secretary).get("/round/")).count("刘志远 代 陈静") == 2


def test_a_topic_and_a_highlight(cast: Cast, browse: Browse, deputy: Person) -> None:
    topic = Topic.propose(cast.places.unit, year=2022, kind="key", title="盾构下穿既有线", by=deputy)
    assert "刘志远 代 陈静" in text_of(browse(cast.people.secretary).get(reverse("topic", args=[topic.pk])))
    project = an_established(cast)
    Highlight.mark(project, reason="节能成效突出", by=deputy)
    assert "刘志远 代 陈静" in text_of(browse(cast.people.secretary).get(reverse("project", args=[project.pk])))
    assert "刘志远 代 陈静" in text_of(browse(cast.people.colleague).get(reverse("highlight", args=[project.pk])))


def test_what_is_drafted_saved_and_uploaded(cast: Cast, browse: Browse) -> None:
    people = cast.people
    a_delegation(people.clerk, people.staff)
    staff = fresh(people.staff)
    project = a_draft(cast, by=staff)
    project.application.attach("consultation", chunks=[b"%PDF-1.7 x"], name="征求意见表.pdf", by=staff)
    page = text_of(browse(people.secretary).get(reverse("application-edit", args=[project.pk])))
    assert "赵小平 代 李敏保存于" in page
    assert "赵小平 代 李敏 8月24日 09:00上传" in page
    assert "赵小平 代 李敏" in text_of(browse(people.secretary).get(reverse("project", args=[project.pk])))
    seen = {entry.action: entry.details.get("on_behalf_of") for entry in AuditEntry.objects.filter(actor_id=staff.pk)}
    wanted = ("project.draft", "application.fill", "evidence.keep", "evidence.attach")
    assert {seen[action] for action in wanted} == {people.clerk.pk}


def test_a_plan_and_its_change_and_what_is_filled_in_for_the_secretary(cast: Cast, browse: Browse) -> None:
    people = cast.people
    a_delegation(people.clerk, people.staff)
    staff = fresh(people.staff)
    draft = a_draft(cast, by=staff)
    draft.application.ask_for_confirmation(by=staff)
    assert "由赵小平 代 李敏代填" in text_of(browse(people.secretary).get(reverse("confirmation", args=[draft.pk])))
    assert "确认赵小平 代 李敏代填的申请表" in text_of(browse(people.secretary).get("/todos/"))
    assert Notice.objects.get(event__startswith="application-", person=people.secretary).text.startswith(
        "赵小平 代 李敏代填了"
    )
    plan = Plan.begin(an_established(cast), by=staff)
    plan.fill({"background": "能耗偏高。"}, by=staff, seen=0)
    assert "赵小平 代 李敏保存于" in text_of(browse(people.secretary).get(reverse("plan-edit", args=[plan.project_id])))
    with pytest.raises(Refused, match="赵小平 代 李敏在09:00保存过这份计划书"):
        Plan.objects.get(pk=plan.pk).fill({"background": "能耗很高。"}, by=people.clerk, seen=0)


def test_the_record_of_a_plan_names_the_leader_who_signed_and_for_whom_it_was_taken_down(
    cast: Cast, browse: Browse, deputy: Person
) -> None:
    plan = a_handed_in_plan(cast)
    plan.decide("pass", by=cast.people.officer, checked_for=list(CHECKLIST))
    plan.reload().decide("approve", by=deputy, leader="周明", held_on=clock.today())
    page = browse(cast.people.secretary).get(f"{reverse('project', args=[plan.project_id])}?tab=plan")
    assert [(made["title"], made["who"]) for made in page.context["record"]] == [
        ("同意审定", "分管领导周明 2022年8月24日签批，刘志远 代 陈静登记"),
        ("通过审核", "陈静"),
        ("提交计划书", "张建国"),
    ]


def test_a_letter_to_be_voided_and_a_project_passed_on(cast: Cast, browse: Browse, deputy: Person) -> None:
    letter = Letter.make(an_established(cast), by=deputy)
    letter.propose_void(reason="甲乙方写反", by=deputy)
    page = text_of(browse(cast.people.colleague).get(reverse("letter", args=[letter.pk])))
    assert "刘志远 代 陈静提请作废：甲乙方写反" in page
    answer = browse(cast.people.colleague).get(reverse("letter-void-answer", args=[letter.pk]))
    assert "刘志远 代 陈静提请作废" in text_of(answer)
    a_submitted(cast).hand_over(to=cast.people.colleague, by=deputy)
    assert Notice.objects.filter(person=cast.people.colleague, text__startswith="刘志远 代 陈静将“").exists()


def test_a_filed_scan(cast: Cast, browse: Browse, deputy: Person) -> None:
    project = a_submitted(cast)
    Slot(PaperKind.APPLICATION, project).file(b"%PDF-1.7 stamped", pages=1, by=deputy)
    page = text_of(browse(cast.people.secretary).get(reverse("project", args=[project.pk]) + "?tab=papers"))
    assert "刘志远 代 陈静" in page
    filed = AuditEntry.objects.get(action="scan.file")
    assert filed.details["on_behalf_of"] == cast.people.officer.pk


def test_a_scan_filed_by_a_right_of_one_s_own_is_not_filed_for_somebody(cast: Cast) -> None:
    people = cast.people
    project = a_submitted(cast)
    a_delegation(people.secretary, people.officer)
    made = Slot(PaperKind.APPLICATION, Project.objects.get(pk=project.pk)).file(
        b"%PDF-1.7 stamped", pages=1, by=fresh(people.officer)
    )
    assert made.attachment.on_behalf_of is None


def test_a_letter_made_for_a_colleague(cast: Cast, browse: Browse, deputy: Person) -> None:
    letter = Letter.make(an_established(cast), by=deputy)
    assert "刘志远 代 陈静" in text_of(browse(cast.people.secretary).get(reverse("letter", args=[letter.pk])))
    papers = reverse("project", args=[letter.project_id]) + "?tab=papers"
    assert "刘志远 代 陈静" in text_of(browse(cast.people.secretary).get(papers))


# 批示


def test_a_delegate_s_instruction_is_the_leader_s_with_who_gave_it(cast: Cast, browse: Browse) -> None:
    people = cast.people
    briefing = a_briefing(cast)
    deputy = a_person_of_the_unit(cast, "杨帆", Role.UNIT_COMMITTEE_MEMBER)
    a_delegation(people.unit_secretary, deputy)
    deputy = fresh(deputy)
    page = reverse("briefing", args=[briefing.pk])
    assert "登记批示" not in text_of(browse(deputy).get(page))
    assert "photo" not in browse(deputy).get(reverse("instruction-new", args=[briefing.pk])).context["form"].fields
    assert "阅批呈阅件（代刘志远）" in text_of(browse(deputy).get("/todos/"))
    made = an_instruction(cast, briefing, by=deputy)
    for reader, address in (
        (people.officer, page),
        (people.officer, reverse("instruction", args=[made.pk])),
        (people.secretary, reverse("instruction", args=[made.pk])),
        (people.officer, "/instructions/"),
    ):
        text = text_of(browse(reader).get(address))
        assert "杨帆 代 刘志远" in text
        assert "登记</" not in text
        assert "登记）" not in text
    assert Notice.objects.get(event=f"instruction-{made.pk}-0", person=people.secretary).text.startswith(
        "杨帆 代 刘志远批示"
    )
    given = list(briefing.instructions.with_names())
    assert "杨帆代刘志远" in word_text(word.draw(briefing_paper.sheet(briefing, given)))
    assert AuditEntry.objects.get(action="instruction.give").details["on_behalf_of"] == people.unit_secretary.pk


def test_a_handler_writes_down_what_the_leader_put_on_the_paper(cast: Cast, browse: Browse) -> None:
    people = cast.people
    briefing = a_briefing(cast)
    a_delegation(people.unit_secretary, people.colleague)
    made = an_instruction(cast, briefing, by=fresh(people.colleague))
    assert (made.given_by, made.written_by) == ("刘志远", "何平")
    text = text_of(browse(people.officer).get(reverse("briefing", args=[briefing.pk])))
    assert "（何平登记）" in text


def test_whoever_acts_for_a_handler_notes_the_instruction_for_them(cast: Cast) -> None:
    people = cast.people
    briefing = a_briefing(cast)
    newcomer = a_person_of_the_unit(cast, "杨帆")
    a_delegation(people.officer, newcomer)
    made = an_instruction(cast, briefing, by=fresh(newcomer))
    assert (made.given_by, made.written_by) == ("刘志远", "杨帆 代 陈静")


def test_what_becomes_of_an_instruction_says_who_for_whom(cast: Cast, browse: Browse, stand_in: Person) -> None:
    made = an_instruction(cast)
    a_delegation(cast.people.clerk, cast.people.staff)
    staff = fresh(cast.people.staff)
    assert "办理批示（代李敏）" in text_of(browse(staff).get("/todos/"))
    made.finish(result="已校准。", by=staff)
    text = text_of(browse(cast.people.officer).get(reverse("instruction", args=[made.pk])))
    assert text.count("赵小平 代 李敏") == 2
    assert Instruction.objects.get().finished_by == "赵小平 代 李敏"


# The audit trail


def test_the_audit_trail_names_both_and_is_searched_by_either(cast: Cast, browse: Browse, deputy: Person) -> None:
    Topic.propose(cast.places.unit, year=2022, kind="key", title="盾构下穿既有线", by=deputy)
    auditor = browse(cast.people.audit_admin)
    for who in ("刘志远", "陈静"):
        assert "刘志远 代 陈静" in text_of(auditor.get("/audit/", {"who": who, "action": "topic.propose"}))
    assert "刘志远" not in text_of(auditor.get("/audit/", {"who": "王强", "action": "topic.propose"}))
    row = AuditEntry.objects.get(action="topic.propose")
    assert trail.actors([row]) == {row.pk: "刘志远 代 陈静"}


# The end of a delegation


def test_both_are_reminded_once_before_a_delegation_ends(cast: Cast) -> None:
    people = cast.people
    made = a_delegation(people.secretary, people.member)
    event = Notice.objects.filter(event=f"delegation-{made.pk}-ending")
    for day in range(1, 10):
        with clock.fixed_at(f"2022-08-{24 + day - 1:02d} 10:00" if day < 8 else f"2022-09-0{day - 7} 10:00"):
            remind_of_delegations()
            remind_of_delegations()
            assert event.count() == (2 if day >= 5 else 0), day
    assert {each.person.name for each in event} == {"张建国", "王强"}
    assert "将于2022年8月31日24时结束，需要继续的请重新委托" in event[0].text


def test_nobody_is_reminded_of_a_short_delegation_or_of_one_taken_back(cast: Cast) -> None:
    people = cast.people
    a_delegation(people.secretary, people.member, ends_on=date(2022, 8, 27))
    a_delegation(people.officer, people.colleague).end(by=people.officer)
    with clock.fixed_at("2022-08-26 10:00"):
        assert remind_of_delegations() == 0


def test_where_the_office_ends_before_the_delegation_that_day_counts(cast: Cast) -> None:
    people = cast.people
    made = a_delegation(people.secretary, people.member, ends_on=date(2022, 10, 31))
    made.office.end(on=date(2022, 9, 15), by=cast.people.security_admin)
    with clock.fixed_at("2022-09-12 10:00"):
        assert remind_of_delegations() == 1
    assert "2022年9月15日24时结束" in Notice.objects.filter(event__endswith="-ending")[0].text
    with clock.fixed_at(f"{date(2022, 9, 15) + timedelta(days=1)} 10:00"):
        assert remind_of_delegations() == 0
