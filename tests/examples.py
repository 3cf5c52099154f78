"""Rules proved by example upon example: how hypothesis and the database of a test live together."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction
from hypothesis import HealthCheck, settings

# The examples share one database and one cast; each takes back what it wrote.
IN_ONE_DATABASE = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


@contextmanager
def taken_back() -> Iterator[None]:
    """Let the block write, then undo it all."""
    with transaction.atomic():
        try:
            yield
        finally:
            transaction.set_rollback(True)
