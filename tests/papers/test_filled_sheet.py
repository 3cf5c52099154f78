"""Rows in somebody else's workbook: its layout stays, what follows moves down, text is never a formula."""

from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest
import xlsxwriter
from lxml import etree  # type: ignore[import-untyped]
from python_calamine import CalamineWorkbook

from dangjian.foundation import sandbox
from dangjian.papers import filled_sheet


def blank(rows: int = 3, *, foot: bool = True) -> bytes:
    """A head in row 2, empty ruled rows with a merge, and below them a total and a signature."""
    held = BytesIO()
    with xlsxwriter.Workbook(held) as book:
        page = book.add_worksheet("统计表")
        ruled = book.add_format({"border": 1, "text_wrap": True, "font_color": "red"})
        page.merge_range(0, 0, 0, 4, "上级统计表", ruled)
        for column, text in enumerate(("序号", "项目名称", "", "措施", "人数")):
            page.write(1, column, text, ruled)
        page.merge_range(1, 1, 1, 2, "项目名称", ruled)
        for row in range(2, 2 + rows):
            page.set_row(row, 30)
            for column in (0, 3, 4):
                page.write_blank(row, column, None, ruled)
            page.merge_range(row, 1, row, 2, "", ruled)
        if foot:
            page.write(2 + rows, 0, "合计")
            page.write_formula(2 + rows, 4, f"=SUM(E3:E{2 + rows})")
            page.merge_range(3 + rows, 0, 3 + rows, 4, "填报人：")
        page.print_area(0, 0, 3 + rows, 4)
        book.add_worksheet("说明").write(0, 0, "填报说明")
    return held.getvalue()


def filled(source: bytes, *names: str, **more: Any) -> bytes:
    rows = [{"0": number, "1": name, "3": "措施"} for number, name in enumerate(names, start=1)]
    return bytes(sandbox.read(filled_sheet.fill, source, options={"sheet": "统计表", "after": 2, "rows": rows}))


def cells(made: bytes) -> list[list[Any]]:
    return CalamineWorkbook.from_filelike(BytesIO(made)).get_sheet_by_name("统计表").to_python()


def xml(made: bytes, part: str = "xl/worksheets/sheet1.xml") -> str:
    return ZipFile(BytesIO(made)).read(part).decode()


def test_rows_go_below_the_head_and_what_is_there_stays() -> None:
    made = filled(blank(), "甲", "乙")
    assert [row[:4] for row in cells(made)][2:5] == [[1.0, "甲", "", "措施"], [2.0, "乙", "", "措施"], ["", "", "", ""]]
    assert cells(made)[5][0] == "合计"
    assert xml(made).count("<mergeCell ") == xml(blank()).count("<mergeCell ")
    assert xml(made, "xl/styles.xml") == xml(blank(), "xl/styles.xml")
    assert CalamineWorkbook.from_filelike(BytesIO(made)).sheet_names == ["统计表", "说明"]


def test_too_few_empty_rows_are_more_and_what_follows_moves_down() -> None:
    made = filled(blank(), *"甲乙丙丁戊")
    told = cells(made)
    assert [row[1] for row in told[2:7]] == list("甲乙丙丁戊")
    assert (told[7][0], told[8][0]) == ("合计", "填报人：")
    page = xml(made)
    for area in ("B6:C6", "B7:C7", "A9:E9"):
        assert f'ref="{area}"' in page
    assert "A6:E6" not in page
    assert "SUM(E3:E7)" in page
    assert "$A$1:$E$9" in xml(made, "xl/workbook.xml")
    styles = [cell.split('s="')[1].split('"')[0] for cell in page.split("<c ") if cell.startswith(('r="D3"', 'r="D7"'))]
    assert len(set(styles)) == 1


def test_without_anything_below_rows_are_added_at_the_end() -> None:
    assert [row[1] for row in cells(filled(blank(1, foot=False), *"甲乙丙"))[2:]] == ["甲", "乙", "丙"]


@pytest.mark.parametrize("text", ["=1+1", "@SUM(A1)", "A&B <党>", "䶮𠮷", "多行\n文字"])
def test_what_was_typed_is_text_and_nothing_else(text: str) -> None:
    made = filled(blank(), text)
    assert cells(made)[2][1] == text
    assert xml(made).count("<f>") == xml(blank()).count("<f>")


