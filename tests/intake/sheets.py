"""Old files of the kind that offices keep, made for the tests."""

import io
from collections.abc import Sequence
from typing import Any

import docx
import xlsxwriter

from dangjian.intake import reading

HEAD = ["序号", "项目名称", "项目起止日期", "项目承担部门", "解决问题", "采取措施", "达到目标", "备注"]
LINE: list[Any] = [1, "节能降耗", "2022.8~2022.12", "运行支部", "煤耗高", "示范岗", "降耗50万元", ""]

Merge = tuple[int, int, int, int]


def workbook(*sheets: Sequence[Sequence[Any]], merges: Sequence[Merge] = (), **more: Any) -> bytes:
    """Each sheet from its lines; ``merges`` are of the first; ``names`` and ``hidden`` name sheets."""
    kept = io.BytesIO()
    book = xlsxwriter.Workbook(kept, {"in_memory": True, "strings_to_formulas": False})
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    names = more.get("names", [f"表{n}" for n in range(1, len(sheets) + 1)])
    for name, lines in zip(names, sheets, strict=True):
        page = book.add_worksheet(name)
        for row, line in enumerate(lines):
            for column, value in enumerate(line):
                if hasattr(value, "year"):
                    page.write_datetime(row, column, value, day)
                elif value != "":
                    page.write(row, column, value)
        if name in more.get("hidden", ()):
            page.hide()
        for top, left, bottom, right in merges if page.name == names[0] else ():
            page.merge_range(top, left, bottom, right, lines[top][left])
    book.close()
    return kept.getvalue()


def document(*tables: Sequence[Sequence[str]], lines: Sequence[str] = ()) -> bytes:
    page = docx.Document()
    for line in lines:
        page.add_paragraph(line)
    for cells in tables:
        table = page.add_table(len(cells), len(cells[0]))
        for row, texts in enumerate(cells):
            for column, text in enumerate(texts):
                table.cell(row, column).text = text
        page.add_paragraph()
    kept = io.BytesIO()
    page.save(kept)
    return kept.getvalue()


def parsed(data: bytes) -> dict[str, Any]:
    """What the process of its own would answer, without the process."""
    return reading.parse(io.BytesIO(data))


def told(data: bytes) -> dict[str, Any]:
    answer: dict[str, Any] = parsed(data)["told"]
    return answer


def ledger(*lines: Sequence[Any], **more: Any) -> dict[str, Any]:
    return told(workbook([HEAD, *lines], **more))


def row(**changed: Any) -> list[Any]:
    """The usual line with cells changed by the letters of their columns."""
    line = list(LINE)
    for letter, value in changed.items():
        line["ABCDEFGH".index(letter)] = value
    return line
