"""Fills rows into somebody else's workbook and leaves its layout as it is: formats, merges, print set-up, other sheets.

Runs in the sandbox alone, on bytes that passed the gate. Only the one sheet's XML is touched, and the formats where a
text breaks into lines: rows below the head are filled; where there are too few empty ones above what follows (notes,
signatures), more are put in like the first. A row that holds nothing but its running number is an empty one.
"""

from __future__ import annotations

import re
import zipfile
from copy import deepcopy
from io import BytesIO
from typing import IO, Any
from unicodedata import east_asian_width

from lxml import etree  # type: ignore[import-untyped]

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_PARSER = {"resolve_entities": False, "no_network": True, "huge_tree": False, "load_dtd": False}
_STYLES = "xl/styles.xml"
_REFERENCE = re.compile(r"(\$?[A-Z]{1,3}\$?)(\d{1,7})")
_LINE, _TALLEST, _USUAL_WIDTH = 15.0, 409.0, 8.43

Values = dict[str, str | int]
"""What one row says, by column: "0" is column A."""


def fill(file: IO[bytes], *, sheet: str, after: int, rows: list[Values]) -> bytes:
    """The workbook with ``rows`` below row ``after`` of ``sheet``. Text is never a formula."""
    with zipfile.ZipFile(BytesIO(file.read())) as book:
        parts = {name: book.read(name) for name in book.namelist()}
    path = _path_of(parts, sheet)
    formats = _Formats(parts.get(_STYLES))
    page = _Page(etree.fromstring(parts[path], etree.XMLParser(**_PARSER)), _shared_texts(parts), formats)
    page.fill(after, rows)
    if formats.wrapped:
        parts[_STYLES] = etree.tostring(formats.root, xml_declaration=True, encoding="UTF-8", standalone=True)
    parts[path] = etree.tostring(page.root, xml_declaration=True, encoding="UTF-8", standalone=True)
    if page.shifted:
        _shift_names(parts, sheet, page)
    _forget_chain(parts)
    held = BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as book:
        for name, content in parts.items():
            book.writestr(name, content)
    return held.getvalue()


def is_strict(data: bytes) -> bool:
    """Whether a workbook is of the kind Strict Open XML, whose parts bear other names: it can be read and not filled."""
    with zipfile.ZipFile(BytesIO(data)) as book:
        return not str(etree.fromstring(book.read("xl/workbook.xml"), etree.XMLParser(**_PARSER)).tag).startswith(MAIN)


class _Formats:
    """The formats (xf) of the cells; ``wrapped`` holds the number of each one that was made like another to break its text."""

    def __init__(self, content: bytes | None) -> None:
        self.root = etree.fromstring(content, etree.XMLParser(**_PARSER)) if content else None
        self.all = self.root.find(f"{MAIN}cellXfs") if self.root is not None else None
        self.wrapped: dict[str, str] = {}

    def wrapping(self, number: str) -> str:
        """The format like this one in which text breaks into lines, itself where it does already."""
        if self.all is None or int(number) >= len(self.all):
            return number
        given = self.all[int(number)]
        alignment = given.find(f"{MAIN}alignment")
        if alignment is not None and alignment.get("wrapText") in ("1", "true"):
            return number
        if number not in self.wrapped:
            made = deepcopy(given)
            made.set("applyAlignment", "1")
            if alignment is None:
                made.insert(0, etree.Element(f"{MAIN}alignment", vertical="center"))
            wrapping = made.find(f"{MAIN}alignment")
            wrapping.set("wrapText", "1")
            wrapping.attrib.pop("shrinkToFit", None)
            self.all.append(made)
            self.all.set("count", str(len(self.all)))
            self.wrapped[number] = str(len(self.all) - 1)
        return self.wrapped[number]


