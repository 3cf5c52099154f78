"""The signature (签订人): who stands for one side of a letter, by name on the day, or by a written authority (S-115)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.db import models

from dangjian.foundation.evidence import Attachment
from dangjian.foundation.window import day_text
from dangjian.people.access import Role
from dangjian.people.organisation import Organisation
from dangjian.people.person import Appointment, Person

if TYPE_CHECKING:
    from dangjian.agreements.letter import Letter


class Side(models.TextChoices):
    """The two who sign."""

    COMMITTEE = "committee", "党委书记"
    BRANCH = "branch", "党支部书记"


class Manner(models.TextChoices):
    """How somebody came to stand for a side."""

    SIGNED = "signed", "签订"
    CONTINUED = "continued", "接续确认"


@dataclass(frozen=True)
class Authority:
    """书面委托: who signs instead of the secretary, by which paper, valid between which days."""

    person: Person
    starts_on: date
    ends_on: date
    file: Iterable[bytes]
    file_name: str


class Signature(models.Model):
    """One who signed, or later took over what was signed. ``principal`` is the secretary on that day."""

    letter = models.ForeignKey("dangjian.Letter", models.CASCADE, related_name="signatures", verbose_name="责任书")
    side = models.CharField("一方", max_length=20, choices=Side)
    manner = models.CharField("方式", max_length=20, choices=Manner, default=Manner.SIGNED)
    person = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="签订人")
    principal = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="书记")
    on = models.DateField("签订日期")
    authority = models.OneToOneField(
        Attachment, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="委托书"
    )
    authority_starts_on = models.DateField("委托开始日期", null=True, blank=True)
    authority_ends_on = models.DateField("委托结束日期", null=True, blank=True)

    certificate = models.CharField("证书编号", max_length=50, blank=True)
    """Of an electronic confirmation: the certificate that is bound to this person and office."""

    class Meta:
        verbose_name = "责任书签订人"
        ordering = ["on", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["letter", "side"], condition=models.Q(manner="signed"), name="signature_once_a_side"
            ),
            models.CheckConstraint(
                condition=models.Q(
                    authority__isnull=True, authority_starts_on__isnull=True, authority_ends_on__isnull=True
                )
                | models.Q(authority__isnull=False, authority_starts_on__lte=models.F("on"),
                           authority_ends_on__gte=models.F("on")),
                name="signature_authority_covers_day",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.get_side_display()} {self.who}"

    @property
    def who(self) -> str:
        """张建国, or with a written authority 李敏（受张建国书面委托）."""
        if self.person_id == self.principal_id:
            return str(self.person.name)
        return f"{self.person.name}（受{self.principal.name}书面委托）"

    @property
    def authority_text(self) -> str:
        if self.authority_starts_on is None or self.authority_ends_on is None:
            return ""
        return f"委托期限{day_text(self.authority_starts_on)}至{day_text(self.authority_ends_on)}"

    @classmethod
    def put(cls, letter: Letter, side: Side, secretary: Person, *, on: date, authority: Attachment | None = None,
            terms: Authority | None = None, manner: Manner = Manner.SIGNED) -> Signature:  # fmt: skip
        """Write down who stood for the side. For the letter's verbs alone."""
        return cls.objects.create(
            letter=letter, side=side, manner=manner, person=terms.person if terms else secretary, principal=secretary,
            on=on, authority=authority, authority_starts_on=terms.starts_on if terms else None,
            authority_ends_on=terms.ends_on if terms else None,
        )  # fmt: skip


_ROLES = {Side.COMMITTEE: Role.UNIT_COMMITTEE_SECRETARY, Side.BRANCH: Role.BRANCH_SECRETARY}
_NEWEST_FIRST = ("ordinal", "-starts_on", "-pk")


def secretary_on(place: Organisation, day: date) -> Person | None:
    """Who was secretary of the branch or committee on a day; the newest of several."""
    role = _ROLES[Side.BRANCH if place.is_branch else Side.COMMITTEE]
    held = Appointment.objects.overlapping(day, day).filter(organisation=place, role=role)
    office = held.select_related("person").order_by(*_NEWEST_FIRST).first()
    return office.person if office else None


def seats_of(hands: set[int]) -> list[tuple[Side, int, int]]:
    """Where one of these persons is the secretary of today, as :func:`secretary_on` has it: side, organisation, person."""
    held = Appointment.objects.in_force().filter(role__in=_ROLES.values())
    places = held.filter(person__in=hands).values("organisation")
    first: dict[tuple[str, int], int] = {}
    offices = held.filter(organisation__in=places).order_by(*_NEWEST_FIRST)
    for role, place, person in offices.values_list("role", "organisation", "person"):
        first.setdefault((role, place), person)
    sides = {role: side for side, role in _ROLES.items()}
    return [(sides[Role(role)], place, person) for (role, place), person in first.items() if person in hands]


def unmet_seats(hands: set[int], *, anybody: bool) -> models.Q:
    """Letters on a side of which one of these persons is secretary today and has not stood for it; ``anybody``: nor has anybody else."""
    wanted = models.Q(pk__in=())
    for side, place, secretary in seats_of(hands):
        stood = Signature.objects.filter(letter=models.OuterRef("pk"), side=side)
        stood = stood if anybody else stood.filter(principal=secretary)
        field = "project__branch" if side == Side.BRANCH else "project__unit"
        wanted |= models.Q(~models.Exists(stood), **{field: place})
    return wanted
