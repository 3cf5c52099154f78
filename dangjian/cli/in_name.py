"""What commands share: ``--as`` and the person behind it, answers as JSON, exit codes."""

# Models cannot be imported before django.setup(), so what needs them imports them when it runs.
# ruff: noqa: PLC0415

from __future__ import annotations

import argparse
import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dangjian.people.person import Person

WRONG_USE = 2
REFUSED = 3


def parser_in_name(verbs: Any, name: str, help: str, **more: Any) -> argparse.ArgumentParser:
    """A verb that is done, or a list that is seen, in somebody's name."""
    made: argparse.ArgumentParser = verbs.add_parser(name, help=help, description=help, **more)
    made.add_argument(
        "--as", dest="account", required=True, metavar="ACCOUNT", help="以谁的账号；能看什么、能办什么与其页面相同"
    )
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


def print_json(told: Any) -> None:
    print(json.dumps(told, ensure_ascii=False, indent=1))
