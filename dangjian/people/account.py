"""The account (账号): how a person signs in. Rights hang on the person's appointments, never on the account."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models, transaction

from dangjian.foundation import audit, clock
from dangjian.foundation.lifecycle import Reason, Refused, checked
from dangjian.people.access import Role
from dangjian.people.organisation import Kind, Organisation
from dangjian.people.person import Person

# The library's own sentences are not all translated.
_WHY = {
    "password_too_short": "密码至少 12 位",
    "password_too_similar": "密码不要与账号、姓名相近",
    "password_too_common": "密码太常见，请换一个",
    "password_entirely_numeric": "密码不能全是数字",
}


class AccountManager(BaseUserManager["Account"]):
    def get_by_natural_key(self, username: str | None) -> Account:
        """Upper and lower case are one: people type either."""
        return self.get(username=(username or "").lower())


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
    created_at = models.DateTimeField("开通时间")

    objects = AccountManager()

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS = []

    class Meta:
        verbose_name = "账号"

    def __str__(self) -> str:
        return self.username

    @classmethod
    @transaction.atomic
    def open(
        cls, username: str, *, person: Person, password: str, by: Any, must_change_password: bool = True
    ) -> Account:
        """Open an account. Raises Refused with the field at fault."""
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
        """Set a new password. Raises Refused where the password rules are not met."""
        self._set_checked_password(password)
        self.must_change_password = False
        self.save(update_fields=["password", "must_change_password"])
        audit.record("account.change_password", self, by=by)

    def _set_checked_password(self, password: str) -> None:
        try:
            validate_password(password, self)
        except ValidationError as wrong:
            raise Refused(*(Reason(_WHY[fault.code or ""], "password") for fault in wrong.error_list)) from wrong
        self.set_password(password)


@transaction.atomic
def first_administrator(username: str, *, name: str, company: str, password: str) -> Account:
    """Make the company and its system administrator. Works once, on an installation that has no account yet."""
    if Account.objects.exists():
        raise Refused("本系统已有账号，首个管理员只能建立一次")
    top = Organisation.objects.filter(parent=None).first() or Organisation.found(
        parent=None, by=None, kind=Kind.COMMITTEE, full_name=company, short_name=company, may_establish=True
    )
    person = Person.enrol(name=name, organisation=top, by=None)
    person.appoint(Role.SYSTEM_ADMIN, organisation=top, by=None, with_subtree=True)
    return Account.open(username, person=person, password=password, by=None, must_change_password=False)
