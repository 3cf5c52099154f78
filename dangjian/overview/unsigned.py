"""Who has not signed for a scheme notice (未签收): told to those who look after it, as text for a group."""

from __future__ import annotations

from typing import Any

from dangjian.foundation import clock
from dangjian.foundation.window import moment_text
from dangjian.programmes.notice_receipt import NoticeReceipt
from dangjian.programmes.scheme_notice import SchemeNotice


def message(person: Any, notice: SchemeNotice) -> str:
    """Plain text: units and direct branches first, then branches by the unit that forwarded; empty where all have signed.

    In 组织序列, with nothing beside the names.
    """
    waiting = (
        NoticeReceipt.objects.visible_to(person).unsigned().filter(notice=notice)
        .select_related("organisation", "forward__unit").in_order()
    )  # fmt: skip
    named: dict[str, list[str]] = {}
    for receipt in sorted(waiting, key=lambda held: held.forward is not None):
        sender = receipt.forward.unit.short_name if receipt.forward else "收文单位"
        named.setdefault(sender, []).append(receipt.organisation.short_name)
    if not named:
        return ""
    number = f"（{notice.number}）" if notice.number else ""
    total = sum(map(len, named.values()))
    lines = [f"《{notice.title}》{number}：截至{moment_text(clock.now())}，以下 {total} 个党组织尚未签收。"]
    for sender, names in named.items():
        lines += ["", sender, *(f"　{name}" for name in names)]
    return "\n".join([*lines, "", "请登录系统签收。"])
