"""The filling (填写): everything that one saving of an application brings, checked, compared and stored together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from dangjian.foundation import clock
from dangjian.foundation.lifecycle import Reason, Refused
from dangjian.programmes.topic import Topic
from dangjian.projects import carrier, category, offline, period, team, texts
from dangjian.projects.category import Category
from dangjian.projects.naming import checked_name
from dangjian.projects.partner import Partner
from dangjian.projects.revision import LISTS
from dangjian.projects.row import Row
from dangjian.projects.team import TeamMember
from dangjian.projects.texts import TEXTS

if TYPE_CHECKING:
    from dangjian.people.person import Person
    from dangjian.programmes.scheme import Scheme
    from dangjian.projects.application import Application

HEADING = ("name", "starts", "ends", "bank_topic")
"""What the application says of the project itself."""
Lines = Mapping[str, Sequence[Mapping[str, Any]]]
"""The lines of each list, as typed."""


class Filling:
    """What was typed, stripped and read. What was not given stays as it stands."""

    def __init__(
        self,
        application: Application,
        facts: Mapping[str, Any],
        categories: Mapping[str, Sequence[str]] | None,
        members: Sequence[tuple[Person, str]] | None,
        lists: Lines | None,
    ) -> None:
        self.application, self.project = application, application.project
        self.values: dict[str, Any] = {
            name: facts[name] for name in ("starts", "ends", "filled_on", "bank_topic") if name in facts
        }
        self.values |= {name: texts.written(facts[name]) for name in TEXTS if name in facts}
        if "name" in facts:
            self.values["name"] = " ".join(str(facts["name"] or "").split())
        self.team = None if members is None else [(person, duty.strip()) for person, duty in members]
        self.rows: dict[str, list[Row]] = {}
        self._faults: list[Reason] = []
        for kind in LISTS:
            if kind.key() in (lists or {}):
                rows, wrong = kind.read((lists or {})[kind.key()], self.project)
                self.rows[kind.key()] = list(rows)
                self._faults += wrong
        self.categories = {axis: list(dict.fromkeys(codes)) for axis, codes in (categories or {}).items()}
        if carrier.Carrier.key() in self.rows:
            listed: list[Any] = self.rows[carrier.Carrier.key()]
            known = carrier.kinds(self.project.rules)
            self.categories[carrier.AXIS] = list(dict.fromkeys(row.kind for row in listed if row.kind in known))

    @property
    def heading(self) -> dict[str, Any]:
        return {name: self.values[name] for name in HEADING if name in self.values}

    @property
    def of_application(self) -> dict[str, Any]:
        """What the application's own row keeps."""
        return {name: value for name, value in self.values.items() if name not in HEADING}

    def check(self) -> None:
        """Raises Refused with every field at fault."""
        rules, project = self.project.rules, self.project
        reasons = [
            *_wrong_heading({"starts": project.starts, "ends": project.ends} | self.values, rules),
            *texts.above_limits(self.values, rules),
            *category.not_listed(self.categories, rules),
            *team.unfit(self.team or ()),
            *self._strangers(),
            *self._not_here(),
            *self._out_of_reach(),
            *self._ahead_of_time(),
            *self._faults,
        ]
        if reasons:
            raise Refused(*reasons)

    def _ahead_of_time(self) -> Iterator[Reason]:
        filled_on = self.values.get("filled_on")
        if filled_on is not None and filled_on > clock.today():
            yield Reason("填表时间不能晚于今天", "filled_on")

    def _strangers(self) -> Iterator[Reason]:
        """Members whose branch neither leads nor takes part, as the lists will stand after this saving."""
        if self.team is None:
            return
        rows: Any = self.rows.get(Partner.key(), self.project.partners.all())
        branches = {self.project.branch_id, *(row.branch_id for row in rows)}
        for person, _ in self.team:
            if person.organisation_id not in branches:
                yield Reason(f"{person.name}不是立项支部或参与支部的人员", "team")

    def _not_here(self) -> Iterator[Reason]:
        """Of an offline project nothing is written here but its name, months and categories."""
        if not self.project.is_offline:
            return
        given = [name for name in (*TEXTS, "bank_topic") if self.values.get(name)]
        given += [key for key, rows in self.rows.items() if rows] + (["team"] if self.team else [])
        yield from (Reason(offline.NOT_HERE, name) for name in given)

    def _out_of_reach(self) -> Iterator[Reason]:
        """A topic must be on offer to the branch; one that was taken up while it was stays."""
        topic = self.values.get("bank_topic")
        if topic is None or topic.pk == self.project.bank_topic_id:
            return
        if not Topic.offered_to([self.project.branch]).filter(pk=topic.pk).exists():
            yield Reason("这个选题已关闭或不面向本支部，请另选", "bank_topic")

    @property
    def differs(self) -> bool:
        """Whether any of it is new."""
        project, held = self.project, self.project.codes_by_axis()
        if any(codes != held.get(axis, []) for axis, codes in self.categories.items()):
            return True
        if self.team is not None:
            members = {member.person_id: member.duty for member in project.team.all()}
            if members != {person.pk: duty for person, duty in self.team}:
                return True
        if any(_facts(rows) != _facts(getattr(project, key).all()) for key, rows in self.rows.items()):
            return True
        return any(
            getattr(project if name in HEADING else self.application, name) != value
            for name, value in self.values.items()
        )

    def store_lists(self, *, by: Any) -> None:
        """Put categories, team and rows in the place of those that stood there."""
        project = self.project
        for axis, codes in self.categories.items():
            project.categories.filter(axis=axis).delete()
            Category.objects.bulk_create(Category(project=project, axis=axis, code=code) for code in codes)
        if self.team is not None:
            project.team.all().delete()
            TeamMember.objects.bulk_create(
                TeamMember(project=project, person=person, duty=duty) for person, duty in self.team
            )
        for key, rows in self.rows.items():
            held = getattr(project, key)
            earlier = list(held.all())
            held.all().delete()
            for row in rows:
                row.project = project
                row.stand_after(earlier, by=by)
            held.bulk_create(rows)


def _facts(rows: Sequence[Row]) -> list[dict[str, Any]]:
    return [row.facts() for row in rows]


def _wrong_heading(changed: Mapping[str, Any], rules: Scheme) -> Iterator[Reason]:
    """What is wrong with the name or the period."""
    if "name" in changed:
        try:
            checked_name(changed["name"], rules)
        except Refused as refused:
            yield from refused.reasons
    # A draft may lack either date, but what is typed must be a date.
    typed = {field for field in ("starts", "ends") if changed.get(field)}
    for fault in period.faults(changed.get("starts", ""), changed.get("ends", "")):
        if fault.field in typed:
            yield fault
