"""The project list: what may be filtered, and the rows that remain."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.db.models import QuerySet
from django.http import QueryDict

from dangjian.people.access import Ability
from dangjian.people.organisation import Organisation
from dangjian.people.person import Person
from dangjian.programmes.round import Round
from dangjian.projects.finding import ProjectQuerySet
from dangjian.projects.project import Project
from dangjian.projects.state import State

# What the list calls a state; 待筛选 and 待上会 are told apart by the step that is waited for.
STATES = [
    ("draft", "草稿"),
    ("returned", "退回修改"),
    ("screening", "待筛选"),
    ("meeting", "待上会"),
    ("established", "已立项"),
    ("rejected", "不予立项"),
    ("withdrawn", "已放弃"),
]
AXES = ("origin", "topic", "carrier")


class FilterForm(forms.Form):
    q = forms.CharField(label="项目、编号、支部", required=False, max_length=60)
    unit = forms.ModelChoiceField(Organisation.objects.none(), label="党组织", required=False, empty_label="全部")
    state = forms.ChoiceField(label="状态", required=False, choices=[("", "全部"), *STATES])
    origin = forms.ChoiceField(label="来源", required=False)
    topic = forms.ChoiceField(label="议题", required=False)
    carrier = forms.ChoiceField(label="载体", required=False)
    year = forms.ChoiceField(label="年度", required=False)
    order = forms.ChoiceField(
        label="排序", required=False, choices=[("", "最近变动"), ("tree", "组织序列"), ("number", "编号")]
    )


class TreeField(forms.ModelChoiceField):  # type: ignore[type-arg]  # generic for the type checker alone
    """Organisations in 组织序列, set in by their level."""

    def label_from_instance(self, obj: Organisation) -> str:
        return "　" * (obj.depth - 1) + obj.short_name


class ProjectFilter:
    """The filter as it stands in the URL. Unknown values filter nothing rather than fail."""

    def __init__(self, person: Person, asked: QueryDict) -> None:
        self.person, self.asked = person, asked
        self.rounds = list(Round.objects.visible_to(person).newest_first().select_related("scheme"))
        self.form = FilterForm(asked or None)
        places = Organisation.objects.in_scopes(person.scopes(Ability.VIEW_PROJECT)).in_order()
        self.form.fields["unit"] = TreeField(places, label="党组织", required=False, empty_label="全部")
        rules = self.rounds[0].rules if self.rounds else None
        for key in AXES:
            items = rules.axis(key).items if rules else ()
            self.form.fields[key].choices = [("", "全部"), *((item.code, item.label) for item in items)]  # type: ignore[attr-defined]
        self.form.fields["year"].choices = [("", "全部"), *((str(r.year), str(r)) for r in self.rounds)]  # type: ignore[attr-defined]
        self.form.is_valid()
        self.chosen: dict[str, Any] = {k: v for k, v in getattr(self.form, "cleaned_data", {}).items() if v}

    def rows(self) -> QuerySet[Project]:
        found: QuerySet[Project] = self._placed()
        chosen = self.chosen
        if "state" in chosen:
            found = _in_state(found, chosen["state"])
        if "year" in chosen:
            found = found.filter(round__year=int(chosen["year"]))
        for axis in AXES:
            if axis in chosen:
                found = found.filter(categories__axis=axis, categories__code=chosen[axis])
        return found.order_by(*_ORDERS[chosen.get("order", "")])

    def _placed(self) -> ProjectQuerySet:
        found = Project.objects.visible_to(self.person).with_names().prefetch_related("categories")
        if "q" in self.chosen:
            found = found.search(self.chosen["q"])
        if "unit" in self.chosen:
            found = found.in_unit(self.chosen["unit"])
        return found

    def chips(self) -> list[dict[str, str]]:
        """Each active filter in words, with the query that takes it away."""
        chips = []
        for key, value in self.chosen.items():
            field: Any = self.form.fields[key]
            named = isinstance(field, forms.ChoiceField) and not isinstance(field, TreeField)
            label = dict(field.choices).get(value, value) if named else value
            rest = [(k, v) for k, values in self.asked.lists() for v in values if k not in (key, "page") and v]
            chips.append({"label": str(field.label), "text": str(label), "clear_url": "?" + urlencode(rest)})
        return chips


_ORDERS = {"": ("-changed_at", "-id"), "tree": ("branch__rank", "path", "id"), "number": ("number", "id")}


def _in_state(found: QuerySet[Project], state: str) -> QuerySet[Project]:
    match state:
        case "draft":
            return found.filter(state=State.DRAFT).exclude(approval__outcome="return")
        case "returned":
            return found.filter(state=State.DRAFT, approval__outcome="return")
        case "screening":
            return found.filter(state=State.IN_APPROVAL, approval__current__by_meeting=False)
        case "meeting":
            return found.filter(state=State.IN_APPROVAL, approval__current__by_meeting=True)
        case _:
            return found.filter(state=state)
