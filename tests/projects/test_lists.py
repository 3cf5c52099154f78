"""The lists of an application: goals, carriers, consultations and investigations as facts."""

import re
from decimal import Decimal
from typing import Any

import pytest

from dangjian.delivery.goal import Goal
from dangjian.foundation.lifecycle import Refused
from dangjian.projects import papers
from dangjian.projects.period import month_in_words
from dangjian.projects.project import Project
from dangjian.projects.revision import LISTS, facts_of
from dangjian.projects.row import listed, sentences
from dangjian.projects.target import Target
from tests.cast import FACTS, Cast, a_draft, an_agreed_draft

LINES: dict[str, list[dict[str, Any]]] = {
    "targets": [
        {"name": "柴油单耗", "baseline": "6.20", "value": "\uff15.8", "unit": "升/台班", "due": "2022-12"},
        {},
        {"name": "热效率", "baseline": "81", "value": "1,088.5", "unit": "%"},
        {"name": "形成包机办法", "criterion": "项目部印发执行"},
        {"name": "节约费用", "value": 30, "unit": "万元"},
    ],
    "carriers": [{"kind": "responsibility_area", "name": "节能", "leader": "王强", "site": "拌合站"}, {"kind": "pioneer_post"}],
    "consultations": [{"held_on": "2022-08-10", "way": "meeting", "asked": "14", "received": "6", "adopted": "4"}],
    "investigations": [{"held_on": "2022-08-08", "way": "site", "subject": "2号拌合站"}],
}  # fmt: skip


def fill(project: Project, cast: Cast, **lines: list[dict[str, Any]]) -> Project:
    project.application.fill({}, by=cast.people.clerk, seen=project.application.edits, lists=lines)
    return Project.objects.get(pk=project.pk)


def refused(project: Project, cast: Cast, **lines: list[dict[str, Any]]) -> dict[str, str]:
    with pytest.raises(Refused) as caught:
        fill(project, cast, **lines)
    return {reason.field: reason.text for reason in caught.value.reasons}


def said(project: Project) -> dict[str, str]:
    return {kind.key(): sentences(getattr(project, kind.key()).all(), project.rules) for kind in LISTS}


@pytest.mark.clause("S-12", "S-15", "S-18", "S-107")
def test_lists_read_as_sentences_and_blank_lines_are_none(cast: Cast) -> None:
    assert said(fill(a_draft(cast), cast, **LINES)) == {
        "partners": "",
        "targets": "（1）到2022年12月，柴油单耗由6.2降到5.8升/台班；（2）热效率由81提高到1088.5%；"
        "（3）形成包机办法（验收标准：项目部印发执行）；（4）节约费用达到30万元。",
        "carriers": "（1）党员责任区“节能”（负责人王强，拌合站）；（2）党员先锋岗。",
        "consultations": "2022年8月10日支部党员大会，征求14名党员意见，收到意见6条，采纳4条。",
        "investigations": "2022年8月8日现场调研：2号拌合站。",
    }


@pytest.mark.parametrize(
    ("texts", "sentence"),
    [
        (["逐台核定定额。"], "逐台核定定额。"),
        (["逐台核定定额。", "每周通报；", "技改"], "（1）逐台核定定额；（2）每周通报；（3）技改。"),
        ([], ""),
    ],
)
def test_a_stop_that_was_typed_is_not_printed_twice(texts: list[str], sentence: str) -> None:
    assert listed(texts) == sentence


def test_a_stop_that_was_typed_is_not_printed_before_the_next_mark(cast: Cast) -> None:
    goal = Goal(name="节约能耗。", value=Decimal(30), unit="万元", criterion="以财务结算为准。")
    assert goal.measured == "30万元；以财务结算为准"
    target = Target(name="完成定额核定；", criterion="经成本部审核。")
    project = a_draft(cast)
    assert sentences([target, target], project.rules).count("。") == 1
    assert not re.search("[。；][）；。]", sentences([target, target], project.rules))


def test_a_day_stands_in_a_sentence_as_it_is_said() -> None:
    assert [month_in_words(text) for text in ("2022-12", "2022-08-05")] == ["2022年12月", "2022年8月5日"]


def test_what_is_listed_as_a_carrier_is_also_what_the_project_is_tagged_with(cast: Cast) -> None:
    project = fill(a_draft(cast), cast, **LINES)
    assert project.codes_by_axis()["carrier"] == ["responsibility_area", "pioneer_post"]
    assert "carrier" not in fill(project, cast, carriers=[{"name": "未定"}]).codes_by_axis()


def test_saving_the_same_lines_again_leaves_no_trace(cast: Cast) -> None:
    project = fill(a_draft(cast), cast, **LINES)
    edits = project.application.edits
    assert fill(project, cast, **LINES).application.edits == edits
    assert fill(project, cast, targets=[]).application.edits == edits + 1


