"""The world of every test: the cast in the database, the clock stopped on a working day of the round."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from dangjian.foundation import clock
from dangjian.people.organisation import Organisation
from tests import cast as cast_of_tests


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


TRAIL = ("dangjian_auditentry", "dangjian_auditseal")


def _refuse_to_be_emptied(word: str) -> None:
    """A test that commits is followed by TRUNCATE, which PostgreSQL refuses for the audit trail, as it should."""
    with connection.cursor() as cursor:
        for table in TRAIL if connection.vendor == "postgresql" else ():
            cursor.execute(f"ALTER TABLE {table} {word} TRIGGER {table}_no_truncate")


@pytest.fixture
def committed_cast(transactional_db: None) -> Iterator[cast_of_tests.Cast]:
    """The same for tests that commit: the one before has emptied the database, so the cast is made anew."""
    _refuse_to_be_emptied("ENABLE")
    if not Organisation.objects.exists():
        cast_of_tests.assemble()
    yield cast_of_tests.find()
    _refuse_to_be_emptied("DISABLE")
