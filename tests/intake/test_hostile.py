"""Files as strangers send them: renamed, cut, locked, laden with macros, entities, bombs and lies. None gets past the gate."""

import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from dangjian import cli
from dangjian.foundation import sandbox
from dangjian.intake import reading
from dangjian.intake.code import REJECTS
from dangjian.papers import gate
from tests.intake.sheets import HEAD, LINE, document, parsed, told, workbook

SAMPLES = Path(__file__).parents[1] / "samples"
BOOK = workbook([HEAD, LINE])
PAPER = document([HEAD, [str(cell) for cell in LINE]])
OLD = (SAMPLES / "d08_legacy.xls").read_bytes()
STRINGS, SHEET = "xl/sharedStrings.xml", "xl/worksheets/sheet1.xml"


def remade(data: bytes, change: Callable[[str, bytes], bytes | None]) -> bytes:
    """The same zip with parts changed, or left out where ``change`` gives None."""
    kept = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            text = change(name, old.read(name))
            if text is not None:
                new.writestr(name, text)
    return kept.getvalue()


def put(data: bytes, name: str, text: bytes) -> bytes:
    return remade(data, lambda part, old: text if part == name else old)


def added(data: bytes, *parts: tuple[str, bytes]) -> bytes:
    kept = io.BytesIO(data)
    with zipfile.ZipFile(kept, "a", zipfile.ZIP_DEFLATED) as book:
        for name, text in parts:
            book.writestr(name, text)
    return kept.getvalue()


def without(data: bytes, name: str) -> bytes:
    return remade(data, lambda part, old: None if part == name else old)


def declared(encoding: str, written: str = "") -> bytes:
    return f'<?xml version="1.0" encoding="{encoding}"?><!DOCTYPE a []><a/>'.encode(written or encoding)


def lying(data: bytes) -> bytes:
    """The directory says that the sheet unpacks to one byte."""
    held = bytearray(data)
    entry = held.rindex(SHEET.encode()) - 46
    held[entry + 24 : entry + 28] = (1).to_bytes(4, "little")
    return bytes(held)


def locked(data: bytes) -> bytes:
    """The record after the beginning of an old workbook becomes FILEPASS."""
    at = data.index(b"\x09\x08\x10\x00\x00\x06\x05\x00") + 20
    return data[:at] + b"\x2f\x00" + data[at + 2 :]


def types(data: bytes, old: bytes, new: bytes) -> bytes:
    return remade(data, lambda part, text: text.replace(old, new) if part == "[Content_Types].xml" else text)


WRONG_TYPE = {
    "csv": "序号,项目名称\n1,甲".encode(),
    "csv with a mark": b"\xef\xbb\xbf" + "序号,项目名称\n1,甲".encode(),
    "csv of old": "序号,项目名称\n1,甲".encode("gbk"),
    "html called xls": "<html><table><tr><td>项目名称</td></tr></table></html>".encode(),
    "xml of 2003": b'<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?><Workbook/>',
    "mail": b"MIME-Version: 1.0\n", "rich text": b"{\\rtf1}", "one byte": b"x", "spaces": b"   \n", "noughts": b"\0" * 100,
    "empty zip": b"PK\x05\x06" + b"\0" * 18, "other zip": added(b"", ("a.txt", b"x")),
    "xlsb": without(BOOK, "xl/workbook.xml"), "no types": without(BOOK, "[Content_Types].xml"),
    "docx without text": without(PAPER, "word/document.xml"), "program": b"MZ" + BOOK, "pdf": b"%PDF-1.7",
    "old word": OLD[:512] + "WordDocument".encode("utf-16-le").ljust(600, b"\0"),
}  # fmt: skip
MACRO = {
    "in capitals": added(BOOK, ("xl/VBAPROJECT.BIN", b"x")),
    "elsewhere": added(PAPER, ("customXml/vbaProject.bin", b"x")),
    "sheet of macros": added(BOOK, ("xl/macrosheets/sheet1.xml", b"<x/>")),
    "controls": added(BOOK, ("xl/activeX/activeX1.xml", b"<x/>")),
    "type of xlsm": types(BOOK, b"spreadsheetml.sheet.main", b"spreadsheetml.sheet.macroEnabled.main"),
    "type of dotm": types(PAPER, b"wordprocessingml.document.main", b"word.template.macroEnabledTemplate.main"),
}
DTD = {
    **{encoding: put(BOOK, STRINGS, declared(encoding)) for encoding in ("utf-8", "utf-16")},
    **{written: put(BOOK, STRINGS, declared("utf-16", written)) for written in ("utf-16-le", "utf-16-be")},
    "late": put(BOOK, STRINGS, b"<!-- " + b"x" * 70_000 + b" --><!DOCTYPE a><sst/>"),
    "in the theme": put(BOOK, "xl/theme/theme1.xml", b"<!DOCTYPE a><a/>"),
    "in the relations": remade(PAPER, lambda part, old: b'<!DOCTYPE a [<!ENTITY x "y">]>' + old if part == "_rels/.rels" else old),
    "in the text": remade(PAPER, lambda part, old: b"<!DOCTYPE a>" + old if part == "word/document.xml" else old),
}  # fmt: skip
BOMB = {
    "a picture of noughts": added(BOOK, ("xl/media/a.png", b"\0" * 60_000_000)),
    "rows without end": remade(BOOK, lambda part, old: old.replace(b"</sheetData>", b"<row/>" * 3_000_000 + b"</sheetData>")),
    "a thousand parts": added(BOOK, *((f"a{number}", b"x") for number in range(1_100))),
}  # fmt: skip
UNSAFE = {
    "the same part twice": added(BOOK, ("XL/workbook.xml", b"x")), "out of the folder": added(BOOK, ("../evil", b"x")),
    "from the root": added(BOOK, ("/etc/x", b"x")), "a strange spelling": put(BOOK, STRINGS, b'<?xml version="1.0" encoding="UTF-7"?><a/>'),
}  # fmt: skip
DAMAGED = {
    "no sheet": without(BOOK, SHEET), "no relations": without(BOOK, "xl/_rels/workbook.xml.rels"), "lying size": lying(BOOK),
    "broken xml": put(PAPER, "word/document.xml", b"<w:document"), "cut": BOOK[:-30],
}  # fmt: skip
ENCRYPTED = {
    "old workbook": locked(OLD),
    "new workbook": OLD[:512] + "EncryptedPackage".encode("utf-16-le").ljust(600, b"\0"),
}
ALL = {
    "wrong_type": WRONG_TYPE,
    "macro": MACRO,
    "dtd": DTD,
    "bomb": BOMB,
    "unsafe": UNSAFE,
    "damaged": DAMAGED,
    "encrypted": ENCRYPTED,
}


