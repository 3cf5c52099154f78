"""The project list: what may be filtered, the rows that remain, and the same as an Excel sheet."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.db.models import Model, QuerySet
from django.http import QueryDict
from django.urls import reverse

from dangjian.foundation.lifecycle import Refused
from dangjian.papers import excel
from dangjian.papers.face import taken_by
from dangjian.people.access import Ability
from dangjian.people.organisation import Organisation
from dangjian.people.person import Person
from dangjian.people.scope import Scope
from dangjian.programmes.round import Round
from dangjian.programmes.topic import Topic
from dangjian.projects.filed import FilingState
from dangjian.projects.finding import MARKS, ProjectQuerySet
from dangjian.projects.project import Project
from dangjian.projects.state import STANDINGS
from dangjian.web import display, project_columns

AXES = ("origin", "topic", "carrier", "scope", "innovation", "focus")
LONGEST_WORDS = 60
MOST_EXPORTED = 50_000
MOST_AT_ONCE = 1_000
"""Above this the worker makes the file, and nobody waits for the page."""
AT_A_TIME = 500  # projects in memory while a sheet is drawn


class FilterForm(forms.Form):
    q = forms.CharField(
        label="查找项目",
        required=False,
        max_length=LONGEST_WORDS,
        widget=forms.TextInput(attrs={"type": "search", "placeholder": "项目名称、编号、支部、责任人"}),
    )
    unit = forms.ModelChoiceField(Organisation.objects.none(), label="党组织", required=False, empty_label="全部")
    state = forms.MultipleChoiceField(
        label="状态", required=False, choices=list(STANDINGS.items()), widget=forms.CheckboxSelectMultiple
    )
    origin = forms.ChoiceField(label="来源", required=False)
    topic = forms.ChoiceField(label="议题", required=False)
    carrier = forms.ChoiceField(label="载体", required=False)
    scope = forms.ChoiceField(label="领域", required=False)
    innovation = forms.ChoiceField(label="创新", required=False)
    focus = forms.ChoiceField(label="着力点", required=False)
    year = forms.ChoiceField(label="年度", required=False)
    mark = forms.ChoiceField(label="标记", required=False, choices=[("", "全部"), *MARKS.items()])
    filing = forms.ChoiceField(label="备案", required=False, choices=[("", "全部"), *FilingState.choices])
    bank = forms.ModelChoiceField(Topic.objects.none(), label="选题库", required=False, empty_label="全部")
    order = forms.ChoiceField(
        label="排序", required=False, choices=[("", "最近变动"), ("tree", "组织序列"), ("number", "编号")]
    )


class TreeField(forms.ModelChoiceField):  # type: ignore[type-arg]  # generic for the type checker alone
    """Organisations in 组织序列, set in by their level."""

    def label_from_instance(self, obj: Organisation) -> str:
        return "　" * (obj.depth - 1) + obj.short_name


class ProjectFilter:
    """The filter as it stands in the URL. Unknown values filter nothing rather than fail."""

    def __init__(self, person: Person, asked: QueryDict) -> None:
        self.person, self.asked = person, asked
        self.rounds = list(Round.objects.visible_to(person).newest_first().select_related("scheme"))
        self.form = FilterForm(asked or None)
        # The server says what is too long: the browser would cut a pasted text without a word.
        self.form.fields["q"].widget.attrs.pop("maxlength", None)
        places = Organisation.objects.in_scopes(person.scopes(Ability.VIEW_PROJECT)).in_order()
        self.form.fields["unit"] = TreeField(places, label="党组织", required=False, empty_label="全部")
        self.form.fields["bank"].queryset = Topic.objects.visible_to(person).in_order()  # type: ignore[attr-defined]
        for key in AXES:
            self.form.fields[key].choices = [("", "全部"), *self._items(key)]  # type: ignore[attr-defined]
        self.form.fields["year"].choices = [("", "全部"), *((str(r.year), str(r)) for r in self.rounds)]  # type: ignore[attr-defined]
        self.form.is_valid()
        self.chosen: dict[str, Any] = {k: v for k, v in getattr(self.form, "cleaned_data", {}).items() if v}
        self.columns = project_columns.chosen(asked.getlist("cols"))

    def _items(self, axis: str) -> list[tuple[str, str]]:
        """What may be chosen on an axis: as the scheme of the chosen year has it, else of any year, the newest words first."""
        year = self.asked.get("year", "")
        rounds = [round for round in self.rounds if str(round.year) == year] or self.rounds
        found: dict[str, str] = {}
        for rules in (round.rules for round in rounds):
            for item in next((known.items for known in rules.taxonomies if known.key == axis), ()):
                found.setdefault(item.code, item.label)
        return list(found.items())

    @property
    def axes(self) -> list[forms.BoundField]:
        """The fields whose choices hang on the year."""
        return [self.form[key] for key in AXES]

    def rows(self) -> QuerySet[Project]:
        if "q" in self.form.errors:
            return Project.objects.none()
        found = self._placed()
        chosen = self.chosen
        for axis in AXES:
            if axis in chosen:
                found = found.filter(categories__axis=axis, categories__code=chosen[axis])
        return found.order_by(*_ORDERS[chosen.get("order", "")])

    def _placed(self) -> ProjectQuerySet:
        listed = [column.reads for column in self.columns if column.reads]
        found = Project.objects.visible_to(self.person).with_names().prefetch_related("categories", *listed)
        chosen, year = self.chosen, self.chosen.get("year")
        found = found.narrowed(chosen.get("q", ""), chosen.get("state", ()), int(year) if year else None)
        if "unit" in chosen:
            found = found.of(chosen["unit"])
        found = found.marked(chosen.get("mark", ""))
        if "filing" in chosen:
            found = found.filed_as(chosen["filing"])
        if "bank" in chosen:
            found = found.filter(bank_topic=chosen["bank"])
        return found

    def takes_part(self, project: Project) -> bool:
        """Whether it is found because a branch takes part in it: it lies outside what is looked at, or of what one oversees."""
        unit = self.chosen.get("unit")
        places = [Scope(unit.path, True)] if unit else self.person.scopes(Ability.VIEW_PROJECT)
        return not any(place.covers(project.path) for place in places)

    def known(self, projects: Iterable[Project]) -> list[Project]:
        """The projects with the rounds that were read once for all of them."""
        rounds = {round.pk: round for round in self.rounds}
        found = list(projects)
        for project in found:
            project.round = rounds.get(project.round_id, project.round)
        return found

    # In words

    def chips(self) -> list[dict[str, str]]:
        """Each active filter in words, with the query that takes it away."""
        chips = []
        for key, value in self.chosen.items():
            field: Any = self.form.fields[key]
            named = isinstance(field, forms.ChoiceField) and not isinstance(field, forms.ModelChoiceField)
            for one in value if isinstance(value, list) else [value]:
                label = dict(field.choices).get(one, one) if named else one
                code = str(one.pk if isinstance(one, Model) else one)
                rest = urlencode([pair for pair in self._pairs() if pair != (key, code)])
                chips.append({"label": str(field.label), "text": str(label), "clear_url": f"?{rest}"})
        return chips

    @property
    def query(self) -> str:
        """The shortest query that asks for the same rows and columns again."""
        return urlencode(self._pairs())

    @property
    def clear_url(self) -> str:
        """The list with its columns and without any filter."""
        columns = urlencode([pair for pair in self._pairs() if pair[0] == "cols"])
        return f"{reverse('projects')}?{columns}" if columns else reverse("projects")

    @property
    def hint(self) -> str:
        """What one should know of the words one looked for."""
        if "q" in self.form.errors:
            return f"查找的词最多 {LONGEST_WORDS} 个字，请缩短后再查。"
        words = str(self.chosen.get("q", "")).split()
        if any(len(word) == 1 for word in words):
            return "单独一个字只从名称、编号、支部、单位、责任人的开头找，多输一个字可以找到中间的。"
        return ""

    @property
    def conditions(self) -> str:
        """The filters in one line."""
        return "，".join(f"{chip['label']}“{chip['text']}”" for chip in self.chips()) or "全部"

    def foot(self, who: str, count_text: str) -> str:
        """The line below a table that leaves the system: who took it out, when, how much, of what."""
        return f"{taken_by(self.person.name, who)} · {count_text} · 查询条件：{self.conditions}"

    # Excel

    def count(self) -> int:
        """How many rows remain, counted up to one more than may be exported."""
        return self.rows().order_by()[: MOST_EXPORTED + 1].count()

    def sheet(self) -> tuple[excel.Sheet, int]:
        """Exactly what the list shows, on all its pages, and how many rows that is. Raises Refused with 50,001 or more.

        The rows are read in parts while the sheet is drawn, so that many need no more memory than few.
        """
        keys = list(self.rows().values_list("pk", flat=True)[: MOST_EXPORTED + 1])
        if len(keys) > MOST_EXPORTED:
            raise Refused(f"一次最多导出 {MOST_EXPORTED} 条，请增加查询条件（如年度、党组织）分次导出")
        if not keys:
            raise Refused("没有可以导出的项目")
        # Where anything is marked, the marks that stand beside a name on the page have a column of their own.
        plain = Project.objects.visible_to(self.person)
        marked = any(self._tags(project) for part in _parts(keys) for project in plain.filter(pk__in=part))
        named = [excel.Column("标记", 12)] if marked else []
        columns = [excel.Column("序号", 6), *(excel.Column(each.label, each.width) for each in self.columns), *named]
        rows = (
            [number, *self._values(project), *([self._tags(project)] if marked else ())]
            for number, project in enumerate(self._read(keys), 1)
        )
        foot = self.foot("导出人", f"共 {len(keys)} 条")
        lead = self.rounds[0].rules.head.banner
        return excel.Sheet("项目台账", columns, rows, foot, lead), len(keys)

    def _read(self, keys: Sequence[int]) -> Iterator[Project]:
        """The projects in this order, some at a time."""
        for part in _parts(keys):
            found = {project.pk: project for project in self.known(self.rows().filter(pk__in=part))}
            yield from (found[pk] for pk in part if pk in found)

    def _tags(self, project: Project) -> str:
        return "、".join(display.tags(project, takes_part=self.takes_part(project)))

    def _values(self, project: Project) -> list[excel.Value]:
        row = display.row(project)
        return [column.value(project, row) for column in self.columns]

    def _pairs(self) -> list[tuple[str, str]]:
        asked = [
            (key, text) for key in self.form.fields if key in self.chosen for text in self._asked(key, self.chosen[key])
        ]
        if project_columns.are_usual(self.columns):
            return asked
        return [*asked, *(("cols", column.key) for column in self.columns)]

    def _asked(self, key: str, value: Any) -> list[str]:
        return value if isinstance(value, list) else [str(self.asked[key])]


def workbook(person: Person, query: str) -> tuple[bytes, int]:
    """The list that ``query`` asks for, as the person may see it now, as Excel. For a download."""
    sheet, count = ProjectFilter(person, QueryDict(query)).sheet()
    return excel.draw(sheet), count


def _parts(keys: Sequence[int]) -> Iterator[Sequence[int]]:
    return (keys[start : start + AT_A_TIME] for start in range(0, len(keys), AT_A_TIME))


_ORDERS = {"": ("-changed_at", "-id"), "tree": ("branch__rank", "path", "id"), "number": ("number", "id")}
