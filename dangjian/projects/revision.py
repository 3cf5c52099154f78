"""The revision (申报稿): the facts of an application as one plain document, frozen at each submission."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

from dangjian.foundation.hand import Acted
from dangjian.people.person import Person
from dangjian.projects.carrier import Carrier
from dangjian.projects.consultation import Consultation
from dangjian.projects.investigation import Investigation
from dangjian.projects.partner import Partner
from dangjian.projects.row import Row
from dangjian.projects.target import Target
from dangjian.projects.texts import TEXTS

if TYPE_CHECKING:
    from dangjian.projects.project import Project

LISTS: tuple[type[Row], ...] = (Partner, Target, Carrier, Consultation, Investigation)
"""The lists that an application holds beside its texts."""


class Revision(Acted):
    """The facts as they stood at one submission. Papers of a submitted project and comparisons read these."""

    project = models.ForeignKey("dangjian.Project", models.CASCADE, related_name="revisions", verbose_name="项目")
    number = models.PositiveSmallIntegerField("次数")
    facts = models.JSONField("内容", encoder=DjangoJSONEncoder)
    by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="提交人")
    at = models.DateTimeField("提交时间")

    class Meta:
        verbose_name = "申报稿"
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["project", "number"], name="revision_once")]

    def __str__(self) -> str:
        return f"第{self.number}次提交"


def facts_of(project: Project) -> dict[str, Any]:
    """Every fact of the application as one plain document, to freeze at submission."""
    application = project.application
    return {
        "name": project.name,
        "starts": project.starts,
        "ends": project.ends,
        "branch": project.branch.full_name,
        "is_offline": project.is_offline,
        "owner": project.owner.name if project.owner else "",
        "bank_topic": project.bank_topic.title if project.bank_topic else "",
        "filled_on": application.filled_on,
        "filled_by": application.filler,
        "categories": project.codes_by_axis(),
        "team": [{"name": m.person.name, "duty": m.duty} for m in project.team.select_related("person")],
        **{name: getattr(application, name) for name in TEXTS},
        **{kind.key(): [row.facts() for row in getattr(project, kind.key()).all()] for kind in LISTS},
        "files": [
            {"slot": file.slot, "name": file.name, "sha256": file.evidence.sha256} for file in application.files()
        ],
    }


def comparable(facts: Mapping[str, Any]) -> dict[str, Any]:
    """The facts that the branch writes itself, without what is absent or empty, as a revision keeps them."""
    own = (
        "name",
        "starts",
        "ends",
        "bank_topic",
        "categories",
        "team",
        "files",
        *TEXTS,
        *(kind.key() for kind in LISTS),
    )
    kept: dict[str, Any] = json.loads(
        json.dumps({name: facts[name] for name in own if facts.get(name)}, cls=DjangoJSONEncoder)
    )
    return kept
