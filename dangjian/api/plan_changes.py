"""Plan changes (计划变更): before and after, asked for by the branch, noted by the department or decided by the committee."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

from django.shortcuts import get_object_or_404
from ninja import Field, Query, Router, Schema, Status

from dangjian.api.answers import ACTS, FINDS, LOOKS, MoveOut, ReasonOut
from dangjian.api.ballot import TALLY, TallyIn
from dangjian.api.bearer import Asking
from dangjian.api.pages import Paged, PageOut, page_of
from dangjian.api.plans import PlanLists, colleague, meeting_of, visible_plan
from dangjian.api.projects import HandlerIn
from dangjian.api.typed import Number, PathNumber, Sent, Text
from dangjian.delivery.change import PlanChange
from dangjian.delivery.change_state import State

router = Router(tags=["计划变更"])


class DifferenceOut(Schema):
    """One thing that changes; ``major`` is what the committee decides."""

    where: str
    before: str
    after: str
    major: bool


class PlanChangeOut(Schema):
    id: int
    project: int
    name: str
    number: int
    weight: str
    state: str
    waiting: str
    reason: str
    ends: str
    held_on: date | None
    reference: str
    meeting: int | None

    @staticmethod
    def of(change: PlanChange) -> PlanChangeOut:
        return PlanChangeOut(**_facts(change))


class PlanChangeDetailOut(PlanChangeOut):
    """``edits`` goes into a saving."""

    edits: int
    expected: str
    differences: list[DifferenceOut]
    moves: list[MoveOut]


def _facts(change: PlanChange) -> dict[str, Any]:
    return {
        "id": change.pk, "project": change.project.pk, "name": change.project.name, "number": change.number,
        "weight": change.weight, "state": change.state, "waiting": change.waiting_label, "reason": change.reason,
        "ends": change.ends, "held_on": change.held_on, "reference": change.reference, "meeting": change.meeting_id,
    }  # fmt: skip


def _visible(request: Asking, pk: int) -> PlanChange:
    found: PlanChange = get_object_or_404(PlanChange.objects.visible_to(request.person).with_names(), pk=pk)
    return found


def _detail(request: Asking, pk: int) -> PlanChangeDetailOut:
    change = _visible(request, pk)
    differences = [
        DifferenceOut(where=each.where, before=each.before, after=each.after, major=each.is_major)
        for each in change.differences()
    ]
    moves = [
        MoveOut(name=move.name, label=move.label, missing=[ReasonOut.of(reason) for reason in refusals])
        for move, refusals in change.open_moves(by=request.person)
    ]
    return PlanChangeDetailOut(
        **_facts(change), edits=change.edits, expected=change.expected, differences=differences, moves=moves
    )


class Filter(Sent):
    project: Number | None = Field(None, description="项目的 id")
    state: Literal[*State.values] | None = Field(None, description="状态")  # type: ignore[valid-type]


@router.get("", response={200: PageOut[PlanChangeOut]} | LOOKS, summary="计划变更")
def index(request: Asking, asked: Paged, chosen: Query[Filter]) -> Any:
    found = PlanChange.objects.visible_to(request.person).with_names()
    if chosen.project is not None:
        found = found.filter(plan__project=chosen.project)
    if chosen.state is not None:
        found = found.filter(state=chosen.state)
    return page_of(found.order_by("-pk"), asked, PlanChangeOut.of)


@router.get("{pk}", response={200: PlanChangeDetailOut} | FINDS, summary="一次变更，前后对照")
def show(request: Asking, pk: PathNumber) -> Any:
    return _detail(request, pk)


class BeginIn(Sent):
    project: Number = Field(description="项目的 id")


@router.post("", response={201: PlanChangeDetailOut} | ACTS, summary="申请变更")
def begin(request: Asking, sent: BeginIn) -> Any:
    made = PlanChange.begin(visible_plan(request, sent.project), by=request.person)
    return Status(201, _detail(request, made.pk))


class ChangeFillingIn(Sent):
    """The lists as they are to be; those that are not sent stay as they are in the request."""

    seen: Number = Field(description="读到时的 edits，别人改过即不保存")
    reason: Text = Field(description="变更理由")
    ends: Text = Field("", description="项目完成年月，如 2022-12；不写为不变")
    expected: Text | None = Field(None, description="预期目标的文字；不写为不变")
    lists: PlanLists = PlanLists()  # type: ignore[valid-type]


@router.patch("{pk}", response={200: PlanChangeDetailOut} | ACTS, summary="暂存变更申请")
def fill(request: Asking, pk: PathNumber, sent: ChangeFillingIn) -> Any:
    lists = sent.lists.dict(exclude_unset=True)  # type: ignore[attr-defined]
    told: dict[str, Any] = {"reason": sent.reason, "ends": sent.ends, "expected": sent.expected}
    _visible(request, pk).fill(**told, lists=lists, seen=sent.seen, by=request.person)
    return _detail(request, pk)


@router.post("{pk}/submission", response={200: PlanChangeDetailOut} | ACTS, summary="提交变更")
def apply(request: Asking, pk: PathNumber) -> Any:
    _visible(request, pk).apply(by=request.person)
    return _detail(request, pk)


class ChangeDecisionIn(TallyIn):
    """An ordinary change is noted, a major one granted at a meeting; either may be declined, with the reason."""

    decision: Literal["note", "grant", "decline", "drop"] = Field(
        description="note 登记一般变更，grant 同意重大变更，decline 不同意，drop 撤销"
    )
    opinion: Text = Field("", description="意见；不同意的写明理由")
    meeting: Number | None = Field(None, description="会议的 id")
    reference: Text = Field("", description="会议记录的文号")
    held_on: date | None = Field(None, description="会议日期")


@router.post("{pk}/decision", response={200: PlanChangeDetailOut} | ACTS, summary="登记、同意、不同意变更，或撤销")
def decide(request: Asking, pk: PathNumber, sent: ChangeDecisionIn) -> Any:
    change, by = _visible(request, pk), request.person
    if sent.decision == "drop":
        change.drop(by=by)
    else:
        told = sent.dict(exclude={"meeting", *TALLY})
        change.decide(**told, meeting=meeting_of(request, sent.meeting), tally=sent.tally, by=by)
    return _detail(request, pk)


@router.post("{pk}/handler", response={200: PlanChangeDetailOut} | ACTS, summary="转办")
def hand_over(request: Asking, pk: PathNumber, sent: HandlerIn) -> Any:
    to = colleague(request, sent.person)
    _visible(request, pk).hand_over(to=to, by=request.person, reason=sent.reason)
    return _detail(request, pk)


@router.post("{pk}/recusal", response={200: PlanChangeDetailOut} | ACTS, summary="回避，指定代办人，写明原因")
def recuse(request: Asking, pk: PathNumber, sent: HandlerIn) -> Any:
    stand_in = colleague(request, sent.person)
    _visible(request, pk).recuse(stand_in=stand_in, by=request.person, reason=sent.reason)
    return _detail(request, pk)
