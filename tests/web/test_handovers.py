"""Pages of a handover, and the moment at which an office that is registered passes projects on."""

from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse

from dangjian.foundation import clock
from dangjian.people.access import Role
from dangjian.projects.handover import Handover
from tests.cast import Cast, a_draft, a_submitted

Browse = Callable[..., Any]

pytestmark = pytest.mark.clause("S-70")


def register(cast: Cast, browse: Browse) -> Any:
    """The security administrator registers a second secretary of the branch from today."""
    form = {
        "role": Role.BRANCH_SECRETARY,
        "organisation": cast.places.branch.pk,
        "starts_on": clock.today().isoformat(),
    }
    admin = browse(cast.people.security_admin)
    return admin.post(reverse("person-offices", args=[cast.people.member.pk]), form, follow=True)


def test_registering_a_secretary_passes_the_projects_on_at_once_and_says_so(cast: Cast, browse: Browse) -> None:
    project = a_draft(cast)
    page = register(cast, browse).content.decode()
    assert "1个在办项目已转交：张建国 → 王强，交接单已发给双方" in page
    assert project.reload().owner == cast.people.member


def test_an_office_in_the_future_passes_nothing_on_yet(cast: Cast, browse: Browse) -> None:
    project = a_draft(cast)
    form = {"role": Role.BRANCH_SECRETARY, "organisation": cast.places.branch.pk, "starts_on": "2022-09-01"}
    browse(cast.people.security_admin).post(reverse("person-offices", args=[cast.people.member.pk]), form)
    assert project.reload().owner == cast.people.secretary


@pytest.mark.parametrize("who", ["secretary", "member", "clerk", "officer", "company_officer", "leader"])
def test_who_sees_the_branch_opens_list_page_and_sheet(cast: Cast, browse: Browse, who: str) -> None:
    a_submitted(cast)
    register(cast, browse)
    made = Handover.objects.get()
    browser = browse(getattr(cast.people, who))
    assert [row["hands"] for row in browser.get("/handovers/").context["page"].rows] == ["张建国 → 王强"]
    page = browser.get(reverse("handover", args=[made.pk]))
    assert [row["standing"] for row in page.context["projects"]] == ["待筛选"]
    for kind, magic in (("docx", b"PK"), ("pdf", b"%PDF")):
        answer = browser.get(reverse("handover-paper", args=[made.pk, kind]))
        assert b"".join(answer.streaming_content).startswith(magic)


@pytest.mark.parametrize("who", ["small_secretary", "foreign_officer", "staff", "security_admin", "audit_admin"])
def test_for_others_it_does_not_exist(cast: Cast, browse: Browse, who: str) -> None:
    a_submitted(cast)
    register(cast, browse)
    pk = Handover.objects.get().pk
    browser = browse(getattr(cast.people, who))
    answer = browser.get("/handovers/")
    if who in ("small_secretary", "foreign_officer"):
        assert answer.context["page"].rows == [], "who may see projects is told that none passed on"
    else:
        assert answer.status_code == 404, "nobody reads an empty list of what is not theirs"
    for path in (reverse("handover", args=[pk]), reverse("handover-paper", args=[pk, "pdf"])):
        assert browser.get(path).status_code == 404


def test_who_has_left_every_office_finds_the_sheet_in_the_menu(cast: Cast, browse: Browse) -> None:
    a_submitted(cast)
    register(cast, browse)
    cast.people.secretary.appointments.get().end(on=clock.today(), by=cast.people.security_admin)
    with clock.fixed_at("2022-08-26 09:00"):
        answer = browse(cast.people.secretary).get("/handovers/")
        assert [row["hands"] for row in answer.context["page"].rows] == ["张建国 → 王强"]
        menu = answer.context["shell"]["menu"]
    assert "项目交接" in [item.label for group in menu for item in group.items]
    assert "会议记录" not in [item.label for group in menu for item in group.items]


def test_the_page_of_the_project_tells_of_it_at_its_place_in_time(cast: Cast, browse: Browse) -> None:
    project = a_submitted(cast)
    with clock.fixed_at("2022-08-25 09:00"):
        register(cast, browse)
    with clock.fixed_at("2022-08-25 10:00"):
        project.reload().decide("pass", answer=True, by=cast.people.officer)
        page = browse(cast.people.officer).get(reverse("project", args=[project.pk]))
    told = [item["title"] for item in page.context["timeline"]]
    assert told[:3] == ["通过筛选", "主要责任人交接", "提交申报"]


def test_the_notice_leads_to_the_sheet(cast: Cast, browse: Browse) -> None:
    a_draft(cast)
    register(cast, browse)
    page = browse(cast.people.member).get("/notices/").content.decode()
    assert reverse("handover", args=[Handover.objects.get().pk]) in page
