"""What ten offices sent that no one had thought of: feet of tables, odd dates, torn rows, controls and frames."""

import io
import zipfile
from typing import Any

import docx
import pytest
from docx.oxml import parse_xml

from tests.intake.sheets import HEAD, LINE, document, ledger, parsed, row, told, workbook
from tests.intake.test_odd import WORD, saved

TEXTS = [str(cell) for cell in LINE]


def skipped(*lines: list[Any]) -> tuple[list[str], list[str]]:
    """The names that were read below the usual line, and the codes of what was not."""
    found = parsed(workbook([HEAD, LINE, *lines]))
    return [line["name"] for line in found["told"]["rows"][1:]], [code for _, code in found["skipped"]]


# Around and below the rows


@pytest.mark.parametrize(
    ("foot", "code"),
    [
        (["党支部书记（签字）：", "", "", "审核人：王强", "", "制表日期：2022年9月1日"], "signature"),
        (["批准：", "", "审核：", "", "制表：", "", "校对："], "signature"),
        (["", "以下空白"], "note"),
        ([2, "（以下无正文）"], "note"),
    ],
)
def test_what_stands_below_the_last_project_is_none(foot: list[Any], code: str) -> None:
    assert skipped(foot) == ([], [code])


def test_columns_may_be_numbered_with_letters_and_figures() -> None:
    found = parsed(workbook([HEAD, ["甲", "乙", "丙", "丁", "（1）", "（2）", "（3）", "（4）"], LINE]))
    assert ([line["name"] for line in found["told"]["rows"]], found["skipped"]) == (
        ["节能降耗"],
        [("表1 第2行", "numbering")],
    )


def test_full_width_strokes_say_nothing_and_a_full_stop_may_end_the_same() -> None:
    first, second = ledger(row(H="／"), row(B="乙", D="同上。"))["rows"]
    assert (first["remark"], second["dept"]) == ("", "运行支部")


def test_a_line_that_tells_how_to_fill_in_each_column_is_no_project() -> None:
    told_how = ["填写说明", "不超过30字", "格式：2022.8~2022.12", "填全称", "简要", "分条", "量化", "载体"]
    assert skipped(told_how) == ([], ["sample"])


def test_a_table_without_a_head_is_named() -> None:
    contacts = ["党支部", "书记", "电话"], ["运行支部", "王", "12"]
    assert parsed(workbook(contacts, [HEAD, LINE]))["skipped"] == [("表1", "foreign_table")]
    narrower = parsed(document([HEAD, TEXTS], [["2", "乙", *TEXTS[2:5]]]))
    assert narrower["skipped"] == [("表2", "foreign_table")]


def test_of_which_below_a_total_is_no_project() -> None:
    assert skipped(["", "合计", "", "", "", "", "3项"], ["", "其中：技术攻关类", "", "", "", "", "2项"]) == (
        [],
        ["total", "total"],
    )


@pytest.mark.parametrize(
    "head",
    [
        ["No.\n序号", "项目名称\nProject Name", "项目起止日期 Period", "项目承担部门Department", "解决问题 (Problem)", "采取措施/Measures", "达到目标 Goal", "备注 Remarks"],
        ["序號", "項目名稱", "項目起止日期", "項目承擔部門", "解決問題", "採取措施", "達到目標", "備註"],
    ],
    ids=["two languages", "traditional characters"],
)  # fmt: skip
def test_heads_abroad(head: list[str]) -> None:
    assert told(workbook([head, LINE]))["rows"] == ledger(LINE)["rows"]


def test_person_and_number_behind_one_label() -> None:
    found = told(workbook([["单位名称：甲公司党委", "填表人/联系电话：张三/13800000000"], HEAD, LINE]))
    assert (found["filler"], found["phone"]) == ("张三", "13800000000")


def test_a_name_of_latin_letters_above_the_table_is_no_heading() -> None:
    found = told(workbook([["单位名称：ABB公司", "填表人：Tom", "联系电话：81234567"], HEAD, LINE]))
    assert (found["unit"], found["filler"], len(found["rows"])) == ("ABB公司", "Tom", 1)


# Dates


