"""The plan change: begun and written by the branch, noted by the department or decided by the committee."""

from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from dangjian.delivery.change import PlanChange
from dangjian.delivery.change_state import State, Weight
from dangjian.delivery.difference import WHO_DECIDES
from dangjian.foundation.lifecycle import Overtaken, Refused
from dangjian.people.access import Ability
from dangjian.web import plan_page
from dangjian.web.asked import asked
from dangjian.web.forms import posted, seen_anew, take_refusal
from dangjian.web.forms.plans import ChangeDecisionForm, ChangeForm
from dangjian.web.middleware import Asked
from dangjian.web.views.projects import own_project

get_or_post = require_http_methods(["GET", "POST"])


def _change(request: Asked, pk: int) -> PlanChange:
    found = PlanChange.objects.visible_to(request.person).select_related(
        "plan__project__branch",
        "plan__project__unit",
        "plan__project__owner",
        "plan__project__round",
        "approval__current",
    )
    return get_object_or_404(found, pk=pk)


def _tab(pk: int) -> str:
    return f"{reverse('project', args=[pk])}?tab=plan"


@get_or_post
def new(request: Asked, pk: int) -> HttpResponse:
    """The question whether to begin one; on the answer the form opens."""
    project = own_project(request, pk, Ability.DRAFT)
    plan = plan_page.seen_plan(project, request.person)
    if plan is None:
        raise Http404
    form = Form(posted(request))
    refusals = PlanChange.beginning_refusals(plan, by=request.person)
    if request.method == "POST" and not refusals:
        return redirect("plan-change-edit", PlanChange.begin(plan, by=request.person).pk)
    return asked(
        request, form, lambda: PlanChange.begin(plan, by=request.person), heading="申请变更计划",
        text=WHO_DECIDES,
        action_label="填写变更申请", project=project, refusals=refusals, back_url=_tab(pk),
    )  # fmt: skip


@get_or_post
def edit(request: Asked, pk: int) -> HttpResponse:
    change = _change(request, pk)
    if not request.person.can(Ability.DRAFT, change.project):
        raise Http404
    closed = change.state != State.DRAFT
    if closed and (request.method != "POST" or request.htmx):
        return redirect("plan-change", pk)
    form = ChangeForm(change, posted(request))
    if closed:
        form.take_closed(change.last_told(request.person))
    saved = request.method == "POST" and form.is_valid() and _saved(request, change, form)
    if request.htmx:
        shown = {"form": form, "saved": saved, "application": change, "called": "变更申请"}
        return render(request, "projects/saved.html", shown)
    if saved:
        messages.success(request, "已暂存")
        return redirect("plan-change" if request.POST.get("next") == "preview" else "plan-change-edit", pk)
    context = {
        "project": change.project, "change": plan_page.change_row(change), "form": form, "fields": form.shown(),
        "back_url": _tab(change.project.pk), "outdated": change.is_outdated,
        "who_decides": WHO_DECIDES, "outside_team": change.outside_team(),
    }  # fmt: skip
    return render(request, "delivery/change_form.html", context)


def _saved(request: Asked, change: PlanChange, form: ChangeForm) -> bool:
    cleaned = form.cleaned_data
    try:
        change.fill(
            reason=cleaned["reason"],
            ends=cleaned["ends"],
            expected=cleaned["expected"],
            lists=form.lines(),
            by=request.person,
            seen=cleaned["seen"],
        )
    except Overtaken as overtaken:
        form.take_overtaken(_change(request, change.pk), reader=request.person)
        take_refusal(form, overtaken)
        return False
    except Refused as refused:
        take_refusal(form, refused)
        return False
    return True


@get_or_post
def show(request: Asked, pk: int) -> HttpResponse:
    """Before and after, and what one may do with it: hand it in, note it, grant it, decline it."""
    change = _change(request, pk)
    form = ChangeDecisionForm(change, posted(request), initial={"seen": change.version})
    if request.method == "POST" and form.is_valid():
        try:
            made = _settled(request, change, form.told())
        except Refused as refused:
            take_refusal(form, refused)
            seen_anew(form, change.version)
        else:
            messages.success(request, f"已{made.label}")
            return redirect("plan-change", pk)
    may = {move.name: "；".join(map(str, refusals)) for move, refusals in change.open_moves(by=request.person)}
    wanted = {"apply", "drop", "decline", "grant" if change.weight == Weight.MAJOR else "note"}
    labels = {move.name: (move.label, move.tone) for move in PlanChange.moves}
    aside = [
        {"label": labels[name][0], "url": reverse(page, args=[pk]), "icon": icon}
        for name, page, icon in _ASIDE if may.get(name) == ""
    ]  # fmt: skip
    buttons = [
        {"name": name, "label": labels[name][0], "tone": labels[name][1], "refusal": why}
        for name, why in may.items() if name in wanted
    ]  # fmt: skip
    context = {
        "project": change.project, "change": plan_page.change_row(change), "form": form, "buttons": buttons,
        "aside": aside, "settles": any(not each["refusal"] for each in buttons if each["name"] in _DECISIONS),
        # What was typed on a change that somebody dropped or settled meanwhile stays in sight.
        "typed": bool(request.POST.get("opinion")), "record": plan_page.record(change),
        "writes": change.state == State.DRAFT and request.person.can(Ability.DRAFT, change.project),
        "back_url": _tab(change.project.pk), "outside_team": change.outside_team(),
    }  # fmt: skip
    return render(request, "delivery/change_show.html", context)


_DECISIONS = ("note", "grant", "decline")
_ASIDE = (("hand_over", "plan-change-handler", "forward"), ("recuse", "plan-change-recusal", "user-round-x"))


def _settled(request: Asked, change: PlanChange, cleaned: dict[str, Any]) -> Any:
    by, decision = request.person, request.POST.get("decision", "")
    match decision:
        case "apply":
            return change.apply(by=by)
        case "drop":
            return change.drop(by=by)
    return change.decide(decision, by=by, **cleaned)
