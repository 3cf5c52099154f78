"""House rules of the code: names, sizes, tables and documents that must agree with each other."""

import ast
import importlib
import pkgutil
import re
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import TypeGuard

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db.models import Model

import dangjian
from dangjian import models
from dangjian.foundation.lifecycle import SAME, Stateful, nothing_unmet
from dangjian.foundation.window import Phase
from dangjian.management.commands import lifecycle_doc
from dangjian.people.access import Ability, Role
from dangjian.people.organisation import Kind
from dangjian.programmes.approval import Step
from dangjian.programmes.scheme import read, source_plan_text
from dangjian.projects.handled import AT_STEP, Handled
from dangjian.projects.resolution import Resolution

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "dangjian"
FILES = [path for path in sorted(PACKAGE.rglob("*.py")) if "migrations" not in path.parts and path.stat().st_size]
NAMES = [str(path.relative_to(ROOT)) for path in FILES]
MODELS = [model for model in apps.get_models() if model.__module__.startswith("dangjian.")]
NOUNS = [model for model in MODELS if issubclass(model, Stateful)]

DRAWERS = {"utils", "util", "helpers", "helper", "services", "service", "common", "base", "misc", "managers", "mixins"}
MOST_LINES = 400


@cache
def trees() -> dict[str, ast.Module]:
    """Every file of the package, parsed once, and only where these tests run."""
    return {name: ast.parse(path.read_text(encoding="utf-8")) for name, path in zip(NAMES, FILES, strict=True)}


def calls(tree: ast.AST) -> Iterator[str]:
    """What is called, as far as it can be read: ``datetime.now``, ``django.utils.timezone.now``."""
    return (ast.unparse(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call))


