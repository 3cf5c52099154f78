"""附件1 of a real project, opened again as Word and as PDF: the form of the plan, filled with what was submitted."""

from typing import Any

import pytest
from django.conf import settings

from dangjian.foundation import clock
from dangjian.papers import pdf, word
from dangjian.papers.blocks import Paper, SignatureRow
from dangjian.papers.fonts import Library
from dangjian.people.organisation import Organisation
from dangjian.people.person import Person
from dangjian.programmes.round import Round
from dangjian.programmes.scheme import read, source_plan_text
from dangjian.programmes.scheme_version import SchemeVersion
from dangjian.projects import papers
from dangjian.projects.application import Application
from dangjian.projects.meeting import Verdict
from dangjian.projects.project import Project
from tests.cast import (
    FACTS,
    REVIEW_DAY,
    Cast,
    a_draft,
    a_meeting,
    a_screened,
    a_submitted,
    an_agreed_draft,
    an_established,
)
from tests.papers.reading import form_cells, opened, pdf_pages, squeezed, word_text

pytestmark = pytest.mark.once

STRICT = source_plan_text().replace("strict_form: false", "strict_form: true")


@pytest.fixture(scope="session")
def library() -> Library:
    """The fonts that set-up copies, so that no computer's own fonts change the result."""
    return Library([settings.BUILD / "fonts"], system=False)


def form(project: Project) -> Paper:
    return papers.application_form(Project.objects.get(pk=project.pk))


def cells(paper: Paper, library: Library) -> list[tuple[str, str]]:
    """Label and value of each row of the Word file."""
    return form_cells(word.draw(paper, library))


def filled(paper: Paper) -> dict[str, str]:
    """What stands in each row, before either face draws it."""
    rows: Any = paper.blocks[-1]
    return {row.label: "".join(f"{part.lead}{part.text}" for part in row.value) for row in rows.rows}


def feet(paper: Paper) -> dict[str, str]:
    rows: Any = paper.blocks[-1]
    return {row.label: "".join(row.foot) for row in rows.rows if row.foot}


# The blank form


@pytest.mark.clause("S-21", "S-102", "S-103", "S-104", "S-105", "S-106", "S-107", "S-108", "S-109")
def test_the_blank_form_is_that_of_the_plan(library: Library) -> None:
    drawn = word.draw(papers.blank_application_form(read(STRICT)), library)
    assert form_cells(drawn) == [
        ("立项支部", ""),
        ("项目主要责任人", ""),
        ("项目名称", ""),
        ("项目具体工作内容", "1.选题：存在的问题。2.内容：主要采取措施。3.预期目标：预期达到目标。"),
        ("支部委员会意见", "年月日"),
        ("党委会意见", "年月日"),
    ]
    assert word_text(drawn).startswith("附件1党建项目化管理项目申请表填表时间：年月日立项支部")


def test_the_blank_form_has_a_box_for_the_period_unless_the_original_is_wanted(library: Library) -> None:
    labels = [label for label, _ in cells(papers.blank_application_form(read(source_plan_text())), library)]
    assert labels[:5] == ["立项支部", "项目主要责任人", "项目名称", "项目起止日期", "项目具体工作内容"]


def test_the_blank_form_is_one_page_and_says_the_same_as_word(library: Library) -> None:
    paper = papers.blank_application_form(read(STRICT))
    assert pdf_pages(pdf.draw(paper, library)) == [word_text(word.draw(paper, library))]


# The filled form


@pytest.mark.clause("S-21", "S-22", "S-102", "S-104", "S-105", "S-106", "S-107", "S-108", "S-109")
def test_every_fact_stands_in_the_box_it_belongs_to(cast: Cast, library: Library) -> None:
    content = (
        f"1.选题：{FACTS['problem']}必要性：{FACTS['necessity']}可行性：{FACTS['feasibility']}"
        f"调查研究：{FACTS['investigation']}征求党员意见：{FACTS['consultation']}"
        f"2.内容：{FACTS['measures']}3.预期目标：{FACTS['expected_goal']}预期价值：{FACTS['expected_value']}"
    )
    assert cells(form(an_established(cast)), library) == [
        ("立项支部", "第一工程公司第一项目部党支部"),
        ("项目主要责任人", "张建国"),
        ("项目名称", FACTS["name"]),
        ("项目起止日期", "2022.8~2022.12"),
        ("项目具体工作内容", content),
        ("支部委员会意见", "同意申报。（签名、盖章）2022年8月24日"),
        ("党委会意见", "同意立项。（签名、盖章）2022年8月24日"),
    ]


