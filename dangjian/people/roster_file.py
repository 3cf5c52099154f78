"""The roster's workbook (名册模板): its sheets and columns, the template to fill in, and what is read from it."""

from __future__ import annotations

import io
import json
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import groupby
from typing import Any

import xlsxwriter  # type: ignore[import-untyped]

from dangjian.foundation.lifecycle import Refused
from dangjian.people import worksheet
from dangjian.people.access import Role
from dangjian.people.organisation import Kind
from dangjian.people.person import PoliticalStatus
from dangjian.people.worksheet import MOST_LETTERS

MOST_ROWS = 2_000
SAMPLE = "示例："
YES_NO = ("是", "否")


@dataclass(frozen=True)
class Column:
    """``key`` is the field of the noun; ``allowed`` the only words it takes; ``kind``: text, day or number."""

    key: str
    label: str
    required: bool = False
    allowed: tuple[str, ...] = ()
    kind: str = "text"
    hint: str = ""


@dataclass(frozen=True)
class Sheet:
    name: str
    columns: tuple[Column, ...]
    samples: tuple[tuple[str, ...], ...]


@dataclass
class Row:
    """One line of a sheet by its number in Excel; ``cells`` are tidied texts by the columns' keys."""

    sheet: str
    number: int
    cells: dict[str, str] = field(default_factory=dict)


_ORDINAL = Column("ordinal", "序号", kind="number", hint="同级之间的先后，1 至 9999")
ORGANISATIONS = Sheet(
    "党组织",
    (
        Column("full_name", "党组织全称", required=True, hint="印在文书上的名称"),
        Column("short_name", "简称", required=True, hint="页面上显示的名称"),
        Column("kind", "类别", required=True, allowed=tuple(Kind.labels)),
        Column("parent", "上级党组织", hint="全称或简称；上级可以写在本表任意一行"),
        Column("administrative_name", "行政名称"),
        Column("signature_name", "落款名称", hint="不填则用全称"),
        Column("may_establish", "有立项权", allowed=YES_NO, hint="能筛选、决定立项的单位党委填“是”"),
        Column("under_seven", "正式党员不足七人", allowed=YES_NO),
        Column("is_overseas", "境外", allowed=YES_NO),
        _ORDINAL,
    ),
    (
        (SAMPLE + "中共某某第一工程有限公司委员会", "一公司党委", "党委", "集团党委", "某某第一工程有限公司", "", "是", "否", "否", "1"),
        (SAMPLE + "某某第一工程公司第一项目部党支部", "第一项目部党支部", "党支部", "一公司党委", "第一项目部", "", "否", "否", "否", "1"),
    ),
)  # fmt: skip
PEOPLE = Sheet(
    "人员",
    (
        Column("name", "姓名", required=True),
        Column("organisation", "所在党组织", required=True, hint="全称或简称"),
        Column("political_status", "政治面貌", allowed=tuple(PoliticalStatus.labels), hint="不填为中共党员"),
        Column("post", "职务", hint="同一党组织有重名时靠职务区分"),
        _ORDINAL,
    ),
    (
        (SAMPLE + "张三", "第一项目部党支部", "中共党员", "党支部书记", "1"),
        (SAMPLE + "李四", "第一项目部党支部", "中共预备党员", "党建干事", "2"),
    ),
)
OFFICES = Sheet(
    "任职",
    (
        Column("name", "姓名", required=True),
        Column("organisation", "所在党组织", required=True, hint="全称或简称"),
        Column("post", "职务", hint="有重名时填写"),
        Column("role", "任职", required=True, allowed=tuple(Role.labels)),
        Column("place", "任职党组织", hint="不填为所在党组织"),
        Column("with_subtree", "含下级", allowed=YES_NO, hint="不填时，支部为否，其他为是"),
        Column("starts_on", "任职日期", required=True, kind="day", hint="如 2022-08-01"),
        Column("ends_on", "免职日期", kind="day", hint="在任的不填"),
    ),
    (
        (SAMPLE + "张三", "第一项目部党支部", "", "党支部书记", "", "否", "2022-08-01", ""),
        (SAMPLE + "李四", "第一项目部党支部", "", "支部经办人", "", "否", "2022-08-01", ""),
    ),
)
SHEETS = {sheet.name: sheet for sheet in (ORGANISATIONS, PEOPLE, OFFICES)}