def imports(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""


# Files


@pytest.mark.parametrize("path", FILES, ids=str)
def test_no_file_is_longer_than_one_can_keep_in_mind(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= MOST_LINES


@pytest.mark.parametrize("name", NAMES)
def test_every_file_says_what_it_is_about(name: str) -> None:
    tree = trees()[name]
    assert isinstance(tree, ast.Module)
    assert (ast.get_docstring(tree) or "").strip(), f"{name} has no docstring"


def test_there_are_no_drawers() -> None:
    folders = {path for path in PACKAGE.rglob("*") if path.is_dir()}
    assert not [path for path in [*FILES, *folders] if path.stem in DRAWERS]


def test_the_clock_is_the_only_source_of_now() -> None:
    now = re.compile(r"\b(datetime|timezone)\.(now|utcnow)$|\bdate(time)?\.today$|\btime\.time$|\b(Now|localtime)$")
    told = [f"{name}: {call}" for name, tree in trees().items() for call in calls(tree) if now.search(call)]
    assert {line.partition(":")[0] for line in told} == {"dangjian/foundation/clock.py"}


def test_no_column_takes_the_time_by_itself() -> None:
    fields = [field for model in MODELS for field in model._meta.get_fields()]
    assert not [field for field in fields if getattr(field, "auto_now", False) or getattr(field, "auto_now_add", False)]


def test_the_product_knows_nothing_of_its_tests() -> None:
    tools = {"tests", "pytest", "hypothesis", "unittest"}
    assert not [name for name, tree in trees().items() for module in imports(tree) if module.split(".")[0] in tools]


# Tables


def test_every_table_is_in_the_index_and_nothing_else() -> None:
    for module in pkgutil.walk_packages(dangjian.__path__, "dangjian."):
        importlib.import_module(module.name)
    known = {model for model in apps.get_models() if model.__module__.startswith("dangjian.")}
    assert {model.__name__ for model in known} == set(models.__all__)
    assert {getattr(models, name) for name in models.__all__} == known
    assert sorted(models.__all__) == models.__all__


@pytest.mark.parametrize("model", MODELS)
def test_every_table_and_column_has_a_chinese_name(model: type[Model]) -> None:
    nameless = [
        field.name
        for field in model._meta.fields
        if not field.primary_key and not re.search(r"[一-鿿]", str(field.verbose_name))
    ]
    assert re.search(r"[一-鿿]", str(model._meta.verbose_name))
    assert nameless == []


@pytest.mark.django_db
def test_the_migrations_say_what_the_tables_say(capsys: pytest.CaptureFixture[str]) -> None:
    try:
        call_command("makemigrations", check_changes=True, dry_run=True)
    except SystemExit:
        pytest.fail(f"run makemigrations: {capsys.readouterr().out}")


# What pages reach without asking who asks, each with the reason why that is right.
REACHED_OTHERWISE = {
    "Attachment": "through the noun that it hangs on, which is asked for first",
    "InternalDate": "only at places where one may see projects, and those that bind oneself",
    "MoveLog": "one's own moves",
    "Organisation": "to choose from, where one holds a right",
    "Person": "to choose from, of one branch or with one right",
    "WindowException": "only at places where one may see projects, and those that bind oneself",
}


def reached_from_pages() -> Iterator[tuple[str, str, str]]:
    """File, table and the first question put to it, for each table that a page turns to."""
    for name, tree in trees().items():
        if not name.startswith(("dangjian/web/", "dangjian/api/", "dangjian/overview/todo", "dangjian/overview/box")):
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute) and _is_manager(node.value):
                yield name, ast.unparse(node.value.value), node.attr
            elif isinstance(node, ast.Call) and _calls(node, "get_object_or_404"):
                first = ast.unparse(node.args[0])
                if first in models.__all__:
                    yield name, first, "get_object_or_404"


def _is_manager(node: ast.expr) -> TypeGuard[ast.Attribute]:
    return isinstance(node, ast.Attribute) and node.attr == "objects" and isinstance(node.value, ast.Name)


def _calls(node: ast.Call, name: str) -> bool:
    return isinstance(node.func, ast.Name) and node.func.id == name


def test_pages_ask_who_may_see_before_they_show() -> None:
    reached = list(reached_from_pages())
    assert ("dangjian/web/views/projects.py", "Project", "visible_to") in reached
    blind = [(name, noun) for name, noun, asked in reached if asked not in ("visible_to", "none")]
    assert [way for way in blind if way[1] not in REACHED_OTHERWISE] == []
    assert {noun for _, noun in blind} >= set(REACHED_OTHERWISE)


# Who acted

HANDS = {
    field.name
    for model in MODELS
    for field in model._meta.fields
    if field.related_model is models.Person and re.search(r"(^|_)by$", field.name)
}
"""The columns that say who did something."""

# Where the bare name is right, each with the reason: nobody can stand in for whoever acts there.
ACTS_ALONE = {
    ("dangjian/agreements/custody.py", "self.received_by"): "a name as it is typed, of whoever fetched a copy",
    ("dangjian/agreements/confirmation.py", "by.name"): "each side is confirmed by its secretary in person",
    ("dangjian/people/delegation.py", "by.name"): "what was delegated is not delegated on",
    ("dangjian/web/views/delegations.py", "each.ended_by.name"): "by whoever gave it, or the security administrator",
    ("dangjian/web/views/restructurings.py", "change.by.name"): "administrators' rights are never delegated",
    ("dangjian/web/display.py", "about.by.name"): "a restructuring, as above",
}


def bare_hands(tree: ast.AST) -> Iterator[str]:
    """Where the name of whoever acted is said without whose right it was."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr == "name" and _is_hand(node.value):
            yield ast.unparse(node)
        elif isinstance(node, ast.FormattedValue) and _is_hand(node.value):
            yield ast.unparse(node.value)
        elif isinstance(node, ast.Call) and _calls(node, "str") and any(map(_is_hand, node.args)):
            yield ast.unparse(node)


def _is_hand(node: ast.expr) -> bool:
    # ``by`` alone is what a verb or a page calls a person; a text of a dictionary it would never ask for its name.
    return (isinstance(node, ast.Name) and node.id == "by") or (isinstance(node, ast.Attribute) and node.attr in HANDS)


def bare_hands_of_page(template: str) -> list[str]:
    hands = "|".join(sorted(HANDS - {"by"}))
    return re.findall(rf"\{{\{{[^}}]*?(\w+\.by\.name|\b(?:{hands})(?:\.name)?)\b[^}}]*\}}\}}", template)


def test_whoever_acts_by_a_delegated_right_is_named_with_whose_right_it_is() -> None:
    assert {"by", "edited_by", "made_by", "filled_by"} <= HANDS
    assert list(bare_hands(ast.parse('f"{plan.edited_by.name}保存"'))) == ["plan.edited_by.name"]
    assert set(bare_hands(ast.parse('f"{letter.made_by}制作" + str(x.by)'))) == {"letter.made_by", "str(x.by)"}
    assert bare_hands_of_page("{{ plan.edited_by }}{{ a.by.name }}{{ row.by }}") == ["edited_by", "a.by.name"]
    found = {(name, said) for name, tree in trees().items() for said in bare_hands(tree)}
    found.discard(("dangjian/foundation/hand.py", "by.name"))
    assert found == set(ACTS_ALONE)
    pages = sorted(PACKAGE.rglob("*.html"))
    assert len(pages) > 100
    assert [(page.name, said) for page in pages for said in bare_hands_of_page(page.read_text(encoding="utf-8"))] == []


@pytest.mark.parametrize("model", [model for model in MODELS if hasattr(model, "path") and hasattr(model, "objects")])
def test_whatever_has_a_place_in_the_tree_knows_who_may_see_it(model: type[Model]) -> None:
    # The audit trail keeps the place for its administrator; no page lists it by place.
    assert model is models.AuditEntry or hasattr(model._default_manager.all(), "visible_to")


# Moves


@pytest.mark.parametrize("noun", NOUNS)
def test_every_move_is_a_verb_or_a_decision_of_its_noun(noun: type[Stateful]) -> None:
    decisions = getattr(sys.modules[noun.__module__], "DECISIONS", {}).values()
    names = [move.name for move in noun.moves]
    assert sorted(set(names)) == sorted(names)
    assert [name for name in names if name not in decisions and not callable(getattr(noun, name, None))] == []
    assert set(decisions) <= set(names)


@pytest.mark.parametrize("noun", NOUNS)
def test_every_move_leads_from_state_to_state_by_a_right_that_exists(noun: type[Stateful]) -> None:
    states = set(dict(noun._meta.get_field("state").flatchoices))
    at_step = AT_STEP if issubclass(noun, Handled) else ""
    for move in noun.moves:
        assert {*move.sources, move.target} <= states | {SAME}
        assert move.ability in {*Ability.values, at_step, ""}
        assert all(re.fullmatch(r"S-\d{2,3}", clause) for clause in move.clause.split())


# The glossary


def glossary() -> dict[str, dict[str, str]]:
    """Section → identifier → Chinese."""
    sections: dict[str, dict[str, str]] = {}
    section = ""
    for line in (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            section = line.lstrip("# ")
            sections[section] = {}
        elif found := re.fullmatch(r"\| (.+?) \| `(\w+)` \| (.+。) \|", line):
            chinese, identifier, _ = found.groups()
            assert identifier not in sections[section], f"{identifier} stands twice under {section}"
            assert chinese not in sections[section].values(), f"{chinese} stands twice under {section}"
            sections[section][identifier] = chinese
        else:
            assert not line.startswith("|") or line in ("| 中文 | 标识符 | 说明 |", "|---|---|---|"), line
    return sections


def test_every_table_is_in_the_glossary_under_its_own_name() -> None:
    known = {identifier: chinese for section in glossary().values() for identifier, chinese in section.items()}
    missing = [name for name in models.__all__ if name not in known]
    assert missing == []
    named = {name: str(getattr(models, name)._meta.verbose_name) for name in models.__all__}
    assert {name: known[name].partition("（")[0] for name in models.__all__} == named


def test_every_role_right_state_and_decision_is_in_the_glossary() -> None:
    sections = glossary()
    assert sections["任职"] == dict(Role.choices)
    assert set(Ability.choices) <= set(sections["权限"].items())
    assert set(Kind.choices) <= set(sections["党组织和人员"].items())
    assert sections["项目状态"] == dict(models.Project._meta.get_field("state").flatchoices)
    assert sections["审批环节状态"] == dict(Step.State.choices)
    assert set(Phase) <= set(sections["方案和批次"])
    decisions = {decision.code: decision.label for decision in read(source_plan_text()).approvals.decisions}
    assert sections["决定"] == decisions
    assert set(Resolution.Decision.choices) <= set(decisions.items())


@pytest.mark.parametrize("noun", NOUNS)
def test_every_move_is_in_the_glossary(noun: type[Stateful]) -> None:
    moves, decisions = glossary()["动作"], getattr(sys.modules[noun.__module__], "DECISIONS", {})
    assert [move.label for move in noun.moves if moves.get(move.name) != move.label] == []
    assert set(decisions) <= set(glossary()["决定"])


def test_every_identifier_of_the_glossary_exists() -> None:
    words = {word for path in FILES for word in re.findall(r"\w+", path.read_text(encoding="utf-8"))}
    gone = [name for section in glossary().values() for name in section if name not in words]
    assert [name for name in gone if not (PACKAGE / "overview" / f"{name}.py").exists()] == []


# The generated page


def test_the_page_of_moves_and_rights_is_current() -> None:
    page = ROOT / "docs" / "lifecycle.md"
    assert page.read_text(encoding="utf-8") == lifecycle_doc.page(), "run make docs"


@pytest.mark.parametrize("noun", NOUNS)
def test_the_page_tells_in_chinese_what_a_move_asks_for(noun: type[Stateful]) -> None:
    asked = [lifecycle_doc.asked(move.unmet).removeprefix("不满足时提示：") for move in noun.moves]
    named = [move.unmet.__name__ for move in noun.moves if move.unmet is not nothing_unmet]
    assert len([words for words in asked if re.search(r"[\u4e00-\u9fff]{4}", words)]) == len(named), named


@pytest.mark.parametrize("noun", NOUNS)
def test_the_page_tells_every_move_with_who_may(noun: type[Stateful]) -> None:
    rows = [line for line in lifecycle_doc.page().splitlines() if line.startswith("|")]
    for move in noun.moves:
        row = next(line for line in rows if line.startswith(f"| {move.label} "))
        assert row.count(" | ") == 5
        assert all(clause in row for clause in move.clause.split())
        who = ["当前环节办理人", *(role.label for role in Role)] if move.ability else ["由系统办理"]
        assert any(name in row for name in who)
