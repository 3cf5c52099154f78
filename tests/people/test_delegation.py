"""Delegation: somebody acts for somebody else between two days, visibly, and not a minute longer."""

from datetime import date, timedelta
from typing import Any

import pytest

from dangjian.foundation import clock
from dangjian.foundation.audit import AuditEntry
from dangjian.foundation.lifecycle import MoveLog, Refused
from dangjian.foundation.notice import Notice
from dangjian.overview import box, todo
from dangjian.people.access import Ability, Role
from dangjian.people.delegation import MOST_DAYS, Delegation
from dangjian.people.organisation import Organisation
from dangjian.people.person import Person
from dangjian.programmes.approval import Step
from dangjian.projects.project import Project
from tests.cast import Cast, a_draft, a_scheme_notice, a_submitted, an_agreed_draft, an_established

TODAY = date(2022, 8, 24)
A_WEEK_LATER = TODAY + timedelta(days=7)


def a_delegation(by: Person, to: Person, **facts: Any) -> Delegation:
    """Of the first of one's offices, for a week from today."""
    known: dict[str, Any] = {"starts_on": TODAY, "ends_on": A_WEEK_LATER, "reason": "出差"}
    offices = facts.pop("offices", list(by.delegable_offices()[:1]))
    return Delegation.give(offices, to=to, by=by, **known | facts)[0]


def fresh(person: Person) -> Person:
    return Person.objects.get(pk=person.pk)


def may(person: Person, ability: Ability, place: Organisation) -> bool:
    """Both ways of asking give the same answer."""
    asked = fresh(person).can(ability, place)
    assert Person.objects.holding(ability, place).contains(person) == asked
    return asked


# The right


def test_a_delegate_has_the_rights_of_the_office_between_the_two_days(cast: Cast) -> None:
    people, branch = cast.people, cast.places.branch
    a_delegation(people.secretary, people.member, starts_on=date(2022, 8, 25))
    for moment, held in (
        ("2022-08-24 23:59", False),
        ("2022-08-25 00:00", True),
        ("2022-08-31 23:59", True),
        ("2022-09-01 00:00", False),
    ):
        with clock.fixed_at(moment):
            assert may(people.member, Ability.SUBMIT, branch) == held
            assert may(people.secretary, Ability.SUBMIT, branch)
            assert not may(people.member, Ability.SUBMIT, cast.places.small_branch)


def test_a_delegated_right_ends_with_the_office_it_came_from(cast: Cast) -> None:
    people = cast.people
    a_delegation(people.secretary, people.member)
    people.secretary.appointments.get().end(on=TODAY, by=cast.people.security_admin)
    assert may(people.member, Ability.SUBMIT, cast.places.branch)
    with clock.fixed_at("2022-08-25 00:00"):
        assert not may(people.member, Ability.SUBMIT, cast.places.branch)
        assert Delegation.objects.get().is_over


@pytest.mark.parametrize("who", ["secretary", "security_admin"])
def test_a_delegation_is_taken_back_at_once(cast: Cast, who: str) -> None:
    people = cast.people
    made = a_delegation(people.secretary, people.member)
    made.end(by=getattr(people, who))
    assert not may(people.member, Ability.SUBMIT, cast.places.branch)
    assert made.ended_by == getattr(people, who)
    told = Notice.objects.filter(event=f"delegation-{made.pk}-end").values_list("person__name", flat=True)
    assert set(told) == {"张建国", "王强"}
    with pytest.raises(Refused, match="已经结束"):
        made.end(by=people.secretary)


@pytest.mark.parametrize("who", ["member", "officer", "system_admin"])
def test_nobody_else_takes_a_delegation_back(cast: Cast, who: str) -> None:
    made = a_delegation(cast.people.secretary, cast.people.member)
    with pytest.raises(Refused, match="权限"):
        made.end(by=getattr(cast.people, who))
    assert may(cast.people.member, Ability.SUBMIT, cast.places.branch)


def test_whoever_was_loaded_before_holds_it_at_once_and_loses_it_at_once(cast: Cast) -> None:
    people, branch = cast.people, cast.places.branch
    assert not people.member.can(Ability.SUBMIT, branch)
    made = a_delegation(people.secretary, people.member)
    assert people.member.can(Ability.SUBMIT, branch)
    made.end(by=people.secretary)
    assert not people.member.can(Ability.SUBMIT, branch)


