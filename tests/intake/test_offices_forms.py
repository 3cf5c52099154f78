"""Forms as ten offices filled them in: their labels, the parts of their content, days, opinions and what stands beside them."""

import pytest

from tests.intake.sheets import document, parsed, told, workbook
from tests.intake.test_odd import FIELDS, FILLED_ON, FORM


@pytest.mark.parametrize(
    "labels",
    [
        ("选题：存在的问题", "内容：主要采取措施", "预期目标：预期达到目标"),
        ("1.选题", "2.内容", "3.预期目标"),
        ("1.选题：存在的问题。", "2.内容：主要采取措施。", "3.预期目标：预期达到目标。"),
    ],
)
def test_the_parts_in_rows_named_as_the_printed_form_names_them(labels: tuple[str, str, str]) -> None:
    said = ("煤耗高。", "示范岗。", "降5%。")
    parts = [["项目具体工作内容" if not n else "", *pair] for n, pair in enumerate(zip(labels, said, strict=True))]
    rows = [*([*line, ""] for line in FORM[:3]), *parts, *([*line, ""] for line in FORM[4:])]
    assert told(document(rows, lines=[FILLED_ON])) == {"kind": "application", "fields": FIELDS}


@pytest.mark.parametrize(
    "labels",
    [
        ("一、选题背景及存在的问题\n", "二、主要内容及采取的措施\n", "三、预期达到的目标\n"),
        ("（1）存在的主要问题：", "（2）拟采取的主要措施：", "（3）预期达到的目标："),
        ("1、解决的问题：", "2、主要做法：", "3、工作目标："),
        ("1.选题——", "2.内容——", "3.预期目标——"),
        ("一、选题。", "二、内容。", "三、预期目标。"),
        ("★选题：", "★内容：", "★预期目标："),
        ("选题  ", "内容  ", "预期目标  "),
        ("问题：", "措施：", "目标："),
        ("（一）问题：", "（二）举措：", "（三）目标："),
    ],
)
def test_the_parts_by_other_names(labels: tuple[str, str, str]) -> None:
    said = "\n".join(label + text for label, text in zip(labels, ("煤耗高。", "示范岗。", "降5%。"), strict=True))
    assert told(document([*FORM[:3], ["项目具体工作内容", said], *FORM[4:]], lines=[FILLED_ON]))["fields"] == FIELDS


def test_common_words_are_no_labels_where_the_parts_have_theirs() -> None:
    said = "1.选题：煤耗高。\n2.内容：\n问题：设备老。\n措施：换新。\n3.预期目标：降5%。"
    found = told(document([*FORM[:3], ["项目具体工作内容", said], *FORM[4:]]))["fields"]
    assert (found["topic"], found["measures"], found["goal"]) == ("煤耗高。", "问题：设备老。\n措施：换新。", "降5%。")


@pytest.mark.parametrize("day", ["2022年8月22日", "日期：2022.8.22"])
def test_the_day_of_an_opinion_in_a_cell_of_its_own(day: str) -> None:
    rows = [*([*line, ""] for line in FORM[:4]), ["支部委员会意见", "同意申报。", day], [*FORM[5], ""]]
    assert told(document(rows, lines=[FILLED_ON])) == {"kind": "application", "fields": FIELDS}


def test_labels_under_the_names_of_their_groups() -> None:
    rows = [[group, *line] for group, line in zip(["基本情况", "", "", "项目内容", "审批意见", ""], FORM, strict=True)]
    assert told(workbook([[FILLED_ON, "", ""], *rows], merges=[(1, 0, 3, 0), (5, 0, 6, 0)]))["fields"] == FIELDS


def test_the_person_in_charge_with_labels_of_her_own() -> None:
    wide = [[*line, *[""] * 3] for line in FORM]
    wide[1] = ["项目主要责任人", "姓名", "张三", "职务", "书记"]
    found = told(document(wide))
    assert (found["fields"]["leader"], found["extra"]) == ("张三", {"职务": "书记"})


def test_lines_to_write_on_say_nothing() -> None:
    found = told(document([["立项支部", "__甲支部__"], ["项目主要责任人", "________"], *FORM[2:]]))["fields"]
    assert (found["branch"], found["leader"]) == ("甲支部", None)


