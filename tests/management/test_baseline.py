"""The first 45 migrations are three now: a database that has all of them is taken as it is, one in their midst is told."""

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from dangjian.management.commands.migrate import REMEDY

BASELINE = [("dangjian", "0043_tables"), ("dangjian", "0044_guards"), ("dangjian", "0045_pairs")]


@pytest.mark.django_db
def test_a_database_that_has_them_all_is_taken_as_migrated() -> None:
    recorder = MigrationRecorder(connection)
    for key in BASELINE:
        recorder.record_unapplied(*key)

    call_command("migrate", verbosity=0)

    assert set(BASELINE) <= set(recorder.applied_migrations())
    replaced = [MigrationLoader(connection).disk_migrations[key].replaces for key in BASELINE]
    assert [len(each) for each in replaced] == [41, 3, 1]


@pytest.mark.django_db
def test_a_database_in_their_midst_is_told_what_to_do() -> None:
    recorder = MigrationRecorder(connection)
    for key in [*BASELINE, ("dangjian", "0045_first_filings")]:
        recorder.record_unapplied(*key)

    with pytest.raises(CommandError) as refusal:
        call_command("migrate", verbosity=0)

    assert str(refusal.value) == REMEDY
