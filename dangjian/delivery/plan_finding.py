"""Finding plans: what exists for a person, and what waits for them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models.functions import TruncDate

from dangjian.delivery.plan_state import MAY_PLAN, State
from dangjian.foundation import clock
from dangjian.people.access import Ability
from dangjian.people.scope import in_scopes
from dangjian.projects.finding import ProjectQuerySet
from dangjian.projects.project import Project
from dangjian.projects.resolution import Resolution
from dangjian.projects.state import State as ProjectState

if TYPE_CHECKING:
    from dangjian.delivery.plan import Plan  # noqa: F401  for the type of the rows


class PlanQuerySet(models.QuerySet["Plan"]):
    def visible_to(self, person: Any) -> Self:
        """With its project; one that was never handed in is its branch's alone."""
        own = in_scopes(person.scopes(Ability.DRAFT), "project__path")
        seen = Project.objects.visible_to(person).values("pk")
        # Of an offline project there is nothing in it to see, but its unit has the day to note.
        open_to_all = models.Q(handed_in_at__isnull=False) | models.Q(project__is_offline=True)
        return self.filter(project__in=seen).filter(open_to_all | own)

    def waiting_for(self, person: Any) -> Self:
        """Drafts of one's branch, and steps that one takes for the unit itself."""
        wanted = models.Q(pk__in=[])
        for ability in (Ability.CHECK_PLAN, Ability.RECORD_MEETING):
            for path in person.paths_with(ability):
                hands = models.Q(approval__current__assignee=None) | models.Q(
                    approval__current__assignee__in=person.acts_as(ability)
                )
                # Passed on in another unit, before the branch moved here, it is in nobody's hands.
                hands |= ~models.Q(approval__current__organisation=models.F("project__unit"))
                at = models.Q(project__unit__path=path)
                wanted |= models.Q(state=State.IN_APPROVAL, approval__current__ability=ability) & at & hands
        # Passed on to this very person, who may stand in for another place (回避).
        wanted |= models.Q(state=State.IN_APPROVAL, approval__current__assignee=person.pk)
        for path in person.paths_with(Ability.CHECK_PLAN):
            wanted |= models.Q(state=State.DRAFT, project__is_offline=True, project__unit__path=path)
        # What was noted of a meeting and waits for its secretary waits for nobody else.
        wanted &= ~models.Q(state=State.IN_APPROVAL, meeting_records__state="waiting")
        own = in_scopes(person.scopes(Ability.DRAFT), "project__path")
        wanted |= models.Q(state=State.DRAFT, project__is_offline=False) & own
        return self.filter(wanted, project__state__in=MAY_PLAN)

    def standing(self, standing: str) -> Self:
        """Plans of one of :data:`~dangjian.delivery.plan_state.STANDINGS`."""
        match standing:
            case "draft":
                return self.filter(state=State.DRAFT).exclude(approval__outcome="return")
            case "returned":
                return self.filter(state=State.DRAFT, approval__outcome="return")
            case "checking" | "meeting":
                return self.filter(state=State.IN_APPROVAL, approval__current__by_meeting=standing == "meeting")
            case _:
                return self.filter(state=standing)

    def late(self, late: bool) -> Self:
        """Those handed in after the last day on time, or those in time (S-31)."""
        day = TruncDate("handed_in_at", tzinfo=clock.BEIJING)
        found = self.filter(handed_in_at__isnull=False).annotate(handed_in_on=day)
        came_late = models.Q(due_on__isnull=False, handed_in_on__gt=models.F("due_on"))
        return found.filter(came_late) if late else found.exclude(came_late)

    def with_names(self) -> Self:
        """With everything that a line of a list shows."""
        joined = self.select_related(
            "project__branch",
            "project__unit",
            "project__owner",
            "approval__current",
            "edited_by",
            "edited_for",
            "filled_by",
            "filled_for",
        )
        return joined.prefetch_related("project__round__scheme", "project__scheme")

    def in_order(self) -> Self:
        return self.order_by("handed_in_at", "pk")


def unplanned(person: Any) -> ProjectQuerySet:
    """Projects of one's branch whose notice is signed for and which have no plan yet."""
    found = Project.objects.visible_to(person).filter(in_scopes(person.scopes(Ability.DRAFT)))
    found = found.filter(state=ProjectState.ESTABLISHED, planned_on=None, plan=None)
    return found.exclude(pk__in=Resolution.objects.unsigned().values("project")).with_names()
