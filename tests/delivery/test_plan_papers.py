"""附件3 as paper: room to write by hand, a cover with its mark, goals set in, and a log that repeats no reason."""

import pytest
from docx.oxml.ns import qn

from dangjian.delivery import plan_papers
from dangjian.delivery.plan import Plan
from dangjian.foundation import clock
from dangjian.papers import pdf, word
from dangjian.papers.blocks import ListTable
from dangjian.programmes.scheme import read, source_plan_text
from tests.cast import Cast, a_change, an_approved_plan
from tests.papers.reading import opened, pdf_pages

pytestmark = [pytest.mark.django_db, pytest.mark.clause("S-118", "S-119")]
REASON = "业主第三批设备十月进场。"


def test_the_blank_form_has_room_to_write_and_ends_with_a_table_on_its_last_page() -> None:
    paper = plan_papers.blank_plan(read(source_plan_text()))
    pages = pdf_pages(pdf.draw(paper))
    assert len(pages) == 5
    assert pages[-1].startswith("（二）里程碑序号时间里程碑责任人七、附件")
    # Two lines of 16 points in each empty row, and between the third heading and the next ten of the body.
    tables = [block for block in paper.blocks if isinstance(block, ListTable)]
    assert [len(table.rows) for table in tables] == [5, 5, 5, 5, 5]
    assert all(row[0] == "\n" for table in tables for row in table.rows)
    body = [found.text for found in opened(word.draw(paper)).paragraphs]
    start = body.index("三、项目背景及必要性")
    assert body[start + 1 : start + 11] == [""] * 10


def test_the_cover_bears_the_mark_in_word_too(cast: Cast) -> None:
    section = opened(word.draw(plan_papers.plan_paper(an_approved_plan(cast)))).sections[0]
    cover, inside = section.first_page_footer, section.footer
    assert section.different_first_page_header_footer
    assert [len(list(foot.part.element.iter(qn("w:drawing")))) for foot in (cover, inside)] == [1, 1]
    assert [bool(list(foot.part.element.iter(qn("w:instrText")))) for foot in (cover, inside)] == [False, True]
    assert cover.paragraphs[-1].text == inside.paragraphs[-1].text != ""


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
