"""A program with somebody's token."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from dangjian.people.person import Person
from dangjian.people.token import Token


class Program:
    """Asks the interface in a person's name. ``get`` and ``send`` give the status and the JSON of the answer."""

    def __init__(self, key: str) -> None:
        self.client = Client(headers={"Authorization": f"Bearer {key}"} if key else {})

    def get(self, address: str, **query: Any) -> tuple[int, Any]:
        answer = self.client.get(f"/api/{address}", query)
        return answer.status_code, answer.json()

    def send(self, address: str, sent: Any = None, method: str = "POST") -> tuple[int, Any]:
        answer = self.client.generic(method, f"/api/{address}", _json(sent), "application/json")
        return answer.status_code, answer.json()


def _json(sent: Any) -> str:
    return sent if isinstance(sent, str) else json.dumps(sent)


@pytest.fixture
def program() -> Callable[..., Program]:
    """``program(person)`` may act, ``program(person, reads_only=True)`` may only look, ``program(None)`` has no token."""

    def made(person: Person | None, *, reads_only: bool = False) -> Program:
        if person is None:
            return Program("")
        _, key = Token.issue(person.account, name="测试", days=30, reads_only=reads_only, by=person)
        return Program(key)

    return made
