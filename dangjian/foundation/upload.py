"""The upload (分段上传): a file on its way in pieces, which goes on where it stopped after any break of the line.

It comes to a place of some noun. A file of a form comes to its sender and waits there, whole, until the form is
handed in: a form that is refused, or a page that was closed, loses no file.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any, Self

from django.conf import settings
from django.db import models, transaction

from dangjian.foundation import audit, clock, evidence
from dangjian.foundation.lifecycle import Reason, Refused
from dangjian.foundation.refusal import Overtaken

PIECE = 512 * 1024  # bytes: a poor line carries one in a few seconds
MOST_AT_ONCE = 20  # uploads of one person under way
MOST_HELD = 400  # files of one person that wait for their form
KEPT_FOR = timedelta(days=3)


class UploadQuerySet(models.QuerySet["Upload"]):
    def visible_to(self, person: Any) -> Self:
        """An upload is its sender's own."""
        return self.filter(by_id=person.pk)

    def of(self, noun: models.Model) -> Self:
        return self.filter(noun=noun._meta.model_name, noun_id=noun.pk)

    def held_for(self, slot: str) -> Self:
        """Whole files that wait for a form, in the order they came."""
        waiting = self.filter(noun="person", noun_id=models.F("by"), slot=slot)
        return waiting.filter(received=models.F("size")).order_by("pk")


