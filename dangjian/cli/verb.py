"""A verb of the interface as a command: its help and options, and what was written there put together."""

from __future__ import annotations

import argparse
import json
import sys
from functools import partial
from pathlib import Path
from typing import Any

from dangjian.cli import asking
from dangjian.cli.in_name import parser_in_name
from dangjian.cli.operation import Operation


def add(verbs: Any, noun: str, name: str, operation: Operation) -> None:
    """The command on the parser of its noun."""
    numbers = [field.placeholder for field in operation.numbers]
    into = ["-o FILE"] if operation.is_file else []
    usage = " ".join(["dangjian", noun, name, *numbers, *into, "--as ACCOUNT", "[…]"])
    parser = parser_in_name(verbs, name, operation.summary, usage=usage)
    if operation.numbers:
        group = parser.add_argument_group("编号")
        for field in operation.numbers:
            group.add_argument(f"at.{field.name}", type=field.taken, help=field.help, metavar=field.placeholder)
    if operation.fields:
        group = parser.add_argument_group("字段")
        for field in operation.fields:
            field.add_to(group)
    if operation.is_file:
        parser.add_argument("-o", dest="into", type=Path, required=True, metavar="FILE", help="写到哪个文件")
    if operation.sent and not operation.is_form:
        parser.add_argument("--body", metavar="FILE", help="从 JSON 文件读各字段，- 为标准输入；另写的选项以选项为准")
    parser.set_defaults(run=partial(_run, parser=parser, operation=operation))


def _run(asked: argparse.Namespace, *, parser: argparse.ArgumentParser, operation: Operation) -> int:
    body: dict[str, Any] = {}
    try:
        body = _read(getattr(asked, "body", None))
        for field in operation.sent:
            if hasattr(asked, field.dotted):
                _put(body, field.path, field.meant(getattr(asked, field.dotted)))
    except argparse.ArgumentTypeError as wrong:
        parser.error(str(wrong))
    missing = [field.option for field in operation.fields if field.is_required and not _has(asked, body, field.name)]
    if missing:
        parser.error(f"没有写 {'、'.join(missing)}")
    return asking.run(asked, operation, body)


def _has(asked: argparse.Namespace, body: dict[str, Any], name: str) -> bool:
    return name in body or hasattr(asked, name)


def _put(body: dict[str, Any], path: tuple[str, ...], value: Any) -> None:
    for name in path[:-1]:
        if not isinstance(body.get(name), dict):
            body[name] = {}
        body = body[name]
    body[path[-1]] = value


def _read(source: str | None) -> dict[str, Any]:
    """The fields in a JSON file. Raises ArgumentTypeError where there are none."""
    if source is None:
        return {}
    try:
        told = json.loads(sys.stdin.read() if source == "-" else Path(source).read_text(encoding="utf-8"))
    except (OSError, ValueError) as wrong:
        raise argparse.ArgumentTypeError(f"--body 无法读取：{wrong}") from None
    if not isinstance(told, dict):
        raise argparse.ArgumentTypeError("--body 应当是一个 JSON 对象")
    return told
