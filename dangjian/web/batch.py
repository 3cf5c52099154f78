"""The batch (批量办理): one verb for each of several chosen, each by itself; the results for ``parts/results.html``."""

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from django.db import transaction

from dangjian.foundation.lifecycle import Refused

T = TypeVar("T")


def one_by_one(
    chosen: Iterable[T], verb: Callable[[T], str], *, name: Callable[[T], str] = str
) -> list[dict[str, Any]]:
    """Name each one, and say what was done (as ``verb`` tells it) or why not; one's refusal leaves the others alone."""
    results = []
    for one in chosen:
        try:
            with transaction.atomic():
                text, done = verb(one), True
        except Refused as refused:
            text, done = str(refused), False
        results.append({"name": name(one), "text": text, "done": done})
    return results
