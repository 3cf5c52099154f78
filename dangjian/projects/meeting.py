"""The meeting (会议): a committee's collective decisions, recorded by a handler from the minutes.

Nobody signs in to vote. One meeting may decide several projects, and plans besides or alone; the branch's own meeting
on its application and the unit committee's meeting are the same noun at different places of the tree.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any, Self

from django.db import models, transaction

from dangjian.foundation import audit, clock, notice
from dangjian.foundation.lifecycle import Reason, Refused, checked
from dangjian.people.access import Ability
from dangjian.people.former_name import as_of
from dangjian.people.organisation import Organisation
from dangjian.people.scope import PathField, ScopedQuerySet
from dangjian.projects.ballot import Tally
from dangjian.projects.project import Project, without_reason
from dangjian.projects.quorum import Quorum
from dangjian.projects.resolution import Resolution
from dangjian.projects.state import State


class Matter(Tally, ABC):
    """What a meeting decides one by one: a project here, what a later noun brings besides (实施计划, 计划变更)."""

    @property
    @abstractmethod
    def field(self) -> str:
        """Where reasons about it belong."""

    @property
    @abstractmethod
    def lacking(self) -> str:
        """The reason that a refusal lacks."""

    @abstractmethod
    def settle(self, meeting: Meeting, *, by: Any) -> None:
        """Take the decision at the meeting, or raise Refused."""


@dataclass(frozen=True)
class Verdict(Matter):
    """What the meeting decided on one project."""

    project: Project
    decision: str
    opinion: str = ""

    @property
    def field(self) -> str:
        return f"verdict-{self.project.pk}"

    @property
    def lacking(self) -> str:
        """Nothing for an offline project, which has its conclusion for a reason."""
        return "" if self.project.is_offline else without_reason(self.decision, self.opinion)

    def settle(self, meeting: Meeting, *, by: Any) -> None:
        project, here = self.project, meeting.organisation
        told = self.columns() | {"recusal_reason": project.reason_for("recuse", self.recusal_reason)}
        resolution = Resolution(
            meeting=meeting, project=project, branch=project.branch, decision=self.decision,
            opinion=project.opinion_on(self.decision, self.opinion), **told,
        )  # fmt: skip
        checked(resolution, exclude=["received_by", "received_for", "received_at"])
        resolution.save()
        if here.is_branch:
            if project.branch_id != here.pk or project.state != State.DRAFT:
                raise Refused("只能对本支部尚未提交的申请登记意见")
        elif project.step is not None and project.step.organisation_id != here.pk:
            raise Refused(f"这个项目由{project.step.organisation.short_name}研究，不能在本次会议上决定")
        else:
            project.decide(self.decision, by=by, opinion=self.opinion, held_on=meeting.held_on, seen=self.seen)


@dataclass(frozen=True)
class Attendance:
    """Who was there: 应到, 实到, 主持, 记录, and 列席, 请假 in words."""

    expected: int
    present: int
    chair: str
    recorder: str = ""
    observers: str = ""
    absent: str = ""


class MeetingQuerySet(ScopedQuerySet["Meeting"]):
    def visible_to(self, person: Any) -> Self:
        return self.in_scopes(person.scopes(Ability.VIEW_PROJECT))


class Meeting(models.Model):
    """One held meeting of a deciding body, 〔年份〕第N期."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="meetings", verbose_name="召开党组织")
    path = PathField("路径", editable=False)
    body = models.CharField("会议", max_length=20)
    year = models.PositiveSmallIntegerField("年份")
    issue = models.PositiveSmallIntegerField("期次")
    held_on = models.DateField("会议日期")
    expected = models.PositiveSmallIntegerField("应到")
    present = models.PositiveSmallIntegerField("实到")
    chair = models.CharField("主持", max_length=40)
    recorder = models.CharField("记录", max_length=40, blank=True)
    observers = models.CharField("列席", max_length=300, blank=True)
    absent = models.CharField("请假", max_length=300, blank=True)
    recorded_by = models.ForeignKey("dangjian.Person", models.PROTECT, related_name="+", verbose_name="登记人")
    recorded_for = models.ForeignKey(
        "dangjian.Person", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="代何人登记"
    )
    recorded_at = models.DateTimeField("登记时间")
    minutes_edition = models.PositiveSmallIntegerField("纪要第几稿", default=1, editable=False)
    minutes_renewed_at = models.DateTimeField("纪要更新时间", null=True, blank=True, editable=False)

    objects = MeetingQuerySet.as_manager()

    class Meta:
        verbose_name = "会议"
        constraints = [
            models.UniqueConstraint(fields=["organisation", "year", "issue"], name="meeting_once"),
            models.CheckConstraint(
                condition=models.Q(present__lte=models.F("expected")), name="meeting_present_expected"
            ),
        ]
        indexes = [models.Index(fields=["path", "-held_on"], name="meeting_place")]

    def __str__(self) -> str:
        return f"{_joined(self.organisation.short_name, self.body)}〔{self.year}〕第{self.issue}期"

    @property
    def recording_ability(self) -> Ability:
        """The right to record this meeting, and to file its signed minutes."""
        return recording_ability(self.organisation)

    @classmethod
    def next_issue(cls, organisation: Organisation, year: int) -> int:
        """The number offered for the next meeting of the year."""
        last = cls.objects.filter(organisation=organisation, year=year).aggregate(models.Max("issue"))["issue__max"]
        return (last or 0) + 1

    @classmethod
    def latest_of(cls, organisation: Organisation) -> Meeting | None:
        """The last meeting held here: who presided and recorded then most often does again."""
        return cls.objects.filter(organisation=organisation).order_by("-held_on", "-pk").first()

    @classmethod
    @transaction.atomic
    def record(
        cls,
        organisation: Organisation,
        *,
        held_on: date,
        issue: int,
        attendance: Attendance,
        verdicts: Sequence[Verdict] = (),
        matters: Sequence[Matter] = (),
        by: Any,
    ) -> Meeting:
        """Record a meeting with all it decided, or nothing at all (S-27, S-108, S-109).

        Raises Refused; a reason about one project or one matter stands at its own ``field``.
        """  # fmt: skip
        if not by.can(recording_ability(organisation), organisation):
            raise Refused(f"您没有登记{organisation.short_name}{organisation.deciding_body}会议的权限")
        organisation = organisation.held()
        reasons = list(_wrong(organisation, held_on, issue, attendance, verdicts, matters))
        if reasons:
            raise Refused(*reasons)
        meeting = cls(
            organisation=organisation, path=organisation.path, body=organisation.deciding_body,
            year=held_on.year, issue=issue, held_on=held_on, recorded_by_id=by.pk, recorded_at=clock.now(),
            recorded_for=by.acting_for(recording_ability(organisation), organisation), **vars(attendance),
        )  # fmt: skip
        checked(meeting)
        meeting.save()
        details = {"projects": [v.project.pk for v in verdicts], "matters": [matter.field for matter in matters]}
        audit.record("meeting.record", meeting, by=by, on_behalf_of=meeting.recorded_for, details=details)
        for matter in [*verdicts, *matters]:
            with _at(matter.field):
                matter.settle(meeting, by=by)
        return meeting

    @transaction.atomic
    def renew_minutes(self, *, by: Any) -> None:
        """A decision was noted after the meeting was recorded: minutes printed before do not tell of it.

        The next edition says so on paper and bears its own mark; whoever recorded the meeting is told to have it signed.
        """
        now = clock.now()
        changed = {"minutes_edition": models.F("minutes_edition") + 1, "minutes_renewed_at": now}
        Meeting.objects.filter(pk=self.pk).update(**changed)
        self.refresh_from_db(fields=list(changed))
        right = by.acting_for(recording_ability(self.organisation), self.organisation)
        audit.record(
            "meeting.renew_minutes", self, by=by, on_behalf_of=right, details={"edition": self.minutes_edition}
        )
        text = f"{self}补记了决定，会议纪要更新为第{self.minutes_edition}稿，请重新打印、签字、归档"
        event = f"meeting-{self.pk}-minutes-{self.minutes_edition}"
        notice.tell([self.recorded_by], event=event, text=text, about=self)

    @property
    def has_offline_project(self) -> bool:
        """Whether something was decided here of which nothing but number, neutral name and result may stand."""
        return self.resolutions.filter(project__is_offline=True).exists()

    def established(self) -> models.QuerySet[Resolution]:
        """The decisions by which it established projects: what the 立项通知 is about."""
        return self.resolutions.filter(decision=Resolution.Decision.ESTABLISH)

    @property
    def place(self) -> Organisation:
        """The organisation by the name it had when the meeting was recorded, as its papers bear it."""
        return as_of(self.organisation, self.recorded_at)


