"""What is printed of a plan: 《党建项目化管理实施计划书》 (附件3), blank and filled, in its seven sections (S-118, S-119)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from dangjian.delivery.change import PlanChange
from dangjian.delivery.change_state import State
from dangjian.delivery.charge import Charge
from dangjian.delivery.goal import Goal, Level
from dangjian.delivery.measure import Measure
from dangjian.delivery.milestone import Milestone
from dangjian.delivery.plan import Plan
from dangjian.delivery.plan_revision import LISTS, facts_of, plain
from dangjian.delivery.task import Task
from dangjian.foundation import clock
from dangjian.foundation.window import day_text
from dangjian.papers import official
from dangjian.papers.blocks import (
    Block,
    Column,
    Cover,
    Foot,
    Heading,
    Label,
    ListTable,
    PageBreak,
    Paper,
    SignatureRow,
    Text,
)
from dangjian.papers.official import Align
from dangjian.programmes.scheme import Scheme
from dangjian.projects.offline import ELSEWHERE
from dangjian.projects.paper_kind import PaperKind
from dangjian.projects.period import Period
from dangjian.projects.row import typed
from dangjian.projects.scan import Slot

TITLE = "党建项目化管理实施计划书"
TITLES = ("党建项目化管理", "实施计划书")
BLANK_ROWS, BLANK_YEARS = 5, 4
ROOM_TO_SIGN = 6
_LINES_BY_HAND = {"profile": 6, "background": 10, "expected": 10}
"""Empty lines of the form that is filled in by hand."""
_NAMES = {"profile": "实施单位基本情况", "background": "项目背景及必要性", "expected": "预期目标"}

_TEAM = (
    Column("序号", 12, Align.CENTER), Column("姓名", 22, Align.CENTER), Column("政治面貌", 26, Align.CENTER),
    Column("职务", 38), Column("项目分工", 58),
)  # fmt: skip
_MEASURES = (
    Column("序号", 12, Align.CENTER), Column("措施", 76), Column("责任人", 22, Align.CENTER), Column("起止时间", 46, Align.CENTER),
)  # fmt: skip
_GOALS = (
    Column("层级", 13, Align.CENTER), Column("指标或目标", 36), Column("现状值", 18, Align.CENTER),
    Column("目标值", 19, Align.CENTER), Column("验收标准", 34), Column("责任人", 15, Align.CENTER),
    Column("完成时间", 21, Align.CENTER),
)  # fmt: skip
_MILESTONES = (
    Column("序号", 12, Align.CENTER), Column("时间", 34, Align.CENTER), Column("里程碑", 84), Column("责任人", 26, Align.CENTER),
)  # fmt: skip
_TASKS = (
    Column("年度", 16, Align.CENTER), Column("年度任务", 80), Column("责任人", 24, Align.CENTER), Column("完成时间", 36, Align.CENTER),
)  # fmt: skip
_CHANGES = (
    Column("序号", 12, Align.CENTER), Column("类别", 16, Align.CENTER), Column("变更前", 42), Column("变更后", 42), Column("理由和决定", 44),
)  # fmt: skip


def plan_paper(plan: Plan) -> Paper:
    """附件3 of a plan: what was handed in, or what its last change made of it; a draft as it stands."""
    revision = plan.current
    facts = revision.facts if revision is not None else plain(facts_of(plan))
    name = f"附件3 实施计划书 {plan.project.branch.short_name} {plan.project.name}"
    if plan.project.is_offline:
        return _bound(facts, (Text(ELSEWHERE.replace("申请表", "实施计划书")),), name, plan.approved_on)
    paper = _bound(
        facts,
        (*_sections(facts), *_signing(plan.project.rules, plan), *_changes(plan)),
        name,
        plan.approved_on or clock.local(plan.edited_at).date(),
    )
    paper = replace(paper, form="plan", issued_at=revision.at if revision is not None else None)
    # What nobody handed in is signed by nobody.
    return paper if revision is None else replace(paper, mark=Slot(PaperKind.PLAN, plan.project).mark)


def approved_paper(plan: Plan) -> Paper | None:
    """附件3 as it was approved, whatever changed since (S-13); None before it is approved, and of an offline one."""
    revision = None if plan.project.is_offline else plan.baseline
    if revision is None:
        return None
    name = f"附件3 实施计划书（审定稿） {plan.project.branch.short_name} {plan.project.name}"
    return replace(
        _bound(
            revision.facts, (*_sections(revision.facts), *_signing(plan.project.rules, plan)), name, plan.approved_on
        ),
        form="plan",
        issued_at=revision.at,
    )


def blank_plan(rules: Scheme) -> Paper:
    """附件3 to be filled in by hand."""
    return replace(_bound({}, (*_sections({}), *_signing(rules)), "附件3 实施计划书（空白）", None), form="plan")


def every_block(rules: Scheme) -> Paper:
    """附件3 with every block that one may have, for its template."""
    sections = _sections({})
    team, schedule = sections.index(Heading("二、项目成员基本情况")), sections.index(Heading("六、完成时间")) + 1
    partners, span = Text("", name="参与支部", optional=True), Text("", keep=True, name="时限说明", optional=True)
    optional = (*sections[:team], partners, *sections[team:schedule], span, *sections[schedule:])
    blocks = (*optional, *_signing(rules), *_change_log([]))
    return replace(_bound({}, blocks, "附件3 实施计划书（模板）", None), form="plan")


def _bound(facts: dict[str, Any], blocks: tuple[Block, ...], stem: str, made_on: date | None) -> Paper:
    starts, ends = facts.get("starts"), facts.get("ends")
    cover = Cover(
        facts.get("unit") or "ＸＸＸＸ单位", TITLES,
        (
            ("项目名称：", facts.get("name", "")), ("项目单位：", facts.get("branch", "")),
            ("项目主要责任人：", facts.get("owner", "")),
            ("项目时限：", str(Period(starts, ends)) if starts and ends else ""),
        ),
    )  # fmt: skip
    whole = (Label("附件3"), cover, PageBreak(), *blocks)
    return Paper(title=TITLE, stem=stem, blocks=whole, foot=Foot.CENTERED, made_on=made_on)


def _sections(facts: dict[str, Any]) -> tuple[Block, ...]:
    rows = {kind: kind.thawed(facts.get(kind.key()) or []) for kind in LISTS}
    return (
        Heading("一、实施单位基本情况"), *_words(facts, "profile"), *_partners(facts),
        Heading("二、项目成员基本情况"), _table("项目成员", _TEAM, _team(facts)),
        Heading("三、项目背景及必要性"), *_words(facts, "background"),
        Heading("四、主要措施"), _table("主要措施", _MEASURES, [_measure(row) for row in rows[Measure]]),
        Heading("五、预期目标"), *_words(facts, "expected"), _table("目标", _GOALS, [_goal(row) for row in rows[Goal]]),
        Heading("六、完成时间"), *_schedule(facts, rows[Task], rows[Milestone]),
        Heading("七、附件"), *_enclosures(facts),
    )  # fmt: skip


def _partners(facts: dict[str, Any]) -> tuple[Block, ...]:
    """Who carries a joint project together with the branch, as 附件1 names them."""
    partners = "；".join(facts.get("partners", []))
    return (Text(f"参与支部：{partners}。", name="参与支部", optional=True),) if partners else ()


def _words(facts: dict[str, Any], name: str) -> tuple[Block, ...]:
    """The paragraphs of a text; room to write where there is none yet."""
    text = facts.get(name, "")
    return (Text(text if text or facts else "\n" * (_LINES_BY_HAND[name] - 1), name=_NAMES[name]),)


def _table(
    name: str,
    columns: tuple[Column, ...],
    rows: Sequence[tuple[str, ...]],
    *,
    empty: int = BLANK_ROWS,
    optional: bool = False,
) -> ListTable:
    """A table; one without rows keeps some `empty` to write in, three lines high."""
    blank = ("\n\n", *("",) * (len(columns) - 1))
    return ListTable(columns, tuple(rows) or (blank,) * empty, name=name, optional=optional)


def _team(facts: dict[str, Any]) -> list[tuple[str, ...]]:
    return [
        (str(number), one["name"], one["political_status"], one["post"], one["duty"])
        for number, one in enumerate(facts.get("team") or [], start=1)
    ]


def _measure(row: Any) -> tuple[str, ...]:
    ends = f"至{_short(row.due)}" if row.due else ""
    return str(row.place), row.name, row.person_name, f"{_short(row.starts)}{ends}"


def _goal(row: Any) -> tuple[str, ...]:
    """Deeper levels stand further in, as the tree on screen shows them."""
    value = f"{typed(row.value)}{row.unit}" if row.value is not None else "定性"
    before = f"{typed(row.baseline)}{row.unit}" if row.baseline is not None else ""
    label = Level(row.level).label.replace("目标", "\n目标") if row.level else ""
    return label, f"{'　' * row.depth}{row.name}", before, value, row.criterion, row.person_name, _short(row.due)


def _schedule(facts: dict[str, Any], tasks: list[Charge], milestones: list[Charge]) -> tuple[Block, ...]:
    starts, ends = facts.get("starts"), facts.get("ends")
    span = (
        (Text(f"项目时限：{Period(starts, ends)}。", keep=True, name="时限说明", optional=True),)
        if starts and ends
        else ()
    )
    years = [
        (f"{row.year}年" if isinstance(row, Task) and row.year else "", row.name, row.person_name, _short(row.due))
        for row in tasks
    ]
    marks = [(str(row.place), _short(row.due), row.name, row.person_name) for row in milestones]
    annual = (
        (
            Heading("（一）年度任务", 2),
            _table("年度任务", _TASKS, years, empty=BLANK_YEARS, optional=True),
            Heading("（二）里程碑", 2),
        )
        if tasks or not facts
        else ()
    )
    return (*span, *annual, _table("里程碑", _MILESTONES, marks))


def _enclosures(facts: dict[str, Any]) -> tuple[Block, ...]:
    names = [*facts.get("files", []), *(line for line in facts.get("enclosures", "").split("\n") if line.strip())]
    listed = "\n".join(f"{number}.{name.strip()}" for number, name in enumerate(names, start=1))
    return (Text((listed or "无。") if facts else "1.\n2.\n3.", name="附件清单"),)


def _signing(rules: Scheme, plan: Plan | None = None) -> tuple[Block, ...]:
    """Who signs in the end, a leader where the scheme has one do so (分管领导签批), with room to sign; else which meeting decided."""
    final = rules.steps("plan")[-1]
    day = official.dated(plan.approved_on if plan else None)
    if plan and plan.reference:
        return (SignatureRow(columns=((f"{plan.reference}审定", day),), align=Align.RIGHT),)
    if final.meeting:
        return ()
    who = plan.leader if plan and plan.leader else "　" * ROOM_TO_SIGN
    gap = SignatureRow(columns=(("",),))
    return (gap, SignatureRow(columns=(("",), (f"{final.label}：{who}", day)), shares=(9, 19)))


def _changes(plan: Plan) -> tuple[Block, ...]:
    """The log of what was changed since the plan was approved (S-13)."""
    granted = list(plan.changes.filter(state=State.GRANTED))
    for change in granted:
        change.plan = plan
    rows = [
        _change(change, each, is_first=number == 0)
        for change in granted
        for number, each in enumerate(change.differences())
    ]
    return _change_log(rows) if rows else ()


def _change_log(rows: Sequence[tuple[str, ...]]) -> tuple[Block, ...]:
    return (Heading("计划变更记录"), ListTable(_CHANGES, tuple(rows), name="变更", optional=True))


def _change(change: PlanChange, each: Any, *, is_first: bool) -> tuple[str, ...]:
    """What one change changes; why and by whom stands in the first of its lines."""
    settled = change.settled_at and clock.local(change.settled_at).date()
    decided = f"{change.reference}同意，{day_text(change.held_on)}" if change.reference else f"{day_text(settled)}登记"
    return (
        str(change.number), change.get_weight_display()[:2], each.before, each.after or "取消",
        f"{change.reason}\n{decided}" if is_first else "同上",
    )  # fmt: skip


def _short(day: date | None) -> str:
    """2022.9.30, as tables print it."""
    return f"{day.year}.{day.month}.{day.day}" if day else ""
