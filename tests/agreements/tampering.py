"""Tampering (改动): what may be done to a file that both confirmed, and what is to be found of it."""

from collections.abc import Callable
from io import BytesIO
from tempfile import TemporaryDirectory

from django.test import override_settings
from PIL import Image
from pypdf import PdfReader, PdfWriter
from pypdf.generic import ArrayObject, DictionaryObject, NameObject, NumberObject, TextStringObject

from dangjian.agreements import certificate, papers, signed_file
from dangjian.agreements.issuer import Issuer
from dangjian.agreements.letter import Letter
from dangjian.agreements.signature import Side
from dangjian.agreements.signed_file import Finding
from dangjian.papers import pdf


def a_byte_changed(file: bytes) -> bytes:
    at = file.index(b"stream", 2000) + 300
    return file[:at] + bytes([file[at] ^ 1]) + file[at + 1 :]


def a_page_added(file: bytes) -> bytes:
    writer = PdfWriter(BytesIO(file), incremental=True)
    writer.add_blank_page(595, 842)
    return written(writer)


def a_note_added(file: bytes) -> bytes:
    writer = PdfWriter(BytesIO(file), incremental=True)
    note = DictionaryObject({
        NameObject("/Type"): NameObject("/Annot"), NameObject("/Subtype"): NameObject("/FreeText"),
        NameObject("/Rect"): ArrayObject(map(NumberObject, (100, 100, 300, 150))), NameObject("/Contents"): TextStringObject("另加一条"),
    })  # fmt: skip
    writer.add_annotation(0, note)
    return written(writer)


def bytes_at_the_end(file: bytes) -> bytes:
    return file + b"\n% more"


def written_anew(file: bytes) -> bytes:
    return written(PdfWriter(clone_from=PdfReader(BytesIO(file))))


def without_the_second(file: bytes) -> bytes:
    """As it was when only one had confirmed: a whole and valid file by itself."""
    return file[: file.rindex(b"%%EOF", 0, file.rindex(b"%%EOF")) + 6]


def signed_by_others(file: bytes) -> bytes:
    """The same paper, signed for both by keys that another issuer certified with the same names."""
    with TemporaryDirectory() as folder, override_settings(SIGNING_ROOT=folder):
        Issuer.found()
        return signed_anew(file, {Side.BRANCH: Side.BRANCH, Side.COMMITTEE: Side.COMMITTEE})


def sides_exchanged(file: bytes) -> bytes:
    """Each signed in the other's place, by certificates of our own issuer."""
    return signed_anew(file, {Side.BRANCH: Side.COMMITTEE, Side.COMMITTEE: Side.BRANCH})


def signed_anew(file: bytes, sides: dict[Side, Side]) -> bytes:
    """``sides``: in whose place → by whose certificate."""
    letter, picture = Letter.objects.get(state="signed"), Image.new("RGB", (110, 40), "white")
    made = signed_file.with_fields(pdf.draw(papers.to_confirm(letter)))
    for place, own in sides.items():
        with certificate.signer_of(letter.signatures.get(side=own).person, own) as signer:
            made = signed_file.signed(made, place, signer, picture)
    return made


def without_signatures(file: bytes) -> bytes:
    writer = PdfWriter()
    writer.add_page(PdfReader(BytesIO(file)).pages[0])
    writer.pages[0].pop("/Annots", None)
    return written(writer)


def written(writer: PdfWriter) -> bytes:
    out = BytesIO()
    writer.write(out)
    return out.getvalue()


TAMPERED: list[tuple[Callable[[bytes], bytes], Finding]] = [
    (lambda file: file, Finding.INTACT),
    (a_byte_changed, Finding.CHANGED),
    (written_anew, Finding.CHANGED),
    (a_page_added, Finding.ADDED),
    (a_note_added, Finding.ADDED),
    (bytes_at_the_end, Finding.ADDED),
    (without_the_second, Finding.CUT),
    (signed_by_others, Finding.WRONG_CERTIFICATE),
    (sides_exchanged, Finding.WRONG_CERTIFICATE),
    (without_signatures, Finding.NOT_OURS),
    (lambda file: b"%PDF-1.7 nonsense", Finding.NOT_OURS),
]