NOTES = (
    "1. 每张表第一行是表头，不要改动；带 * 的必须填写。",
    "2. 以“示例：”开头的行是样子，导入时跳过，可以删除。",
    "3. 党组织、人员由系统管理员导入，任职由安全管理员导入，用同一个文件即可。",
    "4. 上级与下级的先后不限；空行跳过。",
    "5. 日期写 2022-08-01、2022.8.1、2022年8月1日 都可以。",
    "6. 已有的党组织、人员按名称核对：内容不同的更新，空着的格不改动；同一文件可以重复导入。",
    f"7. 一次最多 {MOST_ROWS} 行。本系统为非涉密系统，不要填写身份证号和涉密内容。",
)


A4 = 9  # Excel's number of the paper
NARROWEST, WIDEST = 18, 60  # halves of a Chinese character: whole names of organisations are read


def template() -> bytes:
    """The workbook to fill in, with notes, samples and lists to choose from."""
    return _workbook({sheet.name: list(sheet.samples) for sheet in SHEETS.values()}, are_samples=True)


def filled(rows: Iterable[Row]) -> bytes:
    """The same workbook with lines in it."""
    lines: dict[str, list[Sequence[str]]] = {name: [] for name in SHEETS}
    for row in rows:
        lines[row.sheet].append([row.cells.get(column.key, "") for column in SHEETS[row.sheet].columns])
    return _workbook(lines)


def in_parts(rows: Iterable[Row]) -> list[list[Row]]:
    """The lines for files that are brought in one after the other. The people of one organisation stay in one file: only
    there are namesakes told apart."""
    parts: list[list[Row]] = [[]]
    for _, held in groupby(rows, lambda row: (row.sheet, row.cells.get("organisation", ""))):
        together = list(held)
        if together[0].sheet == PEOPLE.name and len(parts[-1]) + len(together) > MOST_ROWS >= len(together):
            parts.append([])
        for row in together:
            if len(parts[-1]) == MOST_ROWS:
                parts.append([])
            parts[-1].append(row)
    return parts


