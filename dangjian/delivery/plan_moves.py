"""The moves of a plan (计划书的办理): from where to where, whose they are, and what is still missing before each."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from dangjian.delivery import readiness
from dangjian.delivery.plan_state import MAY_PLAN, State
from dangjian.foundation.lifecycle import Move, Reason
from dangjian.people.access import Ability
from dangjian.projects.handled import AT_STEP, has_not_stood_aside, is_impartial, may_stand_aside

if TYPE_CHECKING:
    from dangjian.delivery.plan import Plan


def _ready(plan: Plan, by: Any) -> Iterator[Reason]:
    if plan.project.is_offline:
        yield Reason("线下管理的项目，计划书在线下审定，由组织部门登记审定日期")
    if plan.project.state not in MAY_PLAN:
        yield Reason(f"项目当前状态为“{plan.project.state_label}”，不能提交计划书")
    yield from readiness.lacking(plan)


def _nobody_has_decided(plan: Plan, by: Any) -> Iterator[Reason]:
    if plan.approval is not None and plan.approval.steps.decided().exists():
        yield Reason("组织部门已开始办理，不能撤回；需要修改的，请对方退回修改")


def _step_takes(decision: str) -> Any:
    def unmet(plan: Plan, by: Any) -> Iterator[Reason]:
        step = plan.step
        if step is None or decision not in step.decisions:
            yield Reason(f"当前环节是“{step.label if step else '无'}”，不能办理此项")
        elif not step.by_meeting:
            yield from is_impartial(plan, by)

    return unmet


def _is_offline(plan: Plan, by: Any) -> Iterator[Reason]:
    if not plan.project.is_offline:
        yield Reason("只有线下管理的项目在线下审定计划书")


MOVES = (
    Move("hand_in", "提交计划书", frozenset({State.DRAFT}), State.IN_APPROVAL, Ability.SUBMIT, unmet=_ready, clause="S-32 S-33 S-34 S-35 S-40", tone="primary"),
    Move("recall", "撤回", frozenset({State.IN_APPROVAL}), State.DRAFT, Ability.SUBMIT, unmet=_nobody_has_decided),
    Move("pass_check", "通过审核", frozenset({State.IN_APPROVAL}), State.IN_APPROVAL, AT_STEP, unmet=_step_takes("pass"), clause="S-32 S-75", tone="primary"),
    Move("approve", "同意审定", frozenset({State.IN_APPROVAL}), State.APPROVED, AT_STEP, unmet=_step_takes("approve"), clause="S-32", tone="primary"),
    Move("return_for_revision", "退回修改", frozenset({State.IN_APPROVAL}), State.DRAFT, AT_STEP, unmet=_step_takes("return")),
    Move("hand_over", "转办", frozenset({State.IN_APPROVAL}), State.IN_APPROVAL, AT_STEP, unmet=has_not_stood_aside),
    Move("recuse", "回避", frozenset({State.IN_APPROVAL}), State.IN_APPROVAL, AT_STEP, unmet=may_stand_aside),
    Move("approve_offline", "登记线下审定", frozenset({State.DRAFT}), State.APPROVED, Ability.CHECK_PLAN, unmet=_is_offline, clause="S-32"),
)  # fmt: skip
