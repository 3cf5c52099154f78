"""Plans (实施计划): those one sees, one with its lists, and every verb from the draft to the decision."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from ninja import Field, Query, Router, Schema, Status
from pydantic import create_model

from dangjian.api.answers import ACTS, FINDS, LOOKS, MoveOut, ReasonOut
from dangjian.api.ballot import TALLY, TallyIn
from dangjian.api.bearer import Asking
from dangjian.api.pages import Paged, PageOut, page_of
from dangjian.api.projects import HandlerIn, MemberIn, line_in, team_of
from dangjian.api.typed import Number, PathNumber, Sent, Text
from dangjian.delivery import plan_papers, readiness
from dangjian.delivery.plan import CHECKLIST, Plan
from dangjian.delivery.plan_revision import LISTS, TEXTS, lists_of, plain
from dangjian.delivery.plan_state import STANDINGS
from dangjian.foundation.lifecycle import Reason, Refused
from dangjian.overview import paper_template
from dangjian.people.person import Person
from dangjian.projects.meeting import Meeting
from dangjian.projects.project import Project

router = Router(tags=["实施计划"])


class PlanOut(Schema):
    """A plan; a project has one, so it is named by its project."""

    project: int
    number: str
    name: str
    branch: str
    state: str
    waiting: str
    handed_in_at: datetime | None
    days_late: int
    approved_on: date | None
    leader: str
    reference: str
    meeting: int | None
    filled_by: str

    @staticmethod
    def of(plan: Plan) -> PlanOut:
        return PlanOut(**_facts(plan))


class PlanDetailOut(PlanOut):
    """With its texts and lists. ``version`` goes into a decision, ``edits`` into a saving."""

    version: int
    edits: int
    profile: str
    background: str
    expected: str
    enclosures: str
    lists: dict[str, list[dict[str, Any]]]
    checked_for: list[str]
    missing: list[ReasonOut]
    moves: list[MoveOut]


def _facts(plan: Plan) -> dict[str, Any]:
    return {
        "project": plan.project_id, "number": plan.project.number, "name": plan.project.name,
        "branch": plan.project.branch.short_name, "state": plan.state, "waiting": plan.waiting_label,
        "handed_in_at": plan.handed_in_at, "days_late": plan.days_late, "approved_on": plan.approved_on,
        "leader": plan.leader, "reference": plan.reference, "meeting": plan.meeting_id, "filled_by": plan.filler,
    }  # fmt: skip


def _detail(request: Asking, project: int) -> PlanDetailOut:
    plan = visible_plan(request, project)
    missing = readiness.lacking(plan) if plan.may_be_confirmed else ()
    moves = [
        MoveOut(name=move.name, label=move.label, missing=[ReasonOut.of(reason) for reason in refusals])
        for move, refusals in plan.open_moves(by=request.person)
    ]
    return PlanDetailOut(
        **_facts(plan), version=plan.version, edits=plan.edits, lists=plain(lists_of(plan)), moves=moves,
        checked_for=plan.checked_for, missing=[ReasonOut.of(reason) for reason in missing],
        **{name: getattr(plan, name) for name in TEXTS},
    )  # fmt: skip


def visible_plan(request: Asking, project: int) -> Plan:
    """The plan of a project, if it exists for the token's owner."""
    found: Plan = get_object_or_404(Plan.objects.visible_to(request.person).with_names(), project=project)
    return found


def _project(request: Asking, pk: int) -> Project:
    found: Project = get_object_or_404(Project.objects.visible_to(request.person).with_names(), pk=pk)
    return found


class Filter(Sent):
    state: Literal[*STANDINGS] | None = Field(None, description="状态")  # type: ignore[valid-type]
    late: bool | None = Field(None, description="是否迟报")


@router.get("", response={200: PageOut[PlanOut]} | LOOKS, summary="实施计划")
def index(request: Asking, asked: Paged, chosen: Query[Filter]) -> Any:
    found = Plan.objects.visible_to(request.person).with_names()
    found = found.standing(chosen.state) if chosen.state else found
    found = found.late(chosen.late) if chosen.late is not None else found
    return page_of(found.in_order(), asked, PlanOut.of)


@router.get("{project}", response={200: PlanDetailOut} | FINDS, summary="一个项目的实施计划")
def show(request: Asking, project: PathNumber) -> Any:
    return _detail(request, project)


@router.post("{project}", response={201: PlanDetailOut} | ACTS, summary="开始编制，带入申请表的内容")
def begin(request: Asking, project: PathNumber) -> Any:
    Plan.begin(_project(request, project), by=request.person)
    return Status(201, _detail(request, project))


_TEXTS: Any = {name: (Text, Field("", description=label)) for name, (label, _) in TEXTS.items()}
PlanTexts = create_model("PlanTexts", __base__=Sent, __doc__="没有写出的保持原样。", **_TEXTS)
_LISTS: Any = {kind.key(): (list[line_in(kind)], Field([], max_length=200, description=kind.title)) for kind in LISTS}  # type: ignore[misc]
PlanLists = create_model(
    "PlanLists", __base__=Sent, __doc__="一项一行；没有写出的清单保持原样。责任人填人员 id。", **_LISTS
)


class PlanFillingIn(Sent):
    """One saving. ``seen`` is ``edits`` as it was last read."""

    seen: Number = Field(description="读到时的 edits，别人改过即不保存")
    texts: PlanTexts = PlanTexts()  # type: ignore[valid-type]
    lists: PlanLists = PlanLists()  # type: ignore[valid-type]
    team: list[MemberIn] | None = Field(None, description="项目成员；没有写出的保持原样")


