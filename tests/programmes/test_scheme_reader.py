"""The reader of scheme files: what is said of a file that cannot be used, and on which line."""

import re
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic_core.core_schema import ErrorType

from dangjian.programmes import fault
from dangjian.programmes.scheme import Scheme, SchemeError, read, source_plan_text

SOURCE = source_plan_text()


def english_in(message: str) -> bool:
    """Latin letters outside 「」, where keys and codes are quoted."""
    return re.search("[A-Za-z]", re.sub("「[^」]*」", "", message)) is not None


def faults(text: str) -> list[tuple[int, str, str]]:
    with pytest.raises(SchemeError) as raised:
        read(text)
    for found in raised.value.faults:
        assert not english_in(found.message), found.message
    return [(found.line, found.path, found.message) for found in raised.value.faults]


def line_of(text: str, piece: str) -> int:
    return text.count("\n", 0, text.index(piece)) + 1


# What is replaced by what, where the line at fault begins, the path, and the message.
ONE_FAULT = {
    "unknown key": ("  slogan:", "  slogen:", "  slogen:", "head.slogen", "不认识「slogen」，是不是「slogan」？"),
    "unknown key, nothing near": (
        "  letter: true\n", "  letter: true\n  zzz: 1\n", "  zzz:", "gates.zzz",
        "不认识「zzz」，这里可以写：「letter」、「plan」、「filing」",
    ),
    "missing key": ("  filing: true\n", "", "gates:\n", "gates.filing", "缺少「filing」"),
    "missing key in an entry": (
        "      clause: S-54\n", "", "    - key: assessment\n", "timetable.stages[3].clause", "缺少「clause」",
    ),
    "nothing filled in": (
        "  department: 党委组织部", "  department:", "  department:", "head.department", "「department」没有填写",
    ),
    "number for text": (
        "  brand: xxxx党建工作特色和品牌", "  brand: 2022", "  brand: 2022", "head.brand", "应为文字，请给内容加上英文引号",
    ),
    "text for a number": ("    days: 7", "    days: 七", "    days: 七", "duties.contact.days", "应为整数，不加引号"),
    "truth for a number": ("    days: 7", "    days: true", "    days: true", "duties.contact.days", "应为整数，不加引号"),
    "number for truth": (
        "  strict_form: false", "  strict_form: 0", "  strict_form: 0", "application.strict_form",
        "应为「true」（是）或「false」（否），不加引号",
    ),
    "text for a weight": (
        "weight: 70", "weight: 七十", "weight: 七十", "appraisal.rubric.blocks[2].weight", "应为数字，不加引号",
    ),
    "text for a list": (
        "  eligible_kinds: [branch, joint_branch, temporary_branch]", "  eligible_kinds: branch", "  eligible_kinds:",
        "application.eligible_kinds", "应为列表，每项另起一行，以“- ”开头",
    ),
    "text for a block": (
        "gates:\n", "gates: 全部\nnone:\n", "gates: 全部", "gates", "应为若干行“名称: 内容”",
    ),
    "number out of range": (
        "plan_year: 2022\n\n", "plan_year: 22\n\n", "plan_year: 22", "plan_year", "不能小于2000",
    ),
    "unknown word": (
        "stage_goal_when: over_one_year", "stage_goal_when: over_a_year", "stage_goal_when: over_a",
        "application.stage_goal_when", "不能写「over_a_year」，是不是「over_one_year」？",
    ),
    "bad code": (
        "code: saving", "code: 节能", "code: 节能", "taxonomies[2].items[3].code",
        "代码应由小写英文字母、数字和下划线组成，以字母开头，不超过40个字符",
    ),
    "bad clause": (
        "clause: S-73", "clause: S-173", "clause: S-173", "taxonomies[9].clause", "条款编号应写成「S-01」至「S-122」",
    ),
    "no such day": (
        'opens: "08-15"', 'opens: "02-30"', 'opens: "02-30"', "timetable.windows.application.opens", "没有2月30日这一天",
    ),
    "leap day": (
        'opens: "08-15"', 'opens: "02-29"', 'opens: "02-29"', "timetable.windows.application.opens",
        "2月29日不是每年都有，请写2月28日",
    ),
    "not a day": (
        'opens: "08-15"', "opens: 8月15日", "opens: 8月", "timetable.windows.application.opens",
        '请写成“月-日”并加引号，例如"08-15"',
    ),
    "no such date": (
        "issued_on:\n", "issued_on: 2022-02-30\n", "issued_on: 2022", "head.issued_on",
        "没有2022-02-30这一天，请写成“年-月-日”，例如2022-08-05",
    ),
    "window ends before it starts": (
        'closes: "08-27"', 'closes: "08-10"', 'closes: "08-10"', "timetable.windows.application.closes",
        "截止日期早于开始日期",
    ),
    "window without an end": (
        '      closes: "12-31"\n', "", "    stage_goal_due:", "timetable.windows.stage_goal_due",
        "缺少截止日期：请写「closes」（每年相同）或「fixed」（只属于某一年）",
    ),
    "stage without its windows": (
        "      to_window: plan\n", "", "    - key: establishment", "timetable.stages[1]",
        "「kind」为「fixed_dates」时，「from_window」和「to_window」都要写",
    ),
    "stage on a window left out": (
        "to_window: plan", "to_window: narration", "to_window: narr", "timetable.stages[1].to_window",
        "时限「narration」不是每年都有，不能引用",
    ),
    "duplicate code": (
        "code: saving", "code: market", "code: market, label: 节能降耗", "taxonomies[2].items[3].code",
        "代码「market」与第1项重复",
    ),
    "duplicate axis": (
        "- key: scope", "- key: topic", "- key: topic\n    label: 工作领域", "taxonomies[3].key",
        "代码「topic」与第2项重复",
    ),
    "reference to no axis": (
        "grouped_by: origin", "grouped_by: origins", "grouped_by: origins", "taxonomies[2].grouped_by", None,
    ),
    "reference to no group": (
        "label: 节能降耗, group: production", "label: 节能降耗, group: produce", "label: 节能降耗, group: produce",
        "taxonomies[2].items[3].group", "引用的代码「produce」不存在，可用的有：「production」、「party_work」",
    ),
    "reference to no ability": (
        "ability: screen\n", "ability: scren\n", "ability: scren", "approvals.application.steps[2].ability", None,
    ),
    "reference to no grade": (
        "min_grade: good", "min_grade: great", "min_grade: great", "appraisal.award.min_grade",
        "引用的代码「great」不存在，可用的有：「excellent」、「good」、「pass」、「fail」",
    ),
    "reason not asked": (
        "label: 不予立项, reason_required: true", "label: 不予立项, reason_required: false", "label: 不予立项",
        "approvals.decisions[5].reason_required", "退回、不予立项必须写明理由，应为「true」",
    ),
    "a text of the plan made optional": (
        "      required: true\n", "      required: false\n", "      required: false\n", "application.fields[1].required",
        "「problem」是方案规定必须说明的内容，应为「true」",
    ),
    "prizes above the whole": (
        "percent: 15", "percent: 95", "tiers:\n", "appraisal.award.tiers", "各奖项比例合计110%，超过100%",
    ),
    "a box of the form left out": (
        "- key: long_reason", "- key: longer_reason", "  fields:", "application.fields", "缺少填写项「long_reason」",
    ),
    "example longer than allowed": (
        "max_length: 300", "max_length: 10", "example: 加热炉", "application.fields[8].example", "样例有37字，超过最多字数10",
    ),
    "example of a name longer than allowed": (
        "name_max: 60", "name_max: 10", "  name_example:", "application.name_example", "样例有22字，超过最多字数10",
    ),
    "group without an axis above": (
        "label: 疫情防控", "label: 疫情防控, group: production", "code: epidemic", "taxonomies[7].items[1].group",
        "这一分类没有上级分类，不要写「group」",
    ),
    "group not said": (
        "label: 节能降耗, group: production", "label: 节能降耗", "- {code: saving", "taxonomies[2].items[3]",
        "这一分类按「origin」分组，每一项都要写「group」",
    ),
    "window with both kinds of dates": (
        "      fixed:\n        #", '      closes: "10-16"\n      fixed:\n        #', "      fixed:\n        #",
        "timetable.windows.narration.fixed", "「fixed」与「opens」「closes」只能写一种",
    ),
    "stage with dates it cannot have": (
        "kind: project_duration", "kind: project_duration\n      to_window: plan", "    - key: implementation",
        "timetable.stages[2]", "「kind」为「project_duration」时，不要写「from_window」和「to_window」",
    ),
    "stage without its months": (
        "      months: 12\n", "", "    - key: promotion", "timetable.stages[4]",
        "「months」只在「kind」为「after_completion」时写，并且必须写",
    ),
    "reminders out of order": (
        "[30, 180, 330]", "[180, 30, 330]", "    remind_after_days:", "duties.promotion.remind_after_days",
        "提醒日应由小到大，不重复",
    ),
    "comments shown before results": (
        "min_comments: 10", "min_comments: 4", "    min_comments:", "appraisal.survey.min_comments",
        "公布意见建议的份数不能少于公布结果的份数",
    ),
    "scores below the last grade": (
        "at_least: 0}", "at_least: 10}", "- {code: fail", "appraisal.grades[4].at_least", "最后一档应从0分起",
    ),
    "indicator repeated in another block": (
        "- code: spot_check", "- code: effect", "- code: effect\n            label: 效果",
        "appraisal.rubric.blocks[2].indicators[5].code", "指标代码「effect」重复",
    ),
    "nobody establishes": (
        "decisions: [establish, return, reject]", "decisions: [return, reject]", "decisions: [return, reject]",
        "approvals.application.steps[3].decisions", "最后一个环节要能决定立项（「establish」）",
    ),
    "grades out of order": (
        "at_least: 80", "at_least: 95", "at_least: 95", "appraisal.grades[2].at_least", "最低分应低于上一档",
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", ONE_FAULT)
def test_a_single_mistake_is_told_on_its_line(kind: str):
    old, new, at, path, message = ONE_FAULT[kind]
    text = SOURCE.replace(old, new, 1)
    assert text != SOURCE
    told = [(line, where, words) for line, where, words in faults(text) if where == path]
    assert [line for line, _, _ in told] == [line_of(text, at)]
    if message:
        assert told[0][2] == message


@pytest.mark.clause("S-57", "S-79", "S-82")
def test_a_rubric_that_does_not_add_up_is_refused_block_by_block():
    text = SOURCE.replace("weight: 25", "weight: 24.5").replace("weight: 30", "weight: 31")
    assert faults(text) == [
        (line_of(text, "weight: 31"), "appraisal.rubric.blocks[1].weight", "本部分满分写的是31，下列指标分值合计是30"),
        (
            line_of(text, "weight: 70"),
            "appraisal.rubric.blocks[2].weight",
            "本部分满分写的是70，下列指标分值合计是69.5",
        ),
    ]
    text = SOURCE.replace("weight: 15", "weight: 14").replace("weight: 30", "weight: 28")
    assert faults(text) == [(line_of(text, "    blocks:"), "appraisal.rubric.blocks", "各部分满分合计应为100，现为98")]
    text = SOURCE.replace("kind: qualitative", "kind: quantitative")
    message = "要坚持定量与定性相结合，现在没有定性指标（「qualitative」）"
    assert faults(text) == [(line_of(text, "    blocks:"), "appraisal.rubric.blocks", message)]


@pytest.mark.clause("S-57")
def test_none_of_the_six_contents_may_be_left_out_or_unscored():
    text = SOURCE.replace("    - {code: influence, label: 影响力, asked: assessors}\n", "")
    assert faults(text) == [
        (line_of(text, "  contents:"), "appraisal.contents", "缺少方案规定的考核内容「influence」"),
        (
            line_of(text, "content: influence"), "appraisal.rubric.blocks[2].indicators[6].content",
            "引用的代码「influence」不存在，可用的有：「awareness」、「satisfaction_results」、"
            "「satisfaction_vanguard」、「goal_attainment」、「effect」",
        ),
    ]  # fmt: skip
    text = SOURCE.replace("            content: influence\n", "")
    message = "考核内容「influence」没有对应的评分指标"
    assert faults(text) == [(line_of(text, "    blocks:"), "appraisal.rubric.blocks", message)]


@pytest.mark.clause("S-27")
def test_only_a_meeting_at_the_last_step_establishes():
    text = SOURCE.replace("decisions: [pass, return]", "decisions: [establish, return]", 1)
    at = line_of(text, "        decisions: [establish, return]\n")
    assert [line for line, _, _ in faults(text)] == [at]
    head, tail = SOURCE.split("      - key: committee")
    text = head + "      - key: committee" + tail.replace("meeting: true", "meeting: false", 1)
    path = "approvals.application.steps[3].meeting"
    assert faults(text) == [(line_of(text, "key: committee") + 5, path, "立项须由会议集体研究决定，应为「true」")]


def test_all_faults_are_told_at_once_in_the_order_of_the_lines():
    text = (
        SOURCE.replace("  title: 关于", "  titel: 关于")
        .replace('closes: "08-27"', 'closes: "08-32"')
        .replace("code: saving", "code: market")
        .replace("weight: 30", "weight: 31")
        .replace("  strict_form: false", "  strict_form: false\n  strict_form: true")
        .replace("    days: 7", "    days: &seven 7")
    )
    assert [(line, where) for line, where, _ in faults(text)] == [
        (line_of(text, "head:"), "head.title"),
        (line_of(text, "  titel:"), "head.titel"),
        (line_of(text, 'closes: "08-32"'), "timetable.windows.application.closes"),
        (line_of(text, "code: market, label: 节能"), "taxonomies[2].items[3].code"),
        (line_of(text, "  strict_form: true"), "application.strict_form"),
        (line_of(text, "days: &seven"), "duties.contact.days"),
        (line_of(text, "weight: 31"), "appraisal.rubric.blocks[1].weight"),
    ]


def test_a_second_key_of_the_same_name_points_to_the_first():
    text = SOURCE.replace("gates:\n", "gates:\n  plan: true\n")
    first, second = line_of(text, "  plan: true"), line_of(text, "  # 制定实施计划书") + 1
    assert faults(text) == [(second, "gates.plan", f"「plan」重复，第一次在第{first}行")]


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("plan_year: 2022\nhead:\n\ttitle: 方案\n", 3, "不能用制表符缩进，请改用空格"),
        ('plan_year: 2022\nhead:\n  title: "方案\n  number: 1\n', 3, "引号没有成对"),
        ("plan_year: 2022\nhead:\n  title: 方案\n number: 1\n", 4, "缩进有误：同一级的各行应左对齐"),
        ("plan_year: 2022\nhead: {title: 方案, number: 1\ngates:\n", 2, "括号没有成对，或缺少英文逗号"),
        ("plan_year: 2022\nhead:\n  basis:\n    - 一\n    二\n    number: 1\n", 5, "缺少英文冒号"),
        ("plan_year: 2022\nhead:\n  title: @方案\n", 3, "以特殊符号开头的内容请加英文引号"),
        ('plan_year: 2022\nhead:\n  title: "C:\\方案"\n', 3, "英文双引号内不能单独使用反斜杠"),
        ("plan_year: 2022\nhead:\n  title：方案\n  number: 1\n", 3, "冒号应为英文冒号，后面空一格"),
        ("plan_year: 2022\nhead:\n  title:方案\n  number: 1\n", 3, "冒号应为英文冒号，后面空一格"),
        (
            "plan_year: 2022\nhead:\n  a\n  b: 1\n",
            4,
            "这里多了一个英文冒号，或上一行缺少冒号、缩进有误；内容中含冒号的请加英文引号",
        ),
        ('plan_year: 2022\nhead:\n  title: "方\n  brand: "案"\n', 4, "引号没有成对，或引号外还有文字"),
        ("plan_year: 2022\nhead: 方\x07案\n", 2, "含有不能识别的控制字符，请删去后重新输入"),
        ("plan_year: 2022\nhead: " + "[" * 100_000, 2, "层级超过20层"),
        ("plan_year: 2022\n" + "#" * 1024 * 1024, 1, "文件超过1兆字节，不是方案文件"),
        ("# 只有说明\n", 1, "文件是空的"),
        ("", 1, "文件是空的"),
    ],
)
def test_a_file_that_cannot_be_taken_apart_is_told_where(text: str, line: int, message: str):
    assert [(where, words) for where, _, words in faults(text)] == [(line, message)]


