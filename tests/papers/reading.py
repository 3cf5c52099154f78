"""Reading papers back: what a Word file and a PDF say, in the order in which a person reads them."""

from io import BytesIO

from docx import Document
from docx.document import Document as WordFile
from docx.oxml.ns import qn
from pypdf import PdfReader


def opened(drawn: bytes) -> WordFile:
    return Document(BytesIO(drawn))


def squeezed(text: str) -> str:
    """Without white space and the marks that allow a break in a long word."""
    return "".join(text.replace("\u200b", "").split())


def word_text(drawn: bytes) -> str:
    return squeezed("".join(text.text or "" for text in opened(drawn).element.body.iter(qn("w:t"))))


def pdf_pages(drawn: bytes) -> list[str]:
    return [squeezed(page.extract_text()) for page in PdfReader(BytesIO(drawn)).pages]


def form_cells(drawn: bytes) -> list[tuple[str, str]]:
    """Label and value of each row of the first table; a foot ends its value."""
    return [(squeezed(row.cells[0].text), squeezed(row.cells[1].text)) for row in opened(drawn).tables[0].rows]
