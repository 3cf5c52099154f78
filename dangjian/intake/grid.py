"""The grid (网格): a table as it was laid out, whether it came from Excel or from Word."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from dangjian.people.worksheet import cell_text

Area = tuple[tuple[int, int], tuple[int, int]]
"""First and last cell of a merge, both inclusive."""

_INVISIBLE = re.compile(r"[\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\u00ad]|[\x00-\x08\x0b\x0c\x0e-\x1f]")
_SPACES = re.compile(r"[ \t\u00a0\u2000-\u200a\u202f\u3000]+")


def text_of(value: Any) -> str:
    """A cell as text without anything around it: whole numbers without a point, days as 2022-08-01."""
    if isinstance(value, datetime) and (value.hour or value.minute):
        return f"{value:%Y-%m-%d %H:%M}"
    if not isinstance(value, str):
        return cell_text(value)
    if value.isprintable() and value[:1] != " " != value[-1:]:  # no line ends, no strange spaces, nothing invisible
        return value
    text = _INVISIBLE.sub("", value).replace("\r\n", "\n").replace("\r", "\n").replace("\u00a0", " ")
    return "\n".join(line.strip() for line in text.split("\n")).strip()


def narrowed(text: str) -> str:
    """Digits, letters and marks of full width made narrow, without any space: to compare, never to keep."""
    return _SPACES.sub("", unicodedata.normalize("NFKC", text)).replace("\n", "")


def free_label(label: str, taken: Container[str]) -> str:
    """The label, numbered where it is taken: what stands under equal headings is kept apart, and none of it lost."""
    told, number = label, 2
    while told in taken:
        told, number = f"{label}（{number}）", number + 1
    return told


@dataclass
class Grid:
    """``rows`` hold raw values; ``first`` and ``left`` are the numbers of the first row and column as the user sees them;
    ``name`` is the sheet's."""

    name: str
    rows: list[list[Any]]
    merges: list[Area] = field(default_factory=list)
    first: int = 1
    left: int = 1

    def __post_init__(self) -> None:
        self.width = max((len(row) for row in self.rows), default=0)
        # Only merges that reach over the rows and columns that exist; one cell belongs to one merge.
        self._origin: dict[tuple[int, int], tuple[int, int]] = {}
        self._filled: dict[int, list[tuple[int, str]]] = {}
        room = len(self.rows) * self.width
        for (top, left), (bottom, right) in self.merges:
            # Excel lets no merges overlap; a file in which they do is not followed beyond what there is.
            room -= max(min(bottom, len(self.rows) - 1) - top + 1, 0) * max(min(right, self.width - 1) - left + 1, 0)
            if room < 0:
                break
            for row in range(top, min(bottom, len(self.rows) - 1) + 1):
                for column in range(left, min(right, self.width - 1) + 1):
                    self._origin[row, column] = (top, left)

    def origin(self, row: int, column: int) -> tuple[int, int]:
        """The cell that holds the value: its own, or the first of its merge."""
        return self._origin.get((row, column), (row, column))

    def raw(self, row: int, column: int) -> Any:
        """What stands in a cell by itself; empty text beyond the edge."""
        cells = self.rows[row]
        return cells[column] if column < len(cells) else ""

    def put(self, row: int, column: int, text: str) -> None:
        """Let a cell say something else, before anything was read of its row."""
        if column < len(self.rows[row]):
            self.rows[row][column] = text

    def cut(self, first: int, end: int) -> Grid:
        """The columns from ``first`` to before ``end``, as a grid of their own."""
        merges = [
            ((top, left - first), (bottom, min(right, end - 1) - first))
            for (top, left), (bottom, right) in self.merges
            if first <= left < end
        ]
        return Grid(self.name, [row[first:end] for row in self.rows], merges, self.first, self.left + first)

    def turned(self, first: int, end: int) -> Grid:
        """The rows from ``first`` to before ``end`` with columns as rows; what stands above and below them stays there."""
        rows = [[self.raw(row, column) for row in range(first, end)] for column in range(self.width)]
        merges = [
            ((left + first, top - first), (right + first, bottom - first))
            for (top, left), (bottom, right) in self.merges
            if first <= top and bottom < end
        ]
        name = f"{self.name}（行列互换后）"
        return Grid(name, [*self.rows[:first], *rows, *self.rows[end:]], merges, self.left - first, self.first)

    def down(self, row: int, column: int) -> Any:
        """What a cell says with merges filled down; a merge across counts in its first column only."""
        top, left = self.origin(row, column)
        return self.raw(top, left) if left == column else ""

    def text(self, row: int, column: int) -> str:
        return text_of(self.raw(row, column))

    def own(self, row: int, column: int) -> str:
        """What a cell says that is not hidden under a merge from above or from the left."""
        return self.text(row, column) if self.origin(row, column) == (row, column) else ""

    def heading(self, row: int, column: int) -> str:
        """What a cell says with merges filled in both directions, as people read a head."""
        return text_of(self.raw(*self.origin(row, column)))

    def filled(self, row: int) -> list[tuple[int, str]]:
        """The cells of a row that say something, by their columns."""
        if row not in self._filled:
            told = ((column, text_of(value)) for column, value in enumerate(self.rows[row]) if value != "")
            self._filled[row] = [(column, text) for column, text in told if text]
        return self._filled[row]

    def spread(self, row: int, column: int) -> int:
        """Over how many columns the merge at a cell reaches."""
        origin = self.origin(row, column)
        return sum(self.origin(row, other) == origin for other in range(self.width))

    def number(self, row: int) -> int:
        """The row's number as the user sees it."""
        return self.first + row

    def lines(self) -> Iterator[int]:
        yield from range(len(self.rows))
