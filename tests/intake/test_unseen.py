"""Files of offices that keep their ledgers in other words: what looks like a heading and is none, and the other way round."""

from typing import Any

import docx
import pytest
from docx.oxml import parse_xml

from tests.intake.sheets import HEAD, LINE, document, ledger, parsed, row, told, workbook
from tests.intake.test_odd import FORM, WORD, saved


def facts(found: dict[str, Any], *names: str) -> list[tuple[Any, ...]]:
    return [tuple(line.get(name) for name in names) for line in found["rows"]]


# Heads


def test_a_project_of_a_kind_called_like_a_heading_is_a_project() -> None:
    head = ["序号", "项目名称", "项目类别", "承担支部", "起止时间", "状态"]
    lines = [
        [1, "节能", "党建项目", "机关党支部", "2022.8~2022.12", "完成"],
        [2, "调峰", "创新项目", "检修党支部", "", ""],
    ]
    found = told(workbook([head, *lines]))
    assert facts(found, "name", "dept", "start") == [("节能", "机关党支部", "2022-08"), ("调峰", "检修党支部", None)]
    assert found["rows"][0]["extra"] == {"项目类别": "党建项目", "状态": "完成"}
    uncounted = told(workbook([[*head[1:5]], [*lines[0][1:5]], [*lines[1][1:5]]]))
    assert facts(uncounted, "name") == [("节能",), ("调峰",)]


def test_a_column_that_says_whether_it_is_a_project_of_some_kind_is_not_its_name() -> None:
    found = told(workbook([["题目", "重点项目", "承担支部"], ["节能", "是", "甲支部"]]))
    assert facts(found, "name", "extra") == [("节能", {"重点项目": "是"})]


@pytest.mark.parametrize("first", [0, 1], ids=["counted", "not counted"])
def test_a_project_that_ends_like_a_heading_is_a_project(first: int) -> None:
    lines = [
        ["序号", "项目名称", "承担支部"],
        [1, "解决设备渗漏问题", "检修部党支部"],
        [2, "实现降耗目标", "运行部党支部"],
    ]
    found = told(workbook([line[first:] for line in lines]))
    assert facts(found, "name", "dept") == [(name, dept) for _, name, dept in lines[1:]]


@pytest.mark.parametrize(
    ("fact", "heading"),
    [
        ("name", "工作项目"), ("name", "书记项目"), ("name", "攻关课题"), ("start", "项目实施时间"), ("start", "起讫日期"),
        ("dept", "立项单位"), ("dept", "基层党组织"), ("problem", "难点痛点"), ("problem", "存在问题及难点"),
        ("measures", "措施办法"), ("goal", "目标任务"), ("goal", "考核目标"), ("goal", "量化指标"),
        ("name", "项目名称\n填写全称，不超过30字"), ("start", "起止日期\n示例：2022.8~2022.12"),
    ],
)  # fmt: skip
def test_words_for_the_facts(fact: str, heading: str) -> None:
    columns = {"name": 1, "start": 2, "dept": 3, "problem": 4, "measures": 5, "goal": 6}
    head = list(HEAD)
    head[columns[fact]] = heading
    assert told(workbook([head, LINE]))["rows"] == ledger(LINE)["rows"]


def test_a_department_that_looks_on_is_not_the_one_that_works() -> None:
    found = told(
        workbook([["项目名称", "主管部门", "督导部门", "起止时间"], ["甲", "党建部", "纪检部", "2022.8~2022.12"]])
    )
    assert facts(found, "dept", "extra") == [("", {"主管部门": "党建部", "督导部门": "纪检部"})]


def test_a_table_whose_heads_stand_in_its_first_column_is_turned() -> None:
    lines = [row(A=1), row(A=2, B="调峰", D="检修支部")]
    found = told(workbook([["汇总表"], *zip(HEAD, *lines, strict=True)]))
    assert found["rows"] == ledger(*lines)["rows"]


# Around the table, and lines that are no project


@pytest.mark.parametrize(
    ("line", "filler", "phone"),
    [
        (["联系人及电话：刘芳 010-12345678"], "刘芳", "010-12345678"),
        (["填表人及联系电话：刘芳"], "刘芳", None),
        (["审核：王伟", "", "制表：刘芳", "", "日期：2022.9.1"], "刘芳", None),
    ],
)
def test_who_filled_it_in(line: list[str], filler: str, phone: str | None) -> None:
    found = told(workbook([["编制单位：甲公司党委"], HEAD, LINE, line]))
    assert (found["unit"], found["filler"], found["phone"], len(found["rows"])) == ("甲公司党委", filler, phone, 1)


