"""The Gantt chart (进度图) of a plan: bars and marks laid out here, drawn as SVG by ``delivery/gantt.html``."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from dangjian.delivery.measure import Measure
from dangjian.delivery.milestone import Milestone
from dangjian.foundation import clock
from dangjian.foundation.window import day_text
from dangjian.projects.period import Period

HEAD = 40
EDGE = 10  # room for the half of a mark on the last day
BAR = 16  # the height of a bar; a mark is as high


@dataclass(frozen=True)
class Layout:
    """Where names, bars and months stand. A wide one has a column of names, a narrow one each name above its bar."""

    width: int
    names: int
    row: int
    name_x: int
    name_y: int
    bar_y: int
    most_name: int  # characters that there is room for
    month: int  # the least width of a month that bears its name

    def short(self, name: str) -> str:
        return name if len(name) <= self.most_name else f"{name[: self.most_name - 1]}…"


WIDE = Layout(width=960, names=260, row=34, name_x=8, name_y=21, bar_y=9, most_name=17, month=34)
NARROW = Layout(width=340, names=0, row=46, name_x=0, name_y=16, bar_y=23, most_name=24, month=26)


@dataclass(frozen=True)
class Chart:
    """``months`` are the columns, ``bars`` the measures, ``marks`` the milestones; ``now`` is where today stands."""

    months: list[dict[str, Any]]
    bars: list[dict[str, Any]]
    marks: list[dict[str, Any]]
    now: float | None
    layout: Layout
    height: int

    @property
    def is_narrow(self) -> bool:
        return not self.layout.names

    @property
    def named(self) -> list[dict[str, Any]]:
        """Bars and marks: their names are drawn last, above every line."""
        return [*self.bars, *self.marks]


def charts(measures: list[Measure], milestones: list[Milestone], period: Period) -> list[Chart]:
    """The chart from the first day to the last that any line names, for a wide window and for a phone.

    Nothing where no line has a day yet.
    """
    dated = [row for row in measures if row.due]
    marked = [row for row in milestones if row.due]
    if not dated and not marked:
        return []
    return [_chart(layout, dated, marked, period) for layout in (WIDE, NARROW)]


def _chart(layout: Layout, dated: list[Measure], marked: list[Milestone], period: Period) -> Chart:
    days = [period.first_day, period.last_day, *(row.due for row in (*dated, *marked) if row.due)]
    first, last = min(days).replace(day=1), _month_end(max(days))
    scale = (layout.width - layout.names - EDGE) / ((last - first).days + 1)

    def at(day: date) -> float:
        return round(layout.names + (day - first).days * scale, 1)

    tops = [HEAD + index * layout.row for index in range(len(dated) + len(marked) + 1)]
    today = clock.today()
    return Chart(
        list(_months(layout, first, last, at)),
        [_bar(layout, row, top, at, period) for row, top in zip(dated, tops, strict=False)],
        [_mark(layout, row, top, at) for row, top in zip(marked, tops[len(dated) :], strict=False)],
        at(today) if first <= today <= last else None, layout, tops[-1] + 8,
    )  # fmt: skip


def _bar(layout: Layout, row: Measure, top: int, at: Any, period: Period) -> dict[str, Any]:
    assert row.due is not None
    starts = row.starts or min(period.first_day, row.due)
    left, right = at(starts), at(row.due + timedelta(days=1))
    return {
        "name": layout.short(row.name), "whole": row.name, "who": row.person_name, "text_y": top + layout.name_y,
        "x": left, "bar_y": top + layout.bar_y, "width": round(max(right - left, 4), 1),
        "span": f"{day_text(starts)}至{day_text(row.due)}",
    }  # fmt: skip


def _mark(layout: Layout, row: Milestone, top: int, at: Any) -> dict[str, Any]:
    assert row.due is not None
    half = BAR // 2
    x, y = at(row.due), top + layout.bar_y + half
    near_end = x > layout.width - 90
    return {
        "name": layout.short(row.name), "whole": row.name, "day": day_text(row.due), "text_y": top + layout.name_y,
        "points": f"{x},{y - half} {x + half},{y} {x},{y + half} {x - half},{y}", "x": x - 14 if near_end else x + 14,
        "day_y": y + 4, "anchor": "end" if near_end else "start", "short": f"{row.due.month}月{row.due.day}日",
    }  # fmt: skip


def _months(layout: Layout, first: date, last: date, at: Any) -> Iterator[dict[str, Any]]:
    day, seen = first, 0
    while day <= last:
        after = _month_end(day) + timedelta(days=1)
        left, right = at(day), at(after)
        seen += 1
        # Of a long project not every month has room for its name.
        shown = right - left > layout.month or seen % 3 == 1
        label = _month_label(layout, day, seen == 1)
        yield {"x": left, "middle": round((left + right) / 2, 1), "label": label if shown else ""}
        day = after


def _month_label(layout: Layout, day: date, is_first: bool) -> str:
    """8月, with its year where one begins; a narrow column has room for either."""
    if layout.names:
        return f"{day.year}年{day.month}月" if is_first or day.month == 1 else f"{day.month}月"
    return f"{day.year}年" if day.month == 1 else f"{day.month}月"


def _month_end(day: date) -> date:
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
