"""成册: the papers of a project or of a unit's year as one PDF."""

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from dangjian.delivery.filing import Filing
from dangjian.foundation import audit
from dangjian.foundation.lifecycle import Refused
from dangjian.overview import binding
from dangjian.overview.download import Download
from dangjian.papers.blocks import Paper
from dangjian.web.middleware import Asked
from dangjian.web.papers import attached
from dangjian.web.views.programmes import asked_round
from dangjian.web.views.projects import visible_project

PDF = "application/pdf"


@require_GET
def of_project(request: Asked, pk: int) -> HttpResponseBase:
    """Every paper of the project that there is by now, with its signed copies."""
    project = visible_project(request, pk)
    name = Paper(title="", stem=f"文书汇编 {project.number} {project.name}", blocks=()).file_name("pdf")
    try:
        content = binding.of_project(project, request.person)
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect("project", pk)
    return attached(content, name, PDF, inline="view" in request.GET)


@require_POST
@transaction.atomic
def of_unit(request: Asked, pk: int) -> HttpResponseBase:
    """At once for a few projects, by the worker for many. A POST: who took what is written down."""
    unit, held = get_object_or_404(Filing.units(request.person), pk=pk), asked_round(request)
    name = Paper(title="", stem=f"文书汇编 {unit.short_name} {held}", blocks=()).file_name("pdf")
    query = f"unit={unit.pk}&year={held.year}"
    try:
        if binding.projects_of(unit, held, request.person).count() > binding.MOST_AT_ONCE:
            Download.ask("binder", name=name, query=query, by=request.person)
            messages.success(request, "文书较多，正在后台成册，做好后通知您")
            return redirect("downloads")
        content, count = binding.of_unit(unit, held, request.person)
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect(f"{reverse('unit-filing', args=[unit.pk])}?year={held.year}")
    audit.record("binder.make", unit, by=request.person, details={"count": count, "year": held.year})
    return attached(content, name, PDF)
