"""The company of the data set: 500 organisations in four levels and 200 people with their offices."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from random import Random

from django.contrib.auth.hashers import make_password

from bench import wording
from dangjian.foundation import clock
from dangjian.people.access import Role
from dangjian.people.account import Account
from dangjian.people.organisation import Kind, Organisation
from dangjian.people.person import Appointment, Person
from dangjian.people.scope import path_text

ORGANISATIONS, PEOPLE = 500, 200
PASSWORD = "jiben-ceshi-2022"
SIGNED_IN = {"公司经办人": "gongsi", "单位经办人": "danwei", "支部书记": "shuji"}  # the roles that are measured


@dataclass
class Company:
    """The tree and who works in it, by the organisation's number."""

    top: Organisation
    units: list[Organisation] = field(default_factory=list)
    branches: list[Organisation] = field(default_factory=list)
    unit_of: dict[int, Organisation] = field(default_factory=dict)
    secretary_of: dict[int, Person] = field(default_factory=dict)
    officer_of: dict[int, Person] = field(default_factory=dict)


def build(random: Random) -> Company:
    """Found the company in an empty database."""
    company = Company(_organisation(None, 1, "华川建设集团", Kind.COMMITTEE))
    company.top.save()
    _found_units(company)
    _found_branches(company, random)
    _appoint(company, random)
    return company


def _organisation(parent: Organisation | None, ordinal: int, name: str, kind: Kind) -> Organisation:
    step = path_text(ordinal)
    ending = {Kind.COMMITTEE: "党委", Kind.GENERAL_BRANCH: "党总支"}.get(kind, "项目部党支部")
    return Organisation(
        parent=parent, path=(parent.path if parent else "") + step, rank=(parent.rank if parent else "") + step + step,
        ordinal=ordinal, kind=kind, full_name=f"中共{name}{ending}", short_name=name + ending,
        may_establish=kind == Kind.COMMITTEE,
    )  # fmt: skip


def _found_units(company: Company) -> None:
    company.units = Organisation.objects.bulk_create(
        _organisation(company.top, ordinal, name, Kind.COMMITTEE)
        for ordinal, name in enumerate(wording.unit_names(), start=1)
    )


def _found_branches(company: Company, random: Random) -> None:
    """Half of a unit's branches stand below its general branches, half directly below the unit."""
    general: list[Organisation] = []
    for unit in company.units:
        for ordinal, name in enumerate(wording.general_branch_names()[: 2 + unit.ordinal % 3], start=1):
            general.append(_organisation(unit, ordinal, name, Kind.GENERAL_BRANCH))
    Organisation.objects.bulk_create(general)
    parents = [parent for pair in zip(general, company.units * 4, strict=False) for parent in pair]
    sites = wording.site_names(random)[: ORGANISATIONS - 1 - len(company.units) - len(general)]
    children: dict[int, int] = {}
    for index, site in enumerate(sites):
        parent = parents[index % len(parents)]
        children[parent.pk] = children.get(parent.pk, 10) + 1
        company.branches.append(_organisation(parent, children[parent.pk], site, Kind.BRANCH))
    Organisation.objects.bulk_create(company.branches)
    unit_at = {unit.path: unit for unit in company.units}
    company.unit_of = {branch.pk: unit_at[branch.path[:8]] for branch in company.branches}
    company.branches.sort(key=lambda branch: branch.path)


def _appoint(company: Company, random: Random) -> None:
    """Offices of the company and its units first; neighbouring branches share a secretary, as far as people last."""
    posts: list[tuple[Role, list[Organisation]]] = [
        (Role.COMPANY_ORG_OFFICER, [company.top]),
        (Role.COMPANY_LEADER, [company.top]),
    ]
    for unit in company.units:
        posts += [(Role.UNIT_ORG_OFFICER, [unit]), (Role.UNIT_COMMITTEE_SECRETARY, [unit])]
    left, many = PEOPLE - len(posts), len(company.branches)
    posts += [
        (Role.BRANCH_SECRETARY, company.branches[index * many // left : (index + 1) * many // left])
        for index in range(left)
    ]
    people = Person.objects.bulk_create(
        Person(name=wording.person_name(random), organisation=places[0]) for _, places in posts
    )
    Appointment.objects.bulk_create(
        Appointment(
            person=person, role=role, organisation=place, with_subtree=role != Role.BRANCH_SECRETARY,
            starts_on=date(2015, 1, 1),
        )
        for person, (role, places) in zip(people, posts, strict=True)
        for place in places
    )  # fmt: skip
    for person, (role, places) in zip(people, posts, strict=True):
        if role == Role.BRANCH_SECRETARY:
            company.secretary_of |= {place.pk: person for place in places}
        elif role in (Role.UNIT_ORG_OFFICER, Role.COMPANY_ORG_OFFICER):
            company.officer_of[places[0].pk] = person
    _open_accounts(company)


def _open_accounts(company: Company) -> None:
    password = make_password(PASSWORD)  # once: making it is slow on purpose
    people = [
        company.officer_of[company.top.pk],
        company.officer_of[company.units[0].pk],
        company.secretary_of[company.branches[0].pk],
    ]
    Account.objects.bulk_create(
        Account(username=name, person=person, password=password, created_at=clock.now())
        for name, person in zip(SIGNED_IN.values(), people, strict=True)
    )
