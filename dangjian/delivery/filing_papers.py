"""What filing prints: 附件4 项目汇总表 of a unit and of the company, blank and filled, and the 备案回执 (S-120 … S-122)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from dangjian.delivery import lateness, summary
from dangjian.delivery.filing import Filing
from dangjian.delivery.summary import LABELS, Source
from dangjian.foundation import clock
from dangjian.foundation.window import day_text
from dangjian.papers import excel, official
from dangjian.papers.blocks import (
    LANDSCAPE,
    ROOM_FOR_NAME,
    Addressees,
    Block,
    Column,
    Foot,
    Label,
    ListTable,
    Note,
    Paper,
    SignatureRow,
    Text,
    Title,
)
from dangjian.papers.line import Line
from dangjian.papers.official import Align
from dangjian.people.organisation import Organisation
from dangjian.programmes.scheme import Scheme
from dangjian.projects.filed import FilingState
from dangjian.projects.project import Project

NAME = "党建项目化管理项目汇总表"
GROUP = "项目基本情况"
_GROUPED = {"problem", "measures", "goal"}
_WIDTHS = dict(zip(LABELS, (28, 28, 28, 36, 42, 33, 18), strict=True))
_NARROWER = dict(zip(LABELS, (23, 29, 22, 33, 38, 29, 16), strict=True))
_CHARACTERS = dict(zip(LABELS, (18, 16, 14, 23, 26, 20, 12), strict=True))
NOTE = "表下说明"
_SOURCES = {Source.PLAN: "审定的实施计划书", Source.APPLICATION: "项目申请表"}
_CENTERED = {"period", "department"}
BLANK_ROWS = 8
_BLANK_HEAD = ("单位名称：", "填表人：", "联系电话：")
# Two empty lines: room to write by hand.
_EMPTY = (("\n", *("",) * len(LABELS)),) * BLANK_ROWS


def blank(rules: Scheme | None = None) -> Paper:
    """附件4 to be filled in by hand; its form is the plan's own and no scheme changes it."""
    return _paper(_BLANK_HEAD, _EMPTY, stem="附件4 项目汇总表（空白）", made_on=None)


def every_block(rules: Scheme) -> Paper:
    """附件4 with what may stand below its table, for its template."""
    made = blank(rules)
    return replace(made, blocks=(*made.blocks, Note("", NOTE)), stem="附件4 项目汇总表（模板）")


def blank_sheet() -> excel.Sheet:
    return _sheet(_BLANK_HEAD, _EMPTY)


def of_filing(filing: Filing) -> Paper:
    """A version as it was handed in."""
    made_on = clock.local(filing.at).date()
    stem = f"附件4 项目汇总表 {filing.unit.short_name} {filing.round}{filing.version_text}"
    paper = _paper(_head_of(filing), _numbered(filing.lines), stem=stem, made_on=made_on, note=_sources(filing.lines))
    return replace(paper, issued_at=filing.at)


def sheet_of_filing(filing: Filing) -> excel.Sheet:
    return _sheet(_head_of(filing), _numbered(filing.lines), note=_sources(filing.lines))


def live(unit: Organisation, lines: Sequence[summary.Line], *, year: str, filler: str = "", phone: str = "") -> Paper:
    """The table as it would be handed in now."""
    stem, today = f"附件4 项目汇总表 {unit.short_name} {year}（未报送）", clock.today()
    head = _head(unit.full_name, filler, phone)
    return _paper(head, _numbered(lines), stem=stem, made_on=today, note=_sources(lines))


def live_sheet(unit: Organisation, lines: Sequence[summary.Line], *, filler: str = "", phone: str = "") -> excel.Sheet:
    return _sheet(_head(unit.full_name, filler, phone), _numbered(lines), note=_sources(lines))


