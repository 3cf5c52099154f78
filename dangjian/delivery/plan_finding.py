"""Finding plans: what exists for a person, and what waits for them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from django.db import models

from dangjian.delivery.plan_state import MAY_PLAN, State
from dangjian.people.access import Ability
from dangjian.people.scope import in_scopes
from dangjian.projects.project import Project

if TYPE_CHECKING:
    from dangjian.delivery.plan import Plan  # noqa: F401  for the type of the rows


class PlanQuerySet(models.QuerySet["Plan"]):
    def visible_to(self, person: Any) -> Self:
        """With its project; one that was never handed in is its branch's alone."""
        own = in_scopes(person.scopes(Ability.DRAFT), "project__path")
        seen = Project.objects.visible_to(person).values("pk")
        return self.filter(project__in=seen).filter(models.Q(handed_in_at__isnull=False) | own)

    def waiting_for(self, person: Any) -> Self:
        """Drafts of one's branch, and steps that one takes for the unit itself."""
        wanted = models.Q(pk__in=[])
        for ability in (Ability.CHECK_PLAN, Ability.RECORD_MEETING):
            for path in person.paths_with(ability):
                wanted |= models.Q(
                    state=State.IN_APPROVAL, approval__current__ability=ability, project__unit__path=path
                )
        wanted |= models.Q(state=State.DRAFT) & in_scopes(person.scopes(Ability.DRAFT), "project__path")
        return self.filter(wanted, project__state__in=MAY_PLAN)

    def with_names(self) -> Self:
        """With everything that a line of a list shows."""
        joined = self.select_related(
            "project__branch", "project__unit", "project__owner", "approval__current", "edited_by"
        )
        return joined.prefetch_related("project__round__scheme", "project__scheme")

    def in_order(self) -> Self:
        return self.order_by("handed_in_at", "pk")
