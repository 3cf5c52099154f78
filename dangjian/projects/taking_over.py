"""Taking over (补录): a project that was begun on paper enters where it stands, with the dates of the paper.

:meth:`FromPaper.take_over` is the only verb that enters at a later state. What came before was 线下已办: it has no steps
here, nobody is reminded of it, and every date is that of the paper while the log keeps when it was entered.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import date
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Any, Self

from django.db import IntegrityError, models, transaction

from dangjian.foundation import audit, clock
from dangjian.foundation.hand import Acted
from dangjian.foundation.lifecycle import SAME, Move, MoveLog, Overtaken, Reason, Refused
from dangjian.foundation.refusal import too_long
from dangjian.foundation.window import day_text
from dangjian.people.access import Ability
from dangjian.people.organisation import Organisation
from dangjian.people.person import Person, secretary_of
from dangjian.programmes.round import Round
from dangjian.programmes.scheme import Scheme
from dangjian.projects import period
from dangjian.projects.application import Application
from dangjian.projects.category import Category, not_listed
from dangjian.projects.naming import checked_name, name_key
from dangjian.projects.state import State
from dangjian.projects.texts import TEXTS, written

if TYPE_CHECKING:
    from dangjian.projects.project import Project

ENTRANCES = (State.ESTABLISHED, State.RUNNING, State.COMPLETED)
"""Where a project may enter: once established, under way, or done. Everything before is decided here or nowhere."""
MOST_LETTERS = 20_000  # of one text: what stood on paper is not bound by this year's limits
PAPER_ONLY = "线下已办"
STARTED_ON_PAPER = models.Q(taken_over_at__isnull=False, started_at__lte=models.F("taken_over_at"))
"""Letter and plan of these were done on paper, or never: as :attr:`FromPaper.was_started_on_paper`."""


def _has_no_past_here(project: Project, by: Any) -> Iterator[Reason]:
    if project.version:
        yield Reason("项目已经在系统里办理，不能补录")


def _is_untouched(project: Project, by: Any) -> Iterator[Reason]:
    if project.past is None:
        yield Reason("项目是在系统里申报的，没有补录可以撤回")
    elif project.past.by_id != by.pk and project.past.by.can(Ability.TAKE_OVER, project):
        yield Reason(f"由{project.past.who}补录，请其本人撤回")
    elif project.version > 1 or project.has_more_than_its_past():
        yield Reason("补录之后已在系统里继续办理，不能撤回补录")


TAKING_OVER = (
    Move("take_over", "补录", frozenset(ENTRANCES), SAME, Ability.TAKE_OVER, unmet=_has_no_past_here),
    Move("withdraw_past", "撤回补录", frozenset(ENTRANCES), State.WITHDRAWN, Ability.TAKE_OVER, unmet=_is_untouched, tone="danger"),
)  # fmt: skip
_OF_PAST = ("application", "taking_over", "categories")
"""What a project has from the moment it is taken over; a row of anything else was put there since."""


@dataclass(frozen=True)
class Past:
    """What the papers say of one project. ``texts`` are those of the application, by their names."""

    name: str
    starts: str
    ends: str
    texts: Mapping[str, str] = field(default_factory=dict)
    categories: Mapping[str, Sequence[str]] = field(default_factory=dict)
    filled_on: date | None = None
    branch_opinion: str = ""
    branch_opinion_on: date | None = None
    committee_opinion: str = ""
    established_on: date | None = None
    completed_on: date | None = None
    leader: str = ""
    remark: str = ""
    extra: Mapping[str, str] = field(default_factory=dict)

    def faults(self, state: str, rules: Scheme) -> Iterator[Reason]:
        """What cannot be entered as it stands, each at its fact."""
        try:
            checked_name(self.name, rules)
        except Refused as refused:
            yield from refused.reasons
        wrong = list(period.faults(self.starts, self.ends))
        yield from wrong
        if not wrong and state == State.RUNNING and period.Period(self.starts, self.ends).first_day > clock.today():
            yield Reason("还没有到开始时间，只能补录为已立项", "state")
        for name in ("filled_on", "branch_opinion_on", "established_on", "completed_on"):
            day = getattr(self, name)
            if day is not None and day > clock.today():
                yield Reason(f"日期不能晚于今天（{day_text(clock.today())}），请核对，或先留空", name)
        if self.established_on and self.completed_on and self.completed_on < self.established_on:
            yield Reason("完成日期不能早于立项日期", "completed_on")
        for name, text in self.texts.items():
            yield from too_long(text, MOST_LETTERS, name)
        yield from not_listed(self.categories, rules)

    def of_paper(self) -> dict[str, Any]:
        """The columns of :class:`TakingOver`."""
        return {name: getattr(self, name) for name in self.of_paper_names()}

    @classmethod
    def of_paper_names(cls) -> list[str]:
        columns = {column.name for column in TakingOver._meta.fields}
        return [part.name for part in fields(cls) if part.name in columns]


class TakingOverQuerySet(models.QuerySet["TakingOver"]):
    def visible_to(self, person: Any) -> Self:
        """Those of projects that exist for the person."""
        projects: Any = TakingOver._meta.get_field("project").related_model
        return self.filter(project__in=projects.objects.visible_to(person).values("pk"))


class TakingOver(Acted):
    """What is known of the time on paper. ``key`` is year, branch and name: the same line never enters twice."""

    project = models.OneToOneField("dangjian.Project", models.CASCADE, related_name="taking_over", verbose_name="项目")
    key = models.CharField("键", max_length=100, unique=True)
    entered_as = models.CharField("补录为", max_length=20, choices=State)
    source = models.CharField("依据", max_length=200)
    branch_opinion = models.TextField("支部意见", blank=True)
    branch_opinion_on = models.DateField("支部意见日期", null=True)
    committee_opinion = models.TextField("党委意见", blank=True)
    established_on = models.DateField("立项日期", null=True)
    completed_on = models.DateField("完成日期", null=True)
    leader = models.CharField("纸上的责任人", max_length=60, blank=True)
    remark = models.TextField("备注", blank=True)
    extra = models.JSONField("其他各栏", default=dict)
    by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="补录人")
    at = models.DateTimeField("录入时间")

    objects = TakingOverQuerySet.as_manager()

    class Meta:
        verbose_name = "补录"

    def __str__(self) -> str:
        return self.source


class FromPaper(models.Model):
    """The part of a project that is about having begun on paper."""

    taken_over_at = models.DateTimeField("补录时间", null=True)

    class Meta:
        abstract = True

    @property
    def past(self: Project) -> TakingOver | None:  # type: ignore[misc]
        """What is known of its time on paper; None of a project that began here."""
        return self.taking_over if self.taken_over_at else None

    @property
    def was_started_on_paper(self: Project) -> bool:  # type: ignore[misc]
        """Whether letter and plan are 线下已办: it entered when it ran already."""
        return self.taken_over_at is not None and self.started_at is not None and self.started_at <= self.taken_over_at

    def has_more_than_its_past(self: Project) -> bool:  # type: ignore[misc]
        """Whether anything was made about it since: a letter, a plan, a scan, a line of a filing."""
        others = [each for each in self._meta.related_objects if each.get_accessor_name() not in _OF_PAST]
        made = [
            models.Exists(each.related_model._base_manager.filter(**{each.field.name: models.OuterRef("pk")}))
            for each in others
        ]
        return type(self)._base_manager.filter(reduce(or_, made), pk=self.pk).exists()

    # Verbs

    @classmethod
    @transaction.atomic
    def take_over(  # type: ignore[misc]
        cls: type[Project],
        past: Past, *, branch: Organisation, round: Round, state: str, source: str, by: Any,
    ) -> Project:  # fmt: skip
        """Enter a project that was begun on paper at ``state``, on the ground of ``source``. Raises Refused, entering nothing."""
        reasons = cls.taking_over_refusals(past, branch=branch, round=round, state=state, by=by)
        if not reasons and (found := Known([branch], [round]).find(past.name, branch, round)):
            reasons.append(Reason(f"系统里已有这个项目（{found.number or found.state_label}）", "name"))
        if reasons:
            raise Refused(*reasons)
        acted_for = by.acting_for(Ability.TAKE_OVER, branch)
        made = cls(
            round=round, scheme=round.scheme, branch=branch, unit=branch.unit, path=branch.path,
            state=state, owner=secretary_of(branch), created_by_id=by.pk, created_for=acted_for, created_at=clock.now(), taken_over_at=clock.now(),
        )  # fmt: skip
        made.number = made._take_number()
        made._stand_as(past)
        made.save()
        Application.objects.create(project=made, **_written(past), edited_at=clock.now(), edited_by_id=by.pk)
        made._sort(past)
        try:
            with transaction.atomic():
                TakingOver.objects.create(
                    project=made, key=_key(past.name, branch.pk, round.year), entered_as=state, source=source[:200],
                    by_id=by.pk, on_behalf_of=acted_for, at=clock.now(), **past.of_paper(),
                )  # fmt: skip
        except IntegrityError as twice:
            raise Overtaken("别人刚刚补录了同一个项目") from twice
        made.move("take_over", by=by, opinion=source[:200])
        return made

    @staticmethod
    def taking_over_refusals(past: Past, *, branch: Organisation, round: Round, state: str, by: Any) -> list[Reason]:
        """Why it cannot enter so; empty where it can, unless it is there already."""
        return [*_out_of_place(branch, state, by), *past.faults(state, round.rules)]

    def past_refusals(self: Project, *, by: Any) -> list[Reason]:  # type: ignore[misc]
        """Why what was entered from paper cannot be corrected from paper any more; empty where it can."""
        if not by.can(Ability.TAKE_OVER, self):
            return [Reason("您没有补录该支部项目的权限", "branch")]
        if self.past is None:
            return [Reason("项目是在系统里申报的，不由台账改动", "name")]
        return [Reason("补录之后已在系统里继续办理，不再由台账改动", "name")] if self.version > 1 else []

    def differing(self: Project, past: Past) -> dict[str, Any]:  # type: ignore[misc]
        """The facts that the paper now tells otherwise than when it was entered, with what stands here of each.

        What the paper leaves out says nothing: a narrower table, or an empty cell, takes nothing away.
        """
        held, past = self._told_by_paper(), self._completed(past)
        told: dict[str, Any] = {"name": past.name, "starts": past.starts, "ends": past.ends}
        told |= _written(past) | past.of_paper() | {axis: list(codes) for axis, codes in past.categories.items()}
        return {name: held.get(name, []) for name, value in told.items() if value != held.get(name, [])}

    @property
    def past_mark(self: Project) -> str:  # type: ignore[misc]
        """Another one whenever a fact from paper stands otherwise: whoever looked at the facts is told when they changed."""
        told = json.dumps(self._told_by_paper(), default=str, sort_keys=True)
        return hashlib.sha256(told.encode()).hexdigest()[:16]

    @transaction.atomic
    def correct_past(  # type: ignore[misc]
        self: Project, past: Past, *, source: str, by: Any, seen: str | None = None
    ) -> list[str]:
        """Take what the paper tells otherwise; the facts that changed. Where the project stands is not changed.

        ``seen`` is the :attr:`past_mark` of what ``by`` looked at. Raises Refused, Overtaken where something else stands here.
        """
        type(self).objects.select_for_update().get(pk=self.pk)
        self.refresh_from_db()
        if seen is not None and seen != self.past_mark:
            raise Overtaken("系统里的内容与您核对时看到的不同，请看清现在的内容，再决定是否更新")
        reasons = [*self.past_refusals(by=by), *past.faults(self.state, self.rules)]
        if reasons:
            raise Refused(*reasons)
        was, past = self.differing(past), self._completed(past)
        changed = list(was)
        if changed:
            self._stand_as(past)
            self.save()
            Application.objects.filter(project=self).update(**_written(past), edited_at=clock.now(), edited_by_id=by.pk)
            self._sort(past)
            TakingOver.objects.filter(project=self).update(source=source[:200], **past.of_paper())
            details = {"fields": changed, "source": source[:200], "was": was}
            acted_for = by.acting_for(Ability.TAKE_OVER, self)
            audit.record("project.correct_past", self, by=by, on_behalf_of=acted_for, details=details)
        return changed

    def past_corrections(self: Project) -> list[audit.AuditEntry]:  # type: ignore[misc]
        """The records of :meth:`correct_past`, each with the ``fields`` and what had stood there (``was``)."""
        return list(audit.AuditEntry.objects.filter(action="project.correct_past", noun="project", noun_id=self.pk))

    @transaction.atomic
    def withdraw_past(self: Project, *, by: Any) -> MoveLog:  # type: ignore[misc]
        """撤回补录: what came in wrongly counts no longer and may come in again; its number is not given to another."""
        type(self).objects.select_for_update().get(pk=self.pk)
        now = clock.now()
        made = self.move("withdraw_past", by=by, established_at=None, ended_at=now, changed_at=now)
        TakingOver.objects.filter(project=self).update(key=f"withdrawn-{self.pk}")
        return made

    # Private

    def _told_by_paper(self: Project) -> dict[str, Any]:  # type: ignore[misc]
        """Every fact here that a paper tells, of which that of an axis is a list of codes."""
        held: dict[str, Any] = {"name": self.name, "starts": self.starts, "ends": self.ends}
        held |= {name: getattr(self.application, name) for name in (*TEXTS, "filled_on")}
        if self.past is not None:
            held |= {name: getattr(self.past, name) for name in Past.of_paper_names()}
        return held | self.codes_by_axis()

    def _completed(self: Project, past: Past) -> Past:  # type: ignore[misc]
        """The paper's facts, and those that stand here where it says nothing."""
        held = self._told_by_paper()
        kept = {name: told for name in Past.of_paper_names() if (told := held.get(name)) and not getattr(past, name)}
        kept["extra"] = {**held.get("extra", {}), **{label: text for label, text in past.extra.items() if text.strip()}}
        texts = {name: text if text.strip() else held[name] for name, text in past.texts.items()}
        return replace(past, **kept, texts=texts, filled_on=past.filled_on or held["filled_on"])

    def _stand_as(self: Project, past: Past) -> None:  # type: ignore[misc]
        """Name, months and moments. A day that no paper tells counts as that on which the project began."""
        held, today = period.Period(past.starts, past.ends), clock.today()
        began = min(held.first_day, today)
        established = past.established_on or began
        values: dict[str, Any] = {
            "name": checked_name(past.name, self.round.rules), "starts": past.starts, "ends": past.ends,
            "established_at": clock.start_of(established),
            "submitted_at": clock.start_of(min(past.filled_on or established, established)),
            "changed_at": clock.now(),
        }  # fmt: skip
        if self.state != State.ESTABLISHED:
            values["started_at"] = clock.start_of(began)
        if self.state == State.COMPLETED:
            values["ended_at"] = clock.start_of(past.completed_on or min(held.last_day, today))
        for name, value in values.items():
            setattr(self, name, value)

    def _sort(self: Project, past: Past) -> None:  # type: ignore[misc]
        """Put the told categories in the place of those on the same axes."""
        for axis, codes in past.categories.items():
            self.categories.filter(axis=axis).delete()
            Category.objects.bulk_create(Category(project=self, axis=axis, code=code) for code in codes)


