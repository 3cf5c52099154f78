"""Handovers (交接): projects that passed from one secretary to the next, and the sheet to sign."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from ninja import Router, Schema

from dangjian.api.answers import FINDS, LOOKS
from dangjian.api.bearer import Asking
from dangjian.api.pages import Paged, PageOut, page_of
from dangjian.api.typed import PathNumber
from dangjian.overview import paper_template
from dangjian.projects import handover_paper
from dangjian.projects.handover import Handover, HandoverQuerySet

router = Router(tags=["项目交接"])


class HandoverOut(Schema):
    """A line of the list of handovers."""

    id: int
    branch: int
    outgoing: str
    incoming: str
    on: date
    at: datetime
    count: int

    @staticmethod
    def of(handover: Handover) -> HandoverOut:
        outgoing = handover.outgoing.name if handover.outgoing else ""
        return HandoverOut(
            id=handover.pk, branch=handover.branch_id, outgoing=outgoing, incoming=handover.incoming.name,
            on=handover.on, at=handover.at, count=len(handover.standings),
        )  # fmt: skip


@router.get("", response={200: PageOut[HandoverOut]} | LOOKS, summary="项目交接")
def index(request: Asking, asked: Paged) -> Any:
    return page_of(_visible(request).order_by("-on", "-pk"), asked, HandoverOut.of)


class PassedOut(Schema):
    """A project that passed on, and its state on that day."""

    project: int
    name: str
    standing: str


class HandoverDetailOut(HandoverOut):
    """A handover with those of its projects that one sees."""

    projects: list[PassedOut]


@router.get("{pk}", response={200: HandoverDetailOut} | FINDS, summary="一次项目交接和移交的项目")
def show(request: Asking, pk: PathNumber) -> Any:
    handover = get_object_or_404(_visible(request), pk=pk)
    passed = [
        PassedOut(project=project.pk, name=project.name, standing=handover.standing(project))
        for project in handover.projects_for(request.person)
    ]
    return HandoverDetailOut(**HandoverOut.of(handover).dict(), projects=passed)


@router.get("{pk}/paper.{kind}", response={200: None} | FINDS, summary="交接单，Word 或 PDF")
def paper(request: Asking, pk: PathNumber, kind: Literal["docx", "pdf"]) -> Any:
    handover = get_object_or_404(_visible(request), pk=pk)
    sheet = handover_paper.sheet(handover, handover.projects_for(request.person))
    content, media_type = paper_template.drawn(sheet, kind, by=request.person.name)
    return HttpResponse(content, content_type=media_type)


def _visible(request: Asking) -> HandoverQuerySet:
    return Handover.objects.visible_to(request.person).select_related("branch", "outgoing", "incoming")