class _Page:
    """The XML of one sheet; ``texts`` are those that its cells share with the other sheets.

    ``shifted`` is from which row on everything moved down, and by how many rows; ``top`` is the first row below the head.
    """

    def __init__(self, root: Any, texts: list[str], formats: _Formats) -> None:
        self.root, self.data, self.texts, self.formats = root, root.find(f"{MAIN}sheetData"), texts, formats
        self.rows = {int(row.get("r")): row for row in self.data}
        self.shifted: tuple[int, int] | None = None
        self.top = 1

    def fill(self, after: int, rows: list[Values]) -> None:
        first = self.top = after + 1
        following, numbered = self._following(after)
        room = len(rows) if following is None else following - first
        if following is not None and len(rows) > room:
            self._make_room(following, len(rows) - room)
        pattern = self.rows.get(first) if room else None
        pattern = deepcopy(pattern) if pattern is not None else etree.Element(f"{MAIN}row")
        merges = [merge for merge in self._merges() if _rows_of(merge) == (first, first)] if room else []
        for place, values in enumerate(rows, start=1):
            number = after + place
            if number not in self.rows:
                self._add_row(number, pattern)
            if number >= first + room:
                self._repeat_merges(merges, number)
            running: Values = dict.fromkeys(numbered, place)
            self._write(number, running | values)
        dimension = self.root.find(f"{MAIN}dimension")
        if dimension is not None:
            self.root.remove(dimension)

    def moved(self, text: str) -> str:
        """References as they are after the shift; a range that ended right above it grows, as does one over all rows below
        the head."""
        if self.shifted is None:
            return text
        at, by = self.shifted

        def one(found: re.Match[str]) -> str:
            number = int(found[2])
            ends_there = number == at - 1 and text[max(found.start() - 1, 0)] == ":"
            end = _REFERENCE.match(text, found.end() + 1) if text[found.end() : found.end() + 1] == ":" else None
            begins_there = number == at == self.top and end is not None and int(end[2]) > at
            return f"{found[1]}{number + by}" if (number >= at and not begins_there) or ends_there else found[0]

        return _REFERENCE.sub(one, text)

    def _following(self, after: int) -> tuple[int | None, set[str]]:
        """The first row below the head that says more than its running number, and the columns of those numbers."""
        counted, columns = 0, set[str]()
        for number in sorted(number for number in self.rows if number > after):
            said = self._said(self.rows[number])
            if list(said.values()) == [str(counted + 1)]:
                counted, columns = counted + 1, columns | said.keys()
            elif said:
                return number, columns
        return None, columns

    def _said(self, row: Any) -> dict[str, str]:
        """What the cells of a row say, by column; a formula says itself."""
        told = {str(_index(_letters(cell))): self._text(cell) for cell in row}
        return {column: text for column, text in told.items() if text}

    def _text(self, cell: Any) -> str:
        formula = cell.find(f"{MAIN}f")
        if formula is not None:
            return f"={formula.text or ''}"
        text = "".join(part.text or "" for tag in ("v", "t") for part in cell.iter(f"{MAIN}{tag}")).strip()
        if text and cell.get("t") == "s":
            return self.texts[int(text)].strip()
        return text.removesuffix(".0")

    def _make_room(self, at: int, by: int) -> None:
        self.shifted = (at, by)
        for number in sorted((number for number in self.rows if number >= at), reverse=True):
            row = self.rows.pop(number)
            row.set("r", str(number + by))
            for cell in row:
                cell.set("r", f"{_letters(cell)}{number + by}")
            self.rows[number + by] = row
        for formula in self.root.iter(f"{MAIN}f"):
            formula.text = self.moved(formula.text or "")
        for merge in self._merges():
            merge.set("ref", self._moved_area(merge.get("ref")))
        for tag in ("dataValidation", "conditionalFormatting"):
            for held in self.root.iter(f"{MAIN}{tag}"):
                held.set("sqref", self.moved(held.get("sqref", "")))
        for link in self.root.iter(f"{MAIN}hyperlink"):
            link.set("ref", self._moved_area(link.get("ref", "")))

    def _moved_area(self, text: str) -> str:
        """A merge or a link moves as a whole and never grows."""
        assert self.shifted is not None
        at, by = self.shifted
        return _REFERENCE.sub(lambda one: f"{one[1]}{int(one[2]) + by}" if int(one[2]) >= at else one[0], text)

    def _merges(self) -> list[Any]:
        return list(self.root.iter(f"{MAIN}mergeCell"))

    def _repeat_merges(self, merges: list[Any], number: int) -> None:
        for merge in merges:
            held = merge.getparent()
            etree.SubElement(held, f"{MAIN}mergeCell", ref=_REFERENCE.sub(rf"\g<1>{number}", merge.get("ref")))
            held.set("count", str(len(held)))

    def _add_row(self, number: int, pattern: Any) -> None:
        made = deepcopy(pattern)
        made.set("r", str(number))
        for cell in made:
            cell.set("r", f"{_letters(cell)}{number}")
            _empty(cell)
        before = max((other for other in self.rows if other < number), default=0)
        place = list(self.data).index(self.rows[before]) + 1 if before else 0
        self.data.insert(place, made)
        self.rows[number] = made

    def _write(self, number: int, values: Values) -> None:
        row, tallest = self.rows[number], 1
        for column, value in sorted(values.items(), key=lambda pair: int(pair[0])):
            if value == "":
                continue
            cell = self._cell(row, int(column), number)
            _empty(cell)
            if isinstance(value, int):
                etree.SubElement(cell, f"{MAIN}v").text = str(value)
                continue
            cell.set("t", "inlineStr")
            text = etree.SubElement(etree.SubElement(cell, f"{MAIN}is"), f"{MAIN}t")
            text.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
            text.text = value
            lines = _lines(value, self._width(int(column), number))
            if lines > 1:
                cell.set("s", self.formats.wrapping(cell.get("s", "0")))
            tallest = max(tallest, lines)
        _grow(row, tallest)

    def _cell(self, row: Any, column: int, number: int) -> Any:
        for place, cell in enumerate(row):
            index = _index(_letters(cell))
            if index == column:
                return cell
            if index > column:
                made = etree.Element(f"{MAIN}c", r=f"{_column(column)}{number}")
                row.insert(place, made)
                return made
        return etree.SubElement(row, f"{MAIN}c", r=f"{_column(column)}{number}")

    def _width(self, column: int, number: int) -> float:
        last = column
        for merge in self._merges():
            left, _, right = merge.get("ref").partition(":")
            if _rows_of(merge) == (number, number) and _index(re.sub(r"\d", "", left)) == column:
                last = _index(re.sub(r"\d", "", right or left))
        widths = {}
        for told in self.root.iter(f"{MAIN}col"):
            for index in range(int(told.get("min")), min(int(told.get("max")), 400) + 1):
                widths[index - 1] = float(told.get("width", _USUAL_WIDTH))
        return sum(widths.get(index, _USUAL_WIDTH) for index in range(column, last + 1))


