"""The tab 目标与计划 of a project, and what else shows a plan: its contents, its record, its buttons."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.urls import reverse

from dangjian.delivery.change import PlanChange
from dangjian.delivery.change_state import Weight
from dangjian.delivery.goal import Goal
from dangjian.delivery.measure import Measure
from dangjian.delivery.milestone import Milestone
from dangjian.delivery.plan import CHECKLIST, Plan
from dangjian.delivery.plan_papers import TITLE
from dangjian.delivery.plan_revision import LISTS, TEXTS, PlanRevision
from dangjian.delivery.plan_state import State
from dangjian.delivery.task import Task
from dangjian.foundation.hand import signed
from dangjian.foundation.lifecycle import MoveLog
from dangjian.foundation.window import day_text
from dangjian.people.access import Ability
from dangjian.people.person import Person
from dangjian.programmes.approval import Step
from dangjian.projects.application import Application
from dangjian.projects.offline import ELSEWHERE
from dangjian.projects.paper_kind import PaperKind
from dangjian.projects.period import Period
from dangjian.projects.project import Project
from dangjian.projects.scan import Slot
from dangjian.web import display, stamped, timeline
from dangjian.web.gantt import charts
from dangjian.web.month import month

_LOOKS = {
    "hand_in": ("send", "blue"), "recall": ("undo-2", "grey"), "pass_check": ("check", "green"),
    "approve": ("stamp", "green"), "return_for_revision": ("corner-up-left", "amber"),
    "hand_over": ("forward", "blue"), "recuse": ("user-round-x", "blue"), "approve_offline": ("stamp", "green"), "apply": ("send", "blue"), "note": ("check", "green"),
    "grant": ("stamp", "green"), "decline": ("ban", "slate"), "drop": ("undo-2", "grey"),
}  # fmt: skip


def seen_plan(project: Project, person: Person) -> Plan | None:
    """The plan of a project that the person sees, where it exists for the person too."""
    plan = Plan.of(project)
    return plan if plan is not None and plan.is_seen_by(person) else None


def url(project: Project) -> str:
    """The address of the tab."""
    return f"{reverse('project', args=[project.pk])}?tab=plan"


def tab(project: Project, person: Person, asked_month: str) -> dict[str, Any]:
    """Everything that the tab shows."""
    plan = seen_plan(project, person)
    if plan is None:
        return {
            "plan": None, "may_begin": not Plan.beginning_refusals(project, by=person),
            "asked_for": project.rules.gates.plan,
        }  # fmt: skip
    shown: dict[str, Any] = {"plan": head(plan) | {"departed": "、".join(plan.departed())}, "elsewhere": ""}
    shown["returned"] = returned(plan)
    if project.is_offline:
        return shown | {"elsewhere": ELSEWHERE.replace("申请表", "实施计划书"), "record": record(plan)}
    rows = {kind.key(): plan.rows(kind) for kind in LISTS}
    shown |= contents(plan, rows)
    shown["month"] = month(asked_month, [line for lines in rows.values() for line in lines])
    shown["month_url"] = f"{url(project)}&month="
    shown["changes"] = [change_row(change) for change in _changes(plan, person)]
    shown["versions"] = versions(plan)
    shown["since_approved"] = since_approved(plan)
    return shown | {"record": record(plan)}


def returned(plan: Plan) -> Any:
    """The move that sent the plan back, while it is with the branch again."""
    return plan.log().filter(name="return_for_revision").last() if plan.is_returned else None


def contents(plan: Plan, rows: dict[str, list[Any]] | None = None) -> dict[str, Any]:
    """The plan itself: its texts, its lists as tables, its chart."""
    rows = rows or {kind.key(): plan.rows(kind) for kind in LISTS}
    project = plan.project
    held = project.period
    measures, milestones = rows[Measure.key()], rows[Milestone.key()]
    return {
        "texts": [{"label": TEXTS[name][0], "value": getattr(plan, name)} for name in TEXTS if getattr(plan, name)],
        "team": team(project), "measures": measures, "milestones": milestones, "goals": rows[Goal.key()],
        "tasks": rows[Task.key()], "charts": charts(measures, milestones, held) if held else [],
        "answers": _answers(rows),
    }  # fmt: skip


def team(project: Project) -> list[dict[str, str]]:
    """Who works on it, with what they do; the secretary who answers for it first."""
    owner = project.owner
    members = list(project.team.select_related("person"))
    own_duty = ["项目主要责任人", *(each.duty for each in members if each.person_id == project.owner_id and each.duty)]
    first = [] if owner is None else [_member(owner, "、".join(own_duty))]
    return first + [_member(each.person, each.duty) for each in members if each.person_id != project.owner_id]


def _member(person: Person, duty: str) -> dict[str, str]:
    return {
        "name": person.name, "status": person.get_political_status_display(), "post": person.post, "duty": duty,
    }  # fmt: skip


def _answers(rows: dict[str, list[Any]]) -> list[dict[str, Any]]:
    """责任分解: what each person answers for (S-40)."""
    held: dict[str, list[str]] = {}
    for line in (line for lines in rows.values() for line in lines if line.person_name):
        held.setdefault(line.person_name, []).append(f"{line.title}：{line.name}（{day_text(line.due)}）")
    return [{"name": name, "lines": lines} for name, lines in held.items()]


def row(plan: Plan) -> dict[str, Any]:
    """A plan as lists and the head of its tab show it."""
    late = f"迟报 {plan.days_late} 天" if plan.days_late else ""
    signatory = plan.leader or plan.reference
    return {
        "pk": plan.pk, "state": _key(plan), "state_text": plan.waiting_label, "late_text": late,
        "handed_in_text": display.moment(plan.handed_in_at), "approved_text": display.short_day(plan.approved_on),
        "signed_text": f"{signatory}{'签批' if plan.leader else ''}" if signatory else "",
        "checked": [{"label": label, "on": key in plan.checked_for} for key, label in CHECKLIST.items()]
        if plan.state == State.APPROVED or plan.checked_for else [],
    }  # fmt: skip


def head(plan: Plan) -> dict[str, Any]:
    """A plan as its own pages show it, with the time for making it."""
    window = plan.window
    url = reverse("meeting", args=[plan.meeting_id]) if plan.meeting_id else ""
    return row(plan) | {"window_text": str(window) if window else "", "hand_text": hand_text(plan), "meeting_url": url}


def hand_text(filled: Application | Plan) -> str:
    """Who filled in for the secretary, and what the secretary says to it."""
    if filled.filled_by is None:
        return ""
    if filled.confirmed_at is not None:
        answer = f"，书记{display.moment(filled.confirmed_at)}确认"
    elif filled.sent_back:
        answer = f"，书记退回：{filled.sent_back}"
    else:
        answer = "，待书记确认" if filled.asked_at else ""
    return f"由{filled.filler}代填{answer}"


def _key(plan: Plan) -> str:
    """The state as colours know it."""
    return "returned" if plan.is_returned else "established" if plan.state == State.APPROVED else str(plan.state)


def record(noun: Plan | PlanChange) -> list[dict[str, Any]]:
    """What happened to a plan or to a change, newest first, with how late."""
    late: dict[Any, str] = {}
    if isinstance(noun, Plan) and noun.approval_id and noun.approval:
        for step in noun.approval.steps.decided():
            late[step.decided_at] = timeline.late_text(step)
    shown = [_happened(made, late, _decided_by(noun, made)) for made in noun.log()]
    return shown[::-1]


def _decided_by(noun: Plan | PlanChange, made: MoveLog) -> str:
    """Whose decision a handler took down: the leader's who signed, with the day, or the meeting's; empty of an own one."""
    if isinstance(noun, PlanChange):
        return f"{noun.reference}研究" if noun.reference and made.name in ("grant", "decline") else ""
    if made.name == "approve_offline" and noun.approved_on:
        return f"{day_text(noun.approved_on)}线下审定"
    if made.name != "approve":
        return ""
    if noun.leader:
        return f"分管领导{noun.leader}{' ' if noun.approved_on else ''}{day_text(noun.approved_on)}签批"
    return f"{noun.reference}审定" if noun.reference else ""


def _happened(made: MoveLog, late: dict[Any, str], decided_by: str) -> dict[str, Any]:
    icon, tone = _LOOKS[made.name]
    return {
        "title": f"{made.label}{late.get(made.at, '')}", "who": f"{decided_by}，{made.who}登记" if decided_by else made.who, "at_text": display.moment(made.at), "opinion": made.opinion,
        "icon": icon, "tone": tone,
    }  # fmt: skip


def _changes(plan: Plan, person: Person) -> Iterable[PlanChange]:
    changes = list(PlanChange.objects.visible_to(person).filter(plan=plan).order_by("-number"))
    for change in changes:
        change.plan = plan
    return changes


def change_row(change: PlanChange) -> dict[str, Any]:
    """A change with its before and after."""
    keys = {"waiting": "in_approval", "granted": "established", "declined": "rejected", "dropped": "withdrawn"}
    return {
        "pk": change.pk, "number": change.number, "weight": change.get_weight_display(), "reason": change.reason,
        "major": change.weight == Weight.MAJOR, "state": keys.get(change.state, "draft"),
        "state_text": change.waiting_label, "at_text": display.moment(change.handed_in_at),
        "settled_text": _settled_text(change),
        "differences": [
            {"where": each.where, "before": each.before, "after": each.after, "major": each.is_major}
            for each in change.differences()
        ],
        "left_behind": "、".join(change.left_behind()), "keeps_old_words": change.keeps_old_words,
    }  # fmt: skip


def _settled_text(change: PlanChange) -> str:
    """Where and when it was decided, and when that was recorded."""
    recorded = f"{display.moment(change.settled_at)}登记" if change.settled_at else ""
    return "，".join(filter(None, (change.reference, day_text(change.held_on), recorded)))


def versions(plan: Plan) -> list[dict[str, Any]]:
    """Each submission and what it changed, newest first."""
    shown: list[dict[str, Any]] = []
    before: PlanRevision | None = None
    for revision in plan.revisions.filter(change=None).select_related("by", "on_behalf_of"):
        shown.append({
            "number": revision.number, "first": before is None, "at_text": display.moment(revision.at),
            "who": signed(revision.by, revision.on_behalf_of), "reason": "",
            "changes": compared(plan.project, before.facts, revision.facts) if before else [],
        })  # fmt: skip
        before = revision
    return shown[::-1]


def since_approved(plan: Plan) -> list[dict[str, str]]:
    """What the plan that holds says otherwise than the one that was approved: all changes together (S-13)."""
    baseline, current = plan.baseline, plan.current
    if baseline is None or current is None:
        return []
    ends = ("starts", "ends")
    before, after = (Period(*(facts.facts[key] for key in ends)) for facts in (baseline, current))
    span = [{"label": "项目时限", "before": str(before), "after": str(after)}] if str(before) != str(after) else []
    return [*span, *compared(plan.project, baseline.facts, current.facts)]


def compared(project: Project, old: dict[str, Any], new: dict[str, Any]) -> list[dict[str, str]]:
    """What two revisions say differently."""
    said = [(label, old.get(name, ""), new.get(name, "")) for name, (label, _) in TEXTS.items()]
    said.append(("项目成员", _team_said(old), _team_said(new)))
    said += [(kind.title, _lines(project, kind, old), _lines(project, kind, new)) for kind in LISTS]
    return [{"label": label, "before": before, "after": after} for label, before, after in said if before != after]


def _team_said(facts: dict[str, Any]) -> str:
    return "、".join(f"{one['name']}（{one['duty']}）" if one["duty"] else one["name"] for one in facts.get("team", []))


def _lines(project: Project, kind: Any, facts: dict[str, Any]) -> str:
    return "\n".join(line.sentence(project.rules) for line in kind.thawed(facts.get(kind.key(), [])))


def papers(project: Project, person: Person) -> list[dict[str, Any]]:
    """附件3 among the papers of a project."""
    plan = seen_plan(project, person) if project.established_at else None
    if plan is None:
        return []
    revision = plan.current
    text = f"{revision}，{display.moment(revision.at)}定稿" if revision else "按现有内容生成，提交后定稿"
    urls = {
        f"{face}_url": reverse("plan-paper", args=[project.pk, kind])
        for face, kind in (("word", "docx"), ("pdf", "pdf"))
    }
    slot = None
    if revision is not None and not project.is_offline:
        slot = stamped.slot(Slot(PaperKind.PLAN, project), person, edition=project.plan_count)
    return [{"label": "附件3", "name": TITLE, "text": text, "frozen": revision is not None, "slot": slot, **urls}]


# The action bar


def moves(project: Project, person: Person) -> list[dict[str, Any]]:
    """What the person may do with the plan of a project, each with the page on which it is done."""
    if project.planned_on is None and not Plan.beginning_refusals(project, by=person):
        return [_button("plan-begin", "制定实施计划书", "plan-edit", project.pk, "file-pen", "primary")]
    urging = [_button("plan-urge", "催办计划书", "plan-reminder", project.pk, "bell-ring", "plain")]
    bar = urging if project.established_at and Plan.may_be_urged(project, by=person) else []
    plan = seen_plan(project, person) if project.established_at else None
    if plan is None:
        return bar
    return _of_plan(plan, person) + bar + _of_changes(plan, person)


def _of_plan(plan: Plan, person: Person) -> list[dict[str, Any]]:
    pk, bar = plan.project_id, []
    if plan.may_be_confirmed and plan.awaits_confirmation and person.can(Ability.SUBMIT, plan.project):
        bar.append(_button("plan-confirm", "确认代填的计划书", "plan-confirmation", pk, "user-round-check", "primary"))
    if plan.step is not None and person.can(Ability.SUBMIT, plan.project):
        bar.append(_button("plan-ask", "提请办理计划书", "plan-reminder", pk, "bell-ring", "plain"))
    if plan.state == State.DRAFT and person.can(Ability.DRAFT, plan.project) and not plan.project.is_offline:
        bar.append(_button("plan-edit", "填写计划书", "plan-edit", pk, "pencil", "primary"))
    for move, refusals in plan.open_moves(by=person):
        if move.name not in _PAGES or (refusals and move.name in _ONE_OF_SEVERAL):
            continue
        label, page, icon, tone = _PAGES[move.name]
        if move.name == "approve" and plan.step is not None:
            label = deciding(plan.step)
        refusal = "" if move.name == "hand_in" else "；".join(map(str, refusals))
        if not (move.name == "hand_in" and plan.project.is_offline):
            bar.append(_button(f"plan-{move.name}", label, page, pk, icon, tone, refusal))
    return bar


def deciding(step: Step) -> str:
    """What a handler does at the step: write an opinion, or record what the meeting or the leader decided."""
    if "approve" not in step.decisions:
        return "审核意见"
    return "登记会议决定" if step.by_meeting else "登记签批"


_PAGES = {
    "hand_in": ("提交计划书", "plan-submission", "send", "plain"),
    "recall": ("撤回计划书", "plan-recall", "undo-2", "plain"),
    "pass_check": ("审核计划书", "plan-decision", "clipboard-check", "primary"),
    "approve": ("登记签批", "plan-decision", "stamp", "primary"),
    "approve_offline": ("登记线下审定", "plan-offline", "stamp", "primary"),
    "hand_over": ("转办计划书", "plan-handler", "forward", "plain"),
    "recuse": ("回避", "plan-recusal", "user-round-x", "plain"),
}
_ONE_OF_SEVERAL = ("pass_check", "approve", "approve_offline", "recuse")


def _of_changes(plan: Plan, person: Person) -> list[dict[str, Any]]:
    if not PlanChange.beginning_refusals(plan, by=person):
        return [_button("plan-change-new", "申请变更计划", "plan-change-new", plan.project_id, "git-compare", "plain")]
    open_one = PlanChange.objects.visible_to(person).filter(plan=plan).open().first()
    if open_one is None:
        return []
    open_one.plan = plan
    if open_one.step is not None and open_one.step.may_be_taken_by(person):
        return [_button("plan-change", "办理计划变更", "plan-change", open_one.pk, "git-compare", "primary")]
    writes = open_one.state == "draft" and person.can(Ability.DRAFT, plan.project)
    return (
        [_button("plan-change", "填写变更申请", "plan-change-edit", open_one.pk, "pencil", "plain")] if writes else []
    )


def _button(name: str, label: str, page: str, pk: int, icon: str, tone: str, refusal: str = "") -> dict[str, Any]:
    url = reverse(page, args=[pk])
    return {"name": name, "label": label, "url": url, "tone": tone, "icon": icon, "refusal": refusal}
