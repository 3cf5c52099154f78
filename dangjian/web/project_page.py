"""The page of one project: what its head, tabs, paper and action bar show to one person."""

from __future__ import annotations

from typing import Any

from django.db.models import prefetch_related_objects
from django.urls import reverse

from dangjian.agreements.letter import Letter
from dangjian.people.access import Ability
from dangjian.people.person import Person
from dangjian.projects import papers
from dangjian.projects.briefing import Briefing
from dangjian.projects.highlight import Highlight
from dangjian.projects.paper_kind import PaperKind
from dangjian.projects.project import Project
from dangjian.projects.revision import LISTS
from dangjian.projects.scan import Slot
from dangjian.projects.texts import TEXTS
from dangjian.web import (
    application_page,
    before_start,
    briefing_page,
    course,
    display,
    filing_page,
    letter_page,
    past_page,
    plan_page,
    rail,
    stamped,
    timeline,
)


def context(project: Project, person: Person, tab: str, month: str = "") -> dict[str, Any]:
    """Everything the page of ``tab`` (概况, plan, papers or records) needs; ``month`` is that of the plan's calendar."""
    prefetch_related_objects([project], "partners")  # told in its head, its table and its rights
    following = before_start.next_of(project)
    shared: dict[str, Any] = {
        "project": display.head(project),
        "next": following,
        "rail": rail.rail(project, following.get("stage", ""), before_start.plan_waits(project)),
        "filing_text": filing_page.returned_text(project),
        "tabs": _tabs(project, tab),
        "moves": moves(project, person),
    }
    if tab == "plan" and project.established_at:
        return shared | plan_page.tab(project, person, month)
    if tab == "papers":
        letters = letter_page.of_project(project, person)
        plans = plan_page.papers(project, person)
        return shared | {"papers": _papers(project, person) + letters + plans + _briefings(project, person)}
    if tab == "records":
        happened = timeline.timeline(project, course.of_project(project, person))
        return shared | {"timeline": happened, "versions": _versions(project)}
    shared["timeline"] = timeline.timeline(project)
    plan = plan_page.seen_plan(project, person)
    return shared | {
        "returned_plan": plan_page.returned(plan) if plan else None,
        "form_date_text": past_page.form_day(project),
        "hand_text": plan_page.hand_text(project.application),
        "facts": display.facts(project),
        "more_facts": [*display.more_facts(project), *past_page.facts(project)],
        "files": application_page.files(project),
    }


def moves(project: Project, person: Person) -> list[dict[str, Any]]:
    """The action bar: what the person may do here, each with the page on which it is done."""
    bar = _drafting(project, person)
    for move, refusals in project.open_moves(by=person):
        if move.name not in _PAGES or (refusals and move.name in _ONE_OF_SEVERAL):
            continue
        label, page, icon, tone = _PAGES[move.name]
        # The submission page lists what is missing; every other button says why it cannot be pressed.
        refusal = "" if move.name == "submit" else "；".join(map(str, refusals))
        button = _button(move.name, label, page, None if page == "meeting-new" else project, icon, tone, refusal)
        bar.insert(0 if tone == "primary" else len(bar), button)
    return _with_one_primary(
        _signing(project, person)
        + _letter(project, person)
        + bar
        + _prompting(project, person)
        + plan_page.moves(project, person)
        + _marking(project, person)
        + _briefing(project, person)
    )


