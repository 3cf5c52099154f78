"""Prints docs/clauses.md: every clause of the plan, and the tests that carry its mark."""

import ast
import sys
from collections import defaultdict
from pathlib import Path

from ruamel.yaml import YAML

CLAUSES = Path(__file__).with_name("clauses.yaml")
TESTS = CLAUSES.parent.parent / "tests"
HEAD = """# 条款与测试

本页由 `make docs` 生成。要求见 `clauses.yaml`；测试以 `@pytest.mark.clause("S-24")` 注明所覆盖的条款。
类型：H 硬性，W 提醒，R 记录与支持，C 可配置，P 印在文书上。
"""


def clauses() -> dict[str, dict[str, dict[str, str]]]:
    """Part of the plan → id of the clause → its type and gist, in the order of the plan."""
    parts: dict[str, dict[str, dict[str, str]]] = YAML(typ="safe").load(CLAUSES)
    return parts


def marks() -> dict[str, set[str]]:
    """Clause → the tests that carry its mark, read from their files: pytest would import all of them, which takes long."""
    tests: dict[str, set[str]] = defaultdict(set)
    for file in sorted(TESTS.rglob("test_*.py")):
        tree = ast.parse(file.read_text(encoding="utf-8"))
        of_all = [clause for node in tree.body if _is_mark_of_file(node) for clause in _marked(node)]
        for test in tree.body:
            if isinstance(test, ast.FunctionDef) and test.name.startswith("test_"):
                for clause in {*of_all, *(clause for each in test.decorator_list for clause in _marked(each))}:
                    tests[clause].add(f"{file.relative_to(TESTS).with_suffix('')}: {test.name}")
    return tests


def _is_mark_of_file(node: ast.stmt) -> bool:
    return isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "pytestmark"


def _marked(node: ast.AST) -> list[str]:
    """The clauses of each ``pytest.mark.clause(…)`` in a piece of code."""
    calls = [each for each in ast.walk(node) if isinstance(each, ast.Call)]
    named = [call for call in calls if ast.unparse(call.func) == "pytest.mark.clause"]
    return [ast.literal_eval(word) for call in named for word in call.args]


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


def main() -> None:
    """Print the page; a mark of a clause that is not there is refused by the tests themselves (tests/conftest.py)."""
    sys.stdout.write(page(marks()))


if __name__ == "__main__":
    main()