def test_offices_own_and_delegated_are_read_in_one_question(cast: Cast, django_assert_num_queries: Any) -> None:
    people = cast.people
    a_delegation(people.secretary, people.clerk)
    with django_assert_num_queries(1):
        clerk = fresh_with_offices(people.clerk)
        assert clerk.can(Ability.SUBMIT, cast.places.branch)
        assert clerk.acting_for(Ability.SUBMIT, cast.places.branch) == people.secretary
        assert clerk.acting_for(Ability.DRAFT, cast.places.branch) is None


def fresh_with_offices(person: Person) -> Person:
    person.forget_offices()
    return person


# What is refused


@pytest.mark.parametrize(
    ("facts", "field", "told"),
    [
        ({"starts_on": TODAY - timedelta(days=1)}, "starts_on", "不能早于今天"),
        ({"ends_on": TODAY - timedelta(days=1)}, "ends_on", "不能早于开始日期"),
        ({"ends_on": TODAY + timedelta(days=MOST_DAYS)}, "ends_on", "最长六个月"),
        ({"reason": "  "}, "reason", "请写明事由"),
        ({"reason": "长" * 101}, "reason", "100"),
        ({"offices": []}, "offices", "请选择"),
    ],
)
def test_dates_and_reason_are_asked_for(cast: Cast, facts: dict[str, Any], field: str, told: str) -> None:
    with pytest.raises(Refused, match=told) as refused:
        a_delegation(cast.people.secretary, cast.people.member, **facts)
    assert [reason.field for reason in refused.value.reasons] == [field]
    assert not Delegation.objects.exists()


def test_six_months_to_the_day_are_allowed(cast: Cast) -> None:
    a_delegation(cast.people.secretary, cast.people.member, ends_on=TODAY + timedelta(days=MOST_DAYS - 1))


@pytest.mark.parametrize(
    ("to", "told"),
    [
        ("secretary", "不能委托给自己"),
        ("system_admin", "管理员，不能受托"),
        ("foreign_secretary", "不在第一项目部党支部及其上级党组织"),
        ("small_secretary", "不在第一项目部党支部及其上级党组织"),
    ],
)
def test_only_somebody_near_who_may_do_business_receives(cast: Cast, to: str, told: str) -> None:
    with pytest.raises(Refused, match=told):
        a_delegation(cast.people.secretary, getattr(cast.people, to))


def test_whoever_cannot_sign_in_cannot_stand_in(cast: Cast) -> None:
    people = cast.people
    newcomer = Person.enrol(name="新来的", organisation=cast.places.branch, by=cast.people.system_admin)
    with pytest.raises(Refused, match="没有可以登录的账号"):
        a_delegation(people.secretary, newcomer)
    people.member.account.disable(by=people.system_admin)
    with pytest.raises(Refused, match="没有可以登录的账号"):
        a_delegation(people.secretary, Person.objects.get(pk=people.member.pk))


@pytest.mark.parametrize("who", ["system_admin", "security_admin", "audit_admin", "staff"])
def test_administrators_offices_and_offices_without_rights_are_not_delegated(cast: Cast, who: str) -> None:
    person = getattr(cast.people, who)
    assert not person.delegable_offices().exists()
    with pytest.raises(Refused, match="不能委托他人代办"):
        a_delegation(person, cast.people.member, offices=list(person.appointments.all()))


def test_a_delegate_cannot_delegate_further(cast: Cast) -> None:
    people = cast.people
    made = a_delegation(people.secretary, people.member)
    member = fresh(people.member)
    assert made.office not in member.delegable_offices()
    with pytest.raises(Refused, match="受托得来的不能再委托"):
        a_delegation(member, people.clerk, offices=[made.office])


def test_delegations_of_one_office_do_not_overlap(cast: Cast) -> None:
    people = cast.people
    first = a_delegation(people.secretary, people.member)
    with pytest.raises(Refused, match="已委托王强"):
        a_delegation(people.secretary, people.clerk, starts_on=A_WEEK_LATER, ends_on=A_WEEK_LATER)
    a_delegation(people.secretary, people.clerk, starts_on=A_WEEK_LATER + timedelta(days=1), ends_on=date(2022, 9, 2))
    first.end(by=people.secretary)
    a_delegation(people.secretary, people.clerk, ends_on=A_WEEK_LATER)


