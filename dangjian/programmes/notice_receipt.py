"""The receipt (方案通知签收): that a scheme notice reached an organisation, and who signed for it there, when."""

from __future__ import annotations

from typing import Any, Self

from django.db import models, transaction

from dangjian.foundation import audit, clock
from dangjian.foundation.hand import signed
from dangjian.foundation.lifecycle import Overtaken, Refused
from dangjian.foundation.window import moment_text
from dangjian.people.access import Ability
from dangjian.people.organisation import Organisation
from dangjian.people.scope import PathField, ScopedQuerySet
from dangjian.programmes.notice_state import NoticeState

ISSUER = "公司党委"


class NoticeReceiptQuerySet(ScopedQuerySet["NoticeReceipt"]):
    def visible_to(self, person: Any) -> Self:
        """Those of the organisations one works for."""
        return self.in_scopes(person.scopes())

    def unsigned(self) -> Self:
        """Those still to be signed for: not of a notice that was revoked, nor by an organisation that has ended."""
        standing = self.filter(notice__state=NoticeState.ISSUED, organisation__ended_on__isnull=True)
        return standing.filter(signed_at__isnull=True)

    def waiting_for(self, person: Any) -> Self:
        """What the person is to sign for: at one's own organisation, never for a branch from above."""
        own = person.paths_with(Ability.SIGN_NOTICE)
        return self.unsigned().filter(path__in=own)

    def in_order(self) -> Self:
        return self.order_by("organisation__rank", "path")


class NoticeReceipt(models.Model):
    """One organisation that the notice was sent to: by the company, or by its unit in a ``forward``."""

    notice = models.ForeignKey(
        "dangjian.SchemeNotice", models.PROTECT, related_name="receipts", verbose_name="方案通知"
    )
    forward = models.ForeignKey(
        "dangjian.NoticeForward", models.PROTECT, null=True, related_name="receipts", verbose_name="转发"
    )
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name="收文党组织")
    path = PathField("路径", editable=False)
    sent_at = models.DateTimeField("送达时间")
    signed_by = models.ForeignKey("dangjian.Person", models.PROTECT, null=True, related_name="+", verbose_name="签收人")
    signed_for = models.ForeignKey(
        "dangjian.Person", models.PROTECT, null=True, related_name="+", verbose_name="代何人签收"
    )
    signed_at = models.DateTimeField("签收时间", null=True)

    objects = NoticeReceiptQuerySet.as_manager()

    class Meta:
        verbose_name = "方案通知签收"
        constraints = [
            models.UniqueConstraint(fields=["notice", "organisation"], name="notice_receipt_once"),
            models.CheckConstraint(
                condition=models.Q(signed_by__isnull=True, signed_at__isnull=True)
                | models.Q(signed_by__isnull=False, signed_at__isnull=False),
                name="notice_receipt_by_and_at",
            ),
        ]
        indexes = [models.Index(fields=["path"], name="notice_receipt_place")]

    def __str__(self) -> str:
        if self.signed_by is None or self.signed_at is None:
            return f"{self.organisation.short_name}待签收"
        return f"{self.organisation.short_name}{self.who}{moment_text(self.signed_at)}签收"

    @property
    def who(self) -> str:
        """Who signed, and for whom."""
        return signed(self.signed_by, self.signed_for) if self.signed_by else ""

    @property
    def sender_name(self) -> str:
        """Who sent it here."""
        return self.forward.unit.short_name if self.forward else ISSUER

    def may_be_signed_by(self, person: Any) -> bool:
        return any(scope.path == self.path for scope in person.scopes(Ability.SIGN_NOTICE))

    @transaction.atomic
    def sign(self, *, by: Any) -> None:
        """签收, once. Raises Overtaken where a colleague was first."""
        if not self.may_be_signed_by(by):
            raise Refused(f"您没有为{self.organisation.short_name}签收的权限")
        now, acted_for = clock.now(), by.acting_for(Ability.SIGN_NOTICE, self, there=True)
        waiting = NoticeReceipt.objects.unsigned().filter(pk=self.pk)
        if not waiting.update(signed_by=by.pk, signed_for=acted_for, signed_at=now):
            held = NoticeReceipt.objects.select_related("organisation", "signed_by", "signed_for").get(pk=self.pk)
            if held.signed_at:
                raise Overtaken(f"{held}")
            ended = held.organisation.has_ended
            raise Refused(f"{held.organisation.short_name if ended else '这份通知'}已撤销，不用签收")
        self.signed_by, self.signed_for, self.signed_at = by, acted_for, now
        audit.record("notice_receipt.sign", self, by=by, on_behalf_of=acted_for, details={"notice": self.notice_id})
