"""The session (登录会话): one device on which somebody is signed in, listed so that it can be ended from elsewhere.

The row that keeps Django's session is the list itself, so that what is shown and what is in force cannot differ.
"""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any, Self

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.contrib.sessions.base_session import AbstractBaseSession, BaseSessionManager
from django.db import models, transaction

from dangjian.foundation import audit, clock
from dangjian.foundation.lifecycle import Refused
from dangjian.people.access import Ability
from dangjian.people.person import Person

# What a browser says of itself → what people call it; the first that fits, so the special stand before the general.
_SYSTEMS = (
    ("HarmonyOS", "鸿蒙设备"), ("Android", "安卓手机"), ("iPhone", "苹果手机"), ("iPad", "苹果平板"),
    ("Windows", "Windows 电脑"), ("Macintosh", "苹果电脑"), ("Linux", "Linux 电脑（含统信、麒麟）"),
)  # fmt: skip
_BROWSERS = (
    ("wxwork", "企业微信"), ("MicroMessenger", "微信"), ("DingTalk", "钉钉"), ("Lark", "飞书"), ("QIHU", "360 浏览器"),
    ("360SE", "360 浏览器"), ("QQBrowser", "QQ 浏览器"), ("MetaSr", "搜狗浏览器"), ("Edg", "Edge 浏览器"),
    ("Firefox", "火狐浏览器"), ("Chrome", "Chrome 浏览器"), ("Safari", "Safari 浏览器"),
)  # fmt: skip


def device_of(user_agent: str) -> str:
    """「Windows 电脑，Chrome 浏览器」, as far as the browser tells."""
    told = [
        next((words for mark, words in known if mark.lower() in user_agent.lower()), "")
        for known in (_SYSTEMS, _BROWSERS)
    ]
    return "，".join(word for word in told if word) or "其他设备"


def handle_of(session_key: str) -> str:
    """The name of a session in addresses: the key itself would let its reader in."""
    return hashlib.sha256(session_key.encode()).hexdigest()[:16]


class SessionQuerySet(models.QuerySet["Session"]):
    def visible_to(self, person: Person) -> Self:
        """One's own, and those of the accounts one manages."""
        kept = Person.objects.under(person, Ability.MANAGE_ACCOUNTS)
        own = models.Q(account__person=person) | models.Q(account__person__in=kept)
        return self.filter(own, expire_date__gt=clock.wall())

    def of(self, account: Any) -> Self:
        return self.filter(account=account, expire_date__gt=clock.wall()).order_by("-seen_at", "handle")


class Session(AbstractBaseSession):
    """A session of Django's with whose it is, on what, from where and since when."""

    account = models.ForeignKey(
        "dangjian.Account", models.CASCADE, null=True, related_name="sessions", verbose_name="账号"
    )
    handle = models.CharField("会话标识", max_length=16, unique=True)
    device = models.CharField("设备", max_length=60, blank=True)
    address = models.CharField("来源地址", max_length=64, blank=True)
    began_at = models.DateTimeField("登录时间", null=True)
    seen_at = models.DateTimeField("最近使用", null=True)

    objects = BaseSessionManager.from_queryset(SessionQuerySet)()  # type: ignore[misc]

    class Meta:
        verbose_name = "登录会话"

    def __str__(self) -> str:
        return self.device

    @classmethod
    def get_session_store_class(cls) -> type[SessionStore]:
        return SessionStore

    @transaction.atomic
    def end(self, *, by: Person) -> None:
        """That device is out at its next click. Raises Refused where it is neither one's own nor under one's care."""
        assert self.account is not None
        if by.pk != self.account.person_id and not by.can(Ability.MANAGE_ACCOUNTS, self.account.person):
            raise Refused("您没有结束这个登录会话的权限")
        self.delete()
        audit.record("account.end_session", self.account, by=by, details={"device": self.device})

    @classmethod
    @transaction.atomic
    def end_others(cls, account: Any, *, than: str, by: Person) -> int:
        """End every session of one's own account but the one with the key ``than``; how many there were."""
        if by.pk != account.person_id:
            raise Refused("您没有结束这些登录会话的权限")
        ended, _ = cls.objects.filter(account=account).exclude(session_key=than).delete()
        audit.record("account.end_other_sessions", account, by=by, details={"ended": ended})
        return int(ended)


class SessionStore(DatabaseStore):
    """Django's store in the database, whose rows say whose they are."""

    @classmethod
    def get_model_class(cls) -> type[Session]:
        return Session

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        made = super().create_model_instance(data)
        assert isinstance(made, Session)
        made.account_id = int(data[SESSION_KEY]) if SESSION_KEY in data else None
        made.handle = handle_of(made.session_key)
        made.device, made.address = data.get("device", ""), data.get("address", "")
        made.began_at, made.seen_at = _moment(data.get("began")), _moment(data.get("seen"))
        return made


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
