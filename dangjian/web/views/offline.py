"""Where the contents of a project are kept: 转为线下管理, and back."""

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from dangjian.foundation.lifecycle import Refused
from dangjian.people.access import Ability
from dangjian.projects.offline import EXPLAINED
from dangjian.web.forms import posted, take_refusal
from dangjian.web.middleware import Asked
from dangjian.web.views.projects import own_project

BACK = "转为线上管理后，在系统内填写申请表内容、上传文件。请确认项目内容不涉密后再办理。"
MISTAKEN = (
    "系统不会自动删除已填的内容，删去、暂存后再来办理。如已录入或上传涉密内容，请立即停止填写，并按保密规定报告处理"
)


@require_http_methods(["GET", "POST"])
def management(request: Asked, pk: int) -> HttpResponse:
    """Asks before a draft goes offline or comes back, and names what must be taken away first."""
    project = own_project(request, pk, Ability.DRAFT)
    form, going = Form(posted(request)), not project.is_offline
    label = "转为线下管理" if going else "转为线上管理"
    if request.method == "POST" and form.is_valid():
        try:
            (project.keep_offline if going else project.bring_online)(by=request.person)
        except Refused as refused:
            take_refusal(form, refused)
        else:
            messages.success(request, f"已{label}" + ("，请核对名称不反映涉密内容" if going else ""))
            return redirect("application-edit", pk)
    refusals = project.offline_refusals(by=request.person)
    points = [reason.text for reason in refusals]
    if going and any(reason.field for reason in refusals):
        points.append(MISTAKEN)
    context = {
        "project": project, "form": form, "heading": label, "text": EXPLAINED if going else BACK, "points": points,
        "refused": bool(refusals), "action_label": label, "action_tone": "primary",
        "back_url": reverse("application-edit", args=[pk]),
    }  # fmt: skip
    return render(request, "parts/confirm.html", context)
