"""The scheme change (方案改动): what two versions say differently, place by place, in the words of the scheme file."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from dangjian.foundation.window import day_text
from dangjian.programmes.part import Part
from dangjian.programmes.scheme import Scheme

NOTHING = "（无）"
_NAMES = ("key", "code", "number", "body")  # what an entry of a list is recognised by


@dataclass(frozen=True)
class Change:
    """One difference: where it stands, what it said, what it says."""

    where: str
    before: str
    after: str


def changes(before: Scheme, after: Scheme) -> list[Change]:
    """Every difference, in the order of the file."""
    return list(_of_parts(before, after, ()))


def _of_parts(before: Part, after: Part, where: tuple[str, ...]) -> Iterator[Change]:
    for name, field in type(after).model_fields.items():
        old, new = getattr(before, name), getattr(after, name)
        if old != new:
            # A description goes on to explain; what it begins with is the name, or what is so where it says true.
            label = re.split(r"[，：；。（]", field.description or name, maxsplit=1)[0].removeprefix("true ")
            yield from _of_values(old, new, where if name == "label" else (*where, label))


def _of_values(old: Any, new: Any, where: tuple[str, ...]) -> Iterator[Change]:
    if isinstance(old, Part) and type(old) is type(new):
        yield from _of_parts(old, new, where)
    elif isinstance(old, tuple) and isinstance(new, tuple) and _named(old) and _named(new):
        yield from _of_lists(old, new, where)
    else:
        yield Change(" / ".join(where), _said(old), _said(new))


def _of_lists(old: tuple[Part, ...], new: tuple[Part, ...], where: tuple[str, ...]) -> Iterator[Change]:
    was, now = ({_name(entry): entry for entry in entries} for entries in (old, new))
    for name, entry in now.items():
        if name not in was:
            yield Change(" / ".join(where), NOTHING, f"增加“{_said(entry)}”")
        elif was[name] != entry:
            yield from _of_values(was[name], entry, (*where, _said(was[name])))
    for name, entry in was.items():
        if name not in now:
            yield Change(" / ".join(where), f"“{_said(entry)}”", "取消")
    if was.keys() == now.keys() and list(was) != list(now):
        yield Change(" / ".join(where), _said(old), _said(new))


def _named(entries: tuple[Any, ...]) -> bool:
    names = [_name(entry) for entry in entries]
    return None not in names and len(set(names)) == len(names)


def _name(entry: Any) -> Any:
    if not isinstance(entry, Part):
        return None
    return next((getattr(entry, name) for name in _NAMES if name in type(entry).model_fields), None)


def _said(value: Any) -> str:
    match value:
        case None | "" | ():
            return NOTHING
        case bool():
            return "是" if value else "否"
        case Decimal():
            return f"{value.normalize():f}"
        case date():
            return day_text(value)
        case tuple():
            return "、".join(_said(each) for each in value)
        case Part():
            named = getattr(value, "label", None) or getattr(value, "title", None)
            return str(named) if named else "，".join(_said(getattr(value, name)) for name in type(value).model_fields)
        case _:
            return str(value)
