"""Finding plan changes: what exists for a person, and what waits for them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from django.db import models

from dangjian.delivery.change_state import State, Weight
from dangjian.delivery.plan import Plan
from dangjian.delivery.plan_state import MAY_PLAN
from dangjian.people.access import Ability
from dangjian.people.scope import in_scopes

if TYPE_CHECKING:
    from dangjian.delivery.change import PlanChange  # noqa: F401  for the type of the rows


class PlanChangeQuerySet(models.QuerySet["PlanChange"]):
    def visible_to(self, person: Any) -> Self:
        """With its plan; one that was never handed in is its branch's alone."""
        own = in_scopes(person.scopes(Ability.DRAFT), "plan__project__path")
        seen = Plan.objects.visible_to(person).values("pk")
        return self.filter(plan__in=seen).filter(models.Q(handed_in_at__isnull=False) | own)

    def waiting_for(self, person: Any) -> Self:
        """What one notes or records for the unit itself, and what one's branch has begun."""
        wanted = models.Q(pk__in=[])
        for ability, weight in ((Ability.CHECK_PLAN, Weight.ORDINARY), (Ability.RECORD_MEETING, Weight.MAJOR)):
            for path in person.paths_with(ability):
                hands = models.Q(approval__current__assignee=None) | models.Q(
                    approval__current__assignee__in=person.acts_as(ability)
                )
                # Passed on in another unit, before the branch moved here, it is in nobody's hands.
                hands |= ~models.Q(approval__current__organisation=models.F("plan__project__unit"))
                wanted |= models.Q(state=State.WAITING, weight=weight, plan__project__unit__path=path) & hands
        # Passed on to this very person, who may stand in for another place (回避).
        wanted |= models.Q(state=State.WAITING, approval__current__assignee=person.pk)
        # What was noted of a meeting and waits for its secretary waits for nobody else.
        wanted &= ~models.Q(state=State.WAITING, meeting_records__state="waiting")
        wanted |= models.Q(state=State.DRAFT) & in_scopes(person.scopes(Ability.DRAFT), "plan__project__path")
        return self.filter(wanted, plan__project__state__in=MAY_PLAN)

    def with_names(self) -> Self:
        """With everything that a line of a list shows."""
        joined = self.select_related("plan__project__branch", "plan__project__unit", "approval__current")
        return joined.prefetch_related("plan__project__round__scheme", "plan__project__scheme")

    def open(self) -> Self:
        return self.filter(state__in=(State.DRAFT, State.WAITING))
