"""The difference (变更前后): one thing that a change of a plan says otherwise, and whether that is major (decision 28)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from dangjian.delivery.charge import Charge
from dangjian.delivery.goal import Goal

WHO_DECIDES = (
    "只改责任人、开始和完成时间，或增加里程碑的，由组织部门登记；改项目完成时间和预期目标，"
    "增减、改写目标、主要措施、年度任务，或取消、改写里程碑的，由党委会研究决定。"
)
"""The rule as those who ask for a change read it."""


@dataclass(frozen=True)
class Difference:
    """One thing that changes: in which list, what it was, what it is to be, and whether that is major."""

    where: str
    before: str
    after: str
    is_major: bool


def compared(kind: type[Charge], old: list[Any], new: list[Any], rules: Any) -> Iterator[Difference]:
    """Lines are the same where nothing settled changed; the rest of such a line is ordinary."""
    left: dict[Any, list[Any]] = {}
    for row in old:
        left.setdefault(row.essence, []).append(row)
    added: list[Any] = []
    for row in new:
        match = left.get(row.essence)
        if not match:
            added.append(row)
            continue
        before = match.pop(0)
        if before.facts() != row.facts():
            yield Difference(kind.title, before.sentence(rules), row.sentence(rules), False)
    gone = [row for rows in left.values() for row in rows]
    for before, after in _paired(gone, added):
        major = before is not None or not kind.may_be_added
        yield Difference(
            kind.title, before.sentence(rules) if before else "", after.sentence(rules) if after else "", major
        )
    if not gone and not added and [row.essence for row in old] != [row.essence for row in new]:
        # The order of goals is their tree: moved, a goal belongs to another.
        yield Difference(f"{kind.title}的顺序", _outline(old), _outline(new), kind is Goal)


def _outline(rows: list[Any]) -> str:
    """The lines in their order, deeper goals set in."""
    return "\n".join(f"{'　' * getattr(row, 'depth', 0)}{row.called}" for row in rows)


def _paired(gone: list[Any], added: list[Any]) -> Iterator[tuple[Any, Any]]:
    """What went and what came at the same place stand side by side: it was said anew."""
    places = {row.place: row for row in added}
    for row in gone:
        yield row, places.pop(row.place, None)
    yield from ((None, row) for row in places.values())
