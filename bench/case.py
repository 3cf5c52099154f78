"""The cases: which page is asked for by whom."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse

from bench import wording
from bench.company import SIGNED_IN
from dangjian.people.account import Account
from dangjian.people.organisation import Organisation
from dangjian.programmes.round import Round
from dangjian.projects.project import Project
from dangjian.projects.state import State

COMPANY, UNIT, BRANCH = SIGNED_IN


@dataclass(frozen=True)
class Case:
    """``table`` is the one whose rows the page shows; the query that reads them is measured alone."""

    name: str
    role: str
    path: str
    table: str = Project._meta.db_table


def cases() -> Iterator[Case]:
    """Every measured page, over the data set in the database."""
    unit = Organisation.objects.get(people__account__username=SIGNED_IN[UNIT])
    branch = Account.objects.get(username=SIGNED_IN[BRANCH]).person.organisation
    own = Project.objects.filter(branch=branch, state=State.ESTABLISHED).latest("pk")
    to_screen = Project.objects.filter(unit=unit, approval__current__by_meeting=False).latest("pk")
    year = Round.objects.latest("year").year
    lists: dict[str, dict[str, object]] = {
        "台账": {},
        "台账：状态＋单位": {"state": "established", "unit": unit.pk},
        "台账：年度＋议题": {"year": year, "topic": "saving"},
        "台账：组织序列": {"order": "tree"},
        "台账：第10页": {"page": 10},
        f"查找“{wording.COMMON}”": {"q": wording.COMMON},
        f"查找“{wording.RARE}”": {"q": wording.RARE},
    }
    paths = {name: f"{reverse('projects')}?{urlencode(query)}" for name, query in lists.items()}
    yield from (Case(name, COMPANY, path) for name, path in paths.items())
    yield from (Case(name, UNIT, paths[name]) for name in ("台账", f"查找“{wording.COMMON}”"))
    yield Case("台账", BRANCH, paths["台账"])
    for role in SIGNED_IN:
        yield Case("项目页", role, reverse("project", args=[own.pk]))
    yield Case("筛选页", UNIT, reverse("screening", args=[to_screen.pk]))
    yield Case("筛选队列", UNIT, reverse("screenings"))
    yield Case("待办", UNIT, reverse("todos"))
    yield Case("待办", BRANCH, reverse("todos"))
    for role in SIGNED_IN:
        yield Case("工作台", role, reverse("workbench"))
    yield Case("会议记录", COMPANY, reverse("meetings"), "dangjian_meeting")
    for kind, name in (("docx", "Word"), ("pdf", "PDF")):
        yield Case(f"附件1 {name}", UNIT, reverse("paper", args=[own.pk, "application", kind]))
