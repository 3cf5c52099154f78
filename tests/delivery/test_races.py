"""Decisions on plans made at the same moment, on a real PostgreSQL."""

import threading

import pytest

from dangjian.delivery.change import PlanChange
from dangjian.delivery.plan import Plan
from dangjian.foundation import clock
from dangjian.foundation.lifecycle import Refused
from dangjian.people.person import Person
from tests.cast import Cast, a_change, a_handed_in_plan, a_plan, an_approved_plan, plan_lists
from tests.projects.test_races import _rivals, _together

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


def test_two_who_approve_at_once_leave_one_signature(committed_cast: Cast) -> None:
    plan = a_handed_in_plan(committed_cast)
    plan.decide("pass", by=committed_cast.people.officer)
    start = threading.Barrier(2, timeout=60)

    def approve(rival: Person) -> str:
        mine = Plan.objects.get(pk=plan.pk)
        start.wait()
        try:
            mine.decide("approve", by=rival, leader=rival.name, held_on=clock.today(), seen=mine.version)
        except Refused as told:
            return str(told)
        return ""

    told = _together(approve, _rivals(committed_cast)[:2])
    assert sorted(bool(text) for text in told) == [False, True]
    assert plan.log().filter(name="approve").count() == 1
    assert Plan.objects.get(pk=plan.pk).project.planned_on == clock.today()


def test_a_change_is_noted_or_declined_and_never_both(committed_cast: Cast) -> None:
    plan = an_approved_plan(committed_cast)
    measures = plan_lists(committed_cast.people.secretary.pk)["measures"]
    measures[0]["person"] = committed_cast.people.member.pk
    change = a_change(committed_cast, plan, measures=measures)
    rivals = _rivals(committed_cast)[:2]
    start = threading.Barrier(2, timeout=60)

    def settle(rival: Person) -> str:
        mine = PlanChange.objects.get(pk=change.pk)
        start.wait()
        try:
            if rival.pk == rivals[0].pk:
                mine.note(by=rival)
            else:
                mine.decline(by=rival, opinion="不同意")
        except Refused as told:
            return str(told)
        return ""

    told = _together(settle, rivals)
    assert sorted(bool(text) for text in told) == [False, True]
    granted = PlanChange.objects.get(pk=change.pk).state == "granted"
    assert (plan.project.measures.first().person == committed_cast.people.member) == granted
    assert plan.revisions.count() == 1 + granted


def test_what_is_saved_while_the_plan_goes_in_is_in_it_or_refused(committed_cast: Cast) -> None:
    plan = a_plan(committed_cast)
    start = threading.Barrier(2, timeout=60)
    writers = [committed_cast.people.clerk, committed_cast.people.secretary]

    def act(writer: Person) -> str:
        mine = Plan.objects.get(pk=plan.pk)
        start.wait()
        try:
            if writer.pk == committed_cast.people.clerk.pk:
                mine.fill({"profile": "最后一句"}, by=writer, seen=mine.edits)
            else:
                mine.hand_in(by=writer)
        except Refused as told:
            return str(told)
        return ""

    told = _together(act, writers)
    after = Plan.objects.get(pk=plan.pk)
    assert after.state == "in_approval"
    assert after.revisions.get().facts["profile"] == after.profile
    assert (after.profile == "最后一句") == (told[0] == "")


def test_a_plan_is_decided_or_passed_on_and_who_comes_second_is_told(committed_cast: Cast) -> None:
    plan = a_handed_in_plan(committed_cast)
    rivals = _rivals(committed_cast)[:2]
    start = threading.Barrier(2, timeout=60)

    def act(rival: Person) -> str:
        mine = Plan.objects.get(pk=plan.pk)
        start.wait()
        try:
            if rival.pk == rivals[0].pk:
                mine.decide("pass", by=rival, seen=mine.version)
            else:
                mine.hand_over(to=committed_cast.people.colleague, by=rival)
        except Refused as told:
            return str(told)
        return ""

    told = _together(act, rivals)
    assert sorted(bool(text) for text in told) == [False, True]
    after = Plan.objects.get(pk=plan.pk)
    passed_on = after.log().filter(name="hand_over").count()
    assert (after.waiting_label, passed_on) == (("待组织部门审核", 1) if told[0] else ("待分管领导签批", 0))
    assert after.step is not None
    assert (after.step.assignee == committed_cast.people.colleague) == bool(passed_on)
