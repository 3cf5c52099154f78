"""What a file lays out (版面): its tables as grids and the lines of text around them. Runs in the sandbox alone."""

from __future__ import annotations

import io
import re
import zipfile
from collections import Counter
from dataclasses import dataclass, field
from itertools import pairwise, takewhile
from typing import Any

from lxml import etree  # type: ignore[import-untyped]
from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetTypeEnum, SheetVisibleEnum

from dangjian.intake import shown, shown_old
from dangjian.intake.grid import Area, Grid
from dangjian.intake.shown import Shown
from dangjian.papers.gate import DOCUMENT_PART, ENCRYPTED, Blocked, Kind

MOST_ROWS = 20_000
MOST_COLUMNS = 200
MOST_CELLS = 400_000
FEWEST_ALIGNED = 5  # cells in a row of a ledger; forms have fewer, of different widths
_HELP = re.compile(r"说明|示例|样例|样表|范例|字典|数据源|下拉|选项")


@dataclass
class Layout:
    """``aside`` are sheets of help and samples, ``passed`` and ``noted`` are (place, code) of what was not read and what was
    read all the same."""

    grids: list[Grid] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    aside: list[Grid] = field(default_factory=list)
    passed: list[tuple[str, str]] = field(default_factory=list)
    noted: list[tuple[str, str]] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        return not self.lines and not any(
            grid.filled(row) for grid in [*self.grids, *self.aside] for row in grid.lines()
        )


def of(data: bytes, kind: Kind) -> Layout:
    """Raises Blocked for what cannot be laid out."""
    if kind is Kind.OLD_WORKBOOK:
        return _as_shown(_of_workbook(data), shown_old.of(data))
    layout = _of_document(data) if kind is Kind.DOCUMENT else _as_shown(_of_workbook(data), shown.of(data))
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        if any("/embeddings/" in name for name in parts.namelist()):
            layout.passed.append(("文件", "embedded"))
    return layout


def _as_shown(layout: Layout, found: dict[str, Shown]) -> Layout:
    for grid in [*layout.grids, *layout.aside]:
        _show(grid, found.get(grid.name, Shown()))
    _note_hidden(layout, found)
    return layout


def _show(grid: Grid, found: Shown) -> None:
    """Put in what the eye sees where the values do not tell: errors of formulas, percentages."""
    for row, column in found.percents:
        value = grid.raw(row, column) if row < len(grid.rows) else ""
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            grid.put(row, column, f"{round(value * 100, 4):.10g}%")
    for (row, column), text in found.errors.items():
        if row < len(grid.rows) and grid.raw(row, column) == "":
            grid.put(row, column, text)


def _note_hidden(layout: Layout, found: dict[str, Shown]) -> None:
    """Name hidden rows and columns that say something."""
    for grid in layout.grids:
        what = found.get(grid.name, Shown())
        rows = [grid.number(row) for row in sorted(what.rows) if row < len(grid.rows) and grid.filled(row)]
        columns = [column for column in sorted(what.columns) if any(grid.text(row, column) for row in grid.lines())]
        if rows:
            layout.noted.append((f"{grid.name} 第{_listed(rows)}行", "hidden_row"))
        if columns:
            layout.noted.append((f"{grid.name} 第{_listed([column + 1 for column in columns])}列", "hidden_column"))


def _listed(numbers: list[int]) -> str:
    told = "、".join(map(str, numbers[:10]))
    return f"{told}等{len(numbers)}" if len(numbers) > 10 else told


def _of_workbook(data: bytes) -> Layout:
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        sheets = list(book.sheets_metadata)
        if any(sheet.typ in (SheetTypeEnum.MacroSheet, SheetTypeEnum.Vba) for sheet in sheets):
            raise Blocked("文件带有宏，请另存为不带宏的文件再传", "macro")
        return _sheets(book, sheets)
    except PasswordError as locked:
        raise Blocked(ENCRYPTED, "encrypted") from locked
    except (CalamineError, ValueError, OSError) as wrong:
        raise Blocked("文件已损坏，读不出内容", "damaged") from wrong


