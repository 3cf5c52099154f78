"""The lifecycle: how a noun with a state moves, and why it may not.

A noun lists its moves in one table. The same table gives the buttons, the refusals and
``docs/lifecycle.md``; one function, :meth:`Stateful.move`, carries a move out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol, Self

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import models, transaction

from dangjian.foundation import audit, clock
from dangjian.foundation.hand import Acted
from dangjian.foundation.refusal import Overtaken as Overtaken
from dangjian.foundation.refusal import Reason as Reason
from dangjian.foundation.refusal import Refused as Refused
from dangjian.foundation.window import moment_text


class Actor(Protocol):
    """Who acts: ``dangjian.Person``, known here only by what the foundation asks of it."""

    pk: Any
    name: str

    def can(self, ability: str, subject: Any) -> bool: ...

    def acting_for(self, ability: str, subject: Any) -> Any: ...


def checked(noun: models.Model, *, exclude: Sequence[str] = ()) -> None:
    """Validate a new row. Raises Refused with each field at fault, as every verb does."""
    try:
        noun.full_clean(exclude=exclude)
    except ValidationError as wrong:
        raise Refused(
            *(
                Reason(text, "" if field == NON_FIELD_ERRORS else field)
                for field, texts in wrong.message_dict.items()
                for text in texts
            )
        ) from wrong


Unmet = Callable[[Any, Any], Iterable[Reason]]


def nothing_unmet(noun: Any, by: Any) -> Iterable[Reason]:
    return ()


SAME = ""  # the target of a move that leaves the noun in whatever state it is


@dataclass(frozen=True)
class Move:
    """One row of a noun's table of moves.

    ``ability`` is asked of the actor at the noun (empty: only other verbs of the system call it);
    ``unmet`` yields what is still missing before the move may be made.
    """

    name: str
    label: str
    sources: frozenset[str]
    target: str
    ability: str
    unmet: Unmet = nothing_unmet
    clause: str = ""
    tone: str = "plain"


LONGEST_OPINION = 500  # characters


class MoveLog(Acted):
    """One made move of one noun; what 办理记录, 已办 and 我发起 are read from. Never changed."""

    noun = models.CharField("事项", max_length=40)
    noun_id = models.BigIntegerField("事项编号")
    sequence = models.PositiveIntegerField("序次")
    name = models.CharField("动作", max_length=40)
    label = models.CharField("动作名称", max_length=40)
    source = models.CharField("原状态", max_length=40)
    target = models.CharField("新状态", max_length=40)
    by = models.ForeignKey("dangjian.Person", models.PROTECT, related_name="+", verbose_name="办理人")
    at = models.DateTimeField("办理时间")
    opinion = models.TextField("意见", blank=True)

    class Meta:
        verbose_name = "办理记录"
        constraints = [
            # The third net after the check and the compare-and-set: no step is ever written twice.
            models.UniqueConstraint(fields=["noun", "noun_id", "sequence"], name="movelog_once"),
        ]
        indexes = [models.Index(fields=["by", "-at"], name="movelog_by_at")]

    def __str__(self) -> str:
        return f"“{self.label}”已于{moment_text(self.at)}"


class Stateful(models.Model):
    """A noun with a state. Subclasses list ``moves`` and choose ``State``."""

    state = models.CharField("状态", max_length=20)
    version = models.PositiveIntegerField("版本", default=0)

    moves: ClassVar[Sequence[Move]] = ()

    class Meta:
        abstract = True

    @classmethod
    def move_named(cls, name: str) -> Move:
        return next(move for move in cls.moves if move.name == name)

    def permits(self, move: Move, by: Actor) -> bool:
        """Whether ``by`` holds the right to this move here; who else may press is a subclass's to say."""
        return by.can(move.ability, self)

    def acted_for(self, move: Move, by: Actor) -> Any:
        """Whose right ``by`` makes this move by; None for an own one. Where :meth:`permits` asks elsewhere, so does this."""
        return by.acting_for(move.ability, self) if move.ability else None

    def refusals(self, name: str, *, by: Actor) -> list[Reason]:
        """Why ``by`` cannot make this move now; empty where it can."""
        move = self.move_named(name)
        if self.state not in move.sources:
            last = self.log().last()
            before = f"{last}由{last.who}办理，" if last else ""
            return [Reason(f"{before}当前状态为“{self.state_label}”，不能{move.label}")]
        if move.ability and not self.permits(move, by):
            return [Reason(f"您没有“{move.label}”的权限")]
        return list(move.unmet(self, by))

    def missing_for(self, name: str, *, by: Actor) -> list[Reason]:
        """What is still missing before this move, whoever is to make it: for those who prepare it for somebody else."""
        return list(self.move_named(name).unmet(self, by))

    def open_moves(self, *, by: Actor) -> list[tuple[Move, list[Reason]]]:
        """The buttons ``by`` gets to see here: each possible move and why it cannot be pressed yet."""
        return [
            (move, list(move.unmet(self, by)))
            for move in self.moves
            if move.ability and self.state in move.sources and self.permits(move, by)
        ]

    @property
    def state_label(self) -> str:
        return str(dict(self._meta.get_field("state").flatchoices)[self.state])  # type: ignore[union-attr]

    def log(self) -> models.QuerySet[MoveLog]:
        """Every made move of this noun, oldest first."""
        own = MoveLog.objects.filter(noun=self._meta.model_name, noun_id=self.pk)
        return own.select_related("by", "on_behalf_of").order_by("sequence")

    @transaction.atomic
    def move(
        self, name: str, *, by: Actor, opinion: str = "", details: dict[str, Any] | None = None, **values: Any
    ) -> MoveLog:
        """Make the move, or raise :class:`Refused` and change nothing.

        ``values`` are fields set together with the state. Two people who press at the same moment
        meet in the compare-and-set: the second is told who was first (:class:`Overtaken`).
        """
        move = self.move_named(name)
        reasons = self.refusals(name, by=by)
        if reasons:
            raise self._overtaken(by) or Refused(*reasons)
        source, sequence, target = self.state, self.version + 1, move.target or self.state
        on_behalf_of = self.acted_for(move, by)
        claimed = (
            type(self)
            ._base_manager.filter(pk=self.pk, state=source, version=self.version)
            .update(state=target, version=sequence, **values)
        )
        if not claimed:
            raise self._overtaken(by) or Refused("这件事刚刚被改动，请刷新后再办理")
        for field, value in {**values, "state": target, "version": sequence}.items():
            setattr(self, field, value)
        made = MoveLog.objects.create(
            noun=self._meta.model_name or "", noun_id=self.pk, sequence=sequence, name=name, label=move.label,
            source=source, target=target, by_id=by.pk, on_behalf_of=on_behalf_of, at=clock.now(), opinion=opinion,
        )  # fmt: skip
        audit.record(
            f"{self._meta.model_name}.{name}",
            self,
            by=by,
            on_behalf_of=on_behalf_of,
            details={"from": source, "to": target, **(details or {})},
        )
        return made

    @classmethod
    @transaction.atomic
    def move_together(
        cls, nouns: models.QuerySet[Self], name: str, *, by: Actor, opinion: str = "", **values: Any
    ) -> list[Self]:
        """Make one move of many nouns because something above them all has changed; those that moved, as they were.

        For a verb that has asked for the right itself. Each noun has its log row, as by :meth:`move`, but one statement
        serves for all; whoever moves one of them at this moment is overtaken.
        """
        move = cls.move_named(name)
        held = list(nouns.filter(state__in=move.sources).select_for_update(of=("self",)).order_by("pk"))
        changed = {"version": models.F("version") + 1, **values} | ({"state": move.target} if move.target else {})
        for start in range(0, len(held), 500):
            cls._base_manager.filter(pk__in=[noun.pk for noun in held[start : start + 500]]).update(**changed)
        MoveLog.objects.bulk_create(
            [
                MoveLog(
                    noun=cls._meta.model_name or "", noun_id=noun.pk, sequence=noun.version + 1, name=name, label=move.label,
                    source=noun.state, target=move.target or noun.state, by_id=by.pk, at=clock.now(), opinion=opinion,
                )
                for noun in held
            ],
            batch_size=500,
        )  # fmt: skip
        audit.record_each(f"{cls._meta.model_name}.{name}", held, by=by)
        return held

    def moved_since(self, seen: int, *, by: Actor) -> str:
        """Who moved this noun last since its version ``seen``, when and how, told to ``by``; empty where nobody did."""
        last = self.log().filter(sequence__gt=seen).last()
        return f"{last.who_to(by)}已于{moment_text(last.at)}办理“{last.label}”" if last else ""

    def last_told(self, by: Actor) -> str:
        """What was done with this noun last, by whom and when, as it is said to ``by``; where nothing was, how it stands."""
        return self.moved_since(0, by=by) or f"当前状态为“{self.state_label}”"

    def _overtaken(self, by: Actor, seen: int | None = None) -> Overtaken | None:
        """Who moved this noun since it was loaded, or since its version ``seen``, as a refusal that names them to ``by``."""
        faster = self.moved_since(self.version if seen is None else seen, by=by)
        return Overtaken(f"{faster}，您的操作没有执行") if faster else None

    def reload(self) -> Self:
        """The noun as it stands in the database now."""
        return type(self)._base_manager.get(pk=self.pk)
