"""Papers beside the library that draws each: the same texts with our forms around them, and bare."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Sequence
from io import BytesIO
from itertools import cycle
from typing import Any, TypeVar

import xlsxwriter  # type: ignore[import-untyped]
from docx import Document

from bench.measured import Series
from dangjian.agreements import papers as letter_papers
from dangjian.delivery import filing_papers, plan_papers
from dangjian.delivery.summary import Line
from dangjian.papers import excel, fonts, pdf, word
from dangjian.papers.blocks import ListTable, Paper
from dangjian.papers.placeholder import told
from dangjian.projects import papers
from dangjian.projects.project import Project
from dangjian.projects.state import State

FEW, MANY = 10, 1_000
SETS = 3  # of a thousand projects, all different
SECONDS = 1.5  # each paper is drawn again and again for about as long
Each = TypeVar("Each")
_BARE = b"""#let told = json(bytes(sys.inputs.told))
#set text(font: told.fonts, size: 14pt)
#for each in told.texts [#each \\ ]
#for rows in told.tables { table(columns: rows.first().len(), ..rows.flatten()) }
"""


def measure() -> list[dict[str, Any]]:
    """附件1 to 附件4, and 附件4 of a thousand rows; times in milliseconds."""
    established = Project.objects.filter(state=State.ESTABLISHED).select_related(
        "branch", "unit", "owner", "application"
    )
    projects = list(established.order_by("-pk")[: SETS * MANY])
    unit, rules = projects[0].unit, projects[0].rules
    lines = [Line.of(project) for project in projects]
    many = [lines[at * MANY : (at + 1) * MANY] for at in range(SETS)]
    tables = [filing_papers.live(unit, each, year="2022") for each in many]
    sheets = [filing_papers.live_sheet(unit, each) for each in many]
    few = [filing_papers.live(unit, each, year="2022") for each in _batched(lines, FEW)]
    return [
        *_both("附件1", [papers.application_form(project) for project in projects[:MANY]]),
        *_both("附件2（空白）", [letter_papers.blank_letter(rules)]),
        *_both("附件3（空白）", [plan_papers.blank_plan(rules)]),
        *_both(f"附件4 {FEW} 行", few),
        *_both(f"附件4 {MANY:,} 行", tables),
        _beside(f"附件4 {MANY:,} 行 xlsx", "XlsxWriter", list(zip(sheets, tables, strict=True)),
                lambda each: excel.draw(each[0]), lambda each: _bare_sheet(each[1])),
    ]  # fmt: skip


def _batched(lines: Sequence[Line], size: int) -> Iterator[Sequence[Line]]:
    return (lines[at : at + size] for at in range(0, len(lines), size))


def _both(name: str, made: Sequence[Paper]) -> Iterator[dict[str, Any]]:
    yield _beside(f"{name} docx", "python-docx", made, word.draw, _bare_word)
    yield _beside(f"{name} PDF", "typst", made, pdf.draw, _bare_pdf)


def _beside(
    name: str, library: str, made: Sequence[Each], ours: Callable[[Each], bytes], bare: Callable[[Each], bytes]
) -> dict[str, Any]:
    """One after the other, so that noise meets them alike; the first warms up, and a filled paper is not drawn twice:
    typst remembers what it has laid out."""
    size, _ = len(ours(made[0])), bare(made[0])
    own, plain = Series(), Series()
    start, left = time.perf_counter(), cycle(made[1:] or made)
    while time.perf_counter() - start < SECONDS:
        each = next(left)
        own.seconds.append(_timed(lambda: ours(each)))  # noqa: B023  # called at once
        plain.seconds.append(_timed(lambda: bare(each)))  # noqa: B023
    return {
        "name": name, "library": library, "p50_ms": own.ms(0.5), "bare_ms": plain.ms(0.5), "n": len(own.seconds),
        "per_second": round(1000 / own.ms(0.5), 1), "ratio": round(own.ms(0.5) / plain.ms(0.5), 1), "bytes": size,
    }  # fmt: skip


def _timed(draw: Callable[[], bytes]) -> float:
    start = time.perf_counter()
    draw()
    return time.perf_counter() - start


def _content(paper: Paper) -> tuple[list[str], list[list[list[str]]]]:
    """The texts of the paper, and its lists with their heads."""
    texts = [text for text in told(paper).values() if isinstance(text, str)]
    texts += [text for block in paper.blocks if isinstance(text := getattr(block, "text", ""), str) and text]
    tables = [
        [[column.title for column in block.columns], *(list(row) for row in block.rows)]
        for block in paper.blocks
        if isinstance(block, ListTable)
    ]
    return texts, tables


def _bare_word(paper: Paper) -> bytes:
    texts, tables = _content(paper)
    file, buffer = Document(), BytesIO()
    for text in texts:
        file.add_paragraph(text)
    for rows in tables:
        table = file.add_table(len(rows), len(rows[0]))
        # Asked for once: `table.cell` would read the whole table again for each.
        for cell, text in zip(table._cells, (text for row in rows for text in row), strict=True):
            cell.text = text
    file.save(buffer)
    return buffer.getvalue()


def _bare_pdf(paper: Paper) -> bytes:
    texts, tables = _content(paper)
    library = fonts.library()
    content = {"texts": texts, "tables": tables, "fonts": library.families(fonts.official.FANGSONG)[:1]}
    return library.print(_BARE, {"told": json.dumps(content, ensure_ascii=False)})


def _bare_sheet(paper: Paper) -> bytes:
    held = BytesIO()
    with xlsxwriter.Workbook(held, {"constant_memory": True}) as book:
        page = book.add_worksheet()
        for at, row in enumerate(_content(paper)[1][0]):
            for column, text in enumerate(row):
                page.write_string(at, column, text)
    return held.getvalue()
