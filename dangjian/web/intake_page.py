"""The page of 导入台账: the lines on their way in, with what is sure, guessed, doubtful or wrong in each cell."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.urls import reverse

from dangjian.foundation.lifecycle import Refused
from dangjian.intake import line, reading
from dangjian.intake.branches import Branches
from dangjian.intake.code import REJECTS, WARNINGS
from dangjian.intake.line import AXIS, CELLS, LONG, Line, fact_label
from dangjian.intake.proposal import BATCH, LABELS, Effect, Fate, Proposal
from dangjian.people.person import Person
from dangjian.projects.state import State
from dangjian.projects.taking_over import ENTRANCES

KEYS = {
    Effect.NEW: "established",
    Effect.CHANGED: "in_approval",
    Effect.SAME: "closed",
    Effect.SKIPPED: "closed",
    Effect.WRONG: "overdue",
}
IN_SIGHT = ("name", "branch", "starts", "ends")
FOLDED = ("established_on", "completed_on", "problem", "measures", "expected_goal", "stage_goal", "remark", "leader")
MOST_WAS = 300  # letters of what stands in the system beside a cell
MOST_TRIED = 200  # lines that the page without sign-in shows


@dataclass
class Sheet:
    """Everything that waits in the page between two steps."""

    source: str
    lines: list[Line]
    unit: str = ""
    usual: dict[str, str] = field(default_factory=dict)
    passed: list[str] = field(default_factory=list)

    @classmethod
    def of_file(cls, name: str, data: bytes) -> Sheet:
        """Raises Refused with why the file is not taken."""
        found = reading.read(data)
        if found.is_rejected:
            raise Refused("；".join([REJECTS[found.told["reason"]], *found.passed()][:4]))
        return cls(name[:120], line.of(found), found.told.get("unit") or "", passed=found.passed())

    @classmethod
    def of_page(cls, posted: Mapping[str, Any]) -> Sheet:
        """What the page held, with what was typed in it. Raises Refused where that is not whole."""
        lines = line.unpacked(str(posted["rows"]))
        line.mended(lines, _under("cell-", posted))
        called = _under("called-", posted)
        line.renamed(lines, {text: posted.get(f"is-{place}", "") for place, text in called.items()})
        try:
            passed = [str(text)[:200] for text in json.loads(str(posted.get("passed") or "[]"))][:1_000]
        except (ValueError, TypeError) as wrong:
            raise Refused("页面内容不完整，请重新选择文件") from wrong
        usual = {name: text.strip()[:60] for name, text in _under("usual-", posted).items() if text.strip()}
        return cls(str(posted.get("source", ""))[:120], lines, str(posted.get("unit", ""))[:120], usual, passed)

    def proposal(self, by: Person) -> Proposal:
        return Proposal(self.lines, by=by, source=self.source, unit=self.unit, usual=self.usual)


def _under(start: str, posted: Mapping[str, Any]) -> dict[str, str]:
    return {key.removeprefix(start): str(text) for key, text in posted.items() if key.startswith(start)}


def preview(sheet: Sheet, by: Person) -> dict[str, Any]:
    """The lines of the next batch with their cells, and what counts for all of them."""
    asked = sheet.proposal(by)
    fates = asked.fates()
    for fate in fates:
        fate.line.seen = fate.project.past_mark if fate.project and fate.project.past else ""
    counts = [(label, sum(fate.effect is effect for fate in fates)) for effect, label in LABELS.items()]
    return {
        "rows": line.packed(sheet.lines), "source": sheet.source, "unit": sheet.unit, "passed": sheet.passed,
        "passed_packed": json.dumps(sheet.passed, ensure_ascii=False),
        "lines": [_shown(index, fate) for index, fate in enumerate(fates[:BATCH])],
        "more": max(len(fates) - BATCH, 0), "total": len(fates),
        "counts": [(label, number) for label, number in counts if number],
        "wrong": sum(fate.effect is Effect.WRONG for fate in fates[:BATCH]),
        "ready": sum(fate.effect in (Effect.NEW, Effect.CHANGED) for fate in fates[:BATCH]),
        "updates": any(fate.effect is Effect.CHANGED for fate in fates[:BATCH]),
        "usual": _usual(sheet, asked), "branches": [_offered(branch, asked) for branch in asked.branches.all],
        "states": [(state.value, state.label) for state in ENTRANCES],
        "years": asked.years, "unknown": _unknown(fates),
    }  # fmt: skip


def _unknown(fates: list[Fate]) -> list[dict[str, Any]]:
    """Branches as the file calls them that are not found: each is chosen once for all its lines."""
    told = Counter(
        fate.line.cell("branch") for fate in fates if fate.match.branch is None and fate.effect is Effect.WRONG
    )
    return [
        {"place": place, "text": text, "count": count}
        for place, (text, count) in enumerate(told.most_common(60))
        if text
    ]


def _offered(branch: Any, asked: Proposal) -> str:
    """The shortest name by which the branch is found again."""
    return branch.short_name if asked.branches.find(branch.short_name).branch else Branches.label(branch)


def _usual(sheet: Sheet, asked: Proposal) -> list[dict[str, Any]]:
    """What counts where a line says nothing: one box each."""
    told = sheet.usual
    boxes: list[dict[str, Any]] = [
        {"name": "state", "label": "补录为", "choices": [("", "已开始的为实施中"), *((s.value, s.label) for s in ENTRANCES)]},
        {"name": "year", "label": "年度", "choices": [("", "按开始年份"), *((year, f"{year}年度") for year in asked.years)]},
        {"name": "established_on", "label": "立项日期", "kind": "date"},
        {"name": "branch", "label": "承担支部", "kind": "branch"},
    ]  # fmt: skip
    if asked.current is not None:
        boxes += [
            {"name": AXIS + axis.key, "label": axis.label, "choices": [("", "未分类"), *((i.code, i.label) for i in axis.items)]}
            for axis in asked.current.rules.taxonomies
            if axis.required
        ]  # fmt: skip
    return [box | {"value": told.get(box["name"], "")} for box in boxes]


def _shown(index: int, fate: Fate) -> dict[str, Any]:
    held = fate.line
    faults: dict[str, list[str]] = {}
    for reason in fate.faults:
        faults.setdefault(reason.field, []).append(reason.text)
    told = [name for name in CELLS if held.cell(name) or name in faults]
    folded = [*FOLDED, *(name for name in told if name not in (*IN_SIGHT, *FOLDED, "state", "year"))]
    names = [*IN_SIGHT, "state", *folded, "year"]
    cells = {name: _cell(index, fate, name, faults.get(name, [])) | _was(fate, name) for name in names}
    if fate.effect is Effect.NEW and fate.may_be_done:
        cells["state"] |= {"level": "doubt", "notes": [*cells["state"]["notes"], "已过完成日期，请核对是否已完成"]}
    beside = [text for name, texts in faults.items() if name not in cells for text in texts]
    project = fate.project if fate.effect in (Effect.CHANGED, Effect.SAME, Effect.SKIPPED) else None
    return {
        "index": index, "place": held.place, "state": KEYS[fate.effect], "state_text": LABELS[fate.effect],
        "why": "；".join([*([fate.why] if fate.why else ()), *beside]), "take": held.cell("take") != "no",
        "changed": [_called(name, fate) for name in fate.changed], "sorted": _sorted_otherwise(fate),
        "project_url": reverse("project", args=[project.pk]) if project and project.submitted_at else "",
        "in_sight": [cells[name] for name in IN_SIGHT], "state_cell": cells["state"], "year_cell": cells["year"],
        "folded": [cells[name] for name in folded],
        "past_year": f"{fate.round.year}年度" if fate.round and not fate.round.pk and fate.effect is Effect.NEW else "",
        "folded_bad": any(cells[name]["level"] in ("bad", "doubt") or cells[name]["differs"] for name in (*folded, "year")) or "extra" in fate.was,
        "dates": held.dates, "extra": _beside(fate),
        "default_year": f"{fate.round.year}年度" + ("" if fate.round.pk else "（线下）") if fate.round else "",
        "default_state": State(fate.state).label if fate.state in set(State) else "",
    }  # fmt: skip


def _called(name: str, fate: Fate) -> str:
    return fact_label(name, fate.round.rules if fate.round else None)


def _told(value: Any) -> str:
    """A fact as it stands in the system."""
    text = str(value or "") if not isinstance(value, list) else "、".join(value)
    return text if len(text) <= MOST_WAS else f"{text[:MOST_WAS]}…"


def _was(fate: Fate, name: str) -> dict[str, Any]:
    """What stands in the system where the import would put something else."""
    differs = name in fate.was
    return {"differs": differs, "was": _told(fate.was[name]) if differs else ""}


def _sorted_otherwise(fate: Fate) -> list[tuple[str, str]]:
    """The axes on which the import would sort the project anew, with where it stands."""
    found = []
    for axis in fate.round.rules.taxonomies if fate.round and fate.was else ():
        if axis.key in fate.was:
            words = {item.code: item.label for item in axis.items}
            found.append((axis.label, "、".join(words.get(code, code) for code in fate.was[axis.key])))
    return found


def _beside(fate: Fate) -> list[dict[str, Any]]:
    """What the file says beyond the cells, and what stands in the system of it where that is something else."""
    now = fate.line.extra
    before = fate.was.get("extra", now)
    return [
        {"label": label, "text": text, "differs": text.strip() not in ("", before.get(label)), "was": _told(before.get(label))}
        for label, text in now.items()
    ]  # fmt: skip


def _cell(index: int, fate: Fate, name: str, faults: list[str]) -> dict[str, Any]:
    """A cell with how sure it is: bad (has to be mended), doubt (the reader warns), guess, or nothing to say."""
    held = fate.line
    doubts = [WARNINGS[code] for code, cell in held.doubts if cell == name and code in WARNINGS]
    guesses = ["按表头推断"] if name in held.guessed else []
    if name == "branch" and fate.match.branch is not None and not fate.match.sure:
        guesses.append(f"{fate.match.why}为{fate.match.branch.short_name}")
    level = "bad" if faults else "doubt" if doubts else "guess" if guesses else ""
    if name in ("starts", "ends") and doubts and not held.cell(name):
        faults = []  # the doubt says better why there is nothing
    return {
        "name": f"cell-{index}-{name}", "cell": name, "label": CELLS[name], "value": held.cell(name), "long": name in LONG or name == "name",
        "level": level, "notes": list(dict.fromkeys([*faults, *doubts, *guesses])),
    }  # fmt: skip


def outcome(done: list[Fate]) -> list[dict[str, Any]]:
    """What became of each line of a batch."""
    words = {Effect.NEW: "已新增", Effect.CHANGED: "已更新", Effect.WRONG: "没有导入"}
    return [
        {
            "place": fate.line.place, "name": fate.line.cell("name"), "state": KEYS[fate.effect],
            "state_text": words.get(fate.effect, LABELS[fate.effect]),
            "number": fate.project.number if fate.project and fate.effect is not Effect.WRONG else "",
            "url": reverse("project", args=[fate.project.pk]) if fate.project and fate.effect in (Effect.NEW, Effect.CHANGED, Effect.SAME) else "",
            "why": fate.why or "；".join(map(str, fate.faults)) or "、".join(_called(name, fate) for name in fate.changed),
        }
        for fate in done
    ]  # fmt: skip


def kept(done: list[Fate]) -> list[str]:
    """The columns that no cell takes, whose words were kept beside the projects."""
    taken = (fate for fate in done if fate.effect in (Effect.NEW, Effect.CHANGED, Effect.SAME))
    return list(dict.fromkeys(label for fate in taken for label in fate.line.extra))


def counted(done: list[Fate]) -> list[tuple[str, int]]:
    """How many lines of a batch became what, in words."""
    told = Counter(line["state_text"] for line in outcome(done))
    return list(told.items())


def tried(sheet: Sheet) -> dict[str, Any]:
    """What the reader made of a file, for somebody who has not signed in: nothing is matched, nothing kept."""
    shown = []
    for held in sheet.lines[:MOST_TRIED]:
        doubts = dict.fromkeys(WARNINGS[code] for code, _ in held.doubts)
        cells = [
            (CELLS[name], held.cell(name))
            for name in CELLS
            if held.cell(name) and name not in ("name", "branch", "starts", "ends")
        ]
        shown.append({
            "place": held.place, "name": held.cell("name"), "branch": held.cell("branch"),
            "span_text": " ~ ".join(filter(None, (held.cell("starts"), held.cell("ends")))) or held.dates,
            "doubts": list(doubts), "guesses": [CELLS[name] for name in held.guessed],
            "cells": [*cells, *held.extra.items()],
        })  # fmt: skip
    return {
        "source": sheet.source, "unit": sheet.unit, "passed": sheet.passed, "lines": shown,
        "total": len(sheet.lines), "more": max(len(sheet.lines) - MOST_TRIED, 0),
        "doubtful": sum(bool(held.doubts) for held in sheet.lines),
    }  # fmt: skip


def problems(fates: list[Fate], passed: list[str]) -> list[list[str]]:
    """Every problem of the preview as lines of a table: where, in which cell, what stands there, what is said of it."""
    rows = []
    for fate in fates:
        held = fate.line
        told = [(reason.field, str(reason), "须改正") for reason in fate.faults]
        told += [(cell, WARNINGS[code], "提醒") for code, cell in held.doubts if code in WARNINGS]
        told += [("", fate.why, "跳过")] if fate.why else []
        rows += [
            [held.place, held.cell("name"), CELLS.get(name, ""), held.cell(name), kind, text]
            for name, text, kind in dict.fromkeys(told)
        ]
    return rows + [["", "", "", "", "没有读入", text] for text in passed]
