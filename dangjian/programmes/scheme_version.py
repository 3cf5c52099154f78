"""The issued scheme (方案): one immutable version of a checked document. A change is a new version."""

from __future__ import annotations

from functools import cached_property
from typing import Any, Self

from django.db import models, transaction

from dangjian.foundation import audit, clock
from dangjian.foundation.lifecycle import Refused
from dangjian.people.access import Ability
from dangjian.people.organisation import Organisation
from dangjian.programmes.scheme import Scheme, read


class SchemeVersionQuerySet(models.QuerySet["SchemeVersion"]):
    def visible_to(self, person: Any) -> Self:
        """The scheme is issued to all: whoever signs in may read it."""
        return self

    def asking_for(self, gate: str) -> list[int]:
        """The keys of those under which a project passes this gate (三、立项后的环节开关), which only their text tells."""
        return [version.pk for version in self if getattr(version.document.gates, gate)]


class SchemeVersion(models.Model):
    """The text as it was issued. Rounds and submitted projects keep the version they began with (S-01)."""

    title = models.CharField("名称", max_length=120)
    plan_year = models.PositiveSmallIntegerField("计划年度")
    number = models.PositiveIntegerField("版次")
    text = models.TextField("方案文件")
    issued_by = models.ForeignKey("dangjian.Person", models.PROTECT, related_name="+", verbose_name="发布人")
    issued_for = models.ForeignKey(
        "dangjian.Person", models.PROTECT, null=True, editable=False, related_name="+", verbose_name="代何人发布"
    )
    issued_at = models.DateTimeField("发布时间")

    objects = SchemeVersionQuerySet.as_manager()

    class Meta:
        verbose_name = "方案"
        constraints = [models.UniqueConstraint(fields=["plan_year", "number"], name="scheme_version_once")]

    def __str__(self) -> str:
        return f"{self.plan_year}年《{self.title}》第{self.number}版"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk is not None:
            raise Refused("方案一经发布不能修改，请发布新的一版")
        super().save(*args, **kwargs)

    @cached_property
    def document(self) -> Scheme:
        return read(self.text)

    @classmethod
    @transaction.atomic
    def issue(cls, text: str, *, by: Any) -> SchemeVersion:
        """Check and issue a scheme file. Raises SchemeError with the lines at fault, or Refused."""
        top = Organisation.objects.get(parent=None)
        if not by.can(Ability.ISSUE_SCHEME, top):
            raise Refused("您没有发布方案的权限")
        document = read(text)
        last = cls.objects.filter(plan_year=document.plan_year).order_by("-number").first()
        acted_for = by.acting_for(Ability.ISSUE_SCHEME, top)
        made = cls.objects.create(
            title=document.title, plan_year=document.plan_year, number=last.number + 1 if last else 1,
            text=text, issued_by_id=by.pk, issued_for=acted_for, issued_at=clock.now(),
        )  # fmt: skip
        details = {"plan_year": made.plan_year, "number": made.number}
        audit.record("scheme.issue", made, by=by, on_behalf_of=acted_for, details=details)
        return made
