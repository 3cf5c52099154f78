"""The electronically confirmed file (电子确认件): one PDF with two signatures, and what became of it since.

Internal electronic confirmation (内部电子确认), not a 可靠电子签名. Knows neither settings nor database: it is read in
the sandbox and from the command line.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from enum import StrEnum
from io import BytesIO
from typing import IO, Any

import pypdfium2  # type: ignore[import-untyped]
from asn1crypto import x509  # type: ignore[import-untyped]
from asn1crypto.pem import detect, unarmor  # type: ignore[import-untyped]
from PIL import Image
from pyhanko.pdf_utils.images import PdfImage
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.layout import AxisAlignment, Margins, SimpleBoxLayoutRule
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import fields, signers
from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.stamp import StaticStampStyle
from pyhanko_certvalidator import ValidationContext

FIELDS = {"committee": "SigCommittee", "branch": "SigBranch"}
"""Side → its field, in the order in which their labels stand on the paper."""
_NO_MARGINS = Margins(left=0, right=0, top=0, bottom=0)
_LABEL = "书记："
_SIZE = (110, 40)
"""Width and height of a signature in points."""


class Finding(StrEnum):
    """What became of a file. The value is said to machines, :data:`WORDS` to people."""

    INTACT = "intact"
    CHANGED = "changed"
    ADDED = "added"
    CUT = "cut"
    WRONG_CERTIFICATE = "wrong_certificate"
    NOT_OURS = "not_ours"
    UNKNOWN = "unknown"


WORDS = {
    Finding.INTACT: "完好：双方确认后没有任何改动",
    Finding.CHANGED: "内容被改动：文件里有字节与确认时不同",
    Finding.ADDED: "确认之后有增补：加了页、批注或其他内容",
    Finding.CUT: "确认不全：只有一方的签名，另一方的被去掉或尚未确认",
    Finding.WRONG_CERTIFICATE: "证书不对：签名所用的证书不是本系统签发给该方书记的",
    Finding.NOT_OURS: "不是本系统的电子确认件",
    Finding.UNKNOWN: "签名完好，但系统中没有登记这份文件",
}
EXIT_CODES = {
    Finding.INTACT: 0, Finding.CHANGED: 10, Finding.ADDED: 11, Finding.CUT: 12, Finding.WRONG_CERTIFICATE: 13,
    Finding.NOT_OURS: 14, Finding.UNKNOWN: 15,
}  # fmt: skip


@dataclass(frozen=True)
class Signer:
    """Who signed in a field: the name and number that the certificate says, and when."""

    side: str
    name: str
    serial: str
    at: str


@dataclass(frozen=True)
class Verdict:
    finding: Finding
    signers: tuple[Signer, ...] = ()

    @property
    def text(self) -> str:
        return WORDS[self.finding]


def with_fields(pdf: bytes) -> bytes:
    """The paper with an empty signature field to the right of each secretary's label."""
    out = BytesIO(pdf)
    writer = IncrementalPdfFileWriter(out)
    for name, (page, x, y) in zip(FIELDS.values(), _places(pdf), strict=True):
        box = (round(x), round(y - _SIZE[1] / 2), round(x + _SIZE[0]), round(y + _SIZE[1] / 2))
        fields.append_signature_field(writer, fields.SigFieldSpec(name, on_page=page, box=box))
    writer.write_in_place()  # type: ignore[no-untyped-call]
    return out.getvalue()


def _places(pdf: bytes) -> Iterator[tuple[int, float, float]]:
    """Where the two labels end: page, right edge, middle."""
    read = pypdfium2.PdfDocument(pdf)
    text = read[len(read) - 1].get_textpage()
    search, found = text.search(_LABEL), []
    while (hit := search.get_next()) is not None:
        found.append(hit[0] + hit[1] - 1)
    for index in found[-2:]:
        _, bottom, right, top = text.get_charbox(index)
        yield len(read) - 1, right + 2, (bottom + top) / 2


