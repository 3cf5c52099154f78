"""Binds papers into one PDF (成册): a cover, the 卷内目录 with the page on which each begins, running page numbers."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from io import BytesIO

import pypdfium2  # type: ignore[import-untyped]
import pypdfium2.raw as raw  # type: ignore[import-untyped]
from pypdf import PageObject, PdfReader, PdfWriter, Transformation
from pypdf.errors import PyPdfError

from dangjian.papers import fonts, official, pdf
from dangjian.papers.blocks import Column, Foot, ListTable, Note, Paper, Text, Title
from dangjian.papers.fonts import Library
from dangjian.papers.line import Line
from dangjian.papers.official import Align

CONTENTS = "卷内目录"
_EMPTY = Text("")
# Running numbers stand in the upper outer corner, where an archive stamps them, clear of a paper's own at the foot.
_NUMBERS = b"""
#let told = json(bytes(sys.inputs.told))
#for each in told.pages {
  page(width: each.width * 1pt, height: each.height * 1pt, margin: 0pt, fill: none, {
    let side = if each.odd { right } else { left }
    let off = if each.odd { -20mm } else { 20mm }
    place(top + side, dx: off, dy: 12mm, text(font: told.fonts, size: 10.5pt, str(each.number)))
  })
}
"""


@dataclass(frozen=True)
class Leaf:
    """One paper of the book: ``maker`` answers for it (责任者), ``content`` is its PDF; not readable: a page saying so."""

    title: str
    maker: str
    on: date | None
    content: bytes
    number: str = ""
    is_readable: bool = True


@dataclass(frozen=True)
class Cover:
    """What the first page says: the title, then a line for each fact, at the foot who made it and when."""

    title: str
    facts: tuple[str, ...]
    foot: tuple[str, ...]


def bind(cover: Cover, leaves: Sequence[Leaf], library: Library | None = None, *, note: str = "") -> bytes:
    """The book. The cover bears no number; the contents are numbered apart and end with ``note``, the papers from 1 on."""
    library = library or fonts.library()
    books = [PdfReader(BytesIO(leaf.content)) for leaf in leaves]
    starts, following = [], 1
    for book in books:
        starts.append(following)
        following += len(book.pages)
    writer = PdfWriter()
    for front in (_cover(cover), _contents(leaves, starts, following - 1, note)):
        writer.append(PdfReader(BytesIO(pdf.draw(front, library))), outline_item=front.title)
    fronts = len(writer.pages)
    for leaf, book in zip(leaves, books, strict=True):
        writer.append(book, outline_item=leaf.title, import_outline=False)
    _number(writer, fronts, library)
    writer.add_metadata({"/Title": official.printable(cover.title)})
    held = BytesIO()
    writer.write(held)
    return held.getvalue()


class Unreadable(Exception):
    """No PDF that could be bound."""


def page_count(content: bytes) -> int:
    """Of a PDF that is to be bound. Raises :class:`Unreadable`."""
    try:
        count = len(PdfReader(BytesIO(content)).pages)
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as wrong:
        raise Unreadable from wrong
    if not count:
        raise Unreadable
    return count


def flat(content: bytes) -> bytes:
    """A PDF of our own with what stands in its fields, such as the pictures of signatures, made part of its pages."""
    document, buffer = pypdfium2.PdfDocument(content), BytesIO()
    document.init_forms()
    for page in document:
        raw.FPDFPage_Flatten(page.raw, raw.FLAT_PRINT)
        page.close()
    document.save(buffer)
    document.close()
    return buffer.getvalue()


def _upright(page: PageObject) -> None:
    """A scan may lie on its side and begin anywhere: afterwards it stands, with its corner where the number expects it."""
    if page.rotation:
        page.transfer_rotation_to_content()
    left, bottom = float(page.mediabox.left), float(page.mediabox.bottom)
    if left or bottom:
        page.add_transformation(Transformation().translate(-left, -bottom))
        width, height = page.mediabox.width, page.mediabox.height
        for box in (page.mediabox, page.cropbox, page.trimbox, page.bleedbox, page.artbox):
            box.lower_left, box.upper_right = (0, 0), (width, height)


def _number(writer: PdfWriter, fronts: int, library: Library) -> None:
    pages: list[PageObject] = list(writer.pages[fronts:])
    if not pages:
        return
    for page in pages:
        _upright(page)
    told = {
        "fonts": [*library.families(official.LATIN)[:1], *library.families(official.SONGTI)[:1]],
        "pages": [
            {"width": float(page.mediabox.width), "height": float(page.mediabox.height), "number": number, "odd": number % 2 == 1}
            for number, page in enumerate(pages, start=1)
        ],
    }  # fmt: skip
    numbers = PdfReader(BytesIO(library.print(_NUMBERS, {"told": json.dumps(told)})))
    for page, number in zip(pages, numbers.pages, strict=False):
        page.merge_page(number)


def _cover(cover: Cover) -> Paper:
    return Paper(
        title="封面",
        stem=cover.title,
        blocks=(
            *(_EMPTY,) * 5,
            Title(cover.title),
            *(_EMPTY,) * 2,
            *(Line((fact,), align=Align.CENTER) for fact in cover.facts),
            *(_EMPTY,) * 5,
            *(Line((line,), align=Align.CENTER) for line in cover.foot),
        ),
    )


def _contents(leaves: Sequence[Leaf], starts: Sequence[int], last: int, note: str) -> Paper:
    ends = [*(start - 1 for start in starts[1:]), last]
    rows = [
        (str(place), leaf.number, leaf.maker, leaf.title, official.dated(leaf.on) if leaf.on else "", _span(first, end))
        for place, (leaf, first, end) in enumerate(zip(leaves, starts, ends, strict=True), start=1)
    ]
    return Paper(
        title=CONTENTS,
        stem=CONTENTS,
        blocks=(
            Title(CONTENTS),
            ListTable(
                columns=(
                    Column("序号", 11, Align.CENTER),
                    Column("编号", 29, Align.CENTER),
                    Column("责任者", 31),
                    Column("题名", 38),
                    Column("日期", 31, Align.CENTER),
                    Column("页次", 16, Align.CENTER),
                ),
                rows=tuple(rows),
            ),
            Note(f"注：{note}" if note else "", "注"),
            Line((f"共 {len(leaves)} 份、{last} 页",), align=Align.RIGHT),
        ),
        foot=Foot.NONE,
    )


def _span(first: int, last: int) -> str:
    return str(first) if first == last else f"{first}～{last}"
