"""Files of an application: what was said when Party members were asked, what was found on the spot (S-12, S-18)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.db import models, transaction

from dangjian.foundation import audit, evidence
from dangjian.foundation.evidence import Attachment
from dangjian.foundation.lifecycle import Reason, Refused
from dangjian.foundation.upload import Upload
from dangjian.people.access import Ability
from dangjian.projects.offline import NOT_HERE

if TYPE_CHECKING:
    from dangjian.projects.application import Application

FILED = ("consultation", "investigation")
"""Texts that files may stand beside; each is the slot of its attachments."""
MOST_FILES = 20


class WithFiles(models.Model):
    """The part of an application that is about its files."""

    class Meta:
        abstract = True

    def files(self: Application) -> models.QuerySet[Attachment]:  # type: ignore[misc]
        """What is attached, text by text, oldest first."""
        kept = Attachment.objects.filter(noun="project", noun_id=self.project_id, slot__in=FILED)
        return kept.select_related("evidence", "by", "on_behalf_of").order_by("slot", "pk")

    @transaction.atomic
    def attach(  # type: ignore[misc]
        self: Application, slot: str, *, chunks: Iterable[bytes], name: str, by: Any
    ) -> Attachment:
        """Put a file beside the text ``slot``. Raises Refused at ``<slot>_files``, as :func:`evidence.attach` does."""
        self._has_room(slot, by=by)
        acted_for = by.acting_for(Ability.DRAFT, self.project)
        made = evidence.attach(
            self.project, slot, chunks=chunks, name=name, by=by, field=f"{slot}_files", on_behalf_of=acted_for
        )
        self._is_new(slot, made.evidence.sha256, besides=made)
        return made

    @transaction.atomic
    def begin_upload(  # type: ignore[misc]
        self: Application, slot: str, *, name: str, size: int, sha256: str, by: Any
    ) -> Upload:
        """Let a file come in pieces, or go on with it. What could not be attached is refused before it travels."""
        others = Upload.objects.of(self.project).filter(slot=slot).exclude(by_id=by.pk, sha256=sha256)
        self._has_room(slot, by=by, on_its_way=others.count())
        self._is_new(slot, sha256)
        acted_for = by.acting_for(Ability.DRAFT, self.project)
        return Upload.begin(self.project, slot, name=name, size=size, sha256=sha256, by=by, on_behalf_of=acted_for)

    @transaction.atomic
    def finish_upload(self: Application, upload: Upload, *, by: Any) -> Attachment:  # type: ignore[misc]
        """Attach what has come whole, once. Raises Refused where it is not what was to be sent."""
        upload.hold()
        made = self.attach(upload.slot, chunks=upload.chunks(), name=upload.name, by=by)
        upload.drop()
        return made

    @transaction.atomic
    def detach(self: Application, pk: int, *, by: Any) -> None:  # type: ignore[misc]
        """Take a file away again. Its content stays: an earlier submission may name it."""
        self.open_to(by)
        attachment = self.files().filter(pk=pk).first()
        if attachment is None:
            raise Refused("这个文件已经移除")
        details = {"slot": attachment.slot, "sha256": attachment.evidence.sha256}
        attachment.delete()
        acted_for = by.acting_for(Ability.DRAFT, self.project)
        audit.record("application.detach", self.project, by=by, on_behalf_of=acted_for, details=details)

    def _has_room(self: Application, slot: str, *, by: Any, on_its_way: int = 0) -> None:  # type: ignore[misc]
        """Refuse a file that this application does not take."""
        self.open_to(by)
        field = f"{slot}_files"
        if slot not in FILED:
            raise Refused("这一栏不能上传文件")
        # Whoever takes the project offline at this moment is waited for, and then seen.
        type(self).objects.select_for_update().get(pk=self.pk)
        self.project.refresh_from_db(fields=["is_offline"])
        if self.project.is_offline:
            raise Refused(Reason(NOT_HERE, field))
        if Attachment.objects.of(self.project, slot).count() + on_its_way >= MOST_FILES:
            raise Refused(Reason(f"每一栏最多上传 {MOST_FILES} 个文件", field))

    def _is_new(self: Application, slot: str, sha256: str, *, besides: Attachment | None = None) -> None:  # type: ignore[misc]
        """Refuse what stands in the same place already, under whatever name."""
        same = Attachment.objects.of(self.project, slot).filter(evidence__sha256=sha256)
        stands = (same.exclude(pk=besides.pk) if besides else same).first()
        if stands is not None:
            raise Refused(Reason(f"和已上传的“{stands.name}”内容相同，不用再传", f"{slot}_files"))
