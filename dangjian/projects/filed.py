"""Filing as the project knows it (备案): how its line of the unit's 项目汇总表 stands with the company (S-36).

The filing is a noun of a later package and tells the project here. It is a report and never a gate: nothing that a
project does asks for it (design §4).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.db import models


class FilingState(models.TextChoices):
    """How a line stands: not in any table that was handed in, or what the company answered to it."""

    NONE = "none", "未报送"
    WAITING = "waiting", "待备案"
    RETURNED = "returned", "退回补正"
    RECORDED = "recorded", "已备案"


class Filed(models.Model):
    """The part of a project that is about filing."""

    filing_state = models.CharField("备案状态", max_length=10, choices=FilingState, default=FilingState.NONE)
    filed_on = models.DateField("备案日期", null=True, blank=True)

    class Meta:
        abstract = True

    @classmethod
    def take_filing(cls, projects: Iterable[int], *, state: FilingState, on: date | None = None) -> None:
        """What became of the lines of these projects. The day of the first 备案 stays, whatever is reported later.

        For the filing's own verbs alone: they ask for the right, hold the transaction and write the audit record.
        """
        told = cls._base_manager.filter(pk__in=list(projects))
        if on is not None:
            told.filter(filed_on=None).update(filed_on=on)
        told.update(filing_state=state)