def signed(pdf: bytes, side: str, signer: signers.Signer, picture: Image.Image) -> bytes:
    """The file with one more signature; what was there before is its unchanged beginning."""
    writer = IncrementalPdfFileWriter(BytesIO(pdf))
    is_first = not writer.prev.embedded_signatures
    about = signers.PdfSignatureMetadata(
        field_name=FIELDS[side], certify=is_first, docmdp_permissions=fields.MDPPerm.FILL_FORMS, md_algorithm="sha256"
    )
    fitted = SimpleBoxLayoutRule(AxisAlignment.ALIGN_MIN, AxisAlignment.ALIGN_MID, margins=_NO_MARGINS)
    style = StaticStampStyle(
        border_width=0, background=PdfImage(picture), background_opacity=1, background_layout=fitted
    )
    out = signers.PdfSigner(about, signer=signer, stamp_style=style).sign_pdf(writer, existing_fields_only=True)
    return bytes(out.getbuffer())


def verify(file: IO[bytes], *, roots: list[str]) -> dict[str, Any]:
    """The :class:`Verdict` as plain data, for the sandbox. ``roots`` are the certificates of the authority, as PEM."""
    found = _verdict(file, roots)
    return {"finding": found.finding.value, "signers": [asdict(one) for one in found.signers]}


def verdict_of(told: dict[str, Any]) -> Verdict:
    """What came back from the sandbox."""
    return Verdict(Finding(told["finding"]), tuple(Signer(**one) for one in told["signers"]))


def _verdict(file: IO[bytes], roots: list[str]) -> Verdict:
    data = file.read()
    # The names of the fields stand in clear: a file that has them is one of ours that does not open any more.
    ours = all(name.encode() in data for name in FIELDS.values())
    try:
        return _examined(PdfFileReader(BytesIO(data)), roots, len(data))
    except Exception:
        # Whatever a reader stumbles over was not there when it was signed.
        return Verdict(Finding.CHANGED if ours else Finding.NOT_OURS)


def _examined(reader: PdfFileReader, roots: list[str], length: int) -> Verdict:
    found = {embedded.field_name: embedded for embedded in reader.embedded_signatures}
    if not found.keys() & set(FIELDS.values()):
        return Verdict(Finding.NOT_OURS)
    believed = [_certificate(pem) for pem in roots]
    signers_found, findings = [], []
    for side, name in FIELDS.items():
        if name not in found:
            continue
        embedded = found[name]
        # A certificate that ended since was good on the day: the file does not turn bad by growing old.
        moment = embedded.self_reported_timestamp
        trusted = ValidationContext(trust_roots=believed, allow_fetching=False, moment=moment)
        status = validate_pdf_signature(embedded, signer_validation_context=trusted)
        subject = embedded.signer_cert.subject.native
        at = status.signer_reported_dt
        signers_found.append(
            Signer(side, str(subject.get("common_name", "")), f"{embedded.signer_cert.serial_number:x}",
                   at.isoformat() if at else "")
        )  # fmt: skip
        findings.append(_of_one(status, subject.get("organizational_unit_name") == side))
    ends = [int(embedded.byte_range[2]) + int(embedded.byte_range[3]) for embedded in found.values()]
    if found.keys() - set(FIELDS.values()) or max(ends) != length:
        findings.append(Finding.ADDED)
    if len(signers_found) < len(FIELDS):
        findings.append(Finding.CUT)
    worst = next((one for one in _WORST_FIRST if one in findings), Finding.INTACT)
    return Verdict(worst, tuple(signers_found))


_WORST_FIRST = (Finding.CHANGED, Finding.WRONG_CERTIFICATE, Finding.ADDED, Finding.CUT)


def _of_one(status: Any, is_for_side: bool) -> Finding:
    if not (status.intact and status.valid):
        return Finding.CHANGED
    if not (status.trusted and is_for_side):
        return Finding.WRONG_CERTIFICATE
    if status.modification_level is ModificationLevel.OTHER or not status.bottom_line:
        return Finding.ADDED
    return Finding.INTACT


def _certificate(pem: str) -> x509.Certificate:
    raw = pem.encode()
    return x509.Certificate.load(unarmor(raw)[2] if detect(raw) else raw)
