"""The name of a project: how long it may be, and which names read alike (S-23, S-106)."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable

from dangjian.foundation.lifecycle import Reason, Refused
from dangjian.programmes.scheme import Scheme


def checked_name(name: str, rules: Scheme) -> str:
    """The name of a project with single spaces. Raises Refused where it is empty or too long (S-106)."""
    name = " ".join(str(name or "").split())
    if not name:
        raise Refused(Reason("请填写项目名称", "name"))
    if len(name) > rules.application.name_max:
        raise Refused(Reason(f"项目名称最多 {rules.application.name_max} 字，现有 {len(name)} 字", "name"))
    return name


def likeness(name: str) -> Callable[[str], bool]:
    """What tells whether another name reads like ``name``: at least 60 % of the character pairs of the shorter in common."""
    pairs = _pairs(name)

    def is_alike(other: str) -> bool:
        kept = _letters(other)
        common = sum(pair in kept for pair in pairs)
        # Most of ten thousand names share nothing, and need not be taken apart to be told so.
        return common > 0 and 10 * common >= 6 * min(len(pairs), len(_pairs(other)))

    return is_alike


def _letters(name: str) -> str:
    return "".join(filter(str.isalnum, name))


def _pairs(name: str) -> set[str]:
    kept = _letters(name)
    return {kept[i : i + 2] for i in range(len(kept) - 1)}


def name_key(name: str) -> str:
    """What two spellings of one name have in common: letters and digits alone, without width and case."""
    told = unicodedata.normalize("NFKC", name).casefold()
    return _letters(told) or told
