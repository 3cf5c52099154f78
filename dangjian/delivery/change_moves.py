"""The moves of a plan change (变更的办理): whose they are, what is missing before each, and the step that a request waits at."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from dangjian.delivery.change_state import State, Weight
from dangjian.delivery.plan_state import MAY_PLAN
from dangjian.foundation.lifecycle import Move, Reason
from dangjian.people.access import Ability
from dangjian.programmes.scheme import StepRule
from dangjian.projects.handled import AT_STEP, has_not_stood_aside, is_impartial, may_stand_aside

if TYPE_CHECKING:
    from dangjian.delivery.change import PlanChange

STEPS = {
    Weight.ORDINARY: StepRule(
        key="change_noting", label="登记变更", clause="S-13", level="unit", ability=Ability.CHECK_PLAN.value, meeting=False,
        decisions=("approve", "reject"),
    ),
    Weight.MAJOR: StepRule(
        key="change_meeting", label="研究重大变更", clause="S-13", level="unit", ability=Ability.RECORD_MEETING.value,
        meeting=True, decisions=("approve", "reject"),
    ),
}  # fmt: skip
"""The one step that a request takes: noted by the department, or decided at a meeting."""


def _complete(change: PlanChange, by: Any) -> Iterator[Reason]:
    yield from _has_plan(change, by)
    if not change.reason.strip():
        yield Reason("请写明变更的理由", "reason")
    if not change.differences():
        yield Reason("与现行计划没有不同，不用提交变更")
    yield from change.lacking()


def _has_plan(change: PlanChange, by: Any) -> Iterator[Reason]:
    if change.plan.project.state not in MAY_PLAN:
        yield Reason(f"项目当前状态为“{change.plan.project.state_label}”，不能变更计划")
    if change.is_outdated:
        yield Reason("这份申请填写以后，计划又有变更，请撤销后重新申请")


def _is_ordinary(change: PlanChange, by: Any) -> Iterator[Reason]:
    if change.weight == Weight.MAJOR:
        yield Reason("重大变更由党委会研究决定，请登记会议决定")
    yield from is_impartial(change, by)
    yield from _has_plan(change, by)


def _is_major(change: PlanChange, by: Any) -> Iterator[Reason]:
    if change.weight != Weight.MAJOR:
        yield Reason("一般变更由组织部门登记，不用上会")
    yield from _has_plan(change, by)


def _may_decline(change: PlanChange, by: Any) -> Iterator[Reason]:
    """一般变更由没有回避的人办理。"""
    if change.weight != Weight.MAJOR:
        yield from is_impartial(change, by)


WAITING = frozenset({State.WAITING})
MOVES = (
    Move("apply", "提交变更", frozenset({State.DRAFT}), State.WAITING, Ability.SUBMIT, unmet=_complete, clause="S-13", tone="primary"),
    Move("note", "登记变更", WAITING, State.GRANTED, AT_STEP, unmet=_is_ordinary, clause="S-13", tone="primary"),
    Move("grant", "同意变更", WAITING, State.GRANTED, AT_STEP, unmet=_is_major, clause="S-13", tone="primary"),
    Move("decline", "不同意变更", WAITING, State.DECLINED, AT_STEP, unmet=_may_decline, clause="S-13"),
    Move("hand_over", "转办", WAITING, State.WAITING, AT_STEP, unmet=has_not_stood_aside),
    Move("recuse", "回避", WAITING, State.WAITING, AT_STEP, unmet=may_stand_aside),
    Move("drop", "撤销变更", frozenset({State.DRAFT, State.WAITING}), State.DROPPED, Ability.SUBMIT, tone="danger"),
)  # fmt: skip
