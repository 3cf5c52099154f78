"""The template (文书模板): a Word file edited by somebody, looked through, and filled with the facts of a paper.

A placeholder is a name in two braces and nothing else: there is no expression, no loop and no call that could read
something or run away. The row of a table that names a list is printed once for each of its entries. Runs in the
sandbox; what comes in has passed the gate.
"""

from __future__ import annotations

import copy
import difflib
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from io import BytesIO
from typing import IO, Any
from zipfile import ZipFile

from docx.oxml import parse_xml
from docx.oxml.ns import qn
from lxml import etree  # type: ignore[import-untyped]

from dangjian.papers import gate, plain_document, stationery
from dangjian.papers.placeholder import OMITTED, written

MOST_BYTES = 2 * 1024 * 1024
MOST_PLACEHOLDERS = 500
MOST_FAULTS = 20

_FOUND = re.compile(r"\{\{([^{}]*)\}\}")
_STRAY = re.compile(r"\{\{|\}\}|\{%|%\}|\{#|[\uff5b\uff5d]")  # the last two are full-width braces
_PARTS = re.compile(r"word/(document|header\d*|footer\d*)\.xml")
_SPACE = "{http://www.w3.org/XML/1998/namespace}space"
_REFUSED = {
    "wrong_type": "这不是 Word 文档（.docx）；旧版 Word（.doc）、WPS 文字（.wps）或加了密码的文件，请去掉密码，另存为 .docx 再传",
    "encrypted": "文件加了密码，请去掉密码，另存为 .docx 再传",
    "macro": "文件带有宏，请另存为不带宏的“Word 文档（.docx）”再传",
    "damaged": "文件已损坏，请用 Word 或 WPS 打开后另存一份再传",
    "bomb": "文件展开后太大，请删去多余的图片再传",
    "embedded": "文件里有嵌入的对象，请删去后再传",
}
_DANGEROUS = "文件里有文字、表格、图片之外的内容，不予接收；请在从本页下载的模板上修改"


def check(
    file: IO[bytes], *, names: Collection[str], lists: Collection[str], required: Collection[str]
) -> dict[str, Any]:
    """``wrong``: what must be mended, each with where it stands; ``unused``: names that the template leaves out; ``said``:
    every name in it, known or not."""
    data = file.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        return _refused(f"文件超过 {MOST_BYTES // 1024 // 1024} MB，请压缩图片后再传")
    try:
        gate.admit(data, accepts=(gate.Kind.DOCUMENT,))
    except gate.Blocked as blocked:
        return _refused(_REFUSED.get(blocked.code, _DANGEROUS))
    parts = _parts(data)
    if not plain_document.is_document(parts):
        return _refused(_REFUSED["wrong_type"])
    if not plain_document.is_plain(parts):
        return _refused("文件里有不收的内容；图片请改为 PNG 或 JPG，其他嵌入的内容请删去")
    seen = _Seen(frozenset(names), frozenset(lists))
    wrong = list(plain_document.unwanted(parts))
    for name, root in _texts(parts):
        seen.look(name, root)
    if seen.count > MOST_PLACEHOLDERS:
        wrong.append(f"占位符超过 {MOST_PLACEHOLDERS} 个")
    wrong += seen.wrong
    missing = [name for name in required if name not in seen.used]
    if missing:
        wrong.append(f"缺少必需的占位符：{'、'.join(written(name) for name in missing)}")
    return {"wrong": wrong[:MOST_FAULTS], "more": max(len(wrong) - MOST_FAULTS, 0),
            "unused": [name for name in names if name not in seen.used and name not in required], "said": sorted(seen.said)}  # fmt: skip


def fill(file: IO[bytes], *, told: Mapping[str, Any]) -> bytes:
    """The template with the facts in place, ready for Word. ``told`` is as :func:`placeholder.told` gives it."""
    parts = _parts(file.read())
    facts = {name: text for name, text in told.items() if isinstance(text, str)}
    lists = {name: rows for name, rows in told.items() if not isinstance(rows, str)}
    for name, root in list(_texts(parts)):
        rows = [(row, listed) for row in root.iter(qn("w:tr")) if (listed := _lists_in(row) & lists.keys())]
        within = {paragraph for row, _ in rows for paragraph in row.iter(qn("w:p"))}
        # Chosen before anything is filled in: what somebody typed may look like a placeholder, and is none.
        single = [paragraph for paragraph in root.iter(qn("w:p")) if paragraph not in within]
        for row, listed in rows:
            _fill_row(row, listed.pop(), facts, lists)
        for paragraph in single:
            _fill_paragraph(paragraph, facts)
        parts[name] = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
    return stationery.zipped(parts)


def _refused(text: str) -> dict[str, Any]:
    return {"wrong": [text], "more": 0, "unused": [], "said": []}


def _parts(data: bytes) -> dict[str, bytes]:
    with ZipFile(BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist() if not name.endswith("/")}


