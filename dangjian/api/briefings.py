"""呈阅件 and 批示: laying one before a leader, the leader's word, and what became of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any, Literal, Self

from django.http import FileResponse, HttpResponse
from django.shortcuts import get_object_or_404
from ninja import Field, Router, Schema, Status

from dangjian.api import files
from dangjian.api.answers import ACTS, FINDS, LOOKS
from dangjian.api.bearer import Asking
from dangjian.api.pages import Paged, PageOut, page_of
from dangjian.api.typed import FileNumber, Number, PathNumber, Sent, Text
from dangjian.foundation.evidence import Attachment
from dangjian.foundation.lifecycle import Reason, Refused
from dangjian.papers import face
from dangjian.people.organisation import Organisation
from dangjian.people.person import Person
from dangjian.projects import briefing_paper
from dangjian.projects.briefing import Briefing
from dangjian.projects.instruction import Instruction
from dangjian.projects.project import Project

briefings = Router(tags=["呈阅件"])
instructions = Router(tags=["批示"])


class BriefingOut(Schema):
    """A 呈阅件. ``version`` counts what happened to it."""

    id: int
    number: str
    title: str
    state: str
    place: int
    to: str
    summary: str
    proposal: str
    projects: list[int] = Field(description="其中您能查看的项目")
    presented_by: str
    presented_at: datetime
    instructions: list[int]

    @staticmethod
    def seen_by(briefing: Briefing, person: Person) -> BriefingOut:
        seen = Project.objects.visible_to(person).filter(briefings=briefing).order_by("pk")
        return BriefingOut(
            id=briefing.pk, number=briefing.number_text, title=briefing.title, state=briefing.state,
            place=briefing.place_id, to=briefing.to.name, summary=briefing.summary, proposal=briefing.proposal,
            projects=list(seen.values_list("pk", flat=True)), presented_by=briefing.who, presented_at=briefing.at,
            instructions=list(briefing.instructions.order_by("pk").values_list("pk", flat=True)),
        )  # fmt: skip


class BriefingRowOut(Schema):
    """A line of the list of 呈阅件."""

    id: int
    number: str
    title: str
    state: str
    place: int
    to: str
    presented_at: datetime

    @staticmethod
    def of(briefing: Briefing) -> BriefingRowOut:
        return BriefingRowOut(
            id=briefing.pk, number=briefing.number_text, title=briefing.title, state=briefing.state,
            place=briefing.place_id, to=briefing.to.name, presented_at=briefing.at,
        )  # fmt: skip


class KeptOut(Schema):
    """A photograph of the 批示, or a file of its result."""

    id: int
    kind: Literal["photo", "result"]
    name: str

    @staticmethod
    def all_of(held: Instruction) -> list[KeptOut]:
        results = Attachment.objects.of(held, "result").order_by("pk")
        return [KeptOut(id=each.pk, kind=each.slot, name=each.name) for each in (*held.photos(), *results)]


class InstructionOut(Schema):
    """A 批示 as a task. An empty ``text`` stands on the photograph."""

    id: int
    briefing: int
    leader: str
    text: str
    given_on: date
    organisation: int
    person: int | None
    due_on: date
    state: str
    late: bool
    result: str
    finished_at: datetime | None

    @classmethod
    def of(cls, held: Instruction, **more: Any) -> Self:
        return cls(
            id=held.pk, briefing=held.briefing_id, leader=held.given_by, text=held.text, given_on=held.given_on,
            organisation=held.organisation_id, person=held.person_id, due_on=held.due_on, state=held.state,
            late=held.is_late, result=held.result, finished_at=held.finished_at,
            **more,
        )  # fmt: skip


class InstructionDetailOut(InstructionOut):
    """With its files."""

    files: list[KeptOut] = Field(description="批示照片、办理结果的附件")

    @classmethod
    def whole(cls, held: Instruction) -> Self:
        return cls.of(held, files=KeptOut.all_of(held))


# 呈阅件


@briefings.get("", response={200: PageOut[BriefingRowOut]} | LOOKS, summary="呈阅件")
def index(request: Asking, asked: Paged) -> Any:
    found = Briefing.objects.visible_to(request.person).select_related("to")
    return page_of(found.newest_first(), asked, BriefingRowOut.of)


class BriefingIn(Sent):
    """What is laid before whom; what the system knows of the projects it adds itself."""

    place: Number = Field(description="呈报单位")
    to: Number = Field(description="呈送的领导")
    title: Text = Field(description="标题")
    summary: Text = Field(description="事由")
    proposal: Text = Field(description="拟办意见")
    projects: list[Number] = Field(max_length=100, description="所附项目的 id")


@briefings.post("", response={201: BriefingOut} | ACTS, summary="呈送")
def present(request: Asking, sent: BriefingIn) -> Any:
    place = get_object_or_404(Organisation.objects.visible_to(request.person), pk=sent.place)
    to = Briefing.readers([place]).filter(pk=sent.to).first()
    if to is None:
        raise Refused(Reason("请从本单位领导中选择", "to"))
    wanted = set(sent.projects)
    projects = list(Project.objects.visible_to(request.person).filter(pk__in=wanted))
    if len(projects) < len(wanted):
        raise Refused(Reason("请从本单位的项目中选择", "projects"))
    made = Briefing.present(
        place,
        to=to,
        title=sent.title,
        summary=sent.summary,
        proposal=sent.proposal,
        projects=projects,
        by=request.person,
    )
    return Status(201, BriefingOut.seen_by(made, request.person))


@briefings.get("{pk}", response={200: BriefingOut} | FINDS, summary="一份呈阅件")
def show(request: Asking, pk: PathNumber) -> Any:
    return BriefingOut.seen_by(_briefing(request, pk), request.person)


@briefings.get("{pk}/paper.{kind}", response={200: None} | FINDS, summary="呈阅件，Word 或 PDF")
def paper(request: Asking, pk: PathNumber, kind: Literal["docx", "pdf"]) -> Any:
    briefing = _briefing(request, pk)
    content, media_type = face.drawn(briefing_paper.printed(briefing), kind, by=request.person.name)
    return HttpResponse(content, content_type=media_type)


@briefings.post("{pk}/reading", response={200: BriefingOut} | ACTS, summary="已阅")
def read(request: Asking, pk: PathNumber) -> Any:
    _briefing(request, pk).read(by=request.person)
    return show(request, pk)


@briefings.post("{pk}/recall", response={200: BriefingOut} | ACTS, summary="撤回")
def recall(request: Asking, pk: PathNumber) -> Any:
    _briefing(request, pk).recall(by=request.person)
    return show(request, pk)


class ChargeIn(Sent):
    """Who carries it out, until when."""

    organisation: Number = Field(description="承办单位")
    person: Number | None = Field(None, description="承办人，不写由承办单位安排")
    due_on: date = Field(description="办结期限")


class InstructionIn(ChargeIn):
    """The leader's word, or as a handler wrote it down."""

    text: Text = Field("", description="批示内容；可以只附照片")
    given_on: date | None = Field(None, description="批示日期，不写为今天")
    photo: FileNumber | None = Field(None, description="批示照片：上传文件的编号")


