"""成册: one PDF with cover, 卷内目录 and running numbers; in it only what one may see."""

from collections.abc import Callable
from io import BytesIO
from typing import Any
from urllib.parse import unquote

import pypdfium2  # type: ignore[import-untyped]
import pytest
from django.urls import reverse
from pypdf import PdfReader, PdfWriter

from dangjian.agreements import papers as letter_papers
from dangjian.overview import binding, download
from dangjian.overview.download import Download
from dangjian.papers import binder
from dangjian.papers.binder import Cover, Leaf
from dangjian.papers.blocks import Paper, Text
from dangjian.programmes.round import Round
from dangjian.projects.meeting import Verdict
from dangjian.projects.paper_kind import PaperKind
from dangjian.projects.project import Project
from dangjian.projects.scan import Slot
from tests.agreements.test_confirmation import confirmed, switched_on  # noqa: F401
from tests.cast import (
    Cast,
    a_filing,
    a_letter,
    a_meeting,
    a_plan,
    a_screened,
    a_signed_letter,
    a_submitted,
    an_established,
)
from tests.papers.reading import pdf_pages, squeezed

pytestmark = [pytest.mark.django_db, pytest.mark.once]
Browse = Callable[..., Any]


def _outline(made: bytes) -> list[str]:
    return [str(each.title) for each in PdfReader(BytesIO(made)).outline]


def _round() -> Round:
    held = Round.current()
    assert held is not None
    return held


def test_a_project_becomes_one_book(cast: Cast) -> None:
    project = an_established(cast)
    made = binding.of_project(project, cast.people.clerk)
    pages = pdf_pages(made)
    assert squeezed(project.name) in pages[0]
    assert "卷内目录" in pages[1]
    assert "党建项目化管理项目申请表" in pages[1]
    assert "共2份、2页" in pages[1]
    assert "党建项目化管理项目申请表" in pages[2]
    assert "同意下列项目立项" in pages[3]
    assert _outline(made)[:3] == ["封面", "卷内目录", "党建项目化管理项目申请表"]


def test_letter_and_plan_are_in_the_book_once_they_are_there(cast: Cast) -> None:
    project = an_established(cast)
    a_signed_letter(cast, project)
    plan = a_plan(cast, project)
    officer = cast.people.officer
    notice = f"关于《{project.name}》立项的通知"
    titles = ["党建项目化管理项目申请表", notice, "党建项目化管理责任书"]
    assert [leaf.title for leaf in binding.project_leaves(project, officer)] == titles
    plan.hand_in(by=cast.people.secretary)
    assert [leaf.title for leaf in binding.project_leaves(project, officer)] == [*titles, "党建项目化管理实施计划书"]


def test_signed_copies_stand_before_their_papers_and_in_the_place_of_the_letter(cast: Cast) -> None:
    """Scans lying on their side or begun anywhere are numbered upright; one that is gone leaves a page that says so."""
    project = an_established(cast)
    letter = a_letter(cast, project)
    officer = cast.people.officer
    made = project.establishment()
    Slot(PaperKind.APPLICATION, project).file(_sheets((595, 842, 90), (842, 595, 0)), pages=2, by=officer)
    Slot(PaperKind.NOTICE, made.meeting).file(_sheets((1190, 1684, 0)), pages=1, by=officer)
    Slot(PaperKind.MINUTES, made.meeting).file(_sheets((600, 800, 270), corner=50), pages=1, by=officer)
    first = letter.slot(1).file(_sheets((595, 842, 180)), pages=1, by=officer)
    project = letter.project
    made_book = binding.of_project(project, officer)
    titles = [leaf.title for leaf in binding.project_leaves(project, officer)]
    assert titles == [
        "项目申请表盖章扫描件", "党建项目化管理项目申请表", "立项通知盖章扫描件", "会议纪要盖章扫描件",
        f"关于《{project.name}》立项的通知", "责任书（第1份）盖章扫描件",
    ]  # fmt: skip
    reader, pages = PdfReader(BytesIO(made_book)), pdf_pages(made_book)
    assert "项目申请表盖章扫描件" in pages[1]
    assert "1～2" in pages[1]
    assert "共6份、7页" in pages[1]
    assert squeezed(binding.NOTE) in pages[1]
    assert len(pages) == 2 + 7
    for at, number, size in (
        (2, 1, (842, 595)),
        (3, 2, (842, 595)),
        (5, 4, (1190, 1684)),
        (6, 5, (800, 600)),
        (8, 7, (595, 842)),
    ):
        page = reader.pages[at]
        assert pages[at] == f"扫描{number}", at
        assert (round(page.mediabox.width), round(page.mediabox.height), page.rotation) == (*size, 0)
        assert (page.mediabox.left, page.mediabox.bottom) == (0, 0)
    # The branch sees neither the committee's minutes nor their scan.
    assert "会议纪要盖章扫描件" not in [leaf.title for leaf in binding.project_leaves(project, cast.people.clerk)]
    first.attachment.evidence.file.write_bytes(b"%PDF-1.4 torn")
    *_, missing, text = pdf_pages(binding.of_project(project, officer))
    assert "责任书（第1份）的盖章扫描件读不出来，没有装订" in missing
    # What cannot be read does not stand in the place of anything.
    assert "党建项目化管理责任书" in text
    a_filing(cast)
    unit, count = binding.of_unit(cast.places.unit, _round(), officer)
    assert count == 1 + 7  # with the letter's text again
    assert "项目申请表盖章扫描件" in pdf_pages(unit)[1]


