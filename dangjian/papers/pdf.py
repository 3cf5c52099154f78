"""Draws a paper as PDF. The PDF is the original that is archived; the Word file is the copy to edit."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from io import BytesIO
from pathlib import Path
from typing import Any

from pypdf import PdfWriter

from dangjian.papers import fonts, official
from dangjian.papers.blocks import Block, Cover, Foot, FormTable, ListTable, Page, Paper, Text, Title, accompanied
from dangjian.papers.fonts import Library
from dangjian.papers.line import Line
from dangjian.papers.official import Lettering

_SOURCE = Path(__file__).with_name("official.typ").read_bytes()
_SHARES = (1, 0.9, 0.8, 0.7, 0.6, 0.5)
"""Of its least height, what the flowing row of a form keeps when the other rows need more than usual."""

_EASILY_READ = 2
"""Of the letterings of a form, those that a content over several pages is set in."""
_SPARE_WHEN_LONG = 14.0
"""mm of each page of text, two lines of it: so much more may Word need for it."""


def draw(paper: Paper, library: Library | None = None) -> bytes:
    """The PDF; the same paper and fonts give the same bytes."""
    library = library or fonts.library()
    return library.print(_SOURCE, _inputs(fitted(paper, library), library))


def bind(papers: Sequence[Paper]) -> bytes:
    """Several papers as one PDF, one after the other."""
    bound = PdfWriter()
    for paper in papers:
        bound.append(BytesIO(draw(paper)))
    # What the papers have in common, such as their fonts, is kept once.
    bound.compress_identical_objects()
    buffer = BytesIO()
    bound.write(buffer)
    return buffer.getvalue()


def fitted(paper: Paper, library: Library | None = None) -> Paper:
    """The paper with the one lettering chosen that its flowing content is set in.

    That is the first of `paper.fit` that keeps it on one page, where the flowing row may give up part of its
    least height for it. If none does, the content runs over pages, which are numbered then. Word follows the same
    choice.
    """
    if len(paper.fit) == 1:
        return paper
    library = library or fonts.library()
    # A long content, which not even the smallest letters keep on one page, is not tried in all of them.
    if not any(_is_one_page(_eased(paper, paper.fit[at], _SHARES[at]), library) for at in (0, -1)):
        return _over_pages(paper, library)
    for lettering in paper.fit:
        first, *others = (_eased(paper, lettering, share) for share in _SHARES)
        if _is_one_page(first, library):
            return first
        if _is_one_page(others[-1], library):
            return next(other for other in others if _is_one_page(other, library))
    return _over_pages(paper, library)


def _over_pages(paper: Paper, library: Library) -> Paper:
    """In the first of the letterings that are easily read which takes the fewest pages, in Word too."""
    measured = replace(paper, spare=_SPARE_WHEN_LONG)
    chosen = min(paper.fit[:_EASILY_READ], key=lambda lettering: _pages(replace(measured, fit=(lettering,)), library))
    return replace(paper, fit=(chosen,), foot=paper.foot if paper.foot is not Foot.NONE else Foot.OUTER)


def fits_one_page(paper: Paper, library: Library | None = None) -> bool:
    """Whether any of its letterings keeps the paper on one page, in Word too."""
    library = library or fonts.library()
    return any(_is_one_page(_eased(paper, lettering, _SHARES[-1]), library) for lettering in paper.fit)


def _eased(paper: Paper, lettering: Lettering, share: float) -> Paper:
    """The paper in this lettering, its flowing rows asking for only a share of their height."""
    return replace(paper, fit=(lettering,), blocks=tuple(_eased_block(block, share) for block in paper.blocks))


def _eased_block(block: Block, share: float) -> Block:
    if not isinstance(block, FormTable):
        return block
    return replace(
        block, rows=tuple(replace(row, height=row.height * share) if row.flows else row for row in block.rows)
    )


def _is_one_page(paper: Paper, library: Library) -> bool:
    return _pages(paper, library) == 1


def _pages(paper: Paper, library: Library) -> int:
    """How many it takes, with something to spare on each."""
    page = replace(paper.page, bottom=paper.page.bottom + paper.spare)
    return library.pages(_SOURCE, _inputs(replace(paper, page=page), library))


def _inputs(paper: Paper, library: Library) -> dict[str, str]:
    described = {
        "title": paper.title,
        "made_on": paper.made_on
        and {"year": paper.made_on.year, "month": paper.made_on.month, "day": paper.made_on.day},
        "page": {**asdict(paper.page), "width": paper.page.width, "height": paper.page.height},
        "foot": paper.foot,
        "mark": paper.mark and {"drawing": paper.mark.svg()},
        "mark_text": paper.mark_text,
        "has_cover": paper.has_cover,
        "cover": {"label": official.COVER_LABEL, "line": official.COVER_LINE},
        "mark_size": official.MARK_SIZE,
        "number_drop": official.NUMBER_DROP,
        "form_padding": official.FORM_PADDING,
        "list_padding": official.LIST_PADDING,
        "list_gap": official.LIST_GAP,
        "rules": (official.OUTER_RULE, official.INNER_RULE),
        "styles": _styles(paper),
        "faces": {face.name: library.families(face) for face in official.FACES},
        "latin": library.families(official.LATIN)[:1],
        "blocks": [_block(block, paper.page) for block in accompanied(paper.blocks)],
    }
    return {"paper": json.dumps(_printable(described), ensure_ascii=False)}


def described(paper: Paper) -> list[dict[str, Any]]:
    """Each block as plain data, for a face that is drawn from a template; text is printable, but not escaped."""
    return [_printable(_block(block, paper.page)) for block in paper.blocks]


def _styles(paper: Paper) -> dict[str, Any]:
    return {
        style.key: {
            "face": style.face.name,
            "weight": style.face.weight,
            "draws_latin": style.face.draws_latin,
            "size": lettering.size,
            "leading": lettering.leading,
            "align": style.align,
            "first_line": style.first_line,
            "right": style.right,
            "before": style.before,
            "after": style.after,
            "tracking": style.tracking,
            "bold": style.bold,
        }
        for style in official.STYLES
        for lettering in (paper.fit[0] if style is official.FORM_CONTENT else style.lettering,)
    }


def _block(block: Block, page: Page) -> dict[str, Any]:
    """The fields of the block, its kind, and what a template would otherwise have to work out again."""
    described = {"kind": type(block).__name__, **asdict(block)}
    if isinstance(block, Title | Cover | Text | Line):
        described["lines"] = _lines(block, page)
        if isinstance(block, Cover):
            described |= {"unit_lines": block.unit_lines(), "gap": block.gap}
        elif isinstance(block, Line):
            described["style"] = block.style(page.room[0]).key
    elif isinstance(block, FormTable):
        described["held"] = block.held
        for row, fields in zip(block.rows, described["rows"], strict=True):
            fields["label_lines"] = block.label_lines(row)
            for paragraph, its_fields in zip(row.value, fields["value"], strict=True):
                its_fields["lines"] = paragraph.lines
    elif isinstance(block, ListTable):
        described |= _listed(block, page)
    return described


def _listed(block: ListTable, page: Page) -> dict[str, Any]:
    return {
        "groups": block.groups,
        "columns": [{**asdict(column), "lines": block.head_lines(column)} for column in block.columns],
        "rows": [
            {"cells": [official.lines(text) for text in row], "splits": block.must_split(place, page)}
            for place, row in enumerate(block.rows)
        ],
    }


def _lines(block: Title | Cover | Text | Line, page: Page) -> list[Any]:
    if isinstance(block, Title):
        return block.lines(page)
    if isinstance(block, Line):
        return block.spread(page.room[0])
    return block.lines() if isinstance(block, Cover) else official.lines(block.text)


def _printable(value: Any) -> Any:
    if isinstance(value, str):
        return official.printable(value)
    if isinstance(value, Mapping):
        return {key: _printable(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_printable(item) for item in value]
    return value