def test_a_delegation_stays_within_the_time_in_office(cast: Cast) -> None:
    people = cast.people
    people.secretary.appointments.get().end(on=TODAY, by=cast.people.security_admin)
    with pytest.raises(Refused, match="超出了"):
        a_delegation(people.secretary, people.member)


def test_several_offices_go_together_or_not_at_all(cast: Cast) -> None:
    secretary, member = cast.people.secretary, cast.people.member
    secretary.appoint(Role.BRANCH_CLERK, organisation=cast.places.branch, by=cast.people.security_admin)
    first, second = secretary.delegable_offices()
    a_delegation(secretary, member, offices=[second])
    with pytest.raises(Refused, match="不能重叠"):
        a_delegation(secretary, member, offices=[first, second])
    assert Delegation.objects.count() == 1


def test_whoever_works_for_another_does_not_become_an_administrator(cast: Cast) -> None:
    made = a_delegation(cast.people.secretary, cast.people.member)
    cast.people.member.appointments.get().end(on=TODAY, by=cast.people.security_admin)
    with clock.fixed_at("2022-08-25 09:00"):
        with pytest.raises(Refused, match="正受张建国委托代办"):
            cast.people.member.appoint(
                Role.SYSTEM_ADMIN, organisation=cast.places.company, by=cast.people.security_admin
            )
        made.end(by=cast.people.secretary)
        cast.people.member.appoint(Role.SYSTEM_ADMIN, organisation=cast.places.company, by=cast.people.security_admin)


# What is seen of it


def test_giving_and_taking_back_are_told_and_audited(cast: Cast) -> None:
    people = cast.people
    made = a_delegation(people.secretary, people.member)
    told = Notice.objects.filter(event=f"delegation-{made.pk}")
    assert {notice.person.name for notice in told} == {"张建国", "王强"}
    assert "委托王强代行" in told[0].text
    assert "2022年8月24日至2022年8月31日，事由：出差" in told[0].text
    made.end(by=people.secretary)
    assert set(AuditEntry.objects.filter(noun="delegation").values_list("action", flat=True)) == {
        "delegation.give",
        "delegation.end",
    }


def test_delegations_are_seen_by_both_and_by_the_security_administrator(cast: Cast) -> None:
    people = cast.people
    made = a_delegation(people.secretary, people.member)
    for who in ("secretary", "member", "security_admin"):
        assert list(Delegation.objects.visible_to(getattr(people, who))) == [made]
    for who in ("clerk", "officer", "system_admin", "leader"):
        assert not Delegation.objects.visible_to(getattr(people, who)).exists()


def test_what_a_delegate_does_is_recorded_as_done_for_the_other(cast: Cast) -> None:
    people = cast.people
    project = an_agreed_draft(cast)
    a_delegation(people.secretary, people.member)
    member = fresh(people.member)
    assert todo.waiting_for(member).get() == project
    assert todo.todos_of([project], member)[0].for_whom == "张建国"
    made = project.submit(by=member)
    assert made.who == "王强 代 张建国"
    assert AuditEntry.objects.get(action="project.submit").details["on_behalf_of"] == people.secretary.pk
    assert project.revisions.get().on_behalf_of == people.secretary
    assert Project.objects.get().owner == people.secretary
    assert list(box.done_by(people.secretary).values_list("name", flat=True)) == ["submit"]


def test_a_right_of_one_s_own_goes_before_a_delegated_one(cast: Cast) -> None:
    people = cast.people
    a_delegation(people.officer, people.colleague)
    project = a_submitted(cast)
    made = project.decide("pass", answer=True, by=fresh(people.colleague))
    assert (made.who, made.on_behalf_of) == ("何平", None)
    assert Step.objects.get(decision="pass").on_behalf_of is None


def test_a_decision_taken_for_another_stands_in_the_step(cast: Cast) -> None:
    people = cast.people
    project = a_submitted(cast)
    a_delegation(people.officer, people.unit_secretary)
    deputy = fresh(people.unit_secretary)
    assert todo.to_screen(deputy).get() == project
    project.decide("pass", answer=True, by=deputy)
    assert Step.objects.get(decision="pass").on_behalf_of == people.officer
    assert MoveLog.objects.get(name="pass_screening").who == "刘志远 代 陈静"


