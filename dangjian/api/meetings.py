"""Meetings: those that were held, and the record of one with all it decided."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

from django.shortcuts import get_object_or_404
from ninja import Field, Router, Status

from dangjian.api.answers import ACTS, FINDS, LOOKS, MeetingOut, MeetingRecordOut, RemindedOut
from dangjian.api.ballot import TallyIn
from dangjian.api.bearer import Asking
from dangjian.api.pages import Paged, PageOut, page_of
from dangjian.api.typed import Number, PathNumber, Sent, Text
from dangjian.delivery.change import PlanChange
from dangjian.delivery.meeting_record import MeetingRecord
from dangjian.delivery.plan import Plan
from dangjian.delivery.plan_resolution import PlanVerdict
from dangjian.foundation.lifecycle import Reason, Refused
from dangjian.people.organisation import Organisation
from dangjian.projects.meeting import Attendance, Meeting, Verdict
from dangjian.projects.project import Project
from dangjian.projects.resolution import Resolution

MOST_VERDICTS = 100

router = Router(tags=["会议"])


@router.get("", response={200: PageOut[MeetingOut]} | LOOKS, summary="会议记录")
def index(request: Asking, asked: Paged) -> Any:
    found = Meeting.objects.visible_to(request.person).select_related("organisation")
    found = found.prefetch_related(
        "resolutions__meeting", "plan_resolutions__plan__project", "plan_resolutions__change__plan__project"
    ).order_by("-held_on", "-pk")
    return page_of(found, asked, MeetingOut.of)


@router.get("records", response={200: PageOut[MeetingRecordOut]} | LOOKS, summary="待确认会议记录")
def records(request: Asking, asked: Paged) -> Any:
    found = MeetingRecord.objects.visible_to(request.person).waiting().select_related("organisation")
    return page_of(found.order_by("at", "pk"), asked, MeetingRecordOut.of)


class SentBackIn(Sent):
    reason: Text = Field(description="退回重记的理由")


@router.post("records/{pk}/confirmation", response={200: MeetingOut} | ACTS, summary="书记确认会议记录")
def confirm(request: Asking, pk: PathNumber) -> Any:
    return MeetingOut.of(_record(request, pk).confirm(by=request.person))


@router.post("records/{pk}/return", response={200: MeetingRecordOut} | ACTS, summary="书记退回会议记录重记")
def send_back(request: Asking, pk: PathNumber, sent: SentBackIn) -> Any:
    record = _record(request, pk)
    record.return_record(by=request.person, reason=sent.reason)
    return MeetingRecordOut.of(record)


def _record(request: Asking, pk: int) -> MeetingRecord:
    return get_object_or_404(MeetingRecord.objects.visible_to(request.person), pk=pk)


@router.post("unsigned/reminder", response={200: RemindedOut} | ACTS, summary="催办签收立项通知，每天最多一次")
def remind(request: Asking) -> Any:
    return RemindedOut(asked=Resolution.urge_unsigned(by=request.person))


@router.get("{pk}", response={200: MeetingOut} | FINDS, summary="一次会议")
def show(request: Asking, pk: PathNumber) -> Any:
    return MeetingOut.of(get_object_or_404(Meeting.objects.visible_to(request.person), pk=pk))


class MatterIn(TallyIn):
    """How the meeting came to its decision; ``version`` is that of what it decided on, as it was last read."""

    opinion: Text = Field("", description="意见")
    version: Number | None = Field(None, description="读到时的 version，别人改过即不办理")


class VerdictIn(MatterIn):
    """What was decided on one project."""

    project: Number = Field(description="项目的 id")
    decision: Literal["agree", "establish", "return", "reject"] = Field(
        description="agree 同意申报（支部），establish 同意立项，return 退回修改，reject 不予立项"
    )


class PlanVerdictIn(MatterIn):
    """What was decided on the plan of a project, or on one change of a plan."""

    project: Number | None = Field(None, description="项目的 id，决定的是它的计划书")
    change: Number | None = Field(None, description="计划变更的 id")
    decision: Literal["approve", "return", "grant", "decline"] = Field(
        description="approve 同意审定，return 退回修改；grant 同意变更，decline 不同意变更"
    )


class MeetingIn(Sent):
    """The record of one meeting: when, who was there, what was decided."""

    organisation: Number = Field(description="开会的党组织的 id")
    held_on: date = Field(description="会议日期")
    issue: int = Field(ge=1, le=999, description="第几期")
    expected: int = Field(ge=1, le=999, description="应到")
    present: int = Field(ge=0, le=999, description="实到")
    chair: Text = Field(description="主持人")
    recorder: Text = Field("", description="记录人")
    observers: Text = Field("", description="列席")
    absent: Text = Field("", description="请假")
    verdicts: list[VerdictIn] = Field([], max_length=MOST_VERDICTS, description="对各项目的决定")
    plans: list[PlanVerdictIn] = Field([], max_length=MOST_VERDICTS, description="对计划书和计划变更的决定")


@router.post(
    "", response={201: MeetingOut, 202: MeetingRecordOut} | ACTS, summary="登记会议和各项决定；须书记确认的先记为待确认"
)
def record(request: Asking, sent: MeetingIn) -> Any:
    place = get_object_or_404(Organisation.objects.visible_to(request.person), pk=sent.organisation)
    told = sent.dict()
    attendance = {key: told[key] for key in ("expected", "present", "chair", "recorder", "observers", "absent")}
    made = MeetingRecord.enter(
        place,
        held_on=sent.held_on,
        issue=sent.issue,
        attendance=Attendance(**attendance),
        verdicts=_verdicts(request, sent.verdicts),
        matters=[_on_plan(request, each) for each in sent.plans],
        by=request.person,
    )
    if isinstance(made, MeetingRecord):
        return Status(202, MeetingRecordOut.of(made))
    return Status(201, MeetingOut.of(made))


def _verdicts(request: Asking, sent: list[VerdictIn]) -> list[Verdict]:
    known = Project.objects.visible_to(request.person).with_names().in_bulk([each.project for each in sent])
    unknown = [each.project for each in sent if each.project not in known]
    if unknown:
        raise Refused(*(Reason("没有这个项目，或您无权查看", f"verdict-{pk}") for pk in unknown))
    verdicts = []
    for each in sent:
        told = each.dict()
        version = told.pop("version")
        verdicts.append(Verdict(**told | {"project": known[each.project], "seen": version}))
    return verdicts


def _on_plan(request: Asking, sent: PlanVerdictIn) -> PlanVerdict:
    told = sent.dict(exclude={"project", "change", "version"})
    found: Plan | PlanChange | None = None
    if (sent.project is None) == (sent.change is None):
        raise Refused(Reason("请写明是哪个项目的计划书，或哪次变更，只写一个", "plans"))
    if sent.change is not None:
        found = PlanChange.objects.visible_to(request.person).with_names().filter(pk=sent.change).first()
    else:
        found = Plan.objects.visible_to(request.person).with_names().filter(project=sent.project).first()
    if found is None:
        raise Refused(Reason("没有这份计划书或变更，或您无权查看", "plans"))
    return PlanVerdict(found, **told, seen=sent.version)