def _sheets(book: CalamineWorkbook, sheets: list[Any]) -> Layout:
    layout = Layout()
    for sheet in sheets:
        if sheet.typ != SheetTypeEnum.WorkSheet:
            layout.passed.append((sheet.name, "other_sheet"))
        elif sheet.visible != SheetVisibleEnum.Visible:
            layout.passed.append((sheet.name, "hidden_sheet"))
        else:
            grid = _sheet(book, sheet.name, layout)
            (layout.aside if _HELP.search(sheet.name) else layout.grids).append(grid)
    return layout


def _sheet(book: CalamineWorkbook, name: str, layout: Layout) -> Grid:
    page = book.get_sheet_by_name(name)
    if page.end and (page.end[0] >= MOST_ROWS or (page.end[0] + 1) * (page.end[1] + 1) > MOST_CELLS * 4):
        raise Blocked("工作表太大，请删去多余的行和列再传", "too_large")
    rows = page.to_python(skip_empty_area=False)
    if page.end and page.end[1] >= MOST_COLUMNS:
        if any(value != "" for row in rows for value in row[MOST_COLUMNS:]):
            layout.passed.append((name, "far_columns"))
        rows = [row[:MOST_COLUMNS] for row in rows]
    return Grid(name, rows, page.merged_cell_ranges or [])


# Word. By local names, so that both dialects of the format are read alike.

_PARSER = {"resolve_entities": False, "no_network": True, "huge_tree": False, "load_dtd": False}
_EDGE = re.compile(r"word/(header|footer)\d{1,2}\.xml")


def _of_document(data: bytes) -> Layout:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as parts:
            main = min(filter(DOCUMENT_PART.fullmatch, parts.namelist()))
            root = etree.fromstring(parts.read(main), etree.XMLParser(**_PARSER))
            _hide(root, _hiding_styles(parts))
            edges = {name: _edge(parts.read(name)) for name in parts.namelist() if _EDGE.fullmatch(name)}
    except (etree.XMLSyntaxError, zipfile.BadZipFile, KeyError, ValueError) as wrong:
        raise Blocked("文件已损坏，读不出内容", "damaged") from wrong
    layout = Layout(lines=[line for name, lines in edges.items() if "header" in name for line in lines])
    for body in root.xpath("//*[local-name()='body']"):
        _read_blocks(body, layout)
        if any(map(_says_hidden, body.iter("{*}r"))):
            layout.passed.append(("文件", "hidden_text"))
    layout.lines += [line for name, lines in edges.items() if "footer" in name for line in lines]
    return layout


def _edge(part: bytes) -> list[str]:
    """The lines above or below the text of each page, in which 单位名称 or 填表人 may stand."""
    root = etree.fromstring(part, etree.XMLParser(**_PARSER))
    lines = (_text(paragraph).strip() for paragraph in root.xpath("//*[local-name()='p']"))
    return [line for line in lines if line]


def _read_blocks(place: Any, layout: Layout) -> None:
    """Paragraphs and tables in their order. A table of one column around other tables only lays out the page."""
    for block in _outermost(place):
        if _local(block) == "p":
            if text := _text(block).strip():
                layout.lines.append(text)
            for boxed in block.xpath(".//*[local-name()='txbxContent'][not(ancestor::*[local-name()='Fallback'])]"):
                _read_blocks(boxed, layout)
        elif _only_lays_out(block):
            for row in _own(block, "tr"):
                for cell in _own(row, "tc"):
                    _read_blocks(cell, layout)
        else:
            _add_table(block, layout)


def _outermost(place: Any) -> list[Any]:
    """Paragraphs and tables in a place that stand in no other paragraph or table there."""
    depth = len(place.xpath("ancestor-or-self::*[local-name()='tbl' or local-name()='p']"))
    blocks = place.xpath(".//*[local-name()='p' or local-name()='tbl']")
    return [each for each in blocks if len(each.xpath("ancestor::*[local-name()='tbl' or local-name()='p']")) == depth]


def _only_lays_out(table: Any) -> bool:
    one_column = all(len(_own(row, "tc")) <= 1 for row in _own(table, "tr"))
    return one_column and bool(table.xpath(".//*[local-name()='tbl']"))


def _add_table(table: Any, layout: Layout) -> None:
    grid = _table(table, f"表{len(layout.grids) + 1}")
    if any(len(row) > MOST_COLUMNS for row in grid.rows):
        grid = Grid(grid.name, [row[:MOST_COLUMNS] for row in grid.rows], grid.merges)
        layout.passed.append((grid.name, "far_columns"))
    layout.grids.append(grid)


