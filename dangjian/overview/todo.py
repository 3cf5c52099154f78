"""待办, 已办, 我发起: derived from what each noun is waiting for and from the log of moves. Nothing is stored."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any, overload

from django.db.models import F, QuerySet, Value

from dangjian.agreements.letter import Letter
from dangjian.agreements.letter_finding import unlettered
from dangjian.delivery.change import PlanChange
from dangjian.delivery.change_state import Weight
from dangjian.delivery.filing import WINDOW, Filing
from dangjian.delivery.meeting_record import MeetingRecord
from dangjian.delivery.plan import Plan
from dangjian.delivery.plan_finding import unplanned
from dangjian.foundation import clock
from dangjian.foundation.window import Window
from dangjian.overview import unfiled
from dangjian.people.access import Ability
from dangjian.people.organisation import Organisation
from dangjian.people.person import Person
from dangjian.programmes.notice_receipt import NoticeReceipt
from dangjian.programmes.round import Calendar, Round
from dangjian.projects.briefing import Briefing
from dangjian.projects.finding import ProjectQuerySet
from dangjian.projects.instruction import Instruction
from dangjian.projects.project import Project
from dangjian.projects.restructuring import Restructuring
from dangjian.projects.state import State

MOST_COMPARED = 100
MOST_SORTED = 100
"""So many are read at once to be put in order: few people ever have more waiting for them."""


@dataclass(frozen=True)
class Todo:
    """One thing a person is to do next, with what, by when, and the page on which it is done."""

    about: (
        Project
        | NoticeReceipt
        | Briefing
        | Instruction
        | Restructuring
        | Letter
        | Plan
        | PlanChange
        | MeetingRecord
        | Filing
        | Organisation
    )
    what: str
    page: str
    due_on: date | None
    since: date | None
    for_whom: str = ""  # the name of whoever delegated the right that it is done by

    @property
    def place(self) -> Organisation | None:
        """By whose clocks the day ends; None where it ends by Beijing's for everybody."""
        project = self.about.project if isinstance(self.about, Plan | PlanChange) else self.about
        return project.branch if isinstance(project, Project) else None

    @property
    def is_late(self) -> bool:
        return self.due_on is not None and self.due_on < clock.today()

    @property
    def turn(self) -> date:
        """What is due first comes first; what has no last day has its turn from the day on which it came."""
        return self.due_on or self.since or clock.today()


class Waiting(Sequence[Todo]):
    """Whatever waits for ``person``, of every kind, in its turn; above ``MOST_SORTED``, the longest waiting first.

    ``known`` are calendars of rounds that were read already. Only what is asked for is read.
    """

    def __init__(self, person: Person, known: Mapping[int, Calendar] | None = None) -> None:
        self._person = person
        self._known = known
        self._keys = _keys_for(person)

    @cached_property
    def _sorted(self) -> list[Todo] | None:
        """All of it in its turn; None where there is too much."""
        keys = list(self._keys[: MOST_SORTED + 1])
        if len(keys) > MOST_SORTED:
            return None
        return sorted(_todos_among(keys, self._person, self._known), key=lambda todo: todo.turn)

    @cached_property
    def _count(self) -> int:
        return self._keys.count() if self._sorted is None else len(self._sorted)

    def __len__(self) -> int:
        return self._count

    @overload
    def __getitem__(self, at: int) -> Todo: ...

    @overload
    def __getitem__(self, at: slice) -> list[Todo]: ...

    def __getitem__(self, at: int | slice) -> Todo | list[Todo]:
        if self._sorted is not None:
            return self._sorted[at]
        if isinstance(at, slice):
            return _todos_among(self._keys[at], self._person, self._known)
        return _todos_among([self._keys[at]], self._person, self._known)[0]