@briefings.post("{pk}/instructions", response={201: InstructionDetailOut} | ACTS, summary="批示、登记批示")
def instruct(request: Asking, pk: PathNumber, sent: InstructionIn) -> Any:
    briefing = _briefing(request, pk)
    facts = {"text": sent.text, "given_on": sent.given_on} | _charge(briefing, sent)
    with files.used(request.person, sent.photo, "photo") as photo:
        made = Instruction.give(briefing, by=request.person, **facts, **photo)
    return Status(201, InstructionDetailOut.whole(made))


# 批示


@instructions.get("", response={200: PageOut[InstructionOut]} | LOOKS, summary="批示办理")
def tasks(request: Asking, asked: Paged) -> Any:
    found = _known(Instruction.objects.visible_to(request.person))
    return page_of(found.in_order(), asked, InstructionOut.of)


@instructions.get("{pk}", response={200: InstructionDetailOut} | FINDS, summary="一条批示")
def task(request: Asking, pk: PathNumber) -> Any:
    return InstructionDetailOut.whole(_instruction(request, pk))


@instructions.get("{pk}/files/{number}", response={200: None} | FINDS, summary="批示照片、办理结果的附件")
def fetch(request: Asking, pk: PathNumber, number: PathNumber) -> Any:
    held = _instruction(request, pk)
    kept = get_object_or_404(Attachment.objects.filter(noun="instruction", noun_id=held.pk), pk=number)
    return FileResponse(kept.evidence.file.open("rb"), filename=kept.name, content_type=kept.evidence.media_type)


