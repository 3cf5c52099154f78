"""Where the contents of a project are kept: 转为线下管理, and back."""

from django.forms import Form
from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from dangjian.people.access import Ability
from dangjian.projects.offline import EXPLAINED
from dangjian.web.asked import asked
from dangjian.web.forms import posted
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
    going = not project.is_offline
    label = "转为线下管理" if going else "转为线上管理"
    refusals = project.offline_refusals(by=request.person)
    mistaken = going and any(reason.field for reason in refusals)
    return asked(
        request, Form(posted(request)),
        lambda: (project.keep_offline if going else project.bring_online)(by=request.person),
        heading=label, text=EXPLAINED if going else BACK, action_label=label, project=project,
        refusals=[*(reason.text for reason in refusals), *([MISTAKEN] if mistaken else [])],
        done=f"已{label}" + ("，请核对名称不反映涉密内容" if going else ""), back_url=reverse("application-edit", args=[pk]),
    )  # fmt: skip
