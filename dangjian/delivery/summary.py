"""The 项目汇总表 (附件4): the lines of a unit's established projects, compiled from what they already hold (S-36, S-121).

Measures and goals are those of the approved plan, with every change since; before there is one, of the application.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from enum import StrEnum
from typing import Any, Self

from dangjian.delivery.goal import Goal, Level
from dangjian.delivery.plan import Plan
from dangjian.delivery.plan_state import State as PlanState
from dangjian.people.organisation import Organisation
from dangjian.programmes.round import Round
from dangjian.projects import carrier
from dangjian.projects.finding import ProjectQuerySet
from dangjian.projects.papers import told_of
from dangjian.projects.project import Project
from dangjian.projects.row import listed, unstopped
from dangjian.projects.state import State

OFFLINE = "线下管理"

LABELS = {
    "name": "项目名称",
    "period": "项目起止日期",
    "department": "项目承担部门",
    "problem": "解决问题",
    "measures": "采取措施",
    "goal": "达到目标",
    "note": "备注",
}
"""The columns of the table by fact, in its order; the running number before them is counted on paper."""


class Source(StrEnum):
    """The paper that 采取措施 and 达到目标 of a line are taken from."""

    APPLICATION = "application"
    PLAN = "plan"


@dataclass(frozen=True)
class Line:
    """One project as the table tells it. ``project`` is its key; ``number`` its 编号, which the table does not print."""

    project: int
    number: str
    name: str
    period: str
    department: str
    problem: str
    measures: str
    goal: str
    note: str
    source: str = ""
    """:class:`Source` of measures and goal; empty where there are none, and in versions that did not keep it yet."""

    @classmethod
    def of(cls, project: Project) -> Self:
        """Read from the project; an offline one has no texts here (design §4)."""
        texts = {
            "problem": told_of(project, "problem"),
            "measures": told_of(project, "measures"),
            "goal": told_of(project, "expected_goal", "targets"),
            "source": Source.APPLICATION,
        } | _planned(project)
        if project.is_offline:
            texts = dict.fromkeys(texts, "")
        return cls(
            project=project.pk, number=project.number, name=project.name, period=str(project.period or ""),
            department=project.branch.short_name, note=_note(project), **texts,
        )  # fmt: skip

    @classmethod
    def frozen(cls, facts: Mapping[str, Any]) -> Self:
        """A line as a version keeps it."""
        return cls(**{field.name: facts.get(field.name, "") for field in fields(cls)})

    def facts(self) -> dict[str, Any]:
        return asdict(self)

    def told(self) -> tuple[str, ...]:
        """What stands under :data:`LABELS`."""
        return tuple(str(getattr(self, fact)) for fact in LABELS)

    def gaps(self) -> list[str]:
        """The columns that say nothing although they should: for the officer to see, not to be refused."""
        expected = ("period",) if self.note == OFFLINE else ("period", "problem", "measures", "goal")
        return [LABELS[fact] for fact in expected if not getattr(self, fact)]


def reported(unit: Organisation, round: Round) -> ProjectQuerySet:
    """The projects that belong in the unit's table: established and not terminated, a joint one at its lead branch alone."""
    return Project.objects.established().exclude(state=State.TERMINATED).filter(unit=unit, round=round)


def lines(projects: ProjectQuerySet) -> list[Line]:
    """The projects as lines, in 组织序列."""
    read = projects.select_related("application", "branch", "plan", "taking_over").prefetch_related(
        "scheme", "round__scheme", "categories", "targets", "carriers", "partners", "measures", "goals"
    )
    return [Line.of(project) for project in read.order_by("branch__rank", "path", "number", "pk")]


@dataclass(frozen=True)
class Difference:
    """What one project's line says otherwise than before: a line more, a line less, or other words in some columns."""

    name: str
    kind: str
    changed: tuple[tuple[str, str, str], ...] = ()
    """Column, before, after."""


ADDED, REMOVED, CHANGED, EXPLAINED = "新增", "减少", "变动", "补正说明"


def differences(before: Iterable[Line], after: Iterable[Line]) -> list[Difference]:
    """Line by line, in the order of the later table; what it no longer has stands at the end."""
    former = {line.project: line for line in before}
    found = []
    for line in after:
        old = former.pop(line.project, None)
        if old is None:
            found.append(Difference(line.name, ADDED))
        elif changed := tuple(pair for pair in _pairs(old, line) if _meant(pair[1]) != _meant(pair[2])):
            found.append(Difference(line.name, CHANGED, changed))
    return [*found, *(Difference(line.name, REMOVED) for line in former.values())]


def _pairs(old: Line, new: Line) -> Iterable[tuple[str, str, str]]:
    return zip(LABELS.values(), old.told(), new.told(), strict=True)


_DOUBLED = re.compile("[。；;]+(?=[）；。]|$)")


def _meant(text: str) -> str:
    """Without stops before another mark: earlier versions have kept 「。）；」 where a criterion was typed with its stop."""
    return _DOUBLED.sub("", text)


def explained(name: str, before: str, after: str) -> Difference:
    """补正说明 to what came back: no fact of the project, yet something that the version says."""
    return Difference(name, EXPLAINED, ((EXPLAINED, before, after),))


def _planned(project: Project) -> dict[str, str]:
    """What the approved plan says otherwise than the application: it is finer, and it is what a change is decided on (S-13)."""
    plan = Plan.of(project)
    if plan is None or plan.state != PlanState.APPROVED or project.is_offline:
        return {}
    goals = [_goal(goal) for goal in project.goals.all() if goal.level in (Level.OVERALL, Level.STAGE)]
    return {
        "measures": listed([measure.name for measure in project.measures.all()]),
        "goal": listed(goals),
        "source": Source.PLAN,
    }


def _goal(goal: Goal) -> str:
    kind = "阶段目标：" if goal.level == Level.STAGE else ""
    name = unstopped(goal.name)
    return f"{kind}{name}（{goal.measured}）" if goal.measured else f"{kind}{name}"


def _note(project: Project) -> str:
    """备注: the carriers set up (S-121), and who takes part; an offline project is only named as one.

    What the 备注 of the paper said of a project that was taken over goes on standing there.
    """
    if project.is_offline:
        return OFFLINE
    made, partners = _carriers(project), [branch.short_name for branch in project.partner_branches()]
    paper = project.past.remark.rstrip("。；;") if project.past else ""
    said = (f"建立{'、'.join(made)}" if made else "", f"与{'、'.join(partners)}联合实施" if partners else "")
    return "；".join([*([paper] if paper else ()), *(part for part in said if part and part not in paper)])


def _carriers(project: Project) -> Sequence[str]:
    """Those that are listed; else the kinds that the project is tagged with."""
    known = carrier.kinds(project.rules)
    listed = [f"{known.get(each.kind, '')}{each.name and f'“{each.name}”'}" for each in project.carriers.all()]
    return listed or [known[code] for code in project.codes_by_axis().get(carrier.AXIS, []) if code in known]
