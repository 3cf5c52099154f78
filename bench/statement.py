"""The statements of a page: which SQL it runs, and how long that takes without the page."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any

from django.db import connection
from django.test import Client

from bench.case import Case
from bench.company import SIGNED_IN
from dangjian.people.account import Account

Statement = tuple[str, Any]  # SQL and its parameters


def statements_of(case: Case) -> list[Statement]:
    """Every query of the page in order, asked of Django itself once the process is warm."""
    client = Client(SERVER_NAME="127.0.0.1")
    account = Account.objects.get(username=SIGNED_IN[case.role])
    client.force_login(account, backend="django.contrib.auth.backends.ModelBackend")
    statements: list[Statement] = []

    def note(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
        statements.append((sql, params))
        return execute(sql, params, many, context)

    client.get(case.path).close()
    with connection.execute_wrapper(note):
        client.get(case.path).close()
    return statements


def main_statement(case: Case, statements: Sequence[Statement]) -> Statement:
    """The first query that reads rows of the case's table; a count does not. Raises StopIteration without one."""
    return next(statement for statement in statements if statement[0].startswith(f'SELECT "{case.table}"."id"'))


def run(statements: Sequence[Statement]) -> float:
    """The seconds that the driver takes to run the statements and bring their rows."""
    start = time.perf_counter()
    with connection.cursor() as cursor:
        for sql, params in statements:
            cursor.execute(sql, params)
            cursor.fetchall()
    return time.perf_counter() - start


def database() -> str:
    """Name and version of the database."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT sqlite_version()" if connection.vendor == "sqlite" else "SHOW server_version")
        return f"{connection.display_name} {str(cursor.fetchone()[0]).split()[0]}"
