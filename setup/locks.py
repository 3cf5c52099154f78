"""The lock files: compiled with hashes, complete, and free of the addresses they were fetched from."""

from __future__ import annotations

import os
import re
from pathlib import Path

from setup import environment
from setup.node import npm
from setup.step import ROOT, run, step

# The dev lock is bound to the runtime lock, so that one environment serves both.
BOUND_TO = {"requirements-dev.in": ["--constraint", "requirements.txt"]}
SOURCES = ("requirements.in", "requirements-dev.in", "requirements-uv.in", "requirements-node.in")
COMPILE = ("--universal", "--python-version=3.11", "--generate-hashes", "--no-header", "--no-annotate", "--quiet")
PIN = re.compile(r"^([A-Za-z0-9._-]+)==(\S+)", re.MULTILINE)


def lock() -> None:
    """Compile every lock again, keeping the versions that still fit; ``make lock UPGRADE=1`` takes the newest."""
    environment.ready("dev")
    newest = ["--upgrade"] if os.environ.get("UPGRADE") else []
    for name in SOURCES:
        target = name.replace(".in", ".txt")
        command: list[str | Path] = [environment.UV, "pip", "compile", *COMPILE, *newest, *BOUND_TO.get(name, [])]
        command += [name, "-o", target]
        with step(f"锁定 {target}"):
            run(command, remedy=f"{target} 没有锁定（原因见上）", env=environment.uv_environment())
    with step("锁定 package-lock.json"):
        run(
            [*npm(), "update" if newest else "install", "--package-lock-only", "--ignore-scripts"],
            remedy="package-lock.json 没有锁定（原因见上）",
        )


def problems() -> list[str]:
    """What is wrong with the lock files in the tree; empty when all is well."""
    return [
        *(found for file in sorted(ROOT.glob("requirements*.txt")) for found in addresses(file)),
        *addresses(ROOT / "package-lock.json"),
        *gaps(ROOT / "requirements.txt", ROOT / "requirements-dev.txt"),
    ]


def addresses(file: Path) -> list[str]:
    """The lines of a lock that say where a package was fetched from."""
    forbidden = '"resolved"' if file.suffix == ".json" else "://"
    lines = file.read_text(encoding="utf-8").splitlines()
    return [f"{file.name}:{number}: 锁文件不能有下载地址" for number, line in enumerate(lines, 1) if forbidden in line]


def gaps(runtime: Path, dev: Path) -> list[str]:
    """The packages that the runtime lock pins and the dev lock pins otherwise or not at all."""
    pins, superset = (set(PIN.findall(file.read_text(encoding="utf-8"))) for file in (runtime, dev))
    return [f"{dev.name} 与 {runtime.name} 不一致：{name}=={version}" for name, version in sorted(pins - superset)]
