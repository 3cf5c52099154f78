"""What old Excel shows of an .xls beside the bare values: the same that :mod:`shown` tells of an .xlsx.

An .xls is a small file system with one stream of records in it, each a kind, a length and its bytes.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

from dangjian.intake.shown import PERCENT_FORMATS, Cell, Shown

_STREAMS = ("Workbook", "Book")
_END = 0xFFFFFFF0  # from here on a sector number means that there is no next
_SHORT = 64  # bytes of a sector of small streams
_BOF, _EOF, _FORMULA, _COLUMNS, _SHEET, _RUN, _STYLE = 0x809, 0x0A, 0x06, 0x7D, 0x85, 0xBD, 0xE0
_NUMBER, _ERROR, _ROW, _SHORT_NUMBER, _FORMAT = 0x203, 0x205, 0x208, 0x27E, 0x41E
_ERRORS = {0x00: "#NULL!", 0x07: "#DIV/0!", 0x0F: "#VALUE!", 0x17: "#REF!", 0x1D: "#NAME?", 0x24: "#NUM!", 0x2A: "#N/A"}

Record = tuple[int, bytes]


def of(data: bytes) -> dict[str, Shown]:
    """What each sheet shows, by the sheet's name; nothing for what cannot be looked into."""
    try:
        stream = _stream(data)
        book = list(_records(stream, 0))
        percents = _percent_styles(book)
        return {name: _in(_records(stream, place), percents) for name, place in _sheets(book)}
    except (struct.error, IndexError, ValueError):
        return {}


# The file system


def _stream(data: bytes) -> bytes:
    """The bytes of the workbook's stream, joined from the sectors it is scattered over."""
    size = 1 << struct.unpack_from("<H", data, 30)[0]
    first_directory, least, first_short = (struct.unpack_from("<I", data, at)[0] for at in (48, 56, 60))
    sectors = list(struct.unpack_from("<109I", data, 76))
    following = struct.unpack_from("<I", data, 68)[0]
    while following < _END and len(sectors) < len(data) // size + 109:
        more = struct.unpack_from(f"<{size // 4}I", data, (following + 1) * size)
        sectors, following = [*sectors, *more[:-1]], more[-1]
    table = _numbers(b"".join(_sector(data, number, size) for number in sectors if number < _END))
    directory = _joined(data, table, first_directory, size)
    entries = [directory[at : at + 128] for at in range(0, len(directory) - 127, 128)]
    found = next((entry for name in _STREAMS for entry in entries if _name(entry) == name), b"")
    start, length = struct.unpack_from("<II", found, 116)
    if length >= least:
        return _joined(data, table, start, size)[:length]
    held = _joined(data, table, struct.unpack_from("<I", entries[0], 116)[0], size)
    short = _numbers(_joined(data, table, first_short, size))
    return b"".join(held[number * _SHORT : (number + 1) * _SHORT] for number in _chain(short, start))[:length]


def _numbers(data: bytes) -> tuple[int, ...]:
    return struct.unpack(f"<{len(data) // 4}I", data)


def _sector(data: bytes, number: int, size: int) -> bytes:
    return data[(number + 1) * size : (number + 2) * size]


def _chain(table: tuple[int, ...], start: int) -> Iterator[int]:
    for _ in table:  # no chain is longer than the table, and none goes round
        if start >= _END:
            return
        yield start
        start = table[start]


def _joined(data: bytes, table: tuple[int, ...], start: int, size: int) -> bytes:
    return b"".join(_sector(data, number, size) for number in _chain(table, start))


def _name(entry: bytes) -> str:
    return entry[: max(struct.unpack_from("<H", entry, 64)[0] - 2, 0)].decode("utf-16-le", "replace")


# The records


def _records(stream: bytes, at: int) -> Iterator[Record]:
    """From a beginning to its end, without what is nested in it."""
    depth = 0
    while at + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, at)
        depth += (kind == _BOF) - (kind == _EOF)
        if depth == 1:
            yield kind, stream[at + 4 : at + 4 + length]
        if depth <= 0:
            return
        at += 4 + length


def _sheets(book: list[Record]) -> Iterator[tuple[str, int]]:
    for kind, body in book:
        if kind == _SHEET:
            length, wide = body[6], body[7] & 1
            text = body[8 : 8 + length * (2 if wide else 1)]
            yield text.decode("utf-16-le" if wide else "latin-1"), struct.unpack_from("<I", body)[0]


def _percent_styles(book: list[Record]) -> frozenset[int]:
    formats = {int(number) for number in PERCENT_FORMATS}
    formats |= {struct.unpack_from("<H", body)[0] for kind, body in book if kind == _FORMAT and b"%" in body[5:]}
    styles = [struct.unpack_from("<H", body, 2)[0] for kind, body in book if kind == _STYLE]
    return frozenset(number for number, style in enumerate(styles) if style in formats)


def _in(records: Iterator[Record], percents: frozenset[int]) -> Shown:
    rows: set[int] = set()
    columns: set[int] = set()
    errors: dict[Cell, str] = {}
    shown: set[Cell] = set()
    for kind, body in records:
        if kind == _ROW and struct.unpack_from("<H", body, 12)[0] & 0x20:
            rows.add(struct.unpack_from("<H", body)[0])
        elif kind == _COLUMNS and struct.unpack_from("<H", body, 8)[0] & 1:
            first, last = struct.unpack_from("<HH", body)
            columns.update(range(first, min(last, 255) + 1))
        elif kind in (_ERROR, _FORMULA):
            errors.update(_failed(kind, body))
        shown.update(cell for cell, style in _numbered(kind, body) if style in percents)
    return Shown(frozenset(rows), frozenset(columns), errors, frozenset(shown))


def _failed(kind: int, body: bytes) -> Iterator[tuple[Cell, str]]:
    row, column = struct.unpack_from("<HH", body)
    if kind == _ERROR and body[7] == 1:
        yield (row, column), _ERRORS.get(body[6], "#N/A")
    elif kind == _FORMULA and body[12:14] == b"\xff\xff" and body[6] == 2:
        yield (row, column), _ERRORS.get(body[8], "#N/A")


def _numbered(kind: int, body: bytes) -> Iterator[tuple[Cell, int]]:
    """The cells of a record that hold a number, each with its style."""
    if kind in (_NUMBER, _SHORT_NUMBER, _FORMULA):
        row, column, style = struct.unpack_from("<HHH", body)
        yield (row, column), style
    elif kind == _RUN:
        row, first = struct.unpack_from("<HH", body)
        for place, at in enumerate(range(4, len(body) - 6, 6)):
            yield (row, first + place), struct.unpack_from("<H", body, at)[0]
