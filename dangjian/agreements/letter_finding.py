"""Finding projects by their letters: which has none yet, and which signed on paper before it came in (S-29)."""

from __future__ import annotations

from typing import Any

from django.db import models

from dangjian.agreements.letter import UNDER_WAY, Letter
from dangjian.people.access import Ability
from dangjian.people.scope import in_scopes
from dangjian.programmes.scheme_version import SchemeVersion
from dangjian.projects.finding import ProjectQuerySet
from dangjian.projects.project import Project
from dangjian.projects.taking_over import STARTED_ON_PAPER


def unlettered(person: Any) -> ProjectQuerySet:
    """Projects for which the person may make a letter, as :meth:`Letter.against_making` has it, in 组织序列."""
    kept = person.scopes(Ability.KEEP_LETTERS)
    if not kept:
        return Project.objects.none()
    found = Project.objects.visible_to(person).filter(in_scopes(kept), state__in=UNDER_WAY, letter_signed_on=None)
    asking = SchemeVersion.objects.filter(pk__in=found.order_by().values("scheme")).asking_for("letter")
    fitting = Letter.objects.standing().filter(
        project=models.OuterRef("pk"), branch=models.OuterRef("branch"), unit=models.OuterRef("unit")
    )
    found = found.filter(~models.Exists(fitting), scheme__in=asking).exclude(STARTED_ON_PAPER)
    return in_order(found)


def signed_on_paper(person: Any, most: int) -> list[Project]:
    """Projects under way of the person's units, the first ``most``, whose letters were signed before they came in."""
    kept = in_scopes(person.scopes(Ability.KEEP_LETTERS))
    found = Project.objects.visible_to(person).filter(kept, STARTED_ON_PAPER, state__in=UNDER_WAY)
    return [project for project in in_order(found)[:most] if project.rules.gates.letter]


def in_order(found: ProjectQuerySet) -> ProjectQuerySet:
    """组织序列, in which letters are shown, made and so numbered."""
    return found.with_names().order_by("unit__rank", "branch__rank", "number", "pk")
