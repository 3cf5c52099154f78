"""The lease (限时领用): work in a queue that one worker takes at a time, and another takes over where the first has died."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Self, TypeVar

from django.db import models

from dangjian.foundation import clock

LEASE = timedelta(minutes=15)
"""How long a worker may take before another tries."""
MOST_ATTEMPTS = 3
QUEUED = "queued"

T = TypeVar("T", bound="Leased")


class LeasedQuerySet(models.QuerySet[T]):
    def waiting(self) -> Self:
        """Asked for and not in the hands of a worker that is still at it."""
        now = clock.now()
        busy = models.Q(started_at__gt=now - LEASE, started_at__lte=now)
        return self.filter(models.Q(started_at=None) | ~busy, state=QUEUED).order_by("asked_at", "pk")

    def take(self) -> T | None:
        """The next in the queue, claimed by moving its start on, so that no other worker does it too."""
        for waiting in self.waiting()[:10]:
            free = self.filter(pk=waiting.pk, state=QUEUED, started_at=waiting.started_at)
            if free.update(started_at=clock.now(), attempts=models.F("attempts") + 1):
                return self.get(pk=waiting.pk)
        return None


class Leased(models.Model):
    """What is queued has the state ``queued``; each kind has its own states after that."""

    state: Any
    asked_at = models.DateTimeField("申请时间")
    started_at = models.DateTimeField("开始时间", null=True)
    attempts = models.PositiveSmallIntegerField("次数", default=0)

    class Meta:
        abstract = True

    @property
    def is_given_up(self) -> bool:
        """Whether it was tried too often: it must not keep the others waiting for ever."""
        return self.attempts > MOST_ATTEMPTS

    def settle_as(self, state: str, **facts: Any) -> bool:
        """End the work, unless another worker took it over meanwhile; whether it was this one's to end."""
        kind: Any = type(self)  # each kind has a column `state` of its own
        mine = kind.objects.filter(pk=self.pk, state=QUEUED, started_at=self.started_at)
        return bool(mine.update(state=state, **facts))
