"""Handovers: their list, one with its projects, and the sheet to sign."""

from typing import Any

from django.http import FileResponse, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_GET

from dangjian.foundation.window import day_text
from dangjian.projects import handover_paper
from dangjian.projects.handover import Handover
from dangjian.projects.paper_kind import PaperKind
from dangjian.projects.project import Project
from dangjian.projects.scan import Slot
from dangjian.web import display, stamped
from dangjian.web.lists import page_of
from dangjian.web.menu import require
from dangjian.web.middleware import Asked
from dangjian.web.papers import drawn


@require_GET
def index(request: Asked) -> HttpResponse:
    require(request.person, "handovers")
    found = Handover.objects.visible_to(request.person).select_related("branch__parent", "outgoing", "incoming")
    page = page_of(found.order_by("-on", "-pk"), request.GET)
    rows = [_line(handover) | {"count": len(handover.standings)} for handover in page.rows]
    return render(request, "projects/handover_index.html", {"page": page.showing(rows)})


@require_GET
def show(request: Asked, pk: int) -> HttpResponse:
    handover = _handover(request, pk)
    open_to_them = set(
        Project.objects.visible_to(request.person).filter(handovers=handover).values_list("pk", flat=True)
    )
    context = _line(handover) | {
        "projects": [
            {"project": project, "standing": handover.standing(project), "opens": project.pk in open_to_them}
            for project in handover.projects_for(request.person)
        ],
        "registered_text": f"{display.moment(handover.at)}登记",
        "slot": stamped.slot(Slot(PaperKind.HANDOVER, handover), request.person),
        "paper_urls": {kind: reverse("handover-paper", args=[pk, kind]) for kind in ("docx", "pdf")},
    }
    return render(request, "projects/handover_show.html", context)


@require_GET
def paper(request: Asked, pk: int, kind: str) -> FileResponse:
    """交接单, to print and sign."""
    handover = _handover(request, pk)
    return drawn(handover_paper.sheet(handover, handover.projects_for(request.person)), kind, request)


def _handover(request: Asked, pk: int) -> Handover:
    found = Handover.objects.visible_to(request.person).select_related("branch", "outgoing", "incoming")
    return get_object_or_404(found, pk=pk)


def _line(handover: Handover) -> dict[str, Any]:
    return {
        "pk": handover.pk, "title": str(handover), "branch": handover.branch, "hands": handover.hands,
        "on_text": day_text(handover.on),
    }  # fmt: skip
