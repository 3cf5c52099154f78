"""Uptake (选用): which topics of the bank a project has taken up, as far as the person may know (S-04)."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, OuterRef, Q

from dangjian.programmes.topic import TopicQuerySet
from dangjian.projects.project import Project
from dangjian.projects.state import ONCE_ESTABLISHED


def with_uptake(topics: TopicQuerySet, person: Any) -> Any:
    """The topics, each with ``taken``: by an established project anywhere, as those are open to everyone, or by one
    handed in that the person sees. A branch thus is never told that nobody has a topic which another already runs."""
    seen = Project.objects.visible_to(person).filter(submitted_at__isnull=False).values("pk")
    known = Q(state__in=ONCE_ESTABLISHED) | Q(pk__in=seen)
    return topics.annotate(taken=Exists(Project.objects.filter(known, bank_topic=OuterRef("pk"))))
