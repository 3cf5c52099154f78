"""The constant page: what the web server alone costs. 30 kB, with no Django and no database behind it."""

from collections.abc import Callable, Iterable

PAGE = b"<!doctype html>" + b"x" * (30_000 - 15)
Start = Callable[[str, list[tuple[str, str]]], object]


def application(environ: dict[str, object], start: Start) -> Iterable[bytes]:
    start("200 OK", [("Content-Type", "text/html; charset=utf-8"), ("Content-Length", str(len(PAGE)))])
    return [PAGE]
