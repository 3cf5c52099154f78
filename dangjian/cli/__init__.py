"""``dangjian``: every verb of the interface from a terminal, and what belongs to the server itself.

Readers of files need no database; what looks or changes takes --as.
"""

# Models cannot be imported before django.setup(), so each command imports what it needs when it runs.
# ruff: noqa: PLC0415

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from typing import Any

from dangjian.cli import ledger, letters, schemes
from dangjian.cli.in_name import REFUSED, owner_of, parser_in_name, print_json
from dangjian.cli.names import NOUNS
from dangjian.cli.parser import Parser

BESIDES: dict[str, Callable[[Any], None]] = {"letters": letters.add, "rounds": schemes.add_opening}
"""Verbs of a noun that the interface does not have."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command. 0: done; 2: wrong use; 3: refused, with the reasons on stderr."""
    written = list(sys.argv[1:] if arguments is None else arguments)
    asked = _parser(written).parse_args(written)
    if not getattr(asked, "needs_set_up", _always)(asked):
        return int(asked.run(asked))
    _set_up()
    from dangjian.foundation.lifecycle import Refused
    from dangjian.programmes.fault import SchemeError

    try:
        code = int(asked.run(asked))
        sys.stdout.flush()
        return code
    except SchemeError as wrong:
        for fault in wrong.faults:
            print(f"第{fault.line}行：{fault.message}", file=sys.stderr)
    except Refused as refused:
        for reason in refused.reasons:
            print(reason, file=sys.stderr)
    except BrokenPipeError:  # who reads, such as ``head``, has enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    return REFUSED


def _always(asked: argparse.Namespace) -> bool:
    return True


def _set_up() -> None:
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dangjian.settings")
    django.setup()


def _parser(written: Sequence[str]) -> argparse.ArgumentParser:
    """All nouns, but the verbs of the one that is ``written`` alone: reading the interface takes a second."""
    parser = Parser(
        prog="dangjian",
        usage="dangjian NOUN VERB [ID …] [--FIELD VALUE …] --as ACCOUNT",
        description="党建项目化管理系统。“dangjian NOUN --help”列出动词，“dangjian NOUN VERB --help”列出字段。",
    )
    nouns = parser.add_subparsers(required=True, title="名词", metavar="NOUN", dest="noun", prog="dangjian")
    for name, noun in NOUNS.items():
        made = nouns.add_parser(name, help=noun.text, description=noun.text, aliases=noun.aliases)
        if written and written[0] in (name, *noun.aliases):
            _add_verbs(made, name, written[1:])
    schemes.add(_verbs_of(nouns.add_parser("scheme", help="方案文件：检查、发布")))
    _add_token(_verbs_of(nouns.add_parser("token", help="访问令牌")))
    command = nouns.add_parser("openapi", help="输出接口说明（OpenAPI）")
    command.set_defaults(run=_openapi)
    command = _verbs_of(nouns.add_parser("audit", help="审计")).add_parser("verify", help="核对审计记录有没有被改动")
    command.set_defaults(run=_verify)
    ledger.add(nouns)
    return parser


def _verbs_of(noun: argparse.ArgumentParser) -> Any:
    return noun.add_subparsers(required=True, title="动词", metavar="VERB", dest="verb")


def _add_verbs(parser: argparse.ArgumentParser, noun: str, written: Sequence[str]) -> None:
    verbs = _verbs_of(parser)
    if noun in BESIDES:
        BESIDES[noun](verbs)
    if written and written[0] in verbs.choices:  # no need to know the interface
        return
    _set_up()
    from dangjian.cli import operation, verb

    for name in NOUNS[noun].verbs:
        verb.add(verbs, noun, name, operation.of(noun, name))


def _add_token(verbs: Any) -> None:
    command = parser_in_name(verbs, "issue", "为账号建立令牌，只显示一次")
    command.add_argument("name", help="用途")
    command.add_argument("--days", type=int, default=90, help="有效天数：30、90 或 365")
    command.add_argument("--may-act", action="store_true", help="可以办理；不写只能查看")
    command.set_defaults(run=_token)


def _token(asked: argparse.Namespace) -> int:
    from dangjian.people.token import Token

    person = owner_of(asked.account)
    _, key = Token.issue(person.account, name=asked.name, days=asked.days, reads_only=not asked.may_act, by=person)
    print(key)
    return 0


def _openapi(asked: argparse.Namespace) -> int:
    from dangjian.api.site import api

    print_json(api.get_openapi_schema())
    return 0


def _verify(asked: argparse.Namespace) -> int:
    from dangjian.foundation import audit

    found = audit.verify()
    print(f"已封存 {found.sealed} 条，未封存 {found.unsealed} 条，链首摘要 {found.head or '无'}")
    if found.broken_at is not None:
        print(f"第 {found.broken_at} 条封存与记录不符：审计记录被改动过", file=sys.stderr)
        return REFUSED
    return 0
