"""What must hold of the code besides its tests: ``make check`` runs every check and names those that fail."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

from setup import assets, documents, environment, locks
from setup.environment import PYTHON, script
from setup.step import ROOT, Refusal, dataless_environment


def check() -> None:
    """Run all checks, however many fail; refuses with their names."""
    environment.ready("dev")
    assets.ready()
    failed = []
    checks = _checks()
    with ThreadPoolExecutor() as side_by_side:
        for name, (found, seconds) in zip(checks, side_by_side.map(_timed, checks.values()), strict=True):
            print(f"{name}：{'未通过' if found else '通过'}（{seconds:.1f} 秒）", flush=True)
            if found:
                failed.append(name)
                print("\n".join(found), flush=True)
    if failed:
        raise Refusal(f"检查未通过：{'、'.join(failed)}")
    print("检查全部通过", flush=True)


def _timed(problems: Callable[[], list[str]]) -> tuple[list[str], float]:
    start = time.monotonic()
    return problems(), time.monotonic() - start


def _checks() -> dict[str, Callable[[], list[str]]]:
    """Name → what is wrong, line by line; nothing when the check holds."""
    templates = sorted((ROOT / "dangjian").glob("**/templates/**/*.html"))
    manage: list[str | Path] = [PYTHON, "manage.py"]
    # The longest first: all run side by side.
    return {
        "mypy": partial(_problems_of, [script("mypy")]),
        "ruff check": partial(_problems_of, [script("ruff"), "check", "--quiet", "."]),
        "ruff format": partial(_problems_of, [script("ruff"), "format", "--check", "--quiet", "."]),
        "import-linter": partial(_problems_of, [script("lint-imports")]),
        "djade": partial(_problems_of, [script("djade"), "--target-version", "5.2", "--check", *templates]),
        "缺少的迁移": partial(_problems_of, [*manage, "makemigrations", "--check", "--dry-run"]),
        "manage.py check": partial(_problems_of, [*manage, "check", "--fail-level", "WARNING"]),
        "锁文件": locks.problems,
        "生成的文档": documents.problems,
    }


def _problems_of(command: list[str | Path]) -> list[str]:
    env = dataless_environment()
    done = subprocess.run(command, cwd=ROOT, env=env, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    output = f"{done.stdout}{done.stderr}".strip()
    return [output or f"exit status {done.returncode}"] if done.returncode else []
