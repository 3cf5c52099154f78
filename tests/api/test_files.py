"""Files through the interface: the same kinds, the same verbs and the same refusals as in the forms."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from dangjian.foundation.evidence import Attachment
from dangjian.foundation.lifecycle import Refused
from dangjian.foundation.upload import Upload
from dangjian.projects import papers
from dangjian.projects.instruction import Instruction
from dangjian.projects.scan_batch import read_waiting
from tests.cast import Cast, a_briefing, a_draft, a_submitted
from tests.papers import scanner

Made = Callable[..., Any]
PICTURE = b"\xff\xd8\xff\xe0 a picture"


def picture(name: str = "批示.jpg", content: bytes = PICTURE) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def sent_ahead(asking: Any, file: SimpleUploadedFile) -> int:
    answer = asking.client.post("/api/files", {"file": file})
    assert answer.status_code == 201, answer.content
    return int(answer.json()["id"])


def reasons(answer: Any) -> list[tuple[str, str]]:
    return [(each["field"], each["text"]) for each in answer["reasons"]]


def test_a_photograph_of_the_leader_s_word_and_a_file_of_the_result_come_by_a_program(
    cast: Cast, program: Made
) -> None:
    briefing = a_briefing(cast)
    officer, leader, branch = (
        program(who) for who in (cast.people.officer, cast.people.unit_secretary, cast.people.secretary)
    )
    photo = sent_ahead(officer, picture())
    charge = {"organisation": cast.places.branch.pk, "due_on": "2022-08-30", "photo": photo}
    address = f"briefings/{briefing.pk}/instructions"
    # What the form refuses is refused here: no such paper, another's file, the leader's own word with one, a late day.
    assert branch.send(address, charge)[0] == 404
    status, answer = leader.send(address, charge | {"text": "同意。"})
    assert (status, reasons(answer)[0][0]) == (422, "photo")
    with pytest.raises(Refused, match="领导本人批示不附照片"):
        Instruction.give(
            briefing, text="同意。", organisation=cast.places.branch, due_on=date(2022, 8, 30), photo=[PICTURE],
            photo_name="批示.jpg", by=cast.people.unit_secretary,
        )  # fmt: skip
    status, answer = officer.send(address, charge | {"due_on": "2022-08-01"})
    assert (status, [field for field, _ in reasons(answer)]) == (422, ["due_on"])
    # Refused, the file waits still.
    assert [each["id"] for each in officer.get("files")[1]] == [photo]
    status, held = officer.send(address, charge)
    assert (status, held["text"], [(each["kind"], each["name"]) for each in held["files"]]) == (
        201, "", [("photo", "批示.jpg")],
    )  # fmt: skip
    assert officer.get("files")[1] == []
    status, answer = officer.send(address, charge)
    assert (status, reasons(answer)[0][0]) == (422, "photo")
    fetched = officer.client.get(f"/api/instructions/{held['id']}/files/{held['files'][0]['id']}")
    assert b"".join(fetched.streaming_content) == PICTURE

    better = sent_ahead(officer, picture("清楚.jpg", PICTURE + b"!"))
    status, held = officer.send(
        f"instructions/{held['id']}/correction", {"text": "", "reason": "换清楚的", "photo": better}
    )
    assert (status, [each["name"] for each in held["files"]]) == (200, ["清楚.jpg"])
    assert Instruction.objects.get().corrections.get().photo.name == "批示.jpg"
    proof = sent_ahead(branch, picture("回执.pdf", b"%PDF-1.7 proof"))
    status, held = branch.send(f"instructions/{held['id']}/result", {"result": "已办。", "file": proof})
    assert (status, held["state"], held["files"][-1]["name"]) == (200, "done", "回执.pdf")
    assert not Upload.objects.filter(by=cast.people.secretary).exists()


def test_a_file_is_of_the_kinds_of_the_forms_and_its_sender_s_own(cast: Cast, program: Made) -> None:
    officer, staff = program(cast.people.officer), program(cast.people.staff)
    answer = officer.client.post("/api/files", {"file": picture("表.xlsx", b"PK\x03\x04 a table")})
    assert (answer.status_code, reasons(answer.json())) == (422, [("file", "“表.xlsx”：只能上传 PDF、JPG 或 PNG 文件")])
    assert officer.client.post("/api/files", {"file": picture("空.jpg", b"")}).status_code == 422
    assert staff.client.post("/api/files", {"file": picture()}).status_code == 422
    assert (
        program(cast.people.officer, reads_only=True).client.post("/api/files", {"file": picture()}).status_code == 403
    )
    number = sent_ahead(officer, picture())
    assert sent_ahead(officer, picture("同一张.jpg")) == number
    colleague = program(cast.people.colleague)
    assert colleague.get("files")[1] == []
    assert colleague.client.delete(f"/api/files/{number}").status_code == 404
    assert officer.client.delete(f"/api/files/{number}").json() == []
    assert not Upload.objects.exists()


def test_files_stand_beside_the_texts_of_an_application(cast: Cast, program: Made) -> None:
    project, clerk = a_draft(cast), program(cast.people.clerk)
    address = f"/api/projects/{project.pk}/files"
    made = clerk.client.post(address, {"slot": "consultation", "file": picture("征求意见.png", b"\x89PNG\r\n\x1a\n x")})
    assert (made.status_code, [each["name"] for each in made.json()]) == (201, ["征求意见.png"])
    again = clerk.client.post(address, {"slot": "consultation", "file": picture("又.png", b"\x89PNG\r\n\x1a\n x")})
    assert (again.status_code, reasons(again.json())) == (
        422, [("consultation_files", "和已上传的“征求意见.png”内容相同，不用再传")],
    )  # fmt: skip
    assert clerk.client.post(address, {"slot": "problem", "file": picture()}).status_code == 400
    wrong = clerk.client.post(address, {"slot": "investigation", "file": picture("a.txt", b"text")})
    assert (wrong.status_code, reasons(wrong.json())[0][0]) == (422, "investigation_files")
    number = made.json()[0]["id"]
    assert b"".join(clerk.client.get(f"{address}/{number}").streaming_content).startswith(b"\x89PNG")
    stranger = program(cast.people.foreign_officer)
    assert stranger.client.get(f"{address}/{number}").status_code == 404
    assert stranger.client.delete(f"{address}/{number}").status_code == 404
    member = program(cast.people.member)
    assert member.client.delete(f"{address}/{number}").status_code in (404, 422)
    assert clerk.client.delete(f"{address}/{number}").json() == []
    assert not Attachment.objects.of(project, "consultation").exists()


def test_a_pile_is_read_by_the_worker_and_the_rest_settled_by_code(cast: Cast, program: Made) -> None:
    project, officer = a_submitted(cast), program(cast.people.officer)
    sheets = scanner.sheets(papers.application_form(project))
    content = scanner.scan([*sheets, scanner.without_foot(sheets[0])]).content
    assert isinstance(content, bytes)
    files = [picture("一摞.pdf", content), picture("同一摞.pdf", content)]
    answer = officer.client.post("/api/scans/piles", {"files": files})
    pile = answer.json()
    assert (answer.status_code, pile["state"], pile["pages"]) == (201, "queued", 0)
    read_waiting()
    status, pile = officer.get(f"scans/piles/{pile['id']}")
    assert (status, pile["state"], pile["pages"], len(pile["scans"])) == (200, "read", len(sheets) + 1, 1)
    [stray] = pile["waiting"]
    address = f"scans/piles/{pile['id']}"
    page = officer.client.get(f"/api/{address}/pages/{stray['id']}")
    assert b"".join(page.streaming_content).startswith(b"%PDF")
    chosen = {"chosen": [{"page": stray["id"], "code": "ABCD-EFGH"}]}
    status, answer = officer.send(f"{address}/settlement", chosen)
    assert (status, reasons(answer)[0][0]) == (422, f"page-{stray['id']}")
    assert officer.send(f"{address}/settlement", {})[0] == 422
    status, pile = officer.send(f"{address}/settlement", {"dropped": [stray["id"]]})
    assert (status, pile["waiting"]) == (200, [])
    assert program(cast.people.colleague).get(address)[0] == 404
    assert program(cast.people.staff).client.post("/api/scans/piles", {"files": [picture()]}).status_code == 422
