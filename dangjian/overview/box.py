"""The boxes beside 待办 (已办, 我发起, 抄送我): what one did, began and was told of, by a kind and by days."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet

from dangjian.agreements.letter import Letter
from dangjian.delivery.change import PlanChange
from dangjian.delivery.filing import Filing
from dangjian.delivery.plan import Plan
from dangjian.foundation import clock
from dangjian.foundation.lifecycle import MoveLog, Stateful
from dangjian.foundation.notice import Notice
from dangjian.people.person import Person
from dangjian.projects.project import Project
from dangjian.projects.state import STANDINGS

Rows = QuerySet[Any, Any]

NOUNS: dict[str, type[Stateful]] = {
    noun._meta.model_name or "": noun for noun in (Project, Letter, Plan, PlanChange, Filing)
}
"""What the moves and the notices in the boxes are about: a project, and what follows on its establishment."""


def done_by(person: Person) -> QuerySet[MoveLog]:
    """已办: the moves made by the person, or for them by whom they delegated to, on what they may still see."""
    own = MoveLog.objects.filter(Q(by=person) | Q(on_behalf_of=person)).filter(_still_seen(person))
    return own.select_related("by", "on_behalf_of").order_by("-at", "-pk")


def copied_to(person: Person) -> QuerySet[Notice]:
    """抄送我: what the person was told of what they may still see, newest first."""
    return Notice.objects.visible_to(person).filter(_still_seen(person)).order_by("-created_at", "-id")


def begun_by(person: Person) -> QuerySet[Project]:
    """我发起: the projects the person drafted or handed in, newest first."""
    handed_in = MoveLog.objects.filter(by=person, noun="project", name="submit").values("noun_id")
    own = Project.objects.visible_to(person).filter(Q(created_by=person) | Q(pk__in=handed_in))
    return own.with_names().select_related("created_by", "created_for").order_by("-changed_at", "-pk")


def _still_seen(person: Person) -> Q:
    seen = Q(pk__in=[])
    for name, noun in NOUNS.items():
        visible: Any = noun.objects.visible_to(person)  # type: ignore[attr-defined]
        seen |= Q(noun=name, noun_id__in=visible.order_by().values("pk"))
    return seen


def _standing(begun: Any, kind: str) -> Rows:
    found: Rows = begun.standing(kind)
    return found


def _moves() -> dict[str, str]:
    """Every move that may lie in 已办, by name; two nouns that call one alike have it once."""
    found: dict[str, str] = {}
    for noun in NOUNS.values():
        for move in noun.moves:
            if move.ability:
                found.setdefault(move.name, move.label)
    return found | dict([Filing.first])


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
        "已办", done_by, "at", "动作", _moves(),
        lambda rows, kind: rows.filter(name=kind),
    ),
    "mine": Box(
        "我发起", begun_by, "created_at", "状态", STANDINGS,
        lambda rows, kind: _standing(rows, kind),
    ),
    "copies": Box(
        "抄送我", copied_to, "created_at", "阅读", {"unread": "未读", "read": "已读"},
        lambda rows, kind: rows.filter(read_at__isnull=kind == "unread"),
    ),
}  # fmt: skip
