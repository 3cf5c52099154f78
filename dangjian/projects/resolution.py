"""The resolution (会议决定): what one meeting decided on one project, and that its branch signed for it."""

from __future__ import annotations

from typing import Any, Self

from django.db import models, transaction

from dangjian.foundation import audit, clock, notice
from dangjian.foundation.lifecycle import Refused
from dangjian.people.access import Ability
from dangjian.people.former_name import as_of
from dangjian.people.organisation import Organisation
from dangjian.people.person import Person
from dangjian.people.scope import in_scopes
from dangjian.projects.ballot import Ballot
from dangjian.projects.project import Project
from dangjian.projects.state import State


class ResolutionQuerySet(models.QuerySet["Resolution"]):
    def unsigned(self) -> Self:
        """Establishments whose branch has not signed for the notice (立项通知)."""
        return self.filter(decision="establish", received_at=None, project__state=State.ESTABLISHED)

    def followed_by(self, person: Any) -> Self:
        """Those of the committees whose meetings the person records, there or below."""
        return self.filter(in_scopes(person.scopes(Ability.RECORD_MEETING), "meeting__path"))


class Resolution(Ballot):
    """What one meeting decided on one project."""

    class Decision(models.TextChoices):
        AGREE = "agree", "同意申报"
        ESTABLISH = "establish", "同意立项"
        RETURN = "return", "退回修改"
        REJECT = "reject", "不予立项"

    meeting = models.ForeignKey("dangjian.Meeting", models.PROTECT, related_name="resolutions", verbose_name="会议")
    project = models.ForeignKey(Project, models.PROTECT, related_name="resolutions", verbose_name="项目")
    branch = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="申报支部"
    )
    decision = models.CharField("决定", max_length=20, choices=Decision)
    opinion = models.TextField("意见", blank=True)
    received_by = models.ForeignKey(
        "dangjian.Person", models.PROTECT, null=True, related_name="+", verbose_name="签收人"
    )
    received_for = models.ForeignKey(
        "dangjian.Person", models.PROTECT, null=True, related_name="+", verbose_name="代何人签收"
    )
    received_at = models.DateTimeField("签收时间", null=True)

    objects = ResolutionQuerySet.as_manager()

    class Meta:
        verbose_name = "会议决定"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["meeting", "project"], name="resolution_once"),
            models.CheckConstraint(
                condition=models.Q(received_by__isnull=True, received_at__isnull=True)
                | models.Q(received_by__isnull=False, received_at__isnull=False),
                name="resolution_received_by_and_at",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.project}：{self.get_decision_display()}"

    @property
    def text(self) -> str:
        """The opinion as screen and paper show it."""
        return self.opinion or f"经{self.meeting.body}研究，{self.get_decision_display()}。"

    @property
    def applicant(self) -> Organisation:
        """The branch that the meeting decided on, as it was called then; the project may have passed on since."""
        return as_of(self.branch or self.project.branch, self.meeting.recorded_at)

    @property
    def awaits_receipt(self) -> bool:
        """An establishment that the branch has not signed for."""
        return self.decision == self.Decision.ESTABLISH and self.received_at is None

    @transaction.atomic
    def receive(self, *, by: Any) -> None:
        """签收: the branch signs for the notice of establishment, once."""
        if not by.can(Ability.DRAFT, self.project):
            raise Refused("您没有为该支部签收的权限")
        acted_for = by.acting_for(Ability.DRAFT, self.project)
        signed = Resolution.objects.filter(pk=self.pk, decision=self.Decision.ESTABLISH, received_at=None).update(
            received_by_id=by.pk, received_for=acted_for, received_at=clock.now()
        )
        if not signed:
            raise Refused("这份通知已经签收，或无需签收")
        audit.record("resolution.receive", self.project, by=by, on_behalf_of=acted_for)

    @classmethod
    @transaction.atomic
    def urge_unsigned(cls, *, by: Any) -> int:
        """催办: ask each branch that has not signed for its establishment, downward, once a day; how many were asked."""
        if not by.scopes(Ability.RECORD_MEETING):
            raise Refused("您没有催办签收的权限")
        waiting = list(
            cls.objects.unsigned().followed_by(by).select_related("project__branch", "meeting__organisation")
        )
        if not waiting:
            raise Refused("立项通知都已签收，不用催办")
        asked, again = 0, Refused()
        for resolution in waiting:
            project = resolution.project
            people = Person.objects.holding(Ability.DRAFT, project.branch)
            text = f"请签收“{project.name}”的立项通知"
            try:
                notice.urge(people, key=f"project-{project.pk}-unsigned", text=text, about=project)
            except Refused as refused:
                again = refused
            else:
                right = by.acting_for(Ability.RECORD_MEETING, resolution.meeting.organisation)
                audit.record("resolution.urge", project, by=by, on_behalf_of=right)
                asked += 1
        if not asked:
            raise again
        return asked
