"""The lined form (带列表的表): a long form that saves itself, with lists of lines and a team, for two who write at once."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, cast

from django import forms
from django.core.validators import MaxLengthValidator
from django.db import models
from django.http import QueryDict

from dangjian.foundation import clock
from dangjian.foundation.hand import Saved
from dangjian.people.person import Person
from dangjian.projects.project import Project
from dangjian.projects.row import Row
from dangjian.projects.team import candidates
from dangjian.web.forms import Line, Words
from dangjian.web.forms.rows import RowsField, box_of


class Text(Words):
    """Several lines. Whether they are too many the verb says, together with all else that is wrong."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.validators = [each for each in self.validators if not isinstance(each, MaxLengthValidator)]


class LinedForm(forms.Form):
    """What is typed stays text until the verb reads it; what somebody else saved meanwhile is laid beside it."""

    seen = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, project: Project, *args: Any, **kwargs: Any) -> None:
        self.project, self.rules = project, project.rules
        self.theirs: dict[str, dict[str, str]] = {}
        self.duties: dict[int, str] = {}
        self.lists: dict[str, type[Row]] = {}
        self.overtaken_by = ""
        self.overtaken_by_self = False
        self.is_closed = False
        super().__init__(*args, **kwargs)

    def _add(self, key: str, field: forms.Field, help_text: str = "", example: str = "", must: bool = False) -> None:
        field.help_text = help_text
        field.must, field.example = must, example  # type: ignore[attr-defined]
        self.fields[key] = field

    def _add_team(self) -> None:
        """Who may be a member, and beside each what they do."""
        people = candidates(self.project)
        chosen = forms.CheckboxSelectMultiple
        team = forms.ModelMultipleChoiceField(people, label="项目成员", required=False, widget=chosen)
        owner = self.project.owner
        # A secretary who was chosen before stays among those on offer, as the form must lose nobody.
        secretary = f"支部书记{owner.name}，已在名单中，可写分工" if owner and owner in people else "支部书记，不必再选"
        self._add("team", team, f"以党员骨干为主，写明分工；主要责任人是{secretary}。参与支部暂存后，可选它的人员")
        self.duties = {person.pk: f"duty_{person.pk}" for person in people}
        for person in people:
            label = f"{person.name}的分工"
            box = forms.TextInput(attrs={"placeholder": "分工", "aria-label": label})
            self._add(self.duties[person.pk], Line(label=label, required=False, max_length=60, widget=box))

    def _add_lists(self, kinds: Iterable[type[Row]], helps: Mapping[str, str], must: Iterable[str] = ()) -> None:
        """Every line that a list may have, blank ones too: the page shows as many as are wanted, and none is lost."""
        self.lists = {kind.key(): kind for kind in kinds}
        for key, kind in self.lists.items():
            self._add(key, RowsField(label=kind.title, required=False), helps[key], must=key in must)
            for index in range(kind.most):
                for column in kind.columns():
                    name = kind.field_name(index, column.name)
                    self._add(name, self._box(column, f"{kind.title}第{index + 1}项{column.verbose_name}"))

    def _box(self, column: models.Field[Any, Any], label: str) -> forms.Field:
        return box_of(column, label, self.rules)

    # What was typed

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

    def _lay_beside(
        self, saved: dict[str, Any], asked: Iterable[str], said: Mapping[str, str], now: Saved, reader: Person
    ) -> None:
        """Somebody saved meanwhile: each field tells what they saved where it differs, and the next save goes through."""
        own = cast(QueryDict, self.data).copy()
        for name in (*(key for key in asked if key in self.fields), *self.lists):
            values = self._values(name, saved)
            typed = {
                key: [text.replace("\r\n", "\n").strip() for text in own.getlist(key) if text.strip()] for key in values
            }
            if typed != values:
                text = said[name] if name in self.lists else self._read(name, values)
                self.theirs[name] = {"text": text, "values": json.dumps(values, ensure_ascii=False)}
        self.overtaken_by = f"{now.saved_by_to(reader)} {clock.local(now.edited_at or clock.now()):%H:%M}"
        self.overtaken_by_self = now.is_saved_by(reader)
        own["seen"] = str(saved["seen"])
        self.data = own

    def take_closed(self, told: str) -> None:
        """It was handed in or dropped meanwhile, as ``told`` says: what was typed here stays in sight, to be copied."""
        self.is_closed = True
        self.add_error(None, f"{told}，不能再改；您输入的内容没有保存，还在本页，也留在本机，可以复制出来")

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

    def _shown(self, name: str, warnings: Mapping[str, str]) -> Any:
        """The field with its star, filled example, warning and the rest, as ``parts/field.html`` takes them."""
        bound: Any = self[name]
        bound.star, bound.example = getattr(bound.field, "must", False), getattr(bound.field, "example", "")
        bound.warning, bound.theirs = warnings.get(name, ""), self.theirs.get(name)
        bound.files, bound.offers, bound.when, bound.note = [], (), "", ""
        bound.members = list(self._members(bound)) if name == "team" else []
        bound.rows = self._rows(self.lists[name]) if name in self.lists else []
        bound.filled = any(row["held"] for row in bound.rows)
        return bound

    def _members(self, team: Any) -> Iterator[dict[str, Any]]:
        """Who may be ticked, each with the duty; the first of another branch tells which it is."""
        branch = self.project.branch_id
        for box in team.subwidgets:
            person = box.data["value"].instance
            of = person.organisation.short_name if person.organisation_id != branch else ""
            branch = person.organisation_id
            yield {"box": box, "duty": self[self.duties[person.pk]], "of": of}

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


def team_facts(project: Project) -> dict[str, Any]:
    """The team as the boxes of a form hold it."""
    members = list(project.team.all())
    return {
        "team": [member.person_id for member in members],
        **{f"duty_{member.person_id}": member.duty for member in members},
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
