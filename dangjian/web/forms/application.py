"""The form of the application (附件1 on screen), built from the scheme of the round."""

from __future__ import annotations

from typing import Any

from django import forms

from dangjian.foundation.lifecycle import Reason
from dangjian.foundation.window import day_text
from dangjian.people.person import Person
from dangjian.programmes.scheme import Scheme
from dangjian.programmes.topic import Topic
from dangjian.projects import carrier, partner
from dangjian.projects.application import months_text
from dangjian.projects.application_files import FILED
from dangjian.projects.offline import NEUTRAL
from dangjian.projects.project import Project
from dangjian.projects.revision import LISTS
from dangjian.projects.texts import TEXTS
from dangjian.web.forms import FilesField, FilesInput, Line
from dangjian.web.forms.lined import LinedForm, Text, team_facts
from dangjian.web.forms.rows import MonthInput, held, said

# How the form is cut into parts: key, heading, the fields it holds. 分类 takes every axis that no other part holds.
SECTIONS = (
    ("basics", "项目名称与起止", ("name", "bank_topic", "starts", "ends", "long_reason", "filled_on")),
    ("problem", "问题（选题）", ("problem",)),
    ("grounds", "必要性与可行性", ("necessity", "feasibility")),
    ("measures", "主要措施", ("measures",)),
    ("goals", "目标与价值", ("expected_goal", "targets", "expected_value", "stage_goal")),
    ("axes", "分类", ()),
    ("team", "参与支部、团队与载体", ("partners", "team", "carriers")),
    (
        "study",
        "征求意见与调研",
        (
            "consultations", "consultation", "consultation_files",
            "investigations", "investigation", "investigation_files",
        ),
    ),
)  # fmt: skip
LIST_HELP = {
    "partners": "几个支部一起做的联合项目才填，可以是其他单位的支部；本支部牵头，项目只在本支部计一次。参与支部看得到提交后的项目，不能修改",
    "targets": "能用数字说清的填现状值、目标值和单位；不能用数字的写验收标准。印在申请表“预期目标”里，制定计划时从这里细化",
    "carriers": "靠什么组织、什么岗位来做；名称、负责人、地点定了就填，没定可以只选类别",
    "consultations": "征求一次填一项；主要意见写在下面",
    "investigations": "到哪里、看了什么，一次填一项；发现的情况写在下面",
}


class TopicChoice(forms.ModelChoiceField):  # type: ignore[type-arg]
    """Topics of the bank that may be taken up, or none."""

    def __init__(self, topics: Any) -> None:
        unknown = {"invalid_choice": "这个选题已关闭或不面向本支部，请另选"}
        super().__init__(topics, label="选题库", required=False, empty_label="不从选题库选", error_messages=unknown)

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.title}（{obj.place.short_name}{obj.get_kind_display()}）"


