"""The interface: what a program sees and does is what its owner sees and does on the pages."""

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from ninja import Schema

from dangjian.api.site import api
from dangjian.foundation.audit import AuditEntry
from dangjian.projects.project import Project
from tests.cast import CATEGORIES, FACTS, Cast, a_draft, a_screened, a_submitted, an_agreed_draft, an_established
from tests.delivery.test_meeting_record import asked  # noqa: F401

Made = Callable[..., Any]


def texts(answer: Any) -> str:
    return "；".join(reason["text"] for reason in answer["reasons"])


# Who is let in


def test_each_shape_of_the_description_has_a_name_of_its_own() -> None:
    """Of two classes of one name the description would keep the later, and tell programs to send the wrong thing."""
    referred = set(re.findall(r"#/components/schemas/(\w+)", json.dumps(api.get_openapi_schema())))
    kinds, found = [Schema], list[str]()
    while kinds:
        kind = kinds.pop()
        kinds += kind.__subclasses__()
        found += [kind.__name__] if kind.__module__.startswith("dangjian.") and kind.__name__ in referred else []
    assert [name for name in found if found.count(name) > 1] == []


@pytest.mark.parametrize(
    "address", ["me", "projects", "projects/1", "meetings", "todos", "notices", "rounds", "people"]
)
def test_without_a_token_nothing_is_told(db: None, program: Made, address: str) -> None:
    status, answer = program(None).get(address)
    assert (status, list(answer)) == (401, ["reasons"])


def test_a_session_is_no_token(cast: Cast, client: Any) -> None:
    client.force_login(cast.people.clerk.account, backend="django.contrib.auth.backends.ModelBackend")
    assert client.get("/api/me").status_code == 401


def test_a_token_that_may_only_look_does_nothing(cast: Cast, program: Made) -> None:
    project = an_agreed_draft(cast)
    status, answer = program(cast.people.secretary, reads_only=True).send(f"projects/{project.pk}/submission")
    assert (status, texts(answer)) == (403, "这个令牌只能查看，办理事项请另建可以办理的令牌")
    assert project.reload().state == "draft"


def test_what_is_not_visible_does_not_exist(cast: Cast, program: Made) -> None:
    foreign = a_submitted(cast, cast.places.foreign_branch, cast.people.foreign_secretary)
    asking = program(cast.people.secretary)
    assert asking.get(f"projects/{foreign.pk}")[0] == 404
    assert asking.send(f"projects/{foreign.pk}/recall")[0] == 404
    assert asking.get("projects")[1]["items"] == []
    assert asking.get("projects", unit=cast.places.foreign_branch.pk)[0] == 404
    assert asking.get(f"projects/{foreign.pk}/papers/application.pdf")[0] == 404


def test_the_list_asks_as_often_for_ten_rows_as_for_one(cast: Cast, program: Made) -> None:
    asking = program(cast.people.secretary, reads_only=True)
    counts = []
    for made in (1, 9):
        for number in range(made):
            a_draft(cast, name=f"第{made}批{number}号")
        asking.get("projects")
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert len(asking.get("projects")[1]["items"]) in (1, 10)
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_the_list_filters_and_pages(cast: Cast, program: Made) -> None:
    a_draft(cast, name="节能降耗")
    a_submitted(cast, name="技术攻关")
    asking = program(cast.people.secretary)
    assert [row["name"] for row in asking.get("projects", state="screening")[1]["items"]] == ["技术攻关"]
    assert [row["name"] for row in asking.get("projects", q="节能")[1]["items"]] == ["节能降耗"]
    assert asking.get("projects", year=2021)[1]["items"] == []
    first, second = (asking.get("projects", size=1, page=page)[1] for page in (1, 2))
    assert (first["more"], second["more"]) == (True, False)
    assert first["items"] != second["items"]


# What is done


