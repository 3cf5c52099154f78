"""Draws a paper as a Word file that looks the same in WPS: exact lines, grid and cell widths, complete merges.

Each block becomes pieces of `wordxml` under the named styles of `stationery`; python-docx holds the file.
"""

from collections.abc import Sequence
from datetime import datetime, time
from functools import singledispatch
from io import BytesIO
from itertools import accumulate, groupby, pairwise
from zipfile import ZipFile

from docx import Document
from docx.document import Document as WordFile
from docx.enum.section import WD_ORIENT
from docx.section import Section
from docx.shared import Mm, Pt

from dangjian.papers import feet, official, pdf, stationery, wordxml
from dangjian.papers.blocks import (
    Addressees,
    Column,
    Cover,
    FormRow,
    FormTable,
    Heading,
    Label,
    ListTable,
    Note,
    Page,
    PageBreak,
    Paper,
    SignatureRow,
    Text,
    Title,
    accompanied,
)
from dangjian.papers.fonts import Library
from dangjian.papers.line import Line
from dangjian.papers.official import Style
from dangjian.papers.wordxml import cell, paragraph, paragraphs, row, run


def draw(paper: Paper, library: Library | None = None) -> bytes:
    """The Word file, its content in the lettering that `pdf.fitted` chose; the same paper gives the same bytes."""
    paper = pdf.fitted(paper, library)
    file = Document(BytesIO(stationery.sheet(_body(paper))))
    content = file.styles[official.FORM_CONTENT.name]
    content.font.size = Pt(paper.fit[0].size)
    content.paragraph_format.line_spacing = Pt(paper.fit[0].leading)
    _lay_out(file.sections[0], paper)
    feet.set_feet(file, paper)
    file.core_properties.title = official.printable(paper.title)
    if paper.made_on:
        file.core_properties.created = file.core_properties.modified = datetime.combine(paper.made_on, time())
    return _packed(file)


def bind(papers: Sequence[Paper]) -> bytes:
    """Several papers as one Word file, each a section with a foot of its own. For papers without flowing forms."""
    file = Document(BytesIO(stationery.sheet("")))
    for number, paper in enumerate(papers):
        if number:
            file.add_section()
        file.element.body[-1:-1] = wordxml.parsed(_body(paper))
        _lay_out(file.sections[-1], paper)
        feet.set_feet(file, paper)
    file.core_properties.title = official.printable(papers[0].title)
    return _packed(file)


def finished(filled: bytes, paper: Paper) -> bytes:
    """A filled template with what every printed paper bears: the letters that fit, the mark, and who printed it."""
    file = Document(BytesIO(filled))
    content = next((style for style in file.styles if style.name == official.FORM_CONTENT.name), None)
    if content is not None and content.font.size == Pt(official.FORM_CONTENT.lettering.size):
        lettering = pdf.fitted(paper).fit[0]
        content.font.size, content.paragraph_format.line_spacing = Pt(lettering.size), Pt(lettering.leading)
    file.core_properties.title = official.printable(paper.title)
    if paper.mark or paper.printed:
        for section in file.sections:
            feet.add_feet(file, section, paper)
    return _packed(file)


def _lay_out(section: Section, paper: Paper) -> None:
    page = paper.page
    section.orientation = WD_ORIENT.LANDSCAPE if page.landscape else WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = Mm(page.width), Mm(page.height)
    section.top_margin, section.bottom_margin = Mm(page.top), Mm(page.bottom)
    section.left_margin, section.right_margin = Mm(page.left), Mm(page.right)
    section.header_distance, section.gutter = Mm(15), Mm(0)
    section.footer_distance = feet.distance(paper)


def _packed(file: WordFile) -> bytes:
    buffer = BytesIO()
    file.save(buffer)
    with ZipFile(buffer) as archive:
        return stationery.zipped({name: archive.read(name) for name in archive.namelist()})


