"""What the interface answers: each noun as JSON. No rules are made here."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from ninja import Field, Schema

from dangjian.agreements.letter import Letter
from dangjian.delivery.change import PlanChange
from dangjian.delivery.filing import Filing
from dangjian.delivery.meeting_record import MeetingRecord
from dangjian.delivery.plan import Plan
from dangjian.delivery.plan_resolution import PlanResolution
from dangjian.foundation.hand import signed
from dangjian.foundation.lifecycle import MoveLog, Reason
from dangjian.foundation.notice import Notice
from dangjian.foundation.window import Window
from dangjian.overview.todo import Todo
from dangjian.people.organisation import Organisation
from dangjian.people.person import Person
from dangjian.programmes.approval import Step
from dangjian.programmes.notice_receipt import NoticeReceipt
from dangjian.projects.briefing import Briefing
from dangjian.projects.instruction import Instruction
from dangjian.projects.meeting import Meeting
from dangjian.projects.project import Project
from dangjian.projects.resolution import Resolution
from dangjian.projects.restructuring import Restructuring
from dangjian.projects.revision import facts_of


class ReasonOut(Schema):
    """One sentence why something was not done, and the field it is about, if it is about one."""

    text: str
    field: str = ""

    @staticmethod
    def of(reason: Reason) -> ReasonOut:
        return ReasonOut(text=reason.text, field=reason.field)


class RefusalOut(Schema):
    """Nothing was changed. ``reasons`` are fit for the user's eyes."""

    reasons: list[ReasonOut]


LOOKS: dict[int, Any] = dict.fromkeys((400, 401), RefusalOut)
"""What every operation may answer instead: the request is not of the shape; no token."""
FINDS: dict[int, Any] = LOOKS | {404: RefusalOut}
"""And where a number is given: it is not there, or not for one's eyes."""
ACTS: dict[int, Any] = FINDS | dict.fromkeys((403, 409, 422), RefusalOut)
"""And each verb: the token may only look; somebody else was first; refused."""


class RemindedOut(Schema):
    """How many were asked to sign."""

    asked: int


class OrganisationOut(Schema):
    """A Party organisation of the tree; ``parent`` is null at the top."""

    id: int
    kind: str
    full_name: str
    short_name: str
    parent: int | None
    ended_on: date | None

    @staticmethod
    def of(organisation: Organisation) -> OrganisationOut:
        return OrganisationOut(
            id=organisation.pk, kind=organisation.kind, full_name=organisation.full_name,
            short_name=organisation.short_name, parent=organisation.parent_id, ended_on=organisation.ended_on,
        )  # fmt: skip


class PersonOut(Schema):
    """Somebody, by name and organisation."""

    id: int
    name: str
    organisation: int

    @staticmethod
    def of(person: Person) -> PersonOut:
        return PersonOut(id=person.pk, name=person.name, organisation=person.organisation_id)


class OfficeOut(Schema):
    """An office in force today, and the organisation where it is held."""

    role: str
    label: str
    organisation: int


class MeOut(PersonOut):
    """Whose token this is, and what it may do; a command on the server needs none, and nothing expires."""

    offices: list[OfficeOut]
    reads_only: bool
    expires_at: datetime | None


class ProjectOut(Schema):
    """A line of the project list. ``waiting`` is the state as people say it: 待筛选, 待上会."""

    id: int
    number: str
    name: str
    year: int
    branch: str
    branch_id: int
    unit: str
    unit_id: int
    owner: str
    starts: str = Field(description="年月或年月日，如 2022-08")
    ends: str
    state: str
    waiting: str
    offline: bool = Field(description="线下管理：内容不在系统内")
    submitted_at: datetime | None
    established_at: datetime | None
    changed_at: datetime

    @staticmethod
    def of(project: Project) -> ProjectOut:
        return ProjectOut(**_row(project))


class StepOut(Schema):
    """One step of the approval."""

    label: str
    organisation: str
    state: str
    decision: str
    opinion: str
    decided_by: str = Field(description="由他人代办的，如“何平 代 陈静”")
    decided_at: datetime | None

    @staticmethod
    def of(step: Step) -> StepOut:
        who = signed(step.decided_by, step.on_behalf_of) if step.decided_by else ""
        return StepOut(
            label=step.label, organisation=step.organisation.short_name, state=step.state, decision=step.decision,
            opinion=step.opinion, decided_by=who, decided_at=step.decided_at,
        )  # fmt: skip


class LogOut(Schema):
    """One made move."""

    name: str
    label: str
    by: str = Field(description="由他人代办的，如“何平 代 陈静”")
    at: datetime
    opinion: str

    @staticmethod
    def of(made: MoveLog) -> LogOut:
        return LogOut(name=made.name, label=made.label, by=made.who, at=made.at, opinion=made.opinion)


class MoveOut(Schema):
    """What one may do next with a project, and what is still missing for it."""

    name: str
    label: str
    missing: list[ReasonOut]


class ProjectDetailOut(ProjectOut):
    """A project with its facts. ``version`` goes into a decision, ``edits`` into a saving of the application."""

    version: int
    edits: int
    facts: dict[str, Any]
    steps: list[StepOut]
    log: list[LogOut]
    moves: list[MoveOut]

    @staticmethod
    def seen_by(project: Project, person: Person) -> ProjectDetailOut:
        steps = (
            project.approval.steps.select_related("organisation", "decided_by", "on_behalf_of")
            if project.approval
            else []
        )
        return ProjectDetailOut(
            **_row(project),
            version=project.version,
            edits=project.application.edits,
            facts=facts_of(project),
            steps=[StepOut.of(step) for step in steps],
            log=[LogOut.of(made) for made in project.log().select_related("by")],
            moves=[
                MoveOut(name=move.name, label=move.label, missing=[ReasonOut.of(reason) for reason in missing])
                for move, missing in project.open_moves(by=person)
            ],
        )


