"""The first administrator: made once, by whoever has the machine."""

import io
import os
import re
import subprocess
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from dangjian.people.account import Account
from tests.cast import PASSWORD, Cast
from tests.management.installation import ROOT, Installation

OPTIONS = [
    "--username",
    "guanli",
    "--name",
    "安明",
    "--company",
    "中共某某建设集团有限公司委员会",
    "--security",
    "安保",
]


def pipe(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(text))


@pytest.fixture
def without_accounts(cast: Cast) -> None:
    Account.objects.all().delete()


def test_the_first_administrator_is_made_once(empty_installation: Installation, tmp_path: Path) -> None:
    new = empty_installation.copy_to(tmp_path)
    first = new.run("first_admin", *OPTIONS, typed=f"{PASSWORD}\n")
    assert first.returncode == 0, first.stderr
    assert "已建立系统管理员“安明”，账号 guanli" in first.stdout
    issuers = list((new.folder / "signing").glob("*/issuer.pem"))
    assert len(issuers) == 1
    again = new.run("first_admin", *OPTIONS, typed=f"{PASSWORD}\n")
    assert again.returncode == 1
    assert "首个管理员只能建立一次" in again.stderr
    assert list((new.folder / "signing").glob("*/issuer.pem")) == issuers
    assert new.rows("SELECT full_name FROM dangjian_organisation") == [("中共某某建设集团有限公司委员会",)]
    assert new.rows("SELECT role, with_subtree FROM dangjian_appointment") == [
        ("system_admin", 1),
        ("security_admin", 1),
    ]


def test_a_person_at_a_terminal_is_asked_for_each_fact(empty_installation: Installation, tmp_path: Path) -> None:
    new = empty_installation.copy_to(tmp_path)
    shown = typed_at_a_terminal(
        new,
        [
            ("管理员账号：", "guanli"),
            ("管理员姓名：", "安明"),
            ("公司党组织全称：", "某某党委"),
            ("安全管理员姓名：", "安保"),
            ("密码：", PASSWORD),
            ("再输一次：", PASSWORD),
        ],
    )
    assert "已建立系统管理员" in shown
    assert PASSWORD not in shown


def test_two_different_passwords_are_refused(empty_installation: Installation, tmp_path: Path) -> None:
    new = empty_installation.copy_to(tmp_path)
    shown = typed_at_a_terminal(new, [("密码：", PASSWORD), ("再输一次：", f"{PASSWORD}x")], OPTIONS)
    assert "两次输入的密码不一致" in shown
    assert new.rows("SELECT * FROM dangjian_account") == []


@pytest.mark.parametrize(
    "password",
    [
        "duan",
        "135792468013",
        "password1234",
    ],
)
def test_what_is_wrong_with_a_password_is_said_in_chinese(
    password: str, without_accounts: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    pipe(monkeypatch, f"{password}\n")
    with pytest.raises(CommandError, match="密码") as refused:
        call_command("first_admin", *OPTIONS)
    assert not re.search("[A-Za-z]{3}", str(refused.value)), refused.value
    assert not Account.objects.exists()


def test_an_account_in_chinese_characters_is_refused(without_accounts: None, monkeypatch: pytest.MonkeyPatch) -> None:
    pipe(monkeypatch, f"{PASSWORD}\n")
    with pytest.raises(CommandError, match="位小写字母、数字"):
        call_command(
            "first_admin", "--username", "管理员", "--name", "安明", "--company", "某某党委", "--security", "安保"
        )


def test_a_name_too_long_is_refused(without_accounts: None, monkeypatch: pytest.MonkeyPatch) -> None:
    pipe(monkeypatch, f"{PASSWORD}\n")
    with pytest.raises(CommandError, match=r"没有建立：.*40"):
        call_command(
            "first_admin", "--username", "guanli", "--name", "安" * 41, "--company", "某某党委", "--security", "安保"
        )


def test_a_missing_fact_is_named_where_nobody_can_be_asked(
    without_accounts: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    pipe(monkeypatch, f"{PASSWORD}\n")
    with pytest.raises(CommandError, match="缺少管理员姓名：请写 --name"):
        call_command("first_admin", "--username", "guanli")


def typed_at_a_terminal(
    installation: Installation, answers: list[tuple[str, str]], options: list[str] | None = None
) -> str:
    """Answer each prompt as it appears; everything the terminal showed."""
    keyboard, terminal = os.openpty()
    command = installation.command("first_admin", *(options or []))
    # A session of its own has no /dev/tty, so that the password too is asked for on this terminal.
    process = subprocess.Popen(
        command, cwd=ROOT, env=installation.environment, stdin=terminal, stdout=terminal, stderr=terminal, start_new_session=True
    )  # fmt: skip
    os.close(terminal)
    shown = b""
    for prompt, answer in answers:
        while not shown.endswith(prompt.encode()):
            shown += os.read(keyboard, 1)
        os.write(keyboard, f"{answer}\n".encode())
    while True:
        try:
            shown += os.read(keyboard, 4096)
        except OSError:  # the terminal has gone with the process
            break
    os.close(keyboard)
    process.wait(timeout=60)
    return shown.decode()
