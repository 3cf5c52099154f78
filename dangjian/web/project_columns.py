"""The columns of the project list: what each is called, how wide it is in Excel, and what it says of a project."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from dangjian.agreements.letter import UNDER_WAY
from dangjian.delivery.plan import Plan
from dangjian.delivery.plan_state import MAY_PLAN
from dangjian.foundation import clock
from dangjian.foundation.window import day_text
from dangjian.papers.excel import Value
from dangjian.projects.project import Project
from dangjian.projects.row import sentences
from dangjian.web import display
from dangjian.web.display import Shown

Told = Callable[[Project, Shown], Value]


@dataclass(frozen=True)
class Column:
    """A column of the list.

    ``under`` names the column whose cell takes this one's text where the screen is too narrow for both;
    ``kept`` columns are shown to whoever has chosen none; ``reads`` is a list of the project that the value is made of.
    """

    key: str
    label: str
    width: int
    value: Told
    under: str = ""
    kept: bool = True
    reads: str = ""


def _of_row(key: str) -> Told:
    return lambda project, row: str(row[key])


def _on(field: str) -> Told:
    def day(project: Project, row: Shown) -> date | None:
        at: datetime | None = getattr(project, field)
        return clock.local(at).date() if at else None

    return day


def _lines(key: str) -> Told:
    """The lines of a list of the application, as papers print them."""
    return lambda project, row: sentences(getattr(project, key).all(), project.rules)


def _written(key: str, listed: str = "") -> Told:
    """A text of the application; where nothing is written, the list that stands for it."""

    def said(project: Project, row: Shown) -> Value:
        text = str(getattr(project.application, key)).strip()
        return text or (str(sentences(getattr(project, listed).all(), project.rules)) if listed else "")

    return said


def _partners(project: Project, row: Shown) -> Value:
    return "、".join(branch.short_name for branch in project.partner_branches())


def _filed(project: Project, row: Shown) -> Value:
    """How its line of the unit's 项目汇总表 stands; nothing before there is one to report."""
    if project.established_at is None:
        return ""
    day = f"（{day_text(project.filed_on)}）" if project.filed_on else ""
    return f"{project.get_filing_state_display()}{day}"


def _marked(project: Project, row: Shown) -> Value:
    return str(project.highlight or "")


def _letter(project: Project, row: Shown) -> Value:
    """责任书: the day it was signed, or by when it is to follow."""
    if project.letter_signed_on is not None:
        return f"{day_text(project.letter_signed_on)}签订"
    if project.state not in UNDER_WAY or not project.awaits_letter:
        return ""
    if project.letter_due_on is None:
        return "待签订"
    return "补签已逾期" if not project.letter_may_follow else f"待补签，{day_text(project.letter_due_on)}前"


def _plan(project: Project, row: Shown) -> Value:
    """实施计划: how far it is, or the day of its approval."""
    if project.planned_on is not None:
        return f"{day_text(project.planned_on)}审定"
    if project.state not in MAY_PLAN or not project.awaits_plan:
        return ""
    plan = Plan.of(project)
    return plan.waiting_label if plan is not None else "待制定"


def _milestone(project: Project, row: Shown) -> Value:
    """The next of an approved plan that is due today or later."""
    if project.planned_on is None or project.state not in MAY_PLAN:
        return ""
    known = [(each.due, each.place, each.name) for each in project.milestones.all() if each.due]
    day, _, name = min((each for each in known if each[0] >= clock.today()), default=(None, 0, ""))
    return f"{day_text(day)} {name}" if day else ""


def _reviewed(project: Project, row: Shown) -> Value:
    """Whether the unit decided on time (S-26): its last decision, as far as a day was set."""
    own = (
        [step for step in project.approval.steps.all() if step.organisation_id == project.unit_id]
        if project.approval
        else []
    )
    late = [step.days_late for step in own if step.days_late is not None]
    return "" if not late else f"晚 {max(late)} 天" if max(late) else "按时"


