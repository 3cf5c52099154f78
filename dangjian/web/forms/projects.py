"""Forms of the decisions on a project: opinion, meeting, verdict."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet

from dangjian.foundation import clock
from dangjian.foundation.lifecycle import LONGEST_OPINION
from dangjian.foundation.refusal import MOST_REASON
from dangjian.people.organisation import Organisation
from dangjian.people.person import Person, secretary_of
from dangjian.projects.ballot import Tally
from dangjian.projects.brand import Brand
from dangjian.projects.meeting import Attendance, Meeting
from dangjian.projects.offline import REASONS
from dangjian.projects.project import Project
from dangjian.projects.together import MOST_AT_ONCE
from dangjian.web.forms import Asking, Line, Words, starred
from dangjian.web.forms.held import HeldField, hold
from dangjian.web.forms.scans import HELP as SCANS_HELP
from dangjian.web.number import numbers


def _question() -> forms.TypedChoiceField:
    return forms.TypedChoiceField(
        required=False, choices=[("yes", "是"), ("no", "否")], widget=forms.RadioSelect,
        coerce=lambda answer: answer == "yes", empty_value=None,
    )  # fmt: skip


class OpinionForm(forms.Form):
    """An opinion, on the version of the page. Which decision was taken is the button pressed."""

    answer = _question()
    opinion = Words(
        label="意见",
        required=False,
        max_length=LONGEST_OPINION,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="退回修改时必填",
    )
    seen = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, question: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _ask(self, question, "通过筛选时必须答“是”；答“否”的退回修改")


def _ask(form: forms.Form, question: str, help_text: str) -> None:
    """Put the step's question (S-09) on the form, or no question where it has none."""
    if question:
        form.fields["answer"].label, form.fields["answer"].help_text = question, help_text
        starred(form, "answer")
    else:
        del form.fields["answer"]


def _offer(form: forms.Form, name: str, people: QuerySet[Person]) -> None:
    """Whom one may choose; where there is only one, it stands there already."""
    form.fields[name].queryset = people  # type: ignore[attr-defined]
    if len(found := people[:2]) == 1:
        form.initial.setdefault(name, found[0])


