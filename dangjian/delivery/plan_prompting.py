"""Prompting (催促): asking the handler for a plan that waits, and the branch for one that is not there yet (design §5)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models, transaction

from dangjian.delivery.plan_state import MAY_PLAN, State
from dangjian.foundation import audit, notice
from dangjian.foundation.lifecycle import Refused
from dangjian.people.access import Ability
from dangjian.people.person import Person

if TYPE_CHECKING:
    from dangjian.delivery.plan import Plan
    from dangjian.projects.project import Project


class Prompting(models.Model):
    """The part of a plan that is about whom to ask for it."""

    class Meta:
        abstract = True

    @transaction.atomic
    def ask_to_act(self: Plan, *, by: Any) -> None:  # type: ignore[misc]
        """提请办理: the branch asks the handler, upward, once a day."""
        project = self.project
        if self.step is None or not by.can(Ability.SUBMIT, project):
            raise Refused("计划书不在审批中，或您没有提请办理的权限")
        text = f"{project.branch.short_name}提请办理{self.called}"
        self._prompt("ask_to_act", text, self.handlers(), by, Ability.SUBMIT, project)

    @classmethod
    def may_be_urged(cls, project: Project, *, by: Any) -> bool:
        """Whether ``by`` may ask the branch for the plan: it is established and has handed none in, or got it back."""
        plan = getattr(project, "plan", None)
        waits = project.state in MAY_PLAN and project.awaits_plan and not project.is_offline
        return waits and (plan is None or plan.state == State.DRAFT) and bool(by.can(Ability.CHECK_PLAN, project.unit))

    @classmethod
    @transaction.atomic
    def urge(cls, project: Project, *, by: Any) -> None:
        """催办: the unit asks the branch, downward, once a day."""
        if not cls.may_be_urged(project, by=by):
            raise Refused("只有立项后还没有提交计划书的项目可以催办，且由单位组织部门办理")
        people = Person.objects.holding(Ability.DRAFT, project.branch)
        text = f"请尽快制定并提交“{project.name}”的实施计划书"
        notice.urge(people, key=f"project-{project.pk}-plan", text=text, about=project)
        audit.record("plan.urge", project, by=by, on_behalf_of=by.acting_for(Ability.CHECK_PLAN, project.unit))