@pytest.mark.clause("S-17", "S-22", "S-27")
def test_a_program_takes_an_application_from_the_draft_to_the_receipt(cast: Cast, program: Made) -> None:
    people = cast.people
    secretary, officer = program(people.secretary), program(people.officer)
    status, draft = secretary.send("projects", {"branch": cast.places.branch.pk, "name": "由程序填写"})
    assert (status, draft["waiting"], draft["facts"]["name"]) == (201, "草稿", "由程序填写")
    address = f"projects/{draft['id']}"
    lists = {"targets": [{"name": "单耗", "baseline": "5.8", "value": "5.2", "unit": "千瓦时"}]}
    sent = {
        "seen": draft["edits"], "facts": {**FACTS, "name": "由程序填写"}, "categories": CATEGORIES,
        "team": [{"person": people.member.pk, "duty": "技术"}], "lists": lists,
    }  # fmt: skip
    status, filled = secretary.send(f"{address}/application", sent, "PATCH")
    assert status == 200, filled
    assert filled["facts"]["team"] == [{"name": people.member.name, "duty": "技术"}]
    assert filled["facts"]["targets"][0]["value"] == "5.2"
    record = {"held_on": "2022-08-24", "issue": 1, "expected": 3, "present": 3, "chair": "张建国"}
    own = {"organisation": cast.places.branch.pk, "verdicts": [{"project": draft["id"], "decision": "agree"}]}
    assert secretary.send("meetings", record | own)[0] == 201
    status, handed_in = secretary.send(f"{address}/submission")
    assert (status, handed_in["waiting"]) == (200, "待筛选")
    decision = {"decision": "pass", "answer": True, "opinion": "可行", "version": handed_in["version"]}
    assert officer.send(f"{address}/decision", decision)[1]["waiting"] == "待上会"
    verdict = {"project": draft["id"], "decision": "establish", "votes_for": 3, "votes_against": 0, "abstentions": 0}
    status, meeting = officer.send("meetings", record | {"organisation": cast.places.unit.pk, "verdicts": [verdict]})
    assert (status, meeting["resolutions"][0]["decision"]) == (201, "establish")
    status, received = secretary.send(f"{address}/receipt")
    assert (status, received["number"], received["state"]) == (200, "2022-001", "established")
    assert set(AuditEntry.objects.filter(noun="project").values_list("actor_id", flat=True)) == {
        people.secretary.pk,
        people.officer.pk,
    }


@pytest.mark.usefixtures("asked")
def test_a_meeting_that_needs_the_secretary_is_accepted_and_confirmed(cast: Cast, program: Made) -> None:
    project, people = a_screened(cast), cast.people
    officer, secretary = program(people.officer), program(people.unit_secretary)
    record = {"held_on": "2022-08-24", "issue": 1, "expected": 3, "present": 3, "chair": "刘志远"}
    own = {"organisation": cast.places.unit.pk, "verdicts": [{"project": project.pk, "decision": "establish"}]}
    status, waiting = officer.send("meetings", record | own)
    assert (status, waiting["state"], waiting["meeting"]) == (202, "waiting", None)
    assert secretary.get("todos")[1]["items"][0]["meeting_record"] == waiting["id"]
    assert [each["id"] for each in secretary.get("meetings/records")[1]["items"]] == [waiting["id"]]
    assert officer.send(f"meetings/records/{waiting['id']}/confirmation")[0] == 422
    status, meeting = secretary.send(f"meetings/records/{waiting['id']}/confirmation")
    assert (status, meeting["resolutions"][0]["decision"]) == (200, "establish")
    assert secretary.send(f"meetings/records/{waiting['id']}/return", {"reason": "晚了"})[0] in (409, 422)


def test_a_refusal_says_every_reason_and_changes_nothing(cast: Cast, program: Made) -> None:
    project = Project.draft(branch=cast.places.branch, name="缺项", by=cast.people.secretary)
    status, answer = program(cast.people.secretary).send(f"projects/{project.pk}/submission")
    assert status == 422
    assert {"text": "请填写起止年月", "field": "starts"} in answer["reasons"]
    assert project.reload().state == "draft"


def test_an_application_saved_by_another_meanwhile_is_a_conflict(cast: Cast, program: Made) -> None:
    project = a_draft(cast)
    sent = {"seen": 0, "facts": {"problem": "从旧页面写来"}}
    status, answer = program(cast.people.clerk).send(f"projects/{project.pk}/application", sent, "PATCH")
    assert status == 409
    assert "保存过这份申请表" in texts(answer)
    assert project.reload().application.problem == FACTS["problem"]


def test_a_second_decision_is_told_who_was_first(cast: Cast, program: Made) -> None:
    project = a_submitted(cast)
    sent = {"decision": "pass", "answer": True, "version": project.version}
    assert program(cast.people.officer).send(f"projects/{project.pk}/decision", sent)[0] == 200
    status, answer = program(cast.people.colleague).send(f"projects/{project.pk}/decision", sent)
    assert status == 409
    assert "陈静" in texts(answer)


def test_facts_that_are_not_sent_stay(cast: Cast, program: Made) -> None:
    project = a_draft(cast)
    sent = {"seen": 1, "facts": {"problem": "只改这一项"}}
    _, answer = program(cast.people.clerk).send(f"projects/{project.pk}/application", sent, "PATCH")
    assert answer["facts"]["problem"] == "只改这一项"
    assert answer["facts"]["measures"] == FACTS["measures"]
    assert answer["facts"]["team"] != []


@pytest.mark.parametrize(
    "sent", [{"facts": {"problen": "错字"}}, {"lists": {"targets": [{"target": "5.2"}]}}, {"list": {}}]
)
def test_a_misspelt_name_is_refused_rather_than_dropped(cast: Cast, program: Made, sent: dict[str, Any]) -> None:
    project = a_draft(cast)
    status, _ = program(cast.people.clerk).send(f"projects/{project.pk}/application", {"seen": 1} | sent, "PATCH")
    assert (status, project.reload().application.edits) == (400, 1)


