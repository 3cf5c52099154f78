"""The Word face: what Word and WPS find when they open the file."""

import time
from dataclasses import replace
from datetime import date, datetime
from io import BytesIO
from zipfile import ZipFile

import pytest
from docx.oxml.ns import qn
from docx.shared import Pt

from dangjian.papers import official, pdf, word
from dangjian.papers.blocks import Paper
from dangjian.papers.line import Line
from tests.papers import samples
from tests.papers.reading import form_cells, opened, pdf_pages, squeezed, word_text
from tests.papers.wps import is_sound, parts_of

PAPERS = {
    "blank": samples.application(),
    "filled": samples.filled_application(),
    "overlong": samples.overlong_application(40),
    "hostile": samples.hostile_application(),
    "ledger": samples.ledger(3),
    "letter": samples.letter(),
}


def test_the_application_form_reads_back_cell_by_cell(library):
    paper = samples.application(
        branch="第一党支部", owner="王伟", name="节能降耗", opinion="同意。", filled_on=date(2022, 8, 24)
    )
    assert form_cells(word.draw(paper, library)) == [
        ("立项支部", "第一党支部"),
        ("项目主要责任人", "王伟"),
        ("项目名称", "节能降耗"),
        ("项目具体工作内容", "1.选题：存在的问题。2.内容：主要采取措施。3.预期目标：预期达到目标。"),
        ("支部委员会意见", "同意。2022年8月24日"),
        ("党委会意见", "同意。年月日"),
    ]


def test_what_users_typed_is_neither_run_nor_changed(library):
    cells = form_cells(word.draw(samples.hostile_application(), library))
    assert cells[0] == ("立项支部", squeezed(samples.HOSTILE_PRINTED))
    assert cells[1] == ("项目主要责任人", f"王{samples.RARE}")


def test_a_name_keeps_characters_that_the_fonts_at_hand_lack(library):
    assert form_cells(word.draw(samples.application(owner="王䶮𠮷"), library))[1] == ("项目主要责任人", "王䶮𠮷")
    assert len(pdf_pages(pdf.draw(samples.application(owner="王䶮𠮷"), library))) == 1


def test_the_lead_of_a_paragraph_is_bold_and_the_rest_is_not(library):
    content = opened(word.draw(samples.filled_application(), library)).tables[0].rows[3].cells[1]
    assert [(run.text, bool(run.bold)) for run in content.paragraphs[1].runs] == [
        ("2.内容：", True),
        ("成立由5名党员组成的技术攻关小组,逐台测算能耗;", False),
    ]
    assert [bool(run.bold) for run in content.paragraphs[2].runs] == [False]


@pytest.mark.parametrize("name", PAPERS)
def test_every_paper_is_what_word_and_wps_need(name, library):
    drawn = word.draw(PAPERS[name], library)
    assert is_sound(drawn)
    assert {style.name for style in official.STYLES} < {style.name for style in opened(drawn).styles}


def test_the_font_table_gives_each_face_a_second_name(library):
    table = parts_of(word.draw(samples.application(), library))["word/fontTable.xml"]
    assert '<w:font w:name="仿宋_GB2312"><w:altName w:val="仿宋"/>' in table
    assert '<w:font w:name="方正小标宋简体"><w:altName w:val="方正小标宋_GBK"/>' in table


def test_the_form_fills_the_type_area(library):
    file = opened(word.draw(samples.application(), library))
    section = file.sections[0]
    grid = [int(column.get(qn("w:w"))) for column in file.tables[0]._tbl.tblGrid.iter(qn("w:gridCol"))]
    assert [round(width / 1440 * 25.4) for width in grid] == [41, 115]
    assert [round(length.mm) for length in (section.page_width, section.page_height)] == [210, 297]
    margins = (section.top_margin, section.bottom_margin, section.left_margin, section.right_margin)
    assert [round(margin.mm) for margin in margins] == [37, 35, 28, 26]


def test_the_line_grid_has_no_type(library):
    assert '<w:docGrid w:linePitch="579"/>' in parts_of(word.draw(samples.letter(), library))["word/document.xml"]


def test_the_list_is_landscape_with_a_head_of_two_rows_on_every_page(library):
    file = opened(word.draw(samples.ledger(3), library))
    section = file.sections[0]
    assert [round(length.mm) for length in (section.page_width, section.page_height)] == [297, 210]
    assert section.orientation.name == "LANDSCAPE"
    upper, lower, *body = file.tables[0].rows
    heads = ["序号", "项目名称", "项目起止日期", "项目承担部门"]
    assert [cell.text for cell in upper.cells] == [*heads, *["项目基本情况"] * 3, "备注"]
    assert [cell.text for cell in lower.cells] == [*heads, "解决问题", "采取措施", "达到目标", "备注"]
    repeated = [row._tr.trPr.find(qn("w:tblHeader")) is not None for row in (upper, lower, *body)]
    assert repeated == [True, True, False, False, False]
    assert all(row._tr.trPr.find(qn("w:cantSplit")) is not None for row in body)