# The name leads to the project and is always there.
ALWAYS = "name"
COLUMNS = (
    Column("number", "编号", 11, _of_row("number"), under="name"),
    Column("name", "项目名称", 36, _of_row("name")),
    Column("year", "年度", 7, lambda project, row: project.round.year, under="name", kept=False),
    Column("branch", "承担支部", 20, lambda project, row: project.branch.short_name),
    Column("partners", "参与支部", 30, _partners, under="branch", kept=False, reads="partners"),
    Column("unit", "所属单位", 14, lambda project, row: project.unit.short_name, under="branch"),
    Column("span", "起止", 17, _of_row("span_text")),
    Column("owner", "主要责任人", 11, _of_row("owner_name"), under="span"),
    Column("origin", "来源", 12, _of_row("origin_text")),
    Column("topic", "议题", 14, _of_row("topic_text"), under="origin"),
    Column("carrier", "载体", 14, lambda project, row: display.labels(project, "carrier"), under="origin", kept=False),
    Column(
        "bank_topic",
        "选题库",
        24,
        lambda project, row: project.bank_topic.title if project.bank_topic else "",
        under="origin",
        kept=False,
    ),
    Column("highlight", "亮点", 30, _marked, kept=False),
    Column("problem", "解决问题", 40, _written("problem"), kept=False, reads="application"),
    Column("measures", "采取措施", 40, _written("measures"), kept=False, reads="application"),
    Column(
        "expected_goal",
        "达到目标",
        40,
        _written("expected_goal", "targets"),
        kept=False,
        reads="application__project__targets",
    ),
    Column("stage_goal", "阶段性目标", 36, _written("stage_goal"), kept=False, reads="application"),
    Column("targets", "目标明细", 40, _lines("targets"), kept=False, reads="targets"),
    Column("carriers", "载体明细", 36, _lines("carriers"), kept=False, reads="carriers"),
    Column("consultations", "征求意见", 36, _lines("consultations"), kept=False, reads="consultations"),
    Column("state", "状态", 10, _of_row("state_text")),
    Column("stage", "当前环节", 12, _of_row("stage_text")),
    Column("stay", "停留", 12, _of_row("stay_text"), under="stage"),
    Column("review", "评审办结", 11, _reviewed, kept=False, reads="approval__steps"),
    Column("filing", "备案", 12, _filed, under="state", kept=False),
    Column("letter", "责任书", 20, _letter, kept=False),
    Column("plan", "实施计划", 18, _plan, kept=False, reads="plan__approval__current"),
    Column("milestone", "下一里程碑", 34, _milestone, kept=False, reads="milestones"),
    Column("submitted", "申报时间", 15, _on("submitted_at"), under="span", kept=False),
    Column("established", "立项时间", 15, _on("established_at"), under="span", kept=False),
    Column("changed", "最近变动", 15, _on("changed_at"), under="span", kept=False),
)
# Beneath another column these need their name: a bare date does not say what happened on it, a branch not what it does.
_NAMED_BELOW = {"partners", "filing", "submitted", "established", "changed"}


def chosen(keys: Iterable[str]) -> list[Column]:
    """The columns asked for, in the order of the list; those that everybody sees where none is known."""
    known = {column.key for column in COLUMNS} & set(keys)
    return [column for column in COLUMNS if (column.key in known or column.key == ALWAYS if known else column.kept)]


def are_usual(columns: list[Column]) -> bool:
    """Whether these are what everybody sees who has chosen nothing."""
    return all(column.kept == (column in columns) for column in COLUMNS)


@dataclass(frozen=True)
class Heading:
    """A column as the head of the table shows it; ``below`` are the names of those folded under it."""

    column: Column
    below: list[Column]
    folds: bool
    roomy: bool


def headings(columns: list[Column]) -> list[Heading]:
    """How the chosen columns share the width. The origin gives way on small screens to whoever has not chosen it."""
    keys = {column.key for column in columns}
    usual = are_usual(columns)
    return [
        Heading(
            column,
            [other for other in columns if other.under == column.key],
            folds=column.under in keys,
            roomy=usual and "origin" in (column.key, column.under),
        )
        for column in columns
    ]


def shown(project: Project, heads: list[Heading], *, takes_part: bool) -> Shown:
    """A line of the list as the page draws it: ``display.row`` with a cell for each column."""
    row = display.row(project) | {"tags": display.tags(project, takes_part=takes_part)}
    cells: list[dict[str, Any]] = []
    for head in heads:
        below = [{"text": _below(each, project, row), "late": _is_late(each, row)} for each in head.below]
        cells.append(
            {
                "head": head,
                "text": _text(head.column.value(project, row)),
                "late": _is_late(head.column, row),
                "below": [each for each in below if each["text"]],
            }
        )
    return {**row, "cells": cells}


def _is_late(column: Column, row: Shown) -> bool:
    return column.key == "stay" and bool(row["late"])


def _below(column: Column, project: Project, row: Shown) -> str:
    text = _text(column.value(project, row))
    return f"{column.label}：{text}" if text and column.key in _NAMED_BELOW else text


def _text(value: Value) -> str:
    return day_text(value) if isinstance(value, date) else str(value or "")
