"""Importing the roster: upload, look at what would happen, mend what is wrong, confirm."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET, require_http_methods

from dangjian.foundation.lifecycle import Refused
from dangjian.papers import excel, gate
from dangjian.papers.stationery import zipped
from dangjian.people import roster_file, standing_roster
from dangjian.people.access import Ability
from dangjian.people.roster import RIGHTS, Line, Outcome, Roster
from dangjian.people.roster_file import MOST_ROWS, SHEETS, Row
from dangjian.projects.handover import Handover
from dangjian.web.forms import posted, sent_files, take_refusal
from dangjian.web.forms.people import RosterForm
from dangjian.web.middleware import Asked
from dangjian.web.presence import confirmed_recently

MOST_SHOWN = 500
EFFECTS = {
    "new": ("established", "新增"),
    "changed": ("in_approval", "更新"),
    "same": ("closed", "不变"),
    "wrong": ("overdue", "要改正"),
}


def _required(request: Asked) -> None:
    if not any(request.person.scopes(right) for right in RIGHTS.values()):
        raise Http404


@require_GET
def template(request: Asked) -> HttpResponse:
    _required(request)
    return _sent(roster_file.template(), "名册模板.xlsx")


def _sent(content: bytes, name: str, media_type: str = excel.MEDIA_TYPE) -> HttpResponse:
    answer = HttpResponse(content, content_type=media_type)
    answer["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    return answer


def _standing(request: Asked) -> HttpResponse:
    """One workbook, or several packed together, numbered in the order in which they are brought in."""
    made = standing_roster.take_out(by=request.person)
    if len(made) == 1:
        return _sent(made[0], "现有名册.xlsx")
    packed = zipped({f"现有名册-{number}.xlsx": content for number, content in enumerate(made, start=1)})
    return _sent(packed, "现有名册.zip", "application/zip")


@require_http_methods(["GET", "POST"])
@confirmed_recently(to_open=True)
def roster(request: Asked) -> HttpResponse:
    _required(request)
    form = RosterForm(posted(request), sent_files(request))
    if request.method == "POST":
        try:
            if request.POST.get("act") == "standing":
                return _standing(request)
            rows = _rows(request, form)
            if rows is not None:
                return _answered(request, Roster(rows, by=request.person))
        except Refused as refused:
            form.is_valid()
            form.errors.clear()
            take_refusal(form, refused)
    context = {"form": form, "keeps_people": bool(request.person.scopes(Ability.MANAGE_ACCOUNTS)), "most": MOST_ROWS}
    return render(request, "people/roster.html", context)


def _rows(request: Asked, form: RosterForm) -> list[Row] | None:
    """The lines of the file just sent, or those of the page with what was mended in it."""
    page = posted(request)
    if page and "rows" in page:
        typed = {key.removeprefix("cell-"): str(text) for key, text in page.items() if key.startswith("cell-")}
        return roster_file.mended(roster_file.unpacked(str(page["rows"])), typed)
    if not form.is_valid():
        return None
    sent = form.cleaned_data["file"]
    return roster_file.read(sent.read(gate.MOST_BYTES + 1))


def _answered(request: Asked, asked: Roster) -> HttpResponse:
    if request.POST.get("act") == "import":
        try:
            done = asked.take()
        except Refused:
            pass  # the preview below tells each fault
        else:
            messages.success(
                request,
                f"已导入：新增 {done.count('new')} 行，更新 {done.count('changed')} 行，不变 {done.count('same')} 行",
            )
            _pass_projects_on(request, done)
            return redirect("roster")
    outcome = asked.rehearse()
    return render(request, "people/roster_preview.html", _preview(asked, outcome))


def _pass_projects_on(request: Asked, done: Outcome) -> None:
    """Projects of branches that have another secretary now, each branch in a transaction of its own."""
    made = [handover for place in done.secretaries_at for handover in Handover.settle(place, by=request.person)]
    if made:
        count = sum(handover.projects.count() for handover in made)
        messages.success(request, f"{count}个在办项目已转交新任书记（{len(made)}个支部），交接单已发给双方")


def _preview(asked: Roster, outcome: Outcome) -> dict[str, Any]:
    wrong = [line for line in outcome.lines if line.faults]
    rest = [line for line in outcome.lines if not line.faults and line.effect != "same"]
    return {
        "rows": roster_file.packed(asked.rows),
        "wrong": [_shown(line) for line in wrong[:100]],
        "more_wrong": max(len(wrong) - 100, 0),
        "lines": [_shown(line) for line in rest[:MOST_SHOWN]],
        "more": max(len(rest) - MOST_SHOWN, 0),
        "counts": [(EFFECTS[effect][1], outcome.count(effect)) for effect in EFFECTS],
        "faults": len(outcome.faults),
        "nothing": not asked.mine,
        "others": asked.others,
    }


def _shown(line: Line) -> dict[str, Any]:
    key, text = EFFECTS[line.effect]
    told = [(c.label, line.row.cells[c.key]) for c in SHEETS[line.row.sheet].columns if line.row.cells.get(c.key)]
    return {
        "sheet": line.row.sheet, "number": line.row.number, "state": key, "state_text": text,
        "title": "，".join(value for _, value in told[:2]),
        "cells": [{"label": label, "value": value} for label, value in told[2:]],
        "faults": [
            {
                "name": f"cell-{line.index}-{fault.column.key}", "label": fault.column.label, "value": fault.value,
                "text": fault.text, "allowed": fault.column.allowed,
            }
            for fault in line.faults
        ],
    }  # fmt: skip
