"""The verbs of the interface from a terminal: the same rules, the same eyes, refusals that name the option."""

import json
from pathlib import Path
from typing import Any

import pytest

from dangjian.foundation import clock
from dangjian.foundation.audit import AuditEntry
from dangjian.foundation.evidence import Attachment
from dangjian.foundation.upload import Upload
from dangjian.people.account import Account
from dangjian.projects.project import Project
from tests.cast import FACTS, Cast, a_briefing, a_draft, a_plan, a_submitted, an_established

NOW = "2022-08-24"


@pytest.mark.clause("S-13", "S-24")
def test_a_project_is_carried_from_the_draft_to_its_establishment(cast: Cast, terminal: Any, tmp_path: Path) -> None:
    places, secretary = cast.places, cast.people.secretary.pk
    made = terminal.did("projects", "draft", "--branch", places.branch.pk, "--name", FACTS["name"], by="secretary")
    pk = made["id"]
    facts = [
        word for name, text in FACTS.items() if name != "name" for word in (f"--facts.{name.replace('_', '-')}", text)
    ]
    filled = terminal.did(
        "projects", "fill", pk, "--seen", made["edits"], *facts, "--categories", "origin=production",
        "--team", f"person={cast.people.member.pk}", "duty=技术改造",
        "--lists.targets", "name=节约能耗费用", "value=30", "unit=万元", "due=2022-12", by="secretary",
    )  # fmt: skip
    assert [member["duty"] for member in filled["facts"]["team"]] == ["技术改造"]
    assert filled["facts"]["targets"][0]["value"] == "30"
    own = ["--held-on", NOW, "--issue", 1, "--expected", 7, "--present", 7, "--chair", "张建国", "--recorder", "李敏"]
    record = ["meetings", "record", *own, "--organisation"]
    terminal.did(
        *record, places.branch.pk, "--verdicts", f"project={pk}", "decision=agree", "opinion=同意。", by="secretary"
    )
    submitted = terminal.did("projects", "submit", pk, by="secretary")
    assert submitted["waiting"] == "待筛选"

    screen = ["projects", "screen", "--decision", "pass", "--answer", "--projects", f"project={pk}"]
    [done] = terminal.did(*screen, f"version={submitted['version']}", by="officer")
    assert done["done"]
    sheet = tmp_path / "对照表.xlsx"
    terminal.did("meetings", "compare", "--project", pk, "-o", sheet, by="officer")
    assert sheet.read_bytes().startswith(b"PK")
    meeting = terminal.did(*record, places.unit.pk, "--verdicts", f"project={pk}", "decision=establish", by="officer")
    assert meeting["resolutions"][0]["decision"] == "establish"
    [shown] = terminal.did("projects", "list", "--state", "established", "--year", 2022, "--q", "节能", by="secretary")
    assert (shown["id"], shown["number"] != "") == (pk, True)
    notice = tmp_path / "立项通知.docx"
    terminal.did("projects", "paper", pk, "notice", "-o", notice, by="secretary")
    assert notice.read_bytes().startswith(b"PK")
    terminal.did("projects", "receive", pk, by="secretary")
    made_by = AuditEntry.objects.filter(noun="project", noun_id=pk).values_list("actor_id", flat=True)
    assert set(made_by) == {secretary, cast.people.officer.pk}


def test_lists_are_whole_and_show_what_the_account_sees(cast: Cast, terminal: Any) -> None:
    own = [a_draft(cast, name=f"第{n}项").pk for n in range(3)]
    a_draft(cast, cast.places.foreign_branch, cast.people.foreign_secretary, name="别处的")
    assert sorted(row["id"] for row in terminal.did("projects", "list", by="secretary")) == own
    assert terminal.did("me", "show", by="secretary")["expires_at"] is None
    assert terminal.refused("projects", "show", own[0], by="foreign-secretary") == ["没有找到，或您无权查看"]