def _keys_for(person: Person) -> QuerySet[Any, dict[str, Any]]:
    """Which kind, which one, since when; the longest waiting first."""
    projects = Project.objects.visible_to(person).waiting_for(person).order_by()
    receipts = NoticeReceipt.objects.visible_to(person).waiting_for(person).order_by()
    briefings = Briefing.objects.visible_to(person).waiting_for(person).order_by()
    instructions = Instruction.objects.visible_to(person).waiting_for(person).order_by()
    changes = Restructuring.objects.visible_to(person).waiting_for(person).order_by()
    letters = Letter.objects.visible_to(person).waiting_for(person).order_by()
    lacking = unlettered(person).order_by()
    begun = unplanned(person).order_by()
    plans = Plan.objects.visible_to(person).waiting_for(person).order_by()
    asked = PlanChange.objects.visible_to(person).waiting_for(person).order_by()
    records = MeetingRecord.objects.visible_to(person).waiting_for(person).order_by()
    filings = Filing.objects.visible_to(person).waiting_for(person).order_by()
    found: QuerySet[Any, Any] = projects.values("pk", noun=Value("project"), since=F("changed_at"))
    others = (
        receipts.values("pk", noun=Value("receipt"), since=F("sent_at")),
        briefings.values("pk", noun=Value("briefing"), since=F("at")),
        instructions.values("pk", noun=Value("instruction"), since=F("at")),
        changes.values("pk", noun=Value("restructuring"), since=F("at")),
        letters.values("pk", noun=Value("letter"), since=F("made_at")),
        lacking.values("pk", noun=Value("unlettered"), since=F("changed_at")),
        begun.values("pk", noun=Value("beginning"), since=F("changed_at")),
        plans.values("pk", noun=Value("plan"), since=F("edited_at")),
        asked.values("pk", noun=Value("planchange"), since=F("edited_at")),
        records.values("pk", noun=Value("record"), since=F("at")),
        filings.values("pk", noun=Value("filing"), since=F("at")),
        unfiled.waiting_for(person).order_by().values("pk", noun=Value("unfiled"), since=F("since")),
    )
    return found.union(*others).order_by("since", "noun", "pk")


def _todos_among(
    waiting: Iterable[dict[str, Any]], person: Person, known: Mapping[int, Calendar] | None = None
) -> list[Todo]:
    """What the keys stand for, in their order."""
    keys = [(each["noun"], each["pk"]) for each in waiting]
    named: dict[str, list[int]] = defaultdict(list)
    for kind, pk in keys:
        named[kind].append(pk)
    receipts = NoticeReceipt.objects.visible_to(person).select_related("notice", "organisation", "forward__unit")
    briefings = Briefing.objects.visible_to(person).select_related("to", "place", "by", "on_behalf_of")
    instructions = Instruction.objects.visible_to(person).select_related("briefing__to", "organisation")
    changes = Restructuring.objects.visible_to(person).select_related("organisation", "by")
    letters = Letter.objects.visible_to(person).select_related(
        "project__branch", "project__unit", "made_by", "made_for"
    )
    plans = Plan.objects.visible_to(person).with_names()
    asked = PlanChange.objects.visible_to(person).with_names()
    calendars = dict(known or {})
    records = MeetingRecord.objects.visible_to(person).select_related("organisation", "by", "on_behalf_of")
    filings = Filing.objects.visible_to(person).select_related("unit", "round", "by")
    made: dict[str, list[Todo]] = {
        "project": todos_of(waiting_for(person).filter(pk__in=named["project"]), person, known),
        "receipt": [_signature(receipt, person) for receipt in receipts.filter(pk__in=named["receipt"])],
        "briefing": [_reading(briefing, person) for briefing in briefings.filter(pk__in=named["briefing"])],
        "instruction": [_charge(held, person) for held in instructions.filter(pk__in=named["instruction"])],
        "restructuring": [_settling(change, person) for change in changes.filter(pk__in=named["restructuring"])],
        "letter": [_agreement(letter, person) for letter in letters.filter(pk__in=named["letter"])],
        "unlettered": _lettering(named["unlettered"], person),
        "beginning": [
            _planning(project, person, calendars) for project in unplanned(person).filter(pk__in=named["beginning"])
        ],
        "plan": [_of_plan(plan, person, calendars) for plan in plans.filter(pk__in=named["plan"])],
        "planchange": [_of_change(change, person) for change in asked.filter(pk__in=named["planchange"])],
        "record": [_confirmation(record, person) for record in records.filter(pk__in=named["record"])],
        "filing": [_answering(filing, person) for filing in filings.filter(pk__in=named["filing"])],
        "unfiled": _reporting(named["unfiled"], person, calendars),
    }
    found = {(kind, each.about.pk): each for kind, todos in made.items() for each in todos}
    return [found[key] for key in keys if key in found]


def waiting_for(person: Person) -> QuerySet[Project]:
    """Projects on which ``person`` is to act, the longest waiting first."""
    waiting = Project.objects.visible_to(person).waiting_for(person).with_names()
    return waiting.select_related("application__filled_by", "application__filled_for").order_by("changed_at", "pk")


def to_screen(person: Person) -> ProjectQuerySet:
    """The queue of one's screening, first come first."""
    waiting = Project.objects.visible_to(person).waiting_for(person)
    return waiting.filter(approval__current__ability=Ability.SCREEN).order_by("submitted_at", "pk")