def test_word_and_pdf_say_the_same_on_one_page(cast: Cast, library: Library) -> None:
    paper = form(an_established(cast))
    assert paper.mark is not None
    # What is read from Word is the body alone; the mark stands in its foot.
    assert pdf_pages(pdf.draw(paper, library)) == [word_text(word.draw(paper, library)) + paper.mark.code]


def test_the_strict_form_prints_no_box_that_the_plan_does_not_have(cast: Cast, library: Library) -> None:
    scheme = SchemeVersion.issue(
        STRICT.replace("plan_year: 2022", "plan_year: 2023", 1), by=cast.people.company_officer
    )
    Round.open(scheme, by=cast.people.company_officer)
    with clock.fixed_at("2023-08-20 09:00"):
        labels = [label for label, _ in cells(form(a_draft(cast)), library)]
    assert labels == [
        "立项支部", "项目主要责任人", "项目名称", "项目具体工作内容",
        "支部委员会意见", "党委会意见",
    ]  # fmt: skip


@pytest.mark.clause("S-24", "S-25", "S-107")
def test_a_long_project_prints_its_stage_goal_and_its_reason_under_the_goals(cast: Cast) -> None:
    facts = {"ends": "2023-09", "stage_goal": "年底前降到6.0。", "long_reason": "停输期内分两年实施。"}
    content = filled(form(a_draft(cast, **facts)))["项目具体工作内容"]
    assert content.endswith(
        f"预期价值：{FACTS['expected_value']}阶段性目标：年底前降到6.0。实施周期超过一年的理由：停输期内分两年实施。"
    )


def test_what_was_left_empty_prints_no_heading_of_ours_but_all_of_the_plan_s(cast: Cast) -> None:
    project = Project.draft(branch=cast.places.branch, name="只有名称", by=cast.people.clerk)
    paper = form(project)
    assert filled(paper)["项目具体工作内容"] == "1.选题：2.内容：3.预期目标："
    assert filled(paper)["项目起止日期"] == ""


def test_the_file_is_named_after_paper_branch_and_project(cast: Cast) -> None:
    name = form(a_draft(cast)).file_name("docx")
    assert name == "附件1 项目申请表 第一项目部党支部 发挥党员作用，实现节能降耗30万元.docx"


@pytest.mark.clause("S-103")
def test_the_form_is_dated_on_the_day_it_was_filled_in(cast: Cast, library: Library) -> None:
    draft = an_agreed_draft(cast)
    assert "填表时间：年月日" in word_text(word.draw(form(draft), library))
    with clock.fixed_at("2022-08-26 09:00"):
        draft.submit(by=cast.people.secretary)
    assert "填表时间：2022年8月26日" in word_text(word.draw(form(draft), library))


# The opinions


@pytest.mark.clause("S-30", "S-108", "S-109")
def test_before_a_body_has_met_there_is_room_for_its_opinion(cast: Cast) -> None:
    paper = form(a_submitted(cast))
    assert filled(paper)["支部委员会意见"] == "同意申报。"
    assert (filled(paper)["党委会意见"], squeezed(feet(paper)["党委会意见"])) == ("", "（签名、盖章）年月日")


@pytest.mark.clause("S-109")
def test_the_committee_s_opinion_bears_the_day_of_its_meeting_not_of_its_record(cast: Cast) -> None:
    project = a_screened(cast)
    with clock.fixed_at(REVIEW_DAY):
        meeting_day = clock.today()
    with clock.fixed_at("2022-09-02 10:00"):
        a_meeting(cast, Verdict(project, "establish", "同意立项。"), held_on=meeting_day)
    assert feet(form(project))["党委会意见"].endswith("2022年8月28日")


def test_a_decision_without_words_is_put_in_words(cast: Cast) -> None:
    project = a_screened(cast)
    a_meeting(cast, Verdict(project, "establish"))
    assert filled(form(project))["党委会意见"] == "经党委会研究，同意立项。"


