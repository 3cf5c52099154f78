"""Scheme notices (方案通知): what came to one's organisations, signing for it, passing it on, urging, revoking."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.shortcuts import get_object_or_404
from ninja import Field, Router, Schema

from dangjian.api import files
from dangjian.api.answers import ACTS, FINDS, LOOKS, RemindedOut
from dangjian.api.bearer import Asking
from dangjian.api.pages import Paged, PageOut, page_of
from dangjian.api.typed import FileNumber, Number, PathNumber, Sent, Text
from dangjian.people.organisation import Organisation
from dangjian.programmes.notice_receipt import NoticeReceipt
from dangjian.programmes.scheme_notice import SchemeNotice

router = Router(tags=["方案通知"])


class NoticeRowOut(Schema):
    """A line of the list of scheme notices."""

    id: int
    title: str
    number: str
    issued_on: date
    revoked: bool

    @classmethod
    def of(cls, notice: SchemeNotice, **more: Any) -> Any:
        return cls(
            id=notice.pk, title=notice.title, number=notice.number, issued_on=notice.issued_on, revoked=notice.is_revoked,
            **more,
        )  # fmt: skip


class ReceiptOut(Schema):
    """To whom it went, and who signed for it."""

    organisation: int
    sent_at: datetime
    signed_by: str
    signed_at: datetime | None

    @staticmethod
    def of(receipt: NoticeReceipt) -> ReceiptOut:
        return ReceiptOut(
            organisation=receipt.organisation_id, sent_at=receipt.sent_at, signed_by=receipt.who,
            signed_at=receipt.signed_at,
        )  # fmt: skip


class SchemeNoticeOut(NoticeRowOut):
    """A scheme notice with those who received it, as far as one sees them."""

    text: str
    receipts: list[ReceiptOut]


@router.get("", response={200: PageOut[NoticeRowOut]} | LOOKS, summary="方案通知")
def index(request: Asking, asked: Paged) -> Any:
    return page_of(SchemeNotice.objects.visible_to(request.person).order_by("-at", "-pk"), asked, NoticeRowOut.of)


@router.get("{pk}", response={200: SchemeNoticeOut} | FINDS, summary="一份方案通知")
def show(request: Asking, pk: PathNumber) -> Any:
    return _told(request, pk)


class NoticeSigningIn(Sent):
    organisation: Number = Field(description="签收的党组织")


@router.post("{pk}/receipt", response={200: SchemeNoticeOut} | ACTS, summary="签收方案通知")
def sign(request: Asking, pk: PathNumber, sent: NoticeSigningIn) -> Any:
    receipts = NoticeReceipt.objects.visible_to(request.person).select_related("organisation", "notice")
    get_object_or_404(receipts, notice=_notice(request, pk), organisation=sent.organisation).sign(by=request.person)
    return _told(request, pk)


class ForwardIn(Sent):
    """To which branches, and what the unit adds."""

    unit: Number = Field(description="转发单位")
    branches: list[Number] = Field(max_length=500, description="转给哪些支部的 id")
    text: Text = Field("", description="本单位的补充要求")
    file: FileNumber | None = Field(None, description="附件：上传文件的编号")


@router.post("{pk}/forward", response={200: SchemeNoticeOut} | ACTS, summary="转发给支部，可附本单位要求")
def forward(request: Asking, pk: PathNumber, sent: ForwardIn) -> Any:
    notice = _notice(request, pk)
    unit = get_object_or_404(Organisation.objects.visible_to(request.person), pk=sent.unit)
    branches = Organisation.objects.visible_to(request.person).filter(pk__in=sent.branches)
    with files.used(request.person, sent.file, "file") as file:
        notice.forward(unit, branches=branches, text=sent.text, by=request.person, **file)
    return _told(request, pk)


class ReminderIn(Sent):
    place: Number = Field(description="发出通知的党组织：公司党委，或转发单位")


@router.post("{pk}/reminder", response={200: RemindedOut} | ACTS, summary="催办签收，每天最多一次")
def remind(request: Asking, pk: PathNumber, sent: ReminderIn) -> Any:
    place = get_object_or_404(Organisation.objects.visible_to(request.person), pk=sent.place)
    return RemindedOut(asked=_notice(request, pk).urge(place, by=request.person))


class RevocationIn(Sent):
    reason: Text = Field(description="撤销理由，发给所有收到通知的党组织")


@router.post("{pk}/revocation", response={200: SchemeNoticeOut} | ACTS, summary="撤销通知，不能恢复")
def revoke(request: Asking, pk: PathNumber, sent: RevocationIn) -> Any:
    _notice(request, pk).revoke(by=request.person, reason=sent.reason)
    return _told(request, pk)


def _notice(request: Asking, pk: int) -> SchemeNotice:
    found: SchemeNotice = get_object_or_404(SchemeNotice.objects.visible_to(request.person), pk=pk)
    return found


def _told(request: Asking, pk: int) -> Any:
    notice = _notice(request, pk)
    seen = NoticeReceipt.objects.visible_to(request.person).filter(notice=notice)
    receipts = seen.select_related("signed_by", "signed_for").in_order()
    return SchemeNoticeOut.of(notice, text=notice.text, receipts=[ReceiptOut.of(each) for each in receipts])
