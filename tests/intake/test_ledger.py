"""Old ledgers: every sample reads as agreed, and so do their kin with other heads, marks, merges and lines between."""

# ruff: noqa: RUF001

import io
import json
from datetime import date
from pathlib import Path
from typing import Any

import docx
import pytest
import xlsxwriter

from dangjian.intake import code, reading
from dangjian.papers import gate
from tests.intake.sheets import HEAD, LINE, document, ledger, parsed, row, told, workbook

ROOT = Path(__file__).parents[2]
SAMPLES = ROOT / "tests" / "samples"
EXPECTED = json.loads((SAMPLES / "expected.json").read_text(encoding="utf-8"))
FACTS = {
    "name": "节能降耗", "start": "2022-08", "end": "2022-12", "dept": "运行支部", "problem": "煤耗高",
    "measures": "示范岗", "goal": "降耗50万元", "remark": "", "warnings": [],
}  # fmt: skip


@pytest.mark.clause("S-120", "S-121")
@pytest.mark.parametrize("name", EXPECTED)
def test_every_sample_reads_as_agreed(name: str) -> None:
    expected = {key: value for key, value in EXPECTED[name].items() if key != "teaches"}
    assert told((SAMPLES / name).read_bytes()) == expected


@pytest.mark.parametrize(
    "head",
    [
        ["编号", "立项项目名称", "实施周期", "责任支部", "存在的问题", "主要举措", "预期成效", "说明"],
        ["序 号", "项目\n名称*", "起止时间（格式：2022.8~2022.12）", "牵头部门", "拟解决的问题", "工作措施", "项目目标", "备 注"],
        ["No.", "党建项目名称", "项目时限", "所在党支部", "当前突出问题", "下一步推进举措", "拟达到目标", "备注："],
    ],
)  # fmt: skip
def test_other_words_for_the_same_heads_are_known(head: list[str]) -> None:
    assert told(workbook([head, LINE]))["rows"] == [FACTS]


def test_the_head_may_stand_anywhere_and_on_any_sheet() -> None:
    shifted = [[""], ["", "", "2022年台账"], ["", *HEAD], ["", *LINE]]
    assert told(workbook([["封面"]], shifted))["rows"] == [FACTS]


def test_a_head_of_three_rows_is_read_by_its_lowest_words() -> None:
    groups = ["序号", "项目信息", "", "", "项目基本情况", "", "", "备注"]
    middle = ["", "项目名称", "起止日期", "承担部门", "建设内容", "", "", ""]
    lowest = ["", "", "", "", "解决问题", "采取措施", "达到目标", ""]
    merges = [(0, 0, 2, 0), (0, 1, 0, 3), (0, 4, 0, 6), (0, 7, 2, 7), (1, 1, 2, 1), (1, 2, 2, 2), (1, 3, 2, 3), (1, 4, 1, 6)]  # fmt: skip
    assert told(workbook([groups, middle, lowest, LINE], merges=merges))["rows"] == [FACTS]


def test_a_group_of_heads_needs_no_merge() -> None:
    upper = ["序号", "项目名称", "项目起止日期", "项目承担部门", "项目基本情况", "", "", "备注"]
    lower = ["", "", "", "", "解决问题", "采取措施", "达到目标", ""]
    assert told(workbook([upper, lower, LINE]))["rows"] == [FACTS]


def test_beginning_and_end_may_have_columns_of_their_own() -> None:
    head = ["项目名称", "开始时间", "完成时间", "支部"]
    found = told(workbook([head, ["甲项目", date(2022, 8, 1), "2022年12月", "一支部"]]))["rows"][0]
    assert (found["start"], found["end"], found["warnings"]) == ("2022-08-01", "2022-12", [])


def test_unknown_columns_are_kept_under_their_own_names() -> None:
    head = [*HEAD[:4], "项目负责人", "完成情况", "阶段目标"]
    found = told(workbook([head, [*LINE[:4], "张三", 0.5, ""]]))["rows"][0]
    assert found["extra"] == {"项目负责人": "张三", "完成情况": "0.5"}


def test_a_number_that_is_no_ordinal_is_kept() -> None:
    assert ledger(row(A="DJ-2022-01"))["rows"][0]["extra"] == {"编号": "DJ-2022-01"}


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (["", "合  计", "3项"], "total"),
        (["合计：3项"], "total"),
        (["总计", "", "", "", "", "", "3"], "total"),
        (["填表说明：1.本表一式两份；2.日期格式为2022.8~2022.12。"], "note"),
        (["注：本表报党委组织部备案。"], "note"),
        (["一、运行支部"], "group"),
        (["审核人：", "", "", "填表日期：2022年8月30日"], "signature"),
        ([1, 2, 3, 4, 5, 6, 7, 8], "numbering"),
        (["例", *LINE[1:]], "sample"),
        (HEAD, "heading"),
    ],
)
def test_lines_that_are_no_project_are_named_with_why(line: list[Any], why: str) -> None:
    found = parsed(workbook([HEAD, LINE, line]))
    assert found["told"]["rows"] == [FACTS]
    assert found["skipped"] == [("表1 第3行", why)]


