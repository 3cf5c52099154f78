"""党组织变动: what was registered, a new change, and for the unit what becomes of the projects of a leaving branch."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from dangjian.foundation.lifecycle import Refused
from dangjian.people.access import Ability
from dangjian.projects.restructuring import Kind, Restructuring
from dangjian.web import display
from dangjian.web.asked import asked
from dangjian.web.forms import posted, starred, take_refusal
from dangjian.web.forms.projects import ReasonForm
from dangjian.web.forms.restructurings import ChangeForm, DissolveForm, MergeForm, MoveForm, RenameForm, SettleForm
from dangjian.web.lists import page_of
from dangjian.web.middleware import Asked
from dangjian.web.presence import confirmed_recently

get_or_post = require_http_methods(["GET", "POST"])

_TONES = {
    "pending": "soon", "queued": "soon", "running": "in_approval", "failed": "overdue", "done": "open", "cancelled": "closed",
}  # fmt: skip

_ICONS = {
    "conclude": ("check", "green"), "carry_out": ("check", "green"), "begin": ("hourglass", "blue"),
    "fail": ("circle-alert", "dark-red"), "retry": ("rotate-cw", "blue"),
}  # fmt: skip
_BY_THE_WORKER = {"begin", "carry_out", "fail"}

# Each change: its form, what it means, its verb.
_KINDS: dict[str, tuple[type[ChangeForm], str, Callable[..., Restructuring]]] = {
    Kind.RENAME: (RenameForm, "今后的文书用新名称；已经提交的申报稿和登记过的会议文书保留原名称。", Restructuring.rename),
    Kind.MERGE: (MergeForm, "支部并入另一个支部：任职随之结束，人员转入。有未了结项目的，先由其单位党委组织部门逐个移交或终结，办完后自动合并。", Restructuring.dissolve),
    Kind.DISSOLVE: (DissolveForm, "任职随之结束，人员转到上级党组织。有未了结项目的，先由其单位党委组织部门逐个移交或终结，办完后自动撤销。", Restructuring.dissolve),
    Kind.MOVE: (MoveForm, "连同下级和项目划转到新的上级。换了单位的，尚未作出的决定由新单位办理，已经作出的仍然有效。涉及面大的由后台执行，完成以前一切照旧。", Restructuring.move_to),
}  # fmt: skip


@require_GET
def index(request: Asked) -> HttpResponse:
    """What was registered, the newest first: for whoever keeps the organisations, and whoever settles projects."""
    person = request.person
    registers = bool(person.scopes(Ability.MANAGE_ACCOUNTS))
    if not registers and not person.scopes(Ability.SETTLE_PROJECTS):
        raise Http404
    found = Restructuring.objects.visible_to(person).select_related("organisation", "successor", "by")
    page = page_of(found.order_by("-at", "-pk"), request.GET)
    rows = [_row(change) for change in page.rows]
    kinds = [{"key": kind.value, "label": kind.label} for kind in Kind] if registers else []
    return render(request, "people/restructurings.html", {"page": page.showing(rows), "kinds": kinds})


def _section() -> dict[str, str]:
    return {"label": "党组织变动", "url": reverse("restructurings")}


def _row(change: Restructuring) -> dict[str, Any]:
    return {
        "pk": change.pk, "kind": change.get_kind_display(), "before": change.before, "after": change.after,
        "organisation": change.organisation.short_name, "reason": change.reason, "state": _TONES[change.state],
        "state_text": change.state_label, "by_text": f"{change.by.name} {display.moment(change.at)}",
    }  # fmt: skip


@get_or_post
@confirmed_recently(to_open=True)
def new(request: Asked, kind: str) -> HttpResponse:
    if not request.person.scopes(Ability.MANAGE_ACCOUNTS) or kind not in _KINDS:
        raise Http404
    shape, text, verb = _KINDS[kind]
    form, label = shape(request.person, posted(request)), f"登记{Kind(kind).label}"
    # Whoever is dissolved has a successor only where it is merged.
    missing: dict[str, Any] = {"successor": None} if verb == Restructuring.dissolve else {}
    return asked(
        request, form, lambda: verb(by=request.person, **missing | form.cleaned_data), heading=label, text=text,
        action_label=label, back_url=reverse("restructurings"), section=_section(),
        done=lambda made: f"已登记{made.get_kind_display()}，{made.state_label}",
        then=lambda made: reverse("restructuring", args=[made.pk]),
    )  # fmt: skip


@get_or_post
def show(request: Asked, pk: int) -> HttpResponse:
    """One change. Whoever settles its projects does so here; an administrator learns how many are left, not which."""
    change, person = _visible(request, pk), request.person
    settles = change.state == "pending" and person.can(Ability.SETTLE_PROJECTS, change)
    if request.method == "POST" and not settles:
        raise Http404
    form = SettleForm(change, change.projects(), posted(request)) if settles else None
    if form is not None and form.is_bound and form.is_valid():
        try:
            change.settle(form.choices(), by=person, reason=form.cleaned_data["reason"])
        except Refused as refused:
            change = _visible(request, pk)
            take_refusal(form, refused)
        else:
            messages.success(request, "已生效" if change.state == "done" else "已办理，其余项目可以以后再办")
            return redirect("restructuring", pk)
    left = change.projects().count() if change.state == "pending" else 0
    failure = change.log().last() if change.state == "failed" else None
    waits_for = "、".join(each.name for each in change.settlers()) if left and not settles else ""
    may_cancel = not change.refusals("cancel", by=person)
    context = {
        "change": change, "facts": _facts(change), "form": form, "left": left, "waits_for": waits_for,
        "may_cancel": may_cancel, "may_retry": not change.refusals("retry", by=person),
        "waits": change.state in ("queued", "running"), "failure": failure.opinion if failure else "", "log": [_log_row(made) for made in change.log()],
    }  # fmt: skip
    return render(request, "people/restructuring_show.html", context)


def _visible(request: Asked, pk: int) -> Restructuring:
    found = Restructuring.objects.visible_to(request.person).select_related("organisation__parent", "successor", "by")
    return get_object_or_404(found, pk=pk)


def _facts(change: Restructuring) -> list[dict[str, Any]]:
    labels = {
        Kind.RENAME: ("原名称", "新名称"), Kind.MERGE: ("支部", "并入"), Kind.DISSOLVE: ("党组织", ""),
        Kind.MOVE: ("原上级", "新上级"),
    }  # fmt: skip
    before, after = labels[Kind(change.kind)]
    rows: list[dict[str, Any]] = [
        {"label": "党组织", "value": change.organisation.full_name},
        {"label": before, "value": change.before},
        {"label": after, "value": change.after},
        {"label": "依据", "value": change.reason},
        {"label": "登记", "value": f"{change.by.name} {display.moment(change.at)}", "half": True},
        {"label": "状态", "value": change.state_label, "half": True},
    ]
    shown = rows[1:] if change.kind in (Kind.MERGE, Kind.DISSOLVE) else rows
    return [row for row in shown if row["label"]]


def _log_row(made: Any) -> dict[str, Any]:
    icon, tone = _ICONS.get(made.name, ("undo-2", "slate"))
    return {
        "title": made.label, "who": "后台任务" if made.name in _BY_THE_WORKER else made.who, "at_text": display.moment(made.at), "opinion": made.opinion,
        "icon": icon, "tone": tone,
    }  # fmt: skip


@get_or_post
def retry(request: Asked, pk: int) -> HttpResponse:
    """重新执行 what the worker could not carry out."""
    change = _kept(request, pk)
    return asked(
        request, Form(posted(request)), lambda: change.retry(by=request.person), heading="重新执行",
        text=f"{change.organisation.short_name}{change.get_kind_display()}由后台再执行一次。", action_label="重新执行",
        refusals=change.refusals("retry", by=request.person), back_url=reverse("restructuring", args=[pk]),
        done="已重新排队，等待执行", section=_section(),
    )  # fmt: skip


@get_or_post
def cancel(request: Asked, pk: int) -> HttpResponse:
    change = _kept(request, pk)
    form = ReasonForm(posted(request))
    starred(form, "reason")
    settled = "已经移交、终结的项目不恢复。"
    return asked(
        request, form, lambda: change.cancel(by=request.person, reason=form.cleaned_data["reason"]), heading="取消登记",
        text=f"{change.organisation.short_name}不再{change.get_kind_display()}。", action_label="取消登记",
        refusals=change.refusals("cancel", by=request.person), back_url=reverse("restructuring", args=[pk]),
        points=[settled if change.state == "pending" else "还没有执行，取消后一切照旧。"], action_tone="danger",
        section=_section(),
    )  # fmt: skip


def _kept(request: Asked, pk: int) -> Restructuring:
    """One that the administrator may take back or have carried out again."""
    change = _visible(request, pk)
    if not request.person.can(Ability.MANAGE_ACCOUNTS, change):
        raise Http404
    return change
