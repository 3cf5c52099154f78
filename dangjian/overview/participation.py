"""Participation (参与率): of the branches that count, how many take part. No ranking; the list behind it says why (S-05)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Q

from dangjian.foundation import clock
from dangjian.foundation.window import day_text
from dangjian.people.access import Ability
from dangjian.people.organisation import BRANCH_KINDS, Organisation
from dangjian.programmes.round import Round
from dangjian.projects.project import Project
from dangjian.projects.state import ONCE_ESTABLISHED, State

FINISHED = (State.COMPLETED, State.ARCHIVED)


@dataclass(frozen=True)
class BranchPart:
    """One branch and how many projects it has handed in, had established and finished this round."""

    branch: Organisation
    unit: Organisation
    applied: int
    established: int
    finished: int
    left_out: str

    @property
    def takes_part(self) -> bool:
        return self.applied > 0 and not self.left_out

    @property
    def marks(self) -> list[str]:
        """What eases other duties of the branch; it is counted all the same."""
        branch = self.branch
        marks = (
            (branch.is_overseas, "境外"), (branch.is_dispersed, "人员分散"), (branch.under_seven, "党员不足七人"),
        )  # fmt: skip
        return [word for held, word in marks if held]


@dataclass(frozen=True)
class Share:
    """Of ``counted`` branches, how many have at least one project handed in, established, finished."""

    counted: int
    applied: int
    established: int
    finished: int
    aim: int | None

    @property
    def percent(self) -> int:
        """Half up, for display."""
        return (200 * self.applied + self.counted) // (2 * self.counted) if self.counted else 0

    @property
    def reaches_aim(self) -> bool:
        return self.aim is None or 100 * self.applied >= self.aim * self.counted

    def __str__(self) -> str:
        if not self.counted:
            return "没有应计入的支部"
        aim = "" if self.aim is None else f"，方案要求 {self.aim}%"
        return f"{self.applied} / {self.counted} 个支部，{self.percent}%{aim}"


def share(parts: Iterable[BranchPart], round: Round) -> Share:
    """The figure of the branches that count among ``parts``."""
    counted = [part for part in parts if not part.left_out]
    return Share(
        len(counted), sum(part.applied > 0 for part in counted), sum(part.established > 0 for part in counted),
        sum(part.finished > 0 for part in counted), round.rules.application.participation_percent,
    )  # fmt: skip


def parts(person: Any, round: Round, unit: Organisation | None = None) -> list[BranchPart]:
    """Every branch where the person sees projects, in 组织序列, each with its part in the round.

    What was handed in counts, whatever became of it, unless the branch gave it up or took it back.
    Overseas, dispersed and small branches count like all others: the plan eases their ways, not their part.
    """
    kinds = {*BRANCH_KINDS, *round.rules.application.eligible_kinds}
    seen = Organisation.objects.in_scopes(person.scopes(Ability.VIEW_PROJECT)).filter(kind__in=kinds)
    if unit is not None:
        seen = seen.in_unit(unit)
    counts = {row["branch"]: row for row in _counts(round)}
    nothing = {"applied": 0, "established": 0, "finished": 0}
    last, units = last_day(round), _units()
    found = []
    for branch in seen.in_order():
        row = counts.get(branch.pk, nothing)
        unit_of = max((held for held in units if branch.path.startswith(held.path)), key=lambda held: len(held.path))
        if unit is None or unit_of == unit:
            numbers = (row["applied"], row["established"], row["finished"])
            found.append(BranchPart(branch, unit_of, *numbers, _left_out(branch, round, last)))
    return found


def _counts(round: Round) -> Any:
    handed_in = Project.objects.filter(round=round, submitted_at__isnull=False).exclude(state=State.WITHDRAWN)
    return handed_in.order_by().values("branch").annotate(
        applied=Count("pk"), established=Count("pk", filter=Q(state__in=ONCE_ESTABLISHED)),
        finished=Count("pk", filter=Q(state__in=FINISHED)),
    )  # fmt: skip


def _units() -> list[Organisation]:
    return list(Organisation.objects.filter(Q(may_establish=True) | Q(parent=None)))


def last_day(round: Round) -> date:
    """A branch counts if it stood when the time to apply ran out; until then, if it stands today."""
    window = round.windows.filter(key="application").first()
    return min(window.closes_on, clock.today()) if window else clock.today()


def _left_out(branch: Organisation, round: Round, last: date) -> str:
    """Why the branch does not count; empty where it does."""
    if branch.kind not in round.rules.application.eligible_kinds:
        return f"{branch.get_kind_display()}不在方案规定的申报范围"
    if branch.ended_on is not None and branch.ended_on <= last:
        return f"{day_text(branch.ended_on)}已撤销"
    return ""
