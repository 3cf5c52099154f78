"""Forms of the three administrators: accounts, offices, the audit trail, the roster."""

from typing import Any

from django import forms

from dangjian.people.access import Ability, Role
from dangjian.people.organisation import Organisation
from dangjian.people.person import Person
from dangjian.web.forms import Line

ACCOUNT_STATES = [("", "全部"), ("open", "正常"), ("locked", "已锁定"), ("off", "已停用"), ("none", "未开通")]


class Day(forms.DateField):
    """A calendar day, chosen in the browser's own calendar."""

    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class PlaceField(forms.ModelChoiceField):  # type: ignore[type-arg]  # generic for the type checker alone
    """Organisations in 组织序列, set in by their level."""

    def label_from_instance(self, obj: Organisation) -> str:
        return "　" * (obj.depth - 1) + obj.short_name


class PeopleQuery(forms.Form):
    """Whom to list: by a word, and by an organisation with all below it."""

    q = forms.CharField(label="姓名、职务、党组织、账号", required=False, max_length=60)
    place = PlaceField(Organisation.objects.none(), label="党组织", required=False, empty_label="全部")

    def __init__(self, person: Person, ability: Ability, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        places = Organisation.objects.in_scopes(person.scopes(ability)).in_order()
        self.fields["place"].queryset = places  # type: ignore[attr-defined]


class AccountQuery(PeopleQuery):
    state = forms.ChoiceField(label="账号状态", required=False, choices=ACCOUNT_STATES)


class OfficeQuery(PeopleQuery):
    role = forms.ChoiceField(label="现任职务", required=False, choices=[("", "全部"), *Role.choices])


class AuditQuery(forms.Form):
    since = Day(label="从", required=False)
    until = Day(label="到", required=False)
    who = forms.CharField(label="操作人", required=False, max_length=40)
    action = forms.ChoiceField(label="动作", required=False)
    noun = forms.ChoiceField(label="对象", required=False)

    def __init__(self, actions: list[tuple[str, str]], nouns: list[tuple[str, str]], *args: Any, **kw: Any) -> None:
        super().__init__(*args, **kw)
        self.fields["action"].choices = [("", "全部"), *actions]  # type: ignore[attr-defined]
        self.fields["noun"].choices = [("", "全部"), *nouns]  # type: ignore[attr-defined]


class OpenAccountForm(forms.Form):
    username = Line(
        label="账号", max_length=40, help_text="3 至 40 位小写字母、数字、点、横线，一般用姓名拼音或工号",
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
    )  # fmt: skip


class AppointForm(forms.Form):
    role = forms.ChoiceField(label="任职", choices=[("", "请选择"), *Role.choices])
    organisation = PlaceField(Organisation.objects.none(), label="任职党组织", empty_label="请选择")
    with_subtree = forms.TypedChoiceField(
        label="范围", required=False, empty_value=None, coerce=lambda told: told == "below",
        choices=[("", "单位、公司的任职含下级，支部的任职为本级"), ("below", "含下级"), ("alone", "只本级")],
        help_text="只本级的，看不到下级支部的项目",
    )  # fmt: skip
    starts_on = Day(label="任职日期", help_text="从这一天起有相应的权限")

    def __init__(self, person: Person, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        places = person.organisations_with(Ability.MANAGE_OFFICES)
        self.fields["organisation"].queryset = places  # type: ignore[attr-defined]


class EndForm(forms.Form):
    ends_on = Day(label="免职日期", help_text="任职的最后一天，次日零时起不再有权限")


class RosterForm(forms.Form):
    file = forms.FileField(
        label="名册文件", help_text="按模板填好的 Excel 文件（.xlsx），不超过 10 MB",
        widget=forms.FileInput(attrs={"accept": ".xlsx"}),
    )  # fmt: skip