def _texts(parts: Mapping[str, bytes]) -> Iterator[tuple[str, Any]]:
    """Body, heads and feet, parsed by python-docx's own parser, which resolves nothing."""
    for name in sorted(parts):
        if _PARTS.fullmatch(name):
            yield name, parse_xml(parts[name])


# What stands where


@dataclass
class _Seen:
    """What was read of the placeholders so far."""

    names: frozenset[str]
    lists: frozenset[str]
    used: set[str] = field(default_factory=set)
    said: set[str] = field(default_factory=set)
    wrong: list[str] = field(default_factory=list)
    count: int = 0

    def look(self, part: str, root: Any) -> None:
        places = _places(plain_document.part_of(part), root)
        for paragraph in root.iter(qn("w:p")):
            text = "".join(piece.text or "" for piece in _pieces(paragraph))
            if not _STRAY.search(text):
                continue
            self._look_at(text, places[paragraph], paragraph)
        for row in root.iter(qn("w:tr")):
            self._look_at_row(row, places)

    def _look_at(self, text: str, where: str, paragraph: Any) -> None:
        for found in _FOUND.finditer(text):
            self.count += 1
            name, optional = _name(found[1])
            self.said.add(name)
            if name not in self.names:
                self.wrong.append(f"{where}：{self._unknown(found[0], name)}")
                continue
            self.used.add(name)
            if "." in name and _row_of(paragraph) is None:
                self.wrong.append(f"{where}：{written(name, optional=optional)}是一张表的栏目，要写在表格的一行里")
        rest = _FOUND.sub("", text)
        if _STRAY.search(rest):
            self.wrong.append(
                f"{where}：“{_around(text, rest)}”的花括号没有写完整；占位符用半角花括号，如 {written('项目名称')}"
            )

    def _unknown(self, said: str, name: str) -> str:
        if name in self.lists:
            columns = [each for each in sorted(self.names) if each.startswith(f"{name}.")]
            return f"“{said}”是一张表，请在表格的一行里写它的栏目，如 {written(columns[0])}"
        near = difflib.get_close_matches(name, self.names, n=1, cutoff=0.5)
        hint = f"，是不是 {written(near[0])}" if near else ""
        return f"“{said[:60]}”不是这份文书的占位符{hint}"

    def _look_at_row(self, row: Any, places: Mapping[Any, str]) -> None:
        named = _lists_in(row) & self.lists
        if not named:
            return
        where = places[next(row.iter(qn("w:p")))]
        if len(named) > 1:
            self.wrong.append(f"{where}：一行里只能写一张表的栏目，现在有{'、'.join(sorted(named))}")
        if next(row.iter(qn("w:tbl")), None) is not None:
            self.wrong.append(f"{where}：印清单的一行里不能再套表格")


def _places(part: str, root: Any) -> dict[Any, str]:
    """Where each paragraph stands, in words."""
    places: dict[Any, str] = {}
    for number, table in enumerate(root.iter(qn("w:tbl")), start=1):
        for at, row in enumerate(table.iterchildren(qn("w:tr")), start=1):
            for column, cell in enumerate(row.iterchildren(qn("w:tc")), start=1):
                for paragraph in cell.iter(qn("w:p")):
                    places[paragraph] = f"{part}第{number}个表格第{at}行第{column}格"
    for at, paragraph in enumerate((each for each in root.iter(qn("w:p")) if each not in places), start=1):
        places[paragraph] = f"{part}第{at}段"
    return places


def _around(text: str, rest: str) -> str:
    stray = _STRAY.search(rest)
    at = text.find(rest[stray.start() : stray.start() + 12]) if stray else 0
    return text[max(at - 6, 0) : max(at, 0) + 20]


def _name(said: str) -> tuple[str, bool]:
    """The name and whether it is left out where it is empty; spaces and the kind of comma do not matter."""
    name, comma, mark = "".join(said.split()).replace(",", "，").replace("．", ".").partition("，")
    return (name, True) if comma and mark == OMITTED else (name + comma + mark, False)


def _pieces(paragraph: Any) -> list[Any]:
    """The texts of a paragraph, without those of a text box that hangs on it."""
    return [piece for piece in paragraph.iter(qn("w:t")) if next(piece.iterancestors(qn("w:p"))) is paragraph]


def _said_in(element: Any) -> Iterator[tuple[str, bool]]:
    for paragraph in element.iter(qn("w:p")):
        text = "".join(piece.text or "" for piece in _pieces(paragraph))
        yield from (_name(found[1]) for found in _FOUND.finditer(text))


def _row_of(element: Any) -> Any:
    return next(element.iterancestors(qn("w:tr")), None)


def _lists_in(row: Any) -> set[str]:
    """The lists whose columns stand in the row itself, not in a table within it."""
    said = (
        _name(found[1])[0]
        for paragraph in row.iter(qn("w:p"))
        if _row_of(paragraph) is row
        for found in _FOUND.finditer("".join(piece.text or "" for piece in _pieces(paragraph)))
    )
    return {name.partition(".")[0] for name in said if "." in name}


# Filling in


