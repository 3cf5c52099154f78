"""The plan resolution (会议对计划的决定): what a meeting decided on one plan, or on one change of a plan (S-13, S-32)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Self

from django.db import models, transaction

from dangjian.delivery.decision import Sitting
from dangjian.foundation import clock
from dangjian.foundation.lifecycle import Refused, checked
from dangjian.projects.ballot import Ballot
from dangjian.projects.meeting import Matter, Meeting
from dangjian.projects.project import Project, without_reason

if TYPE_CHECKING:
    from dangjian.delivery.change import PlanChange
    from dangjian.delivery.plan import Plan


@dataclass(frozen=True)
class PlanVerdict(Matter):
    """What the meeting decided on one plan or change."""

    on: Plan | PlanChange
    decision: str
    opinion: str = ""

    @property
    def field(self) -> str:
        return f"{self.on.on_agenda}-{self.on.pk}"

    @property
    def lacking(self) -> str:
        return without_reason(self.decision, self.opinion)

    @transaction.atomic
    def settle(self, meeting: Meeting, *, by: Any) -> None:
        if self.decision not in PlanResolution.ON[self.on.on_agenda]:
            raise Refused(f"{meeting.body}不能作出这样的决定")
        made = PlanResolution(
            meeting=meeting, **{self.on.on_agenda: self.on}, decision=self.decision, opinion=self.opinion.strip(),
            at=clock.now(), **self.columns(),
        )  # fmt: skip
        checked(made)
        made.save()
        self.on.decide(self.decision, by=by, opinion=self.opinion, meeting=meeting, seen=self.seen)


class PlanResolutionQuerySet(models.QuerySet["PlanResolution"]):
    def with_names(self) -> Self:
        """With everything that a line of the minutes shows, in the order of the organisations."""
        joined = self.select_related("plan__project__branch", "change__plan__project__branch", "meeting")
        joined = joined.prefetch_related("change__plan__project__round__scheme", "change__plan__project__scheme")
        place = models.functions.Coalesce("plan__project__branch__rank", "change__plan__project__branch__rank")
        return joined.order_by(place, "pk")


class PlanResolution(Ballot):
    """One line of the minutes. Noted with the meeting, or later by whoever records the decision on the plan itself."""

    class Decision(models.TextChoices):
        APPROVE = "approve", "同意审定"
        RETURN = "return", "退回修改"
        GRANT = "grant", "同意变更"
        DECLINE = "decline", "不同意变更"

    ON: ClassVar[dict[str, tuple[str, ...]]] = {"plan": ("approve", "return"), "change": ("grant", "decline")}
    """Which decisions there are on a plan, and which on a change."""

    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="plan_resolutions", verbose_name="会议")
    plan = models.ForeignKey(
        "dangjian.Plan", models.PROTECT, null=True, blank=True, related_name="resolutions", verbose_name="实施计划"
    )
    change = models.ForeignKey(
        "dangjian.PlanChange",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="resolutions",
        verbose_name="计划变更",
    )
    decision = models.CharField("决定", max_length=20, choices=Decision)
    opinion = models.TextField("意见", blank=True)
    at = models.DateTimeField("登记时间")

    objects = PlanResolutionQuerySet.as_manager()

    class Meta:
        verbose_name = "会议对计划的决定"
        constraints = [
            models.UniqueConstraint(fields=["meeting", "plan"], name="plan_resolution_once"),
            models.UniqueConstraint(fields=["meeting", "change"], name="change_resolution_once"),
            models.CheckConstraint(
                condition=models.Q(plan__isnull=False, change__isnull=True, decision__in=("approve", "return"))
                | models.Q(plan__isnull=True, change__isnull=False, decision__in=("grant", "decline")),
                name="plan_resolution_on_one",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.on}：{self.get_decision_display()}"

    @property
    def on(self) -> Plan | PlanChange:
        found = self.plan or self.change
        assert found is not None
        return found

    @property
    def project(self) -> Project:
        return self.on.project

    @classmethod
    @transaction.atomic
    def note(cls, on: Plan | PlanChange, sitting: Sitting, decision: str, opinion: str, *, by: Any) -> None:
        """Keep the decision among those of the meeting, if it is recorded here, with the vote that the minutes tell of.

        One that the meeting was not recorded with makes its minutes anew.
        """
        meeting = sitting.meeting
        if meeting is None:
            return
        told = {"decision": decision, "opinion": opinion, "at": clock.now(), **sitting.tally.columns()}
        _, is_new = cls.objects.get_or_create(meeting=meeting, **{on.on_agenda: on}, defaults=told)
        if is_new:
            meeting.renew_minutes(by=by)
