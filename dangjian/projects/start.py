"""The start (启动): what an established project still needs before it runs, and the move to 实施中 (S-29, S-32, S-37).

The letter and the plan are nouns of later packages. Each tells the project here, by one verb, how far it has come;
the project starts by itself in the transaction in which the last of what its scheme asks for is there.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db import models, transaction

from dangjian.foundation import clock, notice
from dangjian.foundation.lifecycle import Move, MoveLog, Reason
from dangjian.foundation.window import day_text
from dangjian.people.access import Ability
from dangjian.people.person import Person
from dangjian.projects.state import State

if TYPE_CHECKING:
    from dangjian.projects.project import Project


def not_ready(project: Project, by: Any) -> Iterator[Reason]:
    # Filing (备案) is a report and no gate, so it is not asked for (design §4).
    if project.awaits_letter and not project.letter_may_follow:
        yield Reason("责任书尚未签订，项目不能启动")
    if project.awaits_plan:
        yield Reason("实施计划书尚未审定，项目不能启动")


START = (
    Move("start", "启动", frozenset({State.ESTABLISHED}), State.RUNNING, "", unmet=not_ready, clause="S-29 S-32 S-37"),
)
"""Made by the letter and the plan, never by hand."""


class Start(models.Model):
    """The part of a project that is about coming to run."""

    letter_signed_on = models.DateField("责任书签订日期", null=True, blank=True)
    letter_due_on = models.DateField("责任书补签期限", null=True, blank=True)
    letter_count = models.PositiveSmallIntegerField("责任书制作次数", default=0)
    planned_on = models.DateField("实施计划审定日期", null=True, blank=True)
    plan_count = models.PositiveSmallIntegerField("计划书定稿次数", default=0)
    started_at = models.DateTimeField("启动时间", null=True, blank=True)

    class Meta:
        abstract = True

    # Questions

    @property
    def awaits_letter(self: Project) -> bool:  # type: ignore[misc]
        """Whether the scheme asks for a letter that is not signed (S-29)."""
        return bool(self.rules.gates.letter) and self.letter_signed_on is None and not self.was_started_on_paper

    @property
    def letter_may_follow(self: Project) -> bool:  # type: ignore[misc]
        """待补签: the unsigned letter may be signed later, and that day has not passed (design §4)."""
        return self.letter_due_on is not None and clock.today() <= self.letter_due_on

    @property
    def awaits_plan(self: Project) -> bool:  # type: ignore[misc]
        """Whether the scheme asks for a plan that is not approved (S-32)."""
        return bool(self.rules.gates.plan) and self.planned_on is None and not self.was_started_on_paper

    # Verbs, for the nouns of later packages

    @transaction.atomic
    def take_letter(self: Project, *, by: Any, signed_on: date | None, due_on: date | None = None) -> None:  # type: ignore[misc]
        """What has become of the letter: signed on a day, to follow until ``due_on``, or neither after it was voided.

        For the letter's own verbs alone: they ask for the right and write the audit record.
        """
        self._learn(letter_signed_on=signed_on, letter_due_on=due_on)
        self.start(by=by)

    def count_letter(self: Project) -> int:  # type: ignore[misc]
        """One more letter is made, void ones counted too: which one it is. Its copies' marks say so."""
        self._learn(letter_count=self.letter_count + 1)
        return self.letter_count

    def count_plan(self: Project) -> int:  # type: ignore[misc]
        """The plan is frozen once more, by a submission or a change: which text it is. Its paper's mark says so."""
        self._learn(plan_count=self.plan_count + 1)
        return self.plan_count

    @transaction.atomic
    def take_plan(self: Project, *, by: Any, planned_on: date) -> None:  # type: ignore[misc]
        """The plan is approved. For the plan's own verbs alone: they ask for the right and write the audit record."""
        self._learn(planned_on=planned_on)
        self.start(by=by)

    @transaction.atomic
    def end_on(self: Project, ends: str) -> None:  # type: ignore[misc]
        """The plan was changed by a decision, and the project ends in another month; old dates stay in the revisions.

        For the plan change alone: it asks for the right and writes the audit record.
        """
        self.ends, self.changed_at = ends, clock.now()
        self.save(update_fields=["ends", "changed_at"])

    @transaction.atomic
    def start(self: Project, *, by: Any) -> MoveLog | None:  # type: ignore[misc]
        """Run, where nothing is missing any more; None where something still is, or the project runs already."""
        if self.state != State.ESTABLISHED or list(not_ready(self, by)):
            return None
        now = clock.now()
        made = self.move("start", by=by, started_at=now, changed_at=now)
        text = f"“{self.name}”已于{day_text(clock.today())}启动，进入实施"
        people = Person.objects.holding(Ability.DRAFT, self.branch)
        notice.tell(people, event=f"project-{self.pk}-{made.sequence}", text=text, about=self)
        return made

    # Private

    def _learn(self: Project, **facts: date | int | None) -> None:  # type: ignore[misc]
        # Letter and plan may come at the same moment: the second waits here and then knows of the first.
        type(self)._base_manager.select_for_update().get(pk=self.pk)
        self.refresh_from_db(fields=["state", "version", "letter_signed_on", "letter_due_on", "planned_on"])
        for name, value in facts.items():
            setattr(self, name, value)
        self.changed_at = clock.now()
        self.save(update_fields=[*facts, "changed_at"])