@pytest.mark.parametrize(
    "said",
    [
        "2022.8.-2022.12.",
        "2022年8月一2022年12月",
        "2022年8月一12月",
        "2022.8（启动）-2022.12（结题）",
        "2022年8月底-12月初",
        "2022年8月份至12月份",
        "2022.8~2022.12，分两期",
        "2022年8月至12月，共5个月",
        "（2022.8-2022.12）",
        "二0二二年八月至十二月",
    ],
)
def test_marks_that_slipped_into_a_period(said: str) -> None:
    line = ledger(row(C=said))["rows"][0]
    assert (line["start"], line["end"], line["warnings"]) == ("2022-08", "2022-12", [])


@pytest.mark.parametrize(
    ("lines", "width"),
    [([["2022.8", "2022.12"]], 2), ([["2022.8", "至", "2022.12"]], 3), ([["2022.8~2022.12", ""]], 2), ([["", "2022.8-12"]], 2)],
)  # fmt: skip
def test_a_heading_of_the_period_over_several_columns(lines: list[list[str]], width: int) -> None:
    head = ["项目名称", "起止日期", *[""] * (width - 1), "承担支部"]
    found = parsed(workbook([head, *[["甲", *line, "甲支部"] for line in lines]], merges=[(0, 1, 0, width)]))
    line = found["told"]["rows"][0]
    assert (line["start"], line["end"], line["dept"], line["warnings"]) == ("2022-08", "2022-12", "甲支部", [])
    assert found["skipped"] == []


@pytest.mark.parametrize(
    ("said", "start", "end", "code"),
    [
        ("预计2022年12月完成", None, "2022-12", "date_single"),
        ("即日起至2022年12月", None, "2022-12", "date_single"),
        ("自2022年8月起长期坚持", "2022-08", None, "date_open"),
    ],
)
def test_one_end_of_a_period(said: str, start: str | None, end: str | None, code: str) -> None:
    line = ledger(row(C=said))["rows"][0]
    assert (line["start"], line["end"], line["warnings"]) == (start, end, [code])


@pytest.mark.parametrize("ends", [("自", "至"), ("从", "到"), ("开工日期", "完工日期"), ("开始年月", "结束年月")])
def test_names_of_the_two_ends(ends: tuple[str, str]) -> None:
    lines = [["项目名称", "起止时间", "", "承担支部"], ["", *ends, ""], ["甲", "2022.8", "2022.12", "甲支部"]]
    found = told(workbook(lines, merges=[(0, 0, 1, 0), (0, 1, 0, 2), (0, 3, 1, 3)]))
    assert [(line["start"], line["end"], line["dept"]) for line in found["rows"]] == [("2022-08", "2022-12", "甲支部")]


def test_planned_dates_without_the_word_for_time() -> None:
    line = told(workbook([["项目名称", "预计开始", "计划完成", "实际完成"], ["甲", "2022.8", "2022.12", "2022.11"]]))[
        "rows"
    ][0]
    assert (line["start"], line["end"], line["extra"]) == ("2022-08", "2022-12", {"实际完成": "2022.11"})


# Word


def _drawn(*rows: list[tuple[int, str]]) -> bytes:
    """A table whose cells reach over so many columns of the grid."""
    page = docx.Document()
    table = page.add_table(0, 1)._tbl
    for line in rows:
        cells = (
            f'<w:tc><w:tcPr><w:gridSpan w:val="{span}"/></w:tcPr><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:tc>'
            for span, text in line
        )
        table.append(parse_xml(f"<w:tr {WORD}>{''.join(cells)}</w:tr>"))
    return saved(page)


@pytest.mark.parametrize(
    "spans",
    [
        ([1, 1, 1, 1, 1, 1, 1, 3], [1, 1, 1, 1, 1, 1, 2, 2], [1, 2, 1, 1, 1, 1, 1, 2]),
        ([1, 1, 1, 1, 1, 1, 1, 2], [1, 1, 1, 1, 1, 1, 2, 1], [1, 1, 1, 1, 1, 1, 2, 1]),
    ],
)
def test_edges_that_were_dragged_apart(spans: tuple[list[int], ...]) -> None:
    lines = [HEAD, [*TEXTS[:7], "岗"], [str(cell) for cell in row(A=2, B="乙", H="点")]]
    drawn = [list(zip(spread, line, strict=True)) for spread, line in zip(spans, lines, strict=True)]
    group = [(sum(spans[0]), "一、重点项目")]
    assert told(_drawn(drawn[0], group, *drawn[1:]))["rows"] == ledger(row(H="岗"), row(B="乙", H="点"))["rows"]


