"""Meetings: their list, the record of a new one, its minutes."""

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from dangjian.delivery.decided import blocks_of_minutes
from dangjian.delivery.meeting_record import MeetingRecord
from dangjian.foundation.hand import signed
from dangjian.foundation.lifecycle import Reason, Refused
from dangjian.foundation.window import day_text
from dangjian.overview import todo, unsigned
from dangjian.people.access import Ability
from dangjian.people.organisation import Organisation
from dangjian.people.person import committee_of
from dangjian.programmes.round import Round
from dangjian.projects import bundle, papers, scan
from dangjian.projects.meeting import Meeting, Verdict
from dangjian.projects.paper_kind import PaperKind
from dangjian.projects.project import Project
from dangjian.projects.resolution import Resolution
from dangjian.projects.scan import Slot
from dangjian.web import agenda, display, left_agenda, stamped
from dangjian.web.forms import posted, sent_files, take_refusal
from dangjian.web.forms.held import drop
from dangjian.web.forms.projects import CommitteeMeetingForm, VerdictForm, offer_reasons
from dangjian.web.forms.scans import as_files
from dangjian.web.lists import page_of
from dangjian.web.menu import require
from dangjian.web.middleware import Asked
from dangjian.web.papers import drawn

MOST_RECORDS = 20


@require_GET
def index(request: Asked) -> HttpResponse:
    person = request.person
    require(person, "meetings")
    held = (
        Meeting.objects.visible_to(person)
        .select_related("organisation")
        .prefetch_related("resolutions", "plan_resolutions")
    )
    page = page_of(held.order_by("-held_on", "-id"), request.GET)
    with_minutes = scan.with_minutes(page.rows)
    may_register = bool(person.scopes(Ability.RECORD_MEETING))
    context = {
        "page": page.showing([_line(meeting, meeting.pk in with_minutes) for meeting in page.rows]),
        "waiting": _waiting(request).count() if may_register else 0,
        "may_register": may_register,
        "records": MeetingRecord.objects.visible_to(person)
        .waiting()
        .select_related("organisation")
        .order_by("at")[:MOST_RECORDS],
        "unsigned": unsigned.establishments(person).count() if may_register else 0,
    }
    return render(request, "projects/meeting_index.html", context)


def _line(meeting: Meeting, has_minutes: bool) -> dict[str, Any]:
    counted: dict[str, int] = {}
    labels = [resolution.get_decision_display() for resolution in meeting.resolutions.all()]
    labels += [f"计划{made.get_decision_display()}" for made in meeting.plan_resolutions.all()]
    for label in labels:
        counted[label] = counted.get(label, 0) + 1
    return {
        "pk": meeting.pk, "title": f"{meeting.body}〔{meeting.year}〕第{meeting.issue}期", "unit": meeting.organisation,
        "held_on_text": day_text(meeting.held_on), "present_text": f"应到 {meeting.expected}，实到 {meeting.present}",
        "result_text": "，".join(f"{label} {n} 个" for label, n in counted.items()), "has_minutes": has_minutes,
    }  # fmt: skip


def _waiting(request: Asked, unit: Organisation | None = None) -> Any:
    waiting = todo.to_decide(request.person)
    return waiting.filter(approval__current__organisation=unit) if unit else waiting


@require_http_methods(["GET", "POST"])
def new(request: Asked) -> HttpResponse:
    units = list(request.person.organisations_with(Ability.RECORD_MEETING).filter(may_establish=True))
    if not units:
        raise Http404
    asked = request.POST.get("unit") or request.GET.get("unit")
    unit = next((unit for unit in units if str(unit.pk) == asked), units[0])
    form = CommitteeMeetingForm(unit, request.person, posted(request), sent_files(request))
    projects = list(_waiting(request, unit).with_names().order_by("branch__rank", "pk"))
    items = [
        {"project": project, "form": _verdict_form(request, project), "shown": display.row(project), "asks": "退回修改、不予立项"}
        for project in projects
    ]  # fmt: skip
    matters = [agenda.item(on, posted(request)) for on in agenda.waiting_at(unit, request.person)]
    gone = _gone(request, [*items, *matters])
    # All forms are looked at even so: mistakes show at once, and files that came along are held.
    if request.method == "POST" and _all_valid(form, [*items, *matters]) and not gone:
        meeting = _recorded(request, unit, form, items, matters)
        if isinstance(meeting, MeetingRecord):
            messages.success(request, f"已登记{meeting}，请书记确认，确认后各项决定生效")
            return redirect("meeting-record", meeting.pk)
        if meeting is not None:
            messages.success(request, f"已登记{meeting}，各支部已收到结果通知")
            return redirect("meeting", meeting.pk)
    context = {
        "form": form, "items": items, "matters": matters, "wrong": _wrong(items) + _wrong(matters), "gone": gone,
        "nothing_waits": _nothing_waits(),
        "members": [person.name for person in committee_of(unit)], "organ": unit.deciding_body, "unit": unit, "units": units, "back_url": reverse("meetings"),
    }  # fmt: skip
    return render(request, "projects/meeting_form.html", context)


