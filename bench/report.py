"""The report: one plain table for each database."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from unicodedata import east_asian_width

# Heading, key of the result, decimals.
COLUMNS: tuple[tuple[str, str, int | None], ...] = (
    ("页面", "name", None),
    ("角色", "role", None),
    ("状态码", "status", 0),
    ("p50 ms", "p50_ms", 1),
    ("p95 ms", "p95_ms", 1),
    ("CPU ms", "cpu_ms", 1),
    ("查询数", "queries", 0),
    ("字节", "bytes", 0),
    ("gzip", "gzip_bytes", 0),
    ("主查询 ms", "main_query_ms", 2),
    ("全部查询 ms", "all_queries_ms", 2),
    ("页面/主查询", "page_to_main_query", 1),
    ("常量页 ms", "constant_ms", 2),
    ("页面/常量页", "page_to_constant", 1),
)


def lines(result: dict[str, Any]) -> Iterator[str]:
    """The table of one database, ready to print."""
    yield f"{result['database']}：10,000 个项目，每项请求 {result['cases'][0]['n']} 次，用时 {result['seconds']} 秒（其中建数据 {result['data_seconds']} 秒）"
    yield "CPU 是网页进程每次请求的处理器时间，不含数据库进程；主查询是列出行的那一条 SQL，经同一驱动单独执行。"
    table = [[heading for heading, _, _ in COLUMNS]]
    table += [[_text(case[key], decimals) for _, key, decimals in COLUMNS] for case in result["cases"]]
    widths = [max(_width(row[column]) for row in table) for column in range(len(COLUMNS))]
    for row in table:
        yield "  ".join(
            _padded(text, width, left=decimals is None)
            for text, width, (_, _, decimals) in zip(row, widths, COLUMNS, strict=True)
        )
    export = result["export"]
    yield (
        f"导出 Excel：{export['rows']:,} 行 {export['columns']} 列 {export['p50_ms'] / 1000:.1f} 秒，"
        f"只用 XlsxWriter 写同样的内容 {export['bare_ms'] / 1000:.1f} 秒，为其 {export['ratio']} 倍"
    )
    intake = result["import"]
    yield (
        f"识读台账：{intake['rows']:,} 行 {intake['p50_ms'] / 1000:.1f} 秒（含检查、隔离进程和逐行识别），"
        f"只用 calamine 打开 {intake['bare_ms'] / 1000:.2f} 秒，为其 {intake['ratio']} 倍"
    )
    for paper in result["papers"]:
        yield (
            f"{paper['name']}：每秒 {paper['per_second']:g} 份（{paper['p50_ms']:,.0f} ms，{paper['bytes']:,} 字节），"
            f"只用 {paper['library']} 写同样的文字 {paper['bare_ms']:,.0f} ms，为其 {paper['ratio']} 倍"
        )


def _text(value: Any, decimals: int | None) -> str:
    return str(value) if decimals is None else f"{value:,.{decimals}f}"


def _padded(text: str, width: int, *, left: bool) -> str:
    space = " " * (width - _width(text))
    return text + space if left else space + text


def _width(text: str) -> int:
    """Columns on a terminal: a 汉字 takes two."""
    return sum(2 if east_asian_width(character) in "WFA" else 1 for character in text)
