"""备案 as the pages show it: a unit's live table and its versions, one version with its answers, the inbox."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from dangjian.delivery import lateness, summary
from dangjian.delivery.filing import WINDOW, Filing
from dangjian.delivery.filing_row import FilingRow, why_returned
from dangjian.delivery.filing_state import State
from dangjian.delivery.summary import LABELS, Line
from dangjian.foundation import clock
from dangjian.foundation.window import day_text
from dangjian.people.organisation import Organisation
from dangjian.people.person import Person
from dangjian.programmes.round import Round
from dangjian.projects.filed import FilingState
from dangjian.projects.project import Project
from dangjian.web import display
from dangjian.web.forms.filings import AnswerForm

Shown = dict[str, Any]

_KEYS = {
    State.HANDED_IN: "in_approval",
    State.SETTLED: "established",
    State.SUPERSEDED: "archived",
    State.RECALLED: "withdrawn",
}
ROW_KEYS: dict[str, str] = {
    FilingState.NONE: "draft",
    FilingState.WAITING: "in_approval",
    FilingState.RETURNED: "returned",
    FilingState.RECORDED: "established",
}


def versions(filings: Sequence[Filing]) -> list[Shown]:
    """Versions as lines of a list; with the counts of :meth:`FilingQuerySet.with_counts` where they were asked for."""
    late = lateness.told(filings)
    return [_version(each) | {"late_text": late.get(each.pk, "")} for each in filings]


def _version(filing: Filing) -> Shown:
    taken_back = filing.state == State.RECALLED
    waiting = 0 if taken_back else getattr(filing, "waiting_lines", 0)
    returned = getattr(filing, "returned_lines", 0)
    state = "有退回补正" if filing.state == State.SETTLED and returned else filing.state_label
    return {
        "pk": filing.pk, "unit": filing.unit, "year": filing.round.year, "version": filing.version, "number_text": filing.version_text,
        "code": filing.code, "by": filing.who, "at_text": display.moment(filing.at),
        "lines": getattr(filing, "all_lines", 0), "waiting": waiting, "returned": returned,
        "taken_back": taken_back, "state": "returned" if state == "有退回补正" else _KEYS[State(filing.state)], "state_text": state,
    }  # fmt: skip


def unit_page(unit: Organisation, round: Round, person: Person, *, files: bool) -> Shown:
    """The table as it stands today, what was handed in of it, and what is new since; ``files``: the person hands it in."""
    lines = summary.lines(summary.reported(unit, round))
    held = list(
        Filing.objects.visible_to(person).filter(unit=unit, round=round).with_counts()
        .select_related("unit", "by", "on_behalf_of", "round").order_by("-number")
    )  # fmt: skip
    shown = dict(zip((each.pk for each in held), versions(held), strict=True))
    standing = next((each for each in held if each.stands), None)
    changes = standing.unreported(lines) if standing else []
    against = Filing.against_handing_in(unit, round, by=person, now=lines) if files else ()
    reasons = [str(reason) for reason in against]
    window = round.window_at(WINDOW, unit)
    return {
        "unit": unit, "round": round, "standing": shown[standing.pk] if standing else None, "count": len(lines),
        "versions": list(shown.values()), "changes": changes,
        "gaps": [{"name": line.name, "pk": line.project, "text": "、".join(line.gaps())} for line in lines if line.gaps()],
        "window_text": str(window) if window else "",
        "due_text": display.due_text(window.closes_on) if window and standing is None else "",
        "overdue": window is not None and standing is None and clock.today() > window.closes_on,
        "lines": lines, "reasons": reasons, "phone": held[0].phone if held else Filing.phone_of(unit), "moves": [_handing_in(unit, round, reasons)] if files else [],
    }  # fmt: skip


def _handing_in(unit: Organisation, round: Round, reasons: list[str]) -> Shown:
    return {
        "name": "hand_in", "label": "报送备案", "icon": "send", "tone": "primary", "refusal": "；".join(reasons),
        "url": renewal(unit.pk, round),
    }  # fmt: skip


def renewal(unit: int, round: Round) -> str:
    """The page on which a unit draws up the version after the one that stands."""
    return f"{reverse('filing-new', args=[unit])}?year={round.year}"


def returned(unit: Organisation, round: Round, person: Person) -> list[Shown]:
    """What came back of the version that stands, each with the place where the next version explains it."""
    rows = Filing.standing_rows(person, round).filter(filing__unit=unit, state=FilingState.RETURNED)
    place = renewal(unit.pk, round)
    return [
        {"name": row.line.name, "pk": row.project_id, "reason": row.reason, "url": f"{place}#id_explanation_{row.project_id}"}
        for row in rows
    ]  # fmt: skip


def returned_text(project: Project) -> str:
    """What the project's own page says of its line that came back; empty where none did, or it is reported anew."""
    reason = why_returned(project)
    return f"备案退回补正：{reason}" if reason else ""


