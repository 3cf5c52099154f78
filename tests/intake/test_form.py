"""The filled form however a branch filled it in: other labels, several in a file, and what does not fit."""

# ruff: noqa: RUF001

import pytest

from dangjian.intake import reading
from tests.intake.sheets import HEAD, LINE, document, parsed, told, workbook

CONTENT = "1.选题：煤耗高。2.内容：示范岗。3.预期目标：降5%。"
AGREED = ("同意申报。\n2022年8月20日", "同意立项。\n2022年8月28日")


def form(name: str = "甲", content: str = CONTENT, opinions: tuple[str, str] = AGREED) -> list[list[str]]:
    return [
        ["立项支部", f"{name}支部"], ["项目主要责任人", "张三"], ["项目名称", f"{name}项目"], ["项目具体工作内容", content],
        ["支部委员会意见", opinions[0]], ["党委会意见", opinions[1]],
    ]  # fmt: skip


@pytest.mark.parametrize(
    "content",
    [
        CONTENT,
        "一、选题（存在的问题）：煤耗高。\n二、内容（主要采取措施）：示范岗。\n三、预期目标（预期达到目标）：降5%。",
        "选题\n煤耗高。\n内容\n示范岗。\n预期目标\n降5%。",
        "1.选题 煤耗高。\n2.内容 示范岗。\n3.预期目标 降5%。",
        "【选题】煤耗高。【内容】示范岗。【预期目标】降5%。",
        "1.选题：存在的问题。煤耗高。\n2.内容：主要采取措施。示范岗。\n3.预期目标：预期达到目标。降5%。",
        "①选题：煤耗高。②内容：示范岗。③预期目标：降5%。",
        "１．选题：煤耗高。\n２．内容：示范岗。\n３．预期目标：降5%。",
        "存在的问题：煤耗高。\n主要措施：示范岗。\n预期目标：降5%。",
    ],
)
def test_the_three_parts_are_told_apart_however_they_are_marked(content: str) -> None:
    fields = told(document(form(content=content)))["fields"]
    assert [fields[name] for name in ("topic", "measures", "goal")] == ["煤耗高。", "示范岗。", "降5%。"]


def test_what_stands_before_the_first_mark_is_kept() -> None:
    assert told(document(form(content="我支部拟开展：\n" + CONTENT)))["extra"] == {"具体工作内容": "我支部拟开展："}


def test_numbers_within_a_part_stay_in_it() -> None:
    content = "1.选题：\n(1)煤耗高\n(2)油耗高\n2.内容：\n1.示范岗\n2.学习内容：节能\n3.预期目标：\n(1)降5%"
    fields = told(document(form(content=content)))["fields"]
    assert (fields["topic"], fields["goal"]) == ("(1)煤耗高\n(2)油耗高", "(1)降5%")


def test_a_content_without_marks_is_measures_and_that_is_said() -> None:
    found = parsed(document(form(content="开展党员示范岗，降低能耗。")))
    assert (found["told"]["fields"]["measures"], found["told"]["fields"]["topic"]) == (
        "开展党员示范岗，降低能耗。",
        None,
    )
    assert found["noted"] == [("文件", "content_unlabelled")]


@pytest.mark.parametrize(
    "data",
    [
        document(form(), form("乙"), lines=["填表时间：2022年8月1日", "填表时间：2022年8月2日"]),
        document([["填表时间：2022年8月1日", ""], *form()], [["填表时间：2022年8月2日", ""], *form("乙")]),
    ],
)
def test_several_forms_are_all_read(data: bytes) -> None:
    found = parsed(data)
    first, second = found["told"], found["more"][0]
    assert [first["fields"]["name"], second["fields"]["name"]] == ["甲项目", "乙项目"]
    assert [first["fields"]["fill_date"], second["fields"]["fill_date"]] == ["2022-08-01", "2022-08-02"]
    assert (first.keys(), found["noted"]) == ({"kind", "fields"}, [("文件", "several_forms")])
    whole = reading.Reading(**found)
    assert "文件：文件里有几份申请表，命令只列出第一份，导入时全部读入" in whole.remarks()
    assert "文件：文件里有几份申请表，全部读入，请核对" in whole.passed()


def test_forms_may_follow_each_other_in_one_table() -> None:
    assert [more["fields"]["name"] for more in parsed(document(form() + form("乙")))["more"]] == ["乙项目"]


def test_a_form_not_filled_in_beside_others_is_passed_over() -> None:
    blank = [["立项支部", ""], ["项目主要责任人", ""], ["项目名称", ""], ["项目具体工作内容", "1.选题：存在的问题。"], ["支部委员会意见", "年 月 日"]]  # fmt: skip
    found = parsed(document(blank, form()))
    assert found["told"]["fields"]["name"] == "甲项目"
    assert found["more"] == []
    assert found["skipped"] == [("文件", "blank_form")]


def test_a_ledger_beside_a_form_is_named() -> None:
    found = parsed(document(form(), [HEAD, [str(cell) for cell in LINE]]))
    assert (found["told"]["kind"], found["skipped"]) == ("application", [("文件", "other_table")])


def test_labels_may_stand_side_by_side() -> None:
    cells = [["立项支部", "甲支部", "项目主要责任人", "张三"], ["项目名称", "甲项目", "起止时间", "2022.8~2022.12"], ["项目具体工作内容", CONTENT, "", ""]]  # fmt: skip
    fields = told(document(cells))["fields"]
    assert (fields["branch"], fields["leader"], fields["name"]) == ("甲支部", "张三", "甲项目")


def test_a_form_may_be_laid_out_in_excel() -> None:
    assert told(workbook(form()))["fields"]["goal"] == "降5%。"


@pytest.mark.parametrize(
    ("opinion", "text", "day"),
    [
        ("同意申报。\n\n支部书记（签字）：张建国\n（盖章）\n2022 年 8 月 22 日", "同意申报。", "2022-08-22"),
        ("同意申报。\n支部书记：李四\n二○二二年八月二十二日", "同意申报。", "2022-08-22"),
        ("2022年8月20日支委会研究，同意申报。 2022年8月22日", "2022年8月20日支委会研究，同意申报。", "2022-08-22"),
        ("同意申报。\n年   月   日", "同意申报。", None),
        ("", None, None),
    ],
)
def test_an_opinion_is_parted_from_seal_and_day(opinion: str, text: str | None, day: str | None) -> None:
    fields = told(document(form(opinions=(opinion, ""))))["fields"]
    assert (fields["branch_opinion"], fields["branch_opinion_date"]) == (text, day)
