"""The hidden (隐藏的行和列) of an Excel sheet: a filter hides projects that are still meant, so they are read and named."""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree  # type: ignore[import-untyped]

_ROW = re.compile(rb"<(?:\w+:)?row\b([^>]*)>")
_COLUMN = re.compile(rb"<(?:\w+:)?col\b([^>]*)>")
_HIDDEN = re.compile(rb'\bhidden="(?:1|true)"')
_NUMBER = {name: re.compile(rb"\b" + name + rb'="(\d{1,7})"') for name in (b"r", b"min", b"max")}
_PARSER = {"resolve_entities": False, "no_network": True, "load_dtd": False}


@dataclass(frozen=True)
class Hidden:
    """``rows`` and ``columns`` are counted from nought, as a grid counts them."""

    rows: frozenset[int] = frozenset()
    columns: frozenset[int] = frozenset()


def of(data: bytes) -> dict[str, Hidden]:
    """What is hidden in each sheet of an .xlsx, by the sheet's name; nothing for what cannot be looked into."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as parts:
            return {name: _in(parts.read(part)) for name, part in _sheets(parts)}
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


def _in(page: bytes) -> Hidden:
    rows = frozenset(_number(b"r", mark) - 1 for mark in _ROW.findall(page) if _HIDDEN.search(mark))
    columns: set[int] = set()
    for mark in _COLUMN.findall(page):
        if _HIDDEN.search(mark):
            columns.update(range(_number(b"min", mark) - 1, min(_number(b"max", mark), 16_384)))
    return Hidden(rows, frozenset(columns))


def _number(name: bytes, mark: bytes) -> int:
    found = _NUMBER[name].search(mark)
    return int(found[1]) if found else 0
