"""What is done with projects besides their way, scheme notices, topics and brands: through the interface as on the pages."""

from collections.abc import Callable
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from dangjian.foundation.evidence import Attachment
from dangjian.projects.highlight import Highlight
from tests.cast import Cast, a_draft, a_scheme_notice, a_submitted, an_established

Made = Callable[..., Any]


def fields(answer: Any) -> list[str]:
    return [reason["field"] for reason in answer["reasons"]]


def test_what_is_filled_in_for_the_secretary_is_confirmed_or_sent_back(cast: Cast, program: Made) -> None:
    project = a_draft(cast, by=cast.people.clerk)
    clerk, secretary = program(cast.people.clerk), program(cast.people.secretary)
    address = f"projects/{project.pk}/confirmation"
    assert secretary.send(address, {"confirmed": True})[0] == 422
    assert clerk.send(f"{address}-request")[0] == 200
    assert clerk.send(address, {"confirmed": True})[0] == 422
    status, answer = secretary.send(address, {"confirmed": False})
    assert (status, fields(answer)) == (422, ["reason"])
    assert secretary.send(address, {"confirmed": False, "reason": "措施再具体些"})[0] == 200
    assert clerk.send(f"{address}-request")[0] == 200
    assert secretary.send(address, {"confirmed": True})[1]["facts"]["filled_by"] == "李敏"
    project.application.refresh_from_db()
    assert project.application.confirmed_at is not None


def test_standing_aside_and_marking_a_highlight(cast: Cast, program: Made) -> None:
    people = cast.people
    officer, branch = program(people.officer), program(people.secretary)
    waiting = a_submitted(cast)
    status, answer = officer.send(f"projects/{waiting.pk}/recusal", {"stand_in": people.colleague.pk, "reason": ""})
    assert (status, fields(answer)) == (422, ["reason"])
    sent = {"stand_in": people.colleague.pk, "reason": "与责任人有亲属关系"}
    assert branch.send(f"projects/{waiting.pk}/recusal", sent)[0] == 422
    assert officer.send(f"projects/{waiting.pk}/recusal", sent)[1]["log"][-1]["label"] == "回避"
    place = cast.places.unit.pk
    status, brand = officer.send("brands", {"place": place, "name": "红色能耗管家", "since": 2021})
    assert (status, brand["state"]) == (201, "kept")
    assert fields(officer.send("brands", {"place": place, "name": "红色能耗管家", "since": 2021})[1]) == ["name"]
    own = {"place": cast.places.branch.pk, "name": "支部品牌", "since": 2021}
    assert branch.send("brands", own)[0] == 422
    project = an_established(cast, name="节能降耗")
    address, marked = f"projects/{project.pk}/highlight", {"reason": "成效突出", "brand": brand["id"]}
    assert branch.send(address, marked)[0] == 422
    assert fields(officer.send(address, marked | {"brand": 2_000_000})[1]) == ["brand"]
    assert officer.send(address, marked)[0] == 200
    assert officer.send(address, marked)[0] == 409
    assert Highlight.objects.get().brand_id == brand["id"]
    assert officer.send(f"{address}/end", {"reason": "另行评选"})[0] == 200
    assert officer.send(f"{address}/end", {"reason": "另行评选"})[0] == 422
    status, ended = officer.send(f"brands/{brand['id']}/standing", {"in_use": False, "reason": "合并"})
    assert (status, ended["state"]) == (200, "ended")
    assert [row["name"] for row in branch.get("brands")[1]["items"]] == ["红色能耗管家"]
    assert program(people.foreign_officer).send(f"brands/{brand['id']}/standing", {"in_use": True})[0] == 404


