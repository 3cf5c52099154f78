"""Search for words in short texts: the same hits on both databases, found through an index on PostgreSQL (decision 0011)."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models.lookups import IContains

from dangjian.foundation.plain_text import plain

MOST_WORDS = 30  # as many as sixty characters hold


def words_of(typed: str) -> list[str]:
    """The words of what was typed, without what no text holds."""
    return plain(typed).split()[:MOST_WORDS]


def held(word: str, *places: str) -> models.Q:
    """Where at least one of the places holds the word, whatever its case.

    One character is looked for at their beginning only (design §2): in the middle it would find nearly everything.
    """
    lookup = "istartswith" if len(word) == 1 else "holds"
    return models.Q(*((f"{place}__{lookup}", word) for place in places), _connector=models.Q.OR)


class Holds(IContains):
    """``icontains`` that names the pairs of neighbouring characters too, so that PostgreSQL can use their index.

    The comparison itself comes first: where the planner reads all rows, it is cheaper than making pairs of them.
    """

    def as_postgresql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:
        comparison, its_values = super().as_sql(compiler, connection)
        text, texts_values = compiler.compile(self.lhs)
        pairs = f"dangjian_pairs({text}) @> dangjian_pairs(%s)"
        return f"({comparison} AND {pairs})", (*its_values, *texts_values, self.rhs)


# Under a name of its own; to Django's backends it stays an icontains.
for field in (models.CharField, models.TextField):
    field.register_lookup(Holds, "holds")
