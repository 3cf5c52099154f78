"""``python -m tests.browser.site_in_motion``: the test cast, and for each width branches of its own to hand over and to end."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dangjian.settings")
django.setup()

from datetime import datetime  # noqa: E402

from dangjian.foundation import clock  # noqa: E402
from dangjian.people.access import Role  # noqa: E402
from dangjian.people.account import Account  # noqa: E402
from dangjian.people.organisation import Kind, Organisation  # noqa: E402
from dangjian.people.person import Person  # noqa: E402
from dangjian.programmes.scheme import source_plan_text  # noqa: E402
from dangjian.programmes.scheme_version import SchemeVersion  # noqa: E402
from dangjian.projects import restructuring  # noqa: E402
from dangjian.projects.restructuring import Restructuring  # noqa: E402
from tests import cast  # noqa: E402
from tests.browser.test_in_motion import LINES  # noqa: E402


def _branch(held: cast.Cast, name: str, account: str = "") -> tuple[Organisation, Person]:
    """A branch of the first unit with its secretary."""
    branch = Organisation.found(
        parent=held.places.unit,
        by=held.people.system_admin,
        kind=Kind.BRANCH,
        full_name=f"第一工程公司{name}",
        short_name=name,
    )
    secretary = Person.enrol(
        name=f"{name[:4]}书记", organisation=branch, by=held.people.system_admin, post="党支部书记"
    )
    secretary.appoint(Role.BRANCH_SECRETARY, organisation=branch, by=held.people.security_admin)
    if account:
        Account.open(
            account, person=secretary, password=cast.PASSWORD, by=held.people.system_admin, must_change_password=False
        )
    return branch, secretary


def _line(held: cast.Cast, width: str, line: str) -> None:
    home, secretary = _branch(held, f"{line}委托项目部党支部", f"{width}-secretary")
    deputy = Person.enrol(name=f"{line}副书记", organisation=home, by=held.people.system_admin, post="党支部副书记")
    Account.open(
        f"{width}-deputy",
        person=deputy,
        password=cast.PASSWORD,
        by=held.people.system_admin,
        must_change_password=False,
    )
    cast.an_agreed_draft(held, home, secretary, name=f"{line}委托办理的项目")
    _branch(held, f"{line}承接项目部党支部", f"{width}-heir")
    for what in ("合并", "更名", "划转"):
        branch, secretary = _branch(held, f"{line}{what}项目部党支部")
        cast.a_submitted(held, branch, secretary, name=f"{line}{what}中的项目")
    _branch(held, f"{line}撤销项目部党支部")
    cast.a_screened(held, name=f"{line}上会的项目")
    moved, _ = _branch(held, f"{line}大片项目部党支部")
    restructuring.AT_ONCE = 0
    Restructuring.move_to(
        moved, parent=held.places.other_unit, reason="集团党〔2022〕60号", by=held.people.system_admin
    )


if __name__ == "__main__":
    company = cast.assemble()
    with clock.fixed_at(cast.A_WORKING_DAY):
        for width, line in LINES.items():
            _line(company, width, line)
        # What was handed in before follows its own scheme too: the meetings of this site wait for their secretary.
        confirmed = source_plan_text().replace("  confirmation: false", "  confirmation: true")
        SchemeVersion.objects.update(text=confirmed)
    clock.move_demo(datetime.fromisoformat(cast.A_WORKING_DAY).replace(tzinfo=clock.BEIJING))