@pytest.mark.parametrize(
    ("old", "new", "path", "message"),
    [
        ("rounding: half_up", "rounding: &r half_up", "appraisal.award.rounding", "不能用“&”给内容起别名"),
        ("rounding: half_up", "rounding: *r", "appraisal.award.rounding", "不能用“*”引用别处的内容，请直接写出来"),
        ("rounding: half_up", "rounding: !!str half_up", "appraisal.award.rounding", "不能用“!”指定类型"),
        (
            "    rounding: half_up",
            "    ? [a, b]\n    : c\n    rounding: half_up",
            "appraisal.award.",
            "冒号前应为一个名称",
        ),
    ],
)
def test_only_the_plainest_yaml_is_taken(old: str, new: str, path: str, message: str):
    text = SOURCE.replace(old, new)
    assert faults(text) == [(line_of(text, new), path, message)]


def test_what_was_found_before_the_file_breaks_off_is_told_too():
    text = "plan_year: &y 2022\nhead:\n\ttitle: 方案\n"
    assert [line for line, _, _ in faults(text)] == [1, 3]


def test_a_second_document_in_the_file_is_refused():
    text = SOURCE + "---\nplan_year: 2023\n"
    assert [(line, words) for line, _, words in faults(text)] == [
        (line_of(text, "---\n"), "一个文件只能写一份方案，请删去多余的分隔线“---”")
    ]


