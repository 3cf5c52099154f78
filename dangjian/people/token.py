"""The token (访问令牌): how a program acts for a person, with the person's own rights and never more."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta
from typing import Any, Self

from django.db import models, transaction

from dangjian.foundation import audit, clock
from dangjian.foundation.lifecycle import Reason, Refused
from dangjian.people.access import Ability
from dangjian.people.account import Account
from dangjian.people.person import Person
from dangjian.people.second_factor import must_be_set_up

PREFIX = "dj_"  # so that one left in a file or a chat is known for what it is
LIFETIMES = (30, 90, 365)
"""Days that a token may live."""
MOST = 10
"""Tokens that one account may hold at a time."""
_NOTED_EVERY = timedelta(hours=1)


class TokenQuerySet(models.QuerySet["Token"]):
    def visible_to(self, person: Person) -> Self:
        """One's own, and those of the accounts one manages."""
        kept = Person.objects.under(person, Ability.MANAGE_ACCOUNTS)
        return self.filter(models.Q(account__person=person) | models.Q(account__person__in=kept))

    def of(self, account: Account) -> Self:
        """The account's tokens that let somebody in today, the newest first."""
        in_force = self.filter(account=account, session_round=account.session_round, expires_at__gt=clock.wall())
        return in_force.order_by("-created_at", "-pk")


class Token(models.Model):
    """A secret that stands for one account until it expires, kept as a digest.

    It belongs to the round of sign-ins in which it was made: disabling the account, resetting its password or
    signing it out everywhere ends its tokens too.
    """

    account = models.ForeignKey(Account, models.CASCADE, related_name="tokens", verbose_name="账号")
    name = models.CharField("用途", max_length=40)
    digest = models.CharField("摘要", max_length=64, unique=True)
    reads_only = models.BooleanField("只能查看", default=True)
    session_round = models.PositiveIntegerField("登录批次")
    created_at = models.DateTimeField("建立时间")
    expires_at = models.DateTimeField("到期时间")
    used_at = models.DateTimeField("最近使用", null=True)

    objects = TokenQuerySet.as_manager()

    class Meta:
        verbose_name = "访问令牌"

    def __str__(self) -> str:
        return self.name

    @classmethod
    @transaction.atomic
    def issue(cls, account: Account, *, name: str, days: int, reads_only: bool, by: Any) -> tuple[Token, str]:
        """A new token and its secret, told here and never again. Raises Refused with the field at fault."""
        if by.pk != account.person_id:
            raise Refused("访问令牌只能由本人建立")
        if not account.is_active or account.has_to_change_password or must_be_set_up(account):
            raise Refused("请先登录系统，按要求改好密码、设好二次验证，再建立令牌")
        name = " ".join(name.split())
        faults = [Reason("请写明用途，如“月报自动取数”", "name")] if not name else []
        faults += [Reason("用途最多 40 字", "name")] if len(name) > 40 else []
        faults += (
            [Reason(f"有效期请从 {'、'.join(map(str, LIFETIMES))} 天中选择", "days")] if days not in LIFETIMES else []
        )
        if cls.objects.of(account).count() >= MOST:
            faults.append(Reason(f"每个账号最多 {MOST} 个令牌，请先停用不再使用的"))
        if faults:
            raise Refused(*faults)
        key, now = PREFIX + secrets.token_urlsafe(32), clock.wall()
        made = cls.objects.create(
            account=account, name=name, digest=_digest(key), reads_only=reads_only,
            session_round=account.session_round, created_at=now, expires_at=now + timedelta(days=days),
        )  # fmt: skip
        audit.record("token.issue", account, by=by, details={"token": made.pk, "days": days, "reads_only": reads_only})
        return made, key

    @transaction.atomic
    def revoke(self, *, by: Any) -> None:
        """It lets nobody in any more. Raises Refused where it is neither one's own nor under one's care."""
        if by.pk != self.account.person_id and not by.can(Ability.MANAGE_ACCOUNTS, self.account.person):
            raise Refused("您没有停用这个令牌的权限")
        audit.record("token.revoke", self.account, by=by, details={"token": self.pk})
        self.delete()

    @classmethod
    def recognise(cls, key: str) -> Token | None:
        """The token with this secret, if it lets its owner in now."""
        found = cls.objects.filter(digest=_digest(key)).select_related("account__person__organisation").first()
        if found is None or found.expires_at <= clock.wall():
            return None
        account = found.account
        lets_in = account.is_active and account.session_round == found.session_round
        return found if lets_in and not account.has_to_change_password and not must_be_set_up(account) else None

    def note_use(self) -> None:
        """That it was used just now, at most once an hour: it costs a write."""
        now = clock.wall()
        if self.used_at is None or now - self.used_at >= _NOTED_EVERY:
            Token.objects.filter(pk=self.pk).update(used_at=now)


def _digest(key: str) -> str:
    # 256 random bits need neither salt nor a slow hash.
    return hashlib.sha256(key.encode()).hexdigest()
