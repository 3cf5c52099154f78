"""Evidence (佐证材料): a file kept once by its content, however many things it proves."""

import hashlib
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any, BinaryIO

from django.conf import settings
from django.db import models, transaction

from dangjian.foundation import audit, clock
from dangjian.foundation.hand import Acted
from dangjian.foundation.lifecycle import Reason, Refused

MOST_BYTES = 50 * 1024 * 1024

# What the first bytes say. The name a file came with is only shown, never believed.
KINDS: dict[str, tuple[bytes, ...]] = {
    "application/pdf": (b"%PDF-",),
    "image/jpeg": (b"\xff\xd8\xff",),
    "image/png": (b"\x89PNG\r\n\x1a\n",),
}
KINDS_TEXT = "PDF、JPG 或 PNG"

TOO_BIG = f"文件超过 {MOST_BYTES // 1024 // 1024} MB，请压缩后再传"
EMPTY = "文件是空的，请重新选择"
WRONG_KIND = f"只能上传 {KINDS_TEXT} 文件"


class Evidence(models.Model):
    """One stored content. Nobody reaches it but through a noun they may see."""

    sha256 = models.CharField("摘要", max_length=64, unique=True)
    size = models.PositiveBigIntegerField("字节数")
    media_type = models.CharField("类型", max_length=80)
    stored_at = models.DateTimeField("入库时间")

    class Meta:
        verbose_name = "佐证材料"

    def __str__(self) -> str:
        return self.sha256[:12]

    @property
    def file(self) -> Path:
        return Path(settings.EVIDENCE_ROOT) / self.sha256[:2] / self.sha256

    @staticmethod
    @transaction.atomic
    def keep(chunks: Iterable[bytes], *, by: Any, field: str = "", on_behalf_of: Any = None) -> "Evidence":
        """Store the content, or find it already stored.

        Raises Refused (at ``field``) for an empty file, one above 50 MB and one whose first bytes
        are not those of a permitted kind.
        """
        root = Path(settings.EVIDENCE_ROOT)
        root.mkdir(parents=True, exist_ok=True)
        draft = root / f"receiving-{clock.now():%Y%m%d%H%M%S%f}-{by.pk}"
        try:
            with draft.open("xb") as out:
                digest, size, media_type = _receive(chunks, out, field)
            found = Evidence.objects.filter(sha256=digest).first()
            if found is None:
                found = Evidence(sha256=digest, size=size, media_type=media_type, stored_at=clock.now())
                found.file.parent.mkdir(exist_ok=True)
                draft.replace(found.file)
                found.save()
                details = {"size": size, "sha256": digest}
                audit.record("evidence.keep", found, by=by, on_behalf_of=on_behalf_of, details=details)
            return found
        finally:
            draft.unlink(missing_ok=True)


def _receive(chunks: Iterable[bytes], out: BinaryIO, field: str) -> tuple[str, int, str]:
    digest, size, head = hashlib.sha256(), 0, b""
    for chunk in chunks:
        head = (head + chunk[:16])[:16]
        size += len(chunk)
        if size > MOST_BYTES:
            raise Refused(Reason(TOO_BIG, field))
        digest.update(chunk)
        out.write(chunk)
    if not size:
        raise Refused(Reason(EMPTY, field))
    kind = media_type(head)
    if kind is None:
        raise Refused(Reason(WRONG_KIND, field))
    return digest.hexdigest(), size, kind


def media_type(head: bytes) -> str | None:
    """What the first bytes of a file say it is; None for a kind that is not taken."""
    return next((kind for kind, starts in KINDS.items() if head.startswith(starts)), None)


def clean_name(name: str) -> str:
    """A file name fit to show and to save under: no path, control or direction marks, at most 120 characters."""
    return (
        re.sub(r'[\x00-\x1f\x7f\u200e\u200f\u202a-\u202e\u2066-\u2069\\/:*?"<>|]', "", name).strip(". ")[:120]
        or "未命名"
    )


class AttachmentQuerySet(models.QuerySet["Attachment"]):
    def of(self, noun: models.Model, slot: str) -> "AttachmentQuerySet":
        return self.filter(noun=noun._meta.model_name, noun_id=noun.pk, slot=slot)


class Attachment(Acted):
    """That a file proves something of a noun: the same evidence may be attached in many places."""

    noun = models.CharField("事项", max_length=40)
    noun_id = models.BigIntegerField("事项编号")
    slot = models.CharField("用途", max_length=40)
    evidence = models.ForeignKey(Evidence, models.PROTECT, verbose_name="佐证材料")
    name = models.CharField("文件名", max_length=140)
    by = models.ForeignKey("dangjian.Person", models.PROTECT, related_name="+", verbose_name="上传人")
    at = models.DateTimeField("上传时间")

    objects = AttachmentQuerySet.as_manager()

    class Meta:
        verbose_name = "附件"
        indexes = [models.Index(fields=["noun", "noun_id", "slot"], name="attachment_noun")]

    def __str__(self) -> str:
        return self.name


@transaction.atomic
def attach(
    noun: models.Model, slot: str, *, chunks: Iterable[bytes], name: str, by: Any, field: str = "", on_behalf_of: Any = None
) -> Attachment:  # fmt: skip
    """Keep a file and attach it to ``noun``. Raises Refused as :meth:`Evidence.keep` does.

    ``on_behalf_of`` is whose delegated right was used, None where it was an own one.
    """
    evidence = Evidence.keep(chunks, by=by, field=field, on_behalf_of=on_behalf_of)
    attachment = Attachment.objects.create(
        noun=noun._meta.model_name or "", noun_id=noun.pk, slot=slot, evidence=evidence,
        name=clean_name(name), by_id=by.pk, on_behalf_of=on_behalf_of, at=clock.now(),
    )  # fmt: skip
    details = {"slot": slot, "sha256": evidence.sha256}
    audit.record("evidence.attach", noun, by=by, on_behalf_of=on_behalf_of, details=details)
    return attachment
