"""What a meeting decided on plans (会议审定的计划和变更): found for its page, and printed in its minutes (S-13, S-32)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet

from dangjian.delivery.change import PlanChange
from dangjian.delivery.plan import Plan
from dangjian.papers.blocks import Block, Column, ListTable, Text
from dangjian.papers.official import Align
from dangjian.projects.meeting import Meeting

_COLUMNS = (
    Column("序号", 12, Align.CENTER), Column("项目名称", 36), Column("支部", 28), Column("议定事项", 24, Align.CENTER),
    Column("内容", 56),
)  # fmt: skip


def plans_of(meeting: Meeting, person: Any) -> QuerySet[Plan]:
    """The plans that the meeting approved, as far as they exist for the person."""
    found = Plan.objects.visible_to(person).filter(meeting=meeting).select_related("project__branch")
    return found.order_by("project__branch__rank", "pk")


def changes_of(meeting: Meeting, person: Any) -> QuerySet[PlanChange]:
    """The changes of plans that it granted, as far as they exist for the person."""
    found = PlanChange.objects.visible_to(person).filter(meeting=meeting).with_names()
    return found.order_by("plan__project__branch__rank", "pk")


def blocks_of_minutes(meeting: Meeting, person: Any) -> tuple[Block, ...]:
    """The part of the 会议纪要 on plans; nothing where the meeting decided on none."""
    lines = list(_lines(meeting, person))
    if not lines:
        return ()
    rows = tuple((str(number), *line) for number, line in enumerate(lines, start=1))
    return Text("会议研究了实施计划书和计划变更，议定如下："), ListTable(columns=_COLUMNS, rows=rows)


def _lines(meeting: Meeting, person: Any) -> Iterator[tuple[str, str, str, str]]:
    for plan in plans_of(meeting, person):
        yield plan.project.name, plan.project.branch.short_name, "审定实施计划书", ""
    for change in changes_of(meeting, person):
        project = change.project
        yield project.name, project.branch.short_name, f"同意第{change.number}次计划变更", _said(change)


def _said(change: PlanChange) -> str:
    """Before and after of everything that changes."""
    return "\n".join(
        f"{each.where}：由“{each.before or '无'}”变更为“{each.after or '无'}”" for each in change.differences()
    )
