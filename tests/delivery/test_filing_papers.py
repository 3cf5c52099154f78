"""附件4 as Word, PDF and Excel: as the specification draws it, and read back to the same facts."""

import re
import time
from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from docx.oxml.ns import qn

from dangjian.delivery import filing_papers, summary
from dangjian.delivery.filing_papers import LABELS
from dangjian.intake import reading
from dangjian.papers import excel, official, pdf, word
from dangjian.papers.line import Line
from dangjian.people.organisation import Organisation
from dangjian.programmes.round import Round
from dangjian.projects.project import Project
from tests.cast import Cast, a_filing, an_approved_plan, an_established
from tests.papers.reading import opened, pdf_pages, squeezed, word_text

pytestmark = [pytest.mark.django_db, pytest.mark.once, pytest.mark.clause("S-120", "S-121", "S-122")]

HEADS = ["序号", "项目名称", "项目起止日期", "项目承担部门"]
HARD = summary.Line(
    project=1, number="2022-001", name="A&B <党> =1+1 䶮𠮷", period="2022.8~2022.12", department="第一项目部党支部",
    problem="问题一\n问题二\x07\x0c", measures="措施" * 400, goal="@目标", note="建立党员先锋岗“𠮷”",
)  # fmt: skip


def _line(number: int) -> summary.Line:
    return summary.Line(
        number,
        f"2022-{number:03d}",
        f"项目{number}",
        "2022.8~2022.12",
        "第一项目部党支部",
        "问题。",
        "措施。",
        "目标。",
        "",
    )


def _unit() -> Organisation:
    return Organisation(full_name="中共第一工程公司委员会", short_name="一公司党委")


def read_sheet(drawn: bytes) -> str:
    return ZipFile(BytesIO(drawn)).read("xl/sharedStrings.xml").decode()


def _paper(*lines: summary.Line) -> Any:
    return filing_papers.live(_unit(), lines, year="2022年度", filler="陈静", phone="0571-88888888")


def _sheet(*lines: summary.Line) -> bytes:
    return excel.draw(filing_papers.live_sheet(_unit(), lines, filler="陈静", phone="0571-88888888"))


def test_the_word_table_has_a_merged_head_on_every_page_and_whole_rows() -> None:
    file = opened(word.draw(_paper(HARD, _line(2))))
    section = file.sections[0]
    assert [round(length.mm) for length in (section.page_width, section.page_height)] == [297, 210]
    upper, lower, *body = file.tables[0].rows
    assert [cell.text for cell in upper.cells] == [*HEADS, *["项目基本情况"] * 3, "备注"]
    assert [cell.text for cell in lower.cells] == [*HEADS, "解决问题", "采取措施", "达到目标", "备注"]
    repeated = [row._tr.trPr.find(qn("w:tblHeader")) is not None for row in (upper, lower, *body)]
    assert repeated == [True, True, False, False]
    grid = [int(column.get(qn("w:w"))) for column in file.tables[0]._tbl.tblGrid.iter(qn("w:gridCol"))]
    assert [round(width / 1440 * 25.4) for width in grid] == [12, 28, 28, 28, 36, 42, 33, 18]


@pytest.mark.parametrize("make", [filing_papers.blank, lambda: _paper(HARD, _line(2))], ids=["blank", "filled"])
def test_wps_finds_complete_widths_and_merges_chinese_fonts_and_no_field_to_update(make: Callable[[], Any]) -> None:
    drawn = word.draw(make())
    with ZipFile(BytesIO(drawn)) as archive:
        parts = {name: archive.read(name).decode() for name in archive.namelist()}
    document = parts["word/document.xml"]
    assert "TOC" not in document
    assert all("theme" not in part.lower() for part in parts.values())
    for run in opened(drawn).element.body.iter(qn("w:r")):
        assert not run.findall(qn("w:t")) or run.rPr.rFonts.get(qn("w:eastAsia"))
    for table in opened(drawn).tables:
        grid = [int(column.get(qn("w:w"))) for column in table._tbl.tblGrid.iter(qn("w:gridCol"))]
        for row in table._tbl.tr_lst:
            assert sum(cell.grid_span for cell in row.tc_lst) == len(grid)
            assert all(cell.tcPr.find(qn("w:tcW")) is not None for cell in row.tc_lst)


