"""The reading (识读): an old ledger or a filled form, read from untrusted bytes in a process of its own.

It needs neither settings nor database. The answer is the contract of ``dangjian import-ledger --json``, together
with what was passed over and where each row stood.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from dangjian.foundation import sandbox
from dangjian.intake import form, info, laid_out, ledger, upright
from dangjian.intake.code import NOTES, ON_THE_PAGE, REJECTS, SKIPS, WARNINGS
from dangjian.papers import gate
from dangjian.papers.gate import Blocked, Kind


@dataclass
class Reading:
    """``told`` is the contract; ``skipped`` and ``noted`` are places with codes; ``marks`` stand beside the contract's rows,
    ``more`` are the forms of a file after its first, which the contract has no place for."""

    told: dict[str, Any]
    skipped: list[tuple[str, str]] = field(default_factory=list)
    marks: list[dict[str, Any]] = field(default_factory=list)
    noted: list[tuple[str, str]] = field(default_factory=list)
    more: list[dict[str, Any]] = field(default_factory=list)

    @property
    def is_rejected(self) -> bool:
        return bool(self.told["kind"] == "reject")

    def remarks(self) -> list[str]:
        """What whoever gave the command should know: why nothing was read, what was passed over, what to look at."""
        passed = self._passed(NOTES)
        if self.is_rejected:
            return [REJECTS[self.told["reason"]], *passed]
        doubts = ((mark["place"], dict.fromkeys(code for code, _ in mark["doubts"])) for mark in self.marks)
        return passed + [f"{place}：{WARNINGS[code]}" for place, codes in doubts for code in codes]

    def passed(self) -> list[str]:
        """For the page: what was not read, and what was read though it may not be meant, each with its place."""
        return self._passed(ON_THE_PAGE)

    def _passed(self, notes: dict[str, str]) -> list[str]:
        told = [f"{place}：{SKIPS[code]}，没有读入" for place, code in self.skipped]
        return told + [f"{place}：{notes[code]}" for place, code in self.noted]


def read(source: bytes | Path) -> Reading:
    """Whatever the source is, the answer is a reading; a file that cannot be read gives a rejected one."""
    size = len(source) if isinstance(source, bytes) else source.stat().st_size
    if size == 0 or size > gate.MOST_BYTES:
        return _rejected("too_large" if size else "empty")
    try:
        return Reading(**sandbox.read(parse, source))
    except sandbox.Unreadable as wrong:
        return _rejected("too_large" if str(wrong) == sandbox.TOO_MUCH else "damaged")


def _rejected(reason: str) -> Reading:
    return Reading({"kind": "reject", "reason": reason})


def parse(file: IO[bytes]) -> dict[str, Any]:
    """Runs in the sandbox: the gate first, then the readers."""
    data = file.read(gate.MOST_BYTES + 1)
    try:
        layout = laid_out.of(data, gate.admit(data, accepts=tuple(Kind), embedded=True))
    except Blocked as blocked:
        return {"told": {"kind": "reject", "reason": blocked.code}}
    if layout.is_empty:
        return {"told": {"kind": "reject", "reason": "empty"}, "skipped": layout.passed}
    layout.grids = [upright.of(grid) for grid in layout.grids]
    return form.read(layout) or _ledger(layout)


def _ledger(layout: laid_out.Layout) -> dict[str, Any]:
    found = ledger.read(layout.grids)
    passed = layout.passed + [(grid.name, "help_sheet") for grid in layout.aside if grid.rows]
    if not found.found:  # then what looked like help is the ledger
        found, passed = ledger.read(layout.aside), layout.passed
    if not found.found:
        return {"told": {"kind": "reject", "reason": "no_table"}, "skipped": passed}
    head = info.read([*([line] for line in layout.lines), *found.around])
    return {
        "told": {"kind": "ledger", "rows": [row.contract() for row in found.rows], **head},
        "skipped": passed + found.skipped,
        "marks": [row.mark() for row in found.rows],
        "noted": layout.noted,
    }
