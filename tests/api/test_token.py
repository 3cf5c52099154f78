"""Tokens: made by their owner, told once, in force no longer than the account's sign-ins."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from dangjian.foundation import clock
from dangjian.foundation.audit import AuditEntry
from dangjian.foundation.lifecycle import Refused
from dangjian.people.account import Account
from dangjian.people.person import Person
from dangjian.people.token import MOST, Token
from tests.cast import Cast

Made = Callable[..., Any]
NOW = datetime(2022, 8, 24, 9, tzinfo=clock.BEIJING)


def issued(person: Person, **changed: Any) -> tuple[Token, str]:
    return Token.issue(person.account, **{"name": "月报取数", "days": 90, "reads_only": True, "by": person} | changed)


def test_the_secret_is_told_once_and_kept_as_a_digest(cast: Cast) -> None:
    token, key = issued(cast.people.clerk)
    assert Token.recognise(key) == token
    assert key not in str(Token.objects.values_list())
    assert key not in str(list(AuditEntry.objects.values_list("details", flat=True)))
    assert AuditEntry.objects.latest("pk").action == "token.issue"


@pytest.mark.parametrize("wrong", [{"name": " "}, {"name": "长" * 41}, {"days": 366}, {"days": 0}])
def test_purpose_and_lifetime_are_checked_at_their_field(cast: Cast, wrong: dict[str, Any]) -> None:
    with pytest.raises(Refused) as refused:
        issued(cast.people.clerk, **wrong)
    assert [reason.field for reason in refused.value.reasons] == list(wrong)


def test_nobody_makes_a_token_for_another(cast: Cast) -> None:
    with pytest.raises(Refused, match="本人"):
        Token.issue(cast.people.clerk.account, name="代办", days=30, reads_only=True, by=cast.people.system_admin)


def test_an_account_with_a_first_password_has_no_token(cast: Cast) -> None:
    Account.objects.filter(person=cast.people.clerk).update(must_change_password=True)
    with pytest.raises(Refused, match="先登录"):
        issued(Person.objects.get(pk=cast.people.clerk.pk))


def test_an_account_holds_ten_tokens_at_most(cast: Cast) -> None:
    for _ in range(MOST):
        issued(cast.people.clerk)
    with pytest.raises(Refused, match="最多 10 个"):
        issued(cast.people.clerk)


@pytest.mark.parametrize("verb", ["disable", "reset_password", "end_sessions"])
def test_what_ends_the_sign_ins_ends_the_tokens(cast: Cast, verb: str) -> None:
    _, key = issued(cast.people.clerk)
    getattr(cast.people.clerk.account, verb)(by=cast.people.system_admin)
    assert Token.recognise(key) is None
    assert not Token.objects.of(Account.objects.get(person=cast.people.clerk)).exists()


def test_enabling_again_does_not_bring_an_old_token_back(cast: Cast) -> None:
    _, key = issued(cast.people.clerk)
    account = cast.people.clerk.account
    account.disable(by=cast.people.system_admin)
    account.enable(by=cast.people.system_admin)
    assert Token.recognise(key) is None


def test_a_token_ends_on_its_day_to_the_second(cast: Cast) -> None:
    _, key = issued(cast.people.clerk, days=30)
    with clock.fixed_at(NOW + timedelta(days=30) - timedelta(seconds=1)):
        assert Token.recognise(key) is not None
    with clock.fixed_at(NOW + timedelta(days=30)):
        assert Token.recognise(key) is None


def test_its_owner_and_the_keeper_of_the_account_end_it_and_nobody_else(cast: Cast) -> None:
    token, key = issued(cast.people.clerk)
    for stranger in (cast.people.secretary, cast.people.security_admin):
        with pytest.raises(Refused):
            token.revoke(by=stranger)
        assert not Token.objects.visible_to(stranger).exists()
    token.revoke(by=cast.people.system_admin)
    assert Token.recognise(key) is None


def test_its_use_is_noted_once_an_hour(cast: Cast, program: Made) -> None:
    asking = program(cast.people.clerk)
    asking.get("me")
    first = Token.objects.get().used_at
    assert first == NOW
    with clock.fixed_at(NOW + timedelta(minutes=59)):
        asking.get("me")
        assert Token.objects.get().used_at == first
    with clock.fixed_at(NOW + timedelta(minutes=60)):
        asking.get("me")
        assert Token.objects.get().used_at == NOW + timedelta(minutes=60)
