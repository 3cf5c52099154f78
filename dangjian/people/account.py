"""The account (账号): how a person signs in. Rights hang on the person's appointments, never on the account."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any, Self

from axes.attempts import get_cool_off_threshold
from axes.models import AccessAttempt
from axes.signals import user_locked_out
from axes.utils import reset as forget_failures
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.hashers import check_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models, transaction
from django.dispatch import receiver
from django.utils.crypto import constant_time_compare, salted_hmac

from dangjian.foundation import audit, clock
from dangjian.foundation.lifecycle import Reason, Refused, checked
from dangjian.people.access import Ability, Role, demand, setting_up
from dangjian.people.organisation import Kind, Organisation
from dangjian.people.person import Person

# The library's own sentences are not all translated.
_WHY = {
    "password_too_similar": "密码不要与账号、姓名相近",
    "password_too_common": "密码太常见，请换一个",
    "password_entirely_numeric": "密码不能全是数字",
}


# Neither 0 and o nor 1, l and i: the password is read out or copied from paper once.
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


def spoken_groups(groups: int) -> str:
    """Random groups of four characters, nearly 20 bits each, that can be read out and typed without a mistake."""
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(groups))


def one_time_password() -> str:
    """A random first password, good for one sign-in, about 79 bits; with a digit, for profiles that ask for classes."""
    made = spoken_groups(4)
    return made if any(ch.isdigit() for ch in made) else one_time_password()


class AccountQuerySet(models.QuerySet["Account"]):
    def visible_to(self, person: Person) -> Self:
        """The accounts of the people whose accounts ``person`` manages."""
        return self.filter(person__in=Person.objects.under(person, Ability.MANAGE_ACCOUNTS))


class AccountManager(BaseUserManager.from_queryset(AccountQuerySet)["Account"]):  # type: ignore[misc]
    def get_by_natural_key(self, username: str | None) -> Account:
        """Upper and lower case are one: people type either."""
        found: Account = self.get(username=(username or "").lower())
        return found


class FormFace(models.TextChoices):
    """How somebody likes to fill in the application: three faces of one form."""

    GUIDED = "guided", "引导填写"
    SPLIT = "split", "边填边看"
    PAPER = "paper", "按表样填写"


class Account(AbstractBaseUser):
    """A sign-in name with its password. At most one for each person."""

    username = models.CharField(
        "账号", max_length=40, unique=True,
        validators=[RegexValidator(r"^[a-z0-9][a-z0-9._-]{2,39}$", "账号用 3 至 40 位小写字母、数字、点、横线")],
        error_messages={"unique": "这个账号已有人使用"},
    )  # fmt: skip
    person = models.OneToOneField(Person, models.PROTECT, related_name="account", verbose_name="人员")
    is_active = models.BooleanField("启用", default=True)
    must_change_password = models.BooleanField("须改密码", default=False)
    password_set_at = models.DateTimeField("密码设定时间", null=True)
    created_at = models.DateTimeField("开通时间")
    session_round = models.PositiveIntegerField("登录批次", default=0)
    form_face = models.CharField("填表方式", max_length=10, choices=FormFace, default=FormFace.GUIDED)

    objects = AccountManager()

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS = []

    class Meta:
        verbose_name = "账号"

    def __str__(self) -> str:
        return self.username

    def get_session_auth_hash(self) -> str:
        """What every session of this account must match at each click; a new round ends them all."""
        known = f"{self.password}:{self.session_round}"
        return salted_hmac("dangjian.account.session", known, algorithm="sha256").hexdigest()

    @classmethod
    def still_as(cls, pk: int, mark: str) -> Account | None:
        """The open account, if its password is still the one of the moment when ``mark`` was its session hash."""
        found: Account | None = cls.objects.filter(pk=pk, is_active=True).select_related("person").first()
        return found if found and constant_time_compare(found.get_session_auth_hash(), mark) else None

    @property
    def has_to_change_password(self) -> bool:
        """Whether nothing else is open to the account: a first password, or one older than the profile allows."""
        return self.must_change_password or self.password_is_old

    @property
    def password_is_old(self) -> bool:
        days = settings.PASSWORD_PROFILE.expires
        since = self.password_set_at or self.created_at
        return bool(days) and clock.now() - since >= timedelta(days=days)

    @property
    def is_locked(self) -> bool:
        """Whether sign-in is closed from some address after too many wrong passwords."""
        return locked_out().filter(username=self.username).exists()

    @classmethod
    @transaction.atomic
    def open(
        cls, username: str, *, person: Person, password: str, by: Any, must_change_password: bool = True
    ) -> Account:
        """Open an account. Raises Refused with the field at fault."""
        demand(by, Ability.MANAGE_ACCOUNTS, person)
        made = cls(
            username=username.strip().lower(), person=person, created_at=clock.now(),
            must_change_password=must_change_password,
        )  # fmt: skip
        made._set_checked_password(password)
        checked(made)
        made.save()
        audit.record("account.open", made, by=by)
        return made

    @transaction.atomic
    def change_password(self, password: str, *, by: Person) -> None:
        """Set a new password of one's own. Raises Refused where the password rules are not met."""
        if by.pk != self.person_id:
            raise Refused("只能修改自己的密码；别人的请由系统管理员重置")
        self._set_checked_password(password)
        self.must_change_password = False
        self.save(update_fields=["password", "password_set_at", "must_change_password"])
        audit.record("account.change_password", self, by=by)

    @transaction.atomic
    def choose_face(self, face: str, *, by: Person) -> None:
        """Remember how one fills in applications."""
        if by.pk != self.person_id:
            raise Refused("只能选择自己的填写方式")
        if face not in FormFace:
            raise Refused("没有这种填表方式")
        if face != self.form_face:
            self.form_face = face
            self.save(update_fields=["form_face"])
            audit.record("account.choose_face", self, by=by, details={"face": face})

    # What the system administrator does to it

    @transaction.atomic
    def disable(self, *, by: Person) -> None:
        """No more signing in, and out at the next click."""
        self._keep_to("停用", by)
        self.sessions.all().delete()
        self._change("disable", by, is_active=False, session_round=self.session_round + 1)

    @transaction.atomic
    def enable(self, *, by: Person) -> None:
        """Signing in works again, with the password of before."""
        self._keep_to("启用", by)
        self._change("enable", by, is_active=True)

    @transaction.atomic
    def reset_password(self, *, by: Person) -> str:
        """A new one-time password, told here and never again; every session ends."""
        self._keep_to("重置", by)
        password = one_time_password()
        self._set_checked_password(password)
        self.sessions.all().delete()
        self._change(
            "reset_password", by, password=self.password, password_set_at=self.password_set_at,
            must_change_password=True, session_round=self.session_round + 1,
        )  # fmt: skip
        forget_failures(username=self.username)
        return password

    @transaction.atomic
    def unlock(self, *, by: Person) -> None:
        """Forget the wrong passwords, from whatever address they came."""
        self._keep_to("解锁", by)
        forget_failures(username=self.username)
        self._change("unlock", by)

    @transaction.atomic
    def end_sessions(self, *, by: Person) -> None:
        """Whoever is signed in with this account, on whatever device, is out at the next click."""
        self._keep_to("强制退出", by)
        self.sessions.all().delete()
        self._change("end_sessions", by, session_round=self.session_round + 1)

    def _keep_to(self, what: str, by: Person) -> None:
        if not by.can(Ability.MANAGE_ACCOUNTS, self.person):
            raise Refused(f"您没有{what}这个账号的权限")
        if by.pk == self.person_id:
            raise Refused(f"不能{what}自己的账号，请由另一位系统管理员办理")

    def _change(self, what: str, by: Person, **values: Any) -> None:
        for field, value in values.items():
            setattr(self, field, value)
        if values:
            self.save(update_fields=list(values))
        audit.record(f"account.{what}", self, by=by)

    def _set_checked_password(self, password: str) -> None:
        """Set it where the profile and the library have nothing against it; the one before is remembered."""
        faults = list(settings.PASSWORD_PROFILE.complaints(password))
        try:
            validate_password(password, self)
        except ValidationError as wrong:
            faults += [_WHY[fault.code or ""] for fault in wrong.error_list]
        if not faults and self._was_used(password):
            faults.append("新密码不能与现在和最近用过的密码相同")
        if faults:
            raise Refused(*(Reason(fault, "password") for fault in faults))
        if self.pk and settings.PASSWORD_PROFILE.history > 1:
            PastPassword.objects.create(account=self, hashed=self.password, until=clock.now())
        self.set_password(password)
        self.password_set_at = clock.now()

    def _was_used(self, password: str) -> bool:
        if not self.pk:
            return False
        past = self.past_passwords.order_by("-pk").values_list("hashed", flat=True)
        known = [self.password, *past[: settings.PASSWORD_PROFILE.history - 1]]
        return any(check_password(password, hashed) for hashed in known)


