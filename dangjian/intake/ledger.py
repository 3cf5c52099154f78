"""The old ledger (旧台账): the projects in a table that an office kept by itself, row by row (S-120, S-121).

Nothing is dropped silently: a line is a project, goes on with the one above, or is named in ``skipped`` with why.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import Any

from dangjian.intake import content, heading, info, span
from dangjian.intake.grid import Grid, free_label, narrowed, text_of
from dangjian.intake.heading import Head
from dangjian.intake.span import Span

TEXTS = ("dept", "problem", "measures", "goal", "remark")
_LONG = frozenset({"problem", "measures", "goal", "remark"})  # where a line break is meant
_NOTHING = {"无", "无。", "/", "\\", "-", "--", "—", "——", "－", "暂无", "n/a"}
_DITTO = {"同上", "同上一行", "〃", "″", "”", '"', "''", "同前"}
_ERROR = re.compile(r"#(REF!|N/A|NAME\?|VALUE!|DIV/0!|NULL!|NUM!)")
_TOTAL = re.compile(
    r"(本页|本表|全部|项目)?(合计|总计|小计|共计|累计)(:.*|共?\d+[项个条].*|\d*)|共计?\d+[项个]项?目?.*|其中:.*"
)
_SUBTOTAL = re.compile(r".{1,15}(小计|合计|总计)(:?\d+[项个]?)?")
_NOTE = re.compile(
    r"(填表|填报|填写|编制|报送)?(说明|须知|要求)[:\d]|(备注|附注|注|注意)\d*[:.、]|\*|※|[.…]{2,}$|…$|\d+[.、].*(本表|填写|格式|报送)"
)
_SIGNED = re.compile(
    r"(填表|填报|制表|编制|审核|审批|审定|批准|复核|经办|负责|联系|报送|(单位|部门|分管|主管)?(负责|领导)|党?支部书|党委书)(人|记|单位|日期|时间|电话|意见)?(签字|签名|签章)?(\(.*?\))?:|.*\(?(盖章|公章|签字)\)?$|\d{4}年\d{1,2}月(\d{1,2}日)?$|年月日$"
)
_GROUP = re.compile(r"[一二三四五六七八九十]+[、.]|\([一二三四五六七八九十]+\)|第[一二三四五六七八九十]+(类|批|部分)")
_CHAPTER = re.compile(r"\(?[一二三四五六七八九十]{1,3}\)?[、.]?")
_BRANCH = re.compile(r"(?:.{2,}(?:党支部|支部|党总支|总支))")
"""The name of a branch in full, which two of in one cell are two branches."""
_OF_BRANCH = re.compile(r"(?:所在|立项|申报|填报)?党?支部(?:名称)?:([^:]{2,30}(?:支部|总支))")
_STAGE = "阶段性目标"
_COUNTED = {heading.fact_of("序号")}
_BELOW = re.compile(r"\(?以下(空白|无正文|无内容)\)?")
_SAMPLE = re.compile(r"示?例[:\d]?.*|样例|填写示例|范例|(填写|填表|填报)(说明|要求|规范|格式|示例)|如:.*")
_ORDINAL = re.compile(
    r"'?\(?\d{1,5}([.-]\d{1,3})*\)?[.、)]?|(第|no\.?)?\d{1,4}[号项]?|[①-⑳]|第?\(?[一二三四五六七八九十百]{1,4}\)?[、.项]?|\(?[ivx]{1,5}\)?[.、]?|",
    re.IGNORECASE,
)


@dataclass
class Row:
    """One project. ``number`` is its row as the user sees it, ``warnings`` are codes by the fact they are about.

    ``guessed`` are facts whose heading was not in the table of words, ``dates`` is what stands in the file for them.
    """

    sheet: str
    number: int
    facts: dict[str, Any]
    warnings: list[tuple[str, str]] = field(default_factory=list)
    extra: dict[str, str] = field(default_factory=dict)
    guessed: list[str] = field(default_factory=list)
    dates: str = ""

    def contract(self) -> dict[str, Any]:
        """The row as the command prints it."""
        told = {**self.facts, "warnings": list(dict.fromkeys(code for code, _ in self.warnings))}
        return told | ({"extra": self.extra} if self.extra else {})

    def mark(self) -> dict[str, Any]:
        """Where it stands and how sure it is, which the contract does not tell."""
        place = f"{self.sheet} 第{self.number}行"
        return {"place": place, "doubts": self.warnings, "guessed": self.guessed, "dates": self.dates}


@dataclass
class Ledger:
    """``around`` are the texts above and below the tables, in which 单位名称 and the like stand (S-120)."""

    rows: list[Row] = field(default_factory=list)
    skipped: list[tuple[str, str]] = field(default_factory=list)
    around: list[list[str]] = field(default_factory=list)
    found: bool = False


def read(grids: list[Grid]) -> Ledger:
    """Every project of every table that has a head, or goes on from the table before."""
    ledger = Ledger()
    head: Head | None = None
    for table in (table for grid in grids for table in heading.beside_each_other(grid)):
        head = _Reading(table, ledger, head).read()
    _mark_duplicates(ledger.rows)
    return ledger


class _Reading:
    """One table, from top to bottom."""

    def __init__(self, grid: Grid, ledger: Ledger, before: Head | None) -> None:
        self.grid, self.ledger = grid, ledger
        # A Word table that was split goes on with the columns of the part above it.
        same = before is not None and grid.width == self._width(before)
        self.head = replace(before, last=-1) if before is not None and same else None
        # And where the page broke within a project, its first line goes on with the last project above.
        self.last: tuple[int, Row] | None = (-1, ledger.rows[-1]) if self.head and ledger.rows else None
        # Whose the projects are where the table has no column for it: of the sheet, the line above or the group.
        self.branch = _branch_in(grid.name)
        self.is_foreign = False
        self.bare: set[int] = set()  # columns that say something under no heading

    @staticmethod
    def _width(head: Head) -> int:
        return max([*head.columns.values(), *head.others], default=-1) + 1

    def read(self) -> Head | None:
        row = 0
        while row < len(self.grid.rows):
            found = heading.found_at(self.grid, row, self.head) if len(self.grid.filled(row)) > 1 else None
            if found is not None:
                if self.head is not None and self.last is not None:
                    self._skip(row, "heading")
                self.head, self.ledger.found, row, self.is_foreign = found, True, found.last + 1, False
                continue
            self._line(row)
            row += 1
        if self.head is None and any(len(self.grid.filled(row)) > 2 for row in self.grid.lines()):
            self.ledger.skipped.append((self.grid.name, "foreign_table"))
        for column in sorted(self.bare):
            self.ledger.skipped.append((f"{self.grid.name} 第{self.grid.left + column}列", "bare_column"))
        return self.head

    def _line(self, row: int) -> None:
        filled = self.grid.filled(row)
        if not filled and not self._continues_merge(row):
            self.last = None
        elif self.head is None:
            self.ledger.around.append([text for _, text in filled])
            self.branch = _branch_told([text for _, text in filled]) or self.branch
        elif code := self._aside(row, filled):
            self.ledger.around.append([text for _, text in filled])
            self._skip(row, code)
            self.branch = _branch_in(filled[-1][1]) if code == "group" else self.branch
        else:
            self._take(row)
            known = {*self.head.columns.values(), *self.head.others, *self.head.beside}
            self.bare |= {column for column, _ in filled} - known

    def _take(self, row: int) -> None:
        """A line of a project: it goes on with the one above, or begins one."""
        if self.last is not None and self._goes_on(row):
            self._add(self.last[1], row)
        else:
            self.last = (row, self._project(row))
            self.ledger.rows.append(self.last[1])
            if self._column("problem") is self._column("goal") is None:
                _part(self.last[1])

    def _skip(self, row: int, code: str) -> None:
        self.ledger.skipped.append((f"{self.grid.name} 第{self.grid.number(row)}行", code))

    def _column(self, fact: str) -> int | None:
        return self.head.columns.get(fact) if self.head else None

    def _raw(self, row: int, fact: str) -> Any:
        column = self._column(fact)
        return "" if column is None else self.grid.down(row, column)

    # What is no project

    def _aside(self, row: int, filled: list[tuple[int, str]]) -> str:
        """The code of a line that is no project; empty for one that is."""
        if not filled:
            return ""
        if self.is_foreign or self._begins_another(filled):
            self.is_foreign = True
            return "foreign_table"
        named = text_of(self._raw(row, "name"))
        if self._is_plain(filled, named):
            return ""
        first = narrowed(filled[0][1])
        for code, shape in (("total", _TOTAL), ("note", _BELOW), ("sample", _SAMPLE)):
            if shape.fullmatch(first) or (code != "sample" and shape.fullmatch(narrowed(named))):
                return code
        if filled[0][0] == self._column("number") and not named and _SUBTOTAL.fullmatch(first):
            return "total"
        if self._is_numbering(filled):
            return "numbering"
        return self._lonely(row, filled, first)

    def _is_plain(self, filled: list[tuple[int, str]], named: str) -> bool:
        """A line with its number, a name and more: nearly every line, so this is asked first."""
        column, number = filled[0]
        counted = column == self._column("number") and number.isdigit() and len(filled) > 3
        return counted and bool(named) and not named.isdigit() and not _TOTAL.fullmatch(narrowed(named))

    def _begins_another(self, filled: list[tuple[int, str]]) -> bool:
        """A head that begins with 序号 again and yet is none of ours: a table of something else below."""
        column, text = filled[0]
        return len(filled) > 1 and column == self._column("number") and heading.fact_of(text) in _COUNTED

    def _lonely(self, row: int, filled: list[tuple[int, str]], first: str) -> str:
        """Lines of one text, or of a text where a number should stand: notes, groups and signatures."""
        column = filled[0][0]
        number = self._column("number")
        foreign = column == number and not _ORDINAL.fullmatch(first) and not text_of(self._raw(row, "name"))
        wide = self.grid.spread(row, column) > max(2, self.grid.width // 3)
        if info.labels_in([text for _, text in filled]) > 1:
            return "signature"
        if self._is_chapter(row, filled):
            return "group"
        if _SIGNED.match(first) and (foreign or wide or len(filled) < 3):
            return "signature"
        if len(filled) > 3 and not wide:
            return ""
        if _NOTE.match(first):
            return "note"
        if len(filled) == 1 and (foreign or wide or column != self._column("name")) and not self._goes_on(row):
            return "group" if _GROUP.match(first) or not re.search("[。；:]", first) else "note"
        return "group" if foreign and _GROUP.match(first) else ""

    def _is_chapter(self, row: int, filled: list[tuple[int, str]]) -> bool:
        """一 │ 重点项目, or 一、重点项目 where a name should stand, and nothing else: a chapter of projects that count 1, 2, 3."""
        name, number = self._column("name"), self._column("number")
        if [column for column, _ in filled] == [name]:
            return _GROUP.match(narrowed(filled[0][1])) is not None and not self._goes_on(row)
        if [column for column, _ in filled] != [number, name] or not _CHAPTER.fullmatch(narrowed(filled[0][1])):
            return False
        counted = (narrowed(self.grid.text(other, filled[0][0])) for other in self.grid.lines())
        return any(text.strip("().、").isdigit() for text in counted)

    def _is_numbering(self, filled: list[tuple[int, str]]) -> bool:
        texts = [narrowed(text).strip("()") for _, text in filled]
        texts = texts[1:] if texts[0] in ("栏次", "行次", "列次") else texts
        stems = [sign for sign, text in zip("甲乙丙丁戊己庚辛壬癸", texts, strict=False) if sign == text]
        counted = [str(n) for n in range(1, len(texts) - len(stems) + 1)]
        return len(texts) > 3 and texts == stems + counted

    # One project over several lines

    def _continues_merge(self, row: int) -> bool:
        name = self._column("name")
        return name is not None and self.last is not None and self.grid.origin(row, name)[0] <= self.last[0]

    def _goes_on(self, row: int) -> bool:
        """Inside the merge of the name above, or without number, name, date and department of its own."""
        if self._continues_merge(row):
            return True
        own = [text_of(self._raw(row, fact)) for fact in ("number", "name", "period", "start", "end")]
        dept = self._column("dept")
        more = any(text_of(self._raw(row, fact)) for fact in _LONG)
        return self.last is not None and not any(own) and more and (dept is None or not self.grid.text(row, dept))

    def _add(self, project: Row, row: int) -> None:
        for fact in TEXTS:
            column = self._column(fact)
            if column is not None and (text := self.grid.own(row, column)) and not _ERROR.fullmatch(text):
                said = project.facts[fact].split("\n")
                # A department named again on each line is one department; a measure named again was meant.
                if fact in _LONG or text not in said:
                    project.facts[fact] = "\n".join([*filter(None, said), text])
        if (column := self._column("period")) is not None and (text := self.grid.own(row, column)):
            self._goes_on_in_time(project, text)
        # A second beginning or end has no place; it stays beside the project.
        ends = {self._column(fact): label for fact, label in (("start", "开始"), ("end", "完成"))}
        for column, label in ((self.head.others if self.head else {}) | ends).items():
            if column is not None and (text := self.grid.own(row, column)) and not _ERROR.fullmatch(text):
                project.extra[label] = f"{project.extra.get(label, '')}\n{text}".strip()

    def _goes_on_in_time(self, project: Row, text: str) -> None:
        """A period written over two lines: its beginning, and below it its end."""
        project.dates = f"{project.dates}\n{text}".strip()
        self._tell(project, span.read(project.dates))

    # A project

    def _project(self, row: int) -> Row:
        project = Row(self.grid.name, self.grid.number(row), {}, guessed=sorted(self.head.guessed) if self.head else [])
        above = self.ledger.rows[-1].facts if self.ledger.rows else {}
        project.facts["name"] = self._said(row, "name", above, project)
        self._dates(row, above, project)
        for fact in TEXTS:
            project.facts[fact] = self._said(row, fact, above, project)
        if self.branch and self._column("dept") is None:
            project.facts["dept"] = self.branch
            project.guessed.append("dept")
        if not project.facts["name"]:
            project.warnings.append(("name_missing", "name"))
        number = text_of(self._raw(row, "number"))
        if number and not _ERROR.fullmatch(number) and not _ORDINAL.fullmatch(narrowed(number)):
            project.extra["编号"] = number
        for column, label in (self.head.others if self.head else {}).items():
            text = text_of(self.grid.down(row, column))
            if _ERROR.fullmatch(text):
                project.warnings.append(("cell_error", label))
            elif text and text not in _NOTHING:
                project.extra[free_label(label, project.extra)] = text
        return project

    def _said(self, row: int, fact: str, above: dict[str, Any], project: Row) -> str:
        text = text_of(self._raw(row, fact))
        if _is_ditto(text):
            return str(above.get(fact, ""))
        if _ERROR.fullmatch(text):
            project.warnings.append(("cell_error", fact))
            return ""
        if len(text) < 4 and (text.lower() in _NOTHING or narrowed(text) in _NOTHING):
            return ""
        return text if fact in _LONG else _in_one_line(text)

    def _dates(self, row: int, above: dict[str, Any], project: Row) -> None:
        periods = self._periods(row)
        told_by = [text_of(raw) for raw in [*periods, self._raw(row, "start"), self._raw(row, "end")]]
        project.dates = " ~ ".join(text for text in told_by if text)
        if any(_ERROR.fullmatch(text) for text in told_by):
            project.facts |= {"start": None, "end": None}
            project.warnings += [("cell_error", "period"), ("date_missing", "period")]
            return
        if _is_ditto(told_by[0]):
            project.facts |= {"start": above.get("start"), "end": above.get("end")}
            return
        if self._column("period") is None and {"start", "end"} & (self.head.columns.keys() if self.head else set()):
            told = span.join(self._raw(row, "start"), self._raw(row, "end"))
        else:
            told = span.join(*periods) if len(periods) == 2 else span.read(periods[0])
        self._tell(project, told)

    def _periods(self, row: int) -> list[Any]:
        """What stands under 起止日期: one cell, or beginning and end where it heads several columns."""
        beside = [self.grid.down(row, column) for column in (self.head.beside if self.head else [])]
        said = [raw for raw in (self._raw(row, "period"), *beside) if text_of(raw).strip("~～-—－至到")]
        return said[:2] or [""]

    @staticmethod
    def _tell(project: Row, told: Span) -> None:
        project.facts |= {"start": told.start, "end": told.end}
        project.warnings = [(code, fact) for code, fact in project.warnings if fact != "period"]
        project.warnings += [(code, "period") for code in told.warnings]


def _part(project: Row) -> None:
    """解决问题, 采取措施 and 达到目标 in one cell, each after its label, where the head has no columns for them."""
    for label, text in [("", project.facts["measures"]), *project.extra.items()]:
        parts = content.cut(text) if text else {}
        if len(parts.keys() & {"topic", "measures", "goal"}) > 1:
            project.extra.pop(label, None)
            project.facts["problem"], project.facts["goal"] = parts.pop("topic", ""), parts.pop("goal", "")
            own = [project.facts["measures"]] if label else []
            project.facts["measures"] = "\n".join(filter(None, [*own, parts.pop("measures", "")]))
            for part, said in parts.items():
                if said:
                    project.extra[free_label(_STAGE if part == "stage_goal" else part, project.extra)] = said
            return


def _in_one_line(text: str) -> str:
    """Without the breaks of a narrow column; several branches below each other stay several."""
    lines = text.split("\n")
    return ("、" if all(map(_BRANCH.fullmatch, lines)) else "").join(lines)


def _branch_in(text: str) -> str:
    """The branch that the heading of a group names, if it names one: （一）运行党支部."""
    told = _GROUP.sub("", narrowed(text), count=1)
    return told if _BRANCH.fullmatch(told) else ""


def _branch_told(texts: list[str]) -> str:
    """What a line above the table says: 党支部：运行支部, in one cell or in two."""
    told = narrowed("".join(texts[:2]))
    found = _OF_BRANCH.match(told)
    return found[1] if found else ""


def _is_ditto(text: str) -> bool:
    return len(text) < 8 and (text in _DITTO or narrowed(text).rstrip(".。") in _DITTO)


def _mark_duplicates(rows: list[Row]) -> None:
    seen = set()
    for row in rows:
        key = (narrowed(row.facts["name"]), narrowed(row.facts["dept"]))
        if key[0] and key in seen:
            row.warnings.append(("duplicate", "name"))
        seen.add(key)
