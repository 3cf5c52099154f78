"""What the page of a project from paper shows beyond the form: the ground it entered on, and what else the paper says."""

from __future__ import annotations

from typing import Any

from dangjian.foundation.window import day_text
from dangjian.projects.project import Project
from dangjian.web import display


def facts(project: Project) -> list[dict[str, Any]]:
    """Nothing for a project that began here."""
    past = project.past
    if past is None:
        return []
    days = (("纸上的立项日期", past.established_on), ("纸上的完成日期", past.completed_on))
    rows = [
        ("补录依据", f"{past.source}\n（{past.who} {display.moment(past.at)}录入）"),
        *((label, day_text(day)) for label, day in days if day),
        ("纸上的责任人", past.leader), ("备注", past.remark), *past.extra.items(),
    ]  # fmt: skip
    return [{"label": label, "value": value} for label, value in rows if value]


def form_day(project: Project) -> str:
    """填表时间 as the page shows it."""
    filled = project.application.filled_on
    if filled is not None:
        return day_text(filled)
    return "日期不详" if project.taken_over_at else "提交时自动填写"
