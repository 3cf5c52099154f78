"""The plan change (计划变更): the one way in which an approved plan changes, before and after side by side (S-13, S-74).

Who answers for a line and its days are ordinary and noted by the department. A goal, a measure, a task, the end of
the project, the words of 预期目标, and whatever would be struck out (不减规定动作) are major and decided by the committee.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models, transaction

from dangjian.delivery import readiness
from dangjian.delivery.change_finding import PlanChangeQuerySet
from dangjian.delivery.change_moves import MOVES, STEPS
from dangjian.delivery.change_state import State, Weight
from dangjian.delivery.charge import Charge
from dangjian.delivery.decision import Sitting
from dangjian.delivery.difference import Difference, compared
from dangjian.delivery.goal import Goal
from dangjian.delivery.matter import PlanMatter
from dangjian.delivery.plan import Plan
from dangjian.delivery.plan_filling import read_lists, store
from dangjian.delivery.plan_resolution import PlanResolution
from dangjian.delivery.plan_revision import LISTS, TEXTS, lists_of, plain
from dangjian.delivery.plan_state import MAY_PLAN
from dangjian.delivery.plan_state import State as PlanState
from dangjian.delivery.task import Task
from dangjian.foundation import audit, clock, notice
from dangjian.foundation.hand import Saved
from dangjian.foundation.lifecycle import MoveLog, Overtaken, Reason, Refused
from dangjian.foundation.refusal import too_long
from dangjian.people.access import Ability
from dangjian.people.person import Person
from dangjian.programmes.approval import Approval
from dangjian.projects.ballot import Tally
from dangjian.projects.filling import Lines
from dangjian.projects.meeting import Meeting
from dangjian.projects.offline import NOT_HERE
from dangjian.projects.period import Period, is_date, printed_month
from dangjian.projects.project import Project, without_reason
from dangjian.projects.texts import written

MOST_REASON = 500


class PlanChange(Saved, PlanMatter):
    """One request to change the plan of a project, from the words of the branch to the decision."""

    moves = MOVES

    state = models.CharField("状态", max_length=20, choices=State, default=State.DRAFT)
    plan = models.ForeignKey(Plan, models.CASCADE, related_name="changes", verbose_name="实施计划")
    approval = models.ForeignKey(Approval, models.PROTECT, null=True, related_name="+", verbose_name="审批")
    number = models.PositiveSmallIntegerField("次数")
    weight = models.CharField("类别", max_length=10, choices=Weight, default=Weight.ORDINARY)
    reason = models.TextField("变更理由", blank=True)
    ends = models.CharField("项目完成年月", max_length=10, blank=True)
    before = models.JSONField("变更前", encoder=DjangoJSONEncoder)
    after = models.JSONField("变更后", encoder=DjangoJSONEncoder)
    edits = models.PositiveIntegerField("保存次数", default=0)
    edited_at = models.DateTimeField("最近保存")
    edited_by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="保存人")
    handed_in_at = models.DateTimeField("提交时间", null=True)
    held_on = models.DateField("会议日期", null=True)
    reference = models.CharField("会议", max_length=60, blank=True)
    meeting = models.ForeignKey(
        Meeting, models.PROTECT, null=True, related_name="plan_changes", verbose_name="研究会议"
    )
    settled_at = models.DateTimeField("办结时间", null=True)

    sheet = "计划变更"
    decided_in = State.WAITING
    on_agenda = "change"

    objects = PlanChangeQuerySet.as_manager()

    class Meta:
        verbose_name = "计划变更"
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "number"], name="plan_change_number_once"),
            models.UniqueConstraint(
                fields=["plan"], condition=models.Q(state__in=("draft", "waiting")), name="plan_change_one_at_a_time"
            ),
            models.CheckConstraint(
                condition=~models.Q(state=State.WAITING) | models.Q(approval__isnull=False),
                name="plan_change_has_approval",
            ),
        ]
        indexes = [models.Index(fields=["state", "weight"], name="plan_change_queue")]

    def __str__(self) -> str:
        return f"“{self.plan.project.name}”第{self.number}次计划变更"

    # Questions

    @property
    def path(self) -> str:
        return self.plan.path

    @property
    def project(self) -> Project:
        return self.plan.project

    @property
    def waiting_label(self) -> str:
        if self.state != State.WAITING:
            return self.state_label
        return "待上会" if self.weight == Weight.MAJOR else "待组织部门登记"

    @property
    def is_outdated(self) -> bool:
        """Whether the plan is not any more what this request started from."""
        return self.state in (State.DRAFT, State.WAITING) and plain(lists_of(self.plan)) != self.before["lists"]

    @staticmethod
    def beginning_refusals(plan: Plan, *, by: Any) -> list[Reason]:
        """Why no change can be asked for; empty where one can."""
        if not by.can(Ability.DRAFT, plan.project):
            return [Reason("您没有为该支部申请变更的权限")]
        if plan.project.is_offline:
            return [Reason(NOT_HERE)]
        if plan.state != PlanState.APPROVED or plan.project.state not in MAY_PLAN:
            return [Reason("计划审定后、项目完成前才能申请变更")]
        return [Reason("已有一份变更申请没有办结")] if plan.changes.open().exists() else []

    def rows(self, kind: type[Charge], *, before: bool = False) -> list[Any]:
        """The lines of one list as they are to be, or as they were."""
        rows = kind.thawed((self.before if before else self.after)["lists"].get(kind.key(), []))
        for row in rows:
            row.project = self.project
        return rows

    @property
    def expected_before(self) -> str:
        """预期目标 as it was worded; a request begun before the words could be changed holds none and leaves them."""
        words: str = self.before.get("expected", self.plan.expected)
        return words

    @property
    def expected(self) -> str:
        """预期目标 as it is to be worded."""
        words: str = self.after.get("expected", self.expected_before)
        return words

    def differences(self) -> list[Difference]:
        """Everything that changes, in the order of the plan."""
        found = []
        if self.ends and self.ends != self.before["ends"]:
            found.append(Difference("项目完成时间", printed_month(self.before["ends"]), printed_month(self.ends), True))
        for kind in LISTS:
            if kind is Goal and self.expected != self.expected_before:
                found.append(Difference(TEXTS["expected"][0], self.expected_before, self.expected, True))
            found += compared(kind, self.rows(kind, before=True), self.rows(kind), self.project.rules)
        return found

    def lacking(self) -> Iterator[Reason]:
        """What the changed plan would still want (S-33, S-34, S-40)."""
        project = self.project
        held = project.ends
        project.ends = self.ends or held
        yield from readiness.lacking_in({kind.key(): self.rows(kind) for kind in LISTS}, project)
        project.ends = held

    def outside_team(self) -> str:
        """A hint that names who would answer for a line and is no member of the team; empty once it is settled."""
        if self.state not in (State.DRAFT, State.WAITING):
            return ""
        return readiness.outside_team({kind.key(): self.rows(kind) for kind in LISTS}, self.project)

    def left_behind(self) -> list[str]:
        """Where an open change moves the end of the project: what was to be done on its old last day, and still is.

        What a single year is to bring stays in its year.
        """
        if not self.ends or self.ends == self.before["ends"] or self.state not in (State.DRAFT, State.WAITING):
            return []
        old = Period(self.project.starts, self.before["ends"]).last_day
        return [
            f"{row.title}“{row.called}”"
            for kind in LISTS
            if kind is not Task
            for row in self.rows(kind)
            if row.due == old
        ]

    @property
    def keeps_old_words(self) -> bool:
        """Whether an open change touches the goals or the end, and leaves what is written of them as it was."""
        if self.state not in (State.DRAFT, State.WAITING) or not self.expected or self.expected != self.expected_before:
            return False
        goals = [document["lists"].get(Goal.key(), []) for document in (self.before, self.after)]
        return bool(self.ends != self.before["ends"] or goals[0] != goals[1])

    # Verbs

    @classmethod
    @transaction.atomic
    def begin(cls, plan: Plan, *, by: Any) -> PlanChange:
        """Begin from the plan as it holds; words of a request that was declined are not lost."""
        if reasons := cls.beginning_refusals(plan, by=by):
            raise Refused(*reasons)
        lists, last = plain(lists_of(plan)), plan.changes.last()
        again = last if last is not None and last.state == State.DECLINED and last.before["lists"] == lists else None
        acted_for = by.acting_for(Ability.DRAFT, plan.project)
        before = {"lists": lists, "ends": plan.project.ends, "expected": plan.expected}
        made = cls.objects.create(
            plan=plan, number=plan.changes.count() + 1, edited_at=clock.now(), edited_by_id=by.pk, edited_for=acted_for,
            before=before, after=again.after if again else {"lists": lists, "expected": plan.expected},
            reason=again.reason if again else "", ends=again.ends if again else plan.project.ends,
        )  # fmt: skip
        audit.record("planchange.begin", made, by=by, on_behalf_of=acted_for)
        return made

    @transaction.atomic
    def fill(self, *, reason: str, ends: str, lists: Lines, by: Any, seen: int, expected: str | None = None) -> None:
        """Save what is typed; gaps are welcome, and words that are not given stay. Raises Refused at the fields at fault, Overtaken as a plan does."""
        if not by.can(Ability.DRAFT, self.project):
            raise Refused("您没有填写这份变更申请的权限")
        if self.state != State.DRAFT:
            raise Refused(f"当前状态为“{self.waiting_label}”，不能修改变更申请")
        rows, faults = read_lists(lists, self.project, self.rows)
        ends = ends.strip() or self.before["ends"]
        words = self.expected if expected is None else written(expected)
        if words == written(self.expected_before):
            words = self.expected_before  # a browser ends lines its own way: that is no change
        reasons = [*faults, *_wrong_words(reason, ends, self.project.starts)]
        reasons += too_long(words, TEXTS["expected"][1], "expected")
        if reasons:
            raise Refused(*reasons)
        lines = {**self.after["lists"], **plain({key: [row.facts() for row in rows[key]] for key in rows})}
        after = {"lists": lines, "expected": words}
        reason = reason.strip()
        if (after, reason, ends) == (self.after, self.reason, self.ends):
            return
        acted_for = by.acting_for(Ability.DRAFT, self.project)
        claimed = PlanChange.objects.filter(pk=self.pk, edits=seen, state=State.DRAFT).update(
            edits=seen + 1, edited_at=clock.now(), edited_by_id=by.pk, edited_for=acted_for, after=after,
            reason=reason, ends=ends, before={"expected": self.plan.expected} | self.before,
        )  # fmt: skip
        if not claimed:
            raise self._saved_meanwhile(by)
        self.refresh_from_db()
        audit.record("planchange.fill", self, by=by, on_behalf_of=acted_for)

    @transaction.atomic
    def apply(self, *, by: Any) -> MoveLog:
        """Hand the request in: what it changes says whether it is ordinary or major."""
        major = any(difference.is_major for difference in self.differences())
        weight = Weight.MAJOR if major else Weight.ORDINARY
        approval = None
        if not self.refusals("apply", by=by):
            approval = Approval.open("planchange", [STEPS[weight]], place=lambda rule: self.project.unit)
        made = self.move(
            "apply", by=by, opinion=self.reason.strip(), weight=weight, handed_in_at=clock.now(), approval=approval
        )
        self._tell_step(
            f"{self.project.branch.short_name}申请变更“{self.project.name}”的实施计划（{weight.label}），请办理"
        )
        return made

    @transaction.atomic
    def decide(
        self, decision: str, *, by: Any, opinion: str = "", held_on: date | None = None, reference: str = "",
        meeting: Meeting | None = None, tally: Tally | None = None, seen: int | None = None,
    ) -> MoveLog:  # fmt: skip
        """Note, grant or decline it, as the version that was ``seen``."""
        if seen is not None and seen != self.version:
            raise self._overtaken(by, seen) or Refused("这件事刚刚被改动，请刷新后再办理")
        at: dict[str, Any] = {"held_on": held_on, "reference": reference, "meeting": meeting, "tally": tally}
        match decision:
            case "note":
                return self.note(by=by, opinion=opinion)
            case "grant":
                return self.grant(by=by, opinion=opinion, **at)
            case "decline":
                return self.decline(by=by, opinion=opinion, **at)
        raise Refused("请选择一项决定")

    @transaction.atomic
    def note(self, *, by: Any, opinion: str = "") -> MoveLog:
        """登记变更: the department notes an ordinary change, and it holds."""
        return self._settle("note", by, opinion)

    @transaction.atomic
    def grant(
        self, *, by: Any, held_on: date | None = None, reference: str = "", meeting: Meeting | None = None,
        tally: Tally | None = None, opinion: str = "",
    ) -> MoveLog:  # fmt: skip
        """同意变更: what the committee decided, recorded by the handler."""
        sitting = Sitting.told(meeting, held_on, reference, tally)
        if not self.refusals("grant", by=by):
            sitting.checked(self.project.unit, self.handed_in_at)
        made = self._settle("grant", by, opinion, held_on=sitting.held_on, **sitting.values())
        PlanResolution.note(self, sitting, "grant", made.opinion, by=by)
        return made

    @transaction.atomic
    def decline(
        self, *, by: Any, opinion: str, held_on: date | None = None, reference: str = "", meeting: Meeting | None = None,
        tally: Tally | None = None,
    ) -> MoveLog:  # fmt: skip
        """不同意变更, with the reason: the plan stays as it is. Where a committee declined it may be told, as for 同意变更."""
        if lacking := without_reason("decline", opinion):
            raise Refused(Reason(lacking, "opinion"))
        values: dict[str, Any] = {}
        sitting = Sitting.told(meeting, held_on, reference, tally)
        if sitting.is_told:
            if not self.refusals("decline", by=by):
                sitting.checked(self.project.unit, self.handed_in_at)
            values = {"held_on": sitting.held_on, **sitting.values()}
        made = self._decided("decline", "reject", by, opinion, **values)
        PlanResolution.note(self, sitting, "decline", made.opinion, by=by)
        self._tell_branch(made)
        return made

    @transaction.atomic
    def drop(self, *, by: Any) -> MoveLog:
        """撤销变更: the branch does not ask any more."""
        made = self.move("drop", by=by, settled_at=clock.now())
        if self.approval is not None:
            self.approval.close("drop")
        return made

    # Private

    def _saved_meanwhile(self, by: Any) -> Refused:
        now = PlanChange.objects.select_related("edited_by", "edited_for", "plan__project").get(pk=self.pk)
        if now.state != State.DRAFT:
            return Overtaken(f"这份变更申请刚刚变为“{now.waiting_label}”，您刚才输入的内容没有保存")
        at = f"{clock.local(now.edited_at):%H:%M}"
        return Overtaken(f"{now.saved_by_to(by)}在{at}保存过这份变更申请，您刚才输入的内容尚未保存；请核对后再存一次")

    def _settle(self, name: str, by: Any, opinion: str, **values: Any) -> MoveLog:
        made = self._decided(name, "approve", by, opinion, **values)
        store({kind.key(): self.rows(kind) for kind in LISTS}, self.project)
        if self.ends and self.ends != self.project.ends:
            self.project.end_on(self.ends)
        if self.expected != self.expected_before:
            self.plan.expected = self.expected
            self.plan.save(update_fields=["expected"])
        self.plan.freeze(by=by, on_behalf_of=made.on_behalf_of, change=self)
        self._tell_branch(made)
        return made

    def _decided(self, name: str, decision: str, by: Any, opinion: str, **values: Any) -> MoveLog:
        """Move, and close the one step with it."""
        made = self.move(name, by=by, opinion=opinion.strip(), settled_at=clock.now(), **values)
        assert self.approval is not None
        self.approval.decide(
            decision, by=by, opinion=made.opinion, held_on=values.get("held_on"), on_behalf_of=made.on_behalf_of
        )
        self.approval.close(decision)
        return made

    def _tell_branch(self, made: MoveLog) -> None:
        text = f"“{self.project.name}”的计划变更：{made.label}" + (f"。{made.opinion}" if made.opinion else "")
        notice.tell(self.project.people_told(), event=self._event, text=text, about=self.project)


def _wrong_words(reason: str, ends: str, starts: str) -> Iterator[Reason]:
    yield from too_long(reason.strip(), MOST_REASON, "reason")
    if not is_date(ends):
        yield Reason("请填年月，如 2022-12", "ends")
    elif is_date(starts) and Period(starts, ends).last_day < Period(starts, ends).first_day:
        yield Reason("完成时间不能早于开始时间", "ends")
