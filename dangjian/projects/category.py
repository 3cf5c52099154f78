"""The category (项目分类): what a project is tagged with on the axes of its scheme."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from django.db import models

from dangjian.foundation.lifecycle import Reason
from dangjian.programmes.scheme import Scheme


class Category(models.Model):
    """One code chosen on one axis of the scheme's taxonomies."""

    project = models.ForeignKey("dangjian.Project", models.CASCADE, related_name="categories", verbose_name="项目")
    axis = models.CharField("分类", max_length=30)
    code = models.CharField("代码", max_length=40)

    class Meta:
        verbose_name = "项目分类"
        constraints = [models.UniqueConstraint(fields=["project", "axis", "code"], name="category_once")]
        indexes = [models.Index(fields=["axis", "code", "project"], name="category_code")]

    def __str__(self) -> str:
        return f"{self.axis}：{self.code}"


def not_listed(categories: Mapping[str, Sequence[str]], rules: Scheme) -> Iterator[Reason]:
    """Axes and codes that the scheme does not know, several where it takes one."""
    axes = {axis.key: axis for axis in rules.taxonomies}
    for key, codes in categories.items():
        axis = axes.get(key)
        if axis is None or not {item.code for item in axis.items}.issuperset(codes):
            yield Reason("请从列出的选项中选择", key)
        elif not axis.multiple and len(set(codes)) > 1:
            yield Reason(f"{axis.label}只能选一项", key)
