"""The joint project (联合项目): one branch leads, others take part, of other units too. It counts once, at the lead branch."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models

from dangjian.foundation import notice
from dangjian.people.access import Ability, Role
from dangjian.people.organisation import Organisation
from dangjian.people.person import Appointment, Person

if TYPE_CHECKING:
    from dangjian.projects.project import Project


class Joint(models.Model):
    """The part of a project that is about the branches which take part in it."""

    class Meta:
        abstract = True

    def partner_branches(self: Project) -> list[Organisation]:  # type: ignore[misc]
        """The branches that take part, in the order in which the application names them."""
        return [partner.branch for partner in self.partners.all() if partner.branch is not None]

    def partner_secretaries(self: Project) -> set[int]:  # type: ignore[misc]
        """The keys of those who are secretary of a branch that takes part: they are tied to the project too."""
        held = Appointment.objects.in_force().filter(role=Role.BRANCH_SECRETARY)
        return set(held.filter(organisation__in=self.partners.values("branch")).values_list("person", flat=True))

    def people_told(self: Project) -> models.QuerySet[Person]:  # type: ignore[misc]
        """Whom a decision is told: who writes for the lead branch, and for those that take part."""
        return Person.objects.holding(Ability.DRAFT, self.branch) | self._partner_people()

    def tell_partners(self: Project) -> None:  # type: ignore[misc]
        """Each branch that takes part hears of it when the application is handed in."""
        text = f"{self.branch.short_name}牵头申报“{self.name}”，本支部列为参与支部"
        notice.tell(self._partner_people(), event=f"project-{self.pk}-{self.version}", text=text, about=self)

    def _partner_people(self: Project) -> models.QuerySet[Person]:  # type: ignore[misc]
        return Person.objects.appointed_at(self.partner_branches(), Ability.DRAFT)
