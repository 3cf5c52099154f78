"""What every test stands on: no network, no undefined template variable, no mark for a clause that is not there."""

import gc
import ipaddress
import socket
import sys
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.template import engines
from django.template.base import Node
from ruamel.yaml import YAML
from whitenoise.base import WhiteNoise

from setup import machine
from tests.world import (  # noqa: F401
    _evidence_of_this_test,
    _nothing_written_yet,
    _stopped_clock,
    cast,
    committed_cast,
    django_db_setup,
)

CLAUSES = Path(__file__).parent.parent / "docs" / "clauses.yaml"


def pytest_configure() -> None:
    """Passwords are hashed by the same algorithm with little work; a server that a test starts keeps the real cost.

    Garbage is looked for less often: thousands of tests hold much that is no garbage, and looking through it again and
    again took a tenth of their time.
    """
    gc.set_threshold(100_000, 50, 100)
    settings.PASSWORD_HASHERS = ["tests.quick_hashing.QuickArgon2PasswordHasher"]


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Refuse unknown clauses; ask each database only what it can answer.

    Tests that need PostgreSQL do not fail where the database is another, and what touches no database at all is not
    tried a second time on PostgreSQL.
    """
    known = {clause for part in YAML(typ="safe").load(CLAUSES).values() for clause in part}
    elsewhere = pytest.mark.skip(reason="needs PostgreSQL: run make test")
    for item in items:
        for mark in item.iter_markers("clause"):
            if unknown := set(mark.args) - known or (not mark.args and "an empty mark"):
                raise pytest.UsageError(f"{item.nodeid}: docs/clauses.yaml has no clause {unknown}")
        if item.get_closest_marker("postgres") and connection.vendor != "postgresql":
            item.add_marker(elsewhere)
    if connection.vendor == "postgresql":
        without = [item for item in items if not _asks_postgresql(item)]
        config.hook.pytest_deselected(items=without)
        items[:] = [item for item in items if _asks_postgresql(item)]


def _asks_postgresql(item: pytest.Item) -> bool:
    if item.get_closest_marker("once"):
        return False
    asked = {"db", "transactional_db"} & set(getattr(item, "fixturenames", ()))
    return bool(asked) or any(item.get_closest_marker(mark) for mark in ("django_db", "postgres"))


@cache
def _is_here(host: str | bytes | None) -> bool:
    name = host.decode() if isinstance(host, bytes) else host
    try:
        return name in (None, "", "localhost") or ipaddress.ip_address(str(name)).is_loopback
    except ValueError:
        return False


def _only_here(connect: Callable[..., Any]) -> Callable[..., Any]:
    def guarded(self: socket.socket, address: Any) -> Any:
        if self.family in (socket.AF_INET, socket.AF_INET6) and not _is_here(address[0]):
            pytest.fail(f"a test reached for the network: {address}")
        return connect(self, address)

    return guarded


def _look_up_only_here(look_up: Callable[..., Any]) -> Callable[..., Any]:
    def guarded(host: str | bytes | None, *args: Any, **kwargs: Any) -> Any:
        if not _is_here(host):
            pytest.fail(f"a test looked up a host: {host!r}")
        return look_up(host, *args, **kwargs)

    return guarded


@pytest.fixture(scope="session", autouse=True)
def _no_network() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", _only_here(socket.socket.connect))
        patch.setattr(socket.socket, "connect_ex", _only_here(socket.socket.connect_ex))
        patch.setattr(socket, "getaddrinfo", _look_up_only_here(socket.getaddrinfo))
        yield


@pytest.fixture(scope="session", autouse=True)
def _static_files_are_listed_once() -> Iterator[None]:
    """Every client of a test has middleware of its own, which read all static files anew: a tenth of a page's test."""
    listed: dict[tuple[str, str], dict[str, Any]] = {}
    look = WhiteNoise.update_files_dictionary

    def once(noise: WhiteNoise, root: str, prefix: str) -> None:
        if (root, prefix) not in listed:
            look(noise, root, prefix)
            listed[root, prefix] = dict(noise.files)
        noise.files.update(listed[root, prefix])

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(WhiteNoise, "update_files_dictionary", once)
        yield


class Undefined(str):
    """Django's ``string_if_invalid``: fails the test for our templates, stays empty for those of installed packages."""

    def __contains__(self, part: object) -> bool:
        # Django asks whether there is a place for the variable's name, then puts the name there by %.
        return part == "%s"

    def __mod__(self, variable: object) -> str:
        frame = sys._getframe(1)
        while frame and not isinstance(frame.f_locals.get("self"), Node):
            frame = frame.f_back
        origin = str(getattr(frame.f_locals["self"], "origin", "")) if frame else ""
        if "site-packages" not in origin:
            pytest.fail(f"undefined template variable {variable} in {origin}")
        return ""


@pytest.fixture(scope="session", autouse=True)
def _no_undefined_variable() -> None:
    engines["django"].engine.string_if_invalid = Undefined("undefined")


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of the browser, for tests marked ``browser``."""
    path = machine.chromium()
    if path is None:
        pytest.skip(f"no Chromium: {machine.chromium_remedy()}")
    return path
