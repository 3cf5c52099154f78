"""Forms of the brand register: the query, a brand's words."""

from __future__ import annotations

from typing import Any

from django import forms

from dangjian.foundation import clock
from dangjian.people.organisation import Organisation
from dangjian.people.person import Person
from dangjian.projects.brand import FIRST_YEAR, MOST_MEANING, Brand, State
from dangjian.web.forms import Line, Words
from dangjian.web.forms.people import PlaceField


class BrandQuery(forms.Form):
    q = forms.CharField(label="品牌名称、内涵", required=False, max_length=60)
    place = PlaceField(Organisation.objects.none(), label="创建单位", required=False, empty_label="全部")
    state = forms.ChoiceField(label="状态", required=False, choices=[("", "全部"), *State.choices])

    def __init__(self, person: Person, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        held = Brand.objects.visible_to(person).order_by().values("place")
        self.fields["place"].queryset = Organisation.objects.filter(pk__in=held).in_order()  # type: ignore[attr-defined]


class BrandForm(forms.Form):
    """The words of a brand; a new one also says whose it is, where the person keeps those of several."""

    place = PlaceField(Organisation.objects.none(), label="创建单位", empty_label=None)
    name = Line(label="品牌名称", max_length=30, help_text="叫得响、记得住，如“红色能耗管家”")
    since = forms.IntegerField(
        label="创建年份", min_value=FIRST_YEAR, max_value=9999,
        error_messages={"invalid": "请填四位年份，如 2022", "min_value": f"创建年份不能早于 {FIRST_YEAR} 年"},
    )  # fmt: skip
    meaning = Words(
        label="品牌内涵", required=False, max_length=MOST_MEANING, widget=forms.Textarea(attrs={"rows": 5}),
        help_text="名称的寓意、做法的特点、服务的对象，可不填。所属项目不用填，标为亮点时选用这个品牌就会列入",
    )  # fmt: skip

    def __init__(self, person: Person, brand: Brand | None, *args: Any, **kwargs: Any) -> None:
        known = {"name": brand.name, "since": brand.since, "meaning": brand.meaning} if brand else {}
        super().__init__(*args, **{"initial": known or {"since": clock.today().year}} | kwargs)
        places = Brand.keepers(person)
        if brand is None and len(places) > 1:
            self.fields["place"].queryset = places  # type: ignore[attr-defined]
        else:
            del self.fields["place"]
