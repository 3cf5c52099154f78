"""Files: one comes alone, waits for its sender, and is named by its number where a verb takes a file."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Annotated, Any

from django.shortcuts import get_object_or_404
from ninja import File, Router, Schema, Status
from ninja.files import UploadedFile

from dangjian.api.answers import ACTS, LOOKS
from dangjian.api.bearer import Asking
from dangjian.api.typed import PathNumber
from dangjian.foundation.lifecycle import Reason, Refused
from dangjian.foundation.upload import KEPT_FOR, Upload
from dangjian.people.person import Person
from dangjian.projects.scan_batch import may_send

router = Router(tags=["文件"])
PLACE = "file-api"
NOT_HERE = f"没有这个文件，或已经用过；上传后 {KEPT_FOR.days} 天内没有用的也会清除，请重新上传"


class FileOut(Schema):
    """A file that waits to be used."""

    id: int
    name: str
    size: int
    sha256: str
    sent_at: datetime

    @staticmethod
    def of(upload: Upload) -> FileOut:
        return FileOut(id=upload.pk, name=upload.name, size=upload.size, sha256=upload.sha256, sent_at=upload.at)


@router.get("", response={200: list[FileOut]} | LOOKS, summary="已上传、还没有用的文件")
def index(request: Asking) -> Any:
    return [FileOut.of(each) for each in _held(request.person)]


@router.post("", response={201: FileOut} | ACTS, summary="上传 PDF、JPG 或 PNG，办理时写它的编号")
def send(request: Asking, file: Annotated[UploadedFile, File(description="PDF、JPG 或 PNG")]) -> Any:
    return Status(201, FileOut.of(received(request.person, file)))


@router.delete("{pk}", response={200: list[FileOut]} | ACTS, summary="不要了")
def drop(request: Asking, pk: PathNumber) -> Any:
    get_object_or_404(_held(request.person), pk=pk).drop()
    return index(request)


def received(person: Person, file: UploadedFile) -> Upload:
    """A file as it came. Raises Refused at ``file``, as forms do at the field of theirs."""
    if not may_send(person):
        raise Refused("您没有要附文件的事项")
    try:
        return Upload.receive(person, PLACE, chunks=file.chunks(), name=file.name or "")
    except Refused as refused:
        raise Refused(*(Reason(f"“{file.name}”：{reason.text}", "file") for reason in refused.reasons)) from refused


@contextmanager
def used(person: Person, number: int | None, field: str) -> Iterator[dict[str, Any]]:
    """What a verb is told of the file, under the names it has for it. Once the verb has used it, it waits no longer."""
    if number is None:
        yield {}
        return
    upload = _held(person).filter(pk=number).first()
    if upload is None:
        raise Refused(Reason(NOT_HERE, field))
    yield {field: upload.chunks(), f"{field}_name": upload.name}
    upload.drop()


def _held(person: Person) -> Any:
    return Upload.objects.visible_to(person).held_for(PLACE)