def test_topics_are_put_on_the_list_and_taken_off(cast: Cast, program: Made) -> None:
    officer = program(cast.people.officer)
    sent = {"place": cast.places.unit.pk, "year": 2022, "kind": "key", "title": "盾构下穿既有线"}
    status, topic = officer.send("topics", sent)
    assert (status, topic["state"]) == (201, "open")
    assert officer.send("topics", sent)[0] == 422
    assert officer.send("topics", sent | {"kind": "other"})[0] == 400
    assert officer.send(f"topics/{topic['id']}/offer", {"offered": False, "reason": "已完成"})[1]["state"] == "closed"
    assert officer.send(f"topics/{topic['id']}/offer", {"offered": True})[1]["state"] == "open"
    clerk = program(cast.people.clerk)
    assert clerk.send(f"topics/{topic['id']}/offer", {"offered": False})[0] == 422
    assert [row["title"] for row in clerk.get("topics")[1]["items"]] == ["盾构下穿既有线"]


def test_a_scheme_notice_is_signed_for_and_passed_on_with_a_file(cast: Cast, program: Made) -> None:
    notice, places = a_scheme_notice(cast), cast.places
    officer, branch = program(cast.people.officer), program(cast.people.secretary)
    assert branch.get(f"scheme-notices/{notice.pk}")[0] == 404
    assert officer.send(f"scheme-notices/{notice.pk}/receipt", {"organisation": places.other_unit.pk})[0] == 404
    status, told = officer.send(f"scheme-notices/{notice.pk}/receipt", {"organisation": places.unit.pk})
    assert (status, [each["signed_by"] for each in told["receipts"]]) == (200, ["陈静"])
    assert officer.send(f"scheme-notices/{notice.pk}/receipt", {"organisation": places.unit.pk})[0] == 409
    file = officer.client.post("/api/files", {"file": SimpleUploadedFile("补充.pdf", b"%PDF-1.7 x")}).json()["id"]
    sent = {"unit": places.unit.pk, "branches": [places.foreign_branch.pk], "text": "请按期提交。", "file": file}
    status, answer = officer.send(f"scheme-notices/{notice.pk}/forward", sent)
    assert (status, fields(answer)) == (422, ["branches"])
    status, told = officer.send(f"scheme-notices/{notice.pk}/forward", sent | {"branches": [places.branch.pk]})
    assert (status, len(told["receipts"])) == (200, 2)
    assert Attachment.objects.get(slot="addition").name == "补充.pdf"
    assert branch.send(f"scheme-notices/{notice.pk}/receipt", {"organisation": places.branch.pk})[0] == 200
    assert [row["title"] for row in branch.get("scheme-notices")[1]["items"]] == [notice.title]


def test_windows_are_kept_open_longer_and_brought_forward(cast: Cast, program: Made) -> None:
    places, officer, company = cast.places, program(cast.people.officer), program(cast.people.company_officer)
    longer = {"key": "application", "place": places.branch.pk, "closes_on": "2022-09-05", "reason": "雨季停工"}
    assert program(cast.people.secretary).send("rounds/2022/exceptions", longer)[0] == 422
    assert officer.send("rounds/2022/exceptions", longer | {"key": "nothing"})[0] == 422
    assert officer.send("rounds/1999/exceptions", longer)[0] == 404
    status, windows = officer.send("rounds/2022/exceptions", longer)
    assert (status, next(w["closes_on"] for w in windows if w["key"] == "application")) == (200, "2022-09-05")
    whole = longer | {"place": places.company.pk, "closes_on": "2022-09-06"}
    assert officer.send("rounds/2022/extensions", whole)[0] in (404, 422)
    assert company.send("rounds/2022/extensions", whole)[0] == 200
    earlier = {"key": "application", "unit": places.unit.pk, "closes_on": "2022-08-26"}
    status, windows = officer.send("rounds/2022/internal-dates", earlier)
    assert status == 200, windows
    assert officer.send("rounds/2022/internal-dates", earlier | {"closes_on": "2022-12-26"})[0] == 422
    assert officer.send("rounds/2022/internal-dates", earlier | {"closes_on": None})[0] == 200
