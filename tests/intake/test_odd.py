"""Odd files as strangers keep them: tables side by side, chapters, failed formulas, text boxes, forms without a table."""

# ruff: noqa: RUF001

import io
import struct
from pathlib import Path
from typing import Any

import docx
import pytest
import xlsxwriter
from docx.oxml import parse_xml
from hypothesis import given, settings
from hypothesis import strategies as st

from dangjian.intake import ledger as ledger_reader
from dangjian.intake import reading
from dangjian.intake.grid import Grid
from tests.intake.sheets import HEAD, LINE, document, ledger, parsed, row, told, workbook

SAMPLES = Path(__file__).parents[1] / "samples"
WORD = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
FORM = [
    ["立项支部", "甲支部"], ["项目主要责任人", "张 三"], ["项目名称", "甲"], ["项目具体工作内容", "1.选题：煤耗高。2.内容：示范岗。3.预期目标：降5%。"],
    ["支部委员会意见", "同意申报。\n2022年8月22日"], ["党委会意见", "同意立项。\n党委（盖章）\n二〇二二年八月二十八日"],
]  # fmt: skip
FIELDS = {
    "branch": "甲支部", "leader": "张 三", "name": "甲", "topic": "煤耗高。", "measures": "示范岗。", "goal": "降5%。",
    "stage_goal": None, "branch_opinion": "同意申报。", "branch_opinion_date": "2022-08-22",
    "committee_opinion": "同意立项。", "committee_opinion_date": "2022-08-28", "fill_date": "2022-08-20",
}  # fmt: skip
FILLED_ON = "填表时间：2022年8月20日"


def names(found: dict[str, Any]) -> list[str]:
    return [line["name"] for line in found["rows"]]


def saved(page: Any) -> bytes:
    kept = io.BytesIO()
    page.save(kept)
    return kept.getvalue()


# Tables


def test_tables_side_by_side_are_read_one_after_the_other() -> None:
    left, right = row(A=1), row(A=3, B="丙", D="二支部")
    found = told(workbook([["汇总表"], [*HEAD, "", *HEAD], [*left, "", *right], [*row(A=2, B="乙"), "", *([""] * 8)]]))
    assert [(line["name"], line["dept"], line.get("extra")) for line in found["rows"]] == [
        ("节能降耗", "运行支部", None), ("乙", "运行支部", None), ("丙", "二支部", None),
    ]  # fmt: skip


def test_a_head_below_with_other_words_begins_another_table() -> None:
    lines = [["一、在建项目"], HEAD, LINE, [""], ["二、已完成项目"], ["承担支部", "项目名称", "开始时间", "完成时间"], ["检修支部", "乙", "2022年8月", "12月"]]  # fmt: skip
    second = told(workbook(lines))["rows"][1]
    assert (second["name"], second["start"], second["end"], second["warnings"]) == ("乙", "2022-08", "2022-12", [])


def test_brackets_below_a_heading_explain_it() -> None:
    hints = ["", "", "", "", "", "（主要做法）", "（量化）", ""]
    merges = [(0, column, 1, column) for column in (0, 1, 2, 3, 4, 7)]
    found = told(workbook([HEAD, hints, LINE], merges=merges))["rows"][0]
    assert (found["measures"], found["goal"], found.get("extra")) == ("示范岗", "降耗50万元", None)


@pytest.mark.parametrize(
    "chapter", [["一", "重点项目"], ["", "二、其他项目"], ["（一）运行支部"], ["运行支部小计", "", "2项"], ["栏次", 1, 2, 3, 4, 5, 6, 7]]
)  # fmt: skip
def test_chapters_subtotals_and_numbers_of_columns_are_no_projects(chapter: list[Any]) -> None:
    found = parsed(workbook([HEAD, LINE, chapter, row(A=2, B="乙")]))
    assert names(found["told"]) == ["节能降耗", "乙"]
    assert len(found["skipped"]) == 1


def test_without_a_column_for_it_the_branch_is_that_of_the_group_and_a_guess() -> None:
    head, line = [HEAD[0], HEAD[1], HEAD[2]], [1, "甲", "2022.8~2022.12"]
    found = parsed(workbook([head, ["（一）运行党支部"], line, ["（二）检修党支部"], [1, "乙", "2022.8~2022.12"]]))
    assert [line["dept"] for line in found["told"]["rows"]] == ["运行党支部", "检修党支部"]
    assert found["marks"][0]["guessed"] == ["dept"]


