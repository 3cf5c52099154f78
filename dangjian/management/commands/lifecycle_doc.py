"""``manage.py lifecycle_doc``: print docs/lifecycle.md from the tables of moves, the built-in scheme and the grants."""

import ast
import inspect
import textwrap
from collections.abc import Iterable, Iterator
from typing import Any

from django.apps import apps
from django.core.management.base import BaseCommand

from dangjian.delivery.plan import DECISIONS as PLAN_DECISIONS
from dangjian.delivery.plan import Plan
from dangjian.foundation.lifecycle import Move, Reason, Stateful, Unmet, nothing_unmet
from dangjian.people.access import GRANTS, Ability, Role, names_of, roles_with
from dangjian.programmes.scheme import Scheme, read, source_plan_text

HEAD = """# 生命周期与权限

本页由 `make docs` 根据代码中的办理表、内置方案和权限表生成，不要手工修改。
按钮、拒绝理由和本页出自同一张表；“…”处因事而异。
"""
AT_STEP = "当前环节办理人"
MATTERS = {"application": "审批环节", "plan": "实施计划审定环节"}
LEVELS = {"branch": "申报支部", "unit": "本单位党委", "company": "公司党委"}


class Command(BaseCommand):
    help = "打印 docs/lifecycle.md（由 make docs 调用）"
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(page(), ending="")


def page() -> str:
    """The whole document. It is made from the code alone: no database is asked."""
    scheme = read(source_plan_text())
    parts = [HEAD, *(_noun(noun) for noun in nouns()), *(_steps(scheme, matter) for matter in MATTERS), _roles()]
    return "\n".join(parts)


def nouns() -> list[type[Stateful]]:
    """Every noun with a state, in the order of a project's life."""
    return [model for model in apps.get_models() if issubclass(model, Stateful)]


def _noun(noun: type[Stateful]) -> str:
    labels = dict(noun._meta.get_field("state").flatchoices)
    head = ["动作", "从", "到", "谁可以", "还须满足", "条款"]
    rows = [
        [
            move.label,
            _states(move.sources, labels),
            labels.get(move.target, "不变"),
            _who(move),
            asked(move.unmet) or "—",
            "、".join(move.clause.split()) or "—",
        ]
        for move in noun.moves
    ]
    name = f"{noun._meta.verbose_name}（`{noun.__name__}`）"
    return f"## {name}的办理\n\n{_table(head, rows)}\n{_diagram(noun, labels)}"


def _states(codes: Iterable[str], labels: dict[str, str]) -> str:
    return "、".join(label for code, label in labels.items() if code in codes)


def _who(move: Move) -> str:
    if move.ability in Ability.values:
        return names_of(roles_with(move.ability))
    return AT_STEP if move.ability else "由系统办理"


def asked(condition: Unmet) -> str:
    """What a condition asks for: its docstring, or else the reasons it may give, as they are worded."""
    if condition is nothing_unmet:
        return ""
    said = inspect.getdoc(condition)
    if said:
        return said.partition("\n")[0]
    tree = ast.parse(textwrap.dedent(inspect.getsource(condition)))
    return "不满足时提示：" + "；".join(text for node in ast.walk(tree) if (text := _reason(node)))


def _reason(node: ast.AST) -> str:
    """The words of ``Reason("…")``, or nothing for anything else."""
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == Reason.__name__):
        return ""
    return "".join(_words(node.args[0]))


def _words(text: ast.expr) -> Iterator[str]:
    if isinstance(text, ast.Constant):
        yield str(text.value)
    elif isinstance(text, ast.JoinedStr):
        for part in text.values:
            yield from _words(part)
    elif isinstance(text, ast.FormattedValue):
        yield "…"


def _diagram(noun: type[Stateful], labels: dict[str, str]) -> str:
    """The moves as a state diagram; states that no move reaches yet are left out."""
    reached = {state for move in noun.moves for state in (*move.sources, move.target or min(move.sources))}
    first: str = noun._meta.get_field("state").get_default()
    lines = ["stateDiagram-v2", *(f"    {code}: {label}" for code, label in labels.items() if code in reached)]
    lines.append(f"    [*] --> {first}")
    lines += [
        f"    {source} --> {move.target or source}: {move.label}"
        for move in noun.moves
        for source in sorted(move.sources)
    ]
    leads_on = {source for move in noun.moves if move.target for source in move.sources}
    lines += [f"    {code} --> [*]" for code in labels if code in reached - leads_on]
    return "\n".join(["```mermaid", *lines, "```", ""])


def _steps(scheme: Scheme, matter: str) -> str:
    head = ["环节", "哪一级", "谁可以", "可作决定", "须经会议", "条款"]
    rows = [
        [
            step.label,
            LEVELS[step.level],
            names_of(roles_with(step.ability)),
            "、".join(_decision(scheme, matter, code) for code in step.decisions),
            "是" if step.meeting else "否",
            step.clause,
        ]
        for step in scheme.steps(matter)
    ]
    return f"## 内置方案的{MATTERS[matter]}\n\n“{AT_STEP}”由方案规定：\n\n{_table(head, rows)}"


def _decision(scheme: Scheme, matter: str, code: str) -> str:
    return Plan.move_named(PLAN_DECISIONS[code]).label if matter == "plan" else scheme.approvals.decision(code).label


def _roles() -> str:
    head = ["任职", *(ability.label for ability in Ability)]
    rows = [[role.label, *("●" if ability in GRANTS[role] else "" for ability in Ability)] for role in Role]
    described = "\n".join(f"- {role.label}：{role.description}" for role in Role)
    return f"## 权限\n\n任职写明在哪个党组织、是否含下级、从何日到何日；权限只在任职期内、任职处有效。\n\n{_table(head, rows)}\n{described}\n"


def _table(head: list[str], rows: list[list[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)
