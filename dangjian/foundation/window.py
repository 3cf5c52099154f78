"""The window (时限): between which days a thing may be done. Closing day inclusive, Beijing time."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from dangjian.foundation import clock


class Phase(StrEnum):
    """Where a day stands to a window."""

    BEFORE = "before"
    OPEN = "open"
    CLOSED = "closed"


@dataclass(frozen=True)
class Window:
    """From ``opens_on`` (None: always open) to the end of ``closes_on``. A hard one refuses, a soft one marks late.

    ``set_by`` names who set an earlier last day for its own branches; empty where the common one holds.
    """

    label: str
    opens_on: date | None
    closes_on: date
    hard: bool
    set_by: str = ""

    def phase(self, day: date) -> Phase:
        if self.opens_on is not None and day < self.opens_on:
            return Phase.BEFORE
        return Phase.OPEN if day <= self.closes_on else Phase.CLOSED

    def days_left(self, day: date) -> int:
        """Calendar days until the last day; 0 on the last day, negative after it."""
        return (self.closes_on - day).days

    def extended_to(self, closes_on: date) -> "Window":
        return replace(self, closes_on=closes_on, set_by="")

    def brought_forward_to(self, closes_on: date, *, set_by: str) -> "Window":
        return replace(self, closes_on=closes_on, set_by=set_by)

    def refusal(self, day: date) -> str | None:
        """Why a hard window refuses on ``day``, in Chinese; None where it does not."""
        if not self.hard:
            return None
        match self.phase(day):
            case Phase.BEFORE:
                return f"{self.label}尚未开始，{day_text(self.opens_on)}起办理"
            case Phase.CLOSED:
                inner = f"（{self.set_by}规定的内部截止日期）" if self.set_by else ""
                return (
                    f"{self.label}已于{day_text(self.closes_on)}24时截止{inner}；"
                    "确需补报的，请联系本单位组织部门延长本支部的申报期限"
                )
            case Phase.OPEN:
                return None

    def __str__(self) -> str:
        inner = f"（{self.set_by}内部截止）" if self.set_by else ""
        if self.opens_on is None:
            return f"{day_text(self.closes_on)}前{inner}"
        closes = day_text(self.closes_on)
        if self.opens_on.year == self.closes_on.year:
            closes = closes.removeprefix(f"{self.closes_on.year}年")
        return f"{day_text(self.opens_on)}至{closes}{inner}"


def day_text(day: date | None) -> str:
    """2022年8月15日, without leading zeros as official papers write it."""
    return f"{day.year}年{day.month}月{day.day}日" if day else ""


def moment_text(at: datetime) -> str:
    """2022年8月15日 09:30, in Beijing time."""
    local = clock.local(at)
    return f"{day_text(local.date())} {local:%H:%M}"
