"""代填: the secretary looks at what a handler filled in, and confirms with one tap or sends it back."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from dangjian.foundation.lifecycle import Refused
from dangjian.people.access import Ability
from dangjian.projects import papers
from dangjian.web.forms import posted, take_refusal
from dangjian.web.forms.projects import ReasonForm, offer_reasons
from dangjian.web.middleware import Asked
from dangjian.web.papers import on_screen
from dangjian.web.views.projects import own_project


@require_http_methods(["GET", "POST"])
def confirmation(request: Asked, pk: int) -> HttpResponse:
    project = own_project(request, pk, Ability.SUBMIT)
    application = project.application
    form = ReasonForm(posted(request) if "send_back" in request.POST else None)
    form.fields["reason"].label = "退回的理由"
    offer_reasons(form, project, "send_back")
    if request.method == "POST" and (not form.is_bound or form.is_valid()):
        try:
            if form.is_bound:
                application.send_back(by=request.person, reason=form.cleaned_data["reason"])
            else:
                application.confirm(by=request.person)
        except Refused as refused:
            if form.is_bound:
                take_refusal(form, refused)
            else:
                messages.error(request, str(refused))
        else:
            messages.success(request, "已退回代填人" if form.is_bound else "已确认代填的内容")
            return redirect("project" if form.is_bound else "submission", pk)
    sheet = on_screen(papers.application_form(project))
    context = {"project": project, "application": application, "form": form, "sheet": sheet}
    return render(request, "projects/confirmation.html", context)