def _local(node: Any) -> str:
    return str(etree.QName(node).localname) if isinstance(node.tag, str) else ""


_Cell = tuple[int, int, Any]
"""First column, how many it covers, and the cell itself."""


def _table(table: Any, name: str) -> Grid:
    rows: list[list[str]] = []
    merges: list[Area] = []
    open_at: dict[int, tuple[int, int, int]] = {}  # column → top, last row so far, last column
    for placed in _aligned([_placed(row) for row in _own(table, "tr")]):
        cells: list[str] = []
        for left, span, cell in placed:
            cells += [""] * (left - len(cells))
            down = _down(cell)
            if down == "continue" and left in open_at:
                top, _, right = open_at[left]
                open_at[left] = (top, len(rows), right)
                cells += [""] * span
                continue
            _close(open_at, left, merges)
            if down or span > 1:
                open_at[left] = (len(rows), len(rows), left + span - 1)
            cells += [_cell(cell)] + [""] * (span - 1)
        rows.append(cells)
    for left in list(open_at):
        _close(open_at, left, merges)
    return Grid(name, rows, merges)


def _placed(row: Any) -> list[_Cell]:
    left, placed = min(_number(row, "trPr", "gridBefore"), MOST_COLUMNS), []
    for cell in _own(row, "tc"):
        span = min(max(_number(cell, "tcPr", "gridSpan"), 1), MOST_COLUMNS)
        placed.append((left, span, cell))
        left += span
    return placed


def _aligned(rows: list[list[_Cell]]) -> list[list[_Cell]]:
    """Rows with as many cells as most have, cell under cell, though their edges were dragged apart in Word.

    The others follow where their edges are known; where two cells would fall together, all stays as it was.
    """
    count, _ = max(
        Counter(len(row) for row in rows if row).items(), key=lambda pair: (pair[1], pair[0]), default=(0, 0)
    )
    full = [row for row in rows if len(row) == count]
    starts = {tuple(left for left, _, _ in row) for row in full}
    if count < FEWEST_ALIGNED or len(starts) < 2:
        return rows
    at: dict[int, int] = {}
    for row in full:
        for place, (left, _, _) in enumerate(row):
            at.setdefault(left, place)
    aligned = [_moved(row, at, count) for row in rows]
    return [row or [] for row in aligned] if None not in aligned else rows


def _moved(row: list[_Cell], at: dict[int, int], count: int) -> list[_Cell] | None:
    if len(row) == count:
        return [(place, 1, cell) for place, (_, _, cell) in enumerate(row)]
    edges = [*(at.get(left, -1) for left, _, _ in row), count]
    if any(edge < 0 or edge >= following for edge, following in pairwise(edges)):
        return None
    return [
        (left, following - left, cell) for (left, following), (_, _, cell) in zip(pairwise(edges), row, strict=True)
    ]


def _close(open_at: dict[int, tuple[int, int, int]], left: int, merges: list[Area]) -> None:
    if left in open_at:
        top, bottom, right = open_at.pop(left)
        if bottom > top or right > left:
            merges.append(((top, left), (bottom, right)))


def _own(node: Any, name: str) -> list[Any]:
    """Children by name, also inside content controls and marks of old schemas, but not of a table within."""
    wraps = "*[local-name()='sdt' or local-name()='customXml']"
    found = node.xpath(f"./*[local-name()='{name}'] | ./{wraps}//*[local-name()='{name}']")
    depth = len(node.xpath("ancestor-or-self::*[local-name()='tbl']"))
    return [child for child in found if len(child.xpath("ancestor::*[local-name()='tbl']")) == depth]


def _number(node: Any, properties: str, name: str) -> int:
    told = node.xpath(f"./*[local-name()='{properties}']/*[local-name()='{name}']/@*[local-name()='val']")
    return int(told[0]) if told and re.fullmatch(r"\d{1,4}", told[0]) else 0


def _down(cell: Any) -> str:
    """restart, continue, or nothing."""
    for mark in cell.xpath("./*[local-name()='tcPr']/*[local-name()='vMerge']"):
        told = mark.xpath("@*[local-name()='val']")
        return told[0] if told else "continue"
    return ""


