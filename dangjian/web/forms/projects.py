"""Forms of the application and its decisions, built from the scheme of the round."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet

from dangjian.foundation import clock
from dangjian.foundation.lifecycle import Reason
from dangjian.people.access import Ability
from dangjian.people.organisation import Organisation
from dangjian.people.person import Person, secretary_of
from dangjian.programmes.scheme import Scheme
from dangjian.projects.application import TEXTS
from dangjian.projects.meeting import Attendance, Meeting
from dangjian.projects.project import Project
from dangjian.web.forms import Words

# How the form is cut into parts: key, heading, the fields it holds. 分类 takes every axis that no other part holds.
SECTIONS = (
    ("basics", "项目名称与起止", ("name", "starts", "ends", "long_reason")),
    ("problem", "问题（选题）", ("problem",)),
    ("grounds", "必要性与可行性", ("necessity", "feasibility")),
    ("measures", "主要措施", ("measures",)),
    ("goals", "目标与价值", ("expected_goal", "expected_value", "stage_goal")),
    ("axes", "分类", ()),
    ("team", "团队与载体", ("team", "carrier")),
    ("study", "征求意见与调研", ("consultation", "investigation")),
)


class MonthInput(forms.DateInput):
    input_type = "month"


class NewForm(forms.Form):
    """The first two facts; everything else comes on the form itself."""

    branch = forms.ModelChoiceField(Organisation.objects.none(), label="立项支部", empty_label=None)
    name = forms.CharField(label="项目名称", widget=forms.TextInput(attrs={"autofocus": True}))

    def __init__(self, person: Person, rules: Scheme, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["branch"].queryset = person.organisations_with(Ability.DRAFT)  # type: ignore[attr-defined]
        self.fields["name"].help_text = rules.application.name_help
        shown: Any = self["name"]
        shown.example = rules.application.name_example
        self.fields["name"].widget.attrs["maxlength"] = rules.application.name_max


class ApplicationForm(forms.Form):
    """附件1 on screen. Length, choices and help come from the scheme; gaps may be saved."""

    seen = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, project: Project, *args: Any, **kwargs: Any) -> None:
        self.project, self.rules = project, project.rules
        super().__init__(*args, **{"initial": _facts(project)} | kwargs)
        rules = self.rules.application
        self._add(
            "name",
            forms.CharField(label="项目名称", max_length=rules.name_max, required=False),
            rules.name_help,
            rules.name_example,
        )
        self.fields["name"].must = True  # type: ignore[attr-defined]
        for key, label in (("starts", "开始年月"), ("ends", "完成年月")):
            self._add(
                key,
                forms.CharField(label=label, required=False, widget=MonthInput(attrs={"placeholder": "如 2022-08"})),
            )
            self.fields[key].must = True  # type: ignore[attr-defined]
        for key in TEXTS:
            rule = self.rules.field(key)
            box = forms.Textarea(attrs={"rows": 5 if rule.max_length > 300 else 3})
            self._add(
                key,
                Words(label=rule.label, required=False, max_length=rule.max_length, widget=box),
                rule.help,
                rule.example,
            )
            self.fields[key].must = rule.required  # type: ignore[attr-defined]
        for axis in self.rules.taxonomies:
            chosen = forms.CheckboxSelectMultiple if axis.multiple else forms.RadioSelect
            kind = forms.MultipleChoiceField if axis.multiple else forms.ChoiceField
            self._add(
                axis.key, kind(label=axis.label, required=False, choices=_choices(self.rules, axis), widget=chosen)
            )
            self.fields[axis.key].must = axis.required  # type: ignore[attr-defined]
        people = Person.objects.filter(organisation_id=project.branch_id).exclude(pk=project.owner_id or 0).in_order()
        self._add(
            "team", forms.ModelMultipleChoiceField(people, label="项目成员", required=False, widget=forms.CheckboxSelectMultiple),
            "以党员骨干为主；主要责任人是支部书记，不必再选",
        )  # fmt: skip

    def _add(self, key: str, field: forms.Field, help_text: str = "", example: str = "") -> None:
        field.help_text = help_text
        field.example = example  # type: ignore[attr-defined]
        self.fields[key] = field

    def facts(self) -> dict[str, Any]:
        return {key: self.cleaned_data.get(key, "") for key in ("name", "starts", "ends", *TEXTS)}

    def categories(self) -> dict[str, list[str]]:
        chosen = {axis.key: self.cleaned_data.get(axis.key) or [] for axis in self.rules.taxonomies}
        return {key: [codes] if isinstance(codes, str) else list(codes) for key, codes in chosen.items()}

    def team(self) -> list[tuple[Person, str]]:
        kept = {member.person_id: member.duty for member in self.project.team.all()}
        return [(person, kept.get(person.pk, "")) for person in self.cleaned_data["team"]]

    def sections(self, missing: list[Reason]) -> list[dict[str, Any]]:
        """The parts of the form with their fields, ticked where nothing is missing in them."""
        lacking = {reason.field for reason in missing}
        placed = {key for _, _, keys in SECTIONS for key in keys}
        parts = []
        for key, label, keys in SECTIONS:
            keys = keys or tuple(axis.key for axis in self.rules.taxonomies if axis.key not in placed)
            seconds = sum(rule.seconds for rule in self.rules.application.fields if rule.key in keys)
            parts.append({
                "key": key, "label": label, "done": not lacking & set(keys), "minutes": -(-seconds // 60),
                "fields": [self._shown(name) for name in keys if name in self.fields],
            })  # fmt: skip
        return parts

    def _shown(self, name: str) -> Any:
        """The field with its star and filled example, as ``parts/field.html`` takes them."""
        bound: Any = self[name]
        bound.star, bound.example = getattr(bound.field, "must", False), getattr(bound.field, "example", "")
        return bound


def _facts(project: Project) -> dict[str, Any]:
    application = project.application
    codes = project.codes_by_axis()
    return {
        "seen": application.edits,
        "name": project.name,
        "starts": project.starts,
        "ends": project.ends,
        "team": [member.person_id for member in project.team.all()],
        **{key: getattr(application, key) for key in TEXTS},
        **{
            axis.key: codes.get(axis.key, []) if axis.multiple else next(iter(codes.get(axis.key, [])), "")
            for axis in project.rules.taxonomies
        },
    }


def _choices(rules: Scheme, axis: Any) -> list[Any]:
    """The values of an axis; a two-level one shows its upper level as groups."""
    if not axis.grouped_by:
        return [(item.code, item.label) for item in axis.items]
    upper = rules.axis(axis.grouped_by)
    return [(group.label, [(item.code, item.label) for item in axis.items_in(group.code)]) for group in upper.items]


class OpinionForm(forms.Form):
    """An opinion, on the version of the page. Which decision was taken is the button pressed."""

    opinion = Words(
        label="意见",
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="退回修改时必填",
    )
    seen = forms.IntegerField(widget=forms.HiddenInput)


class HandOverForm(forms.Form):
    """转办: to whom, and why."""

    to = forms.ModelChoiceField(Person.objects.none(), label="转给", empty_label="请选择")
    reason = Words(label="说明", required=False, max_length=300, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, colleagues: QuerySet[Person], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to"].queryset = colleagues  # type: ignore[attr-defined]


class QueueForm(forms.Form):
    """Several projects passed with one opinion."""

    projects = forms.ModelMultipleChoiceField(
        Project.objects.none(), label="项目", error_messages={"required": "请至少选择一个项目"}
    )
    opinion = forms.CharField(label="筛选意见", required=False, max_length=300)

    def __init__(self, waiting: QuerySet[Project], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["projects"].queryset = waiting  # type: ignore[attr-defined]


class ReasonForm(forms.Form):
    reason = Words(label="理由", required=False, max_length=300, widget=forms.Textarea(attrs={"rows": 3}))


class MeetingForm(forms.Form):
    """The head of a meeting's record."""

    held_on = forms.DateField(label="会议日期", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    issue = forms.IntegerField(label="期次（第几期）", min_value=1, max_value=999)
    expected = forms.IntegerField(label="应到人数", min_value=1, max_value=999)
    present = forms.IntegerField(label="实到人数", min_value=1, max_value=999)
    chair = forms.CharField(label="主持人", max_length=40)
    recorder = forms.CharField(label="记录人", max_length=40, required=False)
    observers = forms.CharField(label="列席", max_length=300, required=False)
    absent = forms.CharField(label="请假", max_length=300, required=False)

    def __init__(self, organisation: Organisation, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"initial": _as_last_time(organisation)} | kwargs)

    def attendance(self) -> Attendance:
        cleaned = self.cleaned_data
        return Attendance(
            **{key: cleaned[key] for key in ("expected", "present", "chair", "recorder", "observers", "absent")}
        )


