"""Which branches have not handed in an application (未提交支部): asked by those who help them to, told without ranking."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from dangjian.foundation import clock
from dangjian.foundation.window import Window, day_text
from dangjian.people.access import Ability
from dangjian.people.organisation import Organisation
from dangjian.programmes.round import Round
from dangjian.projects.project import Project
from dangjian.projects.state import State

# Who screens for a unit, and who runs the round for the company.
ASKERS = (Ability.SCREEN, Ability.ISSUE_SCHEME)


@dataclass(frozen=True)
class Outstanding:
    """The branches of one unit that have not handed in, in 组织序列, each with the window as it holds there."""

    unit: Organisation
    branches: list[tuple[Organisation, Window | None]]


def may_ask(person: Any) -> bool:
    """Whether the question is this person's business."""
    return any(person.scopes(ability) for ability in ASKERS)


def outstanding(person: Any, round: Round) -> list[Outstanding]:
    """Branches in the person's part of the tree without an application handed in this round, by unit (S-17).

    An application sent back for changes was handed in once and does not count as missing; one given up does.
    """
    scopes = [scope for ability in ASKERS for scope in person.scopes(ability)]
    handed_in = Project.objects.filter(round=round, submitted_at__isnull=False).exclude(state=State.WITHDRAWN)
    branches = (
        Organisation.objects.in_scopes(scopes)
        .in_force()
        .filter(kind__in=round.rules.application.eligible_kinds)
        .exclude(pk__in=handed_in.values("branch"))
        .in_order()
    )
    calendar, units = round.calendar(), _units()
    found: dict[int, Outstanding] = {}
    for branch in branches:
        unit = _unit_of(branch, units)
        held = found.setdefault(unit.pk, Outstanding(unit, []))
        held.branches.append((branch, calendar.at(branch).get("application")))
    return sorted(found.values(), key=lambda held: (held.unit.rank, held.unit.path))


def _units() -> dict[str, Organisation]:
    """Every organisation that may establish, and the top, by path."""
    top = Organisation.objects.filter(parent=None)
    return {unit.path: unit for unit in (top | Organisation.objects.filter(may_establish=True))}


def _unit_of(branch: Organisation, units: dict[str, Organisation]) -> Organisation:
    """本单位 as :attr:`Organisation.unit` tells it, for many branches without asking for each."""
    return max((unit for path, unit in units.items() if branch.path.startswith(path)), key=lambda unit: len(unit.path))


def message(round: Round, found: Sequence[Outstanding]) -> str:
    """Plain text to paste into a group: the day, who, and until when. No numbers beside names, no order but the tree's."""
    now = clock.local(clock.now())
    total = sum(len(held.branches) for held in found)
    window = round.windows_at().get("application")
    lines = [f"{round}党建项目申报：截至{day_text(now.date())}{now:%H:%M}，以下 {total} 个支部尚未提交申报。"]
    if window is not None:
        lines.append(f"{window.label}：{window}24时止。{_left(window, now.date())}")
    for held in found:
        lines += ["", held.unit.short_name, *_branch_lines(held.branches, window)]
    return "\n".join([*lines, "", "请按时提交；填写中有困难的，请及时联系本单位组织部门。"])


def _left(window: Window, today: date) -> str:
    left = window.days_left(today)
    if left < 0:
        return "已截止，确需补报的请联系本单位组织部门。"
    return f"还有 {left} 天。" if left else "今天是最后一天。"


def _branch_lines(branches: Iterable[tuple[Organisation, Window | None]], usual: Window | None) -> list[str]:
    return [
        f"　{branch.short_name}"
        + (f"（{_other_day(own, usual)}）" if own and usual and own.closes_on != usual.closes_on else "")
        for branch, own in branches
    ]


def _other_day(own: Window, usual: Window) -> str:
    later = own.closes_on > usual.closes_on
    return f"{'延至' if later else '本单位截止'}{day_text(own.closes_on)}24时"
