"""House rules of pages and words: no stray template, nothing inline, and the words that the plan's people use."""

import ast
import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest
from django.template import engines

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "dangjian"
PAGES = PACKAGE / "web" / "templates"
TEMPLATES = {str(path.relative_to(PAGES)): path.read_text(encoding="utf-8") for path in sorted(PAGES.rglob("*.html"))}
CODE = {
    str(path.relative_to(ROOT)): path.read_text(encoding="utf-8")
    for path in sorted(PACKAGE.rglob("*.py"))
    if "migrations" not in path.parts
}
TOLD_BY_STATUS = {"403.html", "404.html", "500.html"}  # Django finds them by the status of the answer

HAN = "一-鿿〇"
FILLED_IN = "\ue000"  # stands for whatever a template or an f-string puts there


def without_comments(template: str) -> str:
    return re.sub(r"\{% comment.*?%\}.*?\{% endcomment %\}|\{#.*?#\}", "", template, flags=re.S)


# Templates


def test_every_template_is_used() -> None:
    literals = {
        node.value.partition("#")[0]
        for text in CODE.values()
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    named = {
        name
        for text in TEMPLATES.values()
        for name in re.findall(r'\{% (?:extends|include) "([^"#]+)', without_comments(text))
    }
    assert sorted(set(TEMPLATES) - literals - named - TOLD_BY_STATUS) == []


INLINE = {
    "a style element": r"<style\b",
    "a style attribute": r"\sstyle\s*=",
    "a script of its own": r"<script\b(?![^>]*\bsrc=)",
    "a handler": r"\s(?:on\w+|hx-on[:\w-]*)\s*=",
    "a javascript address": r"javascript:",
}


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_template_has_nothing_inline(name: str) -> None:
    assert [what for what, shape in INLINE.items() if re.search(shape, TEMPLATES[name], re.IGNORECASE)] == []


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_template_loads_only_what_it_uses(name: str) -> None:
    text = without_comments(TEMPLATES[name])
    loaded = [library for names in re.findall(r"\{% load ([^%]+) %\}", text) for library in names.split()]
    known = engines["django"].engine.libraries
    unused = []
    for library in loaded:
        register = import_module(known[library]).register
        tags = any(re.search(rf"\{{%-?\s*{tag}\b", text) for tag in register.tags)
        filters = any(re.search(rf"\|\s*{each}\b", text) for each in register.filters)
        unused += [] if tags or filters else [library]
    assert unused == []


# Words

NOT_OUR_WORDS = ("驳回", "打卡", "积分", "排行", "签到")


def test_words_that_burden_or_belittle_are_nowhere() -> None:
    kinds = {".py", ".html", ".js", ".css", ".yaml", ".typ"}
    files = [path for path in PACKAGE.rglob("*") if path.suffix in kinds]
    found = {str(path): word for path in files for word in NOT_OUR_WORDS if word in path.read_text(encoding="utf-8")}
    assert found == {}


HALF_WIDTH = re.compile(rf"[{HAN}][,:;?!](?=[{HAN}{FILLED_IN}])|{FILLED_IN}[,:;?!](?=[{HAN}])")


def told(text: str) -> list[str]:
    """Each half-width mark between 汉字, with a little of what stands around it."""
    return [text[max(found.start() - 6, 0) : found.end() + 6] for found in HALF_WIDTH.finditer(text)]


def user_texts(code: str) -> Iterator[tuple[int, str]]:
    """Line and text of every string that is neither docstring nor pattern; what an f-string fills in counts as one character."""
    tree = ast.parse(code)
    skipped: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and ast.get_docstring(node):
            skipped.add(id(node.body[0].value))  # type: ignore[attr-defined]
        elif isinstance(node, ast.Call) and ast.unparse(node.func).startswith("re."):
            skipped |= {id(part) for part in ast.walk(node)}
        elif isinstance(node, ast.JoinedStr) and id(node) not in skipped:
            skipped |= {id(part) for part in node.values}
            yield (
                node.lineno,
                "".join(str(part.value) if isinstance(part, ast.Constant) else FILLED_IN for part in node.values),
            )
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in skipped:
            yield node.lineno, node.value


def test_messages_use_full_width_punctuation() -> None:
    faults = [
        f"{name}:{line} {around}"
        for name, code in CODE.items()
        for line, text in user_texts(code)
        for around in told(text)
    ]
    assert faults == []


@pytest.mark.parametrize("name", TEMPLATES)
def test_pages_use_full_width_punctuation(name: str) -> None:
    text = re.sub(r"\{\{.*?\}\}", FILLED_IN, without_comments(TEMPLATES[name]))
    assert told(text) == []


def test_the_rule_of_punctuation_tells_half_width_from_full() -> None:
    assert told("已截止,请联系") == ["已截止,请联系"]
    assert told(f"筛选:{FILLED_IN}") == [f"筛选:{FILLED_IN}"]
    assert told(f"{FILLED_IN}?确定") == [f"{FILLED_IN}?确定"]
    assert told("已截止，请联系：A:B，8:30，3,000，S-17 a,b") == []
