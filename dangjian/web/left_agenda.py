"""What left the agenda of a meeting while its form was being filled in: a colleague decided it, a branch took it back.

Such an item has no row any more. What was typed of it is told, so that it can be copied or dropped knowingly.
"""

from __future__ import annotations

import re
from collections.abc import Container
from typing import Any

from dangjian.delivery.change import PlanChange
from dangjian.delivery.plan import Plan
from dangjian.people.person import Person
from dangjian.projects.project import Project
from dangjian.web import agenda
from dangjian.web.forms import typed
from dangjian.web.forms.projects import VerdictForm

_DECIDED = re.compile(r"((p|plan|change)(\d{1,15}))-decision")
_GONE = "已经不在待上会之列，请核对后再登记"


def left(sent: Any, listed: Container[str], person: Person) -> list[dict[str, Any]]:
    """Each item on which something was decided though it is not ``listed`` (prefixes of the rows): name, why, typed."""
    asked = [found for key in sent if (found := _DECIDED.fullmatch(key)) and sent[key] and found[1] not in listed]
    nouns = _nouns([(found[2], int(found[3])) for found in asked], person) if asked else {}
    return [_told(nouns.get((found[2], int(found[3]))), found[1], sent, person) for found in asked]


def _nouns(asked: list[tuple[str, int]], person: Person) -> dict[tuple[str, int], Project | Plan | PlanChange]:
    """Those that exist for the person, in as many queries for one as for many."""
    seen: dict[str, Any] = {
        "p": Project.objects.visible_to(person),
        "plan": Plan.objects.visible_to(person).select_related("project"),
        "change": PlanChange.objects.visible_to(person).select_related("plan__project"),
    }
    numbers = {kind: [pk for each, pk in asked if each == kind] for kind in seen}
    return {(kind, noun.pk): noun for kind in seen for noun in seen[kind].filter(pk__in=numbers[kind])}


def _told(noun: Project | Plan | PlanChange | None, prefix: str, sent: Any, person: Person) -> dict[str, Any]:
    if noun is None:
        return {"name": "您现在看不到的一个项目", "why": _GONE, "typed": typed(VerdictForm(sent, prefix=prefix))}
    if isinstance(noun, Project):
        name, form = noun.name, VerdictForm(sent, prefix=prefix)
    else:
        item = agenda.item(noun, sent)
        name, form = f"{noun.project.name}：{item['matter']['name']}", item["form"]
    form.is_valid()
    seen = form.cleaned_data.get("seen")
    faster = noun.moved_since(seen, by=person) if seen is not None else ""
    return {"name": name, "why": f"{faster}，您填的没有登记" if faster else _GONE, "typed": typed(form)}
