"""What `make` does: locks, documents, servers; and that the safety nets of conftest.py hold."""

import os
import shutil
import signal
import socket
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest
from _pytest.outcomes import Failed
from django.template import Context, Template

from setup import locks, machine, serve, suite
from setup.step import ROOT, Refusal

HOST = "packages.example"  # reserved for examples: no such host answers
ADDRESS = f"https://{HOST}"
LOCK = "django==5.2.19 \\\n    --hash=sha256:00\nredis==5.0.0 ; python_version >= '3.11' \\\n    --hash=sha256:11\n"


def test_a_lock_that_names_where_it_was_fetched_from_is_refused(tmp_path: Path) -> None:
    pinned = tmp_path / "requirements.txt"
    pinned.write_text(f"--index-url {ADDRESS}/simple\n{LOCK}")
    npm = tmp_path / "package-lock.json"
    npm.write_text(f'{{\n  "version": "1.0.0",\n  "resolved": "{ADDRESS}/a.tgz"\n}}\n')
    assert locks.addresses(pinned) == ["requirements.txt:1: 锁文件不能有下载地址"]
    assert locks.addresses(npm) == ["package-lock.json:3: 锁文件不能有下载地址"]


def test_the_dev_lock_must_pin_all_that_the_runtime_lock_pins(tmp_path: Path) -> None:
    runtime, dev = tmp_path / "requirements.txt", tmp_path / "requirements-dev.txt"
    runtime.write_text(LOCK)
    dev.write_text(LOCK.replace("5.0.0", "5.0.1") + "pytest==9.0.0\n")
    assert locks.gaps(runtime, dev) == ["requirements-dev.txt 与 requirements.txt 不一致：redis==5.0.0"]
    dev.write_text(LOCK + "pytest==9.0.0\n")
    assert locks.gaps(runtime, dev) == []


def test_the_committed_locks_are_in_order() -> None:
    assert locks.problems() == []


def test_a_taken_port_is_refused_with_the_command_that_takes_another(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        monkeypatch.setenv("PORT", str(port))
        with pytest.raises(Refusal, match=rf"端口 {port} .*make demo PORT=(?!{port}\b)\d+"):
            serve.port()


def test_a_python_without_venv_names_the_apt_command(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    bare = tmp_path / "python3"
    # Answers like Debian's python3 without python3-venv: the version, then the import fails.
    bare.write_text('#!/bin/sh\necho 3.12\necho "No module named ensurepip" >&2\nexit 1\n')
    bare.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(sys, "executable", str(bare))
    with pytest.raises(Refusal, match=r"apt-get install -y python3\.12-venv "):
        machine.python()


def test_a_python_that_is_too_old_is_not_taken(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    old = tmp_path / "python3"
    old.write_text("#!/bin/sh\necho 3.9\n")
    old.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(sys, "executable", str(old))
    with pytest.raises(Refusal, match=r"需要 Python 3\.11 以上"):
        machine.python()


@pytest.mark.parametrize(
    ("in_ci", "skipped", "browser", "reason"),
    [(True, 1, True, "跳过"), (True, 0, False, "没有找到 Chromium"), (False, 1, False, None), (True, 0, True, None)],
)
def test_ci_refuses_a_skip_and_a_missing_browser(
    capsys: pytest.CaptureFixture[str], in_ci: bool, skipped: int, browser: bool, reason: str | None
) -> None:
    results = [suite.Result("SQLite", 3, 0, skipped, False), suite.Result("PostgreSQL", 1, 0, 0, False)]
    if reason:
        with pytest.raises(Refusal, match=reason):
            suite.conclude(results, browser=browser, in_ci=in_ci, seconds=1)
        return
    suite.conclude(results, browser=browser, in_ci=in_ci, seconds=1)
    last_line = capsys.readouterr().out.splitlines()[-1]
    assert ("没有找到 Chromium" in last_line) is not browser


def test_a_failure_is_never_called_passed() -> None:
    results = [suite.Result("SQLite", 3, 0, 0, False), suite.Result("PostgreSQL", 0, 0, 0, broken=True)]
    with pytest.raises(Refusal, match="测试未通过"):
        suite.conclude(results, browser=True, in_ci=False, seconds=1)


def test_the_network_is_out_of_reach_and_the_machine_itself_is_not() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()) as client:
        assert client.getpeername() == server.getsockname()
    with pytest.raises(Failed, match="reached for the network"), socket.socket() as outward:
        outward.connect(("192.0.2.1", 80))
    with pytest.raises(Failed, match="looked up a host"):
        socket.getaddrinfo(HOST, 443)


def test_an_undefined_variable_in_a_template_fails() -> None:
    assert Template("{% if absent %}yes{% else %}no{% endif %}").render(Context()) == "no"
    with pytest.raises(Failed, match="undefined template variable absent"):
        Template("{{ absent }}").render(Context())


@pytest.mark.postgres
def test_a_throw_away_server_answers_and_leaves_nothing_behind() -> None:
    ask = (
        "import os, psycopg; c = psycopg.connect(os.environ['DATABASE_URL']);"
        "print(os.environ['DATABASE_URL'], c.execute('show server_encoding').fetchone()[0], sep='\\n')"
    )
    command = [sys.executable, "setup/postgres.py", "run", "--", sys.executable, "-c", ask]
    url, encoding = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    assert encoding == "UTF8"
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(url)
    assert not Path(url.partition("?host=")[2]).exists()


@pytest.mark.postgres
def test_a_throw_away_server_stops_when_its_caller_is_ended() -> None:
    show = "import os, time; print(os.environ['DATABASE_URL'], flush=True); time.sleep(60)"
    command = [sys.executable, "setup/postgres.py", "run", "--", sys.executable, "-c", show]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, start_new_session=True) as caller:
        assert caller.stdout is not None
        url = caller.stdout.readline().strip()
        psycopg.connect(url).close()
        os.killpg(caller.pid, signal.SIGTERM)
        caller.wait(timeout=30)
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(url)


@pytest.mark.browser
def test_the_browser_that_is_found_starts(chromium: str) -> None:
    assert shutil.which(chromium)
    assert "Chrom" in subprocess.run([chromium, "--version"], capture_output=True, text=True, check=True).stdout
