"""``dangjian letters``, besides the verbs of the interface: what became of an electronically confirmed file; the issuer that certifies those who confirm."""

# Models cannot be imported before django.setup(), so each command imports what it needs when it runs.
# ruff: noqa: PLC0415

from __future__ import annotations

import argparse
import hashlib
import sys
from pathlib import Path
from typing import Any

from dangjian.cli.in_name import owner_of, parser_in_name, print_json


def add(verbs: Any) -> None:
    command = verbs.add_parser(
        "verify",
        help="核验电子确认件：0 完好，10 被改动，11 有增补，12 确认不全，13 证书不对，14 不是本系统的，15 没有登记",
    )
    command.add_argument("file", type=Path)
    command.add_argument("--ca", type=Path, help="签发证书（PEM）；不写用本机的")
    command.add_argument("--alone", action="store_true", help="只看文件本身，不查登记，不需要数据库")
    command.add_argument("--json", action="store_true", help="输出 JSON")
    command.set_defaults(run=_verify)
    command = verbs.add_parser("issuer", help="列出签发机构：期限和指纹，最后一个是现行的")
    command.set_defaults(run=_list)
    command = parser_in_name(
        verbs, "renew-issuer", "更换签发机构（没有的，建立）：以后的证书由新机构签发，已确认的仍可核验"
    )
    command.set_defaults(run=_renew)


def _verify(asked: argparse.Namespace) -> int:
    from dangjian.agreements import certificate, signed_file
    from dangjian.foundation import sandbox

    if not asked.file.is_file():
        print(f"没有文件 {asked.file}", file=sys.stderr)
        return 2
    roots = [asked.ca.read_text()] if asked.ca else certificate.roots()
    try:
        found = signed_file.verdict_of(sandbox.read(signed_file.verify, asked.file, options={"roots": roots}))
    except sandbox.Unreadable:
        found = signed_file.Verdict(signed_file.Finding.NOT_OURS)
    found, letter = (found, None) if asked.alone else _registered(asked.file, found)
    void = letter.void_told if letter else ""
    if asked.json:
        told = {"finding": found.finding, "text": found.text, "signers": [vars(one) for one in found.signers]}
        print_json(told | {"letter": letter.number if letter else "", "void": void})
    else:
        print(found.text)
        if letter:
            print(void or letter)
        for one in found.signers:
            print(f"{one.side}\t{one.name}\t{one.at}\t证书 {one.serial}")
    return signed_file.EXIT_CODES[found.finding]


def _registered(file: Path, found: Any) -> tuple[Any, Any]:
    """The verdict with what is registered, and whose file it is; where no database answers, that of the file alone."""
    from django.db import DatabaseError

    from dangjian.agreements.confirmation import registered
    from dangjian.agreements.letter import Letter

    try:
        found, number = registered(hashlib.sha256(file.read_bytes()).hexdigest(), found)
        return found, Letter.objects.filter(pk=number or 0).first()
    except DatabaseError:
        print("连不上数据库，没有查登记，只核验了文件本身（同 --alone）", file=sys.stderr)
        return found, None


def _list(asked: argparse.Namespace) -> int:
    from dangjian.agreements.issuer import Issuer

    for one in Issuer.every():
        print(f"{one.folder.name}\t有效至 {one.ends_at:%Y-%m-%d}\tSHA-256 {one.fingerprint}")
    return 0


def _renew(asked: argparse.Namespace) -> int:
    from dangjian.agreements.issuer import Issuer

    Issuer.renew(by=owner_of(asked.account))
    return _list(asked)
