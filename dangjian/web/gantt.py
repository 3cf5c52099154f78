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

WIDTH, NAMES, ROW, HEAD = 960, 260, 34, 40
EDGE = 10  # room for the half of a mark on the last day
MOST_NAME = 17  # characters that the column of names holds


@dataclass(frozen=True)
class Chart:
    """``months`` are the columns, ``bars`` the measures, ``marks`` the milestones; ``now`` is where today stands."""

    months: list[dict[str, Any]]
    bars: list[dict[str, Any]]
    marks: list[dict[str, Any]]
    now: float | None
    width: int
    height: int
    names: int = NAMES
    head: int = HEAD


def chart(measures: list[Measure], milestones: list[Milestone], period: Period) -> Chart | None:
    """The chart from the first day to the last that any line names; None where no measure has a day yet."""
    dated = [row for row in measures if row.due]
    marked = [row for row in milestones if row.due]
    if not dated and not marked:
        return None
    days = [period.first_day, period.last_day, *(row.due for row in (*dated, *marked) if row.due)]
    first, last = min(days).replace(day=1), _month_end(max(days))
    scale = (WIDTH - NAMES - EDGE) / ((last - first).days + 1)

    def at(day: date) -> float:
        return round(NAMES + (day - first).days * scale, 1)

    bars = [_bar(row, index, at, period) for index, row in enumerate(dated)]
    line = HEAD + len(bars) * ROW
    marks = [_mark(row, line + index * ROW, at) for index, row in enumerate(marked)]
    today = clock.today()
    return Chart(
        list(_months(first, last, at)), bars, marks, at(today) if first <= today <= last else None,
        WIDTH, HEAD + (len(bars) + len(marks)) * ROW + 8,
    )  # fmt: skip


def _bar(row: Measure, index: int, at: Any, period: Period) -> dict[str, Any]:
    assert row.due is not None
    starts = row.starts or min(period.first_day, row.due)
    left, right = at(starts), at(row.due + timedelta(days=1))
    top = HEAD + index * ROW
    return {
        "name": _short(row.name), "whole": row.name, "who": row.person_name, "y": top, "text_y": top + 21,
        "x": left, "bar_y": top + 9, "width": round(max(right - left, 4), 1), "span": f"{day_text(starts)}至{day_text(row.due)}",
    }  # fmt: skip


def _mark(row: Milestone, top: int, at: Any) -> dict[str, Any]:
    assert row.due is not None
    x, y = at(row.due), top + 17
    near_end = x > WIDTH - 90
    return {
        "name": _short(row.name), "whole": row.name, "day": day_text(row.due), "y": top, "text_y": top + 21,
        "points": f"{x},{y - 8} {x + 8},{y} {x},{y + 8} {x - 8},{y}", "x": x - 14 if near_end else x + 14,
        "anchor": "end" if near_end else "start", "short": f"{row.due.month}月{row.due.day}日",
    }  # fmt: skip


def _months(first: date, last: date, at: Any) -> Iterator[dict[str, Any]]:
    day, seen = first, 0
    while day <= last:
        after = _month_end(day) + timedelta(days=1)
        left, right = at(day), at(after)
        seen += 1
        # Of a long project not every month has room for its name.
        shown = right - left > 34 or seen % 3 == 1
        label = f"{day.month}月" if day.month != 1 and seen > 1 else f"{day.year}年{day.month}月"
        yield {"x": left, "middle": round((left + right) / 2, 1), "label": label if shown else ""}
        day = after


def _month_end(day: date) -> date:
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)


def _short(name: str) -> str:
    return name if len(name) <= MOST_NAME else f"{name[: MOST_NAME - 1]}…"