def test_what_was_passed_on_to_the_absent_waits_for_the_delegate_too(cast: Cast) -> None:
    people = cast.people
    project = a_submitted(cast)
    project.hand_over(to=people.colleague, by=people.officer)
    assert not todo.waiting_for(fresh(people.unit_secretary)).exists()
    a_delegation(people.colleague, people.unit_secretary)
    assert todo.waiting_for(fresh(people.unit_secretary)).get() == project
    assert set(project.handlers()) == {people.colleague, people.unit_secretary}


def test_a_branch_meeting_recorded_for_another_says_so(cast: Cast) -> None:
    people = cast.people
    a_delegation(people.secretary, people.member)
    project = an_agreed_draft(cast, by=fresh(people.member))
    meeting = project.branch_opinion().meeting
    assert (meeting.recorded_by, meeting.recorded_for) == (people.member, people.secretary)
    project.submit(by=people.secretary)
    assert Step.objects.get(decision="agree").on_behalf_of == people.secretary


def test_a_notice_is_signed_for_another(cast: Cast) -> None:
    people = cast.people
    receipt = a_scheme_notice(cast).receipts.get(organisation=cast.places.unit)
    a_delegation(people.officer, people.unit_secretary)
    receipt.sign(by=fresh(people.unit_secretary))
    assert receipt.who == "刘志远 代 陈静"


def test_a_project_is_received_for_another(cast: Cast) -> None:
    people = cast.people
    resolution = an_established(cast).establishment()
    a_delegation(people.secretary, people.member)
    resolution.receive(by=fresh(people.member))
    resolution.refresh_from_db()
    assert (resolution.received_by, resolution.received_for) == (people.member, people.secretary)


def test_what_is_written_for_the_secretary_by_the_delegate_needs_no_confirmation(cast: Cast) -> None:
    a_delegation(cast.people.secretary, cast.people.clerk)
    project = a_draft(cast, by=fresh(cast.people.clerk))
    assert project.application.filled_by is None


# Conflict of interest


def test_whoever_acts_for_the_responsible_person_does_not_judge_the_project(cast: Cast) -> None:
    people = cast.people
    project = a_submitted(cast)
    a_delegation(people.secretary, people.officer)
    officer = fresh(people.officer)
    with pytest.raises(Refused, match="您是张建国的受托人，张建国是本项目的主要责任人，应当回避"):
        project.decide("pass", answer=True, by=officer)
    assert officer not in project.stand_ins(people.colleague)
    project.decide("pass", answer=True, by=people.colleague)


def test_whoever_acts_by_the_right_of_a_member_does_not_judge_either(cast: Cast) -> None:
    people = cast.people
    project = a_submitted(cast)
    project.team.create(person=people.officer)
    a_delegation(people.officer, people.unit_secretary)
    deputy = fresh(people.unit_secretary)
    with pytest.raises(Refused, match="您是陈静的受托人，陈静是本项目的成员"):
        project.decide("pass", answer=True, by=deputy)
    assert deputy not in project.stand_ins(people.officer)
    assert people.colleague in project.stand_ins(people.officer)


def test_a_delegate_of_whoever_stood_aside_stands_aside_too(cast: Cast) -> None:
    people = cast.people
    project = a_submitted(cast)
    a_delegation(people.officer, people.unit_secretary)
    project.recuse(stand_in=people.colleague, by=people.officer, reason="亲属")
    deputy = fresh(people.unit_secretary)
    with pytest.raises(Refused, match="委托您的陈静已回避，由何平代为办理"):
        project.decide("pass", answer=True, by=deputy)
    with pytest.raises(Refused, match="不能转给他办理"):
        project.hand_over(to=deputy, by=people.colleague)


def test_a_colleague_with_a_right_of_their_own_is_not_tied_by_a_delegation_from_the_same_office(cast: Cast) -> None:
    people = cast.people
    project = a_submitted(cast)
    project.team.create(person=people.officer)
    a_delegation(people.officer, people.colleague)
    assert fresh(people.colleague) in project.stand_ins(people.officer)
    project.decide("pass", answer=True, by=fresh(people.colleague))
