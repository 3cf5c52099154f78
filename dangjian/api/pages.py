"""Pages of a list: ``items`` and whether there are more."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Annotated, Any, Generic, TypeVar

from django.db.models import QuerySet
from ninja import Field, Query, Schema

T = TypeVar("T")

MOST = 100
DEEPEST = 5_000


class PageOut(Schema, Generic[T]):
    """One page; ``more`` says that another follows."""

    items: list[T]
    page: int
    more: bool


class PageQuery(Schema):
    """Which page, and how many on one."""

    page: int = Field(1, ge=1, le=DEEPEST, description="第几页")
    size: int = Field(50, ge=1, le=MOST, description="每页条数")


Paged = Annotated[PageQuery, Query()]


def page_of(rows: QuerySet[Any] | Sequence[Any], asked: PageQuery, shown: Callable[[Any], T]) -> dict[str, Any]:
    """The asked page of ``rows``, each as ``shown``."""
    start = (asked.page - 1) * asked.size
    found = list(rows[start : start + asked.size + 1])
    return {"items": [shown(row) for row in found[: asked.size]], "page": asked.page, "more": len(found) > asked.size}
