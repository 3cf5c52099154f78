"""Files of an application in pieces, as uploads.js sends them."""

import hashlib
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from dangjian.foundation.audit import AuditEntry
from dangjian.foundation.evidence import Attachment
from dangjian.foundation.lifecycle import Refused
from dangjian.foundation.upload import PIECE, Upload
from dangjian.projects.application_files import MOST_FILES
from dangjian.projects.project import Project
from tests.cast import Cast, a_briefing, a_draft, a_submitted

Browse = Callable[..., Any]
CONTENT = b"%PDF-1.7\n" + bytes(range(256)) * 4096


def begin(browser: Any, project: Project, content: bytes = CONTENT, **facts: Any) -> Any:
    known = {
        "slot": "consultation", "name": "会议记录.pdf", "size": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
    }  # fmt: skip
    return browser.post(reverse("uploads", args=[project.pk]), known | facts)


def piece(browser: Any, project: Project, upload: int, start: int, content: bytes = CONTENT) -> Any:
    path = reverse("upload", args=[project.pk, upload]) + f"?start={start}"
    return browser.post(path, content[start : start + PIECE], content_type="application/octet-stream")


def send(browser: Any, project: Project, content: bytes = CONTENT) -> Any:
    stands = begin(browser, project, content).json()
    while True:
        answer = piece(browser, project, stands["upload"], stands["received"], content)
        if answer.status_code != 200 or "file" in answer.json():
            return answer
        stands = answer.json()


def test_pieces_become_an_attachment_like_any_other(cast: Cast, browse: Browse) -> None:
    project, browser = a_draft(cast), browse(cast.people.clerk)
    answer = send(browser, project)
    kept = project.application.files().get()
    assert (kept.name, kept.evidence.size, kept.by) == ("会议记录.pdf", len(CONTENT), cast.people.clerk)
    assert kept.evidence.file.read_bytes() == CONTENT
    assert 'name="remove"' in answer.json()["file"]
    assert "会议记录.pdf" in answer.json()["file"]
    assert not Upload.objects.exists()
    actions = list(AuditEntry.objects.order_by("pk").values_list("action", flat=True))[-3:]
    assert actions == ["upload.begin", "evidence.keep", "evidence.attach"]
    page = browser.get(reverse("application-edit", args=[project.pk])).content.decode()
    assert "会议记录.pdf" in page
    assert f'data-uploads="/projects/{project.pk}/uploads/"' in page


def test_after_a_break_the_server_says_where_to_go_on(cast: Cast, browse: Browse) -> None:
    project, browser = a_draft(cast), browse(cast.people.clerk)
    upload = begin(browser, project).json()["upload"]
    assert piece(browser, project, upload, 0).json()["received"] == PIECE
    again = piece(browser, project, upload, 0)
    assert (again.status_code, again.json()["received"]) == (409, PIECE)
    assert begin(browser, project).json() == {"upload": upload, "received": PIECE}
    assert "file" in send(browser, project).json()


def test_refusals_are_sentences_and_leave_nothing(cast: Cast, browse: Browse) -> None:
    project, browser = a_draft(cast), browse(cast.people.clerk)
    for facts, said in (
        ({"size": 51 * 1024 * 1024}, "50 MB"),
        ({"size": "x"}, "空的"),
        ({"slot": "minutes"}, "不能上传"),
        ({"sha256": "1"}, "摘要"),
    ):
        answer = begin(browser, project, **facts)
        assert answer.status_code == 422
        assert said in answer.json()["refused"]
    answer = send(browser, project, b"MZ" * 600)
    assert (answer.status_code, answer.json()["refused"]) == (422, "只能上传 PDF、JPG 或 PNG 文件")
    changed = begin(browser, project, sha256="0" * 64).json()["upload"]
    for start in range(0, len(CONTENT), PIECE):
        answer = piece(browser, project, changed, start)
    assert "损坏" in answer.json()["refused"]
    assert not Upload.objects.exists()
    assert not Attachment.objects.exists()


def test_a_full_list_is_refused_before_anything_travels(cast: Cast, browse: Browse) -> None:
    project, browser = a_draft(cast), browse(cast.people.clerk)
    for number in range(MOST_FILES - 1):
        content = b"%%PDF-1.7 %d" % number
        project.application.attach("consultation", chunks=[content], name="a.pdf", by=cast.people.clerk)
    assert begin(browser, project).status_code == 200
    assert begin(browser, project).status_code == 200
    answer = begin(browser, project, b"%PDF-1.7 another")
    assert (answer.status_code, answer.json()["refused"]) == (422, f"每一栏最多上传 {MOST_FILES} 个文件")


def test_what_is_no_longer_wanted_is_dropped(cast: Cast, browse: Browse) -> None:
    project, browser = a_draft(cast), browse(cast.people.clerk)
    upload = begin(browser, project).json()["upload"]
    assert browser.delete(reverse("upload", args=[project.pk, upload])).status_code == 200
    assert not Upload.objects.exists()
    assert piece(browser, project, upload, 0).status_code == 404


