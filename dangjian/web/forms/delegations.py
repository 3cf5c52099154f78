"""The form by which one delegates one's offices."""

from typing import Any

from django import forms

from dangjian.people.access import Role
from dangjian.people.person import Appointment, Person
from dangjian.web.forms import Line
from dangjian.web.forms.people import Day


class OfficesField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]  # generic for the type checker alone
    widget = forms.CheckboxSelectMultiple

    def label_from_instance(self, obj: Appointment) -> str:
        return f"{Role(obj.role).label}（{obj.organisation.short_name}）"


class ColleagueField(forms.ModelChoiceField):  # type: ignore[type-arg]  # generic for the type checker alone
    def label_from_instance(self, obj: Person) -> str:
        return f"{obj.name}（{obj.organisation.short_name}{'，' if obj.post else ''}{obj.post}）"


class DelegationForm(forms.Form):
    """Which of one's own offices, to whom, from when to when, why."""

    offices = OfficesField(
        Appointment.objects.none(), label="委托的任职", help_text="受托人在期内有这些任职的全部权限",
        error_messages={"required": "请选择要委托的任职"},
    )  # fmt: skip
    to = ColleagueField(
        Person.objects.none(), label="受托人", empty_label="请选择", help_text="本党组织和上级党组织中有账号的同志"
    )
    starts_on = Day(label="开始日期", help_text="从这一天零时起")
    ends_on = Day(label="结束日期", help_text="到这一天24时自行终止，最长六个月")
    reason = Line(label="事由", max_length=100, help_text="如出差、休假、外出培训，受托人看得到")

    def __init__(self, person: Person, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offices = person.delegable_offices()
        self.fields["offices"].queryset = offices  # type: ignore[attr-defined]
        self.fields["to"].queryset = offices.stand_ins()  # type: ignore[attr-defined]
        if len(offices) == 1:
            self.initial["offices"] = [office.pk for office in offices]
