"""The branches (承担支部) somebody may bring projects in for, found by whatever name a file calls them."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from dangjian.intake.grid import narrowed
from dangjian.people.access import Ability
from dangjian.people.former_name import NAMES
from dangjian.people.organisation import BRANCH_KINDS, Organisation

_SHELL = re.compile(r"^(中国共产党|中共)|(联合|临时)?(党支部|支部|党总支|总支)(委员会)?$")


@dataclass(frozen=True)
class Match:
    """``branch`` where one was found; ``why`` says how, or why not; ``sure`` where it bears exactly that name."""

    branch: Organisation | None
    sure: bool = True
    why: str = ""


class Branches:
    """Read once for a whole file."""

    def __init__(self, by: Any) -> None:
        held = Organisation.objects.in_scopes(by.scopes(Ability.TAKE_OVER)).filter(kind__in=BRANCH_KINDS)
        self.all = list(held.select_related("parent").prefetch_related("former_names").in_order())
        self._by_name: dict[str, list[Organisation]] = defaultdict(list)
        self._by_stem: dict[str, list[Organisation]] = defaultdict(list)
        for branch in self.all:
            called = [branch, *branch.former_names.all()]
            names = {narrowed(getattr(each, name)) for each in called for name in NAMES} - {""}
            for name in names | {narrowed(self.label(branch))}:
                self._by_name[name].append(branch)
            for stem in {_stem(name) for name in names} - {""}:
                self._by_stem[stem].append(branch)

    @staticmethod
    def label(branch: Organisation) -> str:
        """机关党支部（一公司党委）: what tells branches of one name in different units apart."""
        return f"{branch.short_name}（{branch.parent.short_name}）" if branch.parent else branch.short_name

    def find(self, text: str, unit: str = "") -> Match:
        """The branch that ``text`` names; ``unit`` is what the file says of whose it is."""
        told = narrowed(text)
        if not told:
            return Match(None, why="请选择承担支部")
        found = self._of_unit(self._by_name.get(told, []), unit)
        if len(found) == 1:
            return Match(found[0])
        if not found:
            found = self._of_unit(self._alike(_stem(told)), unit)
            if len(found) == 1:
                return Match(found[0], sure=False, why=f"按“{text}”推断")
        if found:
            return Match(None, why=f"有 {len(found)} 个支部叫这个名字，请选择")
        return Match(None, why="不在您管理的支部中，请选择")

    def _alike(self, stem: str) -> list[Organisation]:
        """Those of the same name but for 党支部 and 中共; else those whose name holds it, or is held by it."""
        if len(stem) < 2:
            return []
        same = self._by_stem.get(stem, [])
        near = [branch for other, held in self._by_stem.items() if stem in other or other in stem for branch in held]
        return list(dict.fromkeys(same or near))

    def _of_unit(self, found: list[Organisation], unit: str) -> list[Organisation]:
        """Where several bear the name, those of the unit whose file it is."""
        told = narrowed(unit)
        if len(found) < 2 or not told:
            return found
        own = [
            branch
            for branch in found
            if branch.parent and told in {narrowed(getattr(branch.parent, name)) for name in NAMES}
        ]
        return own or found


def _stem(name: str) -> str:
    return _SHELL.sub("", _SHELL.sub("", name))
