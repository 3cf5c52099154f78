"""The page of a scheme notice: the company's text, what one's own unit adds, and who has signed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import Count, Q
from django.urls import reverse

from dangjian.foundation.evidence import Attachment
from dangjian.foundation.window import day_text, moment_text
from dangjian.people.organisation import Organisation
from dangjian.people.scope import STEP
from dangjian.programmes.notice_receipt import NoticeReceipt
from dangjian.programmes.scheme_notice import NoticeForward, SchemeNotice
from dangjian.web import display
from dangjian.web.lists import page_of

Shown = dict[str, Any]


def lines(person: Any, notices: Sequence[SchemeNotice]) -> list[Shown]:
    """The rows of the list, each with how many of those one sees have signed."""
    counted = (
        NoticeReceipt.objects.visible_to(person).filter(notice__in=notices).order_by().values("notice")
        .annotate(sent=Count("pk"), signed=Count("signed_at"))
    )  # fmt: skip
    found = {row["notice"]: row for row in counted}
    own = set(NoticeReceipt.objects.visible_to(person).waiting_for(person).values_list("notice", flat=True))
    return [
        {
            "pk": notice.pk, "title": notice.title, "number": notice.number, "round": str(notice.round),
            "issued_text": day_text(notice.issued_on), "waits": notice.pk in own, "revoked": notice.is_revoked,
            "signed_text": f"{found[notice.pk]['signed']} / {found[notice.pk]['sent']}",
        }
        for notice in notices
    ]  # fmt: skip


def page(person: Any, notice: SchemeNotice, asked: Mapping[str, str]) -> Shown:
    """Everything on the page of ``notice`` as ``person`` may see it."""
    units = list(
        Organisation.objects.filter(
            pk__in=NoticeForward.objects.visible_to(person).filter(notice=notice).values("unit")
        ).in_order()
    )
    chosen = next((unit for unit in units if str(unit.pk) == asked.get("unit")), None)
    own = NoticeReceipt.objects.visible_to(person).filter(notice=notice)
    receipts = _receipts(person, own, chosen)
    unsigned = receipts.unsigned().count()
    if asked.get("state") == "unsigned":
        receipts = receipts.unsigned()
    listed = page_of(receipts.select_related("organisation", "signed_by", "signed_for").in_order(), asked)
    revocation = notice.revocation()
    return {
        "notice": notice, "may_revoke": "revoke" in [move.name for move, _ in notice.open_moves(by=person)],
        "revoked_text": f"{revocation.who} {display.moment(revocation.at)}撤销了这份通知：{revocation.opinion}" if revocation else "",
        "issued_text": day_text(notice.issued_on), "issuer": notice.round.rules.head.issuer,
        "sent_text": f"{notice.who} {display.moment(notice.at)}发出",
        "files": _shown_files(notice, _files_of(notice, "notice")),
        "additions": [_addition(notice, forward) for forward in _additions(person, notice, chosen)],
        "waiting": NoticeReceipt.objects.visible_to(person).waiting_for(person).filter(notice=notice).select_related("organisation"),
        "forwarders": notice.forwarders(person), "followed": notice.followed_by(person), "chosen": chosen,
        "page": listed.showing(_rows(notice, listed.rows)), "unsigned": unsigned,
        "only_unsigned": asked.get("state") == "unsigned",
    }  # fmt: skip


def files(person: Any, notice: SchemeNotice) -> list[Attachment]:
    """Every file of the notice that the person may open: the company's, and those of the additions one sees."""
    visible = NoticeForward.objects.visible_to(person).filter(notice=notice)
    added = Attachment.objects.filter(noun="noticeforward", slot="addition", noun_id__in=visible.values("pk"))
    return [*_files_of(notice, "notice"), *added.select_related("evidence")]


def _reaches(person: Any) -> set[str]:
    """The paths of one's own organisations and of everything above them."""
    return {
        scope.path[:end] for scope in person.scopes() for end in range(STEP, len(scope.path) + 1, STEP)
    }  # fmt: skip


def _receipts(person: Any, own: Any, chosen: Organisation | None) -> Any:
    """The company reads who of its addressees has signed, and of one unit's branches where it asks; others all they see."""
    if chosen is not None:
        return own.filter(forward__unit=chosen)
    above = own.filter(forward__isnull=False).exclude(forward__path__in=_reaches(person)).exists()
    return own.filter(forward__isnull=True) if above else own


def _additions(person: Any, notice: SchemeNotice, chosen: Organisation | None) -> Any:
    visible = (
        NoticeForward.objects.visible_to(person).filter(notice=notice).select_related("unit", "by", "on_behalf_of")
    )
    wanted = visible.filter(unit=chosen) if chosen else visible.filter(path__in=_reaches(person))
    return wanted.order_by("at", "pk")


def _addition(notice: SchemeNotice, forward: NoticeForward) -> Shown:
    return {
        "unit": forward.unit, "text": forward.text,
        "by_text": f"{forward.who} {display.moment(forward.at)}转发",
        "files": _shown_files(notice, _files_of(forward, "addition")),
    }  # fmt: skip


def _files_of(noun: Any, slot: str) -> list[Attachment]:
    return list(Attachment.objects.of(noun, slot).select_related("evidence"))


def _shown_files(notice: SchemeNotice, kept: list[Attachment]) -> list[Shown]:
    return [
        display.file(each.name, reverse("scheme-notice-file", args=[notice.pk, each.pk]), each.evidence.size)
        for each in kept
    ]


def _rows(notice: SchemeNotice, receipts: list[NoticeReceipt]) -> list[Shown]:
    counted = notice.receipts.filter(forward__unit__in=[row.organisation_id for row in receipts]).order_by()
    passed = counted.values("forward__unit").annotate(
        sent=Count("pk"), signed=Count("pk", filter=Q(signed_at__isnull=False))
    )
    forwarded = {row["forward__unit"]: row for row in passed}
    return [_row(receipt, forwarded.get(receipt.organisation_id), notice.is_revoked) for receipt in receipts]


def _row(receipt: NoticeReceipt, passed: Any, revoked: bool) -> Shown:
    at = moment_text(receipt.signed_at) if receipt.signed_at else ""
    waits = "党组织已撤销，不用签收" if receipt.organisation.has_ended else "未签收" if revoked else "待签收"
    return {
        "organisation": receipt.organisation, "sent_text": moment_text(receipt.sent_at), "signed": bool(at),
        "signed_text": f"{receipt.who} {at}" if receipt.signed_by else waits,
        "passed_text": f"转发 {passed['sent']} 个支部，{passed['signed']} 个已签收" if passed else "",
        "may_forward": receipt.organisation.may_establish,
    }  # fmt: skip