def _fill_row(row: Any, listed: str, facts: Mapping[str, str], lists: Mapping[str, Any]) -> None:
    """The row once for each entry of its list; of an empty list one empty row, or no table at all."""
    entries = list(lists[listed]) or [{}]
    if not lists[listed] and any(optional for _, optional in _said_in(row)):
        _leave_table_out(next(row.iterancestors(qn("w:tbl"))))
        return
    for number, entry in enumerate(entries, start=1):
        printed = copy.deepcopy(row)
        row.addprevious(printed)
        if number < len(entries):
            # Signatures below hold the last entry; all of them held would be a table that no page end may part.
            for held in list(printed.iter(qn("w:keepNext"))):
                held.getparent().remove(held)
        own = {**facts, **{f"{listed}.{column}": text for column, text in entry.items()}}
        for paragraph in list(printed.iter(qn("w:p"))):
            # The row is there because of its entry: an empty column does not take it away.
            _fill_paragraph(paragraph, own, may_leave_out=False)
    row.getparent().remove(row)


def _leave_table_out(table: Any) -> None:
    """With the paragraph right before it, which is its heading, and an empty one between them."""
    for _ in ("empty", "heading"):
        before = table.getprevious()
        if before is None or before.tag != qn("w:p") or before.find(f".//{qn('w:sectPr')}") is not None:
            break
        before.getparent().remove(before)
        if before.find(qn("w:r")) is not None:
            break
    table.getparent().remove(table)


def _fill_paragraph(paragraph: Any, facts: Mapping[str, str], *, may_leave_out: bool = True) -> None:
    text = "".join(piece.text or "" for piece in _pieces(paragraph))
    found = list(_FOUND.finditer(text))
    values = [(*_name(each[1]), each.span()) for each in found]
    is_empty = not any(facts.get(name, "").strip() for name, _, _ in values)
    if may_leave_out and is_empty and any(optional for _, optional, _ in values):
        _leave_out(paragraph)
        return
    # From the end, so that where the others stand does not change.
    for name, _, span in reversed(values):
        _put(paragraph, span, facts.get(name, ""), last=not text[span[1] :].strip())
    for piece in _pieces(paragraph) if found else ():
        if not piece.text:
            piece.getparent().remove(piece)


def _leave_out(paragraph: Any) -> None:
    """The paragraph; where it is all that its cell holds, the row."""
    cell = paragraph.getparent()
    if cell.tag == qn("w:tc") and len(cell.findall(qn("w:p"))) == 1:
        row = _row_of(paragraph)
        if len(row.getparent().findall(qn("w:tr"))) > 1:
            row.getparent().remove(row)
        else:
            _leave_table_out(next(row.iterancestors(qn("w:tbl"))))
        return
    cell.remove(paragraph)


def _put(paragraph: Any, span: tuple[int, int], value: str, *, last: bool) -> None:
    """The value where the placeholder stood; its further lines are paragraphs where it ends one, else lines."""
    pieces = _pieces(paragraph)
    first = _cut(pieces, span)
    at = span[0] - _start(pieces, first)
    before, after = first.text[:at], first.text[at:]
    line, *more = value.split("\n")
    first.text = before + line + ("" if more else after)
    first.set(_SPACE, "preserve")
    if not more:
        return
    if last:
        _go_on(paragraph, first, more)
        return
    for each in reversed((*more[:-1], more[-1] + after)):
        text = copy.deepcopy(first)
        text.text = each
        first.addnext(text)
        first.addnext(etree.Element(qn("w:br")))


def _start(pieces: list[Any], piece: Any) -> int:
    at = 0
    for each in pieces:
        if each is piece:
            break
        at += len(each.text or "")
    return at


def _cut(pieces: list[Any], span: tuple[int, int]) -> Any:
    """Take the text of the span out, and the line breaks within it; the piece where it began."""
    at, first = 0, None
    for piece in pieces:
        text = piece.text or ""
        start, end = max(span[0] - at, 0), min(span[1] - at, len(text))
        if start < len(text) and end > 0 and start < end:
            piece.text = text[:start] + text[end:]
            if first is None:
                first = piece
            else:
                _drop_break(piece)
        at += len(text)
    return first


def _drop_break(piece: Any) -> None:
    before = piece.getprevious()
    if before is not None and before.tag == qn("w:br"):
        before.getparent().remove(before)


def _go_on(paragraph: Any, piece: Any, lines: list[str]) -> None:
    """Each further line as a paragraph of the same look, in the letters of the placeholder."""
    at = paragraph
    look, run = paragraph.find(qn("w:pPr")), piece.getparent()
    for line in lines:
        more = etree.SubElement(paragraph.getparent(), qn("w:p"))
        if look is not None:
            more.append(copy.deepcopy(look))
        letters = etree.SubElement(more, qn("w:r"))
        if run.find(qn("w:rPr")) is not None:
            letters.append(copy.deepcopy(run.find(qn("w:rPr"))))
        text = etree.SubElement(letters, qn("w:t"))
        text.text = line
        text.set(_SPACE, "preserve")
        at.addnext(more)
        at = more