@pytest.mark.clause("S-36")
def test_the_receipt_of_the_unit_s_table_is_in_the_book_and_for_the_branch_an_extract(cast: Cast) -> None:
    project, other = an_established(cast, name="甲项目"), an_established(cast, name="乙项目")
    filing = a_filing(cast)
    officer, clerk = cast.people.officer, cast.people.clerk
    assert "备案回执" not in _outline(binding.of_project(project, officer))
    rows = {row.project_id: row.pk for row in filing.rows.all()}
    filing.answer(record=[rows[project.pk]], returned={rows[other.pk]: "目标不具体"}, by=cast.people.company_officer)
    whole = binding.of_project(project, officer)
    assert _outline(whole)[-1] == "备案回执"
    assert "目标不具体" in pdf_pages(whole)[-1]
    own = binding.of_project(project, clerk)
    assert _outline(own)[-1] == "备案回执（摘录）"
    told = pdf_pages(own)[-1]
    assert "摘录本项目结果：已备案。备案号：备〔2022〕1号。" in told
    assert "甲项目" in told
    assert "乙项目" not in told
    assert "目标不具体" not in told
    # What was sent back has no receipt; in the book of the unit it stands once, with the table.
    assert "备案回执" not in str(_outline(binding.of_project(other, officer)))
    assert str(_outline(binding.of_unit(cast.places.unit, _round(), officer)[0])).count("备案回执") == 1


@pytest.mark.usefixtures("switched_on")
def test_a_letter_confirmed_electronically_shows_who_confirmed_it(cast: Cast) -> None:
    """The pictures of both signatures, which lie in fields of the signed file, are part of the bound pages."""
    letter = confirmed(cast)
    leaf = list(binding.project_leaves(letter.project, cast.people.officer))[-1]
    assert leaf.title == "党建项目化管理责任书"
    bare = _dark(binding.pdf.draw(letter_papers.to_confirm(letter)))
    assert _dark(binder.bind(Cover("汇编", (), ()), [leaf]), page=2) > bare + 800
    assert "/Annots" not in PdfReader(BytesIO(leaf.content)).pages[0]


