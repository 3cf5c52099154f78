"""``python3 -m setup GOAL``, as the Makefile calls it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from setup import assets, checks, documents, environment, locks, serve, suite
from setup.environment import PYTHON, script
from setup.step import ROOT, Refusal, clean_environment


def prepare() -> None:
    """Set up what running needs: dependencies, style sheets, fonts."""
    environment.ready("runtime")
    assets.ready()


def demo() -> None:
    """Set up, then serve the demo."""
    port = serve.port()
    prepare()
    serve.demo(port)


def bench() -> None:
    """Measure speed; the numbers are printed."""
    environment.ready("dev")
    assets.ready()
    if subprocess.run([PYTHON, "-m", "bench"], cwd=ROOT, env=clean_environment()).returncode:
        raise Refusal("基准测试没有完成（原因见上）")


def formatted() -> None:
    """Format the Python files and the templates in place."""
    environment.ready("dev")
    templates = sorted((ROOT / "dangjian").glob("**/templates/**/*.html"))
    subprocess.run([script("ruff"), "check", "--fix", "--quiet", "."], cwd=ROOT)
    subprocess.run([script("ruff"), "format", "--quiet", "."], cwd=ROOT)
    subprocess.run([script("djade"), "--target-version", "5.2", *templates], cwd=ROOT)


GOALS: dict[str, Callable[[], None]] = {
    "setup": prepare,
    "demo": demo,
    "reset-demo": serve.reset_demo,
    "test": suite.test,
    "check": checks.check,
    "bench": bench,
    "docs": documents.write,
    "lock": locks.lock,
    "format": formatted,
}


def main(arguments: list[str]) -> int:
    """Run one goal. A refusal goes to the file DANGJIAN_LAST_LINE, where set: make prints it as its own last line."""
    if len(arguments) != 1 or arguments[0] not in GOALS:
        print(f"用法：make {'|'.join(GOALS)}", file=sys.stderr)
        return 2
    last_line = os.environ.pop("DANGJIAN_LAST_LINE", "")
    try:
        GOALS[arguments[0]]()
    except Refusal as reason:
        if not last_line:
            print(reason, file=sys.stderr)
            return 1
        Path(last_line).write_text(str(reason), encoding="utf-8")
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