def _body(paper: Paper) -> str:
    """Signatures one below the other are one table: that is what every program keeps on one page."""
    drawn, below_list = "", False
    for _, blocks in groupby(accompanied(paper.blocks), lambda block: isinstance(block, SignatureRow)):
        together = list(blocks)
        if signed := [block for block in together if isinstance(block, SignatureRow)]:
            drawn += _signatures(signed, paper.page.room[0])
            continue
        for block in together:
            drawn += (wordxml.spacer(height=official.LIST_GAP) if below_list else "") + _drawn(block, paper.page)
            below_list = isinstance(block, ListTable)
    return drawn


def _signatures(blocks: Sequence[SignatureRow], room: float) -> str:
    """Under a grid in which each row finds the edges of its columns."""
    edges = [_edges(block, room) for block in blocks]
    grid = sorted({edge for own in edges for edge in own})
    rows = []
    for block, own in zip(blocks, edges, strict=True):
        cells = [
            cell(
                end - start,
                paragraphs(block.style, lines, align=block.align, keep=True),
                span=grid.index(end) - grid.index(start),
            )
            for start, end, lines in zip(own, own[1:], block.columns, strict=False)
        ]
        rows.append(row(cells))
    widths = [end - start for start, end in pairwise(grid)]
    return wordxml.table(widths, rows, ruled=False, keep=True)


def _edges(block: SignatureRow, room: float) -> list[float]:
    shares = block.shares or (1,) * len(block.columns)
    return [0, *(round(room * part / sum(shares), 1) for part in accumulate(shares))]


@singledispatch
def _drawn(block: object, page: Page) -> str:
    """The block as WordprocessingML."""
    raise TypeError(f"{type(block).__name__} is no block")


@_drawn.register
def _(block: Label, page: Page) -> str:
    return _whole(official.LABEL, block.text)


@_drawn.register
def _(block: Cover, page: Page) -> str:
    unit = _whole(official.COVER_UNIT, "\n".join(block.unit_lines()))
    titles = paragraphs(official.COVER_TITLE, block.titles)
    gap = paragraphs(official.COVER_FACT, [""] * block.gap)
    return unit + titles + gap + "".join(_underlined(label, text) for label, text in block.lines())


def _underlined(label: str, text: str) -> str:
    style, left, (start, end) = official.COVER_FACT, official.COVER_LABEL, official.COVER_LINE
    middle = (start + end) / 2
    stops = "".join(
        f'<w:tab w:val="{kind}" w:pos="{wordxml.twips(at)}"/>'
        for kind, at in (("left", left), ("left", start), ("center", middle), ("right", end))
    )
    line = wordxml.run_of(style, "<w:tab/>") + run(style, label) + wordxml.run_of(style, "<w:tab/>")
    return paragraph(style, line + wordxml.underlined(style, text), stops=stops)


@_drawn.register
def _(block: Title, page: Page) -> str:
    return _whole(official.TITLE, "\n".join(block.lines(page)))


@_drawn.register
def _(block: Heading, page: Page) -> str:
    return _whole(official.HEADINGS[block.level - 1], block.text, keep=True)


@_drawn.register
def _(block: Text, page: Page) -> str:
    return paragraphs(block.style, official.lines(block.text), keep=block.keep)


@_drawn.register
def _(block: Addressees, page: Page) -> str:
    return _whole(official.ADDRESSEES, block.text)


@_drawn.register
def _(block: Note, page: Page) -> str:
    return _whole(official.NOTE, block.text) if block.text else ""


@_drawn.register
def _(block: Line, page: Page) -> str:
    style = block.style(page.room[0])
    if len(block.texts) == 1:
        return paragraph(style, run(style, block.texts[0]), align=block.align)
    tab = wordxml.run_of(style, "<w:tab/>")
    return "".join(
        paragraph(
            style,
            tab.join(run(style, text) for text, _ in line),
            stops="".join(_stop(start, page.room[0]) for _, start in line[1:]),
        )
        for line in block.spread(page.room[0])
    )


def _stop(at: float, room: float) -> str:
    return f'<w:tab w:val="{"left" if at < room else "right"}" w:pos="{wordxml.twips(at)}"/>'


@_drawn.register
def _(block: PageBreak, page: Page) -> str:
    return wordxml.page_break()


