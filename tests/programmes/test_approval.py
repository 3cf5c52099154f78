"""The approval: steps made from the scheme, taken in order, each with who and when or not at all."""

from typing import Any

import pytest
from django.db import IntegrityError, transaction

from dangjian.foundation import clock
from dangjian.foundation.lifecycle import Overtaken, Refused
from dangjian.people.organisation import Organisation
from dangjian.programmes.approval import Approval, Step
from dangjian.programmes.scheme import StepRule, read, source_plan_text
from tests.cast import Cast

RULES = read(source_plan_text()).steps("application")


def opened(cast: Cast, branch: Organisation | None = None, rules: tuple[StepRule, ...] = RULES) -> Approval:
    branch = branch or cast.places.branch
    return Approval.open("project", rules, place=lambda rule: branch if rule.level == "branch" else branch.unit)


def states(approval: Approval) -> list[str]:
    return [step.state for step in approval.steps.all()]


def test_the_steps_are_those_of_the_scheme_and_the_first_is_open(cast: Cast) -> None:
    approval = opened(cast)
    steps = list(approval.steps.all())
    assert [(s.sequence, s.key, s.ability, s.decisions, s.by_meeting) for s in steps] == [
        (number, rule.key, rule.ability, list(rule.decisions), rule.meeting)
        for number, rule in enumerate(RULES, start=1)
    ]
    assert [s.organisation for s in steps] == [cast.places.branch, cast.places.unit, cast.places.unit]
    assert states(approval) == ["open", "waiting", "waiting"]
    assert approval.current == steps[0]
    assert (steps[0].opened_at, steps[1].opened_at) == (clock.now(), None)


@pytest.mark.clause("S-30")
def test_each_step_is_called_after_the_body_that_takes_it(cast: Cast) -> None:
    assert [step.label for step in opened(cast).steps.all()] == ["支部委员会意见", "筛选", "党委会意见"]
    small = opened(cast, cast.places.small_branch)
    assert [step.label for step in small.steps.all()] == ["支部党员大会意见", "筛选", "党委会意见"]


@pytest.mark.clause("S-27")
def test_a_decision_opens_the_next_step_and_the_last_leaves_none(cast: Cast) -> None:
    approval = opened(cast)
    progress = []
    for decision, by in (("agree", "secretary"), ("pass", "officer"), ("establish", "officer")):
        with clock.fixed_at("2022-08-28 15:00"):
            approval.decide(decision, by=getattr(cast.people, by), opinion="同意。", held_on=clock.today())
        progress.append(states(approval))
    assert progress == [["decided", "open", "waiting"], ["decided", "decided", "open"], ["decided"] * 3]
    assert approval.current is None
    last = approval.steps.get(sequence=3)
    assert (last.decision, last.opinion, last.decided_by, str(last.held_on)) == (
        "establish", "同意。", cast.people.officer, "2022-08-28",
    )  # fmt: skip


def test_a_step_knows_only_its_own_decisions(cast: Cast) -> None:
    approval = opened(cast)
    with pytest.raises(Refused, match="“支部委员会意见”不能作出这样的决定"):
        approval.decide("establish", by=cast.people.secretary)
    assert states(approval) == ["open", "waiting", "waiting"]


def test_the_second_of_two_decisions_on_one_step_is_overtaken(cast: Cast) -> None:
    approval = opened(cast)
    same = Approval.objects.get(pk=approval.pk)
    approval.decide("agree", by=cast.people.secretary)
    with pytest.raises(Overtaken, match="这一环节刚刚已由他人办理"):
        same.decide("agree", by=cast.people.clerk)
    assert approval.steps.get(sequence=1).decided_by == cast.people.secretary
    third = Approval.objects.get(pk=approval.pk)
    third.current = approval.steps.get(sequence=1)
    with pytest.raises(Overtaken, match="这一环节刚刚已由您本人（在另一个窗口）办理"):
        third.decide("agree", by=cast.people.secretary)


def test_a_finished_run_takes_no_more_decisions(cast: Cast) -> None:
    approval = opened(cast)
    approval.close("recall")
    with pytest.raises(Overtaken, match="这件事已经办结"):
        approval.decide("agree", by=cast.people.secretary)


@pytest.mark.clause("S-28")
def test_closing_leaves_out_what_was_not_reached_and_keeps_what_was_decided(cast: Cast) -> None:
    approval = opened(cast)
    approval.decide("agree", by=cast.people.secretary)
    approval.close("return")
    assert states(approval) == ["decided", "left_out", "left_out"]
    assert (approval.current, approval.outcome, approval.closed_at) == (None, "return", clock.now())
    stored = Approval.objects.get(pk=approval.pk)
    assert (stored.current, stored.outcome) == (None, "return")


def test_an_approval_reads_as_where_it_stands(cast: Cast) -> None:
    approval = opened(cast)
    assert str(approval) == "支部委员会意见"
    approval.close("reject")
    assert str(approval) == "reject"


# What the database refuses


@pytest.mark.parametrize(
    "values",
    [
        {"outcome": "establish"},
        {"closed_at": "2022-08-28T15:00+08:00"},
    ],
)
def test_a_run_is_closed_with_outcome_and_time_or_not_at_all(cast: Cast, values: dict[str, Any]) -> None:
    approval = opened(cast)
    with pytest.raises(IntegrityError), transaction.atomic():
        Approval.objects.filter(pk=approval.pk).update(**values)


DECIDED = {"state": "decided", "decision": "agree", "decided_at": "2022-08-28T15:00+08:00"}


@pytest.mark.parametrize(
    "values",
    [
        {"state": "decided"},
        DECIDED,
        {**DECIDED, "decision": "", "by": True},
        {**DECIDED, "decided_at": None, "by": True},
        {"decision": "agree"},
        {"decided_at": "2022-08-28T15:00+08:00"},
        {**DECIDED, "state": "left_out", "by": True},
    ],
)
def test_a_step_is_decided_with_what_who_and_when_or_not_at_all(cast: Cast, values: dict[str, Any]) -> None:
    step = opened(cast).steps.get(sequence=1)
    values = {key: value for key, value in values.items() if key != "by"} | (
        {"decided_by": cast.people.secretary} if values.get("by") else {}
    )
    with pytest.raises(IntegrityError), transaction.atomic():
        Step.objects.filter(pk=step.pk).update(**values)


def test_a_step_decided_in_full_is_kept(cast: Cast) -> None:
    step = opened(cast).steps.get(sequence=1)
    assert Step.objects.filter(pk=step.pk).update(**DECIDED, decided_by=cast.people.secretary) == 1


def test_no_two_steps_stand_at_the_same_place(cast: Cast) -> None:
    step = opened(cast).steps.get(sequence=1)
    step.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        step.save()