def to_decide(person: Person) -> ProjectQuerySet:
    """What waits for a meeting that the person records."""
    return Project.objects.visible_to(person).waiting_for(person).filter(approval__current__by_meeting=True)


def to_compare(person: Person, only: Iterable[int] | None = None) -> list[Project]:
    """What a meeting may compare, or ``only`` those of it, in 组织序列. What no longer waits is left out."""
    waiting = to_decide(person)
    asked = waiting if only is None else waiting.filter(pk__in=only)
    named = asked.with_names().select_related("application").prefetch_related("approval__steps", "categories")
    return list(named.order_by("branch__rank", "path", "pk")[:MOST_COMPARED])


def todos_of(projects: Iterable[Project], person: Person, known: Mapping[int, Calendar] | None = None) -> list[Todo]:
    """What is to be done with each waiting project. The calendar of a round is read once, if not ``known`` already."""
    calendars = dict(known or {})
    todos = []
    for project in projects:
        if project.round_id not in calendars:
            calendars[project.round_id] = project.round.calendar()
        todos.append(_todo(project, calendars[project.round_id].at(project.branch), person))
    return todos


def _signature(receipt: NoticeReceipt, person: Person) -> Todo:
    principal = person.acting_for(Ability.SIGN_NOTICE, receipt, there=True)
    sent_on = clock.local(receipt.sent_at).date()
    return Todo(receipt, "签收方案通知", "scheme-notice", None, sent_on, _name(principal))


def _reading(briefing: Briefing, person: Person) -> Todo:
    principal = briefing.acted_for(briefing.move_named("read"), person)
    return Todo(briefing, "阅批呈阅件", "briefing", None, clock.local(briefing.at).date(), _name(principal))


def _charge(held: Instruction, person: Person) -> Todo:
    principal = person.acting_for(Ability.CARRY_OUT, held, there=True)
    return Todo(held, "办理批示", "instruction", held.due_on, clock.local(held.at).date(), _name(principal))


def _settling(change: Restructuring, person: Person) -> Todo:
    principal, since = person.acting_for(Ability.SETTLE_PROJECTS, change), clock.local(change.at).date()
    return Todo(change, "移交、终结项目", "restructuring", None, since, _name(principal))


def _agreement(letter: Letter, person: Person) -> Todo:
    """Register the signing, confirm that it is void, or take it over: what the letter waits for is one of these."""
    since, due_on, right = clock.local(letter.made_at).date(), None, Ability.KEEP_LETTERS
    page = "letter"
    if letter.void_proposed_by_id is not None:
        what, right = "确认责任书作废", Ability.VOID_LETTER
    elif letter.signed_on is not None:
        what, right, page = "接续确认责任书", Ability.SIGN_LETTER, "letter-takeovers"
    else:
        keeps = person.can(Ability.KEEP_LETTERS, letter.project.unit)
        what, due_on = "签订责任书" if keeps else "电子确认责任书", letter.project.letter_due_on
        right = right if keeps else Ability.SIGN_LETTER
    return Todo(letter, what, page, due_on, since, _name(person.acting_for(right, letter.project.unit)))


def _lettering(projects: list[int], person: Person) -> list[Todo]:
    """Projects whose letters are to be made, which is asked for only where there are any."""
    found = unlettered(person).filter(pk__in=projects) if projects else ()
    return [
        Todo(
            project, "制作责任书", "letter-new", project.letter_due_on, clock.local(project.established_at or project.changed_at).date(),
            _name(person.acting_for(Ability.KEEP_LETTERS, project.unit)),
        )
        for project in found
    ]  # fmt: skip


def _confirmation(record: MeetingRecord, person: Person) -> Todo:
    principal = person.acting_for(Ability.CONFIRM_MEETING, record, there=True)
    return Todo(record, "确认会议记录", "meeting-record", None, clock.local(record.at).date(), _name(principal))


def _answering(filing: Filing, person: Person) -> Todo:
    """The company answers; its own unit corrects what came back."""
    since = clock.local(filing.at).date()
    if filing.state == "handed_in" and Filing.receives(person):
        return Todo(filing, "办理备案", "filing", None, since)
    principal = person.acting_for(Ability.FILE, filing, there=True)
    return Todo(filing, "补正后再报备案", "unit-filing", None, since, _name(principal))


