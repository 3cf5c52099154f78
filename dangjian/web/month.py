"""The month (月历) of a plan: which day brings what, as a table of weeks."""

from __future__ import annotations

import calendar
from collections.abc import Iterable
from datetime import date
from typing import Any

from dangjian.delivery.charge import Charge
from dangjian.foundation import clock
from dangjian.projects.period import is_date


def month(asked: str, rows: Iterable[Charge]) -> dict[str, Any]:
    """The weeks of a month, each day with what is due on it. ``asked`` is 2022-09; else the next month with something, or the last."""
    dated = sorted(((row.due, row) for row in rows if row.due), key=lambda pair: pair[0])
    first = _chosen(asked, [due for due, _ in dated])
    weeks = [
        [
            {
                "day": day.day, "outside": day.month != first.month, "today": day == clock.today(),
                "items": [{"kind": row.title, "name": row.name} for due, row in dated if due == day],
            }
            for day in week
        ]
        for week in calendar.Calendar().monthdatescalendar(first.year, first.month)
    ]  # fmt: skip
    held = [(due, row) for due, row in dated if (due.year, due.month) == (first.year, first.month)]
    return {
        "label": f"{first.year}年{first.month}月", "weeks": weeks, "names": "一二三四五六日",
        "list": [{"day": f"{due.month}月{due.day}日", "kind": row.title, "name": row.name} for due, row in held],
        "before": _next(first, -1), "after": _next(first, 1),
    }  # fmt: skip


def _chosen(asked: str, days: list[date]) -> date:
    if is_date(asked):
        return date.fromisoformat(f"{asked[:7]}-01")
    this = clock.today().replace(day=1)
    return next((day.replace(day=1) for day in days if day >= this), days[-1].replace(day=1) if days else this)


def _next(first: date, step: int) -> str:
    months = first.year * 12 + first.month - 1 + step
    return f"{months // 12}-{months % 12 + 1:02d}"
