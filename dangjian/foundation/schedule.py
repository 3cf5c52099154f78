"""The schedule: what the worker does by the clock, each job once a turn however many workers run."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.db import models

from dangjian.foundation import clock

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Job:
    """Something to be done again and again. ``run`` must be safe to repeat: a worker may die in the middle."""

    name: str
    every: timedelta
    run: Callable[[], object]


class Turn(models.Model):
    """When a job is due next; the worker that moves the date on is the one that runs it."""

    job = models.CharField("任务", max_length=60, unique=True)
    due_at = models.DateTimeField("下次执行")
    failures = models.PositiveIntegerField("连续失败", default=0)

    class Meta:
        verbose_name = "定时任务"

    def __str__(self) -> str:
        return self.job


def run_due(jobs: Sequence[Job]) -> list[str]:
    """Run each job that is due and that no other worker took; the names of those that ran without an error."""
    return [job.name for job in jobs if _claim(job) and _run(job)]


def _claim(job: Job) -> bool:
    now = clock.now()
    turn, _ = Turn.objects.get_or_create(job=job.name, defaults={"due_at": now})
    # The demo's clock may be moved back: a turn more than one period away is due at once.
    if now < turn.due_at <= now + job.every:
        return False
    return bool(Turn.objects.filter(pk=turn.pk, due_at=turn.due_at).update(due_at=now + job.every))


def _run(job: Job) -> bool:
    try:
        job.run()
    except Exception:
        # One failing job must not stop the others; its next turn is the retry.
        log.exception("job %s failed", job.name)
        Turn.objects.filter(job=job.name).update(failures=models.F("failures") + 1)
        return False
    Turn.objects.filter(job=job.name, failures__gt=0).update(failures=0)
    return True
