"""Draws a table as an Excel workbook that prints well: what is shown on a page, to be kept, sorted and sent on.

Text stays text: a cell that begins with ``=`` or ``@`` is never a formula, whoever typed it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from io import BytesIO
from itertools import accumulate, pairwise
from math import ceil
from typing import Any
from unicodedata import east_asian_width

import xlsxwriter  # type: ignore[import-untyped]

from dangjian.foundation import clock
from dangjian.papers.blocks import shared

Value = str | int | float | Decimal | date | None

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LINE = 15.0  # points of one line of 10.5 pt text
LONGEST = 32_767  # characters that Excel takes in one cell
TALLEST = 409.0  # points that Excel takes for one row
BLANK = 16  # characters left to write a fact by hand
FONT = "宋体"


@dataclass(frozen=True)
class Column:
    """A column: its name, and its width in characters of half width, two for each 汉字.

    Neighbours with the same ``group`` share a cell above their names; ``centered`` sets text in the middle.
    """

    label: str
    width: int
    group: str = ""
    centered: bool = False


@dataclass(frozen=True)
class Sheet:
    """One table. ``rows`` are read once and in order.

    ``label`` stands above the title (附件4), ``lead`` under it, several texts over the width; below the rows ``note``, which
    tells about them, and ``foot``: who took it out, when, of what. ``long_texts``: few rows, that may be taller than Excel lets a row be; such a row is
    several, merged downward, which is why all of them are held in memory.
    """

    title: str
    columns: Sequence[Column]
    rows: Iterable[Sequence[Value]]
    foot: str = ""
    lead: str | tuple[str, ...] = ""
    label: str = ""
    note: str = ""
    long_texts: bool = False

    @property
    def head_rows(self) -> int:
        """Label, title and lead where there are any, and the names of the columns: they stay in sight and head each page."""
        return 2 + bool(self.lead) + bool(self.label) + bool(self.groups)

    @property
    def groups(self) -> list[tuple[str, int, int]]:
        """Name, first and last column of each shared cell above the names."""
        return shared(column.group for column in self.columns)


def draw(sheet: Sheet) -> bytes:
    """The workbook as a file. Rows are written one by one, so that many need no more memory than few."""
    held = BytesIO()
    # Cells that are merged downward need two rows in memory at once.
    in_memory = bool(sheet.groups) or sheet.long_texts
    options = {"constant_memory": not in_memory, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(held, options) as book:
        book.set_properties({"title": sheet.title, "created": clock.now().replace(tzinfo=None)})
        page = book.add_worksheet(_tab_name(sheet.title))
        _set_up(page, sheet)
        _write(page, _formats(book), sheet)
    return held.getvalue()


def _tab_name(title: str) -> str:
    return "".join(letter for letter in title if letter not in "[]:*?/\\'")[:31] or "表"


def _formats(book: Any) -> dict[str, Any]:
    cell = {"font_name": FONT, "font_size": 10.5, "border": 1, "valign": "vcenter", "text_wrap": True}
    plain = {"font_name": FONT, "valign": "vcenter"}
    return {
        "title": book.add_format({**plain, "font_size": 16, "bold": True, "align": "center"}),
        "label": book.add_format({**plain, "font_name": "黑体", "font_size": 14}),
        "lead": book.add_format({**plain, "font_size": 10.5, "align": "center", "text_wrap": True}),
        "fact": book.add_format({**plain, "font_size": 10.5, "text_wrap": True}),
        "head": book.add_format({**cell, "bold": True, "align": "center", "bg_color": "#EDEFF2"}),
        "foot": book.add_format({**plain, "font_size": 9, "font_color": "#555555", "text_wrap": True}),
        **{name: book.add_format({**cell, **look}) for name, look in _LOOKS.items()},
        # Over several rows one begins to read at the top.
        **{f"tall {name}": book.add_format({**cell, **look, "valign": "top"}) for name, look in _LOOKS.items()},
    }


_LOOKS: dict[str, dict[str, Any]] = {
    "text": {"num_format": "@"},
    "centered": {"num_format": "@", "align": "center"},
    "number": {"align": "right"},
    "date": {"align": "center", "num_format": 'yyyy"年"m"月"d"日"'},
}


def _set_up(page: Any, sheet: Sheet) -> None:
    """Landscape A4, one page wide, the head on every page, the foot line at the bottom of each."""
    for index, column in enumerate(sheet.columns):
        page.set_column(index, index, column.width)
    page.freeze_panes(sheet.head_rows, 0)
    page.set_landscape()
    page.set_paper(9)
    page.fit_to_pages(1, 0)
    page.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.7)
    page.center_horizontally()
    page.repeat_rows(0, sheet.head_rows - 1)
    # A bare & begins a code of Excel's own; the whole footer may hold 255 characters.
    said = sheet.foot[:110].replace("&", "&&")
    page.set_footer(f"&L&9 {said}&R&9 第 &P 页，共 &N 页")


def _write(page: Any, formats: dict[str, Any], sheet: Sheet) -> None:
    widths = [column.width for column in sheet.columns]
    last = len(sheet.columns) - 1
    above = int(bool(sheet.label))
    if sheet.label:
        page.set_row(0, 20)
        page.write_string(0, 0, sheet.label, formats["label"])
    page.set_row(above, 30)
    _across(page, above, last, sheet.title, formats["title"])
    row = sheet.head_rows
    if sheet.lead:
        _write_lead(page, formats, sheet.lead, above + 1, widths)
    _write_head(page, formats, sheet, row - 1)
    for values in sheet.rows:
        height = _height(values, widths)
        depth = ceil(height / TALLEST) if sheet.long_texts else 1
        for below in range(depth):
            page.set_row(row + below, min(height / depth, TALLEST))
        for index, value in enumerate(values):
            text = "centered" if sheet.columns[index].centered else "text"
            if depth > 1:
                page.merge_range(row, index, row + depth - 1, index, "", formats[f"tall {text}"])
            _put(page, row, index, value, formats, text, "tall " if depth > 1 else "")
        row += depth
    page.autofilter(sheet.head_rows - 1, 0, row - 1, last)
    for text in filter(None, (sheet.note, sheet.foot)):
        page.set_row(row, _height([text], [sum(widths)]))
        _across(page, row, last, text, formats["foot"])
        row += 1


def _write_head(page: Any, formats: dict[str, Any], sheet: Sheet, row: int) -> None:
    """The names of the columns in ``row``; where some are grouped, the row above too, merged downward for the others."""
    style = formats["head"]
    page.set_row(row, _height([column.label for column in sheet.columns], [column.width for column in sheet.columns]))
    if sheet.groups:
        page.set_row(row - 1, LINE + 5)
    for name, first, last in sheet.groups:
        if last > first:
            page.merge_range(row - 1, first, row - 1, last, name, style)
        else:
            page.write_string(row - 1, first, name, style)
    for index, column in enumerate(sheet.columns):
        if sheet.groups and not column.group:
            page.merge_range(row - 1, index, row, index, "", style)
            page.write_string(row - 1, index, column.label, style)
        else:
            page.write_string(row, index, column.label, style)


def _write_lead(page: Any, formats: dict[str, Any], lead: str | tuple[str, ...], row: int, widths: list[int]) -> None:
    """One text in the middle; several begin one after the other, each over columns that have room for it."""
    if isinstance(lead, str):
        page.set_row(row, _height([lead], [sum(widths)]))
        _across(page, row, len(widths) - 1, lead, formats["lead"])
        return
    room = [_breadth(text) + (BLANK if text.endswith("：") else 4) for text in lead]
    ends = [0, *(_column_at(widths, sum(widths) * part / sum(room)) for part in accumulate(room))]
    page.set_row(row, _height(lead, [sum(widths[start:end]) for start, end in pairwise(ends)]))
    for text, (start, end) in zip(lead, pairwise(ends), strict=True):
        if end - start > 1:
            page.merge_range(row, start, row, end - 1, "", formats["fact"])
        page.write_string(row, start, text[:LONGEST], formats["fact"])


def _column_at(widths: list[int], at: float) -> int:
    """Before which column the edge nearest to this width is."""
    edges = [0, *accumulate(widths)]
    return min(range(len(edges)), key=lambda index: abs(edges[index] - at))


def _across(page: Any, row: int, last: int, text: str, style: Any) -> None:
    """Text over the whole width of the table; Excel merges two cells or more."""
    if last > 0:
        page.merge_range(row, 0, row, last, "", style)
    page.write_string(row, 0, text[:LONGEST], style)


def _put(page: Any, row: int, index: int, value: Value, formats: dict[str, Any], text: str, size: str = "") -> None:
    match value:
        case None | "":
            page.write_blank(row, index, None, formats[size + text])
        case date():
            page.write_datetime(row, index, value, formats[f"{size}date"])
        case str():
            page.write_string(row, index, value[:LONGEST], formats[size + text])
        case _:
            page.write_number(row, index, value, formats[f"{size}number"])


def _height(values: Iterable[Value], widths: Sequence[int]) -> float:
    """Points for the cell with the most lines. Excel measures wrapped rows itself only when a person types in them."""
    lines = (_lines(str(value), width) for value, width in zip(values, widths, strict=False) if isinstance(value, str))
    return max(lines, default=1) * LINE + 5


def _lines(text: str, width: int) -> int:
    room = max(width - 1, 2)
    return sum(max(-(-_breadth(line) // room), 1) for line in text.split("\n"))


def _breadth(text: str) -> int:
    return sum(2 if east_asian_width(letter) in "WFA" else 1 for letter in text)
