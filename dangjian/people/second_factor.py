"""The second factor (二次验证): after the password, a code from an app on the phone, or a recovery code from paper."""

from __future__ import annotations

import hashlib
import unicodedata
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import models, transaction

from dangjian.foundation import audit, clock, one_time_code, secret
from dangjian.foundation.lifecycle import Reason, Refused
from dangjian.people.access import ADMINISTRATORS, Ability
from dangjian.people.account import Account, spoken_groups
from dangjian.people.person import Person

ISSUER = "党建项目化管理系统"
RECOVERY_CODES = 10
_PURPOSE = "second-factor"


class SecondFactor(models.Model):
    """One account's key, shared with the app on the phone. In force once a first code was typed back."""

    account = models.OneToOneField(Account, models.CASCADE, related_name="second_factor", verbose_name="账号")
    kept_key = models.CharField("密钥（加密保存）", max_length=255)
    begun_at = models.DateTimeField("设置时间")
    confirmed_at = models.DateTimeField("启用时间", null=True)
    # Each code is good once: nothing of this period or before is taken again.
    last_period = models.BigIntegerField("上次动态码的时段", default=0)
    failures = models.PositiveSmallIntegerField("连续输错次数", default=0)
    failed_at = models.DateTimeField("上次输错时间", null=True)

    class Meta:
        verbose_name = "二次验证"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(failures=0) | models.Q(failed_at__isnull=False), name="secondfactor_failed_when"
            )
        ]

    def __str__(self) -> str:
        return f"{self.account}的二次验证"

    @classmethod
    def of(cls, account: Account) -> SecondFactor | None:
        """The second factor in force, if the account has one."""
        return cls.objects.filter(account=account, confirmed_at__isnull=False).first()

    @classmethod
    def begun(cls, account: Account) -> SecondFactor | None:
        """The one being set up, whose key may still be shown."""
        return cls.objects.filter(account=account, confirmed_at=None).first()

    @property
    def key(self) -> str:
        """The key as one types it into the app. Raises Refused where the installation's key is another now."""
        return secret.opened(self.kept_key, _PURPOSE)

    @property
    def address(self) -> str:
        """What the app reads from the QR code."""
        return one_time_code.address_of(self.key, issuer=ISSUER, account=self.account.username)

    def codes_left(self) -> int:
        return self.account.recovery_codes.filter(used_at=None).count()

    # Verbs

    @classmethod
    @transaction.atomic
    def begin(cls, account: Account, *, by: Person) -> SecondFactor:
        """A new key, not yet in force; one begun before and never confirmed is thrown away."""
        _only_own(account, by)
        if cls.of(account) is not None:
            raise Refused("二次验证已经启用，要换手机请先停用再重新设置")
        cls.objects.filter(account=account).delete()
        return cls.objects.create(
            account=account, kept_key=secret.sealed(one_time_code.new_key(), _PURPOSE), begun_at=clock.wall()
        )

    def confirm(self, code: str, *, by: Person) -> list[str]:
        """Put it in force with a first code from the app; the recovery codes, told here and never again."""
        _only_own(self.account, by)
        self._let_through(code, first=True)
        with transaction.atomic():
            confirmed = SecondFactor.objects.filter(pk=self.pk, confirmed_at=None).update(confirmed_at=clock.wall())
            if not confirmed:
                raise Refused("二次验证已经启用")
            audit.record("account.second_factor_on", self.account, by=by)
            return self._new_codes()

    def accept(self, code: str) -> None:
        """Let one code through, from the app or from the recovery sheet. Raises Refused with the field ``code``.

        Failures are counted whoever types: after as many as the password profile says, no code is taken for a while.
        """
        self._let_through(code, first=False)

    @transaction.atomic
    def renew_codes(self, *, by: Person) -> list[str]:
        """New recovery codes; the old sheet is worth nothing from now on."""
        _only_own(self.account, by)
        audit.record("account.renew_recovery_codes", self.account, by=by)
        return self._new_codes()

    @transaction.atomic
    def remove(self, *, by: Person) -> None:
        """Password alone again: by its owner, or for a lost phone by who keeps the account."""
        if by.pk != self.account.person_id and not by.can(Ability.MANAGE_ACCOUNTS, self.account.person):
            raise Refused("您没有解除这个账号二次验证的权限")
        self.account.recovery_codes.all().delete()
        self.delete()
        audit.record("account.second_factor_off", self.account, by=by)

    # Private

    def _let_through(self, code: str, *, first: bool) -> None:
        typed = unicodedata.normalize("NFKC", code).strip().lower().replace(" ", "").replace("-", "")
        with transaction.atomic():
            # A refusal must not take the count of failures back, so it is raised after the transaction.
            refusal = SecondFactor.objects.select_for_update().get(pk=self.pk)._take(typed, first)
        if refusal:
            raise Refused(Reason(refusal, "code"))

    def _take(self, typed: str, first: bool) -> str:
        """Take the code, or count a failure; why it is not taken."""
        profile, now = settings.PASSWORD_PROFILE, clock.wall()
        if self.failed_at and now - self.failed_at >= timedelta(minutes=profile.locked):
            self.failures, self.failed_at = 0, None
        if self.failures >= profile.failures:
            return f"连续输错次数较多，请等 {profile.locked} 分钟后再试"
        if self._is_from_app(typed) or (not first and self._is_from_sheet(typed)):
            self.failures, self.failed_at = 0, None
            self.kept_key = secret.sealed(self.key, _PURPOSE)  # under today's key, where the installation's was changed
            self.save()
            return ""
        self.failures, self.failed_at = self.failures + 1, now
        self.save()
        return "动态码不正确或已用过，请看手机上最新的 6 位数字" + ("" if first else "，也可以用一个恢复码")

    def _is_from_app(self, typed: str) -> bool:
        period = one_time_code.period_of(typed, self.key, clock.wall()) if typed.isascii() else None
        if period is None or period <= self.last_period:
            return False
        self.last_period = period
        return True

    def _is_from_sheet(self, typed: str) -> bool:
        unused = self.account.recovery_codes.filter(digest=_digest(typed), used_at=None)
        return unused.update(used_at=clock.wall()) == 1

    def _new_codes(self) -> list[str]:
        codes = [spoken_groups(3) for _ in range(RECOVERY_CODES)]
        self.account.recovery_codes.all().delete()
        RecoveryCode.objects.bulk_create(
            RecoveryCode(account=self.account, digest=_digest(code.replace("-", ""))) for code in codes
        )
        return codes


class RecoveryCode(models.Model):
    """One code of the sheet that replaces a lost phone: 59 random bits, kept as a digest, good once."""

    account = models.ForeignKey(Account, models.CASCADE, related_name="recovery_codes", verbose_name="账号")
    digest = models.CharField("摘要", max_length=64)
    used_at = models.DateTimeField("使用时间", null=True)

    class Meta:
        verbose_name = "恢复码"
        constraints = [models.UniqueConstraint(fields=["account", "digest"], name="recoverycode_once")]

    def __str__(self) -> str:
        return f"{self.account}的恢复码"


def must_be_set_up(account: Account) -> bool:
    """Whether the password profile asks this account for a second factor that it does not have yet."""
    if not settings.PASSWORD_PROFILE.second_factor_for_administrators:
        return False
    administers = any(office.role in ADMINISTRATORS for office in account.person.offices())
    return administers and SecondFactor.of(account) is None


def _only_own(account: Account, by: Any) -> None:
    if by.pk != account.person_id:
        raise Refused("二次验证由本人设置")


def _digest(code: str) -> str:
    return hashlib.sha256(code.encode()).hexdigest()
