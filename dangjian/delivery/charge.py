"""The charge (责任行): a line of the plan that a named person answers for by a day (S-33, S-40)."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Any, ClassVar, Self

from django.db import models

from dangjian.foundation.lifecycle import Reason
from dangjian.people.person import IN_ORDER, Person
from dangjian.projects.row import Row, typed

if TYPE_CHECKING:
    from dangjian.projects.project import Project


class ChargeManager(models.Manager[Any]):
    """A line is never shown without the name of whoever answers for it."""

    def get_queryset(self) -> models.QuerySet[Any]:
        return super().get_queryset().select_related("person")


class Charge(Row):
    """One line with who and by when. Columns named in ``settled`` are changed by a decision alone (S-13)."""

    asked: ClassVar[tuple[str, ...]] = ("name", "person", "due")
    """The columns in the order in which form and paper show them."""
    settled: ClassVar[tuple[str, ...]] = ()
    may_be_added: ClassVar[bool] = False
    """Whether a new line is an ordinary change; to strike one out never is (不减规定动作)."""

    name = models.CharField("内容", max_length=200, blank=True)
    person = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="责任人")
    due = models.DateField("完成时间", null=True, blank=True)

    objects = ChargeManager()

    frozen_name = ""
    """The name of the person when the line was frozen, for a line of a revision."""

    class Meta(Row.Meta):
        abstract = True

    @classmethod
    @cache
    def columns(cls) -> tuple[models.Field[Any, Any], ...]:
        known = {field.name: field for field in cls._meta.fields}
        return tuple(known[name] for name in cls.asked)

    @property
    def person_name(self) -> str:
        return self.frozen_name or (self.person.name if self.person else "")

    @classmethod
    def read(
        cls, given: Sequence[Mapping[str, Any]], project: Project, held: Collection[int] = ()
    ) -> tuple[list[Self], list[Reason]]:
        """The same; whoever answered before, as the numbers in ``held`` say, may stay in a draft though of the branch no more."""
        known = {key: person for person in answerable(project) for key in (str(person.pk), person.name)}
        if gone := [pk for pk in held if str(pk) not in known]:
            known = {key: one for one in Person.objects.filter(pk__in=gone) for key in (str(one.pk), one.name)} | known
        return super().read([{**line, "person": _called(line.get("person"), known)} for line in given], project)

    @classmethod
    def taken(cls, column: models.Field[Any, Any], raw: Any) -> Any:
        if column.name == "person":
            return _person(raw)
        return _day(raw) if isinstance(column, models.DateField) else super().taken(column, raw)

    @classmethod
    def thawed(cls, frozen: Sequence[Mapping[str, Any]]) -> list[Self]:
        rows = super().thawed([{**line, "person": None} for line in frozen])
        for row, line in zip(rows, frozen, strict=True):
            row.person_id, row.frozen_name = line.get("person"), line.get("person_name", "")
        return rows

    def facts(self) -> dict[str, Any]:
        values = {column.name: getattr(self, column.name) for column in self.columns() if column.name != "person"}
        known = {name: value if isinstance(value, int) else typed(value) for name, value in values.items()}
        answers = {"person": self.person_id, "person_name": self.person_name}
        return {name: value for name, value in {**known, **answers}.items() if value not in (None, "")}

    def texts(self) -> dict[str, str]:
        shown = {column.name: typed(getattr(self, column.name)) for column in self.columns() if column.name != "person"}
        return shown | {"person": str(self.person_id or "")}

    def lacking(self) -> Iterator[Reason]:
        """What is still missing before the plan goes in; the field of each reason is a column."""
        if not self.name:
            yield Reason(f"{self.title}第{self.place}项没有写内容", "name")
        if self.person_id is None:
            yield Reason(f"{self.title}“{self.called}”没有定责任人", "person")
        if self.due is None:
            yield Reason(f"{self.title}“{self.called}”没有定完成时间", "due")

    @property
    def called(self) -> str:
        """The line in a sentence: its words, shortened, or its number where it has none yet."""
        return (self.name if len(self.name) <= 20 else f"{self.name[:19]}…") or f"第{self.place}项"

    @property
    def essence(self) -> tuple[str, ...]:
        """What no ordinary change may touch."""
        shown = self.texts()
        return tuple(shown[column] for column in self.settled)


def answerable(project: Project) -> models.QuerySet[Person]:
    """Who may answer for a line: the people of the branch, its secretary first, then those of the partners."""
    theirs = models.Q(organisation__in=project.partners.values("branch"))
    found = Person.objects.filter(
        models.Q(organisation=project.branch_id) | models.Q(pk=project.owner_id or 0) | theirs
    )
    rank = models.Case(
        models.When(pk=project.owner_id or 0, then=0), models.When(organisation=project.branch_id, then=1), default=2
    )
    return found.select_related("organisation").order_by(rank, "organisation__rank", *IN_ORDER)


def _called(raw: Any, known: Mapping[str, Person]) -> Any:
    """The person of that number or name among those who may answer; what is not known stays as it was typed."""
    text = str(raw.pk if isinstance(raw, Person) else raw or "").strip()
    return known.get(text, text)


def _person(raw: Any) -> Person | None:
    if raw in (None, ""):
        return None
    if not isinstance(raw, Person):
        raise ValueError("请从列出的人员中选择")
    return raw


def _day(raw: Any) -> date | None:
    """A day to come may be planned, and one that is past may have been."""
    text = typed(raw).strip()
    if not text:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise ValueError("请填日期，如 2022-12-31") from None
    if not 2000 <= day.year <= 2100:
        raise ValueError("请核对年份")
    return day
