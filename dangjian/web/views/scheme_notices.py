"""Scheme notices: the list, one on a page with what one's own unit adds, signing for it, passing it on."""

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dangjian.foundation.evidence import Attachment
from dangjian.foundation.lifecycle import Refused
from dangjian.overview import unsigned
from dangjian.people.access import Ability
from dangjian.people.organisation import Organisation
from dangjian.programmes.notice_receipt import NoticeReceipt
from dangjian.programmes.round import Round
from dangjian.programmes.scheme_notice import SchemeNotice
from dangjian.web import notice_page
from dangjian.web.asked import asked
from dangjian.web.forms import posted, sent_files, take_refusal
from dangjian.web.forms.scheme_notices import ForwardForm, RevocationForm, SchemeNoticeForm
from dangjian.web.lists import page_of
from dangjian.web.middleware import Asked


def _notice(request: Asked, pk: int) -> SchemeNotice:
    found = SchemeNotice.objects.visible_to(request.person).select_related("round__scheme", "by", "on_behalf_of")
    return get_object_or_404(found, pk=pk)


@require_GET
def index(request: Asked) -> HttpResponse:
    held = SchemeNotice.objects.visible_to(request.person).select_related("round").order_by("-issued_on", "-pk")
    page = page_of(held, request.GET)
    context = {
        "page": page.showing(notice_page.lines(request.person, page.rows)),
        "may_issue": bool(request.person.scopes(Ability.ISSUE_SCHEME)) and Round.current() is not None,
    }
    return render(request, "programmes/notice_index.html", context)


@require_http_methods(["GET", "POST"])
def new(request: Asked) -> HttpResponse:
    round = Round.current()
    if not request.person.scopes(Ability.ISSUE_SCHEME) or round is None:
        raise Http404
    form = SchemeNoticeForm(round, posted(request), sent_files(request))
    if request.method == "POST" and form.is_valid():
        facts = dict(form.cleaned_data)
        sent = facts.pop("file")
        try:
            made = SchemeNotice.issue(round, file=sent.chunks(), file_name=sent.name, by=request.person, **facts)
        except Refused as refused:
            take_refusal(form, refused)
        else:
            messages.success(request, f"已发给 {len(facts['addressees'])} 个收文单位，请他们签收")
            return redirect("scheme-notice", made.pk)
    return render(request, "programmes/notice_new.html", {"form": form, "round": round})


@require_GET
def show(request: Asked, pk: int) -> HttpResponse:
    notice = _notice(request, pk)
    return render(request, "programmes/notice_show.html", notice_page.page(request.person, notice, request.GET))


@require_POST
def receipt(request: Asked, pk: int, receipt: int) -> HttpResponse:
    """签收 for one's own organisation."""
    notice = _notice(request, pk)
    own = NoticeReceipt.objects.visible_to(request.person).filter(notice=notice).select_related("organisation")
    held = get_object_or_404(own, pk=receipt)
    if not held.may_be_signed_by(request.person):
        raise Http404
    try:
        held.sign(by=request.person)
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, f"{held.organisation.short_name}已签收")
    return redirect("scheme-notice", pk)


def _unit(request: Asked, units: list[Organisation]) -> Organisation:
    """Which of the units is meant: the one asked for, else the first. Raises Http404 where there is none."""
    asked = request.POST.get("unit") or request.GET.get("unit")
    if not units:
        raise Http404
    return next((unit for unit in units if str(unit.pk) == asked), units[0])


@require_http_methods(["GET", "POST"])
def forward(request: Asked, pk: int) -> HttpResponse:
    notice = _notice(request, pk)
    unit = _unit(request, notice.forwarders(request.person))
    form = ForwardForm(notice, unit, posted(request), sent_files(request))
    if request.method == "POST" and form.is_valid():
        facts = dict(form.cleaned_data)
        if sent := facts.pop("file"):
            facts |= {"file": sent.chunks(), "file_name": sent.name}
        try:
            notice.forward(unit, by=request.person, **facts)
        except Refused as refused:
            take_refusal(form, refused)
        else:
            messages.success(request, f"已转发给 {len(facts['branches'])} 个支部，请他们签收")
            return redirect("scheme-notice", pk)
    return render(request, "programmes/notice_forward.html", {"form": form, "notice": notice, "unit": unit})


@require_POST
def reminder(request: Asked, pk: int) -> HttpResponse:
    """催办 those who have not signed."""
    notice = _notice(request, pk)
    place = _unit(request, notice.followed_by(request.person))
    try:
        count = notice.urge(place, by=request.person)
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, f"已提醒 {count} 个未签收的党组织")
    return redirect("scheme-notice", pk)


@require_http_methods(["GET", "POST"])
def revocation(request: Asked, pk: int) -> HttpResponse:
    """撤销通知, with a reason that everyone is told whom it reached."""
    notice = _notice(request, pk)
    if not notice.permits(SchemeNotice.move_named("revoke"), request.person):
        raise Http404
    form = RevocationForm(posted(request))
    return asked(
        request, form, lambda: notice.revoke(by=request.person, **form.cleaned_data), heading="撤销通知",
        text=f"“{notice.title}”撤销后不能恢复，也不用再签收、转发。撤销理由发给所有收到通知的党组织。",
        action_label="撤销通知", action_tone="danger", refusals=notice.refusals("revoke", by=request.person),
        back_url=reverse("scheme-notice", args=[pk]), done="已撤销，收到通知的党组织都已告知",
    )  # fmt: skip


@require_GET
def not_signed(request: Asked, pk: int) -> HttpResponse:
    """复制到群: who has not signed, as plain text."""
    notice = _notice(request, pk)
    if not notice.followed_by(request.person):
        raise Http404
    text = unsigned.for_notice(request.person, notice)
    return render(request, "programmes/notice_unsigned.html", {"notice": notice, "text": text})


@require_GET
def file(request: Asked, pk: int, attachment: int) -> FileResponse:
    found = notice_page.files(request.person, _notice(request, pk))
    kept: Attachment | None = next((each for each in found if each.pk == attachment), None)
    if kept is None:
        raise Http404
    answer = FileResponse(
        kept.evidence.file.open("rb"), as_attachment=True, filename=kept.name, content_type=kept.evidence.media_type
    )
    answer["Cache-Control"] = "private, no-store"
    return answer