class Known:
    """The projects of some branches and years by name, whatever marks and widths it is written with. Two questions."""

    def __init__(self, branches: Iterable[Organisation], rounds: Iterable[Round]) -> None:
        projects: Any = TakingOver._meta.get_field("project").related_model
        found = projects.objects.filter(branch__in=list(branches), round__in=list(rounds)).exclude(
            state=State.WITHDRAWN
        )
        held = found.select_related("application", "taking_over", "round", "scheme", "owner").prefetch_related(
            "categories"
        )
        self._projects: dict[str, Project] = {}
        for project in held.order_by("-pk"):
            self._projects[_key(project.name, project.branch_id, project.round.year)] = project
            if project.past is not None:
                self._projects.setdefault(project.past.key, project)

    def find(self, name: str, branch: Organisation, round: Round) -> Project | None:
        """The project that bears this name, or was entered under it."""
        return self._projects.get(_key(name, branch.pk, round.year))


def _key(name: str, branch: int, year: int) -> str:
    return f"{year}-{branch}-{name_key(name)}"[:100]


def _out_of_place(branch: Organisation, state: str, by: Any) -> Iterator[Reason]:
    if state not in ENTRANCES:
        names = "、".join(entrance.label for entrance in ENTRANCES)
        label = dict(State.choices).get(state, state)
        yield Reason(f"只能补录为{names}；“{label}”须在系统里办理", "state")
    if not by.can(Ability.TAKE_OVER, branch):
        yield Reason("您没有补录该支部项目的权限", "branch")
    elif not branch.is_branch:
        yield Reason("请选择党支部", "branch")
    elif branch.has_ended and state != State.COMPLETED:
        yield Reason("该支部已经撤销，只能补录为已完成", "branch")


def _written(past: Past) -> dict[str, Any]:
    """The columns of the application."""
    return {name: written(past.texts[name]) for name in TEXTS if name in past.texts} | {"filled_on": past.filled_on}
