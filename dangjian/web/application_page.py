"""The page of the application form: its parts, what is done, what is left, who sent it back."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.urls import reverse

from dangjian.foundation.evidence import Attachment
from dangjian.foundation.lifecycle import Reason
from dangjian.people.account import FormFace
from dangjian.people.person import Person
from dangjian.projects import papers
from dangjian.projects.offline import EXPLAINED
from dangjian.projects.project import Project
from dangjian.web import display
from dangjian.web.forms.application import ApplicationForm
from dangjian.web.papers import on_screen

TEMPLATES: dict[str, str] = {
    FormFace.GUIDED: "projects/application_form.html",
    FormFace.SPLIT: "projects/application_form.html",
    FormFace.PAPER: "projects/application_on_paper.html",
}
"""The faces of the one form. Fields, verbs and autosave are the same in each."""


def context(project: Project, form: ApplicationForm, person: Person, face: str) -> dict[str, Any]:
    """Everything the page needs but the deadline."""
    shown = contents(project, form, person)
    if face == FormFace.PAPER:
        shown |= _on_paper(project, shown["sections"])
    elif face == FormFace.SPLIT:
        shown["sheet"] = on_screen(papers.application_form(project))
    return shown | {
        "project": project,
        "form": form,
        "face": face,
        "faces": [{"value": value, "label": label, "on": value == face} for value, label in FormFace.choices],
        "saved_text": _saved_text(project, form),
        "returned": _returned(project),
        "scheme_changes": project.scheme_changes(),
        "offline_text": EXPLAINED if project.is_offline else "",
        "manages": project.may_change_management,
        "on_behalf": project.owner.name if project.owner and project.owner != person else "",
        "autosave_url": reverse("application-edit", args=[project.pk]),
        "back_url": reverse("project", args=[project.pk]),
    }


def named_in(advice: Iterable[Reason], person: Person) -> list[tuple[Reason, dict[str, str] | None]]:
    """Each piece of advice with the project that it names, where that exists for the person."""
    told = list(advice)
    named = [reason.names.pk for reason in told if isinstance(reason.names, Project)]
    seen = Project.objects.visible_to(person).in_bulk(named)
    shown = {pk: {"name": other.name, "url": reverse("project", args=[pk])} for pk, other in seen.items()}
    return [(reason, shown.get(reason.names.pk) if reason.names else None) for reason in told]


def contents(project: Project, form: ApplicationForm, person: Person) -> dict[str, Any]:
    """The sections with their fields, and how far they are filled."""
    application = project.application
    missing = list(application.missing(project.rules))
    sections = form.sections(missing, list(application.date_advice()), files(project))
    meter = {
        "done": sum(part["done"] for part in sections),
        "total": len(sections),
        "text": _what_is_left(project, person, sections, bool(missing)),
    }
    return {"sections": sections, "meter": meter}


def _on_paper(project: Project, sections: list[dict[str, Any]]) -> dict[str, Any]:
    """附件1 with each field at the place where it is printed; the fields that the paper has no place for follow it."""
    fields = {field.html_name: field for section in sections for field in section["fields"]}
    placed: set[str] = set()

    def take(told: dict[str, Any]) -> None:
        told["fields"] = [fields[name] for name in told["asks"] if name in fields]
        placed.update(told["asks"])
        whens = [field.when for field in told["fields"] if field.when and not field.note]
        told["when"] = whens[0] if whens else ""

    sheet = on_screen(papers.application_form(project, whole=True))
    for row in (row for block in sheet["blocks"] if block["kind"] == "FormTable" for row in block["rows"]):
        take(row)
        for paragraph in row["value"]:
            take(paragraph)
    for section in sections:
        section["fields"] = [field for field in section["fields"] if field.html_name not in placed]
    return {"sheet": sheet, "sections": [section for section in sections if section["fields"]]}


def files(project: Project) -> list[dict[str, Any]]:
    """The attached files, each with the text it stands beside, size, who and when."""
    return [_file(project, attachment) for attachment in project.application.files()]


def _file(project: Project, attachment: Attachment) -> dict[str, Any]:
    url = reverse("project-file", args=[project.pk, attachment.pk])
    return display.file(attachment.name, url, attachment.evidence.size) | {
        "pk": attachment.pk,
        "slot": attachment.slot,
        "slot_text": project.rules.field(attachment.slot).label,
        "by_text": f"{attachment.who} {display.moment(attachment.at)}上传",
    }


def _what_is_left(project: Project, person: Person, sections: list[dict[str, Any]], lacking: bool) -> str:
    """Minutes while something is missing; then the first thing beyond the form that stands before submission."""
    if lacking:
        minutes = sum(part["minutes"] for part in sections if not part["done"] and not part["optional"])
        return f"余下必填内容约需 {minutes} 分钟" if minutes else "还有必填内容没有填好"
    beyond = [str(reason) for reason in Project.move_named("submit").unmet(project, person)]
    return f"必填内容已填好，提交前还要办：{beyond[0]}" if beyond else "必填内容已填好，可以提交了"


def _saved_text(project: Project, form: ApplicationForm) -> str:
    application = project.application
    if form.overtaken_by:
        return f"{form.overtaken_by} 保存过；您输入的还没有保存，核对后再按“暂存”"
    if form.errors:
        return "还没有保存，请先改正"
    return f"{application.saved_by}保存于 {display.moment(application.edited_at)}" if application.edits else ""


def closed_text(project: Project, *, typed: bool) -> str:
    """Why the form does not open; who had ``typed`` in it is told where that is."""
    lost = "；您刚才输入的内容没有保存，留在本机" if typed else ""
    return f"当前状态为“{project.waiting_label}”，申请表不能再修改{lost}"


def _returned(project: Project) -> Any:
    """The move that sent it back: who, when and why."""
    return project.log().filter(name="return_for_revision").last() if project.is_returned else None
