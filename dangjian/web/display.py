"""Nouns as the pages show them: words for states, dates and people. No rules are made here."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.urls import reverse

from dangjian.agreements.letter import Letter
from dangjian.delivery.change import PlanChange
from dangjian.delivery.filing import Filing
from dangjian.delivery.meeting_record import MeetingRecord
from dangjian.delivery.plan import Plan
from dangjian.foundation import clock
from dangjian.foundation.hand import signed
from dangjian.foundation.lifecycle import MoveLog
from dangjian.foundation.notice import Notice
from dangjian.foundation.window import Phase, Window, day_text
from dangjian.overview.todo import Todo
from dangjian.people.organisation import Organisation
from dangjian.programmes.notice_receipt import NoticeReceipt
from dangjian.projects import papers
from dangjian.projects.briefing import Briefing
from dangjian.projects.carrier import AXIS
from dangjian.projects.instruction import Instruction
from dangjian.projects.next_step import next_step
from dangjian.projects.offline import ELSEWHERE
from dangjian.projects.opinion_paper import opinions
from dangjian.projects.period import Period
from dangjian.projects.project import Project
from dangjian.projects.restructuring import Restructuring
from dangjian.projects.row import sentences
from dangjian.projects.team import TeamMember

Shown = dict[str, Any]

# What a notice is about, and the page on which it is to be seen.
_PAGES = {
    "project": "project",
    "schemenotice": "scheme-notice",
    "handover": "handover",
    "scanbatch": "scan-batch",
    "briefing": "briefing",
    "instruction": "instruction",
    "restructuring": "restructuring",
    "letter": "letter",
    "meetingrecord": "meeting-record",
    "filing": "filing",
}
# What has no page of its own is looked up on one.
_LISTS = {"round": "round", "delegation": "delegations", "download": "downloads"}


def short_day(day: date | None) -> str:
    """8月15日, with the year where it is another one."""
    if day is None:
        return ""
    return f"{day.month}月{day.day}日" if day.year == clock.today().year else day_text(day)


def moment(at: datetime | None) -> str:
    """8月15日 09:30."""
    return f"{short_day(clock.local(at).date())} {clock.local(at):%H:%M}" if at else ""


def moment_of(iso: str) -> str:
    """A moment that came as text."""
    return moment(datetime.fromisoformat(iso)) if iso else ""


def state_key(project: Project) -> str:
    """The state as colours know it: sent back is told apart from a new draft."""
    return "returned" if project.is_returned else project.state


def labels(project: Project, axis: str) -> str:
    """What was chosen on an axis, in words."""
    return "、".join(project.rules.label(axis, code) for code in project.codes_by_axis().get(axis, []))


def tags(project: Project, *, takes_part: bool = False) -> list[str]:
    """The marks that stand beside a project's name. ``takes_part``: to whoever looks, it is another branch's."""
    marks = (
        ("线下管理", project.is_offline), ("亮点", project.highlight_id is not None), ("参与", takes_part),
        ("补录", project.taken_over_at is not None),
    )  # fmt: skip
    return [label for label, stands in marks if stands]


def row(project: Project) -> Shown:
    """A line of the project list."""
    step = project.step
    days = (clock.today() - clock.local(step.opened_at).date()).days if step and step.opened_at else None
    return {
        "pk": project.pk,
        "version": project.version,
        "name": project.name,
        "number": project.number,
        "branch": project.branch,
        "unit": project.unit,
        "owner_name": project.owner.name if project.owner else "",
        "span_text": str(project.period or ""),
        "state": state_key(project),
        "state_text": project.waiting_label,
        "origin_text": labels(project, "origin"),
        "topic_text": labels(project, "topic"),
        "tags": tags(project),
        "offline": project.is_offline,
        "stage_text": step.label if step else "",
        "stay_text": "" if days is None else ("今天到达" if days == 0 else f"已停留 {days} 天"),
        "late": days is not None and days > 3,
    }


def head(project: Project) -> Shown:
    """The head of every page of a project."""
    shown = row(project)
    shown["number"] = project.number or "立项后编号"
    if project.partners.exists():
        shown["tags"] = [*shown["tags"], "联合项目"]
    return shown


def next_of(project: Project) -> Shown:
    """The next step and who holds it."""
    following = next_step(project)
    # Of what was done on paper the day is known, never the hour.
    since = (
        short_day(clock.local(following.since).date())
        if project.taken_over_at and following.since
        else moment(following.since)
    )
    return {
        "step": following.what, "holder": following.holder, "since_text": f"{since}{following.came}",
        "late": following.came == "到达" and row(project)["late"], "over": following.over,
    }  # fmt: skip


def facts(project: Project) -> list[Shown]:
    """附件1 as a bordered table."""
    return [*contents(project), *_opinions(project)]


def _period(project: Project) -> str:
    """As it was handed in; what a change of the plan made of it is told beside it."""
    stands = str(project.period or "")
    # Only a change of an approved plan moves it.
    revision = project.revisions.last() if project.planned_on else None
    if revision is None or not revision.facts.get("ends"):
        return stands
    handed_in = str(Period(revision.facts["starts"], revision.facts["ends"]))
    return stands if handed_in == stands else f"{handed_in}（计划变更后为{stands}）"


def contents(project: Project) -> list[Shown]:
    """What the branch writes in it: all but the opinions."""
    application = project.application

    def blocks(*keys: str) -> list[Shown]:
        return [
            {"title": project.rules.field(key).label, "text": getattr(application, key)}
            for key in keys
            if getattr(application, key) or project.rules.field(key).required
        ]

    goals, partners = papers.told_of(project, "expected_goal", "targets"), _partners(project)
    head = [
        {"label": "立项支部", "value": project.branch.full_name, "half": True},
        {"label": "项目主要责任人", "value": project.owner.name if project.owner else "", "half": True},
        *([{"label": "参与支部", "value": partners, "foot": _named_by(project)}] if partners else ()),
        {"label": "项目名称", "value": project.name},
        {"label": "项目起止日期", "value": _period(project)},
    ]
    if project.is_offline:
        return [*head, {"label": "项目具体工作内容", "value": ELSEWHERE}]
    return [
        *head,
        {"label": "选题", "blocks": blocks("problem", "necessity", "feasibility")},
        {"label": "内容", "blocks": blocks("measures")},
        {"label": "预期目标", "blocks": [
            {"title": project.rules.field("expected_goal").label, "text": goals},
            *blocks("expected_value", "stage_goal", "long_reason"),
        ]},
    ]  # fmt: skip


def _opinions(project: Project) -> list[Shown]:
    return [
        {"label": told.label, "value": told.text, "foot": day_text(told.held_on) if told.held_on else ""}
        for told in opinions(project)
    ]


def more_facts(project: Project) -> list[Shown]:
    """What the application holds beyond the form: categories, team, study."""
    carriers = papers.told_of(project, "carriers")
    rows: list[Shown] = [
        {"label": axis.label, "value": carriers if axis.key == AXIS and carriers else labels(project, axis.key)}
        for axis in project.rules.taxonomies
    ]
    if project.is_offline:
        return [shown for shown in rows if shown["value"]]
    team = "、".join(_member(project, member) for member in project.team.select_related("person__organisation"))
    mark, topic = project.highlight, project.bank_topic
    brand = f"\n品牌：{mark.brand}" if mark and mark.brand else ""
    marked = f"{mark.reason}{brand}\n（{mark.who} {moment(mark.at)}标记）" if mark else ""
    from_bank = f"{topic.title}（{topic.place.short_name}{topic.get_kind_display()}）" if topic else ""
    rows += [{"label": "选题库", "value": from_bank}, {"label": "亮点项目", "value": marked}]
    return [
        *(shown for shown in rows if shown["value"]),
        {"label": "项目成员", "value": team},
        {"label": "征求党员意见", "value": papers.told_of(project, "consultations", "consultation")},
        {"label": "调查研究", "value": papers.told_of(project, "investigations", "investigation")},
    ]


def _partners(project: Project) -> str:
    """As handed in, or where a branch that takes part has ended since, as they are now."""
    rows = list(project.partners.all())
    changed = any(row.has_changed for row in rows)
    return "；".join(row.told for row in rows) if changed else sentences(rows, project.rules)


def _named_by(project: Project) -> str:
    """Who named the branches that take part, and when; each by its name where they came one after the other."""
    named = {row: f"{row.who} {moment(row.at)}列入" for row in project.partners.all() if row.by and row.branch}
    if len(set(named.values())) == 1:
        return next(iter(named.values()))
    return "；".join(f"{row.branch.short_name}：{text}" for row, text in named.items() if row.branch)


def _member(project: Project, member: TeamMember) -> str:
    """Name, political status, branch where it is not the lead branch, and duty."""
    person = member.person
    branch = person.organisation.short_name if person.organisation_id != project.branch_id else ""
    return f"{person.name}（{'，'.join(part for part in (person.get_political_status_display(), branch, member.duty) if part)}）"


def todo(item: Todo) -> Shown:
    """One thing to do, as the workbench and 待办 show it."""
    about = item.about
    title = f"{item.what}（代{item.for_whom}）" if item.for_whom else item.what
    shown = {"title": title, "due_text": due_text(item.due_on, item.place), "late": item.is_late}
    if isinstance(about, NoticeReceipt):
        day = short_day(clock.local(about.sent_at).date())
        return shown | {
            "name": about.notice.title, "number": about.notice.number, "what": f"{about.organisation.short_name} · 待签收",
            "url": reverse(item.page, args=[about.notice_id]), "started_by": about.sender_name, "started_text": day,
            "task": "待签收", "task_text": f"{day}到达", "action": "签收",
        }  # fmt: skip
    if isinstance(about, Restructuring):
        day = short_day(clock.local(about.at).date())
        return shown | {
            "name": f"{about.organisation.short_name}{about.get_kind_display()}", "number": "", "what": about.reason,
            "url": reverse(item.page, args=[about.pk]), "started_by": about.by.name, "started_text": day,
            "task": about.state_label, "task_text": f"{day}到达", "action": "办理",
        }  # fmt: skip
    if isinstance(about, Letter):
        day = short_day(clock.local(about.made_at).date())
        return shown | {
            "name": about.project.name, "number": about.number, "what": f"{about.project.branch.short_name} · 责任书{about.state_label}",
            "url": _page(item, about), "started_by": signed(about.made_by, about.made_for), "started_text": day,
            "task": about.state_label, "task_text": f"{day}制作", "action": "办理",
        }  # fmt: skip
    if isinstance(about, Plan | PlanChange):
        return shown | _of_plan(about, item)
    if isinstance(about, MeetingRecord):
        day = short_day(clock.local(about.at).date())
        return shown | {
            "name": str(about), "number": "", "what": f"{len(about.verdicts) + len(about.plan_verdicts)} 项决定", "url": reverse(item.page, args=[about.pk]),
            "started_by": about.who, "started_text": day, "task": about.state_label, "task_text": f"{day}到达", "action": "确认",
        }  # fmt: skip
    if isinstance(about, Filing | Organisation):
        return shown | _of_filing(item, about)
    if isinstance(about, Briefing | Instruction):
        return shown | _asked_by_leader(about, reverse(item.page, args=[about.pk]))
    since = item.since or clock.local(about.changed_at).date()
    return shown | {
        "name": about.name, "number": about.number, "what": f"{about.branch.short_name} · {about.waiting_label}",
        "url": _page(item, about), "started_by": about.branch.short_name,
        "started_text": short_day(clock.local(about.created_at).date()), "task": about.waiting_label,
        "task_text": f"{short_day(since)}到达", "action": "办理",
    }  # fmt: skip


_CHOSEN_ON = {"letter-new": "project", "letter-takeovers": "letter"}


def _page(item: Todo, about: Project | Letter) -> str:
    """Where it is done: on a page of its own, or on one for many on which it is already chosen."""
    if item.page == "meeting-new":
        return reverse(item.page)
    chosen = _CHOSEN_ON.get(item.page)
    return f"{reverse(item.page)}?{chosen}={about.pk}" if chosen else reverse(item.page, args=[about.pk])


def _of_plan(about: Plan | PlanChange, item: Todo) -> Shown:
    """A plan to write, check or sign, or a change to it."""
    project = about.project
    arrived = item.since or clock.local(about.handed_in_at or about.edited_at).date()
    return {
        "name": project.name, "number": project.number, "what": f"{project.branch.short_name} · {about.waiting_label}",
        "url": reverse(item.page, args=[about.pk if isinstance(about, PlanChange) else project.pk]),
        "started_by": project.branch.short_name, "started_text": short_day(arrived), "task": about.waiting_label,
        "task_text": f"{short_day(arrived)}到达", "action": "办理",
    }  # fmt: skip


def _of_filing(item: Todo, about: Filing | Organisation) -> Shown:
    """A 汇总表 to be answered, corrected or handed in."""
    unit = about.unit if isinstance(about, Filing) else about
    handed_in = isinstance(about, Filing) and item.page == "filing"
    return {
        "name": str(about) if isinstance(about, Filing) else f"{unit.short_name}项目汇总表", "number": "",
        "what": f"{unit.short_name}报送" if handed_in else unit.short_name,
        "url": reverse(item.page, args=[about.pk if handed_in else unit.pk]),
        "started_by": about.who if isinstance(about, Filing) else unit.short_name, "started_text": short_day(item.since),
        "task": "待备案" if handed_in else "退回补正" if isinstance(about, Filing) else "未报送",
        "task_text": f"{short_day(item.since)}到达", "action": "办理",
    }  # fmt: skip


def done(move: MoveLog) -> str:
    """A made move as a line of 已办: by whom for whom, where the right was a delegated one."""
    return f"{move.label}（{move.who}）" if move.on_behalf_of else move.label


def _asked_by_leader(about: Briefing | Instruction, url: str) -> Shown:
    """A 呈阅件 to be read, or a 批示 to be carried out."""
    arrived = f"{short_day(clock.local(about.at).date())}到达"
    if isinstance(about, Briefing):
        return {
            "name": about.title, "number": "", "what": f"{about.place.short_name}呈送", "url": url,
            "started_by": about.who, "started_text": moment(about.at), "task": "待批示", "task_text": arrived,
            "action": "阅批",
        }  # fmt: skip
    return {
        "name": about.briefing.title, "number": "", "what": f"{about.briefing.to.name}批示：{about.text or '（见批示照片）'}",
        "url": url, "started_by": about.briefing.to.name, "started_text": short_day(about.given_on), "task": "待办结",
        "task_text": arrived, "action": "办理",
    }  # fmt: skip


def due_text(day: date | None, place: Organisation | None = None) -> str:
    """How long is left, in calendar days, and when it ends by the clocks at ``place`` where they are others."""
    if day is None:
        return ""
    left = (day - clock.today()).days
    if left < 0:
        return f"已超期 {-left} 天"
    there = place.local_end(day) if place is not None else ""
    return ("今天截止" if left == 0 else f"还剩 {left} 天") + (there and f"（{there}止）")


def notice(told: Notice) -> Shown:
    """A line of the inbox."""
    page = _PAGES.get(told.noun, "") if told.noun_id else ""
    url = reverse(page, args=[told.noun_id]) if page else reverse(_LISTS.get(told.noun, "notices"))
    return {
        "title": told.text,
        "text": "",
        "at_text": moment(told.created_at),
        "url": url,
        "unread": told.read_at is None,
        "icon": "bell",
    }


def window(key: str, held: Window, place: Organisation) -> Shown:
    """A window of the year with where today stands to it, and when it ends by the clocks at ``place``."""
    there = place.local_end(held.closes_on)
    phase = held.phase(clock.today())
    left = held.days_left(clock.today())
    starts = (held.opens_on - clock.today()).days if held.opens_on else 0
    days = {
        Phase.BEFORE: f"还有 {starts} 天开始",
        Phase.OPEN: "今天截止" if left == 0 else f"还剩 {left} 天",
        Phase.CLOSED: f"已截止 {-left} 天",
    }[phase]
    state = {Phase.BEFORE: "soon", Phase.OPEN: "open", Phase.CLOSED: "closed"}[phase]
    words = {Phase.BEFORE: "未开始", Phase.OPEN: "进行中", Phase.CLOSED: "已截止"}[phase]
    return {
        "key": key, "label": held.label, "text": f"{held}{there and f'（{there}止）'}", "state": state, "state_text": words, "days_text": days,
        "hard": held.hard,
    }  # fmt: skip


def file(name: str, url: str, size: int) -> Shown:
    """An attached file with its size."""
    return {"name": name, "url": url, "size_text": size_text(size)}


def size_text(size: int) -> str:
    """How large a file is, for people."""
    return f"{size / 1024 / 1024:.1f} MB" if size >= 1024 * 1024 else f"{max(size // 1024, 1)} KB"
