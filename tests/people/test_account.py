"""The account: one for each person, a name that can be typed either way, a password that is not the name."""

import json
from collections.abc import Callable

import pytest

from dangjian.foundation import clock
from dangjian.foundation.audit import AuditEntry
from dangjian.foundation.lifecycle import Refused
from dangjian.people.access import Role
from dangjian.people.account import Account, first_administrator
from dangjian.people.organisation import Kind, Organisation
from dangjian.people.person import Person
from tests.cast import PASSWORD, Cast

STRONG = "zhedian-8-ji-gangtie"


def newcomer(cast: Cast, name: str = "新人") -> Person:
    return Person.enrol(name=name, organisation=cast.places.branch, by=cast.people.system_admin)


def opened(cast: Cast, username: str = "new.comer", password: str = STRONG) -> Account:
    return Account.open(username, person=newcomer(cast), password=password, by=cast.people.system_admin)


def test_an_account_is_opened_for_a_person_who_must_choose_a_password(cast: Cast) -> None:
    account = opened(cast)
    assert (account.person.name, account.is_active, account.must_change_password) == ("新人", True, True)
    assert account.check_password(STRONG)
    row = AuditEntry.objects.get(action="account.open", noun_id=account.pk)
    assert row.actor_id == cast.people.system_admin.pk


@pytest.mark.parametrize(
    "username", ["", "ab", "a" * 41, "新人", "new comer", ".new", "-new", "new@corp", "new/..", "\uff41\uff42\uff43"]
)
def test_a_name_that_cannot_be_typed_everywhere_is_refused_at_its_field(cast: Cast, username: str) -> None:
    with pytest.raises(Refused) as refused:
        opened(cast, username)
    assert {reason.field for reason in refused.value.reasons} == {"username"}
    assert not Account.objects.filter(person__name="新人").exists()


@pytest.mark.parametrize("username", ["abc", "a-1", "wang.wei", "3bu_dangzhibu", "a" * 40])
def test_a_plain_name_is_taken_without_the_space_around_it(cast: Cast, username: str) -> None:
    assert opened(cast, f" {username}\n").username == username


def test_upper_and_lower_case_are_one(cast: Cast) -> None:
    account = opened(cast, "New.Comer")
    assert account.username == "new.comer"
    assert Account.objects.get_by_natural_key("NEW.comer") == account
    with pytest.raises(Refused, match="这个账号已有人使用"):
        opened(cast, "NEW.COMER")


def test_a_person_has_one_account(cast: Cast) -> None:
    with pytest.raises(Refused) as refused:
        Account.open("second-name", person=cast.people.clerk, password=STRONG, by=cast.people.system_admin)
    assert [reason.field for reason in refused.value.reasons] == ["person"]


@pytest.mark.parametrize(
    ("password", "said"),
    [
        ("", "密码至少 12 位"),
        ("short-8-key", "密码至少 12 位"),
        ("123456789012", "密码不能全是数字"),
        ("1q2w3e4r5t6y", "密码太常见，请换一个"),
        ("new.comer.2022", "密码不要与账号、姓名相近"),
    ],
)
def test_a_weak_password_is_refused_at_its_field_and_opens_nothing(cast: Cast, password: str, said: str) -> None:
    with pytest.raises(Refused) as refused:
        opened(cast, password=password)
    assert [(reason.field, reason.text) for reason in refused.value.reasons] == [("password", said)]
    assert not Account.objects.filter(username="new.comer").exists()


def test_every_fault_of_a_password_is_told_at_once(cast: Cast) -> None:
    with pytest.raises(Refused) as refused:
        opened(cast, password="12345678")
    assert {reason.text for reason in refused.value.reasons} == {
        "密码至少 12 位", "密码太常见，请换一个", "密码不能全是数字",
    }  # fmt: skip


def test_a_changed_password_holds_and_need_not_be_changed_again(cast: Cast) -> None:
    account = opened(cast)
    account.change_password("xin-de-mima-9-hao", by=account.person)
    stored = Account.objects.get(pk=account.pk)
    assert stored.check_password("xin-de-mima-9-hao")
    assert not stored.check_password(STRONG)
    assert not stored.must_change_password


