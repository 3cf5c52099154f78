"""The measure (主要措施): what is done, by whom, from when and by when (S-40)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from django.db import models

from dangjian.delivery.charge import Charge
from dangjian.foundation.lifecycle import Reason
from dangjian.foundation.window import day_text

if TYPE_CHECKING:
    from dangjian.programmes.scheme import Scheme


class Measure(Charge):
    """One measure. Whoever answers for it and its days may change in an ordinary way, what is done may not (S-13)."""

    most = 16
    title = "主要措施"
    asked = ("name", "person", "starts", "due")
    settled = ("name",)

    name = models.CharField("措施", max_length=300, blank=True)
    starts = models.DateField("开始时间", null=True, blank=True)

    class Meta(Charge.Meta):
        verbose_name = "主要措施"
        constraints = [models.UniqueConstraint(fields=["project", "place"], name="measure_once")]

    def faults(self, rules: Scheme) -> Iterator[Reason]:
        if self.starts and self.due and self.due < self.starts:
            yield Reason("完成时间不能早于开始时间", "due")

    def sentence(self, rules: Scheme) -> str:
        span = (
            f"{day_text(self.starts)}至{day_text(self.due)}" if self.starts else self.due and f"{day_text(self.due)}前"
        )
        known = "，".join(part for part in (self.person_name, span) if part)
        return f"{self.name}{known and f'（{known}）'}"