def test_what_was_typed_survives_in_all_three() -> None:
    said = squeezed("A&B <党> =1+1 䶮𠮷")
    assert said in word_text(word.draw(_paper(HARD)))
    assert squeezed("问题一问题二") in pdf_pages(pdf.draw(_paper(HARD)))[0]
    assert "措施" * 20 in "".join(pdf_pages(pdf.draw(_paper(HARD))))
    shared = ZipFile(BytesIO(_sheet(HARD)))
    text = shared.read("xl/sharedStrings.xml").decode()
    assert "A&amp;B &lt;党&gt; =1+1 䶮𠮷" in text
    assert "<f>" not in shared.read("xl/worksheets/sheet1.xml").decode()


def test_excel_prints_like_the_form() -> None:
    archive = ZipFile(BytesIO(_sheet(HARD, _line(2))))
    page, book = (archive.read(name).decode() for name in ("xl/worksheets/sheet1.xml", "xl/workbook.xml"))
    merges = set(re.findall(r'<mergeCell ref="([A-Z0-9:]+)"', page))
    assert {"A4:A5", "B4:B5", "C4:C5", "D4:D5", "E4:G4", "H4:H5"} <= merges
    assert 'orientation="landscape"' in page
    assert 'paperSize="9"' in page
    assert 'fitToHeight="0"' in page
    assert "$1:$5" in book
    assert 'topLeftCell="A6"' in page
    heights = re.findall(r'<row r="\d+"[^>]* ht="([\d.]+)"', page)
    # The eight hundred characters of the first project are taller than Excel lets a row be: three rows, merged.
    assert [float(height) for height in heights[5:]] == [321.75, 321.75, 321.75, 35.25]
    assert {"A6:A8", "F6:F8", "H6:H8"} <= merges


def test_a_row_stays_on_one_page_unless_it_is_longer_than_a_page() -> None:
    """Read from the PDF: the first words of a row and its last ones stand on the same page, and nothing is cut off."""
    tall = [
        replace(_line(number), measures=f"开头{number}，" + "责任到人。" * 40 + f"完毕{number}。")
        for number in range(1, 6)
    ]
    longer = replace(
        _line(6), measures="开头6，" + "、".join(f"第{number}道工序" for number in range(1, 200)) + "，完毕6。"
    )
    pages = pdf_pages(pdf.draw(_paper(_line(0), *tall, longer)))
    for number in range(1, 6):
        assert [f"开头{number}" in page for page in pages] == [f"完毕{number}" in page for page in pages]
    assert "".join(pages).count("道") == 199
    assert "完毕6" in pages[-1]
    assert "开头6" not in pages[-1]
    rows = opened(word.draw(_paper(_line(0), *tall, longer))).tables[0].rows[2:]
    assert [row._tr.trPr.find(qn("w:cantSplit")) is not None for row in rows] == [True] * 6 + [False]


def test_a_first_row_that_would_leave_its_page_empty_is_split() -> None:
    """What has room on a page of its own, but not below title and head, begins there."""
    first = replace(_line(1), measures="开头，" + "责任到人，" * 48 + "完毕。")
    pages = pdf_pages(pdf.draw(_paper(first, first)))
    assert "开头" in pages[0]
    assert "完毕" in pages[1]


def test_the_telephone_stands_beside_the_name_of_a_usual_unit_also_while_it_is_still_to_be_written() -> None:
    unit = "单位名称：中共华川建设集团勘察设计检测有限公司委员会"
    for phone in ("联系电话：0571-86021309", "联系电话："):
        line = Line((unit, "填表人：欧阳小丽", phone))
        assert len(line.spread(225)) == 1
        assert line.style(225) is official.FACTS_NARROW
    assert Line(("单位名称：一公司党委", "填表人：陈静", "联系电话：0571-1")).style(225) is official.FACTS


