"""The team (项目团队): Party-member backbones of the branch and of the branches that take part (S-71)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from django.db import models

from dangjian.foundation.lifecycle import Reason
from dangjian.people.person import IN_ORDER, Person

if TYPE_CHECKING:
    from dangjian.projects.project import Project

MOST_DUTY = 60  # characters

Team = Sequence[tuple[Person, str]]
"""Each member with what they do."""


class TeamMember(models.Model):
    """A member of the project team and what they do in it (S-71)."""

    project = models.ForeignKey("dangjian.Project", models.CASCADE, related_name="team", verbose_name="项目")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="成员")
    duty = models.CharField("分工", max_length=MOST_DUTY, blank=True)

    class Meta:
        verbose_name = "项目成员"
        ordering = ["person__ordinal", "person_id"]
        constraints = [models.UniqueConstraint(fields=["project", "person"], name="team_member_once")]

    def __str__(self) -> str:
        return self.person.name


def candidates(project: Project) -> models.QuerySet[Person]:
    """Who may be a member: the people of the branch but its secretary, who is responsible anyway, then those of partners.

    Whoever is a member already stays to be chosen, so that a form which is saved again loses nobody.
    """
    theirs = models.Q(organisation__in=project.partners.values("branch"))
    own = models.Q(organisation=project.branch_id) & ~models.Q(pk=project.owner_id or 0)
    found = Person.objects.filter(own | theirs | models.Q(pk__in=project.team.values("person")))
    own_first = models.Case(models.When(organisation=project.branch_id, then=0), default=1)
    return found.select_related("organisation").order_by(own_first, "organisation__rank", *IN_ORDER)


def unfit(team: Team) -> Iterator[Reason]:
    """The same person twice, or a duty longer than its place on paper."""
    people = [person.pk for person, _ in team]
    if len(set(people)) < len(people):
        yield Reason("同一位同志只能列一次", "team")
    if any(len(duty.strip()) > MOST_DUTY for _, duty in team):
        yield Reason(f"分工最多 {MOST_DUTY} 字", "team")
