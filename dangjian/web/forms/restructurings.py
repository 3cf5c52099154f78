"""Forms of changes to the organisation itself, and of what becomes of a leaving branch's projects."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms

from dangjian.people.access import Ability
from dangjian.people.organisation import BRANCH_KINDS, Organisation
from dangjian.people.person import Person
from dangjian.projects.project import Project
from dangjian.projects.restructuring import Restructuring
from dangjian.web.forms import Line
from dangjian.web.forms.people import PlaceField


class ChangeForm(forms.Form):
    """Which organisation, on what ground."""

    organisation = PlaceField(Organisation.objects.none(), label="党组织", empty_label="请选择")
    reason = Line(label="依据", max_length=200, help_text="批准文件的名称、文号或会议")

    def __init__(self, person: Person, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        places = person.organisations_with(Ability.MANAGE_ACCOUNTS)
        for name, field in self.fields.items():
            if isinstance(field, PlaceField):
                field.queryset = self.offered(name, places)
        self.order_fields([name for name in self.fields if name != "reason"] + ["reason"])

    def offered(self, name: str, places: Any) -> Any:
        return places if name == "parent" else places.exclude(parent=None)


class RenameForm(ChangeForm):
    full_name = Line(label="新的党组织全称", max_length=80)
    short_name = Line(label="新的简称", max_length=40)
    administrative_name = Line(label="新的行政名称", max_length=80, required=False, help_text="不填的不变，下同")
    signature_name = Line(label="新的落款名称", max_length=80, required=False)

    def offered(self, name: str, places: Any) -> Any:
        return places


class MergeForm(ChangeForm):
    successor = PlaceField(
        Organisation.objects.none(), label="并入", empty_label="请选择", help_text="人员转入，未了结的项目优先由它承接"
    )

    def offered(self, name: str, places: Any) -> Any:
        return places.filter(kind__in=BRANCH_KINDS)


class DissolveForm(ChangeForm):
    pass


class MoveForm(ChangeForm):
    parent = PlaceField(
        Organisation.objects.none(), label="新的上级", empty_label="请选择", help_text="连同全部下级和项目一起划转"
    )

    def offered(self, name: str, places: Any) -> Any:
        return places.exclude(kind__in=BRANCH_KINDS) if name == "parent" else places.exclude(parent=None)


END = "end"


class SettleForm(forms.Form):
    """One choice for each project: a branch that goes on with it, or its end."""

    reason = Line(label="终结的理由", max_length=200, required=False, help_text="有项目终结时必填")

    def __init__(self, change: Restructuring, projects: Iterable[Project], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.projects = list(projects)
        self.heirs = {str(heir.pk): heir for heir in change.heirs()}
        choices = [
            ("", "暂不办理"),
            *((pk, f"移交{heir.short_name}") for pk, heir in self.heirs.items()),
            (END, "终结"),
        ]
        first = str(change.successor_id) if str(change.successor_id) in self.heirs else ""
        chosen = {
            f"project-{project.pk}": forms.ChoiceField(
                label=f"{project.name}（{project.waiting_label}）", choices=choices, required=False, initial=first
            )
            for project in self.projects
        }
        self.fields = {**chosen, "reason": self.fields["reason"]}

    def choices(self) -> dict[Project, Organisation | None]:
        """What was decided, without the projects left for later."""
        said = {project: self.cleaned_data[f"project-{project.pk}"] for project in self.projects}
        return {project: self.heirs.get(choice) for project, choice in said.items() if choice}
