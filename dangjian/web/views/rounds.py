"""The round: a year's calendar and figures on one page, its dates moved, the branches that take part."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from dangjian.foundation.lifecycle import Refused
from dangjian.foundation.window import day_text
from dangjian.overview import participation
from dangjian.people.access import Ability
from dangjian.people.organisation import Organisation
from dangjian.web import round_page
from dangjian.web.forms import posted, take_refusal
from dangjian.web.forms.rounds import ExtendForm, InternalDateForm, ReopenForm
from dangjian.web.middleware import Asked
from dangjian.web.number import number
from dangjian.web.views.programmes import asked_round, years


@require_GET
def round(request: Asked) -> HttpResponse:
    held = asked_round(request)
    context = round_page.page(request.person, held) | {
        "years": years(request, held),
        "may_reopen": bool(request.person.scopes(Ability.REOPEN_WINDOW)),
        "may_extend": bool(request.person.scopes(Ability.ISSUE_SCHEME)),
    }
    return render(request, "programmes/round_show.html", context)


@require_http_methods(["GET", "POST"])
def reopen(request: Asked) -> HttpResponse:
    """Keep the application window open longer for one branch."""
    if not request.person.scopes(Ability.REOPEN_WINDOW):
        raise Http404
    held = asked_round(request)
    form = ReopenForm(request.person, posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            made = held.reopen("application", by=request.person, **form.cleaned_data)
        except Refused as refused:
            take_refusal(form, refused)
        else:
            messages.success(request, f"已为{made}")
            return redirect("round")
    text = "只对选定的支部有效。理由会留存并公开给公司和该支部。"
    return _dates_page(request, form, "延长申报期限", text, "延长期限")


@require_http_methods(["GET", "POST"])
def extend(request: Asked) -> HttpResponse:
    """The company's longer time, for all or for one unit."""
    if not request.person.scopes(Ability.ISSUE_SCHEME):
        raise Http404
    held = asked_round(request)
    form = ExtendForm(held, posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            made = held.extend(by=request.person, **form.cleaned_data)
        except Refused as refused:
            take_refusal(form, refused)
        else:
            messages.success(request, f"已为{made}，有关人员已收到通知")
            return redirect("round")
    text = "对全公司或一个单位有效，立即生效，并通知有关支部和组织部门。单位另定的内部截止日期不变，由单位自行调整。"
    return _dates_page(request, form, "延长时限", text, "延长时限")


@require_http_methods(["GET", "POST"])
def internal_date(request: Asked) -> HttpResponse:
    """An earlier last day for the unit's own branches."""
    form = InternalDateForm(request.person, asked_round(request), posted(request))
    if not form.units:
        raise Http404
    if request.method == "POST" and form.is_valid():
        try:
            made = asked_round(request).set_internal_date(by=request.person, **form.cleaned_data)
        except Refused as refused:
            take_refusal(form, refused)
        else:
            said = f"已规定{made}，各支部已收到通知" if made else "已取消内部截止日期，各支部按公司的截止日期办理"
            messages.success(request, said)
            return redirect("round")
    text = "只对本单位支部有效，不能晚于公司的截止日期。过了内部截止日期，支部不能再提交；个别支部可以另行延长。"
    return _dates_page(request, form, "规定内部截止日期", text, "确定")


def _dates_page(request: Asked, form: forms.Form, heading: str, lead: str, action: str) -> HttpResponse:
    context = {
        "form": form, "round": asked_round(request), "heading": heading, "lead": lead, "action": action,
    }  # fmt: skip
    return render(request, "programmes/dates_form.html", context)


@require_GET
def taking_part(request: Asked) -> HttpResponse:
    """The branches behind a figure: which count, which take part, and why one does not count."""
    held = asked_round(request)
    if not request.person.scopes(Ability.VIEW_PROJECT):
        raise Http404
    unit = Organisation.objects.visible_to(request.person).filter(pk=number(request.GET.get("unit"))).first()
    found = participation.parts(request.person, held, unit)
    state = request.GET.get("state", "")
    context: dict[str, Any] = {
        "round": held, "unit": unit, "share": participation.share(found, held), "state": state,
        "tabs": round_page.tabs(found, state), "last_text": day_text(participation.last_day(held)),
        "parts": [part for part in found if round_page.part_state(part) == state or state not in round_page.PART_STATES],
    }  # fmt: skip
    return render(request, "programmes/participation.html", context)
