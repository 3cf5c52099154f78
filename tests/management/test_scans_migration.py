"""The step that made scans of the signed minutes which were kept as attachments before (migration 0022)."""

from pathlib import Path
from typing import Any

from tests.management.installation import Installation

DAYS = ("2022-08-20 01:00:00", "2022-08-22 02:00:00", "2022-08-24 03:00:00")


def insert(installation: Installation, table: str, **facts: Any) -> None:
    """A row with these facts; whatever else must not be empty gets a plain value, and what refers to a row, row 1."""
    row: dict[str, Any] = {}
    for _, name, kind, required, default, is_key in installation.rows(f"PRAGMA table_info(dangjian_{table})"):
        if required and default is None and not is_key:
            row[name] = (
                1 if not kind.startswith(("varchar", "text", "date")) else DAYS[0] if kind != "date" else "2022-08-20"
            )
    row |= facts
    said = ", ".join(repr(value) for value in row.values())
    installation.write(f"INSERT INTO dangjian_{table} ({', '.join(row)}) VALUES ({said})")


def test_minutes_kept_as_attachments_become_scans_of_which_the_latest_stands(tmp_path: Path) -> None:
    old = Installation(tmp_path)
    assert old.run("migrate", "--noinput", "dangjian", "0021").returncode == 0
    insert(old, "organisation", id=1, kind="unit", path="0001")
    insert(old, "person", id=1)
    for meeting in (1, 2, 3):
        insert(old, "meeting", id=meeting, issue=meeting, expected=7, present=7)
    for number, (noun, slot, of) in enumerate(
        [("meeting", "minutes", 1), ("meeting", "minutes", 1), ("meeting", "minutes", 2), ("meeting", "photo", 3)], 1
    ):
        insert(old, "evidence", id=number, sha256=f"{number:064d}")
        insert(
            old,
            "attachment",
            id=number,
            evidence_id=number,
            noun=noun,
            noun_id=of,
            slot=slot,
            at=DAYS[min(number, 3) - 1],
        )
    insert(old, "attachment", id=9, evidence_id=1, noun="application", noun_id=1, slot="consultation")

    done = old.run("migrate", "--noinput")
    assert done.returncode == 0, done.stderr
    scans = old.rows(
        "SELECT attachment_id, kind, meeting_id, project_id, replaced_at, edition, pages FROM dangjian_scan ORDER BY 1"
    )
    assert scans == [
        (1, "minutes", 1, None, DAYS[1], None, None),
        (2, "minutes", 1, None, None, None, None),
        (3, "minutes", 2, None, None, None, None),
    ]
