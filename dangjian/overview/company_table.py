"""The company table (全公司汇总表): the newest 项目汇总表 of every unit one below the other, with totals (S-122)."""

from __future__ import annotations

from typing import Any

from django.db.models import Count

from dangjian.delivery import filing_papers
from dangjian.delivery.filing import Filing
from dangjian.foundation import clock
from dangjian.foundation.lifecycle import Refused
from dangjian.foundation.window import day_text
from dangjian.papers import excel, face
from dangjian.people.access import Ability
from dangjian.people.organisation import Organisation
from dangjian.programmes.round import Round
from dangjian.projects.filed import FilingState

KIND = "company-table"
"""What it is called among the downloads."""
KINDS = (*face.FACES, "xlsx")
MOST_AT_ONCE = 300
"""Lines that are drawn while one waits; more are drawn by the worker."""


def is_open_to(person: Any) -> bool:
    """Whether the person oversees the whole company."""
    return any(scope.covers_all for scope in person.scopes(Ability.VIEW_PROJECT))


def count(person: Any, round: Round) -> int:
    """How many lines it has."""
    return Filing.standing_rows(person, round).count()


def totals(person: Any, round: Round) -> list[tuple[str, int]]:
    """How many units and projects, and how many of these stand how."""
    rows = Filing.standing_rows(person, round).order_by()
    states = dict(rows.values_list("state").annotate(Count("pk")))
    units = Filing.objects.visible_to(person).newest().filter(round=round).count()
    answers = (FilingState.RECORDED, FilingState.WAITING, FilingState.RETURNED)
    return [
        ("已报送单位", units),
        ("项目", sum(states.values())),
        *((str(state.label), states.get(state.value, 0)) for state in answers),
    ]


def name(round: Round, kind: str) -> str:
    return f"附件4 项目汇总表 全公司 {round} {day_text(clock.today())}.{kind}"


def draw(person: Any, round: Round, kind: str) -> tuple[bytes, int]:
    """The file, and how many lines it has. Raises Refused where there is nothing, or too much, to print."""
    filings = _of_units(person, round)
    rows = sum(len(filing.rows.all()) for filing in filings)
    if not rows:
        raise Refused(f"{round}还没有单位报送项目汇总表")
    company = Organisation.objects.get(parent=None)
    if kind == "xlsx":
        return excel.draw(filing_papers.sheet_of_company(company, filings)), rows
    content, _ = face.drawn(filing_papers.of_company(company, filings, year=str(round)), kind, by=person.name)
    return content, rows


def made(person: Any, query: str) -> tuple[bytes, int]:
    """The file for 我的下载; ``query`` names year and kind. Rights are those of this moment."""
    asked = dict(part.split("=", 1) for part in query.split("&"))
    round = Round.objects.filter(year=int(asked["year"])).first()
    if round is None or not is_open_to(person):
        raise Refused("您已不能查看全公司的项目")
    return draw(person, round, asked["kind"])


def _of_units(person: Any, round: Round) -> list[Filing]:
    """The newest version of each unit, in 组织序列."""
    found = Filing.objects.visible_to(person).newest().filter(round=round)
    named = found.select_related("unit", "by", "on_behalf_of", "round").prefetch_related("rows")
    return list(named.order_by("unit__rank"))