def _with_one_primary(bar: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The bar with one red button, at its head: of several things that wait, the first in the order of the year."""
    first = next((one for one in bar if one["tone"] == "primary"), None)
    rest = [one | {"tone": "plain"} if one["tone"] == "primary" else one for one in bar if one is not first]
    return [first, *rest] if first else rest


# The page on which a move is made, and its button. A step's decisions share a page.
_PAGES = {
    "submit": ("提交申报", "submission", "send", "primary"),
    "withdraw": ("放弃申报", "withdrawal", "undo-2", "danger"),
    "recall": ("撤回", "recall", "undo-2", "plain"),
    "withdraw_past": ("撤回补录", "past-withdrawal", "undo-2", "danger"),
    "pass_screening": ("办理筛选", "screening", "clipboard-check", "primary"),
    "hand_over": ("转办", "handler", "forward", "plain"),
    "recuse": ("回避", "recusal", "user-round-x", "plain"),
    "establish": ("登记会议决定", "meeting-new", "stamp", "primary"),
}
_ONE_OF_SEVERAL = ("pass_screening", "establish", "recuse", "withdraw_past")


def _signing(project: Project, person: Person) -> list[dict[str, Any]]:
    resolution = project.establishment() if project.state == "established" else None
    if resolution is not None and resolution.awaits_receipt and person.can(Ability.DRAFT, project):
        return [_button("receipt", "签收立项通知", "receipt", project, "stamp", "primary")]
    return []


def _letter(project: Project, person: Person) -> list[dict[str, Any]]:
    """责任书: whoever makes it does so, or goes on to the one there is."""
    if not Letter.against_making(project, by=person):
        made = _button("letter", "制作责任书", "letter-new", None, "signature", "primary")
        return [made | {"url": f"{made['url']}?project={project.pk}"}]
    standing = Letter.objects.visible_to(person).unsigned().filter(project=project).first()
    if standing is None or not person.can(Ability.KEEP_LETTERS, project.unit):
        return []
    made = _button("letter", "签订责任书", "letters", None, "signature", "primary")
    return [made | {"url": reverse("letter", args=[standing.pk])}]


def _marking(project: Project, person: Person) -> list[dict[str, Any]]:
    if Highlight.refusals(project, by=person):
        return []
    return [_button("highlight", "取消亮点" if project.highlight else "标为亮点", "highlight", project, "sparkles")]


def _briefing(project: Project, person: Person) -> list[dict[str, Any]]:
    """呈阅: where the committee's own handler may lay the project before its leader."""
    if Briefing.kept_off(project) or not any(project.path.startswith(place.path) for place in Briefing.makers(person)):
        return []
    made = _button("brief", "呈阅", "briefing-new", None, "file-check")
    return [made | {"url": f"{made['url']}?projects={project.pk}"}]


def _prompting(project: Project, person: Person) -> list[dict[str, Any]]:
    """Downward it is called 催办, upward 提请办理 (design §5)."""
    if project.step is not None and person.can(Ability.SUBMIT, project):
        return [_button("ask", "提请办理", "reminder", project, "bell-ring")]
    if project.is_returned and person.can(Ability.SCREEN, project.unit):
        return [_button("urge", "催办", "reminder", project, "bell-ring")]
    return []


def _drafting(project: Project, person: Person) -> list[dict[str, Any]]:
    bar = []
    if project.state == "draft" and project.application.awaits_confirmation and person.can(Ability.SUBMIT, project):
        bar.append(_button("confirm", "确认代填", "confirmation", project, "user-round-check"))
    if project.state == "draft" and person.can(Ability.DRAFT, project):
        bar.append(_button("edit", "修改申请表", "application-edit", project, "pencil"))
        if project.may_change_management:
            label = "转为线上管理" if project.is_offline else "转为线下管理"
            bar.append(_button("management", label, "management", project, "folder-lock"))
    if (
        project.state == "draft"
        and person.can(Ability.RECORD_BRANCH_OPINION, project)
        and project.branch_opinion() is None
    ):
        bar.append(
            _button("opinion", f"登记{project.branch.deciding_body}意见", "branch-opinion", project, "users-round")
        )
    return bar


def _button(
    name: str, label: str, page: str, project: Project | None, icon: str, tone: str = "plain", refusal: str = ""
) -> dict[str, Any]:
    url = reverse(page, args=[project.pk]) if project else reverse(page)
    return {"name": name, "label": label, "url": url, "tone": tone, "icon": icon, "refusal": refusal}


def _tabs(project: Project, tab: str) -> list[dict[str, Any]]:
    page = reverse("project", args=[project.pk])
    planned = (("plan", "目标与计划"),) if project.established_at else ()
    tabs = (("", "概况"), *planned, ("papers", "文书"), ("records", "记录"))
    shown = tab if tab in dict(tabs) else ""
    return [
        {"label": label, "url": f"{page}?tab={key}" if key else page, "active": key == shown} for key, label in tabs
    ]


def _papers(project: Project, person: Person) -> list[dict[str, Any]]:
    revision = project.revisions.last()
    frozen = revision is not None and project.state != "draft"
    text = (
        f"第 {revision.number} 次提交的内容，{display.moment(revision.at)}定稿"
        if revision and frozen
        else "按补录的内容生成"
        if project.taken_over_at
        else "按现有内容生成，提交后定稿"
    )
    edition = revision.number if revision and frozen else 0
    form_slot = stamped.slot(Slot(PaperKind.APPLICATION, project), person, edition=edition)
    shown = [
        _paper(project, "附件1", "党建项目化管理项目申请表", text, "application", frozen=frozen) | {"slot": form_slot}
    ]
    resolution = project.establishment()
    if resolution:
        notice_slot = stamped.slot(Slot(PaperKind.NOTICE, resolution.meeting), person)
        shown.append(_paper(project, "通知", "立项通知", f"{resolution.meeting}", "notice") | {"slot": notice_slot})
    shown += [
        {"label": "补录", "name": past.kind.label, "text": "纸上办理的，扫描后归档", "frozen": True, "slot": stamped.slot(past, person)}
        for past in Slot.of_past(project)
    ]  # fmt: skip
    return shown


def _briefings(project: Project, person: Person) -> list[dict[str, Any]]:
    return [
        {
            "label": "呈阅件", "name": made.title, "text": f"{display.moment(made.at)}呈送{made.to.name}，{made.state_label}",
            "frozen": True, "page_url": reverse("briefing", args=[made.pk]),
            "word_url": reverse("briefing-paper", args=[made.pk, "docx"]),
            "pdf_url": reverse("briefing-paper", args=[made.pk, "pdf"]),
        }
        for made in briefing_page.of_project(project, person)
    ]  # fmt: skip


def _paper(project: Project, label: str, name: str, text: str, paper: str, *, frozen: bool = True) -> dict[str, Any]:
    urls = {
        f"{face}_url": reverse("paper", args=[project.pk, paper, kind])
        for face, kind in (("word", "docx"), ("pdf", "pdf"))
    }
    return {"label": label, "name": name, "text": text, "frozen": frozen, **urls}


def _versions(project: Project) -> list[dict[str, Any]]:
    """Each submission, newest first, with what changed since the one before."""
    shown, before = [], None
    for revision in project.revisions.select_related("by", "on_behalf_of"):
        shown.append({
            "number": revision.number, "first": before is None, "at_text": display.moment(revision.at), "who": revision.who, "reason": "",
            "changes": _changes(project, before, revision.facts) if before else [],
        })  # fmt: skip
        before = revision.facts
    return shown[::-1]


def latest_changes(project: Project) -> list[dict[str, str]]:
    """What the last submission changed; nothing after a first one."""
    versions = _versions(project)
    return versions[0]["changes"] if versions else []


def _changes(project: Project, before: dict[str, Any], after: dict[str, Any]) -> list[dict[str, str]]:
    names = {
        "name": "项目名称",
        "starts": "开始年月",
        "ends": "完成年月",
        "bank_topic": "选题库",
        "owner": "项目主要责任人",
    }
    names |= {key: project.rules.field(key).label for key in TEXTS}
    said = {key: (label, before.get(key) or "", after.get(key) or "") for key, label in names.items()}
    for kind in LISTS:
        old, new = (papers.told(facts, project.rules, kind.key()) for facts in (before, after))
        said[kind.key()] = (kind.title, old, new)
    return [{"label": label, "before": old, "after": new} for label, old, new in said.values() if old != new]
