"""The person (人员): whoever acts, decides or is responsible. No identity numbers are kept."""

from __future__ import annotations

from typing import Any, Self

from django.db import models, transaction

from dangjian.foundation import audit, clock
from dangjian.foundation.lifecycle import checked
from dangjian.people.access import GRANTS, Ability, Role, roles_with
from dangjian.people.organisation import Organisation
from dangjian.people.scope import STEP, Node, Scope


class PoliticalStatus(models.TextChoices):
    """政治面貌."""

    MEMBER = "member", "中共党员"
    PROBATIONARY = "probationary", "中共预备党员"
    LEAGUE = "league", "共青团员"
    MASSES = "masses", "群众"
    OTHER = "other", "其他"


class PersonQuerySet(models.QuerySet["Person"]):
    def visible_to(self, person: Person) -> Self:
        """Oneself, and the people of the organisations one works for."""
        places = Organisation.objects.visible_to(person)
        return self.filter(models.Q(pk=person.pk) | models.Q(organisation__in=places))

    def holding(self, ability: Ability, place: Node) -> Self:
        """Who may use ``ability`` at ``place`` today."""
        own = models.Q(organisation__path=place.path)
        above = [place.path[:end] for end in range(STEP, len(place.path), STEP)]
        with_subtree = models.Q(organisation__path__in=above, with_subtree=True)
        held = Appointment.objects.in_force().filter(own | with_subtree, role__in=roles_with(ability))
        return self.filter(pk__in=held.values("person"))

    def in_order(self) -> Self:
        """By 序号, then by strokes of the surname as far as the database's text order gives it."""
        return self.order_by("ordinal", "name", "pk")


class Person(models.Model):
    """Name, organisation, political status and post; experts, judges and staff are persons too."""

    name = models.CharField("姓名", max_length=40)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="people", verbose_name="所在党组织")
    political_status = models.CharField(
        "政治面貌", max_length=20, choices=PoliticalStatus, default=PoliticalStatus.MEMBER
    )
    post = models.CharField("职务", max_length=60, blank=True)
    ordinal = models.PositiveSmallIntegerField("序号", default=100)

    objects = PersonQuerySet.as_manager()

    class Meta:
        verbose_name = "人员"
        indexes = [models.Index(fields=["organisation", "ordinal"], name="person_organisation")]

    def __str__(self) -> str:
        return self.name

    @property
    def path(self) -> str:
        return self.organisation.path

    @property
    def is_party_member(self) -> bool:
        return self.political_status in (PoliticalStatus.MEMBER, PoliticalStatus.PROBATIONARY)

    # Questions of right

    def offices(self) -> list[Appointment]:
        """The appointments in force today, read once a day for each loaded person."""
        day = clock.today()
        if getattr(self, "_offices_day", None) != day:
            self._offices = list(self.appointments.in_force().select_related("organisation"))
            self._offices_day = day
        return self._offices

    def scopes(self, ability: Ability | str | None = None) -> list[Scope]:
        """Where the person may use ``ability``; with None, where the person holds any business office."""
        return [
            Scope(office.organisation.path, office.with_subtree)
            for office in self.offices()
            if (ability in GRANTS[Role(office.role)] if ability else GRANTS[Role(office.role)])
        ]

    def can(self, ability: Ability | str, place: Any) -> bool:
        """Whether the person may use ``ability`` at a place: an organisation, or anything that carries its path."""
        return any(scope.covers(place.path) for scope in self.scopes(ability))

    def organisations_with(self, ability: Ability) -> models.QuerySet[Organisation]:
        """The organisations still in force where the person may use ``ability``, in 组织序列."""
        return Organisation.objects.in_scopes(self.scopes(ability)).in_force().in_order()

    # Verbs

    @classmethod
    @transaction.atomic
    def enrol(cls, *, name: str, organisation: Organisation, by: Any, **facts: Any) -> Person:
        made = cls(name=name.strip(), organisation=organisation, **facts)
        checked(made)
        made.save()
        audit.record("person.enrol", made, by=by, details={"name": audit.veiled(made.name)})
        return made

    @transaction.atomic
    def appoint(
        self, role: Role, *, organisation: Organisation, by: Any, with_subtree: bool = False, starts_on: Any = None
    ) -> Appointment:
        """Give an office from ``starts_on`` (today where not said) until it is ended."""
        made = Appointment(
            person=self, role=role, organisation=organisation, with_subtree=with_subtree,
            starts_on=starts_on or clock.today(),
        )  # fmt: skip
        checked(made)
        made.save()
        vars(self).pop("_offices_day", None)
        audit.record("person.appoint", self, by=by, details={"role": role, "organisation": organisation.pk})
        return made


class AppointmentQuerySet(models.QuerySet["Appointment"]):
    def in_force(self) -> Self:
        """Begun and not ended, today in Beijing."""
        day = clock.today()
        return self.filter(models.Q(ends_on__isnull=True) | models.Q(ends_on__gte=day), starts_on__lte=day)


class Appointment(models.Model):
    """That a person holds a role at an organisation between two days, with or without what lies below it."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="appointments", verbose_name="人员")
    role = models.CharField("任职", max_length=30, choices=Role)
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="appointments", verbose_name="任职党组织"
    )
    with_subtree = models.BooleanField("含下级", default=False)
    ordinal = models.PositiveSmallIntegerField("序号", default=100)
    starts_on = models.DateField("任职日期")
    ends_on = models.DateField("免职日期", null=True, blank=True)

    objects = AppointmentQuerySet.as_manager()

    class Meta:
        verbose_name = "任职"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_on__isnull=True) | models.Q(ends_on__gte=models.F("starts_on")),
                name="appointment_ends_after_start",
                violation_error_message="免职日期不能早于任职日期",
            ),
            models.UniqueConstraint(
                fields=["person", "role", "organisation", "starts_on"],
                name="appointment_once",
                violation_error_message="该同志当天已有这项任职",
            ),
        ]
        indexes = [models.Index(fields=["organisation", "role"], name="appointment_place")]

    def __str__(self) -> str:
        return f"{self.organisation.short_name}{self.get_role_display()}"

    @transaction.atomic
    def end(self, *, on: Any, by: Any) -> None:
        """The last day in office."""
        self.ends_on = on
        checked(self)
        self.save(update_fields=["ends_on"])
        audit.record("appointment.end", self, by=by, details={"on": on})


def secretary_of(branch: Organisation) -> Person | None:
    """The branch secretary in office today, 主要责任人 of the branch's projects (S-70)."""
    held = Appointment.objects.in_force().filter(organisation=branch, role=Role.BRANCH_SECRETARY)
    office = held.select_related("person").order_by("ordinal", "starts_on").first()
    return office.person if office else None
