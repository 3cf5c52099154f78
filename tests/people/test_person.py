"""The person and the appointment: rights hang on offices, offices on dates and places."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st

from dangjian.foundation import audit, clock
from dangjian.foundation.audit import AuditEntry
from dangjian.foundation.lifecycle import Refused
from dangjian.people.access import Ability, Role
from dangjian.people.organisation import Organisation
from dangjian.people.person import Appointment, Person, PoliticalStatus, secretary_of
from tests.cast import Cast
from tests.examples import IN_ONE_DATABASE, taken_back

TODAY = date(2022, 8, 24)
A_DAY = timedelta(days=1)


def newcomer(cast: Cast, name: str = "新人") -> Person:
    return Person.enrol(name=name, organisation=cast.places.branch, by=cast.people.system_admin)


def may_draft(person: Person, place: Organisation) -> bool:
    return Person.objects.get(pk=person.pk).can(Ability.DRAFT, place)


# Rights by date


def test_an_office_that_begins_tomorrow_gives_no_right_today(cast: Cast) -> None:
    person = newcomer(cast)
    person.appoint(
        Role.BRANCH_CLERK, organisation=cast.places.branch, by=cast.people.security_admin, starts_on=TODAY + A_DAY
    )
    assert not may_draft(person, cast.places.branch)
    with clock.fixed_at("2022-08-25 00:00"):
        assert may_draft(person, cast.places.branch)


def test_a_right_ends_with_the_last_day_in_office(cast: Cast) -> None:
    person = newcomer(cast)
    office = person.appoint(Role.BRANCH_CLERK, organisation=cast.places.branch, by=cast.people.security_admin)
    office.end(on=TODAY, by=cast.people.security_admin)
    with clock.fixed_at("2022-08-24 23:59"):
        assert may_draft(person, cast.places.branch)
    with clock.fixed_at("2022-08-25 00:00"):
        assert not may_draft(person, cast.places.branch)


def test_a_loaded_person_does_not_keep_yesterday_s_rights(cast: Cast) -> None:
    person = newcomer(cast)
    person.appoint(Role.BRANCH_CLERK, organisation=cast.places.branch, by=cast.people.security_admin).end(
        on=TODAY, by=cast.people.security_admin
    )
    same = Person.objects.get(pk=person.pk)
    assert same.can(Ability.DRAFT, cast.places.branch)
    with clock.fixed_at("2022-08-25 00:01"):
        assert not same.can(Ability.DRAFT, cast.places.branch)


def test_an_office_given_is_held_at_once_by_who_was_already_loaded(cast: Cast) -> None:
    person = newcomer(cast)
    assert not person.can(Ability.DRAFT, cast.places.branch)
    person.appoint(Role.BRANCH_CLERK, organisation=cast.places.branch, by=cast.people.security_admin)
    assert person.can(Ability.DRAFT, cast.places.branch)


@IN_ONE_DATABASE
@given(
    starts=st.integers(-40, 40),
    length=st.none() | st.integers(0, 60),
    asked=st.lists(st.integers(-60, 120), min_size=1, max_size=6),
)
def test_a_right_lives_from_the_first_day_to_the_last_and_not_a_day_longer(
    cast: Cast, starts: int, length: int | None, asked: list[int]
) -> None:
    first = TODAY + timedelta(days=starts)
    last = None if length is None else first + timedelta(days=length)
    with taken_back():
        person = newcomer(cast)
        office = person.appoint(
            Role.BRANCH_CLERK, organisation=cast.places.branch, by=cast.people.security_admin, starts_on=first
        )
        if last is not None:
            office.end(on=last, by=cast.people.security_admin)
        for offset in asked:
            day = TODAY + timedelta(days=offset)
            with clock.fixed_at(clock.start_of(day)):
                in_office = first <= day and (last is None or day <= last)
                assert may_draft(person, cast.places.branch) == in_office
                assert Person.objects.holding(Ability.DRAFT, cast.places.branch).contains(person) == in_office


# Rights by place


def test_an_office_reaches_below_only_where_it_says_so(cast: Cast) -> None:
    person = newcomer(cast)
    person.appoint(
        Role.UNIT_ORG_OFFICER, organisation=cast.places.unit, by=cast.people.security_admin, with_subtree=False
    )
    assert person.can(Ability.SCREEN, cast.places.unit)
    assert not person.can(Ability.SCREEN, cast.places.branch)
    assert cast.people.officer.can(Ability.SCREEN, cast.places.branch)
    assert not cast.people.officer.can(Ability.SCREEN, cast.places.foreign_branch)
    assert not cast.people.officer.can(Ability.SCREEN, cast.places.company)


@pytest.mark.parametrize(
    ("role", "place", "below"),
    [
        (Role.BRANCH_SECRETARY, "branch", False), (Role.UNIT_COMMITTEE_SECRETARY, "unit", True),
        (Role.COMPANY_ORG_OFFICER, "company", True),
    ],
)  # fmt: skip
def test_where_nobody_says_how_far_it_reaches_only_an_office_of_a_branch_ends_there(
    cast: Cast, role: Role, place: str, below: bool
) -> None:
    made = newcomer(cast).appoint(role, organisation=getattr(cast.places, place), by=cast.people.security_admin)
    assert made.with_subtree == below


def test_two_offices_give_the_rights_of_both(cast: Cast) -> None:
    person = newcomer(cast)
    person.appoint(Role.BRANCH_SECRETARY, organisation=cast.places.branch, by=cast.people.security_admin)
    person.appoint(
        Role.UNIT_ORG_OFFICER, organisation=cast.places.other_unit, by=cast.people.security_admin, with_subtree=True
    )
    assert person.can(Ability.SUBMIT, cast.places.branch)
    assert person.can(Ability.SCREEN, cast.places.foreign_branch)
    assert not person.can(Ability.SUBMIT, cast.places.foreign_branch)
    assert not person.can(Ability.SCREEN, cast.places.branch)


@pytest.mark.parametrize("ability", Ability)
def test_who_holds_a_right_and_what_each_may_are_the_same_answer(cast: Cast, ability: Ability) -> None:
    everybody = list(Person.objects.all())
    for place in Organisation.objects.all():
        holders = set(Person.objects.holding(ability, place))
        assert holders == {person for person in everybody if person.can(ability, place)}


def test_organisations_with_a_right_leave_out_those_that_have_ended(cast: Cast) -> None:
    officer = cast.people.officer
    assert list(officer.organisations_with(Ability.SCREEN)) == [
        cast.places.unit, cast.places.branch, cast.places.small_branch,
    ]  # fmt: skip
    Organisation.objects.filter(pk=cast.places.branch.pk).update(ended_on=TODAY)
    assert list(officer.organisations_with(Ability.SCREEN)) == [cast.places.unit, cast.places.small_branch]


@pytest.mark.parametrize("who", ["staff", "system_admin", "security_admin", "audit_admin"])
def test_an_office_without_a_business_right_opens_no_part_of_the_tree(cast: Cast, who: str) -> None:
    assert getattr(cast.people, who).scopes() == []


# The appointment


def test_an_office_may_be_held_for_a_single_day(cast: Cast) -> None:
    office = newcomer(cast).appoint(Role.BRANCH_CLERK, organisation=cast.places.branch, by=cast.people.security_admin)
    office.end(on=TODAY, by=cast.people.security_admin)
    assert Appointment.objects.get(pk=office.pk).ends_on == TODAY


def test_ending_an_office_before_it_began_is_refused_and_changes_nothing(cast: Cast) -> None:
    office = newcomer(cast).appoint(Role.BRANCH_CLERK, organisation=cast.places.branch, by=cast.people.security_admin)
    with pytest.raises(Refused, match="免职日期不能早于任职日期"):
        office.end(on=TODAY - A_DAY, by=cast.people.security_admin)
    assert Appointment.objects.get(pk=office.pk).ends_on is None


def test_the_database_too_refuses_an_office_that_ends_before_it_began(cast: Cast) -> None:
    office = newcomer(cast).appoint(Role.BRANCH_CLERK, organisation=cast.places.branch, by=cast.people.security_admin)
    with pytest.raises(IntegrityError), transaction.atomic():
        Appointment.objects.filter(pk=office.pk).update(ends_on=TODAY - A_DAY)


def test_the_same_office_is_not_given_twice_on_one_day(cast: Cast) -> None:
    person = newcomer(cast)
    person.appoint(Role.BRANCH_CLERK, organisation=cast.places.branch, by=cast.people.security_admin)
    with pytest.raises(Refused):
        person.appoint(Role.BRANCH_CLERK, organisation=cast.places.branch, by=cast.people.security_admin)


def test_an_office_may_be_held_again_after_it_ended(cast: Cast) -> None:
    person = newcomer(cast)
    person.appoint(Role.BRANCH_CLERK, organisation=cast.places.branch, by=cast.people.security_admin).end(
        on=TODAY, by=cast.people.security_admin
    )
    with clock.fixed_at("2022-09-01 09:00"):
        person.appoint(Role.BRANCH_CLERK, organisation=cast.places.branch, by=cast.people.security_admin)
        assert may_draft(person, cast.places.branch)


def test_giving_and_ending_an_office_are_on_the_trail(cast: Cast) -> None:
    person = newcomer(cast)
    office = person.appoint(Role.BRANCH_CLERK, organisation=cast.places.branch, by=cast.people.security_admin)
    office.end(on=TODAY, by=cast.people.security_admin)
    given, ended = AuditEntry.objects.order_by("-pk")[:2][::-1]
    assert (given.action, given.noun_id, given.details) == (
        "person.appoint", person.pk, {"role": "branch_clerk", "organisation": cast.places.branch.pk},
    )  # fmt: skip
    assert (ended.action, ended.noun_id, ended.details) == ("appointment.end", office.pk, {"on": "2022-08-24"})


def test_an_office_reads_as_people_say_it(cast: Cast) -> None:
    office = cast.people.secretary.offices()[0]
    assert str(office) == "第一项目部党支部书记"


# The branch secretary


@pytest.mark.clause("S-70")
def test_the_secretary_of_a_branch_is_the_one_in_office_today(cast: Cast) -> None:
    branch = cast.places.branch
    old = Appointment.objects.get(person=cast.people.secretary, role=Role.BRANCH_SECRETARY)
    successor = newcomer(cast, "接任人")
    successor.appoint(
        Role.BRANCH_SECRETARY, organisation=branch, by=cast.people.security_admin, starts_on=TODAY + 2 * A_DAY
    )
    old.end(on=TODAY, by=cast.people.security_admin)
    assert secretary_of(branch) == cast.people.secretary
    with clock.fixed_at("2022-08-25 09:00"):
        assert secretary_of(branch) is None
    with clock.fixed_at("2022-08-26 09:00"):
        assert secretary_of(branch) == successor


def test_of_two_secretaries_the_one_listed_first_is_meant(cast: Cast) -> None:
    deputy = newcomer(cast, "副书记")
    deputy.appoint(Role.BRANCH_SECRETARY, organisation=cast.places.branch, by=cast.people.security_admin)
    Appointment.objects.filter(person=deputy).update(ordinal=1)
    assert secretary_of(cast.places.branch) == deputy


# The person


def test_enrolling_keeps_the_name_off_the_trail(cast: Cast) -> None:
    person = Person.enrol(name="  钱进 ", organisation=cast.places.branch, by=cast.people.system_admin)
    assert person.name == "钱进"
    row = AuditEntry.objects.get(action="person.enrol", noun_id=person.pk)
    assert row.details == {"name": audit.veiled("钱进")}


def test_a_person_without_a_name_is_not_enrolled(cast: Cast) -> None:
    with pytest.raises(Refused):
        Person.enrol(name="   ", organisation=cast.places.branch, by=cast.people.system_admin)


@pytest.mark.parametrize("status", PoliticalStatus)
def test_full_and_probationary_members_are_party_members(status: PoliticalStatus) -> None:
    person = Person(political_status=status)
    assert person.is_party_member == (status.label in ("中共党员", "中共预备党员"))


def test_each_sees_oneself_and_the_people_where_the_own_office_reaches(cast: Cast) -> None:
    assert set(Person.objects.visible_to(cast.people.staff)) == {cast.people.staff}
    of_branch = {cast.people.secretary, cast.people.clerk, cast.people.member, cast.people.staff}
    assert set(Person.objects.visible_to(cast.people.clerk)) == of_branch
    seen = set(Person.objects.visible_to(cast.people.officer))
    assert of_branch < seen
    assert cast.people.foreign_officer not in seen


def test_people_are_listed_by_their_number_then_by_name(cast: Cast) -> None:
    Person.objects.filter(pk=cast.people.staff.pk).update(ordinal=1)
    first = Person.objects.filter(organisation=cast.places.branch).in_order().first()
    assert first == cast.people.staff
