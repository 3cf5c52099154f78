"""The table on its side (横排表): its heads stand in the first column and each further column is a project.

Such a table is turned before it is read. A filled 附件1 also has its labels in the first column, so a table is turned
only where its columns count 1, 2 …, or where several of them are each a whole project and nothing speaks of a form.
"""

from __future__ import annotations

import re

from dangjian.intake import info, span
from dangjian.intake.grid import Grid, narrowed
from dangjian.intake.heading import GUESSED, fact_of

MOST_ROWS = 60
MOST_LABELS = 3  # columns in which the heads may stand
_OF_FORM = re.compile(r"意见|签字|签名|盖章|公章|具体工作内容|(填表|填报|填写)(时间|日期)|联系(电话|方式)")
"""What 附件1 says beside its cells and a table of projects does not."""
_LABEL = re.compile(r"(项目)?(主要)?(责任人|负责人|联系人)(姓名)?|职务|电话|时间|日期|年度|编号")
"""A label where a project's own words should stand: in a form two of them share a row."""


def of(grid: Grid) -> Grid:
    """The table with its heads in a row."""
    for column in range(min(grid.width, MOST_LABELS) if len(grid.rows) <= MOST_ROWS else 0):
        told = _facts(grid, column)
        if "name" in told and (_is_counted(grid, column, told) or _has_projects(grid, column, told)):
            return grid.turned(*_around(grid, column))
    return grid


def _facts(grid: Grid, column: int) -> dict[str, int]:
    """The rows of the heads that are words of the table."""
    found: dict[str, int] = {}
    for row in grid.lines():
        fact = fact_of(grid.text(row, column))
        if fact is not None and fact[1] < GUESSED:
            found[fact[0]] = row
    return found


def _is_counted(grid: Grid, column: int, told: dict[str, int]) -> bool:
    if "number" not in told or len(told) <= 3:
        return False
    counted = [narrowed(text) for at, text in grid.filled(told["number"]) if at > column]
    return len(counted) > 1 and counted == [str(number) for number in range(1, len(counted) + 1)]


def _has_projects(grid: Grid, column: int, told: dict[str, int]) -> bool:
    """Whether two columns or more are projects: each has a name and a period or all its texts, and nothing is a word of a form."""
    if any(_OF_FORM.search(narrowed(grid.text(row, at))) for row in grid.lines() for at in range(column + 1)):
        return False
    said = {fact: {at: text for at, text in grid.filled(row) if at > column} for fact, row in told.items()}
    if len(said["name"]) < 2 or any(_is_label(text) for texts in said.values() for text in texts.values()):
        return False
    times = [told[fact] for fact in ("period", "start", "end") if fact in told]
    texts = [said[fact] for fact in ("problem", "measures", "goal") if fact in said]
    if len(told.keys() - {"number", "name", "period", "start", "end"}) < 1:
        return False
    dated = bool(times) and all(any(_is_time(grid, row, at) for row in times) for at in said["name"])
    return dated or (len(texts) > 1 and all(said["name"].keys() == each.keys() for each in texts))


def _is_label(text: str) -> bool:
    fact = fact_of(text)
    return (fact is not None and fact[1] < GUESSED) or _LABEL.fullmatch(narrowed(text)) is not None


def _is_time(grid: Grid, row: int, column: int) -> bool:
    told = span.read(grid.raw(row, column))
    return told.start is not None or told.end is not None


def _around(grid: Grid, column: int) -> tuple[int, int]:
    """The first row of the table and the row after its last: title and 单位名称 stand above it, 填表人 and notes below."""
    inside = [row for row in grid.lines() if _is_inside(grid, row, column)]
    return inside[0], inside[-1] + 1


def _is_inside(grid: Grid, row: int, column: int) -> bool:
    texts = [text for _, text in grid.filled(row)]
    if len(texts) < 2:
        return False
    return fact_of(grid.text(row, column)) is not None or not info.labels_in(texts)