def test_a_long_text_gets_a_high_row() -> None:
    assert 'ht="409"' in xml(filled(blank(), "长" * 2000))


def plain(ruled: int) -> bytes:
    """A blank whose cells do not break their text; below the head so many rows have a border, the others no cells at all."""
    held = BytesIO()
    with xlsxwriter.Workbook(held) as book:
        page, border = book.add_worksheet("统计表"), book.add_format({"border": 1})
        page.write_row(0, 0, ["序号", "项目名称"], border)
        for row in range(1, 1 + ruled):
            page.write_blank(row, 1, None, border)
    return held.getvalue()


def formats(made: bytes) -> list[Any]:
    root = etree.fromstring(xml(made, "xl/styles.xml").encode())
    return list(root.find(f"{filled_sheet.MAIN}cellXfs"))


@pytest.mark.parametrize("ruled", [3, 0])
def test_a_text_of_several_lines_breaks_in_a_format_that_is_else_the_same(ruled: int) -> None:
    source = plain(ruled)
    made = below(source, {"1": "短"}, {"1": "长" * 30}, {"1": "两行\n也是"})
    before, after = formats(source), formats(made)
    assert len(after) == len(before) + 1
    assert [dict(one.attrib) for one in after[: len(before)]] == [dict(one.attrib) for one in before]
    names = [
        found
        for found in etree.fromstring(xml(made).encode()).iter(f"{filled_sheet.MAIN}c")
        if found.get("r")[0] == "B"
    ][1:]
    kinds = [after[int(found.get("s", "0"))] for found in names]
    assert [one.find(f"{filled_sheet.MAIN}alignment") is not None for one in kinds] == [False, True, True]
    assert kinds[1].find(f"{filled_sheet.MAIN}alignment").get("wrapText") == "1"
    assert {one.get("borderId") for one in kinds} == {kinds[0].get("borderId")}


def numbered(*lines: tuple[object, ...], formula: str = "") -> bytes:
    """A blank without a title: its head in row 1, below it the lines, in the first row maybe a formula."""
    held = BytesIO()
    with xlsxwriter.Workbook(held) as book:
        page = book.add_worksheet("统计表")
        for row, line in enumerate([("序号", "项目名称"), *lines]):
            page.write_row(row, 0, line)
        if formula:
            page.write_formula(0, 3, formula)
    return held.getvalue()


def below(source: bytes, *rows: dict[str, Any]) -> bytes:
    options = {"sheet": "统计表", "after": 1, "rows": list(rows)}
    return bytes(sandbox.read(filled_sheet.fill, source, options=options))


@pytest.mark.parametrize("numbers", [(1, 2, 3), ("1", "2", "3"), (1, 2)])
def test_rows_that_hold_their_running_number_alone_are_used_up(numbers: tuple[object, ...]) -> None:
    source = numbered(*((number,) for number in numbers), ("合计",))
    for count in (1, 3, 5):
        names = list("甲乙丙丁戊")[:count]
        told = cells(below(source, *({"0": place, "1": name} for place, name in enumerate(names, start=1))))
        assert [row[:2] for row in told[1 : count + 1]] == [[float(n), name] for n, name in enumerate(names, start=1)]
        assert told[max(count, len(numbers)) + 1][0] == "合计"


def test_the_numbers_of_the_blank_run_on_where_nobody_said_what_goes_there() -> None:
    told = cells(below(numbered((1,), (2,), ("合计",)), *({"1": name} for name in "甲乙丙")))
    assert [row[:2] for row in told[1:]] == [[1.0, "甲"], [2.0, "乙"], [3.0, "丙"], ["合计", ""]]


@pytest.mark.parametrize("line", [(2,), (1, "旧项目"), ("一公司",)])
def test_a_row_that_says_more_than_its_running_number_stays(line: tuple[object, ...]) -> None:
    told = cells(below(numbered(line), {"0": 1, "1": "甲"}))
    assert told[1][:2] == [1.0, "甲"]
    assert [value for value in told[2] if value != ""] == [float(v) if isinstance(v, int) else v for v in line]


def test_a_total_in_the_head_takes_in_the_new_rows() -> None:
    source = numbered((1, "旧项目"), (2, "旧项目二"), formula="=SUM(D2:D9)")
    made = xml(below(source, *({"1": name} for name in "甲乙丙")))
    assert "<f>SUM(D2:D12)</f>" in made
