"""The fonts that papers are printed with, and the characters that none of them has.

They come from the organisation's own folders (`FONT_DIRS`: its licensed 小标宋, 仿宋 …), from the system,
and from the free ones that set-up copied to `build/fonts`.
"""

import threading
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

import typst
from django.conf import settings

from dangjian.papers import official
from dangjian.papers.official import Face

_TRIAL = b"#set page(width: 100pt, height: auto)\n#for sign in sys.inputs.signs.clusters() { box(sign) }"


class Library:
    """The fonts found in some folders, scanned once, and the one Typst compiler that prints with them.

    Safe to share between threads: they take turns. Fonts added later are seen after a restart.
    """

    def __init__(self, folders: Sequence[Path], *, system: bool = True) -> None:
        self._fonts = typst.Fonts(
            include_system_fonts=system, font_paths=[folder for folder in folders if folder.is_dir()]
        )
        self._families = frozenset(self._fonts.families())
        self._compiler = typst.Compiler(font_paths=self._fonts)
        self._turn = threading.Lock()

    def families(self, face: Face) -> list[str]:
        """The fonts of this face that are here, best first; without any, Typst takes what looks nearest."""
        return [name for name in face.names if name in self._families]

    def print(self, source: bytes, inputs: Mapping[str, str], *, strictly: bool = False) -> bytes:
        """The PDF of a Typst source; `inputs` reach it as data. `strictly` refuses what no font has."""
        with self._turn:
            printed = self._compiler.compile(
                input=source, format="pdf", sys_inputs=dict(inputs), pdf_standards=["a-2b"] if strictly else []
            )
        assert isinstance(printed, bytes)
        return printed

    def picture(self, source: bytes, inputs: Mapping[str, str], *, ppi: int = 200) -> bytes:
        """The one page of a Typst source as PNG."""
        with self._turn:
            drawn = self._compiler.compile(input=source, format="png", ppi=ppi, sys_inputs=dict(inputs))
        assert isinstance(drawn, bytes)
        return drawn

    def pages(self, source: bytes, inputs: Mapping[str, str]) -> int:
        """How many pages it would have; cheaper than a PDF."""
        with self._turn:
            pictures = self._compiler.compile(input=source, format="png", ppi=1, sys_inputs=dict(inputs))
        return len(pictures) if isinstance(pictures, list) else 1

    def missing(self, text: str) -> list[str]:
        """Each character of the text that would come out as an empty box, in order, once.

        Typst is asked by a strict trial print, so the answer counts every font that it falls back to.
        """
        return self._unprintable([sign for sign in dict.fromkeys(official.printable(text)) if not sign.isspace()])

    def _unprintable(self, signs: list[str]) -> list[str]:
        if not signs or self._can_print(signs):
            return []
        if len(signs) == 1:
            return signs
        middle = len(signs) // 2
        return self._unprintable(signs[:middle]) + self._unprintable(signs[middle:])

    def _can_print(self, signs: list[str]) -> bool:
        try:
            self.print(_TRIAL, {"signs": "".join(signs)}, strictly=True)
        except typst.TypstError as refusal:
            if not refusal.message.startswith("PDF/A"):
                raise
            return False
        return True


@cache
def library() -> Library:
    """This installation's fonts."""
    return Library([*settings.FONT_DIRS, settings.BUILD / "fonts"])


def missing(text: str) -> list[str]:
    """The characters of the text that no font of this installation has; to be named before printing."""
    return library().missing(text)
