"""The line (待导入行): one project of a file on its way in, as it stands on the page. Nothing of it is in the database yet."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from dangjian.foundation.refusal import Refused
from dangjian.intake import span
from dangjian.intake.content import SURE_PARTS
from dangjian.intake.grid import text_of
from dangjian.intake.reading import Reading
from dangjian.programmes.scheme import Scheme
from dangjian.projects.taking_over import ENTRANCES

CELLS = {
    "name": "项目名称", "branch": "承担支部", "starts": "开始", "ends": "完成", "year": "年度", "state": "补录为",
    "problem": "解决问题", "measures": "采取措施", "expected_goal": "达到目标", "stage_goal": "阶段性目标", "necessity": "必要性", "feasibility": "可行性", "investigation": "调查研究",
    "consultation": "征求党员意见", "expected_value": "预期价值", "long_reason": "超过一年的理由", "remark": "备注",
    "leader": "责任人", "filled_on": "填表时间", "branch_opinion": "支部意见", "branch_opinion_on": "支部意见日期",
    "committee_opinion": "党委意见", "established_on": "立项日期", "completed_on": "完成日期",
}  # fmt: skip
"""What a line holds, and what it is called."""
LONG = (
    "problem", "measures", "expected_goal", "stage_goal", "necessity", "feasibility", "investigation", "consultation",
    "expected_value", "long_reason", "remark", "branch_opinion", "committee_opinion",
)  # fmt: skip
DAYS = ("filled_on", "branch_opinion_on", "established_on", "completed_on")
AXIS = "axis-"
"""Before the key of an axis of the scheme: the code chosen on it."""
MOST_LINES = 1_000
MOST_BYTES = 2_000_000  # of all lines in the page: they are posted back with every step
MOST_LETTERS = 20_000
MOST_LABEL = 200  # letters of a heading kept beside the project

# What the reader calls its facts, and the cells they fill.
_OF_LEDGER = {"name": "name", "dept": "branch", "start": "starts", "end": "ends", "problem": "problem", "measures": "measures", "goal": "expected_goal", "remark": "remark"}  # fmt: skip
_OF_FORM = {
    "branch": "branch", "leader": "leader", "name": "name", "topic": "problem", "measures": "measures", "goal": "expected_goal",
    "stage_goal": "stage_goal", "branch_opinion": "branch_opinion", "branch_opinion_date": "branch_opinion_on",
    "committee_opinion": "committee_opinion", "committee_opinion_date": "established_on", "fill_date": "filled_on",
}  # fmt: skip
_OF_OTHERS = {
    "leader": re.compile(r"(项目)?(主要)?(负责|责任)人(姓名)?"),
    "stage_goal": re.compile(r"阶段性?目标"),
    "established_on": re.compile(r"立项(日期|时间)"),
    "necessity": re.compile(r"必要性"),
    "feasibility": re.compile(r"可行性"),
    "year": re.compile(r"(项目|立项|申报)?年度"),
    "state": re.compile(r"(项目)?状态"),
}  # fmt: skip
"""Columns that the contract has no fact for and an import has a cell."""
_YEAR = re.compile(r"(20\d\d)(年|年度)?")
_STATES = {state.label: state.value for state in ENTRANCES}
_OTHER_STATES = {
    **dict.fromkeys(("未开始", "未启动", "待实施", "待启动"), "established"),
    **dict.fromkeys(("进行中", "推进中", "开展中", "在建", "正在实施", "正在进行", "正在推进", "延期", "已延期", "延期中", "延期实施"), "running"),
    **dict.fromkeys(("完成", "完结", "办结", "已办结", "结题", "已结题", "结项", "已结项", "已归档", "已验收", "已销号"), "completed"),
}  # fmt: skip
"""What other tables call the states that a project may enter in."""
_BEFORE = re.compile(
    r"草稿|(未|待|不予|拟)立项|不立项|(未|待)(审批|审核|上会|筛选|提交|申报)|(审批|审核|申报|筛选|评审)中|退回(修改)?|"
    r"已?(放弃|撤回|撤销|取消|终止|中止|暂停)|未通过|(不予)?驳."
)
"""A state in which nothing enters: not established, or no longer under way."""
_CELLS_OF = {fact: (cell,) for fact, cell in _OF_LEDGER.items()} | {"period": ("starts", "ends")}
_OF_EMPTY = ("date_single", "date_open", "date_missing", "date_year_missing", "date_ambiguous")
"""What is said of dates that are not there: it belongs to the cell that stayed empty."""
_PERIOD = re.compile(r"起止|项目时限|实施周期")
_CELL = re.compile(rf"{AXIS}[a-z][a-z_]{{0,29}}|take")


@dataclass
class Line:
    """``doubts`` are codes by cell, ``guessed`` the cells of columns not known for certain, ``dates`` the file's own words;
    ``seen`` is the mark of what stood in the system beside it when it was looked at: empty of nothing, None where nobody looked."""

    place: str
    cells: dict[str, str]
    doubts: list[tuple[str, str]] = field(default_factory=list)
    guessed: list[str] = field(default_factory=list)
    dates: str = ""
    extra: dict[str, str] = field(default_factory=dict)
    seen: str | None = None

    def cell(self, name: str) -> str:
        return self.cells.get(name, "")

    def type(self, name: str, text: str) -> None:
        """What somebody typed: it is no longer in doubt."""
        told = tidied(name, text)
        if told != self.cell(name):
            self.cells[name] = told
            self.doubts = [(code, cell) for code, cell in self.doubts if cell != name]
            self.guessed = [cell for cell in self.guessed if cell != name]


def fact_label(name: str, rules: Scheme | None) -> str:
    """What a fact is called: one that is no cell is an axis of the scheme, or what stands beside the project."""
    axes = {axis.key: axis.label for axis in rules.taxonomies} if rules else {}
    return CELLS.get(name) or axes.get(name) or "其他各栏"


def tidied(name: str, text: str) -> str:
    """A cell as it is kept: months and days as ISO where they can be read, otherwise the words as typed."""
    text = text_of(text[:MOST_LETTERS])
    if name in ("starts", "ends"):
        return span.read(text).start or text
    if name in DAYS:
        return span.day_in(text) or text
    return text if name in LONG else " ".join(text.split())


def of(reading: Reading) -> list[Line]:
    """The lines of what was read. Raises Refused where there are too many for one page."""
    told = reading.told
    if told["kind"] == "application":
        forms = [told, *reading.more]
        return [
            _of_form(form, f"申请表{number}" if len(forms) > 1 else "申请表")
            for number, form in enumerate(forms, start=1)
        ]
    lines = [_of_row(row, mark) for row, mark in zip(told["rows"], reading.marks, strict=True)]
    if len(lines) > MOST_LINES or len(packed(lines).encode()) > MOST_BYTES:
        raise Refused(f"文件有 {len(lines)} 个项目，一次最多 {MOST_LINES} 个、约 60 万字，请分成几个文件")
    return lines


def _of_row(row: Mapping[str, Any], mark: Mapping[str, Any]) -> Line:
    cells = {cell: row[fact] or "" for fact, cell in _OF_LEDGER.items()}
    extra = dict(row.get("extra", {}))
    for label in list(extra):
        cell = next((cell for cell, shape in _OF_OTHERS.items() if shape.fullmatch(label)), "")
        if cell and cell not in cells and (text := _understood(cell, extra[label])):
            cells[cell] = text
            del extra[label]
    doubts = _take_state(cells, extra)
    told = [(code, fact) for code, fact in mark["doubts"] if code != "over_one_year" or not cells.get("stage_goal")]
    return Line(
        mark["place"],
        cells,
        doubts=_doubts(told, cells) + doubts,
        guessed=[cell for fact in mark["guessed"] for cell in _CELLS_OF.get(fact, (fact,))],
        dates=mark["dates"],
        extra=extra,
    )


def _take_state(cells: dict[str, str], extra: Mapping[str, str]) -> list[tuple[str, str]]:
    """What a state in other words proposes: the one it means, or to leave the line out; the words stay beside the project."""
    said = next((text for label, text in extra.items() if _OF_OTHERS["state"].fullmatch(label)), "")
    words = "".join(said.split())
    if cells.get("state") or not words:
        return []
    if words in _OTHER_STATES:
        cells["state"] = _OTHER_STATES[words]
        return [("state_told", "state")]
    if _BEFORE.fullmatch(words):
        cells["take"] = "no"
        return [("state_before", "take")]
    return []


def _understood(cell: str, text: str) -> str:
    """What a column says as its cell holds it; a year or a state in words of its own stays beside the project."""
    if cell == "year":
        found = _YEAR.fullmatch("".join(text.split()))
        return found[1] if found else ""
    return _STATES.get(text, "") if cell == "state" else tidied(cell, text)


def _doubts(told: Iterable[tuple[str, str]], cells: Mapping[str, str]) -> list[tuple[str, str]]:
    """Codes by cell. What is said of both dates stands at the first, unless it is about one that is not there."""
    found = []
    for code, fact in told:
        beside = [cell for cell in _CELLS_OF.get(fact, (fact,)) if code not in _OF_EMPTY or not cells[cell]]
        found += [(code, cell) for cell in (beside[:1] if fact == "period" else beside)]
    return found


def _of_form(told: Mapping[str, Any], place: str) -> Line:
    cells = {cell: told["fields"][fact] or "" for fact, cell in _OF_FORM.items()}
    extra = dict(told.get("extra", {}))
    line = Line(place, cells, extra=extra)
    label = next((label for label in extra if _PERIOD.search(label)), "")
    line.dates = extra.pop(label, "")
    found = span.read(line.dates)
    cells |= {"starts": found.start or "", "ends": found.end or ""}
    line.doubts = _doubts([(code, "period") for code in found.warnings], cells)
    for part, cell in SURE_PARTS.items():
        if part in extra:
            cells[cell] = extra.pop(part)
    return line


# Between the preview and the import the lines wait in the page, not in the database.


def packed(lines: Iterable[Line]) -> str:
    return json.dumps(
        [[line.place, line.cells, line.doubts, line.guessed, line.dates, line.extra, line.seen] for line in lines],
        ensure_ascii=False, separators=(",", ":"),
    )  # fmt: skip


def unpacked(text: str) -> list[Line]:
    """What :func:`packed` gave. Raises Refused for anything else."""
    try:
        told = json.loads(text)
        if not isinstance(told, list):
            raise TypeError
        return [_line(*each) for each in told][:MOST_LINES]
    except (ValueError, TypeError, AttributeError, RecursionError) as wrong:
        raise Refused("页面内容不完整，请重新选择文件") from wrong


def _line(place: Any, cells: Any, doubts: Any, guessed: Any, dates: Any, extra: Any, seen: Any) -> Line:
    return Line(
        str(place)[:100],
        {name: tidied(name, str(text)) for name, text in cells.items() if name in CELLS or _CELL.fullmatch(name)},
        [(str(code), str(cell)) for code, cell in doubts],
        [str(cell) for cell in guessed],
        str(dates)[:300],
        {str(label)[:MOST_LABEL]: str(text)[:MOST_LETTERS] for label, text in extra.items()},
        str(seen or "")[:16],
    )


def renamed(lines: list[Line], branches: Mapping[str, str]) -> None:
    """Call a branch everywhere what it is chosen to be: ``branches`` by what the file calls it."""
    for line in lines:
        if told := branches.get(line.cell("branch"), ""):
            line.type("branch", told)


def mended(lines: list[Line], typed: Mapping[str, str]) -> None:
    """Put what was typed on the page into the lines: ``typed`` by 「index-cell」."""
    for place, text in typed.items():
        index, _, name = place.partition("-")
        known = name in CELLS or _CELL.fullmatch(name)
        if known and index.isascii() and index.isdigit() and int(index) < len(lines):
            lines[int(index)].type(name, text)
