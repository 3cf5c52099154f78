"""The carrier (载体): a group, team, post or area through which Party members carry the project (S-15, S-121)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from django.db import models

from dangjian.foundation.lifecycle import Reason
from dangjian.projects.row import Row

if TYPE_CHECKING:
    from dangjian.programmes.scheme import Scheme

AXIS = "carrier"
"""The axis of the scheme whose codes are the kinds of carriers; what is listed here is also what the project is tagged with."""


class Carrier(Row):
    """One carrier by its kind, with name, leader and place as far as they are settled."""

    title = "工作载体"

    kind = models.CharField("类别", max_length=40, blank=True)
    name = models.CharField("名称", max_length=40, blank=True)
    leader = models.CharField("负责人", max_length=40, blank=True)
    site = models.CharField("地点", max_length=60, blank=True)

    class Meta(Row.Meta):
        verbose_name = "载体"
        constraints = [models.UniqueConstraint(fields=["project", "place"], name="carrier_once")]

    def faults(self, rules: Scheme) -> Iterator[Reason]:
        if self.kind and self.kind not in kinds(rules):
            yield Reason("请从列出的选项中选择", "kind")

    def gaps(self) -> Iterator[str]:
        if not self.kind:
            yield f"{self.title}“{self.name or self.place}”没有选类别"

    def sentence(self, rules: Scheme) -> str:
        known = "，".join(part for part in (self.leader and f"负责人{self.leader}", self.site) if part)
        return f"{kinds(rules).get(self.kind, '')}{self.name and f'“{self.name}”'}{known and f'（{known}）'}"


def kinds(rules: Scheme) -> dict[str, str]:
    """The kinds that the scheme names, by their codes; none where it has no such axis."""
    return {item.code: item.label for axis in rules.taxonomies if axis.key == AXIS for item in axis.items}
