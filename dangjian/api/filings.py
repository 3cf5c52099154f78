"""Filings (备案): a unit's 项目汇总表 as it stands, handing it in, its versions, and the company's answers."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal

from django.shortcuts import get_object_or_404
from ninja import Field, Query, Router, Schema, Status

from dangjian.api.answers import ACTS, FINDS, LOOKS, ReasonOut
from dangjian.api.bearer import Asking
from dangjian.api.pages import Paged, PageOut, page_of
from dangjian.api.typed import Number, PathNumber, Sent, Text
from dangjian.delivery import summary
from dangjian.delivery.filing import Filing
from dangjian.delivery.filing_row import FilingRow
from dangjian.delivery.summary import Line
from dangjian.people.organisation import Organisation
from dangjian.people.person import Person
from dangjian.programmes.round import Round

MOST_ANSWERS = 1_000

router = Router(tags=["备案"])


class LineOut(Schema):
    """A project as the table tells it."""

    project: int
    number: str
    name: str
    period: str
    department: str
    problem: str
    measures: str
    goal: str
    note: str

    @staticmethod
    def of(line: Line) -> LineOut:
        return LineOut(**line.facts())


class FiledLineOut(LineOut):
    """A line of a version: ``id`` is what an answer names it by; ``explanation`` is the unit's, ``reason`` the company's."""

    id: int
    state: str
    state_text: str
    reason: str
    explanation: str
    answered_by: str

    @staticmethod
    def of_row(row: FilingRow) -> FiledLineOut:
        return FiledLineOut(
            **row.line.facts(), id=row.pk, state=row.state, state_text=row.get_state_display(), reason=row.reason,
            explanation=row.explanation, answered_by=row.answerer,
        )  # fmt: skip


class FilingOut(Schema):
    """A version of a unit's table. ``code`` is the 备案号, empty until something of it is recorded."""

    id: int
    unit: int
    unit_name: str
    year: int
    number: int
    state: str
    state_text: str
    late: bool
    days_late: int
    due_on: date | None
    at: datetime
    by: str
    phone: str
    code: str

    @staticmethod
    def of(filing: Filing) -> FilingOut:
        return FilingOut(**_facts(filing))


class FilingDetailOut(FilingOut):
    """With its lines. ``version`` goes into an answer; ``may_answer`` and ``may_recall`` are empty where one may, else say why not."""

    version: int
    lines: list[FiledLineOut]
    may_answer: list[ReasonOut]
    may_recall: list[ReasonOut]


class TableOut(Schema):
    """A unit's table as it stands today. ``seen`` goes into handing in; ``may_hand_in`` is empty where one may."""

    unit: int
    year: int
    seen: int
    lines: list[LineOut]
    may_hand_in: list[ReasonOut]


def _facts(filing: Filing) -> dict[str, Any]:
    return {
        "id": filing.pk, "unit": filing.unit_id, "unit_name": filing.unit_name, "year": filing.round.year,
        "number": filing.number, "state": filing.state, "state_text": filing.state_label, "late": filing.is_late, "days_late": filing.days_late,
        "due_on": filing.due_on, "at": filing.at, "by": filing.who, "phone": filing.phone, "code": filing.code,
    }  # fmt: skip


def _seen(person: Person) -> Any:
    return Filing.objects.visible_to(person).select_related("unit", "round", "by", "on_behalf_of")


def _detail(filing: Filing, person: Person) -> FilingDetailOut:
    filing = _seen(person).get(pk=filing.pk)
    rows = filing.rows.select_related("answered_by", "answered_for")
    return FilingDetailOut(
        **_facts(filing), version=filing.version, lines=[FiledLineOut.of_row(row) for row in rows],
        may_answer=[ReasonOut.of(reason) for reason in filing.refusals("answer", by=person)],
        may_recall=[ReasonOut.of(reason) for reason in filing.refusals("recall", by=person)],
    )  # fmt: skip


class Filter(Sent):
    year: int | None = Field(None, ge=1900, le=2200, description="年度")
    unit: Number | None = Field(None, description="单位")
    newest: bool = Field(True, description="只要各单位最新一版")


@router.get("", response={200: PageOut[FilingOut]} | LOOKS, summary="项目汇总表的各版")
def index(request: Asking, asked: Paged, chosen: Query[Filter]) -> Any:
    found = _seen(request.person)
    found = found.newest() if chosen.newest else found
    if chosen.year is not None:
        found = found.filter(round__year=chosen.year)
    if chosen.unit is not None:
        found = found.filter(unit=chosen.unit)
    return page_of(found.in_order(), asked, FilingOut.of)


