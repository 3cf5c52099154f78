"""``python -m bench``: measure on SQLite and on PostgreSQL, print a table for each, keep the numbers in build/bench.json."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from bench import report
from setup import postgres
from setup.step import BUILD, ROOT

SECONDS = 600  # for one database, which takes some 100: a bench that hangs is stopped


def main() -> int:
    results = []
    with tempfile.TemporaryDirectory(prefix="dangjian-bench-") as name:
        folder = Path(name)
        results.append(_measured(f"sqlite:///{folder / 'bench.sqlite3'}", folder / "sqlite"))
        try:
            with postgres.server() as url:
                results.append(_measured(url, folder / "postgresql"))
        except postgres.NoServer as missing:
            print(f"没有在 PostgreSQL 上测量：{missing}", flush=True)
    BUILD.mkdir(exist_ok=True)
    (BUILD / "bench.json").write_text(json.dumps(results, ensure_ascii=False, indent=1), encoding="utf-8")
    return 0


def _measured(url: str, folder: Path) -> dict[str, Any]:
    """Measure in a process of its own, whose settings name the database; the table is printed."""
    folder.mkdir()
    env = {**os.environ, "DATABASE_URL": url, "DANGJIAN_VAR": str(folder)}
    subprocess.run(
        [sys.executable, "-m", "bench.measuring", folder], cwd=ROOT, env=env, check=True, timeout=SECONDS,
        stdin=subprocess.DEVNULL,
    )  # fmt: skip
    result: dict[str, Any] = json.loads((folder / "result.json").read_text(encoding="utf-8"))
    print("\n".join(["", *report.lines(result)]), flush=True)
    return result


if __name__ == "__main__":
    sys.exit(main())
