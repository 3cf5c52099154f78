"""The PDF face: pages, texts, fonts, and the choice of lettering that keeps a form on one page."""

from concurrent.futures import ThreadPoolExecutor
from io import BytesIO

import pytest
from docx.oxml.ns import qn
from pypdf import PdfReader

from dangjian.papers import official, pdf, word
from dangjian.papers.blocks import (
    LANDSCAPE,
    Addressees,
    Column,
    FormRow,
    FormTable,
    Heading,
    Label,
    ListTable,
    Paper,
    Paragraph,
    SignatureRow,
    Text,
    Title,
)
from dangjian.papers.line import Line
from tests.papers import samples
from tests.papers.reading import opened, pdf_pages, squeezed, word_text

ONE_PAGE = {
    "blank": samples.application(),
    "filled": samples.filled_application(),
    "shrunk": samples.overlong_application(8),
    "hostile": samples.hostile_application(),
}


@pytest.mark.parametrize("name", ONE_PAGE)
def test_both_faces_say_the_same_in_the_same_order(name, library):
    assert pdf_pages(pdf.draw(ONE_PAGE[name], library)) == [word_text(word.draw(ONE_PAGE[name], library))]


# Typst prints the cells that stand over both rows of a head after those of the upper row.
HEAD_IN_WORD = "序号项目名称项目起止日期项目承担部门项目基本情况备注解决问题"
HEAD_IN_PDF = "项目基本情况序号项目名称项目起止日期项目承担部门备注解决问题"


def test_both_faces_of_a_list_say_the_same(library):
    paper = samples.ledger(3)
    in_word = word_text(word.draw(paper, library))
    assert HEAD_IN_WORD in in_word
    assert pdf_pages(pdf.draw(paper, library)) == [in_word.replace(HEAD_IN_WORD, HEAD_IN_PDF) + "1"]


def test_both_faces_of_a_letter_say_the_same(library):
    first, second = pdf_pages(pdf.draw(samples.letter(), library))
    assert first.endswith("—1—")
    assert second.endswith("—2—")
    assert first.removesuffix("—1—") + second.removesuffix("—2—") == word_text(word.draw(samples.letter(), library))


def test_what_users_typed_is_printed_and_not_run(library):
    (page,) = pdf_pages(pdf.draw(samples.hostile_application(), library))
    assert page.count(squeezed(samples.HOSTILE_PRINTED)) == 5
    assert "root:" not in page


def test_invisible_characters_reach_no_block_of_either_face(library):
    dirty = "党\x07\u202e\ufeff建"
    blocks = (
        Label(dirty),
        Title(dirty),
        Line((dirty, dirty)),
        Heading(dirty),
        Addressees(dirty),
        Text(dirty),
        FormTable((41, 115), (FormRow(dirty, (Paragraph(dirty, lead=dirty),), foot=(dirty,)),)),
        SignatureRow(((dirty,), (dirty,))),
        ListTable((Column(dirty, 40, group=dirty),), ((dirty,),)),
    )
    paper = Paper(title=dirty, stem=dirty, blocks=blocks)
    (page,) = pdf_pages(pdf.draw(paper, library))
    assert page == word_text(word.draw(paper, library)) == "党建" * 16


@pytest.mark.parametrize(
    ("times", "size", "pages"),
    [(1, 14, 1), (3, 14, 1), (5, 12, 1), (8, 10.5, 1), (12, 14, 2), (40, 12, 3)],
)
def test_the_content_shrinks_to_stay_on_one_page_and_else_to_take_fewer_pages(times, size, pages, library):
    paper = samples.overlong_application(times)
    assert pdf.fitted(paper, library).fit[0].size == size
    assert len(pdf_pages(pdf.draw(paper, library))) == pages


@pytest.mark.clause("S-108", "S-109")
@pytest.mark.parametrize("times", [14, 20, 26, 32, 40, 60])
def test_the_opinions_of_a_long_form_stand_on_one_page(times, library):
    pages = pdf_pages(pdf.draw(samples.overlong_application(times), library))
    assert len(pages) > 1
    assert [page for page in pages if "支部委员会意见" in page] == [page for page in pages if "党委会意见" in page]


@pytest.mark.clause("S-108", "S-109")
def test_word_holds_the_opinions_together_and_nothing_else(library):
    rows = opened(word.draw(samples.overlong_application(40), library)).tables[0].rows
    held = [all(found.pPr.find(qn("w:keepNext")) is not None for found in row._tr.iter(qn("w:p"))) for row in rows]
    assert held == [False] * (len(rows) - 2) + [True, False]


