"""The second factor: set up by its owner, each code good once, recovery codes, and too many wrong ones."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from dangjian.foundation import clock, one_time_code
from dangjian.foundation.audit import AuditEntry
from dangjian.foundation.lifecycle import Refused
from dangjian.people.account import Account
from dangjian.people.password_profile import PASSWORD_PROFILES
from dangjian.people.second_factor import RecoveryCode, SecondFactor, must_be_set_up
from tests.cast import Cast

NOW = datetime(2022, 8, 24, 9, tzinfo=clock.BEIJING)


def shown(factor: SecondFactor, periods: int = 0) -> str:
    """What the app on the phone shows now, or so many periods later."""
    return one_time_code.code_of(factor.key, one_time_code.period_at(clock.wall()) + periods)


def set_up(account: Account) -> tuple[SecondFactor, list[str]]:
    begun = SecondFactor.begin(account, by=account.person)
    codes = begun.confirm(shown(begun), by=account.person)
    factor = SecondFactor.of(account)
    assert factor is not None
    return factor, codes


def test_it_is_in_force_once_a_first_code_was_typed_back(cast: Cast) -> None:
    account = cast.people.clerk.account
    begun = SecondFactor.begin(account, by=account.person)
    assert SecondFactor.of(account) is None
    with pytest.raises(Refused, match="动态码不正确"):
        begun.confirm("000000", by=account.person)
    assert SecondFactor.of(account) is None
    codes = begun.confirm(shown(begun), by=account.person)
    assert SecondFactor.of(account) == begun
    assert len(set(codes)) == 10
    with pytest.raises(Refused, match="已经启用"):
        SecondFactor.begin(account, by=account.person)


def test_beginning_again_before_the_first_code_makes_a_new_key(cast: Cast) -> None:
    account = cast.people.clerk.account
    first = SecondFactor.begin(account, by=account.person).key
    assert SecondFactor.begin(account, by=account.person).key != first
    assert SecondFactor.objects.filter(account=account).count() == 1


def test_each_code_is_good_once(cast: Cast) -> None:
    factor, _ = set_up(cast.people.clerk.account)
    with pytest.raises(Refused, match="已用过"):
        factor.accept(shown(factor))
    factor.accept(shown(factor, 1))
    with clock.fixed_at(NOW + timedelta(seconds=30)), pytest.raises(Refused):
        factor.accept(shown(factor))
    with clock.fixed_at(NOW + timedelta(seconds=60)):
        factor.accept(f" {shown(factor)[:3]} {shown(factor)[3:]} ")


def test_a_recovery_code_is_good_once_however_it_is_typed(cast: Cast) -> None:
    factor, codes = set_up(cast.people.clerk.account)
    factor.accept(codes[0].upper().replace("-", " "))
    assert factor.codes_left() == 9
    with pytest.raises(Refused, match="恢复码"):
        factor.accept(codes[0])
    factor.renew_codes(by=cast.people.clerk)
    with pytest.raises(Refused):
        factor.accept(codes[1])
    assert factor.codes_left() == 10


def test_after_five_wrong_codes_none_is_taken_for_a_quarter_of_an_hour(cast: Cast) -> None:
    factor, codes = set_up(cast.people.clerk.account)
    for _ in range(5):
        with pytest.raises(Refused, match="不正确"):
            factor.accept("000000")
    for good in (shown(factor, 1), codes[0]):
        with pytest.raises(Refused, match="请等 15 分钟"):
            factor.accept(good)
    with clock.fixed_at(NOW + timedelta(minutes=15)):
        factor.accept(codes[0])


def test_neither_key_nor_codes_stand_in_the_tables_or_the_trail(cast: Cast) -> None:
    factor, codes = set_up(cast.people.clerk.account)
    stored = str([*SecondFactor.objects.values(), *RecoveryCode.objects.values(), *AuditEntry.objects.values()])
    assert factor.key not in stored
    assert not any(code in stored or code.replace("-", "") in stored for code in codes)


def test_a_code_taken_under_a_new_installation_key_seals_the_secret_anew(cast: Cast, settings: Any) -> None:
    factor, _ = set_up(cast.people.clerk.account)
    key = factor.key
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "the new key"
    factor.accept(shown(factor, 1))
    settings.SECRET_KEY_FALLBACKS = []
    assert SecondFactor.objects.get(pk=factor.pk).key == key


def test_only_its_owner_sets_it_up_and_who_keeps_the_account_takes_it_off(cast: Cast) -> None:
    account, admin = cast.people.clerk.account, cast.people.system_admin
    with pytest.raises(Refused, match="由本人设置"):
        SecondFactor.begin(account, by=admin)
    factor, _ = set_up(account)
    for other in (cast.people.secretary, cast.people.security_admin):
        with pytest.raises(Refused, match="没有解除"):
            factor.remove(by=other)
    with pytest.raises(Refused, match="由本人设置"):
        factor.renew_codes(by=admin)
    factor.remove(by=admin)
    assert SecondFactor.of(account) is None
    assert not RecoveryCode.objects.exists()
    told = AuditEntry.objects.filter(noun="account").order_by("pk").values_list("action", "actor_id")
    assert list(told)[-2:] == [
        ("account.second_factor_on", cast.people.clerk.pk), ("account.second_factor_off", admin.pk),
    ]  # fmt: skip


def test_the_strict_profile_asks_administrators_for_it(cast: Cast, settings: Any) -> None:
    admin, clerk = cast.people.audit_admin.account, cast.people.clerk.account
    assert not must_be_set_up(admin)
    settings.PASSWORD_PROFILE = PASSWORD_PROFILES["strict"]
    assert must_be_set_up(admin)
    assert not must_be_set_up(clerk)
    set_up(admin)
    assert not must_be_set_up(admin)
