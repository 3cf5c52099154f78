"""The stage rail: the whole life of a project from 申报 to 推广 in one line, with where it stands."""

from __future__ import annotations

from datetime import date, datetime

from dangjian.agreements.letter import UNDER_WAY
from dangjian.foundation import clock
from dangjian.projects.filed import FilingState
from dangjian.projects.project import Project
from dangjian.projects.taking_over import PAPER_ONLY
from dangjian.web.display import Shown, short_day

_BEFORE_ESTABLISHMENT = {"draft": 0, "withdrawn": 0, "in_approval": 1, "rejected": 1}


def rail(project: Project, next_stage: str = "", plan_waits: str = "") -> list[Shown]:
    """The whole life from 申报 to 推广, with where the project stands: at ``next_stage`` where its next step has one.

    ``plan_waits`` says for what a plan that was handed in waits, which happens beside the letter.
    """
    gates = project.rules.gates
    stages = [
        ("申报", project.submitted_at, True),
        ("立项", project.established_at, True),
        ("责任书", project.letter_signed_on, gates.letter),
        ("实施计划", project.planned_on, gates.plan),
        ("备案", project.filed_on, gates.filing),
        ("实施", None, True),
        ("考核", None, True),
        ("评奖", None, True),
        ("推广", None, True),
    ]
    # What was done has its day, though the scheme does not ask for it.
    stages = [(label, on, asked or on is not None) for label, on, asked in stages]
    under_way = (
        5 if project.started_at else next(index for index, (_, on, used) in enumerate(stages) if used and on is None)
    )
    under_way = 6 if project.state == "completed" else under_way
    under_way = next((index for index, stage in enumerate(stages) if stage[0] == next_stage), under_way)
    reached = _BEFORE_ESTABLISHMENT.get(project.state, under_way)
    drawn = [_stage(project, index, reached, *stage) for index, stage in enumerate(stages)]
    for stage in drawn:
        if stage["label"] == "实施计划":
            stage["note"] = stage["note"] or plan_waits
        if stage["label"] == "备案" and project.filing_state in (FilingState.WAITING, FilingState.RETURNED):
            stage["note"] = project.get_filing_state_display()
    return drawn


def _stage(project: Project, index: int, reached: int, label: str, on: date | datetime | None, used: bool) -> Shown:
    """One stop of the rail. What may still follow while the project runs (备案, a letter signed later) stays open.

    What was done ahead of its turn is done: a plan may be approved, a table filed, before the letter is signed.
    """
    passed = index < reached or (index > reached and used and on is not None)
    on_paper = _on_paper(project, label) if passed and used else ""
    open_yet = passed and on is None and not on_paper
    state = "off" if not used else "now" if index == reached else "later" if open_yet or not passed else "done"
    day = clock.local(on).date() if isinstance(on, datetime) else on
    if on_paper:
        return {"label": label, "state": state, "date_text": short_day(_paper_day(project, label)), "note": on_paper}
    note = project.waiting_label if index == reached and reached < 2 else ""
    if label == "责任书" and used and project.awaits_letter and project.letter_due_on and project.state in UNDER_WAY:
        note = "待补签" if project.letter_may_follow else "补签已逾期"
    return {"label": label, "state": state, "date_text": short_day(day) if passed else "", "note": note}


def _on_paper(project: Project, label: str) -> str:
    """线下已办, of what was passed before the project entered from paper."""
    before = label in ("申报", "立项") or project.was_started_on_paper
    return PAPER_ONLY if project.taken_over_at and before else ""


def _paper_day(project: Project, label: str) -> date | None:
    """The day on the paper; None where no paper tells it."""
    past = project.past
    if past is None:
        return None
    return {"申报": project.application.filled_on, "立项": past.established_on}.get(label)