def _workbook(lines: Mapping[str, Sequence[Sequence[str]]], *, are_samples: bool = False) -> bytes:
    kept = io.BytesIO()
    book = xlsxwriter.Workbook(kept, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    head = book.add_format({"bold": True, "bg_color": "#f0f1f4", "border": 1, "valign": "vcenter"})
    grey, text = book.add_format({"font_color": "#7a7f87", "num_format": "@"}), book.add_format({"num_format": "@"})
    for sheet in SHEETS.values():
        page = book.add_worksheet(sheet.name)
        page.freeze_panes(1, 1)
        page.set_row(0, 24)
        page.set_landscape()
        page.set_paper(A4)
        page.fit_to_pages(1, 0)
        page.repeat_rows(0)
        for place, column in enumerate(sheet.columns):
            longest = max((len(line[place]) for line in lines[sheet.name]), default=0)
            page.set_column(place, place, min(max(NARROWEST, 2 * longest + 2), WIDEST), text)
            page.write_string(0, place, column.label + ("*" if column.required else ""), head)
            if column.hint:
                page.write_comment(0, place, column.hint)
            if column.allowed:
                page.data_validation(1, place, MOST_ROWS, place, _choice(book, sheet, column))
        for number, line in enumerate(lines[sheet.name], start=1):
            for place, value in enumerate(line):
                page.write_string(number, place, value, grey if are_samples else text)
    _write_notes(book)
    book.close()
    return kept.getvalue()


def _choice(book: Any, sheet: Sheet, column: Column) -> dict[str, Any]:
    told = {"error_title": column.label, "error_message": "请从列表中选择"}
    if len(",".join(column.allowed)) <= 255:
        return {"validate": "list", "source": list(column.allowed), **told}
    raise ValueError(f"{sheet.name} {column.label}: too many words for a list in Excel")


def _write_notes(book: Any) -> None:
    page = book.add_worksheet("说明")
    page.set_column(0, 0, 90)
    for line, note in enumerate(NOTES):
        page.write_string(line, 0, note)


def read(data: bytes) -> list[Row]:
    """Every filled-in line of the known sheets. Raises Refused for a file that is not such a workbook."""
    pages = {tidied(name): lines for name, lines in worksheet.read(data).items()}
    if not pages.keys() & SHEETS.keys():
        raise Refused("文件里没有“党组织”“人员”“任职”中的任何一张表，请用下载的模板")
    rows = [row for name, sheet in SHEETS.items() if name in pages for row in _rows(sheet, pages[name])]
    if len(rows) > MOST_ROWS:
        raise Refused(f"文件有 {len(rows)} 行，一次最多 {MOST_ROWS} 行，请分成几个文件")
    return rows


def _rows(sheet: Sheet, lines: list[list[str]]) -> list[Row]:
    if not lines:
        return []
    head = {tidied(value).rstrip("*"): place for place, value in enumerate(lines[0])}
    missing = [column.label for column in sheet.columns if column.required and column.label not in head]
    if missing:
        raise Refused(f"工作表“{sheet.name}”的第一行缺少“{'”“'.join(missing)}”，请用下载的模板，不要改动表头")
    places = {column: head[column.label] for column in sheet.columns if column.label in head}
    rows = []
    for number, line in enumerate(lines[1:], start=2):
        cells = {c.key: _cell(c, line[at]) for c, at in places.items() if at < len(line)}
        if any(cells.values()) and not next(iter(cells.values())).startswith(SAMPLE):
            rows.append(Row(sheet.name, number, cells))
    return rows


# Cells

_INVISIBLE = re.compile(r"[\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\u00ad]|[\x00-\x08\x0b\x0c\x0e-\x1f]")
_FULL_WIDTH = {ord(c) + 0xFEE0: c for c in map(chr, range(0x2A, 0x7B)) if c.isalnum() or c == "*"}
_HAN = re.compile(r"[\u3400-\u9fff\U00020000-\U000323af]")


def tidied(text: str) -> str:
    """Without invisible characters and spaces at the ends; digits and letters of full width made narrow."""
    text = unicodedata.normalize("NFC", _INVISIBLE.sub("", text)).translate(_FULL_WIDTH)
    return " ".join(text.split())


def _cell(column: Column, text: str) -> str:
    text = tidied(text)
    if column.key == "name" and _HAN.search(text):
        return text.replace(" ", "")  # two-character names are often spaced
    if column.kind == "day":
        return day_text(text)
    return text


_DAY = re.compile(
    r"(\d{4})\s*[-./年]\s*(\d{1,2})\s*[-./月]\s*(\d{1,2})\s*[日号]?(?:\s+0{1,2}:00(?::00)?)?|(\d{4})(\d\d)(\d\d)"
)


def day_text(text: str) -> str:
    """A day in any usual spelling, or Excel's own number of it, as 2022-08-01; other text unchanged."""
    if text.isascii() and text.isdigit() and 20_000 <= int(text) <= 80_000:
        return (date(1899, 12, 30) + timedelta(days=int(text))).isoformat()
    found = _DAY.fullmatch(text)
    if found is None:
        return text
    try:
        return date(*(int(part) for part in found.groups() if part)).isoformat()
    except ValueError:
        return text


# Between the check and the import the lines wait in the page, not in the database.


def packed(rows: list[Row]) -> str:
    return json.dumps([[row.sheet, row.number, row.cells] for row in rows], ensure_ascii=False)


def unpacked(text: str) -> list[Row]:
    """What :func:`packed` gave. Raises Refused for anything else."""
    try:
        rows = [Row(str(sheet), int(number), _known(SHEETS[sheet], cells)) for sheet, number, cells in json.loads(text)]
    except (ValueError, TypeError, KeyError, AttributeError) as wrong:
        raise Refused("页面内容不完整，请重新上传文件") from wrong
    return rows[:MOST_ROWS]


def _known(sheet: Sheet, cells: dict[str, Any]) -> dict[str, str]:
    told = {**cells}
    return {c.key: _cell(c, str(told[c.key])[:MOST_LETTERS]) for c in sheet.columns if c.key in told}


def mended(rows: list[Row], cells: dict[str, str]) -> list[Row]:
    """The lines with what was typed on the page: ``cells`` by 「index-key」."""
    for place, text in cells.items():
        index, _, key = place.partition("-")
        if index.isascii() and index.isdigit() and int(index) < len(rows):
            row = rows[int(index)]
            row.cells = _known(SHEETS[row.sheet], row.cells | {key: text})
    return rows
