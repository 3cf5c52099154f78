"""Scanned pages (扫描页): what marks they bear, and cutting them into one PDF for each paper.

A scanner gives one PDF of many pages, a phone one photo a page. Both are strangers' files: ``look`` and
``cut`` run in the sandbox alone; ``pages`` and ``papers`` call them there.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import IO, Any

import pypdfium2  # type: ignore[import-untyped]
import zxingcpp
from PIL import Image, ImageOps, UnidentifiedImageError
from pypdfium2 import raw

from dangjian.foundation import sandbox
from dangjian.foundation.sandbox import Limits, Unreadable
from dangjian.papers.inert import inert
from dangjian.papers.mark import Mark

MEGABYTE = 1024 * 1024
MOST_BYTES = 100 * MEGABYTE
TOO_MUCH = f"文件合计超过 {MOST_BYTES // MEGABYTE} MB，请分几次上传"
MOST_PAGES = 200
MOST_PIXELS = 80_000_000
_LIMITS = Limits(memory=1600, processor=150, wall=180, answer=200)

_DPI = (150, 260)
"""Most codes are read at the first, which is quick; the second is tried where none is found."""
_LONGEST = 3600
"""Pixels along the longer side: enough for the code, and a bound on what a page may ask for."""
_QR = zxingcpp.BarcodeFormats([zxingcpp.BarcodeFormat.QRCode])
_MARGIN = 0.05
_INK = 0.0004
"""A page of which less is dark, its margins left out, is blank."""
_DARK = 150
_PREVIEW = 700
_PHOTO = 2480
"""Pixels along the longer side of a photo that is kept: A4 at 212 dpi."""
_A4 = (595.28, 841.89)


@dataclass(frozen=True)
class File:
    """An uploaded file: its name, and its bytes or where they lie."""

    name: str
    content: bytes | Path

    @property
    def size(self) -> int:
        return self.content.stat().st_size if isinstance(self.content, Path) else len(self.content)


@dataclass(frozen=True)
class Page:
    """One page: the number of its file and its own in it, from 0, the texts of its QR codes, and whether it is blank.

    ``turn`` is by how many degrees clockwise it has to be turned to stand upright, as our mark on it tells.
    """

    file: int
    number: int
    codes: tuple[str, ...]
    blank: bool
    turn: int = 0


def pages(files: Sequence[File]) -> list[Page]:
    """Every page in the order of the files. Raises :class:`Unreadable` with a sentence for the user."""
    if sum(file.size for file in files) > MOST_BYTES:
        raise Unreadable(TOO_MUCH)
    seen = _read(look, files, {"names": [file.name for file in files]})
    return [Page(page["file"], page["number"], tuple(page["codes"]), page["blank"], page["turn"]) for page in seen]


def papers(
    files: Sequence[File], wanted: Sequence[Sequence[Page]], previews: Sequence[Page] = ()
) -> tuple[list[bytes], list[bytes]]:
    """One PDF for each list of pages, each upright as far as that is known, and a small JPEG of each page to be shown."""
    made = _read(
        cut, files,
        {
            "wanted": [[[page.file, page.number, page.turn] for page in paper] for paper in wanted],
            "previews": [[page.file, page.number, page.turn] for page in previews],
        },
    )  # fmt: skip
    return made["papers"], made["previews"]


def _read(parser: Any, files: Sequence[File], options: dict[str, Any]) -> Any:
    return sandbox.read(parser, *(file.content for file in files), limits=_LIMITS, options=options)


# What runs in the sandbox


def look(*files: IO[bytes], names: Sequence[str]) -> list[dict[str, Any]]:
    """Parser: what is on each page."""
    found: list[dict[str, Any]] = []
    for number, (file, name) in enumerate(zip(files, names, strict=True)):
        with _opened(file, name) as sheets:
            if len(found) + len(sheets) > MOST_PAGES:
                raise Unreadable(f"一次最多 {MOST_PAGES} 页，请分几次上传")
            for at in range(len(sheets)):
                codes, blank, turn = _seen(sheets, at)
                found.append({"file": number, "number": at, "codes": codes, "blank": blank, "turn": turn})
    return found


def cut(
    *files: IO[bytes], wanted: Sequence[Sequence[Sequence[int]]], previews: Sequence[Sequence[int]]
) -> dict[str, list[bytes]]:
    """Parser: the wanted PDFs and previews. What else a file carries stays behind."""
    made: list[bytes] = []
    for paper in wanted:
        into = pypdfium2.PdfDocument.new()
        for number, run in groupby(paper, itemgetter(0)):
            with _opened(files[number], "") as sheets:
                sheets.copy([(at, turn) for _, at, turn in run], into)
        buffer = BytesIO()
        into.save(buffer)
        made.append(inert(buffer.getvalue()))
    shown: list[bytes] = []
    for number, at, turn in previews:
        with _opened(files[number], "") as sheets:
            picture = sheets.picture(at, 150).rotate(-turn, expand=True)
            picture.thumbnail((_PREVIEW, _PREVIEW))
            buffer = BytesIO()
            picture.convert("L").save(buffer, "JPEG", quality=70)
            shown.append(buffer.getvalue())
    return {"papers": made, "previews": shown}


class _Pdf:
    """The sheets of a PDF."""

    def __init__(self, file: IO[bytes], name: str) -> None:
        try:
            self.document = pypdfium2.PdfDocument(file)
        except pypdfium2.PdfiumError as wrong:
            said = (
                "加了密码，请解除密码后再传" if wrong.err_code == raw.FPDF_ERR_PASSWORD else "已损坏，请重新扫描后再传"
            )
            raise Unreadable(f"文件“{name}”{said}") from wrong
        if not len(self):
            raise Unreadable(f"文件“{name}”里没有页面，请重新扫描后再传")

    def __len__(self) -> int:
        return len(self.document)

    def picture(self, at: int, dpi: int) -> Image.Image:
        page = self.document[at]
        scale = min(dpi / 72, _LONGEST / max(page.get_size()))
        drawn: Image.Image = page.render(scale=scale).to_pil()
        return drawn.convert("RGB")

    def copy(self, sheets: list[tuple[int, int]], into: pypdfium2.PdfDocument) -> None:
        """Each turned, and with what was laid over it, an electronic seal perhaps, made part of it."""
        before = len(into)
        into.import_pages(self.document, [at for at, _ in sheets])
        for at, (_, turn) in enumerate(sheets, start=before):
            page = into[at]
            page.set_rotation((page.get_rotation() + turn) % 360)
            raw.FPDFPage_Flatten(page.raw, raw.FLAT_PRINT)
            page.close()


class _Photo:
    """The one sheet of a photo, turned upright as the camera noted."""

    def __init__(self, file: IO[bytes], name: str) -> None:
        try:
            with Image.open(file, formats=("JPEG", "PNG")) as opened:
                if opened.width * opened.height > MOST_PIXELS:
                    raise Unreadable(f"照片“{name}”太大，请用普通画质重拍后再传")
                opened.draft("RGB", (_LONGEST, _LONGEST))
                self.photo = ImageOps.exif_transpose(opened).convert("RGB")
        except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as wrong:
            raise Unreadable(f"照片“{name}”已损坏，请重拍后再传") from wrong

    def __len__(self) -> int:
        return 1

    def picture(self, at: int, dpi: int) -> Image.Image:
        """A photo is no larger than it is: its own pixels, or fewer for the quick look."""
        small = self.photo.copy()
        longest = _LONGEST if dpi == _DPI[-1] else 2 * _LONGEST // 3
        small.thumbnail((longest, longest))
        return small

    def copy(self, sheets: list[tuple[int, int]], into: pypdfium2.PdfDocument) -> None:
        """Drawn anew, so that the place where the photo was taken stays behind."""
        kept, buffer = self.photo.rotate(-sheets[0][1], expand=True), BytesIO()
        kept.thumbnail((_PHOTO, _PHOTO))
        kept.save(buffer, "JPEG", quality=82)
        image = pypdfium2.PdfImage.new(into)
        image.load_jpeg(BytesIO(buffer.getvalue()), inline=True)
        across, up = _A4 if kept.height >= kept.width else _A4[::-1]
        scale = min(across / kept.width, up / kept.height)
        width, height = kept.width * scale, kept.height * scale
        image.set_matrix(pypdfium2.PdfMatrix().scale(width, height))
        page = into.new_page(width, height)
        page.insert_obj(image)
        page.gen_content()


@contextmanager
def _opened(file: IO[bytes], name: str) -> Iterator[_Pdf | _Photo]:
    file.seek(0)
    head = file.read(1024)
    file.seek(0)
    if not head:
        raise Unreadable(f"文件“{name}”是空的，请重新选择")
    if b"%PDF-" in head:
        sheets = _Pdf(file, name)
        try:
            yield sheets
        finally:
            sheets.document.close()
    elif head.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")):
        yield _Photo(file, name)
    else:
        raise Unreadable(f"“{name}”不是 PDF、JPG 或 PNG 文件，请重新选择")


def _seen(sheets: _Pdf | _Photo, at: int) -> tuple[list[str], bool, int]:
    """The codes on a page; whether it is blank, which is asked of a page without any; how it has to be turned."""
    for dpi in _DPI:
        picture = sheets.picture(at, dpi)
        # Seen in red light, the ink of a seal that lies on the code is gone.
        codes = zxingcpp.read_barcodes(picture.getchannel("R"), formats=_QR, try_invert=False)
        if codes:
            return [code.text[:60] for code in codes], False, _turn(codes)
        if _is_blank(picture.convert("L")):
            return [], True, 0
    return [], False, 0


def _turn(codes: Sequence[zxingcpp.Barcode]) -> int:
    """In quarters, for a page is never laid in further askew. Codes of others may stand on a page as they like."""
    ours = next((code for code in codes if Mark.scanned(code.text)), None)
    return -90 * round(ours.orientation / 90) % 360 if ours else 0


def _is_blank(picture: Image.Image) -> bool:
    width, height = picture.size
    across, down = math.ceil(width * _MARGIN), math.ceil(height * _MARGIN)
    inner = picture.crop((across, down, width - across, height - down))
    dark = sum(inner.histogram()[:_DARK])
    return dark < _INK * max(1, inner.width * inner.height)
