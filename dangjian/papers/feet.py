"""The feet (页脚) of a Word file: page number, the mark's QR code and what is read beside it."""

from dataclasses import replace
from io import BytesIO

from docx.document import Document as WordFile
from docx.section import Section, _Footer
from docx.shared import Mm

from dangjian.papers import official, stationery, wordxml
from dangjian.papers.blocks import Foot, Page, Paper
from dangjian.papers.official import Style
from dangjian.papers.wordxml import paragraph, run

_MM_PER_POINT = 25.4 / 72


def set_feet(file: WordFile, paper: Paper) -> None:
    """Of the file's last section, as the paper wants its page numbers."""
    section, foot = file.sections[-1], paper.foot
    if foot is Foot.OUTER:
        file.settings.odd_and_even_pages_header_footer = True
        _set_foot(section.footer, paper, official.NUMBER_ODD, official.MARK_ODD)
        _set_foot(section.even_page_footer, paper, official.NUMBER_EVEN, official.MARK_EVEN)
    elif foot is Foot.CENTERED or paper.mark:
        _set_foot(section.footer, paper, official.NUMBER, official.MARK_ODD)

    if paper.has_cover:
        # The cover bears no number, and what follows it is page 1.
        section.different_first_page_header_footer = True
        section._sectPr.append(wordxml.parsed('<w:pgNumType w:start="0"/>')[0])
        if paper.mark_text:
            _set_foot(section.first_page_footer, replace(paper, foot=Foot.NONE), official.NUMBER, official.MARK_ODD)


def add_feet(file: WordFile, section: Section, paper: Paper) -> None:
    """Below what the template has at its foot; a section that goes on from the one before has its foot already."""
    feet = [(section.footer, official.MARK_ODD)]
    if file.settings.odd_and_even_pages_header_footer:
        feet.append((section.even_page_footer, official.MARK_EVEN))
    if section.different_first_page_header_footer and paper.mark:
        feet.append((section.first_page_footer, official.MARK_ODD))
    first = section._sectPr is file.sections[0]._sectPr
    placed = replace(paper, page=_page_of(section))
    for footer, style in feet:
        if footer.is_linked_to_previous and not first:
            continue
        if footer.is_linked_to_previous:
            footer.is_linked_to_previous = False
            # Room for a page number, as above the mark of other papers.
            footer.part.element[:] = wordxml.parsed(paragraph(_kept(file, style), ""))
            section.footer_distance = distance(placed)
        marked = _marked(footer, placed, style)
        footer.part.element.extend(wordxml.parsed(paragraph(_kept(file, style), marked)))


def _set_foot(footer: _Footer, paper: Paper, number_style: Style, mark_style: Style) -> None:
    """The page number, and under it the mark's code and who printed it; the QR code floats and takes no room from the body."""
    footer.is_linked_to_previous = False
    first = ""
    if paper.foot is not Foot.NONE:
        dash = "—" if paper.foot is Foot.OUTER else ""
        first = run(number_style, f"{dash} ") + wordxml.page_number(number_style) + run(number_style, f" {dash}")
    if paper.mark:
        first += _floating_mark(footer, paper, mark_style)
    second = paragraph(mark_style, run(mark_style, paper.mark_text)) if paper.mark_text else ""
    footer.part.element[:] = wordxml.parsed(paragraph(number_style, first) + second)


def _kept(file: WordFile, style: Style) -> Style:
    """The style as the file calls it: other programs rename styles, and drop those that nothing was set in."""
    for known in file.styles:
        if known.name == style.name:
            return replace(style, key=known.style_id)
    file.styles.element.extend(wordxml.parsed(stationery.style_xml(style)))
    return style


def _page_of(section: Section) -> Page:
    height, bottom = section.page_height, section.bottom_margin
    if not height or not bottom:
        return Page()
    return Page(bottom=bottom.mm, landscape=height < (section.page_width or 0))


def _marked(footer: _Footer, paper: Paper, style: Style) -> str:
    """The runs of the QR code, which floats, and of what is read beside it."""
    return (_floating_mark(footer, paper, style) if paper.mark else "") + run(style, paper.mark_text)


def _floating_mark(footer: _Footer, paper: Paper, style: Style) -> str:
    assert paper.mark is not None
    relation, _ = footer.part.get_or_add_image(BytesIO(paper.mark.png()))
    drop = paper.page.height - paper.page.bottom + official.NUMBER_DROP
    side = "right" if style is official.MARK_EVEN else "left"
    return wordxml.floating_picture(relation, paper.mark.code, size=official.MARK_SIZE, side=side, drop=drop)


def distance(paper: Paper) -> Mm:
    """From the paper's lower edge, so that the page number stands where GB/T 9704 wants it."""
    lines = 2 if paper.mark or paper.printed else 1
    taken = lines * official.NUMBER.lettering.leading * _MM_PER_POINT
    return Mm(paper.page.bottom - official.NUMBER_DROP - taken)
