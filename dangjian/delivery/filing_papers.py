"""What filing prints: 附件4 项目汇总表 of a unit and of the company, blank and filled, and the 备案回执 (S-120 … S-122)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date

from dangjian.delivery import lateness, summary
from dangjian.delivery.filing import Filing
from dangjian.delivery.summary import LABELS
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
    Line,
    ListTable,
    Paper,
    SignatureRow,
    Text,
    Title,
)
from dangjian.papers.official import Align
from dangjian.people.organisation import Organisation
from dangjian.programmes.scheme import Scheme
from dangjian.projects.filed import FilingState

NAME = "党建项目化管理项目汇总表"
GROUP = "项目基本情况"
_GROUPED = {"problem", "measures", "goal"}
_WIDTHS = dict(zip(LABELS, (36, 29, 29, 36, 36, 28, 19), strict=True))
_NARROWER = dict(zip(LABELS, (31, 28, 25, 32, 32, 26, 16), strict=True))
_CHARACTERS = dict(zip(LABELS, (20, 16, 15, 22, 22, 16, 12), strict=True))
_CENTERED = {"period", "department"}
BLANK_ROWS = 8
# Two empty lines: room to write by hand.
_EMPTY = (("\n", *("",) * len(LABELS)),) * BLANK_ROWS


def blank(rules: Scheme | None = None) -> Paper:
    """附件4 to be filled in by hand; its form is the plan's own and no scheme changes it."""
    return _paper(("单位名称：", "填表人：", "联系电话："), _EMPTY, stem="附件4 项目汇总表（空白）", made_on=None)


def blank_sheet() -> excel.Sheet:
    return _sheet(("单位名称：", "填表人：", "联系电话："), _EMPTY)


def of_filing(filing: Filing) -> Paper:
    """A version as it was handed in."""
    made_on = clock.local(filing.at).date()
    stem = f"附件4 项目汇总表 {filing.unit.short_name} {filing.round}{filing.version_text}"
    rows = [line.told() for line in filing.lines]
    paper = _paper(_head(filing.unit_name, filing.who, filing.phone), _numbered(rows), stem=stem, made_on=made_on)
    return replace(paper, issued_at=filing.at)


def sheet_of_filing(filing: Filing) -> excel.Sheet:
    rows = [line.told() for line in filing.lines]
    return _sheet(_head(filing.unit_name, filing.who, filing.phone), _numbered(rows))


def live(unit: Organisation, lines: Iterable[summary.Line], *, year: str, filler: str = "", phone: str = "") -> Paper:
    """The table as it would be handed in now."""
    stem, today = f"附件4 项目汇总表 {unit.short_name} {year}（未报送）", clock.today()
    rows = [line.told() for line in lines]
    return _paper(_head(unit.full_name, filler, phone), _numbered(rows), stem=stem, made_on=today)


def live_sheet(unit: Organisation, lines: Iterable[summary.Line], *, filler: str = "", phone: str = "") -> excel.Sheet:
    return _sheet(_head(unit.full_name, filler, phone), _numbered([line.told() for line in lines]))


def of_company(company: Organisation, filings: Sequence[Filing], *, year: str) -> Paper:
    """The newest versions of all units one below the other, each line with its unit (S-122)."""
    rows = _with_units(filings)
    today = clock.today()
    return _paper(
        _totals(company, filings, len(rows)),
        rows,
        stem=f"附件4 项目汇总表 全公司 {year} {day_text(today)}",
        made_on=today,
        with_unit=True,
    )


def sheet_of_company(company: Organisation, filings: Sequence[Filing]) -> excel.Sheet:
    rows = _with_units(filings)
    return _sheet(_totals(company, filings, len(rows)), rows, with_unit=True)


def receipt(filing: Filing) -> Paper:
    """备案回执: what the company answered to a version, for the unit's files. Only where :attr:`Filing.has_receipt`."""
    assert filing.received_at is not None
    rows = list(filing.rows.all())
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
    return Paper(
        title="备案回执",
        stem=f"备案回执 {filing.unit.short_name} {filing.round}{filing.version_text}",
        blocks=_receipt_blocks(
            f"{filing.unit_name}：",
            (
                f"{day_text(clock.local(filing.at).date())}报送{late}的{filing.round}《{NAME}》{filing.version_text}收悉，"
                f"共{len(rows)}项，其中{'，'.join(answered)}。{code}"
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
    to: str, text: str, rows: tuple[tuple[str, ...], ...], signed: tuple[str, str, str]
) -> tuple[Block, ...]:
    return (
        Title("备案回执"),
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
    blocks = _receipt_blocks("", "", (), ("", ROOM_FOR_NAME, ""))
    return Paper(title="备案回执", stem="备案回执（模板）", blocks=blocks, foot=Foot.OUTER, form="receipt")


def _office(company: Organisation) -> str:
    """Whose department it is, 华川建设集团党委组织部: on paper no other company is known from where it lies."""
    label = company.department_label or "组织部"
    own = label.removeprefix("党委") if company.short_name.endswith("党委") else label
    return f"{company.short_name}{own}"


def _head(unit: str, filler: str, phone: str) -> tuple[str, ...]:
    """单位名称, 填表人, 联系电话 (S-120)."""
    return (f"单位名称：{unit}", f"填表人：{filler}", f"联系电话：{phone}")


def _totals(company: Organisation, filings: Sequence[Filing], count: int) -> tuple[str, ...]:
    return (f"单位名称：{company.full_name}", f"共 {len(filings)} 个单位、{count} 个项目", day_text(clock.today()))


def _numbered(rows: Sequence[tuple[str, ...]]) -> list[tuple[str, ...]]:
    return [(str(place), *row) for place, row in enumerate(rows, start=1)]


def _with_units(filings: Sequence[Filing]) -> list[tuple[str, ...]]:
    told = [(filing.unit.short_name, *row.line.told()) for filing in filings for row in filing.rows.all()]
    return [(str(place), *row) for place, row in enumerate(told, start=1)]


def _paper(
    head: tuple[str, ...], rows: Sequence[tuple[str, ...]], *, stem: str, made_on: date | None, with_unit: bool = False
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
        blocks=(Label("附件4"), Title(NAME), Line(head), ListTable(tuple(columns), tuple(rows), name="项目")),
        page=LANDSCAPE,
        foot=Foot.CENTERED,
        made_on=made_on,
        form="" if with_unit else "filing",
    )


def _sheet(head: tuple[str, ...], rows: Sequence[tuple[str, ...]], *, with_unit: bool = False) -> excel.Sheet:
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
        long_texts=True,
    )


def _group(fact: str) -> str:
    return GROUP if fact in _GROUPED else ""
