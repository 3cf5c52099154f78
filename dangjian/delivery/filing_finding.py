"""Finding filings: who sees the versions of a unit's table, which one stands, and whom it waits for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from django.db import models

from dangjian.delivery.filing_row import FilingRow
from dangjian.delivery.filing_state import STANDING, State
from dangjian.people.access import Ability
from dangjian.people.scope import ScopedQuerySet
from dangjian.projects.filed import FilingState

if TYPE_CHECKING:
    from dangjian.delivery.filing import Filing  # noqa: F401  for the type of the rows


class FilingQuerySet(ScopedQuerySet["Filing"]):
    def visible_to(self, person: Any) -> Self:
        """Who sees the unit's projects as a whole: its own people and those above, no single branch."""
        return self.in_scopes(person.scopes(Ability.VIEW_PROJECT))

    def newest(self) -> Self:
        """Of each unit and year the version that stands; none where the only one was taken back."""
        return self.filter(state__in=STANDING)

    def to_receive(self, person: Any) -> Self:
        """What the person has to answer for the company."""
        return self.filter(state=State.HANDED_IN) if self.model.receives(person) else self.none()

    def to_correct(self, person: Any) -> Self:
        """What came back to the person's unit and was not handed in again."""
        own = person.paths_with(Ability.FILE)
        return self.newest().filter(path__in=own).with_line(FilingState.RETURNED)

    def waiting_for(self, person: Any) -> Self:
        return self.to_receive(person) | self.to_correct(person)

    def with_line(self, state: str) -> Self:
        """Those with a line that stands so."""
        return self.filter(pk__in=FilingRow.objects.filter(state=state).values("filing"))

    def without_line(self, state: str) -> Self:
        return self.exclude(pk__in=FilingRow.objects.filter(state=state).values("filing"))

    def with_counts(self) -> Self:
        """With how many lines there are, and how many wait or came back."""
        counted = {state: models.Count("rows", filter=models.Q(rows__state=state)) for state in ("waiting", "returned")}
        return self.annotate(
            all_lines=models.Count("rows"), **{f"{state}_lines": each for state, each in counted.items()}
        )

    def in_order(self) -> Self:
        """组织序列; of one unit the newest first."""
        return self.order_by("-round__year", "unit__rank", "-number")
