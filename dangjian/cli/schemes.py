"""``dangjian scheme`` and the opening of a round: how a year is set up. Checking a file needs no database."""

# Models cannot be imported before django.setup(), so each command imports what it needs when it runs.
# ruff: noqa: PLC0415

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from dangjian.cli.in_name import owner_of, parser_in_name


def add(verbs: Any) -> None:
    command = verbs.add_parser("check", help="检查方案文件，指出有误的行")
    command.add_argument("file", type=Path)
    command.set_defaults(run=_check)
    command = verbs.add_parser("example", help="输出内置的方案文件，可改成自己的")
    command.add_argument("--year", type=int, help="换成另一计划年度")
    command.set_defaults(run=_example)
    command = parser_in_name(verbs, "issue", "发布方案")
    command.add_argument("file", type=Path)
    command.set_defaults(run=_issue)


def add_opening(verbs: Any) -> None:
    command = parser_in_name(verbs, "open", "按最新一版方案开启一个年度")
    command.add_argument("year", type=int)
    command.set_defaults(run=_open)


def _check(asked: argparse.Namespace) -> int:
    from dangjian.programmes.scheme import read

    scheme = read(asked.file.read_text(encoding="utf-8"))
    print(f"没有错误：{scheme.plan_year}年《{scheme.title}》")
    return 0


def _example(asked: argparse.Namespace) -> int:
    from dangjian.programmes.scheme import export, read, source_plan_text

    text = source_plan_text()
    print(export(read(text).for_year(asked.year)) if asked.year else text, end="")
    return 0


def _issue(asked: argparse.Namespace) -> int:
    from dangjian.programmes.scheme_version import SchemeVersion

    print(f"已发布{SchemeVersion.issue(asked.file.read_text(encoding='utf-8'), by=owner_of(asked.account))}")
    return 0


def _open(asked: argparse.Namespace) -> int:
    from dangjian.foundation.lifecycle import Refused
    from dangjian.programmes.round import Round
    from dangjian.programmes.scheme_version import SchemeVersion

    scheme = SchemeVersion.objects.filter(plan_year=asked.year).order_by("-number").first()
    if scheme is None:
        raise Refused(f"还没有发布{asked.year}年度的方案")
    print(f"已开启{Round.open(scheme, by=owner_of(asked.account))}")
    return 0
