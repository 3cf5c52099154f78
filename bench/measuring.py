"""``python -m bench.measuring FOLDER``: make the data set in DATABASE_URL, measure every case, write FOLDER/result.json."""

from __future__ import annotations

import gzip
import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from math import ceil
from pathlib import Path
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dangjian.settings")
django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402

from bench import dataset  # noqa: E402
from bench.browser import Browser  # noqa: E402
from bench.case import Case, cases  # noqa: E402
from bench.company import PASSWORD, SIGNED_IN  # noqa: E402
from bench.server import serving  # noqa: E402
from dangjian.people.account import Account  # noqa: E402

ROUNDS, WARM_UP, REQUESTS_A_ROUND, QUERIES_A_ROUND = 3, 2, 20, 7
Statement = tuple[str, Any]


@dataclass
class Series:
    """The seconds that one thing took, time and again."""

    seconds: list[float] = field(default_factory=list)

    def quantile(self, share: float) -> float:
        """Milliseconds that ``share`` of the series stayed below or met."""
        ordered = sorted(self.seconds)
        return round(1000 * ordered[max(ceil(share * len(ordered)), 1) - 1], 3)


@dataclass
class Measured:
    """One case with its series: the page, its main query alone, all its queries, the constant page."""

    case: Case
    statements: list[Statement]
    status: int = 0
    size: int = 0
    gzip_size: int = 0
    page: Series = field(default_factory=Series)
    main: Series = field(default_factory=Series)
    all_queries: Series = field(default_factory=Series)
    constant: Series = field(default_factory=Series)

    @property
    def main_statement(self) -> Statement | None:
        """The first query that reads rows of the case's table; a count does not."""
        begins = f'SELECT "{self.case.table}"."id"'
        return next((statement for statement in self.statements if statement[0].startswith(begins)), None)

    def as_result(self) -> dict[str, Any]:
        page, main, constant = self.page.quantile(0.5), self.main.quantile(0.5), self.constant.quantile(0.5)
        return {
            **asdict(self.case), "status": self.status, "n": len(self.page.seconds), "p50_ms": page,
            "p95_ms": self.page.quantile(0.95), "queries": len(self.statements), "bytes": self.size,
            "gzip_bytes": self.gzip_size, "main_sql_ms": main, "all_sql_ms": self.all_queries.quantile(0.5),
            "constant_ms": constant, "page_to_main_sql": round(page / main, 1),
            "page_to_constant": round(page / constant, 1),
        }  # fmt: skip


def main(folder: Path) -> None:
    start = time.monotonic()
    call_command("migrate", verbosity=0)
    dataset.build()
    made = time.monotonic() - start
    measured = [Measured(case, _statements(case)) for case in cases()]
    with (
        serving("dangjian.wsgi:application", folder / "web.log") as port,
        serving("bench.constant:application", folder / "constant.log") as constant_port,
    ):
        browsers = _signed_in(port)
        constant = Browser(constant_port)
        for _ in range(ROUNDS):
            for each in measured:
                _measure(each, browsers[each.case.role], constant)
    result = {
        "database": _version(), "data_seconds": round(made, 1), "seconds": round(time.monotonic() - start, 1),
        "cases": [each.as_result() for each in measured],
    }  # fmt: skip
    (folder / "result.json").write_text(json.dumps(result, ensure_ascii=False, indent=1))


def _signed_in(port: int) -> dict[str, Browser]:
    browsers = {role: Browser(port) for role in SIGNED_IN}
    for role, username in SIGNED_IN.items():
        browsers[role].sign_in(username, PASSWORD)
    return browsers


def _statements(case: Case) -> list[Statement]:
    """Every query of the page, in order, once the process is warm."""
    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(
        Account.objects.get(username=SIGNED_IN[case.role]), backend="django.contrib.auth.backends.ModelBackend"
    )
    client.get(case.path).close()
    with _noted() as statements:
        client.get(case.path).close()
    return statements


@contextmanager
def _noted() -> Iterator[list[Statement]]:
    statements: list[Statement] = []

    def note(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
        statements.append((sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        yield statements


def _measure(each: Measured, browser: Browser, constant: Browser) -> None:
    """One round of a case: page, constant page and queries one after the other, so that noise meets them alike."""
    for one, path, series in ((browser, each.case.path, each.page), (constant, "/", each.constant)):
        one.reconnect()
        for number in range(-WARM_UP, REQUESTS_A_ROUND):
            answer = one.get(path)
            if number >= 0:
                series.seconds.append(answer.seconds)
            if one is browser:
                each.status, each.size = answer.status, len(answer.body)
                each.gzip_size = each.gzip_size or len(gzip.compress(answer.body, 6))
    main_statement = each.main_statement
    for _ in range(QUERIES_A_ROUND):
        each.main.seconds.append(_run([main_statement] if main_statement else []))
        each.all_queries.seconds.append(_run(each.statements))


def _run(statements: list[Statement]) -> float:
    """The seconds that the driver takes to run the queries and bring their rows."""
    start = time.perf_counter()
    with connection.cursor() as cursor:
        for sql, params in statements:
            cursor.execute(sql, params)
            cursor.fetchall()
    return time.perf_counter() - start


def _version() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT sqlite_version()" if connection.vendor == "sqlite" else "SHOW server_version")
        return f"{connection.display_name} {str(cursor.fetchone()[0]).split()[0]}"


if __name__ == "__main__":
    main(Path(sys.argv[1]))
