"""Prints docs/clauses.md: every clause of the plan, and the tests that carry its mark."""

import contextlib
import io
import sys
from collections import defaultdict
from pathlib import Path

import pytest
from ruamel.yaml import YAML

CLAUSES = Path(__file__).with_name("clauses.yaml")
HEAD = """# 条款与测试

本页由 `make docs` 生成。要求见 `clauses.yaml`；测试以 `@pytest.mark.clause("S-24")` 注明所覆盖的条款。
类型：H 硬性，W 提醒，R 记录与支持，C 可配置，P 印在文书上。
"""


def clauses() -> dict[str, dict[str, dict[str, str]]]:
    """Part of the plan → id of the clause → its type and gist, in the order of the plan."""
    parts: dict[str, dict[str, dict[str, str]]] = YAML(typ="safe").load(CLAUSES)
    return parts


class Marks:
    """A plugin of pytest that notes which tests carry which clause."""

    def __init__(self) -> None:
        self.tests: dict[str, set[str]] = defaultdict(set)

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        for item in session.items:
            name = item.nodeid.partition("[")[0].removeprefix("tests/").replace(".py::", ": ")
            for mark in item.iter_markers("clause"):
                for clause in mark.args:
                    self.tests[clause].add(name)


def page(tests: dict[str, set[str]]) -> str:
    """The document, given the names of the tests of each clause."""
    parts = clauses()
    total = sum(len(part) for part in parts.values())
    covered = sum(bool(tests.get(clause)) for part in parts.values() for clause in part)
    lines = [HEAD, f"共 {total} 条，其中 {covered} 条已有测试。"]
    for title, part in parts.items():
        lines += ["", f"## {title}", "", "| 条款 | 类型 | 要点 | 测试 |", "|---|---|---|---|"]
        for clause, fact in part.items():
            names = "<br>".join(f"`{name}`" for name in sorted(tests.get(clause, ())))
            lines.append(f"| {clause} | {fact['type']} | {fact['gist']} | {names or '—'} |")
    return "\n".join(lines) + "\n"


def main() -> int:
    """Collect the marks, which also refuses unknown ones, and print the page."""
    marks = Marks()
    output = io.StringIO()
    with contextlib.redirect_stdout(output):
        status = pytest.main(["--collect-only", "-qq", "-p", "no:cacheprovider"], plugins=[marks])
    if status not in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED):
        print(output.getvalue(), file=sys.stderr)
        return 1
    sys.stdout.write(page(marks.tests))
    return 0


if __name__ == "__main__":
    sys.exit(main())
