"""The pieces of a Word text: runs, paragraphs, cells, rows and tables, as WordprocessingML.

Lengths are mm. Whatever a user typed is cleaned and escaped in `run`, the only place where text goes in.
"""

from collections.abc import Sequence
from xml.sax.saxutils import escape

from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from docx.oxml.xmlchemy import BaseOxmlElement

from dangjian.papers import official, stationery
from dangjian.papers.official import Align, Style

_TWIPS_PER_MM = 1440 / 25.4
_EMU_PER_MM = 36000
_DRAWING = nsdecls("wp", "a", "pic", "r")
_PICTURE = "http://schemas.openxmlformats.org/drawingml/2006/picture"
_SPACER = '<w:pPr>{}<w:spacing w:line="{:.0f}" w:lineRule="exact"/><w:rPr><w:sz w:val="2"/></w:rPr></w:pPr>'
"""Usually one point high: Word wants a paragraph after each table, and one of usual height could start a page of its own."""


def parsed(xml: str) -> list[BaseOxmlElement]:
    """The elements, ready to be put into a document."""
    return list(parse_xml(f"<w:body {nsdecls('w')}>{xml}</w:body>"))


def twips(mm: float) -> int:
    return round(mm * _TWIPS_PER_MM)


def run(style: Style, text: str, *, bold: bool = False) -> str:
    """Text of one face; a line end in it breaks the line."""
    lines = "<w:br/>".join(f'<w:t xml:space="preserve">{escape(line)}</w:t>' for line in official.lines(text) if line)
    return run_of(style, lines, bold=bold) if lines else ""


def run_of(style: Style, content: str, *, bold: bool = False) -> str:
    """A run that holds something other than text: a tab, a piece of a field."""
    return f"<w:r><w:rPr>{stationery.fonts(style.face)}{'<w:b/>' if bold else ''}</w:rPr>{content}</w:r>"


def underlined(style: Style, text: str) -> str:
    """Text in the middle of a line to the next two tab stops."""
    shown = escape(official.printable(text))
    tab = "<w:tab/>"
    return (
        f'<w:r><w:rPr>{stationery.fonts(style.face)}<w:u w:val="single"/></w:rPr>{tab}'
        f'<w:t xml:space="preserve">{shown}</w:t>{tab}</w:r>'
    )


def page_number(style: Style) -> str:
    """The field that Word fills with the number of the page."""
    pieces = (
        '<w:fldChar w:fldCharType="begin"/>',
        '<w:instrText xml:space="preserve"> PAGE </w:instrText>',
        '<w:fldChar w:fldCharType="separate"/>',
        "<w:t>1</w:t>",
        '<w:fldChar w:fldCharType="end"/>',
    )
    return "".join(run_of(style, piece) for piece in pieces)


def floating_picture(relation: str, text: str, *, size: float, side: str, drop: float) -> str:
    """A square picture that takes no room: at the left or right of the type area, `drop` from the paper's upper edge."""
    edge = round(size * _EMU_PER_MM)
    return (
        f'<w:r><w:drawing><wp:anchor {_DRAWING} distT="0" distB="0" distL="0" distR="0" simplePos="0"'
        ' relativeHeight="1" behindDoc="0" locked="1" layoutInCell="0" allowOverlap="1">'
        '<wp:simplePos x="0" y="0"/>'
        f'<wp:positionH relativeFrom="margin"><wp:align>{side}</wp:align></wp:positionH>'
        f'<wp:positionV relativeFrom="page"><wp:posOffset>{round(drop * _EMU_PER_MM)}</wp:posOffset></wp:positionV>'
        f'<wp:extent cx="{edge}" cy="{edge}"/><wp:effectExtent l="0" t="0" r="0" b="0"/><wp:wrapNone/>'
        f'<wp:docPr id="1" name="{escape(text)}" descr="{escape(text)}"/>'
        f'<a:graphic><a:graphicData uri="{_PICTURE}"><pic:pic>'
        f'<pic:nvPicPr><pic:cNvPr id="1" name="{escape(text)}"/><pic:cNvPicPr/></pic:nvPicPr>'
        f'<pic:blipFill><a:blip r:embed="{relation}"/><a:stretch><a:fillRect/></a:stretch></pic:blipFill>'
        f'<pic:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="{edge}" cy="{edge}"/></a:xfrm>'
        '<a:prstGeom prst="rect"><a:avLst/></a:prstGeom></pic:spPr>'
        "</pic:pic></a:graphicData></a:graphic></wp:anchor></w:drawing></w:r>"
    )


