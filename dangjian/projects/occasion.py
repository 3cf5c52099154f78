"""The occasion (事由): a row that says on which day and in which way something was done."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models

from dangjian.foundation.window import day_text
from dangjian.projects.row import Row


class Occasion(Row):
    """A dated row; each list names its own ways."""

    held_on = models.DateField("日期", null=True, blank=True)

    if TYPE_CHECKING:

        def get_way_display(self) -> str: ...

    class Meta(Row.Meta):
        abstract = True

    @property
    def head(self) -> str:
        """Day and way, as far as they are known: 2022年8月10日座谈会."""
        return f"{day_text(self.held_on) if self.held_on else ''}{self.get_way_display()}"
