"""成册: the papers of a project, or of a unit's year, as one PDF; only what the person may see stands in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from dangjian.agreements import papers as letter_papers
from dangjian.agreements.letter import Letter
from dangjian.delivery import filing_papers, plan_papers, summary
from dangjian.delivery.filing import Filing
from dangjian.delivery.plan import Plan
from dangjian.foundation import clock
from dangjian.foundation.lifecycle import Refused
from dangjian.foundation.window import day_text
from dangjian.papers import pdf
from dangjian.papers.binder import Cover, Leaf, bind
from dangjian.papers.blocks import Paper
from dangjian.people.organisation import Organisation
from dangjian.programmes.round import Round
from dangjian.projects import papers
from dangjian.projects.project import Project

MOST_AT_ONCE = 10
"""Projects of a unit whose book is made while one waits; more are made by the worker."""
MOST = 500


def project_leaves(project: Project, person: Any) -> Iterator[Leaf]:
    """Every paper of the project that there is by now, in the order of its life."""
    for printed in PRINTED:
        for paper, maker in printed(project, person):
            yield Leaf(paper.title, maker, paper.made_on, pdf.draw(paper), project.number)


def _application(project: Project, person: Any) -> Iterator[tuple[Paper, str]]:
    yield papers.application_form(project), project.branch.short_name


def _notice(project: Project, person: Any) -> Iterator[tuple[Paper, str]]:
    paper = papers.paper_of(project, "notice")
    if paper is not None:
        yield paper, project.unit.short_name


def _letter(project: Project, person: Any) -> Iterator[tuple[Paper, str]]:
    """The one that stands: the unit's copy, or the one original of an electronic confirmation."""
    for letter in Letter.objects.visible_to(person).standing().filter(project=project).select_related("project"):
        paper = letter_papers.to_confirm(letter) if letter.electronic else letter_papers.copy_of(letter, 1)
        yield paper, letter.unit.short_name


def _plan(project: Project, person: Any) -> Iterator[tuple[Paper, str]]:
    """Once it was handed in."""
    for plan in Plan.objects.visible_to(person).filter(project=project, handed_in_at__isnull=False):
        yield plan_papers.plan_paper(plan), project.branch.short_name


PRINTED: list[Callable[[Project, Any], Iterator[tuple[Paper, str]]]] = [_application, _notice, _letter, _plan]
"""What prints a project's papers, as the person may see them, with who answers for each."""


def of_project(project: Project, person: Any) -> bytes:
    """The project's book."""
    owner = f"主要责任人：{project.owner.name}" if project.owner else ""
    facts = (
        project.name,
        f"编号：{project.number or '未编号'}",
        f"承担支部：{project.branch.full_name}",
        owner,
        str(project.period or ""),
    )
    cover = Cover("党建项目文书汇编", tuple(fact for fact in facts if fact), _foot(project.unit))
    return bind(cover, list(project_leaves(project, person)))


def projects_of(unit: Organisation, round: Round, person: Any) -> Any:
    """The unit's established projects of the year that the person may see, in 组织序列."""
    seen = Project.objects.visible_to(person).values("pk")
    found = summary.reported(unit, round).filter(pk__in=seen).with_names().select_related("application")
    return found.order_by("branch__rank", "path", "number", "pk")


def of_unit(unit: Organisation, round: Round, person: Any) -> tuple[bytes, int]:
    """The unit's book of a year: its 项目汇总表 first, then project by project; and how many papers it holds."""
    projects = list(projects_of(unit, round, person)[: MOST + 1])
    if not projects:
        raise Refused("没有可以成册的项目")
    if len(projects) > MOST:
        raise Refused(f"项目超过 {MOST} 个，请按项目成册")
    leaves = list(_filed(unit, round, person))
    for project in projects:
        leaves += project_leaves(project, person)
    facts = (unit.full_name, str(round), f"共 {len(projects)} 个项目")
    return bind(Cover("党建项目化管理文书汇编", facts, _foot(unit)), leaves), len(leaves)


def _filed(unit: Organisation, round: Round, person: Any) -> Iterator[Leaf]:
    standing = Filing.objects.visible_to(person).newest().filter(unit=unit, round=round)
    for filing in standing.select_related("unit", "round", "by", "on_behalf_of", "received_by", "received_for"):
        table = filing_papers.of_filing(filing)
        yield Leaf(f"{table.title}{filing.version_text}", unit.short_name, table.made_on, pdf.draw(table), filing.code)
        if filing.received_at is not None:
            receipt = filing_papers.receipt(filing)
            yield Leaf(receipt.title, "公司党委组织部", receipt.made_on, pdf.draw(receipt), filing.code)


def _foot(unit: Organisation) -> tuple[str, str]:
    return unit.signed_as, day_text(clock.today())


def made(person: Any, query: str) -> tuple[bytes, int]:
    """A unit's book for 我的下载; ``query`` names unit and year. Rights are those of this moment."""
    asked = dict(part.split("=", 1) for part in query.split("&"))
    unit = Filing.units(person).filter(pk=int(asked["unit"])).first()
    round = Round.objects.filter(year=int(asked["year"])).first()
    if unit is None or round is None:
        raise Refused("您已不能查看该单位的项目")
    return of_unit(unit, round, person)
