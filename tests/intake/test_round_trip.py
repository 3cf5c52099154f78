"""Round trip: what the product prints and exports, read back in, tells the same facts."""

import io
from typing import Any
from urllib.parse import urlencode

import pytest
from python_calamine import CalamineWorkbook

from dangjian.foundation import clock
from dangjian.intake import line, proposal, reading
from dangjian.intake.code import WARNINGS
from dangjian.intake.grid import text_of
from dangjian.overview.requested_table import RequestedTable
from dangjian.papers import fonts, word
from dangjian.papers.fonts import Library
from dangjian.projects import papers
from dangjian.projects.project import Project
from dangjian.web import project_list
from dangjian.web.project_columns import COLUMNS
from tests.cast import FACTS, REVIEW_DAY, Cast, an_established
from tests.intake.sheets import HEAD, LINE, workbook

pytestmark = pytest.mark.once

LONG_COLUMNS = {"解决问题": "problem", "采取措施": "measures", "达到目标": "expected_goal", "阶段性目标": "stage_goal"}


@pytest.fixture(scope="module")
def library() -> Library:
    return fonts.library()


def printed(project: Project, library: Library) -> bytes:
    return word.draw(papers.application_form(project), library)


@pytest.mark.clause("S-102", "S-103", "S-104", "S-105", "S-106", "S-107", "S-108", "S-109")
def test_the_printed_application_reads_back_as_it_was_written(cast: Cast, library: Library) -> None:
    project = an_established(cast)
    with clock.fixed_at(REVIEW_DAY):
        told = reading.parse(io.BytesIO(printed(project, library)))["told"]
    fields, extra = told["fields"], told["extra"]
    assert (told["kind"], fields["branch"], fields["leader"]) == ("application", project.branch.full_name, "张建国")
    texts = {"topic": "problem", "measures": "measures", "goal": "expected_goal"}
    assert {name: fields[name] for name in ("name", *texts)} == {
        "name": FACTS["name"], **{name: FACTS[key] for name, key in texts.items()}
    }  # fmt: skip
    own, above = project.branch_opinion(), project.committee_opinion()
    assert (fields["branch_opinion"], fields["branch_opinion_date"]) == (own.text, own.meeting.held_on.isoformat())
    assert (fields["committee_opinion"], fields["committee_opinion_date"]) == (
        above.text,
        above.meeting.held_on.isoformat(),
    )
    assert extra["项目起止日期"] == str(project.period)
    assert {extra[label] for label in ("必要性", "可行性", "预期价值")} == {
        FACTS[key] for key in ("necessity", "feasibility", "expected_value")
    }


def test_the_printed_application_comes_in_elsewhere_with_the_same_facts(cast: Cast, library: Library) -> None:
    """Printed here, brought in at an installation that does not know the project."""
    project = an_established(cast)
    facts: dict[str, Any] = {
        name: getattr(project.application, name) for name in FACTS if hasattr(project.application, name)
    }
    data = printed(project, library)
    Project.objects.filter(pk=project.pk).update(name="改过名的项目")
    with clock.fixed_at(REVIEW_DAY):
        done = proposal.bring_in(
            line.of(reading.read(data)),
            by=cast.people.officer,
            source="附件1.docx",
            unit="",
            usual={"state": "established"},
        )
    made = done[0].project
    assert made is not None, done[0].faults
    assert (made.name, made.starts, made.ends, made.branch) == (
        FACTS["name"],
        project.starts,
        project.ends,
        project.branch,
    )
    assert {name: getattr(made.application, name) for name in facts} == facts
    again = reading.parse(io.BytesIO(printed(Project.objects.get(pk=made.pk), library)))["told"]
    assert again == reading.parse(io.BytesIO(data))["told"]


