"""A paper described once, as a list of blocks; `word` and `pdf` each draw every block.

Text that users typed may hold anything: both faces clean it (`official.printable`) and print it as it
stands, never as markup. A line end in such a text starts a new paragraph.

What is told by a `name` is a fact, which `placeholder` puts into a replaced template; what has none is fixed wording.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from itertools import takewhile
from math import ceil

from dangjian.papers import official
from dangjian.papers.line import Line
from dangjian.papers.mark import Mark
from dangjian.papers.official import Align, Lettering, Style

_POINTS_PER_MM = 72 / 25.4
ABOVE_LIST = 0.3
"""Of a page: what label, title and facts above a list take of it."""


@dataclass(frozen=True)
class Page:
    """A4; margins in mm."""

    landscape: bool = False
    top: float = official.MARGINS[0]
    bottom: float = official.MARGINS[1]
    left: float = official.MARGINS[2]
    right: float = official.MARGINS[3]

    @property
    def width(self) -> float:
        return official.A4[1] if self.landscape else official.A4[0]

    @property
    def height(self) -> float:
        return official.A4[0] if self.landscape else official.A4[1]

    @property
    def room(self) -> tuple[float, float]:
        """Width and height of the type area in mm."""
        return self.width - self.left - self.right, self.height - self.top - self.bottom


LANDSCAPE = Page(landscape=True, top=28, bottom=26, left=35, right=37)
"""The page of a wide list (附件4): 225 mm of type area, as GB/T 9704 turns it."""


class Foot(StrEnum):
    """The page number: none (forms, while they fill one page), in the middle, or 「— 1 —」 on the outer side."""

    NONE = "none"
    CENTERED = "centered"
    OUTER = "outer"


@dataclass(frozen=True)
class Label:
    """附件1: flush left above the title, no colon."""

    text: str


@dataclass(frozen=True)
class Title:
    """小标宋 in the middle; a line end breaks the line."""

    text: str
    name: str = ""

    def lines(self, page: Page) -> list[str]:
        """The title's own lines, those that are too long broken into equal parts."""
        return official.balanced(official.printable(self.text), _characters(page.room[0], (0, 0), official.TITLE))


@dataclass(frozen=True)
class Cover:
    """The first page of a bound paper (附件3): who, what, and underlined facts below. It bears no page number."""

    unit: str
    titles: tuple[str, ...]
    facts: tuple[tuple[str, str], ...]

    def lines(self) -> list[tuple[str, str]]:
        """Each underlined line with the label before it; a long fact goes on below, without a label."""
        return [
            (label if first == 0 else "", text)
            for label, fact in self.facts
            for first, text in enumerate(official.balanced(official.printable(fact), COVER_ROOM))
        ]

    def unit_lines(self) -> list[str]:
        """The name of the unit, a long one broken into equal parts."""
        return official.balanced(official.printable(self.unit), COVER_ROOM)

    @property
    def gap(self) -> int:
        """Empty lines above the facts: long facts take them, so that the cover stays one page."""
        return max(min(official.COVER_GAP, official.COVER_LINES - len(self.lines())), 0)


COVER_ROOM = 16
"""Characters of 三号 above one underline, and of 一号 in the name of the unit."""


@dataclass(frozen=True)
class Heading:
    """一、 黑体 (level 1), （一） 楷体 (level 2), 1. 仿宋 (level 3)."""

    text: str
    level: int = 1


@dataclass(frozen=True)
class Text:
    """A paragraph of the body.

    `keep` holds it on the page of what follows, `optional` is left out where it is empty, the lines of a `close` one
    stand nearer to each other.
    """

    text: str
    keep: bool = False
    name: str = ""
    optional: bool = False
    close: bool = False

    @property
    def style(self) -> Style:
        return official.TEXT_CLOSE if self.close else official.TEXT


@dataclass(frozen=True)
class Note:
    """Below a list, in its small letters: where what stands there comes from. Left out where it is empty."""

    text: str
    name: str


@dataclass(frozen=True)
class Addressees:
    """主送机关: whom a letter goes to, flush left above its text."""

    text: str


ROOM_FOR_NAME = "　" * official.CLOSING_ROOM
"""Stands for a closing name that is still to come, in a template."""


