"""Delegation (委托代办): one hands the rights of an office to another person between two days; it ends by itself.

Shown everywhere as 「X 代 Y」. A right that is delegated never goes further, and never outlives the office itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import TYPE_CHECKING, Self

from django.db import models, transaction

from dangjian.foundation import audit, clock, notice
from dangjian.foundation.lifecycle import Reason, Refused, checked
from dangjian.foundation.window import day_text
from dangjian.people.access import ADMINISTRATORS, Ability, demand

if TYPE_CHECKING:
    from dangjian.people.person import Appointment, Person

# Six months at their longest. Whoever is away for longer is succeeded, not stood in for.
MOST_DAYS = 184


class DelegationQuerySet(models.QuerySet["Delegation"]):
    def visible_to(self, person: Person) -> Self:
        """Those one gave or received; and to whoever keeps the offices there, all."""
        kept = type(person).objects.under(person, Ability.MANAGE_OFFICES).values("pk")
        own = models.Q(office__person=person) | models.Q(to=person)
        return self.filter(own | models.Q(office__person__in=kept))

    def overlapping(self, first: date, last: date | None) -> Self:
        """Not taken back, and meant for any day from ``first`` to ``last`` (None: without end)."""
        found = self.filter(ended_at__isnull=True, ends_on__gte=first)
        return found.filter(starts_on__lte=last) if last else found

    def in_force(self) -> Self:
        """Today in Beijing. Whoever asks looks at the office too: what has ended cannot be delegated."""
        return self.overlapping(clock.today(), clock.today())

    def ending_by(self, day: date) -> Self:
        """In force, and over with ``day`` at the latest, itself or with its office."""
        soon = models.Q(ends_on__lte=day) | models.Q(office__ends_on__lte=day)
        return self.in_force().filter(
            soon, models.Q(office__ends_on=None) | models.Q(office__ends_on__gte=clock.today())
        )

    def newest_first(self) -> Self:
        return self.select_related("office__person", "office__organisation", "to").order_by("-starts_on", "-pk")


class Delegation(models.Model):
    """That ``to`` acts by an office of somebody else, between two days, and why."""

    office = models.ForeignKey(
        "dangjian.Appointment", models.PROTECT, related_name="delegations", verbose_name="委托的任职"
    )
    to = models.ForeignKey("dangjian.Person", models.PROTECT, related_name="received", verbose_name="受托人")
    starts_on = models.DateField("开始日期")
    ends_on = models.DateField("结束日期")
    reason = models.CharField("事由", max_length=100)
    given_at = models.DateTimeField("委托时间")
    ended_at = models.DateTimeField("收回时间", null=True)
    ended_by = models.ForeignKey("dangjian.Person", models.PROTECT, null=True, related_name="+", verbose_name="收回人")

    objects = DelegationQuerySet.as_manager()

    class Meta:
        verbose_name = "委托代办"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ends_on__gte=models.F("starts_on")), name="delegation_ends_after_start"
            ),
            models.CheckConstraint(
                condition=models.Q(ended_at__isnull=True, ended_by__isnull=True)
                | models.Q(ended_at__isnull=False, ended_by__isnull=False),
                name="delegation_ended_by_and_at",
            ),
        ]
        indexes = [models.Index(fields=["to", "ends_on"], name="delegation_received")]

    def __str__(self) -> str:
        return f"{self.to.name}代{self.office.person.name}（{self.office}）"

    # Questions

    @property
    def span_text(self) -> str:
        return day_text(self.starts_on) + (f"至{day_text(self.ends_on)}" if self.ends_on > self.starts_on else "一天")

    @property
    def is_over(self) -> bool:
        """Taken back, past its last day, or the office itself has ended."""
        return self.ended_at is not None or self.last_day < clock.today()

    @property
    def last_day(self) -> date:
        """Its own, or that of the office where it ends before."""
        return min(self.ends_on, self.office.ends_on or self.ends_on)

    @property
    def has_begun(self) -> bool:
        return self.starts_on <= clock.today()

    def may_be_ended_by(self, person: Person) -> bool:
        """By whoever gave it, and by the security administrator who keeps the office."""
        return person.pk == self.office.person_id or person.can(Ability.MANAGE_OFFICES, self.office.organisation)

    # Verbs

    @classmethod
    @transaction.atomic
    def give(
        cls, offices: Sequence[Appointment], *, to: Person, starts_on: date, ends_on: date, reason: str, by: Person
    ) -> list[Delegation]:
        """Hand the rights of one's own offices to ``to``, all of them or none. Raises Refused."""
        if not offices:
            raise Refused(Reason("请选择要委托的任职", "offices"))
        # The offices are claimed first, so that two delegations of one office never overlap.
        held = type(offices[0]).objects.select_for_update().filter(pk__in=[office.pk for office in offices])
        offices = list(held.order_by("ordinal", "starts_on", "pk"))
        reasons = [*_wrong_with_days(starts_on, ends_on), *_wrong_with(to, starts_on, ends_on, by)]
        if not reason.strip():
            reasons.append(Reason("请写明事由", "reason"))
        for office in offices:
            reasons += _wrong_with_office(office, to, starts_on, ends_on, by)
        if reasons:
            raise Refused(*reasons)
        return [cls._give(office, to, starts_on, ends_on, reason.strip(), by) for office in offices]

    @classmethod
    def _give(
        cls, office: Appointment, to: Person, starts_on: date, ends_on: date, reason: str, by: Person
    ) -> Delegation:
        made = cls(office=office, to=to, starts_on=starts_on, ends_on=ends_on, reason=reason, given_at=clock.now())
        checked(made, exclude=["ended_at", "ended_by"])
        made.save()
        details = {"to": to.pk, "office": office.pk, "starts_on": starts_on, "ends_on": ends_on}
        audit.record("delegation.give", made, by=by, details=details)
        text = f"{by.name}委托{to.name}代行{office}职责，{made.span_text}，事由：{reason}"
        notice.tell([to, by], event=f"delegation-{made.pk}", text=text, about=made)
        to.forget_offices()
        return made

    @transaction.atomic
    def end(self, *, by: Person) -> None:
        """Take it back at once: from this moment the other holds none of its rights."""
        if by.pk != self.office.person_id:
            demand(by, Ability.MANAGE_OFFICES, self.office.organisation)
        if self.is_over:
            raise Refused("这项委托已经结束")
        claimed = Delegation.objects.filter(pk=self.pk, ended_at=None).update(ended_at=clock.now(), ended_by=by.pk)
        if not claimed:
            raise Refused("这项委托刚刚已被收回")
        self.refresh_from_db(fields=["ended_at", "ended_by"])
        audit.record("delegation.end", self, by=by)
        text = f"{self.to.name}代行{self.office}职责的委托已由{by.name}收回"
        notice.tell([self.to, self.office.person], event=f"delegation-{self.pk}-end", text=text, about=self)
        self.to.forget_offices()

    def remind(self) -> None:
        """Say once to both that it is about to end. For the worker."""
        text = f"{self.to.name}代行{self.office}职责的委托将于{day_text(self.last_day)}24时结束，需要继续的请重新委托"
        notice.tell([self.to, self.office.person], event=f"delegation-{self.pk}-ending", text=text, about=self)