@given(
    number=st.sampled_from([n for n, line in enumerate(SOURCE.split("\n")) if re.match(r"\s*(- )?[a-z_]+:", line)]),
    junk=st.sampled_from(
        ["", "12", "-1", "0.5", "true", "[]", "[1]", "{}", "{a: 1}", "随便", "2022-02-30", '"x"', "'"]
    ),
)
@settings(max_examples=40, deadline=None)
def test_whatever_is_typed_over_a_value_is_accepted_or_told_in_chinese(number: int, junk: str):
    lines = SOURCE.split("\n")
    lines[number] = lines[number].partition(":")[0] + ": " + junk
    text = "\n".join(lines)
    told: list[fault.Fault] = []
    try:
        read(text)
    except SchemeError as refused:
        told = refused.faults
    assert all(1 <= found.line <= len(lines) for found in told)
    assert not any(english_in(found.message) for found in told)


@pytest.mark.parametrize("kind", get_args(ErrorType))
def test_no_kind_of_refusal_is_told_in_english(kind: str):
    limits = dict.fromkeys(["max_length", "min_length", "gt", "ge", "lt", "le"], 1)
    context = {"expected": "'a' or 'b'", "pattern": "x", "problems": [], **limits}
    error = {"type": kind, "loc": ("head", "title"), "input": "x", "msg": "Input is wrong", "ctx": context}
    for _, message in fault.found_in(error, Scheme):
        assert not english_in(message)
