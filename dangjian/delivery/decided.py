"""What a meeting decided on plans (会议审定的计划和变更): found for its page, and printed in its minutes (S-13, S-32)."""

from __future__ import annotations

from typing import Any

from django.db.models import Q

from dangjian.delivery.change import PlanChange
from dangjian.delivery.plan import Plan
from dangjian.delivery.plan_resolution import PlanResolution, PlanResolutionQuerySet
from dangjian.papers.blocks import Block, Column, ListTable, Text
from dangjian.papers.official import Align
from dangjian.projects.meeting import Meeting

_COLUMNS = (
    Column("序号", 11, Align.CENTER), Column("项目名称和支部", 32), Column("议定事项", 20, Align.CENTER),
    Column("表决", 21, Align.CENTER), Column("内容", 72),
)  # fmt: skip
"""A change of a plan is told in full under 内容, which has the width for it."""


def resolutions_of(meeting: Meeting, person: Any) -> PlanResolutionQuerySet:
    """What the meeting decided on plans and their changes, as far as they exist for the person."""
    plans, changes = (kind.objects.visible_to(person).values("pk") for kind in (Plan, PlanChange))
    return meeting.plan_resolutions.filter(Q(plan__in=plans) | Q(change__in=changes)).with_names()


def blocks_of_minutes(meeting: Meeting, person: Any) -> tuple[Block, ...]:
    """The part of the 会议纪要 on plans; nothing where the meeting decided on none."""
    decided = list(resolutions_of(meeting, person))
    if not decided:
        return ()
    rows = tuple(
        (
            str(number), f"{made.project.name}\n（{made.project.branch.short_name}）", what(made),
            made.votes_text.replace("、", "\n"), "\n".join(filter(None, (_changed(made), made.opinion))),
        )
        for number, made in enumerate(decided, start=1)
    )  # fmt: skip
    stood_aside = (
        Text(f"研究《{made.project.name}》{noun(made)}时，{made.recusal_text}。回避人员不计入该项的应到人数，不参加讨论和表决。")
        for made in decided if made.recused
    )  # fmt: skip
    return Text("会议研究了实施计划书和计划变更，议定如下："), ListTable(columns=_COLUMNS, rows=rows), *stood_aside


def noun(made: PlanResolution) -> str:
    """What was decided on: 实施计划书, 第1次计划变更."""
    return f"第{made.change.number}次计划变更" if made.change else Plan.sheet


def what(made: PlanResolution) -> str:
    """The decision with what it is on: 同意审定实施计划书, 不同意第2次计划变更."""
    verb = {"approve": "审定", "return": "退回修改", "grant": "同意", "decline": "不同意"}[made.decision]
    return f"{verb}{noun(made)}"


def _changed(made: PlanResolution) -> str:
    """Before and after of everything that changes."""
    differences = made.change.differences() if made.change else []
    return "\n".join(f"{each.where}：由“{each.before or '无'}”变更为“{each.after or '无'}”" for each in differences)