def paragraph(
    style: Style,
    runs: str,
    *,
    align: Align | None = None,
    keep: bool = False,
    stops: str = "",
    before: float = 0,
    indent: int = 0,
) -> str:
    """A paragraph of a named style.

    `keep` holds it on the page of the next one, `stops` are its tab stops; `before` points are empty above it and
    `indent` characters at the left of all its lines.
    """
    left = indent * style.lettering.size * stationery.TWIPS_PER_POINT
    return (
        f'<w:p><w:pPr><w:pStyle w:val="{style.key}"/>'
        + ("<w:keepNext/>" if keep else "")
        + (f"<w:tabs>{stops}</w:tabs>" if stops else "")
        + (f'<w:spacing w:before="{before * stationery.TWIPS_PER_POINT:.0f}"/>' if before else "")
        + (f'<w:ind w:leftChars="{indent * 100}" w:left="{left:.0f}"/>' if indent else "")
        + (f'<w:jc w:val="{stationery.JUSTIFICATION[align]}"/>' if align else "")
        + f"</w:pPr>{runs}</w:p>"
    )


def paragraphs(style: Style, texts: Sequence[str], *, align: Align | None = None, keep: bool = False) -> str:
    return "".join(paragraph(style, run(style, text), align=align, keep=keep) for text in texts)


def spacer(*, keep: bool = False, height: float = 1.0) -> str:
    """An empty paragraph, `height` points high."""
    return f"<w:p>{_SPACER.format('<w:keepNext/>' if keep else '', height * stationery.TWIPS_PER_POINT)}</w:p>"


def page_break() -> str:
    return f'<w:p>{_SPACER.format("", stationery.TWIPS_PER_POINT)}<w:r><w:br w:type="page"/></w:r></w:p>'


def cell(
    width: float,
    content: str,
    *,
    span: int = 1,
    merge: str = "",
    middle: bool = False,
) -> str:
    """A cell with its own width, as WPS wants beside the grid.

    `merge` is restart for the top cell of a merged column and continue below it; `middle` sets the text half-way down.
    """
    return (
        f'<w:tc><w:tcPr><w:tcW w:w="{twips(width)}" w:type="dxa"/>'
        + (f'<w:gridSpan w:val="{span}"/>' if span > 1 else "")
        + (f'<w:vMerge w:val="{merge}"/>' if merge else "")
        + f'<w:vAlign w:val="{"center" if middle else "top"}"/></w:tcPr>{content}</w:tc>'
    )


def row(cells: Sequence[str], *, height: float = 0, whole: bool = True, head: bool = False) -> str:
    """A row at least `height` high. `whole`: not torn by a page end; `head`: repeated on every page."""
    return (
        "<w:tr><w:trPr>"
        + ("<w:cantSplit/>" if whole else "")
        + (f'<w:trHeight w:val="{twips(height)}" w:hRule="atLeast"/>' if height else "")
        + ("<w:tblHeader/>" if head else "")
        + f"</w:trPr>{''.join(cells)}</w:tr>"
    )


def table(
    widths: Sequence[float],
    rows: Sequence[str],
    *,
    padding: tuple[float, float] = (0, 0),
    ruled: bool = True,
    keep: bool = False,
) -> str:
    """A table of fixed widths and the one-point paragraph after it; `keep` holds both with what follows."""
    sides, ends = twips(padding[0]), twips(padding[1])
    rules = "".join(
        f'<w:{side} w:val="{"single" if ruled else "nil"}" w:sz="{points * 8:.0f}" w:space="0" w:color="000000"/>'
        for side, points in (
            ("top", official.OUTER_RULE),
            ("left", official.OUTER_RULE),
            ("bottom", official.OUTER_RULE),
            ("right", official.OUTER_RULE),
            ("insideH", official.INNER_RULE),
            ("insideV", official.INNER_RULE),
        )
    )
    grid = "".join(f'<w:gridCol w:w="{twips(width)}"/>' for width in widths)
    return (
        f'<w:tbl><w:tblPr><w:tblW w:w="{sum(twips(width) for width in widths)}" w:type="dxa"/><w:jc w:val="center"/>'
        f'<w:tblBorders>{rules}</w:tblBorders><w:tblLayout w:type="fixed"/><w:tblCellMar>'
        f'<w:top w:w="{ends}" w:type="dxa"/><w:left w:w="{sides}" w:type="dxa"/>'
        f'<w:bottom w:w="{ends}" w:type="dxa"/><w:right w:w="{sides}" w:type="dxa"/></w:tblCellMar></w:tblPr>'
        f"<w:tblGrid>{grid}</w:tblGrid>"
        f"{''.join(rows)}</w:tbl>{spacer(keep=keep)}"
    )
