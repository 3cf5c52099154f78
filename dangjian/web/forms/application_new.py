"""The form that begins an application: branch, name, and where its contents are kept."""

from __future__ import annotations

from typing import Any

from django import forms

from dangjian.people.access import Ability
from dangjian.people.organisation import Organisation
from dangjian.people.person import Person
from dangjian.programmes.scheme import Scheme
from dangjian.programmes.topic import Topic
from dangjian.projects.offline import EXPLAINED
from dangjian.projects.project import Project
from dangjian.web.forms import Line
from dangjian.web.forms.application import TopicChoice


class ProjectChoice(forms.ModelChoiceField):  # type: ignore[type-arg]
    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.round.year}年 {obj.name}（{obj.state_label}）"


class NewForm(forms.Form):
    """The first facts; everything else comes on the form itself."""

    branch = forms.ModelChoiceField(Organisation.objects.none(), label="立项支部", empty_label=None)
    name = forms.CharField(label="项目名称")
    management = forms.ChoiceField(
        label="管理方式", required=False, choices=[("online", "线上管理（一般项目）"), ("offline", "线下管理（涉密项目）")],
        initial="online", widget=forms.RadioSelect, help_text=EXPLAINED,
    )  # fmt: skip
    like = ProjectChoice(
        Project.objects.none(), label="以往年项目为底稿", required=False, empty_label="不用底稿",
        help_text="复制问题、理由、措施、目标、分类、参与支部和团队；起止年月、征求意见、调研和各级意见不复制",
    )  # fmt: skip

    def __init__(self, person: Person, rules: Scheme, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        branches = person.organisations_with(Ability.DRAFT)
        self.fields["branch"].queryset = branches  # type: ignore[attr-defined]
        asked = rules.application
        self.fields["name"] = Line(label="项目名称", max_length=asked.name_max, help_text=asked.name_help)
        self.fields["name"].error_messages["max_length"] = "项目名称最多 %(limit_value)d 字，现有 %(show_value)d 字"
        self.fields["name"].widget.attrs["autofocus"] = True
        shown: Any = self["name"]
        shown.example = asked.name_example
        earlier = Project.objects.visible_to(person).filter(branch__in=branches).select_related("round")
        self.fields["like"].queryset = earlier.order_by("-round__year", "-pk")  # type: ignore[attr-defined]
        if not earlier.exists():
            del self.fields["like"]
        offered = Topic.offered_to(branches)
        if offered.exists():
            self.fields["bank_topic"] = TopicChoice(offered.select_related("place").in_order())
            self.fields["bank_topic"].help_text = "选题的现状和要求会填进“存在的问题”，可以再改"