class ApplicationForm(LinedForm):
    """附件1 on screen. Length, choices and help come from the scheme; gaps may be saved."""

    def __init__(self, project: Project, *args: Any, **kwargs: Any) -> None:
        # What is listed as a carrier is not ticked once more.
        whole = not project.is_offline
        self.axes = [axis for axis in project.rules.taxonomies if axis.key != carrier.AXIS or not whole]
        super().__init__(project, *args, **{"initial": _facts(project)} | kwargs)
        self._add_heading()
        if whole:
            self._add_texts()
        for axis in self.axes:
            chosen = forms.CheckboxSelectMultiple if axis.multiple else forms.RadioSelect
            kind = forms.MultipleChoiceField if axis.multiple else forms.ChoiceField
            choice = kind(label=axis.label, required=False, choices=_choices(self.rules, axis), widget=chosen)
            self._add(axis.key, choice, must=axis.required)
        if whole:
            self._add_team()
            kinds = (kind for kind in LISTS if kind is not carrier.Carrier or carrier.kinds(self.rules))
            self._add_lists(kinds, LIST_HELP)
            self._add_files()

    def _add_texts(self) -> None:
        for key in TEXTS:
            rule = self.rules.field(key)
            box = forms.Textarea(attrs={"rows": 5 if rule.max_length > 300 else 3})
            text = Text(label=rule.label, required=False, max_length=rule.max_length, widget=box)
            self._add(key, text, rule.help, rule.example, must=rule.required)

    def _add_files(self) -> None:
        for key, label in zip(FILED, ("征求意见的文件", "调查研究的文件"), strict=True):
            chooser = FilesInput(attrs={"accept": ".pdf,.jpg,.jpeg,.png", "data-upload": key})
            files = FilesField(label=label, required=False, widget=chooser)
            help_text = "PDF、JPG 或 PNG，每个不超过 50 MB，可多选；网络断了会从断开处接着传；不得上传涉密文件"
            self._add(f"{key}_files", files, help_text)

    def _add_heading(self) -> None:
        rules = self.rules.application
        name = Line(label="项目名称", max_length=rules.name_max, required=False)
        if self.project.is_offline:
            self._add("name", name, NEUTRAL, must=True)
        else:
            self._add("name", name, rules.name_help, rules.name_example, must=True)
        self._add_topic()
        self._add_filled_on()
        for key, label in (("starts", "开始年月"), ("ends", "完成年月")):
            month = forms.CharField(label=label, required=False, widget=MonthInput(attrs={"placeholder": "如 2022-08"}))
            self._add(key, month, must=True)

    def _add_filled_on(self) -> None:
        day = forms.DateField(
            label="填表时间", required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
        )
        self._add("filled_on", day, "印在申请表右上角；不填的，提交时填当天")

    def _add_topic(self) -> None:
        """Offered where a unit above keeps a bank of topics; what was taken up stays on offer though it was closed."""
        offered = Topic.offered_to([self.project.branch], besides=self.project.bank_topic_id)
        if not self.project.is_offline and offered.exists():
            topic = TopicChoice(offered.select_related("place").in_order())
            self._add("bank_topic", topic, "本单位、公司提出的重点难点，对得上就选，没有可不选")

    # What was typed

    def facts(self) -> dict[str, Any]:
        own = {key: self.cleaned_data.get(key, "") for key in ("name", "starts", "ends", *TEXTS)}
        # A page that was open before these were asked says nothing of them.
        return own | {key: self.cleaned_data.get(key) for key in ("bank_topic", "filled_on") if key in self.data}

    def categories(self) -> dict[str, list[str]]:
        chosen = {axis.key: self.cleaned_data.get(axis.key) or [] for axis in self.axes}
        return {key: [codes] if isinstance(codes, str) else list(codes) for key, codes in chosen.items()}

    def uploads(self) -> list[tuple[str, Any]]:
        """What was uploaded, each with the text it stands beside."""
        return [(key, file) for key in FILED for file in self.cleaned_data.get(f"{key}_files", ())]

    def take_overtaken(self, now: Project, *, reader: Person) -> None:
        """Somebody saved meanwhile: each field tells what they saved where it differs, and the next save goes through."""
        application = now.application
        asked = ("name", "bank_topic", "starts", "ends", "filled_on", *TEXTS, *(axis.key for axis in self.axes), "team")
        said_of = {key: said(now, kind) for key, kind in self.lists.items()}
        self._lay_beside(_facts(now), asked, said_of, application, reader)

    # What is shown

    def sections(
        self, missing: list[Reason], advice: list[Reason], files: list[dict[str, Any]]
    ) -> list[dict[str, Any]]:
        """The parts of the form with their fields; ticked where something is in them and nothing is missing."""
        lacking, warnings = {reason.field for reason in missing}, {reason.field: reason.text for reason in advice}
        placed = {key for _, _, keys in SECTIONS for key in keys}
        parts = []
        for key, label, keys in SECTIONS:
            keys = keys or tuple(axis.key for axis in self.rules.taxonomies if axis.key not in placed)
            fields = [self._of(name, warnings, files) for name in keys if name in self.fields]
            if not fields:
                continue
            asked = [rule for rule in self.rules.application.fields if rule.key in keys and rule.key in self.fields]
            seconds = sum(rule.seconds for rule in asked if rule.required or rule.advised or rule.key in lacking)
            parts.append({
                "key": key, "label": label, "minutes": -(-seconds // 60), "fields": fields,
                "optional": not any(bound.star for bound in fields),
                "done": not lacking & set(keys) and any(bound.value() or bound.files or bound.filled for bound in fields),
            })  # fmt: skip
        return parts

    def _of(self, name: str, warnings: dict[str, str], files: list[dict[str, Any]]) -> Any:
        """The field with what the application alone asks: files, when it is asked for, branches to choose from."""
        bound = self._shown(name, warnings)
        bound.files = [file for file in files if name == f"{file['slot']}_files"]
        bound.when, bound.note = self._when(name)
        # The names are read where they are shown, and not for each saving.
        bound.offers = self._branches if name == partner.Partner.key() else ()
        return bound

    def _branches(self) -> list[str]:
        """The names of the branches that may take part."""
        return [partner.called(branch) for branch in partner.candidates(self.project)]

    def _when(self, name: str) -> tuple[str, str]:
        """When a field is asked for, as the page's script reads it, and what the end of the period says then."""
        rules, due = self.rules.application, self.rules.stage_goal_due
        beyond = f"months:{rules.max_months}"
        goal = beyond if rules.stage_goal_when == "over_one_year" else f"after:{due:%Y-%m-%d}"
        if name == "ends" and "long_reason" in self.fields:
            also = f"和{day_text(due)}前的阶段性目标" if goal == beyond else ""
            return beyond, f"起止时间超过{months_text(rules.max_months)}，请写明理由{also}"
        return {"long_reason": beyond, "stage_goal": goal}.get(name, ""), ""


def _facts(project: Project) -> dict[str, Any]:
    application = project.application
    codes = project.codes_by_axis()
    return {
        "seen": application.edits,
        "name": project.name,
        "starts": project.starts,
        "ends": project.ends,
        "bank_topic": project.bank_topic_id or "",
        "filled_on": application.filled_on or "",
        **team_facts(project),
        **{key: getattr(application, key) for key in TEXTS},
        **{
            kind.field_name(index, column): text
            for kind in LISTS
            for index, row in enumerate(held(project, kind))
            for column, text in row.texts().items()
        },
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
