"""``dangjian plans``: the plans one sees, handing one in, checking it, recording who signed it."""

# Models cannot be imported before django.setup(), so each command imports what it needs when it runs.
# ruff: noqa: PLC0415

from __future__ import annotations

import argparse
from datetime import date
from typing import Any

from dangjian.cli.in_name import owner_of, print_rows, verb


def add(nouns: Any) -> None:
    verbs = nouns.add_parser("plans", help="实施计划").add_subparsers(required=True)
    made = verb(verbs, "list", "实施计划，输出 JSON，字段与接口 /api/plans 相同", _list)
    made.add_argument("--mine", action="store_true", help="只要待我办理的")
    made = verb(verbs, "urge", "催办还没有提交计划书的支部", _urge)
    made.add_argument("project", type=int, help="项目的 id")
    for name, help, run in (
        ("hand-in", "提交计划书", _hand_in),
        ("check", "组织部门审核通过", _check),
        ("sign", "登记分管领导签批", _sign),
        ("return", "退回修改", _return),
    ):
        made = verb(verbs, name, help, run)
        made.add_argument("project", type=int, help="项目的 id")
        made.add_argument("--opinion", default="", help="意见；退回时必填")
        if name == "sign":
            made.add_argument("--leader", required=True, help="签批领导，照纸上的签名")
            made.add_argument("--on", type=date.fromisoformat, required=True, help="签批日期，如 2022-09-02")


def _list(asked: argparse.Namespace) -> int:
    from dangjian.api.plans import PlanOut
    from dangjian.delivery.plan import Plan

    person = owner_of(asked.account)
    found = Plan.objects.visible_to(person)
    found = found.waiting_for(person) if asked.mine else found
    return print_rows(PlanOut.of(plan) for plan in found.with_names().in_order())


def _urge(asked: argparse.Namespace) -> int:
    from dangjian.delivery.plan import Plan
    from dangjian.foundation.lifecycle import Refused
    from dangjian.projects.project import Project

    by = owner_of(asked.account)
    project = Project.objects.visible_to(by).filter(pk=asked.project).first()
    if project is None:
        raise Refused("没有这个项目，或您无权查看")
    Plan.urge(project, by=by)
    print(f"已催办“{project.name}”的计划书")
    return 0


def _hand_in(asked: argparse.Namespace) -> int:
    made = _plan(asked).hand_in(by=owner_of(asked.account))
    print(f"已{made.label}")
    return 0


def _check(asked: argparse.Namespace) -> int:
    return _decided(asked, "pass")


def _sign(asked: argparse.Namespace) -> int:
    return _decided(asked, "approve", leader=asked.leader, held_on=asked.on)


def _return(asked: argparse.Namespace) -> int:
    return _decided(asked, "return")


def _decided(asked: argparse.Namespace, decision: str, **facts: Any) -> int:
    plan = _plan(asked)
    made = plan.decide(decision, by=owner_of(asked.account), opinion=asked.opinion, **facts)
    print(f"“{plan.project.name}”的计划书已{made.label}")
    return 0


def _plan(asked: argparse.Namespace) -> Any:
    from dangjian.delivery.plan import Plan
    from dangjian.foundation.lifecycle import Refused

    plan = Plan.objects.visible_to(owner_of(asked.account)).with_names().filter(project=asked.project).first()
    if plan is None:
        raise Refused("没有这份计划书，或您无权查看")
    return plan
