"""Reminders (提醒): what people are told before a day runs out, each once."""

from __future__ import annotations

from datetime import date, timedelta

from dangjian.agreements.letter import UNDER_WAY, Letter
from dangjian.foundation import clock, notice
from dangjian.foundation.window import Phase, Window, day_text
from dangjian.overview import unfiled
from dangjian.people.access import Ability
from dangjian.people.delegation import Delegation
from dangjian.people.person import Person
from dangjian.programmes.notice_receipt import NoticeReceipt
from dangjian.programmes.round import Round
from dangjian.projects.instruction import Instruction
from dangjian.projects.project import Project
from dangjian.projects.state import State

DAYS_BEFORE_CLOSING = 3
DAYS_BEFORE_LETTER = 5
DAYS_TO_SIGN = range(3, 10)  # the worker looks at what was sent so many days ago


def remind_of_closing() -> int:
    """Tell each branch with an application not handed in that the time to apply runs out within three days (S-17).

    Told once for each project and closing day: a branch for which the time was reopened hears again
    before its new day. Returns how many projects it found.
    """
    round = Round.current()
    if round is None:
        return 0
    windows: dict[int, Window | None] = {}
    found = 0
    for project in Project.objects.filter(round=round, state=State.DRAFT).select_related("branch"):
        if project.branch_id not in windows:
            windows[project.branch_id] = round.window_at("application", project.branch)
        window = windows[project.branch_id]
        if window is not None and _closes_soon(window, clock.today()):
            _tell(project, window)
            found += 1
    return found


def remind_of_filing() -> int:
    """Tell each unit with established projects once that its time to hand in the 项目汇总表 is nearly over (S-36)."""
    return unfiled.remind(DAYS_BEFORE_CLOSING)


def remind_of_signing() -> int:
    """Tell each organisation once that a scheme notice sent to it three days ago is not signed for; how many there were."""
    now = clock.now()
    sent = (now - timedelta(days=DAYS_TO_SIGN.stop), now - timedelta(days=DAYS_TO_SIGN.start))
    waiting = NoticeReceipt.objects.unsigned().filter(sent_at__range=sent).select_related("notice", "organisation")
    for receipt in waiting:
        receipt.notice.remind(receipt.organisation)
    return len(waiting)


def remind_of_instructions() -> int:
    """Tell those who carry an instruction out that its last day is near, and once more when it is past; how many there were."""
    soon = clock.today() + timedelta(days=DAYS_BEFORE_CLOSING)
    waiting = Instruction.objects.pending().filter(due_on__lte=soon).select_related(
        "briefing__to", "briefing__place", "organisation", "person"
    )  # fmt: skip
    for held in waiting:
        held.remind()
    return len(waiting)


def remind_of_delegations() -> int:
    """Tell both hands once that a delegation ends within three days, unless it was given for no longer; how many there were."""
    soon = clock.today() + timedelta(days=DAYS_BEFORE_CLOSING)
    found = Delegation.objects.ending_by(soon).select_related("to", "office__person", "office__organisation")
    ending = [each for each in found if (each.last_day - each.starts_on).days > DAYS_BEFORE_CLOSING]
    for delegation in ending:
        delegation.remind()
    return len(ending)


def remind_of_letters() -> int:
    """Tell branch and unit that a letter to follow is due within five days, and once more when its day is past; how many."""
    soon = clock.today() + timedelta(days=DAYS_BEFORE_LETTER)
    waiting = Letter.objects.filter(state="deferred", project__letter_due_on__lte=soon, project__state__in=UNDER_WAY)
    for letter in waiting.select_related("project__branch", "project__unit"):
        letter.remind()
    return len(waiting)


def _closes_soon(window: Window, today: date) -> bool:
    return window.phase(today) is Phase.OPEN and window.days_left(today) <= DAYS_BEFORE_CLOSING


def _tell(project: Project, window: Window) -> None:
    left = window.days_left(clock.today())
    last = f"还有{left}天" if left else "今天是最后一天"
    there = project.branch.local_end(window.closes_on)
    deadline = f"{day_text(window.closes_on)}24时{there and f'（北京时间，{there}）'}"
    notice.tell(
        Person.objects.holding(Ability.DRAFT, project.branch),
        event=f"closing-{project.pk}-{window.closes_on}",
        text=f"“{project.name}”尚未提交，{window.label}{deadline}截止，{last}，请及时办理",
        about=project,
    )
