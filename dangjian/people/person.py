"""The person (人员): whoever acts, decides or is responsible. No identity numbers are kept."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any, Self

from django.core.exceptions import ValidationError
from django.db import models, transaction

from dangjian.foundation import audit, clock
from dangjian.foundation.lifecycle import Reason, Refused, checked
from dangjian.foundation.search import held, words_of
from dangjian.people.access import ADMINISTRATORS, GRANTS, Ability, Role, apart, demand, roles_with
from dangjian.people.organisation import Organisation
from dangjian.people.scope import STEP, Node, Scope


class PoliticalStatus(models.TextChoices):
    """政治面貌."""

    MEMBER = "member", "中共党员"
    PROBATIONARY = "probationary", "中共预备党员"
    LEAGUE = "league", "共青团员"
    MASSES = "masses", "群众"
    OTHER = "other", "其他"


IN_ORDER = ("ordinal", "name", "pk")


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

    def appointed_at(self, places: Iterable[Organisation], ability: Ability) -> Self:
        """Who may use ``ability`` by an office at one of the places themselves, not from above."""
        held = Appointment.objects.in_force().filter(organisation__in=places, role__in=roles_with(ability))
        return self.filter(pk__in=held.values("person"))

    def under(self, person: Person, ability: Ability) -> Self:
        """The people of every organisation where ``person`` may use ``ability``, those dissolved too."""
        return self.filter(organisation__in=Organisation.objects.in_scopes(person.scopes(ability)))

    def in_office(self, role: str) -> Self:
        """Who holds the role anywhere today."""
        return self.filter(pk__in=Appointment.objects.in_force().filter(role=role).values("person"))

    def with_offices(self) -> Self:
        """Each with the offices in force today as ``offices_now``, in one question for all."""
        held = Appointment.objects.in_force().select_related("organisation").order_by("ordinal", "starts_on")
        return self.prefetch_related(models.Prefetch("appointments", held, to_attr="offices_now"))

    def matching(self, text: str) -> Self:
        """Name, post or organisation contain every word."""
        found = self
        for word in words_of(text):
            places = ("name", "post", "organisation__short_name", "organisation__full_name", "account__username")
            found = found.filter(held(word, *places))
        return found

    def in_order(self) -> Self:
        """By 序号, then by strokes of the surname as far as the database's text order gives it."""
        return self.order_by(*IN_ORDER)


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
            if (ability in GRANTS[Role(office.role)] if ability else office.is_of_business)
        ]

    def can(self, ability: Ability | str, place: Any) -> bool:
        """Whether the person may use ``ability`` at a place: an organisation, or anything that carries its path."""
        return any(scope.covers(place.path) for scope in self.scopes(ability))

    def paths_with(self, ability: Ability) -> list[str]:
        """The places of one's own offices that give ``ability``, without what lies below them."""
        return [scope.path for scope in self.scopes(ability)]

    def organisations_with(self, ability: Ability) -> models.QuerySet[Organisation]:
        """The organisations still in force where the person may use ``ability``, in 组织序列."""
        return Organisation.objects.in_scopes(self.scopes(ability)).in_force().in_order()

    # Verbs

    @classmethod
    @transaction.atomic
    def enrol(cls, *, name: str, organisation: Organisation, by: Any, **facts: Any) -> Person:
        demand(by, Ability.MANAGE_ACCOUNTS, organisation)
        made = cls(name=name.strip(), organisation=organisation, **facts)
        checked(made)
        made.save()
        audit.record("person.enrol", made, by=by, details={"name": audit.veiled(made.name)})
        return made

    @transaction.atomic
    def amend(self, *, by: Any, **facts: Any) -> list[str]:
        """Correct political status, post or 序号; the names of the columns that changed."""
        demand(by, Ability.MANAGE_ACCOUNTS, self.organisation)
        changed = [field for field, value in facts.items() if getattr(self, field) != value]
        for field in changed:
            setattr(self, field, facts[field])
        if changed:
            checked(self)
            self.save(update_fields=changed)
            audit.record("person.amend", self, by=by, details={"fields": changed})
        return changed

    @transaction.atomic
    def appoint(
        self, role: Role, *, organisation: Organisation, by: Any, with_subtree: bool = False,
        starts_on: Any = None, ends_on: Any = None,
    ) -> Appointment:  # fmt: skip
        """Give an office from ``starts_on`` (today where not said) to ``ends_on``, or until it is ended.

        Refused where it would put an administrator's office and another into one hand.
        """
        demand(by, Ability.MANAGE_OFFICES, organisation)
        made = Appointment(
            person=self, role=role, organisation=organisation, with_subtree=with_subtree,
            starts_on=starts_on or clock.today(), ends_on=ends_on,
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
        return self.overlapping(day, day)

    def overlapping(self, first: date, last: date | None) -> Self:
        """In force on any day from ``first`` to ``last`` (None: without end)."""
        found = self.filter(models.Q(ends_on__isnull=True) | models.Q(ends_on__gte=first))
        return found.filter(starts_on__lte=last) if last else found


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

    def not_yet_succeeded(self) -> AppointmentQuerySet:
        """Who is secretary here still when this secretary takes over; nobody for offices that several may hold."""
        if self.role not in (Role.BRANCH_SECRETARY, Role.UNIT_COMMITTEE_SECRETARY):
            return Appointment.objects.none()
        others = Appointment.objects.filter(role=self.role, organisation=self.organisation).exclude(person=self.person)
        return others.overlapping(self.starts_on, self.ends_on).select_related("person")

    @property
    def is_of_business(self) -> bool:
        """Whether the office lets one see anything of the work itself."""
        return self.role not in ADMINISTRATORS and bool(GRANTS[Role(self.role)])

    def clean(self) -> None:
        """三员分设: nobody is administrator and anything else on the same day. A trigger guards it once more."""
        if not isinstance(self.starts_on, date):
            return
        others = Appointment.objects.filter(person_id=self.person_id).exclude(pk=self.pk)
        for other in others.overlapping(self.starts_on, self.ends_on).select_related("organisation"):
            if apart(self.role, other.role):
                raise ValidationError(
                    {"role": f"已任{other}，系统、安全、审计管理员由不同的人担任，也不兼其他任职；请先免去原任职"}
                )

    @transaction.atomic
    def end(self, *, on: date, by: Any) -> None:
        """The last day in office. An office already ended can no longer be lengthened."""
        demand(by, Ability.MANAGE_OFFICES, self.organisation)
        if self.ends_on and self.ends_on < clock.today():
            raise Refused(Reason(f"这项任职已于{self.ends_on:%Y-%m-%d}结束", "ends_on"))
        self.ends_on = on
        checked(self)
        self.save(update_fields=["ends_on"])
        audit.record("appointment.end", self, by=by, details={"on": on})


COMMITTEE_ROLES = (
    Role.UNIT_COMMITTEE_SECRETARY, Role.UNIT_COMMITTEE_MEMBER, Role.BRANCH_SECRETARY, Role.BRANCH_COMMITTEE_MEMBER,
)  # fmt: skip


def committee_of(place: Organisation) -> models.QuerySet[Person]:
    """Secretary and members of the committee in office here today."""
    held = Appointment.objects.in_force().filter(organisation=place, role__in=COMMITTEE_ROLES)
    return Person.objects.filter(pk__in=held.values("person")).in_order()


def secretary_of(branch: Organisation) -> Person | None:
    """The branch secretary in office today, 主要责任人 of the branch's projects (S-70); the newest of several."""
    held = Appointment.objects.in_force().filter(organisation=branch, role=Role.BRANCH_SECRETARY)
    office = held.select_related("person").order_by("ordinal", "-starts_on", "-pk").first()
    return office.person if office else None
