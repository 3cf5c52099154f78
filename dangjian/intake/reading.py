"""The reading (识读): an old ledger or a filled form, read from untrusted bytes in a process of its own.

It needs neither settings nor database. The answer is the contract of ``dangjian import-ledger --json``, together
with what was passed over and where each row stood.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from dangjian.foundation import sandbox
from dangjian.intake import form, info, laid_out, ledger
from dangjian.intake.code import REJECTS, SKIPS, WARNINGS
from dangjian.papers import gate
from dangjian.papers.gate import Blocked, Kind


@dataclass
class Reading:
    """``told`` is the contract; ``skipped`` are places with codes; ``places`` stand beside the contract's rows."""

    told: dict[str, Any]
    skipped: list[tuple[str, str]] = field(default_factory=list)
    places: list[str] = field(default_factory=list)

    @property
    def is_rejected(self) -> bool:
        return bool(self.told["kind"] == "reject")

    def remarks(self) -> list[str]:
        """What a person should know, in sentences: why nothing was read, what was passed over, what to look at."""
        if self.is_rejected:
            return [REJECTS[self.told["reason"]]]
        passed = [f"{place}：{SKIPS[code]}，没有读入" for place, code in self.skipped]
        rows = zip(self.places, self.told.get("rows", []), strict=True) if self.places else ()
        return passed + [f"{place}：{WARNINGS[code]}" for place, row in rows for code in row["warnings"]]


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
        layout = laid_out.of(data, gate.admit(data, accepts=tuple(Kind)))
    except Blocked as blocked:
        return {"told": {"kind": "reject", "reason": blocked.code}}
    if not layout.lines and not any(grid.filled(row) for grid in layout.grids for row in grid.lines()):
        return {"told": {"kind": "reject", "reason": "empty"}}
    if filled := form.read(layout.grids, layout.lines):
        more = form.forms_in(layout.grids) - 1
        return {"told": filled, "skipped": layout.passed + [("文件", "second_form")] * more}
    return _ledger(layout)


def _ledger(layout: laid_out.Layout) -> dict[str, Any]:
    found = ledger.read(layout.grids)
    if not found.found:
        return {"told": {"kind": "reject", "reason": "no_table"}}
    head = info.read([*([line] for line in layout.lines), *found.around])
    return {
        "told": {"kind": "ledger", "rows": [row.contract() for row in found.rows], **head},
        "skipped": layout.passed + found.skipped,
        "places": [f"{row.sheet} 第{row.number}行" for row in found.rows],
    }