def test_the_exported_ledger_with_all_columns_comes_in_elsewhere_with_the_same_facts(cast: Cast) -> None:
    """What the import knows is the same again, and every other column is kept by its name."""
    said = "A&B <党> =1+1 䶮𠮷"
    project = an_established(cast, name=said, problem="油耗高。\n第二行", stage_goal="年底前降两成。")
    project.partners.create(place=0, branch=cast.places.small_branch, duty="提供台账")
    for axis in project.rules.taxonomies:
        if axis.key in ("topic", "carrier"):
            for item in axis.items[: 2 if axis.multiple else 1]:
                project.categories.create(axis=axis.key, code=item.code)
    project = Project.objects.get(pk=project.pk)
    query = urlencode([("cols", column.key) for column in COLUMNS])
    data, count = project_list.workbook(cast.people.officer, query)
    cells = CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0).to_python()
    top = next(place for place, cells_of in enumerate(cells) if "项目名称" in cells_of)
    shown = {str(head): value for head, value in zip(cells[top], cells[top + 1], strict=True) if value != ""}
    found = reading.read(data)
    told = found.told["rows"][0]
    assert (found.told["kind"], count, told["warnings"], told["dept"]) == ("ledger", 1, [], project.branch.short_name)
    read_in = line.of(found)[0]
    facts = {
        "项目名称": ("name", said), "承担支部": ("branch", project.branch.short_name), "年度": ("year", "2022"),
        "状态": ("state", project.state), "主要责任人": ("leader", "张建国"), "立项时间": ("established_on", "2022-08-24"),
        **{head: (name, getattr(project.application, name)) for head, name in LONG_COLUMNS.items()},
    }  # fmt: skip
    assert {name: read_in.cell(name) for name, _ in facts.values()} == dict(facts.values())
    assert (read_in.cell("starts"), read_in.cell("ends")) == (project.starts, project.ends)
    beside = shown.keys() - facts.keys() - {"序号", "起止"}
    assert {"编号", "所属单位", "来源", "议题", "载体", "参与支部", "备案"} <= beside
    assert cast.places.small_branch.short_name in read_in.extra["参与支部"]
    assert read_in.extra == {head: text_of(shown[head]) for head in beside}
    # Elsewhere, where the project is not known.
    chosen = project.codes_by_axis()
    Project.objects.filter(pk=project.pk).update(name="改过名的项目")
    made = proposal.bring_in([read_in], by=cast.people.officer, source="台账.xlsx", unit="", usual={})[0].project
    assert made is not None
    assert (made.name, made.branch, made.state, made.round.year) == (said, project.branch, project.state, 2022)
    texts = {name: getattr(made.application, name) for name in LONG_COLUMNS.values()}
    assert texts == {name: getattr(project.application, name) for name in LONG_COLUMNS.values()}
    assert {"topic", "carrier"} <= {axis for axis, codes in chosen.items() if codes}
    assert {axis: codes for axis, codes in made.codes_by_axis().items() if codes} == {
        axis: codes for axis, codes in chosen.items() if codes and axis in ("origin", "topic", "carrier")
    }


def test_a_year_or_a_state_in_words_of_its_own_stays_beside_the_project() -> None:
    data = workbook([[*HEAD, "年度", "项目状态", "立项来源"], [*LINE, "跨年度", "不予立项", "上级交办"]])
    read_in = line.of(reading.read(data))[0]
    assert (read_in.cell("year"), read_in.cell("state")) == ("", "")
    assert read_in.extra == {"年度": "跨年度", "项目状态": "不予立项", "立项来源": "上级交办"}


@pytest.mark.parametrize(
    ("said", "state", "take"),
    [
        ("已完成", "completed", ""), ("已办结", "completed", ""), ("实施中", "running", ""), ("延期", "running", ""),
        ("未开始", "established", ""), ("草稿", "", "no"), ("审批中", "", "no"), ("已终止", "", "no"), ("甲类", "", ""),
    ],
)  # fmt: skip
def test_a_line_is_proposed_as_its_own_state_says_and_left_out_where_nothing_enters_in_that(
    cast: Cast, said: str, state: str, take: str
) -> None:
    data = workbook([[*HEAD, "状态"], [*LINE, said]])
    read_in = line.of(reading.read(data))[0]
    assert (read_in.cell("state"), read_in.cell("take")) == (state, take)
    assert read_in.extra == ({} if said in ("已完成", "实施中") else {"状态": said})
    if take:
        proposed = proposal.Proposal([read_in], by=cast.people.officer, source="台账.xlsx").fates()[0]
        assert (proposed.effect, proposed.why) == (proposal.Effect.SKIPPED, WARNINGS["state_before"])
        read_in.type("take", "yes")
        proposed = proposal.Proposal([read_in], by=cast.people.officer, source="台账.xlsx").fates()[0]
        assert proposed.effect is not proposal.Effect.SKIPPED


def test_rare_characters_marks_and_lines_survive_paper_and_ledger(cast: Cast, library: Library) -> None:
    """附件1 as Word, the ledger as Excel and 上级临时要表: what was typed comes back, whatever it looks like."""
    said = "A&B <党> “引号” =1+1 䶮𠮷"
    project = an_established(
        cast, name=said, problem=f"{said}\n第二行", measures=f"1.{said}；\n2.=SUM(A1)", expected_goal=f"{said} 5%"
    )
    fields = reading.parse(io.BytesIO(printed(project, library)))["told"]["fields"]
    facts = project.application
    assert [fields[name] for name in ("name", "topic", "measures", "goal")] == [
        said, facts.problem, facts.measures, facts.expected_goal,
    ]  # fmt: skip
    data, _ = project_list.workbook(cast.people.officer, "")
    assert reading.read(data).told["rows"][0]["name"] == said
    table = RequestedTable.take(workbook([HEAD, [""], ["审核人："]]), name="要表.xlsx", by=cast.people.officer)
    table.match(table.suggested(), by=cast.people.officer)
    row = reading.read(table.filled([project], by=cast.people.officer)).told["rows"][0]
    assert [row[name] for name in ("name", "start", "end", "problem", "measures", "goal", "warnings")] == [
        said, project.starts, project.ends, facts.problem, facts.measures, facts.expected_goal, [],
    ]  # fmt: skip
