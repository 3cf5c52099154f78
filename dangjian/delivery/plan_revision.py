"""The plan revision (计划稿): the plan as one plain document, frozen at each submission and by each granted change (S-13)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

from dangjian.delivery.charge import Charge
from dangjian.delivery.goal import Goal
from dangjian.delivery.measure import Measure
from dangjian.delivery.milestone import Milestone
from dangjian.delivery.task import Task
from dangjian.foundation.hand import Acted
from dangjian.people.person import Person

if TYPE_CHECKING:
    from dangjian.delivery.plan import Plan

LISTS: tuple[type[Charge], ...] = (Measure, Goal, Task, Milestone)
"""The lists of a plan, in the order of 附件3."""
TEXTS = {
    "profile": ("实施单位基本情况", 800),
    "background": ("项目背景及必要性", 2000),
    "expected": ("预期目标", 2000),
    "enclosures": ("附件", 500),
}
"""The texts of a plan with their heading and their most characters."""


class PlanRevision(Acted):
    """The facts as they stood at one submission, or after one change. Papers and comparisons read these."""

    plan = models.ForeignKey("dangjian.Plan", models.CASCADE, related_name="revisions", verbose_name="实施计划")
    number = models.PositiveSmallIntegerField("次数")
    facts = models.JSONField("内容", encoder=DjangoJSONEncoder)
    change = models.OneToOneField(
        "dangjian.PlanChange", models.PROTECT, null=True, related_name="revision", verbose_name="计划变更"
    )
    by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="提交人")
    at = models.DateTimeField("提交时间")

    class Meta:
        verbose_name = "计划稿"
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["plan", "number"], name="plan_revision_once")]

    def __str__(self) -> str:
        """By its submission, as the list of submissions counts them: 第2稿, or with what was changed since 第2稿（第1次变更后）."""
        if self.change is None:
            return f"第{self.number}稿"
        submitted = self.plan.revisions.filter(change=None, number__lt=self.number).count()
        return f"第{submitted}稿（第{self.change.number}次变更后）"

    @classmethod
    def named(cls, project: Any, number: int) -> str:
        """The text of the project's plan that a scan of it bears the number of; empty where there is none."""
        found = cls.objects.filter(plan__project=project, number=number).select_related("change").first()
        return str(found) if found else ""


def facts_of(plan: Plan) -> dict[str, Any]:
    """Every fact of the plan as one plain document."""
    project = plan.project
    team = project.team.select_related("person__organisation")
    return {
        "name": project.name,
        "number": project.number,
        "branch": project.branch.full_name,
        "unit": project.unit.full_name,
        "partners": [row.sentence(project.rules) for row in project.partners.all()],
        "owner": project.owner.name if project.owner else "",
        "starts": project.starts,
        "ends": project.ends,
        "team": [
            {
                "name": member.person.name, "political_status": member.person.get_political_status_display(),
                "post": member.person.post, "duty": member.duty,
            }
            for member in team
        ],
        **{name: getattr(plan, name) for name in TEXTS},
        **lists_of(plan),
        "files": [file.name for file in project.application.files()],
        "filled_by": plan.filler,
    }  # fmt: skip


def lists_of(plan: Plan) -> dict[str, Any]:
    """The lines of each list."""
    return {kind.key(): [row.facts() for row in plan.rows(kind)] for kind in LISTS}


def plain(facts: Mapping[str, Any]) -> dict[str, Any]:
    """The facts as a revision gives them back: days as texts, nothing else changed."""
    kept: dict[str, Any] = json.loads(json.dumps(facts, cls=DjangoJSONEncoder))
    return kept
