"""The step that made brands of what was typed with highlights (migration 0033), there and back, with rows in the tables."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from dangjian.foundation import clock
from dangjian.projects.brand import Brand
from dangjian.projects.highlight import Highlight
from dangjian.projects.project import Project
from tests.cast import Cast, an_established

STEP = ("dangjian", "0033_brand")
BEFORE = ("dangjian", "0032_taking_over")


def _take_the_step(*, back: bool) -> None:
    """This step alone: no later one touches what it touches, and all of them would take long."""
    executor = MigrationExecutor(connection)
    executor.migrate([], plan=[(executor.loader.get_migration(*STEP), back)])


@pytest.fixture
def step_back(committed_cast: Cast) -> Iterator[Callable[[], Any]]:
    """Undoes the step and gives the tables as they were before; afterwards it is taken again, whatever a test does."""

    def undo() -> Any:
        _take_the_step(back=True)
        return MigrationExecutor(connection).loader.project_state([BEFORE]).apps

    yield undo
    if STEP not in MigrationExecutor(connection).loader.applied_migrations:
        _take_the_step(back=False)


def test_names_that_were_typed_become_brands_of_the_unit_and_are_typed_again_on_the_way_back(
    committed_cast: Cast, step_back: Callable[[], Any]
) -> None:
    people, places = committed_cast.people, committed_cast.places
    projects = [an_established(committed_cast, name=f"亮点{number}") for number in range(4)]
    brand = Brand.register(places.unit, name="红色能耗管家", since=2019, by=people.officer)
    for project, day in zip(projects, ("08-24", "08-25", "08-26", "08-27"), strict=True):
        with clock.fixed_at(f"2022-{day} 10:00"):
            Highlight.mark(
                project, reason="成效突出", by=people.officer, brand=brand if project == projects[0] else None
            )

    before = step_back().get_model("dangjian", "Highlight").objects.order_by("pk")
    assert [mark.brand for mark in before] == ["红色能耗管家", "", "", ""]
    pks = [mark.pk for mark in before]
    # As offices type: spaces, the same name again, one name at a unit above its own.
    before.filter(pk=pks[1]).update(brand=" 红色能耗管家 ", at="2020-12-31T17:00:00Z")
    before.filter(pk=pks[2]).update(brand="先锋  掌子面")
    Project.objects.filter(pk=projects[3].pk).update(unit=places.company)
    before.filter(pk=pks[3]).update(brand="红色能耗管家")

    _take_the_step(back=False)
    marks = Highlight.objects.select_related("brand").order_by("pk")
    made = [(mark.brand.name, mark.brand.place, mark.brand.since) for mark in marks if mark.brand]
    assert made == [
        # The first day it was typed was New Year's Day in Beijing.
        ("红色能耗管家", places.unit, 2021),
        ("红色能耗管家", places.unit, 2021),
        ("先锋 掌子面", places.unit, 2022),
        ("红色能耗管家", places.company, 2022),
    ]
    assert Brand.objects.count() == 3
    assert {(each.path, each.state, each.by) for each in Brand.objects.filter(place=places.unit)} == {
        (places.unit.path, "kept", people.officer)
    }
