"""The refusal (拒绝): why a verb did nothing. Readers of files know it too, so it needs neither settings nor database."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

MOST_REASON = 300
"""Characters of a reason that one person gives another, where its sheet has no other measure."""


@dataclass(frozen=True)
class Reason:
    """One sentence why something cannot be done, the field it is about, and the noun that it names, if there is one."""

    text: str
    field: str = ""
    names: Any = None

    def __str__(self) -> str:
        return self.text


class Refused(Exception):
    """A verb was refused; nothing was changed. ``reasons`` are fit for the user's eyes."""

    def __init__(self, *reasons: Reason | str) -> None:
        self.reasons = [Reason(r) if isinstance(r, str) else r for r in reasons]
        super().__init__("；".join(r.text for r in self.reasons))


class Overtaken(Refused):
    """Somebody else acted first; the text says who did what."""


def too_long(text: str, most: int, field: str) -> list[Reason]:
    """The reason at ``field`` where the text has more than ``most`` characters; empty where it has not."""
    return [Reason(f"最多 {most} 字，现有 {len(text)} 字", field)] if len(text) > most else []


def bounded(text: str, most: int, field: str) -> str:
    """The text, trimmed. Raises Refused at ``field`` where it has more than ``most`` characters: nothing is cut."""
    text = text.strip()
    if reasons := too_long(text, most, field):
        raise Refused(*reasons)
    return text


def demanded(text: str, most: int, asked: str, field: str = "reason") -> str:
    """The same of a text that must be there; ``asked`` says what to write where there is none."""
    if not text.strip():
        raise Refused(Reason(asked, field))
    return bounded(text, most, field)
