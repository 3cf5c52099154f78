"""A journey: one project of the data set, and every row that its way through the verbs would have left."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from django.db import models

from bench import wording
from bench.company import Company
from dangjian.foundation import clock
from dangjian.foundation.lifecycle import MoveLog
from dangjian.foundation.notice import Notice
from dangjian.people.organisation import Organisation
from dangjian.people.person import Person
from dangjian.programmes.approval import Approval, Step
from dangjian.programmes.round import Round
from dangjian.projects.application import Application
from dangjian.projects.category import Category
from dangjian.projects.meeting import Meeting, Resolution
from dangjian.projects.project import DECISIONS, Project
from dangjian.projects.revision import Revision
from dangjian.projects.state import State
from dangjian.projects.team import TeamMember
from dangjian.projects.texts import TEXTS


@dataclass(frozen=True)
class Fate:
    """How far a journey has come: the state, what the unit decided, and its share of a year's projects in percent."""

    state: State
    decisions: tuple[str, ...]
    in_past_years: int
    in_last_year: int
    is_submitted: bool = True


FATES = (
    Fate(State.DRAFT, (), 3, 10, is_submitted=False),
    Fate(State.WITHDRAWN, (), 4, 4, is_submitted=False),
    Fate(State.IN_APPROVAL, (), 0, 17),
    Fate(State.IN_APPROVAL, ("pass",), 0, 10),
    Fate(State.DRAFT, ("return",), 1, 4),
    Fate(State.ESTABLISHED, ("pass", "establish"), 84, 50),
    Fate(State.REJECTED, ("pass", "reject"), 8, 5),
)
_OPINIONS = {
    "pass": "选题准确，措施可行。",
    "return": "目标需进一步量化。",
    "establish": "同意立项。",
    "reject": "与本单位已有项目重复。",
}
_CATEGORIES = {
    "origin": ("production", "party_work"),
    "topic": ("market", "tackling", "saving"),
    "carrier": ("pioneer_team", "pioneer_post", "model_point"),
}


class Meetings:
    """The meetings of all organisations: one meeting decides all that is ready at its place that day."""

    def __init__(self) -> None:
        self._held: dict[tuple[int, datetime], Meeting] = {}
        self._issues: Counter[tuple[int, int]] = Counter()

    def at(self, place: Organisation, moment: datetime, by: Person) -> Meeting:
        meeting = self._held.get((place.pk, moment))
        if meeting is None:
            self._issues[place.pk, moment.year] += 1
            meeting = self._held[place.pk, moment] = Meeting(
                pk=len(self._held) + 1, organisation=place, path=place.path, body=place.deciding_body,
                year=moment.year, issue=self._issues[place.pk, moment.year], held_on=moment.date(),
                expected=7, present=7, chair="主持人", recorder="记录人", recorded_by=by, recorded_at=moment,
            )  # fmt: skip
        return meeting

    def all(self) -> list[Meeting]:
        return list(self._held.values())


