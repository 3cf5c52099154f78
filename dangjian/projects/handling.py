"""Handling (办理): who has a waiting project in hand, passing it on, and asking for it to be dealt with."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from django.db import models, transaction

from dangjian.foundation import audit, clock, notice
from dangjian.foundation.lifecycle import Move, MoveLog, Reason, Refused
from dangjian.people.access import Ability
from dangjian.people.delegation import Delegation
from dangjian.people.person import Appointment, Person
from dangjian.programmes.recusal import Recusal
from dangjian.projects.state import State

if TYPE_CHECKING:
    from dangjian.projects.project import Project


AT_STEP = "decide_step"  # the right that the current step asks for


class Handling(models.Model):
    """The part of a project that is about its handlers."""

    class Meta:
        abstract = True

    def permits(self: Project, move: Move, by: Any) -> bool:  # type: ignore[misc]
        """A decision is the right of whoever the current step names, at the organisation it names."""
        if move.ability == AT_STEP:
            return self.step is not None and self.step.may_be_taken_by(by)
        return bool(by.can(move.ability, self))

    def acted_for(self: Project, move: Move, by: Any) -> Any:  # type: ignore[misc]
        """A step may be taken by a right delegated at the organisation it names."""
        if move.ability == AT_STEP:
            return self.step.acted_for(by) if self.step else None
        return by.acting_for(move.ability, self)

    def handlers(self: Project) -> models.QuerySet[Person]:  # type: ignore[misc]
        """Who is to act on the current step: whom it was passed on to, else everyone with the right."""
        step = self.step
        if step is None:
            return Person.objects.none()
        offices = Appointment.objects.giving(step.ability, step.organisation)
        if step.assignee_id is None:
            return Person.objects.through(offices).in_order()
        own = Person.objects.filter(pk=step.assignee_id)
        return own | Person.objects.through(offices.filter(person=step.assignee_id))

    def step_due_on(self: Project) -> date | None:  # type: ignore[misc]
        """The last day on which the current step is taken on time, where the scheme names its window (S-26)."""
        window = self.round.window_at(self.step_window(), self.branch)
        return window.closes_on if window is not None else None

    def step_window(self: Project) -> str:  # type: ignore[misc]
        """The key of the window that the scheme names for the current step; empty where there is none."""
        rules = {rule.key: rule.window for rule in self.rules.steps("application")}
        return (rules.get(self.step.key) if self.step else None) or ""

    def interest_of(self: Project, person: Person) -> str:  # type: ignore[misc]
        """What ties the person to this project, in words; nothing where they may judge it.

        Whoever acts for somebody else is tied by what ties that person: where the step is taken by a delegated right,
        and where one speaks for a branch of the project by one.
        """
        used = self.step.acted_for(person) if self.step else None
        tied, branches = self._tied(), self._branches()
        spoken_for = [office.person for office in person.offices() if office.organisation_id in branches]
        for who in (person, used, *spoken_for):
            if who is not None and (tie := tied.get(who.pk)):
                return tie if who.pk == person.pk else f"{who.name}的受托人，{who.name}是{tie}"
        return ""

    def _branches(self: Project) -> set[int]:  # type: ignore[misc]
        return {self.branch_id, *self.partners.values_list("branch", flat=True)}

    def _tied(self: Project) -> dict[int, str]:  # type: ignore[misc]
        """Who must not judge this project, each with why."""
        members = dict.fromkeys(self.team.values_list("person", flat=True), "本项目的成员")
        partners = dict.fromkeys(self.partner_secretaries(), "参与支部的书记")
        owner = {self.owner_id: "本项目的主要责任人"} if self.owner_id else {}
        return {**members, **partners, **owner}

    def stand_ins(self: Project, person: Person) -> models.QuerySet[Person]:  # type: ignore[misc]
        """Who may act on the current step instead of ``person``: colleagues, else officers of the superior that see it."""
        step = self.step
        if step is None:
            return Person.objects.none()
        tied = set(self._tied())
        speaking = Delegation.objects.in_force().filter(
            office__person__in=tied, office__organisation__in=self._branches()
        )
        away = {person.pk, *tied, *(r.person_id for r in step.stood_aside), *speaking.values_list("to", flat=True)}
        for place in (step.organisation, *reversed(step.organisation.ancestors())):
            offices = Appointment.objects.giving(step.ability, place).exclude(person__in=away)
            found = Person.objects.through(offices).exclude(pk__in=away)
            found = found & Person.objects.holding(Ability.VIEW_PROJECT, self)
            if found.exists():
                return found.in_order()
        return Person.objects.none()

    @transaction.atomic
    def hand_over(self: Project, *, to: Person, by: Any, reason: str = "") -> MoveLog:  # type: ignore[misc]
        """转办: give the current step to a colleague who may take it. Others with the right may still step in."""
        reason = self.reason_for("hand_over", reason)
        step = self.step
        if step is not None and not step.may_be_taken_by(to):
            raise Refused(Reason(f"{to.name}没有办理“{step.label}”的权限", "to"))
        if step is not None and step.recusal_binding(to) is not None:
            raise Refused(Reason(f"{to.name}已回避，不能转给他办理", "to"))
        if step is not None and to.pk == (step.assignee_id or by.pk):
            raise Refused(Reason("已经由这位同志办理", "to"))
        made = self.move("hand_over", by=by, opinion=reason or f"转{to.name}办理", changed_at=clock.now())
        self.run.assign(to)
        notice.tell(
            [to], event=f"project-{self.pk}-{self.version}", text=f"{made.who}将“{self.name}”转您办理", about=self
        )
        return made

    @transaction.atomic
    def recuse(self: Project, *, stand_in: Person, by: Any, reason: str) -> MoveLog:  # type: ignore[misc]
        """回避: stand aside from the current step and name who acts instead, so that it never lies with nobody.

        Raises Refused without a reason, and for a stand-in who may not act or is tied to the project too.
        """
        reason = self.reason_for("recuse", reason)
        if not reason:
            raise Refused(Reason("请写明回避原因", "reason"))
        step, fit = self.step, self.stand_ins(by).contains(stand_in)
        opinion = f"{reason}；由{stand_in.name}代为办理"
        made = self.move("recuse", by=by, opinion=opinion, changed_at=clock.now())
        if step is None or not fit:
            raise Refused(Reason(f"{stand_in.name}不能代为办理", "stand_in"))
        Recusal.objects.create(step=step, person_id=by.pk, stand_in=stand_in, reason=reason, at=clock.now())
        self.run.assign(stand_in)
        vars(step).pop("stood_aside", None)
        notice.tell(
            [stand_in], event=f"project-{self.pk}-{self.version}",
            text=f"{made.who}回避“{self.name}”，请您代为办理", about=self,
        )  # fmt: skip
        return made

    @transaction.atomic
    def ask_to_act(self: Project, *, by: Any) -> None:  # type: ignore[misc]
        """提请办理: the branch asks the handler, upward, once a day."""
        if self.step is None or not by.can(Ability.SUBMIT, self):
            raise Refused("项目不在审批中，或您没有提请办理的权限")
        self._prompt("ask_to_act", f"{self.branch.short_name}提请办理“{self.name}”", self.handlers(), by)

    @transaction.atomic
    def urge(self: Project, *, by: Any) -> None:  # type: ignore[misc]
        """催办: the unit asks the branch for a returned application, downward, once a day."""
        if not self.is_returned or not by.can(Ability.SCREEN, self.unit):
            raise Refused("只有被退回、尚未再提交的项目可以催办，且由单位组织部门办理")
        self._prompt("urge", f"请尽快修改并提交“{self.name}”", Person.objects.holding(Ability.DRAFT, self.branch), by)

    def _prompt(self: Project, kind: str, text: str, people: Any, by: Any) -> None:  # type: ignore[misc]
        notice.urge(people, key=f"project-{self.pk}-{kind}", text=text, about=self)
        right, place = (Ability.SUBMIT, self) if kind == "ask_to_act" else (Ability.SCREEN, self.unit)
        audit.record(f"project.{kind}", self, by=by, on_behalf_of=by.acting_for(right, place))

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

    def _tell_step(self: Project, text: str) -> None:  # type: ignore[misc]
        step = self.step
        if step is not None:
            notice.tell(self.handlers(), event=f"project-{self.pk}-{self.version}", text=text, about=self)

    def _tell_branch(self: Project, made: MoveLog) -> None:  # type: ignore[misc]
        people = self.people_told()
        word = "理由" if made.target != State.ESTABLISHED else "意见"
        reason = f"，{word}：{made.opinion}" if made.opinion else ""
        notice.tell(
            people, event=f"project-{self.pk}-{self.version}", text=f"“{self.name}”{made.label}{reason}", about=self
        )