@pytest.mark.clause("S-21", "S-109")
def test_an_opinion_on_what_was_returned_is_not_printed_on_what_is_submitted_next(cast: Cast) -> None:
    project = a_screened(cast)
    a_meeting(cast, Verdict(project, "return", "请量化目标。"))
    assert filled(form(project))["党委会意见"] == ""
    with clock.fixed_at("2022-08-26 09:00"):
        Project.objects.get(pk=project.pk).submit(by=cast.people.secretary)
        assert filled(form(project))["党委会意见"] == ""
        a_meeting(cast, Verdict(Project.objects.get(pk=project.pk), "establish", "同意立项。"))
    assert filled(form(project))["党委会意见"] == "同意立项。"


@pytest.mark.clause("S-30")
def test_the_boxes_are_called_after_the_bodies_of_this_project(cast: Cast) -> None:
    project = a_submitted(cast, cast.places.small_branch, cast.people.small_secretary)
    assert list(filled(form(project)))[-2:] == ["支部党员大会意见", "党委会意见"]


@pytest.mark.clause("S-30")
def test_a_body_that_is_renamed_later_keeps_its_name_on_the_paper(cast: Cast) -> None:
    project = a_submitted(cast, cast.places.small_branch, cast.people.small_secretary)
    Organisation.objects.filter(pk=cast.places.small_branch.pk).update(under_seven=False)
    assert "支部党员大会意见" in filled(form(project))


# What was submitted is what is printed


@pytest.mark.clause("S-21")
def test_a_submitted_paper_keeps_what_was_submitted_whatever_changes_later(cast: Cast, library: Library) -> None:
    project = an_established(cast)
    before = cells(form(project), library)
    Organisation.objects.filter(pk=project.branch_id).update(full_name="改名后的党支部")
    Person.objects.filter(pk=cast.people.secretary.pk).update(name="继任者")
    Project.objects.filter(pk=project.pk).update(name="改过的名称", starts="2022-09", owner=cast.people.clerk)
    Application.objects.filter(project=project).update(problem="改过的问题", filled_on="2022-01-01")
    assert cells(form(project), library) == before


@pytest.mark.clause("S-21")
def test_a_returned_application_prints_what_is_being_written(cast: Cast) -> None:
    project = a_submitted(cast)
    project.decide("return", by=cast.people.officer, opinion="目标请量化到月。")
    project = Project.objects.get(pk=project.pk)
    project.application.fill(
        {"expected_goal": "每月降3万元。"}, by=cast.people.secretary, seen=project.application.edits
    )
    assert "3.预期目标：每月降3万元。" in filled(form(project))["项目具体工作内容"]
    project = Project.objects.get(pk=project.pk)
    project.submit(by=cast.people.secretary)
    assert "3.预期目标：每月降3万元。" in filled(form(project))["项目具体工作内容"]


def test_the_same_submission_gives_the_same_bytes(cast: Cast, library: Library) -> None:
    project = a_submitted(cast)
    first = (word.draw(form(project), library), pdf.draw(form(project), library))
    with clock.fixed_at("2022-12-31 10:00"):
        assert (word.draw(form(project), library), pdf.draw(form(project), library)) == first


# What people's names and texts may hold


@pytest.mark.parametrize("rare", ["䶮", "㛃", "𬭎", "𠅤", "\U0002b7a9", "囯"])
def test_a_rare_character_of_a_name_reaches_both_papers(cast: Cast, library: Library, rare: str) -> None:
    Person.objects.filter(pk=cast.people.secretary.pk).update(name=f"王{rare}")
    paper = form(a_draft(cast))
    assert filled(paper)["项目主要责任人"] == f"王{rare}"
    assert f"王{rare}" in word_text(word.draw(paper, library))
    assert f"王{rare}" in pdf_pages(pdf.draw(paper, library))[0]


def test_a_character_that_no_font_has_is_named_and_still_in_the_word_file(cast: Cast, library: Library) -> None:
    Person.objects.filter(pk=cast.people.secretary.pk).update(name="王𪚥")
    paper = form(a_draft(cast))
    assert library.missing(filled(paper)["项目主要责任人"]) == ["𪚥"]
    assert "王𪚥" in word_text(word.draw(paper, library))


def test_what_a_branch_types_is_printed_and_neither_run_nor_swallowed(cast: Cast, library: Library) -> None:
    typed = '{{ project.owner }} {% now "Y" %} #read("/etc/passwd") $x$ <w:br/> &amp; *强调* =1+1'
    paper = form(a_draft(cast, problem=typed))
    assert squeezed(typed) in word_text(word.draw(paper, library))
    assert squeezed(typed) in "".join(pdf_pages(pdf.draw(paper, library)))


