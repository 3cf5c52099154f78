"""What was measured of one case: the page, the constant page beside it, and its SQL alone."""

from __future__ import annotations

import gzip
from dataclasses import asdict, dataclass, field
from math import ceil
from typing import Any

from bench import statement
from bench.browser import Answer, Browser
from bench.case import Case
from bench.server import Server

WARM_UP, REQUESTS, QUERIES = 1, 30, 10  # a round


@dataclass
class Series:
    """The seconds that one thing took, time and again."""

    seconds: list[float] = field(default_factory=list)

    def ms(self, share: float) -> float:
        """The milliseconds that ``share`` (0 to 1) of the series did not exceed."""
        ordered = sorted(self.seconds)
        return round(1000 * ordered[max(ceil(share * len(ordered)), 1) - 1], 3)


class Measured:
    def __init__(self, case: Case) -> None:
        self.case = case
        self.statements = statement.statements_of(case)
        self.main_statement = statement.main_statement(case, self.statements)
        self.page, self.constant, self.main_query, self.all_queries = Series(), Series(), Series(), Series()
        self.cpu_seconds = 0.0
        self.answer: Answer | None = None

    def measure(self, browser: Browser, web: Server, plain: Browser) -> None:
        """One round: page, constant page and queries one after the other, so that noise meets them alike."""
        used = web.cpu_seconds()
        self.answer = _ask(browser, self.case.path, self.page)
        self.cpu_seconds += (web.cpu_seconds() - used) * REQUESTS / (REQUESTS + WARM_UP)
        _ask(plain, "/", self.constant)
        for _ in range(QUERIES):
            self.main_query.seconds.append(statement.run([self.main_statement]))
            self.all_queries.seconds.append(statement.run(self.statements))

    def as_result(self) -> dict[str, Any]:
        """The row of the table; times in milliseconds."""
        assert self.answer is not None
        page, main_query, constant = self.page.ms(0.5), self.main_query.ms(0.5), self.constant.ms(0.5)
        return {
            **asdict(self.case), "status": self.answer.status, "n": len(self.page.seconds), "p50_ms": page,
            "p95_ms": self.page.ms(0.95), "cpu_ms": round(1000 * self.cpu_seconds / len(self.page.seconds), 1),
            "queries": len(self.statements), "bytes": len(self.answer.body),
            "gzip_bytes": len(gzip.compress(self.answer.body, 6)), "main_query_ms": main_query,
            "all_queries_ms": self.all_queries.ms(0.5), "constant_ms": constant,
            "page_to_main_query": round(page / main_query, 1), "page_to_constant": round(page / constant, 1),
        }  # fmt: skip


def _ask(browser: Browser, path: str, series: Series) -> Answer:
    """Ask REQUESTS times, after a new connection and the warm-up; the last answer."""
    browser.reconnect()
    for _ in range(WARM_UP):
        browser.get(path)
    answers = [browser.get(path) for _ in range(REQUESTS)]
    series.seconds += [answer.seconds for answer in answers]
    return answers[-1]
