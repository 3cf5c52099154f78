"""What a command shares that is done, or looks, in somebody's name: ``--as``, the person behind it, JSON as the interface has it."""

# Models cannot be imported before django.setup(), so what needs them imports them when it runs.
# ruff: noqa: PLC0415

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dangjian.people.person import Person


def verb(verbs: Any, name: str, help: str, run: Any) -> argparse.ArgumentParser:
    """A verb that is done, or a list that is seen, in somebody's name."""
    made: argparse.ArgumentParser = verbs.add_parser(name, help=help)
    made.add_argument("--as", dest="account", required=True, help="以谁的账号")
    made.set_defaults(run=run)
    return made


def owner_of(account: str) -> Person:
    """Whose account it is. Raises Refused where there is none."""
    from dangjian.foundation.lifecycle import Refused
    from dangjian.people.account import Account

    found = Account.objects.filter(username=account.lower(), is_active=True).select_related("person").first()
    if found is None:
        raise Refused(f"没有账号 {account}")
    owner: Person = found.person
    return owner


def file_of(path: Path | None, field: str) -> dict[str, Any]:
    """What a verb is told of a file, under the names it has for it. Raises Refused where there is none at ``path``."""
    from dangjian.foundation.lifecycle import Reason, Refused

    if path is None:
        return {}
    if not path.is_file():
        raise Refused(Reason(f"没有文件 {path}", field))
    return {field: _pieces(path), f"{field}_name": path.name}


def _pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as held:
        while piece := held.read(512 * 1024):
            yield piece


def print_rows(rows: Any) -> int:
    """Answers of the interface as JSON, with its fields."""
    print(json.dumps([row.model_dump(mode="json") for row in rows], ensure_ascii=False, indent=1))
    return 0
