"""Filing stamped scans through their pages: the pile, the slot, the pages that wait, and who sees what."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from dangjian.foundation.upload import Upload
from dangjian.papers.scanned import File
from dangjian.projects import papers
from dangjian.projects.meeting import Meeting, Verdict
from dangjian.projects.paper_kind import PAST_KINDS, PaperKind
from dangjian.projects.project import Project
from dangjian.projects.scan import Scan, Slot
from dangjian.projects.scan_batch import ScanBatch, read_waiting
from tests.cast import (
    Cast,
    a_batch,
    a_briefing,
    a_handed_in_plan,
    a_handover,
    a_letter,
    a_meeting,
    a_screened,
    a_submitted,
)
from tests.papers import scanner
from tests.papers.scanner import sheets, without_foot

pytestmark = pytest.mark.once

Browse = Callable[..., Any]
EVERYBODY = (
    "secretary", "clerk", "member", "small_secretary", "officer", "foreign_officer", "company_officer", "leader",
    "staff", "system_admin",
)  # fmt: skip


def sent(file: File) -> SimpleUploadedFile:
    assert isinstance(file.content, bytes)
    return SimpleUploadedFile(file.name, file.content, content_type="application/pdf")


def printed(project: Project) -> list[Any]:
    return sheets(papers.application_form(Project.objects.get(pk=project.pk)), turned=1)


def established(cast: Cast) -> tuple[Project, Meeting]:
    project = a_screened(cast)
    return project, a_meeting(cast, Verdict(project, "establish", "同意。"))


def test_a_pile_is_handed_in_and_its_result_shown(cast: Cast, browse: Browse) -> None:
    one, other = a_submitted(cast, name="节能降耗"), a_submitted(cast, name="安全示范岗")
    [torn] = [without_foot(page) for page in printed(one)]
    pile = scanner.scan([*printed(one), *printed(other), torn])
    browser = browse(cast.people.officer)
    answer = browser.post(reverse("scan-new"), {"scans": sent(pile)}, follow=True)
    assert "识别中" in answer.content.decode()
    assert 'hx-trigger="every 1s"' in answer.content.decode()
    assert "正在识别" in browser.get(reverse("scan-new")).content.decode()
    read_waiting()
    answer = browser.get(answer.wsgi_request.path)
    text = answer.content.decode()
    assert "共 3 页，1 页没有认出" in text
    assert all(f"/projects/{project.pk}/?tab=papers" in text for project in (one, other))
    [stray] = answer.context["strays"]
    for url, starts in ((stray["preview_url"], b"\xff\xd8"), (stray["page_url"], b"%PDF")):
        assert b"".join(browser.get(url).streaming_content).startswith(starts)
    assert "1 页待认领" in browser.get(reverse("scan-new")).content.decode()

    batch, code = ScanBatch.objects.get(), Slot(PaperKind.APPLICATION, other).bare_mark.code
    waiting, page = batch.strays.get(), reverse("scan-batch", args=[batch.pk])
    wrong = browser.post(page, {f"page-{waiting.pk}": "A9-9"}).content.decode()
    assert "没有编码为“A9-9”的文书" in wrong
    assert 'value="A9-9"' in wrong
    assert "请为页面选择文书，或勾选“不归档”" in browser.post(page, {}).content.decode()
    browser.post(page, {f"page-{waiting.pk}": code})
    assert Slot(PaperKind.APPLICATION, other).scans().standing().get().pages == 2
    assert "已替换原扫描件" in browser.get(page).content.decode()


def test_a_page_is_not_wanted(cast: Cast, browse: Browse) -> None:
    project = a_submitted(cast)
    batch = a_batch([scanner.scan([without_foot(page) for page in printed(project)])], cast.people.clerk)
    stray = batch.strays.get()
    page = reverse("scan-batch", args=[batch.pk])
    browse(cast.people.clerk).post(page, {f"drop-{stray.pk}": "on", f"page-{stray.pk}": "A9-9"})
    assert not batch.strays.exists()
    assert not Scan.objects.exists()


def test_a_batch_that_cannot_be_read_says_why_and_asks_no_more(cast: Cast, browse: Browse) -> None:
    batch = a_batch([File("坏.pdf", b"%PDF-1.7 nothing")], cast.people.clerk)
    text = browse(cast.people.clerk).get(reverse("scan-batch", args=[batch.pk])).content.decode()
    assert "文件“坏.pdf”已损坏，请重新扫描后再传" in text
    assert "hx-trigger" not in text


def test_a_file_stays_with_its_form_until_the_form_is_right(cast: Cast, browse: Browse) -> None:
    """What one has sent once is not asked for again, however often the form comes back."""
    project, other = a_submitted(cast), a_submitted(cast, name="安全示范岗")
    upload = reverse("scan-paper", args=[Slot(PaperKind.APPLICATION, project).bare_mark.code])
    browser = browse(cast.people.clerk)
    page = browser.post(upload, {"scans": sent(scanner.scan(printed(other), "错.pdf"))}).content.decode()
    assert "另一份文书" in page
    [wrong] = Upload.objects.all()
    assert f'name="scans-held" value="{wrong.pk}" checked' in page
    assert "错.pdf" not in browser.get(reverse("scan-new")).content.decode()
    page = browser.post(upload, {"scans-listed": wrong.pk}).content.decode()
    assert "请选择文件" in page
    assert not Upload.objects.exists()
    right = Upload.receive(
        cast.people.clerk, wrong.slot, chunks=[sent(scanner.scan(printed(project))).read()], name="对.pdf"
    )
    assert "对.pdf" in browser.get(upload).content.decode()
    browser.post(upload, {"scans-listed": right.pk, "scans-held": right.pk})
    assert Scan.objects.get().project == project
    assert not Upload.objects.exists()


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ([], "请选择文件"),
        ([File("空.pdf", b"")], "空的"),
        ([File("表.docx", b"PK\x03\x04 word")], "只能上传 PDF、JPG 或 PNG 文件"),
    ],
)
def test_what_cannot_be_read_is_told_at_the_field(cast: Cast, browse: Browse, files: list[File], said: str) -> None:
    posted = {"scans": [sent(file) for file in files]}
    page = browse(cast.people.clerk).post(reverse("scan-new"), posted)
    assert page.status_code == 200
    assert said in page.content.decode()
    assert page.context["form"]["scans"].errors


def test_the_slot_shows_whether_the_scan_is_there_and_what_it_replaced(cast: Cast, browse: Browse) -> None:
    project = a_submitted(cast)
    browser, tab = browse(cast.people.clerk), reverse("project", args=[project.pk]) + "?tab=papers"
    assert "盖章扫描件：未归档" in browser.get(tab).content.decode()
    upload = reverse("scan-paper", args=[Slot(PaperKind.APPLICATION, project).bare_mark.code])
    assert upload in browser.get(tab).content.decode()
    for _ in range(2):
        answer = browser.post(upload, {"scans": sent(scanner.scan(printed(project)))})
        assert answer["Location"] == tab
    text = browser.get(tab).content.decode()
    assert "李敏 8月24日 09:00归档，1 页" in text.replace("\xa0", " ")
    assert "留存的扫描件 1 份" in text
    looked = browse(cast.people.member).get(tab).content.decode()
    assert "留存的扫描件 1 份" in looked
    assert upload not in looked


def test_the_slot_warns_of_a_scan_of_an_earlier_text(cast: Cast, browse: Browse) -> None:
    project = a_submitted(cast)
    slot = Slot(PaperKind.APPLICATION, project)
    slot.file_all([scanner.scan(printed(project))], by=cast.people.clerk)
    project.decide("return", by=cast.people.officer, opinion="请量化")
    project.submit(by=cast.people.secretary)
    tab = reverse("project", args=[project.pk]) + "?tab=papers"
    text = browse(cast.people.clerk).get(tab).content.decode()
    assert "第 1 次提交的文本" in text
    assert "与现在的文本不同，请重新打印" in text


def test_the_scan_of_the_latest_submission_stands_whichever_came_last(cast: Cast, browse: Browse) -> None:
    project, browser = a_submitted(cast), browse(cast.people.clerk)
    slot, old = Slot(PaperKind.APPLICATION, project), printed(project)
    project.decide("return", by=cast.people.officer, opinion="请量化")
    project.submit(by=cast.people.secretary)
    slot.file_all([scanner.scan(printed(project))], by=cast.people.clerk)
    batch = a_batch([scanner.scan(old)], cast.people.clerk)
    assert [(scan.edition, scan.replaced_at is None) for scan in slot.scans()] == [(1, False), (2, True)]
    why = "归档时已有第 2 次提交的扫描件，以后者为准，此件留存备查"
    assert why in browser.get(reverse("scan-batch", args=[batch.pk])).content.decode()
    text = browser.get(reverse("project", args=[project.pk]) + "?tab=papers").content.decode()
    assert why in text
    assert "第 2 次提交的文本" in text
    assert "与现在的文本不同" not in text
    by_hand = slot.file_all([scanner.scan([without_foot(page) for page in old])], by=cast.people.officer)
    assert list(slot.scans().standing()) == [by_hand]


def test_a_paper_of_another_is_refused_at_the_slot(cast: Cast, browse: Browse) -> None:
    _, meeting = established(cast)
    other = a_submitted(cast, name="安全示范岗")
    upload = reverse("scan-paper", args=[Slot(PaperKind.MINUTES, meeting).bare_mark.code])
    page = browse(cast.people.officer).post(upload, {"scans": sent(scanner.scan(printed(other)))})
    assert "第 1 页是另一份文书" in page.content.decode()
    assert not Scan.objects.exists()


# Who sees what; the expectations stand here by themselves


def test_pages_of_scans(cast: Cast, browse: Browse) -> None:
    project, meeting = established(cast)
    briefing, handover = a_briefing(cast, Project.objects.get(pk=project.pk)), a_handover(cast, project)
    a_letter(cast, Project.objects.get(pk=project.pk))
    a_handed_in_plan(cast, Project.objects.get(pk=project.pk))
    project.refresh_from_db()
    owners = {"project": project, "meeting": meeting, "handover": handover, "briefing": briefing}
    # What was done on paper before belongs to projects that were taken over.
    kinds = [kind for kind in PaperKind if kind not in PAST_KINDS]
    slots = {kind: Slot(kind, owners[kind.owner]) for kind in kinds}
    scans = {kind: slot.file(b"%PDF-1.7", pages=1, by=cast.people.officer) for kind, slot in slots.items()}
    pile = scanner.scan([without_foot(page) for page in printed(project)])
    batch = a_batch([pile], cast.people.clerk)
    stray = batch.strays.get()
    unit = {"officer", "company_officer", "leader"}
    seen_by = dict.fromkeys(kinds, unit | {"secretary", "clerk", "member"})
    seen_by |= {PaperKind.MINUTES: unit, PaperKind.BRIEFING: {"officer"}}
    of_unit = (PaperKind.NOTICE, PaperKind.MINUTES, PaperKind.BRIEFING)
    filed_by = {kind: {"officer"} if kind in of_unit else {"secretary", "clerk", "officer"} for kind in kinds}
    for who in EVERYBODY:
        browser = browse(getattr(cast.people, who))

        def opens(name: str, *args: Any, browser: Any = browser) -> bool:
            answer = browser.get(reverse(name, args=args))
            assert answer.status_code in (200, 404)
            b"".join(answer.streaming_content) if answer.streaming else answer.content
            return bool(answer.status_code == 200)

        for kind in kinds:
            code = slots[kind].bare_mark.code
            assert opens("scan-file", scans[kind].pk) == (who in seen_by[kind]), f"{who} sees {kind}"
            assert opens("scan-paper", code) == (who in filed_by[kind]), f"{who} files {kind}"
            if who not in filed_by[kind]:
                assert browser.post(reverse("scan-paper", args=[code])).status_code == 404
        assert opens("scan-batch", batch.pk) == (who == "clerk"), who
        assert opens("scan-page", batch.pk, stray.pk, "jpg") == (who == "clerk"), who
        assert opens("scan-page", batch.pk, stray.pk, "pdf") == (who == "clerk"), who
        assert not opens("scan-page", batch.pk, stray.pk, "exe")
        assert not opens("scan-paper", "A1-" + code[-1])
        assert not opens("scan-paper", "whatever")
