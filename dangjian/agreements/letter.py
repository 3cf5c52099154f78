"""The letter (责任书, 附件2): what the unit's secretary and the branch's sign for an established project (S-29, S-110 … S-117)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any, Self

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models, transaction

from dangjian.agreements.confirmation import CONFIRMATION, Confirmation, to_confirm_by
from dangjian.agreements.continuation import CONTINUATION, Continuation, to_carry_on_by
from dangjian.agreements.custody import LetterCopy
from dangjian.agreements.signature import Authority, Side, Signature, secretary_on
from dangjian.agreements.voiding import STANDING, UNSIGNED, VOIDING, State, Voiding
from dangjian.foundation import audit, clock, evidence, notice, numbering
from dangjian.foundation.evidence import Attachment
from dangjian.foundation.lifecycle import Move, MoveLog, Reason, Refused, Stateful
from dangjian.foundation.refusal import MOST_REASON, demanded, too_long
from dangjian.foundation.window import day_text
from dangjian.people.access import Ability
from dangjian.people.organisation import Kind, Organisation
from dangjian.people.person import Person
from dangjian.people.scope import in_scopes, in_unit
from dangjian.projects.paper_kind import LETTER_KINDS
from dangjian.projects.project import Project
from dangjian.projects.scan import Scan, Slot
from dangjian.projects.state import State as ProjectState

UNDER_WAY = (ProjectState.ESTABLISHED, ProjectState.RUNNING, ProjectState.SUSPENDED)
"""Projects for which a letter is still made, signed and taken over."""
MOST_PLACE = 60  # characters


class LetterQuerySet(models.QuerySet["Letter"]):
    def visible_to(self, person: Any) -> Self:
        """Whoever sees the project."""
        return self.filter(project__in=Project.objects.visible_to(person).values("pk"))

    def of(self, unit: Organisation) -> Self:
        return self.filter(in_unit(unit, "project__path"))

    def unsigned(self) -> Self:
        """Still to be signed; that of a project that ended is not."""
        return self.filter(state__in=UNSIGNED, project__state__in=UNDER_WAY)

    def to_sign_on_paper(self) -> Self:
        """Of those still to be signed, the ones that neither side has confirmed in the system."""
        return self.unsigned().filter(~models.Exists(Signature.objects.filter(letter=models.OuterRef("pk"))))

    def overdue(self) -> Self:
        """待补签 past its last day."""
        return self.filter(state=State.DEFERRED, project__letter_due_on__lt=clock.today())

    def standing(self) -> Self:
        return self.exclude(state=State.VOID)

    def in_order(self) -> Self:
        """The newest year first; in it 组织序列, then the number of the project."""
        return self.order_by(
            "-project__round__year", "project__unit__rank", "project__branch__rank", "project__number", "-edition"
        )

    def waiting_for(self, person: Any) -> Self:
        """Letters the person is to register, to confirm void, or to take over as the next secretary."""
        kept = in_scopes(person.scopes(Ability.KEEP_LETTERS), "project__path")
        wanted = models.Q(state__in=UNSIGNED, void_proposed_by=None) & kept
        confirmed = in_scopes(person.scopes(Ability.VOID_LETTER), "project__path")
        proposed = models.Q(state__in=STANDING, void_proposed_by__isnull=False) & confirmed
        wanted |= proposed & ~models.Q(void_proposed_by=person.pk)
        if person.scopes(Ability.SIGN_LETTER):
            wanted |= to_carry_on_by(person) | to_confirm_by(person)
        return self.filter(wanted, project__state__in=UNDER_WAY)

    def to_confirm_by(self, person: Any) -> Self:
        """Those that the person alone is to confirm in the system."""
        return self.filter(to_confirm_by(person), project__state__in=UNDER_WAY)

    def to_carry_on_by(self, person: Any) -> Self:
        """Those that the person is to take over from the secretary who signed them."""
        return self.filter(to_carry_on_by(person), project__state__in=UNDER_WAY)


# Conditions


def _may_be_signed(letter: Letter, by: Any) -> Iterator[Reason]:
    yield from letter.against_going_on()
    if letter.signatures.exists():
        yield Reason("一方已经电子确认，请另一方也在系统内确认，或作废后重新制作")
    # Of an offline project nothing is uploaded: its paper stays where it is kept.
    for copy in letter.copies.all() if not letter.project.is_offline else ():
        if letter.scan(copy.number) is None:
            yield Reason(f"{copy}的签字盖章扫描件尚未归档", "scans")


def _may_follow(letter: Letter, by: Any) -> Iterator[Reason]:
    """项目在办，没有人提请作废，制作后没有换支部或单位。"""
    yield from letter.against_going_on()


class Letter(Confirmation, Continuation, Voiding, Stateful):
    """One numbered letter with two copies. ``facts`` are what is printed, frozen when it was made."""

    moves = (
        Move("sign", "登记签订", UNSIGNED, State.SIGNED, Ability.KEEP_LETTERS, unmet=_may_be_signed, clause="S-29 S-115 S-116", tone="primary"),
        Move("defer", "暂缓签订", frozenset({State.PENDING}), State.DEFERRED, Ability.KEEP_LETTERS, unmet=_may_follow, clause="S-29"),
        *CONTINUATION,
        *CONFIRMATION,
        *VOIDING,
    )  # fmt: skip

    state = models.CharField("状态", max_length=20, choices=State, default=State.PENDING)
    project = models.ForeignKey(Project, models.PROTECT, related_name="letters", verbose_name="项目")
    unit = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name="签订单位")
    branch = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name="签订支部")
    number = models.CharField("编号", max_length=30)
    edition = models.PositiveSmallIntegerField("第几次制作")
    facts = models.JSONField("内容", encoder=DjangoJSONEncoder)
    made_by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="制作人")
    made_for = models.ForeignKey(
        Person, models.PROTECT, null=True, editable=False, related_name="+", verbose_name="代何人制作"
    )
    made_at = models.DateTimeField("制作时间")
    signed_on = models.DateField("签订日期", null=True, blank=True)
    place = models.CharField("签订地点或仪式", max_length=MOST_PLACE, blank=True)

    objects = LetterQuerySet.as_manager()

    class Meta:
        verbose_name = "责任书"
        constraints = [
            models.UniqueConstraint(
                fields=["project"], condition=~models.Q(state="void"), name="letter_once_at_a_time"
            ),
            models.UniqueConstraint(fields=["project", "edition"], name="letter_edition_once"),
            models.UniqueConstraint(fields=["unit", "number"], name="letter_number_once"),
            models.CheckConstraint(
                condition=~models.Q(state="signed") | models.Q(signed_on__isnull=False), name="letter_signed_when"
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"责任书 {self.number}"

    # Questions

    @property
    def path(self) -> str:
        return self.project.path

    def permits(self, move: Move, by: Any) -> bool:
        """Letters are the unit's; only their taking over is the two secretaries' own."""
        if move.name == "carry_on":
            return bool(by.scopes(move.ability)) and bool(self._sides_of(by))
        if move.name == "confirm_electronically":
            return bool(by.scopes(move.ability)) and bool(self.own_sides({by.pk}))
        return bool(by.can(move.ability, self.project.unit))

    def acted_for(self, move: Move, by: Any) -> Any:
        if move.name == "confirm_electronically":
            return None
        if move.name == "carry_on":
            return by.acting_for(move.ability, self.project)
        return by.acting_for(move.ability, self.project.unit) if move.ability else None

    @property
    def is_stale(self) -> bool:
        """Made for a branch or unit that the project does not belong to any more, and not signed."""
        moved = (self.branch_id, self.unit_id) != (self.project.branch_id, self.project.unit_id)
        return self.state in UNSIGNED and moved

    def against_anything(self) -> Iterator[Reason]:
        """Why nothing is done here any more, or not before another matter is settled."""
        if self.project.state not in UNDER_WAY:
            yield Reason(f"项目{self.project.state_label}，不再签订责任书")
        if self.void_proposed_by_id is not None:
            yield Reason("已提请作废，请先办结")

    def against_going_on(self) -> Iterator[Reason]:
        """Why nothing more is signed here."""
        yield from self.against_anything()
        if self.is_stale:
            yield Reason("项目已换了支部或单位，请重新制作责任书")

    @property
    def is_overdue(self) -> bool:
        return self.state == State.DEFERRED and not self.project.letter_may_follow

    @property
    def is_current(self) -> bool:
        """Whether the project's scans are those of this letter."""
        return bool(self.edition == self.project.letter_count)

    def scan(self, number: int) -> Scan | None:
        """The scan of one copy that stands."""
        found = Scan.objects.filter(project=self.project_id, kind=LETTER_KINDS[number - 1], edition=self.edition)
        return found.select_related("attachment__evidence").order_by("-pk").first()

    def slot(self, number: int) -> Slot:
        return Slot(LETTER_KINDS[number - 1], self.project)

    def place_of(self, side: Side) -> Organisation:
        """Whose secretary signs: of the unit, or of the branch."""
        return self.project.branch if side == Side.BRANCH else self.project.unit

    def _sides_of(self, by: Any) -> list[Side]:
        """The sides whose secretary in office today is ``by``, or whom ``by`` acts for."""
        return self.own_sides(by.acts_as(Ability.SIGN_LETTER))

    def own_sides(self, hands: set[int]) -> list[Side]:
        """The sides whose secretary in office today is one of these persons."""
        today = clock.today()
        in_office = {side: secretary_on(self.place_of(side), today) for side in Side}
        return [side for side, secretary in in_office.items() if secretary is not None and secretary.pk in hands]

    def wrong_signing(
        self, *, signed_on: date, place: str = "", authorities: Mapping[Side, Authority] | None = None
    ) -> list[Reason]:
        """What is wrong with the day, the place and the signers that are to be registered."""
        signers = _wrong_signers(self, self._secretaries(signed_on), authorities or {}, signed_on)
        return [*self._wrong_day(signed_on), *signers, *too_long(place.strip(), MOST_PLACE, "place")]

    @staticmethod
    def standing_of(project: Project) -> Letter | None:
        """The one letter of the project that is not void."""
        return Letter.objects.filter(project=project).standing().first()

    # Verbs

    @staticmethod
    def against_making(project: Project, *, by: Any) -> list[Reason]:
        """Why the person cannot make a letter for the project; empty where they can."""
        if not by.can(Ability.KEEP_LETTERS, project.unit):
            return [Reason("您没有制作责任书的权限")]
        if project.state not in UNDER_WAY:
            return [Reason(f"“{project.name}”{project.waiting_label}，立项以后才签订责任书")]
        if project.was_started_on_paper:
            return [Reason("项目是补录的，责任书线下已办")]
        if not project.rules.gates.letter:
            return [Reason("本年方案不要求签订责任书")]
        standing = Letter.standing_of(project)
        if standing is not None and not standing.is_stale:
            return [Reason(f"“{project.name}”已有{standing}（{standing.state_label}）")]
        return []

    @classmethod
    @transaction.atomic
    def make(cls, project: Project, *, by: Any) -> Letter:
        """制作 for an established project: number taken, text and names frozen, two copies. Raises Refused."""
        # Whoever comes second waits here for the first, and then finds the letter.
        project = Project.objects.select_for_update().get(pk=project.pk)
        if reasons := cls.against_making(project, by=by):
            raise Refused(*reasons)
        for stale in Letter.objects.filter(project=project).standing():
            stale.supersede(by=by)
        edition, year = project.count_letter(), project.round.year
        state = State.DEFERRED if project.letter_due_on else State.PENDING
        number = (
            f"{project.unit.code_name}责〔{year}〕{numbering.take('letter', organisation=project.unit, year=year)}号"
        )
        acted_for = by.acting_for(Ability.KEEP_LETTERS, project.unit)
        made = cls.objects.create(
            project=project, unit=project.unit, branch=project.branch, number=number, edition=edition,
            facts=_facts(project), electronic=project.rules.letter.electronic, made_by_id=by.pk, made_for=acted_for,
            made_at=clock.now(), state=state,
        )  # fmt: skip
        for copy, keeper in ((1, project.unit), (2, project.branch)):
            LetterCopy.objects.create(letter=made, number=copy, keeper=keeper)
        audit.record("letter.make", made, by=by, on_behalf_of=acted_for, details={"number": number})
        made._tell("made", f"“{project.name}”的责任书（{number}）已制作，请准备签订")
        return made

    @transaction.atomic
    def sign(
        self, *, signed_on: date, by: Any, place: str = "", authorities: Mapping[Side, Authority] | None = None
    ) -> MoveLog:
        """登记签订: both signed on that day, both scans are filed; the project learns of it and may start (S-29)."""
        authorities = authorities or {}
        if reasons := self.wrong_signing(signed_on=signed_on, place=place, authorities=authorities):
            # A refusal of the move itself is told first: nobody corrects a form that cannot be sent.
            raise Refused(*(self.refusals("sign", by=by) or reasons))
        made = self.move("sign", by=by, signed_on=signed_on, place=place.strip(), opinion=place.strip())
        for side, secretary in self._secretaries(signed_on).items():
            assert secretary is not None
            terms = authorities.get(side)
            kept = self._authority(side, terms, by) if terms else None
            Signature.put(self, side, secretary, on=signed_on, authority=kept, terms=terms)
        self.project.take_letter(by=by, signed_on=signed_on)
        self._tell("signed", f"“{self.project.name}”的责任书已于{day_text(signed_on)}签订")
        return made

    @transaction.atomic
    def defer(self, *, reason: str, by: Any) -> MoveLog:
        """暂缓签订 with a reason: the project may start, the letter follows within the days the scheme gives (design §4)."""
        reason = demanded(reason, MOST_REASON, "请写明暂不能签订的理由")
        due_on = clock.today() + timedelta(days=self.project.rules.letter.late_days)
        made = self.move("defer", by=by, opinion=reason, details={"due_on": due_on})
        self.project.take_letter(by=by, signed_on=None, due_on=due_on)
        self._tell("deferred", f"“{self.project.name}”的责任书请于{day_text(due_on)}前补签")
        return made

    def remind(self) -> None:
        """Say once that the day to sign by is near, and once more that it is past. For the worker."""
        due_on = self.project.letter_due_on
        assert due_on is not None
        past = due_on < clock.today()
        text = (
            f"“{self.project.name}”的责任书{'补签已逾期' if past else '应当补签'}，期限{day_text(due_on)}，请尽快签订"
        )
        self._tell(f"{'past' if past else 'soon'}-{due_on}", text, also_unit=True)

    # Private

    def _secretaries(self, day: date) -> dict[Side, Person | None]:
        return {side: secretary_on(self.place_of(side), day) for side in Side}

    def _authority(self, side: Side, terms: Authority, by: Any) -> Attachment:
        """委托书, kept with the letter."""
        return evidence.attach(
            self, f"authority-{side}", chunks=terms.file, name=terms.file_name, by=by, field=f"{side}_file",
            on_behalf_of=by.acting_for(Ability.KEEP_LETTERS, self.project.unit),
        )  # fmt: skip

    def _wrong_day(self, day: date) -> Iterator[Reason]:
        established_at = self.project.established_at
        if day > clock.today():
            yield Reason("签订日期不能晚于今天", "signed_on")
        elif established_at is not None and day < clock.local(established_at).date():
            yield Reason("签订日期不能早于立项日期", "signed_on")

    def _tell(self, event: str, text: str, *, also_unit: bool = False) -> None:
        people = list(Person.objects.holding(Ability.DRAFT, self.project.branch))
        people += Person.objects.holding(Ability.KEEP_LETTERS, self.project.unit) if also_unit else []
        notice.tell(people, event=f"letter-{self.pk}-{event}", text=text, about=self)


