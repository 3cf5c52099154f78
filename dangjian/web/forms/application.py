"""The form of the application (附件1 on screen), built from the scheme of the round."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, cast

from django import forms
from django.http import QueryDict

from dangjian.foundation import clock
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
from dangjian.projects.row import Row
from dangjian.projects.team import candidates
from dangjian.projects.texts import TEXTS
from dangjian.web.forms import FilesField, FilesInput, Words
from dangjian.web.forms.rows import Line, MonthInput, RowsField, Uncut, box_of, held, said

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


class Text(Uncut, Words):
    """Several lines."""


class TopicChoice(forms.ModelChoiceField):  # type: ignore[type-arg]
    """Topics of the bank that may be taken up, or none."""

    def __init__(self, topics: Any) -> None:
        unknown = {"invalid_choice": "这个选题已关闭或不面向本支部，请另选"}
        super().__init__(topics, label="选题库", required=False, empty_label="不从选题库选", error_messages=unknown)

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.title}（{obj.place.short_name}{obj.get_kind_display()}）"


class ApplicationForm(forms.Form):
    """附件1 on screen. Length, choices and help come from the scheme; gaps may be saved."""

    seen = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, project: Project, *args: Any, **kwargs: Any) -> None:
        self.project, self.rules = project, project.rules
        # What is listed as a carrier is not ticked once more.
        whole = not project.is_offline
        self.axes = [axis for axis in self.rules.taxonomies if axis.key != carrier.AXIS or not whole]
        self.theirs: dict[str, dict[str, str]] = {}
        self.duties: dict[int, str] = {}
        self.lists: dict[str, type[Row]] = {}
        self.overtaken_by = ""
        super().__init__(*args, **{"initial": _facts(project)} | kwargs)
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
            self._add_lists()
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

    def _add(self, key: str, field: forms.Field, help_text: str = "", example: str = "", must: bool = False) -> None:
        field.help_text = help_text
        field.must, field.example = must, example  # type: ignore[attr-defined]
        self.fields[key] = field

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

    def _add_team(self) -> None:
        """Who may be a member, and beside each what they do."""
        people = candidates(self.project)
        chosen = forms.CheckboxSelectMultiple
        team = forms.ModelMultipleChoiceField(people, label="项目成员", required=False, widget=chosen)
        self._add(
            "team", team, "以党员骨干为主，写明分工；主要责任人是支部书记，不必再选。参与支部暂存后，可选它的人员"
        )
        self.duties = {person.pk: f"duty_{person.pk}" for person in people}
        for person in people:
            label = f"{person.name}的分工"
            box = forms.TextInput(attrs={"placeholder": "分工", "aria-label": label})
            self._add(self.duties[person.pk], Line(label=label, required=False, max_length=60, widget=box))

    def _add_lists(self) -> None:
        """Every line that a list may have, blank ones too: the page shows as many as are wanted, and none is lost."""
        self.lists = {kind.key(): kind for kind in LISTS if kind is not carrier.Carrier or carrier.kinds(self.rules)}
        for key, kind in self.lists.items():
            self._add(key, RowsField(label=kind.title, required=False), LIST_HELP[key])
            for index in range(kind.most):
                for column in kind.columns():
                    name = kind.field_name(index, column.name)
                    self._add(name, box_of(column, f"{kind.title}第{index + 1}项{column.verbose_name}", self.rules))

    # What was typed

    def facts(self) -> dict[str, Any]:
        own = {key: self.cleaned_data.get(key, "") for key in ("name", "starts", "ends", *TEXTS)}
        # A page that was open before these were asked says nothing of them.
        return own | {key: self.cleaned_data.get(key) for key in ("bank_topic", "filled_on") if key in self.data}

    def categories(self) -> dict[str, list[str]]:
        chosen = {axis.key: self.cleaned_data.get(axis.key) or [] for axis in self.axes}
        return {key: [codes] if isinstance(codes, str) else list(codes) for key, codes in chosen.items()}

    def team(self) -> list[tuple[Person, str]]:
        return [(person, self.cleaned_data[self.duties[person.pk]]) for person in self.cleaned_data.get("team", ())]

    def lines(self) -> dict[str, list[dict[str, str]]]:
        """The lines of each list, as typed."""
        return {
            key: [
                {column.name: self.cleaned_data[kind.field_name(index, column.name)] for column in kind.columns()}
                for index in range(kind.most)
            ]
            for key, kind in self.lists.items()
        }

    def uploads(self) -> list[tuple[str, Any]]:
        """What was uploaded, each with the text it stands beside."""
        return [(key, file) for key in FILED for file in self.cleaned_data.get(f"{key}_files", ())]

    def take_overtaken(self, now: Project) -> None:
        """Somebody saved meanwhile: each field tells what they saved where it differs, and the next save goes through."""
        saved, data = _facts(now), cast(QueryDict, self.data)
        own = data.copy()
        asked = ("name", "bank_topic", "starts", "ends", "filled_on", *TEXTS, *(axis.key for axis in self.axes), "team")
        for name in (*(key for key in asked if key in self.fields), *self.lists):
            values = self._values(name, saved)
            typed = {
                key: [text.replace("\r\n", "\n").strip() for text in own.getlist(key) if text.strip()] for key in values
            }
            if typed != values:
                text = self._read(name, values) if name not in self.lists else said(now, self.lists[name])
                self.theirs[name] = {"text": text, "values": json.dumps(values, ensure_ascii=False)}
        application = now.application
        self.overtaken_by = f"{application.saved_by} {clock.local(application.edited_at or clock.now()):%H:%M}"
        own["seen"] = str(saved["seen"])
        self.data = own

    def _values(self, name: str, saved: dict[str, Any]) -> dict[str, list[str]]:
        """What is saved of one field, with that of the boxes that belong to it, as the browser sends it."""
        if name in self.lists:
            kind = self.lists[name]
            boxes = [kind.field_name(index, column.name) for index in range(kind.most) for column in kind.columns()]
            return {box: _listed(saved.get(box, "")) for box in boxes}
        values = {name: _listed(saved[name])}
        if name == "team":
            values |= {duty: _listed(saved.get(duty, "")) for duty in self.duties.values()}
        return values

    def _read(self, name: str, values: dict[str, list[str]]) -> str:
        """The values of one field as a person reads them."""
        labels = dict(_flat(getattr(self.fields[name], "choices", [])))
        duties = {code: "".join(values.get(f"duty_{code}", [])) for code in values[name]}
        shown = (
            f"{labels.get(code, code)}（{duties[code]}）" if duties[code] else labels.get(code, code) for code in duties
        )
        return "、".join(shown)

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
            fields = [self._shown(name, warnings, files) for name in keys if name in self.fields]
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

    def _shown(self, name: str, warnings: dict[str, str], files: list[dict[str, Any]]) -> Any:
        """The field with its star, filled example, warning and the rest, as ``parts/field.html`` takes them."""
        bound: Any = self[name]
        bound.star, bound.example = getattr(bound.field, "must", False), getattr(bound.field, "example", "")
        bound.warning, bound.theirs = warnings.get(name, ""), self.theirs.get(name)
        bound.files = [file for file in files if name == f"{file['slot']}_files"]
        bound.when, bound.note = self._when(name)
        bound.members = list(self._members(bound)) if name == "team" else []
        bound.rows = self._rows(self.lists[name]) if name in self.lists else []
        bound.filled = any(row["held"] for row in bound.rows)
        # The names are read where they are shown, and not for each saving.
        bound.offers = self._branches if name == partner.Partner.key() else ()
        return bound

    def _members(self, team: Any) -> Iterator[dict[str, Any]]:
        """Who may be ticked, each with the duty; the first of another branch tells which it is."""
        branch = self.project.branch_id
        for box in team.subwidgets:
            person = box.data["value"].instance
            of = person.organisation.short_name if person.organisation_id != branch else ""
            branch = person.organisation_id
            yield {"box": box, "duty": self[self.duties[person.pk]], "of": of}

    def _branches(self) -> list[str]:
        """The names of the branches that may take part."""
        return [partner.called(branch) for branch in partner.candidates(self.project)]

    def _rows(self, kind: type[Row]) -> list[dict[str, Any]]:
        """Every line of a list; shown are those that hold something and the first blank one."""
        rows, blank = [], 0
        for index in range(kind.most):
            boxes = [self[kind.field_name(index, column.name)] for column in kind.columns()]
            for box, column in zip(boxes, kind.columns(), strict=True):
                box.short, box.column = str(column.verbose_name), column.name  # type: ignore[attr-defined]
            held = any(box.value() or box.errors for box in boxes)
            blank += not held
            rows.append({"number": index + 1, "boxes": boxes, "held": held, "shown": held or blank == 1})
        return rows

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
        "team": [member.person_id for member in project.team.all()],
        **{f"duty_{member.person_id}": member.duty for member in project.team.all()},
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


def _listed(value: Any) -> list[str]:
    """A value as the browser sends it: a list of texts, empty ones left out."""
    return [str(each) for each in (value if isinstance(value, list) else [value]) if each]


def _flat(choices: Any) -> Iterator[tuple[str, str]]:
    """Codes and labels, groups taken apart."""
    for code, label in choices:
        if isinstance(label, list | tuple):
            yield from _flat(label)
        else:
            yield str(code), str(label)


def _choices(rules: Scheme, axis: Any) -> list[Any]:
    """The values of an axis; a two-level one shows its upper level as groups."""
    if not axis.grouped_by:
        return [(item.code, item.label) for item in axis.items]
    upper = rules.axis(axis.grouped_by)
    return [(group.label, [(item.code, item.label) for item in axis.items_in(group.code)]) for group in upper.items]
