"""Tables on their side: heads in the first column, each further column a project; and forms that are none."""

from typing import Any

import pytest

from tests.intake.sheets import HEAD, document, parsed, told, workbook

PROJECTS = [
    ["节能降耗", "2022.8~2022.12", "运行支部", "煤耗高", "示范岗", "降耗50万元", "设示范岗"],
    ["检修攻关", "2022年3月至2022年11月", "检修支部", "缺陷多", "攻关队", "缺陷降一半", ""],
    ["安全无违章", "2022-01至2022-12", "安全支部", "违章多", "监督岗", "零违章", ""],
]
FACTS = ("name", "start", "end", "dept", "problem", "measures", "goal", "remark")
READ = [
    ("节能降耗", "2022-08", "2022-12", "运行支部", "煤耗高", "示范岗", "降耗50万元", "设示范岗"),
    ("检修攻关", "2022-03", "2022-11", "检修支部", "缺陷多", "攻关队", "缺陷降一半", ""),
    ("安全无违章", "2022-01", "2022-12", "安全支部", "违章多", "监督岗", "零违章", ""),
]


def on_its_side(heads: list[str], projects: list[list[str]]) -> list[list[str]]:
    return [[head, *texts] for head, *texts in zip(heads, *projects, strict=True)]


def facts(found: dict[str, Any]) -> list[tuple[str, ...]]:
    assert found["kind"] == "ledger", found
    return [tuple(row[fact] for fact in FACTS) for row in found["rows"]]


TABLE = on_its_side(HEAD[1:], PROJECTS)
ABOVE = [["党建项目化管理项目汇总表", "", "", ""], ["单位名称：一公司党委", "填表人：陈静", "联系电话：0571-88", ""]]
BELOW = [["说明：本表由各支部填写。", "", "", ""]]


def test_a_table_on_its_side_without_numbers_is_read() -> None:
    assert facts(told(workbook(TABLE))) == READ
    assert facts(told(document(TABLE))) == READ
    assert facts(told(workbook([line[:3] for line in TABLE]))) == READ[:2]


def test_title_and_unit_above_and_a_note_below_stay_what_they_are() -> None:
    found = told(workbook([*ABOVE, *TABLE, *BELOW], merges=[(0, 0, 0, 3), (len(TABLE) + 2, 0, len(TABLE) + 2, 3)]))
    assert facts(found) == READ
    assert (found["unit"], found["filler"], found["phone"]) == ("一公司党委", "陈静", "0571-88")
    assert not any("extra" in row for row in found["rows"])


def test_one_that_counts_keeps_its_title_too() -> None:
    table = [["序号", "1", "2", "3"], *TABLE]
    found = told(workbook([*ABOVE, *table], merges=[(0, 0, 0, 3)]))
    assert facts(found) == READ
    assert found["unit"] == "一公司党委"
    assert not any("extra" in row for row in found["rows"])


def test_heads_that_no_fact_takes_are_kept_beside_each_project() -> None:
    found = told(workbook([["联系领导", "王强", "", "李明"], *TABLE, ["进度", "五成", "六成", "七成"]]))
    assert facts(found) == READ
    assert [row["extra"] for row in found["rows"]] == [
        {"联系领导": "王强", "进度": "五成"}, {"进度": "六成"}, {"联系领导": "李明", "进度": "七成"}
    ]  # fmt: skip


def test_beginning_and_end_in_rows_of_their_own() -> None:
    spans = [["开始时间", "2022.8", "2022.3", "2022-01"], ["完成时间", "2022.12", "2022.11", "2022-12"]]
    assert [line[:3] for line in facts(told(workbook([TABLE[0], *spans, *TABLE[2:]])))] == [line[:3] for line in READ]


def test_a_place_is_named_as_turned() -> None:
    marks = parsed(workbook(TABLE))["marks"]
    assert [mark["place"] for mark in marks] == [f"表1（行列互换后） 第{number}行" for number in (2, 3, 4)]


FORMS = {
    "附件1": [
        ["立项支部", "运行支部", "项目主要责任人", "张建国"], ["项目名称", "节能降耗", "起止时间", "2022.8~2022.12"],
        ["解决问题", "煤耗高", "采取措施", "示范岗"], ["达到目标", "降耗50万元", "", ""],
        ["支部委员会意见", "同意申报。\n2022年8月22日", "", ""], ["党委会意见", "", "", ""],
    ],
    "附件1，周期在名称下面": [
        ["立项支部", "运行支部", "责任人", "张建国"], ["项目名称", "节能降耗", "降本增效", ""],
        ["起止日期", "2022.8", "2022.12", ""], ["具体工作内容", "1.选题：煤耗高。2.内容：示范岗。3.预期目标：降5%。", "", ""],
        ["支部委员会意见", "同意申报。", "", ""],
    ],
    "没有意见栏的": [
        ["立项支部", "运行支部", "责任人", "张建国"], ["项目名称", "节能降耗", "负责人", "李明"],
        ["起止日期", "2022.8~2022.12", "填表日期", "2022.8.1"], ["采取措施", "示范岗", "", ""], ["达到目标", "降5%", "", ""],
    ],
}  # fmt: skip


@pytest.mark.parametrize("form", FORMS.values(), ids=list(FORMS))
@pytest.mark.parametrize("make", [workbook, document])
def test_a_filled_form_is_never_turned(form: list[list[str]], make: Any) -> None:
    found = parsed(make(form))
    assert found["told"]["kind"] != "ledger"
    assert not any("行列互换" in str(each) for each in found.get("marks", []))


def test_one_project_alone_is_not_taken_for_a_table() -> None:
    assert parsed(workbook([line[:2] for line in TABLE]))["told"]["kind"] != "ledger"


def test_without_times_only_whole_columns_are_projects() -> None:
    found = told(workbook([TABLE[0], *TABLE[2:]]))
    assert [(row["name"], row["start"], row["warnings"]) for row in found["rows"]] == [
        (name, None, ["date_missing"]) for name, *_ in PROJECTS
    ]
    gap = [
        line if line[0] != "采取措施" else ["采取措施", "示范岗", "", "监督岗"] for line in TABLE if line[0] != HEAD[2]
    ]
    assert parsed(workbook(gap))["told"]["kind"] != "ledger"