def test_a_long_list_comes_page_by_page(cast: Cast, terminal: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr("dangjian.cli.asking.MOST_ON_A_PAGE", 2)
    made = [a_draft(cast, name=f"第{n}项").pk for n in range(5)]
    assert sorted(row["id"] for row in terminal.did("projects", "list", by="secretary")) == made


def test_accounts_that_let_nobody_in(cast: Cast, terminal: Any) -> None:
    assert terminal.refused("projects", "list", by="nobody") == ["没有账号 nobody"]
    Account.objects.filter(username="clerk").update(is_active=False)
    assert terminal.refused("projects", "list", by="clerk") == ["没有账号 clerk"]


def test_a_refusal_names_the_option(cast: Cast, terminal: Any) -> None:
    project = a_submitted(cast)
    decide = ["projects", "decide", project.pk, "--version", project.version, "--decision", "return"]
    [said] = terminal.refused(*decide, by="officer")
    assert said.startswith("--opinion：")
    assert terminal.refused(*decide, "--opinion", "改" * 501, by="officer") == ["--opinion：最多 500 字，现有 501 字"]
    assert terminal.refused(*decide, "--opinion", "请补充。", by="secretary")
    [said] = terminal.refused("projects", "hand-over", project.pk, "--person", 0, by="officer")
    assert said == "--person：没有这位同志"
    draft = a_draft(cast, name="明细有误")
    target = ["--lists.targets", "name=甲", "--lists.targets", "name=乙", "due=何时"]
    [said] = terminal.refused("projects", "fill", draft.pk, "--seen", draft.application.edits, *target, by="secretary")
    assert said.startswith("--lists.targets 第2项 due：")
    assert Project.objects.get(pk=project.pk).version == project.version


def test_who_comes_second_is_told(cast: Cast, terminal: Any) -> None:
    project = a_submitted(cast)
    decide = ["projects", "decide", project.pk, "--version", project.version, "--decision", "pass", "--answer"]
    terminal.did(*decide, by="officer")
    assert terminal.refused(*decide, by="colleague")
    draft = a_draft(cast, name="另一个")
    assert terminal.refused("projects", "fill", draft.pk, "--seen", 0, "--facts.problem", "旧", by="secretary")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["projects", "show", "甲"], "“甲”不是整数"),
        (["projects", "show", "-1"], "-1 不在 0 到"),
        (["projects", "list", "--state", "unknown"], "“unknown”不在 draft"),
        (["projects", "draft", "--name", "x"], "没有写 --branch"),
        (["projects", "draft", "--branch", "1", "--nam", "x"], "--nam"),
        (["projects", "decide", "1", "--version", "1", "--decision", "agree"], "“agree”不在 pass"),
        (["letters", "sign", "1", "--signed-on", "昨天"], "“昨天”不是日期"),
        (["meetings", "record", "--verdicts", "甲"], "“甲”请写作 名=值"),
        (["meetings", "record", "--verdicts", "project=甲"], "project：“甲”不是整数"),
        (["meetings", "record", "--verdicts", "project=1"], "没有 decision"),
        (["briefings", "instruct", "1", "--photo", "没有.jpg"], "没有文件 没有.jpg"),
        (["files", "send"], "没有写 --file"),
        (["projects", "fill", "1", "--body", "没有.json"], "--body 无法读取"),
        (["projects", "paper", "1", "notice", "-o", "通知.txt"], "-o：请写以 .docx、.pdf 结尾的文件名"),
        (["projects", "paper", "1", "notice", "-o", "没有/通知.pdf"], "-o：没有文件夹 没有"),
    ],
)
def test_wrong_use_is_told_from_a_refusal(words: list[str], said: str, cast: Cast, terminal: Any) -> None:
    assert said in terminal.misused(*words)


def test_a_body_comes_from_a_file_and_options_go_before_it(cast: Cast, terminal: Any, tmp_path: Path) -> None:
    project, file = a_draft(cast), tmp_path / "填写.json"
    file.write_text(json.dumps({"seen": project.application.edits, "facts": {"problem": "甲", "measures": "乙"}}))
    told = terminal.did("projects", "fill", project.pk, "--body", file, "--facts.problem", "丙", by="secretary")
    assert (told["facts"]["problem"], told["facts"]["measures"]) == ("丙", "乙")
    file.write_text(json.dumps({"seen": told["edits"], "fact": {}}))
    assert "格式不符" in terminal.misused("projects", "fill", project.pk, "--body", file, by="secretary")
    file.write_text("[]")
    assert "JSON 对象" in terminal.misused("projects", "fill", project.pk, "--body", file, by="secretary")


