"""The saved view (常用查询): a query of the project list that a person keeps under a name of their own."""

from __future__ import annotations

from typing import Any, Self

from django.db import models, transaction

from dangjian.foundation import audit
from dangjian.foundation.lifecycle import Reason, Refused, checked
from dangjian.people.person import Person

MOST = 20


class SavedViewQuerySet(models.QuerySet["SavedView"]):
    def visible_to(self, person: Any) -> Self:
        """A saved view is its owner's own, in the order they were kept."""
        return self.filter(person_id=person.pk).order_by("ordinal", "pk")


class SavedView(models.Model):
    """``query`` is the part of the address after the question mark: filters, order and columns, never rows."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="saved_views", verbose_name="人员")
    name = models.CharField("名称", max_length=20)
    query = models.CharField("查询条件", max_length=1_000, blank=True)
    ordinal = models.PositiveSmallIntegerField("序号")

    objects = SavedViewQuerySet.as_manager()

    class Meta:
        verbose_name = "常用查询"
        constraints = [
            models.UniqueConstraint(
                fields=["person", "name"],
                name="saved_view_once",
                violation_error_message="您已有同名的常用查询，请换个名称",
            )
        ]

    def __str__(self) -> str:
        return self.name

    @classmethod
    @transaction.atomic
    def keep(cls, *, name: str, query: str, by: Any) -> SavedView:
        """Keep a query for ``by``. Raises Refused for a name one has already, or with twenty kept."""
        own = cls.objects.visible_to(by)
        if own.count() >= MOST:
            raise Refused(f"最多保存 {MOST} 个常用查询，请先删除不用的")
        if not name.strip():
            raise Refused(Reason("请填写名称", "name"))
        last = own.last()
        made = cls(person_id=by.pk, name=name.strip(), query=query, ordinal=last.ordinal + 1 if last else 1)
        checked(made)
        made.save()
        audit.record("saved_view.keep", made, by=by, details={"name": made.name, "query": made.query})
        return made

    @transaction.atomic
    def drop(self, *, by: Any) -> None:
        """Forget it. Raises Refused for anybody but its owner."""
        if self.person_id != by.pk:
            raise Refused("只能删除自己的常用查询")
        audit.record("saved_view.drop", self, by=by, details={"name": self.name, "query": self.query})
        self.delete()
