"""The project (项目): the one object that lives from application to promotion."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import cached_property
from typing import Any

from django.db import models, transaction

from dangjian.foundation import audit, clock, numbering
from dangjian.foundation.lifecycle import Move, MoveLog, Reason, Refused
from dangjian.foundation.window import Phase
from dangjian.people.access import Ability
from dangjian.people.organisation import Organisation
from dangjian.people.person import Person, secretary_of
from dangjian.people.scope import PathField
from dangjian.programmes.approval import Approval, Step
from dangjian.programmes.round import Round
from dangjian.programmes.scheme import StepRule
from dangjian.programmes.scheme_change import Change, changes
from dangjian.programmes.scheme_version import SchemeVersion
from dangjian.programmes.topic import Topic
from dangjian.projects.application import Application
from dangjian.projects.filed import Filed
from dangjian.projects.finding import ProjectQuerySet
from dangjian.projects.handled import AT_STEP, has_not_stood_aside, is_impartial, may_stand_aside
from dangjian.projects.handling import Handling
from dangjian.projects.handover import Handover
from dangjian.projects.joint import Joint
from dangjian.projects.naming import checked_name
from dangjian.projects.offline import Offline
from dangjian.projects.opinion import Opinions
from dangjian.projects.period import Period
from dangjian.projects.revision import Revision, facts_of
from dangjian.projects.start import START, Start
from dangjian.projects.state import NEVER_SUBMITTED, ONCE_ESTABLISHED, ONCE_STARTED, State
from dangjian.projects.succession import SUCCESSION, Succession
from dangjian.projects.taking_over import TAKING_OVER, FromPaper

# Decisions of an approval step, and the move each of them makes.
DECISIONS = {
    "pass": "pass_screening",
    "return": "return_for_revision",
    "establish": "establish",
    "reject": "reject",
}
_WITH_REASON = {"return": "请写明退回修改的理由", "reject": "请写明不予立项的理由", "decline": "请写明不同意的理由"}


def without_reason(decision: str, opinion: str) -> str:
    """What is wrong with a refusal, here or on a plan or its change, that says no reason; nothing with other decisions."""
    return "" if opinion.strip() else _WITH_REASON.get(decision, "")


# Conditions: what is still missing before a move


def _ready_to_submit(project: Project, by: Any) -> Iterator[Reason]:
    yield from project.application.missing(project.rules)
    if project.branch.kind not in project.rules.application.eligible_kinds:
        yield Reason("只有党支部可以申报项目")
    if project.branch.has_ended:
        yield Reason("该支部已经撤销，不能再申报")
    if project.owner is None:
        yield Reason("本支部没有在任书记，不能确定项目主要责任人")
    if any(rule.level == "branch" for rule in project.rules.steps("application")) and project.branch_opinion() is None:
        if project.meeting_records.filter(state="waiting").exists():
            yield Reason(f"{project.branch.deciding_body}意见待书记确认", "branch_opinion")
        else:
            yield Reason(f"请先登记{project.branch.deciding_body}意见", "branch_opinion")
    window = project.round.window_at("application", project.branch)
    closed = window.refusal(clock.today()) if window else None
    if closed:
        yield Reason(closed)


def _nobody_has_decided(project: Project, by: Any) -> Iterator[Reason]:
    step = project.step
    if (
        step is not None
        and project.run.steps.filter(carried=False)
        .filter(state=Step.State.DECIDED, organisation=step.organisation)
        .exists()
    ):
        yield Reason(f"{step.organisation.short_name}已开始办理，不能撤回；需要修改的，请对方退回修改")


def _step_takes(decision: str) -> Any:
    def unmet(project: Project, by: Any) -> Iterator[Reason]:
        step = project.step
        if step is None or decision not in step.decisions:
            yield Reason(f"当前环节是“{step.label if step else '无'}”，不能办理此项")
        elif not step.by_meeting:
            yield from is_impartial(project, by)

    return unmet


def _move(name: str, label: str, source: State, target: State, ability: str, **more: Any) -> Move:
    return Move(name, label, frozenset({source}), target, ability, **more)


class Project(Joint, Opinions, Succession, Offline, FromPaper, Start, Filed, Handling):
    """A branch's project of one round."""

    moves = (
        _move("submit", "提交申报", State.DRAFT, State.IN_APPROVAL, Ability.SUBMIT, unmet=_ready_to_submit, clause="S-17 S-20 S-21 S-22", tone="primary"),
        _move("withdraw", "放弃申报", State.DRAFT, State.WITHDRAWN, Ability.SUBMIT, tone="danger"),
        _move("recall", "撤回", State.IN_APPROVAL, State.DRAFT, Ability.SUBMIT, unmet=_nobody_has_decided),
        _move("pass_screening", "通过筛选", State.IN_APPROVAL, State.IN_APPROVAL, AT_STEP, unmet=_step_takes("pass"), clause="S-27", tone="primary"),
        _move("establish", "同意立项", State.IN_APPROVAL, State.ESTABLISHED, AT_STEP, unmet=_step_takes("establish"), clause="S-27 S-28", tone="primary"),
        _move("return_for_revision", "退回修改", State.IN_APPROVAL, State.DRAFT, AT_STEP, unmet=_step_takes("return"), clause="S-28"),
        _move("reject", "不予立项", State.IN_APPROVAL, State.REJECTED, AT_STEP, unmet=_step_takes("reject"), clause="S-28", tone="danger"),
        _move("hand_over", "转办", State.IN_APPROVAL, State.IN_APPROVAL, AT_STEP, unmet=has_not_stood_aside),
        _move("recuse", "回避", State.IN_APPROVAL, State.IN_APPROVAL, AT_STEP, unmet=may_stand_aside),
        *START,
        *SUCCESSION,
        *TAKING_OVER,
    )  # fmt: skip

    state = models.CharField("状态", max_length=20, choices=State, default=State.DRAFT)
    round = models.ForeignKey(Round, models.PROTECT, related_name="projects", verbose_name="批次")
    scheme = models.ForeignKey(SchemeVersion, models.PROTECT, related_name="+", verbose_name="方案版本")
    branch = models.ForeignKey(Organisation, models.PROTECT, related_name="projects", verbose_name="立项支部")
    unit = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name="所属单位")
    path = PathField("路径", editable=False)
    owner = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", verbose_name="项目主要责任人")
    number = models.CharField("编号", max_length=30, blank=True)
    name = models.CharField("项目名称", max_length=60)
    starts = models.CharField("开始", max_length=10, blank=True)
    ends = models.CharField("完成", max_length=10, blank=True)
    bank_topic = models.ForeignKey(
        Topic, models.PROTECT, null=True, blank=True, related_name="projects", verbose_name="选题库"
    )
    highlight = models.ForeignKey(
        "dangjian.Highlight", models.PROTECT, null=True, related_name="+", verbose_name="亮点项目"
    )
    approval = models.ForeignKey(Approval, models.PROTECT, null=True, related_name="+", verbose_name="审批")
    created_by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="起草人")
    created_for = models.ForeignKey(
        Person, models.PROTECT, null=True, editable=False, related_name="+", verbose_name="代何人起草"
    )
    created_at = models.DateTimeField("起草时间")
    changed_at = models.DateTimeField("最近变动")
    submitted_at = models.DateTimeField("申报时间", null=True)
    established_at = models.DateTimeField("立项时间", null=True)
    ended_at = models.DateTimeField("终止时间", null=True)

    objects = ProjectQuerySet.as_manager()

    class Meta:
        verbose_name = "项目"
        constraints = [
            models.UniqueConstraint(fields=["number"], condition=~models.Q(number=""), name="project_number_once"),
            models.CheckConstraint(
                condition=models.Q(state__in=ONCE_ESTABLISHED, established_at__isnull=False)
                | (~models.Q(state__in=ONCE_ESTABLISHED) & models.Q(established_at__isnull=True)),
                name="project_established_when",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=NEVER_SUBMITTED) | models.Q(submitted_at__isnull=False),
                name="project_submitted_when",
            ),
            models.CheckConstraint(
                condition=~models.Q(state=State.IN_APPROVAL) | models.Q(approval__isnull=False),
                name="project_has_approval",
            ),
            models.CheckConstraint(
                condition=~models.Q(state__in=ONCE_STARTED) | models.Q(started_at__isnull=False),
                name="project_started_when",
            ),
        ]
        indexes = [
            models.Index(fields=["path", "state"], name="project_place"),
            models.Index(fields=["-changed_at", "-id"], name="project_recent"),
            models.Index(fields=["round", "path"], name="project_round"),
        ]

    def __str__(self) -> str:
        return self.name

    # Questions

    @property
    def rules(self) -> Any:
        """A draft follows the version that the round goes by; what was handed in keeps the one it was handed in under."""
        return self.round.rules if self.state == State.DRAFT else self.scheme.document

    def scheme_changes(self) -> list[Change]:
        """What the scheme says otherwise since the draft was last saved."""
        outdated = self.state == State.DRAFT and self.scheme_id != self.round.scheme_id
        return changes(self.scheme.document, self.round.rules) if outdated else []

    @property
    def period(self) -> Period | None:
        return Period(self.starts, self.ends) if self.starts and self.ends else None

    @property
    def step(self) -> Step | None:
        """The step that is being taken now; None outside approval."""
        return self.approval.current if self.state == State.IN_APPROVAL and self.approval else None

    @property
    def run(self) -> Approval:
        """The approval of a submitted project: the database lets no project be in approval without one."""
        assert self.approval is not None
        return self.approval

    @property
    def is_returned(self) -> bool:
        """Sent back to the branch and not handed in again."""
        return self.state == State.DRAFT and self.approval is not None and self.approval.outcome == "return"

    @property
    def waiting_label(self) -> str:
        """The state as people say it: 待筛选 and 待上会 rather than 审批中 (design §5)."""
        if self.step is not None:
            return "待上会" if self.step.by_meeting else f"待{self.step.label}"
        return "退回修改" if self.is_returned else self.state_label

    @cached_property
    def _codes(self) -> dict[str, list[str]]:
        chosen: dict[str, list[str]] = {}
        known = {(axis.key, item.code) for axis in self.rules.taxonomies for item in axis.items}
        for category in sorted(self.categories.all(), key=lambda c: c.pk):
            if (category.axis, category.code) in known:
                chosen.setdefault(category.axis, []).append(category.code)
        return chosen

    def codes_by_axis(self) -> dict[str, list[str]]:
        """The chosen codes of each axis, in the order chosen; a draft loses those that a newer scheme no longer has."""
        return self._codes

    # Verbs, in the order life calls them

    @classmethod
    @transaction.atomic
    def draft(cls, *, branch: Organisation, name: str, by: Any, round: Round | None = None) -> Project:
        """Begin an application for ``branch`` in the current round."""
        round = round or Round.current()
        if round is None:
            raise Refused("尚未开启年度批次，请联系公司党委组织部")
        if not by.can(Ability.DRAFT, branch):
            raise Refused("您没有为该支部填写申请表的权限")
        if branch.kind not in round.rules.application.eligible_kinds:
            raise Refused(Reason("只有党支部可以申报项目", "branch"))
        if (branch := branch.held()).has_ended:
            raise Refused(Reason("该支部已经撤销", "branch"))
        window = round.window_at("application", branch)
        if window is not None and window.phase(clock.today()) is Phase.CLOSED and window.hard:
            raise Refused(window.refusal(clock.today()) or "")
        name, acted_for = checked_name(name, round.rules), by.acting_for(Ability.DRAFT, branch)
        project = cls.objects.create(
            round=round, scheme=round.scheme, branch=branch, unit=branch.unit, path=branch.path, owner=secretary_of(branch), name=name,
            created_by_id=by.pk, created_for=acted_for, created_at=clock.now(), changed_at=clock.now(),
        )  # fmt: skip
        Application.objects.create(project=project, edited_at=clock.now(), edited_by_id=by.pk, edited_for=acted_for)
        audit.record("project.draft", project, by=by, on_behalf_of=acted_for)
        return project

    @transaction.atomic
    def submit(self, *, by: Any) -> MoveLog:
        """Hand in to the unit's Party committee: freeze the facts, make the steps, tell the screener (S-17 … S-22)."""
        returned = self.approval if self.is_returned else None
        self.owner = self._secretary(by)
        if self.application.filled_on is None:
            self.application.filled_on = clock.today()
        approval = None
        if not self.refusals("submit", by=by):
            approval = Approval.open("project", self.rules.steps("application"), place=self._place)
        made = self.move(
            "submit", by=by, approval=approval, owner=self.owner, unit=self.branch.unit, scheme=self.round.scheme,
            submitted_at=clock.now(), changed_at=clock.now(),
        )  # fmt: skip
        # Whoever submits stands by what a handler filled in.
        self.application.confirmed_at = clock.now() if self.application.filled_by_id else None
        self.application.save(update_fields=["filled_on", "confirmed_at"])
        self._carry_branch_opinion()
        if returned is not None:
            self.run.carry(returned)
        number = self.revisions.count() + 1
        Revision.objects.create(
            project=self, number=number, facts=facts_of(self), by_id=by.pk, on_behalf_of=made.on_behalf_of, at=clock.now()
        )  # fmt: skip
        self._tell_step(f"{self.branch.short_name}申报了“{self.name}”，请办理")
        self.tell_partners()
        return made

    @transaction.atomic
    def recall(self, *, by: Any) -> MoveLog:
        """Take back while the unit has not acted."""
        # What the unit never acted on is the branch's own again; an earlier, returned submission stays seen.
        earlier = self.revisions.order_by("-number")[1:2].first()
        made = self.move("recall", by=by, changed_at=clock.now(), submitted_at=earlier.at if earlier else None)
        # Taken back after a return, it still is what was returned, with the reason to answer.
        self.run.close("return" if self.log().filter(name="return_for_revision").exists() else "recall")
        return made

    @transaction.atomic
    def withdraw(self, *, by: Any, reason: str) -> MoveLog:
        """Give the application up for good, with a reason."""
        reason = self.reason_for("withdraw", reason)
        if not reason:
            raise Refused(Reason("请写明放弃的理由", "reason"))
        return self.move("withdraw", by=by, opinion=reason, ended_at=clock.now(), changed_at=clock.now())

    @transaction.atomic
    def decide(
        self, decision: str, *, by: Any, opinion: str = "", answer: bool | None = None,
        held_on: date | None = None, seen: int | None = None,
    ) -> MoveLog:  # fmt: skip
        """Take the current step's decision: pass, return, establish or reject.

        A step that belongs to a meeting is decided by :meth:`Meeting.record` alone, which gives
        ``held_on`` (S-27); ``answer`` is that to the step's question (S-09), ``seen`` the version of the page the
        decision was made on.
        """
        if decision not in DECISIONS:
            raise Refused("请选择一项决定")
        if seen is not None and seen != self.version:
            raise self._overtaken(by, seen) or Refused("这件事刚刚被改动，请刷新后再办理")
        opinion = self.opinion_on(decision, opinion)
        if lacking := without_reason(decision, opinion):
            raise Refused(Reason(lacking, "opinion"))
        if self.step is not None and self.step.by_meeting and held_on is None and decision in self.step.decisions:
            raise Refused(f"“{self.step.label}”须经会议研究，请登记会议后作出决定")
        self._demand_answer(decision, answer, by)
        now = clock.now()
        values: dict[str, Any] = {"changed_at": now}
        if decision == "establish" and not self.refusals("establish", by=by):
            values |= {"established_at": now, "number": self._take_number()}
        elif decision == "reject":
            values["ended_at"] = now
        step, due_on = self.step, self.step_due_on()
        made = self.move(DECISIONS[decision], by=by, opinion=self._said(step, opinion, answer), **values)
        self.run.decide(
            decision, by=by, opinion=opinion, held_on=held_on, answer=answer, due_on=due_on,
            on_behalf_of=made.on_behalf_of,
        )  # fmt: skip
        if decision == "pass":
            self._tell_step(f"“{self.name}”已通过筛选，请安排上会")
        else:
            self.run.close(decision)
            self._tell_branch(made)
        return made

    def take_heading(self, changed: dict[str, Any], *, by: Any) -> None:
        """Set what the application says of the project itself. For :meth:`Application.fill` alone."""
        for name, value in changed.items():
            setattr(self, name, value)
        self.changed_at, self.scheme = clock.now(), self.round.scheme
        self.owner = self._secretary(by) or self.owner
        self.save(update_fields=["scheme", "name", "starts", "ends", "bank_topic", "changed_at", "owner"])
        vars(self).pop("_codes", None)

    # Private

    def _secretary(self, by: Any) -> Person | None:
        """Who answers for the branch today; a change that the worker has not come to yet is made now."""
        secretary = secretary_of(self.branch)
        if secretary is not None and secretary.pk != self.owner_id:
            Handover.settle(self.branch, by=by)
        return secretary

    def _place(self, rule: StepRule) -> Organisation:
        return self.branch if rule.level == "branch" else self.branch.unit

    def _take_number(self) -> str:
        # One row of numbers for the whole company: units may be renumbered, merged or nested, a number may not.
        company = Organisation.objects.get(parent=None)
        return f"{self.round.year}-{numbering.take('project', organisation=company, year=self.round.year):03d}"

    def _carry_branch_opinion(self) -> None:
        """The branch met before it handed in: its opinion is the first step, already decided (S-30)."""
        opinion = self.branch_opinion()
        while opinion is not None and self.run.current and self.run.current.organisation_id == self.branch_id:
            meeting = opinion.meeting
            self.run.decide(
                "agree", by=meeting.recorded_by, on_behalf_of=meeting.recorded_for, opinion=opinion.text,
                held_on=meeting.held_on, at=meeting.recorded_at,
            )  # fmt: skip
