"""The milestone (里程碑): a day on which something can be seen to be reached (附件3 六、完成时间)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from django.db import models

from dangjian.delivery.charge import Charge
from dangjian.foundation.lifecycle import Reason
from dangjian.foundation.window import day_text

if TYPE_CHECKING:
    from dangjian.programmes.scheme import Scheme


class Milestone(Charge):
    """One day and what is reached by it."""

    most = 12
    title = "里程碑"
    asked = ("name", "due", "person")
    settled = ("name",)
    may_be_added = True

    name = models.CharField("里程碑", max_length=80, blank=True)

    class Meta(Charge.Meta):
        verbose_name = "里程碑"
        constraints = [models.UniqueConstraint(fields=["project", "place"], name="milestone_once")]

    def lacking(self) -> Iterator[Reason]:
        # A milestone is reached by all together: nobody need answer for it.
        yield from (reason for reason in super().lacking() if reason.field != "person")

    def sentence(self, rules: Scheme) -> str:
        return f"{day_text(self.due)} {self.name}{self.person_name and f'，{self.person_name}'}".strip()
