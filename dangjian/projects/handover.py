"""The handover (交接): open projects pass to another secretary, where the office or the branch changes hands (S-70)."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, Self

from django.db import models, transaction

from dangjian.foundation import audit, clock, notice
from dangjian.foundation.window import day_text
from dangjian.people.access import Ability, Role
from dangjian.people.organisation import Organisation
from dangjian.people.person import Appointment, Person
from dangjian.people.scope import PathField, ScopedQuerySet
from dangjian.projects.state import State

if TYPE_CHECKING:
    from dangjian.projects.project import Project

OPEN = (State.DRAFT, State.IN_APPROVAL, State.ESTABLISHED, State.RUNNING, State.SUSPENDED)
"""Projects on which there is still something to do; what is over keeps who answered for it."""


class HandoverQuerySet(ScopedQuerySet["Handover"]):
    def visible_to(self, person: Any) -> Self:
        """Who sees the branch's projects, and both hands: whoever has left the branch still has the sheet to sign."""
        placed = models.Q(pk__in=self.in_scopes(person.scopes(Ability.VIEW_PROJECT)).values("pk"))
        return self.filter(placed | models.Q(outgoing=person.pk) | models.Q(incoming=person.pk))


class Handover(models.Model):
    """The projects of one branch that passed from one secretary to the next on one day, as they stood then."""

    branch = models.ForeignKey(Organisation, models.PROTECT, related_name="handovers", verbose_name="党支部")
    path = PathField("路径", editable=False)
    outgoing = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", verbose_name="移交人")
    incoming = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="接收人")
    on = models.DateField("交接日期")
    at = models.DateTimeField("登记时间")
    projects = models.ManyToManyField("dangjian.Project", related_name="handovers", verbose_name="移交的项目")
    standings = models.JSONField("移交时的状态", default=dict)

    objects = HandoverQuerySet.as_manager()

    class Meta:
        verbose_name = "项目交接"
        indexes = [models.Index(fields=["path", "-on"], name="handover_place")]

    def __str__(self) -> str:
        return f"{self.branch.short_name}{day_text(self.on)}交接"

    @classmethod
    def of(cls, project: Project) -> models.QuerySet[Handover]:
        """Each time the project passed on, oldest first."""
        return cls.objects.filter(projects=project).select_related("outgoing", "incoming").order_by("at", "pk")

    @property
    def hands(self) -> str:
        """张建国 → 李强."""
        return f"{self.outgoing.name if self.outgoing else '（空缺）'} → {self.incoming.name}"

    def projects_for(self, person: Any) -> models.QuerySet[Project]:
        """What passed over, in order: all of it for both hands, for others what exists for them."""
        passed = self.projects.order_by("round__year", "number", "pk")
        if person.pk in (self.outgoing_id, self.incoming_id):
            return passed
        return passed.filter(pk__in=self.projects.model.objects.visible_to(person).values("pk"))

    def standing(self, project: Project) -> str:
        """The state of a project on the day it passed over."""
        return str(self.standings.get(str(project.pk), ""))

    # Verbs

    @classmethod
    def settle(
        cls, place: Organisation | None = None, *, by: Any = None, on: date | None = None, because: str = "书记变更"
    ) -> list[Handover]:
        """Pass on every open project, at ``place`` or anywhere, whose branch has another secretary in office today.

        The worker calls it for the days that come by themselves, whoever registers an office for what holds at once.
        Where nobody is in office nothing passes on: the last secretary answers until there is a next.
        ``on`` is the day of the handover where it is not the first day of the office, ``because`` what it comes from.
        """
        wrong: dict[tuple[int, int | None, int], list[int]] = {}
        for pk, branch, owner, secretary in _unsettled(place):
            wrong.setdefault((branch, owner, secretary), []).append(pk)
        return [
            made
            for key, pks in wrong.items()
            if (made := cls._pass_on(*key, pks, by=by, on=on, because=because)) is not None
        ]

    # Private

    @classmethod
    @transaction.atomic
    def _pass_on(
        cls, branch: int, owner: int | None, secretary: int, pks: list[int], *, by: Any, on: date | None, because: str
    ) -> Handover | None:
        # Whoever settles at the same moment waits here and then finds nothing left to pass on.
        held = _projects().select_for_update().filter(pk__in=pks, owner=owner, state__in=OPEN)
        projects = list(held.order_by("pk"))
        if not projects:
            return None
        incoming = Person.objects.get(pk=secretary)
        if on is None:
            office = Appointment.objects.in_force().filter(person=incoming, organisation=branch)
            began = office.filter(role=Role.BRANCH_SECRETARY).order_by("-starts_on")[0].starts_on
            on = max(began, min(clock.local(project.created_at).date() for project in projects))
        place = Organisation.objects.get(pk=branch)
        made = cls.objects.create(
            branch=place, path=place.path, outgoing_id=owner, incoming=incoming, on=on, at=clock.now(),
            standings={str(project.pk): project.waiting_label for project in projects},
        )  # fmt: skip
        made.projects.set(projects)
        _projects().filter(pk__in=[project.pk for project in projects]).update(owner=incoming)
        for project in projects:
            audit.record(
                "project.pass_on", project, by=by, details={"handover": made.pk, "from": owner, "to": secretary}
            )
        made._tell(len(projects), because)
        return made

    def _tell(self, count: int, because: str) -> None:
        text = f"{self.branch.short_name}{because}，{count}个项目的主要责任人由{self.hands}，请打印交接单办理交接"
        hands = [hand for hand in (self.outgoing, self.incoming) if hand is not None]
        notice.tell(hands, event=f"handover-{self.pk}", text=text, about=self)


def _projects() -> Any:
    """A project knows of its handovers, so that this file asks for it by way of its own column."""
    return Handover._meta.get_field("projects").related_model._base_manager


def _unsettled(place: Organisation | None) -> Any:
    """Project, branch, owner and secretary in office, wherever the last two differ: one question for the whole company."""
    office = Appointment.objects.in_force().filter(organisation=models.OuterRef("branch"), role=Role.BRANCH_SECRETARY)
    secretary = office.order_by("ordinal", "-starts_on", "-pk").values("person")[:1]
    found = _projects().filter(state__in=OPEN).annotate(secretary=models.Subquery(secretary))
    found = found.filter(secretary__isnull=False).exclude(owner__isnull=False, owner=models.F("secretary"))
    if place is not None:
        found = found.filter(branch=place)
    return found.order_by("branch", "pk").values_list("pk", "branch", "owner", "secretary")
