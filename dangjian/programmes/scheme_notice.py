"""The scheme notice (方案通知): how the plan reaches units, and with their own additions their branches."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any, Self

from django.db import models, transaction

from dangjian.foundation import audit, clock, evidence, notice
from dangjian.foundation.hand import Acted
from dangjian.foundation.lifecycle import Move, MoveLog, Reason, Refused, Stateful, checked
from dangjian.foundation.refusal import bounded, demanded, too_long
from dangjian.people.access import Ability
from dangjian.people.organisation import Organisation, OrganisationQuerySet
from dangjian.people.person import Person
from dangjian.people.scope import PathField, ScopedQuerySet
from dangjian.programmes.notice_receipt import ISSUER, NoticeReceipt
from dangjian.programmes.notice_state import NoticeState
from dangjian.programmes.round import Round

MOST_TEXT = 2000  # characters
MOST_REASON = 150  # so that each inbox shows it whole


class SchemeNoticeQuerySet(models.QuerySet["SchemeNotice"]):
    def visible_to(self, person: Any) -> Self:
        """Whoever works for an organisation that it reached, there or above."""
        return self.filter(pk__in=NoticeReceipt.objects.visible_to(person).values("notice"))


class SchemeNotice(Acted, Stateful):
    """The paper by which the company issues the year's plan. Its words stand; one that is wrong is revoked."""

    moves = (
        Move("revoke", "撤销通知", frozenset({NoticeState.ISSUED}), NoticeState.REVOKED, Ability.ISSUE_SCHEME, clause="S-01", tone="danger"),
    )  # fmt: skip

    state = models.CharField("状态", max_length=20, choices=NoticeState, default=NoticeState.ISSUED)
    round = models.ForeignKey(Round, models.PROTECT, related_name="notices", verbose_name="批次")
    title = models.CharField("标题", max_length=120)
    number = models.CharField("文号", max_length=40, blank=True)
    issued_on = models.DateField("印发日期")
    text = models.TextField("通知正文", blank=True)
    by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="印发人")
    at = models.DateTimeField("发出时间")

    objects = SchemeNoticeQuerySet.as_manager()

    class Meta:
        verbose_name = "方案通知"

    def __str__(self) -> str:
        return self.title

    # Questions

    def permits(self, move: Move, by: Any) -> bool:
        """The company's own paper, wherever it went."""
        return bool(by.can(move.ability, Organisation.objects.get(parent=None)))

    def acted_for(self, move: Move, by: Any) -> Any:
        return by.acting_for(move.ability, Organisation.objects.get(parent=None))

    @property
    def is_revoked(self) -> bool:
        return self.state == NoticeState.REVOKED

    def revocation(self) -> MoveLog | None:
        """Who revoked it, when and why."""
        return self.log().last() if self.is_revoked else None

    @staticmethod
    def addressable() -> OrganisationQuerySet:
        """Whom the company sends to: every unit, and the branches that have no unit but the company itself."""
        top = Organisation.objects.get(parent=None)
        units = Organisation.objects.filter(may_establish=True).exclude(pk=top.pk)
        own = Organisation.objects.branches_of(top)
        found: OrganisationQuerySet = Organisation.objects.filter(
            models.Q(pk__in=units.values("pk")) | models.Q(pk__in=own.values("pk"))
        )
        return found.in_force().in_order()

    def not_reached(self, unit: Organisation) -> OrganisationQuerySet:
        """The branches of ``unit`` that the notice has not been forwarded to yet."""
        reached = self.receipts.values("organisation")
        return Organisation.objects.branches_of(unit).in_force().exclude(pk__in=reached).in_order()

    def forwarders(self, person: Any) -> list[Organisation]:
        """The units for which the person may forward it: it stands and reached them, and some branch not yet."""
        if self.is_revoked:
            return []
        own = self.receipts.filter(path__in=person.paths_with(Ability.FORWARD_NOTICE))
        units = [receipt.organisation for receipt in own.select_related("organisation").in_order()]
        return [unit for unit in units if unit.may_establish and self.not_reached(unit).exists()]

    def followed_by(self, person: Any) -> list[Organisation]:
        """Whose signatures the person looks after: the company its units', a unit its branches'."""
        top = Organisation.objects.get(parent=None)
        if person.can(Ability.ISSUE_SCHEME, top):
            return [top]
        own = person.paths_with(Ability.FORWARD_NOTICE)
        return list(Organisation.objects.filter(pk__in=self.forwards.filter(path__in=own).values("unit")).in_order())

    def unsigned_of(self, place: Organisation) -> models.QuerySet[NoticeReceipt]:
        """Who has not signed among those that ``place`` sent it to itself."""
        sent = {"forward__isnull": True} if place.parent_id is None else {"forward__unit": place}
        return self.receipts.unsigned().filter(**sent).select_related("organisation").in_order()

    # Verbs

    @classmethod
    @transaction.atomic
    def issue(
        cls, round: Round, *, title: str, issued_on: date, addressees: Iterable[Organisation], file: Iterable[bytes],
        file_name: str, by: Any, number: str = "", text: str = "",
    ) -> SchemeNotice:  # fmt: skip
        """印发 to the chosen units and branches of the company (S-01). Raises Refused at the fields at fault."""
        top = Organisation.objects.get(parent=None)
        if not by.can(Ability.ISSUE_SCHEME, top):
            raise Refused("您没有印发方案通知的权限")
        chosen, allowed = list(addressees), set(cls.addressable())
        acted_for = by.acting_for(Ability.ISSUE_SCHEME, top)
        reasons = []
        if not chosen or not allowed.issuperset(chosen):
            reasons.append(Reason("请从列出的单位中选择收文单位", "addressees"))
        if issued_on > clock.today():
            reasons.append(Reason("印发日期不能晚于今天", "issued_on"))
        reasons += too_long(text.strip(), MOST_TEXT, "text")
        if reasons:
            raise Refused(*reasons)
        made = cls(
            round=round, title=title.strip(), number=number.strip(), issued_on=issued_on, text=text.strip(),
            by_id=by.pk, on_behalf_of=acted_for, at=clock.now(),
        )  # fmt: skip
        checked(made)
        made.save()
        evidence.attach(made, "notice", chunks=file, name=file_name, by=by, field="file", on_behalf_of=acted_for)
        made._send(chosen, forward=None)
        details = {"number": made.number, "sent": len(chosen)}
        audit.record("scheme_notice.issue", made, by=by, on_behalf_of=acted_for, details=details)
        return made

    @transaction.atomic
    def forward(
        self, unit: Organisation, *, branches: Iterable[Organisation], by: Any, text: str = "",
        file: Iterable[bytes] | None = None, file_name: str = "",
    ) -> NoticeForward:  # fmt: skip
        """转发 by a unit to its branches with what it adds itself; signs for the unit where nobody has."""
        if not by.can(Ability.FORWARD_NOTICE, unit):
            raise Refused("您没有转发方案通知的权限")
        # Held until the end: whoever revokes it meanwhile tells these branches too.
        SchemeNotice.objects.select_for_update().get(pk=self.pk)._demand_standing("转发")
        own = self.receipts.filter(organisation=unit).first()
        if own is None or not unit.may_establish:
            raise Refused("这份通知没有发给本单位，不能转发")
        chosen = list(branches)
        if not chosen or not set(self.not_reached(unit)).issuperset(chosen):
            raise Refused(Reason("请选择尚未收到通知的本单位支部", "branches"))
        text = bounded(text, MOST_TEXT, "text")
        if own.signed_at is None:
            own.sign(by=by)
        acted_for = by.acting_for(Ability.FORWARD_NOTICE, unit)
        made = NoticeForward(
            notice=self,
            unit=unit,
            path=unit.path,
            text=text,
            by_id=by.pk,
            on_behalf_of=acted_for,
            at=clock.now(),
        )
        checked(made, exclude=["path"])
        made.save()
        if file is not None:
            evidence.attach(made, "addition", chunks=file, name=file_name, by=by, field="file", on_behalf_of=acted_for)
        self._send(chosen, forward=made)
        details = {"unit": unit.pk, "sent": len(chosen)}
        audit.record("scheme_notice.forward", self, by=by, on_behalf_of=acted_for, details=details)
        return made

    @transaction.atomic
    def urge(self, place: Organisation, *, by: Any) -> int:
        """催办: ask those that ``place`` sent it to and that have not signed, downward, once a day; how many they are."""
        if place not in self.followed_by(by):
            raise Refused("您没有催办签收的权限")
        self._demand_standing("催办签收")
        waiting = [receipt.organisation for receipt in self.unsigned_of(place)]
        if not waiting:
            raise Refused("收文单位都已签收，不用催办")
        people = Person.objects.appointed_at(waiting, Ability.SIGN_NOTICE)
        key = f"scheme-notice-{self.pk}-urge-{place.pk}"
        notice.urge(people, key=key, text=f"请签收“{self.title}”", about=self)
        right = Ability.ISSUE_SCHEME if place.parent_id is None else Ability.FORWARD_NOTICE
        details = {"place": place.pk, "waiting": len(waiting)}
        audit.record("scheme_notice.urge", self, by=by, on_behalf_of=by.acting_for(right, place), details=details)
        return len(waiting)

    @transaction.atomic
    def revoke(self, *, by: Any, reason: str) -> MoveLog:
        """撤销通知 with a reason: told to everyone whom it reached, signed for by nobody from now on."""
        reason = demanded(reason, MOST_REASON, "请写明撤销理由")
        made = self.move("revoke", by=by, opinion=reason)
        reached = Organisation.objects.filter(pk__in=self.receipts.values("organisation"))
        self._tell(reached, f"scheme-notice-{self.pk}-revoked", f"“{self.title}”已撤销：{reason}")
        return made

    def remind(self, place: Organisation) -> None:
        """Say once to an organisation that it has not signed. For the worker."""
        event = f"scheme-notice-{self.pk}-unsigned-{place.pk}"
        self._tell([place], event, f"“{self.title}”已送达数日，尚未签收，请及时办理")

    # Private

    def _demand_standing(self, what: str) -> None:
        if self.is_revoked:
            raise Refused(f"这份通知已撤销，不能{what}")

    def _send(self, places: list[Organisation], *, forward: NoticeForward | None) -> None:
        now = clock.now()
        NoticeReceipt.objects.bulk_create(
            NoticeReceipt(notice=self, forward=forward, organisation=place, path=place.path, sent_at=now)
            for place in places
        )
        who = forward.unit.short_name if forward else ISSUER
        event = f"scheme-notice-{self.pk}-{forward.pk if forward else 0}"
        self._tell(places, event, f"{who}{'转发' if forward else '印发'}了“{self.title}”，请签收")

    def _tell(self, places: Iterable[Organisation], event: str, text: str) -> None:
        people = Person.objects.appointed_at(places, Ability.SIGN_NOTICE)
        notice.tell(people, event=event, text=text, about=self)


class NoticeForwardQuerySet(ScopedQuerySet["NoticeForward"]):
    def visible_to(self, person: Any) -> Self:
        """The unit's own people, those above it, and the branches that it was sent to."""
        received = NoticeReceipt.objects.visible_to(person).filter(forward__isnull=False)
        here = self.in_scopes(person.scopes()).values("pk")
        return self.filter(models.Q(pk__in=here) | models.Q(pk__in=received.values("forward")))


class NoticeForward(Acted):
    """That a unit passed the notice on to branches of its own, and what it asks of them beyond it."""

    notice = models.ForeignKey(SchemeNotice, models.PROTECT, related_name="forwards", verbose_name="方案通知")
    unit = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name="转发单位")
    path = PathField("路径", editable=False)
    text = models.TextField("补充要求", blank=True)
    by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="转发人")
    at = models.DateTimeField("转发时间")

    objects = NoticeForwardQuerySet.as_manager()

    class Meta:
        verbose_name = "方案通知转发"

    def __str__(self) -> str:
        return f"{self.unit.short_name}转发"
