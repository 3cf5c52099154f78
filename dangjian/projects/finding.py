"""Finding projects: what exists for a person, what waits for them, what matches words."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from typing import TYPE_CHECKING, Any, Self

from django.db import models

from dangjian.foundation.search import held, words_of
from dangjian.people.access import Ability
from dangjian.people.organisation import Organisation
from dangjian.people.person import Person
from dangjian.people.scope import ScopedQuerySet, in_scopes, in_unit
from dangjian.projects.naming import likeness
from dangjian.projects.partner import Partner
from dangjian.projects.state import ONCE_ESTABLISHED, State

if TYPE_CHECKING:
    from dangjian.projects.project import Project  # for the type of the rows


MARKS = {"highlight": "亮点项目", "joint": "联合项目", "offline": "线下管理"}
"""What projects may be marked with, beside their state."""


class ProjectQuerySet(ScopedQuerySet["Project"]):
    def visible_to(self, person: Any) -> Self:
        """One's own part of the tree, and what its branches take part in; a draft that was never submitted is its branch's alone."""
        scopes = person.scopes(Ability.VIEW_PROJECT)
        submitted = models.Q(submitted_at__isnull=False)
        own_drafts = in_scopes(person.scopes(Ability.DRAFT))
        wanted = in_scopes(scopes) & (submitted | own_drafts)
        if not any(scope.covers_all for scope in scopes):
            wanted |= submitted & _taken_part_in(in_scopes(scopes, "branch__path"))
        return self.filter(wanted)

    def of(self, unit: Organisation) -> Self:
        """Those of the unit's branches, and those in which its branches take part."""
        return self.filter(in_unit(unit) | _taken_part_in(in_unit(unit, "branch__path")))

    def marked(self, mark: str) -> Self:
        """Those with one of :data:`MARKS`; all of them where none is asked for."""
        match mark:
            case "highlight":
                return self.filter(highlight__isnull=False)
            case "offline":
                return self.filter(is_offline=True)
            case "joint":
                return self.filter(_taken_part_in(models.Q(branch__isnull=False)))
            case _:
                return self

    def filed_as(self, standing: str) -> Self:
        """Those whose line of the 项目汇总表 stands so; before it is established a project has none (S-36)."""
        return self.established().filter(filing_state=standing)

    def established(self) -> Self:
        """Established once, whatever came after: their name, branch and year are open to whoever signs in."""
        return self.filter(state__in=ONCE_ESTABLISHED)

    def reading_like(self, project: Project) -> list[Project]:
        """Established projects, the newest first, whose name reads like this one's (S-23); at most three."""
        others = self.established().exclude(pk=project.pk).order_by("-pk").values_list("pk", "name")
        is_alike = likeness(project.name)
        found = islice((pk for pk, name in others.iterator() if is_alike(name)), 3)
        return list(self.filter(pk__in=list(found)).select_related("branch", "round").order_by("-pk"))

    def waiting_for(self, person: Any) -> Self:
        """What ``person`` is to do next: steps of one's offices, drafts of one's branch, notices to sign for."""
        wanted = models.Q(pk__in=[])
        for ability in (Ability.SCREEN, Ability.RECORD_MEETING):
            for scope in person.scopes(ability):
                at = models.Q(approval__current__organisation__path=scope.path)
                hands = person.acts_as(ability)
                mine = models.Q(approval__current__assignee=None) | models.Q(approval__current__assignee__in=hands)
                wanted |= models.Q(state=State.IN_APPROVAL, approval__current__ability=ability) & at & mine
        # What was noted of a meeting and waits for its secretary waits for nobody else.
        wanted &= ~models.Q(state=State.IN_APPROVAL, meeting_records__state="waiting")
        # Passed on to this very person, who may stand in for another place (回避).
        wanted |= models.Q(state=State.IN_APPROVAL, approval__current__assignee=person.pk)
        for scope in person.scopes(Ability.DRAFT):
            unsigned = models.Q(
                state=State.ESTABLISHED, resolutions__decision="establish", resolutions__received_at=None
            )
            wanted |= (models.Q(state=State.DRAFT) | unsigned) & scope.as_q()
        return self.filter(wanted)

    def standing(self, standing: str) -> Self:
        """Projects of one of :data:`~dangjian.projects.state.STANDINGS`."""
        match standing:
            case "draft":
                return self.filter(state=State.DRAFT).exclude(approval__outcome="return")
            case "returned":
                return self.filter(state=State.DRAFT, approval__outcome="return")
            case "screening":
                return self.filter(state=State.IN_APPROVAL, approval__current__by_meeting=False)
            case "meeting":
                return self.filter(state=State.IN_APPROVAL, approval__current__by_meeting=True)
            case _:
                return self.filter(state=standing)

    def narrowed(self, words: str = "", standings: Iterable[str] = (), year: int | None = None) -> Self:
        """Those that match the words, one of the standings, and the year, as far as each is asked for.

        What had been entered from paper and was taken out again (撤回补录) is found by its standing alone.
        """
        standings = list(standings)
        found = self.search(words)
        if not standings:
            found = found.exclude(state=State.WITHDRAWN, taken_over_at__isnull=False)
        wanted = models.Q()
        for standing in standings:
            wanted |= models.Q(pk__in=self.model.objects.standing(standing).values("pk"))
        found = found.filter(wanted)
        return found.filter(round__year=year) if year else found

    def with_names(self) -> Self:
        """With everything a list row shows, in as many queries for one row as for a hundred.

        Rounds and their schemes are fetched apart, so that all rows share one instance of a long text.
        """
        joined = self.select_related(
            "branch", "unit", "owner", "highlight__brand", "bank_topic__place", "approval__current__organisation"
        )
        return joined.prefetch_related("round__scheme", "scheme", "categories")

    def search(self, words: str) -> Self:
        """Projects in whose name, number, branch, unit, owner or branches that take part every word occurs.

        The places are asked one by one and put together: no index answers an OR across tables, and within one
        table an OR makes PostgreSQL take the pairs of each hit once more.
        """
        found = self
        for word in words_of(words):
            named, numbered = (self.model.objects.filter(held(word, own)).values("pk") for own in ("name", "number"))
            organisations = Organisation.objects.filter(held(word, "short_name")).values("pk")
            people = Person.objects.filter(held(word, "name")).values("pk")
            elsewhere = (
                self.model.objects.filter(**{f"{place}__in": nouns}).values("pk")
                for place, nouns in (("branch", organisations), ("unit", organisations), ("owner", people))
            )
            taking_part = Partner.objects.order_by().filter(branch__in=organisations).values("project")
            found = found.filter(pk__in=named.union(numbered, *elsewhere, taking_part))
        return found


def _taken_part_in(branches: models.Q) -> models.Q:
    """Projects with a partner among the branches."""
    return models.Q(pk__in=Partner.objects.filter(branches).values("project"))