def _cell(cell: Any) -> str:
    # A text box is written twice, the second time for old programs.
    paragraphs = cell.xpath(".//*[local-name()='p'][not(ancestor::*[local-name()='Fallback'])]")
    return "\n".join(filter(str.strip, map(_text, paragraphs))).strip()


_PROMPT = re.compile(r"单击|点击|此处|选择|输入|请|click|choose|enter", re.IGNORECASE)


def _hiding_styles(parts: zipfile.ZipFile) -> set[str]:
    """The styles whose text is hidden, by themselves or by the style they are based on."""
    if "word/styles.xml" not in parts.namelist():
        return set()
    root = etree.fromstring(parts.read("word/styles.xml"), etree.XMLParser(**_PARSER))
    based: dict[str, str] = {}
    hides: dict[str, bool] = {}
    for style in root.xpath("//*[local-name()='style']"):
        name = style.xpath("string(@*[local-name()='styleId'])")
        based[name] = style.xpath("string(./*[local-name()='basedOn']/@*[local-name()='val'])")
        if style.xpath("./*[local-name()='rPr']/*[local-name()='vanish']"):
            hides[name] = _is_hidden(style)
    for name in based:
        line = [name]
        while line[-1] not in hides and (above := based.get(line[-1], "")) and above not in line:
            line.append(above)
        hides |= dict.fromkeys(line, hides.get(line[-1], False))
    return {name for name, hidden in hides.items() if hidden}


def _hide(root: Any, styles: set[str]) -> None:
    """Let each run say itself that its style hides it; and take out what a control says that nobody has filled in."""
    for mark in root.xpath("//*[local-name()='rStyle' or local-name()='pStyle']") if styles else ():
        if mark.xpath("string(@*[local-name()='val'])") not in styles:
            continue
        holder = mark.getparent().getparent()
        for run in [holder] if _local(mark) == "rStyle" else holder.iter("{*}r"):
            _vanish(run)
    for told in root.xpath("//*[local-name()='sdtPr'][./*[local-name()='showingPlcHdr']]"):
        texts = list(told.getparent().iter("{*}t"))
        if _PROMPT.search("".join(text.text or "" for text in texts)):
            for text in texts:
                text.text = ""


def _vanish(run: Any) -> None:
    if run.xpath("./*[local-name()='rPr']/*[local-name()='vanish']") or not isinstance(run.tag, str):
        return
    space = f"{{{etree.QName(run).namespace}}}"
    properties = run.find(f"{space}rPr")
    if properties is None:
        properties = etree.Element(f"{space}rPr")
        run.insert(0, properties)
    etree.SubElement(properties, f"{space}vanish")


_UNSEEN = {"del", "moveFrom", "Fallback", "instrText", "txbxContent", "rt"}  # rt: pinyin over a word
_MARKS = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}
# Boxes and ticks that Word takes from Wingdings and Wingdings 2, by the last two digits of their number.
_SIGNS = {"FE": "☑", "52": "☑", "FD": "☒", "54": "☒", "A8": "□", "A3": "□", "6F": "□", "FC": "√", "50": "√"}


def _is_hidden(run: Any) -> bool:
    """Word and WPS neither show nor print it."""
    marks = run.xpath("./*[local-name()='rPr']/*[local-name()='vanish']")
    return any(mark.xpath("string(@*[local-name()='val'])") not in ("0", "false", "off") for mark in marks)


def _says_hidden(run: Any) -> bool:
    return _is_hidden(run) and bool(run.xpath("string(./*[local-name()='t'])").strip())


def _text(paragraph: Any) -> str:
    """The text as one reads it: runs joined, what was struck out by revision or is hidden left out."""
    said = []
    for node in paragraph.iter():
        name = _local(node)
        if name not in ("t", "sym") and (name not in _MARKS or _local(node.getparent()) != "r"):
            continue
        within = list(takewhile(lambda above: above is not paragraph, node.iterancestors()))
        if any(_local(above) in _UNSEEN or (_local(above) == "r" and _is_hidden(above)) for above in within):
            continue
        said.append(_MARKS.get(name) or node.text or _sign(node))
    return "".join(said)


def _sign(node: Any) -> str:
    told = node.xpath("@*[local-name()='char']")
    return _SIGNS.get(told[0][-2:].upper(), "") if told else ""
