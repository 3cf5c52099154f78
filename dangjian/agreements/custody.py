"""The copy (责任书文本): 第1份 for the unit, 第2份 for the branch, and who received each (S-116)."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import models, transaction

from dangjian.foundation import audit, clock
from dangjian.foundation.lifecycle import Reason, Refused, checked
from dangjian.foundation.window import day_text
from dangjian.people.access import Ability
from dangjian.people.organisation import Organisation


class LetterCopy(models.Model):
    """One of the two originals: which organisation keeps it, who took it and when."""

    letter = models.ForeignKey("dangjian.Letter", models.CASCADE, related_name="copies", verbose_name="责任书")
    number = models.PositiveSmallIntegerField("第几份")
    keeper = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name="保管单位")
    received_by = models.CharField("领取人", max_length=40, blank=True)
    handed_on = models.DateField("交付日期", null=True, blank=True)

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
    def hand_over(self, *, to: str, on: date, by: Any) -> None:
        """交付: who received this copy for the organisation that keeps it."""
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
        self.received_by, self.handed_on = to.strip(), on
        checked(self)
        self.save(update_fields=["received_by", "handed_on"])
        acted_for = by.acting_for(Ability.KEEP_LETTERS, unit)
        audit.record("letter.hand_over", self.letter, by=by, on_behalf_of=acted_for, details={"copy": self.number})
