"""The joint project (联合项目): one branch leads, others take part, of other units too. It counts once, at the lead branch."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models

from dangjian.foundation import clock, notice
from dangjian.people.access import Ability, Role
from dangjian.people.organisation import Organisation
from dangjian.people.person import Appointment, Person
from dangjian.projects.partner import Partner

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

    def tell_taken_off(self: Project, before: list[Organisation]) -> None:  # type: ignore[misc]
        """Each branch that took part in what was handed in and is no longer named hears of it."""
        gone = {branch.pk for branch in before} - {branch.pk for branch in self.partner_branches()}
        if gone and self.revisions.exists():
            people = Person.objects.appointed_at([branch for branch in before if branch.pk in gone], Ability.DRAFT)
            text = f"“{self.name}”退回修改时不再列本支部为参与支部"
            event = f"project-{self.pk}-{self.version}-taken-off"
            notice.tell(people, event=event, text=text, about=self)

    @classmethod
    def lose_partner(cls, branch: Organisation, successor: Organisation | None, *, by: Any) -> None:
        """参与支部变动: a branch that takes part in projects under way ends; ``successor`` does its part, or nobody yet.

        For :class:`Restructuring` alone. It stands in each project's log; the lead branches and the successor are told.
        """
        table: Any = Partner._meta.get_field("project").related_model
        into = f"并入{successor.short_name}" if successor else "已撤销"
        projects = table.move_together(
            table.objects.filter(pk__in=Partner.objects.filter(branch=branch).values("project")), "lose_partner",
            by=by, opinion=f"参与支部{branch.short_name}{into}", changed_at=clock.now(),
        )  # fmt: skip
        for project in projects:
            event, what = (
                f"project-{project.pk}-lost-{branch.pk}",
                f"“{project.name}”的参与支部{branch.short_name}{into}",
            )
            asked = "，由其继续参与" if successor else "，请商定由谁承担其分工"
            notice.tell(
                Person.objects.holding(Ability.DRAFT, project.branch), event=event, text=what + asked, about=project
            )
            if successor is not None:
                project.partners.get(branch=branch).pass_to(successor)
                told = Person.objects.appointed_at([successor], Ability.DRAFT)
                notice.tell(told, event=event, text=f"{what}，由本支部继续参与", about=project)

    def _partner_people(self: Project) -> models.QuerySet[Person]:  # type: ignore[misc]
        return Person.objects.appointed_at(self.partner_branches(), Ability.DRAFT)
