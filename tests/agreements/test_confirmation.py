"""Electronic confirmation: both sign one file, and what was done to the file afterwards is told apart."""

import hashlib
import json
import os
import subprocess
import sys
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from dangjian import cli
from dangjian.agreements import certificate, signed_file
from dangjian.agreements.confirmation import registered
from dangjian.agreements.issuer import Issuer
from dangjian.agreements.letter import Letter
from dangjian.agreements.signed_file import EXIT_CODES, WORDS, Finding
from dangjian.foundation import clock, sandbox
from dangjian.foundation.lifecycle import Refused
from dangjian.foundation.window import day_text
from dangjian.overview import todo
from dangjian.people.access import Role
from dangjian.people.delegation import Delegation
from dangjian.people.person import Person
from dangjian.programmes.scheme import read, source_plan_text
from dangjian.projects.project import Project
from setup.step import ROOT
from tests.agreements.tampering import TAMPERED
from tests.cast import Cast, a_letter, scans_of

pytestmark = [pytest.mark.django_db, pytest.mark.once, pytest.mark.clause("S-115", "S-116")]


@pytest.fixture
def switched_on(monkeypatch: pytest.MonkeyPatch) -> None:
    Issuer.found()
    rules = read(source_plan_text().replace("electronic: false", "electronic: true"))
    monkeypatch.setattr(Project, "rules", property(lambda self: rules))


def confirmed(cast: Cast) -> Letter:
    letter = a_letter(cast)
    for who in (cast.people.secretary, cast.people.unit_secretary):
        Letter.objects.get(pk=letter.pk).confirm_electronically(by=who)
    return Letter.objects.get(pk=letter.pk)


def content(letter: Letter) -> bytes:
    kept = letter.confirmed_file()
    assert kept is not None
    return kept.evidence.file.read_bytes()


def found(file: bytes) -> Finding:
    return signed_file.verdict_of(signed_file.verify(BytesIO(file), roots=certificate.roots())).finding


def test_without_the_switch_nobody_confirms_in_the_system(cast: Cast) -> None:
    with pytest.raises(Refused, match="没有启用电子确认"):
        a_letter(cast).confirm_electronically(by=cast.people.secretary)


@pytest.mark.usefixtures("switched_on")
def test_both_secretaries_confirm_in_person_and_the_letter_is_signed(cast: Cast) -> None:
    letter, people = a_letter(cast), cast.people
    assert [each.what for each in todo.Waiting(people.unit_secretary)] == ["电子确认责任书"]
    with pytest.raises(Refused):
        letter.confirm_electronically(by=people.officer)
    letter.confirm_electronically(by=people.secretary)
    first = content(letter)
    assert Letter.objects.get(pk=letter.pk).state == "pending"
    with pytest.raises(Refused, match="您已经确认"):
        Letter.objects.get(pk=letter.pk).confirm_electronically(by=people.secretary)
    Letter.objects.get(pk=letter.pk).confirm_electronically(by=people.unit_secretary)
    letter = Letter.objects.get(pk=letter.pk)
    assert (letter.state, letter.signed_on) == ("signed", clock.today())
    assert content(letter).startswith(first), "the second signature is added to the first, nothing is written anew"
    assert Project.objects.get(pk=letter.project_id).letter_signed_on == clock.today()
    serials = set(letter.signatures.values_list("certificate", flat=True))
    assert len(serials) == 2
    assert "" not in serials


@pytest.mark.usefixtures("switched_on")
def test_what_one_confirmed_is_not_signed_on_paper_as_well(cast: Cast) -> None:
    letter = a_letter(cast)
    scans_of(cast, letter)
    letter.confirm_electronically(by=cast.people.secretary)
    with pytest.raises(Refused, match="一方已经电子确认"):
        Letter.objects.get(pk=letter.pk).sign(signed_on=clock.today(), by=cast.people.officer)


@pytest.mark.clause("S-70")
@pytest.mark.usefixtures("switched_on")
def test_what_one_secretary_confirmed_does_not_wait_for_the_next_to_confirm_it_again(cast: Cast) -> None:
    letter, people, today = a_letter(cast), cast.people, clock.today()
    letter.confirm_electronically(by=people.unit_secretary)
    other = a_letter(cast, name="安全示范岗")
    tomorrow = today + timedelta(days=1)
    people.unit_secretary.appointments.get().end(on=today, by=people.security_admin)
    people.member.appoint(
        Role.UNIT_COMMITTEE_SECRETARY, organisation=cast.places.unit, by=people.security_admin, starts_on=tomorrow
    )
    with clock.fixed_at(f"{tomorrow} 09:00"):
        new = Person.objects.get(pk=people.member.pk)
        assert list(Letter.objects.to_confirm_by(new)) == [other]
        assert [each.about for each in todo.Waiting(new) if "确认" in each.what] == [other]
        with pytest.raises(Refused, match="党委书记一方已由刘志远确认，不用再确认；双方确认以后由您接续确认"):
            Letter.objects.get(pk=letter.pk).confirm_electronically(by=new)
        Letter.objects.get(pk=letter.pk).confirm_electronically(by=people.secretary)
        assert list(Letter.objects.to_carry_on_by(new)) == [letter]