def test_a_member_from_elsewhere_is_refused(cast: Cast, program: Made) -> None:
    project = a_draft(cast)
    sent = {"seen": 1, "team": [{"person": cast.people.foreign_secretary.pk}]}
    status, answer = program(cast.people.clerk).send(f"projects/{project.pk}/application", sent, "PATCH")
    assert (status, answer["reasons"][0]["field"]) == (422, "team")


@pytest.mark.parametrize("body", ["", "{", "[]", '{"branch": -1, "name": "x"}'])
def test_a_request_of_another_shape_is_refused_with_words(cast: Cast, program: Made, body: str) -> None:
    status, answer = program(cast.people.secretary).send("projects", body)
    assert (status, bool(answer["reasons"])) == (400, True)
    assert not Project.objects.exists()


def test_controls_that_came_along_with_a_text_are_left_out_as_on_the_pages(cast: Cast, program: Made) -> None:
    sent = {"branch": cast.places.branch.pk, "name": "降本\x00增效\x07"}
    status, made = program(cast.people.secretary).send("projects", sent)
    assert (status, made["name"]) == (201, "降本增效")


def test_the_moves_are_the_buttons_of_the_page(cast: Cast, program: Made) -> None:
    project = a_screened(cast)
    moves = program(cast.people.officer).get(f"projects/{project.pk}")[1]["moves"]
    assert [move["name"] for move in moves] == [move.name for move, _ in project.open_moves(by=cast.people.officer)]


def test_papers_come_as_word_and_pdf(cast: Cast, program: Made) -> None:
    project = an_established(cast)
    client = program(cast.people.secretary).client
    for name, start in (("application.pdf", b"%PDF"), ("application.docx", b"PK"), ("notice.pdf", b"%PDF")):
        answer = client.get(f"/api/projects/{project.pk}/papers/{name}")
        assert answer.content.startswith(start)


def test_todos_and_notices_are_ones_own(cast: Cast, program: Made) -> None:
    project = a_submitted(cast)
    officer = program(cast.people.officer)
    assert [(todo["project"], todo["what"]) for todo in officer.get("todos")[1]["items"]] == [(project.pk, "筛选")]
    assert project.name in officer.get("notices", unread=True)[1]["items"][0]["text"]
    assert program(cast.people.staff).get("todos")[1]["items"] == []


def test_the_year_tells_the_windows_of_ones_own_place(cast: Cast, program: Made) -> None:
    (year,) = program(cast.people.secretary).get("rounds")[1]
    assert (year["year"], year["windows"][0]["closes_on"]) == (2022, "2022-08-27")


# Joint and offline projects


def test_a_program_names_the_branches_that_take_part(cast: Cast, program: Made) -> None:
    project, clerk = a_draft(cast), program(cast.people.clerk)
    lists = {"partners": [{"branch": "第二项目部党支部（二公司党委）", "duty": "提供台账"}]}
    status, filled = clerk.send(f"projects/{project.pk}/application", {"seen": 1, "lists": lists}, "PATCH")
    assert status == 200, filled
    assert filled["facts"]["partners"] == [{"branch": "第二工程公司第二项目部党支部", "duty": "提供台账"}]
    team = [{"person": cast.people.foreign_secretary.pk, "duty": "设备"}]
    status, filled = clerk.send(f"projects/{project.pk}/application", {"seen": 2, "team": team}, "PATCH")
    assert (status, filled["facts"]["team"]) == (200, [{"name": "吴刚", "duty": "设备"}])
    lists = {"partners": [{"branch": "没有的支部"}]}
    status, refused = clerk.send(f"projects/{project.pk}/application", {"seen": 3, "lists": lists}, "PATCH")
    assert (status, refused["reasons"][0]["field"]) == (422, "partners-0-branch")
    assert program(cast.people.foreign_secretary).get(f"projects/{project.pk}")[0] == 404


def test_a_program_begins_an_offline_project_and_changes_it(cast: Cast, program: Made) -> None:
    clerk = program(cast.people.clerk)
    sent = {"branch": cast.places.branch.pk, "name": "专项任务一", "offline": True}
    status, draft = clerk.send("projects", sent)
    assert (status, draft["offline"], draft["facts"]["is_offline"]) == (201, True, True)
    address = f"projects/{draft['id']}"
    filling = {"seen": draft["edits"], "facts": {"problem": "内容"}}
    status, refused = clerk.send(f"{address}/application", filling, "PATCH")
    assert (status, refused["reasons"][0]["field"]) == (422, "problem")
    status, online = clerk.send(f"{address}/management", {"offline": False})
    assert (status, online["offline"]) == (200, False)
    assert clerk.send(f"{address}/management", {"offline": False})[0] == 422
    assert program(cast.people.officer).send(f"{address}/management", {"offline": True})[0] == 404