def _as_last_time(organisation: Organisation) -> dict[str, Any]:
    """Today, the next number, and the people of the last meeting: most often they are the same."""
    day = clock.today()
    known: dict[str, Any] = {"held_on": day, "issue": Meeting.next_issue(organisation, day.year)}
    last = Meeting.latest_of(organisation)
    if last is not None:
        known |= {"expected": last.expected, "chair": last.chair, "recorder": last.recorder}
    elif organisation.is_branch and (secretary := secretary_of(organisation)) is not None:
        known["chair"] = secretary.name
    return known


class VerdictForm(forms.Form):
    """One project's row in the meeting: a decision or 本次不议, votes, who stood aside."""

    decision = forms.ChoiceField(
        required=False,
        choices=[("", "本次不议"), ("establish", "同意立项"), ("return", "退回修改"), ("reject", "不予立项")],
        widget=forms.RadioSelect,
    )
    opinion = Words(label="意见", required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 2}))
    votes_for = forms.IntegerField(label="赞成", required=False, min_value=0, max_value=999)
    votes_against = forms.IntegerField(label="反对", required=False, min_value=0, max_value=999)
    abstentions = forms.IntegerField(label="弃权", required=False, min_value=0, max_value=999)
    recused = forms.CharField(label="回避", required=False, max_length=120)
    seen = forms.IntegerField(widget=forms.HiddenInput)


class CommitteeMeetingForm(MeetingForm):
    minutes = forms.FileField(
        label="会议纪要扫描件", required=False, help_text="PDF、JPG 或 PNG，不超过 50 MB；不得上传涉密文件",
        widget=forms.FileInput(attrs={"accept": ".pdf,.jpg,.jpeg,.png"}),
    )  # fmt: skip
    unit = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, organisation: Organisation, *args: Any, **kwargs: Any) -> None:
        super().__init__(organisation, *args, **kwargs)
        self.initial["unit"] = organisation.pk


class BranchOpinionForm(MeetingForm):
    opinion = Words(label="支部意见", max_length=500, widget=forms.Textarea(attrs={"rows": 3}))
