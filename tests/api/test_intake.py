"""Bringing in by a program: the same reading, the same rights, one answer for each project."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from dangjian.foundation import clock
from dangjian.projects.project import Project
from tests.cast import Cast
from tests.intake.sheets import HEAD, row, workbook

SAMPLES = Path(__file__).parents[1] / "samples"
Made = Callable[..., Any]


def sent(asking: Any, address: str, data: bytes, **more: str) -> tuple[int, Any]:
    answer = asking.client.post(f"/api/{address}", {"file": SimpleUploadedFile("台账.xlsx", data), **more})
    return answer.status_code, answer.json()


def test_a_file_is_read_and_nothing_is_kept(cast: Cast, program: Made) -> None:
    status, answer = sent(program(cast.people.clerk), "intake/reading", (SAMPLES / "d01_standard.xlsx").read_bytes())
    assert (status, answer["told"]["kind"], len(answer["told"]["rows"])) == (200, "ledger", 3)
    assert sent(program(cast.people.clerk), "intake/reading", b"x")[1]["told"] == {
        "kind": "reject",
        "reason": "wrong_type",
    }
    assert not Project.objects.exists()


def test_projects_are_brought_in_with_an_answer_each(cast: Cast, program: Made) -> None:
    asking, branch = program(cast.people.officer), cast.places.branch.short_name
    data = workbook([HEAD, row(D=branch), row(A=2, B="没有日期", C="", D=branch), row(A=3, B="没有支部", D="")])
    status, answer = sent(asking, "intake", data, state="completed", branch=branch)
    assert status == 200
    assert [line["effect"] for line in answer] == ["new", "wrong", "new"]
    assert answer[1]["reasons"]
    assert {made.state for made in Project.objects.all()} == {"completed"}
    assert [line["effect"] for line in sent(asking, "intake", data, branch=branch)[1]] == ["same", "wrong", "same"]


def test_who_may_not_take_over_brings_nothing_in(cast: Cast, program: Made) -> None:
    data = workbook([HEAD, row(D=cast.places.branch.short_name)])
    assert sent(program(cast.people.secretary), "intake", data)[0] == 422
    assert sent(program(cast.people.officer, reads_only=True), "intake", data)[0] == 403
    assert sent(program(None), "intake", data)[0] == 401
    status, answer = sent(program(cast.people.officer), "intake", b"x")
    assert (status, answer["reasons"][0]["field"]) == (422, "file")
    assert not Project.objects.exists()


def test_what_came_in_wrongly_is_withdrawn_by_whoever_brought_it_in_or_stays_behind(cast: Cast, program: Made) -> None:
    asking, branch = program(cast.people.officer), cast.places.branch.short_name
    sent(asking, "intake", workbook([HEAD, row(D=branch), row(A=2, B="另一项目", D=branch)]))
    one, two = (f"projects/{project.pk}/past-withdrawal" for project in Project.objects.order_by("pk"))
    assert asking.send(one)[1]["state"] == "withdrawn"
    company = program(cast.people.company_officer)
    status, refused = company.send(two)
    assert (status, refused["reasons"][0]["text"]) == (422, f"由{cast.people.officer.name}补录，请其本人撤回")
    for office in cast.people.officer.appointments.all():
        office.end(on=clock.today(), by=cast.people.security_admin)
    with clock.fixed_at("2022-08-26 09:00"):
        assert company.send(two)[1]["state"] == "withdrawn"
