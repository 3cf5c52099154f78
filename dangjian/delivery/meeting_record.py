"""The record handed in (待确认会议记录): what a handler noted of a meeting, until the secretary confirms it (design §4).

The scheme switches it on (`Approvals.confirmation`, off). While a record waits nothing has been decided: there is no
meeting yet, and the projects stand where they stood. Confirmed, it is recorded as any other meeting is.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import date
from typing import Any, Self

from django.db import models, transaction

from dangjian.delivery.change import PlanChange
from dangjian.delivery.plan import Plan
from dangjian.delivery.plan_resolution import PlanVerdict
from dangjian.foundation import audit, clock, notice
from dangjian.foundation.hand import Acted
from dangjian.foundation.lifecycle import Move, MoveLog, Reason, Refused, Stateful
from dangjian.foundation.refusal import MOST_REASON, demanded
from dangjian.people.access import Ability
from dangjian.people.organisation import Organisation
from dangjian.people.person import Person
from dangjian.people.scope import PathField, ScopedQuerySet
from dangjian.projects.meeting import Attendance, Meeting, Verdict, recording_ability
from dangjian.projects.project import Project


class State(models.TextChoices):
    WAITING = "waiting", "待书记确认"
    CONFIRMED = "confirmed", "已确认"
    RETURNED = "returned", "已退回"
    RECALLED = "recalled", "已撤回"


class MeetingRecordQuerySet(ScopedQuerySet["MeetingRecord"]):
    def visible_to(self, person: Any) -> Self:
        """As the meeting itself will be seen."""
        return self.in_scopes(person.scopes(Ability.VIEW_PROJECT))

    def waiting(self) -> Self:
        return self.filter(state=State.WAITING)

    def waiting_for(self, person: Any) -> Self:
        """What the secretary has still to confirm."""
        return self.waiting().filter(path__in=person.paths_with(Ability.CONFIRM_MEETING))


def _has_changed_since(record: MeetingRecord, by: Any) -> Iterator[Reason]:
    for project in record.projects.filter(application__edited_at__gt=record.at):
        yield Reason(f"登记之后《{project.name}》的申请表又有改动，请退回重记")


class MeetingRecord(Acted, Stateful):
    """One record: when, who was there, what was decided, by whom it was noted."""

    moves = (
        Move("confirm", "确认", frozenset({State.WAITING}), State.CONFIRMED, Ability.CONFIRM_MEETING, unmet=_has_changed_since, tone="primary"),
        Move("return_record", "退回重记", frozenset({State.WAITING}), State.RETURNED, Ability.CONFIRM_MEETING),
        Move("recall", "撤回", frozenset({State.WAITING}), State.RECALLED, Ability.RECORD_MEETING),
    )  # fmt: skip

    state = models.CharField("状态", max_length=20, choices=State, default=State.WAITING)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name="召开党组织")
    path = PathField("路径", editable=False)
    held_on = models.DateField("会议日期")
    issue = models.PositiveSmallIntegerField("期次")
    attendance = models.JSONField("到会情况")
    verdicts = models.JSONField("各项决定")
    plan_verdicts = models.JSONField("对计划的各项决定", default=list)
    projects = models.ManyToManyField(Project, related_name="meeting_records", verbose_name="项目")
    plans = models.ManyToManyField(Plan, related_name="meeting_records", verbose_name="实施计划")
    changes = models.ManyToManyField(PlanChange, related_name="meeting_records", verbose_name="计划变更")
    by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="登记人")
    at = models.DateTimeField("登记时间")
    meeting = models.OneToOneField(
        Meeting, models.PROTECT, null=True, editable=False, related_name="record_of", verbose_name="会议"
    )

    objects = MeetingRecordQuerySet.as_manager()

    class Meta:
        verbose_name = "待确认会议记录"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state="confirmed", meeting__isnull=False)
                | (~models.Q(state="confirmed") & models.Q(meeting__isnull=True)),
                name="record_confirmed_is_a_meeting",
            ),
            models.UniqueConstraint(
                fields=["organisation", "held_on", "issue"], condition=models.Q(state="waiting"), name="record_once"
            ),
        ]
        indexes = [models.Index(fields=["path", "state"], name="record_place")]

    def __str__(self) -> str:
        body = self.organisation.deciding_body
        return str(Meeting(organisation=self.organisation, body=body, year=self.held_on.year, issue=self.issue))

    def permits(self, move: Move, by: Any) -> bool:
        """The secretary of this very body confirms, not one above; whoever may record here takes it back."""
        if move.ability == Ability.CONFIRM_MEETING:
            return self.path in by.paths_with(Ability.CONFIRM_MEETING)
        return bool(by.can(recording_ability(self.organisation), self.organisation))

    def acted_for(self, move: Move, by: Any) -> Any:
        if move.ability == Ability.CONFIRM_MEETING:
            return by.acting_for(Ability.CONFIRM_MEETING, self, there=True)
        return by.acting_for(recording_ability(self.organisation), self.organisation)

    @staticmethod
    def is_asked(organisation: Organisation, projects: Sequence[Project], *, by: Any) -> bool:
        """Whether what ``by`` records here takes effect only once the secretary confirms it.

        Not where the secretary records, nor where the body has no secretary in office: nothing may be left to nobody.
        """
        if not any(project.rules.approvals.confirmation for project in projects):
            return False
        secretaries = Person.objects.appointed_at([organisation], Ability.CONFIRM_MEETING)
        return secretaries.exists() and organisation.path not in by.paths_with(Ability.CONFIRM_MEETING)

    # Verbs

    @classmethod
    @transaction.atomic
    def enter(
        cls, organisation: Organisation, *, held_on: date, issue: int, attendance: Attendance,
        verdicts: Sequence[Verdict] = (), matters: Sequence[PlanVerdict] = (), by: Any,
    ) -> Meeting | MeetingRecord:  # fmt: skip
        """Record the meeting, or where the secretary has to confirm, hand in what was noted. Raises Refused alike."""
        noted: dict[str, Any] = {"held_on": held_on, "issue": issue, "attendance": attendance}
        projects = [verdict.project for verdict in verdicts]
        if not cls.is_asked(organisation, [*projects, *(matter.on.project for matter in matters)], by=by):
            return Meeting.record(organisation, by=by, verdicts=verdicts, matters=matters, **noted)
        _rehearse(organisation, by=by, verdicts=verdicts, matters=matters, **noted)
        # Two who note the same meeting come one after the other.
        Organisation.objects.select_for_update().get(pk=organisation.pk)
        if reasons := list(_already_noted(organisation, verdicts, matters, held_on, issue)):
            raise Refused(*reasons)
        made = cls.objects.create(
            organisation=organisation, path=organisation.path, held_on=held_on, issue=issue,
            attendance=vars(attendance), verdicts=[_frozen(verdict) for verdict in verdicts],
            plan_verdicts=[_frozen_on_plan(matter) for matter in matters], by_id=by.pk,
            on_behalf_of=by.acting_for(recording_ability(organisation), organisation), at=clock.now(),
        )  # fmt: skip
        made.projects.set(projects)
        made.plans.set(matter.on for matter in matters if isinstance(matter.on, Plan))
        made.changes.set(matter.on for matter in matters if isinstance(matter.on, PlanChange))
        secretaries = Person.objects.appointed_at([organisation], Ability.CONFIRM_MEETING)
        notice.tell(secretaries, event=f"record-{made.pk}", text=f"请确认{made}的会议记录", about=made)
        made._note("hand_in", by)
        return made

    @transaction.atomic
    def confirm(self, *, by: Any) -> Meeting:
        """The secretary stands by it: the meeting is recorded, its decisions take effect. Raises Refused, Overtaken."""
        # Whoever comes second waits here for the first, and then finds it confirmed.
        standing = MeetingRecord.objects.select_for_update().get(pk=self.pk)
        if reasons := standing.refusals("confirm", by=by):
            raise self._overtaken(by) or Refused(*reasons)
        meeting = Meeting.record(
            self.organisation, held_on=self.held_on, issue=self.issue, attendance=Attendance(**self.attendance),
            verdicts=self.thawed(), matters=self.thawed_on_plans(), by=self.by,
        )  # fmt: skip
        made = self.move("confirm", by=by, meeting=meeting)
        self._tell("confirmed", f"{made.who}已确认{self}的会议记录，各项决定已生效")
        return meeting

    @transaction.atomic
    def return_record(self, *, by: Any, reason: str) -> MoveLog:
        """The secretary does not: whoever noted it is told why, and may note it anew."""
        reason = demanded(reason, MOST_REASON, "请写明退回的理由")
        made = self.move("return_record", by=by, opinion=reason)
        self._tell("returned", f"{made.who}退回了{self}的会议记录：{reason}")
        return made

    @transaction.atomic
    def recall(self, *, by: Any) -> MoveLog:
        """Whoever records here takes it back before it is confirmed."""
        return self.move("recall", by=by)

    def thawed(self) -> list[Verdict]:
        """What was noted on each project, in the order of the record."""
        known = Project.objects.with_names().in_bulk([each["project"] for each in self.verdicts])
        return [Verdict(**each | {"project": known[each["project"]]}) for each in self.verdicts]

    def thawed_on_plans(self) -> list[PlanVerdict]:
        """What was noted on each plan and change of a plan, in the order of the record."""
        known: dict[str, dict[int, Any]] = {
            "plan": {plan.pk: plan for plan in self.plans.with_names()},
            "change": {change.pk: change for change in self.changes.with_names()},
        }
        return [PlanVerdict(**each | {"on": known[each["on"][0]][each["on"][1]]}) for each in self.plan_verdicts]

    # Private

    def _tell(self, event: str, text: str) -> None:
        notice.tell([self.by], event=f"record-{self.pk}-{event}", text=text, about=self)

    def _note(self, what: str, by: Any) -> None:
        audit.record(
            f"meetingrecord.{what}", self, by=by, on_behalf_of=self.on_behalf_of,
            details={
                "projects": [each["project"] for each in self.verdicts],
                "matters": ["-".join(map(str, each["on"])) for each in self.plan_verdicts],
            },
        )  # fmt: skip


class _Rehearsed(Exception):
    """Everything went well and is to be undone."""


def _rehearse(
    organisation: Organisation, *, verdicts: Sequence[Verdict], matters: Sequence[PlanVerdict], by: Any, **noted: Any
) -> None:
    """Record the meeting and take that back: whatever would refuse it refuses now, while whoever noted it is there."""
    # On projects and plans of its own: those of the page stay as they were.
    verdicts = [replace(verdict, project=verdict.project.reload()) for verdict in verdicts]
    matters = [replace(matter, on=matter.on.reload()) for matter in matters]
    with suppress(_Rehearsed), transaction.atomic():
        Meeting.record(organisation, by=by, verdicts=verdicts, matters=matters, **noted)
        raise _Rehearsed


def _already_noted(
    organisation: Organisation, verdicts: Sequence[Verdict], matters: Sequence[PlanVerdict], held_on: date, issue: int
) -> Iterator[Reason]:
    waiting = MeetingRecord.objects.waiting().filter(organisation=organisation)
    if waiting.filter(held_on__year=held_on.year, issue=issue).exists():
        yield Reason(f"{held_on.year}年第{issue}期已登记，待书记确认", "issue")
    told = (
        (Project, "这个项目的决定已登记，待书记确认", {verdict.project.pk: verdict.field for verdict in verdicts}),
        (Plan, "这份计划书的决定已登记，待书记确认", {m.on.pk: m.field for m in matters if isinstance(m.on, Plan)}),
        (PlanChange, "这次变更的决定已登记，待书记确认", {m.on.pk: m.field for m in matters if isinstance(m.on, PlanChange)}),
    )  # fmt: skip
    for kind, text, fields in told:
        noted = kind._base_manager.filter(pk__in=fields, meeting_records__in=waiting).values_list("pk", flat=True)
        yield from (Reason(text, fields[pk]) for pk in noted)


def _frozen(verdict: Verdict) -> dict[str, Any]:
    return vars(verdict) | {"project": verdict.project.pk}


def _frozen_on_plan(verdict: PlanVerdict) -> dict[str, Any]:
    return vars(verdict) | {"on": [verdict.on.on_agenda, verdict.on.pk]}
