"""附件2 as paper: the plan's own words, one page, and copies whose scans file themselves."""

from io import BytesIO

import pypdfium2  # type: ignore[import-untyped]
import pytest
from docx import Document

from dangjian.agreements import papers
from dangjian.agreements.letter import Letter
from dangjian.foundation.lifecycle import Refused
from dangjian.papers import pdf, word
from dangjian.papers.mark import Mark
from dangjian.programmes.scheme import read, source_plan_text
from dangjian.projects.paper_kind import PaperKind
from dangjian.projects.project import Project
from tests.cast import Cast, a_batch, a_letter, an_established
from tests.papers import scanner

RULES = read(source_plan_text())
SOURCE = (
    "党建项目化管理责任书 为规范党建项目化管理工作，确保项目预期目标完成，签订本责任书。"
    "一、党支部书记为党建项目化管理工作的主要责任人，承担直接领导责任和组织实施责任。"
    "二、制定并落实好党建项目实施计划书，保证项目的总目标、阶段目标和各个子目标的完成时间和质量。"
    "三、每月深入现场，对项目的进展情况进行跟踪、督导，及时发现和解决工作过程中存在的问题。"
    "四、及时总结工作成果和亮点。五、本责任书分别由各单位党委书记与项目承担部门支部书记签订。"
    "六、本责任书一式两份，签订双方各执一份。项目名称：党委书记：党支部书记：年月日"
)


def text_of(drawn: bytes) -> str:
    pages = pypdfium2.PdfDocument(drawn)
    return "".join("".join(page.get_textpage().get_text_range().split()) for page in pages)


@pytest.mark.clause("S-110", "S-111", "S-112", "S-113", "S-114", "S-115", "S-116", "S-117")
def test_the_blank_letter_says_the_plan_s_own_words(cast: Cast) -> None:
    assert text_of(pdf.draw(papers.blank_letter(RULES))) == "附件2" + SOURCE.replace(" ", "")


@pytest.mark.django_db
@pytest.mark.clause("S-117")
@pytest.mark.parametrize(
    "name",
    ["安全示范岗", "发挥党员先锋作用实现项目施工降本增效节能降耗三十万元暨党员责任区创建工程在各个分部全面推开试点"],
)
def test_a_filled_letter_keeps_to_one_page_with_its_signatures(cast: Cast, name: str) -> None:
    letter = a_letter(cast, name=name)
    drawn = pdf.draw(papers.copy_of(letter, 2))
    assert len(pypdfium2.PdfDocument(drawn)) == 1
    told = text_of(drawn)
    assert f"项目名称：{name}" in told
    assert "第一工程公司第一项目部党支部" in told
    assert "一公司责〔2022〕1号第2份" in told


@pytest.mark.django_db
@pytest.mark.clause("S-117")
def test_there_is_room_to_sign_above_the_date_however_long_the_names_are(cast: Cast) -> None:
    letter = a_letter(
        cast, name="充分发挥党支部战斗堡垒和党员先锋模范作用推动油田运维项目部全年安全生产零事故并实现节能降耗"
    )
    letter.facts |= {
        "unit": "中共华川建设集团第一工程有限公司塔里木油田运维分公司委员会",
        "branch": "第一工程公司塔里木油田运维项目部机关与第二作业区联合党支部",
    }
    paper = papers.copy_of(letter, 1)
    assert len(pypdfium2.PdfDocument(pdf.draw(paper))) == 1
    signed = Document(BytesIO(word.draw(paper))).tables[-1]
    assert [row.cells[0].text for row in signed.rows][-3:] == ["党委书记：", "", ""]


@pytest.mark.django_db
@pytest.mark.clause("S-115", "S-116")
@pytest.mark.parametrize("unit", ["中共华川建设集团第一工程有限公司委员会", "中共第一工程公司委员会"])
def test_between_the_names_and_the_secretaries_a_seal_has_room(cast: Cast, unit: str) -> None:
    """Measured in the PDF: 25 mm free, with the name above it and the signature beside it more than a seal's 42 mm."""
    letter = a_letter(cast, name="发挥党员作用，实现节能降耗36万元")
    letter.facts |= {"unit": unit, "branch": "中共华川建设集团第一工程有限公司云江特大桥项目部支部委员会"}
    drawn = pdf.draw(papers.copy_of(letter, 1))
    above, below = _edges(drawn, "桥项目部支部委员会", "党委书记：")
    assert (above - below) / 72 * 25.4 > 25
    assert _edges(drawn, "党委书记：", "年")[0] - _edges(drawn, "党委书记：", "年")[1] > 26


