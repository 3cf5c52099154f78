"""The next step (下一步): what a project waits for, who holds it, since when and until when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from dangjian.foundation.window import Window
from dangjian.projects.state import State

if TYPE_CHECKING:
    from dangjian.projects.project import Project


LETTER_FIRST, PLAN_FIRST = "签订责任书", "制定实施计划书"
"""What an established project needs before it starts: how far each has come, letter and plan themselves know."""


@dataclass(frozen=True)
class NextStep:
    """``since`` is when it came to this, ``came`` the word for that; ``over`` where nothing more is to follow."""

    what: str
    holder: str = ""
    since: datetime | None = None
    came: str = ""
    over: bool = False


def next_step(project: Project) -> NextStep:
    step = project.step
    if step is not None:
        names = "、".join(person.name for person in project.handlers()[:4]) or "（尚未指定经办人）"
        return NextStep(step.label, f"{step.organisation.short_name} {names}", step.opened_at, "到达")
    if project.state == State.DRAFT:
        what = "修改后再提交" if project.is_returned else "完成申请表并提交"
        return NextStep(what, f"{project.branch.short_name} {project.owner.name if project.owner else ''}")
    if project.state == State.ESTABLISHED:
        found = project.establishment()
        waits = found is not None and found.awaits_receipt
        what, holder = ("签收立项通知", project.branch.short_name) if waits else _before_start(project)
        return NextStep(what, holder, project.established_at, "立项")
    if project.state == State.RUNNING:
        what, place = ("补签责任书", project.unit) if project.awaits_letter else ("组织实施", project.branch)
        return NextStep(what, place.short_name, project.started_at, "启动")
    return NextStep(project.state_label, since=project.ended_at, over=True)


def _before_start(project: Project) -> tuple[str, str]:
    """What an established project needs first, and whose turn it is."""
    if project.awaits_letter and not project.letter_may_follow:
        return LETTER_FIRST, project.unit.short_name
    return PLAN_FIRST, project.branch.short_name


def lacking(project: Project) -> list[str]:
    """All that an established project still has to have, in the order in which it is done; what is done is not named."""
    needs = ((LETTER_FIRST, project.awaits_letter), (PLAN_FIRST, project.awaits_plan))
    return [what for what, is_lacking in needs if is_lacking]


def deadline(project: Project) -> Window | None:
    """The window in which the next step is to be done; None where the scheme sets none."""
    key = "application" if project.state == State.DRAFT else project.step_window()
    return project.round.window_at(key, project.branch) if key else None