def of_company(company: Organisation, filings: Sequence[Filing], *, year: str) -> Paper:
    """The newest versions of all units one below the other, each line with its unit (S-122)."""
    rows, note = _with_units(filings)
    today = clock.today()
    return _paper(
        _totals(company, filings, len(rows)),
        rows,
        stem=f"附件4 项目汇总表 全公司 {year} {day_text(today)}",
        made_on=today,
        note=note,
        with_unit=True,
    )


def sheet_of_company(company: Organisation, filings: Sequence[Filing]) -> excel.Sheet:
    rows, note = _with_units(filings)
    return _sheet(_totals(company, filings, len(rows)), rows, note=note, with_unit=True)


def receipt(filing: Filing, project: Project | None = None) -> Paper:
    """备案回执: what the company answered to a version, for the unit's files. Only where :attr:`Filing.has_receipt`.

    With a ``project`` an extract that tells of it alone, for whoever may not see the unit's table.
    """
    assert filing.received_at is not None
    rows = list(filing.rows.all() if project is None else filing.rows.filter(project=project))
    counts = {state: sum(row.state == state for row in rows) for state in FilingState}
    received_on = clock.local(filing.received_at).date()
    answered = [
        f"{word}{counts[state]}项"
        for state, word in (
            (FilingState.RECORDED, "已备案"),
            (FilingState.RETURNED, "退回补正"),
            (FilingState.WAITING, "待备案"),
        )
        if counts[state]
    ]
    code = f"备案号：{filing.code}。" if filing.code else ""
    late = f"（{said}）".replace(" ", "") if (said := lateness.of(filing)) else ""
    company = Organisation.objects.get(parent=None)
    title = "备案回执" if project is None else "备案回执（摘录）"
    answer = (
        f"共{len(rows)}项，其中{'，'.join(answered)}"
        if project is None
        else f"摘录本项目结果：{rows[0].get_state_display()}"
    )
    return Paper(
        title=title,
        stem=f"{title} {filing.unit.short_name} {filing.round}{filing.version_text}",
        blocks=_receipt_blocks(
            title,
            f"{filing.unit_name}：",
            (
                f"{day_text(clock.local(filing.at).date())}报送{late}的{filing.round}《{NAME}》{filing.version_text}收悉，"
                f"{answer}。{code}"
            ),
            tuple(
                (str(row.place), row.line.number, row.line.name, row.get_state_display(), row.reason) for row in rows
            ),
            (f"接收人：{filing.receiver}", _office(company), day_text(received_on)),
        ),
        foot=Foot.OUTER,
        made_on=received_on,
        form="receipt",
        issued_at=filing.received_at,
    )  # fmt: skip


def _receipt_blocks(
    title: str, to: str, text: str, rows: tuple[tuple[str, ...], ...], signed: tuple[str, str, str]
) -> tuple[Block, ...]:
    return (
        Title(title),
        Addressees(to),
        Text(text, name="正文"),
        ListTable(
            columns=(
                Column("序号", 12, Align.CENTER),
                Column("编号", 24, Align.CENTER),
                Column("项目名称", 56),
                Column("结果", 24, Align.CENTER),
                Column("说明", 40),
            ),
            rows=rows,
            name="项目",
        ),
        SignatureRow(columns=(("", signed[0]),), names=(("", "接收人"),)),
        SignatureRow.closing(*signed[1:]),
    )


def every_block_of_receipt(rules: Scheme) -> Paper:
    """The 备案回执 with nothing filled in, for its template."""
    blocks = _receipt_blocks("备案回执", "", "", (), ("", ROOM_FOR_NAME, ""))
    return Paper(title="备案回执", stem="备案回执（模板）", blocks=blocks, foot=Foot.OUTER, form="receipt")


def _office(company: Organisation) -> str:
    """Whose department it is, 华川建设集团党委组织部: on paper no other company is known from where it lies."""
    label = company.department_label or "组织部"
    own = label.removeprefix("党委") if company.short_name.endswith("党委") else label
    return f"{company.short_name}{own}"


