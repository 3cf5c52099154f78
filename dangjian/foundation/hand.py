"""The hand (经手): who did something, and where it was by a delegated right, whose right that was."""

from __future__ import annotations

from typing import Any

from django.db import models


def signed(by: Any, on_behalf_of: Any) -> str:
    """Who acted, as pages and papers say it: 「何平」, or by a delegated right 「何平 代 陈静」."""
    return f"{by.name} 代 {on_behalf_of.name}" if on_behalf_of else str(by.name)


OWN_WINDOW = "您本人（在另一个窗口）"
"""Who was faster, as whoever was overtaken by their own second window is told."""


class Acted(models.Model):
    """The part of a record that says by whose right its ``by`` acted; None for an own one."""

    on_behalf_of = models.ForeignKey(
        "dangjian.Person", models.PROTECT, null=True, editable=False, related_name="+", verbose_name="代何人办理"
    )
    by: Any

    class Meta:
        abstract = True

    @property
    def who(self) -> str:
        return signed(self.by, self.on_behalf_of)

    def who_to(self, reader: Any) -> str:
        """The same as it is said to ``reader``, who need not be told their own name."""
        return OWN_WINDOW if self.by.pk == reader.pk else self.who


class Saved(models.Model):
    """The part of a text written over days that says by whose right its ``edited_by`` saved it last; None for an own one."""

    edited_for = models.ForeignKey(
        "dangjian.Person", models.PROTECT, null=True, editable=False, related_name="+", verbose_name="代何人保存"
    )
    edited_by: Any
    edited_at: Any

    class Meta:
        abstract = True

    @property
    def saved_by(self) -> str:
        """Who saved last, and for whom; empty where nobody did."""
        return signed(self.edited_by, self.edited_for) if self.edited_by else ""

    def saved_by_to(self, reader: Any) -> str:
        """The same as it is said to ``reader``, who need not be told their own name."""
        return OWN_WINDOW if self.is_saved_by(reader) else self.saved_by

    def is_saved_by(self, person: Any) -> bool:
        return self.edited_by is not None and bool(self.edited_by.pk == person.pk)
