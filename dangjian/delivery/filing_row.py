"""The line of a filing (备案明细): one project in one version of the 项目汇总表, and what the company answered to it."""

from __future__ import annotations

from typing import Any, Self

from django.db import models

from dangjian.delivery.summary import Line
from dangjian.foundation.hand import signed
from dangjian.people.access import Ability
from dangjian.people.person import Person
from dangjian.people.scope import in_scopes
from dangjian.projects.filed import FilingState
from dangjian.projects.project import Project

MOST_REASON = 200  # characters


class FilingRowQuerySet(models.QuerySet["FilingRow"]):
    def visible_to(self, person: Any) -> Self:
        """Whoever sees the table that it stands in."""
        return self.filter(in_scopes(person.scopes(Ability.VIEW_PROJECT), "filing__path"))

    def last_answers(self) -> dict[int, str]:
        """What the company answered last, by project; nothing of those that it has not answered yet."""
        answered = self.exclude(state=FilingState.WAITING).order_by("filing")
        return dict(answered.values_list("project_id", "state"))


class FilingRow(models.Model):
    """One project's line of a version, and what the company answered to it."""

    filing = models.ForeignKey("dangjian.Filing", models.CASCADE, related_name="rows", verbose_name="备案")
    place = models.PositiveSmallIntegerField("序号")
    project = models.ForeignKey(Project, models.PROTECT, related_name="filing_rows", verbose_name="项目")
    facts = models.JSONField("内容")
    state = models.CharField("状态", max_length=10, choices=FilingState, default=FilingState.WAITING)
    reason = models.CharField("退回理由", max_length=MOST_REASON, blank=True)
    explanation = models.CharField("补正说明", max_length=MOST_REASON, blank=True)
    answered_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", verbose_name="办理人")
    answered_for = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", verbose_name="代何人办理")
    answered_at = models.DateTimeField("办理时间", null=True)

    objects = FilingRowQuerySet.as_manager()

    class Meta:
        verbose_name = "备案明细"
        ordering = ["place"]
        constraints = [
            models.UniqueConstraint(fields=["filing", "project"], name="filing_row_once"),
            models.CheckConstraint(
                condition=models.Q(state=FilingState.WAITING, answered_at__isnull=True)
                | (~models.Q(state=FilingState.WAITING) & models.Q(answered_at__isnull=False)),
                name="filing_row_answered",
            ),
        ]

    def __str__(self) -> str:
        return self.line.name

    @property
    def answerer(self) -> str:
        return signed(self.answered_by, self.answered_for) if self.answered_by else ""

    @property
    def line(self) -> Line:
        return Line.frozen(self.facts)


def why_returned(project: Project) -> str:
    """For what reason the project's line came back, for whoever sees the project; empty where it did not, or is reported anew."""
    if project.filing_state != FilingState.RETURNED:
        return ""
    row = FilingRow.objects.filter(project=project, state=FilingState.RETURNED).order_by("-filing__number").first()
    return row.reason if row else ""
