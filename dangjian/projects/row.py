"""The row (行): one line of a list that an application holds. The columns stand once, on the model of each list.

Form, refusals, revision, paper and comparison take labels, kinds and bounds from there.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING, Any, ClassVar, Self

from django.db import models

from dangjian.foundation import clock
from dangjian.foundation.lifecycle import Reason
from dangjian.projects import period

if TYPE_CHECKING:
    from dangjian.programmes.scheme import Scheme
    from dangjian.projects.project import Project

    Text = models.CharField[str, str]
else:  # the field is generic for the type checker alone
    Text = models.CharField

_NUMBER = re.compile(r"-?[0-9]{1,12}(\.[0-9]{1,4})?")


class MonthField(Text):
    """A month or a day as ISO text, like the dates of a period."""


class Row(models.Model):
    """One line. Gaps are welcome while it is written; a line with nothing in it is none."""

    most: ClassVar[int] = 10  # lines of one list
    title: ClassVar[str]
    """What the list is called."""

    project = models.ForeignKey("dangjian.Project", models.CASCADE, related_name="%(class)ss", verbose_name="项目")
    place = models.PositiveSmallIntegerField("序次")

    class Meta:
        abstract = True
        ordering = ["place"]

    def __str__(self) -> str:
        return f"{self.title} {self.place}"

    @classmethod
    def key(cls) -> str:
        """The name of the list: of its fields in the form, in a refusal and in a revision."""
        return f"{cls._meta.model_name}s"

    @classmethod
    @cache
    def columns(cls) -> tuple[models.Field[Any, Any], ...]:
        """What is asked in a line, in its order."""
        return tuple(field for field in cls._meta.fields if field.name not in ("id", "project", "place"))

    @classmethod
    def field_name(cls, index: int, column: str) -> str:
        """The name of one box: of the form's field and of the reason that points at it."""
        return f"{cls.key()}-{index}-{column}"

    @classmethod
    def read(cls, given: Sequence[Mapping[str, Any]], project: Project) -> tuple[list[Self], list[Reason]]:
        """The lines that hold something, and what is wrong with what was typed; both may be empty."""
        rows: list[Self] = []
        reasons: list[Reason] = []
        for index, values in enumerate(given):
            row, wrong = cls(project=project), dict[str, str]()
            for column in cls.columns():
                try:
                    setattr(row, column.name, cls.taken(column, values.get(column.name)))
                except ValueError as refused:
                    wrong[column.name] = str(refused)
            if row.is_blank and not wrong:
                continue
            row.place = len(rows) + 1
            rows.append(row)
            wrong |= {reason.field: reason.text for reason in row.faults(project.rules)}
            reasons += [Reason(text, cls.field_name(index, name)) for name, text in wrong.items()]
        if len(rows) > cls.most:
            reasons.append(Reason(f"最多 {cls.most} 项", cls.key()))
        return rows, reasons

    @classmethod
    def taken(cls, column: models.Field[Any, Any], raw: Any) -> Any:
        """What was typed as the column keeps it. Raises ValueError with a sentence for the user."""
        return _value(column, raw)

    @classmethod
    def thawed(cls, frozen: Sequence[Mapping[str, Any]]) -> list[Self]:
        """The lines of a revision."""
        return [
            cls(place=place, **{column.name: _value(column, values.get(column.name), checks=False) for column in cls.columns()})
            for place, values in enumerate(frozen, 1)
        ]  # fmt: skip

    def stand_after(self, earlier: Sequence[Self], *, by: Any) -> None:
        """It is about to be kept by ``by`` in the place of ``earlier`` lines; what it keeps of these is its own to say."""

    def facts(self) -> dict[str, Any]:
        """The line as a plain document, what is empty left out."""
        values = {column.name: getattr(self, column.name) for column in self.columns()}
        return {
            name: value if isinstance(value, int) else typed(value)
            for name, value in values.items()
            if value not in (None, "")
        }

    @property
    def is_blank(self) -> bool:
        return not self.facts()

    def faults(self, rules: Scheme) -> Iterator[Reason]:
        """What no draft may hold; the field of each reason is a column."""
        yield from ()

    def gaps(self) -> Iterator[str]:
        """What is still missing before submission."""
        yield from ()

    def sentence(self, rules: Scheme) -> str:
        """The line as papers print it, without a full stop."""
        raise NotImplementedError

    def texts(self) -> dict[str, str]:
        """Each value as it is typed."""
        return {column.name: typed(getattr(self, column.name)) for column in self.columns()}


def typed(value: Any) -> str:
    """A value as a person types it: 5.8 rather than 5.8000."""
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return value.isoformat() if isinstance(value, date) else str("" if value is None else value)


def sentences(rows: Sequence[Row], rules: Scheme) -> str:
    """A list as one paragraph: a single line stands by itself, several are numbered."""
    return listed([row.sentence(rules) for row in rows])


def listed(said: Sequence[str]) -> str:
    """Several things said as one paragraph, numbered where there are more than one; a stop that was typed is not doubled."""
    said = [unstopped(text) for text in said]
    if len(said) < 2:
        return "".join(f"{text}。" for text in said)
    return "；".join(f"（{number}）{text}" for number, text in enumerate(said, 1)) + "。"


def unstopped(text: str) -> str:
    """Without the stop that was typed at its end, for what goes on after it."""
    return text.rstrip("。；;，,、 ")


def _value(column: models.Field[Any, Any], raw: Any, *, checks: bool = True) -> Any:
    """What was typed as the column keeps it. Raises ValueError with a sentence for the user."""
    text = " ".join(typed(raw).split())
    if not text:
        return None if column.null else ""
    if isinstance(column, models.DecimalField):
        return Decimal(_digits(text, _NUMBER, "请只填数字，小数最多四位，单位填在“单位”里"))
    if isinstance(column, models.PositiveSmallIntegerField):
        return int(_digits(text, re.compile(r"[0-9]{1,4}"), "请填整数"))
    if isinstance(column, models.DateField):
        return _day(text, checks)
    return _words(column, text) if checks else text


def _digits(text: str, shape: re.Pattern[str], otherwise: str) -> str:
    """A number, also with full-width digits or thousands apart."""
    plain = unicodedata.normalize("NFKC", text).replace(",", "").replace(" ", "")
    if not shape.fullmatch(plain):
        raise ValueError(otherwise)
    return plain


def _day(text: str, checks: bool) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise ValueError("请填日期，如 2022-08-10") from None
    if checks and not (date(2000, 1, 1) <= day <= clock.today()):
        raise ValueError("日期不能晚于今天" if day > clock.today() else "请核对年份")
    return day


def _words(column: models.Field[Any, Any], text: str) -> str:
    if isinstance(column, MonthField) and not period.is_date(text):
        raise ValueError("请填年月，如 2022-12")
    if column.choices and text not in dict(column.flatchoices):
        raise ValueError("请从列出的选项中选择")
    if column.max_length and len(text) > column.max_length:
        raise ValueError(f"最多 {column.max_length} 字，现有 {len(text)} 字")
    return text
