"""Scans: those that are filed, one as a file, and filing that of one paper by the code at its foot."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404
from ninja import Field, File, Path, Query, Router, Schema, Status
from ninja.files import UploadedFile

from dangjian.api.answers import ACTS, FINDS, LOOKS
from dangjian.api.bearer import Asking
from dangjian.api.pages import Paged, PageOut, page_of
from dangjian.api.typed import Number, PathNumber, Sent
from dangjian.foundation.lifecycle import Reason, Refused
from dangjian.papers import scanned
from dangjian.papers.mark import Mark
from dangjian.projects.paper_kind import PaperKind
from dangjian.projects.scan import Scan, Slot

router = Router(tags=["扫描件"])


class ScanOut(Schema):
    """A filed scan; ``code`` is that of its paper, ``stands`` whether it is the current one."""

    id: int
    paper: str
    title: str
    code: str
    project: int | None
    meeting: int | None
    handover: int | None
    briefing: int | None
    edition: int | None = Field(description="申请表第几次提交的文本")
    pages: int | None
    stands: bool
    filed_by: str
    filed_at: datetime

    @staticmethod
    def of(scan: Scan) -> ScanOut:
        return ScanOut(
            id=scan.pk, paper=scan.kind, title=str(scan), code=scan.slot.bare_mark.code, project=scan.project_id,
            meeting=scan.meeting_id, handover=scan.handover_id, briefing=scan.briefing_id, edition=scan.edition,
            pages=scan.pages, stands=scan.replaced_at is None, filed_by=scan.attachment.who, filed_at=scan.attachment.at,
        )  # fmt: skip


class Filter(Sent):
    """Which scans."""

    paper: Literal[*PaperKind.values] | None = Field(None, description="文书")  # type: ignore[valid-type]
    project: Number | None = Field(None, description="项目的 id")
    meeting: Number | None = Field(None, description="会议的 id")
    standing: bool = Field(True, description="只要现行的，不要已替换的")


@router.get("", response={200: PageOut[ScanOut]} | LOOKS, summary="盖章扫描件")
def index(request: Asking, asked: Paged, chosen: Annotated[Filter, Query()]) -> Any:
    found = _listed(request)
    found = found.standing() if chosen.standing else found
    wanted = {"kind": chosen.paper, "project": chosen.project, "meeting": chosen.meeting}
    found = found.filter(**{name: value for name, value in wanted.items() if value is not None})
    return page_of(found.order_by("-pk"), asked, ScanOut.of)


@router.get("{pk}/file", response={200: None} | FINDS, summary="扫描件，PDF")
def file(request: Asking, pk: PathNumber) -> Any:
    kept = get_object_or_404(_listed(request), pk=pk)
    content = kept.attachment.evidence
    return FileResponse(content.file.open("rb"), content_type=content.media_type)


@router.post("papers/{code}", response={201: ScanOut} | ACTS, summary="按页脚编码归档一份文书的扫描件")
def file_one(
    request: Asking,
    code: Annotated[str, Path(description="页脚编码，如 A1024.2-K")],
    files: Annotated[list[UploadedFile], File(description="PDF、JPG 或 PNG")],
) -> Any:
    slot = Slot.of(Mark.of(code), request.person)
    if slot is None:
        raise Http404
    if sum(sent.size or 0 for sent in files) > scanned.MOST_BYTES:
        raise Refused(Reason(scanned.TOO_MUCH, "scans"))
    read = [scanned.File(sent.name or "", sent.read()) for sent in files]
    made = slot.file_all(read, by=request.person)
    return Status(201, ScanOut.of(_listed(request).get(pk=made.pk)))


def _listed(request: Asking) -> Any:
    """What one sees, with whatever an answer tells of it."""
    named = Scan.objects.visible_to(request.person).with_names()
    return named.select_related("attachment__by", "attachment__on_behalf_of", "attachment__evidence")
