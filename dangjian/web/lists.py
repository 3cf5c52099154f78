"""A page of a list: 上一页, 下一页, a page size, and a count that stays cheap; and its answer, whole or only the rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Generic, TypeVar
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django_htmx.http import push_url

from dangjian.web.middleware import Asked
from dangjian.web.number import number

SIZES = (20, 50, 100)
COUNTED = 1_000

_R = TypeVar("_R")


@dataclass(frozen=True)
class Page(Generic[_R]):
    """``rows`` of page ``number`` (from 1). The count is exact up to 1,000 and then 「1000+」.

    ``part`` is the key of the query that says which list it is, and is no condition.
    """

    rows: list[_R]
    number: int
    size: int
    counted: int
    has_next: bool
    query: tuple[tuple[str, str], ...]
    part: str = ""
    is_counted: bool = True

    @property
    def count_text(self) -> str:
        if not self.is_counted:
            return self.range_text
        return f"共 {self.counted} 条" if self.counted <= COUNTED else f"共 {COUNTED}+ 条"

    @property
    def start(self) -> int:
        """The running number of the first row."""
        return (self.number - 1) * self.size + 1

    @property
    def range_text(self) -> str:
        """Which rows stand on this page."""
        return f"第 {self.start} 至 {self.start + len(self.rows) - 1} 条"

    @property
    def previous_url(self) -> str:
        return self._with(page=self.number - 1) if self.number > 1 else ""

    @property
    def next_url(self) -> str:
        return self._with(page=self.number + 1) if self.has_next else ""

    @property
    def filtered(self) -> bool:
        """Whether anything is asked for, so that an empty list means: nothing of that kind."""
        return any(key not in ("page", "size", self.part) for key, _ in self.query)

    @property
    def clear_url(self) -> str:
        """The same list with nothing asked for."""
        return "?" + urlencode([(key, value) for key, value in self.query if key in ("size", self.part)])

    @property
    def may_resize(self) -> bool:
        """Whether another page size would show more, or less, than this one."""
        return self.counted > SIZES[0] or self.number > 1

    @property
    def sizes(self) -> list[dict[str, Any]]:
        """Each page size on offer."""
        return [{"size": size, "url": self._with(size=size), "active": size == self.size} for size in SIZES]

    def url_of(self, address: str, query: str) -> str:
        """The address of this page of a list that ``query`` asks for, with nothing empty in it."""
        size = f"size={self.size}" if self.size != SIZES[0] else ""
        number = f"page={self.number}" if self.number > 1 else ""
        said = "&".join(part for part in (query, size, number) if part)
        return f"{address}?{said}" if said else address

    def showing(self, rows: list[Any]) -> Page[Any]:
        """The same page with its rows as they are displayed."""
        return replace(self, rows=rows)

    def _with(self, **changed: int) -> str:
        kept = [(key, value) for key, value in self.query if key not in ("page", *changed)]
        return "?" + urlencode([*kept, *((key, str(value)) for key, value in changed.items())])


def page_of(
    rows: QuerySet[Any, _R] | Sequence[_R], asked: Mapping[str, Any], *, part: str = "", counts: bool = True
) -> Page[_R]:
    """The page that the query asks for; nonsense asks for the first page of twenty, what is beyond the last for the last.

    Hits of a search are not counted (``counts``): nobody needs the number, and it costs as much as finding them all.
    """
    size = number(asked.get("size"), SIZES[0])
    size = size if size in SIZES else SIZES[0]
    at = min(max(number(asked.get("page"), 1), 1), 5_000)
    found = _read(rows, at, size)
    if not found and at > 1:  # there were more when the link was made, or the number was typed
        at = max(-(-_length(rows) // size), 1)
        found = _read(rows, at, size)
    start = (at - 1) * size
    all_read = len(found) <= size and (found or start == 0)
    counted = start + len(found) if all_read or not counts else _count(rows)
    lists = asked.lists() if hasattr(asked, "lists") else [(key, [value]) for key, value in asked.items()]
    query = tuple((key, value) for key, values in lists for value in values if value)
    return Page(found[:size], at, size, counted, len(found) > size, query, part, counts)


def _read(rows: QuerySet[Any, _R] | Sequence[_R], at: int, size: int) -> list[_R]:
    """The rows of a page, and one more where there is one."""
    return list(rows[(at - 1) * size : at * size + 1])


def _length(rows: QuerySet[Any, _R] | Sequence[_R]) -> int:
    return rows.order_by().count() if isinstance(rows, QuerySet) else len(rows)


def _count(rows: QuerySet[Any, _R] | Sequence[_R]) -> int:
    return rows.order_by()[: COUNTED + 1].count() if isinstance(rows, QuerySet) else len(rows)


def answered(request: Asked, template: str, context: dict[str, Any], url: str) -> HttpResponse:
    """The page, or for a filter alone its part ``rows`` with ``url`` as the page's new address.

    Both live at one address: a browser must not keep the rows, and show them as the page when one goes back.
    """
    rows_alone = bool(request.htmx) and not request.htmx.history_restore_request
    response = render(request, f"{template}#rows" if rows_alone else template, context)
    patch_vary_headers(response, ["HX-Request"])
    if not rows_alone:
        return response
    response["Cache-Control"] = "no-store"
    # A filter that is set and then sent asks twice: going back must not stop at the same rows.
    return push_url(response, False if request.htmx.current_url_abs_path == url else url)