def _facts(project: Project) -> dict[str, Any]:
    """What the letter prints, as it is today: papers keep the names of their day. 附件1 to 3 name units in full."""
    text = project.rules.letter
    return {
        "title": text.title, "purpose": text.purpose, "clauses": list(text.clauses), "project": project.name,
        "unit": project.unit.full_name, "branch": project.branch.full_name,
        "committee_secretary": f"{Kind(project.unit.kind).label}书记",
    }  # fmt: skip


def _wrong_signers(
    letter: Letter, secretaries: Mapping[Side, Person | None], authorities: Mapping[Side, Authority], day: date
) -> Iterator[Reason]:
    for side, secretary in secretaries.items():
        place, terms = letter.place_of(side), authorities.get(side)
        if secretary is None:
            yield Reason(f"{place.short_name}{day_text(day)}没有在任书记，请安全管理员先登记任职", "signed_on")
        elif terms is not None and letter.project.is_offline:
            yield Reason("线下管理的项目不上传委托书，请线下留存", f"{side}_person")
        elif terms is not None and terms.person.pk == secretary.pk:
            yield Reason(f"{secretary.name}当日就是书记，不用委托", f"{side}_person")
        elif terms is not None and terms.starts_on > terms.ends_on:
            yield Reason("委托自不能晚于委托至", f"{side}_starts_on")
        elif terms is not None and not terms.starts_on <= day <= terms.ends_on:
            yield Reason("委托期限没有包括签订日期", f"{side}_ends_on")
