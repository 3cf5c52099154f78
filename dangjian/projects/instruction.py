"""The instruction (批示): what a leader wrote on a 呈阅件, as a task with who carries it out, until when, and the result."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any, Self

from django.db import models, transaction

from dangjian.foundation import audit, clock, evidence, notice
from dangjian.foundation.evidence import Attachment
from dangjian.foundation.hand import Acted, signed
from dangjian.foundation.lifecycle import SAME, Move, MoveLog, Reason, Refused, Stateful, checked
from dangjian.foundation.refusal import demanded, too_long
from dangjian.foundation.window import day_text
from dangjian.people.access import Ability
from dangjian.people.organisation import Organisation, OrganisationQuerySet
from dangjian.people.person import Person, PersonQuerySet
from dangjian.people.scope import PathField, in_unit
from dangjian.projects.briefing import Briefing
from dangjian.projects.correction import Correction

MOST_TEXT = 500  # characters


class State(models.TextChoices):
    PENDING = "pending", "待办"
    DONE = "done", "已办结"


class InstructionQuerySet(models.QuerySet["Instruction"]):
    def visible_to(self, person: Any) -> Self:
        """Whoever sees the 呈阅件 it stands on, and who works at the organisation that carries it out."""
        above = models.Q(briefing__in=Briefing.objects.visible_to(person).values("pk"))
        return self.filter(above | models.Q(path__in=person.paths_with(Ability.CARRY_OUT)))

    def waiting_for(self, person: Any) -> Self:
        """What the person is to carry out: given to nobody else by name, at one's own organisation."""
        own = models.Q(person=None) | models.Q(person__in=person.acts_as(Ability.CARRY_OUT))
        return self.pending().filter(own, path__in=person.paths_with(Ability.CARRY_OUT)).order_by("due_on", "pk")

    def with_names(self) -> Self:
        return self.select_related(
            "briefing__to", "organisation", "person", "by", "on_behalf_of", "result_by", "result_for"
        )

    def pending(self) -> Self:
        return self.filter(state=State.PENDING)

    def late(self) -> Self:
        return self.pending().filter(due_on__lt=clock.today())

    def in_order(self) -> Self:
        """What is still to be done first, by its last day; then what was done, the newest first."""
        return self.order_by(models.F("finished_at").desc(nulls_first=True), "due_on", "pk")