class PastPassword(models.Model):
    """A password of before, as its hash: kept only where the profile forbids using one again."""

    account = models.ForeignKey(Account, models.CASCADE, related_name="past_passwords", verbose_name="账号")
    hashed = models.CharField("密码摘要", max_length=128)
    until = models.DateTimeField("停用时间")

    class Meta:
        verbose_name = "用过的密码"

    def __str__(self) -> str:
        return f"{self.account}用过的密码"


def locked_out() -> models.QuerySet[Any]:
    """The failed attempts that keep an account closed from an address for the time being.

    The library has a row for each browser at an address, and locks by their sum.
    """
    found: models.QuerySet[Any] = (
        AccessAttempt.objects.filter(attempt_time__gte=_cool_off_began())
        .values("username", "ip_address")
        .annotate(failures=models.Sum("failures_since_start"))
        .filter(failures__gte=settings.AXES_FAILURE_LIMIT)
    )
    return found


def _cool_off_began() -> datetime:
    began: datetime = get_cool_off_threshold(SimpleNamespace(axes_attempt_time=None))  # the library's way to say "now"
    return began


@receiver(user_locked_out)
def _write_lock_down(sender: Any, username: str, **told: Any) -> None:
    """Once for each lock: the library says so again at every further attempt."""
    account = Account.objects.filter(username=username).select_related("person").first()
    if account is None:
        return
    said = audit.AuditEntry.objects.filter(noun="account", noun_id=account.pk)
    since = clock.now() - timedelta(minutes=settings.PASSWORD_PROFILE.locked)
    last = said.filter(action__in=("account.lock_out", "account.unlock"), at__gte=since).order_by("pk").last()
    if last is None or last.action == "account.unlock":
        audit.record("account.lock_out", account, by=None)


@transaction.atomic
def first_administrator(username: str, *, name: str, company: str, password: str, security: str) -> Account:
    """Make the company, its system administrator with an account, and the office of its security administrator.

    Whose name ``security`` is can be given an account by the first and offices to everybody else. Works once, on an
    installation that has no account yet.
    """
    if Account.objects.exists():
        raise Refused("本系统已有账号，首个管理员只能建立一次")
    with setting_up():
        return _made_first(username, name=name, company=company, password=password, security=security)


def _made_first(username: str, *, name: str, company: str, password: str, security: str) -> Account:
    top = Organisation.objects.filter(parent=None).first() or Organisation.found(
        parent=None, by=None, kind=Kind.COMMITTEE, full_name=company, short_name=company, may_establish=True
    )
    person = Person.enrol(name=name, organisation=top, by=None)
    person.appoint(Role.SYSTEM_ADMIN, organisation=top, by=None, with_subtree=True)
    keeper = Person.enrol(name=security, organisation=top, by=None)
    keeper.appoint(Role.SECURITY_ADMIN, organisation=top, by=None, with_subtree=True)
    return Account.open(username, person=person, password=password, by=None, must_change_password=False)