def version_page(filing: Filing, person: Person) -> Shown:
    """One version without its lines; ``renewal`` where the person has to correct what came back of it."""
    shown = versions([filing])[0]
    corrects = filing.stands and shown["returned"] and Filing.filers(person).contains(filing.unit)
    anew = renewal(filing.unit_id, filing.round) if corrects else ""
    return {
        "filing": shown, "facts": facts(filing, shown["late_text"], person), "has_receipt": filing.has_receipt,
        "predecessor": filing.predecessor(), "renewal": anew,
        "newer": Filing.standing(filing.unit, filing.round) if filing.state == State.SUPERSEDED else None,
        "unreported": filing.unreported() if filing.stands else [], 
        "moves": _own_moves(filing, person, anew),
        "moves_text": f"{shown['returned']} 项退回补正，改好或写明补正说明后随新版再报。" if anew else "",
    }  # fmt: skip


def _own_moves(filing: Filing, person: Person, anew: str) -> list[Shown]:
    """What the unit does with the version that it handed in; taking it back is not offered once the company has begun."""
    made = [_button("renew", "报送新版", anew, "send", "primary")] if anew else []
    if not filing.refusals("recall", by=person):
        made.append(_button("recall", "撤回报送", reverse("filing-recall", args=[filing.pk]), "undo-2", "danger"))
    return made


def _button(name: str, label: str, url: str, icon: str, tone: str) -> Shown:
    return {"name": name, "label": label, "url": url, "icon": icon, "tone": tone, "refusal": ""}


def rows(held: Iterable[FilingRow], form: AnswerForm, page: Shown) -> list[Shown]:
    """The lines of a version on its :func:`version_page`; what was explained stands beside why it had come back."""
    lines, before = list(held), page["predecessor"]
    explained = [line.project_id for line in lines if line.explanation]
    told = before.rows.filter(project__in=explained) if before and explained else ()
    asked = {line.project_id: line.reason for line in told}
    ticked = form.ticked()
    # Nobody answers a line of what was taken back.
    gone = {key: page["filing"][key] for key in ("state", "state_text")} if page["filing"]["taken_back"] else {}
    return [
        row(line, ticked, asked=asked.get(line.project_id, ""), renewal=page["renewal"])
        | {"own_reason": form.own_reason(line)}
        | (gone if line.state == FilingState.WAITING else {})
        for line in lines
    ]


def row(held: FilingRow, ticked: set[str], *, asked: str = "", renewal: str = "") -> Shown:
    """A line of a version with what was answered to it.

    ``asked`` is the reason for which the version before was returned, ``renewal`` where the next version is drawn up.
    """
    line = held.line
    by = held.answerer if held.answered_at else ""
    return {
        "pk": held.pk, "place": held.place, "project": held.project_id, "name": line.name, "number": line.number,
        "cells": cells(line), "state": ROW_KEYS[held.state], "state_text": held.get_state_display(), "by_text": by, "at_text": display.moment(held.answered_at),
        "reason": held.reason, "explanation": held.explanation, "asked": asked,
        "renewal": f"{renewal}#id_explanation_{held.project_id}" if renewal and held.state == FilingState.RETURNED else "",
        "waits": held.state == FilingState.WAITING,
        "ticked": str(held.pk) in ticked,
    }  # fmt: skip


def live_row(line: Line) -> Shown:
    """A line of the table as it stands today."""
    return {"project": line.project, "name": line.name, "number": line.number, "cells": cells(line)}


def cells(line: Line) -> list[Shown]:
    """The columns of the table after the name."""
    pairs = list(zip(LABELS.values(), line.told(), strict=True))[1:]
    return [{"label": label, "text": text} for label, text in pairs]


def facts(filing: Filing, late: str, person: Person) -> list[Shown]:
    """The head of a version's page."""
    received = f"{filing.receiver} {display.moment(filing.received_at)}" if filing.received_at else "公司尚未办理"
    corrects = not filing.refusals("correct_phone", by=person)
    correction = {"label": "更正", "url": reverse("filing-phone", args=[filing.pk])} if corrects else None
    due = f"，{day_text(filing.due_on)}截止" if filing.due_on and filing.was_first else ""
    return [
        {"label": "单位名称", "value": filing.unit_name},
        {"label": "填表人", "value": filing.who, "half": True},
        {"label": "联系电话", "value": filing.phone, "half": True, "link": correction},
        {
            "label": "报送时间",
            "value": f"{display.moment(filing.at)}{due}{f'（{late}）' if late else ''}",
            "half": True,
        },
        {"label": "备案号", "value": filing.code or "办理后编号", "half": True},
        {"label": "接收", "value": received},
    ]


def company_rows(person: Person, round: Round) -> QuerySet[FilingRow]:
    """Every line of the newest versions, unit by unit."""
    return Filing.standing_rows(person, round).select_related("filing__unit", "answered_by", "answered_for")


def company_row(held: FilingRow) -> Shown:
    return row(held, set()) | {"unit": held.filing.unit, "filing": held.filing_id}
