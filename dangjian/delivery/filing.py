"""The filing (备案): a unit's 项目汇总表 as handed in to the company, version by version (S-36, S-122).

A report and never a gate: the company answers each line, and no project waits for it (design §4).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from django.db import models, transaction

from dangjian.delivery import summary
from dangjian.delivery.filing_finding import FilingQuerySet
from dangjian.delivery.filing_moves import MOST_PHONE, MOVES, dialled, longest, wrong_answers, wrong_phone
from dangjian.delivery.filing_row import FilingRow
from dangjian.delivery.filing_state import STANDING, State
from dangjian.delivery.summary import Line
from dangjian.foundation import audit, clock, notice, numbering
from dangjian.foundation.hand import Acted, signed
from dangjian.foundation.lifecycle import Move, MoveLog, Overtaken, Reason, Refused, Stateful, checked
from dangjian.foundation.window import moment_text
from dangjian.people.access import Ability
from dangjian.people.organisation import Organisation, OrganisationQuerySet
from dangjian.people.person import Person
from dangjian.people.scope import PathField
from dangjian.programmes.round import Round
from dangjian.projects.filed import FilingState
from dangjian.projects.project import Project

WINDOW = "filing"


class Filing(Acted, Stateful):
    """One frozen version of the table. What is handed in later is a new version; this one stays as it was."""

    moves = MOVES

    first = ("file", "报送备案")  # how the first handing in, which makes the noun, is called among the moves

    state = models.CharField("状态", max_length=20, choices=State, default=State.HANDED_IN)
    round = models.ForeignKey(Round, models.PROTECT, related_name="filings", verbose_name="批次")
    unit = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name="单位")
    path = PathField("路径", editable=False)
    number = models.PositiveIntegerField("版次")
    unit_name = models.CharField("单位名称", max_length=80)
    phone = models.CharField("联系电话", max_length=MOST_PHONE)
    by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="填表人")
    at = models.DateTimeField("报送时间")
    due_on = models.DateField("报送截止", null=True, blank=True)
    is_late = models.BooleanField("迟报", default=False)
    code = models.CharField("备案号", max_length=30, blank=True)
    received_by = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="接收人"
    )
    received_for = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="代何人接收"
    )
    received_at = models.DateTimeField("接收时间", null=True, blank=True)

    objects = FilingQuerySet.as_manager()

    class Meta:
        verbose_name = "备案"
        constraints = [
            models.UniqueConstraint(fields=["unit", "round", "number"], name="filing_version_once"),
            models.UniqueConstraint(
                fields=["unit", "round"], condition=models.Q(state__in=sorted(STANDING)), name="filing_stands_once"
            ),
            models.CheckConstraint(
                condition=models.Q(received_at__isnull=True, received_by__isnull=True)
                | models.Q(received_at__isnull=False, received_by__isnull=False),
                name="filing_received_by",
            ),
        ]
        indexes = [models.Index(fields=["path", "state"], name="filing_place")]

    def __str__(self) -> str:
        return f"{self.unit.short_name}{self.round}项目汇总表{self.version_text}"

    # Questions

    @property
    def stands(self) -> bool:
        """Whether this is the version that the company answers: no newer one replaced it, and it was not taken back."""
        return self.state in STANDING

    @property
    def version_text(self) -> str:
        return f"第{self.number}版"

    @property
    def days_late(self) -> int:
        """By how many days it came after the due day; nought where it was not late."""
        return (clock.local(self.at).date() - self.due_on).days if self.is_late and self.due_on else 0

    @property
    def receiver(self) -> str:
        """Who answered last for the company; empty before anybody did."""
        return signed(self.received_by, self.received_for) if self.received_by else ""

    @property
    def has_receipt(self) -> bool:
        """备案回执: once something is 已备案. Who has everything sent back reads on the version why, and hands in the next."""
        return self.received_at is not None and self.rows.filter(state=FilingState.RECORDED).exists()

    @property
    def lines(self) -> list[Line]:
        return [row.line for row in self.rows.all()]

    def permits(self, move: Move, by: Any) -> bool:
        """The company answers, wherever the unit is; what the unit does is its own officers'."""
        if move.ability == Ability.FILE:
            return Filing.filers(by).contains(self.unit)
        return bool(by.can(move.ability, _company()))

    def acted_for(self, move: Move, by: Any) -> Any:
        place = self.unit if move.ability == Ability.FILE else _company()
        return by.acting_for(move.ability, place) if move.ability else None

    @staticmethod
    def receives(person: Any) -> bool:
        """Whether the person answers filings for the company."""
        return bool(person.can(Ability.RECEIVE_FILING, _company()))

    @staticmethod
    def units(person: Any) -> OrganisationQuerySet:
        """The units whose tables the person may look at."""
        seen = Organisation.objects.in_scopes(person.scopes(Ability.VIEW_PROJECT))
        return seen.filter(models.Q(may_establish=True) | models.Q(parent=None)).in_order()

    @staticmethod
    def filers(person: Any) -> OrganisationQuerySet:
        """The units whose table the person hands in: where the office itself is, none below."""
        own = Organisation.objects.filter(path__in=person.paths_with(Ability.FILE)).in_force()
        return own.filter(models.Q(may_establish=True) | models.Q(parent=None)).in_order()

    @classmethod
    def standing(cls, unit: Organisation, round: Round) -> Filing | None:
        """The unit's newest version of the year."""
        return (
            cls.objects.newest()
            .filter(unit=unit, round=round)
            .select_related("by", "on_behalf_of", "unit", "round")
            .first()
        )

    @classmethod
    def phone_of(cls, unit: Organisation) -> str:
        """The number that the unit told last, whatever became of that version; empty before it told any."""
        last = cls.objects.filter(unit=unit).order_by("-at", "-pk").first()
        return last.phone if last else ""

    @classmethod
    def standing_rows(cls, person: Any, round: Round) -> models.QuerySet[FilingRow]:
        """The lines of the versions that stand this year, as far as the person sees them, unit by unit in 组织序列."""
        newest = cls.objects.newest().filter(round=round).values("pk")
        return FilingRow.objects.visible_to(person).filter(filing__in=newest).order_by("filing__unit__rank", "place")

    def predecessor(self) -> Filing | None:
        """The version before this one that was not taken back."""
        before = Filing.objects.filter(unit=self.unit_id, round=self.round_id, number__lt=self.number)
        return before.exclude(state=State.RECALLED).order_by("-number").first()

    @property
    def was_first(self) -> bool:
        """Whether it alone could be late: no version before it stood; one that was taken back does not count."""
        return self.predecessor() is None

    def changes_since(self, before: Filing) -> list[summary.Difference]:
        """What it says otherwise than an earlier version, project by project, and what it adds as 补正说明."""
        told = {row.project_id: row.explanation for row in before.rows.all()}
        explained = [
            summary.explained(row.line.name, told.get(row.project_id, ""), row.explanation) for row in self.rows.all()
            if row.explanation and row.explanation != told.get(row.project_id)
        ]  # fmt: skip
        return [*summary.differences(before.lines, self.lines), *explained]

    def unreported(self, now: Sequence[Line] | None = None) -> list[summary.Difference]:
        """有变动未报: what the projects say by now that this version does not; ``now`` is the table where it was read already."""
        now = summary.lines(summary.reported(self.unit, self.round)) if now is None else now
        return summary.differences(self.lines, now)

    @classmethod
    def against_handing_in(
        cls, unit: Organisation, round: Round, *, by: Any, now: Sequence[Line] | None = None
    ) -> Iterator[Reason]:
        """Why ``by`` cannot hand the unit's table in; nothing where they can. ``now`` is as for :meth:`unreported`."""
        if not by.can(Ability.FILE, unit) or not cls.filers(by).contains(unit):
            yield Reason("您没有报送该单位项目汇总表的权限")
        elif not summary.reported(unit, round).exists():
            yield Reason(f"{unit.short_name}{round}还没有已立项的项目，不用报送")
        else:
            former = cls.standing(unit, round)
            rows = list(former.rows.all()) if former else []
            before, back = [row.line for row in rows], any(row.state == FilingState.RETURNED for row in rows)
            now = summary.lines(summary.reported(unit, round)) if now is None else now
            if former and not back and not summary.differences(before, now):
                yield Reason(f"与{former.version_text}一致，没有需要报送的变动")

    # Verbs

    @classmethod
    @transaction.atomic
    def hand_in(
        cls, unit: Organisation, round: Round, *, phone: str, by: Any, seen: int | None = None,
        explanations: Mapping[int, str] | None = None,
    ) -> Filing:  # fmt: skip
        """报送备案: freeze the table as it stands as the next version, and tell the company (S-36, S-122).

        ``seen`` is the version that stood when the page was opened, 0 for none; ``explanations`` say by project how
        what came back was corrected. Lines that the company recorded and that say the same stand; late is received.
        """
        if not by.can(Ability.FILE, unit):
            raise Refused("您没有报送该单位项目汇总表的权限")
        # Two officers who hand in at once wait here for each other; the second then finds the first one's version.
        number = numbering.take("filing-version", organisation=unit, year=round.year)
        former = cls.standing(unit, round)
        if seen is not None and former is not None and former.number != seen:
            raise Overtaken(f"{former.who}已于{moment_text(former.at)}报送{former.version_text}，请核对后再办理")
        said = {key: text.strip() for key, text in (explanations or {}).items()}
        reasons = [*cls.against_handing_in(unit, round, by=by), *longest(said, "explanation")]
        reasons += _unexplained(former, said) if former else ()
        reasons += wrong_phone(phone := dialled(phone))
        if reasons:
            raise Refused(*reasons)
        window, acted_for = round.window_at(WINDOW, unit), by.acting_for(Ability.FILE, unit)
        made = cls(
            round=round, unit=unit, path=unit.path, number=number, unit_name=unit.full_name, phone=phone,
            by_id=by.pk, on_behalf_of=acted_for, at=clock.now(), due_on=window.closes_on if window else None,
            code=former.code if former else "",
        )  # fmt: skip
        made.is_late = former is None and window is not None and clock.today() > window.closes_on
        held = {row.project_id: row for row in former.rows.all()} if former else {}
        if former is not None:
            former.renew(by=by)
        checked(made, exclude=["path"])
        made.save()
        made._freeze(held, said)
        if former is None:
            made._log_first()
        details = {"number": number, "lines": made.rows.count(), "late": made.is_late}
        audit.record("filing.hand_in", made, by=by, on_behalf_of=acted_for, details=details)
        late = f"（迟报 {made.days_late} 天）" if made.is_late else ""
        people = Person.objects.appointed_at([_company()], Ability.RECEIVE_FILING)
        notice.tell(people, event=f"filing-{made.pk}", text=f"{made}已报送备案{late}，请办理", about=made)
        return made

    @transaction.atomic
    def answer(
        self, *, by: Any, record: Collection[int] = (), returned: Mapping[int, str] | None = None, seen: int | None = None
    ) -> MoveLog:  # fmt: skip
        """Answer some of the waiting lines, by their keys: 已备案, or 退回补正 with a reason; the others go on waiting."""
        back = {key: reason.strip() for key, reason in (returned or {}).items()}
        if seen is not None and seen != self.version:
            raise self._overtaken(by, seen) or Refused("这件事刚刚被改动，请刷新后再办理")
        waiting = {row.pk: row for row in self.rows.filter(state=FilingState.WAITING).select_related("project__branch")}
        settles = set(waiting) <= {*record, *back}
        if not self.refusals("answer", by=by) and (reasons := list(wrong_answers(waiting, record, back))):
            raise self._overtaken(by) or Refused(*reasons)
        now = clock.now()
        hand = {
            "answered_by_id": by.pk,
            "answered_for": by.acting_for(Ability.RECEIVE_FILING, _company()),
            "answered_at": now,
        }
        values: dict[str, Any] = {"received_by_id": by.pk, "received_for": hand["answered_for"], "received_at": now}
        if record and not self.code and not self.refusals("answer", by=by):
            values["code"] = (
                f"备〔{self.round.year}〕{numbering.take('filing', organisation=_company(), year=self.round.year)}号"
            )
        counts = {"recorded": len(record), "returned": len(back)}
        made = self.move("settle" if settles else "answer", by=by, details=counts, **values)
        recorded = [waiting[key] for key in record]
        self._answer_rows(recorded, FilingState.RECORDED, hand)
        self._tell_branches_recorded(recorded)
        for key, reason in back.items():
            self._answer_rows([waiting[key]], FilingState.RETURNED, hand, reason)
            self._tell_branch(waiting[key], reason)
        self._tell_unit(counts)
        return made

    def settle(self, *, by: Any, seen: int | None = None) -> MoveLog:
        """办结: every waiting line 已备案 at once."""
        waiting = self.rows.filter(state=FilingState.WAITING).values_list("pk", flat=True)
        return self.answer(record=list(waiting), by=by, seen=seen)

    def renew(self, *, by: Any) -> MoveLog:
        """Make room for the next version. For :meth:`hand_in` alone, which asks for the right."""
        return self.move("renew", by=by)

    @transaction.atomic
    def recall(self, *, by: Any) -> MoveLog:
        """撤回报送, before the company has answered anything of it: the version before stands again, where there is one.

        The number stays taken, so that two papers never bear the same 版次.
        """
        before = self.predecessor()
        made = self.move("recall", by=by, details={"number": self.number})
        if before is not None:
            before.restore(by=by)
        stood = {row.project_id: FilingState(row.state) for row in before.rows.all()} if before else {}
        for row in self.rows.all():
            stood.setdefault(row.project_id, FilingState.NONE)
        for state in FilingState:
            Project.take_filing([project for project, its in stood.items() if its == state], state=state)
        people = Person.objects.appointed_at([_company()], Ability.RECEIVE_FILING)
        notice.tell(people, event=f"filing-{self.pk}-recalled", text=f"{self}已由{made.who}撤回，不用办理", about=self)
        return made

    def restore(self, *, by: Any) -> MoveLog:
        """Stand again as it was answered: settled, or with lines that wait. For :meth:`recall` alone, which asks for the right."""
        waits = self.rows.filter(state=FilingState.WAITING).exists()
        return self.restore_waiting(by=by) if waits else self.move("restore", by=by)

    def restore_waiting(self, *, by: Any) -> MoveLog:
        return self.move("restore_waiting", by=by)

    def correct_phone(self, *, phone: str, by: Any) -> MoveLog:
        """更正联系电话: the number in the head of the version that stands. No line is touched, and no answer asked again."""
        said = dialled(phone)
        if not self.refusals("correct_phone", by=by) and (reasons := list(wrong_phone(said, self.phone))):
            raise Refused(*reasons)
        return self.move("correct_phone", by=by, details={"number": self.number}, phone=said)

    # Private

    def _log_first(self) -> None:
        """The first version stands in 已办 like a move; a later one does as the renewal of the one before."""
        name, label = self.first
        MoveLog.objects.create(
            noun="filing", noun_id=self.pk, sequence=0, name=name, label=label, source="", target=self.state,
            by_id=self.by_id, on_behalf_of=self.on_behalf_of, at=self.at,
        )  # fmt: skip

    def _freeze(self, held: Mapping[int, FilingRow], said: Mapping[int, str]) -> None:
        """The lines of today; those that the company has recorded and that say the same keep its answer."""
        rows = []
        for place, line in enumerate(summary.lines(summary.reported(self.unit, self.round)), start=1):
            row = FilingRow(filing=self, project_id=line.project, place=place, facts=line.facts())
            old = held.get(line.project)
            if old is not None and old.state == FilingState.RECORDED and old.line.told() == line.told():
                row.state, row.answered_at = old.state, old.answered_at
                row.answered_by_id, row.answered_for_id = old.answered_by_id, old.answered_for_id
            elif old is not None and old.state == FilingState.RETURNED:
                row.explanation = said.get(line.project, "")
            rows.append(row)
        FilingRow.objects.bulk_create(rows)
        waiting = [row.project_id for row in rows if row.state == FilingState.WAITING]
        Project.take_filing(waiting, state=FilingState.WAITING)
        Project.take_filing(held.keys() - {row.project_id for row in rows}, state=FilingState.NONE)
        if not waiting:
            # Lines only went: there is nothing for the company to answer.
            self.state = State.SETTLED
            self.save(update_fields=["state"])

    def _answer_rows(self, rows: list[FilingRow], state: FilingState, hand: dict[str, Any], reason: str = "") -> None:
        found = self.rows.filter(pk__in=[row.pk for row in rows])
        found.update(state=state, reason=reason, **hand)
        day = clock.today() if state == FilingState.RECORDED else None
        Project.take_filing([row.project_id for row in rows], state=state, on=day)

    def _tell_branch(self, row: FilingRow, reason: str) -> None:
        """What came back is corrected in the project, which is the branch's."""
        people = Person.objects.holding(Ability.DRAFT, row.project.branch)
        text = f"“{row.project.name}”的备案退回补正：{reason}"
        notice.tell(people, event=f"filing-row-{row.pk}-returned", text=text, about=row.project)

    def _tell_branches_recorded(self, rows: list[FilingRow]) -> None:
        """A branch hears of 已备案 where its line had come back: it corrected it, and waits to know."""
        before = FilingRow.objects.filter(
            project__in=[row.project_id for row in rows], filing__lt=self.pk
        ).last_answers()
        for row in rows:
            if before.get(row.project_id) == FilingState.RETURNED:
                people = Person.objects.holding(Ability.DRAFT, row.project.branch)
                text = f"“{row.project.name}”退回补正后已备案，备案号：{self.code}"
                notice.tell(people, event=f"filing-row-{row.pk}-recorded", text=text, about=row.project)

    def _tell_unit(self, counts: Mapping[str, int]) -> None:
        said = [
            f"{word} {counts[key]} 项"
            for key, word in (("recorded", "已备案"), ("returned", "退回补正"))
            if counts[key]
        ]
        people = Person.objects.appointed_at([self.unit], Ability.FILE)
        notice.tell(people, event=f"filing-{self.pk}-{self.version}", text=f"{self}：{'，'.join(said)}", about=self)


def _unexplained(former: Filing, said: Mapping[int, str]) -> Iterator[Reason]:
    """What came back is corrected where its facts are, in the project, or explained; the same line is not sent again."""
    back = {row.project_id: row.line for row in former.rows.filter(state=FilingState.RETURNED)}
    now = summary.lines(summary.reported(former.unit, former.round).filter(pk__in=back)) if back else []
    for line in now:
        if line.told() == back[line.project].told() and not said.get(line.project):
            yield Reason("退回后没有改动，请写明补正说明", f"explanation_{line.project}")


def _company() -> Organisation:
    return Organisation.objects.get(parent=None)