@pytest.mark.parametrize("kind", ["docx", "xlsx", "pdf"])
def test_a_note_says_which_rows_are_told_from_the_plan_and_none_of_it_is_read_back_as_a_project(
    tmp_path: Path, cast: Cast, kind: str
) -> None:
    for number in range(1, 4):
        an_established(cast, name=f"项目{number}")
    an_approved_plan(cast, Project.objects.get(name="项目2"))
    filing = a_filing(cast)
    draw = {"docx": word.draw, "pdf": pdf.draw}.get(kind)
    content = draw(filing_papers.of_filing(filing)) if draw else excel.draw(filing_papers.sheet_of_filing(filing))
    path = tmp_path / f"附件4.{kind}"
    path.write_bytes(content)
    note = "注：“采取措施”“达到目标”两栏，第2项摘自审定的实施计划书，第1、3项摘自项目申请表。"
    if kind == "pdf":
        assert note in pdf_pages(content)[-1]
        return
    assert note in (word_text(content) if kind == "docx" else read_sheet(content))
    told = reading.read(path).told["rows"]
    assert [row["name"] for row in told] == ["项目1", "项目2", "项目3"]
    assert [row["measures"] for row in told] == [line.measures for line in filing.lines]


def test_a_table_of_one_source_has_nothing_below_it(cast: Cast) -> None:
    for number in range(1, 3):
        an_established(cast, name=f"项目{number}")
    filing = a_filing(cast)
    assert "注：" not in word_text(word.draw(filing_papers.of_filing(filing)))
    assert "注：" not in read_sheet(excel.draw(filing_papers.sheet_of_filing(filing)))


def test_what_stands_below_the_table_is_never_alone_on_a_page() -> None:
    first = replace(_line(1), measures="措施。\n措施。", source="application")
    for lines in range(10, 22):  # more fill a page of their own
        last = replace(_line(2), measures="措施。\n" * lines, source="plan")
        page = pdf_pages(pdf.draw(_paper(first, last)))[-1]
        assert "注：" in page
        assert "项目2" in page


def test_versions_that_did_not_keep_where_a_line_comes_from_say_nothing_of_it(cast: Cast) -> None:
    filing = a_filing(cast)
    row = filing.rows.get()
    row.facts.pop("source")
    row.save()
    assert "注：" not in word_text(word.draw(filing_papers.of_filing(filing.reload())))


@pytest.mark.parametrize("kind", ["docx", "xlsx"])
def test_it_reads_back_to_the_same_facts(tmp_path: Path, cast: Cast, kind: str) -> None:
    said = "A&B <党> “引号” =1+1 䶮𠮷"
    an_established(
        cast, name=said, problem=f"{said}\n第二行", measures=f"1.{said}；\n2.=SUM(A1)", expected_goal=f"{said} 5%"
    )
    an_established(
        cast, name="乙项目A&B", starts="2022-09", ends="2023-08", stage_goal="12月底完成一半。", long_reason="跨年"
    )
    filing = a_filing(cast)
    if kind == "docx":
        content = word.draw(filing_papers.of_filing(filing))
    else:
        content = excel.draw(filing_papers.sheet_of_filing(filing))
    path = tmp_path / f"附件4.{kind}"
    path.write_bytes(content)
    told = reading.read(path).told
    assert (told["unit"], told["filler"], told["phone"]) == (cast.places.unit.full_name, "陈静", "0571-8888")
    held = Round.current()
    assert held is not None
    lines = summary.lines(summary.reported(cast.places.unit, held))
    assert (lines[0].name, lines[0].problem) == (said, f"{said}\n第二行")
    assert [
        (row["name"], row["start"], row["end"], row["dept"], row["problem"], row["measures"], row["goal"], row["remark"])
        for row in told["rows"]
    ] == [
        (line.name, *_months(line.period), line.department, line.problem, line.measures, line.goal, line.note)
        for line in lines
    ]  # fmt: skip