class HandOverForm(forms.Form):
    """转办: to whom, and why."""

    to = forms.ModelChoiceField(Person.objects.none(), label="转给", empty_label="请选择")
    reason = Words(label="说明", required=False, max_length=MOST_REASON, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, colleagues: QuerySet[Person], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer(self, "to", colleagues)


class RecusalForm(forms.Form):
    """回避: why, and who acts instead."""

    stand_in = forms.ModelChoiceField(Person.objects.none(), label="代办人", empty_label="请选择")
    reason = Words(
        label="回避原因",
        max_length=MOST_REASON,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="如：与项目主要责任人有亲属关系。",
    )

    def __init__(self, stand_ins: QuerySet[Person], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer(self, "stand_in", stand_ins)


class QueueForm(forms.Form):
    """Several projects passed with one opinion or sent back with one reason, each in the version that the page showed."""

    decision = forms.ChoiceField(choices=[("pass", "通过筛选"), ("return", "退回修改")], widget=forms.HiddenInput)
    projects = forms.ModelMultipleChoiceField(
        Project.objects.none(), label="项目", error_messages={"required": "请至少选择一个项目"}
    )
    answer = _question()
    opinion = Line(
        label="意见", required=False, max_length=LONGEST_OPINION, help_text="通过时是筛选意见，可不填；退回修改时是理由"
    )

    def __init__(self, waiting: QuerySet[Project], question: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _ask(self, question, "对选中的每个项目都适用；有一个不符合的，请点开单独办理")
        self.fields["projects"].queryset = waiting  # type: ignore[attr-defined]

    def clean_projects(self) -> Any:
        chosen = self.cleaned_data["projects"]
        if len(chosen) > MOST_AT_ONCE:
            raise forms.ValidationError(f"一次最多办理 {MOST_AT_ONCE} 个项目，请分次选择")
        return chosen

    def ticked(self) -> set[str]:
        """What was chosen on the page, to stay so where something is still missing."""
        return set(self.data.getlist("projects")) if self.is_bound else set()  # type: ignore[attr-defined]

    def seen(self) -> dict[int, int]:
        """The version of each project on the page."""
        pairs = (numbers(text.split(":")) for text in self.data.getlist("seen"))  # type: ignore[attr-defined]
        return {pair[0]: pair[1] for pair in pairs if len(pair) == 2}


class ReasonForm(forms.Form):
    reason = Words(label="理由", required=False, max_length=MOST_REASON, widget=forms.Textarea(attrs={"rows": 3}))


def offer_reasons(form: forms.BaseForm, project: Project, move: str, field: str = "reason") -> None:
    """Of an offline project no reason is typed: one of those listed is chosen."""
    if not project.is_offline:
        return
    typed = form.fields[field]
    choices = [("", "请选择"), *((text, text) for text in REASONS[move])]
    form.fields[field] = forms.ChoiceField(
        label=typed.label or "", required=typed.required, choices=choices, help_text="线下管理的项目不写具体理由"
    )


class MeetingForm(forms.Form):
    """The head of a meeting's record."""

    held_on = forms.DateField(label="会议日期", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    issue = forms.IntegerField(label="期次（第几期）", min_value=1, max_value=999)
    expected = forms.IntegerField(label="应到人数", min_value=1, max_value=999)
    present = forms.IntegerField(label="实到人数", min_value=1, max_value=999)
    chair = Line(label="主持人", max_length=40)
    recorder = Line(label="记录人", max_length=40, required=False)
    observers = Line(label="列席", max_length=300, required=False)
    absent = Line(label="请假", max_length=300, required=False)

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


class TallyForm(forms.Form):
    """How the vote on one item went, and who stood aside: asked alike with the meeting and on the item's own page."""

    votes_for = forms.IntegerField(label="赞成", required=False, min_value=0, max_value=999)
    votes_against = forms.IntegerField(label="反对", required=False, min_value=0, max_value=999)
    abstentions = forms.IntegerField(label="弃权", required=False, min_value=0, max_value=999)
    recused = Line(label="回避人", required=False, max_length=120, widget=forms.TextInput(attrs={"list": "committee"}))
    recusal_reason = Line(label="回避原因", required=False, max_length=200)
    stand_in = Line(label="代行人", required=False, max_length=40, widget=forms.TextInput(attrs={"list": "committee"}))

    @property
    def tally_names(self) -> list[str]:
        return list(TallyForm.base_fields)

    def told(self) -> dict[str, Any]:
        """What was filled in, the tally as one."""
        facts = dict(self.cleaned_data)
        tally = {name: facts.pop(name) for name in TallyForm.base_fields if name in facts}
        return facts | {"tally": Tally(**tally)}


class VerdictForm(TallyForm):
    """One project's row in the meeting: a decision or 本次不议, votes, who stood aside."""

    field_order = ("decision", "opinion")

    decision = forms.ChoiceField(
        label="决定",
        required=False,
        choices=[("", "本次不议"), ("establish", "同意立项"), ("return", "退回修改"), ("reject", "不予立项")],
        widget=forms.RadioSelect,
    )
    opinion = Words(label="意见", required=False, max_length=LONGEST_OPINION, widget=forms.Textarea(attrs={"rows": 2}))
    seen = forms.IntegerField(widget=forms.HiddenInput)


class PlanVerdictForm(VerdictForm):
    """A plan's row in the meeting, or that of a change of a plan: which decisions there are is told."""

    def __init__(self, decisions: list[tuple[str, str]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["decision"].choices = [("", "本次不议"), *decisions]  # type: ignore[attr-defined]


class CommitteeMeetingForm(MeetingForm):
    scans = HeldField(label="会议纪要扫描件", required=False, help_text=SCANS_HELP)
    unit = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, organisation: Organisation, person: Person, *args: Any, **kwargs: Any) -> None:
        super().__init__(organisation, *args, **kwargs)
        self.initial["unit"] = organisation.pk
        hold(self, "scans", person, f"minutes-{organisation.pk}")


class BranchOpinionForm(MeetingForm):
    opinion = Words(label="支部意见", max_length=LONGEST_OPINION, widget=forms.Textarea(attrs={"rows": 3}))


class BrandField(forms.ModelChoiceField):  # type: ignore[type-arg]  # generic for the type checker alone
    """Brands with whose they are."""

    def label_from_instance(self, obj: Brand) -> str:
        return f"{obj.name}（{obj.place.short_name}）"


class HighlightForm(Asking):
    """标为亮点: what is worth showing, and the brand that grows from it."""

    reason = Words(
        label="亮点", required=False, max_length=MOST_REASON, widget=forms.Textarea(attrs={"rows": 3}),
        help_text="一两句话：好在哪里，别的支部能学什么",
    )  # fmt: skip
    brand = BrandField(
        Brand.objects.none(), label="特色品牌", required=False, empty_label="没有，或尚未形成",
        help_text="从品牌登记中选，没有的先在“特色品牌”里登记",
    )  # fmt: skip

    def __init__(self, project: Project, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        brands = Brand.offered_to(project).select_related("place").in_order()
        self.fields["brand"].queryset = brands  # type: ignore[attr-defined]
        starred(self, "reason")
