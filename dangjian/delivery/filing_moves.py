"""The moves of a filing (备案的办理): whose they are, and what is wrong with what is sent along."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from dangjian.delivery.filing_row import MOST_REASON, FilingRow
from dangjian.delivery.filing_state import STANDING, State
from dangjian.foundation.lifecycle import SAME, Move, Reason
from dangjian.foundation.refusal import too_long
from dangjian.people.access import Ability

MOST_PHONE = 30  # characters
_OF_FULL_WIDTH = {ord(sign) + 0xFEE0: sign for sign in "0123456789+-"}
_NOT_OF_A_PHONE = re.compile(r"[^0-9+\-()（）、/;； 转]")
"""A letter l or O looks like a figure and is none."""

if TYPE_CHECKING:
    from dangjian.delivery.filing import Filing


def _is_unanswered(filing: Filing, by: Any) -> Iterator[Reason]:
    if filing.received_at is not None:
        yield Reason("公司已开始办理，不能撤回；项目有变动的，请报送新版")


HANDED_IN, SUPERSEDED = frozenset({State.HANDED_IN}), frozenset({State.SUPERSEDED})
MOVES = (
    Move("answer", "办理备案", HANDED_IN, State.HANDED_IN, Ability.RECEIVE_FILING, clause="S-36", tone="primary"),
    Move("settle", "办结备案", HANDED_IN, State.SETTLED, Ability.RECEIVE_FILING, clause="S-36", tone="primary"),
    Move("correct_phone", "更正联系电话", STANDING, SAME, Ability.FILE, clause="S-36"),
    Move("recall", "撤回", STANDING, State.RECALLED, Ability.FILE, unmet=_is_unanswered, tone="danger"),
    Move("renew", "报送新版", STANDING, State.SUPERSEDED, "", clause="S-36 S-122"),
    Move("restore", "恢复前一版", SUPERSEDED, State.SETTLED, "", clause="S-36"),
    Move("restore_waiting", "恢复前一版待办", SUPERSEDED, State.HANDED_IN, "", clause="S-36"),
)  # fmt: skip


def wrong_answers(
    waiting: Mapping[int, FilingRow], record: Collection[int], back: Mapping[int, str]
) -> Iterator[Reason]:
    if not record and not back:
        yield Reason("请选择要办理的项目", "rows")
    if not waiting.keys() >= {*record, *back} or set(record) & back.keys():
        yield Reason("所选项目刚刚有人办理，请刷新后再选", "rows")
    empty = [key for key, reason in back.items() if not reason]
    if empty and len(empty) == len(back):
        yield Reason("请写明退回补正的理由", "reason")
    elif empty:
        yield from (Reason(f"请写明“{waiting[key]}”退回补正的理由", f"reason_{key}") for key in empty if key in waiting)
    yield from longest(back, "reason")


def dialled(typed: str) -> str:
    """A telephone number as it is kept: digits of full width are digits."""
    return typed.translate(_OF_FULL_WIDTH).strip()


def wrong_phone(said: str, before: str = "") -> Iterator[Reason]:
    """``before`` is the number that it corrects, where it corrects one."""
    strange = "".join(dict.fromkeys(_NOT_OF_A_PHONE.findall(said)))
    if not said:
        yield Reason("请填写联系电话", "phone")
    elif strange:
        yield Reason(f"“{strange}”不对，联系电话只填数字、空格和 + - （ ） 、 / ; 转", "phone")
    elif said == before:
        yield Reason("与原来的联系电话相同", "phone")
    yield from too_long(said, MOST_PHONE, "phone")


def longest(said: Mapping[int, str], field: str) -> list[Reason]:
    return too_long(max(said.values(), key=len, default=""), MOST_REASON, field)
