"""A paper as a download."""

from io import BytesIO

from django.http import FileResponse, Http404

from dangjian.papers.blocks import Paper
from dangjian.papers.face import FACES


def drawn(paper: Paper, kind: str, *, inline: bool = False) -> FileResponse:
    """The paper as Word or PDF. Raises Http404 for another kind."""
    if kind not in FACES:
        raise Http404
    draw, media_type = FACES[kind]
    answer = FileResponse(
        BytesIO(draw(paper)), as_attachment=not inline, filename=paper.file_name(kind), content_type=media_type
    )
    answer["Cache-Control"] = "private, no-store"
    answer["X-Content-Type-Options"] = "nosniff"
    return answer
