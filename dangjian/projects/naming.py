"""The name of a project: how long it may be, and which names read alike (S-23, S-106)."""

from __future__ import annotations

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


def alike(one: str, other: str) -> bool:
    """Whether two project names read alike: at least 60 % of their character pairs in common."""
    pairs, other_pairs = _pairs(one), _pairs(other)
    return bool(pairs and other_pairs) and 10 * len(pairs & other_pairs) >= 6 * min(len(pairs), len(other_pairs))


def _pairs(name: str) -> set[str]:
    kept = "".join(ch for ch in name if ch.isalnum())
    return {kept[i : i + 2] for i in range(len(kept) - 1)}