class ResultIn(Sent):
    """What was done."""

    result: Text = Field(description="办理结果")
    file: FileNumber | None = Field(None, description="附件：上传文件的编号")


@instructions.post("{pk}/result", response={200: InstructionDetailOut} | ACTS, summary="填写办理结果，办结")
def finish(request: Asking, pk: PathNumber, sent: ResultIn) -> Any:
    with files.used(request.person, sent.file, "file") as file:
        return _after(request, pk, lambda held: held.finish(result=sent.result, by=request.person, **file))


class HandOnIn(ChargeIn):
    """Who carries it out instead."""

    reason: Text = Field("", description="转办原因")


@instructions.post("{pk}/handler", response={200: InstructionDetailOut} | ACTS, summary="转办")
def hand_over(request: Asking, pk: PathNumber, sent: HandOnIn) -> Any:
    return _after(
        request, pk,
        lambda held: held.hand_over(reason=sent.reason, by=request.person, **_charge(held.briefing, sent)),
    )  # fmt: skip


class CorrectionIn(Sent):
    """What it says instead, and why."""

    text: Text = Field(description="更正后的批示内容")
    given_on: date | None = Field(None, description="更正后的批示日期，不写为不变")
    reason: Text = Field(description="更正原因")
    photo: FileNumber | None = Field(None, description="更正后的批示照片：上传文件的编号")


@instructions.post("{pk}/correction", response={200: InstructionDetailOut} | ACTS, summary="更正")
def correct(request: Asking, pk: PathNumber, sent: CorrectionIn) -> Any:
    facts: dict[str, Any] = {"text": sent.text, "given_on": sent.given_on, "reason": sent.reason}
    with files.used(request.person, sent.photo, "photo") as photo:
        return _after(request, pk, lambda held: held.correct(by=request.person, **facts, **photo))


def _briefing(request: Asking, pk: int) -> Briefing:
    found = Briefing.objects.visible_to(request.person).select_related("to", "place", "by", "on_behalf_of")
    return get_object_or_404(found, pk=pk)


def _known(found: Any) -> Any:
    return found.select_related("briefing__to", "briefing__place", "by", "on_behalf_of", "organisation", "person")


def _instruction(request: Asking, pk: int) -> Instruction:
    held: Instruction = get_object_or_404(_known(Instruction.objects.visible_to(request.person)), pk=pk)
    return held


def _after(request: Asking, pk: int, verb: Callable[[Instruction], Any]) -> InstructionDetailOut:
    verb(_instruction(request, pk))
    return InstructionDetailOut.whole(_instruction(request, pk))


def _charge(briefing: Briefing, sent: ChargeIn) -> dict[str, Any]:
    """The organisation and the person, among those who may be charged. Raises Refused for anybody else."""
    place = Instruction.places_for(briefing).filter(pk=sent.organisation).first()
    if place is None:
        raise Refused(Reason("没有这个承办单位，或不能由它承办", "organisation"))
    person = Instruction.people_for(briefing).filter(pk=sent.person).first() if sent.person is not None else None
    if sent.person is not None and person is None:
        raise Refused(Reason("没有这位同志，或不能由他承办", "person"))
    return {"organisation": place, "person": person, "due_on": sent.due_on}
