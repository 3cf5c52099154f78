"""Letters (责任书): those one sees, one with its signatures and copies, and every verb but the electronic confirmation.

That one is done in person, after a proof of identity: no program does it.
"""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

from django.shortcuts import get_object_or_404
from ninja import Field, Query, Router, Schema, Status

from dangjian.agreements.letter import Letter
from dangjian.agreements.voiding import State
from dangjian.api.answers import ACTS, FINDS, LOOKS, MoveOut, ReasonOut
from dangjian.api.bearer import Asking
from dangjian.api.pages import Paged, PageOut, page_of
from dangjian.api.typed import Number, PathNumber, Sent, Text
from dangjian.people.person import Person
from dangjian.projects.project import Project

router = Router(tags=["责任书"])


class SignerOut(Schema):
    """Who stands for a side, and since when."""

    side: str
    manner: str
    who: str
    on: date


class LetterOut(Schema):
    """A letter. ``due_on`` is the day by which one that was put off is to follow."""

    id: int
    number: str
    project: int
    name: str
    branch: str
    state: str
    state_text: str
    signed_on: date | None
    due_on: date | None
    overdue: bool

    @staticmethod
    def of(letter: Letter) -> LetterOut:
        return LetterOut(**_facts(letter))


class LetterDetailOut(LetterOut):
    """With who signed, and what one may do next. ``version`` goes into the answer to a proposal to void."""

    version: int
    place: str
    signers: list[SignerOut]
    moves: list[MoveOut]


def _facts(letter: Letter) -> dict[str, Any]:
    return {
        "id": letter.pk, "number": letter.number, "project": letter.project_id, "name": letter.project.name,
        "branch": letter.project.branch.short_name, "state": letter.state, "state_text": letter.state_label,
        "signed_on": letter.signed_on, "overdue": letter.is_overdue,
        "due_on": letter.project.letter_due_on if letter.state == State.DEFERRED else None,
    }  # fmt: skip


def _detail(letter: Letter, person: Person) -> LetterDetailOut:
    letter = _seen(person).get(pk=letter.pk)
    signers = [
        SignerOut(side=one.side, manner=one.manner, who=one.who, on=one.on)
        for one in letter.signatures.select_related("person", "principal")
    ]
    moves = [
        MoveOut(name=move.name, label=move.label, missing=[ReasonOut(text=r.text, field=r.field) for r in missing])
        for move, missing in letter.open_moves(by=person)
    ]
    return LetterDetailOut(**_facts(letter), version=letter.version, place=letter.place, signers=signers, moves=moves)


def _seen(person: Person) -> Any:
    return Letter.objects.visible_to(person).select_related("project__branch", "project__unit", "project__scheme")


def _letter(request: Asking, pk: int) -> Letter:
    found: Letter = get_object_or_404(_seen(request.person), pk=pk)
    return found


class Filter(Sent):
    state: Literal["pending", "deferred", "signed", "void"] | None = Field(None, description="状态")


@router.get("", response={200: PageOut[LetterOut]} | LOOKS, summary="责任书")
def index(request: Asking, asked: Paged, chosen: Query[Filter]) -> Any:
    found = _seen(request.person).in_order()
    return page_of(found.filter(state=chosen.state) if chosen.state else found, asked, LetterOut.of)


@router.get("{pk}", response={200: LetterDetailOut} | FINDS, summary="一份责任书")
def show(request: Asking, pk: PathNumber) -> Any:
    return _detail(_letter(request, pk), request.person)


class MakeIn(Sent):
    project: Number = Field(description="已立项项目的 id")


@router.post("", response={201: LetterDetailOut} | ACTS, summary="制作责任书")
def make(request: Asking, sent: MakeIn) -> Any:
    project = get_object_or_404(Project.objects.visible_to(request.person), pk=sent.project)
    return Status(201, _detail(Letter.make(project, by=request.person), request.person))


class SigningIn(Sent):
    """The day on the paper; both scans are filed before."""

    signed_on: date = Field(description="签订日期")
    place: Text = Field("", description="签订地点")


@router.post("{pk}/signing", response={200: LetterDetailOut} | ACTS, summary="登记签订")
def sign(request: Asking, pk: PathNumber, sent: SigningIn) -> Any:
    letter = _letter(request, pk)
    letter.sign(signed_on=sent.signed_on, place=sent.place, by=request.person)
    return _detail(letter, request.person)


class LetterReasonIn(Sent):
    reason: Text = Field(description="理由")


@router.post("{pk}/deferral", response={200: LetterDetailOut} | ACTS, summary="暂缓签订，写明理由")
def defer(request: Asking, pk: PathNumber, sent: LetterReasonIn) -> Any:
    letter = _letter(request, pk)
    letter.defer(reason=sent.reason, by=request.person)
    return _detail(letter, request.person)


@router.post("{pk}/voiding", response={200: LetterDetailOut} | ACTS, summary="提请作废，写明理由")
def propose_void(request: Asking, pk: PathNumber, sent: LetterReasonIn) -> Any:
    letter = _letter(request, pk)
    letter.propose_void(reason=sent.reason, by=request.person)
    return _detail(letter, request.person)


class VoidAnswerIn(Sent):
    answer: Literal["void", "keep", "take_back"] = Field(
        description="void 确认作废，keep 不作废，take_back 撤回本人的提请"
    )
    version: Number = Field(description="读到时的 version，别人改过即不办理")
    reason: Text = Field("", description="不作废的理由，可不写")


@router.post("{pk}/voiding/answer", response={200: LetterDetailOut} | ACTS, summary="确认作废、不作废或撤回提请")
def answer(request: Asking, pk: PathNumber, sent: VoidAnswerIn) -> Any:
    letter = _letter(request, pk)
    if sent.answer == "take_back":
        letter.take_back(by=request.person)
    elif sent.answer == "keep":
        letter.keep(by=request.person, seen=sent.version, reason=sent.reason)
    else:
        letter.void(by=request.person, seen=sent.version)
    return _detail(letter, request.person)


@router.post("{pk}/takeover", response={200: LetterDetailOut} | ACTS, summary="接续确认")
def carry_on(request: Asking, pk: PathNumber) -> Any:
    letter = _letter(request, pk)
    letter.carry_on(by=request.person)
    return _detail(letter, request.person)
