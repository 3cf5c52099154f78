"""The correction (更正): what stood in a 批示 before it was put right, by whom and why. Struck out, it stays."""

from __future__ import annotations

from django.db import models

from dangjian.foundation.evidence import Attachment
from dangjian.foundation.hand import Acted
from dangjian.people.person import Person


class Correction(Acted):
    """The text, day and photograph that no longer count; the photograph only where another took its place."""

    instruction = models.ForeignKey(
        "dangjian.Instruction", models.PROTECT, related_name="corrections", verbose_name="批示"
    )
    text = models.TextField("原批示内容", blank=True)
    given_on = models.DateField("原批示日期")
    photo = models.OneToOneField(
        Attachment, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="原批示照片"
    )
    reason = models.CharField("更正原因", max_length=200)
    by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="更正人")
    at = models.DateTimeField("更正时间")

    class Meta:
        verbose_name = "更正"
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.instruction}的更正"
