"""What Excel shows (看到的样子) of an .xlsx beside the bare values: failed formulas, percentages, and what it hides.

A filter hides projects that are still meant, so hidden rows and columns are read and named.
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml import etree  # type: ignore[import-untyped]

NO_RESULT = "#N/A"
"""Said of a formula whose result was never kept, as programs write them that do not reckon."""

_ROW = re.compile(rb"<(?:\w+:)?row\b([^>]*)>")
_COLUMN = re.compile(rb"<(?:\w+:)?col\b([^>]*)>")
_HIDDEN = re.compile(rb'\bhidden="(?:1|true)"')
_NUMBER = {name: re.compile(rb"\b" + name + rb'="(\d{1,7})"') for name in (b"r", b"min", b"max")}
_FAILED = re.compile(
    rb'<(?:\w+:)?c\b([^>/]*\bt="e"[^>/]*)>(?:(?!</(?:\w+:)?c>).){0,2000}?<(?:\w+:)?v>([^<]{1,20})</', re.DOTALL
)
_UNRECKONED = re.compile(
    rb"<(?:\w+:)?c\b([^>/]*)>\s*<(?:\w+:)?f\b(?:[^>]*/>|[^>]*>[^<]*</(?:\w+:)?f>)\s*(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v></(?:\w+:)?v>)?\s*</(?:\w+:)?c>"
)
_STYLED = re.compile(rb'<(?:\w+:)?c\b([^>]*\bs="(\d{1,5})"[^>]*)>')
_PLACE = re.compile(rb'\br="([A-Z]{1,3})(\d{1,7})"')
PERCENT_FORMATS = {"9", "10"}  # 0% and 0.00%, which every Excel knows
_PARSER = {"resolve_entities": False, "no_network": True, "load_dtd": False}

Cell = tuple[int, int]
"""Row and column, counted from nought, as a grid counts them."""


@dataclass(frozen=True)
class Shown:
    """``rows`` and ``columns`` are hidden ones, ``errors`` what a cell shows in place of a value."""

    rows: frozenset[int] = frozenset()
    columns: frozenset[int] = frozenset()
    errors: dict[Cell, str] = field(default_factory=dict)
    percents: frozenset[Cell] = frozenset()


def of(data: bytes) -> dict[str, Shown]:
    """What each sheet shows, by the sheet's name; nothing for what cannot be looked into."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as parts:
            percents = _percent_styles(parts)
            return {name: _in(parts.read(part), percents) for name, part in _sheets(parts)}
    except (zipfile.BadZipFile, KeyError, ValueError, etree.XMLSyntaxError):
        return {}


def _sheets(parts: zipfile.ZipFile) -> Iterator[tuple[str, str]]:
    parser = etree.XMLParser(**_PARSER)
    related = etree.fromstring(parts.read("xl/_rels/workbook.xml.rels"), parser)
    targets = {node.get("Id"): node.get("Target", "") for node in related}
    book = etree.fromstring(parts.read("xl/workbook.xml"), parser)
    for sheet in book.xpath("//*[local-name()='sheet']"):
        keys = [value for name, value in sheet.attrib.items() if name.endswith("}id")]
        target = targets.get(keys[0] if keys else "", "")
        part = target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join("xl", target))
        if part in parts.namelist() and "worksheets/" in part:
            yield sheet.get("name", ""), part


def _percent_styles(parts: zipfile.ZipFile) -> frozenset[bytes]:
    """The numbers of the cell styles that show a percentage."""
    if "xl/styles.xml" not in parts.namelist():
        return frozenset()
    styles = etree.fromstring(parts.read("xl/styles.xml"), etree.XMLParser(**_PARSER))
    formats = PERCENT_FORMATS | {
        node.get("numFmtId") for node in styles.xpath("//*[local-name()='numFmt']") if "%" in node.get("formatCode", "")
    }
    cells = styles.xpath("/*/*[local-name()='cellXfs']/*[local-name()='xf']")
    return frozenset(b"%d" % number for number, node in enumerate(cells) if node.get("numFmtId") in formats)


def _in(page: bytes, percents: frozenset[bytes]) -> Shown:
    columns: set[int] = set()
    for mark in _COLUMN.findall(page):
        if _HIDDEN.search(mark):
            columns.update(range(_number(b"min", mark) - 1, min(_number(b"max", mark), 16_384)))
    errors = {cell: NO_RESULT for mark in _UNRECKONED.findall(page) for cell in _cell(mark)}
    errors |= {cell: text.decode("utf-8", "replace") for mark, text in _FAILED.findall(page) for cell in _cell(mark)}
    styled = _STYLED.findall(page) if percents else []
    return Shown(
        frozenset(_number(b"r", mark) - 1 for mark in _ROW.findall(page) if _HIDDEN.search(mark)),
        frozenset(columns),
        errors,
        frozenset(cell for mark, style in styled if style in percents for cell in _cell(mark)),
    )


def _number(name: bytes, mark: bytes) -> int:
    found = _NUMBER[name].search(mark)
    return int(found[1]) if found else 0


def _cell(mark: bytes) -> Iterator[Cell]:
    if found := _PLACE.search(mark):
        column = 0
        for letter in found[1]:
            column = column * 26 + letter - 64
        yield int(found[2]) - 1, column - 1
