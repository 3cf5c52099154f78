"""Forms of the year's calendar: longer for all, for a unit or a branch, and earlier inside a unit."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Q

from dangjian.people.access import Ability
from dangjian.people.organisation import Organisation
from dangjian.people.person import Person
from dangjian.programmes.internal_date import OF_BRANCHES
from dangjian.programmes.round import Round
from dangjian.web.forms import Asking, Line, Words, starred


def _day(label: str, *, required: bool = True, help_text: str = "当天24时截止，北京时间") -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, required=required, widget=widget, help_text=help_text)


def _windows(round: Round, keys: tuple[str, ...] | None = None) -> list[tuple[str, str]]:
    held = round.windows_at().items()
    return [(key, f"{window.label}（{window}）") for key, window in held if keys is None or key in keys]


class ExtendForm(Asking):
    """Which window, for whom, until when, why."""

    key = forms.ChoiceField(label="时限")
    place = forms.ModelChoiceField(Organisation.objects.none(), label="范围", empty_label=None)
    closes_on = _day("延至")
    reason = Words(
        label="理由", required=False, max_length=300, widget=forms.Textarea(attrs={"rows": 3}),
        help_text="写进通知，并留存备查",
    )  # fmt: skip

    def __init__(self, round: Round, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["key"].choices = _windows(round)  # type: ignore[attr-defined]
        places = Organisation.objects.filter(Q(parent=None) | Q(may_establish=True)).in_force().in_order()
        self.fields["place"].queryset = places  # type: ignore[attr-defined]
        starred(self, "reason")


class InternalDateForm(forms.Form):
    """Which window, until when, and what to say with it; without a date the company's holds again."""

    unit = forms.ModelChoiceField(Organisation.objects.none(), label="单位", empty_label=None)
    key = forms.ChoiceField(label="时限")
    closes_on = _day("内部截止日期", required=False, help_text="当天24时截止，北京时间；不填则取消，按公司的截止日期")
    note = Line(label="说明", required=False, max_length=300, help_text="支部会看到，可不填")

    def __init__(self, person: Person, round: Round, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.units = person.organisations_with(Ability.REOPEN_WINDOW).filter(may_establish=True)
        self.fields["unit"].queryset = self.units  # type: ignore[attr-defined]
        self.fields["key"].choices = _windows(round, OF_BRANCHES)  # type: ignore[attr-defined]


class ReopenForm(Asking):
    place = forms.ModelChoiceField(Organisation.objects.none(), label="支部", empty_label="请选择")
    closes_on = forms.DateField(
        label="延至",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text="当天24时截止，北京时间",
    )
    reason = Words(
        label="理由",
        required=False,
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="留存备查，公司和支部都能看到",
    )

    def __init__(self, person: Person, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        branches = Organisation.objects.none()
        for unit in person.organisations_with(Ability.REOPEN_WINDOW).filter(may_establish=True):
            branches = branches | Organisation.objects.branches_of(unit).in_force()
        self.fields["place"].queryset = branches.in_order()  # type: ignore[attr-defined]
        starred(self, "reason")