@pytest.mark.parametrize("name", ["合计成本管控先锋行动", "注重实效的党员责任区", "说明书标准化"])
def test_a_project_whose_name_begins_like_such_a_line_stays(name: str) -> None:
    assert [found["name"] for found in ledger(LINE, row(B=name))["rows"]] == ["节能降耗", name]


@pytest.mark.parametrize("nothing", ["无", "/", "—", "——", "－", "\u200b", "\u00a0"])
def test_a_sign_for_nothing_is_nothing(nothing: str) -> None:
    assert ledger(row(E=nothing))["rows"][0]["problem"] == ""


@pytest.mark.parametrize("sign", ["同上", "〃", "″"])
def test_ditto_takes_the_cell_above(sign: str) -> None:
    second = ledger(LINE, row(A=2, B="另一项目", C=sign, D=sign))["rows"][1]
    assert (second["start"], second["end"], second["dept"], second["warnings"]) == (
        "2022-08",
        "2022-12",
        "运行支部",
        [],
    )


def test_an_empty_cell_takes_nothing_from_above() -> None:
    second = ledger(LINE, row(A=2, B="另一项目", C="", D=""))["rows"][1]
    assert (second["start"], second["dept"], second["warnings"]) == (None, "", ["date_missing"])


def test_one_project_may_go_on_over_several_lines() -> None:
    more = ["", "", "", "", "", "责任区", "", ""]
    assert ledger(LINE, more, row(A=2, B="另一项目"))["rows"][0]["measures"] == "示范岗\n责任区"
    merged = ledger(LINE, more, merges=[(1, 0, 2, 0), (1, 1, 2, 1), (1, 2, 2, 2), (1, 3, 2, 3)])
    assert [found["measures"] for found in merged["rows"]] == ["示范岗\n责任区"]


def test_a_line_that_says_less_than_the_one_above_is_kept_all_the_same() -> None:
    more = ["", "", "", "", "", "岗", "", ""]
    merges = [(1, 0, 2, 0), (1, 1, 2, 1), (1, 2, 2, 2), (1, 3, 2, 3)]
    assert ledger(LINE, more)["rows"][0]["measures"] == "示范岗\n岗"
    assert [found["measures"] for found in ledger(LINE, more, merges=merges)["rows"]] == ["示范岗\n岗"]


@pytest.mark.parametrize("number", ["1.", "（1）", "一", "一、", "①", "第1项"])
def test_an_ordinal_may_be_written_in_any_way(number: str) -> None:
    assert "extra" not in ledger(row(A=number))["rows"][0]


def test_a_formula_that_failed_is_said_and_read_as_nothing() -> None:
    found = ledger(row(B="#REF!", C="#N/A", E="#VALUE!"))["rows"][0]
    assert (found["name"], found["start"], found["problem"]) == ("", None, "")
    assert set(found["warnings"]) == {"cell_error", "date_missing", "name_missing"}


def test_hidden_rows_and_columns_are_read_and_named() -> None:
    kept = io.BytesIO()
    book = xlsxwriter.Workbook(kept, {"in_memory": True})
    page = book.add_worksheet("台账")
    for number, line in enumerate((HEAD, row(H="备"), row(A=2, B="另一项目"))):
        page.write_row(number, 0, line)
    page.set_row(2, None, None, {"hidden": True})
    page.set_column(7, 7, None, None, {"hidden": True})
    page.write(0, 300, "远处的栏目")
    chart = book.add_chart({"type": "bar"})
    chart.add_series({"values": "=台账!$A$2:$A$3"})
    book.add_chartsheet("图").set_chart(chart)
    book.close()
    found = parsed(kept.getvalue())
    assert [line["name"] for line in found["told"]["rows"]] == ["节能降耗", "另一项目"]
    assert found["noted"] == [("台账 第3行", "hidden_row"), ("台账 第8列", "hidden_column")]
    assert found["skipped"] == [("台账", "far_columns"), ("图", "other_sheet")]


def test_a_sheet_called_help_is_read_where_nothing_else_is_a_ledger() -> None:
    found = parsed(workbook([["封面"]], [HEAD, LINE], names=["封面", "项目情况说明"]))
    assert (found["told"]["rows"], found["skipped"]) == ([FACTS], [])


def test_a_word_table_within_a_table_that_lays_out_the_page_is_found() -> None:
    page = docx.Document()
    inner = page.add_table(1, 1).cell(0, 0).add_table(2, 8)
    for number, line in enumerate((HEAD, LINE)):
        for column, text in enumerate(line):
            inner.cell(number, column).text = str(text)
    kept = io.BytesIO()
    page.save(kept)
    assert told(kept.getvalue())["rows"] == [FACTS]


def test_a_line_without_a_name_is_kept_and_said() -> None:
    assert ledger(row(B=""))["rows"][0]["warnings"] == ["name_missing"]