def test_the_branch_may_stand_above_the_table_or_on_the_sheet() -> None:
    head, line = HEAD[:3] + HEAD[4:], ["1", "甲", "2022.8~2022.12", "", "", "", ""]
    for lines, name in (([["党支部：运行党支部"], head, line], "Sheet1"), ([head, line], "运行党支部")):
        assert [row["dept"] for row in told(workbook(lines, names=[name]))["rows"]] == ["运行党支部"]


def test_a_table_of_something_else_below_is_named_and_not_read() -> None:
    found = parsed(
        workbook(
            [HEAD, LINE, ["序号", "姓名", "职务"], [1, "张三", "书记"], [2, "李四", "委员"], HEAD, row(A=2, B="乙")]
        )
    )
    assert names(found["told"]) == ["节能降耗", "乙"]
    assert [code for _, code in found["skipped"]] == ["foreign_table"] * 3 + ["heading"]


def test_two_branches_in_a_cell_stay_two_and_a_broken_name_is_one() -> None:
    found = ledger(row(D="运行党支部\n检修党支部"), row(B="乙", D="发电运行部\n党支部"))["rows"]
    assert [line["dept"] for line in found] == ["运行党支部、检修党支部", "发电运行部党支部"]


def test_a_period_over_two_lines_is_one() -> None:
    lines = [HEAD, row(C="2022.8"), ["", "", "2022.12", "", "", "责任区", "", ""]]
    found = told(workbook(lines, merges=[(1, column, 2, column) for column in (0, 1, 3, 4)]))["rows"]
    assert [(line["start"], line["end"], line["measures"], line["warnings"]) for line in found] == [
        ("2022-08", "2022-12", "示范岗\n责任区", [])
    ]


@pytest.mark.parametrize("number", ["Ⅱ", "NO.4", "第五", "1.1", "2-3"])
def test_more_ways_to_count(number: str) -> None:
    assert "extra" not in ledger(row(A=number))["rows"][0]


def test_how_it_is_counted_is_not_whose_it_is() -> None:
    assert told(workbook([["", "", "", "", "", "单位：万元"], HEAD, LINE]))["unit"] is None


def test_a_column_without_a_heading_is_named() -> None:
    found = parsed(workbook([HEAD, [*LINE, "补记"], row(A=2, B="乙")]))
    assert found["skipped"] == [("表1 第9列", "bare_column")]


@given(st.data())
@settings(max_examples=80, deadline=None)
def test_nothing_vanishes_without_a_word(data: st.DataObject) -> None:
    """Whatever stands where below a head: each cell comes back in its project, or its row or column is named."""
    heads = data.draw(st.permutations([*HEAD[2:], "责任人", "开始时间", "完成时间", "类别", ""]))
    heads = ["项目名称", *heads[: data.draw(st.integers(2, len(heads)))]]
    height = data.draw(st.integers(1, 6))
    full = [[data.draw(st.booleans()) for _ in heads] for _ in range(height)]
    rows: list[list[Any]] = [
        [f"文{place}.{column}" if told else "" for column, told in enumerate(line)] for place, line in enumerate(full)
    ]
    column, top, down = (data.draw(st.integers(0, most)) for most in (len(heads) - 1, height - 1, 2))
    bottom = min(top + down, height - 1)
    for line in rows[top + 1 : bottom + 1]:
        line[column] = ""
    grid = Grid("表", [heads, *rows], [((top + 1, column), (bottom + 1, column))] if bottom > top else [])
    found = ledger_reader.read([grid])
    if not found.found:
        return
    said = " ".join(f"{line.facts} {line.extra} {line.dates}" for line in found.rows)
    named = {place for place, _ in found.skipped}
    vanished = [
        text
        for number, line in enumerate(rows, start=2)
        for at, text in enumerate(line)
        if text and text not in said and not named & {f"表 第{number}行", f"表 第{at + 1}列"}
    ]
    assert vanished == []


# What Excel shows


def test_failed_and_unreckoned_formulas_are_said_and_percentages_read_as_shown() -> None:
    kept = io.BytesIO()
    book = xlsxwriter.Workbook(kept, {"in_memory": True})
    page, percent = book.add_worksheet("台账"), book.add_format({"num_format": "0.0%"})
    page.write_row(0, 0, [*HEAD, "完成率"])
    page.write_row(1, 1, LINE[1:])
    page.write_formula(1, 0, "=ROW()-1", None, "")
    page.write_formula(1, 4, "=A9", None, "#REF!")
    page.write_formula(1, 5, '="示范"&"岗"', None, "")
    page.write(1, 8, 0.985, percent)
    book.close()
    found = told(kept.getvalue())["rows"][0]
    assert (found["problem"], found["measures"], found["warnings"]) == ("", "", ["cell_error"])
    assert found["extra"] == {"完成率": "98.5%"}


