"""The plan (实施计划书, 附件3): how an established project is to be carried out, drafted by the branch, approved by its unit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.db import models, transaction

from dangjian.delivery import first_draft, readiness
from dangjian.delivery.charge import Charge, answerable
from dangjian.delivery.decision import Sitting, signature
from dangjian.delivery.matter import PlanMatter
from dangjian.delivery.plan_filling import PlanFilling
from dangjian.delivery.plan_finding import PlanQuerySet
from dangjian.delivery.plan_moves import MOVES
from dangjian.delivery.plan_prompting import Prompting
from dangjian.delivery.plan_resolution import PlanResolution
from dangjian.delivery.plan_revision import LISTS, TEXTS, PlanRevision, facts_of
from dangjian.delivery.plan_state import MAY_PLAN, State
from dangjian.foundation import audit, clock, notice
from dangjian.foundation.hand import Saved
from dangjian.foundation.lifecycle import Move, MoveLog, Overtaken, Reason, Refused
from dangjian.foundation.window import Window
from dangjian.people.access import Ability
from dangjian.people.person import Person
from dangjian.programmes.approval import Approval, Step
from dangjian.projects.ballot import Tally
from dangjian.projects.filling import Lines
from dangjian.projects.meeting import Meeting
from dangjian.projects.offline import NOT_HERE
from dangjian.projects.on_behalf import OnBehalf
from dangjian.projects.project import Project, without_reason
from dangjian.projects.team import Team

DECISIONS = {"pass": "pass_check", "approve": "approve", "return": "return_for_revision"}
CHECKLIST = {
    "detailed": "详实：目标、措施、时间、责任人齐全",
    "clear": "明确：目标能检查，措施能落实",
    "instructive": "指导性强：措施对准问题",
    "workable": "便于操作：人员、时间、条件具备",
}
"""The four points that the approver looks at (S-75)."""


class Plan(Prompting, OnBehalf, Saved, PlanMatter):
    """One for each project. Frozen once it is approved: what comes after is a change (S-13, S-74)."""

    moves = MOVES

    state = models.CharField("状态", max_length=20, choices=State, default=State.DRAFT)
    project = models.OneToOneField(Project, models.CASCADE, related_name="plan", verbose_name="项目")
    approval = models.ForeignKey(Approval, models.PROTECT, null=True, related_name="+", verbose_name="审批")
    profile = models.TextField("实施单位基本情况", blank=True)
    background = models.TextField("项目背景及必要性", blank=True)
    expected = models.TextField("预期目标", blank=True)
    enclosures = models.TextField("附件目录", blank=True)
    edits = models.PositiveIntegerField("保存次数", default=0)
    edited_at = models.DateTimeField("最近保存")
    edited_by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="保存人")
    begun_at = models.DateTimeField("起草时间")
    handed_in_at = models.DateTimeField("提交时间", null=True)
    due_on = models.DateField("应提交日期", null=True)
    checked_for = models.JSONField("核对要点", default=list)
    leader = models.CharField("签批领导", max_length=40, blank=True)
    reference = models.CharField("会议", max_length=60, blank=True)
    meeting = models.ForeignKey(Meeting, models.PROTECT, null=True, related_name="plans", verbose_name="审定会议")
    approved_on = models.DateField("审定日期", null=True)

    sheet = "实施计划书"
    decided_in = State.IN_APPROVAL
    on_agenda = "plan"

    objects = PlanQuerySet.as_manager()

    class Meta:
        verbose_name = "实施计划"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state=State.APPROVED, approved_on__isnull=False)
                | (~models.Q(state=State.APPROVED) & models.Q(approved_on__isnull=True)),
                name="plan_approved_when",
            ),
            models.CheckConstraint(
                condition=~models.Q(state=State.IN_APPROVAL)
                | models.Q(approval__isnull=False, handed_in_at__isnull=False),
                name="plan_has_approval",
            ),
        ]
        indexes = [models.Index(fields=["state", "handed_in_at"], name="plan_queue")]

    def __str__(self) -> str:
        return f"{self.project.name}实施计划书"

    # Questions

    @property
    def path(self) -> str:
        return self.project.path

    @classmethod
    def of(cls, project: Project) -> Plan | None:
        """The plan of a project, if one was begun; read once for each loaded project."""
        found: Plan | None = getattr(project, "plan", None)
        return found

    def is_seen_by(self, person: Any) -> bool:
        """Whether it exists for whoever sees the project, as :meth:`PlanQuerySet.visible_to` has it."""
        return self.handed_in_at is not None or self.project.is_offline or person.can(Ability.DRAFT, self.project)

    @staticmethod
    def beginning_refusals(project: Project, *, by: Any) -> list[Reason]:
        """Why no plan can be begun; empty where one can."""
        if not by.can(Ability.DRAFT, project):
            return [Reason("您没有为该支部填写计划书的权限")]
        if project.state not in MAY_PLAN:
            return [Reason(f"项目当前状态为“{project.waiting_label}”，立项后才能制定计划书")]
        return [Reason("这个项目已经有计划书")] if Plan.objects.filter(project=project).exists() else []

    @property
    def may_be_confirmed(self) -> bool:
        return self.state == State.DRAFT

    @property
    def is_returned(self) -> bool:
        return self.state == State.DRAFT and self.approval is not None and self.approval.outcome == "return"

    @property
    def waiting_label(self) -> str:
        """The state as people say it: 待组织部门审核, 待上会."""
        if self.step is not None:
            return "待上会" if self.step.by_meeting else f"待{self.step.label}"
        return "退回修改" if self.is_returned else self.state_label

    @property
    def window(self) -> Window | None:
        """When plans are made (S-31): a soft window, what comes later is marked late."""
        return self.project.round.window_at("plan", self.project.branch)

    @property
    def days_late(self) -> int:
        """Calendar days between the last day on time and the submission; 0 on time (S-31)."""
        if self.handed_in_at is None or self.due_on is None:
            return 0
        return max((clock.local(self.handed_in_at).date() - self.due_on).days, 0)

    def rows(self, kind: type[Charge]) -> list[Any]:
        """The lines of one list, in order."""
        return list(getattr(self.project, kind.key()).all())

    def departed(self) -> list[str]:
        """Who answers for something still to come, and is of neither the branch nor a partner any more."""
        here = set(answerable(self.project).values_list("pk", flat=True))
        answering = {row.person_id: row.person_name for kind in LISTS for row in self.rows(kind) if row.person_id}
        return [name for pk, name in answering.items() if pk not in here]

    @property
    def baseline(self) -> PlanRevision | None:
        """The plan as it was approved, whatever changed since (S-13)."""
        return self.revisions.filter(change=None).last() if self.state == State.APPROVED else None

    @property
    def current(self) -> PlanRevision | None:
        """The plan as it holds now: what was handed in last, or what the last change made of it."""
        return self.revisions.last() if self.state != State.DRAFT else None

    def permits(self, move: Move, by: Any) -> bool:
        if move.name == "approve_offline":
            return bool(by.can(move.ability, self.project.unit))
        return super().permits(move, by)

    # Verbs, in the order life calls them

    @classmethod
    @transaction.atomic
    def begin(cls, project: Project, *, by: Any) -> Plan:
        """Begin from what the application says. Raises Refused where there is one already, or it is too early."""
        if reasons := cls.beginning_refusals(project, by=by):
            raise Refused(*reasons)
        now = clock.now()
        known = {} if project.is_offline else first_draft.texts(project)
        acted_for = by.acting_for(Ability.DRAFT, project)
        made = cls.objects.create(
            project=project, edited_at=now, edited_by_id=by.pk, edited_for=acted_for, begun_at=now, **known
        )
        if not project.is_offline:
            for kind in LISTS:
                getattr(project, kind.key()).bulk_create(first_draft.rows(project)[kind.key()])
        audit.record("plan.begin", made, by=by, on_behalf_of=acted_for)
        return made

    @transaction.atomic
    def fill(
        self, texts: Mapping[str, Any], *, by: Any, seen: int, lists: Lines | None = None, team: Team | None = None
    ) -> None:
        """Save what is typed; gaps are welcome. ``seen`` is the count of savings the writer started from.

        Raises Refused at the fields at fault, Overtaken where somebody else saved meanwhile.
        """
        self.open_to(by)
        filling = PlanFilling(self, texts, lists, team)
        filling.check()
        if not filling.differs:
            # Whoever saves what stands there already, perhaps by the saving in the background, overtakes nobody.
            return
        acted_for = by.acting_for(Ability.DRAFT, self.project)
        claimed = Plan.objects.filter(pk=self.pk, edits=seen, state=State.DRAFT).update(
            edits=seen + 1, edited_at=clock.now(), edited_by_id=by.pk, edited_for=acted_for, **filling.texts,
            **self.hand_of(by),
        )  # fmt: skip
        if not claimed:
            raise self._saved_meanwhile(by)
        filling.store_lists()
        self.refresh_from_db()
        audit.record("plan.fill", self, by=by, on_behalf_of=acted_for, details={"fields": filling.names})

    def open_to(self, by: Any) -> None:
        """Refuse whoever may not write here, and everybody once it was handed in."""
        if not by.can(Ability.DRAFT, self.project):
            raise Refused("您没有填写这份计划书的权限")
        if self.state != State.DRAFT:
            raise Refused(f"当前状态为“{self.waiting_label}”，不能修改计划书")
        if self.project.is_offline:
            raise Refused(NOT_HERE)

    @transaction.atomic
    def hand_in(self, *, by: Any) -> MoveLog:
        """Hand in to the unit: freeze the facts, make the steps, tell the department (S-31, S-32)."""
        approval, window = None, self.window
        if not self.refusals("hand_in", by=by):
            rules = self.project.rules.steps("plan")
            approval = Approval.open("plan", rules, place=lambda rule: self.project.unit)
        now = clock.now()
        made = self.move(
            "hand_in", by=by, approval=approval, handed_in_at=now, due_on=window.closes_on if window else None,
            # Whoever submits stands by what a handler filled in.
            confirmed_at=now if self.filled_by_id else None,
        )  # fmt: skip
        # Whoever saved at this moment was waited for: what they wrote is asked and frozen too.
        self.refresh_from_db(fields=[*TEXTS, "edits"])
        if gaps := list(readiness.lacking(self)):
            raise Refused(*gaps)
        self.freeze(by=by, on_behalf_of=made.on_behalf_of)
        self._tell_step(f"{self.project.branch.short_name}提交了“{self.project.name}”的实施计划书，请办理")
        return made

    @transaction.atomic
    def recall(self, *, by: Any) -> MoveLog:
        """Take back while nobody has acted on it."""
        made = self.move("recall", by=by)
        assert self.approval is not None
        self.approval.close("return" if self.log().filter(name="return_for_revision").exists() else "recall")
        return made

    @transaction.atomic
    def decide(
        self, decision: str, *, by: Any, opinion: str = "", held_on: date | None = None, leader: str = "",
        reference: str = "", meeting: Meeting | None = None, tally: Tally | None = None,
        checked_for: Sequence[str] = (), seen: int | None = None,
    ) -> MoveLog:  # fmt: skip
        """Take the current step's decision: pass, approve or return.

        To approve, ``held_on`` is the day of the leader's signature, ``leader`` who signed; of a committee's decision
        ``meeting`` says both, with ``tally`` how the vote went, or ``reference`` and ``held_on`` where it is not recorded here. ``checked_for`` are the
        points of :data:`CHECKLIST` (S-75); the record names those that were passed without.
        """
        if decision not in DECISIONS:
            raise Refused("请选择一项决定")
        if seen is not None and seen != self.version:
            raise self._overtaken(by, seen) or Refused("这件事刚刚被改动，请刷新后再办理")
        step, opinion, sitting = self.step, opinion.strip(), Sitting.told(meeting, held_on, reference, tally)
        if lacking := without_reason(decision, opinion):
            raise Refused(Reason(lacking, "opinion"))
        values: dict[str, Any] = {}
        if step is not None and not self.refusals(DECISIONS[decision], by=by):
            values = self._told(decision, step, sitting, leader)
            values |= _points(decision, checked_for)
        said = "\n".join(filter(None, (opinion, _unticked(decision, checked_for))))
        made = self.move(DECISIONS[decision], by=by, opinion=said, **values)
        assert self.approval is not None
        self.approval.decide(
            decision, by=by, opinion=opinion, held_on=values.get("approved_on"), due_on=self._step_due_on(step),
            on_behalf_of=made.on_behalf_of,
        )  # fmt: skip
        if decision == "pass":
            self._tell_step(f"“{self.project.name}”的实施计划书已通过审核，请办理")
            return made
        self.approval.close(decision)
        PlanResolution.note(self, sitting, decision, opinion, by=by)
        self._tell_branch(made)
        if decision == "approve":
            self._start(by)
        return made

    @transaction.atomic
    def approve_offline(self, *, on: date, by: Any) -> MoveLog:
        """Note that the plan of an offline project was approved on paper: the day is all that stands here."""
        if on > clock.today():
            raise Refused(Reason("审定日期不能晚于今天", "approved_on"))
        made = self.move("approve_offline", by=by, approved_on=on)
        self._tell_branch(made)
        self._start(by)
        return made

    def freeze(self, *, by: Any, on_behalf_of: Any = None, change: Any = None) -> PlanRevision:
        """Keep the plan as it stands now. For submissions, and for the change that was just made."""
        self.project.count_plan()
        return PlanRevision.objects.create(
            plan=self, number=self.revisions.count() + 1, facts=facts_of(self), change=change, by_id=by.pk,
            on_behalf_of=on_behalf_of, at=clock.now(),
        )  # fmt: skip

    # Private

    def _told(self, decision: str, step: Step, sitting: Sitting, leader: str) -> dict[str, Any]:
        """By whom and when it was approved, or at which meeting sent back; raises Refused at the fields at fault."""
        if (sitting.meeting is not None or sitting.tally.is_told) and not step.by_meeting:
            raise Refused(Reason(f"当前环节是“{step.label}”，不由会议决定", "meeting"))
        if decision != "approve":
            if sitting.meeting is not None or sitting.tally.is_told:
                sitting.checked(self.project.unit, self.handed_in_at)
            return {}
        if not step.by_meeting:
            return signature(leader, sitting.held_on, self.handed_in_at)
        held = sitting.checked(self.project.unit, self.handed_in_at)
        return {"approved_on": held.held_on, **held.values()}

    def _start(self, by: Any) -> None:
        assert self.approved_on is not None
        self.project.take_plan(by=by, planned_on=self.approved_on)

    def _step_due_on(self, step: Step | None) -> date | None:
        """The last day on which the step is taken on time, where the scheme names its window."""
        rules = {rule.key: rule.window for rule in self.project.rules.steps("plan")}
        key = rules.get(step.key) if step else None
        window = self.project.round.window_at(key, self.project.branch) if key else None
        return window.closes_on if window else None

    def _tell_branch(self, made: MoveLog) -> None:
        text = f"“{self.project.name}”的实施计划书已{made.label}" + (f"：{made.opinion}" if made.opinion else "")
        notice.tell(self.project.people_told(), event=self._event, text=text, about=self.project)

    def _saved_meanwhile(self, by: Any) -> Refused:
        now = Plan.objects.select_related("edited_by", "edited_for").get(pk=self.pk)
        if now.state != State.DRAFT:
            return Refused(f"当前状态为“{now.waiting_label}”，不能修改计划书")
        at = f"{clock.local(now.edited_at):%H:%M}"
        return Overtaken(f"{now.saved_by_to(by)}在{at}保存过这份计划书，您刚才输入的内容尚未保存；请核对后再存一次")


def _points(decision: str, checked_for: Sequence[str]) -> dict[str, list[str]]:
    """Which of the four points the approver ticked; at the signature none need be ticked again (S-75)."""
    if decision == "return" or (decision == "approve" and not checked_for):
        return {}
    return {"checked_for": [point for point in CHECKLIST if point in checked_for]}


def _unticked(decision: str, checked_for: Sequence[str]) -> str:
    """Which of the four points the check passed without a tick, by the word that each begins with."""
    left = [label.partition("：")[0] for point, label in CHECKLIST.items() if point not in checked_for]
    return f"未勾选：{'、'.join(left)}" if decision == "pass" and left else ""
