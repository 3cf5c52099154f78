"""The gate (文件检查): an uploaded Excel or Word file is looked through before any reader opens it.

An .xlsx or .docx is a zip of XML parts. Nothing that its directory claims is believed: every part is unpacked
here, piece by piece, and measured, so that neither a zip bomb nor a lying size reaches the reader.
"""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Collection, Iterator
from enum import StrEnum

from dangjian.foundation.refusal import Refused

MOST_BYTES = 10 * 1024 * 1024
MOST_PARTS = 1_000
MOST_UNPACKED = 100 * 1024 * 1024
MOST_RATIO = 300  # real sheets of repeated cells stay below 100
_PIECE = 64 * 1024
_LOCAL_HEADER = struct.Struct("<4sHHHHHIIIHH")

_OLD_EXCEL = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_BEGINNING = b"\x09\x08\x10\x00\x00\x06\x05\x00"  # of the workbook in the old format
_FILEPASS = 0x2F
_ZIP = b"PK\x03\x04"
_MACROS = re.compile(r"vbaproject|jdedata|/macrosheets/|/activex/|macroenabled", re.IGNORECASE)
_EMBEDDED = re.compile(r"/embeddings/", re.IGNORECASE)
_FORBIDDEN = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_MACRO_TYPE = re.compile(rb"macroEnabled|vbaProject", re.IGNORECASE)
_ENCODING = re.compile(rb"^\s*(?:\xef\xbb\xbf|\xff\xfe|\xfe\xff)?<\?xml[^>]*?encoding\s*=\s*[\"']([^\"']+)[\"']")
_KNOWN_ENCODINGS = {b"utf-8", b"utf-16", b"utf-16le", b"utf-16be", b"us-ascii", b"ascii"}

ENCRYPTED = "文件加了密码，请去掉密码再传"
DAMAGED = "文件已损坏，请用 Excel 或 WPS 打开后另存一份再传"
TOO_LARGE = "文件展开后太大，请删去多余的工作表、图片和空行再传"
DANGEROUS = "文件里有表格之外的内容，不予接收；请把内容复制到新下载的模板里再传"


class Kind(StrEnum):
    """What the bytes are, whatever the file is called."""

    WORKBOOK = "xlsx"
    OLD_WORKBOOK = "xls"
    DOCUMENT = "docx"


DOCUMENT_PART = re.compile(r"word/document\d?\.xml")
"""Word on the web calls it document2.xml."""
_MAIN_PART = {Kind.WORKBOOK: re.compile(r"xl/workbook\.xml"), Kind.DOCUMENT: DOCUMENT_PART}


class Blocked(Refused):
    """The gate let a file not through; ``code`` is one word for programs."""

    def __init__(self, text: str, code: str) -> None:
        super().__init__(text)
        self.code = code


def admit(data: bytes, *, accepts: Collection[Kind] = (Kind.WORKBOOK,), embedded: bool = False) -> Kind:
    """The kind of an ordinary file without macros, small when unpacked. Raises :class:`Blocked` for any other.

    ``embedded`` lets objects pass that are embedded in it: for who reads the file once, opens none of them and keeps nothing.
    """
    if data.startswith(_OLD_EXCEL) and Kind.OLD_WORKBOOK in accepts and len(data) <= MOST_BYTES:
        _check_old(data)
        return Kind.OLD_WORKBOOK
    _check_shape(data)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as book:
            parts = book.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, UnicodeDecodeError) as wrong:
        raise Blocked(DAMAGED, "damaged") from wrong
    kind = _check_names(parts, accepts, embedded)
    unpacked = 0
    for part in parts:
        for piece in _checked_pieces(data, part):
            unpacked += len(piece)
            if unpacked > MOST_UNPACKED or unpacked > MOST_RATIO * len(data):
                raise Blocked(TOO_LARGE, "bomb")
    return kind


def _check_old(data: bytes) -> None:
    """By the names in the directory of the old container: its entries begin at multiples of 128 bytes."""
    if _is_encrypted(data) or _is_locked(data):
        raise Blocked(ENCRYPTED, "encrypted")
    if _holds(data, "_VBA_PROJECT_CUR", "_VBA_PROJECT", "VBA", "Macros"):
        raise Blocked("文件带有宏，请另存为不带宏的“Excel 工作簿（.xlsx）”再传", "macro")
    if not _holds(data, "Workbook", "Book"):
        raise Blocked("这不是 Excel 文件；旧版 Word（.doc）请另存为 .docx 再传", "wrong_type")


def _is_encrypted(data: bytes) -> bool:
    """Whether it is a newer file behind a password, which is wrapped in the old container."""
    return _holds(data, "EncryptedPackage", "EncryptionInfo")


def _is_locked(data: bytes) -> bool:
    """Whether an old workbook asks for a password: a FILEPASS record among the first after its beginning."""
    at = data.find(_BEGINNING)
    for _ in range(8):
        if at < 0 or at + 4 > len(data):
            return False
        kind, length = struct.unpack_from("<HH", data, at)
        if kind == _FILEPASS:
            return True
        at += 4 + length
    return False


