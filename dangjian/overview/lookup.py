"""The lookup (全局查找): what one word finds among everything a person may see, a few of each kind."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from dangjian.foundation.search import held, words_of
from dangjian.people.organisation import Organisation
from dangjian.people.person import Person
from dangjian.programmes.scheme_notice import SchemeNotice
from dangjian.programmes.topic import Topic
from dangjian.projects.brand import Brand
from dangjian.projects.meeting import Meeting
from dangjian.projects.project import Project
from dangjian.projects.resolution import Resolution

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
    first = ((key, label, tuple(find(words, person)[: EACH + 1])) for key, (label, find) in KINDS.items())
    return [Kind(key, label, found[:EACH], len(found) > EACH) for key, label, found in first if found]


def all_of(key: str, words: str, person: Person) -> QuerySet[Any]:
    """Everything of one kind that the words find, in the order of the lookup."""
    return KINDS[key][1](words, person) if words_of(words) else Project.objects.none()


def _projects(words: str, person: Person) -> QuerySet[Any]:
    return Project.objects.visible_to(person).search(words).with_names().order_by("-changed_at", "-pk")


def _others(words: str, person: Person) -> Any:
    own = Project.objects.visible_to(person)
    others = Project.objects.established().exclude(pk__in=own.values("pk")).select_related("branch", "round")
    return _each(others, words, "name", "branch__short_name").order_by("-round__year", "pk")


def _topics(words: str, person: Person) -> Any:
    return _each(Topic.objects.visible_to(person).select_related("place"), words, "title").in_order()


def _brands(words: str, person: Person) -> Any:
    return _each(Brand.objects.visible_to(person).select_related("place"), words, "name").in_order()


def _meetings(words: str, person: Person) -> QuerySet[Any]:
    """Meetings of an organisation, or on a project, that holds the word."""
    rows = Meeting.objects.visible_to(person).select_related("organisation")
    for word in words_of(words):
        on = Resolution.objects.filter(held(word, "project__name")).values("meeting")
        rows = rows.filter(held(word, "organisation__short_name") | Q(pk__in=on))
    return rows.order_by("-held_on", "-pk")


def _notices(words: str, person: Person) -> Any:
    return _each(SchemeNotice.objects.visible_to(person), words, "title", "number").order_by("-pk")


def _organisations(words: str, person: Person) -> Any:
    return _each(Organisation.objects.visible_to(person), words, "short_name", "full_name").in_order()


def _people(words: str, person: Person) -> QuerySet[Any]:
    return Person.objects.visible_to(person).matching(words).select_related("organisation").in_order()


KINDS: dict[str, tuple[str, Callable[[str, Person], QuerySet[Any]]]] = {
    "project": ("项目", _projects),
    "other": ("其他党组织已立项的项目", _others),
    "topic": ("选题", _topics),
    "brand": ("特色品牌", _brands),
    "meeting": ("会议", _meetings),
    "notice": ("方案通知", _notices),
    "organisation": ("党组织", _organisations),
    "person": ("人员", _people),
}


def _each(rows: Any, words: str, *places: str) -> Any:
    """The rows that hold every word in one of the places."""
    for word in words_of(words):
        rows = rows.filter(held(word, *places))
    return rows
