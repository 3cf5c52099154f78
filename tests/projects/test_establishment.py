"""After 立项: the notice to the branches and their signing for it."""

from io import BytesIO

import docx
import pypdf
import pytest

from dangjian.foundation.lifecycle import Refused
from dangjian.papers import pdf, word
from dangjian.projects import papers
from dangjian.projects.meeting import Verdict
from dangjian.projects.project import Project
from tests.cast import Cast, a_meeting, a_screened, an_established


@pytest.mark.clause("S-28")
def test_the_notice_names_what_was_established_and_nothing_else(cast: Cast) -> None:
    yes, also, no = (a_screened(cast, name=name) for name in ("节能降耗", "质量提升", "重复题目"))
    meeting = a_meeting(cast, Verdict(yes, "establish"), Verdict(also, "establish"), Verdict(no, "reject", "重复"))
    paper = papers.establishment_notice(meeting)
    table = docx.Document(BytesIO(word.draw(paper))).tables[0]
    rows = [[cell.text for cell in row.cells] for row in table.rows]
    assert [row[1:3] for row in rows[1:]] == [["2022-001", "节能降耗"], ["2022-002", "质量提升"]]
    printed = "".join(page.extract_text() for page in pypdf.PdfReader(BytesIO(pdf.draw(paper))).pages)
    assert "重复题目" not in printed
    assert "同意下列项目立项" in printed.replace("\n", "")


def test_the_branch_signs_for_the_notice_once(cast: Cast) -> None:
    project = an_established(cast)
    assert project in Project.objects.waiting_for(cast.people.secretary)
    project.establishment().receive(by=cast.people.clerk)
    assert project not in Project.objects.waiting_for(cast.people.secretary)
    with pytest.raises(Refused, match="已经签收"):
        project.establishment().receive(by=cast.people.secretary)
    assert project.establishment().received_by == cast.people.clerk


def test_nobody_signs_for_another_branch(cast: Cast) -> None:
    with pytest.raises(Refused, match="权限"):
        an_established(cast).establishment().receive(by=cast.people.small_secretary)


def test_what_was_refused_needs_no_signature(cast: Cast) -> None:
    project = a_screened(cast)
    meeting = a_meeting(cast, Verdict(project, "reject", "重复"))
    with pytest.raises(Refused, match="无需签收"):
        meeting.resolutions.get().receive(by=cast.people.secretary)