class Upload(models.Model):
    """What a person is sending to one place of a noun; ``received`` bytes of ``size`` are here."""

    noun = models.CharField("事项", max_length=40)
    noun_id = models.BigIntegerField("事项编号")
    slot = models.CharField("用途", max_length=40)
    name = models.CharField("文件名", max_length=140)
    size = models.PositiveBigIntegerField("字节数")
    sha256 = models.CharField("摘要", max_length=64)
    received = models.PositiveBigIntegerField("已收字节数", default=0)
    by = models.ForeignKey("dangjian.Person", models.CASCADE, related_name="+", verbose_name="上传人")
    at = models.DateTimeField("最近收到")

    objects = UploadQuerySet.as_manager()

    class Meta:
        verbose_name = "分段上传"
        constraints = [
            models.UniqueConstraint(fields=["by", "noun", "noun_id", "slot", "sha256"], name="upload_once"),
            models.CheckConstraint(condition=models.Q(received__lte=models.F("size")), name="upload_within_size"),
        ]
        indexes = [models.Index(fields=["at"], name="upload_at")]

    def __str__(self) -> str:
        return self.name

    @property
    def file(self) -> Path:
        return Path(settings.EVIDENCE_ROOT) / "uploads" / str(self.pk)

    @property
    def is_whole(self) -> bool:
        return self.received == self.size

    @classmethod
    @transaction.atomic
    def begin(
        cls, noun: models.Model, slot: str, *, name: str, size: int, sha256: str, by: Any, on_behalf_of: Any = None
    ) -> Upload:
        """Begin, or find where the same file stopped. The limits are asked before the first byte travels."""
        if not 0 < size <= evidence.MOST_BYTES:
            raise Refused(Reason(evidence.TOO_BIG if size > 0 else evidence.EMPTY, slot))
        if len(sha256) != 64 or not set(sha256) <= set("0123456789abcdef"):
            raise Refused(Reason("文件摘要不正确，请重新选择文件", slot))
        place = {"by_id": by.pk, "noun": noun._meta.model_name or "", "noun_id": noun.pk, "slot": slot}
        others = cls.objects.visible_to(by).exclude(**place, sha256=sha256)
        if others.filter(received__lt=models.F("size")).count() >= MOST_AT_ONCE:
            raise Refused(Reason(f"同时上传的文件不能超过 {MOST_AT_ONCE} 个，请等前面的传完", slot))
        if others.count() >= MOST_HELD:
            raise Refused(Reason(f"已传而没有提交的文件超过 {MOST_HELD} 个，请先提交或移除", slot))
        known = {"name": evidence.clean_name(name), "size": size, "at": clock.now()}
        upload, begins = cls.objects.get_or_create(**place, sha256=sha256, defaults=known)
        if upload.size != size:
            raise Refused(Reason("文件大小和摘要不符，请重新选择文件", slot))
        if begins:
            details = {"slot": slot, "size": size, "sha256": sha256}
            audit.record("upload.begin", noun, by=by, on_behalf_of=on_behalf_of, details=details)
        return upload

    @classmethod
    def receive(cls, person: Any, slot: str, *, chunks: Iterable[bytes], name: str) -> Upload:
        """Hold a file that came with a form all at once. Raises Refused as :meth:`begin` and :meth:`take` do."""
        with tempfile.TemporaryFile() as came:
            digest = hashlib.sha256()
            for chunk in chunks:
                came.write(chunk)
                digest.update(chunk)
            size = came.tell()
            upload = cls.begin(person, slot, name=name, size=size, sha256=digest.hexdigest(), by=person)
            came.seek(upload.received)
            try:
                while not upload.is_whole:
                    upload.take(came.read(PIECE), start=upload.received)
            except Refused:
                # It is no file to go on with: left begun, it would stand in the way of others.
                upload.drop()
                raise
        return upload

    def move_to(self, noun: models.Model) -> None:
        """From the form to what the form has made of it."""
        self.noun, self.noun_id = noun._meta.model_name or "", noun.pk
        self.save(update_fields=["noun", "noun_id"])

    def hold(self) -> None:
        """Keep others from this upload until the transaction ends. Raises Overtaken where it is finished or dropped."""
        stands = Upload.objects.select_for_update().filter(pk=self.pk).first()
        if stands is None:
            raise Overtaken("这个文件刚刚已经传完或取消")
        self.received = stands.received

    @transaction.atomic
    def take(self, piece: bytes, *, start: int) -> None:
        """Add the piece that begins at byte ``start``. Raises Overtaken where the upload stands elsewhere.

        What a break left half written behind ``received`` is written over.
        """
        self.hold()
        if start != self.received:
            raise Overtaken("已从断开处接着上传")
        if not piece or start + len(piece) > self.size or len(piece) > PIECE:
            raise Refused("收到的内容和文件大小不符，请重新选择文件")
        if start == 0 and evidence.media_type(piece[:16]) is None:
            raise Refused(Reason(evidence.WRONG_KIND, self.slot))
        self.file.parent.mkdir(parents=True, exist_ok=True)
        with self.file.open("r+b" if self.file.exists() else "w+b") as out:
            out.seek(start)
            out.write(piece)
            out.truncate()
        self.received, self.at = start + len(piece), clock.now()
        self.save(update_fields=["received", "at"])

    def verify(self) -> None:
        """Raise Refused where what has come is not what was to be sent."""
        digest = hashlib.sha256()
        with self.file.open("rb") as held:
            while piece := held.read(PIECE):
                digest.update(piece)
        if not self.is_whole or digest.hexdigest() != self.sha256:
            raise Refused(Reason("文件在传输中损坏，请重新选择文件", self.slot))

    def chunks(self) -> Iterator[bytes]:
        """The content, once all of it is here. Raises Refused where it is not what was to be sent."""
        self.verify()
        with self.file.open("rb") as held:
            while piece := held.read(PIECE):
                yield piece

    @transaction.atomic
    def drop(self) -> None:
        """Take away what was received: attached by now, refused, or no longer wanted."""
        held = self.file
        self.delete()
        transaction.on_commit(lambda: held.unlink(missing_ok=True))


def clear_stale() -> int:
    """Take away what nobody went on sending for days; how many there were. For the worker."""
    stale = Upload.objects.filter(at__lt=clock.now() - KEPT_FOR)
    for upload in stale:
        upload.drop()
    # What a crash left behind after its row was gone.
    folder = Path(settings.EVIDENCE_ROOT) / "uploads"
    names = {path.name for path in folder.iterdir() if path.name.isdecimal()} if folder.exists() else set()
    known = {str(pk) for pk in Upload.objects.filter(pk__in=names).values_list("pk", flat=True)}
    for name in names - known:
        (folder / name).unlink(missing_ok=True)
    return len(stale)
