"""The target (申报目标): a goal of the application that can be checked, by a number or by a criterion (S-107).

The plan's goals begin from these; 附件1 prints them under 预期目标.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from django.db import models

from dangjian.projects import period
from dangjian.projects.row import MonthField, Row, typed, unstopped

if TYPE_CHECKING:
    from dangjian.programmes.scheme import Scheme


class Target(Row):
    """An indicator with its baseline and target value, or a qualitative goal with the criterion it is accepted by."""

    title = "目标明细"

    name = models.CharField("指标或目标", max_length=60, blank=True)
    baseline = models.DecimalField("现状值", max_digits=16, decimal_places=4, null=True, blank=True)
    value = models.DecimalField("目标值", max_digits=16, decimal_places=4, null=True, blank=True)
    unit = models.CharField("单位", max_length=20, blank=True)
    due = MonthField("完成年月", max_length=10, blank=True)
    criterion = models.CharField("验收标准", max_length=120, blank=True)

    class Meta(Row.Meta):
        verbose_name = "申报目标"
        constraints = [models.UniqueConstraint(fields=["project", "place"], name="target_once")]

    @property
    def is_quantified(self) -> bool:
        return self.value is not None

    def gaps(self) -> Iterator[str]:
        if not self.name:
            yield f"{self.title}第{self.place}项没有写指标或目标"
        elif not self.is_quantified and not self.criterion:
            yield f"“{self.name}”没有写目标值；不能用数字表示的，请写验收标准"

    def sentence(self, rules: Scheme) -> str:
        said = f"{self.due and f'到{period.month_in_words(self.due)}，'}{unstopped(self.name)}{self._amount()}"
        return f"{said}（验收标准：{unstopped(self.criterion)}）" if self.criterion else said

    def _amount(self) -> str:
        if self.value is None:
            return ""
        if self.baseline is None or self.baseline == self.value:
            return f"达到{typed(self.value)}{self.unit}"
        verb = "提高到" if self.value > self.baseline else "降到"
        return f"由{typed(self.baseline)}{verb}{typed(self.value)}{self.unit}"
