"""The comparison (上会对照表): projects that wait for a meeting side by side, to choose among them (S-28)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from dangjian.foundation import clock
from dangjian.foundation.window import day_text
from dangjian.papers import excel
from dangjian.papers.blocks import LANDSCAPE, Column, Foot, ListTable, Paper, Title
from dangjian.papers.face import taken_by
from dangjian.papers.line import Line
from dangjian.papers.official import Align
from dangjian.projects.offline import ELSEWHERE
from dangjian.projects.project import Project

TITLE = "上会项目对照表"


@dataclass(frozen=True)
class Aspect:
    """By what projects are compared: its width in mm on paper, and in characters in Excel."""

    label: str
    width: float
    characters: int
    told: Callable[[Project], str]
    align: Align = Align.LEFT


def _screening(project: Project) -> str:
    return next((step.opinion for step in project.run.steps.all() if step.key == "screening"), "")


def _problem(project: Project) -> str:
    return ELSEWHERE if project.is_offline else project.application.problem


def _hands(project: Project) -> str:
    return project.branch.short_name + (f"\n{project.owner.name}" if project.owner else "")


# Page, paper and Excel take their columns from here.
ASPECTS = (
    Aspect("项目名称", 30, 20, lambda project: project.name),
    Aspect("支部、责任人", 24, 14, _hands),
    Aspect("起止日期", 28, 16, lambda project: str(project.period or ""), Align.CENTER),
    Aspect("解决问题", 36, 24, _problem),
    Aspect("采取措施", 48, 28, lambda project: project.application.measures),
    Aspect("达到目标", 29, 18, lambda project: project.application.expected_goal),
    Aspect("筛选意见", 18, 12, _screening),
)


def rows(projects: Sequence[Project]) -> list[tuple[str, ...]]:
    """A line for each project, in the order given, under the labels of :data:`ASPECTS`."""
    return [tuple(aspect.told(project) for aspect in ASPECTS) for project in projects]


def paper(projects: Sequence[Project]) -> Paper:
    """The list on its side, as Word and PDF draw it."""
    today = clock.today()
    numbered = enumerate(rows(projects), start=1)
    return Paper(
        title=TITLE,
        stem=f"{TITLE} {day_text(today)}",
        blocks=(
            Title(TITLE),
            Line((f"研究单位：{_deciding(projects)}", f"共 {len(projects)} 个项目", day_text(today))),
            ListTable(
                columns=(
                    Column("序号", 12, Align.CENTER),
                    *(Column(aspect.label, aspect.width, aspect.align) for aspect in ASPECTS),
                ),
                rows=tuple((str(number), *row) for number, row in numbered),
            ),
        ),
        page=LANDSCAPE,
        foot=Foot.CENTERED,
        made_on=today,
    )


def sheet(projects: Sequence[Project], *, by: str) -> excel.Sheet:
    """The same as Excel draws it, with the name of who takes it out at its foot."""
    foot = f"{taken_by(by, '导出人')} · 共 {len(projects)} 条"
    columns = [excel.Column("序号", 6), *(excel.Column(aspect.label, aspect.characters) for aspect in ASPECTS)]
    numbered: list[tuple[excel.Value, ...]] = [(number, *row) for number, row in enumerate(rows(projects), start=1)]
    return excel.Sheet(TITLE, columns, numbered, foot, long_texts=True)


def _deciding(projects: Sequence[Project]) -> str:
    """Which committees the projects wait for."""
    return "、".join(dict.fromkeys(project.step.organisation.short_name for project in projects if project.step))
