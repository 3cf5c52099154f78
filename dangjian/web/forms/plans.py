"""The forms of the plan (附件3 on screen), of its decisions, and of a change to it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db import models

from dangjian.delivery import readiness
from dangjian.delivery.change import MOST_REASON, PlanChange
from dangjian.delivery.charge import Charge, answerable
from dangjian.delivery.decision import could_decide
from dangjian.delivery.first_draft import Source, taken_over
from dangjian.delivery.plan import CHECKLIST, Plan
from dangjian.delivery.plan_revision import LISTS, TEXTS
from dangjian.delivery.plan_state import STANDINGS
from dangjian.foundation.lifecycle import Reason
from dangjian.people.person import Person
from dangjian.programmes.approval import Step
from dangjian.projects.meeting import Meeting
from dangjian.projects.project import Project
from dangjian.web.forms import Line, Words, starred
from dangjian.web.forms.lined import LinedForm, Text, team_facts
from dangjian.web.forms.projects import TallyForm
from dangjian.web.forms.rows import MonthInput

# The seven sections of 附件3: key, heading, minutes they cost, the fields they hold.
SECTIONS = (
    ("profile-part", "一、实施单位基本情况", 1, ("profile",)),
    ("team-part", "二、项目成员基本情况", 2, ("team",)),
    ("background-part", "三、项目背景及必要性", 2, ("background",)),
    ("measures-part", "四、主要措施", 5, ("measures",)),
    ("goals-part", "五、预期目标", 6, ("expected", "goals")),
    ("schedule-part", "六、完成时间", 4, ("tasks", "milestones")),
    ("enclosures-part", "七、附件", 1, ("enclosures",)),
)
TEXT_HELP = {
    "profile": "支部承担的工程或业务、人数、党员人数",
    "background": "问题在哪里，为什么要做；可以比申请表写得更具体",
    "expected": "用几句话写总的目标；能检查的指标逐项写在下面",
    "enclosures": "另附的材料一行一份；申请表已上传的文件会自动列出，不用再写",
}
LIST_HELP = {
    "measures": "一项措施一行，都要有责任人和完成时间；审定后增减、改写措施，由党委会研究决定",
    "goals": "先写总体目标，阶段目标、分目标排在它下面；能用数字的写现状值、目标值和单位，不能用数字的写验收标准",
    "tasks": "跨年度的项目，每个年度都要写；不跨年度的可以不写",
    "milestones": "到哪一天能看到什么，会画进进度图和日历",
}
TALLY = tuple(TallyForm.base_fields)
NOT_RECORDED = "系统里没有登记，填写下面两项"
TAKEN_FROM = {
    Source.APPLICATION: "已从申请表带入，请核对、细化。",
    Source.PERIOD: "已按申请表的起止时间列出首尾两项，请核对、补充。",
    Source.EARLIER_PLAN: "沿用本支部上一份计划书，请核对。",
    Source.ROSTER: "已按名册列出，请核对、补充。",
}


class OfCharges(LinedForm):
    """Lists of lines that somebody of the branch answers for."""

    def __init__(self, project: Project, *args: Any, **kwargs: Any) -> None:
        self.people = [("", "请选择"), *((str(person.pk), person.name) for person in answerable(project))]
        super().__init__(project, *args, **kwargs)

    def _box(self, column: models.Field[Any, Any], label: str) -> forms.Field:
        if column.name != "person":
            return super()._box(column, label)
        select = forms.Select(attrs={"aria-label": label})
        return forms.ChoiceField(label=label, required=False, choices=self.people, widget=select)

    def _keep_departed(self, rows: dict[str, list[Any]]) -> None:
        """Whoever answers for a line but is of the branch no more stays on offer, so that nobody is lost unseen."""
        known = {key for key, _ in self.people}
        gone = {str(row.person_id): row.person_name for lines in rows.values() for row in lines if row.person_id}
        self.people += [(key, f"{name}（已不在本支部）") for key, name in gone.items() if key not in known]


class PlanForm(OfCharges):
    """附件3 on screen. Gaps may be saved."""

    def __init__(self, plan: Plan, *args: Any, **kwargs: Any) -> None:
        self.plan = plan
        super().__init__(plan.project, *args, **{"initial": _facts(plan)} | kwargs)
        self._keep_departed(rows_of(plan))
        for key, (label, most) in TEXTS.items():
            box = forms.Textarea(attrs={"rows": 6 if most > 1000 else 3})
            text = Text(label=label, required=False, max_length=most, widget=box)
            self._add(key, text, TEXT_HELP[key], must=key in ("profile", "background"))
        self._add_team()
        self._add_lists(LISTS, LIST_HELP, must=("measures", "goals"))

    def texts(self) -> dict[str, str]:
        return {key: self.cleaned_data.get(key, "") for key in TEXTS}

    def take_overtaken(self, now: Plan, *, reader: Person) -> None:
        """Somebody saved meanwhile: theirs is laid beside what was typed here."""
        self._lay_beside(_facts(now), (*TEXTS, "team"), said(rows_of(now), self.project), now, reader)

    def sections(self, missing: list[Reason]) -> list[dict[str, Any]]:
        """The parts of the form with their fields; ticked where something is in them and nothing is missing."""
        lacking = {reason.field.split("-")[0] for reason in missing}
        sources = taken_over(self.plan)
        warnings = {"team": readiness.outside_team(rows_of(self.plan), self.project)}
        parts = []
        for key, label, minutes, names in SECTIONS:
            fields = [self._shown(name, warnings) for name in names]
            for bound in fields:
                if source := sources.get(bound.html_name):
                    bound.help_text = TAKEN_FROM[source] + bound.help_text
            parts.append({
                "key": key, "label": label, "minutes": minutes, "fields": fields,
                "optional": not lacking & set(names) and not any(bound.star for bound in fields),
                "done": not lacking & set(names) and any(bound.value() or bound.filled for bound in fields),
            })  # fmt: skip
        return parts


class ChangeForm(OfCharges):
    """The plan as it is to be, with why. What may be changed in an ordinary way is told above the form."""

    def __init__(self, change: PlanChange, *args: Any, **kwargs: Any) -> None:
        self.change = change
        super().__init__(change.project, *args, **{"initial": _changed(change)} | kwargs)
        self._keep_departed({kind.key(): change.rows(kind) for kind in LISTS})
        reason = Text(
            label="变更理由", required=False, max_length=MOST_REASON, widget=forms.Textarea(attrs={"rows": 3})
        )
        self._add("reason", reason, "为什么要变，对完成时间和质量有没有影响", must=True)
        ends = forms.CharField(
            label="项目完成年月", required=False, widget=MonthInput(attrs={"placeholder": "如 2022-12"})
        )
        self._add("ends", ends, "变更完成时间属重大变更")
        label, most = TEXTS["expected"]
        expected = Text(label=label, required=False, max_length=most, widget=forms.Textarea(attrs={"rows": 6}))
        self._add("expected", expected, "附件3第五部分的文字；目标、完成时间改了，文字里写到的一并改，属重大变更")
        self._add_lists(LISTS, LIST_HELP)

    def take_overtaken(self, now: PlanChange, *, reader: Person) -> None:
        """Somebody saved meanwhile: theirs is laid beside what was typed here."""
        rows = {kind.key(): now.rows(kind) for kind in LISTS}
        self._lay_beside(_changed(now), ("reason", "ends", "expected"), said(rows, self.project), now, reader)

    def shown(self) -> list[Any]:
        """The fields in order."""
        return [
            self._shown(name, {}) for name in ("reason", "ends", "measures", "expected", "goals", "tasks", "milestones")
        ]


class PlanDecisionForm(TallyForm):
    """A decision on a plan, on the version of the page. Which one was taken is the button pressed."""

    checked_for = forms.MultipleChoiceField(
        label="核对要点", required=False, choices=list(CHECKLIST.items()), widget=forms.CheckboxSelectMultiple,
        help_text="逐条核对，符合的勾选；没有勾选的记入办理过程",
    )  # fmt: skip
    leader = Line(label="签批领导", required=False, max_length=40, help_text="照纸上的签名登记")
    meeting = forms.ModelChoiceField(Meeting.objects.none(), label="会议", required=False, empty_label=NOT_RECORDED)
    reference = Line(label="会议名称", required=False, max_length=60, help_text="如 党委会〔2022〕第12期")
    held_on = forms.DateField(
        label="签批日期", required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    opinion = Words(
        label="意见",
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="退回修改时必填",
    )
    seen = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, plan: Plan, step: Step, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "approve" not in step.decisions:
            unasked: tuple[str, ...] = ("leader", "meeting", "reference", "held_on", *TALLY)
        elif step.by_meeting:
            self.fields["held_on"].label = "会议日期"
            offer_meetings(self, could_decide(plan.project.unit, plan.handed_in_at))
            unasked = ("leader", "checked_for")
        else:
            unasked = ("meeting", "reference", "checked_for", *TALLY)
        for name in unasked:
            del self.fields[name]
        for name in ("leader", "held_on"):
            if name in self.fields and not step.by_meeting:
                starred(self, name)


def offer_meetings(form: TallyForm, meetings: models.QuerySet[Meeting]) -> None:
    """The meetings to choose from; those of a unit in some weeks are few. Without any, one is named by hand.

    The vote is asked for where there is one to choose: it goes into the minutes of that meeting.
    """
    if not meetings.exists():
        for name in ("meeting", *TALLY):
            del form.fields[name]
        return
    form.fields["meeting"].queryset = meetings  # type: ignore[attr-defined]
    form.fields["meeting"].help_text = "从已登记的会议中选，日期、期次自动带入"


class OfflineApprovalForm(forms.Form):
    """The day on which a plan kept elsewhere was approved."""

    approved_on = forms.DateField(label="审定日期", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))


class ChangeDecisionForm(TallyForm):
    """What was decided on a change; a major one at which meeting."""

    meeting = forms.ModelChoiceField(Meeting.objects.none(), label="会议", required=False, empty_label=NOT_RECORDED)
    reference = Line(label="会议名称", required=False, max_length=60, help_text="如 党委会〔2022〕第12期")
    held_on = forms.DateField(
        label="会议日期", required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    opinion = Words(
        label="意见", required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 3}), help_text="不同意时必填"
    )
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, change: PlanChange, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if change.weight == "major":
            offer_meetings(self, could_decide(change.project.unit, change.handed_in_at))
            return
        for name in ("meeting", "reference", "held_on", *TALLY):
            del self.fields[name]


class PlanQuery(forms.Form):
    """What one looks for among the plans."""

    q = forms.CharField(label="项目、编号、支部", required=False, max_length=60)
    standing = forms.ChoiceField(label="状态", required=False, choices=[("", "全部"), *STANDINGS.items()])
    late = forms.ChoiceField(label="是否按时", required=False, choices=[("", "全部"), ("yes", "迟报"), ("no", "按时")])


def rows_of(plan: Plan) -> dict[str, list[Any]]:
    """The lines of each list."""
    return {kind.key(): plan.rows(kind) for kind in LISTS}


def said(rows: dict[str, list[Charge]], project: Project) -> dict[str, str]:
    """The lines of each list as a person reads them."""
    return {key: "\n".join(row.sentence(project.rules) for row in lines) for key, lines in rows.items()}


def _boxes(rows: dict[str, list[Charge]]) -> dict[str, str]:
    return {
        row.field_name(index, column): text
        for lines in rows.values()
        for index, row in enumerate(lines)
        for column, text in row.texts().items()
    }


def _facts(plan: Plan) -> dict[str, Any]:
    texts = {key: getattr(plan, key) for key in TEXTS}
    return {"seen": plan.edits, **texts, **team_facts(plan.project), **_boxes(rows_of(plan))}


def _changed(change: PlanChange) -> dict[str, Any]:
    rows = {kind.key(): change.rows(kind) for kind in LISTS}
    texts = {"reason": change.reason, "ends": change.ends, "expected": change.expected}
    return {"seen": change.edits, **texts, **_boxes(rows)}
