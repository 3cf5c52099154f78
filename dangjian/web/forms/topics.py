"""Forms of the topic bank: the query, a topic's words."""

from __future__ import annotations

from typing import Any

from django import forms

from dangjian.people.person import Person
from dangjian.programmes.topic import MOST_TEXT, Kind, State, Topic
from dangjian.web.forms import Asking, Line, Words, starred
from dangjian.web.forms.people import PlaceField


class TopicQuery(forms.Form):
    q = forms.CharField(label="选题、现状和要求", required=False, max_length=60)
    state = forms.ChoiceField(label="状态", required=False, choices=[("", "全部"), *State.choices])
    kind = forms.ChoiceField(label="类别", required=False, choices=[("", "全部"), *Kind.choices])
    year = forms.ChoiceField(label="年度", required=False)
    taken = forms.ChoiceField(
        label="承接", required=False, choices=[("", "全部"), ("yes", "已有项目"), ("no", "尚无项目")]
    )

    def __init__(self, years: list[int], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["year"].choices = [("", "全部"), *((str(year), f"{year}年") for year in years)]  # type: ignore[attr-defined]


class TopicForm(Asking):
    """The words of a topic; a new one also says whose it is, where the person keeps those of several."""

    place = PlaceField(Topic.objects.none(), label="提出单位", empty_label=None)
    kind = forms.ChoiceField(label="类别", choices=Kind.choices, widget=forms.RadioSelect, initial=Kind.DIFFICULT)
    title = Line(label="选题", max_length=60, help_text="一句话说清要解决的生产经营或党建难点、重点")
    text = Words(
        label="现状和要求", required=False, max_length=MOST_TEXT, widget=forms.Textarea(attrs={"rows": 5}),
        help_text="问题在哪里、希望做到什么程度；支部选用时会带入申请表，可不填",
    )  # fmt: skip

    def __init__(self, person: Person, topic: Topic | None, *args: Any, **kwargs: Any) -> None:
        known = {"kind": topic.kind, "title": topic.title, "text": topic.text} if topic else {}
        super().__init__(*args, **{"initial": known} | kwargs)
        places = Topic.keepers(person)
        if topic is None and len(places) > 1:
            self.fields["place"].queryset = places  # type: ignore[attr-defined]
        else:
            del self.fields["place"]
        starred(self, "title")