def test_the_second_of_two_like_projects_is_said() -> None:
    assert [found["warnings"] for found in ledger(LINE, row(A=2))["rows"]] == [[], ["duplicate"]]


def test_hidden_and_help_sheets_are_named_and_passed_over() -> None:
    lines = [HEAD, LINE]
    found = parsed(workbook(lines, lines, lines, names=["台账", "去年", "填写说明"], hidden=["去年"]))
    assert found["told"]["rows"] == [FACTS]
    assert found["skipped"] == [("去年", "hidden_sheet"), ("填写说明", "help_sheet")]


@pytest.mark.parametrize(
    "line",
    [
        ["填报单位（盖章）：一公司党委", "", "填表人：刘芳", "", "电话：０１０－１２３４５６７８"],
        ["单位名称", "一公司党委", "填 表 人：", "刘芳", "联系方式：", "010-12345678"],
        ["单位名称：一公司党委　填表人：刘芳  联系人：王五 联系电话：010-12345678 填表日期：2022年8月30日"],
    ],
)
def test_unit_compiler_and_telephone_are_found_in_any_cut(line: list[str]) -> None:
    for lines in ([line, HEAD, LINE], [HEAD, LINE, [""], line]):
        found = told(workbook(lines))
        assert (found["unit"], found["filler"], found["phone"]) == ("一公司党委", "刘芳", "010-12345678")


def test_a_word_table_cut_in_two_goes_on() -> None:
    lines = [[str(cell) for cell in line] for line in (HEAD, LINE, row(A=2, B="另一项目"))]
    found = told(document(lines[:2], lines[2:], lines=["单位名称：一公司党委"]))
    assert [found["unit"], *(line["name"] for line in found["rows"])] == ["一公司党委", "节能降耗", "另一项目"]


# Codes


def test_every_code_is_in_the_table_and_the_table_in_the_docs() -> None:
    page = (ROOT / "docs" / "import-codes.md").read_text(encoding="utf-8")
    told_there = [line for line in page.splitlines() if line.startswith("| `")]
    tables = (code.WARNINGS, code.REJECTS, code.SKIPS, code.NOTES)
    assert told_there == [f"| `{word}` | {text} |" for table in tables for word, text in table.items()]
    assert f"网页写“{code.ON_THE_PAGE['several_forms']}”" in page


def test_remarks_say_where_and_why() -> None:
    found = reading.read(workbook([HEAD, row(C="8月至12月"), ["", "合计"]]))
    assert found.remarks() == ["表1 第3行：合计行，没有读入", "表1 第2行：起止日期没有写年份，不推测"]


def test_what_is_too_large_or_empty_is_refused_unread() -> None:
    assert reading.read(b"").told == {"kind": "reject", "reason": "empty"}
    assert reading.read(b"\0" * (gate.MOST_BYTES + 1)).told == {"kind": "reject", "reason": "too_large"}


def test_columns_under_equal_headings_are_all_kept_with_numbers() -> None:
    lines = [[*HEAD, "进度", "进度", "进度"], [*LINE, "五成", "", "八成"], [*LINE, "六成", "七成", "九成"]]
    kept = [one["extra"] for one in told(workbook(lines))["rows"]]
    assert kept == [
        {"进度": "五成", "进度（3）": "八成"},
        {"进度": "六成", "进度（2）": "七成", "进度（3）": "九成"},
    ]


def test_a_third_column_of_a_fact_is_kept_beside_the_second() -> None:
    lines = [[*HEAD, "备注", "备注"], [*LINE[:-1], "甲", "乙", "丙"]]
    (one,) = told(workbook(lines))["rows"]
    assert (one["remark"], one["extra"]) == ("甲", {"备注": "乙", "备注（2）": "丙"})


def test_what_stands_under_the_second_column_of_a_merged_heading_is_kept() -> None:
    lines = [[*HEAD, ""], [*LINE[:-1], "甲", "乙"]]
    (one,) = told(workbook(lines, merges=[(0, 7, 0, 8)]))["rows"]
    assert (one["remark"], one["extra"]) == ("甲", {"备注": "乙"})


def test_a_number_of_its_own_and_a_column_of_that_name_do_not_meet() -> None:
    lines = [["序号", *HEAD[1:], "编号"], ["DJ-01", *LINE[1:], "2022-1"]]
    (one,) = told(workbook(lines))["rows"]
    assert set(one["extra"].values()) == {"DJ-01", "2022-1"}


def test_a_stage_goal_within_a_cell_does_not_replace_the_column_of_that_name() -> None:
    lines = [
        ["序号", "项目名称", "起止日期", "承担支部", "工作内容", "阶段性目标"],
        [1, "节能降耗", "2022.8~2022.12", "运行支部", "1.选题：煤耗高。\n2.内容：示范岗。\n3.预期目标：降耗。\n4.阶段性目标：降一半。", "年内见效"],
    ]  # fmt: skip
    (one,) = told(workbook(lines))["rows"]
    assert {"降一半。", "年内见效"} <= set(one["extra"].values())
