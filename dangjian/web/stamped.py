"""The slots of stamped scans as pages show them: whether the scan is there, who filed it, what it replaced."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.urls import reverse

from dangjian.delivery.plan_revision import PlanRevision
from dangjian.people.organisation import Organisation
from dangjian.people.person import Person
from dangjian.projects.briefing import Briefing
from dangjian.projects.meeting import Meeting
from dangjian.projects.paper_kind import LETTER_KINDS, PaperKind
from dangjian.projects.project import Project
from dangjian.projects.scan import Owner, Scan, Slot
from dangjian.web import display


def slot(found: Slot, person: Person, *, edition: int | None = None, since: datetime | None = None) -> dict[str, Any]:
    """For ``parts/scan_slot.html``. ``edition`` is that of the paper as it is printed now, ``since`` when it came to be."""
    scans = list(found.scans().with_rank())
    standing = next((scan for scan in scans if scan.replaced_at is None), None)
    outdated = _outdated(standing, edition, since) if standing else ""
    return _filled(found, scans, standing, outdated) | {"upload_url": _upload_url(found, person)}


def letter_slot(found: Slot, person: Person, *, edition: int, is_open: bool) -> dict[str, Any] | None:
    """The same of one letter: its own scans alone, for one made anew is another paper. ``is_open``: it still takes some."""
    scans = list(found.scans().with_rank().filter(edition=edition))
    if not scans and not is_open:
        return None
    standing = scans[0] if scans else None
    return _filled(found, scans, standing, "") | {"upload_url": _upload_url(found, person) if is_open else ""}


def _filled(found: Slot, scans: list[Scan], standing: Scan | None, outdated: str) -> dict[str, Any]:
    return {
        "label": found.kind.label,
        "standing": _scan(standing) | {"outdated_text": outdated} if standing else None,
        "earlier": [_scan(scan) | {"why": why_a_record(scan)} for scan in scans if scan is not standing],
    }


def _upload_url(found: Slot, person: Person) -> str:
    return reverse("scan-paper", args=[found.bare_mark.code]) if found.may_be_filled_by(person) else ""


def page_of(owner: Owner) -> str:
    """Where the paper and its slot are to be seen."""
    page = reverse(str(owner._meta.model_name), args=[owner.pk])
    return f"{page}?tab=papers" if isinstance(owner, Project) else page


def place_of(owner: Owner) -> Organisation:
    """Whose paper it is."""
    if isinstance(owner, Meeting):
        return owner.organisation
    return owner.place if isinstance(owner, Briefing) else owner.branch


def why_a_record(scan: Scan) -> str:
    """Why a scan does not stand. It needs ``with_rank``."""
    if scan.replaced_at is None:
        return ""
    if scan.outranked_by is None:
        return "已替换"
    return f"归档时已有{_text_of(scan, scan.outranked_by)}的扫描件，以后者为准，此件留存备查"


def _scan(scan: Scan) -> dict[str, Any]:
    kept = scan.attachment
    return display.file(kept.name, reverse("scan-file", args=[scan.pk]), kept.evidence.size) | {
        "text": f"{kept.who} {display.moment(kept.at)}归档"
        + (f"，{scan.pages} 页" if scan.pages else "")
        + _printed(scan),
    }


def _printed(scan: Scan) -> str:
    """Which text lies there, where the mark told it. A letter is made anew rather than handed in again."""
    if scan.edition is None or scan.kind in LETTER_KINDS:
        return ""
    return f"，{_text_of(scan, scan.edition)}的文本" if scan.edition else "，提交前的文本"


def _text_of(scan: Scan, number: int) -> str:
    """Which text of its paper bears this number, as the paper's own page calls it."""
    if scan.kind == PaperKind.PLAN and (named := PlanRevision.named(scan.project_id, number)):
        return named
    return f"第 {number} 稿" if scan.kind == PaperKind.MINUTES else f"第 {number} 次提交"


def _outdated(scan: Scan, edition: int | None, since: datetime | None) -> str:
    if scan.edition is None:
        older = since is not None and scan.attachment.at < since
    else:
        older = edition is not None and scan.edition != edition
    return "与现在的文本不同，请重新打印、签字、盖章后替换" if older else ""
