"""The reading of a ledger beside the library that opens it: guard, process of its own and every rule of reading, and bare."""

from __future__ import annotations

import time
from io import BytesIO
from typing import Any

import xlsxwriter  # type: ignore[import-untyped]
from python_calamine import CalamineWorkbook

from bench.measured import Series
from dangjian.intake import reading

ROWS = 10_000
ROUNDS = 3
HEAD = ("序号", "项目名称", "项目起止日期", "项目承担部门", "解决问题", "采取措施", "达到目标", "备注")


def measure() -> dict[str, Any]:
    """A ledger of ten thousand projects; times in milliseconds."""
    data = _ledger()
    ours, bare = Series(), Series()
    for _ in range(ROUNDS):
        start = time.perf_counter()
        found = reading.read(data)
        ours.seconds.append(time.perf_counter() - start)
        start = time.perf_counter()
        rows = CalamineWorkbook.from_filelike(BytesIO(data)).get_sheet_by_index(0).to_python()
        bare.seconds.append(time.perf_counter() - start)
    assert len(found.told["rows"]) == len(rows) - 1 == ROWS
    return {
        "rows": ROWS, "p50_ms": ours.ms(0.5), "bare_ms": bare.ms(0.5), "ratio": round(ours.ms(0.5) / bare.ms(0.5), 1),
    }  # fmt: skip


def _ledger() -> bytes:
    kept = BytesIO()
    with xlsxwriter.Workbook(kept, {"constant_memory": True}) as book:
        page = book.add_worksheet("汇总表")
        page.write_row(0, 0, HEAD)
        for number in range(1, ROWS + 1):
            told = (
                f"党员责任区创建之{number}",
                "2022.8~2022.12",
                f"第{number % 300}项目部党支部",
                "习惯性违章时有发生",
            )
            page.write_row(number, 0, (number, *told, f"划分党员责任区{number % 20}个，每周检查", "违章次数为零", ""))
    return kept.getvalue()