def _head_of(filing: Filing) -> tuple[str, ...]:
    return _head(filing.unit_name, filing.who, filing.phone)


def _head(unit: str, filler: str, phone: str) -> tuple[str, ...]:
    """单位名称, 填表人, 联系电话 (S-120)."""
    return (f"单位名称：{unit}", f"填表人：{filler}", f"联系电话：{phone}")


def _totals(company: Organisation, filings: Sequence[Filing], count: int) -> tuple[str, ...]:
    return (f"单位名称：{company.full_name}", f"共 {len(filings)} 个单位、{count} 个项目", day_text(clock.today()))


def _numbered(lines: Sequence[summary.Line]) -> list[tuple[str, ...]]:
    return [(str(place), *line.told()) for place, line in enumerate(lines, start=1)]


def _with_units(filings: Sequence[Filing]) -> tuple[list[tuple[str, ...]], str]:
    """The rows of all versions, and what is said below them."""
    lines = [(filing.unit.short_name, line) for filing in filings for line in filing.lines]
    rows = [(str(place), unit, *line.told()) for place, (unit, line) in enumerate(lines, start=1)]
    return rows, _sources([line for _, line in lines])


def _sources(lines: Sequence[summary.Line]) -> str:
    """Which rows tell measures and goals of the approved plan, and which still of the application; the two are worded apart.

    Where all are of one kind the form stays as the plan (方案) prints it, with nothing below.
    """
    told = [
        f"第{_spans(places)}项摘自{paper}"
        for source, paper in _SOURCES.items()
        if (places := [place for place, line in enumerate(lines, start=1) if line.source == source])
    ]
    return f"注：“采取措施”“达到目标”两栏，{'，'.join(told)}。" if len(told) > 1 else ""


def _spans(places: Sequence[int]) -> str:
    """1、3至5: neighbours as one."""
    runs: list[list[int]] = []
    for place in places:
        if runs and runs[-1][-1] == place - 1:
            runs[-1].append(place)
        else:
            runs.append([place])
    return "、".join(str(run[0]) if len(run) == 1 else f"{run[0]}至{run[-1]}" for run in runs)


def _paper(
    head: tuple[str, ...],
    rows: Sequence[tuple[str, ...]],
    *,
    stem: str,
    made_on: date | None,
    note: str = "",
    with_unit: bool = False,
) -> Paper:
    widths = _NARROWER if with_unit else _WIDTHS
    columns = [Column("序号", 12, Align.CENTER)]
    if with_unit:
        columns.append(Column("单位", 23, Align.CENTER))
    columns += [
        Column(label, widths[fact], Align.CENTER if fact in _CENTERED else Align.LEFT, _group(fact))
        for fact, label in LABELS.items()
    ]
    return Paper(
        title=NAME,
        stem=stem,
        blocks=(
            Label("附件4"),
            Title(NAME),
            Line(head),
            ListTable(tuple(columns), tuple(rows), name="项目"),
            *([Note(note, NOTE)] if note else ()),
        ),
        page=LANDSCAPE,
        foot=Foot.CENTERED,
        made_on=made_on,
        form="" if with_unit else "filing",
    )


def _sheet(
    head: tuple[str, ...], rows: Sequence[tuple[str, ...]], *, note: str = "", with_unit: bool = False
) -> excel.Sheet:
    columns = [excel.Column("序号", 6, centered=True)]
    if with_unit:
        columns.append(excel.Column("单位", 16))
    columns += [
        excel.Column(label, _CHARACTERS[fact], _group(fact), fact in _CENTERED) for fact, label in LABELS.items()
    ]
    return excel.Sheet(
        NAME,
        columns,
        [tuple(official.printable(text) for text in row) for row in rows],
        lead=head,
        label="附件4",
        note=note,
        long_texts=True,
    )


def _group(fact: str) -> str:
    return GROUP if fact in _GROUPED else ""
