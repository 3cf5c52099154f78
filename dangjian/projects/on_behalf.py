"""Filling in for others (代填): a handler writes, the branch secretary confirms with one tap or sends back (design §4)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models, transaction

from dangjian.foundation import audit, clock, notice
from dangjian.foundation.hand import signed
from dangjian.foundation.refusal import MOST_REASON, Reason, Refused
from dangjian.people.access import Ability
from dangjian.people.person import Person

if TYPE_CHECKING:
    from dangjian.projects.project import Project


class OnBehalf(models.Model):
    """The part of an application, or of a plan, that is about who filled it in for the secretary."""

    sheet = "申请表"
    """What it is that is filled in."""

    if TYPE_CHECKING:
        project: models.OneToOneField[Any, Project]
        edits: int

        def open_to(self, by: Any) -> None:
            """Refuse whoever may not write here."""

    filled_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+", verbose_name="代填人")
    filled_for = models.ForeignKey(
        Person, models.PROTECT, null=True, editable=False, related_name="+", verbose_name="代何人代填"
    )
    asked_at = models.DateTimeField("请求确认时间", null=True)
    confirmed_at = models.DateTimeField("确认代填时间", null=True)
    sent_back = models.CharField("代填退回意见", max_length=MOST_REASON, blank=True)

    class Meta:
        abstract = True

    @property
    def filler(self) -> str:
        """Who filled it in, by whose right; empty where the secretary did."""
        return signed(self.filled_by, self.filled_for) if self.filled_by else ""

    @property
    def may_be_confirmed(self) -> bool:
        """Whether it is still being written."""
        return self.project.state == "draft"

    @property
    def awaits_confirmation(self) -> bool:
        """Whether the secretary was asked and has not answered yet."""
        return self.filled_by_id is not None and self.asked_at is not None and self.confirmed_at is None

    def hand_of(self, by: Any) -> dict[str, Any]:
        """What a saving by ``by`` changes here: whoever may not submit writes for the secretary, who has to look anew."""
        if by.can(Ability.SUBMIT, self.project):
            return {}
        acted_for = by.acting_for(Ability.DRAFT, self.project)
        return {"filled_by_id": by.pk, "filled_for": acted_for, "asked_at": None, "confirmed_at": None, "sent_back": ""}

    @transaction.atomic
    def ask_for_confirmation(self, *, by: Any) -> None:
        """Tell the secretary that it is ready to be looked at."""
        self.open_to(by)
        if self.filled_by_id is None:
            raise Refused(f"这份{self.sheet}不是代填的，不用确认")
        if self.awaits_confirmation or self.confirmed_at is not None:
            raise Refused("已经请书记确认过，书记还没有办理" if self.confirmed_at is None else "书记已经确认")
        acted_for = self._answer("ask", by, asked_at=clock.now(), sent_back="")
        people = Person.objects.holding(Ability.SUBMIT, self.project.branch)
        text = f"{signed(by, acted_for)}代填了“{self.project.name}”的{self.sheet}，请确认"
        notice.tell(people, event=f"{self._meta.model_name}-{self.pk}-ask-{self.edits}", text=text, about=self.project)

    @transaction.atomic
    def confirm(self, *, by: Any) -> None:
        """The secretary stands by what was filled in."""
        self._asked_of(by)
        self._answer("confirm", by, confirmed_at=clock.now())

    @transaction.atomic
    def send_back(self, *, by: Any, reason: str) -> None:
        """The secretary does not: the one who filled in is told why."""
        reason = self.project.reason_for("send_back", reason)
        if not reason:
            raise Refused(Reason("请写明退回的理由", "reason"))
        self._asked_of(by)
        acted_for = self._answer("send_back", by, asked_at=None, sent_back=reason)
        text = f"{signed(by, acted_for)}退回了您代填的“{self.project.name}”：{self.sent_back}"
        notice.tell([self.filled_by], event=f"{self._meta.model_name}-{self.pk}-back-{clock.now():%Y%m%d%H%M%S%f}", text=text, about=self.project)  # fmt: skip

    def _asked_of(self, by: Any) -> None:
        if not by.can(Ability.SUBMIT, self.project):
            raise Refused("您没有确认代填的权限")
        if not self.may_be_confirmed or not self.awaits_confirmation:
            raise Refused("现在没有待确认的代填内容")

    def _answer(self, what: str, by: Any, **values: Any) -> Any:
        """Keep the answer; by whose right it was given, None for an own one."""
        for name, value in values.items():
            setattr(self, name, value)
        self.save(update_fields=list(values))
        right = Ability.DRAFT if what == "ask" else Ability.SUBMIT
        acted_for = by.acting_for(right, self.project)
        audit.record(f"{self._meta.model_name}.{what}", self.project, by=by, on_behalf_of=acted_for)
        return acted_for
