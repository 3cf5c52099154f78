"""The recusal (回避): that a handler with an interest in a matter stands aside, and who acts instead."""

from __future__ import annotations

from django.db import models

from dangjian.foundation.refusal import MOST_REASON
from dangjian.programmes.approval import Step


class Recusal(models.Model):
    """One handler's standing aside from one step, with the stand-in that was named. Never changed."""

    step = models.ForeignKey(Step, models.CASCADE, related_name="recusals", verbose_name="审批环节")
    person = models.ForeignKey("dangjian.Person", models.PROTECT, related_name="+", verbose_name="回避人")
    stand_in = models.ForeignKey("dangjian.Person", models.PROTECT, related_name="+", verbose_name="代办人")
    reason = models.CharField("回避原因", max_length=MOST_REASON)
    at = models.DateTimeField("登记时间")

    class Meta:
        verbose_name = "回避"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["step", "person"], name="recusal_once"),
            models.CheckConstraint(condition=~models.Q(person=models.F("stand_in")), name="recusal_of_another"),
        ]

    def __str__(self) -> str:
        return f"{self.person.name}回避（{self.reason}），由{self.stand_in.name}代为办理"
