"""The scope: which part of the organisation tree a row lies in. The one rule is :func:`in_unit`."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, Self, TypeVar

from django.db import models
from django.db.models import Q

STEP = 4  # characters of one level: 36^4 children each
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


def path_text(step: int) -> str:
    """One level of a path: four base-36 characters, so that text order is number order."""
    digits = ""
    for _ in range(STEP):
        step, rest = divmod(step, 36)
        digits = _DIGITS[rest] + digits
    if step:
        raise ValueError("more than 36^4 children")
    return digits


def path_end(path: str) -> str:
    """The smallest text after every path that begins with ``path``."""
    return path[:-1] + chr(ord(path[-1]) + 1)


if TYPE_CHECKING:
    Characters = models.CharField[str, str]
else:  # the field is generic for the type checker alone
    Characters = models.CharField


class PathField(Characters):
    """A path, compared byte by byte on every database: SQLite does so by itself, PostgreSQL is told to."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 64)
        super().__init__(*args, **kwargs)

    def db_parameters(self, connection: Any) -> Any:
        parameters = super().db_parameters(connection)
        if connection.vendor == "postgresql":
            parameters["collation"] = "C"
        return parameters


class Node(Protocol):
    @property
    def path(self) -> str: ...


def in_unit(unit: Node, field: str = "path") -> Q:
    """Rows that lie at ``unit`` or below it. A range, which both databases answer from the index."""
    return Q(**{f"{field}__gte": unit.path, f"{field}__lt": path_end(unit.path)})


@dataclass(frozen=True)
class Scope:
    """A place in the tree, alone or with all below it."""

    path: str
    with_subtree: bool

    def covers(self, path: str) -> bool:
        return path.startswith(self.path) if self.with_subtree else path == self.path

    @property
    def covers_all(self) -> bool:
        """The whole tree: nothing lies outside."""
        return self.with_subtree and len(self.path) == STEP

    def as_q(self, field: str = "path") -> Q:
        return in_unit(self, field) if self.with_subtree else Q(**{field: self.path})


def in_scopes(scopes: Iterable[Scope], field: str = "path") -> Q:
    """Rows that lie in any of the scopes; none at all where there is no scope."""
    wanted = Q(pk__in=[])
    for scope in scopes:
        wanted |= scope.as_q(field)
    return wanted


def upward(paths: Iterable[str]) -> set[str]:
    """The paths and those of everything above them."""
    return {path[:end] for path in paths for end in range(STEP, len(path) + 1, STEP)}


_M = TypeVar("_M", bound=models.Model)


class ScopedQuerySet(models.QuerySet[_M]):
    """Rows that carry the ``path`` of the organisation they belong to."""

    def in_unit(self, unit: Node) -> Self:
        return self.filter(in_unit(unit))

    def in_scopes(self, scopes: Iterable[Scope]) -> Self:
        return self.filter(in_scopes(scopes))

    def around(self, scopes: Sequence[Scope]) -> Self:
        """In the scopes, and at everything above them: what a unit keeps is there for all its branches."""
        inside = self.in_scopes(scopes).values("pk")
        return self.filter(Q(pk__in=inside) | Q(path__in=upward(scope.path for scope in scopes)))
