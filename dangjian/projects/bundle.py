"""The bundle (一份文书的扫描页): uploaded pages looked at, and bound into one PDF."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dangjian.foundation.lifecycle import Reason, Refused
from dangjian.foundation.sandbox import Unreadable
from dangjian.papers import scanned
from dangjian.papers.mark import Mark
from dangjian.papers.scanned import File, Page


@dataclass(frozen=True)
class Bundle:
    """Pages bound into one PDF without the blank ones, and the marks on them, each with the number of its page."""

    pdf: bytes
    pages: int
    marks: tuple[tuple[int, Mark], ...]

    @property
    def is_marked(self) -> bool:
        """Whether every page bears a mark, as what the system prints does."""
        return len({number for number, _ in self.marks}) == self.pages


def bundled(files: Sequence[File]) -> Bundle:
    """Everything in ``files`` as one paper. It takes seconds: no transaction should wait for it. Raises Refused at ``scans``."""
    pages = read(files)
    wanted = [page for page in pages if not page.blank]
    if not wanted:
        raise Refused(Reason("文件里只有空白页，请重新扫描", "scans"))
    marks = tuple((number, mark) for number, page in enumerate(pages, start=1) for mark in marks_of(page))
    return Bundle(cut(files, [wanted])[0][0], len(wanted), marks)


def read(files: Sequence[File]) -> list[Page]:
    """The pages of what somebody uploaded. Raises Refused at ``scans``."""
    try:
        return scanned.pages(files)
    except Unreadable as wrong:
        raise Refused(Reason(str(wrong), "scans")) from wrong


def cut(
    files: Sequence[File], wanted: Sequence[Sequence[Page]], previews: Sequence[Page] = ()
) -> tuple[list[bytes], list[bytes]]:
    """As :func:`scanned.papers`. Raises Refused at ``scans``."""
    try:
        return scanned.papers(files, wanted, previews)
    except Unreadable as wrong:
        raise Refused(Reason(str(wrong), "scans")) from wrong


def marks_of(page: Page) -> list[Mark]:
    """The marks on a page; other codes, on invoices or badges, are nobody's concern."""
    return [mark for code in page.codes if (mark := Mark.scanned(code))]
