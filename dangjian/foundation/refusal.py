"""The refusal (拒绝): why a verb did nothing. Readers of files know it too, so it needs neither settings nor database."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


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
