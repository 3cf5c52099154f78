"""The standing roster (现有名册): organisations, people and offices as they are, in the workbook that brings them in.

Brought in again it changes nothing; mended in Excel it changes what was mended.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from dangjian.foundation import audit, clock
from dangjian.foundation.lifecycle import Refused
from dangjian.people import roster_file
from dangjian.people.organisation import Organisation
from dangjian.people.person import Appointment, Person
from dangjian.people.roster import RIGHTS
from dangjian.people.roster_file import OFFICES, ORGANISATIONS, PEOPLE, YES_NO, Row

MARKS = ("may_establish", "under_seven", "is_overseas")


def take_out(*, by: Person) -> list[bytes]:
    """All that ``by`` may bring in, in as many workbooks as the import needs, superiors first; who took it out is written down (S-13)."""
    rows = [row for sheet, lines in _LINES.items() if by.scopes(RIGHTS[sheet]) for row in lines(by)]
    if not rows:
        raise Refused("没有可以导出的名册")
    made = [roster_file.filled(part) for part in roster_file.in_parts(rows)]
    audit.record("roster.export", None, by=by, details={"rows": len(rows)})
    return made


def _row(sheet: str, cells: dict[str, Any]) -> Row:
    told = {key: _said(value) for key, value in cells.items()}
    return Row(sheet, 0, told)


def _said(value: Any) -> str:
    if isinstance(value, bool):
        return YES_NO[0] if value else YES_NO[1]
    return "" if value is None else str(value)


def _organisations(by: Person) -> Iterator[Row]:
    for held in _places(by).select_related("parent"):
        cells = {"full_name": held.full_name, "short_name": held.short_name, "kind": held.get_kind_display()}
        cells |= {"parent": held.parent.full_name if held.parent else "", "ordinal": held.ordinal}
        cells |= {"administrative_name": held.administrative_name, "signature_name": held.signature_name}
        yield _row(ORGANISATIONS.name, cells | {key: getattr(held, key) for key in MARKS})


def _people(by: Person) -> Iterator[Row]:
    found = Person.objects.filter(organisation__in=_places(by)).select_related("organisation")
    for held in found.order_by("organisation__rank", "organisation__path", "ordinal", "pk"):
        yield _row(PEOPLE.name, {
            "name": held.name, "organisation": held.organisation.full_name, "post": held.post,
            "political_status": held.get_political_status_display(), "ordinal": held.ordinal,
        })  # fmt: skip


def _offices(by: Person) -> Iterator[Row]:
    """Those in force and those to come; an office that ended is a record."""
    held = Organisation.objects.in_scopes(by.scopes(RIGHTS[OFFICES.name])).in_force()
    found = Appointment.objects.filter(organisation__in=held, person__organisation__ended_on=None)
    found = found.overlapping(clock.today(), None).select_related("person__organisation", "organisation")
    for office in found.order_by("organisation__rank", "organisation__path", "ordinal", "pk"):
        yield _row(OFFICES.name, {
            "name": office.person.name, "organisation": office.person.organisation.full_name, "post": office.person.post,
            "role": office.get_role_display(), "place": office.organisation.full_name,
            "with_subtree": office.with_subtree, "starts_on": office.starts_on, "ends_on": office.ends_on,
        })  # fmt: skip


def _places(by: Person) -> Any:
    return Organisation.objects.in_scopes(by.scopes(RIGHTS[PEOPLE.name])).in_force().in_order()


_LINES = {ORGANISATIONS.name: _organisations, PEOPLE.name: _people, OFFICES.name: _offices}
