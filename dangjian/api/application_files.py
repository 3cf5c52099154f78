"""Files of an application: what was said when Party members were asked, what was found on the spot."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from django.http import FileResponse
from django.shortcuts import get_object_or_404
from ninja import Field, File, Form, Router, Schema, Status
from ninja.files import UploadedFile

from dangjian.api.answers import ACTS, FINDS
from dangjian.api.bearer import Asking
from dangjian.api.typed import PathNumber, Sent
from dangjian.foundation.evidence import Attachment
from dangjian.projects.application import Application
from dangjian.projects.application_files import FILED
from dangjian.projects.project import Project

router = Router(tags=["项目"])


class AttachedOut(Schema):
    """A file and the text beside which it stands."""

    id: int
    slot: str
    name: str
    size: int
    sha256: str
    by: str
    at: datetime

    @staticmethod
    def of(kept: Attachment) -> AttachedOut:
        return AttachedOut(
            id=kept.pk, slot=kept.slot, name=kept.name, size=kept.evidence.size, sha256=kept.evidence.sha256,
            by=kept.who, at=kept.at,
        )  # fmt: skip


class SlotIn(Sent):
    slot: Literal[*FILED] = Field(description="附在哪一项：consultation 征求意见、investigation 调查研究")  # type: ignore[valid-type]


@router.get("{pk}/files", response={200: list[AttachedOut]} | FINDS, summary="申请表的附件")
def index(request: Asking, pk: PathNumber) -> Any:
    return _listed(_application(request, pk))


@router.post("{pk}/files", response={201: list[AttachedOut]} | ACTS, summary="附一个文件：征求意见、调查研究")
def attach(
    request: Asking,
    pk: PathNumber,
    sent: Form[SlotIn],
    file: Annotated[UploadedFile, File(description="PDF、JPG 或 PNG")],
) -> Any:
    application = _application(request, pk)
    application.attach(sent.slot, chunks=file.chunks(), name=file.name or "", by=request.person)
    return Status(201, _listed(application))


@router.get("{pk}/files/{number}", response={200: None} | FINDS, summary="一个附件")
def fetch(request: Asking, pk: PathNumber, number: PathNumber) -> Any:
    kept = get_object_or_404(_application(request, pk).files(), pk=number)
    return FileResponse(kept.evidence.file.open("rb"), filename=kept.name, content_type=kept.evidence.media_type)


@router.delete("{pk}/files/{number}", response={200: list[AttachedOut]} | ACTS, summary="移除一个附件")
def detach(request: Asking, pk: PathNumber, number: PathNumber) -> Any:
    application = _application(request, pk)
    application.detach(number, by=request.person)
    return _listed(application)


def _application(request: Asking, pk: int) -> Application:
    project: Project = get_object_or_404(Project.objects.visible_to(request.person), pk=pk)
    return project.application


def _listed(application: Application) -> list[AttachedOut]:
    return [AttachedOut.of(each) for each in application.files()]