def test_a_project_does_not_go_offline_around_a_file_on_its_way(cast: Cast, browse: Browse) -> None:
    project = Project.draft(branch=cast.places.branch, name="专项任务一", by=cast.people.clerk)
    begin(browse(cast.people.clerk), project)
    with pytest.raises(Refused, match="没有传完"):
        project.keep_offline(by=cast.people.clerk)
    Upload.objects.get().drop()
    project.keep_offline(by=cast.people.clerk)
    answer = begin(browse(cast.people.clerk), project)
    assert "线下管理" in answer.json()["refused"]


def test_once_handed_in_nothing_more_comes(cast: Cast, browse: Browse) -> None:
    project = a_draft(cast)
    upload = begin(browse(cast.people.clerk), project).json()["upload"]
    Project.objects.filter(pk=project.pk).update(state="withdrawn", ended_at=project.created_at)
    for start in range(0, len(CONTENT), PIECE):
        answer = piece(browse(cast.people.clerk), project, upload, start)
    assert answer.status_code == 422
    assert "不能修改申请表" in answer.json()["refused"]
    assert begin(browse(cast.people.clerk), a_submitted(cast)).status_code == 422


@pytest.mark.parametrize("who", ["member", "officer", "small_secretary", "leader", "staff", "system_admin"])
def test_nobody_else_sends(cast: Cast, browse: Browse, who: str) -> None:
    project, browser = a_draft(cast), browse(getattr(cast.people, who))
    upload = begin(browse(cast.people.clerk), project).json()["upload"]
    assert begin(browser, project).status_code == 404
    assert piece(browser, project, upload, 0).status_code == 404
    assert browser.delete(reverse("upload", args=[project.pk, upload])).status_code == 404
    assert piece(browse(cast.people.secretary), project, upload, 0).status_code == 404
    assert browse(None).post(reverse("uploads", args=[project.pk])).status_code == 302


# Files of any other form


def send_held(browser: Any, slot: str, content: bytes = CONTENT) -> Any:
    facts = {"slot": slot, "name": "扫描.pdf", "size": len(content), "sha256": hashlib.sha256(content).hexdigest()}
    answer = browser.post(reverse("held-uploads"), facts)
    while answer.status_code == 200 and "file" not in answer.json():
        stands = answer.json()
        path = reverse("held-upload", args=[stands["upload"]]) + f"?start={stands['received']}"
        piece = content[stands["received"] : stands["received"] + PIECE]
        answer = browser.post(path, piece, content_type="application/octet-stream")
    return answer


def test_pieces_wait_whole_for_the_form_and_are_handed_in_with_it(cast: Cast, browse: Browse) -> None:
    briefing, browser = a_briefing(cast), browse(cast.people.officer)
    answer = send_held(browser, f"photo-{briefing.pk}", b"\xff\xd8\xff" + CONTENT)
    held = Upload.objects.get()
    assert f'name="photo-held" value="{held.pk}"' in answer.json()["file"]
    page = reverse("instruction-new", args=[briefing.pk])
    assert f'value="{held.pk}" checked' in browser.get(page).content.decode()
    assert "扫描.pdf" not in browse(cast.people.colleague).get(page).content.decode()
    given = {"organisation": cast.places.branch.pk, "due_on": "2022-08-30", "given_on": "2022-08-24"}
    browser.post(page, given | {"photo-listed": held.pk, "photo-held": held.pk})
    kept = Attachment.objects.get(noun="instruction", slot="photo")
    assert (kept.name, kept.evidence.size) == ("扫描.pdf", len(CONTENT) + 3)
    assert not Upload.objects.exists()


def test_the_same_file_chosen_twice_is_told_and_kept_once(cast: Cast, browse: Browse) -> None:
    browser = browse(cast.people.officer)
    twice = [SimpleUploadedFile("正面.pdf", CONTENT), SimpleUploadedFile("反面.pdf", CONTENT)]
    page = browser.post(reverse("scan-new"), {"scans": twice}).content.decode()
    assert "“反面.pdf”和“正面.pdf”内容相同，只留一份；核对后请再提交" in page
    held = Upload.objects.get()
    assert f'data-sha256="{held.sha256}"' in page
    assert browser.post(reverse("scan-new"), {"scans-listed": held.pk, "scans-held": held.pk}).status_code == 302


def test_what_waits_for_a_form_is_its_sender_s_own(cast: Cast, browse: Browse) -> None:
    send_held(browse(cast.people.clerk), "scans")
    held = Upload.objects.get()
    foreign = browse(cast.people.secretary)
    assert foreign.delete(reverse("held-upload", args=[held.pk])).status_code == 404
    page = foreign.post(reverse("scan-new"), {"scans-held": held.pk}).content.decode()
    assert "请选择文件" in page


@pytest.mark.parametrize("slot", ["", "x", "scans/../..", "consultation", "photo-" + "9" * 40])
def test_a_file_for_no_form_is_not_taken(cast: Cast, browse: Browse, slot: str) -> None:
    assert send_held(browse(cast.people.clerk), slot).status_code == 404


@pytest.mark.parametrize("who", ["leader", "staff", "system_admin", "member"])
def test_whoever_has_no_form_with_files_sends_none(cast: Cast, browse: Browse, who: str) -> None:
    assert send_held(browse(getattr(cast.people, who)), "scans").status_code == 404