@router.get("{pk}", response={200: FilingDetailOut} | FINDS, summary="一版项目汇总表，逐项列出")
def show(request: Asking, pk: PathNumber) -> Any:
    return _detail(get_object_or_404(_seen(request.person), pk=pk), request.person)


def _place(request: Asking, unit: int, year: int | None) -> tuple[Organisation, Round]:
    place = get_object_or_404(Filing.units(request.person), pk=unit)
    rounds = Round.objects.visible_to(request.person).newest_first().select_related("scheme")
    held = get_object_or_404(rounds, year=year) if year is not None else Round.current()
    return place, held or get_object_or_404(rounds.none())


class Year(Sent):
    year: int | None = Field(None, ge=1900, le=2200, description="年度；不写为本年度")


@router.get("units/{unit}", response={200: TableOut} | FINDS, summary="单位项目汇总表，现在的内容")
def table(request: Asking, unit: PathNumber, asked: Query[Year]) -> Any:
    place, held = _place(request, unit, asked.year)
    standing = Filing.standing(place, held)
    return TableOut(
        unit=place.pk, year=held.year, seen=standing.number if standing else 0,
        lines=[LineOut.of(line) for line in summary.lines(summary.reported(place, held))],
        may_hand_in=[ReasonOut.of(reason) for reason in Filing.against_handing_in(place, held, by=request.person)],
    )  # fmt: skip


class ExplanationIn(Sent):
    """How what came back was corrected."""

    project: Number = Field(description="项目的 id")
    text: Text = Field(description="补正说明")


class HandInIn(Sent):
    """The telephone number of the table's head; ``seen`` is that of the table as it was read."""

    phone: Text = Field(description="联系电话")
    seen: Number | None = Field(None, description="读到的汇总表的 seen，别人报过即不再报")
    year: int | None = Field(None, ge=1900, le=2200, description="年度；不写为本年度")
    explanations: list[ExplanationIn] = Field([], max_length=MOST_ANSWERS, description="退回补正的各项如何补正")


@router.post("units/{unit}", response={201: FilingDetailOut} | ACTS, summary="报送备案")
def hand_in(request: Asking, unit: PathNumber, sent: HandInIn) -> Any:
    place, held = _place(request, unit, sent.year)
    said = {each.project: each.text for each in sent.explanations}
    made = Filing.hand_in(place, held, phone=sent.phone, seen=sent.seen, explanations=said, by=request.person)
    return Status(201, _detail(made, request.person))


class LineAnswerIn(Sent):
    """What the company answers to one line; a reason where it goes back."""

    line: Number = Field(description="汇总表一行的 id")
    answer: Literal["record", "return"] = Field(description="record 备案，return 退回补正")
    reason: Text = Field("", description="退回补正的理由")


class AnswersIn(Sent):
    """``version`` is that of the filing as it was read. Lines that are not named go on waiting."""

    version: Number = Field(description="读到时的 version，别人改过即不办理")
    answers: list[LineAnswerIn] = Field(max_length=MOST_ANSWERS, description="逐项答复，没有列出的继续待备案")


@router.post("{pk}/answers", response={200: FilingDetailOut} | ACTS, summary="逐项答复：已备案，或退回补正")
def answer(request: Asking, pk: PathNumber, sent: AnswersIn) -> Any:
    filing = get_object_or_404(_seen(request.person), pk=pk)
    filing.answer(
        record=[each.line for each in sent.answers if each.answer == "record"],
        returned={each.line: each.reason for each in sent.answers if each.answer == "return"},
        seen=sent.version, by=request.person,
    )  # fmt: skip
    return _detail(filing, request.person)


@router.post("{pk}/recall", response={200: FilingDetailOut} | ACTS, summary="撤回报送，公司办理之前")
def recall(request: Asking, pk: PathNumber) -> Any:
    filing = get_object_or_404(_seen(request.person), pk=pk)
    filing.recall(by=request.person)
    return _detail(filing, request.person)


class PhoneIn(Sent):
    """The number that stands in the head of the version."""

    phone: Text = Field(description="联系电话")


@router.post("{pk}/phone", response={200: FilingDetailOut} | ACTS, summary="更正联系电话，不用另报一版")
def correct_phone(request: Asking, pk: PathNumber, sent: PhoneIn) -> Any:
    filing = get_object_or_404(_seen(request.person), pk=pk)
    filing.correct_phone(phone=sent.phone, by=request.person)
    return _detail(filing, request.person)
