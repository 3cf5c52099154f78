"""The plan matter (计划事项): what the plan itself and each change of it have in common while they are handled."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django.db import models

from dangjian.programmes.approval import Step
from dangjian.projects.handled import Handled

if TYPE_CHECKING:
    from dangjian.programmes.approval import Approval
    from dangjian.projects.project import Project


class PlanMatter(Handled):
    """Handed in by the branch, decided where the project belongs on that day."""

    sheet: str
    """What it is called on the agenda and in a notice."""
    decided_in: ClassVar[str]
    """The state in which its steps are taken."""

    if TYPE_CHECKING:
        project: Any
        state: models.CharField[str, str]
        approval: models.ForeignKey[Approval | None, Approval | None]

    class Meta:
        abstract = True

    @property
    def step(self) -> Step | None:
        step = self.approval.current if self.state == self.decided_in and self.approval else None
        if step is not None:
            # Taken where the project belongs today, though it was handed in elsewhere.
            step.organisation = self.project.unit
        return step

    @property
    def dossier(self) -> Project:
        found: Project = self.project
        return found

    @property
    def called(self) -> str:
        return f"“{self.project.name}”的{self.sheet}"
