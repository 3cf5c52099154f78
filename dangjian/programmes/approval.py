"""The approval (审批): ordered steps made from the scheme when a noun is submitted.

It serves whatever needs opinions in order. The noun points to its approval, never back, and every
decision goes through a verb of the noun, which moves the noun and the step in one transaction.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from functools import cached_property
from typing import Any, Self

from django.db import models, transaction

from dangjian.foundation import clock
from dangjian.foundation.hand import OWN_WINDOW
from dangjian.foundation.lifecycle import Overtaken, Refused
from dangjian.people.organisation import Organisation
from dangjian.programmes.scheme import StepRule


class Approval(models.Model):
    """One run through the steps, from submission to its outcome."""

    noun = models.CharField("事项", max_length=40)
    current = models.ForeignKey("Step", models.SET_NULL, null=True, related_name="+", verbose_name="当前环节")
    opened_at = models.DateTimeField("提交时间")
    closed_at = models.DateTimeField("办结时间", null=True)
    outcome = models.CharField("结果", max_length=20, blank=True)

    class Meta:
        verbose_name = "审批"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(closed_at__isnull=True, outcome="") | (models.Q(closed_at__isnull=False) & ~models.Q(outcome="")),
                name="approval_closed_with_outcome",
            )
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.outcome or (self.current.label if self.current else "")

    @classmethod
    @transaction.atomic
    def open(cls, noun: str, rules: Sequence[StepRule], *, place: Callable[[StepRule], Organisation]) -> Approval:
        """Make the steps and open the first. ``place`` says which organisation takes a step."""
        approval = cls.objects.create(noun=noun, opened_at=clock.now())
        for sequence, rule in enumerate(rules, start=1):
            organisation = place(rule)
            Step.objects.create(
                approval=approval, sequence=sequence, key=rule.key, label=rule.label_at(organisation.deciding_body),
                organisation=organisation, ability=rule.ability, decisions=list(rule.decisions), by_meeting=rule.meeting,
                question=rule.question or "",
            )  # fmt: skip
        approval._open_next(after=0)
        return approval

    @transaction.atomic
    def decide(
        self, decision: str, *, by: Any, opinion: str = "", held_on: date | None = None, at: datetime | None = None,
        answer: bool | None = None, due_on: date | None = None, on_behalf_of: Any = None,
    ) -> Step:  # fmt: skip
        """Record the decision of the current step and open the next, or close with the last.

        ``at`` is given where it was recorded earlier than the step came up, ``due_on`` is the last day on time.

        Raises Refused for a decision the step does not know, Overtaken where it was decided meanwhile.
        """
        step = self.current
        if step is None:
            raise Overtaken("这件事已经办结，您的操作没有执行")
        if decision not in step.decisions:
            raise Refused(f"“{step.label}”不能作出这样的决定")
        decided = Step.objects.filter(pk=step.pk, state=Step.State.OPEN).update(
            state=Step.State.DECIDED, decision=decision, opinion=opinion, decided_by_id=by.pk,
            decided_at=at or clock.now(), held_on=held_on, answer=answer, due_on=due_on, on_behalf_of=on_behalf_of,
        )  # fmt: skip
        if not decided:
            own = Step.objects.filter(pk=step.pk, decided_by=by.pk).exists()
            raise Overtaken(f"这一环节刚刚已由{OWN_WINDOW if own else '他人'}办理，您的操作没有执行")
        self._open_next(after=step.sequence)
        return step

    @transaction.atomic
    def carry(self, before: Approval) -> None:
        """改后直送退回人: what was decided ahead of the step that sent it back stands, with who and when."""
        sent_back = before.steps.filter(decision="return").last()
        decided = before.steps.decided()
        # A resubmission that was taken back carries on what it had itself carried over.
        ahead = decided.filter(sequence__lt=sent_back.sequence) if sent_back else decided.filter(carried=True)
        for step in ahead:
            current = self.current
            if current is None or (current.key, current.organisation_id) != (step.key, step.organisation_id):
                continue
            Step.objects.filter(pk=current.pk).update(
                state=Step.State.DECIDED, decision=step.decision, opinion=step.opinion, decided_by=step.decided_by,
                on_behalf_of=step.on_behalf_of, decided_at=step.decided_at, held_on=step.held_on, answer=step.answer,
                due_on=step.due_on, carried=True,
            )  # fmt: skip
            self._open_next(after=current.sequence)

    def assign(self, person: Any) -> None:
        """Put the current step into the hands of one person."""
        if self.current is not None:
            self.current.assignee = person
            self.current.save(update_fields=["assignee"])

    @transaction.atomic
    def close(self, outcome: str) -> None:
        """End the run: steps not reached are left out."""
        self.steps.filter(state__in=[Step.State.OPEN, Step.State.WAITING]).update(state=Step.State.LEFT_OUT)
        self.current, self.closed_at, self.outcome = None, clock.now(), outcome
        self.save(update_fields=["current", "closed_at", "outcome"])

    def _open_next(self, *, after: int) -> None:
        following = self.steps.filter(sequence__gt=after).order_by("sequence").first()
        if following is not None:
            following.state, following.opened_at = Step.State.OPEN, clock.now()
            following.save(update_fields=["state", "opened_at"])
        self.current = following
        self.save(update_fields=["current"])


class StepQuerySet(models.QuerySet["Step"]):
    def decided(self) -> Self:
        return self.filter(state=Step.State.DECIDED)

    def undecided(self) -> Self:
        return self.filter(state__in=[Step.State.OPEN, Step.State.WAITING])


class Step(models.Model):
    """One opinion in the row: whose it is, what may be decided, what was decided."""

    class State(models.TextChoices):
        WAITING = "waiting", "未到"
        OPEN = "open", "办理中"
        DECIDED = "decided", "已办"
        LEFT_OUT = "left_out", "未经办理"

    approval = models.ForeignKey(Approval, models.CASCADE, related_name="steps", verbose_name="审批")
    sequence = models.PositiveSmallIntegerField("序次")
    key = models.CharField("代码", max_length=40)
    label = models.CharField("名称", max_length=40)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name="办理党组织")
    ability = models.CharField("所需权限", max_length=40)
    decisions = models.JSONField("可作决定", default=list)
    by_meeting = models.BooleanField("须经会议", default=False)
    state = models.CharField("状态", max_length=10, choices=State, default=State.WAITING)
    opened_at = models.DateTimeField("到达时间", null=True)
    assignee = models.ForeignKey("dangjian.Person", models.PROTECT, null=True, related_name="+", verbose_name="转办给")
    decision = models.CharField("决定", max_length=20, blank=True)
    opinion = models.TextField("意见", blank=True)
    held_on = models.DateField("会议日期", null=True)
    decided_by = models.ForeignKey(
        "dangjian.Person", models.PROTECT, null=True, related_name="+", verbose_name="办理人"
    )
    on_behalf_of = models.ForeignKey(
        "dangjian.Person", models.PROTECT, null=True, related_name="+", verbose_name="代何人办理"
    )
    decided_at = models.DateTimeField("办理时间", null=True)
    carried = models.BooleanField("沿用上次", default=False)
    question = models.CharField("须回答的问题", max_length=60, blank=True)
    answer = models.BooleanField("回答", null=True)
    due_on = models.DateField("应办结日期", null=True)

    objects = StepQuerySet.as_manager()

    class Meta:
        verbose_name = "审批环节"
        ordering = ["sequence"]
        constraints = [
            models.UniqueConstraint(fields=["approval", "sequence"], name="step_once"),
            models.CheckConstraint(
                condition=models.Q(state="decided", decided_at__isnull=False, decided_by__isnull=False) & ~models.Q(decision="")
                | (~models.Q(state="decided") & models.Q(decided_at__isnull=True, decision="")),
                name="step_decided_with_who_and_when",
            ),
        ]  # fmt: skip
        indexes = [models.Index(fields=["state", "ability", "organisation"], name="step_open")]

    def __str__(self) -> str:
        return self.label

    @property
    def days_late(self) -> int | None:
        """Calendar days between the last day on time and the decision, 0 on time; None where no day was set (S-26).

        A collective decision counts from its meeting, not from when it was recorded.
        """
        if self.decided_at is None or self.due_on is None:
            return None
        return max(((self.held_on or clock.local(self.decided_at).date()) - self.due_on).days, 0)

    def may_be_taken_by(self, person: Any) -> bool:
        """By whoever holds the right at its organisation, and by the stand-in whom somebody that stood aside named."""
        return person.can(self.ability, self.organisation) or person.pk in {r.stand_in_id for r in self.stood_aside}

    def usual_opinions(self, most: int = 3) -> list[str]:
        """What was written more than once at this step here, the most frequent first: offered so that nobody types it again."""
        own = Step.objects.decided().filter(key=self.key, organisation=self.organisation_id).exclude(opinion="")
        said = own.values("opinion").annotate(times=models.Count("pk")).filter(times__gt=1)
        return [row["opinion"] for row in said.order_by("-times", "opinion")[:most]]

    def acted_for(self, person: Any) -> Any:
        """Whose right the person takes this step by; None for an own one, and for a stand-in."""
        return person.acting_for(self.ability, self.organisation)

    def recusal_binding(self, person: Any) -> Any:
        """The recusal of the person, or of whoever the person would act for; None where nobody stood aside."""
        principal = self.acted_for(person)
        bound = {person.pk, principal.pk if principal else None}
        return next((recusal for recusal in self.stood_aside if recusal.person_id in bound), None)

    @cached_property
    def stood_aside(self) -> list[Any]:
        """The recusals of this step, oldest first, read once for each loaded step."""
        return list(self.recusals.select_related("person", "stand_in"))
