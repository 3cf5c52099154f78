"""A number that a browser sent: whatever else stands in its place, or is too large to be one of ours, is none."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

_MOST_DIGITS = 9  # a key of the database, a page, a version


def number(text: Any, otherwise: int = -1, *, digits: int = _MOST_DIGITS) -> int:
    """The number, or ``otherwise``: no text, however long, is an error."""
    text = str(text or "")
    return int(text) if text.isascii() and text.isdigit() and len(text) <= digits else otherwise


def numbers(texts: Iterable[Any]) -> list[int]:
    """Those of the texts that are numbers."""
    return [found for text in texts if (found := number(text)) >= 0]
