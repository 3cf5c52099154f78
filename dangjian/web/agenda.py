"""Plans and their changes on the agenda of a meeting: what waits for one, what was decided, what was noted."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from dangjian.delivery import decided
from dangjian.delivery.change import PlanChange
from dangjian.delivery.change_state import Weight
from dangjian.delivery.plan import Plan
from dangjian.delivery.plan_resolution import PlanResolution, PlanVerdict
from dangjian.people.organisation import Organisation
from dangjian.people.person import Person
from dangjian.projects.meeting import Meeting
from dangjian.web import display
from dangjian.web.forms.projects import PlanVerdictForm, offer_reasons

_ON_PLAN = [("approve", "同意审定"), ("return", "退回修改")]
_ON_CHANGE = [("grant", "同意变更"), ("decline", "不同意变更")]
_KEYS = {"approve": "established", "return": "returned", "grant": "established", "decline": "rejected"}


def waiting_at(unit: Organisation, person: Person) -> list[Plan | PlanChange]:
    """What waits for a meeting of the unit and for the person to record it, in the order of the branches."""
    plans = Plan.objects.visible_to(person).waiting_for(person).standing("meeting").filter(project__unit=unit)
    changes = PlanChange.objects.visible_to(person).waiting_for(person).filter(
        weight=Weight.MAJOR, state="waiting", plan__project__unit=unit
    )  # fmt: skip
    return [
        *plans.with_names().order_by("project__branch__rank", "pk"),
        *changes.with_names().order_by("plan__project__branch__rank", "pk"),
    ]


def item(on: Plan | PlanChange, sent: Any) -> dict[str, Any]:
    """One item of the form, for ``projects/meeting_item.html``."""
    is_plan = isinstance(on, Plan)
    form = PlanVerdictForm(
        _ON_PLAN if is_plan else _ON_CHANGE, sent, prefix=f"{on.on_agenda}{on.pk}", initial={"seen": on.version}
    )
    offer_reasons(form, on.project, "recuse", "recusal_reason")
    return {
        "on": on, "form": form, "shown": display.row(on.project), "matter": _matter(on),
        "asks": "退回修改" if is_plan else "不同意变更",
    }  # fmt: skip


def verdicts(items: list[dict[str, Any]]) -> list[PlanVerdict]:
    """Those on which something was decided."""
    return [
        PlanVerdict(each["on"], **each["form"].cleaned_data) for each in items if each["form"].cleaned_data["decision"]
    ]


def _matter(on: Plan | PlanChange) -> dict[str, Any]:
    lines = []
    if isinstance(on, PlanChange):
        lines = [f"{each.where}：{each.before or '无'} → {each.after or '无'}" for each in on.differences()]
    name = f"第 {on.number} 次计划变更" if isinstance(on, PlanChange) else Plan.sheet
    return {"url": url(on), "name": name, "text": f"{display.moment(on.handed_in_at)}提交", "lines": lines}


def url(on: Plan | PlanChange) -> str:
    if isinstance(on, PlanChange):
        return reverse("plan-change", args=[on.pk])
    return f"{reverse('project', args=[on.project_id])}?tab=plan"


def decided_at(meeting: Meeting, person: Person) -> list[dict[str, str]]:
    """What a meeting decided on plans, as far as it exists for the person."""
    return [_line(made) for made in decided.resolutions_of(meeting, person)]


def noted(verdict: PlanVerdict) -> dict[str, str]:
    """What waits for the secretary, as the resolution that comes of it will say it."""
    on, told = verdict.on, {"decision": verdict.decision, "opinion": verdict.opinion, **verdict.columns()}
    return _line(PlanResolution(**{on.on_agenda: on}, **told))


def _line(made: PlanResolution) -> dict[str, str]:
    project = made.project
    return {
        "name": project.name, "branch": project.branch.short_name, "url": url(made.on), "text": decided.what(made),
        "key": _KEYS[made.decision], "votes_text": made.votes_text, "recused": made.recusal_text, "opinion": made.opinion,
    }  # fmt: skip
