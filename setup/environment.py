"""The virtual environment in ``.venv``: made once, filled from a lock with hashes, refilled when the lock changes."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

from setup import machine
from setup.step import ROOT, Refusal, digest, run, step

VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
UV = VENV / "bin" / "uv"
STAMP = VENV / "installed.json"
LOCKS = {"runtime": ROOT / "requirements.txt", "dev": ROOT / "requirements-dev.txt"}
UV_LOCK = ROOT / "requirements-uv.txt"
CONSOLE = (
    f"#!{PYTHON}\nimport sys\n\nsys.path.insert(0, {str(ROOT)!r})\nfrom dangjian.cli import main\n\nsys.exit(main())\n"
)
"""The command ``dangjian``: the code of this folder as it stands, without building a package of it first."""
OFFLINE = "没有装上（原因见上）。检查网络或软件源（pip config set global.index-url 地址）后重试"


def ready(level: str) -> None:
    """Make sure that ``.venv`` holds what ``level`` ("runtime" or "dev") needs.

    The dev lock contains the runtime lock, so an environment that has it keeps it: a demo never uninstalls the tests.
    """
    installed = _stamp()
    level = "dev" if "dev" in (level, installed.get("level")) else level
    wanted = {"level": level, "home": str(VENV), "lock": digest([LOCKS[level], UV_LOCK]), "console": CONSOLE}
    if installed == wanted and _works():
        return
    # The scripts in .venv/bin name their folder: a moved environment is made anew.
    if installed.get("home", str(VENV)) != str(VENV) or not _works():
        with step("建立虚拟环境"):
            run([machine.python(), "-m", "venv", "--clear", VENV], remedy="虚拟环境没有建成（原因见上）")
    STAMP.unlink(missing_ok=True)
    with step(f"按 {LOCKS[level].name} 安装依赖"):
        _install(LOCKS[level])
    script("dangjian").write_text(CONSOLE)
    script("dangjian").chmod(0o755)
    STAMP.write_text(json.dumps(wanted))


def script(name: str) -> Path:
    """The command ``name`` of a package in the environment."""
    return VENV / "bin" / name


def _stamp() -> dict[str, str]:
    try:
        stamp = json.loads(STAMP.read_text())
    except (OSError, ValueError):
        return {}
    return stamp if isinstance(stamp, dict) else {}


def _works() -> bool:
    old = f"import pip, sys; sys.exit(sys.version_info < {machine.OLDEST})"
    return PYTHON.exists() and subprocess.run([PYTHON, "-c", old], capture_output=True).returncode == 0


def _install(lock: Path) -> None:
    """By uv, which is fast and removes what the lock no longer names; by pip where uv cannot be had."""
    pip: list[str | Path] = [PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    pip += ["--require-hashes", "-r"]
    try:
        run([*pip, UV_LOCK], remedy="uv")
        run(
            [UV, "pip", "sync", "--python", PYTHON, "--require-hashes", "--compile-bytecode", lock],
            remedy="uv",
            env=uv_environment(),
        )
    except Refusal:
        print("uv 没有成功，改用 pip …", end="", flush=True)
        run([*pip, lock], remedy=f"依赖{OFFLINE}")


def uv_environment() -> dict[str, str]:
    """uv does not read pip's configuration; the index that the user gave pip is passed on."""
    env = dict(os.environ)
    if not {"UV_DEFAULT_INDEX", "UV_INDEX_URL"} & set(env):
        ask = subprocess.run([PYTHON, "-m", "pip", "config", "get", "global.index-url"], capture_output=True, text=True)
        index = env.get("PIP_INDEX_URL") or ask.stdout.strip()
        if index:
            env["UV_DEFAULT_INDEX"] = index
    return env
