"""Voiding (作废): one person proposes with a reason, another confirms; the number is never used again (S-116)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django.db import models, transaction

from dangjian.foundation import clock, notice
from dangjian.foundation.lifecycle import SAME, Move, MoveLog, Overtaken, Reason, Refused
from dangjian.foundation.refusal import MOST_REASON, demanded, too_long
from dangjian.foundation.window import day_text
from dangjian.people.access import Ability
from dangjian.people.person import Person
from dangjian.projects.state import State as ProjectState

if TYPE_CHECKING:
    from dangjian.agreements.letter import Letter


class State(models.TextChoices):
    PENDING = "pending", "待签订"
    DEFERRED = "deferred", "待补签"
    SIGNED = "signed", "已签订"
    VOID = "void", "已作废"


UNSIGNED = frozenset({State.PENDING, State.DEFERRED})
STANDING = UNSIGNED | {State.SIGNED}


def _not_proposed(letter: Letter, by: Any) -> Iterator[Reason]:
    if letter.void_proposed_by_id is not None:
        yield Reason("已有人提请作废，等待确认")


def _proposed(letter: Letter, by: Any) -> Iterator[Reason]:
    if letter.void_proposed_by_id is None:
        yield Reason("没有人提请作废")


def _proposed_by_another(letter: Letter, by: Any) -> Iterator[Reason]:
    yield from _proposed(letter, by)
    if letter.void_proposed_by_id is not None and letter.void_proposed_by_id == by.pk:
        yield Reason("作废须由两人办理，请由另一位同志确认")


def _proposed_by_oneself(letter: Letter, by: Any) -> Iterator[Reason]:
    yield from _proposed(letter, by)
    if letter.void_proposed_by_id is not None and letter.void_proposed_by_id != by.pk:
        yield Reason("作废不是您提请的，不同意的请选“不作废”")


def _proposed_by_somebody_else(letter: Letter, by: Any) -> Iterator[Reason]:
    yield from _proposed(letter, by)
    if letter.void_proposed_by_id == by.pk:
        yield Reason("作废是您提请的，请撤回提请")


VOIDING = (
    Move("propose_void", "提请作废", STANDING, SAME, Ability.KEEP_LETTERS, unmet=_not_proposed, clause="S-116", tone="danger"),
    Move("keep", "不作废", STANDING, SAME, Ability.VOID_LETTER, unmet=_proposed_by_somebody_else, clause="S-116"),
    Move("take_back", "撤回作废提请", STANDING, SAME, Ability.VOID_LETTER, unmet=_proposed_by_oneself, clause="S-116"),
    Move("void", "确认作废", STANDING, State.VOID, Ability.VOID_LETTER, unmet=_proposed_by_another, clause="S-116", tone="danger"),
    Move("supersede", "失效", UNSIGNED, State.VOID, "", clause="S-116"),
)  # fmt: skip


class Voiding(models.Model):
    """The part of a letter that is about its end."""

    void_proposed_by = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="提请作废人"
    )
    void_reason = models.CharField("作废理由", max_length=MOST_REASON, blank=True)

    class Meta:
        abstract = True

    @property
    def due_when_void(self: Letter) -> date | None:  # type: ignore[misc]
        """By when a new letter is to be signed where this one is void: the day that was set before stands. None before the project runs."""
        if self.project.state not in (ProjectState.RUNNING, ProjectState.SUSPENDED):
            return None
        return self.project.letter_due_on or clock.today() + timedelta(days=self.project.rules.letter.late_days)

    @property
    def void_told(self: Letter) -> str:  # type: ignore[misc]
        """That the letter is void and since when, for whoever holds a file of it; empty while it stands."""
        if self.state != State.VOID:
            return ""
        ended = self.log().filter(name__in=("void", "supersede")).last()
        since = f"已于{day_text(clock.local(ended.at).date())}" if ended else "已"
        return f"该责任书（{self.number}）{since}作废"

    def _demand_seen(self: Letter, seen: int | None, by: Any) -> None:  # type: ignore[misc]
        """Raises Overtaken where the proposal is another than the one at version ``seen``."""
        if seen is not None and seen != self.version:
            faster = self.moved_since(seen, by=by)
            raise Overtaken(f"{faster}，提请已变，请重看" if faster else "提请已变，请重看")

    @property
    def void_proposed_who(self: Letter) -> str:  # type: ignore[misc]
        """Who proposed it, and for whom, while the proposal stands."""
        made = self.log().filter(name="propose_void").last() if self.void_proposed_by_id is not None else None
        return made.who if made else ""

    @transaction.atomic
    def propose_void(self: Letter, *, reason: str, by: Any) -> MoveLog:  # type: ignore[misc]
        """提请作废: the first of two, with a reason; another confirms."""
        reason = demanded(reason, MOST_REASON, "请写明作废的理由")
        made = self.move("propose_void", by=by, opinion=reason, void_proposed_by_id=by.pk, void_reason=reason)
        people = Person.objects.holding(Ability.VOID_LETTER, self.project.unit).exclude(pk=by.pk)
        text = f"{made.who}提请作废“{self.project.name}”的责任书：{reason}，请确认"
        notice.tell(people, event=f"letter-{self.pk}-{self.version}", text=text, about=self)
        return made

    @transaction.atomic
    def keep(self: Letter, *, by: Any, seen: int | None = None, reason: str = "") -> MoveLog:  # type: ignore[misc]
        """不作废: somebody else does not agree with the proposal, and whoever made it is told. ``seen`` as for :meth:`void`."""
        self._demand_seen(seen, by)
        reason, proposer = reason.strip(), self.void_proposed_by
        if wrong := list(too_long(reason, MOST_REASON, "reason")):
            raise Refused(*wrong)
        made = self.move("keep", by=by, opinion=reason, void_proposed_by_id=None, void_reason="")
        text = f"{made.who}不同意作废“{self.project.name}”的责任书（{self.number}）" + (f"：{reason}" if reason else "")
        notice.tell([proposer], event=f"letter-{self.pk}-{self.version}", text=text, about=self)
        return made

    @transaction.atomic
    def take_back(self: Letter, *, by: Any) -> MoveLog:  # type: ignore[misc]
        """撤回作废提请, by whoever made it."""
        return self.move("take_back", by=by, void_proposed_by_id=None, void_reason="")

    @transaction.atomic
    def void(self: Letter, *, by: Any, seen: int | None = None) -> MoveLog:  # type: ignore[misc]
        """确认作废 by the second person, who read the proposal that stands at version ``seen``.

        The letter stays readable; a new one may be made. A project that runs goes on, and has the days of a letter that
        follows for the new one. Raises Refused, Overtaken where it was proposed anew.
        """
        self._demand_seen(seen, by)
        made = self.move("void", by=by, opinion=self.void_reason)
        due_on = self.due_when_void
        self.project.take_letter(by=by, signed_on=None, due_on=due_on)
        follows = f"，请重新制作并于{day_text(due_on)}前补签" if due_on else ""
        self._tell(
            "void",
            f"“{self.project.name}”的责任书（{self.number}）已作废：{self.void_reason}{follows}",
            also_unit=bool(due_on),
        )
        return made

    def supersede(self: Letter, *, by: Any) -> MoveLog:  # type: ignore[misc]
        """失效: not signed when its project went to another branch or unit, and made anew for that. For ``make`` alone."""
        return self.move("supersede", by=by, opinion="项目换了支部或单位，重新制作")
