"""Between 立项 and 启动: letter and plan wait side by side. Which of them is next, and what may be done meanwhile."""

from __future__ import annotations

from typing import Any

from dangjian.agreements.letter import Letter
from dangjian.delivery.plan import Plan
from dangjian.projects.next_step import LETTER_FIRST, PLAN_FIRST
from dangjian.projects.project import Project
from dangjian.web import display, plan_page

Shown = dict[str, Any]


def next_of(project: Project) -> Shown:
    """The next step of a project, and ``stage``, its stop on the rail; with both open, ``besides`` names the other.

    The calendar puts the letter before the plan. Where nobody has made the letter yet and the plan is handed in, the
    plan is what is under way.
    """
    shown = display.next_of(project)
    if shown["step"] not in (LETTER_FIRST, PLAN_FIRST):
        return shown
    open_ones = [
        *([_letter(project, shown)] if shown["step"] == LETTER_FIRST else []),
        *([_plan(project, shown)] if project.awaits_plan else []),
    ]
    first, *others = sorted(open_ones, key=lambda one: not one["begun"])
    return shown | first | {"besides": "；".join(f"{one['step']}，待 {one['holder']} 办理" for one in others)}


def _letter(project: Project, shown: Shown) -> Shown:
    made = Letter.standing_of(project) is not None
    step = LETTER_FIRST if made else "制作责任书"
    return {"stage": "责任书", "step": step, "holder": project.unit.short_name, "begun": made}


def plan_waits(project: Project) -> str:
    """For what a plan that was handed in waits: 待组织部门审核, or 退回修改."""
    plan = Plan.of(project) if project.established_at and project.awaits_plan else None
    return plan.waiting_label if plan is not None and (plan.step is not None or plan.is_returned) else ""


def _plan(project: Project, shown: Shown) -> Shown:
    """How far the plan has come. Where it was sent back, the step leads to the reason."""
    plan = Plan.of(project)
    if plan is not None and (sent_back := plan_page.returned(plan)):
        return {
            "stage": "实施计划", "step": "修改实施计划书", "holder": project.branch.short_name,
            "url": plan_page.url(project), "since_text": f"{display.moment(sent_back.at)}退回", "begun": True,
        }  # fmt: skip
    if plan is None or plan.step is None:
        return {"stage": "实施计划", "step": PLAN_FIRST, "holder": project.branch.short_name, "begun": False}
    names = "、".join(person.name for person in plan.handlers()[:4]) or "（尚未指定经办人）"
    return {
        "stage": "实施计划", "step": f"实施计划书{plan.step.label}", "holder": f"{project.unit.short_name} {names}",
        "since_text": f"{display.moment(plan.step.opened_at)}到达", "begun": True,
    }  # fmt: skip
