"""A browser for tests of pages: signs in as anyone of the cast, and refuses a GET that writes."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from dangjian.people.person import Person

WRITES = ("INSERT", "UPDATE", "DELETE", "REPLACE")


@contextmanager
def nothing_is_written() -> Iterator[None]:
    """Fail on any write but that of the session, in which Django keeps the form's secret."""

    def guard(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
        if sql.lstrip().upper().startswith(WRITES) and "dangjian_session" not in sql:
            pytest.fail(f"a GET wrote: {sql[:120]}")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(guard):
        yield


class Browser(Client):
    """Django's client, whose GET may only read."""

    def get(self, *args: Any, **kwargs: Any) -> Any:
        with nothing_is_written():
            return super().get(*args, **kwargs)


@pytest.fixture
def browse() -> Callable[[Person | None], Browser]:
    """``browse(person)`` is a browser in which that person is signed in; ``browse(None)`` one of a stranger."""

    def opened(person: Person | None) -> Browser:
        browser = Browser()
        if person is not None:
            browser.force_login(person.account, backend="django.contrib.auth.backends.ModelBackend")
        return browser

    return opened
