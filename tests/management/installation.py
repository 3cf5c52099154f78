"""An installation of its own: SQLite in a folder, its commands run as a person would run them."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent.parent


class Installation:
    """``folder`` is its DANGJIAN_VAR."""

    def __init__(self, folder: Path, *, demo: bool = False) -> None:
        self.folder = folder
        self.database = folder / "dangjian.sqlite3"
        kept = {
            name: value
            for name, value in os.environ.items()
            if name != "DATABASE_URL" and not name.startswith("DANGJIAN_")
        }
        # One key for all, so that veiled values of two installations can be compared.
        self.environment = kept | {
            "DANGJIAN_VAR": str(folder),
            "DANGJIAN_SECRET_KEY": "a key that only tests use, the same for every installation",
            "DANGJIAN_DEMO": "1" if demo else "0",
            "PYTHONUNBUFFERED": "1",
        }

    def copy_to(self, folder: Path, *, demo: bool = False) -> Installation:
        """Another installation with the same rows."""
        other = Installation(folder, demo=demo)
        shutil.copy(self.database, other.database)
        return other

    def command(self, *arguments: str) -> list[str]:
        return [sys.executable, str(ROOT / "manage.py"), *arguments]

    def run(self, *arguments: str, typed: str = "") -> subprocess.CompletedProcess[str]:
        """Run a command to its end, whatever comes of it; ``typed`` is piped in."""
        return subprocess.run(
            self.command(*arguments), cwd=ROOT, env=self.environment, input=typed, capture_output=True, text=True, timeout=120
        )  # fmt: skip

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        with closing(sqlite3.connect(self.database)) as connection:
            return connection.execute(sql).fetchall()

    def write(self, sql: str) -> None:
        with closing(sqlite3.connect(self.database)) as connection, connection:
            connection.execute(sql)

    def everything(self) -> dict[str, list[dict[str, Any]]]:
        """Every row of our tables, but for what is random: password hashes, which are salted, and names of made files."""
        random = {"dangjian_account": "password", "dangjian_download": "key"}
        with closing(sqlite3.connect(self.database)) as connection:
            connection.row_factory = sqlite3.Row
            tables = connection.execute(
                "SELECT name FROM sqlite_master WHERE type = 'table' AND name LIKE 'dangjian_%'"
            )
            return {
                name: [
                    {key: row[key] for key in row.keys() if key != random.get(name)}  # noqa: SIM118
                    for row in connection.execute(f"SELECT * FROM {name} ORDER BY 1")
                ]
                for (name,) in tables.fetchall()
            }  # fmt: skip
