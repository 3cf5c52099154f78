"""What a builder of the cast wrote to the database, written again in the tests after.

Most tests begin by taking a project through its first verbs, each with its rules, letters and records: for the same
call in the same world always the same rows. The first test that asks runs the verbs; those after it replay the
statements that wrote. Where the world may be another one (something was written before by other hands, a rule or a
setting is changed for the test), the verbs run.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from functools import wraps
from typing import Any, ParamSpec, TypeVar

import pytest
from django.conf import UserSettingsHolder, settings
from django.db import connection
from django.db.models import Count, Max, Model

from dangjian.foundation import clock
from dangjian.foundation.audit import AuditEntry
from dangjian.people.organisation import Organisation
from dangjian.people.person import Person

WRITES = re.compile(r"\s*(?:WITH|INSERT|UPDATE|DELETE|REPLACE|TRUNCATE|CREATE|ALTER|DROP)\b", re.IGNORECASE)
# What signing in and being there write: no verb of a builder reads it.
PRESENCE = re.compile(r'\w+ (?:INTO |FROM )?"(?:dangjian_session|axes_accesslog|dangjian_account" SET "last_login)"')
WHERE_FILES_GO = {"EVIDENCE_ROOT", "DOWNLOAD_ROOT", "SIGNING_ROOT"}

Call = tuple[Any, ...]
Statement = tuple[str, Any, bool]
P = ParamSpec("P")
M = TypeVar("M", bound=Model)


@dataclass
class World:
    """The database of one test: what it began with and the remembered calls since, until others wrote to it as well."""

    patches: pytest.MonkeyPatch
    begins_with: Call
    calls: tuple[Call, ...] = ()
    known: bool = True
    building: bool = False
    written: list[Statement] = field(default_factory=list)

    def watch(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        """Note what is written; what no builder wrote makes the world an unknown one."""
        if WRITES.match(sql) and not PRESENCE.match(sql):
            self.written.append((sql, params, many))
            self.known &= self.building
        elif sql.startswith("ROLLBACK"):
            self.known = False
        return execute(sql, params, many, context)

    def is_as_ever(self) -> bool:
        """Whether the same call leads to the same rows as in another test."""
        return self.known and not self.building and not self.patches._setattr and _overridden() <= WHERE_FILES_GO

    @contextmanager
    def growing_by(self, call: Call) -> Iterator[list[Statement]]:
        """Inside, everything written belongs to ``call``."""
        if not self.calls:
            _rewind_sequences()
        self.building, self.written = True, []
        try:
            yield self.written
        except BaseException:
            self.known = False
            raise
        finally:
            self.building, self.written = False, []
        self.calls = (*self.calls, call)


_world: World | None = None
_rows_of: dict[tuple[Call, ...], tuple[type[Model], Any, list[Statement]]] = {}


@contextmanager
def begun(patches: pytest.MonkeyPatch) -> Iterator[None]:
    """The transaction of a test in which nothing is written yet; its module may have put rows beside the cast."""
    global _world
    outer = _world
    trail = AuditEntry.objects.aggregate(Count("pk"), Max("pk"))
    _world = World(patches, tuple(trail.values()))
    with connection.execute_wrapper(_world.watch):
        yield
    _world = outer


def remembered(build: Callable[P, M]) -> Callable[P, M]:
    """The builder, its rows written again instead of made again where the world is as ever."""

    @wraps(build)
    def made(*args: P.args, **kwargs: P.kwargs) -> M:
        world, told = _world, [*args[1:], *kwargs.values()]
        if not (world and world.is_as_ever() and all(isinstance(one, PLAIN) for one in told)):
            return build(*args, **kwargs)
        call = (build.__name__, clock.now(), *map(_named, args[1:]), *sorted((k, _named(v)) for k, v in kwargs.items()))
        key = (world.begins_with, *world.calls, call)
        if key not in _rows_of:
            with world.growing_by(call) as written:
                result = build(*args, **kwargs)
            if world.known:
                _rows_of[key] = (type(result), result.pk, written)
            return result
        model, pk, written = _rows_of[key]
        with world.growing_by(call), connection.cursor() as cursor:
            for sql, params, many in written:
                (cursor.executemany if many else cursor.execute)(sql, params)
        return model._default_manager.get(pk=pk)

    return made


PLAIN = (str, int, date, Person, Organisation, type(None))


def _named(told: Any) -> Any:
    return (type(told).__name__, told.pk) if isinstance(told, Model) else told


def _overridden() -> set[str]:
    """The settings that a test changed."""
    names: set[str] = set()
    held = settings._wrapped
    while isinstance(held, UserSettingsHolder):
        names |= vars(held).keys() - {"default_settings", "_deleted"}
        held = held.default_settings
    return {name for name in names if name.isupper()}


def _rewind_sequences() -> None:
    """PostgreSQL gives no number twice, even when a transaction is taken back: without this no row kept its key."""
    if connection.vendor != "postgresql":
        return
    if not _REWIND:
        with connection.cursor() as cursor:
            tables = connection.introspection.table_names(cursor)
            held = [one for table in tables for one in connection.introspection.get_sequences(cursor, table)]
        _REWIND.append(
            "SELECT "
            + ", ".join(
                f"(SELECT setval('{one['name']}', coalesce(max({one['column']}), 1), max({one['column']}) IS NOT NULL)"
                f' FROM "{one["table"]}")'
                for one in held
            )
        )
    with connection.cursor() as cursor:
        cursor.execute(_REWIND[0])


_REWIND: list[str] = []