# What is wrong with a delegation before anything is written


def _wrong_with_days(starts_on: date, ends_on: date) -> Iterator[Reason]:
    if starts_on < clock.today():
        yield Reason("开始日期不能早于今天", "starts_on")
    if ends_on < starts_on:
        yield Reason("结束日期不能早于开始日期", "ends_on")
    elif (ends_on - starts_on).days >= MOST_DAYS:
        yield Reason(f"一次委托最长六个月（{MOST_DAYS}天），更长的请安全管理员调整任职", "ends_on")


def _wrong_with(to: Person, starts_on: date, ends_on: date, by: Person) -> Iterator[Reason]:
    account = getattr(to, "account", None)
    if to.pk == by.pk:
        yield Reason("不能委托给自己", "to")
    elif account is None or not account.is_active:
        yield Reason(f"{to.name}没有可以登录的账号，不能受托", "to")
    elif to.appointments.overlapping(starts_on, ends_on).filter(role__in=ADMINISTRATORS).exists():
        yield Reason(f"{to.name}是系统、安全或审计管理员，不能受托办理业务", "to")


def _wrong_with_office(office: Appointment, to: Person, starts_on: date, ends_on: date, by: Person) -> Iterator[Reason]:
    if office.person_id != by.pk:
        # What one holds by delegation is somebody else's office: it cannot be passed on.
        yield Reason("只能委托本人的任职，受托得来的不能再委托", "offices")
    elif not office.is_of_business:
        yield Reason(f"{office}不能委托他人代办", "offices")
    elif starts_on < office.starts_on or (office.ends_on and ends_on > office.ends_on):
        yield Reason(f"委托的日期超出了{office}的任期", "ends_on")
    elif to.pk != by.pk and not type(office).objects.filter(pk=office.pk).stand_ins().contains(to):
        yield Reason(f"{to.name}不在{office.organisation.short_name}及其上级党组织，不能受托", "to")
    standing = office.delegations.overlapping(starts_on, ends_on).select_related("to").first()
    if standing is not None:
        yield Reason(f"{office}已委托{standing.to.name}（{standing.span_text}），日期不能重叠；请先收回", "starts_on")
