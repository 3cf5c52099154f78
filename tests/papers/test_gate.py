"""The gate: an ordinary workbook passes, everything else is refused with a sentence, whatever its directory claims."""

import io
import struct
import time
import zipfile
from collections.abc import Callable

import pytest
import xlsxwriter

from dangjian.foundation.lifecycle import Refused
from dangjian.papers import gate

TYPES = "[Content_Types].xml"


def a_workbook(rows: int = 3) -> bytes:
    kept = io.BytesIO()
    book = xlsxwriter.Workbook(kept, {"in_memory": True})
    page = book.add_worksheet("人员")
    for row in range(rows):
        page.write_row(row, 0, ["张建国", "第一项目部党支部", row])
    book.close()
    return kept.getvalue()


def changed(extra: dict[str, bytes] | None = None, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """The ordinary workbook with parts replaced or added."""
    kept = io.BytesIO()
    extra = extra or {}
    with zipfile.ZipFile(io.BytesIO(a_workbook())) as old, zipfile.ZipFile(kept, "w", method) as new:
        for name in old.namelist():
            new.writestr(name, extra.pop(name, None) or old.read(name))
        for name, text in extra.items():
            new.writestr(name, text)
    return kept.getvalue()


@pytest.mark.parametrize("data", [a_workbook(), a_workbook(3_000), changed(), changed(method=zipfile.ZIP_STORED)])
def test_an_ordinary_workbook_passes(data: bytes) -> None:
    gate.admit(data)


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"", "不是 Excel 文件"),
        (b"name,post\n", "不是 Excel 文件"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "旧版 Excel（.xls）"),
        (b"PK\x03\x04 and no more", "已损坏"),
        (a_workbook()[:-40], "已损坏"),
        (a_workbook() + b"\0" * gate.MOST_BYTES, "超过 10 MB"),
    ],
)
def test_what_is_no_workbook_is_refused_with_what_to_do(data: bytes, told: str) -> None:
    with pytest.raises(Refused, match=told):
        gate.admit(data)


def test_a_word_file_is_no_workbook() -> None:
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w") as book:
        book.writestr(TYPES, "<Types/>")
        book.writestr("word/document.xml", "<w/>")
    with pytest.raises(Refused, match="不是 Excel 工作簿"):
        gate.admit(kept.getvalue())


@pytest.mark.parametrize(
    "name", ["xl/vbaProject.bin", "xl/macrosheets/sheet1.xml", "xl/embeddings/a.bin", "xl/activeX/a.xml"]
)
def test_macros_and_embedded_objects_are_refused(name: str) -> None:
    with pytest.raises(Refused, match=r"宏|嵌入的对象"):
        gate.admit(changed({name: b"x"}))


def test_a_macro_workbook_under_another_name_is_refused() -> None:
    types = b'<Types><Override ContentType="application/vnd.ms-excel.sheet.macroEnabled.main+xml"/></Types>'
    with pytest.raises(Refused, match="宏"):
        gate.admit(changed({TYPES: types}))


DOCTYPE = '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
@pytest.mark.parametrize("part", ["xl/worksheets/sheet1.xml", "xl/_rels/workbook.xml.rels", "xl/other.bin"])
def test_no_part_may_declare_entities_in_any_encoding(encoding: str, part: str) -> None:
    with pytest.raises(Refused, match="表格之外的内容"):
        gate.admit(changed({part: DOCTYPE.encode(encoding)}))


@pytest.mark.parametrize("before", range(gate._PIECE - 12, gate._PIECE + 2))
def test_a_doctype_across_two_pieces_is_seen(before: int) -> None:
    with pytest.raises(Refused, match="表格之外的内容"):
        gate.admit(changed({"xl/comments1.xml": b" " * before + b"<!DOCTYPE a>"}, zipfile.ZIP_STORED))


def test_a_part_in_an_encoding_that_hides_letters_is_refused() -> None:
    with pytest.raises(Refused, match="表格之外的内容"):
        gate.admit(changed({"xl/styles.xml": b'<?xml version="1.0" encoding="UTF-7"?><a/>'}))


def test_a_bomb_is_refused_quickly() -> None:
    bomb = changed({"xl/media/image1.bin": b"\0" * 150_000_000})
    assert len(bomb) < 200_000
    begun = time.monotonic()
    with pytest.raises(Refused, match="展开后太大"):
        gate.admit(bomb)
    assert time.monotonic() - begun < 10


def test_too_many_parts_are_refused() -> None:
    with pytest.raises(Refused, match="太大"):
        gate.admit(changed({f"xl/media/{number}.png": b"x" for number in range(gate.MOST_PARTS)}))


def claiming(size: int) -> Callable[[bytes], bytes]:
    """The workbook whose directory and headers claim that sheet1 unpacks to ``size`` bytes."""

    def lie(data: bytes) -> bytes:
        told = bytearray(data)
        with zipfile.ZipFile(io.BytesIO(data)) as book:
            part = book.getinfo("xl/worksheets/sheet1.xml")
        struct.pack_into("<I", told, part.header_offset + 22, size)
        at = data.index(b"xl/worksheets/sheet1.xml", data.index(b"PK\x01\x02")) - 46
        struct.pack_into("<I", told, at + 24, size)
        return bytes(told)

    return lie


@pytest.mark.parametrize("size", [0, 10, 5_000_000])
def test_a_size_that_the_directory_only_claims_is_not_believed(size: int) -> None:
    data = changed({"xl/worksheets/sheet1.xml": b"<a>" + b"x" * 1_000_000 + b"</a>"})
    gate.admit(data)
    with pytest.raises(Refused, match="已损坏"):
        gate.admit(claiming(size)(data))


def test_a_header_that_names_another_part_is_refused() -> None:
    data = bytearray(a_workbook())
    data[30:31] = b"Y"  # the first local header's name begins here
    with pytest.raises(Refused, match="已损坏"):
        gate.admit(bytes(data))


@pytest.mark.parametrize("name", ["../outside.xml", "/etc/x.xml", "XL/WORKBOOK.XML"])
def test_strange_names_are_refused(name: str) -> None:
    with pytest.raises(Refused, match="表格之外的内容"):
        gate.admit(changed({name: b"<a/>"}))


def test_other_ways_of_packing_are_refused() -> None:
    with pytest.raises(Refused, match="表格之外的内容"):
        gate.admit(changed(method=zipfile.ZIP_BZIP2))
