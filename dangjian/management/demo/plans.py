"""What the demo tells of plans: drafted, approved by signature or by the committee, and later changed by its decision."""

from __future__ import annotations

from typing import Any

from dangjian.delivery.change import PlanChange
from dangjian.delivery.plan import CHECKLIST, Plan
from dangjian.delivery.plan_resolution import PlanVerdict
from dangjian.foundation import clock
from dangjian.management.demo.tale import Told
from dangjian.people.access import Ability
from dangjian.people.person import Person
from dangjian.programmes.scheme import Scheme
from dangjian.projects.project import Project


def by_committee(scheme: Scheme) -> dict[str, Any]:
    """The approvals of a year in which the committee approves plans."""
    *before, last = scheme.approvals.plan.steps
    decided = {"label": "党委会审定", "ability": Ability.RECORD_MEETING.value, "meeting": True}
    procedure = scheme.approvals.plan.model_copy(update={"steps": (*before, last.model_copy(update=decided))})
    return {"plan": procedure}


def verdict(project: Project, one: Told) -> PlanVerdict:
    """What the committee decided on a plan, or on the change of it that waits."""
    plan = Plan.objects.get(project=project)
    votes = one["votes"]
    return PlanVerdict(
        plan if one["decision"] in ("approve", "return") else plan.changes.open().get(), one["decision"], one["opinion"],
        votes_for=votes[0], votes_against=votes[1], abstentions=votes[2],
    )  # fmt: skip


def plan(project: Project, one: Told, verb: str, said: str, *, secretary: Person, officer: Person) -> None:
    if verb == "begin":
        Plan.begin(project, by=secretary)
        return
    held = Plan.objects.get(project=project)
    match verb:
        case "fill":
            held.fill(one["texts"], by=secretary, seen=held.edits, lists=one["lists"])
        case "hand_in":
            held.hand_in(by=secretary)
        case "pass":
            held.decide("pass", by=officer, opinion=said, checked_for=list(CHECKLIST))
        case "return":
            held.decide("return", by=officer, opinion=said)
        case "approve":
            held.decide("approve", by=officer, leader=said, held_on=clock.today())


def ask_change(project: Project, one: Told, *, secretary: Person) -> None:
    """With the lists as they are to be; a meeting grants it."""
    asked = PlanChange.begin(Plan.objects.get(project=project), by=secretary)
    asked.fill(reason=one["reason"], ends="", lists=one["lists"], by=secretary, seen=asked.edits)
    asked.apply(by=secretary)