def recording_ability(organisation: Organisation) -> Ability:
    """The right to record the meetings of a body."""
    return Ability.RECORD_BRANCH_OPINION if organisation.is_branch else Ability.RECORD_MEETING


_BRANCH_DECISIONS = (Resolution.Decision.AGREE,)
_UNIT_DECISIONS = (Resolution.Decision.ESTABLISH, Resolution.Decision.RETURN, Resolution.Decision.REJECT)


def _wrong(
    organisation: Organisation, held_on: date, issue: int, attendance: Attendance, verdicts: Sequence[Verdict],
    matters: Sequence[Matter],
) -> Any:  # fmt: skip
    """What is wrong with a record before anything is written."""
    if not verdicts and not matters:
        yield Reason("请至少对一个项目、计划书或计划变更作出决定")
    if held_on > clock.today():
        yield Reason("会议日期不能晚于今天", "held_on")
    if attendance.present > attendance.expected:
        yield Reason("实到人数不能多于应到人数", "present")
    else:
        yield from (Reason(text, "present") for text in Quorum(attendance.expected, attendance.present).refusals())
    if Meeting.objects.filter(organisation=organisation, year=held_on.year, issue=issue).exists():
        yield Reason(f"{held_on.year}年第{issue}期已登记过", "issue")
    for verdict in verdicts:
        yield from _wrong_with(verdict, attendance)
        yield from _before_branch(verdict, held_on)
    for matter in matters:
        yield from _wrong_with(matter, attendance)
    yield from _undecidable(organisation, verdicts)


