"""The commands that the interface does not have, and scans by their code."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from dangjian.cli import REFUSED, main
from dangjian.papers import pdf
from dangjian.people.token import Token
from dangjian.projects import papers
from dangjian.projects.paper_kind import PaperKind
from dangjian.projects.project import Project
from dangjian.projects.scan import Slot
from tests.cast import Cast, a_submitted
from tests.intake.sheets import HEAD, row, workbook


def test_the_command_is_there_after_set_up_from_any_folder(tmp_path: Path) -> None:
    sample = Path(__file__).parent.parent / "samples" / "d01_standard.xlsx"
    command = [str(Path(sys.executable).with_name("dangjian")), "import-ledger", str(sample), "--dry-run", "--json"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["rows"]


def test_a_token_is_printed_once_and_may_only_look_unless_asked_for_more(cast: Cast, capsys: Any) -> None:
    for more, reads_only in ([], True), (["--may-act"], False):
        assert main(["token", "issue", "取数", "--as", "clerk", *more]) == 0
        token = Token.recognise(capsys.readouterr().out.strip())
        assert token is not None
        assert (token.account, token.reads_only) == (cast.people.clerk.account, reads_only)


def test_the_description_of_the_interface_names_every_verb(capsys: Any) -> None:
    assert main(["openapi"]) == 0
    assert "/api/projects/{pk}/submission" in json.loads(capsys.readouterr().out)["paths"]


def test_a_scan_is_filed_and_listed(cast: Cast, capsys: Any, tmp_path: Path) -> None:
    project = a_submitted(cast)
    scan = tmp_path / "盖章.pdf"
    scan.write_bytes(pdf.draw(papers.application_form(project)))
    code = Slot(PaperKind.APPLICATION, project).bare_mark.code
    assert main(["scans", "file", code, "--files", str(scan), "--as", "clerk"]) == 0
    assert json.loads(capsys.readouterr().out)["pages"] == 1
    assert main(["scans", "list", "--as", "officer"]) == 0
    assert [row["project"] for row in json.loads(capsys.readouterr().out)] == [project.pk]
    assert main(["scans", "file", code, "--files", str(scan), "--as", "foreign-officer"]) == REFUSED


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
