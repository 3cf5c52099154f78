"""``python -m tests.browser.site_of_letters``: the test cast under a scheme that lets letters be confirmed electronically.

With ``later``: everybody who is signed in proved himself an hour ago.
"""

import os
import sys

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dangjian.settings")
django.setup()

from datetime import datetime, timedelta  # noqa: E402

from dangjian.agreements.issuer import Issuer  # noqa: E402
from dangjian.foundation import clock  # noqa: E402
from dangjian.people.access import Role  # noqa: E402
from dangjian.people.person import Person  # noqa: E402
from dangjian.people.session import Session, SessionStore  # noqa: E402
from dangjian.programmes.scheme import source_plan_text  # noqa: E402
from tests import cast  # noqa: E402
from tests.browser.test_letter import CONFIRMED, ON_PAPER, OTHERS  # noqa: E402


def later() -> None:
    for kept in Session.objects.all():
        session = SessionStore(kept.session_key)
        session["confirmed"] = (clock.wall() - timedelta(hours=1)).isoformat()
        session.save()


def make() -> None:
    held = cast.assemble(source_plan_text().replace("electronic: false", "electronic: true"))
    people, places = held.people, held.places
    Issuer.found()
    with clock.fixed_at(cast.A_WORKING_DAY):
        other = Person.enrol(name="钱进", organisation=places.other_unit, by=people.system_admin, post="党委书记")
        other.appoint(Role.UNIT_COMMITTEE_SECRETARY, organisation=places.other_unit, by=people.security_admin)
        cast.a_screened(held, name=CONFIRMED)
        for name in OTHERS:
            cast.a_letter(held, name=name)
        paper = cast.a_submitted(held, places.foreign_branch, people.foreign_secretary, name=ON_PAPER)
        paper.decide("pass", answer=True, by=people.foreign_officer, opinion="选题准确。")
    clock.move_demo(datetime.fromisoformat(cast.A_WORKING_DAY).replace(tzinfo=clock.BEIJING))


if __name__ == "__main__":
    later() if "later" in sys.argv else make()
