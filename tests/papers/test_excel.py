"""The Excel workbook, opened again by another program: what was put in is there, text as text, numbers as numbers."""

import re
from datetime import date
from decimal import Decimal
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest
from python_calamine import CalamineWorkbook

from dangjian.papers import excel
from dangjian.papers.excel import Column, Sheet, draw

COLUMNS = [Column("名称", 20), Column("得分", 8), Column("日期", 16)]


def reopened(file: bytes) -> list[list[Any]]:
    return CalamineWorkbook.from_filelike(BytesIO(file)).get_sheet_by_index(0).to_python()


def inside(file: bytes, name: str = "xl/worksheets/sheet1.xml") -> str:
    return ZipFile(BytesIO(file)).read(name).decode()


def test_a_sheet_is_read_back_as_it_was_given() -> None:
    rows: list[list[excel.Value]] = [
        ["降耗", 92.5, date(2022, 8, 15)],
        ["", None, None],
        ["增效", Decimal("7"), date(2023, 1, 1)],
    ]
    found = reopened(draw(Sheet("台账", COLUMNS, rows, "导出人 张建国")))
    assert found == [
        ["台账", "", ""],
        ["名称", "得分", "日期"],
        ["降耗", 92.5, date(2022, 8, 15)],
        ["", "", ""],
        ["增效", 7, date(2023, 1, 1)],
        ["导出人 张建国", "", ""],
    ]


@pytest.mark.parametrize(
    "typed", ["=1+1", "@cmd", "+1", "-1", '=HYPERLINK("http://x")', "http://a.example", "007", "2022-08", "<b>&\x07"]
)
def test_what_was_typed_stays_text(typed: str) -> None:
    file = draw(Sheet("台账", [Column("名称", 20)], [[typed]]))
    assert reopened(file)[2] == [typed]
    assert "<f>" not in inside(file)
    assert "<hyperlink" not in inside(file)


def test_a_text_longer_than_a_cell_is_cut_rather_than_lost() -> None:
    assert reopened(draw(Sheet("台账", [Column("名称", 20)], [["长" * 40_000]])))[2] == ["长" * 32_767]


def test_a_row_is_as_high_as_its_longest_text_needs() -> None:
    rows = [["短"], ["项目名称很长" * 10], ["一\n二\n三"], ["长" * 9_000]]
    heights = [
        float(high)
        for high in re.findall(r'<row [^>]* ht="([\d.]+)"', inside(draw(Sheet("台账", [Column("名称", 21)], rows))))
    ]
    assert heights[2:] == [20.25, 95.25, 50.25, 408.75]  # Excel keeps quarters of a pixel


def test_the_sheet_is_set_up_for_printing() -> None:
    file = draw(Sheet("台账", COLUMNS, [["甲", 1, None]], "导出人 甲&乙"))
    page = inside(file)
    assert 'orientation="landscape"' in page
    assert 'fitToHeight="0"' in page
    assert "fitToPage" in page
    assert 'ySplit="2"' in page
    assert "导出人 甲&amp;&amp;乙" in page
    assert "$1:$2</definedName>" in inside(file, "xl/workbook.xml")


def test_the_name_of_the_tab_takes_no_forbidden_letter() -> None:
    book = CalamineWorkbook.from_filelike(BytesIO(draw(Sheet("汇总[一/二]:" + "长" * 40, COLUMNS, []))))
    assert book.sheet_names == ["汇总一二" + "长" * 27]


def test_an_empty_sheet_of_one_column_still_opens() -> None:
    assert reopened(draw(Sheet("台账", [Column("名称", 20)], [], "共 0 条"))) == [["台账"], ["名称"], ["共 0 条"]]


def test_long_texts_run_over_rows_that_are_merged_and_begin_at_the_top() -> None:
    file = draw(Sheet("对照表", COLUMNS, [["短", 1, None], ["长" * 600, 2, date(2022, 8, 15)]], long_texts=True))
    heights = [float(height) for height in re.findall(r'<row r="\d+"[^>]* ht="([\d.]+)"', inside(file))]
    assert heights == [30, 20.25, 20.25, 321.75, 321.75, 321.75]
    assert re.findall(r'<mergeCell ref="(.*?)"', inside(file)) == ["A1:C1", "A4:A6", "B4:B6", "C4:C6"]
    assert reopened(file)[3] == ["长" * 600, 2, date(2022, 8, 15)]
    tops = inside(file, "xl/styles.xml").count('vertical="top"')
    assert tops == 3


def test_facts_under_the_title_are_spread_over_the_columns() -> None:
    file = draw(Sheet("表", COLUMNS, [], lead=("单位名称：一公司党委", "填表人：")))
    assert reopened(file)[1] == ["单位名称：一公司党委", "填表人：", ""]
