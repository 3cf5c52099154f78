"""The download (下载): an export too long to wait for, made by the worker and kept for its owner for seven days."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from secrets import token_hex
from typing import Any, Self

from django.conf import settings
from django.db import models, transaction

from dangjian.foundation import audit, clock, notice
from dangjian.foundation.lease import Leased, LeasedQuerySet
from dangjian.foundation.lifecycle import Refused
from dangjian.people.person import Person

KEPT = timedelta(days=7)
MOST_WAITING = 3  # of one person

Maker = Callable[[Person, str], tuple[bytes, int]]
"""Makes the file that a query asks for, as the person may see it now, and says how many rows it has."""

MAKERS: dict[str, Maker] = {}
"""What can be asked for. Whoever draws a kind of file puts its maker here at start."""

log = logging.getLogger(__name__)


class State(models.TextChoices):
    QUEUED = "queued", "正在准备"
    READY = "ready", "可以下载"
    FAILED = "failed", "没有做成"
    EXPIRED = "expired", "已到期删除"


class DownloadQuerySet(LeasedQuerySet["Download"]):
    def visible_to(self, person: Any) -> Self:
        """A download is its owner's own."""
        return self.filter(person_id=person.pk)


class Download(Leased):
    """``query`` is asked again when the file is made: rows and rights are those of that moment."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="downloads", verbose_name="导出人")
    kind = models.CharField("内容", max_length=20)
    name = models.CharField("文件名", max_length=80)
    query = models.TextField("查询条件", blank=True)
    state = models.CharField("状态", max_length=20, choices=State, default=State.QUEUED)
    made_at = models.DateTimeField("生成时间", null=True)
    rows = models.PositiveIntegerField("条数", default=0)
    size = models.PositiveBigIntegerField("字节数", default=0)
    key = models.CharField("存放名", max_length=40, blank=True)
    reason = models.CharField("没有做成的原因", max_length=200, blank=True)

    objects = DownloadQuerySet.as_manager()

    class Meta:
        verbose_name = "下载"
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(state=State.READY) | models.Q(made_at__isnull=False) & ~models.Q(key=""),
                name="download_made_when",
            )
        ]
        indexes = [
            models.Index(fields=["state", "asked_at"], name="download_queue"),
            models.Index(fields=["person", "-asked_at"], name="download_owner"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def file(self) -> Path:
        return Path(settings.DOWNLOAD_ROOT) / self.key

    @property
    def counted(self) -> str:
        """What its rows are: lines of a list, or papers of a book."""
        return "份" if self.kind == "binder" else "条"

    # Verbs

    @classmethod
    @transaction.atomic
    def ask(cls, kind: str, *, name: str, query: str, by: Any) -> Download:
        """Put it in the queue. What is being made already is not made twice. Raises Refused with three waiting."""
        own = cls.objects.visible_to(by).filter(state=State.QUEUED)
        same = own.filter(kind=kind, query=query).first()
        if same is not None:
            return same
        if own.count() >= MOST_WAITING:
            raise Refused(f"您已有 {MOST_WAITING} 份正在准备，请等做好再导出")
        made = cls.objects.create(person_id=by.pk, kind=kind, name=name, query=query, asked_at=clock.now())
        audit.record("download.ask", made, by=by, details={"kind": kind, "query": query})
        return made

    def make(self) -> None:
        """Make the file and tell the owner. For the worker, which took it."""
        try:
            if self.is_given_up:
                raise Refused("几次都没有做成，请缩小范围再导出，或联系系统管理员")
            content, rows = MAKERS[self.kind](self.person, self.query)
        except Refused as refused:
            self._end(State.FAILED, reason=str(refused)[:200])
        except Exception:
            # One that cannot be made must not keep the others waiting, nor its owner.
            log.exception("download %s failed", self.pk)
            self._end(State.FAILED, reason="系统出了问题，请稍后再导出，或联系系统管理员")
        else:
            self._keep(content, rows)

    @transaction.atomic
    def expire(self) -> None:
        """Delete the file after seven days. For the worker."""
        if Download.objects.filter(pk=self.pk, state=State.READY).update(state=State.EXPIRED):
            audit.record("download.expire", self, by=None)
            transaction.on_commit(lambda: self.file.unlink(missing_ok=True))

    # Private

    def _keep(self, content: bytes, rows: int) -> None:
        self.key = f"{self.pk}-{token_hex(8)}"
        self.file.parent.mkdir(parents=True, exist_ok=True)
        self.file.write_bytes(content)
        facts = {"made_at": clock.now(), "rows": rows, "size": len(content), "key": self.key}
        if not self._end(State.READY, **facts):
            self.file.unlink(missing_ok=True)

    @transaction.atomic
    def _end(self, state: State, **facts: Any) -> bool:
        """The end of the work, of which the owner is told; whether it was this worker's to end."""
        if not self.settle_as(state, **facts):
            return False
        ready = state == State.READY
        text = (
            f"“{self.name}”已做好，共 {facts['rows']} {self.counted}，请在 {KEPT.days} 天内到“我的下载”取走"
            if ready
            else f"“{self.name}”没有做成：{facts['reason']}"
        )
        notice.tell([self.person], event=f"download-{self.pk}", text=text, about=self)
        details = {"count": facts["rows"], "query": self.query} if ready else {"query": self.query}
        audit.record(f"download.{'make' if ready else 'fail'}", self, by=self.person, details=details)
        return True


def make_waiting() -> int:
    """Make what was asked for, in the order it was asked; how many. For the worker."""
    made = 0
    while (download := Download.objects.select_related("person").take()) is not None:
        download.make()
        made += 1
    return made


def delete_expired() -> int:
    """Delete what was made more than seven days ago. For the worker."""
    old = list(Download.objects.filter(state=State.READY, made_at__lt=clock.now() - KEPT))
    for download in old:
        download.expire()
    return len(old)
