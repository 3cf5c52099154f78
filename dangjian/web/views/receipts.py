"""Who has not signed for an establishment (立项通知): read and urged by whoever records the committee's meetings."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from dangjian.foundation.lifecycle import Refused
from dangjian.overview import unsigned
from dangjian.people.access import Ability
from dangjian.projects.resolution import Resolution
from dangjian.web import display
from dangjian.web.lists import page_of
from dangjian.web.middleware import Asked


@require_GET
def not_signed(request: Asked) -> HttpResponse:
    """Which branches have not signed, to read and as plain text for a group."""
    if not request.person.scopes(Ability.RECORD_MEETING):
        raise Http404
    page = page_of(unsigned.establishments(request.person), request.GET)
    context = {
        "page": page.showing([_line(resolution) for resolution in page.rows]),
        "text": unsigned.for_establishments(request.person),
    }
    return render(request, "projects/unsigned.html", context)


def _line(resolution: Resolution) -> dict[str, Any]:
    project = resolution.project
    return {
        "pk": project.pk, "name": project.name, "number": project.number, "branch": project.branch.short_name,
        "unit": project.unit.short_name, "meeting": str(resolution.meeting), "sent_text": display.moment(project.established_at),
    }  # fmt: skip


@require_POST
def reminder(request: Asked) -> HttpResponse:
    """催办 those who have not signed."""
    if not request.person.scopes(Ability.RECORD_MEETING):
        raise Http404
    try:
        count = Resolution.urge_unsigned(by=request.person)
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, f"已提醒支部签收 {count} 个项目的立项通知")
    return redirect("unsigned")
