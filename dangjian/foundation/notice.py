"""The notice (通知): one row per person and event. The inbox shows each exactly once."""

from typing import Any, Self

from django.db import models

from dangjian.foundation import clock
from dangjian.foundation.refusal import Refused


class NoticeQuerySet(models.QuerySet["Notice"]):
    def visible_to(self, person: Any) -> Self:
        """A notice is its reader's own."""
        return self.filter(person_id=person.pk)

    def unread(self) -> Self:
        return self.filter(read_at__isnull=True)

    def mark_read(self) -> int:
        """Note that the unread ones have been read now; how many there were."""
        return self.unread().update(read_at=clock.now())


class Notice(models.Model):
    """One thing one person is told. ``noun`` and ``noun_id`` say what it is about, so that a page can link to it."""

    person = models.ForeignKey("dangjian.Person", models.CASCADE, related_name="notices", verbose_name="收件人")
    event = models.CharField("事件", max_length=120)
    text = models.CharField("内容", max_length=300)
    noun = models.CharField("事项", max_length=40, blank=True)
    noun_id = models.BigIntegerField("事项编号", null=True)
    created_at = models.DateTimeField("时间")
    read_at = models.DateTimeField("阅读时间", null=True, blank=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        verbose_name = "通知"
        constraints = [models.UniqueConstraint(fields=["person", "event"], name="notice_once")]
        indexes = [models.Index(fields=["person", "-created_at", "-id"], name="notice_inbox")]

    def __str__(self) -> str:
        return self.text


def tell(people: Any, *, event: str, text: str, about: models.Model) -> None:
    """Put a notice in each person's inbox; telling the same event again does nothing."""
    Notice.objects.bulk_create(
        [
            Notice(
                person_id=person.pk, event=event, text=text[:300], created_at=clock.now(),
                noun=about._meta.model_name or "", noun_id=about.pk,
            )
            for person in people
        ],
        ignore_conflicts=True,
    )  # fmt: skip


def urge(people: Any, *, key: str, text: str, about: models.Model) -> None:
    """Ask people to act, once a day for one ``key`` whoever asks. Raises Refused where they were asked today."""
    event = f"{key}-{clock.today():%Y%m%d}"
    if Notice.objects.filter(event=event).exists():
        raise Refused("今天已经提醒过，明天再办")
    tell(people, event=event, text=text, about=about)
