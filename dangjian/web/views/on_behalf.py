"""代填: the secretary looks at what a handler filled in, and confirms with one tap or sends it back."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from dangjian.delivery import plan_papers
from dangjian.delivery.plan import Plan
from dangjian.foundation.lifecycle import Refused
from dangjian.people.access import Ability
from dangjian.projects import papers
from dangjian.projects.application import Application
from dangjian.projects.project import Project
from dangjian.web.forms import posted, take_refusal
from dangjian.web.forms.projects import ReasonForm, offer_reasons
from dangjian.web.middleware import Asked
from dangjian.web.papers import on_screen
from dangjian.web.views.projects import own_project


@require_http_methods(["GET", "POST"])
def confirmation(request: Asked, pk: int) -> HttpResponse:
    project = own_project(request, pk, Ability.SUBMIT)
    shown = {
        "sheet": on_screen(papers.application_form(project)), "edit_url": reverse("application-edit", args=[pk]),
        "back_url": reverse("project", args=[pk]), "then": "确认后转到提交申报。",
    }  # fmt: skip
    return _asked(request, project.application, project, reverse("submission", args=[pk]), shown)


@require_http_methods(["GET", "POST"])
def of_plan(request: Asked, pk: int) -> HttpResponse:
    project = own_project(request, pk, Ability.SUBMIT)
    plan = get_object_or_404(Plan.objects.visible_to(request.person), project=project)
    shown = {
        "sheet": on_screen(plan_papers.plan_paper(plan)), "edit_url": reverse("plan-edit", args=[pk]),
        "back_url": f"{reverse('project', args=[pk])}?tab=plan", "then": "确认后转到提交计划书。",
    }  # fmt: skip
    return _asked(request, plan, project, reverse("plan-submission", args=[pk]), shown)


def _asked(
    request: Asked, filled: Application | Plan, project: Project, next_url: str, shown: dict[str, Any]
) -> HttpResponse:
    """The paper, and the answer of the secretary."""
    form = ReasonForm(posted(request) if "send_back" in request.POST else None)
    form.fields["reason"].label = "退回的理由"
    offer_reasons(form, project, "send_back")
    if request.method == "POST" and (not form.is_bound or form.is_valid()):
        try:
            if form.is_bound:
                filled.send_back(by=request.person, reason=form.cleaned_data["reason"])
            else:
                filled.confirm(by=request.person)
        except Refused as refused:
            if form.is_bound:
                take_refusal(form, refused)
            else:
                messages.error(request, str(refused))
        else:
            messages.success(request, "已退回代填人" if form.is_bound else "已确认代填的内容")
            return redirect(shown["back_url"] if form.is_bound else next_url)
    context = {"project": project, "filled": filled, "form": form, **shown}
    return render(request, "projects/confirmation.html", context)
