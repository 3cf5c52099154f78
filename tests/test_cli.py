"""The console command: the same verbs and the same eyes as the pages."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from dangjian.cli import REFUSED, main
from dangjian.foundation.evidence import Attachment
from dangjian.papers import pdf
from dangjian.people.token import Token
from dangjian.projects import papers
from dangjian.projects.paper_kind import PaperKind
from dangjian.projects.project import Project
from dangjian.projects.scan import Slot
from tests.cast import Cast, a_draft, a_submitted, an_established
from tests.intake.sheets import HEAD, row, workbook


def test_projects_are_those_that_the_account_may_see(cast: Cast, capsys: Any) -> None:
    own = a_submitted(cast, name="本单位的")
    a_draft(cast, cast.places.foreign_branch, cast.people.foreign_secretary, name="别处的")
    assert main(["projects", "--json", "--as", "officer"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert [(row["id"], row["name"], row["waiting"]) for row in rows] == [(own.pk, "本单位的", "待筛选")]


def test_projects_are_narrowed_by_year_state_and_words(cast: Cast, capsys: Any) -> None:
    a_draft(cast, name="节能降耗")
    a_submitted(cast, name="技术攻关")
    for narrowed in (["--state", "screening"], ["--find", "攻关", "--year", "2022"]):
        assert main(["projects", "--as", "secretary", *narrowed]) == 0
        assert capsys.readouterr().out == "-\t技术攻关\t第一工程公司第一项目部党支部\t待筛选\n"


def test_the_command_is_there_after_set_up_from_any_folder(tmp_path: Path) -> None:
    sample = Path(__file__).parent / "samples" / "d01_standard.xlsx"
    command = [str(Path(sys.executable).with_name("dangjian")), "import-ledger", str(sample), "--dry-run", "--json"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["rows"]


def test_an_unknown_account_is_refused(cast: Cast, capsys: Any) -> None:
    assert main(["projects", "--as", "nobody"]) == REFUSED
    assert capsys.readouterr().err == "没有账号 nobody\n"


def test_a_token_is_printed_once_and_may_only_look_unless_asked_for_more(cast: Cast, capsys: Any) -> None:
    for more, reads_only in ([], True), (["--may-act"], False):
        assert main(["token", "issue", "取数", "--as", "clerk", *more]) == 0
        token = Token.recognise(capsys.readouterr().out.strip())
        assert token is not None
        assert (token.account, token.reads_only) == (cast.people.clerk.account, reads_only)


def test_the_description_of_the_interface_names_every_verb(capsys: Any) -> None:
    assert main(["openapi"]) == 0
    assert "/api/projects/{pk}/submission" in json.loads(capsys.readouterr().out)["paths"]


@pytest.mark.parametrize("wrong", [["--state", "unknown"], ["--year", "此年"]])
def test_wrong_use_is_told_from_a_refusal(wrong: list[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main(["projects", "--as", "clerk", *wrong])
    assert left.value.code == 2


def test_a_scan_is_filed_and_listed(cast: Cast, capsys: Any, tmp_path: Path) -> None:
    project = a_submitted(cast)
    scan = tmp_path / "盖章.pdf"
    scan.write_bytes(pdf.draw(papers.application_form(project)))
    code = Slot(PaperKind.APPLICATION, project).bare_mark.code
    assert main(["scans", "file", code, str(scan), "--as", "clerk"]) == 0
    assert "1 页" in capsys.readouterr().out
    assert main(["scans", "list", "--as", "officer"]) == 0
    assert [row["project"] for row in json.loads(capsys.readouterr().out)] == [project.pk]
    assert main(["scans", "file", code, str(scan), "--as", "foreign-officer"]) == REFUSED
    assert main(["scans", "file", code, str(tmp_path / "nothing.pdf"), "--as", "clerk"]) == 2


def test_a_briefing_its_instruction_and_the_result(cast: Cast, tmp_path: Path, capsys: Any) -> None:
    project = an_established(cast)
    words = ["--title", "关于节能", "--summary", "需要配合。", "--proposal", "拟请配合。", "--project", str(project.pk)]
    assert main(["briefings", "present", "--to", "unit-secretary", *words, "--as", "officer"]) == 0
    capsys.readouterr()
    assert main(["briefings", "list", "--as", "unit-secretary"]) == 0
    [briefing] = json.loads(capsys.readouterr().out)
    where = ["--organisation", str(cast.places.branch.pk), "--due", "2022-08-30"]
    give = ["instructions", "give", str(briefing["id"]), *where]
    photo, text = tmp_path / "批示.jpg", tmp_path / "批示.txt"
    photo.write_bytes(b"\xff\xd8\xff\xe0 a picture")
    text.write_text("同意。")
    for wrong in (["--photo", str(tmp_path / "nothing.jpg")], ["--photo", str(text)], []):
        assert main([*give, *wrong, "--as", "officer"]) == REFUSED
    assert main([*give, "--text", "同意。", "--photo", str(photo), "--as", "unit-secretary"]) == REFUSED
    assert main([*give, "--photo", str(photo), "--as", "officer"]) == 0
    capsys.readouterr()
    assert main(["instructions", "list", "--as", "clerk"]) == 0
    [held] = json.loads(capsys.readouterr().out)
    done = ["--result", "已办。", "--file", str(photo)]
    assert main(["instructions", "finish", str(held["id"]), *done, "--as", "clerk"]) == 0
    kept = Attachment.objects.filter(noun="instruction").order_by("pk")
    assert [(each.slot, each.name) for each in kept] == [("photo", "批示.jpg"), ("result", "批示.jpg")]
    assert main(["instructions", "finish", str(held["id"]), "--result", "再办。", "--as", "clerk"]) == REFUSED
    assert main(["briefings", "present", "--to", "leader", *words, "--as", "officer"]) == REFUSED


def test_a_ledger_is_brought_in_in_somebodys_name(cast: Cast, tmp_path: Path, capsys: Any) -> None:
    file, branch = tmp_path / "台账.xlsx", cast.places.branch.short_name
    file.write_bytes(workbook([HEAD, row(D=branch), row(A=2, B="没有日期", C="", D=branch)]))
    asked = ["import-ledger", str(file), "--as", cast.people.officer.account.username]
    assert main(asked) == REFUSED
    said = capsys.readouterr()
    assert "新增\t节能降耗" in said.out
    assert "没有起止日期" in said.err
    assert main([*asked, "--json"]) == REFUSED
    assert [line["effect"] for line in json.loads(capsys.readouterr().out)] == ["same", "wrong"]
    assert Project.objects.get().state == "running"
