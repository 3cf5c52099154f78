"""The boxes of a list's lines, made from the columns of its model: one definition for page, refusal and paper."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db import models

from dangjian.programmes.scheme import Scheme
from dangjian.projects import carrier
from dangjian.projects.carrier import Carrier
from dangjian.projects.partner import Partner
from dangjian.projects.project import Project
from dangjian.projects.row import MonthField, Row


class MonthInput(forms.DateInput):
    input_type = "month"


# As much as a phone shows in one line; the box of a longer text grows with it, so that nothing is cut off.
MOST_IN_ONE_LINE = 20


class Growing(forms.Textarea):
    """A box as high as its text, of one line while it is short (``js/grows.js``); the verb makes one line of what is pasted."""

    def __init__(self, label: str) -> None:
        super().__init__(attrs={"aria-label": label, "class": "grows", "rows": 1})


class RowsWidget(forms.Widget):
    """Draws nothing itself: the boxes of the lines are fields of their own."""

    use_fieldset = True

    def value_from_datadict(self, data: Any, files: Any, name: str) -> None:
        return None


class RowsField(forms.Field):
    """The head of a list: its label, help, warning and error."""

    widget = RowsWidget


def box_of(column: models.Field[Any, Any], label: str, rules: Scheme) -> forms.Field:
    """The box of one column. What is typed stays text until the verb reads it, so that no slip loses a word."""
    choices = list(carrier.kinds(rules).items()) if _is_kind(column) else list(column.flatchoices or ())
    if choices:
        return forms.ChoiceField(label=label, required=False, choices=[("", "请选择"), *choices], widget=_select(label))
    return forms.CharField(label=label, required=False, widget=_input(column, label))


def held(project: Project, kind: type[Row]) -> list[Row]:
    """The lines of a list; a carrier that was only ticked, before carriers were listed, is a line too."""
    rows: list[Row] = list(getattr(project, kind.key()).all())
    if kind is Carrier:
        listed = {row.kind for row in rows if isinstance(row, Carrier)}
        rows += [Carrier(kind=code) for code in project.codes_by_axis().get(carrier.AXIS, []) if code not in listed]
    return rows


def said(project: Project, kind: type[Row]) -> str:
    """The lines of a list as a person reads them."""
    return "\n".join(row.sentence(project.rules) for row in held(project, kind))


def _is_kind(column: models.Field[Any, Any]) -> bool:
    return column.model is Carrier and column.name == "kind"


def _select(label: str) -> forms.Select:
    return forms.Select(attrs={"aria-label": label})


def _input(column: models.Field[Any, Any], label: str) -> forms.Widget:
    if column.model is Partner and column.name == "branch":
        offers = f"{Partner.key()}-offers"
        return forms.TextInput(attrs={"aria-label": label, "list": offers, "placeholder": "输入几个字查找"})
    if isinstance(column, MonthField):
        return MonthInput(attrs={"aria-label": label, "placeholder": "如 2022-12"})
    if isinstance(column, models.DateField):
        return forms.DateInput(attrs={"aria-label": label, "type": "date"}, format="%Y-%m-%d")
    if isinstance(column, models.DecimalField):
        return forms.TextInput(attrs={"aria-label": label, "inputmode": "decimal"})
    if isinstance(column, models.PositiveSmallIntegerField):
        return forms.TextInput(attrs={"aria-label": label, "inputmode": "numeric"})
    if (column.max_length or 0) > MOST_IN_ONE_LINE:
        return Growing(label)
    return forms.TextInput(attrs={"aria-label": label})
