"""Forms of 呈阅件 and 批示: drawing one up, the instruction, passing it on, its result; and their queries."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.db.models import QuerySet

from dangjian.foundation import clock
from dangjian.people.organisation import Organisation
from dangjian.people.person import Person
from dangjian.projects import instruction
from dangjian.projects.briefing import MOST_PROPOSAL, MOST_SUMMARY, Briefing, State
from dangjian.projects.instruction import MOST_TEXT, Instruction
from dangjian.projects.project import Project
from dangjian.web.forms import Asking, Line, Words, starred
from dangjian.web.forms.held import HeldField, hold
from dangjian.web.forms.people import Day, PlaceField

USUAL_DAYS = 15


class PersonField(forms.ModelChoiceField):  # type: ignore[type-arg]  # generic for the type checker alone
    def label_from_instance(self, obj: Person) -> str:
        return f"{obj.name}（{obj.organisation.short_name}{obj.post}）"


class ProjectsField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]
    def label_from_instance(self, obj: Project) -> str:
        return f"{obj.name}（{obj.branch.short_name}，{obj.waiting_label}）"


class BriefingForm(Asking):
    """The words of a 呈阅件; what it tells of the chosen projects the system adds."""

    place = PlaceField(Organisation.objects.none(), label="呈报单位", empty_label=None)
    to = PersonField(Person.objects.none(), label="呈送", empty_label="请选择")
    title = Line(label="标题", max_length=60)
    summary = Words(
        label="事由", required=False, max_length=MOST_SUMMARY, widget=forms.Textarea(attrs={"rows": 5}),
        help_text="为什么呈送、要领导知道什么",
    )  # fmt: skip
    projects = ProjectsField(
        Project.objects.none(), label="项目", widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "请至少选择一个项目"},
        help_text="状态、责任人、起止、下一步、期限由系统写入，不用另填",
    )  # fmt: skip
    proposal = Words(
        label="拟办意见", required=False, max_length=MOST_PROPOSAL, widget=forms.Textarea(attrs={"rows": 3}),
        help_text="建议怎么办、由谁办、何时办完",
    )  # fmt: skip

    def __init__(self, person: Person, projects: QuerySet[Project], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"initial": _drafted(projects)} | kwargs)
        places = Briefing.makers(person)
        self.places = list(places)
        self.fields["place"].queryset = places  # type: ignore[attr-defined]
        if len(self.places) == 1:
            del self.fields["place"]
        readers = Briefing.readers(self.places)
        self.fields["to"].queryset = readers.select_related("organisation")  # type: ignore[attr-defined]
        self.fields["projects"].queryset = projects  # type: ignore[attr-defined]
        if len(readers) == 1:
            self.initial["to"] = readers[0].pk
        starred(self, "summary")
        starred(self, "proposal")

    def facts(self) -> dict[str, Any]:
        """What the verb is told."""
        return {"place": self.places[0]} | self.cleaned_data


def _drafted(projects: QuerySet[Project]) -> dict[str, Any]:
    chosen = list(projects)
    if not chosen:
        return {}
    title = f"关于“{chosen[0].name}”有关情况"
    many = f"关于{len(chosen)}个党建项目有关情况"
    return {"projects": chosen, "title": title if len(chosen) == 1 and len(title) <= 60 else many}


class BriefingQuery(forms.Form):
    q = forms.CharField(label="标题、事由", required=False, max_length=60)
    state = forms.ChoiceField(label="状态", required=False, choices=[("", "全部"), *State.choices])


class InstructionQuery(forms.Form):
    q = forms.CharField(label="标题、批示内容", required=False, max_length=60)
    state = forms.ChoiceField(
        label="状态", required=False,
        choices=[("", "全部"), *instruction.State.choices[:1], ("late", "已超期"), *instruction.State.choices[1:]],
    )  # fmt: skip


class ChargeForm(Asking):
    """Who carries an instruction out, until when."""

    organisation = PlaceField(Organisation.objects.none(), label="承办单位", empty_label=None)
    person = PersonField(
        Person.objects.none(),
        label="承办人",
        required=False,
        empty_label="由承办单位安排",
        help_text="须在承办单位任职",
    )
    due_on = Day(label="办结期限")

    def __init__(self, briefing: Briefing, *args: Any, **kwargs: Any) -> None:
        known = {"organisation": briefing.place_id, "due_on": clock.today() + timedelta(days=USUAL_DAYS)}
        super().__init__(*args, **{"initial": known} | kwargs)
        self.fields["organisation"].queryset = Instruction.places_for(briefing)  # type: ignore[attr-defined]
        self.fields["person"].queryset = Instruction.people_for(briefing)  # type: ignore[attr-defined]


class InstructionForm(ChargeForm):
    """批示: the leader's own words; a handler who writes them down adds the day and a photograph."""

    text = Words(
        label="批示内容", required=False, max_length=MOST_TEXT, widget=forms.Textarea(attrs={"rows": 4}),
        help_text="手写的批示可以只附照片",
    )  # fmt: skip
    photo = HeldField(
        label="批示照片", required=False, most=1, accept="image/jpeg,image/png,.pdf",
        help_text="拍照或扫描的呈阅件，JPG、PNG 或 PDF，不超过 50 MB；不得上传涉密文件",
    )  # fmt: skip
    given_on = Day(label="批示日期")
    field_order = ("text", "photo", "given_on", "organisation", "person", "due_on")

    def __init__(self, briefing: Briefing, person: Person, *args: Any, **kwargs: Any) -> None:
        super().__init__(briefing, *args, **kwargs)
        self.initial["given_on"] = clock.today()
        if briefing.speaks_as_leader(person):
            del self.fields["photo"], self.fields["given_on"]
            self.fields["text"].help_text = ""
            starred(self, "text")
        else:
            hold(self, "photo", person, str(briefing.pk))


class CorrectionForm(Asking):
    """更正: what the 批示 says instead, and why."""

    text = Words(
        label="更正后的批示内容", required=False, max_length=MOST_TEXT, widget=forms.Textarea(attrs={"rows": 4}),
    )  # fmt: skip
    photo = HeldField(
        label="更正后的批示照片", required=False, most=1, accept="image/jpeg,image/png,.pdf",
        help_text="不换照片的不用选；JPG、PNG 或 PDF，不超过 50 MB；不得上传涉密文件",
    )  # fmt: skip
    given_on = Day(label="批示日期")
    reason = Words(label="更正的原因", required=False, max_length=200, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, held: Instruction, person: Person, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"initial": {"text": held.text, "given_on": held.given_on}} | kwargs)
        starred(self, "reason")
        if not held.written_by:
            del self.fields["photo"], self.fields["given_on"]
        else:
            hold(self, "photo", person, f"c{held.pk}")


class HandOnForm(ChargeForm):
    """转办 of an instruction."""

    reason = Words(label="说明", required=False, max_length=300, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, held: Instruction, *args: Any, **kwargs: Any) -> None:
        known = {"organisation": held.organisation_id, "person": held.person_id, "due_on": held.due_on}
        super().__init__(held.briefing, *args, **{"initial": known} | kwargs)


class ResultForm(Asking):
    """办理结果, with a file where there is one."""

    result = Words(label="办理结果", required=False, max_length=MOST_TEXT, widget=forms.Textarea(attrs={"rows": 5}))
    file = HeldField(
        label="附件", required=False, most=1, help_text="可不附；PDF、JPG 或 PNG，不超过 50 MB；不得上传涉密文件"
    )

    def __init__(self, held: Instruction, person: Person, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        starred(self, "result")
        hold(self, "file", person, str(held.pk))
