"""The slots of stamped scans as pages show them: whether the scan is there, who filed it, what it replaced."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from dangjian.people.person import Person
from dangjian.projects.scan import Scan, Slot
from dangjian.web import display


def slot(found: Slot, person: Person, *, edition: int | None = None) -> dict[str, Any]:
    """For ``parts/scan_slot.html``. ``edition`` is that of the paper as it is printed now."""
    scans = [_scan(scan, edition) for scan in found.scans()]
    url = reverse("scan-paper", args=[found.bare_mark.code]) if found.may_be_filled_by(person) else ""
    return {
        "label": found.kind.label,
        "standing": next((scan for scan in scans if scan["stands"]), None),
        "earlier": [scan for scan in scans if not scan["stands"]],
        "upload_url": url,
    }


def _scan(scan: Scan, edition: int | None) -> dict[str, Any]:
    kept = scan.attachment
    older = scan.edition is not None and edition is not None and scan.edition != edition
    printed = f"第 {scan.edition} 次提交的文本" if scan.edition else "提交前的文本"
    return display.file(kept.name, reverse("scan-file", args=[scan.pk]), kept.evidence.size) | {
        "stands": scan.replaced_at is None,
        "text": f"{kept.by.name} {display.moment(kept.at)}归档" + (f"，{scan.pages} 页" if scan.pages else ""),
        "outdated_text": f"这份扫描件是{printed}，与现在的文本不同" if older else "",
    }
