"""The first draft (初稿) of a plan: everything that the application has said already, so that nothing is typed twice."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from dangjian.delivery.charge import Charge, answerable
from dangjian.delivery.clause_reading import told_in
from dangjian.delivery.goal import Goal, Level
from dangjian.delivery.measure import Measure
from dangjian.delivery.milestone import Milestone
from dangjian.delivery.plan_revision import LISTS
from dangjian.delivery.task import Task
from dangjian.people.person import Person, PoliticalStatus
from dangjian.projects.period import Period

if TYPE_CHECKING:
    from dangjian.delivery.plan import Plan
    from dangjian.projects.project import Project

_PARTS = re.compile(r"[；;。\n]+")
_NUMBERS = re.compile(r"^\s*(?:(\d{1,2})[.、．](\d?)|[（(](\d{1,2})[）)])\s*")
"""1. 2、 （3） at the head of a clause: the lines of the plan are numbered by themselves."""
_OF_THE_ONE_BEFORE = re.compile(
    "(?:主要|具体)?(?:责任人|负责人|牵头人|责任部门|责任单位|配合人|完成(?:时间|时限|期限)|时限)(?:为|[:：])"
)
"""责任人：王志强 behind a full stop: said of the measure before it, no measure of its own."""


class Source(StrEnum):
    """Where a text or a list of the first draft was taken from."""

    APPLICATION = "application"
    PERIOD = "period"
    EARLIER_PLAN = "earlier_plan"
    ROSTER = "roster"


def texts(project: Project) -> dict[str, str]:
    """The texts of the plan as the application knows them."""
    said = project.application
    return {
        "profile": _profile(project),
        "background": _joined(said.problem, said.necessity, said.feasibility),
        "expected": _joined(said.expected_goal, said.expected_value, said.stage_goal),
        "enclosures": "",
    }


def rows(project: Project) -> dict[str, list[Charge]]:
    """The lines of the plan's lists as the application knows them, numbered."""
    made: dict[str, list[Charge]] = {
        Goal.key(): list(_goals(project)),
        Measure.key(): _measures(project),
        Task.key(): [],  # the application says nothing of single years, and an empty line is no first draft
        Milestone.key(): _milestones(project),
    }
    for kind in LISTS:
        for place, row in enumerate(made[kind.key()], start=1):
            row.project, row.place = project, place
    return made


def years(project: Project) -> list[int]:
    """The calendar years that the project touches."""
    held = project.period
    return list(range(held.first_day.year, held.last_day.year + 1)) if held else []


def taken_over(plan: Plan) -> dict[str, Source]:
    """The texts and lists that still say what they began with, and where that came from: to be made finer."""
    same = [name for name, text in texts(plan.project).items() if text and getattr(plan, name) == text]
    offered = rows(plan.project)
    same += [key for key, made in offered.items() if made and [row.facts() for row in made] == _facts(plan, key)]
    found = dict.fromkeys(same, Source.APPLICATION)
    if "profile" in found:
        found["profile"] = Source.EARLIER_PLAN if _earlier_profile(plan.project) else Source.ROSTER
    if Milestone.key() in found:
        found[Milestone.key()] = Source.PERIOD
    return found


def _facts(plan: Plan, key: str) -> list[dict[str, Any]]:
    kind = next(kind for kind in LISTS if kind.key() == key)
    return [row.facts() for row in plan.rows(kind)]


def _goals(project: Project) -> Any:
    held, said = project.period, project.application
    last_day = held.last_day if held else None
    targets = list(project.targets.all())
    for target in targets:
        due = Period(target.due, target.due).last_day if target.due else last_day
        yield Goal(
            level=Level.OVERALL, name=target.name, baseline=target.baseline, value=target.value, unit=target.unit,
            criterion=target.criterion, person=project.owner, due=due,
        )  # fmt: skip
    if not targets:
        pieces = _pieces(said.expected_goal, Goal.most - 1)
        yield from (Goal(level=Level.OVERALL, name=part, person=project.owner, due=last_day) for part in pieces)
    if said.stage_goal and len(said.stage_goal) <= 200:
        due = project.rules.stage_goal_due
        yield Goal(level=Level.STAGE, name=" ".join(said.stage_goal.split()), person=project.owner, due=due)


def _measures(project: Project) -> list[Charge]:
    """Each clause; who answers for it and until when go to their columns as far as it says so for certain."""
    people = list(answerable(project))
    members = [project.owner_id, *(member.person_id for member in project.team.all())]
    pieces = _pieces(project.application.measures, Measure.most)
    told = [told_in(piece, people, members, project.period) for piece in pieces]
    return [Measure(name=each.text, person=each.person, due=each.due) for each in told]


def _milestones(project: Project) -> list[Charge]:
    held = project.period
    if held is None:
        return []
    return [
        Milestone(name="项目启动", due=held.first_day, person=project.owner),
        Milestone(name="项目完成，形成总结报告", due=held.last_day, person=project.owner),
    ]


def _pieces(text: str, most: int) -> list[str]:
    """A text as lines, one for each of its clauses, none cut short: what is too long for a line is left in the text."""
    pieces: list[str] = []
    number = 0
    for part in _PARTS.split(text):
        number, words = _unnumbered(part, number)
        if pieces and _OF_THE_ONE_BEFORE.match(words):
            pieces[-1] += f"，{words}"
        elif words:
            pieces.append(words)
    return [piece for piece in pieces if len(piece) <= 200][:most]


def _unnumbered(part: str, before: int) -> tuple[int, str]:
    """The number of a clause (that of the one ``before`` where it has none) and its words.

    Of 6.9月1日至… the 6 is a number where the clause before was the fifth; 1.5万吨 begins no list.
    """
    found = _NUMBERS.match(part)
    number = int(found[1] or found[3]) if found else 0
    if found is None or (found[2] and (before < 1 or number != before + 1)):
        return before, " ".join(part.split())
    return number, " ".join(part[found.start(2) if found[2] else found.end() :].split())


def _profile(project: Project) -> str:
    """As the branch's last plan told it, else what the roster knows."""
    earlier = _earlier_profile(project)
    if earlier:
        return earlier
    members = Person.objects.filter(
        organisation=project.branch_id, political_status__in=(PoliticalStatus.MEMBER, PoliticalStatus.PROBATIONARY)
    ).count()
    owner = f"，党支部书记{project.owner.name}" if project.owner else ""
    return f"{project.branch.full_name}{owner}，现有党员{members}名。"


def _earlier_profile(project: Project) -> str:
    others = type(project).objects.filter(branch=project.branch_id, plan__handed_in_at__isnull=False)
    told = others.exclude(pk=project.pk).order_by("-plan__handed_in_at").values_list("plan__profile", flat=True)
    return told.first() or ""


def _joined(*parts: str) -> str:
    return "\n".join(part for part in parts if part)
