"""The annual task (年度任务): what is to be done in one calendar year of the project (S-34)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from django.db import models

from dangjian.delivery.charge import Charge
from dangjian.foundation.lifecycle import Reason
from dangjian.foundation.window import day_text

if TYPE_CHECKING:
    from dangjian.programmes.scheme import Scheme


class Task(Charge):
    """One task of one year."""

    most = 8
    title = "年度任务"
    asked = ("year", "name", "person", "due")
    settled = ("year", "name")

    year = models.PositiveSmallIntegerField("年度", null=True, blank=True)
    name = models.CharField("任务", max_length=200, blank=True)

    class Meta(Charge.Meta):
        verbose_name = "年度任务"
        constraints = [models.UniqueConstraint(fields=["project", "place"], name="task_once")]

    def faults(self, rules: Scheme) -> Iterator[Reason]:
        if self.year is not None and not 2000 <= self.year <= 2100:
            yield Reason("请核对年份", "year")
        elif self.year and self.due and self.due.year != self.year:
            yield Reason(f"完成时间不在{self.year}年", "due")

    def lacking(self) -> Iterator[Reason]:
        if self.year is None:
            yield Reason(f"{self.title}“{self.called}”没有写年度", "year")
        yield from super().lacking()

    def sentence(self, rules: Scheme) -> str:
        day = f"，{day_text(self.due)}前" if self.due else ""
        return f"{self.year or ''}年：{self.name}{self.person_name and f'，{self.person_name}'}{day}"
