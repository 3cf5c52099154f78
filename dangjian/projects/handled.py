"""What is handled (经办): a matter with steps, who has its current step in hand, passing it on, standing aside.

A project and its plan are such matters: the same rules say who may decide, who must not, and who is to be told.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from django.db import models, transaction

from dangjian.foundation import audit, clock, notice
from dangjian.foundation.lifecycle import Move, MoveLog, Reason, Refused, Stateful
from dangjian.people.access import Ability
from dangjian.people.delegation import Delegation
from dangjian.people.person import Appointment, Person
from dangjian.programmes.recusal import Recusal

if TYPE_CHECKING:
    from dangjian.programmes.approval import Approval, Step
    from dangjian.projects.project import Project


AT_STEP = "decide_step"  # the right that the current step asks for


def has_not_stood_aside(matter: Handled, by: Any) -> Iterator[Reason]:
    recusal = matter.step.recusal_binding(by) if matter.step else None
    if recusal is not None:
        whose = "您" if recusal.person_id == by.pk else f"委托您的{recusal.person.name}"
        yield Reason(f"{whose}已回避，由{recusal.stand_in.name}代为办理")


def is_impartial(matter: Handled, by: Any) -> Iterator[Reason]:
    """Nobody decides on a project of their own, as long as somebody else is there to do it."""
    stood_aside = list(has_not_stood_aside(matter, by))
    yield from stood_aside
    interest = matter.interest_of(by)
    if interest and not stood_aside and matter.stand_ins(by).exists():
        yield Reason(f"您是{interest}，应当回避，请点“回避”指定代办人")


def may_stand_aside(matter: Handled, by: Any) -> Iterator[Reason]:
    if matter.step is not None and matter.step.by_meeting:
        yield Reason("会议研究的项目，回避情况在登记会议时填写")
    else:
        yield from has_not_stood_aside(matter, by)


class Handled(Stateful):
    """The part of a matter that is about its handlers."""

    if TYPE_CHECKING:
        approval: models.ForeignKey[Any, Approval | None]

        @property
        def step(self) -> Step | None:
            """The step that is being taken now; None outside approval."""

    class Meta:
        abstract = True

    # What each matter says of itself

    @property
    def dossier(self) -> Project:
        """The project that is decided on."""
        raise NotImplementedError

    @property
    def called(self) -> str:
        """The matter in a sentence."""
        raise NotImplementedError

    def stamped(self) -> dict[str, Any]:
        """What is set besides, whenever it changes hands."""
        return {}

    # Who

    def permits(self, move: Move, by: Any) -> bool:
        """A decision is the right of whoever the current step names, at the organisation it names."""
        if move.ability == AT_STEP:
            return self.step is not None and self.step.may_be_taken_by(by)
        return bool(by.can(move.ability, self))

    def acted_for(self, move: Move, by: Any) -> Any:
        """A step may be taken by a right delegated at the organisation it names."""
        if move.ability == AT_STEP:
            return self.step.acted_for(by) if self.step else None
        return by.acting_for(move.ability, self)

    def handlers(self) -> models.QuerySet[Person]:
        """Who is to act on the current step: whom it was passed on to, else everyone with the right."""
        step = self.step
        if step is None:
            return Person.objects.none()
        offices = Appointment.objects.giving(step.ability, step.organisation)
        if step.assignee_id is None:
            return Person.objects.through(offices).in_order()
        own = Person.objects.filter(pk=step.assignee_id)
        return own | Person.objects.through(offices.filter(person=step.assignee_id))

    def interest_of(self, person: Person) -> str:
        """What ties the person to the project, in words; nothing where they may judge it.

        Whoever acts for somebody else is tied by what ties that person: where the step is taken by a delegated right,
        and where one speaks for a branch of the project by one.
        """
        used = self.step.acted_for(person) if self.step else None
        tied, branches = self.dossier.tied(), self.dossier.own_branches()
        spoken_for = [office.person for office in person.offices() if office.organisation_id in branches]
        for who in (person, used, *spoken_for):
            if who is not None and (tie := tied.get(who.pk)):
                return tie if who.pk == person.pk else f"{who.name}的受托人，{who.name}是{tie}"
        return ""

    def stand_ins(self, person: Person) -> models.QuerySet[Person]:
        """Who may act on the current step instead of ``person``: colleagues, else officers of the superior that see it."""
        step = self.step
        if step is None:
            return Person.objects.none()
        tied = set(self.dossier.tied())
        speaking = Delegation.objects.in_force().filter(
            office__person__in=tied, office__organisation__in=self.dossier.own_branches()
        )
        away = {person.pk, *tied, *(r.person_id for r in step.stood_aside), *speaking.values_list("to", flat=True)}
        for place in (step.organisation, *reversed(step.organisation.ancestors())):
            offices = Appointment.objects.giving(step.ability, place).exclude(person__in=away)
            found = Person.objects.through(offices).exclude(pk__in=away)
            found = found & Person.objects.holding(Ability.VIEW_PROJECT, self.dossier)
            if found.exists():
                return found.in_order()
        return Person.objects.none()

    # Verbs

    @transaction.atomic
    def hand_over(self, *, to: Person, by: Any, reason: str = "") -> MoveLog:
        """转办: give the current step to a colleague who may take it. Others with the right may still step in."""
        reason = self.dossier.reason_for("hand_over", reason)
        step = self.step
        if step is not None and not step.may_be_taken_by(to):
            raise Refused(Reason(f"{to.name}没有办理“{step.label}”的权限", "to"))
        if step is not None and step.recusal_binding(to) is not None:
            raise Refused(Reason(f"{to.name}已回避，不能转给他办理", "to"))
        if step is not None and to.pk == (step.assignee_id or by.pk):
            raise Refused(Reason("已经由这位同志办理", "to"))
        made = self.move("hand_over", by=by, opinion=reason or f"转{to.name}办理", **self.stamped())
        self._assign(to, f"{made.who}将{self.called}转您办理")
        return made

    @transaction.atomic
    def recuse(self, *, stand_in: Person, by: Any, reason: str) -> MoveLog:
        """回避: stand aside from the current step and name who acts instead, so that it never lies with nobody.

        Raises Refused without a reason, and for a stand-in who may not act or is tied to the project too.
        """
        reason = self.dossier.reason_for("recuse", reason)
        if not reason:
            raise Refused(Reason("请写明回避原因", "reason"))
        step, fit = self.step, self.stand_ins(by).contains(stand_in)
        opinion = f"{reason.rstrip('。；;，, ')}；由{stand_in.name}代为办理"
        made = self.move("recuse", by=by, opinion=opinion, **self.stamped())
        if step is None or not fit:
            raise Refused(Reason(f"{stand_in.name}不能代为办理", "stand_in"))
        Recusal.objects.create(step=step, person_id=by.pk, stand_in=stand_in, reason=reason, at=clock.now())
        vars(step).pop("stood_aside", None)
        self._assign(stand_in, f"{made.who}回避{self.called}，请您代为办理")
        return made

    # Private

    def _assign(self, to: Person, text: str) -> None:
        assert self.approval is not None
        self.approval.assign(to)
        notice.tell([to], event=self._event, text=text, about=self.dossier)

    def _tell_step(self, text: str) -> None:
        if self.step is not None:
            notice.tell(self.handlers(), event=self._event, text=text, about=self.dossier)

    def _prompt(self, kind: str, text: str, people: Any, by: Any, right: Ability, place: Any) -> None:
        """Ask somebody to act, once a day."""
        noun = self._meta.model_name
        notice.urge(people, key=f"{noun}-{self.pk}-{kind}", text=text, about=self.dossier)
        audit.record(f"{noun}.{kind}", self, by=by, on_behalf_of=by.acting_for(right, place))

    @property
    def _event(self) -> str:
        return f"{self._meta.model_name}-{self.pk}-{self.version}"