def _reporting(units: list[int], person: Person, calendars: dict[int, Calendar]) -> list[Todo]:
    """Units whose table was never handed in this year."""
    round = Round.current() if units else None
    if round is None:
        return []
    if round.pk not in calendars:
        calendars[round.pk] = round.calendar()
    todos = []
    for unit in unfiled.outstanding(round).filter(pk__in=units, path__in=person.paths_with(Ability.FILE)):
        window = calendars[round.pk].at(unit).get(WINDOW)
        principal = person.acting_for(Ability.FILE, unit, there=True)
        due_on = window.closes_on if window else None
        todos.append(Todo(unit, "报送项目汇总表", "unit-filing", due_on, unfiled.since(unit), _name(principal)))
    return todos


def _todo(project: Project, windows: dict[str, Window], person: Person) -> Todo:
    step = project.step
    if step is not None:
        window = windows.get(project.step_window())
        page = "meeting-new" if step.by_meeting else "screening"
        what = "登记会议决定" if step.by_meeting else step.label
        since = clock.local(step.opened_at).date() if step.opened_at else None
        principal = step.acted_for(person)
        return Todo(project, what, page, window.closes_on if window else None, since, _name(principal))
    principal = person.acting_for(Ability.DRAFT, project)
    if project.state == State.ESTABLISHED:
        return Todo(project, "签收立项通知", "receipt", None, None, _name(principal))
    application = windows.get("application")
    hand = project.application.filler if project.application.awaits_confirmation else ""
    if hand and person.can(Ability.SUBMIT, project):
        principal, due_on = person.acting_for(Ability.SUBMIT, project), application.closes_on if application else None
        return Todo(project, f"确认{hand}代填的申请表", "confirmation", due_on, None, _name(principal))
    what = "按退回意见修改后再提交" if project.is_returned else "完成申请表并提交"
    due_on = application.closes_on if application else None
    return Todo(project, what, "application-edit", due_on, None, _name(principal))


def _planning(project: Project, person: Person, calendars: dict[int, Calendar]) -> Todo:
    return _branchs(project, project, "制定实施计划书", person, calendars)


def _of_plan(plan: Plan, person: Person, calendars: dict[int, Calendar]) -> Todo:
    project, step = plan.project, plan.step
    if step is not None:
        principal, due_on = step.acted_for(person), _plan_due_on(project, calendars)
        since = clock.local(step.opened_at).date() if step.opened_at else None
        return Todo(plan, f"实施计划书{step.label}", "plan-decision", due_on, since, _name(principal))
    if project.is_offline:
        principal = person.acting_for(Ability.CHECK_PLAN, project.unit)
        return Todo(plan, "登记计划书线下审定", "plan-offline", None, None, _name(principal))
    if plan.awaits_confirmation and person.can(Ability.SUBMIT, project):
        principal, due_on = person.acting_for(Ability.SUBMIT, project), _plan_due_on(project, calendars)
        asked_on = clock.local(plan.asked_at).date() if plan.asked_at else None
        what = f"确认{plan.filler}代填的计划书"
        return Todo(plan, what, "plan-confirmation", due_on, asked_on, _name(principal))
    what = "按退回意见修改计划书" if plan.is_returned else "完成计划书并提交"
    return _branchs(plan, project, what, person, calendars)


def _branchs(
    about: Project | Plan, project: Project, what: str, person: Person, calendars: dict[int, Calendar]
) -> Todo:
    """What the branch does for its plan."""
    principal = person.acting_for(Ability.DRAFT, project)
    return Todo(about, what, "plan-edit", _plan_due_on(project, calendars), None, _name(principal))


def _plan_due_on(project: Project, calendars: dict[int, Calendar]) -> date | None:
    """The last day of the window in which plans are made (S-31); the calendar of a round is read once."""
    if project.round_id not in calendars:
        calendars[project.round_id] = project.round.calendar()
    window = calendars[project.round_id].at(project.branch).get("plan")
    return window.closes_on if window else None


def _of_change(change: PlanChange, person: Person) -> Todo:
    since = clock.local(change.edited_at).date()
    if change.state == "draft":
        principal = person.acting_for(Ability.DRAFT, change.project)
        return Todo(change, "完成计划变更申请", "plan-change-edit", None, since, _name(principal))
    major = change.weight == Weight.MAJOR
    right = Ability.RECORD_MEETING if major else Ability.CHECK_PLAN
    what = "登记计划变更的会议决定" if major else "登记计划变更"
    principal = person.acting_for(right, change.project.unit)
    return Todo(change, what, "plan-change", None, since, _name(principal))


def _name(principal: Person | None) -> str:
    return principal.name if principal else ""