class Journey:
    """The project ``serial`` (from 1 in all years) of a round. Its steps and its approval are numbered after it."""

    def __init__(
        self, company: Company, held: Round, serial: int, fate: Fate, random: Random, meetings: Meetings
    ) -> None:
        self.round, self.serial, self.fate, self.random, self.meetings = held, serial, fate, random, meetings
        self.branch = random.choice(company.branches)
        self.unit = company.unit_of[self.branch.pk]
        self.secretary, self.officer = company.secretary_of[self.branch.pk], company.officer_of[self.unit.pk]
        self.began = datetime(held.year, 8, 15, 8, tzinfo=clock.BEIJING) + timedelta(minutes=random.randrange(7_000))
        # The branch met the day after it began; the unit screens on the 27th and meets on the 28th or the 29th.
        self.met = datetime(held.year, 8, self.began.day + 1, 15, tzinfo=clock.BEIJING)
        self.submitted = self.met + timedelta(days=1, minutes=random.randrange(600))
        self.decided = [
            datetime(held.year, 8, 27, 9, tzinfo=clock.BEIJING) + timedelta(minutes=random.randrange(480)),
            datetime(held.year, 8, 28 + random.randrange(2), 15, tzinfo=clock.BEIJING),
        ]

    def rows(self) -> Iterator[models.Model]:
        project = self._project()
        yield project
        yield from self._application(project)
        yield from self._moves(project)
        if self.fate.is_submitted:
            yield from self._approval()
            yield from self._resolutions(project)

    def _project(self) -> Project:
        fate, reached = self.fate, self._reached()
        established = self.decided[1] if fate.state == State.ESTABLISHED else None
        return Project(
            pk=self.serial, state=fate.state, version=len(reached), round=self.round, scheme_id=self.round.scheme_id, branch=self.branch, unit=self.unit,
            path=self.branch.path, owner=self.secretary, name=wording.project_name(self.random, self.serial),
            number=f"{self.round.year}-{self.serial:05d}" if established else "",
            starts=f"{self.round.year}-09", ends=f"{self.round.year}-12", created_by=self.secretary,
            approval_id=self.serial if fate.is_submitted else None, created_at=self.began,
            changed_at=reached[-1][1] if reached else self.began,
            submitted_at=self.submitted if fate.is_submitted else None, established_at=established,
            ended_at=reached[-1][1] if fate.state in (State.REJECTED, State.WITHDRAWN) else None,
        )  # fmt: skip

    def _reached(self) -> list[tuple[str, datetime, str, Person]]:
        """Each move that was made, with when, the opinion and by whom."""
        if self.fate.state == State.WITHDRAWN:
            return [("withdraw", self.submitted, "", self.secretary)]
        if not self.fate.is_submitted:
            return []
        decided = zip(self.fate.decisions, self.decided, strict=False)
        made = [(DECISIONS[decision], at, _OPINIONS[decision], self.officer) for decision, at in decided]
        return [("submit", self.submitted, "", self.secretary), *made]

    def _application(self, project: Project) -> Iterator[models.Model]:
        texts = {name: wording.text(self.random, 4 if name == "measures" else 2) for name in TEXTS}
        texts |= {"stage_goal": "", "long_reason": ""}  # asked of long projects only, and none of these is
        yield Application(
            project=project, filled_on=self.began.date(), edits=1, edited_at=self.began, edited_by=self.secretary, **texts
        )  # fmt: skip
        categories = {axis: [self.random.choice(codes)] for axis, codes in _CATEGORIES.items()}
        for axis, codes in categories.items():
            yield Category(project=project, axis=axis, code=codes[0])
        yield TeamMember(project=project, person=self.secretary, duty="总负责")
        yield TeamMember(project=project, person=self.officer, duty="联系指导")
        if self.fate.is_submitted:
            facts = {
                "name": project.name, "starts": project.starts, "ends": project.ends, **texts,
                "branch": self.branch.full_name, "owner": self.secretary.name, "filled_on": self.began.date(),
                "categories": categories, "team": [{"name": self.secretary.name, "duty": "总负责"}],
            }  # fmt: skip
            yield Revision(project=project, number=1, facts=facts, by=self.secretary, at=self.submitted)

    def _moves(self, project: Project) -> Iterator[models.Model]:
        """The log, and the notice that each move sent."""
        for sequence, (name, at, opinion, by) in enumerate(self._reached(), start=1):
            move = Project.move_named(name)
            yield MoveLog(
                noun="project", noun_id=project.pk, sequence=sequence, name=name, label=move.label,
                source=next(iter(move.sources)), target=move.target, by=by, at=at, opinion=opinion,
            )  # fmt: skip
            reader = self.officer if name in ("submit", "pass_screening") else self.secretary
            yield Notice(
                person=reader, event=f"project-{project.pk}-{sequence}", text=f"“{project.name}”{move.label}",
                noun="project", noun_id=project.pk, created_at=at,
                read_at=None if self.random.random() < 0.05 else at,
            )  # fmt: skip

    def _approval(self) -> Iterator[models.Model]:
        rules = self.round.rules.steps("application")
        decisions = ("agree", *self.fate.decisions)
        is_open = self.fate.state == State.IN_APPROVAL
        yield Approval(
            pk=self.serial, noun="project", opened_at=self.submitted, outcome="" if is_open else decisions[-1],
            current_id=self._step_pk(len(decisions)) if is_open else None,
            closed_at=None if is_open else self.decided[len(decisions) - 2],
        )  # fmt: skip
        arrived = [self.submitted, self.submitted, self.decided[0]]
        taken = [self.met, *self.decided]
        for index, rule in enumerate(rules):
            place = self.branch if rule.level == "branch" else self.unit
            step = Step(
                pk=self._step_pk(index), approval_id=self.serial, sequence=index + 1, key=rule.key, organisation=place,
                label=rule.label_at(place.deciding_body), ability=rule.ability, decisions=list(rule.decisions),
                by_meeting=rule.meeting,
            )  # fmt: skip
            if index < len(decisions):
                step.state, step.decision, step.opened_at = Step.State.DECIDED, decisions[index], arrived[index]
                step.decided_at, step.decided_by = taken[index], self.secretary if index == 0 else self.officer
                step.held_on = taken[index].date() if rule.meeting else None
                step.opinion = _OPINIONS.get(decisions[index], "同意申报。")
            elif is_open and index == len(decisions):
                step.state, step.opened_at = Step.State.OPEN, arrived[index]
            else:
                step.state = Step.State.WAITING if is_open else Step.State.LEFT_OUT
            yield step

    def _step_pk(self, index: int) -> int:
        return (self.serial - 1) * 3 + index + 1

    def _resolutions(self, project: Project) -> Iterator[models.Model]:
        own = self.meetings.at(self.branch, self.met, self.secretary)
        yield Resolution(meeting=own, project=project, decision="agree", opinion="同意申报。")
        if len(self.fate.decisions) == 2:
            decision = self.fate.decisions[1]
            held = self.meetings.at(self.unit, self.decided[1], self.officer)
            yield Resolution(
                meeting=held, project=project, decision=decision, opinion=_OPINIONS[decision],
                votes_for=7, votes_against=0, abstentions=0, **self._receipt(decision),
            )  # fmt: skip

    def _receipt(self, decision: str) -> dict[str, object]:
        """Who signed for the notice of establishment; every fiftieth is still to be signed for."""
        if decision != "establish" or self.serial % 50 == 0:
            return {}
        return {"received_by": self.secretary, "received_at": self.decided[1] + timedelta(days=1)}