def test_a_long_application_loses_nothing(cast: Cast, library: Library) -> None:
    lines = [f"第{number}条，" + "逐台核定油耗定额" * 3 for number in range(1, 31)]
    paper = form(a_draft(cast, measures="\n".join(lines)))
    for drawn in (word_text(word.draw(paper, library)), "".join(pdf_pages(pdf.draw(paper, library)))):
        assert all(line in drawn for line in lines)


# 会议纪要


@pytest.mark.clause("S-27", "S-109")
def test_the_minutes_print_who_was_there_what_was_decided_and_who_stood_aside(cast: Cast, library: Library) -> None:
    project = a_screened(cast)
    verdict = Verdict(
        project, "establish", "同意立项。", votes_for=6, votes_against=0, abstentions=0, recused="主持人",
        recusal_reason="曾任该支部书记", stand_in="韩立",
    )  # fmt: skip
    meeting = a_meeting(cast, verdict)
    paper = papers.minutes(meeting, Project.objects.all())
    said = word_text(word.draw(paper, library))
    for part in (
        "党委会会议纪要", "〔2022〕第1期", "主持人主持召开党委会，应到7人，实到7人；记录：记录人。", project.name, "同意立项",
        "赞成6票", f"研究《{project.name}》时，主持人回避（曾任该支部书记），由韩立代行。", "主持人（签名）：",
    ):  # fmt: skip
        assert part in said, part
    assert project.name not in word_text(word.draw(papers.minutes(meeting, Project.objects.none()), library))


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        ("中共华川建设集团第一工程有限公司委员会", ["中共华川建设集团第一工程有限公司委员会"]),
        ("中国共产党华川建设集团有限公司第一工程局机关直属委员会", ["中国共产党华川建设集团有限公司", "第一工程局机关直属委员会"]),
    ],
)  # fmt: skip
def test_a_closing_name_stands_whole_over_its_date_or_in_lines_alike(
    name: str, lines: list[str], library: Library
) -> None:
    block = SignatureRow.closing(name, "2022年8月28日")
    assert block.columns[1] == ("", *lines, "2022年8月28日")
    assert sum(block.shares) == 28
    # The column is as wide as its longest line, with two characters left empty on either side.
    assert block.shares[1] == len(lines[0]) + 4
    paper = Paper(title="纪要", stem="纪要", blocks=(block,))
    assert [line for line in lines if line in "".join(pdf_pages(pdf.draw(paper, library)))] == lines


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("节能降耗示范", "关于《节能降耗示范》立项的通知"),
        ("充分发挥党员先锋模范作用推动运维项目全年安全生产零事故并节能降耗", "关于党建项目立项的通知"),
    ],
)
def test_a_notice_names_its_one_project_in_the_title_unless_the_name_is_long(cast: Cast, name: str, title: str) -> None:
    paper = papers.establishment_notice(
        a_meeting(cast, Verdict(a_screened(cast, name=name), "establish", "同意立项。"))
    )
    assert paper.title == title
    drawn = word.draw(paper)
    assert name in word_text(drawn)
    # An empty line between the title and whom the letter goes to.
    style = next(found for found in opened(drawn).paragraphs if found.style.name == "主送机关").style
    assert style.paragraph_format.space_before.pt == 28.95


@pytest.mark.clause("S-02", "S-28")
def test_the_notice_of_establishment_names_its_grounds_and_the_brand(cast: Cast, library: Library) -> None:
    project = a_screened(cast)
    named = source_plan_text().replace("brand: xxxx党建", "brand: 匠心筑路党建")
    project.round.take_up(SchemeVersion.issue(named, by=cast.people.company_officer), by=cast.people.company_officer)
    told = {}
    for each in (project, an_established(cast, name="方案换版以后申报的项目")):
        meeting = (
            a_meeting(cast, Verdict(each, "establish", "同意立项。"))
            if each is project
            else each.establishment().meeting
        )
        told[each.pk] = word_text(word.draw(papers.establishment_notice(meeting), library))
    before, after = told.values()
    for text in told.values():
        assert (
            "为贯彻落实中央部署、上级党组部署，根据《关于开展党建项目化管理工作的方案》，经2022年8月24日党委会" in text
        )
        assert "请各支部坚持围绕生产抓党建，抓好党建促发展，签订责任书" in text
    # What was handed in keeps the version of the plan, in which the brand had no name yet.
    assert "打造" not in before
    assert "认真组织实施，打造匠心筑路党建工作特色和品牌。" in after
