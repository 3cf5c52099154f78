"""The worksheets (工作表) of an uploaded workbook, read as texts. ``parse`` runs in the sandbox alone."""

from __future__ import annotations

import io
from datetime import date, datetime
from typing import IO, Any

from python_calamine import CalamineError, CalamineWorkbook

from dangjian.foundation import sandbox
from dangjian.foundation.refusal import Refused
from dangjian.papers import gate

MOST_LETTERS = 200


def read(data: bytes) -> dict[str, list[list[str]]]:
    """The cells of each worksheet by its name, row by row from the first. Raises Refused for any other file."""
    try:
        return dict(sandbox.read(parse, data))
    except sandbox.Unreadable as wrong:
        raise Refused(str(wrong)) from wrong


def parse(file: IO[bytes]) -> dict[str, list[list[str]]]:
    """The gate first, then the reader."""
    data = file.read(gate.MOST_BYTES + 1)
    try:
        gate.admit(data)
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        sheets = {name: book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in book.sheet_names}
    except gate.Blocked as blocked:
        raise sandbox.Unreadable(str(blocked)) from blocked
    except (CalamineError, ValueError, OSError) as wrong:
        raise sandbox.Unreadable(gate.DAMAGED) from wrong
    return {name: [[cell_text(value) for value in line] for line in lines] for name, lines in sheets.items()}


def cell_text(value: Any) -> str:
    """A cell as text: whole numbers without a point, days as 2022-08-01, marks as 是 and 否."""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)[:MOST_LETTERS]
