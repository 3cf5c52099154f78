"""What a command on the server asks: the same operations as over the network, in somebody's name."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, QueryDict
from django.urls import Resolver404, resolve
from django.utils.datastructures import MultiValueDict

from dangjian.people.person import Person

BASE = "/api/"


@dataclass(frozen=True)
class AtTheServer:
    """Stands where a token would: whoever may run commands on the server needs none."""

    reads_only: bool = False
    expires_at: None = None


@dataclass(frozen=True)
class Answer:
    """What an operation answered: JSON, or a file."""

    status: int
    content: bytes


class InPerson(HttpRequest):
    """A request made on the server itself. What comes over the network is of another class, so nobody gets in by it."""

    def __init__(
        self, person: Person, method: str, address: str, *, query: Mapping[str, Any] | None = None, sent: bytes = b"",
        form: Mapping[str, Any] | None = None, files: Mapping[str, Sequence[Path]] | None = None,
    ) -> None:  # fmt: skip
        super().__init__()
        self.person = person
        self.method = method
        self.path = self.path_info = BASE + address
        self.GET, self.POST = _values(query or {}), _values(form or {})  # type: ignore[assignment]
        self._sent = sent
        self._paths = files or {}

    @property
    def body(self) -> bytes:
        return self._sent

    def answered(self) -> Answer:
        """What the operation at this address answers, refusals included."""
        try:
            match = resolve(self.path)
        except Resolver404:
            told = {"reasons": [{"text": "没有找到，或您无权查看", "field": ""}]}
            return Answer(404, json.dumps(told).encode())
        with ExitStack() as opened:
            given = {
                name: [
                    UploadedFile(opened.enter_context(path.open("rb")), path.name, size=path.stat().st_size)
                    for path in paths
                ]
                for name, paths in self._paths.items()
            }
            self.FILES = MultiValueDict(given)
            answer = match.func(self, *match.args, **match.kwargs)
            try:
                return Answer(answer.status_code, b"".join(answer) if answer.streaming else answer.content)
            finally:
                # Not answer.close(): it says that a request over the network is over, and closes the database.
                for close in answer._resource_closers:
                    close()


def at_the_server(request: HttpRequest) -> AtTheServer | None:
    """Lets in whoever asks by a command."""
    return AtTheServer() if isinstance(request, InPerson) else None


def _values(given: Mapping[str, Any]) -> QueryDict:
    values = QueryDict(mutable=True)
    for name, value in given.items():
        values.setlist(name, [str(each) for each in (value if isinstance(value, list) else [value])])
    return values