@dataclass(frozen=True)
class SignatureRow:
    """Columns side by side, each a few lines, never torn apart by a page end.

    ``shares`` say how wide, else all alike; the lines of a ``close`` one stand nearer to each other.
    """

    columns: tuple[tuple[str, ...], ...]
    shares: tuple[float, ...] = ()
    align: Align = Align.LEFT
    names: tuple[tuple[str, ...], ...] = ()
    close: bool = False

    @property
    def style(self) -> Style:
        return official.SIGNATURE_CLOSE if self.close else official.SIGNATURE

    @classmethod
    def closing(cls, name: str, day: str) -> "SignatureRow":
        """落款: the name over the date, centred on each other, the longer two characters from the right (GB/T 9704)."""
        lines = [*official.balanced(official.printable(name), official.CLOSING_ROOM), day]
        wide = max(map(official.ems, lines)) + 2 * official.CLOSING_SIDE
        names = ((), ("", *("落款单位",) * (len(lines) - 1), "落款日期"))
        return cls((("",), ("", *lines)), shares=(official.BODY_EMS - wide, wide), align=Align.CENTER, names=names)


@dataclass(frozen=True)
class PageBreak:
    """What follows starts on a new page."""


@dataclass(frozen=True)
class Paragraph:
    """A paragraph in a form; `lead` is printed bold before it, such as 1.选题：. `asks` names the facts it tells."""

    text: str
    lead: str = ""
    asks: tuple[str, ...] = ()

    @property
    def is_optional(self) -> bool:
        """Only what the form itself numbers stands there without a text."""
        return bool(self.lead) and not self.lead[0].isdigit()

    @property
    def lines(self) -> list[str]:
        """The paragraphs that the user typed, without empty ones; the lead belongs to the first."""
        return [line for line in official.lines(self.text) if line.strip()] or [""]


@dataclass(frozen=True)
class FormRow:
    """A label and what is filled in.

    `height` is the least height in mm. A row that `flows` holds the long content of the form: it is set
    in the paper's fitted lettering and may run over pages; other rows stay whole. `foot` is the signature
    or date at the bottom right of the cell, below an opinion. `asks` names the facts that the whole value tells. In a template the
    row is called `name`, or by its label.
    """

    label: str
    value: tuple[Paragraph, ...] = ()
    height: float = 12
    foot: tuple[str, ...] = ()
    flows: bool = False
    asks: tuple[str, ...] = ()
    name: str = ""
    optional: bool = False


@dataclass(frozen=True)
class FormTable:
    """A form: labels at the left, values at the right; `widths` of the two columns in mm."""

    widths: tuple[float, float]
    rows: tuple[FormRow, ...]

    @property
    def held(self) -> int:
        """How many of its last rows are opinions, with a foot: they go to the next page together, not the last one alone."""
        return len(list(takewhile(lambda row: row.foot, reversed(self.rows))))

    def label_lines(self, row: FormRow) -> list[str]:
        """The label broken into lines of equal length that its column has room for."""
        return official.balanced(row.label, _characters(self.widths[0], official.FORM_PADDING, official.FORM_LABEL))

    def room_above_foot(self, row: FormRow) -> float:
        """Points that stay empty between what is filled in and the foot at the bottom, as far as one can tell."""
        style, leading = official.FORM_OPINION, official.FORM_OPINION.lettering.leading
        width = _characters(self.widths[1], official.FORM_PADDING, style)
        texts = [line for item in row.value for line in item.lines] or [""]
        lines = sum(ceil((style.first_line + official.ems(text)) / width) for text in texts) + len(row.foot)
        return max((row.height - 2 * official.FORM_PADDING[1]) * _POINTS_PER_MM - lines * leading, 0)


@dataclass(frozen=True)
class Column:
    """A column of a list, `width` in mm. Neighbours with the same `group` share a cell above their titles."""

    title: str
    width: float
    align: Align = Align.LEFT
    group: str = ""


