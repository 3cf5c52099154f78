"""A browser that measures: one kept connection, one session, signed in through the form."""

from __future__ import annotations

import http.client
import re
import time
from dataclasses import dataclass
from urllib.parse import urlencode

from bench.server import HOST

SECONDS = 60
_SECRET = re.compile(r'name="csrfmiddlewaretoken" value="(\w+)"')


@dataclass(frozen=True)
class Answer:
    """``seconds`` run from the first byte sent to the last byte received."""

    status: int
    body: bytes
    seconds: float
    cookies: dict[str, str]


class Browser:
    def __init__(self, port: int) -> None:
        self._connection = http.client.HTTPConnection(HOST, port, timeout=SECONDS)
        self._cookies: dict[str, str] = {}

    def get(self, path: str) -> Answer:
        return self._ask("GET", path)

    def sign_in(self, username: str, password: str) -> None:
        """Through the form, as anybody does. Raises RuntimeError where that did not lead to the workbench."""
        secret = _SECRET.search(self.get("/sign-in/").body.decode())
        typed = {"username": username, "password": password, "csrfmiddlewaretoken": secret[1] if secret else ""}
        answer = self._ask("POST", "/sign-in/", urlencode(typed))
        if answer.status != 302:
            raise RuntimeError(f"{username} could not sign in: {answer.status}")

    def reconnect(self) -> None:
        """Begin a series of requests: the server closes a connection that was idle for two seconds."""
        self._connection.close()

    def _ask(self, method: str, path: str, body: str | None = None) -> Answer:
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self._cookies.items())}
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        start = time.perf_counter()
        self._connection.request(method, path, body, headers)
        answer = self._connection.getresponse()
        content = answer.read()
        seconds = time.perf_counter() - start
        cookies = dict(header.partition(";")[0].split("=", 1) for header in answer.headers.get_all("Set-Cookie", []))
        self._cookies |= cookies
        return Answer(answer.status, content, seconds, cookies)
