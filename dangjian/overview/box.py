"""The boxes beside 待办 (已办, 我发起, 抄送我): what one did, began and was told of, by a kind and by days."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet

from dangjian.foundation import clock
from dangjian.overview.todo import begun_by, copied_to, done_by
from dangjian.people.person import Person
from dangjian.projects.project import Project
from dangjian.projects.state import STANDINGS

Rows = QuerySet[Any, Any]


@dataclass(frozen=True)
class Box:
    """``day`` is the column whose days one asks for; ``kinds`` are what one chooses from under the name ``asks``."""

    label: str
    held: Callable[[Person], Rows]
    day: str
    asks: str
    kinds: Mapping[str, str]
    of_kind: Callable[[Rows, str], Rows]

    def rows(self, person: Person, *, kind: str = "", since: date | None = None, until: date | None = None) -> Rows:
        """What lies in it for the person, from ``since`` to ``until`` in Beijing, both days among them."""
        found = self.held(person).filter(**clock.days(self.day, since, until))
        return self.of_kind(found, kind) if kind else found


BOXES = {
    "done": Box(
        "已办", done_by, "at", "动作", {move.name: move.label for move in Project.moves},
        lambda rows, kind: rows.filter(name=kind),
    ),
    "mine": Box(
        "我发起", begun_by, "created_at", "状态", STANDINGS,
        lambda rows, kind: rows.filter(pk__in=Project.objects.standing(kind).values("pk")),
    ),
    "copies": Box(
        "抄送我", copied_to, "created_at", "阅读", {"unread": "未读", "read": "已读"},
        lambda rows, kind: rows.filter(read_at__isnull=kind == "unread"),
    ),
}  # fmt: skip