@router.patch("{project}", response={200: PlanDetailOut} | ACTS, summary="暂存计划书")
def fill(request: Asking, project: PathNumber, sent: PlanFillingIn) -> Any:
    plan = visible_plan(request, project)
    team = None if sent.team is None else team_of(plan.project, sent.team)
    texts, lists = sent.texts.dict(exclude_unset=True), sent.lists.dict(exclude_unset=True)  # type: ignore[attr-defined]
    plan.fill(texts, lists=lists, team=team, seen=sent.seen, by=request.person)
    return _detail(request, project)


@router.post("{project}/confirmation-request", response={200: PlanDetailOut} | ACTS, summary="代填后请书记确认")
def ask_for_confirmation(request: Asking, project: PathNumber) -> Any:
    visible_plan(request, project).ask_for_confirmation(by=request.person)
    return _detail(request, project)


class PlanConfirmationIn(Sent):
    answer: Literal["confirm", "return"] = Field(description="confirm 确认，return 退回")
    reason: Text = Field("", description="退回的理由")


@router.post("{project}/confirmation", response={200: PlanDetailOut} | ACTS, summary="书记确认代填，或退回")
def confirm(request: Asking, project: PathNumber, sent: PlanConfirmationIn) -> Any:
    plan = visible_plan(request, project)
    if sent.answer == "confirm":
        plan.confirm(by=request.person)
    else:
        plan.send_back(by=request.person, reason=sent.reason)
    return _detail(request, project)


@router.post("{project}/submission", response={200: PlanDetailOut} | ACTS, summary="提交计划书")
def hand_in(request: Asking, project: PathNumber) -> Any:
    visible_plan(request, project).hand_in(by=request.person)
    return _detail(request, project)


@router.post("{project}/recall", response={200: PlanDetailOut} | ACTS, summary="撤回计划书")
def recall(request: Asking, project: PathNumber) -> Any:
    visible_plan(request, project).recall(by=request.person)
    return _detail(request, project)


class PlanDecisionIn(TallyIn):
    """``version`` is that of the plan as it was read; who signed, or at which meeting and by what vote, where the step approves."""

    version: Number = Field(description="读到时的 version，别人改过即不办理")
    decision: Literal["pass", "approve", "return"] = Field(
        description="pass 通过审核，approve 同意审定，return 退回修改"
    )
    opinion: Text = Field("", description="意见；退回的写明理由")
    checked_for: list[Literal[*CHECKLIST]] = Field([], description="已核对的要点")  # type: ignore[valid-type]
    leader: Text = Field("", description="签批领导，照纸上的签名")
    held_on: date | None = Field(None, description="签批日期或会议日期")
    meeting: Number | None = Field(None, description="会议的 id")
    reference: Text = Field("", description="会议记录的文号")


@router.post("{project}/decision", response={200: PlanDetailOut} | ACTS, summary="审核、登记签批或会议审定、退回修改")
def decide(request: Asking, project: PathNumber, sent: PlanDecisionIn) -> Any:
    told = sent.dict(exclude={"version", "meeting", *TALLY})
    meeting = meeting_of(request, sent.meeting)
    visible_plan(request, project).decide(
        seen=sent.version, meeting=meeting, tally=sent.tally, by=request.person, **told
    )  # fmt: skip
    return _detail(request, project)


def meeting_of(request: Asking, pk: int | None) -> Meeting | None:
    """The meeting of that number. Raises Refused where there is none."""
    if pk is None:
        return None
    found = Meeting.objects.visible_to(request.person).filter(pk=pk).first()
    if found is None:
        raise Refused(Reason("没有这次会议，或您无权查看", "meeting"))
    return found


def colleague(request: Asking, pk: int) -> Person:
    """Whom a matter is passed on to. Raises Refused where there is nobody of that number."""
    found = Person.objects.visible_to(request.person).filter(pk=pk).first()
    if found is None:
        raise Refused(Reason("没有这位同志", "person"))
    return found


@router.post("{project}/handler", response={200: PlanDetailOut} | ACTS, summary="转办")
def hand_over(request: Asking, project: PathNumber, sent: HandlerIn) -> Any:
    to = colleague(request, sent.person)
    visible_plan(request, project).hand_over(to=to, by=request.person, reason=sent.reason)
    return _detail(request, project)


@router.post("{project}/recusal", response={200: PlanDetailOut} | ACTS, summary="回避，指定代办人，写明原因")
def recuse(request: Asking, project: PathNumber, sent: HandlerIn) -> Any:
    stand_in = colleague(request, sent.person)
    visible_plan(request, project).recuse(stand_in=stand_in, by=request.person, reason=sent.reason)
    return _detail(request, project)


class ReminderOut(Schema):
    """Who was reminded."""

    reminded: str


@router.post("{project}/reminder", response={200: ReminderOut} | ACTS, summary="提请办理（向上）、催办（向下）")
def remind(request: Asking, project: PathNumber) -> Any:
    held = _project(request, project)
    plan = Plan.objects.visible_to(request.person).filter(project=project).first()
    if plan is not None and plan.step is not None:
        plan.ask_to_act(by=request.person)
        return ReminderOut(reminded="、".join(person.name for person in plan.handlers()))
    Plan.urge(held, by=request.person)
    return ReminderOut(reminded=held.branch.short_name)


@router.get("{project}/paper.{kind}", response={200: None} | FINDS, summary="附件3，Word 或 PDF")
def paper(request: Asking, project: PathNumber, kind: Literal["docx", "pdf"]) -> Any:
    made = plan_papers.plan_paper(visible_plan(request, project))
    content, media_type = paper_template.drawn(made, kind, by=request.person.name)
    return HttpResponse(content, content_type=media_type)
