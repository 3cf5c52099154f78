"""The comparison (上会对照表): what waits for the next meeting side by side, as Word, PDF or Excel."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from django.http import Http404, HttpResponse
from ninja import Field, Query, Router

from dangjian.api.answers import FINDS
from dangjian.api.bearer import Asking
from dangjian.api.typed import Number, Sent
from dangjian.overview import paper_template, todo
from dangjian.papers import excel
from dangjian.people.access import Ability
from dangjian.projects import comparison

router = Router(tags=["会议"])


class Chosen(Sent):
    """Which of what waits."""

    project: list[Number] = Field([], max_length=todo.MOST_COMPARED, description="只列这些项目；不写的列出全部待上会的")


@router.get("table.{kind}", response={200: None} | FINDS, summary="上会对照表，Word、PDF 或 Excel")
def table(request: Asking, kind: Literal["docx", "pdf", "xlsx"], chosen: Annotated[Chosen, Query()]) -> Any:
    person = request.person
    projects = todo.to_compare(person, chosen.project or None) if person.scopes(Ability.RECORD_MEETING) else []
    if not projects:
        raise Http404
    if kind == "xlsx":
        sheet = comparison.sheet(projects, by=person.name)
        return HttpResponse(excel.draw(sheet), content_type=excel.MEDIA_TYPE)
    content, media_type = paper_template.drawn(comparison.paper(projects), kind, by=person.name)
    return HttpResponse(content, content_type=media_type)