class ResolutionOut(Schema):
    """What a meeting decided on one project."""

    project: int
    decision: str
    opinion: str
    received_at: datetime | None

    @staticmethod
    def of(resolution: Resolution) -> ResolutionOut:
        return ResolutionOut(
            project=resolution.project_id, decision=resolution.decision, opinion=resolution.text,
            received_at=resolution.received_at,
        )  # fmt: skip


class PlanResolutionOut(Schema):
    """What a meeting decided on the plan of a project, or on one change of it."""

    project: int
    change: int | None
    decision: str

    @staticmethod
    def of(made: PlanResolution) -> PlanResolutionOut:
        return PlanResolutionOut(project=made.project.pk, change=made.change_id, decision=made.decision)


class MeetingOut(Schema):
    """A recorded meeting with all it decided."""

    id: int
    title: str
    organisation: int
    held_on: date
    issue: int
    expected: int
    present: int
    chair: str
    resolutions: list[ResolutionOut]
    plans: list[PlanResolutionOut]
    minutes_edition: int

    @staticmethod
    def of(meeting: Meeting) -> MeetingOut:
        return MeetingOut(
            id=meeting.pk, title=str(meeting), organisation=meeting.organisation_id, held_on=meeting.held_on,
            issue=meeting.issue, expected=meeting.expected, present=meeting.present, chair=meeting.chair,
            resolutions=[ResolutionOut.of(each) for each in meeting.resolutions.all()],
            plans=[PlanResolutionOut.of(each) for each in meeting.plan_resolutions.all()],
            minutes_edition=meeting.minutes_edition,
        )  # fmt: skip


class MeetingRecordOut(Schema):
    """A record that waits, or waited, for the secretary; ``meeting`` is the meeting that it became."""

    id: int
    title: str
    organisation: int
    held_on: date
    issue: int
    state: str
    projects: list[int]
    meeting: int | None

    @staticmethod
    def of(record: MeetingRecord) -> MeetingRecordOut:
        return MeetingRecordOut(
            id=record.pk, title=str(record), organisation=record.organisation_id, held_on=record.held_on,
            issue=record.issue, state=record.state, projects=[each["project"] for each in record.verdicts],
            meeting=record.meeting_id,
        )  # fmt: skip


def _of_project(project: Any) -> dict[str, Any]:
    return {"project": project.pk, "name": project.name}


_ABOUT: dict[type, Callable[[Any], dict[str, Any]]] = {
    NoticeReceipt: lambda receipt: {"scheme_notice": receipt.notice_id, "name": receipt.notice.title},
    Briefing: lambda briefing: {"briefing": briefing.pk, "name": briefing.title},
    Instruction: lambda held: {"instruction": held.pk, "name": held.briefing.title},
    Restructuring: lambda change: {"restructuring": change.pk, "name": str(change)},
    MeetingRecord: lambda record: {"meeting_record": record.pk, "name": str(record)},
    Letter: lambda letter: {"letter": letter.pk, "name": letter.project.name},
    Plan: lambda plan: _of_project(plan.project),
    PlanChange: lambda asked: _of_project(asked.project) | {"plan_change": asked.pk},
    Filing: lambda filing: {"filing": filing.pk, "name": str(filing)},
    Organisation: lambda unit: {"unit": unit.pk, "name": unit.short_name},
}
"""What a thing to do is about, by number and name; a project where it is none of these."""


class TodoOut(Schema):
    """One thing to do next, and by when: with the one of these nouns whose number is given."""

    project: int | None = None
    scheme_notice: int | None = None
    briefing: int | None = None
    instruction: int | None = None
    restructuring: int | None = None
    letter: int | None = None
    plan_change: int | None = None
    meeting_record: int | None = None
    filing: int | None = None
    unit: int | None = None
    name: str
    what: str
    due_on: date | None
    late: bool

    @staticmethod
    def of(todo: Todo) -> TodoOut:
        known = _ABOUT.get(type(todo.about), _of_project)(todo.about)
        return TodoOut(**known, what=todo.what, due_on=todo.due_on, late=todo.is_late)


class NoticeOut(Schema):
    """One thing one was told."""

    id: int
    text: str
    about: str
    about_id: int | None
    created_at: datetime
    read_at: datetime | None

    @staticmethod
    def of(notice: Notice) -> NoticeOut:
        return NoticeOut(
            id=notice.pk, text=notice.text, about=notice.noun, about_id=notice.noun_id,
            created_at=notice.created_at, read_at=notice.read_at,
        )  # fmt: skip


class WindowOut(Schema):
    """A window of the year as it holds for one's own organisation."""

    key: str
    label: str
    opens_on: date | None
    closes_on: date
    hard: bool

    @staticmethod
    def of(key: str, window: Window) -> WindowOut:
        return WindowOut(
            key=key, label=window.label, opens_on=window.opens_on, closes_on=window.closes_on, hard=window.hard
        )


class RoundOut(Schema):
    """A year with its scheme and its windows."""

    year: int
    scheme: str
    windows: list[WindowOut]


def _row(project: Project) -> dict[str, Any]:
    return {
        "id": project.pk,
        "number": project.number,
        "name": project.name,
        "year": project.round.year,
        "branch": project.branch.full_name,
        "branch_id": project.branch_id,
        "unit": project.unit.full_name,
        "unit_id": project.unit_id,
        "owner": project.owner.name if project.owner else "",
        "starts": project.starts,
        "ends": project.ends,
        "state": project.state,
        "waiting": project.waiting_label,
        "offline": project.is_offline,
        "submitted_at": project.submitted_at,
        "established_at": project.established_at,
        "changed_at": project.changed_at,
    }
