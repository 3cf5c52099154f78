"""The machine: which Python and which browser it has, and the one command that adds what it lacks."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from setup.step import Refusal

OLDEST = (3, 11)
NEWEST_KNOWN = 15
BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
"""The shell is the same engine without windows and menus: a page costs it two thirds of the processor time."""
PROBE = "import sys; print('%d.%d' % sys.version_info[:2]); import venv, ensurepip"


def sudo(command: str) -> str:
    """``command`` as this user must type it."""
    return command if os.geteuid() == 0 else f"sudo {command}"


def python() -> str:
    """A Python of at least 3.11 that can make a virtual environment.

    ``python3`` comes first, then newer ones installed beside it. Refuses with the apt command that is missing.
    """
    without_venv = ""
    for name in [sys.executable, "python3", *(f"python3.{minor}" for minor in range(NEWEST_KNOWN, OLDEST[1] - 1, -1))]:
        version, complete = _probe(name)
        if version >= OLDEST and complete:
            return name
        if version >= OLDEST and not without_venv:
            without_venv = "python{}.{}-venv".format(*version)
    if without_venv:
        raise Refusal(f"这台机器的 Python 没有 venv 模块。先运行 {sudo(f'apt-get install -y {without_venv}')} 再重试")
    raise Refusal(_newer_python())


def _probe(name: str) -> tuple[tuple[int, ...], bool]:
    """The version of a Python, (0,) where there is none, and whether it can make a virtual environment."""
    if not name or shutil.which(name) is None:
        return (0,), False
    # In a folder of its own: the repository's packages must not answer for the standard library.
    done = subprocess.run([name, "-I", "-c", PROBE], capture_output=True, text=True, cwd="/")
    first_line = done.stdout.strip() or "0"
    return tuple(int(part) for part in first_line.split(".")), done.returncode == 0


def _newer_python() -> str:
    found = ".".join(str(part) for part in sys.version_info[:2])
    for minor in range(NEWEST_KNOWN, OLDEST[1] - 1, -1):
        package = f"python3.{minor}"
        # madison takes the name as it stands; show would read its dot as a pattern.
        if shutil.which("apt-cache") and subprocess.run(["apt-cache", "madison", package], capture_output=True).stdout:
            command = sudo(f"apt-get install -y {package} {package}-venv")
            return f"需要 Python 3.11 以上，这里是 {found}。先运行 {command} 再重试"
    return f"需要 Python 3.11 以上，这里是 {found}，软件源里也没有更新的：请换 Debian 12、Ubuntu 24.04 或更新的系统"


def chromium() -> str | None:
    """The browser for the browser tests: ``CHROMIUM`` where it is set, else the first that starts."""
    for name in filter(None, [os.environ.get("CHROMIUM"), *BROWSERS]):
        path = shutil.which(name)
        # Ubuntu's /usr/bin/chromium-browser may be a stub that only asks for the snap.
        if path and subprocess.run([path, "--version"], capture_output=True).returncode == 0:
            return path
    return None


def chromium_remedy() -> str:
    """The one command that adds Chromium here."""
    release = Path("/etc/os-release")
    ubuntu = release.is_file() and "\nID=ubuntu\n" in f"\n{release.read_text(encoding='utf-8')}\n"
    return sudo("snap install chromium" if ubuntu else "apt-get install -y chromium")
