"""A scanner and a phone: printed papers as pictures, turned and coarse as they come from an office."""

from collections.abc import Sequence
from io import BytesIO

import pypdfium2  # type: ignore[import-untyped]
from PIL import Image

from dangjian.papers import pdf
from dangjian.papers.blocks import Paper
from dangjian.papers.scanned import File

BLANK = Image.new("L", (1240, 1754), 255)


def sheets(paper: Paper, *, dpi: int = 150, turned: float = 0) -> list[Image.Image]:
    """Each printed page as the glass of the scanner sees it."""
    return [
        page.render(scale=dpi / 72, grayscale=True).to_pil().convert("L").rotate(turned, expand=True, fillcolor=255)
        for page in pypdfium2.PdfDocument(pdf.draw(paper))
    ]


def without_foot(sheet: Image.Image) -> Image.Image:
    """The same page with the mark torn off."""
    torn = sheet.copy()
    torn.paste(255, (0, round(sheet.height * 0.88), sheet.width, sheet.height))
    return torn


def scan(pictures: Sequence[Image.Image], name: str = "扫描.pdf") -> File:
    """One PDF of many pages."""
    buffer = BytesIO()
    first, *rest = pictures
    first.save(buffer, "PDF", save_all=True, append_images=rest, resolution=150)
    return File(name, buffer.getvalue())


def photo(picture: Image.Image, name: str = "IMG_0001.jpg", *, orientation: int = 1, place: str = "") -> File:
    """A photo whose camera noted how it was held, and perhaps where."""
    buffer, noted = BytesIO(), Image.Exif()
    noted[0x0112], noted[0x010E] = orientation, place
    picture.convert("RGB").save(buffer, "JPEG", quality=60, exif=noted)
    return File(name, buffer.getvalue())
