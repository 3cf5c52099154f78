"""Piles of scanned pages (扫描批次): handed in together, filed by their marks; what no paper claims waits for a hand."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from django.http import FileResponse
from django.shortcuts import get_object_or_404
from ninja import Field, File, Router, Schema, Status
from ninja.files import UploadedFile

from dangjian.api import files as sent_ahead
from dangjian.api.answers import ACTS, FINDS
from dangjian.api.bearer import Asking
from dangjian.api.typed import Number, PathNumber, Sent, Text
from dangjian.foundation.lifecycle import Refused
from dangjian.projects.scan import Scan
from dangjian.projects.scan_batch import ScanBatch, StrayPage, may_file

router = Router(tags=["扫描件"])


class StrayOut(Schema):
    """A page that waits; ``guess`` is the code of the paper it most likely belongs to."""

    id: int
    number: int
    guess: str

    @staticmethod
    def of(stray: StrayPage) -> StrayOut:
        return StrayOut(id=stray.pk, number=stray.number, guess=stray.guess)


class PileOut(Schema):
    """One pile: ``queued`` while it is read, then ``read``, or ``failed`` with the reason."""

    id: int
    state: str
    reason: str
    pages: int
    blanks: int
    sent_at: datetime
    scans: list[int] = Field(description="归档了的扫描件，其中您能查看的")
    waiting: list[StrayOut]


@router.post("", response={201: PileOut} | ACTS, summary="整批归档：识别由后台进行")
def hand_in(
    request: Asking, files: Annotated[list[UploadedFile], File(description="PDF、JPG 或 PNG，内容相同的只算一份")]
) -> Any:
    if not may_file(request.person):
        raise Refused("您没有归档扫描件的权限")
    held = {upload.pk: upload for upload in (sent_ahead.received(request.person, file) for file in files)}
    return Status(201, _told(request, ScanBatch.hand_in(list(held.values()), by=request.person)))


@router.get("{pk}", response={200: PileOut} | FINDS, summary="归档结果")
def show(request: Asking, pk: PathNumber) -> Any:
    return _told(request, _pile(request, pk))


@router.get("{pk}/pages/{page}", response={200: None} | FINDS, summary="一页没有认出的，PDF")
def fetch(request: Asking, pk: PathNumber, page: PathNumber) -> Any:
    kept = get_object_or_404(_pile(request, pk).strays.select_related("page__evidence"), pk=page).page
    return FileResponse(kept.evidence.file.open("rb"), filename=kept.name, content_type=kept.evidence.media_type)


class SettledPageIn(Sent):
    """A page, and the code of the paper to which it goes."""

    page: Number = Field(description="页的 id")
    code: Text = Field(description="归到哪份文书：页脚编码")


class SettlementIn(Sent):
    """Where waiting pages go, and which are not wanted."""

    chosen: list[SettledPageIn] = Field([], max_length=200, description="各页归到哪份文书")
    dropped: list[Number] = Field([], max_length=200, description="不归档的页的 id")


@router.post("{pk}/settlement", response={200: PileOut} | ACTS, summary="办理没有认出的页")
def settle(request: Asking, pk: PathNumber, sent: SettlementIn) -> Any:
    pile = _pile(request, pk)
    if not sent.chosen and not sent.dropped:
        raise Refused("请为页面选择文书，或写明不归档的")
    pile.settle({each.page: each.code for each in sent.chosen}, sent.dropped, by=request.person)
    return _told(request, pile)


def _pile(request: Asking, pk: int) -> ScanBatch:
    return get_object_or_404(ScanBatch.objects.visible_to(request.person), pk=pk)


def _told(request: Asking, pile: ScanBatch) -> PileOut:
    filed = Scan.objects.visible_to(request.person).filter(batch=pile).order_by("pk")
    return PileOut(
        id=pile.pk, state=pile.state, reason=pile.reason, pages=pile.pages, blanks=pile.blanks, sent_at=pile.asked_at,
        scans=list(filed.values_list("pk", flat=True)), waiting=[StrayOut.of(each) for each in pile.strays.all()],
    )  # fmt: skip
