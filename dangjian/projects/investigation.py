"""The investigation (调查研究): where one went, or what one examined, before the topic was chosen (S-18)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models

from dangjian.projects.occasion import Occasion

if TYPE_CHECKING:
    from dangjian.programmes.scheme import Scheme


class Investigation(Occasion):
    """One look at the facts. What was found stands in the text of the application."""

    class Way(models.TextChoices):
        SITE = "site", "现场调研"
        FORUM = "forum", "座谈走访"
        RECORDS = "records", "查阅资料"
        MEASURING = "measuring", "测量测算"
        VISIT = "visit", "外出学习"
        OTHER = "other", "其他方式"

    most = 6
    title = "调研记录"

    way = models.CharField("方式", max_length=10, choices=Way, blank=True)
    subject = models.CharField("地点或对象", max_length=60, blank=True)

    class Meta(Occasion.Meta):
        verbose_name = "调查研究"
        constraints = [models.UniqueConstraint(fields=["project", "place"], name="investigation_once")]

    def sentence(self, rules: Scheme) -> str:
        return "：".join(part for part in (self.head, self.subject) if part)
