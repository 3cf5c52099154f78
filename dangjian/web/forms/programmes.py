"""Forms of the year's calendar."""

from typing import Any

from django import forms

from dangjian.people.access import Ability
from dangjian.people.organisation import Organisation
from dangjian.people.person import Person


class ReopenForm(forms.Form):
    place = forms.ModelChoiceField(Organisation.objects.none(), label="支部", empty_label="请选择")
    closes_on = forms.DateField(
        label="延至",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text="当天24时截止，北京时间",
    )
    reason = forms.CharField(
        label="理由",
        required=False,
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="留存备查，公司和支部都能看到",
    )

    def __init__(self, person: Person, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        branches = person.organisations_with(Ability.REOPEN_WINDOW) & Organisation.objects.branches()
        self.fields["place"].queryset = branches  # type: ignore[attr-defined]