def _undecidable(organisation: Organisation, verdicts: Sequence[Verdict]) -> Any:
    """Decisions that are not this body's to make, or are made twice."""
    allowed = _BRANCH_DECISIONS if organisation.is_branch else _UNIT_DECISIONS
    decided: set[int] = set()
    for verdict in verdicts:
        if verdict.decision not in allowed:
            yield Reason(f"{organisation.deciding_body}不能作出这样的决定", verdict.field)
        if verdict.project.pk in decided:
            yield Reason("同一个项目在一次会议上只能有一项决定", verdict.field)
        decided.add(verdict.project.pk)


@contextmanager
def _at(field: str) -> Iterator[None]:
    """Whatever is refused in here belongs to this field."""
    try:
        yield
    except Refused as refused:
        raise type(refused)(*(Reason(reason.text, field) for reason in refused.reasons)) from refused


def _wrong_with(matter: Matter, attendance: Attendance) -> Any:
    told = [*(reason.text for reason in matter.faults(attendance)), *filter(None, [matter.lacking])]
    yield from (Reason(text, matter.field) for text in told)


def _before_branch(verdict: Verdict, held_on: date) -> Any:
    opinion = verdict.project.branch_opinion()
    if opinion is not None and verdict.decision != Resolution.Decision.AGREE and held_on < opinion.meeting.held_on:
        yield Reason("会议日期不能早于支部意见的日期", verdict.field)


def _joined(name: str, body: str) -> str:
    """「一公司党委」+「党委会」 is 一公司党委会: what both share is said once."""
    shared = next(n for n in range(min(len(name), len(body)), -1, -1) if name.endswith(body[:n]))
    return name + body[shared:]