def _nothing_waits() -> str:
    """What would come here, plans only where the scheme has a meeting decide them."""
    current = Round.current()
    plans = "、计划书通过审核" if current and current.rules.approvals.plan.goes_to_a_meeting else ""
    return f"现在没有待上会的项目和计划。项目通过筛选{plans}、支部提出重大变更后会出现在这里。"


def _gone(request: Asked, items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What was decided on the page and waits no more. The page that tells it has no row of it, so it is told once."""
    if request.method != "POST":
        return []
    return left_agenda.left(request.POST, {item["form"].prefix for item in items}, request.person)


def _wrong(items: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The items of the agenda that are to be mended, by their number on the page, with everything that is wrong."""
    return [
        item | {"number": number, "text": "；".join(text for texts in item["form"].errors.values() for text in texts)}
        for number, item in enumerate(items, start=1)
        if item["form"].errors
    ]


def _verdict_form(request: Asked, project: Project) -> VerdictForm:
    form = VerdictForm(posted(request), prefix=f"p{project.pk}", initial={"seen": project.version})
    offer_reasons(form, project, "recuse", "recusal_reason")
    if project.is_offline:
        form.fields["opinion"].widget.attrs["readonly"] = True
    return form


def _all_valid(form: CommitteeMeetingForm, items: list[dict[str, Any]]) -> bool:
    # Every form is looked at, so that all mistakes show at once.
    return all([form.is_valid(), *(item["form"].is_valid() for item in items)])


def _recorded(
    request: Asked,
    unit: Organisation,
    form: CommitteeMeetingForm,
    items: list[dict[str, Any]],
    matters: list[dict[str, Any]],
) -> Meeting | MeetingRecord | None:
    """The meeting, or what now waits for the secretary, or None with every reason put at its field."""
    verdicts = [
        Verdict(item["project"], **item["form"].cleaned_data) for item in items if item["form"].cleaned_data["decision"]
    ]
    try:
        signed = bundle.bundled(as_files(form.cleaned_data["scans"])) if form.cleaned_data["scans"] else None
        with transaction.atomic():
            meeting = MeetingRecord.enter(
                unit, held_on=form.cleaned_data["held_on"], issue=form.cleaned_data["issue"],
                attendance=form.attendance(), verdicts=verdicts, matters=agenda.verdicts(matters), by=request.person,
            )  # fmt: skip
            if signed and isinstance(meeting, MeetingRecord):
                raise Refused(Reason("须书记确认的会议，扫描件请在确认后上传", "scans"))
            if signed and isinstance(meeting, Meeting):
                Slot(PaperKind.MINUTES, meeting).file(signed.pdf, pages=signed.pages, by=request.person)
                drop(form.cleaned_data["scans"])
    except Refused as refused:
        rows = {f"verdict-{item['project'].pk}": item["form"] for item in items}
        rows |= {f"{item['on'].on_agenda}-{item['on'].pk}": item["form"] for item in matters}
        for reason in refused.reasons:
            if reason.field in rows:
                rows[reason.field].add_error(None, reason.text)
        take_refusal(form, Refused(*(reason for reason in refused.reasons if reason.field not in rows)))
        return None
    return meeting


def _meeting(request: Asked, pk: int) -> Meeting:
    return get_object_or_404(
        Meeting.objects.visible_to(request.person).select_related("organisation", "recorded_by", "recorded_for"), pk=pk
    )


@require_GET
def show(request: Asked, pk: int) -> HttpResponse:
    meeting = _meeting(request, pk)
    # A member of another branch of the unit sees the meeting, yet only the projects that exist for them.
    visible = Project.objects.visible_to(request.person)
    resolutions = meeting.resolutions.filter(project__in=visible).select_related(
        "project__branch", "received_by", "received_for"
    )
    context = {
        "meeting": {"title": str(meeting), "unit": meeting.organisation},
        "facts": _facts(meeting),
        "resolutions": [
            {
                "project": resolution.project, "key": {"agree": "established", "establish": "established", "return": "returned", "reject": "rejected"}[resolution.decision],
                "decision_text": resolution.get_decision_display(), "votes_text": resolution.votes_text,
                "recused": resolution.recusal_text, "opinion": resolution.opinion, "receipt_text": _receipt(resolution),
            }
            for resolution in resolutions
        ],
        "plans": agenda.decided_at(meeting, request.person),
        "minutes_text": _minutes_text(meeting),
        "notice_urls": _notice_urls(meeting),
        "slots": _slots(meeting, request),
        "paper_urls": {kind: reverse("meeting-paper", args=[pk, kind]) for kind in ("docx", "pdf")},
        "registered_text": f"{signed(meeting.recorded_by, meeting.recorded_for)} {display.moment(meeting.recorded_at)}登记",
    }  # fmt: skip
    return render(request, "projects/meeting_show.html", context)


def _minutes_text(meeting: Meeting) -> str:
    """Why minutes printed before do not hold."""
    if meeting.minutes_renewed_at is None:
        return ""
    at = display.moment(meeting.minutes_renewed_at)
    return f"{at}补记了决定，会议纪要现为第 {meeting.minutes_edition} 稿；此前打印、签字的纪要与记录不符，请重新打印、签字、归档。"


def _notice_urls(meeting: Meeting) -> dict[str, str]:
    """Where the 立项通知 is to be had; nowhere if nothing was established."""
    if not meeting.established().exists():
        return {}
    return {kind: reverse("meeting-notice", args=[meeting.pk, kind]) for kind in ("docx", "pdf")}


def _slots(meeting: Meeting, request: Asked) -> list[dict[str, Any]]:
    kinds = [PaperKind.NOTICE] if meeting.established().exists() else []
    edition, since = meeting.minutes_edition, meeting.minutes_renewed_at
    of_minutes = stamped.slot(Slot(PaperKind.MINUTES, meeting), request.person, edition=edition, since=since)
    return [of_minutes, *(stamped.slot(Slot(kind, meeting), request.person) for kind in kinds)]


def _receipt(resolution: Resolution) -> str:
    if resolution.received_at is not None:
        return f"{signed(resolution.received_by, resolution.received_for)} {display.moment(resolution.received_at)}签收"
    return "待签收" if resolution.awaits_receipt else ""


def _facts(meeting: Meeting) -> list[dict[str, Any]]:
    return [
        {"label": "会议日期", "value": day_text(meeting.held_on), "half": True},
        {"label": "应到 / 实到", "value": f"{meeting.expected} 人 / {meeting.present} 人", "half": True},
        {"label": "主持", "value": meeting.chair, "half": True},
        {"label": "记录", "value": meeting.recorder, "half": True},
        {"label": "列席", "value": meeting.observers, "half": True},
        {"label": "请假", "value": meeting.absent, "half": True},
    ]


@require_GET
def notice(request: Asked, pk: int, kind: str) -> FileResponse:
    """The 立项通知 of a meeting that established something."""
    meeting = _meeting(request, pk)
    if not meeting.established().exists():
        raise Http404
    return drawn(papers.establishment_notice(meeting), kind, request)


@require_GET
def minutes_paper(request: Asked, pk: int, kind: str) -> FileResponse:
    """The 会议纪要, made from the record, to be signed; with the decisions on what exists for this person."""
    meeting = _meeting(request, pk)
    visible = Project.objects.visible_to(request.person)
    return drawn(papers.minutes(meeting, visible, blocks_of_minutes(meeting, request.person)), kind, request)