@pytest.mark.parametrize(("reason", "name"), [(reason, name) for reason, files in ALL.items() for name in files])
def test_what_is_no_honest_file_is_refused_with_its_word(reason: str, name: str) -> None:
    assert told(ALL[reason][name]) == {"kind": "reject", "reason": reason}
    assert reason in REJECTS


def test_a_refusal_is_printed_and_ends_with_three(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name, data in (("台账.xlsx", WRONG_TYPE["csv"]), ("台账.xls", WRONG_TYPE["html called xls"]), ("空.docx", b"")):
        file = tmp_path / name
        file.write_bytes(data)
        assert cli.main(["import-ledger", str(file), "--dry-run", "--json"]) == 3
        said = capsys.readouterr()
        assert json.loads(said.out)["kind"] == "reject"
        assert said.err.strip()


def test_an_embedded_object_is_not_read_and_said(capsys: pytest.CaptureFixture[str]) -> None:
    for data, part in ((BOOK, "xl/embeddings/oleObject1.bin"), (PAPER, "word/embeddings/Sheet.xlsx")):
        found = parsed(added(data, (part, b"x")))
        assert (found["told"]["kind"], found["skipped"]) == ("ledger", [("文件", "embedded")])


def test_what_follows_the_end_of_the_zip_harms_nobody() -> None:
    assert told(BOOK + b"junk" * 100)["kind"] == "ledger"


def test_a_file_that_would_run_away_is_cut_short() -> None:
    """A sheet that pretends to be as large as Excel allows, and more text than a second can read: past the gate, no further."""
    cell = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
    far = remade(BOOK, lambda part, old: old.replace(b"</sheetData>", cell) if part == SHEET else old)
    assert reading.read(far).told == {"kind": "reject", "reason": "too_large"}
    lines = b"<w:body>" + b"<w:p><w:r><w:t>x</w:t></w:r></w:p>" * 200_000
    long = remade(PAPER, lambda part, old: old.replace(b"<w:body>", lines) if part == "word/document.xml" else old)
    assert gate.admit(long, accepts=tuple(gate.Kind)) is gate.Kind.DOCUMENT
    with pytest.raises(sandbox.Unreadable, match=sandbox.TOO_MUCH):
        sandbox.read(reading.parse, long, limits=sandbox.Limits(processor=2))


def test_merges_that_overlap_a_thousandfold_cost_no_more_than_the_sheet() -> None:
    merges = b"</sheetData><mergeCells>" + b'<mergeCell ref="A1:H2"/>' * 20_000 + b"</mergeCells>"
    assert told(remade(BOOK, lambda part, old: old.replace(b"</sheetData>", merges) if part == SHEET else old))
