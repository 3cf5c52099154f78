"""The password profile: shapes, age and history, as the installation chose them."""

from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from dangjian.foundation import clock
from dangjian.foundation.lifecycle import Refused
from dangjian.people.account import Account, PastPassword, one_time_password
from dangjian.people.password_profile import PASSWORD_PROFILES
from dangjian.settings import password_profile
from tests.cast import PASSWORD, Cast

STANDARD, STRICT = PASSWORD_PROFILES["standard"], PASSWORD_PROFILES["strict"]


@pytest.fixture
def strict(settings: Any) -> None:
    settings.PASSWORD_PROFILE = STRICT


def test_the_standard_profile_asks_for_length_alone() -> None:
    assert list(STANDARD.complaints("duanduanduan")) == []
    assert list(STANDARD.complaints("duan")) == ["密码至少 12 位"]
    assert STANDARD.rules == ["至少 12 位", "不要用账号、姓名和常见密码，不能全是数字"]
    assert STANDARD.lock_text == "连续错 5 次将锁定 15 分钟"


@pytest.mark.parametrize(
    ("password", "fits"),
    [
        ("Xin2022-mima", True), ("xin2022-mima", True), ("XINMIMA2022XIN", False), ("xinmima2022xin", False),
        ("密码Ab汉字汉字汉字", True), ("Xin2-mima", False),
    ],
)  # fmt: skip
def test_the_strict_profile_asks_for_three_classes_of_four_and_ten_characters(password: str, fits: bool) -> None:
    assert (list(STRICT.complaints(password)) == []) == fits


def test_the_strict_profile_says_in_words_what_it_asks() -> None:
    assert STRICT.rules == [
        "至少 10 位", "大写字母、小写字母、数字、符号至少 3 种", "不要用账号、姓名和常见密码，不能全是数字",
        "不能与最近 5 次用过的相同", "每 90 天更换一次",
    ]  # fmt: skip


def test_an_unknown_profile_stops_the_start() -> None:
    assert password_profile("strict") is STRICT
    with pytest.raises(ImproperlyConfigured, match="只能写 standard、strict"):
        password_profile("loose")


def test_a_one_time_password_fits_every_profile() -> None:
    made = [one_time_password() for _ in range(50)]
    assert [each for each in made for profile in (STANDARD, STRICT) if list(profile.complaints(each))] == []


def test_the_same_password_again_is_no_new_password(cast: Cast) -> None:
    with pytest.raises(Refused, match="不能与现在和最近用过的密码相同"):
        cast.people.clerk.account.change_password(PASSWORD, by=cast.people.clerk)
    cast.people.clerk.account.change_password("xin-de-mima-2022", by=cast.people.clerk)
    assert not PastPassword.objects.exists()


def test_under_the_strict_profile_the_last_five_passwords_are_over(cast: Cast, strict: None) -> None:
    account = cast.people.clerk.account
    for number in range(4):
        account.change_password(f"Xin-mima-hao-{number}", by=account.person)
    with pytest.raises(Refused, match="最近用过"):
        account.change_password(PASSWORD, by=account.person)
    account.change_password("Xin-mima-hao-4", by=account.person)
    account.change_password(PASSWORD, by=account.person)
    assert account.check_password(PASSWORD)


def test_under_the_strict_profile_a_password_of_ninety_days_must_be_changed(
    cast: Cast, strict: None, settings: Any
) -> None:
    account = Account.objects.get(username="clerk")  # set on 1 August
    with clock.fixed_at("2022-10-30 08:59"):
        assert not account.has_to_change_password
    with clock.fixed_at("2022-10-30 09:00"):
        assert account.has_to_change_password
        settings.PASSWORD_PROFILE = STANDARD
        assert not account.has_to_change_password


def test_a_password_of_before_the_profiles_counts_from_the_opening_of_its_account(cast: Cast, strict: None) -> None:
    Account.objects.update(password_set_at=None)
    with clock.fixed_at("2022-10-30 09:00"):
        assert Account.objects.get(username="clerk").has_to_change_password
