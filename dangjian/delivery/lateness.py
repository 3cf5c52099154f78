"""Lateness (迟报) of a filing: by how many days a unit's first version of the year came after its due day.

A correction handed in later is not late by itself, and does not undo that the first version was.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.db import models

from dangjian.delivery.filing import Filing
from dangjian.delivery.filing_finding import FilingQuerySet
from dangjian.delivery.filing_state import State


def told(filings: Iterable[Filing]) -> dict[int, str]:
    """迟报 with its days for each of the versions that has to say so, by key; one question for all whose first is not here."""
    asked = list(filings)
    kept = [each for each in asked if each.state != State.RECALLED]
    firsts = {(each.unit_id, each.round_id): each for each in kept if each.number == 1}
    others = [each for each in kept if (each.unit_id, each.round_id) not in firsts]
    if others:
        units, rounds = {each.unit_id for each in others}, {each.round_id for each in others}
        found = _late_firsts().filter(unit__in=units, round__in=rounds)
        firsts |= {(first.unit_id, first.round_id): first for first in found}
    said: dict[int, str] = {}
    for each in asked:
        first = firsts.get((each.unit_id, each.round_id)) if each.state != State.RECALLED else each
        if first is not None and first.is_late:
            said[each.pk] = f"{'' if each.number == first.number else '首版'}迟报 {first.days_late} 天"
    return said


def of(filing: Filing) -> str:
    """What one version has to say of it; empty where the first came on time."""
    return told([filing]).get(filing.pk, "")


def filed_late() -> models.Exists:
    """To narrow versions by: the unit's first of that year came late."""
    return models.Exists(_late_firsts().filter(unit=models.OuterRef("unit"), round=models.OuterRef("round")))


def _late_firsts() -> FilingQuerySet:
    """A first version that was taken back is as if it had never come: the next one is the first, late or not."""
    return Filing.objects.filter(is_late=True).exclude(state=State.RECALLED)
