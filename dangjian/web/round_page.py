"""The page of a year's round: what is next, the dates as a chart, the states of its projects, each unit's part."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count
from django.urls import reverse

from dangjian.foundation import clock
from dangjian.foundation.window import Phase, Window, day_text
from dangjian.overview import participation
from dangjian.overview.participation import BranchPart, Share
from dangjian.people.access import Ability
from dangjian.people.organisation import Organisation
from dangjian.programmes.internal_date import InternalDate
from dangjian.programmes.round import Round, WindowException
from dangjian.projects.project import Project
from dangjian.projects.state import State
from dangjian.web import display

Shown = dict[str, Any]
PART_STATES = {"in": "已参与", "not_yet": "未参与", "left_out": "不计入"}


def page(person: Any, round: Round) -> Shown:
    """Everything on the page as ``person`` may see it."""
    windows = round.windows_at(person.organisation)
    found = participation.parts(person, round)
    return {
        "round": round, "issuer": round.rules.head.issuer, "next": _next(windows), "chart": chart(windows),
        "windows": [display.window(key, window, person.organisation) for key, window in windows.items()],
        "moved": _moved(person, round), "states": _states(person, round), "units": _units(found, round),
        "total": participation.share(found, round),
    }  # fmt: skip


def participation_text(person: Any, round: Round) -> str:
    """The figure for the workbench, for whoever looks after more than one branch; else nothing."""
    if not any(scope.with_subtree for scope in person.scopes(Ability.VIEW_PROJECT)):
        return ""
    return str(participation.share(participation.parts(person, round), round))


def _next(windows: dict[str, Window]) -> list[str]:
    """What is going on and what begins next, the nearest day first."""
    today = clock.today()
    open_now = [held for held in windows.values() if held.phase(today) is Phase.OPEN]
    coming = sorted(
        (held for held in windows.values() if held.phase(today) is Phase.BEFORE),
        key=lambda held: held.opens_on or today,
    )
    lines = [
        f"{held.label}正在进行，{display.short_day(held.closes_on)}24时截止，{display.due_text(held.closes_on)}"
        for held in sorted(open_now, key=lambda held: held.closes_on)
    ]
    return lines + [f"{held.label}{display.short_day(held.opens_on)}开始" for held in coming[:1]]


# The chart: one line a window, in units of a drawing 960 wide.

LEFT, RIGHT, LINE, TOP = 150, 940, 30, 34


def chart(windows: dict[str, Window]) -> Shown:
    """The windows as bars over months, with today's line where it falls inside."""
    days = [day for held in windows.values() for day in (held.opens_on, held.closes_on) if day is not None]
    if not days:
        return {}
    first, last = min(days).replace(day=1), max(days)
    span = max((last - first).days, 1)

    def at(day: date) -> int:
        return LEFT + (RIGHT - LEFT) * (day - first).days // span

    bars = []
    for index, held in enumerate(windows.values()):
        begin = at(held.opens_on or held.closes_on)
        words = str(held) if held.opens_on else f"{day_text(held.closes_on)}止"
        width = max(at(held.closes_on) - begin, 8)
        left = begin + width + 8
        bars.append({
            "label": held.label, "text": words, "x": min(begin, RIGHT - width), "y": TOP + LINE * index, "width": width,
            "state": {Phase.BEFORE: "soon", Phase.OPEN: "open", Phase.CLOSED: "closed"}[held.phase(clock.today())],
            "text_x": left if left < 700 else begin - 8, "anchor": "start" if left < 700 else "end",
        })  # fmt: skip
    today = clock.today()
    return {
        "bars": bars, "months": [{"x": at(month), "label": f"{month.month}月"} for month in _months(first, last)],
        "height": TOP + LINE * len(bars) + 6, "today_x": at(today) if first <= today <= last else 0,
        "today_text": f"今天 {today.month}月{today.day}日",
    }  # fmt: skip


def _months(first: date, last: date) -> list[date]:
    """The first days of months, at most about ten of them."""
    count = (last.year - first.year) * 12 + last.month - first.month + 1
    step = -(-count // 10)
    found = [divmod(first.month - 1 + ahead, 12) for ahead in range(0, count, step)]
    return [date(first.year + years, month + 1, 1) for years, month in found]


def _moved(person: Any, round: Round) -> list[Shown]:
    """Longer and earlier last days at places where one may see projects, or that hold for oneself."""
    reach = Organisation.objects.in_scopes(person.scopes(Ability.VIEW_PROJECT))
    above = [*person.organisation.ancestors(), person.organisation]
    granted = WindowException.objects.filter(window__round=round).select_related(
        "window", "organisation", "by", "on_behalf_of"
    )
    internal = InternalDate.objects.filter(window__round=round).select_related("window", "unit", "by", "on_behalf_of")
    longer = [
        _moved_row(each, each.organisation, f"延至{day_text(each.closes_on)}", each.reason)
        for each in (granted.filter(organisation__in=reach) | granted.filter(organisation__in=above)).order_by("at")
    ]
    return longer + [
        _moved_row(each, each.unit, f"内部截止{day_text(each.closes_on)}", each.note)
        for each in (internal.filter(unit__in=reach) | internal.filter(unit__in=above)).order_by("at")
    ]


def _moved_row(each: Any, place: Organisation, text: str, reason: str) -> Shown:
    return {
        "window": each.window.label, "place": "全公司" if place.parent_id is None else place.short_name, "text": text,
        "reason": reason, "by_text": f"{each.who} {display.moment(each.at)}",
    }  # fmt: skip


def _states(person: Any, round: Round) -> list[Shown]:
    """How many projects of the round stand where, each with the list behind it."""
    own = Project.objects.visible_to(person).filter(round=round).order_by()
    counted = {row["state"]: row["count"] for row in own.values("state").annotate(count=Count("pk"))}
    address = reverse("projects")
    listed = {State.DRAFT: "草稿、退回修改", State.IN_APPROVAL: "待筛选、待上会"}
    return [
        {
            "key": state.value, "label": listed.get(state, state.label), "count": counted[state],
            "url": f"{address}?{urlencode({'year': round.year})}",
        }
        for state in State
        if counted.get(state)
    ]  # fmt: skip


def _units(found: list[BranchPart], round: Round) -> list[Shown]:
    """One line a unit in 组织序列; nothing where one sees a single branch."""
    if len(found) < 2:
        return []
    by_unit: dict[int, list[BranchPart]] = {}
    for part in found:
        by_unit.setdefault(part.unit.pk, []).append(part)
    units = sorted((parts[0].unit for parts in by_unit.values()), key=lambda unit: (unit.rank, unit.path))
    return [{"unit": unit, "share": _share(by_unit[unit.pk], round)} for unit in units]


def _share(parts: Iterable[BranchPart], round: Round) -> Share:
    return participation.share(parts, round)


def part_state(part: BranchPart) -> str:
    """Which of the three lists a branch stands in."""
    return "left_out" if part.left_out else "in" if part.applied else "not_yet"


def tabs(found: list[BranchPart], state: str) -> list[Shown]:
    """全部 and the three lists, each with its count."""
    counts = {key: sum(part_state(part) == key for part in found) for key in PART_STATES}
    every = {"key": "", "label": "全部", "count": len(found), "active": state not in PART_STATES}
    return [
        every,
        *(
            {"key": key, "label": label, "count": counts[key], "active": key == state}
            for key, label in PART_STATES.items()
        ),
    ]
