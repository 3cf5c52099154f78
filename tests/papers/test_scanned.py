"""Scanned pages: printed papers are read back turned, coarse and photographed; broken files are refused in one sentence."""

import re
from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pypdfium2  # type: ignore[import-untyped]
import pytest
import segno
from PIL import Image, ImageChops, ImageDraw, ImageFilter
from pypdf import PdfReader, PdfWriter
from pypdf.annotations import Link
from pypdf.generic import (
    ArrayObject,
    DecodedStreamObject,
    DictionaryObject,
    NameObject,
    NumberObject,
    RectangleObject,
    StreamObject,
    TextStringObject,
)

from dangjian.foundation.sandbox import Unreadable
from dangjian.papers import scanned, word
from dangjian.papers.blocks import Foot, Paper
from dangjian.papers.mark import Mark
from dangjian.papers.scanned import File, Page
from tests.papers import samples
from tests.papers.reading import opened
from tests.papers.scanner import BLANK, photo, scan, sheets, without_foot

MARK = Mark("A", 1024, 2)
QR = f"DJ:{MARK.code}"


def marked(paper: Paper | None = None, mark: Mark = MARK) -> Paper:
    return replace(paper or samples.filled_application(), mark=mark)


def codes(*files: File) -> list[tuple[str, ...]]:
    return [page.codes for page in scanned.pages(files)]


@pytest.mark.parametrize("turned", [0, 2.5, 90, 177, 270])
@pytest.mark.parametrize("dpi", [120, 150, 200])
def test_a_scanned_page_is_known_however_it_lay(dpi: int, turned: float) -> None:
    assert codes(scan(sheets(marked(), dpi=dpi, turned=turned))) == [(QR,)]


def test_every_page_of_a_long_paper_knows_itself() -> None:
    long = replace(samples.overlong_application(60), foot=Foot.OUTER)
    pages = sheets(marked(long))
    assert len(pages) > 3
    assert codes(scan(pages)) == [(QR,)] * len(pages)


def test_a_list_across_the_page_bears_the_mark_on_every_page() -> None:
    pages = sheets(marked(samples.ledger(30)))
    assert codes(scan(pages)) == [(QR,)] * len(pages)


def test_the_mark_takes_no_room_from_the_form() -> None:
    plain = samples.filled_application()
    assert len(sheets(marked(plain))) == len(sheets(plain)) == 1


def test_word_carries_the_same_mark_in_the_foot_of_every_page() -> None:
    file = opened(word.draw(marked(replace(samples.overlong_application(60), foot=Foot.OUTER))))
    for foot in (file.sections[0].footer, file.sections[0].even_page_footer):
        assert MARK.code in "".join(text.text or "" for text in foot._element.iter() if text.tag.endswith("}t"))
        [picture] = [part.blob for part in foot.part.related_parts.values()]
        assert picture == MARK.png()
    assert word.draw(marked()) == word.draw(marked())


@pytest.mark.parametrize("orientation", [1, 3, 6, 8])
def test_a_photo_is_known_and_kept_upright(orientation: int) -> None:
    held = {1: 0, 3: 180, 6: 90, 8: -90}[orientation]
    [sheet] = sheets(marked(), dpi=220)
    taken = photo(sheet.rotate(held, expand=True), orientation=orientation)
    pages = scanned.pages([taken])
    assert [page.codes for page in pages] == [(QR,)]
    [[made], _] = scanned.papers([taken], [pages])
    width, height = pypdfium2.PdfDocument(made)[0].get_size()
    assert width < height


@pytest.mark.parametrize("turned", [0, 2.5, 90, 177, 270])
@pytest.mark.parametrize("taken", [lambda sheet: scan([sheet]), photo])
def test_a_page_is_kept_upright_however_it_lay(turned: float, taken: Callable[[Image.Image], File]) -> None:
    """As its mark tells; so it is read, printed and bound in a book."""
    [sheet] = sheets(marked(), dpi=200, turned=turned)
    file = taken(sheet)
    [page] = scanned.pages([file])
    [[made], [preview]] = scanned.papers([file], [[page]], [page])
    [again] = scanned.pages([File("归档.pdf", made)])
    assert (again.codes, again.turn) == ((QR,), 0)
    for width, height in (pypdfium2.PdfDocument(made)[0].get_size(), Image.open(BytesIO(preview)).size):
        assert width < height