@pytest.mark.parametrize(
    ("key", "line", "fault"),
    [
        ("targets", {"value": "30万"}, {"targets-0-value": "请只填数字，小数最多四位，单位填在“单位”里"}),
        ("targets", {"value": "1" * 13}, {"targets-0-value": "请只填数字，小数最多四位，单位填在“单位”里"}),
        ("targets", {"due": "明年"}, {"targets-0-due": "请填年月，如 2022-12"}),
        ("targets", {"name": "长" * 61}, {"targets-0-name": "最多 60 字，现有 61 字"}),
        ("carriers", {"kind": "club"}, {"carriers-0-kind": "请从列出的选项中选择"}),
        ("consultations", {"held_on": "2022-08-25"}, {"consultations-0-held_on": "日期不能晚于今天"}),
        ("consultations", {"held_on": "8月"}, {"consultations-0-held_on": "请填日期，如 2022-08-10"}),
        ("consultations", {"way": "fax"}, {"consultations-0-way": "请从列出的选项中选择"}),
        ("consultations", {"asked": "十"}, {"consultations-0-asked": "请填整数"}),
        ("consultations", {"received": 3, "adopted": 4}, {"consultations-0-adopted": "采纳的不能多于收到的"}),
    ],
)
def test_a_slip_is_refused_at_its_box_and_nothing_is_saved(
    cast: Cast, key: str, line: dict[str, Any], fault: dict[str, str]
) -> None:
    project = a_draft(cast)
    assert refused(project, cast, **{key: [line]}) == fault
    assert not getattr(project, key).exists()


def test_a_list_has_its_bound(cast: Cast) -> None:
    assert refused(a_draft(cast), cast, targets=[{"name": "目标"}] * 11) == {"targets": "最多 10 项"}


@pytest.mark.clause("S-107")
def test_a_half_written_line_is_kept_but_not_submitted(cast: Cast) -> None:
    project = fill(
        an_agreed_draft(cast), cast, targets=[{"value": 3}, {"name": "形成办法"}], carriers=[{"name": "节能"}]
    )
    assert {reason.text for reason in project.refusals("submit", by=cast.people.secretary)} == {
        "目标明细第1项没有写指标或目标",
        "“形成办法”没有写目标值；不能用数字表示的，请写验收标准",
        "工作载体“节能”没有选类别",
    }


@pytest.mark.clause("S-22", "S-107")
def test_goals_in_a_list_need_no_second_writing(cast: Cast) -> None:
    project = an_agreed_draft(cast, expected_goal="", consultation="", investigation="")
    assert "请填写预期达到目标" in map(str, project.application.missing(project.rules))
    project = fill(project, cast, **LINES)
    assert list(project.application.missing(project.rules)) == []
    assert not {"consultation", "investigation"} & {reason.field for reason in project.application.advice()}


def test_a_goal_later_than_the_project_is_pointed_out(cast: Cast) -> None:
    project = fill(a_draft(cast), cast, targets=[{"name": "节约费用", "value": 1, "due": "2023-01"}])
    assert "“节约费用”的完成年月晚于项目的完成时间，请核对" in map(str, project.application.advice())


def contents(project: Project) -> dict[str, str]:
    """The paragraphs of 项目具体工作内容 by their leads."""
    form = papers.application_form(project).blocks[3]
    row = next(row for row in form.rows if row.label == "项目具体工作内容")  # type: ignore[union-attr]
    return {paragraph.lead: paragraph.text for paragraph in row.value}


@pytest.mark.clause("S-12", "S-18", "S-107")
def test_the_form_prints_each_list_under_the_heading_it_belongs_to(cast: Cast) -> None:
    project = fill(an_agreed_draft(cast), cast, **LINES)
    lists = said(project)
    drafted = contents(project)
    assert drafted["3.预期目标："] == f"{FACTS['expected_goal']}\n{lists['targets']}"
    assert drafted["征求党员意见："] == f"{lists['consultations']}\n{FACTS['consultation']}"
    assert drafted["调查研究："] == f"{lists['investigations']}\n{FACTS['investigation']}"
    assert drafted["工作载体："] == lists["carriers"]
    assert list(drafted).index("调查研究：") < list(drafted).index("2.内容：") < list(drafted).index("工作载体：")
    project.submit(by=cast.people.secretary)
    project.targets.all().delete()  # what was handed in is printed from the revision
    assert contents(Project.objects.get(pk=project.pk)) == drafted


def test_an_older_project_lends_its_goals_and_carriers_that_are_still_known(cast: Cast) -> None:
    old = fill(a_draft(cast), cast, **LINES)
    old.carriers.create(place=9, kind="gone", name="旧的")
    new = Project.draft(branch=cast.places.branch, name="再做一年", by=cast.people.secretary)
    new.application.begin_like(old, by=cast.people.secretary)
    facts = facts_of(Project.objects.get(pk=new.pk))
    assert [target["name"] for target in facts["targets"]] == ["柴油单耗", "热效率", "形成包机办法", "节约费用"]
    assert not any("due" in target for target in facts["targets"])
    assert [row["kind"] for row in facts["carriers"]] == ["responsibility_area", "pioneer_post"]
    assert facts["consultations"] == facts["investigations"] == []