def test_a_row_taller_than_excel_has_them_reads_back_as_one_project(tmp_path: Path) -> None:
    path = tmp_path / "附件4.xlsx"
    path.write_bytes(_sheet(HARD, _line(2)))
    told = reading.read(path).told
    assert [(row["name"], row["measures"]) for row in told["rows"]] == [(HARD.name, HARD.measures), ("项目2", "措施。")]


def test_the_blank_form_leaves_room_to_write_who_fills_it_in_and_where_to_reach_them() -> None:
    (line,) = filing_papers.blank().blocks[2].spread(225)  # type: ignore[union-attr]
    starts = [start for _, start in line]
    assert [round(start) for start in starts] == [0, 83, 161]
    info = opened(word.draw(filing_papers.blank())).paragraphs[2]
    assert [(stop.alignment.name, round(stop.position.mm)) for stop in info.paragraph_format.tab_stops] == [
        ("LEFT", 83), ("LEFT", 161),
    ]  # fmt: skip
    merges = re.findall(
        r'<mergeCell ref="([A-Z0-9:]+)"',
        ZipFile(BytesIO(excel.draw(filing_papers.blank_sheet()))).read("xl/worksheets/sheet1.xml").decode(),
    )
    assert {"A3:C3", "D3:E3", "F3:H3"} <= set(merges)


def test_facts_that_a_line_has_no_room_for_stand_below_and_are_not_broken() -> None:
    facts = Line(("单位名称：" + "长" * 30, "填表人：欧阳小丽", "联系电话：0571-88888888转8888"))
    assert [[text[:4] for text, _ in line] for line in facts.spread(225)] == [["单位名称", "填表人："], ["联系电话"]]


def _months(period: str) -> tuple[str, str]:
    first, last = (re.sub(r"\.(\d+)$", lambda month: f"-{int(month[1]):02d}", each) for each in period.split("~"))
    return first, last


@pytest.mark.parametrize("kind", ["docx", "xlsx"])
def test_the_blank_form_holds_no_project(tmp_path: Path, kind: str) -> None:
    content = word.draw(filing_papers.blank()) if kind == "docx" else excel.draw(filing_papers.blank_sheet())
    path = tmp_path / f"空白.{kind}"
    path.write_bytes(content)
    assert reading.read(path).told.get("rows", []) == []


def test_a_thousand_rows_are_drawn_at_once() -> None:
    lines = [_line(number) for number in range(1, 1001)]
    start = time.process_time()
    assert len(opened(word.draw(_paper(*lines))).tables[0]._tbl.tr_lst) == 1002
    assert len(_sheet(*lines)) > 10_000
    pages = pdf_pages(pdf.draw(_paper(*lines)))
    assert time.process_time() - start < 20
    assert all("项目基本情况" in page for page in pages)


def test_the_company_table_names_the_unit_of_each_line(cast: Cast) -> None:
    filing = a_filing(cast)
    made = filing_papers.of_company(cast.places.company, [filing], year="2022年度")
    row = opened(word.draw(made)).tables[0].rows[2].cells
    assert (row[0].text, row[1].text) == ("1", cast.places.unit.short_name)
    assert len(row) == len(LABELS) + 2
    assert "共1个单位、1个项目" in word_text(word.draw(made))


@pytest.mark.clause("S-36")
def test_the_receipt_says_what_was_answered(cast: Cast) -> None:
    an_established(cast, name="甲")
    an_established(cast, name="乙")
    filing = a_filing(cast)
    first, second = filing.rows.all()
    filing.answer(record=[first.pk], returned={second.pk: "目标不具体"}, by=cast.people.company_officer)
    said = word_text(word.draw(filing_papers.receipt(filing.reload())))
    for part in (
        "备案回执",
        "已备案1项，退回补正1项",
        "备〔2022〕1号",
        "目标不具体",
        "接收人：马文",
        "华川建设集团党委组织部",
        "2022年8月24日",
    ):
        assert squeezed(part) in said
    Organisation.objects.filter(parent=None).update(department_label="党群工作部", short_name="华川集团")
    said = word_text(word.draw(filing_papers.receipt(filing.reload())))
    assert squeezed("华川集团党群工作部") in said
