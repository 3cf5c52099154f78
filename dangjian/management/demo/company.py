"""The company of the demo: its organisations, its people with their offices, and the accounts to try."""

from __future__ import annotations

import unicodedata
from typing import Any

from dangjian.foundation import clock
from dangjian.management.demo.tale import Told, told
from dangjian.people.access import Ability, Role
from dangjian.people.account import Account, first_administrator
from dangjian.people.organisation import Kind, Organisation
from dangjian.people.person import Person

PASSWORD = "yanshi-2022-08"
SETTLED_AT = "2021-06-01 09:00"
NAMES = ("full_name", "short_name", "administrative_name", "signature_name")
FLAGS = ("may_establish", "is_overseas", "is_dispersed", "under_seven", "time_zone", "department_label")


class Company:
    """Organisations by the keys and people by the names that the story uses."""

    def __init__(self) -> None:
        self.places: dict[str, Organisation] = {}
        self.people: dict[str, Person] = {}

    @classmethod
    def settle(cls) -> Company:
        """Set up every organisation, person and account, as of the day the company began to use the system."""
        company = cls()
        with clock.fixed_at(SETTLED_AT):
            company._found(told("company"), parent=None, ordinal=1, by=company._open_first_accounts(told("company")))
            company._admit(told("company"))
        return company

    def hand(self, ability: Ability, place: Organisation) -> Person:
        """Who does such things there: the one lowest in the order, for a clerk writes where there is a clerk."""
        return Person.objects.holding(ability, place).in_order().reverse()[0]

    def _found(self, one: Told, *, parent: Organisation | None, ordinal: int, by: Person) -> None:
        facts: dict[str, Any] = dict(zip(NAMES, one["names"], strict=True)) | {
            flag: one[flag] for flag in FLAGS if flag in one
        }
        facts |= {"kind": Kind(one["kind"]), "ordinal": one.get("ordinal", ordinal)}
        if parent is None:
            place = by.organisation
            place.amend(by=by, **facts)
        else:
            place = Organisation.found(parent=parent, by=by, **facts)
        self.places[one["key"]] = place
        for number, below in enumerate(one.get("below", []), start=1):
            self._found(below, parent=place, ordinal=number, by=by)

    def _open_first_accounts(self, top: Told) -> Person:
        """The system administrator and the security administrator, who admit everybody else."""
        people = enumerate(top["people"], start=1)
        told_of = {role: (ordinal, one) for ordinal, one in people for role in one["roles"]}
        first, (ordinal, second) = told_of[Role.SYSTEM_ADMIN][1], told_of[Role.SECURITY_ADMIN]
        account = first_administrator(
            first["account"], name=first["name"], company=top["names"][0], password=PASSWORD, security=second["name"]
        )
        admin = self.people[first["name"]] = account.person
        keeper = self.people[second["name"]] = Person.objects.get(name=second["name"])
        keeper.amend(by=admin, post=second["post"], ordinal=ordinal)
        Account.open(second["account"], person=keeper, password=PASSWORD, by=admin, must_change_password=False)
        return admin

    def _admit(self, one: Told) -> None:
        for ordinal, person in enumerate(one.get("people", []), start=1):
            if person["name"] not in self.people:
                self._enrol(person, one["key"], ordinal)
        for below in one.get("below", []):
            self._admit(below)

    def _enrol(self, one: Told, key: str, ordinal: int) -> None:
        place, admin = self.places[key], self._admin
        facts: dict[str, Any] = {"political_status": one["status"]} if "status" in one else {}
        person = Person.enrol(
            name=one["name"], organisation=place, by=admin, post=one["post"], ordinal=ordinal, **facts
        )
        for role in (*one["roles"], *one.get("here", ())):
            below = False if role in one.get("here", ()) else None
            office = person.appoint(
                Role(role), organisation=place, by=self._giver, with_subtree=below, starts_on=one.get("since")
            )
            if "until" in one:
                office.end(on=one["until"], by=self._giver)
        if "account" in one:
            Account.open(one["account"], person=person, password=PASSWORD, by=admin, must_change_password=False)
        self.people[person.name] = person

    @property
    def _giver(self) -> Person:
        """The security administrator."""
        return next(person for person in self.people.values() if person.scopes(Ability.MANAGE_OFFICES))

    @property
    def _admin(self) -> Person:
        return next(iter(self.people.values()))


def accounts_table() -> str:
    """The accounts to try, as a table for a terminal."""
    rows = [("账号", "姓名", "身份", "可以看什么、做什么")]
    for one in told("accounts"):
        person = Account.objects.select_related("person__organisation").get(username=one["account"]).person
        what = person.post or "、".join(Role(office.role).label for office in person.offices())
        rows.append((one["account"], person.name, f"{person.organisation.short_name} {what}", one["sees"]))
    widths = [max(_columns(row[place]) for row in rows) for place in range(3)]
    head, *lines = ["  ".join([*map(_padded, row, widths), row[3]]) for row in rows]
    rule = "-" * max(map(_columns, lines))
    return "\n".join([head, rule, *lines, "", f"演示密码（各账号相同）：{PASSWORD}"])


def _columns(text: str) -> int:
    """How many columns of a terminal the text takes: a 汉字 takes two."""
    return sum(2 if unicodedata.east_asian_width(ch) in "WF" else 1 for ch in text)


def _padded(text: str, width: int) -> str:
    return text + " " * (width - _columns(text))