def test_old_excel_shows_the_same() -> None:
    """The sample with one row made hidden and one text turned into a failed formula, byte by byte."""
    data = bytearray((SAMPLES / "d08_legacy.xls").read_bytes())
    row_of_second, text_of_problem = (
        data.index(struct.pack("<HHH", 0x208, 16, 6)),
        data.index(struct.pack("<HHHH", 0xFD, 10, 6, 4)),
    )
    data[row_of_second + 16] |= 0x20
    data[text_of_problem : text_of_problem + 2] = struct.pack("<H", 0x205)
    data[text_of_problem + 10 : text_of_problem + 12] = b"\x17\x01"
    found = parsed(bytes(data))
    second = found["told"]["rows"][1]
    assert (second["problem"], second["warnings"]) == ("", ["cell_error"])
    assert found["noted"] == [("汇总表 第7行", "hidden_row")]


# Word


def test_a_table_in_a_text_box_is_read() -> None:
    page, inner = docx.Document(), docx.Document()
    table = inner.add_table(2, 8)
    for number, line in enumerate((HEAD, LINE)):
        for column, text in enumerate(line):
            table.cell(number, column).text = str(text)
    box = parse_xml(f"<w:r {WORD}><w:pict><w:txbxContent/></w:pict></w:r>")
    box[0][0].append(table._tbl)
    page.add_paragraph()._p.append(box)
    assert names(told(saved(page))) == ["节能降耗"]


def test_hidden_words_are_not_read_and_that_is_said() -> None:
    page = docx.Document(io.BytesIO(document([HEAD, [str(cell) for cell in LINE]])))
    cell = page.tables[0].rows[1].cells[HEAD.index("项目名称")].paragraphs[0]
    name = cell.text
    cell.add_run("（看不见的）").font.hidden = True
    cell.add_run("改造").font.hidden = False
    found = reading.read(saved(page))
    assert [row["name"] for row in found.told["rows"]] == [f"{name}改造"]
    assert "文件：设为隐藏的文字，没有读入" in found.remarks()


def test_struck_out_rows_are_gone_and_what_stands_above_each_page_is_read() -> None:
    page = docx.Document(io.BytesIO(document([HEAD, [str(cell) for cell in LINE]])))
    cells = "".join(f"<w:tc><w:p><w:del><w:r><w:delText>删{n}</w:delText></w:r></w:del></w:p></w:tc>" for n in range(8))
    page.tables[0]._tbl.append(parse_xml(f"<w:tr {WORD}>{cells}</w:tr>"))
    page.sections[0].header.paragraphs[0].text = "单位名称：一公司党委"
    found = told(saved(page))
    assert (names(found), found["unit"]) == (["节能降耗"], "一公司党委")


def test_a_form_reads_the_same_in_whatever_it_is_laid_out() -> None:
    apart = [
        *FORM[:3],
        ["选题（存在的问题）", "煤耗高。"],
        ["内容（主要采取措施）", "示范岗。"],
        ["预期目标", "降5%。"],
        *FORM[4:],
    ]
    within = [[f"{label}：{value}", ""] for label, value in FORM]
    dated = [*FORM[:4], ["支部意见", "同意申报。（支部书记：张三）", "日期", "2022年8月22日"], *FORM[5:]]
    wide = [[*line, *[""] * (4 - len(line))] for line in dated]
    words = [*FORM[:3], ["项目内容", "一、选题背景：煤耗高。\n二、主要举措：示范岗。\n三、预期成效：降5%。"], *FORM[4:]]
    lines = [FILLED_ON, *(line for label, value in FORM for line in f"{label}：{value}".split("\n"))]
    laid_out = [document(table, lines=[FILLED_ON]) for table in (FORM, apart, within, wide, words)]
    for data in [*laid_out, document(lines=lines)]:
        found = parsed(data)
        assert (found["told"], found["skipped"], found["noted"]) == (
            {"kind": "application", "fields": FIELDS},
            [],
            [],
        )


def test_a_row_of_a_form_that_nobody_knows_is_named() -> None:
    table = [*FORM[:3], ["组长", "男", "党员", "工程师"], *FORM[3:]]
    found = parsed(document([[*line, *[""] * (4 - len(line))] for line in table]))
    assert found["skipped"] == [("表1 第4行", "strange_row")]


def test_a_ledger_is_no_form_for_all_its_labels() -> None:
    head = ["序号", "立项支部", "项目负责人", "项目名称", "选题", "措施", "预期目标"]
    found = told(document([head, ["1", "甲支部", "张三", "甲", "煤耗高", "示范岗", "降5%"]]))
    assert (found["kind"], names(found)) == ("ledger", ["甲"])
