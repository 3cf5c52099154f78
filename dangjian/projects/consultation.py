"""The consultation (征求意见): when and how Party members were asked before the topic was chosen (S-12)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from django.db import models

from dangjian.foundation.lifecycle import Reason
from dangjian.projects.occasion import Occasion

if TYPE_CHECKING:
    from dangjian.programmes.scheme import Scheme


class Consultation(Occasion):
    """One occasion on which members were asked. What they said stands in the text of the application."""

    class Way(models.TextChoices):
        MEETING = "meeting", "支部党员大会"
        FORUM = "forum", "座谈会"
        TALK = "talk", "个别谈话"
        WRITTEN = "written", "书面征求"
        ONLINE = "online", "线上征求"
        OTHER = "other", "其他方式"

    most = 6
    title = "征求意见记录"

    way = models.CharField("方式", max_length=10, choices=Way, blank=True)
    asked = models.PositiveSmallIntegerField("征求人数", null=True, blank=True)
    received = models.PositiveSmallIntegerField("意见条数", null=True, blank=True)
    adopted = models.PositiveSmallIntegerField("采纳条数", null=True, blank=True)

    class Meta(Occasion.Meta):
        verbose_name = "征求意见"
        constraints = [models.UniqueConstraint(fields=["project", "place"], name="consultation_once")]

    def faults(self, rules: Scheme) -> Iterator[Reason]:
        if self.received is not None and self.adopted is not None and self.adopted > self.received:
            yield Reason("采纳的不能多于收到的", "adopted")

    def sentence(self, rules: Scheme) -> str:
        counted = (
            ("征求", self.asked, "名党员意见"),
            ("收到意见", self.received, "条"),
            ("采纳", self.adopted, "条"),
        )
        said = [f"{before}{number}{after}" for before, number, after in counted if number is not None]
        return "，".join([self.head, *said] if self.head else said)
