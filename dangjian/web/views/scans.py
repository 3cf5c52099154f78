"""Stamped scans: handing in one paper's, filing a pile by their marks, and looking at what was filed."""

from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from dangjian.foundation import clock
from dangjian.foundation.evidence import Attachment
from dangjian.foundation.lifecycle import Refused
from dangjian.papers.mark import Mark
from dangjian.people.person import Person
from dangjian.projects import scan_batch
from dangjian.projects.offline import ONLY_PRINTED
from dangjian.projects.scan import Scan, Slot
from dangjian.projects.scan_batch import ScanBatch, State, StrayPage
from dangjian.web import display, stamped
from dangjian.web.asked import asked
from dangjian.web.forms import posted, sent_files, take_refusal
from dangjian.web.forms.held import drop
from dangjian.web.forms.scans import ScanForm, SettleForm, as_files
from dangjian.web.middleware import Asked

get_or_post = require_http_methods(["GET", "POST"])


@get_or_post
def new(request: Asked) -> HttpResponse:
    """扫描件归档: a pile of pages, each filed by the mark at its foot."""
    if not scan_batch.may_file(request.person):
        raise Http404
    form = ScanForm(request.person, "", posted(request), sent_files(request))
    if request.method == "POST" and form.is_valid():
        try:
            batch = ScanBatch.hand_in(form.cleaned_data["scans"], by=request.person)
        except Refused as refused:
            take_refusal(form, refused)
        else:
            return redirect("scan-batch", batch.pk)
    unfinished = ScanBatch.objects.visible_to(request.person).unfinished()[:10]
    return render(request, "projects/scan_new.html", {"form": form, "batches": [_line(one) for one in unfinished]})


def _line(batch: ScanBatch) -> dict[str, Any]:
    reading = batch.state == State.QUEUED
    text = "正在识别" if reading else f"{batch.waiting_pages} 页待认领"
    return {"pk": batch.pk, "text": f"{display.moment(batch.asked_at)}上传，{text}"}


@get_or_post
def batch(request: Asked, pk: int) -> HttpResponse:
    """归档结果: where each page went, and the pages that wait for a hand."""
    found = get_object_or_404(ScanBatch.objects.visible_to(request.person), pk=pk)
    if found.state != State.READ:
        return render(request, "projects/scan_reading.html", _reading(found))
    form = SettleForm(found, posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            found.settle(form.chosen(), form.dropped(), by=request.person)
        except Refused as refused:
            take_refusal(form, refused)
        else:
            messages.success(request, "已按所选办理")
            return redirect("scan-batch", pk)
    offered = _open_papers(request) if form.strays else []
    names = {paper["code"]: paper["text"] for paper in offered}
    filed = Scan.objects.visible_to(request.person).filter(batch=found).with_names().shown_in_batch()
    context = {
        "at_text": display.moment(found.asked_at),
        "pages": found.pages,
        "blanks": found.blanks,
        "filed": [_filed(scan) for scan in filed.order_by("pk")],
        "form": form,
        "strays": [
            _stray(form, found, stray, names) | {"void_text": _void_text(stray, request.person)}
            for stray in form.strays
        ],
        "open_papers": offered,
    }
    return render(request, "projects/scan_batch.html", context)


def _reading(batch: ScanBatch) -> dict[str, Any]:
    """What is not read yet, or could not be."""
    waits = batch.state == State.QUEUED
    return {
        "at_text": display.moment(batch.asked_at), "waits": waits, "state": "in_approval" if waits else "overdue",
        "state_text": batch.get_state_display(), "reason": batch.reason,
        "is_late": waits and clock.now() - batch.asked_at > scan_batch.PATIENCE,
    }  # fmt: skip


def _filed(scan: Scan) -> dict[str, Any]:
    owner = scan.slot.owner
    return {
        "label": scan.slot.kind.label, "name": str(owner), "pages": scan.pages,
        "note": stamped.why_a_record(scan) or ("已替换原扫描件" if scan.has_earlier else ""),
        "where": stamped.place_of(owner).short_name, "url": stamped.page_of(owner),
        "file_url": reverse("scan-file", args=[scan.pk]),
    }  # fmt: skip


def _stray(form: SettleForm, found: ScanBatch, stray: StrayPage, names: dict[str, str]) -> dict[str, Any]:
    return {
        "number": stray.number, "code": form[f"page-{stray.pk}"], "drop": form[f"drop-{stray.pk}"],
        "preview_url": reverse("scan-page", args=[found.pk, stray.pk, "jpg"]),
        "page_url": reverse("scan-page", args=[found.pk, stray.pk, "pdf"]), "guess": stray.guess, "guess_text": names.get(stray.guess, stray.guess),
    }  # fmt: skip


def _void_text(stray: StrayPage, person: Person) -> str:
    return scan_batch.VOID_LETTER if Slot.is_of_void_letter(Mark.of(stray.guess), person) else ""


def _open_papers(request: Asked) -> list[dict[str, str]]:
    return [{"code": slot.bare_mark.code, "text": str(slot)} for slot in Slot.open_to(request.person)]


@require_GET
def page(request: Asked, pk: int, page: int, kind: str) -> FileResponse:
    """A page that waits: as a small picture, or as it was handed in."""
    found = get_object_or_404(ScanBatch.objects.visible_to(request.person), pk=pk)
    stray = get_object_or_404(found.strays.select_related("page__evidence", "preview__evidence"), pk=page)
    if kind not in ("jpg", "pdf"):
        raise Http404
    return sent(stray.preview if kind == "jpg" else stray.page, inline=True)


@get_or_post
def paper(request: Asked, code: str) -> HttpResponse:
    """上传盖章扫描件: straight into the slot of one paper."""
    slot = Slot.of(Mark.of(code), request.person)
    if slot is None or not slot.may_be_filled_by(request.person):
        raise Http404
    form = ScanForm(request.person, slot.bare_mark.code, posted(request), sent_files(request))

    def file_it() -> None:
        slot.file_all(as_files(form.cleaned_data["scans"]), by=request.person)
        drop(form.cleaned_data["scans"])

    points = [ONLY_PRINTED + "。印好的纸面上也不得另写涉密内容。"] if slot.takes_only_printed else []
    if slot.own_scans().exists():
        points.append("已有的扫描件由这次上传的替换，原来的仍可查看；早先提交的文本不替换后来提交的。")
    return asked(
        request, form, file_it, heading="上传盖章扫描件", action_label="上传", done=f"{slot.kind.label}的盖章扫描件已归档", back_url=stamped.page_of(slot.owner),
        text=f"{slot}，签字盖章后的纸质件。多页可以传一个 PDF，也可以按页序选多张照片。",
        points=points,
    )  # fmt: skip


@require_GET
def file(request: Asked, pk: int) -> FileResponse:
    found = get_object_or_404(Scan.objects.visible_to(request.person).select_related("attachment__evidence"), pk=pk)
    return sent(found.attachment, inline="view" in request.GET)


def sent(kept: Attachment, *, inline: bool) -> FileResponse:
    """Only what we cut ourselves is shown in the browser."""
    answer = FileResponse(
        kept.evidence.file.open("rb"),
        as_attachment=not inline,
        filename=kept.name,
        content_type=kept.evidence.media_type,
    )
    answer["Cache-Control"] = "private, no-store"
    answer["X-Content-Type-Options"] = "nosniff"
    return answer
