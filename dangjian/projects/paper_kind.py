"""The kinds of papers that are signed or stamped and come back as scans (可归档扫描件的文书)."""

from __future__ import annotations

from django.db import models


class PaperKind(models.TextChoices):
    APPLICATION = "application", "项目申请表"
    NOTICE = "notice", "立项通知"
    MINUTES = "minutes", "会议纪要"
    LETTER_FIRST = "letter_first", "责任书（第1份）"
    LETTER_SECOND = "letter_second", "责任书（第2份）"
    PLAN = "plan", "实施计划书"
    HANDOVER = "handover", "交接单"
    BRIEFING = "briefing", "呈阅件"
    PAST_NOTICE = "past_notice", "线下立项文件"
    PAST_LETTER = "past_letter", "线下责任书"
    PAST_PLAN = "past_plan", "线下实施计划书"

    @property
    def letter(self) -> str:
        """By which its mark begins."""
        return _LETTERS[self]

    @property
    def owner(self) -> str:
        """The column of a scan that names whose paper it is."""
        if self in (PaperKind.HANDOVER, PaperKind.BRIEFING):
            return self.value
        return "meeting" if self in (PaperKind.NOTICE, PaperKind.MINUTES) else "project"

    @classmethod
    def lettered(cls, letter: str) -> PaperKind | None:
        return next((kind for kind in cls if kind.letter == letter), None)


_LETTERS = {
    PaperKind.APPLICATION: "A", PaperKind.NOTICE: "N", PaperKind.MINUTES: "M",
    PaperKind.LETTER_FIRST: "L", PaperKind.LETTER_SECOND: "K", PaperKind.PLAN: "P", PaperKind.HANDOVER: "H",
    PaperKind.BRIEFING: "B", PaperKind.PAST_NOTICE: "C", PaperKind.PAST_LETTER: "D", PaperKind.PAST_PLAN: "E",
}  # fmt: skip
LETTER_KINDS = (PaperKind.LETTER_FIRST, PaperKind.LETTER_SECOND)
"""Both copies of a project's letter (S-116). Their edition says which of its letters, should one have been voided."""
PAST_KINDS = (PaperKind.PAST_NOTICE, PaperKind.PAST_LETTER, PaperKind.PAST_PLAN)
"""What was done on paper before a project was taken over; the system prints none of them."""
OWNERS = tuple(dict.fromkeys(kind.owner for kind in PaperKind))