class Instruction(Acted, Stateful):
    """One 批示 and what became of it."""

    moves = (
        Move("finish", "办结", frozenset({State.PENDING}), State.DONE, Ability.CARRY_OUT, tone="primary"),
        Move("hand_over", "转办", frozenset({State.PENDING}), State.PENDING, Ability.PRESENT),
        Move("correct", "更正", frozenset({State.PENDING, State.DONE}), SAME, Ability.PRESENT),
    )  # fmt: skip

    state = models.CharField("状态", max_length=20, choices=State, default=State.PENDING)
    briefing = models.ForeignKey(Briefing, models.PROTECT, related_name="instructions", verbose_name="呈阅件")
    text = models.TextField("批示内容", blank=True)
    given_on = models.DateField("批示日期")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name="承办单位")
    path = PathField("路径", editable=False)
    person = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="承办人")
    due_on = models.DateField("办结期限")
    by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="登记人")
    at = models.DateTimeField("登记时间")
    result = models.TextField("办理结果", blank=True)
    result_by = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="办结人"
    )
    result_for = models.ForeignKey(
        Person, models.PROTECT, null=True, editable=False, related_name="+", verbose_name="代何人办结"
    )
    finished_at = models.DateTimeField("办结时间", null=True, blank=True)

    objects = InstructionQuerySet.as_manager()

    class Meta:
        verbose_name = "批示"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state=State.PENDING, finished_at__isnull=True, result_by__isnull=True)
                | (
                    models.Q(state=State.DONE, finished_at__isnull=False, result_by__isnull=False)
                    & ~models.Q(result="")
                ),
                name="instruction_done_with_result",
            )
        ]
        indexes = [models.Index(fields=["path", "state", "due_on"], name="instruction_place")]

    def __str__(self) -> str:
        return f"{self.briefing.to.name}对“{self.briefing.title}”的批示"

    # Questions

    @property
    def is_late(self) -> bool:
        return self.state == State.PENDING and self.due_on < clock.today()

    @property
    def holder_text(self) -> str:
        """承办: the organisation, and the person where one is named."""
        return f"{self.organisation.short_name}{f' {self.person.name}' if self.person else ''}"

    @staticmethod
    def places_for(briefing: Briefing) -> OrganisationQuerySet:
        """Who may be charged: the committee itself, its branches and units, and the branches on the paper."""
        place = briefing.place
        wanted = models.Q(pk=place.pk) | models.Q(pk__in=Organisation.objects.branches_of(place).values("pk"))
        wanted |= models.Q(in_unit(place), may_establish=True)
        wanted |= models.Q(pk__in=briefing.projects.values("branch"))
        return Organisation.objects.filter(wanted).in_force().in_order()

    @staticmethod
    def people_for(briefing: Briefing) -> PersonQuerySet:
        """The persons who may be charged by name: those in office at one of these organisations."""
        places = Instruction.places_for(briefing)
        return Person.objects.appointed_at(places, Ability.CARRY_OUT).select_related("organisation").in_order()

    def undertakers(self) -> PersonQuerySet:
        """Who is to carry it out: the person named, as long as in office there, else everyone with the right."""
        here = Person.objects.appointed_at([self.organisation], Ability.CARRY_OUT)
        named = here.filter(pk=self.person_id or 0)
        return named if named.exists() else here

    def photos(self) -> models.QuerySet[Attachment]:
        """The photographs that count, without those that a correction has replaced."""
        kept = Attachment.objects.of(self, "photo").exclude(pk__in=self.corrections.values("photo").exclude(photo=None))
        return kept.select_related("evidence").order_by("pk")

    def permits(self, move: Move, by: Any) -> bool:
        """The handlers of the paper pass it on; they too may write down the result that they were told.

        What the leader typed, or whoever acts for the leader, only they put right; what a handler wrote down, the handlers.
        """
        if move.name == "correct" and not self.written_by:
            return self.briefing.is_read_by(by)
        carries = move.name == "finish" and self.path in by.paths_with(Ability.CARRY_OUT)
        return carries or self.briefing.is_handled_by(by)

    def acted_for(self, move: Move, by: Any) -> Person | None:
        """None where any of the rights that :meth:`permits` takes is an own one."""
        used: list[Person | None] = []
        if move.name == "correct" and not self.written_by:
            used.append(by.acting_for(Ability.INSTRUCT, self.briefing, there=True))
        if move.name == "finish" and self.path in by.paths_with(Ability.CARRY_OUT):
            used.append(by.acting_for(Ability.CARRY_OUT, self, there=True))
        if self.briefing.is_handled_by(by):
            used.append(by.acting_for(Ability.PRESENT, self.briefing, there=True))
        return None if None in used or not used else used[0]

    @property
    def given_by(self) -> str:
        """Whose word it is: the leader's, or 「王强 代 刘志远」 where a delegate gave it."""
        return self.briefing.words_of(self.by, self.on_behalf_of)

    @property
    def written_by(self) -> str:
        """The handler who wrote down what the leader put on the paper; empty where the leader or a delegate typed it."""
        spoke = self.briefing.to_id in (self.by_id, self.on_behalf_of_id)
        return "" if spoke else self.who

    @property
    def finished_by(self) -> str:
        return signed(self.result_by, self.result_for) if self.result_by else ""

    # Verbs

    @classmethod
    @transaction.atomic
    def give(
        cls, briefing: Briefing, *, organisation: Organisation, due_on: date, by: Any, text: str = "",
        given_on: date | None = None, person: Person | None = None, photo: Iterable[bytes] | None = None,
        photo_name: str = "",
    ) -> Instruction:  # fmt: skip
        """批示 typed by the leader, or typed and photographed by the handler: those who carry it out are told."""
        if refusals := briefing.refusals("instruct", by=by):
            raise Refused(*refusals)
        made = cls(
            briefing=briefing, text=text.strip(), given_on=given_on or clock.today(), organisation=organisation,
            path=organisation.path, person=person, due_on=due_on, by_id=by.pk, at=clock.now(),
        )  # fmt: skip
        reasons = list(made._wrong_charge())
        reasons += made._wrong_words(has_photo=photo is not None)
        reasons += _wrong_photo(photo, typed=briefing.speaks_as_leader(by))
        if reasons:
            raise Refused(*reasons)
        made.on_behalf_of = briefing.instruct(by=by, text=made.text).on_behalf_of
        checked(made, exclude=["path"])
        made.save()
        if photo is not None:
            evidence.attach(
                made, "photo", chunks=photo, name=photo_name, by=by, field="photo", on_behalf_of=made.on_behalf_of
            )
        details = {"briefing": briefing.pk, "due_on": due_on}
        audit.record("instruction.give", made, by=by, on_behalf_of=made.on_behalf_of, details=details)
        made._tell_undertakers(f"{made.given_by}批示“{briefing.title}”，请于{day_text(due_on)}前办结")
        if by.pk != briefing.by_id:
            text = f"{made.given_by}已批示“{briefing.title}”，由{made.holder_text}承办"
            notice.tell([briefing.by], event=f"instruction-{made.pk}-given", text=text, about=made)
        return made

    @transaction.atomic
    def hand_over(
        self, *, organisation: Organisation, due_on: date, by: Any, person: Person | None = None, reason: str = ""
    ) -> MoveLog:
        """转办: charge somebody else with it, or give it another last day; they are told."""
        if refusals := self.refusals("hand_over", by=by):
            raise Refused(*refusals)
        before = (self.organisation_id, self.person_id, self.due_on)
        self.organisation, self.path, self.person, self.due_on = organisation, organisation.path, person, due_on
        if reasons := list(self._wrong_charge()):
            raise Refused(*reasons)
        if before == (organisation.pk, person.pk if person else None, due_on):
            raise Refused(Reason("承办单位、承办人和期限都没有变", "organisation"))
        said = f"由{self.holder_text}承办，{day_text(due_on)}前办结"
        made = self.move(
            "hand_over", by=by, opinion=f"{reason.strip()}；{said}" if reason.strip() else said,
            organisation=organisation, path=organisation.path, person=person, due_on=due_on,
        )  # fmt: skip
        self._tell_undertakers(f"{made.who}将{self}转您办理，请于{day_text(due_on)}前办结")
        return made

    @transaction.atomic
    def correct(
        self, *, reason: str, by: Any, text: str, given_on: date | None = None, photo: Iterable[bytes] | None = None,
        photo_name: str = "",
    ) -> MoveLog:  # fmt: skip
        """更正: put right what was mistyped, or put a better photograph in the place of the one there.

        What stood there before is kept, struck out, with the reason. Whoever carries it out is told what counts now.
        """
        if refusals := self.refusals("correct", by=by):
            raise Refused(*refusals)
        standing = self.photos().last()
        before = Correction(
            instruction=self, text=self.text, given_on=self.given_on, reason=reason.strip(), by_id=by.pk, at=clock.now(),
            photo=standing if photo is not None else None,
        )  # fmt: skip
        self.text, self.given_on = text.strip(), given_on or self.given_on
        reasons = list(self._wrong_words(has_photo=photo is not None or standing is not None))
        reasons += _wrong_photo(photo, typed=not self.written_by)
        if not before.reason:
            reasons.append(Reason("请写明更正的原因", "reason"))
        if (before.text, before.given_on) == (self.text, self.given_on) and photo is None:
            reasons.append(Reason("批示内容、日期和照片都没有变", "text"))
        if reasons:
            raise Refused(*reasons)
        made = self.move("correct", by=by, opinion=before.reason, text=self.text, given_on=self.given_on)
        before.on_behalf_of = made.on_behalf_of
        checked(before)
        before.save()
        if photo is not None:
            evidence.attach(
                self, "photo", chunks=photo, name=photo_name, by=by, field="photo", on_behalf_of=made.on_behalf_of
            )
        told = f"{self}已更正，请按更正后的办理：{self.text or '（见批示照片）'}"
        notice.tell(self.undertakers(), event=f"instruction-{self.pk}-{self.version}", text=told, about=self)
        return made

    @transaction.atomic
    def finish(self, *, result: str, by: Any, file: Iterable[bytes] | None = None, file_name: str = "") -> MoveLog:
        """办结 with the 办理结果; whoever made the paper and wrote the instruction down is told."""
        result = demanded(result, MOST_TEXT, "请填写办理结果", "result")
        acted_for = self.acted_for(self.move_named("finish"), by)
        made = self.move(
            "finish", by=by, opinion=result, result=result, result_by=by, result_for=acted_for, finished_at=clock.now()
        )
        if file is not None:
            evidence.attach(
                self, "result", chunks=file, name=file_name, by=by, field="file", on_behalf_of=made.on_behalf_of
            )
        people = {person.pk: person for person in (self.briefing.by, self.by) if person.pk != by.pk}
        text = f"{self}已由{self.organisation.short_name}办结：{result}"
        notice.tell(people.values(), event=f"instruction-{self.pk}-done", text=text, about=self)
        return made

    def remind(self) -> None:
        """Say once that the last day is near or past. For the worker."""
        word = "已超过办结期限" if self.is_late else f"将于{day_text(self.due_on)}到期"
        event = f"instruction-{self.pk}-{self.due_on}-{'late' if self.is_late else 'soon'}"
        notice.tell(self.undertakers(), event=event, text=f"{self}{word}，请及时办理", about=self)

    # Private

    def _wrong_words(self, *, has_photo: bool) -> Iterable[Reason]:
        if not self.text and not has_photo:
            yield Reason("请填写批示内容，或附上批示照片", "text")
        yield from too_long(self.text, MOST_TEXT, "text")
        if not clock.local(self.briefing.at).date() <= self.given_on <= clock.today():
            yield Reason("批示日期应在呈送以后、今天以前", "given_on")

    def _wrong_charge(self) -> Iterable[Reason]:
        if not self.places_for(self.briefing).contains(self.organisation):
            yield Reason("请从列出的单位中选择承办单位", "organisation")
        here = Person.objects.appointed_at([self.organisation], Ability.CARRY_OUT)
        if self.person is not None and not here.contains(self.person):
            yield Reason(f"{self.person.name}不在{self.organisation.short_name}任职，请重新选择", "person")
        if self.due_on < clock.today():
            yield Reason("办结期限不能早于今天", "due_on")

    def _tell_undertakers(self, text: str) -> None:
        event = f"instruction-{self.pk}-{self.version}"
        notice.tell(self.undertakers(), event=event, text=text, about=self)


def _wrong_photo(photo: object, *, typed: bool) -> Iterable[Reason]:
    """A photograph shows what the leader put on the paper; what the leader types needs none."""
    if typed and photo is not None:
        yield Reason("领导本人批示不附照片", "photo")
