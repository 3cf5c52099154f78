"""The ballot (表决) on one item of a meeting: how many were for it, and who stood aside."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import Any, Protocol

from django.db import models

from dangjian.foundation.refusal import Reason
from dangjian.projects.quorum import Quorum, names_in, wrong_with_recusal


class Attended(Protocol):
    """Who was there, as a record of a meeting tells it: before it is kept, or kept."""

    @property
    def expected(self) -> int: ...
    @property
    def present(self) -> int: ...
    @property
    def chair(self) -> str: ...
    @property
    def recorder(self) -> str: ...


@dataclass(frozen=True, kw_only=True)
class Tally:
    """How the vote on one item went, as it is told by whoever notes it down; ``seen`` is the item's version on the page."""

    votes_for: int | None = None
    votes_against: int | None = None
    abstentions: int | None = None
    recused: str = ""
    recusal_reason: str = ""
    stand_in: str = ""
    seen: int | None = None

    @property
    def is_told(self) -> bool:
        """Whether anything was said of it: a vote may be noted down without."""
        return any(said not in (None, "") for said in self.columns().values())

    def faults(self, held: Attended) -> Iterator[Reason]:
        """What is wrong with it at a meeting of those people, each at its field."""
        aside = names_in(self.recused)
        quorum = Quorum(held.expected, held.present, tuple(aside))
        told = wrong_with_recusal(
            aside, self.recusal_reason.strip(), self.stand_in.strip(),
            chair=held.chair, recorder=held.recorder, present=held.present,
        )  # fmt: skip
        yield from (Reason(text, "recused") for text in told)
        yield from (Reason(text, "recused") for text in (quorum.refusals() if aside else ()))
        counted = quorum.miscounted(self.votes_for, self.votes_against, self.abstentions)
        yield from (Reason(text, "votes_for") for text in counted)

    def columns(self) -> dict[str, Any]:
        """What a ballot keeps of it: names parted alike, no blanks around the words."""
        told = {column.name: getattr(self, column.name) for column in fields(Tally) if column.name != "seen"}
        words = {name: said.strip() for name, said in told.items() if isinstance(said, str)}
        return told | words | {"recused": "、".join(names_in(self.recused))}


class Ballot(models.Model):
    """The part of a decision that says how it came about."""

    votes_for = models.PositiveSmallIntegerField("赞成", null=True, blank=True)
    votes_against = models.PositiveSmallIntegerField("反对", null=True, blank=True)
    abstentions = models.PositiveSmallIntegerField("弃权", null=True, blank=True)
    recused = models.CharField("回避", max_length=120, blank=True)
    recusal_reason = models.CharField("回避原因", max_length=200, blank=True)
    stand_in = models.CharField("代行人", max_length=40, blank=True)

    class Meta:
        abstract = True

    @property
    def votes_text(self) -> str:
        """「赞成 7 票、反对 0 票、弃权 0 票」, or nothing where no vote was counted."""
        if self.votes_for is None:
            return ""
        return f"赞成 {self.votes_for} 票、反对 {self.votes_against or 0} 票、弃权 {self.abstentions or 0} 票"

    @property
    def recusal_text(self) -> str:
        """「张建国回避（原因），由王强代行」, or nothing where nobody stood aside."""
        if not self.recused:
            return ""
        reason = f"（{self.recusal_reason}）" if self.recusal_reason else ""
        return f"{self.recused}回避{reason}" + (f"，由{self.stand_in}代行" if self.stand_in else "")
