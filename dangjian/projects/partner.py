"""The partner (参与支部): another branch that does its part in a project led by its own branch (联合项目, design §4)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import Value
from django.db.models.functions import Concat

from dangjian.foundation import clock
from dangjian.foundation.hand import Acted
from dangjian.foundation.lifecycle import Reason
from dangjian.people.access import Ability
from dangjian.people.organisation import Organisation, OrganisationQuerySet
from dangjian.people.person import Person
from dangjian.projects.row import Row

if TYPE_CHECKING:
    from dangjian.programmes.scheme import Scheme
    from dangjian.projects.project import Project


MOST_DUTY = 60  # characters


class PartnerManager(models.Manager["Partner"]):
    """A partner is never shown without the name of its branch and of whoever named it."""

    def get_queryset(self) -> models.QuerySet[Partner]:
        return super().get_queryset().select_related("branch__parent", "formerly", "by", "on_behalf_of")


class Partner(Acted, Row):
    """A branch, of whichever unit, and what it does. The project is the lead branch's and counts there alone."""

    most = 8
    title = "参与支部"

    branch = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+", verbose_name="支部")
    duty = models.CharField("分工", max_length=MOST_DUTY, blank=True)

    formerly = models.ForeignKey(
        Organisation, models.PROTECT, null=True, editable=False, related_name="+", verbose_name="原参与支部"
    )
    by = models.ForeignKey(Person, models.PROTECT, null=True, editable=False, related_name="+", verbose_name="列入人")
    at = models.DateTimeField("列入时间", null=True, editable=False)

    objects = PartnerManager()

    frozen_name = ""
    """What the branch was called when the application was handed in, for a line of a revision."""

    class Meta(Row.Meta):
        verbose_name = "参与支部"
        constraints = [
            models.UniqueConstraint(fields=["project", "place"], name="partner_once"),
            models.UniqueConstraint(fields=["project", "branch"], name="partner_branch_once"),
        ]
        indexes = [models.Index(fields=["branch", "project"], name="partner_branch")]

    @classmethod
    @cache
    def columns(cls) -> tuple[models.Field[Any, Any], ...]:
        return tuple(cls._meta.get_field(name) for name in ("branch", "duty"))  # type: ignore[misc]

    @classmethod
    def read(cls, given: Sequence[Mapping[str, Any]], project: Project) -> tuple[list[Self], list[Reason]]:
        rows, reasons = super().read(given, project)
        named = [row.branch_id for row in rows if row.branch_id]
        if len(set(named)) < len(named):
            reasons.append(Reason("同一支部只能列一次", cls.key()))
        return rows, reasons

    @classmethod
    def taken(cls, column: models.Field[Any, Any], raw: Any) -> Any:
        return (
            _branch_called(" ".join(str(raw or "").split())) if column.name == "branch" else super().taken(column, raw)
        )

    @classmethod
    def thawed(cls, frozen: Sequence[Mapping[str, Any]]) -> list[Self]:
        rows = [cls(place=place, duty=values.get("duty", "")) for place, values in enumerate(frozen, 1)]
        for row, values in zip(rows, frozen, strict=True):
            row.frozen_name = values.get("branch", "")
        return rows

    def stand_after(self, earlier: Sequence[Self], *, by: Any) -> None:
        """A branch that took part before keeps who named it, when, and what it was called for."""
        same = next((row for row in earlier if row.branch_id == self.branch_id), None)
        if same is not None:
            self.by, self.on_behalf_of, self.at, self.formerly = same.by, same.on_behalf_of, same.at, same.formerly
        else:
            self.by, self.at = by, clock.now()
            self.on_behalf_of = by.acting_for(Ability.DRAFT, self.project)

    def facts(self) -> dict[str, Any]:
        known = {"branch": self.branch.full_name if self.branch else "", "duty": self.duty}
        return {name: text for name, text in known.items() if text}

    def texts(self) -> dict[str, str]:
        return {"branch": called(self.branch) if self.branch else "", "duty": self.duty}

    def faults(self, rules: Scheme) -> Iterator[Reason]:
        if self.branch is not None and self.branch_id == self.project.branch_id:
            yield Reason("立项支部就是牵头支部，不用再列", "branch")
        elif self.branch is not None and self.branch.has_ended:
            yield Reason(f"{self.branch.short_name}已经撤销，不能参与", "branch")

    def gaps(self) -> Iterator[str]:
        if self.branch is None:
            yield f"{self.title}第{self.place}项没有选支部"
        elif self.branch.has_ended:
            yield f"{self.title}中的{self.branch.short_name}已经撤销，请去掉"

    @property
    def has_changed(self) -> bool:
        """Whether it has ended, or goes on for a branch that has."""
        return self.formerly is not None or (self.branch is not None and self.branch.has_ended)

    @property
    def told(self) -> str:
        """The branch as the page shows it, with what became of it."""
        name = self.branch.full_name if self.branch else ""
        notes = [self.duty] if self.duty else []
        notes += [f"原{self.formerly.full_name}"] if self.formerly else []
        notes += ["支部已撤销"] if self.branch and self.branch.has_ended else []
        return f"{name}（{'；'.join(notes)}）" if notes else name

    def pass_to(self, successor: Organisation) -> None:
        """The branch goes into another, which does its part from now on; what both did is put together.

        Where the other leads the project there is no partner any more.
        """
        same = self.project.partners.filter(branch=successor).first()
        if same is not None:
            same.duty = "、".join(dict.fromkeys(duty for duty in (same.duty, self.duty) if duty))[:MOST_DUTY]
            same.formerly = same.formerly or self.branch
            same.save(update_fields=["duty", "formerly"])
        if same is not None or self.project.branch_id == successor.pk:
            self.delete()
            return
        self.formerly, self.branch = self.formerly or self.branch, successor
        self.save(update_fields=["branch", "formerly"])

    def sentence(self, rules: Scheme) -> str:
        name = self.frozen_name or (self.branch.full_name if self.branch else "")
        return f"{name}（{self.duty}）" if self.duty else name


def called(branch: Organisation) -> str:
    """A branch as one types and reads it on the form: 第二项目部党支部（二公司党委）."""
    return f"{branch.short_name}（{branch.parent.short_name}）" if branch.parent else branch.short_name


def candidates(project: Project) -> OrganisationQuerySet:
    """Who may take part: every branch of the company in force but the project's own."""
    others = Organisation.objects.branches().in_force().exclude(pk=project.branch_id)
    return others.select_related("parent").in_order()


def _branch_called(text: str) -> Organisation | None:
    """The branch of that name; one in force before one that has ended. Raises ValueError where none or several are."""
    if not text:
        return None
    wide = Concat("short_name", Value("（"), "parent__short_name", Value("）"))
    known = Organisation.objects.branches().annotate(wide=wide).select_related("parent")
    found = list(known.filter(models.Q(short_name=text) | models.Q(full_name=text) | models.Q(wide=text)))
    standing = [branch for branch in found if not branch.has_ended] or found
    if not standing:
        raise ValueError("没有这个支部，请从列出的支部中选择")
    if len(standing) > 1:
        raise ValueError("有同名的支部，请写全称或“简称（上级党组织）”")
    return standing[0]
