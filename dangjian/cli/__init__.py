"""``dangjian``: the same verbs from a terminal. Readers of files need no database; what changes something takes --as."""

# Models cannot be imported before django.setup(), so each command imports what it needs when it runs.
# ruff: noqa: PLC0415

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import django

from dangjian.cli import filings, letters, plans
from dangjian.cli.in_name import file_of, owner_of, print_rows, verb
from dangjian.programmes.fault import SchemeError
from dangjian.projects.state import STANDINGS

if TYPE_CHECKING:
    from dangjian.intake.reading import Reading

REFUSED = 3


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command. 0: done; 2: wrong use; 3: refused, with the reasons on stderr."""
    asked = _parser().parse_args(arguments)
    if asked.run is _import_ledger and asked.dry_run:  # reads a file, before there is any set-up
        return int(asked.run(asked))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dangjian.settings")
    django.setup()
    from dangjian.foundation.lifecycle import Refused

    try:
        return int(asked.run(asked))
    except SchemeError as wrong:
        for fault in wrong.faults:
            print(f"第{fault.line}行：{fault.message}", file=sys.stderr)
    except Refused as refused:
        for reason in refused.reasons:
            print(reason, file=sys.stderr)
    return REFUSED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="dangjian", description="党建项目化管理系统")
    nouns = parser.add_subparsers(
        required=True,
        metavar="scheme|round|projects|letter|plans|filings|scans|briefings|instructions|token|openapi|audit|import-ledger",
    )

    scheme = nouns.add_parser("scheme", help="方案").add_subparsers(required=True)
    command = scheme.add_parser("check", help="检查方案文件，指出有误的行")
    command.add_argument("file", type=Path)
    command.set_defaults(run=_check)
    command = scheme.add_parser("example", help="输出内置的方案文件，可改成自己的")
    command.add_argument("--year", type=int, help="换成另一计划年度")
    command.set_defaults(run=_example)
    command = scheme.add_parser("issue", help="发布方案")
    command.add_argument("file", type=Path)
    command.add_argument("--as", dest="account", required=True, help="以谁的账号办理")
    command.set_defaults(run=_issue)

    round = nouns.add_parser("round", help="批次").add_subparsers(required=True)
    command = round.add_parser("open", help="按最新一版方案开启一个年度")
    command.add_argument("year", type=int)
    command.add_argument("--as", dest="account", required=True, help="以谁的账号办理")
    command.set_defaults(run=_open)

    command = nouns.add_parser("projects", help="项目台账，一行一个项目，只列所用账号能看的")
    command.add_argument("--as", dest="account", required=True, help="以谁的账号查看")
    command.add_argument("--json", action="store_true", help="输出 JSON，字段与接口 /api/projects 相同")
    command.add_argument("--year", type=int, help="只要这一年度")
    command.add_argument("--state", choices=STANDINGS, help="只要这一状态")
    command.add_argument("--find", default="", help="名称、编号、支部、责任人中含有的词")
    command.set_defaults(run=_projects)

    token = nouns.add_parser("token", help="访问令牌").add_subparsers(required=True)
    command = token.add_parser("issue", help="为账号建立令牌，只显示一次")
    command.add_argument("name", help="用途")
    command.add_argument("--as", dest="account", required=True, help="谁的账号")
    command.add_argument("--days", type=int, default=90, help="有效天数：30、90 或 365")
    command.add_argument("--may-act", action="store_true", help="可以办理；不写只能查看")
    command.set_defaults(run=_token)

    command = nouns.add_parser("openapi", help="输出接口说明（OpenAPI）")
    command.set_defaults(run=_openapi)

    audit = nouns.add_parser("audit", help="审计").add_subparsers(required=True)
    command = audit.add_parser("verify", help="核对审计记录有没有被改动")
    command.set_defaults(run=_verify)

    for add in (letters.add, plans.add, filings.add, _add_scans, _add_briefings, _add_import):
        add(nouns)
    return parser


def _add_scans(nouns: Any) -> None:
    verbs = nouns.add_parser("scans", help="盖章扫描件").add_subparsers(required=True)
    verb(verbs, "list", "现行的扫描件，输出 JSON，字段与接口 /api/scans 相同", _scans)
    command = verb(verbs, "file", "归档一份文书的扫描件", _file_scan)
    command.add_argument("code", help="页脚编码，如 A1024.2-K")
    command.add_argument("files", type=Path, nargs="+", help="PDF、JPG 或 PNG，按页序")


def _add_briefings(nouns: Any) -> None:
    verbs = nouns.add_parser("briefings", help="呈阅件").add_subparsers(required=True)
    verb(verbs, "list", "呈阅件，输出 JSON，字段与接口 /api/briefings 相同", _briefings)
    command = verb(verbs, "present", "呈送", _present)
    command.add_argument("--to", required=True, help="呈送的领导的账号")
    command.add_argument("--title", required=True)
    command.add_argument("--summary", required=True, help="事由")
    command.add_argument("--proposal", required=True, help="拟办意见")
    command.add_argument("--project", type=int, action="append", required=True, help="项目的 id，可写几次")

    verbs = nouns.add_parser("instructions", help="批示").add_subparsers(required=True)
    verb(verbs, "list", "批示，输出 JSON，字段与接口 /api/instructions 相同", _instructions)
    command = verb(verbs, "give", "批示、登记批示", _give)
    command.add_argument("briefing", type=int, help="呈阅件的 id")
    command.add_argument("--text", default="", help="可以只附照片")
    command.add_argument("--photo", type=Path, help="批示照片，PDF、JPG 或 PNG；领导本人批示不附")
    command.add_argument("--organisation", type=int, required=True, help="承办单位的 id")
    command.add_argument("--due", type=date.fromisoformat, required=True, help="办结期限，如 2022-09-15")
    command = verb(verbs, "finish", "填写办理结果，办结", _finish)
    command.add_argument("instruction", type=int, help="批示的 id")
    command.add_argument("--result", required=True)
    command.add_argument("--file", type=Path, help="附件，PDF、JPG 或 PNG")


def _add_import(nouns: Any) -> None:
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
    command.set_defaults(run=_import_ledger)


def _import_ledger(asked: argparse.Namespace) -> int:
    """What the file says, as JSON, or what became of each project in it; what is doubtful, on stderr."""
    from dangjian.intake import reading

    if not asked.file.is_file():
        print(f"没有文件 {asked.file}", file=sys.stderr)
        return 2
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


def _projects(asked: argparse.Namespace) -> int:
    from dangjian.api.answers import ProjectOut
    from dangjian.projects.project import Project

    found = Project.objects.visible_to(owner_of(asked.account)).with_names()
    found = found.narrowed(asked.find, [asked.state] if asked.state else (), asked.year)
    rows = [ProjectOut.of(project) for project in found.order_by("branch__rank", "path", "id")]
    if asked.json:
        print(json.dumps([row.model_dump(mode="json") for row in rows], ensure_ascii=False, indent=1))
    else:
        for row in rows:
            print("\t".join((row.number or "-", row.name, row.branch, row.waiting)))
    return 0


def _scans(asked: argparse.Namespace) -> int:
    from dangjian.api.scans import ScanOut
    from dangjian.projects.scan import Scan

    found = Scan.objects.visible_to(owner_of(asked.account)).standing().with_names()
    named = found.select_related("attachment__by", "attachment__on_behalf_of").order_by("-pk")
    return print_rows(ScanOut.of(scan) for scan in named)


def _file_scan(asked: argparse.Namespace) -> int:
    from dangjian.foundation.lifecycle import Refused
    from dangjian.papers.mark import Mark
    from dangjian.papers.scanned import File
    from dangjian.projects.scan import Slot

    if missing := [path for path in asked.files if not path.is_file()]:
        print(f"没有文件 {missing[0]}", file=sys.stderr)
        return 2
    by = owner_of(asked.account)
    slot = Slot.of(Mark.of(asked.code), by)
    if slot is None:
        raise Refused(f"没有编码为“{asked.code}”的文书")
    made = slot.file_all([File(path.name, path) for path in asked.files], by=by)
    print(f"已归档：{made}，{made.pages} 页")
    return 0


def _briefings(asked: argparse.Namespace) -> int:
    from dangjian.api.briefings import BriefingRowOut
    from dangjian.projects.briefing import Briefing

    found = Briefing.objects.visible_to(owner_of(asked.account)).select_related("to")
    return print_rows(BriefingRowOut.of(briefing) for briefing in found.newest_first())


def _present(asked: argparse.Namespace) -> int:
    from dangjian.foundation.lifecycle import Refused
    from dangjian.projects.briefing import Briefing
    from dangjian.projects.project import Project

    by, to = owner_of(asked.account), owner_of(asked.to)
    place = next((place for place in Briefing.makers(by) if Briefing.readers([place]).contains(to)), None)
    projects = Project.objects.visible_to(by).filter(pk__in=asked.project)
    if place is None or projects.count() < len(set(asked.project)):
        raise Refused("没有为这位领导制作呈阅件的权限，或没有这个项目")
    words = {key: getattr(asked, key) for key in ("title", "summary", "proposal")}
    made = Briefing.present(place, to=to, projects=projects, by=by, **words)
    print(f"已呈送{made.to.name}：{made.number_text}，id {made.pk}")
    return 0


def _instructions(asked: argparse.Namespace) -> int:
    from dangjian.api.briefings import InstructionOut
    from dangjian.projects.instruction import Instruction

    found = Instruction.objects.visible_to(owner_of(asked.account)).with_names()
    return print_rows(InstructionOut.of(held) for held in found.in_order())


def _give(asked: argparse.Namespace) -> int:
    from dangjian.foundation.lifecycle import Refused
    from dangjian.projects.briefing import Briefing
    from dangjian.projects.instruction import Instruction

    by = owner_of(asked.account)
    briefing = Briefing.objects.visible_to(by).filter(pk=asked.briefing).first()
    place = Instruction.places_for(briefing).filter(pk=asked.organisation).first() if briefing else None
    if briefing is None or place is None:
        raise Refused("没有这份呈阅件，或不能由这个单位承办")
    photo = file_of(asked.photo, "photo")
    made = Instruction.give(briefing, text=asked.text, organisation=place, due_on=asked.due, by=by, **photo)
    print(f"已批示，由{made.holder_text}承办，id {made.pk}")
    return 0


def _finish(asked: argparse.Namespace) -> int:
    from dangjian.foundation.lifecycle import Refused
    from dangjian.projects.instruction import Instruction

    by = owner_of(asked.account)
    held = Instruction.objects.visible_to(by).filter(pk=asked.instruction).first()
    if held is None:
        raise Refused("没有这条批示")
    held.finish(result=asked.result, by=by, **file_of(asked.file, "file"))
    print("已办结")
    return 0


def _token(asked: argparse.Namespace) -> int:
    from dangjian.people.token import Token

    person = owner_of(asked.account)
    _, key = Token.issue(person.account, name=asked.name, days=asked.days, reads_only=not asked.may_act, by=person)
    print(key)
    return 0


def _openapi(asked: argparse.Namespace) -> int:
    from dangjian.api.site import api

    print(json.dumps(api.get_openapi_schema(), ensure_ascii=False, indent=1))
    return 0


def _verify(asked: argparse.Namespace) -> int:
    from dangjian.foundation import audit

    found = audit.verify()
    print(f"已封存 {found.sealed} 条，未封存 {found.unsealed} 条，链首摘要 {found.head or '无'}")
    if found.broken_at is not None:
        print(f"第 {found.broken_at} 条封存与记录不符：审计记录被改动过", file=sys.stderr)
        return REFUSED
    return 0