def test_a_thousand_rows_are_drawn_at_once(library):
    paper = samples.ledger(1000)
    start = time.process_time()
    drawn = word.draw(paper, library)
    assert time.process_time() - start < 5
    rows = opened(drawn).tables[0]._tbl.tr_lst
    assert len(rows) == 1002
    assert squeezed("".join(text.text for text in rows[-1].iter(qn("w:t")))).startswith("1000发挥党员作用")


def test_only_the_flowing_row_may_be_torn_and_its_size_is_the_one_the_pdf_chose(library):
    paper = samples.overlong_application(8)
    file = opened(word.draw(paper, library))
    whole = [row._tr.trPr.find(qn("w:cantSplit")) is not None for row in file.tables[0].rows]
    assert whole == [True, True, True, False, True, True]
    style = file.styles[official.FORM_CONTENT.name]
    chosen = pdf.fitted(paper, library).fit[0]
    assert (style.font.size, style.paragraph_format.line_spacing) == (Pt(chosen.size), Pt(chosen.leading))
    assert chosen.size < 14


def test_page_numbers_stand_at_the_outer_side_only_where_asked(library):
    letter = opened(word.draw(samples.letter(), library))
    assert letter.settings.odd_and_even_pages_header_footer
    odd, even = letter.sections[0].footer, letter.sections[0].even_page_footer
    assert (odd.paragraphs[0].text, odd.paragraphs[0].style.name) == ("— 1 —", "页码（单页）")
    assert (even.paragraphs[0].text, even.paragraphs[0].style.name) == ("— 1 —", "页码（双页）")
    assert opened(word.draw(samples.ledger(1), library)).sections[0].footer.paragraphs[0].text.strip() == "1"
    assert opened(word.draw(samples.application(), library)).sections[0].footer.is_linked_to_previous
    # A form is numbered once it runs over pages.
    long = opened(word.draw(samples.overlong_application(40), library)).sections[0]
    assert [long.footer.paragraphs[0].text, long.even_page_footer.paragraphs[0].text] == ["— 1 —", "— 1 —"]


def test_an_opinion_and_its_date_are_one_cell_that_no_page_end_parts(library):
    *_, row = opened(word.draw(samples.application(opinion="同意立项。" * 30), library)).tables[0].rows
    assert [found.style.name for found in row.cells[1].paragraphs] == ["表格意见", "表格落款"]
    assert row._tr.trPr.find(qn("w:cantSplit")) is not None
    style = row.cells[1].paragraphs[0].style
    assert (style.paragraph_format.alignment, style.paragraph_format.first_line_indent) == (3, Pt(28))


@pytest.mark.parametrize(
    ("opinion", "before"), [("", 29.7), ("同意。", 29.7), ("同意立项。" * 5, 7.7), ("同意立项。" * 30, 0)]
)
def test_the_date_stands_at_the_foot_of_the_box_whatever_the_opinion(opinion, before, library):
    *_, row = opened(word.draw(samples.application(opinion=opinion), library)).tables[0].rows
    space = row.cells[1].paragraphs[-1].paragraph_format.space_before
    assert round(space.pt if space else 0, 1) == before


def test_texts_spread_over_a_line_stand_at_tab_stops(library):
    info = opened(word.draw(samples.ledger(1), library)).paragraphs[2]
    assert info.text.split("\t") == ["单位名称：示例公司第一工程处党委", "填表人：李静", "联系电话：010-12345678"]
    assert [round(stop.position.mm) for stop in info.paragraph_format.tab_stops] == [110, 225]
    assert [stop.alignment.name for stop in info.paragraph_format.tab_stops] == ["LEFT", "RIGHT"]


def test_a_line_of_one_text_is_aligned(library):
    paper = Paper(title="一行", stem="一行", blocks=(Line(("2022年8月24日",), official.Align.RIGHT),))
    assert opened(word.draw(paper, library)).paragraphs[0].alignment.name == "RIGHT"


def test_the_file_tells_its_title_and_date_and_no_time_of_drawing(library):
    properties = opened(word.draw(samples.filled_application(), library)).core_properties
    assert properties.title == "党建项目化管理项目申请表"
    assert properties.created.replace(tzinfo=None) == datetime(2022, 8, 24)
    assert properties.author == ""


def test_the_same_paper_gives_the_same_bytes_whenever_it_is_drawn(library):
    drawn = word.draw(samples.letter(), library)
    assert drawn == word.draw(samples.letter(), library)
    with ZipFile(BytesIO(drawn)) as archive:
        assert {part.date_time for part in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_headings_are_found_by_the_navigation(library):
    file = opened(word.draw(samples.letter(), library))
    levels = [
        paragraph.style.element.pPr.find(qn("w:outlineLvl")).get(qn("w:val"))
        for paragraph in file.paragraphs
        if paragraph.style.name.endswith("级标题")
    ]
    assert levels == ["0", "1", "2"]


def test_a_block_that_nobody_can_draw_is_refused(library):
    with pytest.raises(TypeError, match="str is no block"):
        word.draw(replace(samples.letter(), blocks=("文字",)), library)  # type: ignore[arg-type]


def test_the_word_text_is_complete(library):
    assert word_text(word.draw(samples.letter(), library)).endswith("党支部书记：年月日送达回执本页为第二页。")
