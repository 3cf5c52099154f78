"""The three administrators: exclusive offices, and what the system administrator does to accounts."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from axes.models import AccessAttempt
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from dangjian.foundation import clock
from dangjian.foundation.audit import AuditEntry
from dangjian.foundation.lifecycle import Refused
from dangjian.people.access import ADMINISTRATORS, Role
from dangjian.people.account import Account, locked_out, one_time_password
from dangjian.people.organisation import Organisation
from dangjian.people.person import Appointment, Person
from tests.cast import PASSWORD, Cast

TODAY = date(2022, 8, 24)
A_DAY = timedelta(days=1)


def newcomer(cast: Cast) -> Person:
    return Person.enrol(name="新人", organisation=cast.places.company, by=cast.people.system_admin)


# Three administrators


@pytest.mark.parametrize("role", sorted(ADMINISTRATORS))
@pytest.mark.parametrize(
    "other", [Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN, Role.COMPANY_LEADER, Role.STAFF]
)
def test_nobody_is_administrator_and_anything_else(cast: Cast, role: Role, other: Role) -> None:
    if role == other:
        return
    for first, second in ((role, other), (other, role)):
        person = newcomer(cast)
        person.appoint(first, organisation=cast.places.company, by=cast.people.security_admin)
        with pytest.raises(Refused, match="由不同的人担任") as refused:
            person.appoint(second, organisation=cast.places.company, by=cast.people.security_admin)
        assert refused.value.reasons[0].field == "role"


def test_offices_one_after_the_other_do_not_clash(cast: Cast) -> None:
    person = newcomer(cast)
    person.appoint(Role.SYSTEM_ADMIN, organisation=cast.places.company, by=cast.people.security_admin).end(
        on=TODAY, by=cast.people.security_admin
    )
    with pytest.raises(Refused, match="由不同的人担任"):
        person.appoint(
            Role.COMPANY_LEADER, organisation=cast.places.company, by=cast.people.security_admin, starts_on=TODAY
        )
    person.appoint(
        Role.COMPANY_LEADER, organisation=cast.places.company, by=cast.people.security_admin, starts_on=TODAY + A_DAY
    )


def test_an_end_may_not_be_moved_into_another_office(cast: Cast) -> None:
    person = newcomer(cast)
    office = person.appoint(Role.SYSTEM_ADMIN, organisation=cast.places.company, by=cast.people.security_admin)
    office.end(on=TODAY + A_DAY, by=cast.people.security_admin)
    person.appoint(
        Role.STAFF, organisation=cast.places.company, by=cast.people.security_admin, starts_on=TODAY + 2 * A_DAY
    )
    with pytest.raises(Refused, match="由不同的人担任"):
        office.end(on=TODAY + 2 * A_DAY, by=cast.people.security_admin)


def test_an_office_of_the_past_is_not_lengthened(cast: Cast) -> None:
    person = newcomer(cast)
    office = person.appoint(
        Role.STAFF, organisation=cast.places.company, by=cast.people.security_admin, starts_on=TODAY - 9 * A_DAY
    )
    office.end(on=TODAY - A_DAY, by=cast.people.security_admin)
    with pytest.raises(Refused, match="已于2022-08-23结束"):
        office.end(on=TODAY + A_DAY, by=cast.people.security_admin)


def test_the_database_itself_keeps_administrators_apart(cast: Cast) -> None:
    admin = cast.people.audit_admin
    row = {"person": admin, "organisation": cast.places.company, "starts_on": TODAY}
    with pytest.raises(IntegrityError), transaction.atomic():
        Appointment.objects.create(role=Role.SYSTEM_ADMIN, **row)
    with pytest.raises(IntegrityError), transaction.atomic():
        Appointment.objects.bulk_create([Appointment(role=Role.BRANCH_CLERK, **row)])
    clerk = cast.people.clerk.appointments.get()
    clerk.person.appoint(Role.STAFF, organisation=clerk.organisation, by=cast.people.security_admin)
    with pytest.raises(IntegrityError), transaction.atomic():
        Appointment.objects.filter(pk=clerk.pk).update(role=Role.AUDIT_ADMIN)
    Appointment.objects.create(role=Role.AUDIT_ADMIN, **{**row, "organisation": cast.places.unit})
    Appointment.objects.filter(person=admin).update(ends_on=TODAY)
    Appointment.objects.create(role=Role.STAFF, **{**row, "starts_on": TODAY + A_DAY})


@pytest.mark.parametrize("who", ["system_admin", "security_admin", "audit_admin"])
def test_an_administrator_s_right_opens_no_organisation_to_the_work(cast: Cast, who: str) -> None:
    person = getattr(cast.people, who)
    assert not person.scopes()
    assert not Organisation.objects.visible_to(person).exists()
    assert list(Person.objects.visible_to(person)) == [person]


# Accounts


def signed_in(person: Person) -> Client:
    browser = Client()
    browser.force_login(person.account, backend="django.contrib.auth.backends.ModelBackend")
    return browser


def is_in(browser: Client) -> bool:
    return browser.get("/").status_code == 200


def acts() -> list[str]:
    return list(AuditEntry.objects.filter(noun="account").order_by("pk").values_list("action", flat=True))


ENDING: dict[str, Callable[[Account, Person], Any]] = {
    "disable": lambda account, by: account.disable(by=by),
    "reset_password": lambda account, by: account.reset_password(by=by),
    "end_sessions": lambda account, by: account.end_sessions(by=by),
}


@pytest.mark.parametrize("name", ENDING)
def test_whoever_is_signed_in_is_out_at_the_next_click(cast: Cast, name: str) -> None:
    browser, other = signed_in(cast.people.clerk), signed_in(cast.people.secretary)
    assert is_in(browser)
    ENDING[name](cast.people.clerk.account, cast.people.system_admin)
    assert not is_in(browser)
    assert is_in(other)
    assert acts()[-1] == f"account.{name}"
    assert AuditEntry.objects.latest("pk").actor_id == cast.people.system_admin.pk


def test_a_right_is_gone_at_the_next_click_after_the_last_day(cast: Cast) -> None:
    browser = signed_in(cast.people.clerk)
    assert browser.get("/projects/new/").status_code == 200
    cast.people.clerk.appointments.get().end(on=TODAY, by=cast.people.security_admin)
    with clock.fixed_at("2022-08-25 00:00"):
        assert browser.get("/projects/new/").status_code == 404


def test_a_disabled_account_signs_in_no_more_until_it_is_enabled(cast: Cast) -> None:
    account, admin, known = (
        cast.people.clerk.account,
        cast.people.system_admin,
        {"username": "clerk", "password": PASSWORD},
    )
    account.disable(by=admin)
    assert Client().post("/sign-in/", known).status_code == 200
    account.enable(by=admin)
    assert Client().post("/sign-in/", known).status_code == 302


def test_a_reset_gives_a_password_for_one_sign_in(cast: Cast) -> None:
    account = cast.people.clerk.account
    password = account.reset_password(by=cast.people.system_admin)
    fresh = Account.objects.get(pk=account.pk)
    assert fresh.check_password(password)
    assert not fresh.check_password(PASSWORD)
    browser = Client()
    assert browser.post("/sign-in/", {"username": "clerk", "password": password}).status_code == 302
    assert browser.get("/projects/")["Location"] == "/password/"
    assert password not in str(list(AuditEntry.objects.values()))


def test_one_time_passwords_are_long_and_never_alike() -> None:
    made = {one_time_password() for _ in range(50)}
    assert len(made) == 50
    assert all(len(password) == 19 and not set(password) & set("0o1li") for password in made)


def test_unlocking_lets_a_locked_account_try_again_at_once(cast: Cast) -> None:
    account = cast.people.clerk.account
    for _ in range(5):
        answer = Client().post("/sign-in/", {"username": "clerk", "password": "falsch-falsch-1"})
    assert answer.status_code == 429
    assert account.is_locked
    assert Client().post("/sign-in/", {"username": "clerk", "password": PASSWORD}).status_code == 429
    account.unlock(by=cast.people.system_admin)
    assert not account.is_locked
    assert Client().post("/sign-in/", {"username": "clerk", "password": PASSWORD}).status_code == 302


def test_a_lock_that_ran_out_is_not_shown_as_a_lock(db: None) -> None:
    long_ago = timezone.now() - timedelta(minutes=16)
    tried = AccessAttempt.objects.create(
        username="clerk", ip_address="10.0.0.1", failures_since_start=5, user_agent="", get_data="", post_data=""
    )
    AccessAttempt.objects.filter(pk=tried.pk).update(attempt_time=long_ago)
    assert not locked_out().exists()


@pytest.mark.parametrize("who", ["security_admin", "audit_admin", "company_officer", "clerk"])
def test_only_the_system_administrator_keeps_accounts(cast: Cast, who: str) -> None:
    account, before = cast.people.secretary.account, AuditEntry.objects.count()
    for act in (account.disable, account.enable, account.reset_password, account.unlock, account.end_sessions):
        with pytest.raises(Refused, match="没有"):
            act(by=getattr(cast.people, who))
    assert Account.objects.get(pk=account.pk).check_password(PASSWORD)
    assert AuditEntry.objects.count() == before
    assert not Account.objects.visible_to(getattr(cast.people, who)).exists()


def test_an_administrator_cannot_shut_himself_out(cast: Cast) -> None:
    own = cast.people.system_admin.account
    with pytest.raises(Refused, match="自己的账号"):
        own.disable(by=cast.people.system_admin)
    assert Account.objects.get(pk=own.pk).is_active


# Corrections


def test_a_new_ordinal_takes_everything_below_along(cast: Cast) -> None:
    places = cast.places
    before = list(Organisation.objects.in_order().values_list("short_name", flat=True))
    assert before.index("一公司党委") < before.index("二公司党委")
    assert places.other_unit.amend(by=cast.people.system_admin, ordinal=1, short_name="二公司党委") == ["ordinal"]
    assert places.unit.amend(by=cast.people.system_admin, ordinal=5) == ["ordinal"]
    after = list(Organisation.objects.in_order().values_list("short_name", flat=True))
    assert after.index("二公司党委") < after.index("第二项目部党支部") < after.index("一公司党委")
    assert after.index("一公司党委") < after.index("第一项目部党支部") < after.index("一公司机关党支部")
    assert Organisation.objects.get(pk=places.branch.pk).path == places.branch.path


def test_what_stays_as_it_is_leaves_no_trace(cast: Cast) -> None:
    before = AuditEntry.objects.count()
    assert cast.people.clerk.amend(by=cast.people.system_admin, post="党建干事") == []
    assert AuditEntry.objects.count() == before
    assert cast.people.clerk.amend(by=cast.people.system_admin, post="组织员") == ["post"]
    assert AuditEntry.objects.latest("pk").details == {"fields": ["post"]}


@pytest.mark.parametrize("who", ["secretary", "officer", "company_officer", "leader", "security_admin", "audit_admin"])
def test_only_the_system_administrator_keeps_accounts_and_the_roster(cast: Cast, who: str) -> None:
    by, branch, clerk = getattr(cast.people, who), cast.places.branch, cast.people.clerk
    newcomer = Person.enrol(name="钱进", organisation=branch, by=cast.people.system_admin)
    for verb in (
        lambda: Account.open("qianjin", person=newcomer, password="mima-hen-chang-88", by=by),
        lambda: Person.enrol(name="孙立", organisation=branch, by=by),
        lambda: clerk.amend(by=by, post="组织员"),
        lambda: Organisation.found(
            parent=cast.places.unit, by=by, kind="branch", full_name="新支部", short_name="新支部"
        ),
        lambda: branch.amend(by=by, short_name="改名"),
    ):
        with pytest.raises(Refused, match="管理账号和人员名册"):
            verb()
    assert not Person.objects.filter(name="孙立").exists()


@pytest.mark.parametrize("who", ["secretary", "officer", "company_officer", "leader", "system_admin", "audit_admin"])
def test_only_the_security_administrator_gives_and_ends_offices(cast: Cast, who: str) -> None:
    by = getattr(cast.people, who)
    with pytest.raises(Refused, match="登记任职和免职"):
        cast.people.clerk.appoint(Role.UNIT_ORG_OFFICER, organisation=cast.places.unit, by=by)
    with pytest.raises(Refused, match="登记任职和免职"):
        cast.people.clerk.appointments.get().end(on=TODAY, by=by)
    assert cast.people.clerk.appointments.get().ends_on is None


def test_nobody_sets_another_s_password_or_way_of_filling_in(cast: Cast) -> None:
    account = cast.people.clerk.account
    for verb in (
        lambda: account.change_password("mima-hen-chang-88", by=cast.people.system_admin),
        lambda: account.choose_face("paper", by=cast.people.secretary),
    ):
        with pytest.raises(Refused, match="只能"):
            verb()
