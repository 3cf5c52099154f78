"""``python -m bench.moving``: how long a move of 2,000 organisations with 10,000 projects takes, beside its bare SQL.

The worst case: everything below the company hangs under one superior and moves to another 本单位, so that every project
under way changes hands. Run by hand, on SQLite and on PostgreSQL; the numbers stand in docs/decisions/0017.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import django

if TYPE_CHECKING:
    from dangjian.people.organisation import Organisation
    from dangjian.people.person import Person

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dangjian.settings")

ORGANISATIONS = 2_000


def main() -> int:
    from setup import postgres

    with tempfile.TemporaryDirectory(prefix="dangjian-bench-") as name:
        _in_a_process_of_its_own(f"sqlite:///{name}/bench.sqlite3", name)
        try:
            with postgres.server() as url:
                _in_a_process_of_its_own(url, name)
        except postgres.NoServer as missing:
            print(f"没有在 PostgreSQL 上测量：{missing}", flush=True)
    return 0


def _in_a_process_of_its_own(url: str, folder: str) -> None:
    env = {**os.environ, "DATABASE_URL": url, "DANGJIAN_VAR": folder}
    command = [sys.executable, "-m", "bench.moving", "--here"]
    subprocess.run(command, cwd=Path(__file__).parent.parent, env=env, check=True, timeout=600)


def measure() -> None:
    """Make the data set in DATABASE_URL, move it, and print one line."""
    django.setup()
    from django.core.management import call_command
    from django.db import connection

    from bench import dataset
    from dangjian.people.access import setting_up
    from dangjian.people.organisation import Organisation
    from dangjian.projects.project import Project
    from dangjian.projects.restructuring import Restructuring, carry_out_waiting

    call_command("migrate", verbosity=0)
    dataset.build()
    with setting_up():
        admin, moved, target = _arranged()
    change = Restructuring.move_to(moved, parent=target, reason="测量", by=admin)
    assert change.state == "queued"
    old = moved.path
    seconds = _seconds(carry_out_waiting)
    change = change.reload()
    assert change.state == "done", change.log().last().opinion  # type: ignore[union-attr]
    followed = Project.objects.filter(unit=target).count()
    bare = _seconds(lambda: _bare(change.path, old, target.pk))
    organisations, projects = Organisation.objects.in_unit(moved).count(), Project.objects.count()
    print(
        f"{connection.vendor}: {organisations} organisations, {projects} projects of which {followed} changed hands: "
        f"{seconds:.2f} s, bare SQL {bare:.2f} s, ratio {seconds / bare:.1f}",
        flush=True,
    )


def _arranged() -> tuple[Person, Organisation, Organisation]:
    """Everything hangs under one superior that may not establish; who moves it, and to where."""
    from dangjian.people.access import Role
    from dangjian.people.organisation import Kind, Organisation
    from dangjian.people.person import Person
    from dangjian.programmes.approval import Step
    from dangjian.projects.project import Project

    top = Organisation.objects.get(parent=None)
    moved = Organisation.found(
        parent=top, by=None, kind=Kind.COMMITTEE, full_name="中共测量一局党委", short_name="测量一局党委"
    )
    target = Organisation.found(
        parent=top,
        by=None,
        kind=Kind.COMMITTEE,
        full_name="中共测量二局党委",
        short_name="测量二局党委",
        may_establish=True,
    )
    units = list(Organisation.objects.filter(parent=top).exclude(pk__in=[moved.pk, target.pk]))
    for unit in units:
        unit.move_to(moved, by=None)
    for number in range(ORGANISATIONS - Organisation.objects.count() + 2):
        parent = units[number % len(units)]
        Organisation.found(
            parent=parent, by=None, kind=Kind.BRANCH, full_name=f"测量{number}支部", short_name=f"测量{number}支部"
        )
    Organisation.objects.filter(pk__in=[unit.pk for unit in units]).update(may_establish=False)
    Project.objects.update(unit=top)
    Step.objects.filter(organisation__in=units).update(organisation=top)
    admin = Person.enrol(name="测量员", organisation=top, by=None)
    admin.appoint(Role.SYSTEM_ADMIN, organisation=top, by=None, with_subtree=True)
    return admin, Organisation.objects.get(pk=moved.pk), target


def _bare(path: str, old: str, unit: int) -> None:
    """The same rows, moved back by the least SQL there can be: one statement for each table, no log."""
    from django.apps import apps
    from django.db import connection, transaction

    from dangjian.people.scope import PathField, path_end

    with transaction.atomic(), connection.cursor() as cursor:
        for table in apps.get_app_config("dangjian").get_models():
            if any(field.name == "path" and isinstance(field, PathField) for field in table._meta.fields):
                cursor.execute(
                    f"UPDATE {table._meta.db_table} SET path = %s || substr(path, %s) WHERE path >= %s AND path < %s",
                    [old, len(path) + 1, path, path_end(path)],
                )
        cursor.execute("UPDATE dangjian_project SET unit_id = unit_id WHERE unit_id = %s", [unit])
        cursor.execute("UPDATE dangjian_step SET organisation_id = organisation_id WHERE organisation_id = %s", [unit])


def _seconds(act: Callable[[], object]) -> float:
    start = time.perf_counter()
    act()
    return time.perf_counter() - start


if __name__ == "__main__":
    if "--here" in sys.argv:
        measure()
    else:
        sys.exit(main())