def _path_of(parts: dict[str, bytes], sheet: str) -> str:
    book = etree.fromstring(parts["xl/workbook.xml"], etree.XMLParser(**_PARSER))
    relations = etree.fromstring(parts["xl/_rels/workbook.xml.rels"], etree.XMLParser(**_PARSER))
    wanted = next(each.get(_RELATION) for each in book.iter(f"{MAIN}sheet") if each.get("name") == sheet)
    target = str(next(each.get("Target") for each in relations if each.get("Id") == wanted))
    return target.lstrip("/") if target.startswith("/") else f"xl/{target}"


def _shared_texts(parts: dict[str, bytes]) -> list[str]:
    held = parts.get("xl/sharedStrings.xml")
    found = etree.fromstring(held, etree.XMLParser(**_PARSER)).iter(f"{MAIN}si") if held else ()
    return ["".join(part.text or "" for part in each.iter(f"{MAIN}t")) for each in found]


def _shift_names(parts: dict[str, bytes], sheet: str, page: _Page) -> None:
    """The print area of the sheet reaches as far down as the sheet does."""
    book = etree.fromstring(parts["xl/workbook.xml"], etree.XMLParser(**_PARSER))
    for name in book.iter(f"{MAIN}definedName"):
        if name.text and name.text.replace("'", "").startswith(f"{sheet}!") and name.get("name") == "_xlnm.Print_Area":
            prefix, _, area = name.text.rpartition("!")
            name.text = f"{prefix}!{page.moved(area)}"
    parts["xl/workbook.xml"] = etree.tostring(book, xml_declaration=True, encoding="UTF-8", standalone=True)


def _forget_chain(parts: dict[str, bytes]) -> None:
    """The order of calculation may name cells that moved; Excel makes it anew."""
    if parts.pop("xl/calcChain.xml", None) is None:
        return
    for name in ("[Content_Types].xml", "xl/_rels/workbook.xml.rels"):
        root = etree.fromstring(parts[name], etree.XMLParser(**_PARSER))
        for each in list(root):
            if "calcChain" in (each.get("PartName") or each.get("Target") or ""):
                root.remove(each)
        parts[name] = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)


def _grow(row: Any, lines: int) -> None:
    """Rows are made as high as their text needs; Excel does so by itself only where somebody types."""
    height = min(max(float(row.get("ht", 0)), lines * _LINE + 5), _TALLEST)
    if lines > 1 or "ht" in row.attrib:
        row.set("ht", f"{height:g}")
        row.set("customHeight", "1")


def _empty(cell: Any) -> None:
    cell.attrib.pop("t", None)
    for child in list(cell):
        cell.remove(child)


def _rows_of(merge: Any) -> tuple[int, int]:
    numbers = [int(text) for text in re.findall(r"\d+", merge.get("ref"))]
    return numbers[0], numbers[-1]


def _letters(cell: Any) -> str:
    return re.sub(r"\d", "", cell.get("r"))


def _index(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1


def _column(index: int) -> str:
    letters, index = "", index + 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def _lines(text: str, width: float) -> int:
    room = max(int(width) - 1, 2)
    return sum(
        max(-(-sum(2 if east_asian_width(sign) in "WFA" else 1 for sign in line) // room), 1)
        for line in text.split("\n")
    )
