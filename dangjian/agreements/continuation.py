"""Taking over (接续确认): the next secretary stands by what the one before signed (S-70, S-115)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from django.db import models, transaction

from dangjian.agreements.signature import Manner, Side, Signature, secretary_on, unmet_seats
from dangjian.agreements.voiding import State
from dangjian.foundation import clock
from dangjian.foundation.lifecycle import SAME, Move, MoveLog, Reason
from dangjian.people.access import Ability

if TYPE_CHECKING:
    from dangjian.agreements.letter import Letter


def to_carry_on_by(person: Any) -> models.Q:
    """Signed by an earlier secretary, where the person, or whom they act for, is secretary now."""
    signed = models.Q(state=State.SIGNED, void_proposed_by=None)
    return signed & unmet_seats(person.acts_as(Ability.SIGN_LETTER), anybody=False)


def _has_another_secretary(letter: Letter, by: Any) -> Iterator[Reason]:
    yield from letter.against_anything()
    if letter.sides_to_carry_on(by):
        return
    # Whoever comes back to the page has done it, which is something else than that there was nothing to do.
    done = letter.signatures.filter(manner=Manner.CONTINUED, principal__in=by.acts_as(Ability.SIGN_LETTER)).first()
    if done is not None:
        yield Reason(f"已由{done.who}接续确认，不用再办")
    else:
        yield Reason("签订人没有变动，不用接续确认")


CONTINUATION = (
    Move("carry_on", "接续确认", frozenset({State.SIGNED}), SAME, Ability.SIGN_LETTER, unmet=_has_another_secretary, clause="S-70 S-115", tone="primary"),
)  # fmt: skip


class Continuation(models.Model):
    """The part of a letter that is about the secretaries after those who signed."""

    class Meta:
        abstract = True

    def sides_to_carry_on(self: Letter, by: Any) -> list[Side]:  # type: ignore[misc]
        """Where the secretary of today is not among those who signed or took over."""
        stood = {(one.side, one.principal_id) for one in self.signatures.all()}
        today = clock.today()
        return [
            side
            for side in self.own_sides(by.acts_as(Ability.SIGN_LETTER))
            if (secretary := secretary_on(self.place_of(side), today)) and (side, secretary.pk) not in stood
        ]

    @transaction.atomic
    def carry_on(self: Letter, *, by: Any) -> MoveLog:  # type: ignore[misc]
        """接续确认: the next secretary stands by what the one before signed (S-70)."""
        sides = self.sides_to_carry_on(by)
        made = self.move("carry_on", by=by, opinion="、".join(side.label for side in sides))
        for side in sides:
            secretary = secretary_on(self.place_of(side), clock.today())
            assert secretary is not None
            Signature.put(self, side, secretary, on=clock.today(), manner=Manner.CONTINUED)
        return made