def test_empty_paragraphs_of_a_cell_are_left_out() -> None:
    page = _page("甲")
    for text in ("", "  ", "二是检查。"):
        page.tables[0].cell(1, 5).add_paragraph(text)
    assert told(saved(page))["rows"][0]["measures"] == "示范岗\n二是检查。"


def test_a_row_torn_by_the_page_goes_on_in_the_next_table() -> None:
    found = told(document([HEAD, TEXTS], [["", "", "", "", "", "二是检查。", "", ""], ["2", "乙", *TEXTS[2:]]]))
    assert [(line["name"], line["measures"]) for line in found["rows"]] == [
        ("节能降耗", "示范岗\n二是检查。"),
        ("乙", "示范岗"),
    ]


def _page(name: str) -> Any:
    page = docx.Document()
    table = page.add_table(2, 8)
    for line, texts in enumerate((HEAD, [*TEXTS[:1], name, *TEXTS[2:7], "岗"])):
        for column, text in enumerate(texts):
            table.cell(line, column).text = text
    return page


def test_text_hidden_by_its_style_is_not_read() -> None:
    page = _page("甲")
    hidden, child = (page.styles.add_style(name, 2) for name in ("暗", "更暗"))
    hidden.font.hidden, child.base_style = True, hidden
    for style, column in ((hidden, 1), (child, 7)):
        page.tables[0].cell(1, column).paragraphs[0].add_run("不印").style = style
    plain = page.styles.add_style("暗段", 1)
    plain.font.hidden = True
    page.tables[0].cell(1, 4).add_paragraph("整段不印", style=plain)
    found = parsed(saved(page))
    line = found["told"]["rows"][0]
    assert (line["name"], line["problem"], line["remark"]) == ("甲", "煤耗高", "岗")
    assert ("文件", "hidden_text") in found["skipped"]


def test_the_sound_above_a_rare_sign_is_not_read() -> None:
    page = _page("甲")
    ruby = "<w:ruby><w:rt><w:r><w:t>yǎn</w:t></w:r></w:rt><w:rubyBase><w:r><w:t>䶮</w:t></w:r></w:rubyBase></w:ruby>"
    page.tables[0].cell(1, 1).paragraphs[0]._p.append(parse_xml(f"<w:r {WORD}>{ruby}</w:r>"))
    assert told(saved(page))["rows"][0]["name"] == "甲䶮"


def test_rows_under_marks_of_old_schemas_are_read() -> None:
    page = _page("甲")
    row_of = page.tables[0].rows[1]._tr
    mark = parse_xml(f'<w:customXml {WORD} w:element="row"/>')
    row_of.addprevious(mark)
    mark.append(row_of)
    assert told(saved(page))["rows"][0]["name"] == "甲"


def test_a_control_that_nobody_filled_in_says_nothing() -> None:
    page = _page("")
    prompt = (
        "<w:sdt {0}><w:sdtPr><w:showingPlcHdr/></w:sdtPr><w:sdtContent><w:r><w:t>{1}</w:t></w:r></w:sdtContent></w:sdt>"
    )
    for column, text in ((1, "真名称"), (7, "单击此处输入文字。")):
        page.tables[0].cell(1, column).paragraphs[0]._p.append(parse_xml(prompt.format(WORD, text)))
    line = told(saved(page))["rows"][0]
    assert (line["name"], line["remark"]) == ("真名称", "岗")


def test_a_text_box_in_a_cell_is_read_once() -> None:
    page = _page("甲")
    box = "<w:txbxContent><w:p><w:r><w:t>公章</w:t></w:r></w:p></w:txbxContent>"
    drawn = (
        f'<w:r {WORD} xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"><mc:AlternateContent>'
        f'<mc:Choice Requires="wps"><w:drawing>{box}</w:drawing></mc:Choice>'
        f"<mc:Fallback><w:pict>{box}</w:pict></mc:Fallback></mc:AlternateContent></w:r>"
    )
    page.tables[0].cell(1, 7).paragraphs[0]._p.append(parse_xml(drawn))
    assert told(saved(page))["rows"][0]["remark"] == "岗\n公章"


def test_the_main_part_as_word_on_the_web_calls_it() -> None:
    kept = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(saved(_page("甲")))) as old, zipfile.ZipFile(kept, "w") as new:
        for name in old.namelist():
            new.writestr(name.replace("document.xml", "document2.xml"), old.read(name))
    assert told(kept.getvalue())["rows"][0]["name"] == "甲"