def test_a_file_is_named_by_its_path_and_left_nowhere_when_refused(cast: Cast, terminal: Any, tmp_path: Path) -> None:
    briefing = a_briefing(cast)
    photo, text = tmp_path / "批示.jpg", tmp_path / "批示.txt"
    photo.write_bytes(b"\xff\xd8\xff\xe0 a picture")
    text.write_text("同意。")
    instruct = ["briefings", "instruct", briefing.pk, "--due-on", "2022-08-30", "--organisation"]
    [said] = terminal.refused(*instruct, cast.places.branch.pk, "--photo", text, by="officer")
    assert said.startswith("--photo：“批示.txt”")
    assert terminal.refused(*instruct, cast.places.foreign_branch.pk, "--photo", photo, by="officer") == [
        "--organisation：没有这个承办单位，或不能由它承办"
    ]
    assert not Upload.objects.exists()
    held = terminal.did(*instruct, cast.places.branch.pk, "--photo", photo, by="officer")
    assert [(file["kind"], file["name"]) for file in held["files"]] == [("photo", "批示.jpg")]
    sent = terminal.did("files", "send", "--file", photo, by="clerk")
    terminal.did("instructions", "finish", held["id"], "--result", "已办。", "--file", sent["id"], by="clerk")
    assert [(each.slot, each.name) for each in Attachment.objects.filter(noun="instruction").order_by("pk")] == [
        ("photo", "批示.jpg"), ("result", "批示.jpg"),
    ]  # fmt: skip
    assert not Upload.objects.exists()
    back = tmp_path / "取回.jpg"
    terminal.did("instructions", "fetch-file", held["id"], held["files"][0]["id"], "-o", back, by="clerk")
    assert back.read_bytes() == photo.read_bytes()


def test_a_form_with_a_file(cast: Cast, terminal: Any, tmp_path: Path) -> None:
    project, file = a_draft(cast), tmp_path / "征求意见.pdf"
    file.write_bytes(b"%PDF-1.7 said")
    [kept] = terminal.did("projects", "attach", project.pk, "--slot", "consultation", "--file", file, by="secretary")
    assert (kept["slot"], kept["name"]) == ("consultation", "征求意见.pdf")
    assert terminal.did("projects", "detach", project.pk, kept["id"], by="secretary") == []


@pytest.mark.clause("S-32")
def test_a_plan_is_handed_in_checked_and_signed(cast: Cast, terminal: Any) -> None:
    pk = a_plan(cast).project_id
    assert terminal.refused("plans", "hand-in", pk, by="officer")
    version = terminal.did("plans", "hand-in", pk, by="secretary")["version"]
    decide = ["plans", "decide", pk, "--version"]
    checked = terminal.did(*decide, version, "--decision", "pass", "--checked-for", "detailed", "clear", by="officer")
    assert checked["checked_for"] == ["detailed", "clear"]
    signed = ["--decision", "approve", "--leader", "刘志远", "--held-on", clock.today()]
    assert terminal.did(*decide, checked["version"], *signed, by="officer")["state"] == "approved"
    assert terminal.refused("plans", "remind", pk, by="officer")


@pytest.mark.clause("S-36")
def test_a_table_is_handed_in_and_answered(cast: Cast, terminal: Any) -> None:
    project = an_established(cast)
    unit = cast.places.unit.pk
    made = terminal.did("filings", "hand-in", unit, "--phone", "0571-1", by="officer")
    answers = ["--answers", f"line={made['lines'][0]['id']}", "answer=return", "reason=目标不具体"]
    answer = ["filings", "answer", made["id"], "--version", made["version"], *answers]
    assert terminal.did(*answer, by="company-officer")["lines"][0]["state"] == "returned"
    assert terminal.refused(*answer, by="company-officer")
    explained = ["--explanations", f"project={project.pk}", "text=已补充"]
    terminal.did("filings", "hand-in", unit, "--phone", "0571-1", *explained, by="officer")
    assert [row["number"] for row in terminal.did("filings", "list", by="company-officer")] == [2]
    assert len(terminal.did("filings", "list", "--no-newest", by="company-officer")) == 2
