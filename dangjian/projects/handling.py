"""Handling (办理): who has a waiting project in hand, passing it on, and asking for it to be dealt with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models, transaction

from dangjian.foundation import audit, clock, notice
from dangjian.foundation.lifecycle import MoveLog, Reason, Refused
from dangjian.people.access import Ability
from dangjian.people.person import Person

if TYPE_CHECKING:
    from dangjian.projects.project import Project


class Handling(models.Model):
    """The part of a project that is about its handlers."""

    class Meta:
        abstract = True

    def handlers(self: Project) -> models.QuerySet[Person]:  # type: ignore[misc]
        """Who is to act on the current step: whom it was passed on to, else everyone with the right."""
        step = self.step
        if step is None:
            return Person.objects.none()
        if step.assignee_id is not None:
            return Person.objects.filter(pk=step.assignee_id)
        return Person.objects.holding(Ability(step.ability), step.organisation).in_order()

    @transaction.atomic
    def hand_over(self: Project, *, to: Person, by: Any, reason: str = "") -> MoveLog:  # type: ignore[misc]
        """转办: give the current step to a colleague who may take it. Others with the right may still step in."""
        step = self.step
        if step is not None and not to.can(step.ability, step.organisation):
            raise Refused(Reason(f"{to.name}没有办理“{step.label}”的权限", "to"))
        if step is not None and to.pk == (step.assignee_id or by.pk):
            raise Refused(Reason("已经由这位同志办理", "to"))
        made = self.move("hand_over", by=by, opinion=reason.strip() or f"转{to.name}办理", changed_at=clock.now())
        self.run.assign(to)
        notice.tell(
            [to], event=f"project-{self.pk}-{self.version}", text=f"{by.name}将“{self.name}”转您办理", about=self
        )
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
        event = f"project-{self.pk}-{kind}-{clock.today():%Y%m%d}"
        if notice.Notice.objects.filter(event=event).exists():
            raise Refused("今天已经提醒过，明天再办")
        notice.tell(people, event=event, text=text, about=self)
        audit.record(f"project.{kind}", self, by=by)
