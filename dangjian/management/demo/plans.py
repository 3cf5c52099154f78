"""What the demo tells of plans: drafted, approved, and later changed by decision of the committee."""

from __future__ import annotations

from dangjian.delivery.change import PlanChange
from dangjian.delivery.plan import CHECKLIST, Plan
from dangjian.foundation import clock
from dangjian.management.demo.tale import Told
from dangjian.people.person import Person
from dangjian.projects.project import Project

CHANGING = ("ask_change", "grant_change")


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


def change(project: Project, one: Told, verb: str, said: str, *, secretary: Person, officer: Person) -> None:
    """Asked for with the lists as they are to be; granted on the day of the meeting that is named."""
    held = Plan.objects.get(project=project)
    if verb == "ask_change":
        asked = PlanChange.begin(held, by=secretary)
        asked.fill(reason=one["reason"], ends="", lists=one["lists"], by=secretary, seen=asked.edits)
        asked.apply(by=secretary)
    else:
        held.changes.get().grant(reference=said, held_on=clock.today(), by=officer)
