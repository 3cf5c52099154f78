"""The proposal (导入预览): what would become of each line of a file, and the import itself, line by line.

Lines are matched by year, branch and name: bringing the same file in again changes what differs and skips the rest.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from typing import Any

from dangjian.foundation import clock
from dangjian.foundation.lifecycle import Reason, Refused
from dangjian.intake.branches import Branches, Match
from dangjian.intake.code import WARNINGS
from dangjian.intake.line import AXIS, CELLS, DAYS, Line, tidied
from dangjian.people.organisation import Organisation
from dangjian.programmes.round import Round
from dangjian.programmes.taxonomy import Axis
from dangjian.projects.naming import name_key
from dangjian.projects.period import Period, is_date
from dangjian.projects.project import Project
from dangjian.projects.state import State
from dangjian.projects.taking_over import Known, Past
from dangjian.projects.texts import TEXTS

BATCH = 100


class Effect(StrEnum):
    NEW = "new"
    CHANGED = "changed"
    SAME = "same"
    SKIPPED = "skipped"
    WRONG = "wrong"


LABELS = {
    Effect.NEW: "新增",
    Effect.CHANGED: "更新",
    Effect.SAME: "相同",
    Effect.SKIPPED: "跳过",
    Effect.WRONG: "要改正",
}


@dataclass
class Fate:
    """What becomes of one line. ``why`` is a sentence for what is skipped or was refused; ``was`` holds what stands in the
    system of each fact that would be ``changed``."""

    line: Line
    effect: Effect
    match: Match
    round: Round | None = None
    state: str = ""
    past: Past | None = None
    project: Project | None = None
    changed: list[str] = field(default_factory=list)
    was: dict[str, Any] = field(default_factory=dict)
    faults: list[Reason] = field(default_factory=list)
    why: str = ""

    @property
    def may_be_done(self) -> bool:
        """Whether it goes in as under way though its time is over: no file is asked to guess, somebody has to look."""
        if self.past is None or self.state != State.RUNNING or self.line.cell("state"):
            return False
        return Period(self.past.starts, self.past.ends).last_day < clock.today()

    def told(self) -> dict[str, Any]:
        """What became of it, for programs."""
        made = self.project if self.effect in (Effect.NEW, Effect.CHANGED, Effect.SAME) else None
        reasons = [self.why] if self.why else [str(reason) for reason in self.faults]
        return {
            "place": self.line.place, "name": self.line.cell("name"), "effect": self.effect.value,
            "project": made.pk if made else None, "number": made.number if made else "", "changed": self.changed,
            "reasons": reasons,
        }  # fmt: skip


def bring_in(lines: Sequence[Line], *, by: Any, source: str, unit: str, usual: Mapping[str, str]) -> list[Fate]:
    """Every line of a file, batch by batch, for who does not look at each batch first."""
    done: list[Fate] = []
    while len(done) < len(lines):
        done += Proposal(lines[len(done) :], by=by, source=source, unit=unit, usual=usual).take()
    return done


class Proposal:
    """The lines of one file, as ``by`` may bring them in. ``usual`` holds what counts where a line says nothing."""

    def __init__(
        self, lines: Sequence[Line], *, by: Any, source: str, unit: str = "", usual: Mapping[str, str] | None = None
    ) -> None:
        self.lines, self.by, self.source, self.unit = lines, by, source, unit
        self.usual = {name: tidied(name, text) for name, text in (usual or {}).items()}
        self.branches = Branches(by)
        self.rounds = {str(round.year): round for round in Round.objects.select_related("scheme").newest_first()}
        self.current = Round.current()
        # A year that went by on paper has no round yet; it is made when its first project comes in.
        oldest = min(self.rounds.values(), key=lambda round: round.year, default=None)
        self.past = {
            str(year): Round(year=year, scheme=oldest.scheme, opened_at=clock.now())
            for year in Round.past_years()
            if oldest is not None
        }

    @property
    def years(self) -> list[str]:
        """The years a line may belong to, the latest first."""
        return sorted([*self.rounds, *self.past], reverse=True)

    def fates(self) -> list[Fate]:
        """What would become of each line, in the order of the file."""
        found = [self._placed(line) for line in self.lines]
        used = {fate.match.branch for fate in found if fate.match.branch}
        known = Known(used, self.rounds.values())
        seen: dict[tuple[int, int, str], str] = {}
        for fate in found:
            self._settle(fate, known, seen)
        return found

    def take(self) -> list[Fate]:
        """Bring in what can be, the first hundred lines of it, each in a transaction of its own."""
        done = self.fates()[:BATCH]
        for fate in done:
            try:
                self._carry_out(fate)
            except Refused as refused:
                fate.effect, fate.faults = Effect.WRONG, refused.reasons
        return done

    # Private

    def _carry_out(self, fate: Fate) -> None:
        past, branch, round = fate.past, fate.match.branch, fate.round
        source = f"{self.source} {fate.line.place}".strip()
        if past is None or branch is None or round is None:
            return
        if fate.effect is Effect.NEW:
            round = round if round.pk else Round.of_past(round.year, by=self.by)
            fate.project = Project.take_over(
                past, branch=branch, round=round, state=fate.state, source=source, by=self.by
            )
        elif fate.effect is Effect.CHANGED and fate.project is not None:
            fate.changed = fate.project.correct_past(past, source=source, by=self.by, seen=fate.line.seen)

    def _placed(self, line: Line) -> Fate:
        """The line with its branch and its year."""
        match = self.branches.find(line.cell("branch") or self.usual.get("branch", ""), self.unit)
        year = line.cell("year") or line.cell("starts")[:4]
        known = self.rounds | self.past
        if not line.cell("year") and (self.usual.get("year") or year not in known):
            year = self.usual.get("year", "")
        return Fate(line, Effect.NEW, match, known.get(year) if year else self.current)

    def _settle(self, fate: Fate, known: Known, seen: dict[tuple[int, int, str], str]) -> None:
        line, branch, round = fate.line, fate.match.branch, fate.round
        if line.cell("take") == "no":
            why = next((WARNINGS.get(code, "") for code, cell in line.doubts if cell == "take"), "")
            fate.effect, fate.why = Effect.SKIPPED, why or "您选择了跳过"
            return
        if branch is None:
            fate.faults.append(Reason(fate.match.why, "branch"))
        if round is None:
            told = "请选择年度" if self.years else "还没有开启批次，请公司先启用工作方案"
            fate.faults.append(Reason(told, "year"))
        fate.faults += self._unreadable(line)
        if fate.faults or branch is None or round is None:
            fate.effect = Effect.WRONG
            return
        fate.state, fate.past = self._state(line), self._past(line, round)
        key = (branch.pk, round.year, name_key(fate.past.name))
        if key in seen:
            fate.effect, fate.why = Effect.SKIPPED, f"与{seen[key]}是同一个项目"
            return
        seen[key] = line.place
        self._compare(fate, known.find(fate.past.name, branch, round), branch, round)

    def _compare(self, fate: Fate, held: Project | None, branch: Organisation, round: Round) -> None:
        assert fate.past is not None
        fate.project = held
        if held is None:
            fate.faults += Project.taking_over_refusals(
                fate.past, branch=branch, round=round, state=fate.state, by=self.by
            )
        elif refusals := held.past_refusals(by=self.by):
            fate.effect, fate.why = Effect.SKIPPED, "；".join(map(str, refusals))
            return
        else:
            fate.past = _without_own_words(fate.past, held)
            fate.was = held.differing(fate.past)
            fate.changed = list(fate.was)
            fate.effect = Effect.CHANGED if fate.changed else Effect.SAME
            fate.faults += fate.past.faults(held.state, held.rules) if fate.changed else ()
        if fate.faults:
            fate.effect = Effect.WRONG

    def _state(self, line: Line) -> str:
        """As told; else under way, or established where it has not begun. Whether it is done no file is asked to guess."""
        told = line.cell("state") or self.usual.get("state", "")
        if told:
            return told
        begins = Period(line.cell("starts"), line.cell("ends")).first_day
        return State.RUNNING if begins <= clock.today() else State.ESTABLISHED

    def _unreadable(self, line: Line) -> list[Reason]:
        """Dates that are missing or no dates, before anything is made of them."""
        wrong = [
            Reason(f"请填{CELLS[name]}年月，如 2022-08", name)
            for name in ("starts", "ends")
            if not is_date(line.cell(name))
        ]
        days = {name: self._day_text(line, name) for name in DAYS}
        return wrong + [
            Reason("请填年月日，如 2022-08-15", name) for name, text in days.items() if text and _day(text) is None
        ]

    def _day_text(self, line: Line, name: str) -> str:
        """A day as it was told; that of establishment may be told once for all lines."""
        return line.cell(name) or (self.usual.get(name, "") if name == "established_on" else "")

    def _codes(self, line: Line, axis: Axis) -> list[str]:
        """As chosen for the line; else what a column called like the axis says in its words; else as chosen for all."""
        if code := line.cell(AXIS + axis.key):
            return [code]
        known = {item.label: item.code for item in axis.items}
        for heading, text in line.extra.items():
            codes = [known.get(word.strip(), "") for word in text.split("、")]
            if _names(heading, axis.label) and all(codes) and (axis.multiple or len(codes) == 1):
                return codes
        usual = self.usual.get(AXIS + axis.key, "")
        return [usual] if usual else []

    def _past(self, line: Line, round: Round) -> Past:
        codes = {axis.key: self._codes(line, axis) for axis in round.rules.taxonomies}
        days = {name: _day(self._day_text(line, name)) for name in DAYS}
        return Past(
            name=line.cell("name"), starts=line.cell("starts"), ends=line.cell("ends"),
            texts={name: line.cell(name) for name in TEXTS if name in CELLS},
            categories={key: told for key, told in codes.items() if told},
            branch_opinion=line.cell("branch_opinion"), committee_opinion=line.cell("committee_opinion"),
            leader=line.cell("leader")[:60], remark=line.cell("remark"), extra=line.extra, **days,
        )  # fmt: skip


OWN_COLUMNS = frozenset((
    "编号", "所属单位", "参与支部", "主要责任人", "议题", "载体", "来源", "选题库", "亮点", "目标明细", "载体明细", "征求意见", "状态", "当前环节", "停留",
    "评审办结", "标记", "备案", "责任书", "实施计划", "下一里程碑", "申报时间", "立项时间", "最近变动", "年度",
))  # fmt: skip
"""Columns of our own 项目台账 that no cell takes: what the system says of a project is no news from paper."""


def _without_own_words(past: Past, project: Project) -> Past:
    """Of a line that our own 项目台账 was exported with, known by the number, only what was written in since."""
    if not project.number or past.extra.get("编号") != project.number:
        return past
    is_owner = project.owner is not None and past.leader == project.owner.name
    is_day = project.established_at is not None and past.established_on == clock.local(project.established_at).date()
    return replace(
        past,
        leader="" if is_owner else past.leader,
        established_on=None if is_day else past.established_on,
        extra={label: text for label, text in past.extra.items() if label not in OWN_COLUMNS},
    )


def _names(heading: str, label: str) -> bool:
    """立项来源 is also called 来源, and 项目来源; 议题方向 and 工作载体 are called 议题 and 载体 in the product's own ledger."""
    bare = re.compile("^(立项|申报|项目|党建|实施|工作)+|方向$")
    return (bare.sub("", heading) or heading) == (bare.sub("", label) or label)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if is_date(text) else None
    except ValueError:
        return None
