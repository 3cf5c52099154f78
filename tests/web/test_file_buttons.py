"""A button whose answer is a file says so (``data-download``): the page stays, and must not wait for a page to come."""

import ast
import inspect
import re
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from django.urls import get_resolver

from dangjian.web import views
from tests.test_house_wording import TEMPLATES

SENDS = {"attached", "drawn", "FileResponse", "content_disposition_header"}
"""What puts a file into an answer."""

# Pages whose own form answers now with a page and now with a file, by the button pressed.
MIXED = {
    "intake": ("intake/lines.html", 'name="act" value="problems"'),
    "requested-table": ("overview/requested_table.html", 'name="fill"'),
    "roster": ("people/roster.html", 'name="act" value="standing"'),
}


@cache
def called_in(module: str) -> dict[str, set[str]]:
    """By each function of a module, what it calls."""
    tree = ast.parse(Path(module).read_text(encoding="utf-8"))
    functions = [node for node in tree.body if isinstance(node, ast.FunctionDef)]
    return {
        function.name: {ast.unparse(node.func) for node in ast.walk(function) if isinstance(node, ast.Call)}
        for function in functions
    }


def sends_a_file(view: Callable[..., Any]) -> bool:
    """Whether it, or what it calls in its own module, answers with one."""
    calls, seen, waiting = called_in(inspect.getfile(view)), set[str](), [view.__name__]
    while waiting:
        name = waiting.pop()
        seen.add(name)
        waiting += calls.get(name, set()) - seen
    return bool(seen & SENDS)


def answering_a_post_with_a_file() -> Iterator[str]:
    """The name of each such URL."""
    for pattern in get_resolver("dangjian.web.urls").url_patterns:
        view = inspect.unwrap(getattr(pattern, "callback", None) or views)
        if inspect.isfunction(view) and sends_a_file(view):
            decorators = inspect.getsource(view).split("def ", 1)[0]
            if "require_GET" not in decorators and "require_safe" not in decorators:
                yield pattern.name


def buttons_to(name: str) -> Iterator[str]:
    """Every button that posts to the URL: through the address of its form, or by one of its own."""
    for text in TEMPLATES.values():
        address = rf"""\{{%\s*url ["']{name}["']"""
        kept = re.findall(rf"{address}[^%]*? as (\w+) %\}}", text)
        to_it = re.compile("|".join([address, *(rf"\{{\{{\s*{word}\s*\}}\}}" for word in kept)]))
        for form in re.findall(r'<form[^>]*method="post".*?</form>', text, re.DOTALL):
            opening, *buttons = re.findall(r"<(?:form|button)\b(?:{%.*?%}|{{.*?}}|[^>])*>", form)
            for button in buttons:
                if to_it.search(button) or ("formaction" not in button and to_it.search(opening)):
                    yield button


def test_every_button_whose_answer_is_a_file_says_so() -> None:
    found = set(answering_a_post_with_a_file())
    assert {"unit-binder", "filing-company-paper", "project-export", "brand-export", "ceremony-paper"} <= found
    for name in found - set(MIXED):
        buttons = list(buttons_to(name))
        assert buttons, f"no button posts to {name}"
        assert [button for button in buttons if "data-download" not in button] == []


@pytest.mark.parametrize("name", MIXED)
def test_a_form_that_answers_with_a_page_or_a_file_marks_the_button_for_the_file(name: str) -> None:
    assert name in set(answering_a_post_with_a_file())
    template, said = MIXED[name]
    buttons = [button for button in re.findall(r"<button\b[^>]*>", TEMPLATES[template]) if said in button]
    assert buttons
    assert all("data-download" in button for button in buttons)
