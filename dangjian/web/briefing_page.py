"""呈阅件 and 批示 as the pages show them: rows of the lists, what one person may do, the files beside them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.urls import reverse

from dangjian.foundation.evidence import Attachment
from dangjian.foundation.window import day_text
from dangjian.people.person import Person
from dangjian.projects import briefing_paper
from dangjian.projects.briefing import Briefing, State
from dangjian.projects.instruction import Instruction
from dangjian.projects.instruction import State as Progress
from dangjian.projects.paper_kind import PaperKind
from dangjian.projects.project import Project
from dangjian.projects.scan import Slot
from dangjian.web import display, stamped

Shown = dict[str, Any]

_KEYS = {State.WAITING: "soon", State.READ: "archived", State.INSTRUCTED: "established", State.RECALLED: "withdrawn"}


def row(briefing: Briefing) -> Shown:
    """A line of the list of 呈阅件."""
    return {
        "pk": briefing.pk, "title": briefing.title, "number_text": briefing.number_text, "to": briefing.to,
        "place": briefing.place, "at_text": display.moment(briefing.at), "who": briefing.who,
        "state": _KEYS[State(briefing.state)], "state_text": briefing.state_label,
    }  # fmt: skip


def task(held: Instruction) -> Shown:
    """A line of the list of 批示."""
    done = held.state == Progress.DONE
    return {
        "pk": held.pk, "title": held.briefing.title, "leader": held.given_by, "text": held.text or "（见批示照片）",
        "given_text": display.short_day(held.given_on), "holder": held.holder_text, "late": held.is_late,
        "due_text": day_text(held.due_on), "left_text": "" if done else display.due_text(held.due_on),
        "state": "completed" if done else "overdue" if held.is_late else "soon",
        "state_text": "已超期" if held.is_late else held.state_label, "done": done, "result": held.result,
        "result_text": f"{held.finished_by} {display.moment(held.finished_at)}办结" if held.result_by else "",
        "written_text": f"{held.written_by}登记" if held.written_by else "",
    }  # fmt: skip


def page(briefing: Briefing, person: Person) -> Shown:
    """Everything on the page of a 呈阅件."""
    given = list(briefing_paper.given(briefing))
    open_moves = {move.name: not refusals for move, refusals in briefing.open_moves(by=person)}
    return {
        "briefing": row(briefing), "summary": briefing.summary, "proposal": briefing.proposal,
        "facts": briefing_paper.told(briefing.facts), "issuer": briefing.place.signed_as,
        "tasks": [task(held) | {"files": _photos(held) + files_of(held, "result")} for held in given],
        "slot": stamped.slot(Slot(PaperKind.BRIEFING, briefing), person),
        "moves": _moves(briefing, person, open_moves), "projects": _projects(briefing, person),
    }  # fmt: skip


def task_page(held: Instruction, person: Person) -> Shown:
    """Everything on the page of a 批示: who carries it out need not see the 呈阅件 itself."""
    open_moves = {move.name: not refusals for move, refusals in held.open_moves(by=person)}
    offered = (
        ("finish", "填写办理结果", "instruction-result", "check", "primary"),
        ("hand_over", "转办", "instruction-handover", "forward", "plain"),
        ("correct", "更正", "instruction-correction", "pencil", "plain"),
    )
    return {
        "task": task(held), "photos": _photos(held), "struck": _struck(held), "files": files_of(held, "result"),
        "briefing": held.briefing, "sees_briefing": held.briefing.is_handled_by(person) or held.briefing.is_read_by(person),
        "projects": _projects(held.briefing, person),
        "moves": [
            {"name": name, "label": label, "url": reverse(page, args=[held.pk]), "icon": icon, "tone": tone, "refusal": ""}
            for name, label, page, icon, tone in offered
            if open_moves.get(name)
        ],
        "log": [
            {"title": made.label, "who": made.who, "at_text": display.moment(made.at), "opinion": made.opinion,
             "icon": _ICONS[made.name], "tone": "green" if made.name == "finish" else "blue"}
            for made in held.log().order_by("-sequence")
        ],
    }  # fmt: skip


_ICONS = {"finish": "check", "hand_over": "forward", "correct": "pencil"}


def files_of(held: Instruction, slot: str) -> list[Shown]:
    """The files of one kind that belong to an instruction."""
    kept = Attachment.objects.of(held, slot).select_related("evidence")
    return [_file(held, each) for each in kept.order_by("pk")]


def _photos(held: Instruction) -> list[Shown]:
    return [_file(held, each) for each in held.photos()]


def _struck(held: Instruction) -> list[Shown]:
    """What was put right, the latest first: struck out, with who, when and why; its day where that was put right too."""
    found = list(held.corrections.select_related("by", "on_behalf_of", "photo__evidence"))
    after = [held.given_on, *(each.given_on for each in found)]
    return [
        {
            "text": each.text, "day_text": display.short_day(each.given_on) if each.given_on != later else "", "reason": each.reason, "who": each.who,
            "at_text": display.moment(each.at), "photo": _file(held, each.photo) if each.photo else None,
        }
        for each, later in zip(found, after, strict=False)
    ]  # fmt: skip


def _file(held: Instruction, kept: Attachment) -> Shown:
    url = reverse("instruction-file", args=[held.pk, kept.pk])
    is_picture = kept.evidence.media_type.startswith("image/")
    return display.file(kept.name, url, kept.evidence.size) | {"is_picture": is_picture}


def of_project(project: Project, person: Person) -> Sequence[Briefing]:
    """The 呈阅件 about a project that the person may see, newest first."""
    seen = (
        Briefing.objects.visible_to(person).filter(projects=project).select_related("to", "place", "by", "on_behalf_of")
    )
    return list(seen.newest_first()[:20])


def _projects(briefing: Briefing, person: Person) -> list[Project]:
    return list(Project.objects.visible_to(person).filter(briefings=briefing).order_by("path", "pk"))


def _moves(briefing: Briefing, person: Person, open_moves: dict[str, bool]) -> list[Shown]:
    own = briefing.speaks_as_leader(person)
    offered = (
        ("instruct", "批示" if own else "登记批示", "instruction-new", "pen-line", "primary"),
        ("read", "已阅" if own else "登记已阅", "briefing-reading", "eye", "plain"),
        ("recall", "撤回", "briefing-recall", "undo-2", "plain"),
    )
    return [
        {"name": name, "label": label, "url": reverse(page, args=[briefing.pk]), "icon": icon, "tone": tone, "refusal": ""}
        for name, label, page, icon, tone in offered
        if open_moves.get(name)
    ]  # fmt: skip
