"""What is done with several at once, and the papers of meetings and handovers: through the interface as on the pages."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.cast import Cast, a_forwarded_notice, a_handover, a_screened, a_submitted, an_established

Made = Callable[..., Any]


@pytest.mark.clause("S-27")
def test_several_are_screened_in_one_call_each_with_a_result(cast: Cast, program: Made) -> None:
    people = cast.people
    first, second = a_submitted(cast, name="第一个"), a_submitted(cast, name="第二个")
    elsewhere = a_submitted(cast, cast.places.foreign_branch, by=people.foreign_secretary)
    officer, branch = program(people.officer), program(people.secretary)
    chosen = [{"project": each.pk, "version": each.reload().version} for each in (first, second, elsewhere)]
    chosen[1]["version"] += 1
    sent = {"decision": "pass", "projects": chosen, "opinion": "可行"}
    assert branch.send("screenings", sent)[0] == 404
    assert officer.send("screenings", sent | {"decision": "reject"})[0] == 400
    assert officer.send("screenings", sent | {"projects": []})[0] == 400
    status, results = officer.send("screenings", sent)
    assert (status, [each["done"] for each in results]) == (200, [False, False, False])
    assert results[0]["reasons"][0]["field"] == "answer"
    status, results = officer.send("screenings", sent | {"answer": True})
    told = {each["project"]: (each["done"], each["text"]) for each in results}
    assert told[first.pk] == (True, "已通过筛选")
    assert told[second.pk][0] is False
    assert told[elsewhere.pk] == (False, "没有这个项目，或您无权查看")
    assert first.reload().step.by_meeting
    assert second.reload().step.key == "screening"
    back = {"decision": "return", "projects": [chosen[1] | {"version": second.version}]}
    assert officer.send("screenings", back)[1][0]["done"] is False
    assert officer.send("screenings", back | {"opinion": "请量化目标"})[1][0]["done"]


@pytest.mark.clause("S-28")
def test_the_comparison_is_downloaded_for_chosen_projects(cast: Cast, program: Made) -> None:
    waiting, other = a_screened(cast, name="节能降耗"), a_submitted(cast, name="还没有筛选")
    officer, branch = program(cast.people.officer), program(cast.people.secretary)
    for kind, begins in (("docx", b"PK"), ("xlsx", b"PK"), ("pdf", b"%PDF")):
        answer = officer.client.get(f"/api/comparison/table.{kind}", {"project": [waiting.pk, other.pk]})
        assert (answer.status_code, answer.content[: len(begins)]) == (200, begins)
    assert officer.get("comparison/table.pdf", project=other.pk)[0] == 404
    assert branch.get("comparison/table.pdf")[0] == 404
    assert officer.get("comparison/table.txt")[0] == 400


@pytest.mark.clause("S-70")
def test_a_handover_and_its_sheet_are_for_those_whom_it_concerns(cast: Cast, program: Made) -> None:
    project = an_established(cast).reload()
    handover = a_handover(cast, project)
    both, foreign = program(cast.people.secretary), program(cast.people.foreign_officer)
    rows = both.get("handovers")[1]["items"]
    assert [(row["id"], row["outgoing"], row["incoming"], row["count"]) for row in rows] == [
        (handover.pk, "张建国", "李敏", 1)
    ]
    assert both.client.get(f"/api/handovers/{handover.pk}/paper.pdf").content.startswith(b"%PDF")
    assert both.client.get(f"/api/handovers/{handover.pk}/paper.docx").content.startswith(b"PK")
    shown = both.get(f"handovers/{handover.pk}")[1]["projects"]
    assert [(each["name"], each["standing"]) for each in shown] == [(project.name, project.waiting_label)]
    assert foreign.get(f"handovers/{handover.pk}")[0] == 404
    assert foreign.get("handovers")[1]["items"] == []
    assert foreign.get(f"handovers/{handover.pk}/paper.pdf")[0] == 404


@pytest.mark.clause("S-01")
def test_who_has_not_signed_is_urged_and_a_notice_is_revoked(cast: Cast, program: Made) -> None:
    notice, places = a_forwarded_notice(cast), cast.places
    company, officer, branch = (
        program(who) for who in (cast.people.company_officer, cast.people.officer, cast.people.secretary)
    )
    address = f"scheme-notices/{notice.pk}"
    assert officer.send(f"{address}/reminder", {"place": places.unit.pk}) == (200, {"asked": 2})
    assert officer.send(f"{address}/reminder", {"place": places.unit.pk})[0] == 422
    assert branch.send(f"{address}/reminder", {"place": places.branch.pk})[0] == 422
    assert branch.send("meetings/unsigned/reminder")[0] == 422
    assert officer.send("meetings/unsigned/reminder")[0] == 422
    an_established(cast)
    assert officer.send("meetings/unsigned/reminder") == (200, {"asked": 1})
    assert officer.send(f"{address}/revocation", {"reason": "文号有误"})[0] == 422
    status, answer = company.send(f"{address}/revocation", {"reason": " "})
    assert (status, answer["reasons"][0]["field"]) == (422, "reason")
    assert company.send(f"{address}/revocation", {"reason": "文号有误"})[1]["revoked"]
    assert company.send(f"{address}/revocation", {"reason": "文号有误"})[0] in (409, 422)
    assert officer.send(f"{address}/reminder", {"place": places.unit.pk})[0] == 422
