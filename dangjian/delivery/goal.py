"""The goal (计划目标): a line of the goal tree, overall → stage → sub, by a number or by a criterion (S-33, S-112)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from django.db import models

from dangjian.delivery.charge import Charge
from dangjian.foundation.lifecycle import Reason
from dangjian.foundation.window import day_text
from dangjian.projects.row import typed, unstopped

if TYPE_CHECKING:
    from dangjian.programmes.scheme import Scheme


class Level(models.TextChoices):
    OVERALL = "overall", "总体目标"
    STAGE = "stage", "阶段目标"
    SUB = "sub", "分目标"


DEPTH = {Level.OVERALL: 0, Level.STAGE: 1, Level.SUB: 2}


class Goal(Charge):
    """One goal. It belongs to the last goal above it in the list that is of a higher level."""

    most = 16
    title = "目标"
    asked = ("level", "name", "baseline", "value", "unit", "criterion", "person", "due")
    settled = ("level", "name", "baseline", "value", "unit", "criterion")

    level = models.CharField("层级", max_length=10, choices=Level, blank=True)
    name = models.CharField("指标或目标", max_length=200, blank=True)
    baseline = models.DecimalField("现状值", max_digits=16, decimal_places=4, null=True, blank=True)
    value = models.DecimalField("目标值", max_digits=16, decimal_places=4, null=True, blank=True)
    unit = models.CharField("单位", max_length=20, blank=True)
    criterion = models.CharField("验收标准", max_length=200, blank=True)

    class Meta(Charge.Meta):
        verbose_name = "计划目标"
        constraints = [models.UniqueConstraint(fields=["project", "place"], name="goal_once")]

    @property
    def is_quantified(self) -> bool:
        return self.value is not None

    @property
    def can_be_checked(self) -> bool:
        """By a number, or qualitative with the criterion it is accepted by."""
        return self.is_quantified or bool(self.criterion)

    @property
    def depth(self) -> int:
        return DEPTH[Level(self.level)] if self.level else 0

    def lacking(self) -> Iterator[Reason]:
        if not self.level:
            yield Reason(f"{self.title}“{self.called}”没有选层级", "level")
        yield from super().lacking()
        if self.name and not self.can_be_checked:
            yield Reason(f"“{self.called}”没有写目标值；不能用数字表示的，请写验收标准", "value")

    @property
    def measured(self) -> str:
        """The target as tables print it: 由0提高到30万元, or the criterion it is accepted by."""
        number = ""
        if self.value is not None:
            before = "" if self.baseline is None or self.baseline == self.value else f"由{typed(self.baseline)}到"
            number = f"{before}{typed(self.value)}{self.unit}"
        return "；".join(part for part in (number, unstopped(self.criterion)) if part)

    def sentence(self, rules: Scheme) -> str:
        label = Level(self.level).label if self.level else ""
        day = f"，{day_text(self.due)}前" if self.due else ""
        return f"{label}：{unstopped(self.name)}（{self.measured}）{self.person_name and f'，{self.person_name}'}{day}"


def misplaced(goals: Sequence[Goal]) -> Iterator[Reason]:
    """The tree begins with an overall goal; stage goals and sub-goals stand below one."""
    first = next((goal for goal in goals if goal.level), None)
    if first is not None and first.level != Level.OVERALL:
        yield Reason("第一项应是总体目标，阶段目标、分目标排在它下面", Goal.field_name(first.place - 1, "level"))


def leaves(goals: Sequence[Goal]) -> list[Goal]:
    """The goals with none below them: what is worked on and measured."""
    following = [*goals[1:], None]
    return [goal for goal, after in zip(goals, following, strict=True) if after is None or after.depth <= goal.depth]
