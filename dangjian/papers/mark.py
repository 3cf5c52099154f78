"""The mark (文书编码) at the foot of a printed paper: by it a scanned page knows which paper it belongs to.

It says the kind of paper, a number and which text of it was printed, and nothing that a stranger could read
something from. The last sign checks the others, so that what is typed wrong is no other paper's mark.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from io import BytesIO
from typing import Self

import segno

_SIGNS = "0123456789ABCDEFGHJKLMNPQRTUVWX"
"""Thirty-one, a prime, without letters that look like figures."""
_SHAPE = re.compile(rf"([{_SIGNS[10:]}])([1-9]\d{{0,9}})(?:\.(\d{{1,3}}))?-([{_SIGNS}])")
_OURS = "DJ:"
"""Begins what the QR code says, so that no other code on a page is taken for a mark."""


@dataclass(frozen=True)
class Mark:
    """``kind`` is one letter of those; ``edition`` tells which text of the paper, None where nobody asks."""

    kind: str
    number: int
    edition: int | None = None

    @property
    def code(self) -> str:
        """As people read and type it: ``A1024.2-K``."""
        said = f"{self.kind}{self.number}" + ("" if self.edition is None else f".{self.edition}")
        return f"{said}-{_check_sign(said)}"

    @classmethod
    def of(cls, typed: str) -> Self | None:
        """The mark that somebody read off the paper; None where it is none or a sign of it is wrong."""
        found = _SHAPE.fullmatch("".join(unicodedata.normalize("NFKC", typed).split()).upper())
        if found is None:
            return None
        kind, number, edition, _ = found.groups()
        mark = cls(kind, int(number), None if edition is None else int(edition))
        return mark if mark.code == found.string else None

    @classmethod
    def scanned(cls, text: str) -> Self | None:
        """The mark that a QR code holds; None for any other code."""
        return cls.of(text.removeprefix(_OURS)) if text.startswith(_OURS) else None

    def svg(self) -> str:
        """The QR code as a drawing, without a border."""
        return self._drawn().svg_inline(border=0, omitsize=True)

    def png(self) -> bytes:
        """The QR code as a picture, without a border."""
        buffer = BytesIO()
        self._drawn().save(buffer, kind="png", border=0, scale=12)
        return buffer.getvalue()

    def _drawn(self) -> segno.QRCode:
        # segno takes the strongest correction that the smallest code has room for: a stamp may lie on it.
        return segno.make_qr(_OURS + self.code, error="m")


def _check_sign(text: str) -> str:
    """Weighted and modulo a prime: any one wrong sign and any two exchanged ones are noticed."""
    values = (_SIGNS.index(sign) for sign in text.replace(".", _SIGNS[-1]))
    return _SIGNS[sum(weight * value for weight, value in enumerate(values, start=2)) % len(_SIGNS)]
