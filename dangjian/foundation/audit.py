"""The audit trail (审计): one row for each change, written with it, never changed, sealed into a hash chain.

The row is written in the transaction of the change: no change without its row, and no row
without its change. A worker then seals committed rows every few seconds, each seal carrying
the hash of the one before, so that a later edit, deletion or insertion shows.
"""

import hashlib
import hmac
import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models, transaction

from dangjian.foundation import clock

_origin: ContextVar[str] = ContextVar("where the request came from", default="")


class AuditEntry(models.Model):
    """What was done to what, by whom. Names its actor by number, so that it never blocks or loses a row."""

    at = models.DateTimeField("时间")
    action = models.CharField("动作", max_length=80)
    actor_id = models.BigIntegerField("操作人编号", null=True)
    noun = models.CharField("对象", max_length=40)
    noun_id = models.BigIntegerField("对象编号", null=True)
    path = models.CharField("党组织路径", max_length=64, blank=True)
    details = models.JSONField("内容", default=dict, encoder=DjangoJSONEncoder)
    origin = models.CharField("来源地址", max_length=64, blank=True)

    class Meta:
        verbose_name = "审计记录"
        indexes = [models.Index(fields=["noun", "noun_id"], name="audit_noun")]

    def __str__(self) -> str:
        return f"{self.action} {self.noun} {self.noun_id}"

    def digest(self, previous: str) -> str:
        """SHA-256 over the previous seal and this row in one fixed spelling."""
        row = [
            self.pk, self.at.astimezone(clock.BEIJING).isoformat(), self.action, self.actor_id,
            self.noun, self.noun_id, self.path, self.details, self.origin,
        ]  # fmt: skip
        spelled = json.dumps(row, ensure_ascii=False, sort_keys=True, separators=(",", ":"), cls=DjangoJSONEncoder)
        return hashlib.sha256(f"{previous}\n{spelled}".encode()).hexdigest()


class AuditSeal(models.Model):
    """One link of the chain: the n-th sealed row and the hash up to it."""

    sequence = models.BigIntegerField("序次", primary_key=True)
    entry_id = models.BigIntegerField("审计记录", unique=True)
    digest = models.CharField("摘要", max_length=64)

    class Meta:
        verbose_name = "审计封存"

    def __str__(self) -> str:
        return f"{self.sequence} {self.digest[:12]}"


def record(
    action: str, subject: models.Model | None, *, by: Any, on_behalf_of: Any = None, details: dict[str, Any] | None = None
) -> AuditEntry:  # fmt: skip
    """Write the row of a change. ``by`` is a Person, or None for what the system does by itself.

    ``on_behalf_of`` is whose delegated right was used, None where it was an own one.
    """
    entry = _entry(action, subject, by=by, on_behalf_of=on_behalf_of, details=details)
    entry.save(force_insert=True)
    return entry


def record_each(
    action: str, subjects: Iterable[models.Model], *, by: Any, on_behalf_of: Any = None, details: dict[str, Any] | None = None
) -> None:  # fmt: skip
    """As :func:`record`, for one change that came over many subjects at once."""
    entries = [_entry(action, each, by=by, on_behalf_of=on_behalf_of, details=details) for each in subjects]
    AuditEntry.objects.bulk_create(entries, batch_size=500)


def _entry(
    action: str, subject: models.Model | None, *, by: Any, on_behalf_of: Any, details: dict[str, Any] | None
) -> AuditEntry:
    acted_for = {"on_behalf_of": on_behalf_of.pk} if on_behalf_of is not None else {}
    return AuditEntry(
        at=clock.now(),
        action=action,
        actor_id=by.pk if by is not None else None,
        noun=(subject._meta.model_name or "") if subject is not None else "",
        noun_id=subject.pk if subject is not None else None,
        path=getattr(subject, "path", "") or "",
        details={**(details or {}), **acted_for},
        origin=_origin.get(),
    )


def veiled(value: str) -> str:
    """A personal value as the trail keeps it: equal values compare equal, none can be read back."""
    return hmac.new(settings.SECRET_KEY.encode(), value.encode(), hashlib.sha256).hexdigest()[:16]


@contextmanager
def asked_from(address: str) -> Iterator[None]:
    """Note the network address for each row written inside the block."""
    token = _origin.set(address)
    try:
        yield
    finally:
        _origin.reset(token)


@transaction.atomic
def seal(most: int = 2_000, *, look_back: int | None = 5_000) -> int:
    """Chain the committed rows that have no seal yet; how many were sealed.

    A row may commit after rows with higher numbers, so the last ``look_back`` numbers are looked
    through each time; None looks through all, for what a very long transaction left behind.
    """
    last = AuditSeal.objects.select_for_update().order_by("-sequence").first()
    sequence, previous = (last.sequence, last.digest) if last else (0, "")
    seals: list[AuditSeal] = []
    sealed = AuditSeal.objects.filter(entry_id=models.OuterRef("pk"))
    entries = AuditEntry.objects.filter(~models.Exists(sealed))
    if look_back is not None:
        newest = AuditSeal.objects.aggregate(models.Max("entry_id"))["entry_id__max"] or 0
        entries = entries.filter(pk__gt=newest - look_back)
    for entry in entries.order_by("pk")[:most]:
        sequence, previous = sequence + 1, entry.digest(previous)
        seals.append(AuditSeal(sequence=sequence, entry_id=entry.pk, digest=previous))
    AuditSeal.objects.bulk_create(seals)
    return len(seals)


@dataclass(frozen=True)
class Verdict:
    """What :func:`verify` found. ``broken_at`` is the first seal that does not fit, None where all fit."""

    sealed: int
    unsealed: int
    broken_at: int | None
    head: str


def verify() -> Verdict:
    """Recompute the whole chain."""
    previous, count = "", 0
    entries = AuditEntry.objects.in_bulk
    seals = AuditSeal.objects.order_by("sequence")
    broken: int | None = None
    for batch in _batches(seals):
        rows = entries([seal.entry_id for seal in batch])
        for link in batch:
            count += 1
            row = rows.get(link.entry_id)
            if row is None or link.sequence != count or row.digest(previous) != link.digest:
                broken = count
                break
            previous = link.digest
        if broken:
            break
    unsealed = AuditEntry.objects.count() - seals.count()
    return Verdict(sealed=seals.count(), unsealed=max(unsealed, 0), broken_at=broken, head=previous)


def _batches(seals: models.QuerySet[AuditSeal], size: int = 1_000) -> Iterator[list[AuditSeal]]:
    after = None
    while True:
        batch = list((seals if after is None else seals.filter(sequence__gt=after))[:size])
        if not batch:
            return
        yield batch
        after = batch[-1].sequence
