"""The lines of 已办, 我发起 and 抄送我: each names what it is about and leads there."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.urls import reverse

from dangjian.agreements.letter import Letter
from dangjian.delivery.change import PlanChange
from dangjian.delivery.filing import Filing
from dangjian.delivery.plan import Plan
from dangjian.foundation.hand import signed
from dangjian.foundation.lifecycle import MoveLog
from dangjian.foundation.notice import Notice
from dangjian.people.person import Person
from dangjian.projects.project import Project
from dangjian.web import display

Shown = dict[str, Any]
Key = tuple[str, int]


def begun(projects: list[Project], person: Person) -> list[Shown]:
    return [_of_project(project) for project in projects]


def done(moves: list[MoveLog], person: Person) -> list[Shown]:
    """What the person did, each with what it was done to, as the person may still see it."""
    seen = _lines(((move.noun, move.noun_id) for move in moves), person)
    return [
        seen[move.noun, move.noun_id] | {"title": display.done(move), "task_text": display.moment(move.at)}
        for move in moves
    ]


def copies(told: list[Notice], person: Person) -> list[Shown]:
    """What the person was told of."""
    seen = _lines(((notice.noun, notice.noun_id or 0) for notice in told), person)
    return [
        seen[notice.noun, notice.noun_id or 0]
        | {
            "title": notice.text,
            "task_text": display.moment(notice.created_at),
            "due_text": f"{display.moment(notice.read_at)}已读" if notice.read_at else "未读",
        }
        for notice in told
    ]


def _lines(keys: Iterable[Key], person: Person) -> dict[Key, Shown]:
    """A line for each of these, read kind by kind."""
    named: dict[str, set[int]] = defaultdict(set)
    for noun, pk in keys:
        named[noun].add(pk)
    found: dict[Key, Shown] = {}
    for noun, (rows, line) in _kinds(person).items():
        if named[noun]:
            found |= {(noun, pk): line(each) for pk, each in rows.in_bulk(named[noun]).items()}
    return found


def _kinds(person: Person) -> dict[str, tuple[Any, Any]]:
    """Of each noun the rows that the person sees, and how one of them is told."""
    begun_by = ("project__created_by", "project__created_for")
    changes = PlanChange.objects.visible_to(person).with_names()
    letters = Letter.objects.visible_to(person).select_related("project__branch", *begun_by)
    return {
        "project": (
            Project.objects.visible_to(person).with_names().select_related("created_by", "created_for"), _of_project,
        ),
        "plan": (Plan.objects.visible_to(person).with_names().select_related(*begun_by), _of_plan),
        "planchange": (changes.select_related("plan__project__created_by", "plan__project__created_for"), _of_change),
        "letter": (letters, _of_letter),
        "filing": (
            Filing.objects.visible_to(person).select_related("unit", "round", "by", "on_behalf_of"), _of_filing,
        ),
    }  # fmt: skip


def _of_project(project: Project) -> Shown:
    return _line(project, project.waiting_label, reverse("project", args=[project.pk])) | {
        "task_text": display.moment(project.changed_at), "due_text": project.state_label,
    }  # fmt: skip


def _of_plan(plan: Plan) -> Shown:
    url = f"{reverse('project', args=[plan.project_id])}?tab=plan"
    return _line(plan.project, f"实施计划书：{plan.waiting_label}", url) | {"due_text": plan.state_label}


def _of_change(change: PlanChange) -> Shown:
    task = f"第{change.number}次计划变更：{change.waiting_label}"
    return _line(change.project, task, reverse("plan-change", args=[change.pk])) | {"due_text": change.state_label}


def _of_letter(letter: Letter) -> Shown:
    url = reverse("letter", args=[letter.pk])
    return _line(letter.project, f"责任书：{letter.state_label}", url) | {"due_text": letter.state_label}


def _line(project: Project, task: str, url: str) -> Shown:
    return {
        "name": project.name, "number": project.number, "title": project.branch.short_name,
        "started_by": signed(project.created_by, project.created_for),
        "started_text": display.moment(project.created_at), "task": task, "task_text": "", "due_text": "",
        "late": False, "url": url, "action": "查看",
    }  # fmt: skip


def _of_filing(filing: Filing) -> Shown:
    return {
        "name": str(filing), "number": filing.code, "title": filing.unit.short_name, "started_by": filing.who,
        "started_text": display.moment(filing.at), "task": f"备案：{filing.state_label}", "task_text": "",
        "due_text": filing.state_label, "late": False, "url": reverse("filing", args=[filing.pk]), "action": "查看",
    }  # fmt: skip
