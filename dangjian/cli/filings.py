"""``dangjian filings``: the units' 项目汇总表 and their versions, handing one in, answering one."""

# Models cannot be imported before django.setup(), so each command imports what it needs when it runs.
# ruff: noqa: PLC0415

from __future__ import annotations

import argparse
from typing import Any

from dangjian.cli.in_name import owner_of, print_rows, verb


def add(nouns: Any) -> None:
    verbs = nouns.add_parser("filings", help="项目汇总表备案").add_subparsers(required=True)
    made = verb(verbs, "list", "各单位最新一版，输出 JSON，字段与接口 /api/filings 相同", _list)
    made.add_argument("--year", type=int, help="只要这一年度")
    made = verb(verbs, "lines", "一版的各项，输出 JSON", _lines)
    made.add_argument("filing", type=int, help="汇总表的 id")
    made = verb(verbs, "hand-in", "报送单位的项目汇总表", _hand_in)
    made.add_argument("unit", help="单位简称")
    made.add_argument("--phone", required=True, help="联系电话")
    made.add_argument("--year", type=int, help="年度；不写为本年度")
    made.add_argument("--explain", nargs=2, action="append", default=[], metavar=("编号", "补正说明"))
    made = verb(verbs, "answer", "答复：没有列出退回的，待备案的全部备案", _answer)
    made.add_argument("filing", type=int, help="汇总表的 id")
    made.add_argument("--return", dest="back", nargs=2, action="append", default=[], metavar=("编号", "理由"))


def _list(asked: argparse.Namespace) -> int:
    from dangjian.api.filings import FilingOut
    from dangjian.delivery.filing import Filing

    found = Filing.objects.visible_to(owner_of(asked.account)).newest()
    found = found.filter(round__year=asked.year) if asked.year else found
    named = found.select_related("unit", "round", "by", "on_behalf_of")
    return print_rows(FilingOut.of(filing) for filing in named.in_order())


def _lines(asked: argparse.Namespace) -> int:
    from dangjian.api.filings import FiledLineOut

    rows = _filing(asked).rows.select_related("answered_by", "answered_for")
    return print_rows(FiledLineOut.of_row(row) for row in rows)


def _hand_in(asked: argparse.Namespace) -> int:
    from dangjian.delivery.filing import Filing
    from dangjian.foundation.lifecycle import Refused
    from dangjian.programmes.round import Round

    by = owner_of(asked.account)
    unit = Filing.units(by).filter(short_name=asked.unit).first()
    round = Round.objects.filter(year=asked.year).first() if asked.year else Round.current()
    if unit is None or round is None:
        raise Refused("没有这个单位或年度，或您无权查看")
    former = Filing.standing(unit, round)
    known = {row.line.number: row.project_id for row in former.rows.all()} if former else {}
    if unknown := [number for number, _ in asked.explain if number not in known]:
        raise Refused(f"上一版没有编号为“{unknown[0]}”的项目")
    said = {known[number]: text for number, text in asked.explain}
    made = Filing.hand_in(unit, round, phone=asked.phone, by=by, explanations=said)
    print(f"已报送{made}{'（迟报）' if made.is_late else ''}，id {made.pk}")
    return 0


def _answer(asked: argparse.Namespace) -> int:
    from dangjian.foundation.lifecycle import Refused

    filing = _filing(asked)
    waiting = {row.line.number: row.pk for row in filing.rows.filter(state="waiting")}
    if unknown := [number for number, _ in asked.back if number not in waiting]:
        raise Refused(f"待备案的项目中没有编号“{unknown[0]}”")
    back = {waiting[number]: reason for number, reason in asked.back}
    filing.answer(
        record=[key for key in waiting.values() if key not in back], returned=back, by=owner_of(asked.account)
    )
    print(f"已办理{filing}：已备案 {len(waiting) - len(back)} 项，退回补正 {len(back)} 项")
    return 0


def _filing(asked: argparse.Namespace) -> Any:
    from dangjian.delivery.filing import Filing
    from dangjian.foundation.lifecycle import Refused

    found = Filing.objects.visible_to(owner_of(asked.account)).filter(pk=asked.filing).select_related("unit", "round")
    filing = found.first()
    if filing is None:
        raise Refused("没有这份汇总表，或您无权查看")
    return filing
