"""The export beside the library that draws it: the same cells with the system around them, and bare."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import date
from io import BytesIO
from typing import Any

import xlsxwriter  # type: ignore[import-untyped]
from django.http import QueryDict

from bench.company import SIGNED_IN
from bench.measured import Series
from dangjian.papers.excel import Value
from dangjian.people.account import Account
from dangjian.web.project_list import ProjectFilter, workbook

COMPANY = next(iter(SIGNED_IN))
ROUNDS = 3


def measure() -> dict[str, Any]:
    """Every project that the company sees as one workbook; times in milliseconds."""
    person = Account.objects.get(username=SIGNED_IN[COMPANY]).person
    sheet, rows = ProjectFilter(person, QueryDict()).sheet()
    table = [list(row) for row in sheet.rows]
    ours, bare = Series(), Series()
    for _ in range(ROUNDS):
        start = time.perf_counter()
        file, _ = workbook(person, "")
        ours.seconds.append(time.perf_counter() - start)
        start = time.perf_counter()
        plain = _bare(table)
        bare.seconds.append(time.perf_counter() - start)
    return {
        "rows": rows, "columns": len(sheet.columns), "p50_ms": ours.ms(0.5), "bare_ms": bare.ms(0.5),
        "ratio": round(ours.ms(0.5) / bare.ms(0.5), 1), "bytes": len(file), "bare_bytes": len(plain),
    }  # fmt: skip


def _bare(table: Sequence[Sequence[Value]]) -> bytes:
    """The same values in a workbook without any format but that of days."""
    held = BytesIO()
    with xlsxwriter.Workbook(held, {"constant_memory": True}) as book:
        page, days = book.add_worksheet(), book.add_format({"num_format": "yyyy-mm-dd"})
        for at, row in enumerate(table):
            for column, value in enumerate(row):
                if isinstance(value, date):
                    page.write_datetime(at, column, value, days)
                elif isinstance(value, str):
                    page.write_string(at, column, value)
                elif value is not None:
                    page.write_number(at, column, value)
    return held.getvalue()
