"""The highlight (亮点项目): a project that its unit holds up as an example, and the brand that grows from it (S-08)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models, transaction

from dangjian.foundation import audit, clock, notice
from dangjian.foundation.hand import Acted
from dangjian.foundation.lifecycle import Overtaken, Reason, Refused, checked
from dangjian.foundation.refusal import MOST_REASON, demanded
from dangjian.foundation.window import moment_text
from dangjian.people.access import Ability
from dangjian.people.person import Person
from dangjian.projects.brand import Brand
from dangjian.projects.state import ONCE_ESTABLISHED

if TYPE_CHECKING:
    from dangjian.projects.project import Project


class Highlight(Acted):
    """That a project was marked, by whom and why; taken back it stays as a record."""

    project = models.ForeignKey("dangjian.Project", models.CASCADE, related_name="highlights", verbose_name="项目")
    reason = models.CharField("亮点", max_length=MOST_REASON)
    brand = models.ForeignKey(
        Brand, models.PROTECT, null=True, blank=True, related_name="highlights", verbose_name="特色品牌"
    )
    by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="标记人")
    at = models.DateTimeField("标记时间")
    ended_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="取消人")
    ended_at = models.DateTimeField("取消时间", null=True, blank=True)
    end_reason = models.CharField("取消理由", max_length=MOST_REASON, blank=True)

    class Meta:
        verbose_name = "亮点项目"
        constraints = [
            models.UniqueConstraint(
                fields=["project"], condition=models.Q(ended_at__isnull=True), name="highlight_once_at_a_time"
            ),
            models.CheckConstraint(
                condition=models.Q(ended_at__isnull=True, ended_by__isnull=True)
                | models.Q(ended_at__isnull=False, ended_by__isnull=False),
                name="highlight_ended_by",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reason}（品牌：{self.brand}）" if self.brand else self.reason

    @staticmethod
    def refusals(project: Project, *, by: Any) -> list[Reason]:
        """Why the person cannot mark the project or take its mark back; empty where they can."""
        if not by.can(Ability.MARK_HIGHLIGHT, project):
            return [Reason("您没有标记亮点项目的权限")]
        if project.state not in ONCE_ESTABLISHED:
            return [Reason("立项以后的项目才能标为亮点项目")]
        if project.is_offline:
            return [Reason("线下管理的项目不登记亮点")]
        return []

    @classmethod
    @transaction.atomic
    def mark(cls, project: Project, *, reason: str, by: Any, brand: Brand | None = None) -> Highlight:
        """Hold the project up as an example; its branch is told. Raises Refused, Overtaken where it is marked already."""
        if reasons := cls.refusals(project, by=by):
            raise Refused(*reasons)
        if not reason.strip():
            raise Refused(Reason("请写明亮点", "reason"))
        if brand is not None and not Brand.offered_to(project).filter(pk=brand.pk).exists():
            raise Refused(Reason("请选择本单位或上级在用的品牌", "brand"))
        # Whoever comes second waits here for the first, and then finds the mark.
        type(project).objects.select_for_update().get(pk=project.pk)
        standing = cls.objects.filter(project=project, ended_at=None).select_related("by", "on_behalf_of").first()
        if standing is not None:
            raise Overtaken(f"{standing.who}已于{moment_text(standing.at)}把本项目标为亮点项目")
        acted_for = by.acting_for(Ability.MARK_HIGHLIGHT, project)
        made = cls(
            project=project, reason=reason.strip(), brand=brand, by_id=by.pk, on_behalf_of=acted_for, at=clock.now()
        )  # fmt: skip
        checked(made)
        made.save()
        made._put_on(made)
        audit.record("highlight.mark", project, by=by, on_behalf_of=acted_for)
        people = Person.objects.holding(Ability.DRAFT, project.branch)
        notice.tell(people, event=f"highlight-{made.pk}", text=f"“{project.name}”被标为亮点项目", about=project)
        return made

    @transaction.atomic
    def take_back(self, *, reason: str, by: Any) -> None:
        """Take the mark from the project, with a reason. Raises Refused, Overtaken where somebody did so before."""
        if reasons := self.refusals(self.project, by=by):
            raise Refused(*reasons)
        reason = demanded(reason, MOST_REASON, "请写明取消的理由")
        acted_for = by.acting_for(Ability.MARK_HIGHLIGHT, self.project)
        claimed = Highlight.objects.filter(pk=self.pk, ended_at=None).update(
            ended_at=clock.now(), ended_by_id=by.pk, end_reason=reason
        )
        if not claimed:
            raise Overtaken("亮点标记刚刚已被取消，请刷新后再看")
        self._put_on(None)
        audit.record("highlight.take_back", self.project, by=by, on_behalf_of=acted_for)

    def _put_on(self, mark: Highlight | None) -> None:
        """The project carries the mark that stands, so that lists need not look for it."""
        self.project.highlight, self.project.changed_at = mark, clock.now()
        self.project.save(update_fields=["highlight", "changed_at"])
