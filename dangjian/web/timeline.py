"""The timeline (办理过程): what happened to a project, who did it and when; of one from paper, what the paper tells too."""

from __future__ import annotations

from collections.abc import Sequence

from dangjian.foundation.hand import signed
from dangjian.foundation.lifecycle import MoveLog
from dangjian.foundation.window import day_text
from dangjian.programmes.approval import Step
from dangjian.projects.handover import Handover
from dangjian.projects.project import DECISIONS, Project
from dangjian.projects.resolution import Resolution
from dangjian.projects.taking_over import PAPER_ONLY
from dangjian.web.display import Shown, moment, short_day

_TONES = {
    "submit": ("send", "blue"),
    "recall": ("undo-2", "grey"),
    "hand_over": ("forward", "blue"),
    "recuse": ("user-round-x", "blue"),
    "withdraw": ("undo-2", "slate"),
    "pass_screening": ("check", "green"),
    "establish": ("stamp", "green"),
    "return_for_revision": ("corner-up-left", "amber"),
    "reject": ("ban", "slate"),
    "pass_to": ("arrow-right-left", "blue"),
    "follow_branch": ("arrow-right-left", "blue"),
    "lose_partner": ("git-merge", "slate"),
    "start": ("play", "green"),
    "lapse": ("ban", "slate"),
    "terminate": ("ban", "slate"),
    "take_over": ("file-up", "blue"),
    "withdraw_past": ("undo-2", "slate"),
}


def timeline(project: Project, more: Sequence[Shown] = ()) -> list[Shown]:
    """What happened to the project, newest first; the branch's own meeting stands before the submission it supported.

    ``more`` is what happened to its papers (:mod:`dangjian.web.course`), each with the moment ``at``.
    """
    decided = (
        list(project.run.steps.decided().select_related("decided_by", "on_behalf_of")) if project.approval_id else []
    )
    late = {(DECISIONS.get(step.decision), step.decided_by_id): late_text(step) for step in decided}
    # The newest move of a kind is the one that the present approval's step stands for.
    items = [_move_item(move, late.pop((move.name, move.by_id), "")) for move in reversed(project.log())]
    items.reverse()
    own = next((step for step in decided if step.decision == Resolution.Decision.AGREE), None)
    if own is not None:
        items.insert(0, _step_item(own))
    items = _with_handovers(items, project)
    # Of the same moment: the letter's signing stands before the start that it brought about.
    for new in sorted(more, key=lambda item: item["at"])[::-1]:
        items.insert(next((place for place, item in enumerate(items) if item["at"] >= new["at"]), len(items)), new)
    return [*_begun(project), *items][::-1]


def _begun(project: Project) -> list[Shown]:
    """The draft; of a project from paper what was decided there, by the days on the paper."""
    past, plain = project.past, {"icon": "file-pen", "tone": "grey"}
    if past is None:
        who, at_text = signed(project.created_by, project.created_for), moment(project.created_at)
        return [{"title": "起草申请表", "who": who, "at_text": at_text, "opinion": "", **plain}]
    told = (
        ("填写申请表", project.application.filled_on, ""),
        (f"{project.branch.deciding_body}意见", past.branch_opinion_on, past.branch_opinion),
        ("立项", past.established_on, past.committee_opinion),
        ("完成", past.completed_on, ""),
    )
    return [
        {"title": title, "who": PAPER_ONLY, "at_text": day_text(day) if day else "日期不详", "opinion": text, **plain}
        for title, day, text in told
        if day or text
    ]


def _with_handovers(items: list[Shown], project: Project) -> list[Shown]:
    """Where the project passed to another secretary, between what was done before and after."""
    for handover in Handover.of(project):
        place = next((index for index, item in enumerate(items) if item["at"] > handover.at), len(items))
        items.insert(place, {
            "title": "主要责任人交接", "who": handover.hands, "at_text": moment(handover.at), "at": handover.at,
            "opinion": "", "icon": "arrow-right-left", "tone": "grey",
        })  # fmt: skip
    return items


def late_text(step: Step) -> str:
    """（晚于评审截止日期8月29日 2 天）, where a decision came late (S-26)."""
    return f"（晚于应办结日期{short_day(step.due_on)} {step.days_late} 天）" if step.days_late else ""


def _move_item(move: MoveLog, late: str) -> Shown:
    icon, tone = _TONES[move.name]
    return {
        "title": f"{move.label}{late}", "who": move.who, "at_text": moment(move.at), "at": move.at, "opinion": move.opinion,
        "icon": icon, "tone": tone,
    }  # fmt: skip


def _step_item(step: Step) -> Shown:
    assert step.decided_by is not None
    return {
        "title": f"{step.label}（{short_day(step.held_on)}会议）", "who": f"{signed(step.decided_by, step.on_behalf_of)}登记",
        "at_text": moment(step.decided_at), "at": step.decided_at, "opinion": step.opinion, "icon": "users-round", "tone": "green",
    }  # fmt: skip
