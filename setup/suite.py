"""The test suite: on SQLite, on PostgreSQL and in Chromium, with one honest summary at the end."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
import xml.etree.ElementTree as ElementTree
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from setup import assets, environment, machine
from setup.environment import PYTHON
from setup.node import wheel
from setup.step import BUILD, ROOT, Refusal, clean_environment

REPORTS = BUILD / "tests"
NOTHING_COLLECTED = 5  # pytest's exit status
NO_BROWSER = "未运行浏览器测试：没有找到 Chromium。安装："


@dataclass(frozen=True)
class Result:
    """The counts of one run of pytest; ``broken`` where it ended other than by its tests' results."""

    name: str
    passed: int
    failed: int
    skipped: int
    broken: bool


def test() -> None:
    """Run all tests; refuses when one fails, and in CI (CI=true) also when one is skipped or Chromium is missing."""
    environment.ready("dev")
    assets.ready()
    shutil.rmtree(REPORTS, ignore_errors=True)
    start = time.monotonic()
    in_ci = os.environ.get("CI", "").lower() in ("1", "true", "yes")
    browser = machine.chromium() is not None
    postgres: list[str | Path] = [PYTHON, "setup/postgres.py", "run", "--"]
    # In CI rules and pages run on both databases, but for what is marked ``once``; at home PostgreSQL has what only it
    # can show. All side by side.
    runs: list[tuple[str, list[str | Path], str]] = [
        ("SQLite", [], "not postgres and not browser"),
        ("PostgreSQL", postgres, "not browser" if in_ci else "postgres"),
        *([("Chromium", [], "browser and not postgres")] if browser else []),
    ]
    with ThreadPoolExecutor() as side_by_side:
        results = list(side_by_side.map(lambda run: _run(*run), runs))
    conclude(results, browser=browser, in_ci=in_ci, seconds=time.monotonic() - start)


def _run(name: str, server: list[str | Path], marks: str) -> Result:
    report = REPORTS / f"{name.lower()}.xml"
    env = clean_environment(DANGJIAN_VAR=str(REPORTS / name.lower()), **_driver())
    command = [*server, PYTHON, "-m", "pytest", "-q", "-m", marks, f"--junitxml={report}"]
    done = subprocess.run(
        command,
        cwd=ROOT,
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    status = done.returncode
    # Written in one piece, so that the lines of the two runs do not mix.
    print(f"\n{name} 上的测试（{marks}）\n{done.stdout}", flush=True)
    if not report.is_file():
        return Result(name, 0, 0, 0, broken=True)
    total = failed = skipped = 0
    for run in ElementTree.parse(report).getroot().iter("testsuite"):
        total += int(run.get("tests", 0))
        failed += int(run.get("failures", 0)) + int(run.get("errors", 0))
        skipped += int(run.get("skipped", 0))
    broken = status not in (0, 1, NOTHING_COLLECTED) or (status == 1 and not failed)
    return Result(name, total - failed - skipped, failed, skipped, broken)


def _driver() -> dict[str, str]:
    """Which node drives the browser: Playwright's own, or the wheel's where a library that the former needs is missing."""
    for own in environment.VENV.glob("lib/*/site-packages/playwright/driver/node"):
        if subprocess.run([own, "--version"], capture_output=True).returncode:
            return {"PLAYWRIGHT_NODEJS_PATH": str(wheel())}
    return {}


def conclude(results: list[Result], *, browser: bool, in_ci: bool, seconds: float) -> None:
    """Print the totals; the last line is the verdict, or what is missing."""
    passed, failed, skipped = (sum(getattr(each, key) for each in results) for key in ("passed", "failed", "skipped"))
    print(f"\n{passed} passed, {failed} failed, {skipped} skipped", flush=True)
    each = "，".join(f"{one.name} 通过 {one.passed} 项、失败 {one.failed} 项、跳过 {one.skipped} 项" for one in results)
    without_browser = f"{NO_BROWSER}{machine.chromium_remedy()}"
    if failed or any(one.broken for one in results):
        raise Refusal(f"测试未通过：{each}")
    if results[0].passed == 0:
        raise Refusal("没有运行任何测试")
    if in_ci and skipped:
        raise Refusal(f"测试有跳过，CI 不允许：{each}")
    if in_ci and not browser:
        raise Refusal(without_browser)
    print(f"测试通过：{each}，用时 {seconds:.0f} 秒", flush=True)
    if not browser:
        print(without_browser, flush=True)
