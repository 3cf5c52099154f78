"""The course (办理经过) of a project beyond its own moves: letters, plan and changes, filings, corrections from a ledger."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db.models import Q

from dangjian.agreements.letter import Letter
from dangjian.delivery.filing import Filing
from dangjian.delivery.filing_state import State as FilingVersionState
from dangjian.delivery.plan import Plan
from dangjian.foundation.hand import signed
from dangjian.foundation.lifecycle import MoveLog
from dangjian.intake.line import fact_label
from dangjian.people import trail
from dangjian.people.person import Person
from dangjian.projects.filed import FilingState
from dangjian.projects.project import Project
from dangjian.web.display import Shown, moment

_NOUNS = {
    "letter": ("责任书", "signature"),
    "plan": ("实施计划书", "chart-gantt"),
    "planchange": ("计划变更", "git-compare"),
}
_TONES = {
    "sign": "green", "take_effect": "green", "carry_on": "green", "approve": "green", "approve_offline": "green",
    "note": "green", "grant": "green", "return_for_revision": "amber", "decline": "slate", "drop": "slate",
    "void": "slate", "supersede": "slate", "recall": "grey",
}  # fmt: skip


def of_project(project: Project, person: Person) -> list[Shown]:
    """What the person may see of it, in no order; ``at`` says when."""
    letters = list(Letter.objects.visible_to(person).filter(project=project).select_related("made_by", "made_for"))
    return [*map(_made, letters), *_moved(project, person, letters), *_filed(project), *_corrected(project)]


def _made(letter: Letter) -> Shown:
    return _item(f"责任书：制作{letter.number}", signed(letter.made_by, letter.made_for), letter.made_at, "signature")


def _moved(project: Project, person: Person, letters: list[Letter]) -> Iterator[Shown]:
    whose = Q(noun="letter", noun_id__in=[letter.pk for letter in letters])
    changes: dict[int, int] = {}
    for plan in Plan.objects.visible_to(person).filter(project=project):
        changes |= plan.changes.values_list("pk", "number")
        whose |= Q(noun="plan", noun_id=plan.pk) | Q(noun="planchange", noun_id__in=changes)
    for made in MoveLog.objects.filter(whose).select_related("by", "on_behalf_of"):
        noun, icon = _NOUNS[made.noun]
        if made.noun == "planchange":
            noun = f"第{changes[made.noun_id]}次{noun}"
        yield _item(f"{noun}：{made.label}", made.who, made.at, icon, made.opinion, _TONES.get(made.name, "blue"))


def _filed(project: Project) -> Iterator[Shown]:
    """Each version that the project was reported in or that was taken back, and what the company answered; an answer that
    stood on is told once."""
    told, recalled = set(), dict[int, Filing]()
    rows = project.filing_rows.select_related("filing__by", "filing__on_behalf_of", "answered_by", "answered_for")
    for row in rows.order_by("filing__number"):
        filing = row.filing
        yield _item(f"备案：报送汇总表{filing.version_text}", filing.who, filing.at, "send", row.explanation)
        if filing.state == FilingVersionState.RECALLED:
            recalled[filing.pk] = filing
        if row.state != FilingState.WAITING and (row.state, row.answered_at) not in told:
            told.add((row.state, row.answered_at))
            tone = "green" if row.state == FilingState.RECORDED else "amber"
            code = f"，{filing.code}" if row.state == FilingState.RECORDED else ""
            yield _item(
                f"备案：{row.get_state_display()}{code}", row.answerer, row.answered_at, "send", row.reason, tone
            )
    for made in (
        MoveLog.objects.filter(noun="filing", name="recall", noun_id__in=recalled).select_related("by", "on_behalf_of")
        if recalled
        else ()
    ):
        title = f"备案：撤回汇总表{recalled[made.noun_id].version_text}"
        yield _item(title, made.who, made.at, "undo-2", made.opinion, "grey")


def _corrected(project: Project) -> Iterator[Shown]:
    """What a ledger changed of what had been entered from paper, with what had stood there."""
    rows = project.past_corrections() if project.past else []
    names = trail.actors(rows)
    for row in rows:
        was = row.details.get("was", {})
        told = [
            f"{fact_label(name, project.rules)}{_was(was[name]) if name in was else ''}"
            for name in row.details["fields"]
        ]
        opinion = f"{row.details['source']}。改动：{'；'.join(told)}"
        yield _item("补录：按台账更新", names[row.pk], row.at, "file-spreadsheet", opinion)


def _was(value: Any) -> str:
    """What stood there, as it is told behind the name of the fact."""
    if isinstance(value, dict):
        value = "，".join(f"{label}：{text}" for label, text in value.items())
    text = "、".join(value) if isinstance(value, list) else str(value or "")
    return f"（原为“{text}”）" if text else "（原为空）"


def _item(title: str, who: str, at: Any, icon: str, opinion: str = "", tone: str = "blue") -> Shown:
    return {
        "title": title, "who": who, "at_text": moment(at), "at": at, "opinion": opinion, "icon": icon, "tone": tone,
    }  # fmt: skip
