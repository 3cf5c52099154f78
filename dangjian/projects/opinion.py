"""Opinions (意见): what the branch's own meeting and the unit's committee said on a project."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models

from dangjian.people.organisation import BRANCH_KINDS
from dangjian.projects.state import State

if TYPE_CHECKING:
    from dangjian.projects.project import Project


class Opinions(models.Model):
    """The part of a project that is about what was resolved on it."""

    class Meta:
        abstract = True

    def branch_opinion(self: Project) -> Any:  # type: ignore[misc]
        """The last recorded resolution of the branch's own meeting on this project, or None (S-30).

        What was handed in keeps the opinion of the branch that handed it in; a draft needs that of the branch it is now.
        """
        own = self.resolutions.filter(meeting__organisation__kind__in=BRANCH_KINDS)
        if self.state == State.DRAFT:
            own = own.filter(meeting__organisation_id=self.branch_id)
        return own.select_related("meeting").order_by("pk").last()

    def committee_opinion(self: Project) -> Any:  # type: ignore[misc]
        """The unit's resolution on what was last submitted; an older one, of before a return, no longer counts."""
        if self.approval is None or self.state == State.DRAFT:
            return None
        since = self.approval.opened_at
        own = self.resolutions.filter(meeting__recorded_at__gte=since).exclude(
            meeting__organisation__kind__in=BRANCH_KINDS
        )
        return own.select_related("meeting").order_by("pk").last()

    def establishment(self: Project) -> Any:  # type: ignore[misc]
        """The resolution that established this project, or None."""
        return self.resolutions.filter(decision="establish").select_related("meeting").last()