def _edges(drawn: bytes, upper: str, lower: str) -> tuple[float, float]:
    """Points from the foot of the page to the lower edge of the last `upper` text and to the upper edge of the `lower` one."""
    page = pypdfium2.PdfDocument(drawn)[0].get_textpage()
    boxes = []
    for text in (upper, lower):
        search = page.search(text)
        at = None
        while found := search.get_next():
            at = found
        assert at is not None, text
        boxes.append(page.get_charbox(at[0]))
    return boxes[0][1], boxes[1][3]


@pytest.mark.django_db
@pytest.mark.clause("S-115")
def test_a_new_letter_names_both_in_full_and_an_earlier_one_what_was_signed(cast: Cast) -> None:
    branch = cast.places.branch
    branch.signature_name = "第一项目部党支部"
    branch.save()
    letter = a_letter(cast)
    assert (letter.facts["unit"], letter.facts["branch"]) == (cast.places.unit.full_name, branch.full_name)
    letter.facts["branch"] = "第一项目部党支部"
    letter.save()
    told = text_of(pdf.draw(papers.copy_of(Letter.objects.get(pk=letter.pk), 1)))
    assert "第一项目部党支部党委书记" in told.replace(cast.places.unit.full_name, "")


@pytest.mark.django_db
@pytest.mark.clause("S-116")
def test_all_copies_of_a_ceremony_are_one_file_and_their_scans_file_themselves(cast: Cast) -> None:
    letters = [a_letter(cast, name="节能降耗"), a_letter(cast, name="安全示范岗")]
    copies = papers.both_copies(letters)
    assert len(pypdfium2.PdfDocument(pdf.bind(copies))) == 4
    file = Document(BytesIO(word.bind(copies)))
    feet = ["".join(p.text for p in section.footer.paragraphs) for section in file.sections]
    assert [foot[-3:] for foot in feet] == ["第1份", "第2份"] * 2
    assert len(set(feet)) == 4

    pages = [page for paper in copies for page in scanner.sheets(paper, turned=1)]
    a_batch([scanner.scan(pages)], cast.people.officer)
    for letter in letters:
        assert not Letter.objects.get(pk=letter.pk).refusals("sign", by=cast.people.officer)


@pytest.mark.django_db
@pytest.mark.clause("S-116")
def test_the_scan_of_a_voided_letter_files_itself_nowhere(cast: Cast) -> None:
    project = an_established(cast)
    letter = a_letter(cast, project)
    old = scanner.sheets(papers.copy_of(letter, 1))
    letter.propose_void(reason="有误", by=cast.people.officer)
    letter.void(by=cast.people.colleague)
    a_letter(cast, Project.objects.get(pk=project.pk))
    batch = a_batch([scanner.scan(old)], cast.people.officer)
    assert (batch.scans.count(), batch.strays.count()) == (0, 1)
    stray, code = batch.strays.get(), Mark(PaperKind.LETTER_FIRST.letter, project.pk, letter.edition).code
    assert stray.guess == code, "it bears its own code"
    with pytest.raises(Refused, match="该责任书已作废，不再归档") as refused:
        batch.settle({stray.pk: code}, [], by=cast.people.officer)
    assert [reason.field for reason in refused.value.reasons] == [f"page-{stray.pk}"]


@pytest.mark.django_db
def test_a_letter_keeps_the_names_of_its_day(cast: Cast) -> None:
    letter = a_letter(cast)
    cast.places.branch.rename(by=cast.people.system_admin, full_name="第一工程公司第一分公司党支部")
    assert "第一项目部党支部" in text_of(pdf.draw(papers.copy_of(Letter.objects.get(pk=letter.pk), 1)))


def test_another_plan_writes_its_own_letter(cast: Cast) -> None:
    text = source_plan_text().replace("四、及时总结工作成果和亮点。", "四、按季度报告进展。")
    assert "四、按季度报告进展。" in text_of(pdf.draw(papers.blank_letter(read(text))))