@dataclass(frozen=True)
class ListTable:
    """A list under a head of one row, or of two when columns are grouped; the head repeats on every page.

    `keep` holds its last row on the page of what follows.
    """

    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    name: str = ""
    optional: bool = False
    keep: bool = False

    @property
    def groups(self) -> list[tuple[str, int, int]]:
        """Name, first and last column of each shared head cell."""
        return shared([column.group for column in self.columns])

    def head_lines(self, column: Column) -> list[str]:
        """The column's title broken into lines of equal length that it has room for."""
        return official.balanced(column.title, _characters(column.width, official.LIST_PADDING, official.LIST_HEAD))

    def must_split(self, place: int, page: Page) -> bool:
        """Whether the row at ``place`` is taller than a page has room for below the head; all others stay whole.

        The first one has what is above the list on its page, which it would otherwise leave alone there.
        """
        room = page.room[1] * _POINTS_PER_MM * (1 if place else 1 - ABOVE_LIST) - self._head_height
        return self._height(self.rows[place]) > room

    def _height(self, row: tuple[str, ...]) -> float:
        """Points that a row takes, as far as one can tell."""
        lines = max(
            sum(official.lines_taken(line, self._room_of(column)) for line in official.lines(text))
            for column, text in zip(self.columns, row, strict=True)
        )
        return _ruled(lines * official.LIST_CELL.lettering.leading)

    def _room_of(self, column: Column) -> float:
        return (column.width - 2 * official.LIST_PADDING[0]) * _POINTS_PER_MM / official.LIST_CELL.lettering.size

    @property
    def _head_height(self) -> float:
        lines = max(len(self.head_lines(column)) for column in self.columns)
        leading = official.LIST_HEAD.lettering.leading
        return max(_ruled(lines * leading), 2 * _ruled(leading) if self.groups else 0)


def _ruled(height: float) -> float:
    """A row of a list with the room above and below its text."""
    return height + 2 * official.LIST_PADDING[1] * _POINTS_PER_MM + official.OUTER_RULE


def shared(groups: Iterable[str]) -> list[tuple[str, int, int]]:
    """Name, first and last place of each run of neighbours with the same group; those without one are in none."""
    found: list[tuple[str, int, int]] = []
    for index, group in enumerate(groups):
        if group and found and found[-1][0] == group and found[-1][2] == index - 1:
            found[-1] = (group, found[-1][1], index)
        elif group:
            found.append((group, index, index))
    return found


def _characters(width: float, padding: tuple[float, float], style: Style) -> int:
    """How many full characters a cell of `width` mm holds in one line."""
    return int((width - 2 * padding[0]) * _POINTS_PER_MM / style.lettering.size)


def accompanied(blocks: Sequence["Block"]) -> tuple["Block", ...]:
    """The blocks, none of which stands alone: signatures and notes have the end of what they are about above them, a list its sentence."""
    return tuple(
        replace(block, keep=True) if isinstance(block, Text | ListTable) and _is_above(block, after) else block
        for block, after in zip(blocks, (*blocks[1:], None), strict=True)
    )


def _is_above(block: Text | ListTable, after: "Block | None") -> bool:
    is_sentence = isinstance(block, Text) and official.ems(block.text) < official.BODY_EMS
    return isinstance(after, SignatureRow | Note) or (is_sentence and isinstance(after, ListTable))


Block = (
    Label | Cover | Title | Line | Heading | Addressees | Text | Note | SignatureRow | PageBreak | FormTable | ListTable
)


@dataclass(frozen=True, kw_only=True)
class Paper:
    """One paper. `stem` names its file, `made_on` is the date in the file's properties.

    `fit` lists the letterings for the flowing content of a form, preferred first (`official.FORM_FIT`);
    `pdf.fitted` chooses the first that keeps the paper on one page, else the preferred one. `spare` is what must
    stay free of that page, in mm: Word breaks its lines a little differently. `mark` is printed at the foot of
    every page, in the margin; `mark_note` after its code tells this copy from the others, `printed` by whom and when.
    `form` says whose template it may follow, `issued_at` the moment whose template that is; None for one not yet issued.
    """

    title: str
    stem: str
    blocks: tuple[Block, ...]
    page: Page = Page()
    foot: Foot = Foot.NONE
    fit: tuple[Lettering, ...] = official.FORM_FIT[:1]
    spare: float = 5.0
    made_on: date | None = None
    mark: Mark | None = None
    mark_note: str = ""
    printed: str = ""
    form: str = ""
    issued_at: datetime | None = None

    @property
    def mark_text(self) -> str:
        """What people read beside the QR code."""
        return "　".join(text for text in (self.mark.code if self.mark else "", self.mark_note, self.printed) if text)

    @property
    def has_cover(self) -> bool:
        return any(isinstance(block, Cover) for block in self.blocks)

    def file_name(self, extension: str) -> str:
        """`stem` without what Windows or Linux refuses in a file name, and not too long for either."""
        stem = re.sub(r'[\\/:*?"<>|\n]', "", official.printable(self.stem)).strip(" .")
        return f"{stem[:70]}.{extension}"
