"""The copy (责任书文本): 第1份 for the unit, 第2份 for the branch, and who received each (S-116)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any, Self

from django.db import models, transaction

from dangjian.agreements.voiding import State
from dangjian.foundation import audit, clock
from dangjian.foundation.lifecycle import Overtaken, Reason, Refused, checked
from dangjian.foundation.window import day_text
from dangjian.people.access import Ability, Role, roles_with
from dangjian.people.organisation import Organisation
from dangjian.people.person import Appointment
from dangjian.people.scope import in_scopes


class LetterCopyQuerySet(models.QuerySet["LetterCopy"]):
    def visible_to(self, person: Any) -> Self:
        """Those of letters that exist for the person."""
        letters: Any = LetterCopy._meta.get_field("letter").related_model
        return self.filter(letter__in=letters.objects.visible_to(person).values("pk"))

    def kept_by(self, person: Any) -> Self:
        """Those that the person hands out for their units."""
        return self.filter(in_scopes(person.scopes(Ability.KEEP_LETTERS), "letter__project__path"))

    def to_hand_over(self) -> Self:
        """Of signed letters on paper, handed to nobody yet; in 组织序列. What was confirmed in the system has no copies."""
        found = self.filter(handed_on=None, letter__state=State.SIGNED).exclude(letter__signatures__certificate__gt="")
        place = ("letter__project__unit__rank", "letter__project__branch__rank", "letter__project__number")
        return found.select_related("keeper", "letter__project__branch", "letter__project__unit").order_by(
            "-letter__project__round__year", *place, "number", "pk"
        )


class LetterCopy(models.Model):
    """One of the two originals: which organisation keeps it, who took it and when."""

    letter = models.ForeignKey("dangjian.Letter", models.CASCADE, related_name="copies", verbose_name="责任书")
    number = models.PositiveSmallIntegerField("第几份")
    keeper = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name="保管单位")
    received_by = models.CharField("领取人", max_length=40, blank=True)
    handed_on = models.DateField("交付日期", null=True, blank=True)

    objects = LetterCopyQuerySet.as_manager()

    class Meta:
        verbose_name = "责任书文本"
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["letter", "number"], name="letter_copy_once")]

    def __str__(self) -> str:
        return f"第{self.number}份"

    @staticmethod
    def outstanding() -> models.Exists:
        """Of letters: that a sheet of theirs was handed to nobody yet."""
        return models.Exists(LetterCopy.objects.filter(letter=models.OuterRef("pk"), handed_on=None))

    @property
    def custody_text(self) -> str:
        if self.handed_on is None:
            return "尚未交付"
        return f"{self.received_by} {day_text(self.handed_on)}领取"

    @transaction.atomic
    def hand_over(self, *, to: str, on: date, by: Any, corrects: bool = False) -> None:
        """交付: who received this copy for the organisation that keeps it; or what was taken down wrongly is corrected.

        Raises Refused, Overtaken where a colleague has taken down somebody meanwhile.
        """
        unit = self.letter.project.unit
        if not by.can(Ability.KEEP_LETTERS, unit):
            raise Refused("您没有登记责任书交付的权限")
        reasons = [] if to.strip() else [Reason("请填写领取人", "to")]
        if self.letter.signed_on is None:
            reasons.append(Reason("责任书签订后才能登记交付"))
        elif not self.letter.signed_on <= on <= clock.today():
            reasons.append(Reason("交付日期应在签订日期和今天之间", "on"))
        if reasons:
            raise Refused(*reasons)
        # Whoever comes second waits here for the first, and is told who has the copy.
        now = LetterCopy.objects.select_for_update().get(pk=self.pk)
        if now.handed_on is not None and not corrects:
            raise Overtaken(f"{now}刚刚已登记由{now.custody_text}，您的操作没有执行")
        self.received_by, self.handed_on = to.strip(), on
        checked(self)
        self.save(update_fields=["received_by", "handed_on"])
        acted_for = by.acting_for(Ability.KEEP_LETTERS, unit)
        audit.record("letter.hand_over", self.letter, by=by, on_behalf_of=acted_for, details={"copy": self.number})


def usual_receivers(keepers: Iterable[Organisation], *, by: Any) -> dict[int, str]:
    """Who usually takes the copy of each keeper: of a branch its secretary, of a unit whoever keeps letters there.

    Where ``by`` is among the latter it is ``by``; a unit without a department of its own leaves it to its secretary.
    """
    places = {place.pk: place for place in keepers}
    departments = roles_with(Ability.KEEP_LETTERS)
    held = Appointment.objects.in_force().filter(organisation__in=places).select_related("person")
    first: dict[tuple[int, str], str] = {}
    for office in held.order_by("ordinal", "-starts_on", "-pk"):
        role = "department" if office.role in departments else office.role
        if role == "department" and office.person_id == by.pk:
            first[office.organisation_id, role] = office.person.name
        first.setdefault((office.organisation_id, role), office.person.name)
    asked = {
        pk: (Role.BRANCH_SECRETARY,) if place.is_branch else ("department", Role.UNIT_COMMITTEE_SECRETARY)
        for pk, place in places.items()
    }
    return {pk: next((first[pk, role] for role in roles if (pk, role) in first), "") for pk, roles in asked.items()}
