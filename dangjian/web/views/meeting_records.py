"""What was noted of a meeting and waits for the secretary: shown, confirmed, sent back, taken back."""

from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from dangjian.delivery.meeting_record import MeetingRecord, State
from dangjian.foundation.lifecycle import Refused
from dangjian.foundation.window import day_text
from dangjian.projects.meeting import Verdict
from dangjian.projects.project import Project
from dangjian.projects.resolution import Resolution
from dangjian.web import agenda, display
from dangjian.web.forms import posted, take_refusal
from dangjian.web.forms.projects import ReasonForm
from dangjian.web.middleware import Asked


@require_http_methods(["GET", "POST"])
def show(request: Asked, pk: int) -> HttpResponse:
    records = MeetingRecord.objects.visible_to(request.person).select_related("organisation", "by", "on_behalf_of")
    record = get_object_or_404(records, pk=pk)
    act = request.POST.get("act", "")
    form: Form = ReasonForm(posted(request) if act == "return_record" else None)
    form.fields["reason"].label = "退回理由"
    refusals: list[str] = []
    if request.method == "POST":
        try:
            if answer := _answered(request, record, form, act):
                return answer
        except Refused as refused:
            refusals = [str(reason) for reason in refused.reasons]
            if form.is_bound:
                take_refusal(form, refused)
    seen = set(Project.objects.visible_to(request.person).filter(meeting_records=record).values_list("pk", flat=True))
    on_plans = set(
        Project.objects.visible_to(request.person)
        .filter(Q(plan__meeting_records=record) | Q(plan__changes__meeting_records=record))
        .values_list("pk", flat=True)
    )
    found = record.open_moves(by=request.person)
    moves = [move.name for move, _ in found]
    refusals += [str(reason) for move, reasons in found for reason in reasons if not act]
    context = {
        "record": record,
        "facts": _facts(record),
        "verdicts": [_line(verdict) for verdict in record.thawed() if verdict.project.pk in seen],
        "unseen": len(record.verdicts) - len(seen),
        "plans": [agenda.noted(each) for each in record.thawed_on_plans() if each.on.project.pk in on_plans],
        "moves": moves,
        "form": form,
        "refusals": [] if form.is_bound else refusals,
        "tone": _TONES[record.state],
        "registered_text": f"{record.who} {display.moment(record.at)}登记",
        "log": [
            {"label": made.label, "who": made.who, "at_text": display.moment(made.at), "opinion": made.opinion}
            for made in record.log()
        ],
    }
    return render(request, "projects/meeting_record.html", context)


def _answered(request: Asked, record: MeetingRecord, form: Form, act: str) -> HttpResponse | None:
    """Carry out what was pressed; None where the reason is still to be written."""
    match act:
        case "confirm":
            meeting = record.confirm(by=request.person)
            messages.success(request, f"已确认{meeting}，各项决定生效，有关支部已收到通知")
            return redirect("meeting", meeting.pk)
        case "return_record" if form.is_valid():
            record.return_record(by=request.person, **form.cleaned_data)
            messages.success(request, "已退回登记人重记")
            return redirect("meeting-record", record.pk)
        case "recall":
            record.recall(by=request.person)
            messages.success(request, "已撤回，可以重新登记")
            return redirect("meetings")
    return None


def _facts(record: MeetingRecord) -> list[dict[str, Any]]:
    came = record.attendance
    return [
        {"label": "会议日期", "value": day_text(record.held_on), "half": True},
        {"label": "应到 / 实到", "value": f"{came['expected']} 人 / {came['present']} 人", "half": True},
        {"label": "主持", "value": came["chair"], "half": True},
        {"label": "记录", "value": came["recorder"], "half": True},
        {"label": "列席", "value": came["observers"], "half": True},
        {"label": "请假", "value": came["absent"], "half": True},
    ]


def _line(verdict: Verdict) -> dict[str, Any]:
    # A resolution that is not saved says its votes and recusal as the one that comes of it will.
    would_be = Resolution(**verdict.columns())
    return {
        "project": verdict.project, "key": _KEYS[verdict.decision],
        "decision_text": Resolution.Decision(verdict.decision).label, "votes_text": would_be.votes_text,
        "recused": would_be.recusal_text, "opinion": verdict.opinion,
    }  # fmt: skip


_KEYS = {"agree": "established", "establish": "established", "return": "returned", "reject": "rejected"}
_TONES: dict[str, str] = {
    State.WAITING: "in_approval",
    State.CONFIRMED: "established",
    State.RETURNED: "returned",
    State.RECALLED: "withdrawn",
}
