"""Who has not signed (未签收) for a scheme notice or for an establishment: as plain text to paste into a group."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from dangjian.foundation import clock
from dangjian.foundation.window import moment_text
from dangjian.programmes.notice_receipt import NoticeReceipt
from dangjian.programmes.scheme_notice import SchemeNotice
from dangjian.projects.resolution import Resolution, ResolutionQuerySet


def for_notice(person: Any, notice: SchemeNotice) -> str:
    """Units and direct branches first, then branches by the unit that forwarded; empty where all have signed."""
    waiting = (
        NoticeReceipt.objects.visible_to(person).unsigned().filter(notice=notice)
        .select_related("organisation", "forward__unit").in_order()
    )  # fmt: skip
    number = f"（{notice.number}）" if notice.number else ""
    return _message(
        f"《{notice.title}》{number}", "个党组织",
        (
            (held.forward.unit.short_name if held.forward else "收文单位", held.organisation.short_name)
            for held in sorted(waiting, key=lambda held: held.forward is not None)
        ),
    )  # fmt: skip


def establishments(person: Any) -> ResolutionQuerySet:
    """The establishments not signed for that the person looks after, in 组织序列."""
    found = (
        Resolution.objects.unsigned()
        .followed_by(person)
        .select_related("project__branch", "project__unit", "meeting__organisation")
    )
    return found.order_by("project__unit__rank", "project__unit__path", "project__branch__rank", "project__path", "pk")


def for_establishments(person: Any) -> str:
    """The branches of each unit with the projects whose notice they have not signed for; empty where all have."""
    return _message(
        "立项通知", "个项目",
        (
            (held.project.unit.short_name, f"{held.project.branch.short_name}：{held.project.name}")
            for held in establishments(person)
        ),
    )  # fmt: skip


def _message(what: str, counted: str, waiting: Iterable[tuple[str, str]]) -> str:
    """The day and how many, then the names under whoever sent to them, with nothing beside the names."""
    named: dict[str, list[str]] = {}
    for sender, name in waiting:
        named.setdefault(sender, []).append(name)
    if not named:
        return ""
    total = sum(map(len, named.values()))
    lines = [f"{what}：截至{moment_text(clock.now())}，以下 {total} {counted}尚未签收。"]
    for sender, names in named.items():
        lines += ["", sender, *(f"　{name}" for name in names)]
    return "\n".join([*lines, "", "请登录系统签收。"])
