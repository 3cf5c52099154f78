"""A paper as a download, and as a page that shows what will be printed."""

from collections.abc import Iterable, Iterator
from io import BytesIO
from typing import Any

from django.http import FileResponse, Http404

from dangjian.overview import paper_template
from dangjian.papers import excel, fonts, pdf
from dangjian.papers.blocks import Paper
from dangjian.papers.face import FACES
from dangjian.web.middleware import Asked


def drawn(paper: Paper, kind: str, request: Asked) -> FileResponse:
    """The paper as Word or PDF, to be kept or, with ?view, looked at. Raises Http404 for another kind."""
    if kind not in FACES:
        raise Http404
    content, media_type = paper_template.drawn(paper, kind, by=request.person.name)
    return attached(content, paper.file_name(kind), media_type, inline="view" in request.GET)


def media_type(name: str) -> str:
    """The media type of a made file, by how its name ends."""
    kind = name.rpartition(".")[2]
    return excel.MEDIA_TYPE if kind == "xlsx" else FACES[kind][1]


def attached(content: bytes, name: str, media_type: str, *, inline: bool = False) -> FileResponse:
    """A made file, for whoever asked for it alone."""
    answer = FileResponse(BytesIO(content), as_attachment=not inline, filename=name, content_type=media_type)
    answer["Cache-Control"] = "private, no-store"
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


def on_screen(paper: Paper) -> dict[str, Any]:
    """The paper for ``parts/paper.html``: its blocks and letters are those of Word and PDF, which draw the same paper."""
    fitted = pdf.fitted(paper)
    blocks = pdf.described(fitted)
    for block in blocks:
        if block["kind"] == "FormTable":
            block["label_share"] = round(100 * block["widths"][0] / sum(block["widths"]))
        elif block["kind"] == "ListTable":
            whole = sum(column["width"] for column in block["columns"])
            for column in block["columns"]:
                column["share"] = round(100 * column["width"] / whole, 1)
            block["heads"] = list(_upper_heads(block)) if block["groups"] else []
    return {
        "title": paper.title,
        "landscape": paper.page.landscape,
        "size": round(fitted.fit[0].size),
        "blocks": blocks,
        "warning": _warning(blocks),
    }


def _warning(blocks: Iterable[Any]) -> str:
    """Which characters the PDF would show as boxes, for want of a font; empty for none."""
    signs = "、".join(f"“{sign}”" for sign in fonts.missing("".join(_texts(blocks))))
    said = "系统的字体里没有，PDF 上会印成方框，Word 不受影响；请管理员装上有这些字的字体。"
    return f"{signs}{said}" if signs else ""


def _texts(described: Any) -> Iterator[str]:
    if isinstance(described, str):
        yield described
    elif isinstance(described, dict):
        for value in described.values():
            yield from _texts(value)
    elif isinstance(described, list | tuple):
        for value in described:
            yield from _texts(value)


def _upper_heads(block: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The cells of the upper head row: groups over their columns, and columns that fill both rows."""
    starts = {first: (name, last - first + 1) for name, first, last in block["groups"]}
    for index, column in enumerate(block["columns"]):
        if index in starts:
            name, span = starts[index]
            yield {"name": name, "span": span}
        elif not column["group"]:
            yield {"column": column}
