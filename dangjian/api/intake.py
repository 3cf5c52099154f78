"""Bringing in: what a file of an office says, and its projects taken over, by a program."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from ninja import Field, File, Form, Router, Schema, UploadedFile

from dangjian.api.answers import ACTS
from dangjian.api.bearer import Asking
from dangjian.api.typed import Text
from dangjian.foundation.lifecycle import Reason, Refused
from dangjian.intake import line, proposal, reading
from dangjian.intake.code import REJECTS
from dangjian.intake.reading import Reading
from dangjian.papers import gate
from dangjian.people.access import Ability

router = Router(tags=["导入台账"])


class ReadingOut(Schema):
    """``told`` is what the file says, of kind ledger, application or reject; ``remarks`` what a person should know of it."""

    told: dict[str, Any]
    remarks: list[str]


class BroughtInOut(Schema):
    """What became of one project of the file: new, changed, same, skipped or wrong, with why."""

    place: str
    name: str
    effect: str
    project: int | None
    number: str
    changed: list[str]
    reasons: list[str]


class UsualIn(Schema):
    """What counts where a line of the file says nothing."""

    state: Literal["", "established", "running", "completed"] = Field("", description="补录为；不写则已开始的为实施中")
    year: Text = Field("", description="开始年份没有批次时用哪一年度")
    branch: Text = Field("", description="支部的全称或简称")
    established_on: Text = Field("", description="立项日期，如 2022-08-28")


@router.post("reading", response={200: ReadingOut} | ACTS, summary="识读台账或申请表，不保存")
def read(request: Asking, file: Annotated[UploadedFile, File(description="汇总表、台账或已填的附件1")]) -> Any:
    found = _read(file)
    return {"told": found.told, "remarks": found.remarks()}


@router.post("", response={200: list[BroughtInOut]} | ACTS, summary="导入台账或申请表，逐项目保存")
def bring_in(
    request: Asking, file: Annotated[UploadedFile, File(description="汇总表、台账或已填的附件1")], usual: Form[UsualIn]
) -> Any:
    if not request.person.scopes(Ability.TAKE_OVER):
        raise Refused("您没有补录项目的权限")
    found = _read(file)
    if found.is_rejected:
        raise Refused(Reason(REJECTS[found.told["reason"]], "file"))
    done = proposal.bring_in(
        line.of(found),
        by=request.person,
        source=(file.name or "")[:120],
        unit=found.told.get("unit") or "",
        usual=usual.dict(),
    )
    return [fate.told() for fate in done]


def _read(file: UploadedFile) -> Reading:
    return reading.read(file.read(gate.MOST_BYTES + 1))
