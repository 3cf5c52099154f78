"""The head of a superior's blank table: the first sheet that has one, and what stands above each column. Runs in the sandbox.

Told as well is what filling leaves as it is: projects that stand below the head already, further sheets with a head.
"""

from __future__ import annotations

from typing import IO, Any

from dangjian.intake import heading, laid_out, ledger
from dangjian.intake.grid import Grid
from dangjian.papers import filled_sheet, gate
from dangjian.papers.gate import Blocked, Kind

WRONG = "请上传 .xlsx 文件；.xls 请用 Excel 或 WPS 另存为 .xlsx"
WORD = (
    "这是 Word 表，系统只往 Excel 表里填：请把表格复制到 Excel 另存为 .xlsx 再传；"
    "表格以外的文字（标题、说明、签字栏）和要人工填写的栏目不会代填，仍是空白"
)
STRICT = "这是“Strict Open XML 电子表格”，填不进去；请用 Excel 或 WPS 另存为普通的“Excel 工作簿（.xlsx）”再传"

_NAME = heading.fact_of("项目名称")


def look(file: IO[bytes]) -> dict[str, Any]:
    """The first sheet with a head, its last row as the user counts, and what it says by column.

    ``kept`` is how many projects stand below it, ``others`` are the sheets below that ask for projects too.
    """
    data = file.read()
    if _is_word(data):
        return {"wrong": WORD}
    try:
        layout = laid_out.of(data, gate.admit(data, accepts=(Kind.WORKBOOK,)))
    except Blocked as blocked:
        return {"wrong": WRONG if blocked.code == "wrong_type" else str(blocked)}
    if filled_sheet.is_strict(data):
        return {"wrong": STRICT}
    for place, grid in enumerate(layout.grids, start=1):
        last = _head_of(grid)
        if last is not None:
            headings = [(column, text) for column in range(grid.width) if (text := _leaf(grid, last, column))]
            return {
                "sheet": grid.name, "after": grid.number(last), "headings": headings, "kept": len(ledger.read([grid]).rows),
                "others": [other.name for other in layout.grids[place:] if _asks(other)],
            }  # fmt: skip
    return {"wrong": "没有找到表头：请确认有一行写着“项目名称”等栏目名称"}


def _is_word(data: bytes) -> bool:
    try:
        return gate.admit(data, accepts=(Kind.DOCUMENT,)) is Kind.DOCUMENT
    except Blocked:
        return False


def _head_of(grid: Grid) -> int | None:
    """The last row of the head; where no words are known, the first row with three texts or more."""
    for row in grid.lines():
        if len(grid.filled(row)) > 1 and (head := heading.found_at(grid, row)) is not None:
            return head.last
    return next((row for row in grid.lines() if len(grid.filled(row)) > 2), None)


def _asks(grid: Grid) -> bool:
    """Whether a row of several texts has a heading for the names of projects."""
    rows = (grid.filled(row) for row in grid.lines())
    return any(len(texts) > 1 and any(heading.fact_of(text) == _NAME for _, text in texts) for texts in rows)


def _leaf(grid: Grid, row: int, column: int) -> str:
    """What the head says of a column; a heading over several columns belongs to the first of them."""
    return grid.heading(row, column) if grid.origin(row, column)[1] == column else ""