def test_opinions_longer_than_a_page_go_on_over_pages(library):
    said = "同意立项，请抓好落实。" * 90
    pages = pdf_pages(pdf.draw(samples.application(opinion=said), library))
    assert said in "".join(page[:-3] for page in pages).replace("党委会意见", "").replace("支部委员会意见", "")


def test_no_text_is_lost_where_the_content_flows_and_its_label_heads_each_page_of_it(library):
    paper, label = samples.overlong_application(56), "项目具体工作内容"
    numbered = pdf_pages(pdf.draw(paper, library))
    assert [page[-3:] for page in numbered] == ["—1—", "—2—", "—3—", "—4—"]
    first, *middle, last = (page[:-3] for page in numbered)
    assert [page.startswith(label) for page in middle] == [True, True]
    assert label not in last
    whole = first + "".join(page.removeprefix(label) for page in middle) + last
    assert whole == word_text(word.draw(paper, library))


def test_a_long_name_takes_its_room_from_the_content_before_the_type_shrinks(library):
    fitted = pdf.fitted(samples.application(branch="第一工程处党支部" * 8), library)
    assert fitted.fit[0] == official.FORM_FIT[0]
    assert 46 <= fitted.blocks[3].rows[3].height < 92


def test_a_fitted_paper_is_not_fitted_again(library):
    fitted = pdf.fitted(samples.filled_application(), library)
    assert len(fitted.fit) == 1
    assert pdf.fitted(fitted, library) is fitted


def test_a_word_too_long_for_its_cell_stays_in_it(library):
    page = PdfReader(BytesIO(pdf.draw(samples.application(branch="A" * 90), library))).pages[0]
    ends: list[float] = []

    def visit(text, _transformation, matrix, _font, size):
        if "A" in text:
            ends.append(matrix[4])

    page.extract_text(visitor_text=visit)
    assert len(ends) > 1
    assert squeezed(page.extract_text()).count("A" * 90) == 1


def test_a_thousand_rows_repeat_their_head_and_keep_their_order(library):
    reader = PdfReader(BytesIO(pdf.draw(samples.ledger(1000), library)))
    last = squeezed(reader.pages[-1].extract_text())
    assert len(reader.pages) > 100
    assert last.startswith(HEAD_IN_PDF)
    assert "1000发挥党员作用,实现节能降耗1000万元" in last
    assert last.endswith(str(len(reader.pages)))


def test_a_row_longer_than_a_page_is_printed_whole(library):
    text = "".join(f"第{number}项措施," for number in range(1, 400))
    ledger = samples.ledger(1)
    columns = ledger.blocks[3].columns
    table = ListTable(columns, (("1", "", "", "", "", text, "", ""),))
    drawn = pdf.draw(Paper(title="长", stem="长", page=LANDSCAPE, blocks=(table,)), library)
    pages = pdf_pages(drawn)
    assert len(pages) > 1
    assert "第1项措施,第2项措施" in pages[0]
    assert pages[-1].endswith("第399项措施,")


def test_a_kept_line_and_the_date_stay_with_the_signatures(library):
    lines = tuple(Text(f"第{number}条。") for number in range(1, 21))
    signatures = SignatureRow((("党委书记：", ""), ("党支部书记：", "")))
    paper = Paper(
        title="责任书",
        stem="责任书",
        blocks=(*lines, Text("项目名称：节能降耗", keep=True), signatures, Line(("2022年8月29日",))),
    )
    first, second = pdf_pages(pdf.draw(paper, library))
    assert first.endswith("第20条。")
    assert second == "项目名称：节能降耗党委书记：党支部书记：2022年8月29日"


def test_every_font_is_embedded(library):
    page = PdfReader(BytesIO(pdf.draw(samples.filled_application(), library))).pages[0]
    found = [font.get_object()["/DescendantFonts"][0] for font in page["/Resources"]["/Font"].values()]
    assert len(found) >= 4
    for font in found:
        assert {"/FontFile2", "/FontFile3"} & font["/FontDescriptor"].keys()


def test_the_file_tells_its_title_and_language(library):
    reader = PdfReader(BytesIO(pdf.draw(samples.filled_application(), library)))
    assert reader.metadata.title == "党建项目化管理项目申请表"
    assert reader.root_object["/Lang"].lower().startswith("zh")


def test_the_same_paper_gives_the_same_bytes_from_any_thread(library):
    papers = [samples.filled_application(), samples.letter()] * 4
    with ThreadPoolExecutor(4) as threads:
        drawn = list(threads.map(lambda paper: pdf.draw(paper, library), papers))
    assert set(drawn) == {pdf.draw(papers[0], library), pdf.draw(papers[1], library)}
