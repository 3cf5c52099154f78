"""What is written again is what the verbs wrote, and the verbs run wherever the world may be another one."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, transaction
from django.db.models import Model
from django.test import Client

from dangjian.foundation import clock
from dangjian.people.organisation import Organisation
from dangjian.projects.project import Project
from tests import cast as builders
from tests import remembered
from tests.cast import Cast, a_draft, an_established

REMEMBERED = [
    name for name, one in vars(builders).items() if hasattr(one, "__wrapped__") and one.__module__ == builders.__name__
]


class _TakenBack(Exception):
    """Ends a block whose rows are not to stay."""


def all_rows() -> dict[str, list[dict[str, Any]]]:
    models = [one for one in apps.get_models(include_auto_created=True) if one._meta.managed and not one._meta.proxy]
    return {one._meta.db_table: list(one._base_manager.order_by("pk").values()) for one in models}


def taken_back(build: Callable[[], Model]) -> tuple[dict[str, Any], dict[str, list[dict[str, Any]]]]:
    """What ``build`` returned and all rows after it; the world is then as it was before."""
    world = remembered._world
    assert world
    before = (world.calls, world.known)
    try:
        with transaction.atomic():
            made = build()
            fields = {name: value for name, value in made.__dict__.items() if not name.startswith("_")}
            found = fields | {"class": type(made)}, all_rows()
            raise _TakenBack
    except _TakenBack:
        world.calls, world.known = before
    return found


def asks(build: Callable[[], Model]) -> int:
    """How many questions a builder asks the database: the verbs ask many, what is written again only for the row."""
    seen: list[str] = []

    def watch(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        seen.append(sql)
        return execute(sql, *rest)

    with connection.execute_wrapper(watch):
        build()
    return sum(sql.startswith("SELECT") and "setval" not in sql for sql in seen)


def test_what_is_remembered() -> None:
    assert REMEMBERED == [
        "a_draft", "an_agreed_draft", "a_submitted", "a_screened", "an_established", "a_plan", "a_handed_in_plan",
        "an_approved_plan", "a_letter", "a_filing",
    ]  # fmt: skip


@pytest.fixture
def forgotten() -> Iterator[None]:
    """Nothing is remembered yet, and nothing of this test is afterwards."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(remembered, "_rows_of", {})
        yield


@pytest.mark.parametrize("name", REMEMBERED)
def test_every_table_is_as_the_verbs_left_it(cast: Cast, forgotten: None, name: str, settings: Any) -> None:
    build = getattr(builders, name)
    made, by_verbs = taken_back(lambda: build(cast))
    same, again = taken_back(lambda: build(cast))
    assert again == by_verbs
    assert same == made
    assert asks(lambda: build(cast)) == 1
    assert not list(Path(settings.EVIDENCE_ROOT).rglob("*"))


def test_what_the_test_writes_after_it_is_not_remembered(cast: Cast, forgotten: None) -> None:
    def and_more() -> Project:
        project = a_draft(cast)
        Organisation.objects.filter(pk=cast.places.unit.pk).update(full_name="改后的名称")
        return project

    taken_back(and_more)
    a_draft(cast)
    assert not Organisation.objects.filter(full_name="改后的名称").exists()


def test_one_after_the_other(cast: Cast, forgotten: None) -> None:
    def both() -> Project:
        an_established(cast)
        return a_draft(cast, name="第二个项目")

    assert taken_back(both)[1] == taken_back(both)[1]
    assert asks(both) == 2
    assert asks(lambda: a_draft(cast, name="第三个项目")) > 5


def test_who_is_signed_in_makes_no_other_world(cast: Cast, forgotten: None) -> None:
    taken_back(lambda: a_draft(cast))
    Client().force_login(cast.people.officer.account, backend="django.contrib.auth.backends.ModelBackend")
    assert asks(lambda: a_draft(cast)) == 1


def test_what_was_taken_back_makes_another_world(cast: Cast, forgotten: None) -> None:
    with suppress(_TakenBack), transaction.atomic():
        a_draft(cast)
        raise _TakenBack
    assert asks(lambda: a_draft(cast)) > 5
    assert Project.objects.count() == 1


def test_rows_of_a_whole_module_make_another_world(cast: Cast, forgotten: None) -> None:
    """As where a fixture of the module made projects before the first of its tests began."""
    taken_back(lambda: a_draft(cast))
    a_draft(cast, name="项目在先")
    with pytest.MonkeyPatch.context() as patch, remembered.begun(patch):
        assert asks(lambda: a_draft(cast)) > 5


@pytest.mark.parametrize("other", ["rows", "rule", "setting", "day", "facts"])
def test_in_another_world_the_verbs_run(
    cast: Cast, forgotten: None, other: str, monkeypatch: Any, settings: Any
) -> None:
    taken_back(lambda: a_draft(cast))
    match other:
        case "rows":
            Organisation.objects.filter(pk=cast.places.branch.pk).update(under_seven=True)
        case "rule":
            monkeypatch.setattr(Project, "rules", Project.rules)
        case "setting":
            settings.DATA_UPLOAD_MAX_NUMBER_FIELDS = 9000
    facts = {"problem": "另一个问题"} if other == "facts" else {}
    with clock.fixed_at("2022-08-25 10:00" if other == "day" else clock.now()):
        assert asks(lambda: a_draft(cast, **facts)) > 5
