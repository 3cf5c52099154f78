"""Doing one operation in somebody's name, and saying what it answered."""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from dangjian.api.in_person import Answer, InPerson
from dangjian.cli.field import Field
from dangjian.cli.in_name import REFUSED, WRONG_USE, owner_of, print_json
from dangjian.cli.operation import Operation
from dangjian.people.person import Person

MOST_ON_A_PAGE = 100
_LINE = re.compile(r"(\w+)-(\d+)(?:-(\w+))?")


class Unanswered(Exception):
    """The operation refused: with which status, and why."""

    def __init__(self, status: int, reasons: list[dict[str, str]]) -> None:
        self.status = status
        self.reasons = reasons


def run(asked: argparse.Namespace, operation: Operation, body: dict[str, Any]) -> int:
    """0: done; 2: not of the shape that the operation asks for; 3: refused, with the reasons on stderr."""
    person, given = owner_of(asked.account), vars(asked)
    place = {each.name: given[f"at.{each.name}"] for each in operation.numbers}
    try:
        if operation.is_file:
            return _fetch(person, operation, given, place)
        address, query = operation.address(place), _query(operation, given)
        if operation.is_paged:
            print_json(_every_page(person, address, query))
            return 0
        with _sent_ahead(person, operation, body):
            print_json(_told(_sending(person, operation, address, query, body).answered()))
        return 0
    except Unanswered as refused:
        for reason in refused.reasons:
            at = _where(operation, reason["field"])
            print(f"{at}：{reason['text']}" if at else reason["text"], file=sys.stderr)
        return WRONG_USE if refused.status == 400 else REFUSED


def _query(operation: Operation, given: dict[str, Any]) -> dict[str, Any]:
    return {field.name: given[field.dotted] for field in operation.query if field.dotted in given}


def _sending(
    person: Person, operation: Operation, address: str, query: dict[str, Any], body: dict[str, Any]
) -> InPerson:
    if not operation.is_form:
        sent = json.dumps(body).encode() if operation.sent else b""
        return InPerson(person, operation.method, address, query=query, sent=sent)
    files = {name: value if isinstance(value, list) else [value] for name, value in body.items()}
    files = {name: value for name, value in files.items() if value and isinstance(value[0], Path)}
    form = {name: value for name, value in body.items() if name not in files}
    return InPerson(person, operation.method, address, query=query, form=form, files=files)


def _every_page(person: Person, address: str, query: dict[str, Any]) -> list[Any]:
    """A list as a whole, as the interface gives it page by page."""
    items: list[Any] = []
    page, more = 0, True
    while more:
        page += 1
        told = _told(InPerson(person, "GET", address, query={**query, "page": page, "size": MOST_ON_A_PAGE}).answered())
        items += told["items"]
        more = told["more"]
    return items


def _fetch(person: Person, operation: Operation, given: dict[str, Any], place: dict[str, Any]) -> int:
    """A paper or a kept file, written to where ``-o`` says; the ending of a paper's name says its form."""
    into: Path = given["into"]
    ending = into.suffix.lstrip(".").lower()
    if operation.endings and ending not in operation.endings:
        print(f"-o：请写以 {'、'.join(f'.{each}' for each in operation.endings)} 结尾的文件名", file=sys.stderr)
        return WRONG_USE
    if not into.parent.is_dir():
        print(f"-o：没有文件夹 {into.parent}", file=sys.stderr)
        return WRONG_USE
    address = operation.address(place | {"kind": ending})
    into.write_bytes(_content(InPerson(person, "GET", address, query=_query(operation, given)).answered()))
    return 0


@contextmanager
def _sent_ahead(person: Person, operation: Operation, body: dict[str, Any]) -> Iterator[None]:
    """Files named by their path are sent first, and named by their number; where the verb refuses, they are dropped."""
    numbers: list[int] = []
    try:
        for field in operation.sent:
            if isinstance(path := body.get(field.name), Path) and field.kind == "sent":
                numbers.append(_send(person, path, field))
                body[field.name] = numbers[-1]
        yield
    except Unanswered:
        for number in numbers:
            InPerson(person, "DELETE", f"files/{number}").answered()
        raise


def _send(person: Person, path: Path, field: Field) -> int:
    try:
        told = _told(InPerson(person, "POST", "files", files={"file": [path]}).answered())
    except Unanswered as refused:
        reasons = [reason | {"field": field.name} for reason in refused.reasons]
        raise Unanswered(refused.status, reasons) from None
    return int(told["id"])


def _told(answer: Answer) -> Any:
    return json.loads(_content(answer))


def _content(answer: Answer) -> bytes:
    """Raises Unanswered where the operation refused."""
    if answer.status >= 300:
        raise Unanswered(answer.status, json.loads(answer.content)["reasons"])
    return answer.content


def _where(operation: Operation, at: str) -> str:
    """The option to which a reason belongs: ``--lists.targets 第2项 unit``. What is no option keeps its name."""
    options = {field.name: field.option for field in operation.fields}
    for name in reversed(at.split(".")):  # body.sent.verdicts.0.decision
        if name in options:
            return options[name]
        line = _LINE.fullmatch(name)  # targets-1-unit
        if line and line[1] in options:
            return f"{options[line[1]]} 第{int(line[2]) + 1}项 {line[3] or ''}".rstrip()
    return at
