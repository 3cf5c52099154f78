"""The inert PDF (不带动作的 PDF): what its pages show, and nothing that acts, hides or tells where it came from.

A page of a stranger's file may carry scripts that run when it is opened, links, forms, and whole files hung on a
page or on a picture. Of a page only what draws it is kept; within that, whatever acts or holds a file is taken out.
Runs in the sandbox.
"""

from __future__ import annotations

from io import BytesIO
from typing import Any

from pypdf import PdfReader, PdfWriter
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject, NameObject, StreamObject

_DRAWS = frozenset({"/Type", "/Parent", "/MediaBox", "/CropBox", "/Rotate", "/UserUnit", "/Resources", "/Contents"})
"""What of a page has to do with how it looks."""
_HANGS_ON = frozenset({"/AA", "/A", "/AF", "/Metadata", "/PieceInfo", "/OPI", "/StructParent", "/StructParents"})
"""What may hang on a picture or a drawing without being drawn. In lists of resources these may be names of fonts."""
_ACTS = frozenset({"/JS", "/EF", "/OpenAction"})
_KINDS = frozenset({"/Action", "/Annot", "/EmbeddedFile", "/Filespec"})


def inert(pdf: bytes) -> bytes:
    """The same pages. The same pages give the same bytes, so that they are kept once."""
    reader, writer = PdfReader(BytesIO(pdf)), PdfWriter()
    for page in reader.pages:
        for key in set(page) - _DRAWS:
            del page[key]
        _strip(page)
        writer.add_page(page)
    writer.metadata = None
    buffer = BytesIO()
    writer.write(buffer)
    return buffer.getvalue()


def _strip(page: DictionaryObject) -> None:
    """Take out of everything that the page reaches what acts, once for each object however often it is reached."""
    seen: set[int] = set()
    waiting: list[Any] = [value for key, value in page.items() if key != "/Parent"]
    while waiting:
        found = waiting.pop()
        if isinstance(found, IndirectObject):
            if found.idnum in seen:
                continue
            seen.add(found.idnum)
            found = found.get_object()
        if isinstance(found, DictionaryObject):
            for key in [key for key, value in found.items() if _is_unwanted(found, key, value)]:
                del found[key]
            waiting += found.values()
        elif isinstance(found, ArrayObject):
            found[:] = [each for each in found if not _acts(each)]
            waiting += found


def _is_unwanted(holder: DictionaryObject, key: str, value: Any) -> bool:
    return key in _ACTS or (isinstance(holder, StreamObject) and key in _HANGS_ON) or _acts(value)


def _acts(value: Any) -> bool:
    found = value.get_object() if isinstance(value, IndirectObject) else value
    if not isinstance(found, DictionaryObject):
        return False
    return bool(_ACTS & found.keys()) or found.get("/Type") in _KINDS or found.get("/S") == NameObject("/JavaScript")
