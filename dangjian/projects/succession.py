"""Succession (承接): what becomes of a project whose branch is dissolved, merged, or moved to another unit.

The branch is left, the project goes on: where it was handed in, what was decided stands, and what is still to be
decided is the new unit's. Every step of it is a move in the project's own log.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.db import models, transaction

from dangjian.foundation import clock, notice
from dangjian.foundation.lifecycle import SAME, Move, MoveLog, Reason, Refused
from dangjian.people.access import Ability
from dangjian.people.organisation import Organisation
from dangjian.people.person import Person
from dangjian.programmes.approval import Approval, Step
from dangjian.projects.state import State

if TYPE_CHECKING:
    from dangjian.projects.project import Project

UNDER_WAY = frozenset({State.DRAFT, State.IN_APPROVAL, State.ESTABLISHED, State.RUNNING, State.SUSPENDED})
"""Projects that somebody must take over, or end with a reason, before their branch is gone."""


def branch_is_leaving(project: Project, by: Any) -> Iterator[Reason]:
    if not project.branch_is_to_go:
        yield Reason("支部没有登记撤销或合并，不用移交、终结项目")


SETTLING: dict[str, Any] = {"ability": Ability.SETTLE_PROJECTS, "unmet": branch_is_leaving}
SUCCESSION = (
    Move("pass_to", "移交", UNDER_WAY, SAME, **SETTLING),
    Move("lapse", "终结", frozenset({State.DRAFT, State.IN_APPROVAL}), State.WITHDRAWN, tone="danger", **SETTLING),
    Move(
        "terminate", "终止", UNDER_WAY - {State.DRAFT, State.IN_APPROVAL}, State.TERMINATED, tone="danger", **SETTLING
    ),
    Move("follow_branch", "随支部划转", UNDER_WAY, SAME, ""),
    Move("lose_partner", "参与支部变动", UNDER_WAY, SAME, ""),
)
"""The moves that end with a branch, or go on without it."""


class Succession(models.Model):
    """The part of a project that is about leaving its branch."""

    class Meta:
        abstract = True

    @cached_property
    def branch_is_to_go(self: Project) -> bool:  # type: ignore[misc]
        """Whether its branch is registered to be dissolved or merged; asked once for each loaded project."""
        return bool(self.branch.restructurings.filter(state="pending").exists())

    @transaction.atomic
    def pass_to(self: Project, branch: Organisation, *, by: Any) -> MoveLog:  # type: ignore[misc]
        """移交 to the branch that goes on with it. Its secretary takes it over by a handover, with all that comes along."""
        old, branch = self.branch, branch.held()
        if branch.pk == old.pk or branch.has_ended or branch.kind not in self.rules.application.eligible_kinds:
            raise Refused(Reason("请选择另一个没有撤销的党支部", "branch"))
        left = {old.pk: branch, self.unit_id: branch.unit}
        made = self.move(
            "pass_to", by=by, opinion=f"由{old.short_name}移交{branch.short_name}", branch=branch, unit=branch.unit,
            path=branch.path, changed_at=clock.now(),
        )  # fmt: skip
        # Whoever took part and now leads takes part no longer.
        self.partners.filter(branch=branch).delete()
        self._steps_follow(left)
        people = Person.objects.holding(Ability.DRAFT, branch)
        text = f"“{self.name}”由{old.short_name}移交本支部，请继续办理"
        notice.tell(people, event=f"project-{self.pk}-{self.version}", text=text, about=self)
        return made

    def end_with_branch(self: Project, *, by: Any, reason: str) -> MoveLog:  # type: ignore[misc]
        """终结 because its branch is gone and nobody goes on with it, with a reason."""
        applying = self.state in (State.DRAFT, State.IN_APPROVAL)
        return self.lapse(by=by, reason=reason) if applying else self.terminate(by=by, reason=reason)

    @transaction.atomic
    def lapse(self: Project, *, by: Any, reason: str) -> MoveLog:  # type: ignore[misc]
        """Before it was established: the application is given up."""
        applied = self.state == State.IN_APPROVAL
        made = self._end("lapse", by, reason)
        if applied:
            self.run.close("lapse")
        return made

    @transaction.atomic
    def terminate(self: Project, *, by: Any, reason: str) -> MoveLog:  # type: ignore[misc]
        """Afterwards: it ends before its time."""
        return self._end("terminate", by, reason)

    @classmethod
    @transaction.atomic
    def follow_branch(cls, place: Organisation, *, left: Organisation, by: Any) -> list[Project]:
        """随支部划转: what lies at ``place`` and below and was decided on by ``left`` is decided by its 本单位 from now on.

        For :class:`Restructuring` alone, which has moved ``place`` there. Gives the projects concerned.
        """
        unit, table = place.unit, place._meta.apps.get_model("dangjian", "Project")
        if unit.pk == left.pk:
            return []
        branches = Organisation.objects.branches_of(unit).in_unit(place)
        moved: list[Project] = table.move_together(
            table.objects.filter(unit=left, branch__in=branches), "follow_branch", by=by, unit=unit,
            opinion=f"随支部由{left.short_name}划转{unit.short_name}", changed_at=clock.now(),
        )  # fmt: skip
        runs = [project.approval_id for project in moved if project.state == State.IN_APPROVAL]
        for start in range(0, len(runs), 500):
            undecided = Step.objects.filter(approval__in=runs[start : start + 500], organisation=left).undecided()
            undecided.update(organisation=unit, assignee=None)
        return moved

    def _end(self: Project, name: str, by: Any, reason: str) -> MoveLog:  # type: ignore[misc]
        if not reason.strip():
            raise Refused(Reason("请写明终结的理由", "reason"))
        made = self.move(name, by=by, opinion=reason.strip(), ended_at=clock.now(), changed_at=clock.now())
        self._tell_branch(made)
        return made

    def _steps_follow(self: Project, left: dict[int, Organisation]) -> None:  # type: ignore[misc]
        """Steps not decided yet are for the new organisation, in nobody's hands there; what was decided stands."""
        if self.state != State.IN_APPROVAL:
            return
        undecided = self.run.steps.undecided()
        moved = 0
        for pk, organisation in left.items():
            if organisation.pk != pk:
                moved += undecided.filter(organisation=pk).update(organisation=organisation, assignee=None)
        if moved:
            self.approval = Approval.objects.select_related("current__organisation").get(pk=self.run.pk)
            self._tell_step(f"“{self.name}”转由本单位办理")