def _holds(data: bytes, *names: str) -> bool:
    told = [name.encode("utf-16-le") + b"\0\0" for name in names]
    return any(data.startswith(name, at) for at in range(0, len(data), 128) for name in told)


def _check_shape(data: bytes) -> None:
    if len(data) > MOST_BYTES:
        raise Blocked("文件超过 10 MB，请分成几个文件导入", "too_large")
    if data.startswith(_OLD_EXCEL) and _is_encrypted(data):
        raise Blocked(ENCRYPTED, "encrypted")
    if data.startswith(_OLD_EXCEL):
        raise Blocked(
            "这是旧版 Excel（.xls）或加了密码的文件，请去掉密码，另存为“Excel 工作簿（.xlsx）”再传", "wrong_type"
        )
    if not data.startswith(_ZIP):
        raise Blocked("这不是 Excel 文件，请下载模板，填好后保存为 .xlsx 再传", "wrong_type")


def _check_names(parts: list[zipfile.ZipInfo], accepts: Collection[Kind], embedded: bool) -> Kind:
    names = [part.filename for part in parts]
    if len(parts) > MOST_PARTS:
        raise Blocked(TOO_LARGE, "bomb")
    kind = next(
        (kind for kind, main in _MAIN_PART.items() if kind in accepts and any(map(main.fullmatch, names))), None
    )
    if kind is None or "[Content_Types].xml" not in names:
        raise Blocked("这不是 Excel 工作簿（.xlsx），请下载模板，填好后保存再传", "wrong_type")
    if any(_MACROS.search(name) for name in names):
        raise Blocked("文件带有宏，请另存为不带宏的“Excel 工作簿（.xlsx）”再传", "macro")
    if not embedded and any(_EMBEDDED.search(name) for name in names):
        raise Blocked("文件里有嵌入的对象，请删去后再传", "embedded")
    folded = {name.casefold() for name in names}
    strange = any(name.startswith(("/", "\\")) or ".." in name.split("/") for name in names)
    if strange or len(folded) < len(names) or any(part.flag_bits & 1 for part in parts):
        raise Blocked(DANGEROUS, "unsafe")
    return kind


def _checked_pieces(data: bytes, part: zipfile.ZipInfo) -> Iterator[bytes]:
    """The part, unpacked bit by bit, each bit looked through together with the end of the one before."""
    before, size, first = b"", 0, True
    for piece in _unpacked(data, part):
        size += len(piece)
        # Without its zeros UTF-16 and UTF-32 of ASCII read like ASCII.
        seen = before + piece.replace(b"\x00", b"")
        _check_text(part.filename, seen, first)
        before, first = seen[-24:], False
        yield piece
    if size != part.file_size:
        raise Blocked(DAMAGED, "damaged")


def _check_text(name: str, seen: bytes, first: bool) -> None:
    if _FORBIDDEN.search(seen):
        raise Blocked(DANGEROUS, "dtd")
    if name == "[Content_Types].xml" and _MACRO_TYPE.search(seen):
        raise Blocked("文件带有宏，请另存为不带宏的“Excel 工作簿（.xlsx）”再传", "macro")
    named = _ENCODING.match(seen) if first else None
    if named and named[1].lower() not in _KNOWN_ENCODINGS:
        raise Blocked(DANGEROUS, "unsafe")


def _unpacked(data: bytes, part: zipfile.ZipInfo) -> Iterator[bytes]:
    packed = _packed(data, part)
    if part.compress_type == zipfile.ZIP_STORED:
        yield from (packed[at : at + _PIECE] for at in range(0, len(packed), _PIECE))
        return
    if part.compress_type != zipfile.ZIP_DEFLATED:
        raise Blocked(DANGEROUS, "unsafe")
    unpacker = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        while not unpacker.eof:
            piece = unpacker.decompress(packed, _PIECE)
            packed = unpacker.unconsumed_tail
            if not piece and not packed and not unpacker.eof:
                raise Blocked(DAMAGED, "damaged")
            yield piece
    except zlib.error as wrong:
        raise Blocked(DAMAGED, "damaged") from wrong
    if unpacker.unused_data:
        raise Blocked(DAMAGED, "damaged")


def _packed(data: bytes, part: zipfile.ZipInfo) -> bytes:
    """The packed bytes of one part, by its own header, which must agree with the directory."""
    header = data[part.header_offset : part.header_offset + _LOCAL_HEADER.size]
    if len(header) < _LOCAL_HEADER.size:
        raise Blocked(DAMAGED, "damaged")
    magic, _, _, method, *_, name_length, extra_length = _LOCAL_HEADER.unpack(header)
    name_at = part.header_offset + _LOCAL_HEADER.size
    start = name_at + name_length + extra_length
    same_name = data[name_at : name_at + name_length] in (
        part.orig_filename.encode("utf-8"),
        part.orig_filename.encode("cp437", "replace"),
    )
    if magic != _ZIP or method != part.compress_type or not same_name or start + part.compress_size > len(data):
        raise Blocked(DAMAGED, "damaged")
    return data[start : start + part.compress_size]
