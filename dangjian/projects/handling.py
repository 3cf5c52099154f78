"""Handling (办理): who must not judge a waiting project, by when it is due, and asking for it to be dealt with."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from django.db import transaction

from dangjian.foundation import clock, notice
from dangjian.foundation.lifecycle import MoveLog, Reason, Refused
from dangjian.people.access import Ability
from dangjian.people.person import Person
from dangjian.projects.handled import Handled
from dangjian.projects.state import State

if TYPE_CHECKING:
    from dangjian.projects.project import Project


class Handling(Handled):
    """The part of a project that is about its handlers: who is tied to it, by when, and who may be asked to act."""

    class Meta:
        abstract = True

    @property
    def dossier(self: Project) -> Project:  # type: ignore[misc]
        return self

    @property
    def called(self: Project) -> str:  # type: ignore[misc]
        return f"“{self.name}”"

    def stamped(self) -> dict[str, Any]:
        return {"changed_at": clock.now()}

    def step_due_on(self: Project) -> date | None:  # type: ignore[misc]
        """The last day on which the current step is taken on time, where the scheme names its window (S-26)."""
        window = self.round.window_at(self.step_window(), self.branch)
        return window.closes_on if window is not None else None

    def step_window(self: Project) -> str:  # type: ignore[misc]
        """The key of the window that the scheme names for the current step; empty where there is none."""
        rules = {rule.key: rule.window for rule in self.rules.steps("application")}
        return (rules.get(self.step.key) if self.step else None) or ""

    def own_branches(self: Project) -> set[int]:  # type: ignore[misc]
        """The branch, and those that take part."""
        return {self.branch_id, *self.partners.values_list("branch", flat=True)}

    def tied(self: Project) -> dict[int, str]:  # type: ignore[misc]
        """Who must not judge this project, each with why."""
        members = dict.fromkeys(self.team.values_list("person", flat=True), "本项目的成员")
        partners = dict.fromkeys(self.partner_secretaries(), "参与支部的书记")
        owner = {self.owner_id: "本项目的主要责任人"} if self.owner_id else {}
        return {**members, **partners, **owner}

    @transaction.atomic
    def ask_to_act(self: Project, *, by: Any) -> None:  # type: ignore[misc]
        """提请办理: the branch asks the handler, upward, once a day."""
        if self.step is None or not by.can(Ability.SUBMIT, self):
            raise Refused("项目不在审批中，或您没有提请办理的权限")
        text = f"{self.branch.short_name}提请办理“{self.name}”"
        self._prompt("ask_to_act", text, self.handlers(), by, Ability.SUBMIT, self)

    @transaction.atomic
    def urge(self: Project, *, by: Any) -> None:  # type: ignore[misc]
        """催办: the unit asks the branch for a returned application, downward, once a day."""
        if not self.is_returned or not by.can(Ability.SCREEN, self.unit):
            raise Refused("只有被退回、尚未再提交的项目可以催办，且由单位组织部门办理")
        people = Person.objects.holding(Ability.DRAFT, self.branch)
        self._prompt("urge", f"请尽快修改并提交“{self.name}”", people, by, Ability.SCREEN, self.unit)

    def _demand_answer(self: Project, decision: str, answer: bool | None, by: Any) -> None:  # type: ignore[misc]
        """What the step asks is answered with yes by whoever may pass it (S-09)."""
        question = self.step.question if self.step and decision == "pass" else ""
        if question and not answer and not self.refusals("pass_screening", by=by):
            refused = f"请先回答“{question}”" if answer is None else f"“{question}”答“否”的不能通过，请退回修改"
            raise Refused(Reason(refused, "answer"))

    def _said(self, step: Any, opinion: str, answer: bool | None) -> str:
        """The opinion as the log keeps it, with the answer to the step's question before it (S-09)."""
        asked = (
            f"{step.question}：{'是' if answer else '否'}。" if step and step.question and answer is not None else ""
        )
        return f"{asked}{opinion.strip()}"

    def _tell_branch(self: Project, made: MoveLog) -> None:  # type: ignore[misc]
        people = self.people_told()
        word = "理由" if made.target != State.ESTABLISHED else "意见"
        reason = f"，{word}：{made.opinion}" if made.opinion else ""
        notice.tell(
            people, event=f"project-{self.pk}-{self.version}", text=f"“{self.name}”{made.label}{reason}", about=self
        )
