"""委托代办: what one has delegated and received, a new delegation, taking one back."""

from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from dangjian.foundation import clock
from dangjian.foundation.lifecycle import Refused
from dangjian.people.access import Role
from dangjian.people.delegation import Delegation
from dangjian.people.person import Person
from dangjian.web import display
from dangjian.web.asked import asked
from dangjian.web.forms import posted, take_refusal
from dangjian.web.forms.delegations import DelegationForm
from dangjian.web.lists import page_of
from dangjian.web.middleware import Asked
from dangjian.web.presence import confirmed_recently

get_or_post = require_http_methods(["GET", "POST"])


@require_GET
def index(request: Asked) -> HttpResponse:
    """Given and received, the newest first; the security administrator sees everybody's."""
    page = page_of(Delegation.objects.visible_to(request.person).newest_first(), request.GET)
    rows = [_row(each, request.person) for each in page.rows]
    may_give = request.person.delegable_offices().exists()
    return render(request, "people/delegations.html", {"page": page.showing(rows), "may_give": may_give})


def _row(each: Delegation, person: Person) -> dict[str, Any]:
    state, text = ("open", "生效中") if each.has_begun else ("soon", "未开始")
    if each.is_over:
        state, text = ("closed", "已收回") if each.ended_at else ("closed", "已结束")
    ended = f"{each.ended_by.name}{display.moment(each.ended_at)}收回" if each.ended_by else ""
    return {
        "pk": each.pk, "by": each.office.person.name, "to": each.to.name, "office": Role(each.office.role).label,
        "place": each.office.organisation.short_name, "span_text": each.span_text, "reason": each.reason,
        "state": state, "state_text": text, "ended_text": ended,
        "may_end": not each.is_over and each.may_be_ended_by(person),
    }  # fmt: skip


@never_cache
@get_or_post
@confirmed_recently(to_open=True)
def new(request: Asked) -> HttpResponse:
    if not request.person.delegable_offices().exists():
        raise Http404
    form = DelegationForm(request.person, posted(request), initial={"starts_on": clock.today()})
    if request.method == "POST" and form.is_valid():
        try:
            made = Delegation.give(by=request.person, **form.cleaned_data)
        except Refused as refused:
            take_refusal(form, refused)
        else:
            messages.success(request, f"已委托{made[0].to.name}代办，{made[0].span_text}")
            return redirect("delegations")
    return render(request, "people/delegation_new.html", {"form": form})


@get_or_post
def end(request: Asked, pk: int) -> HttpResponse:
    """收回委托, before its last day."""
    held = get_object_or_404(Delegation.objects.visible_to(request.person).newest_first(), pk=pk)
    if not held.may_be_ended_by(request.person):
        raise Http404
    to, back_url = held.to.name, reverse("delegations")
    office = f"{held.office.organisation.short_name}“{Role(held.office.role).label}”"
    return asked(
        request, Form(posted(request)), lambda: held.end(by=request.person), heading="收回委托",
        text=f"{held.office.person.name}委托{to}代行{office}的职责，{held.span_text}。", action_label="收回委托",
        refusals=["已经结束，不用收回。"] if held.is_over else [], back_url=back_url,
        points=[f"收回后{to}立即没有受托的权限，已经办理的仍然有效。"], done=f"已收回委托，{to}不再代办",
        section={"label": "委托代办", "url": back_url},
    )  # fmt: skip
