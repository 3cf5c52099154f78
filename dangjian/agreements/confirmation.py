"""The electronic confirmation (电子确认): each secretary signs one PDF in the system, where the scheme allows it (S-115).

An internal electronic confirmation (内部电子确认). It is no 可靠电子签名 in the sense of the law, and pages say so.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from io import BytesIO
from typing import TYPE_CHECKING, Any

from django.db import models, transaction
from PIL import Image

from dangjian.agreements import certificate, papers, signed_file
from dangjian.agreements.signature import Manner, Side, Signature, unmet_seats
from dangjian.agreements.signed_file import Finding, Verdict
from dangjian.agreements.voiding import UNSIGNED, State
from dangjian.foundation import clock, evidence
from dangjian.foundation.evidence import Attachment, Evidence
from dangjian.foundation.lifecycle import SAME, Move, MoveLog, Reason
from dangjian.foundation.window import day_text
from dangjian.papers import fonts, official, pdf
from dangjian.people.access import Ability
from dangjian.people.person import Person

if TYPE_CHECKING:
    from dangjian.agreements.letter import Letter

SLOT = "confirmed"
_NAME = b"""#set page(width: 110pt, height: 40pt, margin: 2pt, fill: white)
#set text(font: json(bytes(sys.inputs.fonts)), lang: "zh")
#set par(spacing: 7pt)
#align(horizon)[#text(size: 16pt, sys.inputs.name)

#text(size: 9pt, sys.inputs.date)]"""


def _may_confirm(letter: Letter, by: Any) -> Iterator[Reason]:
    yield from letter.against_going_on()
    if not letter.electronic:
        yield Reason("本年方案没有启用电子确认，请打印签订")
    elif letter.project.is_offline:
        yield Reason("线下管理的项目不在系统内签订")
    elif not letter.sides_to_confirm(by):
        before = letter.signatures.filter(side__in=letter.own_sides({by.pk})).exclude(principal=by.pk).first()
        if before is not None:
            side = before.get_side_display()
            yield Reason(f"{side}一方已由{before.who}确认，不用再确认；双方确认以后由您接续确认")
        else:
            yield Reason("您已经确认，或者不是签订双方的书记；电子确认由书记本人办理，不能委托")


def _both_confirmed(letter: Letter, by: Any) -> Iterator[Reason]:
    if letter.signatures.filter(manner=Manner.SIGNED).count() < len(Side):
        yield Reason("另一方尚未确认")


def to_confirm_by(person: Any) -> models.Q:
    """Letters that wait for the person's own confirmation, as a secretary in office: it cannot be delegated.

    A side that the secretary before confirmed is confirmed.
    """
    mine = unmet_seats({person.pk}, anybody=True)
    fits = models.Q(branch=models.F("project__branch"), unit=models.F("project__unit"), project__is_offline=False)
    return mine & fits & models.Q(state__in=UNSIGNED, electronic=True, void_proposed_by=None)


CONFIRMATION = (
    Move("confirm_electronically", "电子确认", UNSIGNED, SAME, Ability.SIGN_LETTER, unmet=_may_confirm, clause="S-115 S-116", tone="primary"),
    Move("take_effect", "双方确认", UNSIGNED, State.SIGNED, "", unmet=_both_confirmed, clause="S-29 S-115"),
)  # fmt: skip


class Confirmation(models.Model):
    """The part of a letter that is about being confirmed in the system."""

    electronic = models.BooleanField("可以电子确认", default=False)

    class Meta:
        abstract = True

    # Questions

    def sides_to_confirm(self: Letter, by: Any) -> list[Side]:  # type: ignore[misc]
        """The sides whose secretary is ``by`` in person, and that nobody confirmed yet."""
        confirmed = set(self.signatures.values_list("side", flat=True))
        return [side for side in self.own_sides({by.pk}) if side not in confirmed]

    @property
    def may_be_confirmed(self: Letter) -> bool:  # type: ignore[misc]
        """Whether both may still sign in the system; whose turn it is :meth:`sides_to_confirm` tells."""
        return bool(self.electronic and self.state in UNSIGNED and not self.project.is_offline)

    def confirmed_file(self: Letter) -> Attachment | None:  # type: ignore[misc]
        """The PDF with the signatures that there are; None where nobody confirmed in the system."""
        kept = Attachment.objects.of(self, SLOT).select_related("evidence")
        return kept.order_by("-pk").first()

    # Verbs

    @transaction.atomic
    def confirm_electronically(self: Letter, *, by: Person) -> MoveLog:  # type: ignore[misc]
        """电子确认 by one secretary in person; with the second the letter is signed and the project learns of it."""
        sides, before = self.sides_to_confirm(by), self.confirmed_file()
        made = self.move("confirm_electronically", by=by, opinion="、".join(side.label for side in sides))
        signed = (
            before.evidence.file.read_bytes() if before else signed_file.with_fields(pdf.draw(papers.to_confirm(self)))
        )
        today = clock.today()
        for side in sides:
            with certificate.signer_of(by, side) as signer:
                signed = signed_file.signed(signed, side, signer, _picture(by.name, day_text(today)))
                serial = signer.signing_cert.serial_number if signer.signing_cert else None
            written = Signature.put(self, side, by, on=today)
            written.certificate = f"{serial:x}" if serial else ""
            written.save(update_fields=["certificate"])
        evidence.attach(self, SLOT, chunks=[signed], name=papers.to_confirm(self).file_name("pdf"), by=by)
        if not list(_both_confirmed(self, by)):
            self.take_effect(by=by)
        return made

    def take_effect(self: Letter, *, by: Any) -> MoveLog:  # type: ignore[misc]
        """双方确认: both have confirmed. Made by the second confirmation alone."""
        today = clock.today()
        made = self.move("take_effect", by=by, signed_on=today)
        self.project.take_letter(by=by, signed_on=today)
        self._tell("signed", f"“{self.project.name}”的责任书已于{day_text(today)}由双方电子确认")
        return made


def _picture(name: str, date: str) -> Image.Image:
    """The name and the day, as they are to be seen on the paper; every font there is has been asked."""
    library = fonts.library()
    families = [*library.families(official.KAITI), *library.families(official.FANGSONG)]
    inputs = {"name": official.printable(name), "date": date, "fonts": json.dumps(families)}
    return Image.open(BytesIO(library.picture(_NAME, inputs))).convert("RGB")


def registered(content_sha256: str, found: Verdict) -> tuple[Verdict, int | None]:
    """A verdict on the file alone, bound to what is registered: known bytes, and the certificates of those who signed.

    With it the number of the letter whose file it is, None where it is nobody's.
    """
    kept = Attachment.objects.filter(
        noun="letter", slot=SLOT, evidence__in=Evidence.objects.filter(sha256=content_sha256)
    )
    number = kept.values_list("noun_id", flat=True).first()
    if found.finding is not Finding.INTACT:
        return found, number
    if number is None:
        return Verdict(Finding.UNKNOWN, found.signers), None
    bound = dict(Signature.objects.filter(letter=number).exclude(certificate="").values_list("side", "certificate"))
    if any(bound.get(one.side) != one.serial for one in found.signers):
        return Verdict(Finding.WRONG_CERTIFICATE, found.signers), number
    return found, number