@pytest.mark.usefixtures("switched_on")
def test_of_two_secretaries_at_once_only_the_newer_is_asked(cast: Cast) -> None:
    letter, people, tomorrow = a_letter(cast), cast.people, clock.today() + timedelta(days=1)
    people.member.appoint(
        Role.UNIT_COMMITTEE_SECRETARY, organisation=cast.places.unit, by=people.security_admin, starts_on=tomorrow
    )
    with clock.fixed_at(f"{tomorrow} 09:00"):
        for who, waiting in ((people.member, [letter]), (people.unit_secretary, [])):
            assert list(Letter.objects.to_confirm_by(Person.objects.get(pk=who.pk))) == waiting


@pytest.mark.usefixtures("switched_on")
def test_a_delegated_right_does_not_confirm(cast: Cast) -> None:
    letter, people = a_letter(cast), cast.people
    offices = list(people.secretary.delegable_offices())
    Delegation.give(
        offices, to=people.clerk, starts_on=clock.today(), ends_on=clock.today(), reason="出差", by=people.secretary
    )
    clerk = Person.objects.get(pk=people.clerk.pk)
    with pytest.raises(Refused):
        letter.confirm_electronically(by=clerk)
    assert list(Letter.objects.to_confirm_by(clerk)) == []
    assert "电子确认责任书" not in [each.what for each in todo.Waiting(clerk)], "nobody is asked what they cannot do"


# The file afterwards


@pytest.mark.usefixtures("switched_on")
def test_what_was_done_to_the_file_is_told_apart(cast: Cast) -> None:
    file = content(confirmed(cast))
    told = [found(tamper(file)) for tamper, _ in TAMPERED]
    assert told == [finding for _, finding in TAMPERED]
    assert set(told) == set(Finding) - {Finding.UNKNOWN}, "every finding that the file alone can tell"
    assert found(file[: len(file) // 2]) in (Finding.CHANGED, Finding.NOT_OURS)


@pytest.mark.usefixtures("switched_on")
def test_with_the_database_the_file_is_bound_to_its_letter_and_signers(cast: Cast) -> None:
    letter = confirmed(cast)
    file = content(letter)
    alone = signed_file.verdict_of(sandbox.read(signed_file.verify, file, options={"roots": certificate.roots()}))
    digest = hashlib.sha256(file).hexdigest()
    verdict, number = registered(digest, alone)
    assert (verdict.finding, number) == (Finding.INTACT, letter.pk)
    assert registered("0" * 64, alone)[0].finding is Finding.UNKNOWN
    letter.signatures.filter(side="branch").update(certificate="abc")
    assert registered(digest, alone)[0].finding is Finding.WRONG_CERTIFICATE


@pytest.mark.usefixtures("switched_on")
def test_the_command_says_it_in_words_and_by_its_exit_code(
    cast: Cast, tmp_path: Path, capsys: Any, settings: Any
) -> None:
    file, root = content(confirmed(cast)), str(Issuer.current().file)
    for name, (tamper, finding) in enumerate(TAMPERED):
        path = tmp_path / f"{name}.pdf"
        path.write_bytes(tamper(file))
        assert cli.main(["letter", "verify", str(path), "--ca", root, "--alone"]) == EXIT_CODES[finding]
        assert capsys.readouterr().out.startswith(WORDS[finding])
    assert cli.main(["letter", "verify", str(tmp_path / "0.pdf"), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert [one["name"] for one in told["signers"]] == ["刘志远", "张建国"]
    assert cli.main(["letter", "verify", str(tmp_path / "none.pdf")]) == 2
    letter = Letter.objects.get()
    assert (told["letter"], told["void"]) == (letter.number, "")
    letter.propose_void(reason="名称写错", by=cast.people.officer)
    letter.void(by=cast.people.unit_secretary)
    assert cli.main(["letter", "verify", str(tmp_path / "0.pdf")]) == 0
    void = f"该责任书（{letter.number}）已于{day_text(clock.today())}作废"
    assert capsys.readouterr().out.splitlines()[:2] == [WORDS[Finding.INTACT], void]
    cli.main(["letter", "verify", str(tmp_path / "0.pdf"), "--json"])
    assert json.loads(capsys.readouterr().out)["void"] == void


@pytest.mark.usefixtures("switched_on")
def test_without_a_database_the_file_alone_is_told_and_said_to_be(cast: Cast, tmp_path: Path) -> None:
    path, root = tmp_path / "a.pdf", str(Issuer.current().file)
    path.write_bytes(content(confirmed(cast)))
    command = [sys.executable, "-m", "dangjian.cli", "letter", "verify", str(path), "--ca", root]
    env = os.environ | {"DATABASE_URL": f"sqlite:///{tmp_path / 'none' / 'none.sqlite3'}"}
    done = subprocess.run(command, env=env, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout.splitlines()[0]) == (0, WORDS[Finding.INTACT])
    assert done.stderr == "连不上数据库，没有查登记，只核验了文件本身（同 --alone）\n"