def test_the_code_of_somebody_else_turns_no_page() -> None:
    [sheet], buffer = sheets(samples.filled_application()), BytesIO()
    segno.make_qr("https://example.org/fapiao").save(buffer, kind="png", scale=6)
    sheet.paste(Image.open(buffer).convert("L").rotate(90, expand=True), (60, 60))
    [page] = scanned.pages([scan([sheet])])
    assert (page.codes, page.turn) == (("https://example.org/fapiao",), 0)


@pytest.mark.parametrize("ink", [(200, 20, 20), (230, 60, 60)])
def test_a_red_seal_may_lie_on_the_code(ink: tuple[int, int, int]) -> None:
    [sheet] = sheets(marked(), dpi=200)
    seal = Image.new("RGB", sheet.size, "white")
    # A ring of 40 mm, drawn right across the code.
    ImageDraw.Draw(seal).ellipse((70, 1990, 385, 2305), outline=ink, width=10)
    stamped = ImageChops.multiply(sheet.convert("RGB"), seal)
    assert codes(photo(stamped)) == [(QR,)]
    assert codes(scan([stamped])) == [(QR,)]


def test_a_photo_taken_aslant_in_the_shade_is_known() -> None:
    [sheet] = sheets(marked(), dpi=200)
    width, height = sheet.size
    aslant = (-120, -60, -40, height + 90, width + 60, height + 150, width + 150, -90)
    taken = sheet.transform((width, height), Image.Transform.QUAD, aslant, fillcolor=80)
    shade = Image.linear_gradient("L").resize(taken.size).point(lambda value: 90 + value // 2)
    dark = ImageChops.multiply(taken, shade).filter(ImageFilter.GaussianBlur(1))
    dark.thumbnail((1600, 1600))
    assert codes(photo(dark)) == [(QR,)]


def test_the_place_of_a_photo_stays_behind() -> None:
    taken = photo(sheets(marked())[0], place="secret place")
    assert isinstance(taken.content, bytes)
    assert b"secret place" in taken.content
    [made], _ = scanned.papers([taken], [scanned.pages([taken])])
    assert b"secret place" not in made


def test_scripts_and_attachments_of_a_file_stay_behind() -> None:
    writer, source = PdfWriter(), scan(sheets(marked()))
    assert isinstance(source.content, bytes)
    writer.append(BytesIO(source.content))
    script = DictionaryObject({NameObject("/S"): NameObject("/JavaScript"), NameObject("/JS"): TextStringObject("x()")})
    writer.root_object[NameObject("/OpenAction")] = script
    writer.add_attachment("hidden.exe", b"MZ")
    seal = StreamObject()
    seal.set_data(b"1 0 0 rg 0 0 50 50 re f")
    seal.update({NameObject("/Subtype"): NameObject("/Form"), NameObject("/BBox"): RectangleObject((0, 0, 50, 50))})
    drawn = DictionaryObject({NameObject("/N"): writer._add_object(seal)})
    stamp = DictionaryObject({
        NameObject("/Subtype"): NameObject("/Stamp"), NameObject("/Rect"): RectangleObject((100, 600, 200, 700)),
        NameObject("/AP"): drawn, NameObject("/F"): NumberObject(4),
    })  # fmt: skip
    writer.add_annotation(0, stamp)
    writer.add_annotation(0, Link(rect=(0, 0, 500, 700), url="https://example.com"))
    buffer = BytesIO()
    writer.write(buffer)
    harmful = File("有脚本.pdf", buffer.getvalue())
    [made], _ = scanned.papers([harmful], [scanned.pages([harmful])])
    assert {"/OpenAction", "/Names"} <= set(PdfReader(BytesIO(buffer.getvalue())).trailer["/Root"])
    kept = PdfReader(BytesIO(made))
    assert not {"/OpenAction", "/Names"} & set(kept.trailer["/Root"])
    assert "/Annots" not in kept.pages[0]
    shown = pypdfium2.PdfDocument(made)[0].render(scale=1).to_pil().convert("RGB")
    assert shown.getpixel((150, shown.height - 650)) == (255, 0, 0)


def _script(code: str = "app.alert(1)") -> DictionaryObject:
    return DictionaryObject({NameObject("/S"): NameObject("/JavaScript"), NameObject("/JS"): TextStringObject(code)})


def hostile(source: File) -> bytes:
    """A page on which everything hangs that a reader might run, follow or unpack."""
    assert isinstance(source.content, bytes)
    writer = PdfWriter()
    writer.append(BytesIO(source.content))
    [page] = writer.pages
    program = DecodedStreamObject()
    program.set_data(b"MZ hidden program")
    program[NameObject("/Type")] = NameObject("/EmbeddedFile")
    held = DictionaryObject({
        NameObject("/Type"): NameObject("/Filespec"), NameObject("/F"): TextStringObject("x.exe"),
        NameObject("/EF"): DictionaryObject({NameObject("/F"): writer._add_object(program)}),
    })  # fmt: skip
    files = ArrayObject([writer._add_object(held)])
    pictures = page["/Resources"]["/XObject"]  # type: ignore[index]
    picture = pictures[next(iter(pictures))]
    picture.update({NameObject("/AF"): files, NameObject("/AA"): DictionaryObject({NameObject("/O"): _script()})})
    page["/Resources"][NameObject("/Properties")] = DictionaryObject({NameObject("/X"): _script()})  # type: ignore[index]
    page.update({
        NameObject("/AA"): DictionaryObject({NameObject("/O"): _script(), NameObject("/C"): _script()}),
        NameObject("/AF"): files, NameObject("/PieceInfo"): DictionaryObject({NameObject("/P"): _script()}),
        NameObject("/Metadata"): writer._add_object(program),
    })  # fmt: skip
    for kind, facts in (
        ("/Widget", {NameObject("/FT"): NameObject("/Btn"), NameObject("/A"): _script()}),
        ("/Screen", {NameObject("/AA"): DictionaryObject({NameObject("/PO"): _script()})}),
        ("/FileAttachment", {NameObject("/FS"): files[0]}),
        ("/Link", {NameObject("/A"): DictionaryObject({
            NameObject("/S"): NameObject("/Launch"), NameObject("/F"): TextStringObject("cmd.exe")})}),
    ):  # fmt: skip
        hung = {NameObject("/Subtype"): NameObject(kind), NameObject("/Rect"): RectangleObject((0, 0, 90, 90))}
        writer.add_annotation(0, DictionaryObject(hung | facts))
    buffer = BytesIO()
    writer.write(buffer)
    return buffer.getvalue()


ACTIVE = re.compile(rb"/(?:JS|JavaScript|AA|AF|EF|EmbeddedFile|Filespec|Launch|Annots|PieceInfo|Metadata)\b")


def test_what_hangs_on_a_page_or_a_picture_stays_behind_and_the_page_looks_the_same() -> None:
    content = hostile(scan(sheets(marked())))
    file = File("有动作.pdf", content)
    assert len(set(ACTIVE.findall(content))) == 11
    [made, again], _ = scanned.papers([file], [scanned.pages([file])] * 2)
    assert not ACTIVE.findall(made)
    assert b"hidden program" not in made + b"".join(
        each.get_data()
        for each in map(PdfReader(BytesIO(made)).get_object, range(1, 30))
        if isinstance(each, StreamObject)
    )
    assert made == again
    before, after = (pypdfium2.PdfDocument(pdf)[0].render(scale=1).to_pil() for pdf in (content, made))
    assert ImageChops.difference(before.convert("L"), after.convert("L")).getbbox() is None


def test_a_blank_back_is_told_from_a_page_whose_mark_is_gone() -> None:
    [sheet] = sheets(marked())
    pages = scanned.pages([scan([sheet, BLANK, without_foot(sheet)])])
    assert [(page.codes, page.blank) for page in pages] == [((QR,), False), ((), True), ((), False)]


def test_codes_of_others_are_read_but_are_no_marks() -> None:
    buffer = BytesIO()
    segno.make_qr("https://example.com/invoice").save(buffer, kind="png", scale=8)
    [found] = codes(scan([Image.open(buffer).convert("L")]))
    assert found == ("https://example.com/invoice",)


def test_pages_are_cut_out_in_the_order_asked_for_from_several_files(tmp_path: Path) -> None:
    first, second = scan(sheets(marked())), photo(sheets(marked())[0])
    on_disk = tmp_path / "upload"
    assert isinstance(second.content, bytes)
    on_disk.write_bytes(second.content)
    files = [first, File("照片.jpg", on_disk)]
    a, b = scanned.pages(files)
    made, previews = scanned.papers(files, [[b, a, b], [a]], [b])
    assert [len(pypdfium2.PdfDocument(pdf)) for pdf in made] == [3, 1]
    assert max(Image.open(BytesIO(previews[0])).size) == 700


def test_the_same_pages_are_the_same_file() -> None:
    file = scan(sheets(marked()))
    pages = scanned.pages([file])
    made = [scanned.papers([file], [pages])[0][0] for _ in range(2)]
    assert made[0] == made[1]
    assert len(PdfReader(BytesIO(made[0])).pages) == 1


def test_two_hundred_pages_and_no_more() -> None:
    def blank(count: int) -> File:
        document, buffer = pypdfium2.PdfDocument.new(), BytesIO()
        for _ in range(count):
            document.new_page(60, 84)
        document.save(buffer)
        return File("很多页.pdf", buffer.getvalue())

    assert len(scanned.pages([blank(200)])) == 200
    with pytest.raises(Unreadable, match="一次最多 200 页"):
        scanned.pages([blank(150), blank(51)])


def _locked() -> bytes:
    writer, buffer = PdfWriter(), BytesIO()
    writer.add_blank_page(595, 842)
    writer.encrypt("secret", algorithm="AES-256")
    writer.write(buffer)
    return buffer.getvalue()


def _cut_off() -> bytes:
    whole = scan(sheets(marked())).content
    assert isinstance(whole, bytes)
    return whole[:200]


def _cut_off_photo() -> bytes:
    whole = photo(sheets(marked())[0]).content
    assert isinstance(whole, bytes)
    return whole[: len(whole) // 3]


def _huge_photo() -> bytes:
    buffer = BytesIO()
    Image.new("1", (12000, 12000)).save(buffer, "PNG")
    return buffer.getvalue()


def _empty() -> bytes:
    document, buffer = pypdfium2.PdfDocument.new(), BytesIO()
    document.save(buffer)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (_locked, "加了密码，请解除密码后再传"),
        (_cut_off, "已损坏，请重新扫描后再传"),
        (_empty, "请重新扫描后再传"),
        (lambda: b"%PDF-1.7", "已损坏，请重新扫描后再传"),
        (_cut_off_photo, "已损坏，请重拍后再传"),
        (lambda: b"\x89PNG\r\n\x1a\n" + b"\x00" * 50, "已损坏，请重拍后再传"),
        (_huge_photo, "太大，请用普通画质重拍后再传"),
        (lambda: b"", "是空的，请重新选择"),
        (lambda: b"PK\x03\x04 a Word file", "不是 PDF、JPG 或 PNG 文件"),
    ],
)
def test_a_broken_file_is_refused_by_its_name(content: object, said: str) -> None:
    good = scan(sheets(marked()))
    with pytest.raises(Unreadable) as refused:
        scanned.pages([good, File("第二个.pdf", content())])  # type: ignore[operator]
    assert said in str(refused.value)
    assert "第二个.pdf" in str(refused.value)


def test_too_many_bytes_are_refused_before_they_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scanned, "MOST_BYTES", 1_000_000)
    with pytest.raises(Unreadable, match="文件合计超过"):
        scanned.pages([File("大.pdf", b"%PDF-" + b"0" * 600_000)] * 2)


def test_a_page_as_large_as_a_house_is_drawn_no_larger_than_a_page() -> None:
    document, buffer = pypdfium2.PdfDocument.new(), BytesIO()
    document.new_page(14_400, 14_400)
    document.save(buffer)
    assert scanned.pages([File("大.pdf", buffer.getvalue())]) == [Page(0, 0, (), True)]
