"""The world of every test: the cast in the database, the clock stopped on a working day of the round."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from dangjian.foundation import clock
from dangjian.people.organisation import Organisation
from tests import cast as cast_of_tests
from tests import remembered


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> None:
    """The cast is made once; each test sees it in a transaction of its own."""
    with django_db_blocker.unblock():
        cast_of_tests.assemble()


@pytest.fixture(autouse=True)
def _stopped_clock() -> Iterator[None]:
    with clock.fixed_at(cast_of_tests.A_WORKING_DAY):
        yield


@pytest.fixture(autouse=True)
def _evidence_of_this_test(settings: Any, tmp_path: Path) -> None:
    settings.EVIDENCE_ROOT = tmp_path / "evidence"
    settings.DOWNLOAD_ROOT = tmp_path / "downloads"
    settings.SIGNING_ROOT = tmp_path / "signing"


@pytest.fixture
def cast(db: None) -> cast_of_tests.Cast:
    """Organisations and people, in a transaction that the test's end takes back."""
    return cast_of_tests.find()


@pytest.fixture(autouse=True)
def _nothing_written_yet(request: pytest.FixtureRequest) -> Iterator[None]:
    """Where a test has the cast in a transaction of its own, what builders wrote before may be written again."""
    asked = set(request.fixturenames)
    if "cast" not in asked or "transactional_db" in asked:
        yield
        return
    request.getfixturevalue("db")
    with remembered.begun(request.getfixturevalue("monkeypatch")):
        yield


TRAIL = ("dangjian_auditentry", "dangjian_auditseal")


_DROPPED: list[str] = []


def _refuse_to_be_emptied(word: str) -> None:
    """A test that commits is followed by emptying every table, which is refused for the audit trail, as it should be."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            for table in TRAIL:
                cursor.execute(f"ALTER TABLE {table} {word} TRIGGER {table}_no_truncate")
            return
        while word == "ENABLE" and _DROPPED:
            cursor.execute(_DROPPED.pop())
        for table in TRAIL if word == "DISABLE" else ():
            cursor.execute("SELECT sql FROM sqlite_master WHERE name = %s", [f"{table}_no_delete"])
            _DROPPED.append(cursor.fetchone()[0])
            cursor.execute(f"DROP TRIGGER {table}_no_delete")


@pytest.fixture
def committed_cast(transactional_db: None) -> Iterator[cast_of_tests.Cast]:
    """The same for tests that commit: the one before has emptied the database, so the cast is made anew."""
    _refuse_to_be_emptied("ENABLE")
    if not Organisation.objects.exists():
        cast_of_tests.assemble()
    yield cast_of_tests.find()
    _refuse_to_be_emptied("DISABLE")
