"""``dangjian import-ledger``: what an old table or a filled form says, and bringing in its projects."""

# Models cannot be imported before django.setup(), so each command imports what it needs when it runs.
# ruff: noqa: PLC0415

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dangjian.cli.in_name import REFUSED, WRONG_USE, owner_of

if TYPE_CHECKING:
    from dangjian.intake.reading import Reading


def add(nouns: Any) -> None:
    command = nouns.add_parser(
        "import-ledger", help="识读、导入旧的汇总表、台账（.xlsx、.xls、.docx）或已填的附件1（.docx）"
    )
    command.add_argument("file", type=Path)
    what = command.add_mutually_exclusive_group(required=True)
    what.add_argument("--dry-run", action="store_true", help="只识读，不保存；不需要数据库")
    what.add_argument("--as", dest="account", help="以谁的账号导入")
    command.add_argument("--json", action="store_true", help="输出 JSON；只识读时总是 JSON")
    command.add_argument(
        "--state", choices=("established", "running", "completed"), default="", help="补录为；不写则已开始的为实施中"
    )
    command.add_argument("--year", default="", help="开始年份没有批次时用哪一年度")
    command.add_argument("--branch", default="", help="没有写支部的行用哪个支部")
    command.add_argument("--established-on", default="", help="立项日期，如 2022-08-28")
    command.set_defaults(run=_run, needs_set_up=lambda asked: not asked.dry_run)


def _run(asked: argparse.Namespace) -> int:
    """What the file says, as JSON, or what became of each project in it; what is doubtful, on stderr."""
    from dangjian.intake import reading

    if not asked.file.is_file():
        print(f"没有文件 {asked.file}", file=sys.stderr)
        return WRONG_USE
    found = reading.read(asked.file)
    for remark in found.remarks():
        print(remark, file=sys.stderr)
    if asked.dry_run or found.is_rejected:
        print(json.dumps(found.told, ensure_ascii=False, indent=1))
        return REFUSED if found.is_rejected else 0
    return _bring_in(asked, found)


def _bring_in(asked: argparse.Namespace, found: Reading) -> int:
    """Each project in a transaction of its own. 3 where one could not be brought in."""
    from dangjian.intake import line, proposal

    usual = {"state": asked.state, "year": asked.year, "branch": asked.branch, "established_on": asked.established_on}
    lines, unit = line.of(found), found.told.get("unit") or ""
    done = proposal.bring_in(lines, by=owner_of(asked.account), source=asked.file.name, unit=unit, usual=usual)
    if asked.json:
        print(json.dumps([fate.told() for fate in done], ensure_ascii=False, indent=1))
    for fate in done:
        told = (
            fate.line.place,
            proposal.LABELS[fate.effect],
            fate.line.cell("name"),
            "；".join(fate.told()["reasons"]),
        )
        if not asked.json or fate.effect is proposal.Effect.WRONG:
            print("\t".join(told), file=sys.stderr if asked.json else sys.stdout)
    return REFUSED if any(fate.effect is proposal.Effect.WRONG for fate in done) else 0
