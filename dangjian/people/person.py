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
from dangjian.people.access import ADMINISTRATORS, GRANTS, OF_BUSINESS, Ability, Role, apart, demand, roles_with
from dangjian.people.delegation import Delegation
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
        """Who may use ``ability`` at ``place`` today, by an own office or a delegated one."""
        return self.through(Appointment.objects.giving(ability, place))

    def through(self, offices: AppointmentQuerySet) -> Self:
        """Who acts by one of the offices, all in force today: its holder, and whoever it is delegated to."""
        delegates = Delegation.objects.in_force().filter(office__in=offices).values("to")
        return self.filter(pk__in=offices.values("person").union(delegates))

    def appointed_at(self, places: Iterable[Organisation], ability: Ability) -> Self:
        """Who may use ``ability`` by an office at one of the places themselves, not from above."""
        held = Appointment.objects.in_force().filter(organisation__in=places, role__in=roles_with(ability))
        return self.through(held)

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
        """The offices one acts by today, one's own first, then those delegated to one.

        Read once a day for each loaded person, in one question.
        """
        day = clock.today()
        if getattr(self, "_offices_day", None) != day:
            held = Appointment.objects.acted_by(self).select_related("organisation", "person")
            self._offices = sorted(held, key=lambda office: office.person_id != self.pk)
            self._offices_day = day
        return self._offices

    def delegable_offices(self) -> AppointmentQuerySet:
        """One's own offices, in force, that may be handed to somebody else for a time."""
        own = self.appointments.in_force().filter(role__in=OF_BUSINESS).select_related("organisation")
        return own.order_by("ordinal", "starts_on", "pk")

    def forget_offices(self) -> None:
        """They have changed: the next question reads them anew."""
        vars(self).pop("_offices_day", None)

    def _offices_with(self, ability: Ability | str) -> list[Appointment]:
        return [office for office in self.offices() if ability in GRANTS[Role(office.role)]]

    def scopes(self, ability: Ability | str | None = None) -> list[Scope]:
        """Where the person may use ``ability``; with None, where the person holds any business office."""
        offices = self._offices_with(ability) if ability else [o for o in self.offices() if o.is_of_business]
        return [office.scope for office in offices]

    def can(self, ability: Ability | str, place: Any) -> bool:
        """Whether the person may use ``ability`` at a place: an organisation, or anything that carries its path."""
        return any(scope.covers(place.path) for scope in self.scopes(ability))

    def paths_with(self, ability: Ability) -> list[str]:
        """The places of one's own offices that give ``ability``, without what lies below them."""
        return [scope.path for scope in self.scopes(ability)]

    def acting_for(self, ability: Ability | str, place: Any, *, there: bool = False) -> Person | None:
        """Whose right the person uses: None for an own one, which goes before a delegated one.

        ``there``: by an office at the place itself, where one from above does not count.
        """
        used = [
            office
            for office in self._offices_with(ability)
            if (office.organisation.path == place.path if there else office.scope.covers(place.path))
        ]
        return used[0].person if used and used[0].person_id != self.pk else None

    def acts_as(self, ability: Ability | str) -> set[int]:
        """The person, and those whose ability was delegated to them, by number."""
        return {self.pk, *(office.person_id for office in self._offices_with(ability))}

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
        self, role: Role, *, organisation: Organisation, by: Any, with_subtree: bool | None = None,
        starts_on: Any = None, ends_on: Any = None,
    ) -> Appointment:  # fmt: skip
        """Give an office from ``starts_on`` (today where not said) to ``ends_on``, or until it is ended.

        Where nobody says how far it reaches, an office of a branch is for the branch alone; every other covers what lies
        below, without which its holder would see no project.
        Refused where it would put an administrator's office and another into one hand.
        """
        demand(by, Ability.MANAGE_OFFICES, organisation)
        made = Appointment(
            person=self, role=role, organisation=organisation,
            with_subtree=not organisation.is_branch if with_subtree is None else with_subtree,
            starts_on=starts_on or clock.today(), ends_on=ends_on,
        )  # fmt: skip
        checked(made)
        made.save()
        self.forget_offices()
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

    def stand_ins(self) -> PersonQuerySet:
        """Who may act by these offices for their holder: with an account, of the organisation or one above up to 本单位."""
        near: set[str] = set()
        for office in self.select_related("organisation"):
            path, unit = office.organisation.path, office.organisation.unit.path
            near.update(path[:end] for end in range(len(unit), len(path) + 1, STEP))
        administrators = Appointment.objects.in_force().filter(role__in=ADMINISTRATORS).values("person")
        found = Person.objects.filter(organisation__path__in=near, account__is_active=True)
        found = found.exclude(pk__in=self.values("person")).exclude(pk__in=administrators)
        return found.select_related("organisation").order_by("organisation__rank", "ordinal", "pk")

    def giving(self, ability: Ability | str, place: Node) -> Self:
        """In force today, and giving ``ability`` at ``place``: held there, or above with all below."""
        own = models.Q(organisation__path=place.path)
        above = [place.path[:end] for end in range(STEP, len(place.path), STEP)]
        with_subtree = models.Q(organisation__path__in=above, with_subtree=True)
        return self.in_force().filter(own | with_subtree, role__in=roles_with(ability))

    def acted_by(self, person: Person) -> Self:
        """In force today: the person's own, and those delegated to them."""
        received = Delegation.objects.in_force().filter(to=person).values("office")
        return self.in_force().filter(models.Q(person=person) | models.Q(pk__in=received)).order_by("ordinal", "pk")


_SAID_BY_THE_PLACE = ("单位党委", "公司党委", "党支部", "支部", "单位")


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
        """「第一项目部党支部书记」: what the place's name has said already is not said once more."""
        place, office = self.organisation.short_name, str(self.get_role_display())
        if place.endswith(("委", "支部")):
            said = next((words for words in _SAID_BY_THE_PLACE if office.startswith(words)), "")
            office = office.removeprefix(said)
        return f"{place}{office}"

    def not_yet_succeeded(self) -> AppointmentQuerySet:
        """Who is secretary here still when this secretary takes over; nobody for offices that several may hold."""
        if self.role not in (Role.BRANCH_SECRETARY, Role.UNIT_COMMITTEE_SECRETARY):
            return Appointment.objects.none()
        others = Appointment.objects.filter(role=self.role, organisation=self.organisation).exclude(person=self.person)
        return others.overlapping(self.starts_on, self.ends_on).select_related("person")

    @property
    def is_of_business(self) -> bool:
        """Whether the office lets one see anything of the work itself."""
        return self.role in OF_BUSINESS

    @property
    def scope(self) -> Scope:
        return Scope(self.organisation.path, self.with_subtree)

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
        received = Delegation.objects.overlapping(self.starts_on, self.ends_on).filter(to_id=self.person_id)
        if self.role in ADMINISTRATORS and (standing := received.select_related("office__person").first()):
            giver = standing.office.person.name
            raise ValidationError(
                {"role": f"正受{giver}委托代办（{standing.span_text}），管理员不能办理业务；请先收回委托"}
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
