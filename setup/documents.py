"""The documents that are generated from the code: written by ``make docs``, compared by ``make check``."""

from __future__ import annotations

from setup import environment
from setup.environment import PYTHON
from setup.step import ROOT, Refusal, dataless_environment, run, step

# Each command prints its document.
GENERATED = {
    "docs/clauses.md": ["docs/clauses.py"],
    "docs/lifecycle.md": ["manage.py", "lifecycle_doc"],
}


def write() -> None:
    """Write every generated document."""
    environment.ready("dev")
    for name in GENERATED:
        with step(f"生成 {name}"):
            (ROOT / name).write_text(_generate(name), encoding="utf-8")


def problems() -> list[str]:
    """The documents that no longer say what the code says."""
    found = []
    for name in GENERATED:
        page = ROOT / name
        try:
            current = page.is_file() and page.read_text(encoding="utf-8") == _generate(name)
        except Refusal as reason:
            found.append(str(reason))
        else:
            found += [] if current else [f"{name} 已过时：运行 make docs"]
    return found


def _generate(name: str) -> str:
    remedy = f"{name} 没有生成（原因见上）"
    return run([PYTHON, *GENERATED[name]], remedy=remedy, env=dataless_environment())