def test_a_day_with_a_digit_for_its_nought() -> None:
    found = told(document([*FORM[:4], ["支部委员会意见", "同意申报。\n二0二二年八月二十二日"], FORM[5]]))["fields"]
    assert (found["branch_opinion"], found["branch_opinion_date"]) == ("同意申报。", "2022-08-22")


def test_labels_without_numbers_in_one_line() -> None:
    said = "选题：煤耗高。内容：示范岗。预期目标：降5%。"
    assert told(document([*FORM[:3], ["项目具体工作内容", said], *FORM[4:]], lines=[FILLED_ON]))["fields"] == FIELDS


def test_such_words_within_a_sentence_are_no_labels() -> None:
    said = "选题：煤耗高。培训内容：单一。"
    found = told(document([*FORM[:3], ["项目具体工作内容", said], *FORM[4:]], lines=[FILLED_ON]))["fields"]
    assert (found["topic"], found["measures"]) == ("煤耗高。培训内容：单一。", None)


def test_a_form_in_a_single_cell() -> None:
    said = "\n".join(f"{label}：{text}" for label, text in FORM)
    assert told(document([[said]], lines=[FILLED_ON])) == {"kind": "application", "fields": FIELDS}


def test_a_list_of_members_after_a_form_is_named_and_not_mixed_in() -> None:
    found = parsed(
        document(
            FORM,
            [["序号", "姓名", "政治面貌", "职务", "分工"], ["1", "张三", "党员", "书记", "组长"]],
            lines=[FILLED_ON],
        )
    )
    assert found["told"] == {"kind": "application", "fields": FIELDS}
    assert found["skipped"] == [("表2 第1行", "foreign_table"), ("表2 第2行", "foreign_table")]


@pytest.mark.parametrize(
    ("goal", "stage"),
    [
        ("3.预期目标：降5%。\n（2022年底阶段性目标：降2%。）", "降2%。"),
        ("3.预期目标：降5%。阶段性目标：年底降2%。", "年底降2%。"),
        ("3.预期目标：降5%。（阶段性目标：年底降2%。）", "年底降2%。"),
        ("3.预期目标：\n降5%。\n2022年底前阶段性目标：降2%。", "降2%。"),
        ("3.预期目标：降5%。\n4.2022年度阶段目标：降2%。", "降2%。"),
    ],
)
def test_the_goal_of_the_stage_within_the_content(goal: str, stage: str) -> None:
    said = f"1.选题：煤耗高。\n2.内容：示范岗。\n{goal}"
    found = told(document([*FORM[:3], ["项目具体工作内容", said], *FORM[4:]], lines=[FILLED_ON]))["fields"]
    assert found == FIELDS | {"stage_goal": stage}


@pytest.mark.parametrize(
    "line",
    [
        "编号：DJ-03    填表时间：2022年8月20日",
        "填写时间：2022年8月20日",
        "申请日期：20220820",
        "填表人：李四　填表时间：2022.8.20",
    ],
)
def test_the_day_of_filling_in(line: str) -> None:
    assert told(document(FORM, lines=[line]))["fields"]["fill_date"] == "2022-08-20"


def test_the_time_for_applications_in_a_notice_is_not_the_day_of_filling_in() -> None:
    lines = ["一、申报时间：2022年8月15日", "申报时间：2022年8月15日至27日", "填报时间以盖章为准", FILLED_ON]
    assert told(document(FORM, lines=lines))["fields"]["fill_date"] == "2022-08-20"


def test_labels_by_other_names_and_two_of_one_fact() -> None:
    rows = [list(line) for line in FORM]
    for place, label in enumerate(
        ["项目申报支部", "责任人", "课题名称", "主要工作内容", "支委会意见", "公司党委会审批意见"]
    ):
        rows[place][0] = label
    found = told(
        document([*rows[:5], ["党总支意见", "同意。"], ["党委组织部意见", "属实。"], rows[5]], lines=[FILLED_ON])
    )
    assert found == {
        "kind": "application",
        "fields": FIELDS,
        "extra": {"党总支意见": "同意。", "党委组织部意见": "属实。"},
    }


def test_two_opinions_side_by_side_over_their_texts() -> None:
    below = [[FORM[4][0], FORM[5][0]], [FORM[4][1], FORM[5][1]]]
    assert told(document([*FORM[:4], *below], lines=[FILLED_ON])) == {"kind": "application", "fields": FIELDS}
