"""One operation of the interface, as its description (OpenAPI) tells it: what it asks for, what it answers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from dangjian.api.in_person import BASE
from dangjian.api.site import api
from dangjian.cli.field import Field
from dangjian.cli.names import NOUNS

_PAGES = {"page", "size"}


@dataclass(frozen=True)
class Operation:
    """``places`` stand in the address, ``query`` behind it, ``sent`` in the body."""

    method: str
    path: str
    summary: str
    places: tuple[Field, ...]
    query: tuple[Field, ...]
    sent: tuple[Field, ...]
    is_form: bool
    is_paged: bool
    is_file: bool

    @property
    def endings(self) -> list[str]:
        """In which forms a paper comes, where the address ends with it."""
        return next((place.choices for place in self.places if self._is_ending(place)), [])

    @property
    def numbers(self) -> list[Field]:
        """What is written before the options: all of the address but the form of a paper."""
        return [place for place in self.places if not self._is_ending(place)]

    @property
    def fields(self) -> tuple[Field, ...]:
        """What is written as options."""
        return (*self.query, *self.sent)

    def address(self, values: dict[str, Any]) -> str:
        return re.sub(r"\{(\w+)\}", lambda place: str(values[place[1]]), self.path)

    def _is_ending(self, place: Field) -> bool:
        return self.path.endswith(f".{{{place.name}}}")


def of(noun: str, verb: str) -> Operation:
    """The operation behind a command."""
    return every()[NOUNS[noun].verbs[verb]]


@cache
def every() -> dict[str, Operation]:
    """All operations by method and address, as names tell them: ``GET projects/{pk}``."""
    description = api.get_openapi_schema()
    schemas = description["components"]["schemas"]
    found = {}
    for path, methods in description["paths"].items():
        for method, told in methods.items():
            made = _read(method.upper(), path.removeprefix(BASE), told, schemas)
            found[f"{made.method} {made.path}"] = made
    return found


def _read(method: str, path: str, told: dict[str, Any], schemas: dict[str, Any]) -> Operation:
    parameters = [
        (each["in"], Field.read((each["name"],), each["schema"], schemas, is_required=each["required"]))
        for each in told.get("parameters", ())
    ]
    query = tuple(field for where, field in parameters if where == "query")
    content = told.get("requestBody", {}).get("content", {})
    [(media, body)] = content.items() or [("", {})]
    answer = next(answer for status, answer in told["responses"].items() if int(status) < 300)
    is_paged = {field.name for field in query} >= _PAGES
    return Operation(
        method=method,
        path=path,
        summary=told["summary"],
        places=tuple(field for where, field in parameters if where == "path"),
        query=tuple(field for field in query if not (is_paged and field.name in _PAGES)),
        sent=tuple(_fields(body.get("schema", {}), schemas)),
        is_form=media.startswith("multipart"),
        is_paged=is_paged,
        is_file="content" not in answer,
    )


def _fields(schema: dict[str, Any], schemas: dict[str, Any], above: tuple[str, ...] = ()) -> Iterator[Field]:
    """The fields of an object, those of an object in it among them: ``facts`` gives ``facts.name``."""
    told = Field.plain(schema, schemas)
    for name, inner in told.get("properties", {}).items():
        path, plain = (*above, name), Field.plain(inner, schemas)
        if "properties" in plain:
            yield from _fields(plain, schemas, path)
        else:
            yield Field.read(path, inner, schemas, is_required=name in told.get("required", ()) and not above)
