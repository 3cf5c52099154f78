"""The windows of a year: time given longer by the unit or by the company, an earlier day of a unit's own."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from django.shortcuts import get_object_or_404
from ninja import Field, Path, Router

from dangjian.api.answers import ACTS, WindowOut
from dangjian.api.bearer import Asking
from dangjian.api.typed import Number, Sent, Text
from dangjian.people.organisation import Organisation
from dangjian.programmes.round import Round

router = Router(tags=["年度批次"])
Year = Annotated[int, Path(ge=1900, le=2200, description="年度")]


class LongerIn(Sent):
    """Until when, for whom and why."""

    key: Text = Field(description="时限的代码，如 application")
    place: Number = Field(description="支部；由公司延长的为单位或全公司")
    closes_on: date = Field(description="延到哪一日")
    reason: Text = Field(description="延长的理由")


@router.post("{year}/exceptions", response={200: list[WindowOut]} | ACTS, summary="为一个支部延长期限（单位）")
def reopen(request: Asking, year: Year, sent: LongerIn) -> Any:
    facts = sent.dict() | {"place": _place(request, sent.place)}
    _round(request, year).reopen(by=request.person, **facts)
    return _windows(request, year, facts["place"])


@router.post("{year}/extensions", response={200: list[WindowOut]} | ACTS, summary="为全公司或一个单位延长（公司）")
def extend(request: Asking, year: Year, sent: LongerIn) -> Any:
    facts = sent.dict() | {"place": _place(request, sent.place)}
    _round(request, year).extend(by=request.person, **facts)
    return _windows(request, year, facts["place"])


class EarlierIn(Sent):
    """The unit's own last day; none gives it up again."""

    key: Text = Field(description="时限的代码，如 application")
    unit: Number = Field(description="单位的 id")
    closes_on: date | None = Field(None, description="内部截止日期；不写为取消")
    note: Text = Field("", description="说明")


@router.post("{year}/internal-dates", response={200: list[WindowOut]} | ACTS, summary="规定、取消单位内部截止日期")
def set_internal_date(request: Asking, year: Year, sent: EarlierIn) -> Any:
    facts = sent.dict() | {"unit": _place(request, sent.unit)}
    _round(request, year).set_internal_date(by=request.person, **facts)
    return _windows(request, year, facts["unit"])


def _round(request: Asking, year: int) -> Round:
    return get_object_or_404(Round.objects.visible_to(request.person), year=year)


def _place(request: Asking, pk: int) -> Organisation:
    return get_object_or_404(Organisation.objects.visible_to(request.person), pk=pk)


def _windows(request: Asking, year: int, place: Organisation) -> list[WindowOut]:
    return [WindowOut.of(key, window) for key, window in _round(request, year).windows_at(place).items()]
