"""The lookup (全局查找): what one word finds among everything a person may see, a few of each kind."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from dangjian.foundation.search import held, words_of
from dangjian.people.organisation import Organisation
from dangjian.people.person import Person
from dangjian.programmes.scheme_notice import SchemeNotice
from dangjian.programmes.topic import Topic
from dangjian.projects.meeting import Meeting, Resolution
from dangjian.projects.project import Project

EACH = 6
"""How many of one kind are shown; whoever wants more opens that kind's own list."""


@dataclass(frozen=True)
class Kind:
    """What was found of one kind; ``more`` says that there is more than is shown."""

    key: str
    label: str
    found: tuple[Any, ...]
    more: bool


def look_up(words: str, person: Person) -> list[Kind]:
    """Every kind in which something was found; one question to the database for each kind."""
    if not words_of(words):
        return []
    own = Project.objects.visible_to(person)
    others = Project.objects.established().exclude(pk__in=own.values("pk")).select_related("branch", "round")
    meetings = Meeting.objects.visible_to(person).select_related("organisation")
    kinds: tuple[tuple[str, str, QuerySet[Any]], ...] = (
        ("project", "项目", own.search(words).with_names().order_by("-changed_at", "-pk")),
        (
            "other",
            "其他党组织已立项的项目",
            _each(others, words, "name", "branch__short_name").order_by("-round__year", "pk"),
        ),
        ("topic", "选题", _each(Topic.objects.visible_to(person).select_related("place"), words, "title").in_order()),
        ("meeting", "会议", _of_meetings(meetings, words).order_by("-held_on", "-pk")),
        (
            "notice",
            "方案通知",
            _each(SchemeNotice.objects.visible_to(person), words, "title", "number").order_by("-pk"),
        ),
        (
            "organisation",
            "党组织",
            _each(Organisation.objects.visible_to(person), words, "short_name", "full_name").in_order(),
        ),
        ("person", "人员", Person.objects.visible_to(person).matching(words).select_related("organisation").in_order()),
    )
    return [kind for kind in (_kind(*each) for each in kinds) if kind.found]


def _kind(key: str, label: str, rows: QuerySet[Any]) -> Kind:
    found = tuple(rows[: EACH + 1])
    return Kind(key, label, found[:EACH], len(found) > EACH)


def _each(rows: Any, words: str, *places: str) -> Any:
    """The rows that hold every word in one of the places."""
    for word in words_of(words):
        rows = rows.filter(held(word, *places))
    return rows


def _of_meetings(rows: Any, words: str) -> Any:
    """Meetings of an organisation, or on a project, that holds the word."""
    for word in words_of(words):
        on = Resolution.objects.filter(held(word, "project__name")).values("meeting")
        rows = rows.filter(held(word, "organisation__short_name") | Q(pk__in=on))
    return rows
