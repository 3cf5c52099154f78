"""The internal date (内部截止日期): by when a unit wants its own branches to be ready, never later than the company."""

from __future__ import annotations

from typing import Any

from django.db import models

from dangjian.foundation.hand import Acted
from dangjian.foundation.window import day_text
from dangjian.people.organisation import Organisation

OF_BRANCHES = ("application", "plan")
"""The windows in which branches act; a unit may bring these forward, no others."""


class InternalDate(Acted):
    """One window of a round as one unit has brought it forward. Exceptions for single branches go before it."""

    window = models.ForeignKey(
        "dangjian.RoundWindow", models.CASCADE, related_name="internal_dates", verbose_name="时限"
    )
    unit = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name="单位")
    closes_on = models.DateField("内部截止日期")
    note = models.CharField("说明", max_length=300, blank=True)
    by = models.ForeignKey("dangjian.Person", models.PROTECT, related_name="+", verbose_name="办理人")
    at = models.DateTimeField("办理时间")

    class Meta:
        verbose_name = "内部截止日期"
        constraints = [models.UniqueConstraint(fields=["window", "unit"], name="internal_date_once")]

    def __str__(self) -> str:
        return f"{self.unit.short_name}{self.window.label}内部截止{day_text(self.closes_on)}"

    def binds(self, place: Any, unit_paths: list[str]) -> bool:
        """Whether ``place`` hands in to this unit itself, not to one nested in it."""
        above = [path for path in unit_paths if place.path.startswith(path) and place.path != path]
        return bool(above) and max(above, key=len) == self.unit.path and place.path not in unit_paths
