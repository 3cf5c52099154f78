"""Plans and their changes by a program: the same verbs, the same refusals, the same eyes."""

from collections.abc import Callable
from typing import Any

import pytest

from dangjian.foundation import clock
from dangjian.projects.meeting import Verdict
from tests.cast import Cast, a_meeting, a_screened, an_established, plan_lists
from tests.delivery.test_plan_resolution import a_plan_for_the_committee

Made = Callable[..., Any]
pytestmark = pytest.mark.clause("S-13", "S-32", "S-33")


def test_a_program_records_a_meeting_on_plans_alone(cast: Cast, program: Made) -> None:
    plan, officer = a_plan_for_the_committee(cast), program(cast.people.officer)
    head = {
        "organisation": cast.places.unit.pk, "held_on": f"{clock.today()}", "issue": 30, "expected": 7, "present": 7,
        "chair": "刘志远",
    }  # fmt: skip
    verdict = {"project": plan.project_id, "decision": "approve", "version": plan.version}
    assert officer.send("meetings", head)[0] == 422
    assert officer.send("meetings", head | {"plans": [verdict | {"change": 1}]})[0] == 422
    assert officer.send("meetings", head | {"plans": [verdict | {"project": 0}]})[0] == 422
    status, made = officer.send("meetings", head | {"plans": [verdict]})
    assert (status, made["plans"], made["minutes_edition"]) == (
        201, [{"project": plan.project_id, "change": None, "decision": "approve"}], 1,
    )  # fmt: skip


def test_programs_carry_a_plan_from_its_draft_to_a_major_change(cast: Cast, program: Made) -> None:
    people, project = cast.people, an_established(cast)
    clerk, secretary, officer = (program(getattr(people, who)) for who in ("clerk", "secretary", "officer"))
    address = f"plans/{project.pk}"
    assert officer.send(f"{address}/reminder") == (200, {"reminded": "第一项目部党支部"})
    status, begun = clerk.send(address)
    assert (status, begun["waiting"], begun["lists"]["measures"][0]["name"]) == (
        201,
        "编制中",
        "党员包机、逐台核定油耗定额",
    )
    assert officer.get(address)[0] == 404
    filled = {"seen": begun["edits"], "lists": plan_lists(people.secretary.pk), "team": [{"person": people.member.pk}]}
    status, saved = clerk.send(address, filled, "PATCH")
    assert (status, saved["missing"], saved["filled_by"]) == (200, [], "李敏")
    assert clerk.send(address, filled, "PATCH")[1]["edits"] == saved["edits"]
    assert clerk.send(address, {"seen": 0, "texts": {"profile": "旧页"}}, "PATCH")[0] == 409
    assert clerk.send(f"{address}/submission")[0] == 422
    assert clerk.send(f"{address}/confirmation-request")[0] == 200
    assert secretary.send(f"{address}/confirmation", {"answer": "confirm"})[0] == 200
    handed_in = secretary.send(f"{address}/submission")[1]
    assert handed_in["waiting"] == "待组织部门审核"
    decision = {"version": handed_in["version"], "decision": "pass", "checked_for": ["detailed", "clear"]}
    assert officer.send(f"{address}/recusal", {"person": people.colleague.pk})[1]["reasons"][0]["field"] == "reason"
    passed = officer.send(f"{address}/handler", {"person": people.colleague.pk, "reason": "出差"})[1]
    assert officer.send(f"{address}/decision", decision)[0] == 409
    decision["version"] = passed["version"]
    checked = officer.send(f"{address}/decision", decision)[1]
    assert (checked["waiting"], checked["checked_for"]) == ("待分管领导签批", ["detailed", "clear"])
    signed = {"version": checked["version"], "decision": "approve", "leader": "刘志远", "held_on": f"{clock.today()}"}
    assert officer.send(f"{address}/decision", signed)[1]["state"] == "approved"
    assert [row["project"] for row in officer.get("plans", state="approved", late="false")[1]["items"]] == [project.pk]
    assert program(people.foreign_officer).get(address)[0] == 404

    status, change = secretary.send("plan-changes", {"project": project.pk})
    assert status == 201
    goals = plan_lists(people.secretary.pk)["goals"]
    goals[0]["value"] = "36"
    asked = f"plan-changes/{change['id']}"
    sent = {"seen": change["edits"], "reason": "条件变化", "lists": {"goals": goals}}
    (difference,) = secretary.send(asked, sent, "PATCH")[1]["differences"]
    assert (difference["major"], "由0到36万元" in difference["after"]) == (True, True)
    assert secretary.send(f"{asked}/submission")[1]["waiting"] == "待上会"
    assert officer.send(f"{asked}/decision", {"decision": "note"})[0] == 422
    aside = officer.send(f"{asked}/recusal", {"person": people.colleague.pk, "reason": "亲属"})
    assert "登记会议时填写" in aside[1]["reasons"][0]["text"]
    assert officer.send(f"{asked}/handler", {"person": people.colleague.pk, "reason": "出差"})[0] == 200
    held = a_meeting(cast, Verdict(a_screened(cast, name="同一次会议"), "establish"))
    sent = {"decision": "grant", "meeting": held.pk, "votes_for": 6, "votes_against": 0, "recused": "王强"}
    assert officer.send(f"{asked}/decision", sent)[1]["reasons"][0]["text"] == "请写明回避原因"
    status, granted = officer.send(f"{asked}/decision", sent | {"recusal_reason": "亲属"})
    assert held.plan_resolutions.get().votes_text == "赞成 6 票、反对 0 票、弃权 0 票"
    assert (status, granted["state"], granted["meeting"], granted["reference"]) == (200, "granted", held.pk, str(held))
    assert officer.get(address)[1]["lists"]["goals"][0]["value"] == "36"