def test_a_weak_new_password_leaves_the_old_one(cast: Cast) -> None:
    account = opened(cast)
    with pytest.raises(Refused, match="12"):
        account.change_password("tai-duan", by=account.person)
    assert Account.objects.get(pk=account.pk).check_password(STRONG)


def test_no_password_is_written_down_anywhere(cast: Cast) -> None:
    account = opened(cast)
    account.change_password("xin-de-mima-9-hao", by=account.person)
    assert account.password.startswith("argon2")
    trail = json.dumps([row.details for row in AuditEntry.objects.all()])
    assert not any(secret in trail + account.password for secret in (STRONG, PASSWORD, "xin-de-mima"))


# The first administrator


def test_the_first_administrator_is_made_once(cast: Cast) -> None:
    before = (Account.objects.count(), Person.objects.count(), Organisation.objects.count())
    with pytest.raises(Refused, match="首个管理员只能建立一次"):
        first_administrator("intruder", name="外人", company="外公司党委", password=STRONG, security="外人")
    assert (Account.objects.count(), Person.objects.count(), Organisation.objects.count()) == before


def test_the_first_administrator_makes_the_company_and_may_do_no_business(cast: Cast) -> None:
    admin, company = cast.people.system_admin, cast.places.company
    assert (company.kind, company.parent, company.may_establish) == (Kind.COMMITTEE, None, True)
    assert company.full_name == "中共华川建设集团有限公司委员会"
    assert [(office.role, office.organisation, office.with_subtree) for office in admin.offices()] == [
        (Role.SYSTEM_ADMIN, company, True)
    ]
    assert admin.scopes() == []
    assert not admin.account.must_change_password


def test_nobody_may_do_anything_but_at_set_up(cast: Cast) -> None:
    company, clerk = cast.places.company, cast.people.clerk
    before = (Account.objects.count(), Person.objects.count(), Organisation.objects.count(), AuditEntry.objects.count())
    unasked: list[Callable[[], object]] = [
        lambda: Organisation.found(parent=company, by=None, kind=Kind.BRANCH, full_name="支部", short_name="支部"),
        lambda: company.amend(by=None, short_name="别名"),
        lambda: Person.enrol(name="外人", organisation=company, by=None),
        lambda: clerk.amend(by=None, post="书记"),
        lambda: clerk.appoint(Role.COMPANY_ORG_OFFICER, organisation=company, by=None),
        lambda: clerk.appointments.get().end(on=clock.today(), by=None),
        lambda: Account.open("intruder", person=clerk, password=STRONG, by=None),
    ]
    for verb in unasked:
        with pytest.raises(Refused, match="权限"):
            verb()
    after = (Account.objects.count(), Person.objects.count(), Organisation.objects.count(), AuditEntry.objects.count())
    assert after == before


def test_an_empty_installation_founds_no_company_by_nobody_but_at_set_up(cast: Cast) -> None:
    Account.objects.all().delete()
    with pytest.raises(Refused, match="权限"):
        Person.enrol(name="外人", organisation=cast.places.company, by=None)


def test_set_up_gives_the_security_administrator_too_who_may_then_be_given_an_account(cast: Cast) -> None:
    Account.objects.all().delete()
    admin = first_administrator("admin", name="安明", company="公司党委", password=STRONG, security="郭守正").person
    keeper = Person.objects.get(name="郭守正")
    assert [office.role for office in keeper.offices()] == [Role.SECURITY_ADMIN]
    Account.open("guo", person=keeper, password=PASSWORD, by=admin)
    Person.enrol(name="马文静", organisation=cast.places.company, by=admin).appoint(
        Role.COMPANY_ORG_OFFICER, organisation=cast.places.company, by=keeper
    )


def test_a_company_that_is_already_there_is_not_made_anew(cast: Cast) -> None:
    Account.objects.all().delete()
    made = first_administrator("admin", name="安明", company="另一个名称", password=STRONG, security="安保")
    assert made.person.organisation == cast.places.company


def test_a_first_administrator_with_a_weak_password_makes_nothing(cast: Cast) -> None:
    Account.objects.all().delete()
    before = Person.objects.count()
    with pytest.raises(Refused):
        first_administrator("admin", name="安明", company="公司党委", password="12345678", security="安保")
    assert Person.objects.count() == before
