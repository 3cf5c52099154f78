"""附件3 as paper: room to write by hand, a cover with its mark, goals set in, and a log that repeats no reason."""

import pytest
from docx.oxml.ns import qn

from dangjian.delivery import plan_papers
from dangjian.delivery.plan import Plan
from dangjian.foundation import clock
from dangjian.papers import pdf, word
from dangjian.papers.blocks import ListTable
from dangjian.programmes.scheme import read, source_plan_text
from dangjian.projects.partner import Partner
from tests.cast import Cast, a_change, a_handed_in_plan, a_plan, an_approved_plan, an_established
from tests.papers.reading import opened, pdf_pages, word_text

pytestmark = [pytest.mark.django_db, pytest.mark.clause("S-118", "S-119")]
REASON = "业主第三批设备十月进场。"


def test_the_blank_form_has_room_to_write_and_ends_with_a_table_on_its_last_page() -> None:
    paper = plan_papers.blank_plan(read(source_plan_text()))
    pages = pdf_pages(pdf.draw(paper))
    assert len(pages) == 6
    assert pages[-1] == "七、附件1.2.3.分管领导签批：年月日5"
    # Three lines of 16 points in each empty row, and between the third heading and the next ten of the body.
    tables = [block for block in paper.blocks if isinstance(block, ListTable)]
    assert [len(table.rows) for table in tables] == [5, 5, 5, 4, 5]
    assert all(row[0] == "\n\n" for table in tables for row in table.rows)
    body = [found.text for found in opened(word.draw(paper)).paragraphs]
    start = body.index("三、项目背景及必要性")
    assert body[start + 1 : start + 11] == [""] * 10


def test_the_leader_s_signature_has_its_line_and_once_given_its_name_and_day(cast: Cast) -> None:
    plan = a_handed_in_plan(cast)
    assert "分管领导签批：年月日" in word_text(word.draw(plan_papers.plan_paper(plan)))
    plan.decide("pass", by=cast.people.officer)
    plan.decide("approve", by=cast.people.officer, leader="刘志远", held_on=clock.today())
    for made in (plan_papers.plan_paper(plan), plan_papers.approved_paper(plan)):
        assert made is not None
        assert "分管领导签批：刘志远2022年8月24日" in word_text(word.draw(made))
        assert "分管领导签批：刘志远2022年8月24日" in pdf_pages(pdf.draw(made))[-1]


def test_a_plan_that_a_meeting_decides_has_no_line_for_a_leader_but_names_the_meeting(cast: Cast) -> None:
    rules = read(
        source_plan_text().replace(
            "label: 分管领导签批\n        clause: S-32\n        level: unit\n        ability: check_plan\n        meeting: false",
            "label: 党委会审定\n        clause: S-32\n        level: unit\n        ability: check_plan\n        meeting: true",
        )
    )
    assert rules.steps("plan")[-1].meeting
    assert "签批" not in word_text(word.draw(plan_papers.blank_plan(rules)))
    plan = an_approved_plan(cast)
    plan.reference = "党委会〔2022〕第12期"
    assert "党委会〔2022〕第12期审定2022年8月24日" in word_text(word.draw(plan_papers.plan_paper(plan)))


def test_the_cover_bears_the_mark_in_word_too(cast: Cast) -> None:
    section = opened(word.draw(plan_papers.plan_paper(an_approved_plan(cast)))).sections[0]
    cover, inside = section.first_page_footer, section.footer
    assert section.different_first_page_header_footer
    assert [len(list(foot.part.element.iter(qn("w:drawing")))) for foot in (cover, inside)] == [1, 1]
    assert [bool(list(foot.part.element.iter(qn("w:instrText")))) for foot in (cover, inside)] == [False, True]
    assert cover.paragraphs[-1].text == inside.paragraphs[-1].text != ""


def test_a_measure_without_a_beginning_prints_until_when(cast: Cast) -> None:
    plan = a_plan(cast)
    plan.project.measures.filter(place=2).update(starts=None)
    table = next(block for block in plan_papers.plan_paper(plan).blocks if getattr(block, "name", "") == "主要措施")
    assert [row[3] for row in table.rows] == ["2022.9.1至2022.9.30", "至2022.12.25"]


@pytest.mark.clause("S-71")
def test_a_joint_project_names_its_partners_as_the_application_does(cast: Cast) -> None:
    project, partner = an_established(cast), cast.places.foreign_branch
    assert "参与支部" not in word_text(word.draw(plan_papers.plan_paper(Plan.begin(project, by=cast.people.secretary))))
    Partner.objects.create(project=project, place=1, branch=partner, duty="提供设备台账")
    assert f"参与支部：{partner.full_name}（提供设备台账）。" in word_text(
        word.draw(plan_papers.plan_paper(project.reload().plan))
    )


def test_a_goal_below_another_is_set_in_with_all_its_lines(cast: Cast) -> None:
    paper = plan_papers.plan_paper(an_approved_plan(cast))
    goals = opened(word.draw(paper)).tables[2]
    names = [row.cells[1].paragraphs[0] for row in goals.rows[1:]]
    assert [name.text for name in names] == ["节约能耗费用", "完成油耗定额核定", "机械空转时间下降"]
    assert [name.paragraph_format.left_indent.pt if name.paragraph_format.left_indent else 0 for name in names] == [
        0, 10.5, 21,
    ]  # fmt: skip
    assert sum(column.width for column in paper.blocks[13].columns) == 156  # type: ignore[union-attr]


def test_a_change_of_several_lines_tells_its_reason_once(cast: Cast) -> None:
    plan, person = an_approved_plan(cast), cast.people.secretary.pk
    change = a_change(
        cast, plan, reason=REASON,
        measures=[
            {"name": "党员包机，逐台核定油耗定额", "person": person, "starts": "2022-09-01", "due": "2022-10-30"},
            {"name": "每日通报油耗", "person": person, "starts": "2022-09-05", "due": "2022-12-25"},
        ],
    )  # fmt: skip
    change.grant(by=cast.people.officer, held_on=clock.today(), reference="党委会〔2022〕第9期")
    log = plan_papers.plan_paper(Plan.objects.get(pk=plan.pk)).blocks[-1]
    assert isinstance(log, ListTable)
    assert [row[-1] for row in log.rows] == [f"{REASON}\n党委会〔2022〕第9期同意，2022年8月24日", "同上"]
