"""The faces of a paper: the kinds of file in which it leaves the system, and by whose hand."""

from dataclasses import replace

from dangjian.foundation import clock
from dangjian.foundation.window import moment_text
from dangjian.papers import pdf, word
from dangjian.papers.blocks import Foot, Paper

FACES = {
    "docx": (word.draw, "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    "pdf": (pdf.draw, "application/pdf"),
}
"""Kind → what draws it, and its media type."""

BINDERS = {"docx": word.bind, "pdf": pdf.bind}
"""Kind → what binds several papers into one file, each with a foot of its own."""


def taken_by(name: str, whose: str = "打印人") -> str:
    """Who took something out of the system, and when: the same words under every paper, list and workbook."""
    return f"{whose} {name} · {moment_text(clock.now())}"


def drawn(paper: Paper, kind: str, *, by: str) -> tuple[bytes, str]:
    """The file and its media type, for somebody who is named at its foot."""
    draw, media_type = FACES[kind]
    return draw(named(paper, by)), media_type


def named(paper: Paper, by: str) -> Paper:
    """The paper with who printed it at its foot; a form of the plan's own has none."""
    has_foot = paper.mark is not None or paper.foot is not Foot.NONE
    return replace(paper, printed=taken_by(by)) if has_foot else paper