def _dark(made: bytes, page: int = 0) -> int:
    """How many dark points the lower half of a page has, where one signs; the number at its head is above."""
    drawn = pypdfium2.PdfDocument(made)[page].render(scale=2).to_pil().convert("L")
    lower = drawn.crop((0, drawn.height // 2, drawn.width, drawn.height))
    return sum(lower.histogram()[:128])


def test_a_book_too_large_says_so_before_it_is_made(
    cast: Cast, browse: Browse, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = an_established(cast)
    Slot(PaperKind.APPLICATION, project).file(_sheets((595, 842, 0)), pages=1, by=cast.people.officer)
    monkeypatch.setattr(binding, "MOST_BYTES", 100)
    with pytest.raises(binding.Refused, match="请按项目成册或分别下载"):
        binding.of_project(project, cast.people.officer)
    answer = browse(cast.people.officer).get(reverse("project-binder", args=[project.pk]), follow=True)
    assert "请按项目成册或分别下载扫描件" in answer.content.decode()


def _sheets(*sizes: tuple[int, int, int], corner: int = 0) -> bytes:
    """A scan: for each sheet its width, height and how it is turned; ``corner`` where its page begins."""
    writer = PdfWriter()
    for width, height, turned in sizes:
        sheet = PdfReader(BytesIO(binding.pdf.draw(Paper(title="扫描", stem="扫描", blocks=(Text("扫描"),))))).pages[0]
        sheet.mediabox.lower_left, sheet.mediabox.upper_right = (corner, corner), (corner + width, corner + height)
        sheet.cropbox = sheet.mediabox
        writer.add_page(sheet).rotate(turned)
    buffer = BytesIO()
    writer.write(buffer)
    return buffer.getvalue()


def test_papers_are_numbered_through_and_the_contents_say_where_each_begins(cast: Cast) -> None:
    long = binding.pdf.draw(_of_pages(3))
    short = binding.pdf.draw(_of_pages(1))
    leaves = [Leaf("长文", "甲", None, long), Leaf("短文", "乙", None, short), Leaf("又一份", "丙", None, long)]
    pages = pdf_pages(binder.bind(Cover("汇编", ("一公司",), ("2022年",)), leaves))
    assert len(pages) == 2 + 7
    assert "1～3" in pages[1]
    assert "5～7" in pages[1]
    assert [page.replace("正文", "") for page in pages[2:]] == [str(number) for number in range(1, 8)]


def _of_pages(count: int) -> Any:
    from dangjian.papers.blocks import PageBreak

    blocks: list[Any] = [Text("正文")]
    for _ in range(count - 1):
        blocks += [PageBreak(), Text("正文")]
    return Paper(title="文", stem="文", blocks=tuple(blocks))


def test_a_unit_becomes_one_book_with_its_table_first(cast: Cast) -> None:
    an_established(cast, name="甲")
    an_established(cast, name="乙")
    a_filing(cast).settle(by=cast.people.company_officer)
    made, count = binding.of_unit(cast.places.unit, _round(), cast.people.officer)
    assert count == 2 + 2 * 2
    contents = pdf_pages(made)[1]
    assert contents.index("汇总表第1版") < contents.index("备案回执") < contents.index("申请表")


def test_only_projects_that_one_sees_stand_in_it(cast: Cast) -> None:
    an_established(cast)
    with pytest.raises(binding.Refused, match="没有可以成册"):
        binding.of_unit(cast.places.unit, _round(), cast.people.foreign_officer)


def test_a_large_book_is_made_by_the_worker(cast: Cast, browse: Browse, monkeypatch: pytest.MonkeyPatch) -> None:
    an_established(cast)
    officer, page = browse(cast.people.officer), reverse("unit-binder", args=[cast.places.unit.pk])
    at_once = officer.post(page)
    assert at_once["Content-Type"] == "application/pdf"
    assert "文书汇编 一公司党委 2022年度.pdf" in unquote(at_once["Content-Disposition"])
    monkeypatch.setattr(binding, "MOST_AT_ONCE", 0)
    assert officer.post(page)["Location"] == reverse("downloads")
    assert download.make_waiting() == 1
    held = Download.objects.get()
    assert (held.state, held.rows) == ("ready", 2)
    file = officer.get(reverse("download-file", args=[held.pk]))
    assert file["Content-Type"] == "application/pdf"
    assert len(pdf_pages(b"".join(file.streaming_content))) == 4
    assert "2 份" in officer.get("/downloads/").content.decode()


@pytest.mark.parametrize(("who", "seen"), [("secretary", False), ("foreign_officer", False), ("leader", True)])
def test_a_units_book_is_for_who_sees_the_unit(cast: Cast, browse: Browse, who: str, seen: bool) -> None:
    a_submitted(cast)
    answer = browse(getattr(cast.people, who)).post(reverse("unit-binder", args=[cast.places.unit.pk]))
    assert answer.status_code == (302 if seen else 404)


def test_what_names_several_projects_is_bound_once_in_a_unit_s_book(cast: Cast) -> None:
    one, two = a_screened(cast, name="甲项目"), a_screened(cast, name="乙项目")
    meeting = a_meeting(cast, Verdict(one, "establish"), Verdict(two, "establish"))
    Slot(PaperKind.MINUTES, meeting).file(_sheets((595, 842, 0)), pages=1, by=cast.people.officer)
    alone = an_established(cast, name="丙项目")
    letter = a_letter(cast, alone)
    officer = cast.people.officer
    made, _ = binding.of_unit(cast.places.unit, _round(), officer)
    titles = _outline(made)
    assert titles.count("关于2个党建项目立项的通知") == 1
    assert titles.count("关于《丙项目》立项的通知") == 1
    assert titles.count("会议纪要盖章扫描件") == 1
    contents = pdf_pages(made)[1]
    assert squeezed(binding.SHARED) in contents
    assert squeezed(letter.number) in contents
    numbers = {leaf.title: leaf.number for leaf in binding.project_leaves(Project.objects.get(pk=one.pk), officer)}
    assert numbers["关于2个党建项目立项的通知"] == numbers["会议纪要盖章扫描件"] == ""
    letter.slot(1).file(_sheets((595, 842, 0)), pages=1, by=officer)
    numbers = {leaf.title: leaf.number for leaf in binding.project_leaves(letter.project, officer)}
    assert numbers["关于《丙项目》立项的通知"] == letter.project.number
    assert numbers["责任书（第1份）盖章扫描件"] == letter.number
