"""A step of the set-up: one line with its time, and one kind of error whose text becomes the last line."""

from __future__ import annotations

import contextlib
import hashlib
import os
import subprocess
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BUILD = ROOT / "build"


class Refusal(Exception):
    """The work cannot go on. The text, in Chinese, says why and what to type; it is printed last."""


@contextlib.contextmanager
def step(label: str) -> Iterator[None]:
    """Print ``label``, then the seconds the block took."""
    print(f"{label} …", end="", flush=True)
    start = time.monotonic()
    try:
        yield
    except BaseException:
        print(flush=True)
        raise
    print(f" {time.monotonic() - start:.1f} 秒", flush=True)


def run(command: Sequence[str | Path], *, remedy: str, env: Mapping[str, str] | None = None) -> str:
    """What ``command`` printed on its standard output. When it fails, both outputs are shown and ``remedy`` refuses."""
    done = subprocess.run(
        command, cwd=ROOT, env=env, stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace"
    )
    if done.returncode:
        print(f"\n{done.stdout}{done.stderr}".rstrip(), flush=True)
        raise Refusal(remedy)
    return done.stdout


def clean_environment(**settings: str) -> dict[str, str]:
    """The caller's environment without the settings of an installation: a demo or a test never meets a real database."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("DANGJIAN_", "DATABASE_URL"))}
    return {**kept, **settings}


def dataless_environment() -> dict[str, str]:
    """For commands that read no data: they leave no database and no key in ``var/``."""
    return clean_environment(DATABASE_URL="sqlite:///:memory:", DANGJIAN_SECRET_KEY="no data, no secret")


def digest(files: Iterable[Path]) -> str:
    """One hash over the names and contents of ``files``; a missing file counts as empty."""
    total = hashlib.sha256()
    for file in sorted(files):
        content = file.read_bytes() if file.is_file() else b""
        total.update(f"{file.relative_to(ROOT)} {len(content)} ".encode())
        total.update(content)
    return total.hexdigest()
