"""The plan filling (计划填写): what one saving of a plan brings, checked, compared and stored together."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from dangjian.delivery.charge import Charge
from dangjian.delivery.plan_revision import LISTS, TEXTS
from dangjian.foundation.refusal import Reason, Refused, too_long
from dangjian.projects import team
from dangjian.projects.filling import Lines
from dangjian.projects.team import Team, TeamMember, candidates
from dangjian.projects.texts import written

if TYPE_CHECKING:
    from dangjian.delivery.plan import Plan
    from dangjian.projects.project import Project


class PlanFilling:
    """What was typed, stripped and read. What was not given stays as it stands."""

    def __init__(self, plan: Plan, texts: Mapping[str, Any], lists: Lines | None, members: Team | None) -> None:
        self.plan, self.project = plan, plan.project
        self.texts = {name: written(texts[name]) for name in TEXTS if name in texts}
        self.team = None if members is None else [(person, duty.strip()) for person, duty in members]
        self.rows, self._faults = read_lists(lists or {}, plan.project, plan.rows)

    @property
    def names(self) -> list[str]:
        return sorted([*self.texts, *self.rows, *(["team"] if self.team is not None else [])])

    def check(self) -> None:
        """Raises Refused with every field at fault."""
        reasons = [*self._above_limits(), *team.unfit(self.team or ()), *self._strangers(), *self._faults]
        if reasons:
            raise Refused(*reasons)

    def _above_limits(self) -> Iterator[Reason]:
        for name, text in self.texts.items():
            yield from too_long(text, TEXTS[name][1], name)

    def _strangers(self) -> Iterator[Reason]:
        known = set(candidates(self.project).values_list("pk", flat=True)) if self.team else set()
        for person, _ in self.team or ():
            if person.pk not in known and person.pk != self.project.owner_id:
                yield Reason(f"{person.name}不是立项支部或参与支部的人员", "team")

    @property
    def differs(self) -> bool:
        """Whether any of it is new."""
        if any(getattr(self.plan, name) != text for name, text in self.texts.items()):
            return True
        if self.team is not None:
            held = {member.person_id: member.duty for member in self.project.team.all()}
            if held != {person.pk: duty for person, duty in self.team}:
                return True
        return any(
            [row.facts() for row in self.rows[kind.key()]] != [row.facts() for row in self.plan.rows(kind)]
            for kind in LISTS
            if kind.key() in self.rows
        )

    def store_lists(self) -> None:
        """Put team and rows in the place of those that stood there."""
        if self.team is not None:
            self.project.team.all().delete()
            TeamMember.objects.bulk_create(
                TeamMember(project=self.project, person=person, duty=duty) for person, duty in self.team
            )
        store(self.rows, self.project)


def read_lists(
    lists: Lines, project: Project, held: Callable[[type[Charge]], list[Any]]
) -> tuple[dict[str, list[Charge]], list[Reason]]:
    """The lines of each given list, and what is wrong with them; ``held`` gives those that are stored."""
    rows: dict[str, list[Charge]] = {}
    faults: list[Reason] = []
    for kind in LISTS:
        if kind.key() in lists:
            answering = {row.person_id for row in held(kind) if row.person_id}
            found, wrong = kind.read(lists[kind.key()], project, answering)
            rows[kind.key()] = list(found)
            faults += wrong
    return rows, faults


def store(rows: Mapping[str, list[Charge]], project: Project) -> None:
    """Put these lines in the place of those that stood there."""
    for key, lines in rows.items():
        held = getattr(project, key)
        held.all().delete()
        for place, row in enumerate(lines, start=1):
            row.project, row.place, row.pk = project, place, None
        held.bulk_create(lines)