def test_dots_below_the_last_project_are_no_project() -> None:
    found = parsed(workbook([HEAD, LINE, ["…", "……"], ["..."]]))
    assert (len(found["told"]["rows"]), [code for _, code in found["skipped"]]) == (1, ["note", "note"])


def test_the_year_after() -> None:
    found = ledger(row(C="2022年9月至明年3月"))
    assert facts(found, "start", "end", "warnings") == [("2022-09", "2023-03", [])]


# Forms


def test_the_parts_of_the_content_in_rows_of_their_own_beside_its_label() -> None:
    parts = [["项目具体工作内容", "选题", "煤耗高。"], ["", "内容", "示范岗。"], ["", "预期目标", "降5%。"]]
    found = told(document([[*FORM[0], ""], [*FORM[1], ""], [*FORM[2], ""], *parts]))["fields"]
    assert (found["topic"], found["measures"], found["goal"]) == ("煤耗高。", "示范岗。", "降5%。")


@pytest.mark.parametrize("day", ["2022年2月30日", "2022年8月  日"])
def test_a_day_that_cannot_be_stays_in_the_opinion(day: str) -> None:
    found = told(document([*FORM[:5], ["党委会意见", f"同意立项。\n{day}"]]))["fields"]
    assert (found["committee_opinion"], found["committee_opinion_date"]) == (f"同意立项。\n{day}", None)


@pytest.mark.parametrize("heading", ["项目基本情况", "工作内容"])
def test_the_parts_of_the_content_in_one_cell_of_a_ledger(heading: str) -> None:
    said = "1.解决问题：煤耗高。\n2.采取措施：示范岗。\n3.达到目标：降5%。\n阶段性目标：年底降2%。"
    found = told(workbook([["项目名称", "起止日期", heading], ["甲", "2022.8~2022.12", said], ["乙", "", "一岗一责"]]))
    assert facts(found, "problem", "measures", "goal")[0] == ("煤耗高。", "示范岗。", "降5%。")
    assert found["rows"][0]["extra"] == {"阶段性目标": "年底降2%。"}
    assert "一岗一责" in {found["rows"][1]["measures"], found["rows"][1].get("extra", {}).get(heading)}


def test_a_row_of_four_cells_that_the_form_has_no_field_for_is_kept() -> None:
    lines = [["立项支部", "甲支部", "项目主要责任人", "张三\n李四"], ["起止时间", "2022.8~2022.12", "项目类别", "生产"]]
    found = told(document([*lines, [*FORM[2], "", ""], [*FORM[3], "", ""]]))
    assert (found["fields"]["leader"], found["extra"]) == (
        "张三、李四",
        {"起止时间": "2022.8~2022.12", "项目类别": "生产"},
    )


def test_boxes_from_wingdings_and_the_foot_of_the_page_are_read() -> None:
    page = docx.Document()
    page.sections[0].footer.paragraphs[0].text = "填表人：刘芳　联系电话：010-1"
    table = page.add_table(2, 3)
    for column, texts in enumerate((("项目名称", "甲"), ("承担支部", "甲支部"), ("备注", ""))):
        for line, text in enumerate(texts):
            table.cell(line, column).text = text
    ticked = f'<w:r {WORD}><w:sym w:font="Wingdings" w:char="F0FE"/><w:t>创新</w:t></w:r>'
    table.cell(1, 2).paragraphs[0]._p.append(parse_xml(ticked))
    found = told(saved(page))
    assert (found["filler"], found["phone"], found["rows"][0]["remark"]) == ("刘芳", "010-1", "☑创新")


@pytest.mark.parametrize("heading", ["完成\n情况", "完 成 情 况", "完成\u3000情况"])
def test_a_heading_of_a_narrow_column_is_called_by_its_word(heading: str) -> None:
    found = told(workbook([[*HEAD, heading], [*LINE, "已完成80%"]]))
    assert found["rows"][0]["extra"] == {"完成情况": "已完成80%"}
