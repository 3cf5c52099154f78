"""The readiness (齐备) of a plan: what it is refused for before it goes in, and what is worth a look."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING

from dangjian.delivery.charge import Charge, answerable
from dangjian.delivery.first_draft import years
from dangjian.delivery.goal import Goal, Level, leaves, misplaced
from dangjian.delivery.measure import Measure
from dangjian.delivery.plan_revision import LISTS, TEXTS
from dangjian.delivery.task import Task
from dangjian.foundation import clock
from dangjian.foundation.lifecycle import Reason
from dangjian.foundation.window import day_text

if TYPE_CHECKING:
    from dangjian.delivery.plan import Plan
    from dangjian.projects.project import Project

Rows = dict[str, list[Charge]]

ASKED = ("profile", "background")
"""Texts without which no plan goes in (S-35); goals and measures are asked as lists."""


def lacking(plan: Plan) -> Iterator[Reason]:
    """What submission is refused for (S-33, S-34, S-35, S-40)."""
    if plan.project.is_offline:
        return
    for name in ASKED:
        if not getattr(plan, name).strip():
            yield Reason(f"请填写{TEXTS[name][0]}", name)
    yield from lacking_in({kind.key(): plan.rows(kind) for kind in LISTS}, plan.project)


def lacking_in(rows: Rows, project: Project) -> Iterator[Reason]:
    """What the lists of a plan or of a proposed change still want; the field is that of a box, or of a list."""
    here = set(answerable(project).values_list("pk", flat=True))
    for kind in LISTS:
        for row in rows[kind.key()]:
            for reason in (*row.lacking(), *_departed(row, here), *_too_late(row, project)):
                yield Reason(reason.text, kind.field_name(row.place - 1, reason.field))
    yield from _lacking_goals(rows, project)
    if not rows[Measure.key()]:
        yield Reason("请至少写一项主要措施", Measure.key())
    yield from _years_without_task(rows, project)


def _departed(row: Charge, here: set[int]) -> Iterator[Reason]:
    if row.person_id and row.person_id not in here:
        who = f"{row.title}“{row.called}”的责任人{row.person_name}"
        yield Reason(f"{who}已不在本支部和参与支部，请另定责任人", "person")


def _too_late(row: Charge, project: Project) -> Iterator[Reason]:
    held = project.period
    if row.due and held and row.due > held.last_day:
        yield Reason(f"{row.title}“{row.called}”的完成时间晚于项目完成时间{day_text(held.last_day)}", "due")


def outside_team(rows: Rows, project: Project) -> str:
    """A hint that names who answers for a line and stands not in the table of members; empty where there is none.

    The secretary answers for the project itself and need not be listed.
    """
    answering = {row.person_id: row.person_name for kind in LISTS for row in rows[kind.key()] if row.person_id}
    listed = {project.owner_id, *project.team.values_list("person", flat=True)}
    names = "、".join(name for pk, name in answering.items() if pk not in listed)
    return f"责任人{names}不在“项目成员基本情况”中，请核对" if names else ""


def _lacking_goals(rows: Rows, project: Project) -> Iterator[Reason]:
    goals: list[Goal] = [row for row in rows[Goal.key()] if isinstance(row, Goal)]
    if not goals:
        yield Reason("请至少写一项能检查的目标：有目标值，或有验收标准", Goal.key())
    elif not any(goal.can_be_checked for goal in leaves(goals)):
        yield Reason("目标还没有细化、量化：至少一项要有目标值或验收标准", Goal.key())
    yield from misplaced(goals)
    due = stage_goal_due(project)
    if due and not any(goal.level == Level.STAGE and goal.due and goal.due <= due for goal in goals):
        yield Reason(f"项目跨{day_text(due)}，请写明此前要形成的阶段目标", Goal.key())


def stage_goal_due(project: Project) -> date | None:
    """By when a stage goal is asked for; None where the project ends before the plan year does (design §4)."""
    held, window = project.period, project.rules.windows.get("stage_goal_due")
    return window.closes_on if held and window and held.crosses(window.closes_on) else None


def _years_without_task(rows: Rows, project: Project) -> Iterator[Reason]:
    spanned = years(project)
    if len(spanned) < 2:
        return
    told = {row.year for row in rows[Task.key()] if isinstance(row, Task)}
    if untold := "、".join(f"{year}年" for year in spanned if year not in told):
        yield Reason(f"项目跨年度，请写明{untold}的年度任务", Task.key())


def advice(plan: Plan) -> Iterator[Reason]:
    """What does not refuse (S-31, S-34, S-39)."""
    window = plan.window
    if window is not None and clock.today() > window.closes_on:
        days = (clock.today() - window.closes_on).days
        yield Reason(f"{window.label}已于{day_text(window.closes_on)}截止，晚 {days} 天，仍可提交，标注迟报")
    if plan.project.is_offline:
        return
    if not plan.rows(Task) and len(years(plan.project)) == 1:
        yield Reason("没有写年度任务；项目不跨年度的可以不写", Task.key())
    if not plan.project.team.exists():
        yield Reason("项目成员还没有选", "team")
    elif outside := outside_team({kind.key(): plan.rows(kind) for kind in LISTS}, plan.project):
        yield Reason(outside, "team")
    if not plan.may_be_confirmed and (gone := plan.departed()):
        # Of a draft it is not advice: it does not go in so.
        yield Reason(f"{'、'.join(gone)}已不在本支部和参与支部，请另定责任人", Measure.key())
