"""上会对照表: what waits for the next meeting side by side, on a page and as Word, PDF and Excel."""

from urllib.parse import urlencode

from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from dangjian.foundation import clock
from dangjian.foundation.window import day_text
from dangjian.overview import todo
from dangjian.papers import excel
from dangjian.people.access import Ability
from dangjian.projects import comparison
from dangjian.projects.project import Project
from dangjian.web.middleware import Asked
from dangjian.web.number import numbers
from dangjian.web.papers import attached, drawn


@require_GET
def show(request: Asked) -> HttpResponse:
    """Those chosen in the address, else everything that waits."""
    chosen, waiting = _chosen(request)
    query = urlencode([("project", project.pk) for project in chosen])
    labels = [aspect.label for aspect in comparison.ASPECTS[1:]]
    context = {
        "rows": [
            {
                "pk": project.pk,
                "name": name,
                "cells": [{"label": label, "text": text} for label, text in zip(labels, texts, strict=True)],
            }
            for project, (name, *texts) in zip(chosen, comparison.rows(chosen), strict=True)
        ],
        "labels": labels,
        "today_text": day_text(clock.today()),
        "waiting": waiting,
        "is_chosen": "project" in request.GET,
        "query": query if "project" in request.GET else "",
    }
    return render(request, "projects/comparison.html", context)


@require_GET
def paper(request: Asked, kind: str) -> FileResponse:
    """The same list to hand round. Raises Http404 where there is nothing to compare."""
    chosen, _ = _chosen(request)
    if not chosen:
        raise Http404
    if kind == "xlsx":
        name, sheet = comparison.paper(chosen).file_name(kind), comparison.sheet(chosen, by=request.person.name)
        return attached(excel.draw(sheet), name, excel.MEDIA_TYPE)
    return drawn(comparison.paper(chosen), kind, request)


def _chosen(request: Asked) -> tuple[list[Project], int]:
    """The projects to compare, and how many wait."""
    if not request.person.scopes(Ability.RECORD_MEETING):
        raise Http404
    only = None
    if "project" in request.GET:
        only = numbers(request.GET.getlist("project"))
    return todo.to_compare(request.person, only), todo.to_decide(request.person).count()
