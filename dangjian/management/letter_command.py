"""``dangjian letter verify``: what became of an electronically confirmed file since both confirmed it."""

# Models cannot be imported before django.setup(), so the command imports what it needs when it runs.
# ruff: noqa: PLC0415

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from pathlib import Path
from typing import Any


def add(nouns: Any) -> None:
    letter = nouns.add_parser("letter", help="责任书").add_subparsers(required=True)
    command = letter.add_parser(
        "verify",
        help="核验电子确认件：0 完好，10 被改动，11 有增补，12 确认不全，13 证书不对，14 不是本系统的，15 没有登记",
    )
    command.add_argument("file", type=Path)
    command.add_argument("--ca", type=Path, help="签发证书（PEM）；不写用本机的")
    command.add_argument("--alone", action="store_true", help="只看文件本身，不查登记，不需要数据库")
    command.add_argument("--json", action="store_true", help="输出 JSON")
    command.set_defaults(run=_verify)


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
    if not asked.alone:
        from dangjian.agreements.confirmation import registered

        found, _ = registered(hashlib.sha256(asked.file.read_bytes()).hexdigest(), found)
    if asked.json:
        told = {"finding": found.finding, "text": found.text, "signers": [vars(one) for one in found.signers]}
        print(json.dumps(told, ensure_ascii=False, indent=1))
    else:
        print(found.text)
        for one in found.signers:
            print(f"{one.side}\t{one.name}\t{one.at}\t证书 {one.serial}")
    return signed_file.EXIT_CODES[found.finding]
