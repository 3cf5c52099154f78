"""Scans, 呈阅件 and 批示 through the interface: the same verbs and the same eyes as on the pages."""

from collections.abc import Callable
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from dangjian.projects import papers
from dangjian.projects.paper_kind import PaperKind
from dangjian.projects.project import Project
from dangjian.projects.scan import Scan, Slot
from tests.cast import Cast, a_briefing, a_submitted, an_established, an_instruction
from tests.papers import scanner
from tests.papers.scanner import sheets

Made = Callable[..., Any]


def code_of(project: Project) -> str:
    return Slot(PaperKind.APPLICATION, project).bare_mark.code


def scan_of(project: Project) -> SimpleUploadedFile:
    content = scanner.scan(sheets(papers.application_form(project))).content
    assert isinstance(content, bytes)
    return SimpleUploadedFile("盖章.pdf", content)


def test_a_scan_is_filed_by_its_code_listed_and_fetched(cast: Cast, program: Made) -> None:
    project, asking = a_submitted(cast), program(cast.people.clerk)
    answer = asking.client.post(f"/api/scans/papers/{code_of(project)}", {"files": [scan_of(project)]})
    made = answer.json()
    assert (answer.status_code, made["paper"], made["project"], made["edition"], made["pages"], made["stands"]) == (
        201, "application", project.pk, 1, 1, True,
    )  # fmt: skip
    assert asking.get("scans", project=project.pk)[1]["items"] == [made]
    fetched = asking.client.get(f"/api/scans/{made['id']}/file")
    assert b"".join(fetched.streaming_content).startswith(b"%PDF")
    assert program(cast.people.foreign_officer).get("scans")[1]["items"] == []
    assert program(cast.people.foreign_officer).get(f"scans/{made['id']}/file")[0] == 404


def test_a_scan_of_another_s_paper_or_of_the_wrong_one_is_not_filed(cast: Cast, program: Made) -> None:
    project, other = a_submitted(cast), a_submitted(cast, name="安全示范岗")
    address = f"/api/scans/papers/{code_of(project)}"
    assert program(cast.people.foreign_officer).client.post(address, {"files": [scan_of(project)]}).status_code == 404
    assert program(cast.people.clerk, reads_only=True).client.post(address, {}).status_code == 403
    answer = program(cast.people.clerk).client.post(address, {"files": [scan_of(other)]})
    assert (answer.status_code, answer.json()["reasons"][0]["field"]) == (422, "scans")
    assert program(cast.people.clerk).send(f"scans/papers/{code_of(project)}", {})[0] == 400
    assert not Scan.objects.exists()


def test_a_briefing_goes_to_the_leader_and_its_word_to_the_branch_and_back(cast: Cast, program: Made) -> None:
    people, project = cast.people, an_established(cast)
    sent = {
        "place": cast.places.unit.pk, "to": people.unit_secretary.pk, "title": "关于节能降耗", "summary": "需要配合。",
        "proposal": "拟请配合。", "projects": [project.pk],
    }  # fmt: skip
    officer, leader, branch = (program(who) for who in (people.officer, people.unit_secretary, people.secretary))
    status, made = officer.send("briefings", sent)
    assert (status, made["state"], made["projects"]) == (201, "waiting", [project.pk])
    assert branch.get(f"briefings/{made['id']}")[0] == 404
    charge = {"text": "同意。", "organisation": cast.places.branch.pk, "due_on": "2022-08-30"}
    status, held = leader.send(f"briefings/{made['id']}/instructions", charge)
    assert (status, held["state"], held["leader"]) == (201, "pending", "刘志远")
    assert leader.get(f"briefings/{made['id']}")[1]["instructions"] == [held["id"]]
    assert leader.client.get(f"/api/briefings/{made['id']}/paper.pdf").content.startswith(b"%PDF")
    status, put_right = leader.send(f"instructions/{held['id']}/correction", {"text": "同意，抓紧。", "reason": "漏字"})
    assert (status, put_right["text"]) == (200, "同意，抓紧。")
    status, done = branch.send(f"instructions/{held['id']}/result", {"result": "已办。"})
    assert (status, done["state"], done["result"]) == (200, "done", "已办。")
    assert [row["id"] for row in branch.get("instructions")[1]["items"]] == [held["id"]]


def test_refusals_are_those_of_the_pages(cast: Cast, program: Made) -> None:
    briefing, held = a_briefing(cast), an_instruction(cast)
    officer, foreign = program(cast.people.officer), program(cast.people.foreign_officer)
    charge = {"text": "好。", "organisation": cast.places.foreign_branch.pk, "due_on": "2022-08-30"}
    status, answer = officer.send(f"briefings/{briefing.pk}/instructions", charge)
    assert (status, answer["reasons"][0]["field"]) == (422, "organisation")
    assert officer.send(f"instructions/{held.pk}/correction", {"text": "改", "reason": "改"})[0] == 422
    assert (
        officer.send(f"instructions/{held.pk}/handler", {"organisation": held.organisation_id, "due_on": "2022-09-01"})[
            0
        ]
        == 200
    )
    assert officer.send(f"briefings/{briefing.pk}/recall")[1]["state"] == "recalled"
    for address in (f"briefings/{briefing.pk}", f"instructions/{held.pk}"):
        assert foreign.get(address)[0] == 404