@_drawn.register
def _(block: FormTable, page: Page) -> str:
    held = range(len(block.rows) - block.held, len(block.rows) - 1)
    rows = [_form_row(block, form_row, keep=place in held) for place, form_row in enumerate(block.rows)]
    return wordxml.table(block.widths, rows, padding=official.FORM_PADDING)


@_drawn.register
def _(block: ListTable, page: Page) -> str:
    rows = _head_rows(block)
    for place, texts in enumerate(block.rows):
        whole = not block.must_split(place, page)
        keep = block.keep and whole and place == len(block.rows) - 1
        cells = [
            cell(
                column.width,
                _list_cell(text, column, keep=keep),
                middle=whole,
            )
            for column, text in zip(block.columns, texts, strict=True)
        ]
        rows.append(row(cells, whole=whole))
    widths = [column.width for column in block.columns]
    table = wordxml.table(widths, rows, padding=official.LIST_PADDING, keep=block.keep)
    return wordxml.spacer(keep=True, height=official.LIST_GAP) + table


def _list_cell(text: str, column: Column, *, keep: bool) -> str:
    """Blanks before a line set all of it in, also where it goes on below."""
    style = official.LIST_CELL
    return "".join(
        paragraph(style, run(style, line.lstrip("　")), align=column.align, keep=keep, indent=_blanks(line))
        for line in official.lines(text)
    )


def _blanks(line: str) -> int:
    return len(line) - len(line.lstrip("　"))


def _whole(style: Style, text: str, *, keep: bool = False) -> str:
    """One paragraph, whatever line ends are in it."""
    return paragraph(style, run(style, text), keep=keep)


def _form_row(form: FormTable, filled: FormRow, *, keep: bool) -> str:
    """Label and value. Word never repeats the label of a row that runs over pages: there it stands once, in the PDF on each."""
    label_width, value_width = form.widths
    label = _whole(official.FORM_LABEL, "\n".join(form.label_lines(filled)), keep=keep)
    cells = [
        cell(label_width, label, middle=True),
        cell(value_width, _form_value(form, filled, keep=keep), middle=not (filled.flows or filled.foot)),
    ]
    return row(cells, height=filled.height, whole=not filled.flows)


def _form_value(form: FormTable, filled: FormRow, *, keep: bool) -> str:
    style = official.FORM_CONTENT if filled.flows else official.FORM_OPINION if filled.foot else official.FORM_VALUE
    drawn = ""
    for item in filled.value:
        runs = [run(style, line) for line in item.lines]
        runs[0] = run(style, item.lead, bold=True) + runs[0]
        drawn += "".join(paragraph(style, text, keep=keep) for text in runs)
    drawn = drawn or paragraph(style, "", keep=keep)
    # A row of its own would keep the foot at the bottom too, but there are programs that part the two at a page end.
    for number, line in enumerate(filled.foot):
        before = 0 if number else form.room_above_foot(filled)
        drawn += paragraph(official.FORM_FOOT, run(official.FORM_FOOT, line), keep=keep, before=before)
    return drawn


def _head_rows(table: ListTable) -> list[str]:
    """The head: one row, or two in which grouped titles stand under their group and the others fill both."""
    style = official.LIST_HEAD
    titles = [_whole(style, "\n".join(table.head_lines(column))) for column in table.columns]
    if not table.groups:
        cells = [cell(column.width, title, middle=True) for column, title in zip(table.columns, titles, strict=True)]
        return [row(cells, head=True)]
    starts = {first: (name, last) for name, first, last in table.groups}
    upper, lower = [], []
    for index, (column, title) in enumerate(zip(table.columns, titles, strict=True)):
        if index in starts:
            name, last = starts[index]
            width = sum(one.width for one in table.columns[index : last + 1])
            upper.append(cell(width, _whole(style, name), span=last - index + 1, middle=True))
        if column.group:
            lower.append(cell(column.width, title, middle=True))
        else:
            upper.append(cell(column.width, title, merge="restart", middle=True))
            lower.append(cell(column.width, _whole(style, ""), merge="continue", middle=True))
    return [row(upper, head=True), row(lower, head=True)]
