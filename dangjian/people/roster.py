"""The roster (名册): organisations, people and offices from a workbook, through the same verbs as by hand.

The rehearsal plays the whole import and takes it back, so what it shows is what the import does.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import transaction

from dangjian.foundation import audit
from dangjian.foundation.lifecycle import Reason, Refused
from dangjian.people.access import Ability, Role
from dangjian.people.organisation import Kind, Organisation
from dangjian.people.person import Person, PoliticalStatus
from dangjian.people.roster_file import OFFICES, ORGANISATIONS, PEOPLE, SHEETS, YES_NO, Column, Row

# 系统管理员 keeps organisations and people, 安全管理员 the offices.
RIGHTS = {
    ORGANISATIONS.name: Ability.MANAGE_ACCOUNTS,
    PEOPLE.name: Ability.MANAGE_ACCOUNTS,
    OFFICES.name: Ability.MANAGE_OFFICES,
}
_KINDS = {label: value for value, label in Kind.choices}
_STATUSES = {label: value for value, label in PoliticalStatus.choices}
_ROLES = {role.label: role for role in Role}
_MARKS = ("may_establish", "under_seven", "is_overseas")
_PLACES = frozenset({"organisation", "parent", "place"})
_DEEPEST = 16


@dataclass(frozen=True)
class Fault:
    """What is wrong with one cell: where it stands, what it holds, and what is allowed."""

    sheet: str
    number: int
    column: Column
    value: str
    text: str


@dataclass
class Line:
    """What becomes of one row: ``effect`` is new, changed, same or wrong; ``index`` is its place in the file."""

    index: int
    row: Row
    effect: str
    faults: list[Fault] = field(default_factory=list)


@dataclass(frozen=True)
class Outcome:
    """``secretaries_at`` are the branches at which the office of a secretary began or ended."""

    lines: list[Line]
    secretaries_at: list[Organisation]

    @property
    def faults(self) -> list[Fault]:
        return [fault for line in self.lines for fault in line.faults]

    def count(self, effect: str) -> int:
        return sum(line.effect == effect for line in self.lines)


class Roster:
    """The rows of one file that ``by`` may import; the others wait for the administrator whose they are."""

    def __init__(self, rows: list[Row], *, by: Person) -> None:
        self.rows, self.by = rows, by
        self.mine = [(index, row) for index, row in enumerate(rows) if by.scopes(RIGHTS[row.sheet])]
        self.others = len(rows) - len(self.mine)
        self._seen: dict[tuple[Any, ...], int] = {}
        names = Counter(
            (row.cells.get("name"), row.cells.get("organisation")) for row in rows if row.sheet == PEOPLE.name
        )
        self._doubled = {name for name, times in names.items() if times > 1}

    def rehearse(self) -> Outcome:
        """Everything that the import would do and every fault; nothing is saved."""
        with transaction.atomic():
            outcome = self._play()
            transaction.set_rollback(True)
        return outcome

    @transaction.atomic
    def take(self) -> Outcome:
        """Import all rows or none. Raises Refused while any row has a fault."""
        outcome = self._play()
        if outcome.faults:
            raise Refused(f"还有 {len(outcome.faults)} 处要改正，没有导入")
        counts = {effect: outcome.count(effect) for effect in ("new", "changed", "same")}
        audit.record("roster.import", None, by=self.by, details=counts)
        return outcome

    def _play(self) -> Outcome:
        self._seen.clear()
        self._secretaries_at: dict[int, Organisation] = {}
        verbs: dict[str, Callable[[Row], str]] = {
            ORGANISATIONS.name: self._organisation,
            PEOPLE.name: self._person,
            OFFICES.name: self._office,
        }
        lines = []
        for index, row in self._in_order():
            faults = list(shape_faults(row))
            effect = "wrong"
            if faults:
                faults += self._unknown_places(row)
            else:
                try:
                    with transaction.atomic():
                        effect = verbs[row.sheet](row)
                except Refused as refused:
                    faults = [_fault(row, reason) for reason in refused.reasons]
            lines.append(Line(index, row, effect, faults))
        return Outcome(sorted(lines, key=lambda line: line.index), list(self._secretaries_at.values()))

    def _in_order(self) -> list[tuple[int, Row]]:
        """Superiors before what hangs below them, wherever they stand in the file; then people, then offices."""
        above = {}
        for _, row in self.mine:
            if row.sheet == ORGANISATIONS.name:
                for key in ("full_name", "short_name"):
                    above[row.cells.get(key, "")] = row.cells.get("parent", "")

        def depth(row: Row) -> int:
            steps, name = 0, row.cells.get("full_name", "")
            while name in above and steps < _DEEPEST:
                steps, name = steps + 1, above[name]
            return steps

        order = list(SHEETS)
        return sorted(self.mine, key=lambda pair: (order.index(pair[1].sheet), depth(pair[1])))

    # One row

    def _organisation(self, row: Row) -> str:
        cells = row.cells
        self._once(row, ("full_name",))
        facts: dict[str, Any] = {"full_name": cells["full_name"], "short_name": cells["short_name"]}
        facts["kind"] = _KINDS[cells["kind"]]
        facts |= {key: cells[key] for key in ("administrative_name", "signature_name") if cells.get(key)}
        facts |= {key: cells[key] == YES_NO[0] for key in _MARKS if cells.get(key)}
        facts |= {"ordinal": int(cells["ordinal"])} if cells.get("ordinal") else {}
        held = Organisation.objects.in_force().filter(full_name=cells["full_name"]).first()
        parent = self._place(row, "parent") if cells.get("parent") else None
        if held is None:
            if parent is None:
                raise Refused(Reason("新设的党组织要写上级党组织", "parent"))
            self._allowed(row, parent, "parent")
            Organisation.found(parent=parent, by=self.by, **facts)
            return "new"
        self._allowed(row, held, "full_name")
        if parent and parent.pk != held.parent_id:
            name = held.parent.short_name if held.parent else "无"
            raise Refused(Reason(f"已有这个党组织，上级是“{name}”；导入不改变隶属关系", "parent"))
        return "changed" if held.amend(by=self.by, **facts) else "same"

    def _person(self, row: Row) -> str:
        cells = row.cells
        place = self._place(row, "organisation")
        self._allowed(row, place, "organisation")
        doubled = (cells["name"], cells["organisation"]) in self._doubled
        if doubled and not cells.get("post"):
            raise Refused(Reason("同一党组织有重名，请写明职务以便区分", "post"))
        self._once(row, ("name", "organisation", "post") if doubled else ("name", "organisation"))
        facts: dict[str, Any] = {"post": cells["post"]} if cells.get("post") else {}
        facts |= {"political_status": _STATUSES[s]} if (s := cells.get("political_status")) else {}
        facts |= {"ordinal": int(cells["ordinal"])} if cells.get("ordinal") else {}
        held = self._known_as(cells["name"], place, cells.get("post", ""), told_apart=doubled)
        if held is None:
            Person.enrol(name=cells["name"], organisation=place, by=self.by, **facts)
            return "new"
        return "changed" if held.amend(by=self.by, **facts) else "same"

    @staticmethod
    def _known_as(name: str, place: Organisation, post: str, *, told_apart: bool) -> Person | None:
        """The one person meant; by post where several in the organisation bear the name."""
        held = list(Person.objects.filter(name=name, organisation=place).order_by("pk"))
        if len(held) == 1 and not told_apart:
            return held[0]
        same = [person for person in held if person.post == post]
        if len(held) > 1 and len(same) != 1 and not (post and not same):
            raise Refused(Reason(f"{place.short_name}有 {len(held)} 位{name}，请写明职务以便区分", "post"))
        return same[0] if same else None

    def _office(self, row: Row) -> str:
        cells = row.cells
        home = self._place(row, "organisation")
        place = self._place(row, "place") if cells.get("place") else home
        self._allowed(row, place, "place")
        self._once(row, ("name", "organisation", "post", "role", "place", "starts_on"))
        post = cells.get("post", "")
        person = self._known_as(cells["name"], home, post, told_apart=bool(post))
        if person is None:
            raise Refused(Reason(f"{home.short_name}没有这位人员，请先由系统管理员登记人员", "name"))
        role, starts_on = _ROLES[cells["role"]], date.fromisoformat(cells["starts_on"])
        ends_on = date.fromisoformat(cells["ends_on"]) if cells.get("ends_on") else None
        below = cells["with_subtree"] == YES_NO[0] if cells.get("with_subtree") else None
        held = person.appointments.filter(role=role, organisation=place, starts_on=starts_on).first()
        if role == Role.BRANCH_SECRETARY:
            self._secretaries_at[place.pk] = place
        if held is None:
            person.appoint(
                role, organisation=place, by=self.by, with_subtree=below, starts_on=starts_on, ends_on=ends_on
            )
            return "new"
        if below is not None and held.with_subtree != below:
            raise Refused(Reason("与已登记的不同；请先登记免职，再按新的范围任职", "with_subtree"))
        if ends_on is None or ends_on == held.ends_on:
            return "same"
        held.end(on=ends_on, by=self.by)
        return "changed"

    # What a row leans on

    def _place(self, row: Row, key: str) -> Organisation:
        name = row.cells[key]
        known = Organisation.objects.in_force()
        held = list(known.filter(full_name=name)[:2]) or list(known.filter(short_name=name)[:2])
        if not held:
            raise Refused(Reason(f"没有“{name}”这个党组织，请写全称或简称，或先在“党组织”表里登记", key))
        if len(held) > 1:
            raise Refused(Reason(f"有几个党组织都叫“{name}”，请写全称", key))
        return held[0]

    def _unknown_places(self, row: Row) -> Iterable[Fault]:
        """So that a row with a fault of shape tells its wrong names in the same breath."""
        for column in SHEETS[row.sheet].columns:
            if column.key in _PLACES and row.cells.get(column.key):
                try:
                    self._place(row, column.key)
                except Refused as refused:
                    yield _fault(row, refused.reasons[0])

    def _allowed(self, row: Row, place: Organisation, key: str) -> None:
        if not self.by.can(RIGHTS[row.sheet], place):
            raise Refused(Reason(f"“{place.short_name}”不在您管理的范围内", key))

    def _once(self, row: Row, keys: Iterable[str]) -> None:
        said = (row.sheet, *(row.cells.get(key, "") for key in keys))
        first = self._seen.setdefault(said, row.number)
        if first != row.number:
            raise Refused(Reason(f"与第 {first} 行重复", next(iter(keys))))


def shape_faults(row: Row) -> Iterable[Fault]:
    """What can be told from the row alone: what is missing, and what is not among the allowed."""
    for column in SHEETS[row.sheet].columns:
        value = row.cells.get(column.key, "")
        text = _shape(column, value)
        if text:
            yield Fault(row.sheet, row.number, column, value, text)


def _shape(column: Column, value: str) -> str:
    if not value:
        return "必须填写" if column.required else ""
    if column.allowed and value not in column.allowed:
        return "只能填：" + "、".join(column.allowed)
    if column.kind == "number" and not (value.isascii() and value.isdigit() and 1 <= int(value) <= 9999):
        return "只能填 1 至 9999 的整数"
    return "写成 2022-08-01 这样的日期" if column.kind == "day" and not _is_day(value) else ""


def _is_day(value: str) -> bool:
    try:
        return bool(date.fromisoformat(value))
    except ValueError:
        return False


def _fault(row: Row, reason: Reason) -> Fault:
    columns = SHEETS[row.sheet].columns
    column = next((c for c in columns if c.key == reason.field), columns[0])
    return Fault(row.sheet, row.number, column, row.cells.get(column.key, ""), reason.text)
