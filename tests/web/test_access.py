"""Every URL for every role at own, sibling and foreign organisation. A URL that is not in the table fails.

The expectations stand here by themselves, in plain sets: they do not ask the code under test.
"""

from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlencode

import pytest
from django.db import transaction
from django.urls import get_resolver, reverse

from dangjian.foundation import clock, evidence
from dangjian.people.organisation import Organisation
from dangjian.people.person import Person
from dangjian.projects.meeting import Meeting, Verdict
from dangjian.projects.project import Project
from dangjian.web.menu import WORK_PAGES
from tests.cast import (
    A_WORKING_DAY,
    Cast,
    a_draft,
    a_meeting,
    a_screened,
    a_submitted,
    attendance,
    find,
)

pytestmark = pytest.mark.once

OWN, SIBLING, FOREIGN = "own", "sibling", "foreign"
EVERYWHERE = {OWN, SIBLING, FOREIGN}

# How far each of the cast sees; the branch is 第一项目部党支部, its sibling the office branch of the same unit.
REACH: dict[str, set[str]] = {
    "secretary": {OWN},
    "clerk": {OWN},
    "member": {OWN},
    "officer": {OWN, SIBLING},
    "unit_secretary": {OWN, SIBLING},
    "company_officer": EVERYWHERE,
    "leader": EVERYWHERE,
    "staff": set(),
    "system_admin": set(),
    "security_admin": set(),
    "audit_admin": set(),
}
WRITERS = {"secretary", "clerk"}
EVERYBODY = set(REACH)
OFFICE_HOLDERS = EVERYBODY - {"staff", "system_admin", "security_admin", "audit_admin"}
READERS_OF_BRIEFINGS = {"officer", "unit_secretary", "company_officer", "leader"}

# Pages without an object: who may open them. A page that is not for somebody does not exist for them.
PLAIN: dict[str, set[str]] = {
    "workbench": EVERYBODY,
    "lookup": EVERYBODY,
    "todos": EVERYBODY,
    "notices": EVERYBODY,
    "downloads": EVERYBODY,
    "projects": EVERYBODY,
    "plans": OFFICE_HOLDERS,
    "application-new": WRITERS,
    "saved-views": EVERYBODY,
    "requested-tables": OFFICE_HOLDERS,
    "not-handed-in": {"officer", "company_officer"},
    "intake": {"officer", "company_officer"},
    "screenings": {"officer", "company_officer"},
    "unsigned": {"officer", "company_officer"},
    "meetings": OFFICE_HOLDERS,
    "handovers": OFFICE_HOLDERS,
    "meeting-new": {"officer", "company_officer"},
    "comparison": {"officer", "company_officer"},
    "filings": {"officer", "unit_secretary", "company_officer", "leader"},
    "filing-company": {"company_officer", "leader"},
    "unfiled": {"company_officer"},
    "scan-new": WRITERS | {"officer", "company_officer"},
    "letters": OFFICE_HOLDERS,
    "letter-custody-list": OFFICE_HOLDERS,
    "letter-custody-registration": {"officer", "company_officer"},
    "letter-new": {"officer", "company_officer"},
    "ceremony": {"officer", "company_officer"},
    "letter-confirmations": {"secretary", "unit_secretary"},
    "letter-takeovers": {"secretary", "unit_secretary"},
    "letter-verification": OFFICE_HOLDERS,
    "scheme": EVERYBODY,
    "scheme-new": {"company_officer"},
    "scheme-file": EVERYBODY,
    "scheme-changes": EVERYBODY,
    "blank-paper": EVERYBODY,
    "paper-templates": {"company_officer"},
    "scheme-notices": EVERYBODY,
    "scheme-notice-new": {"company_officer"},
    "briefings": READERS_OF_BRIEFINGS,
    "briefing-new": {"officer", "company_officer"},
    "instructions": READERS_OF_BRIEFINGS | WRITERS,
    "brands": OFFICE_HOLDERS,
    "brand-new": {"officer", "company_officer"},
    "topics": OFFICE_HOLDERS,
    "topic-new": {"officer", "company_officer"},
    "round": EVERYBODY,
    "reopen": {"officer", "company_officer"},
    "window-extension": {"company_officer"},
    "internal-date": {"officer", "company_officer"},
    "participation": OFFICE_HOLDERS,
    "access": EVERYBODY,
    "accounts": {"system_admin"},
    "offices": {"security_admin"},
    "roster": {"system_admin", "security_admin"},
    "roster-template": {"system_admin", "security_admin"},
    "audit": {"audit_admin"},
    "password": EVERYBODY,
    "identity": EVERYBODY,
    "own-account": EVERYBODY,
    "delegations": EVERYBODY,
    "restructurings": {"system_admin", "officer", "company_officer"},
    "delegation-new": OFFICE_HOLDERS,
    "second-factor": EVERYBODY,
    "tokens": EVERYBODY,
}
# Pages of one project: the state they are tried in, and who may open them within reach.
PROJECT: dict[str, tuple[str, set[str]]] = {
    "project": ("submitted", EVERYBODY),
    "paper": ("submitted", EVERYBODY),
    "project-binder": ("submitted", EVERYBODY),
    "application-edit": ("draft", WRITERS),
    "branch-opinion": ("draft", WRITERS),
    "management": ("draft", WRITERS),
    "confirmation": ("draft", {"secretary"}),
    "submission": ("draft", WRITERS),
    "recall": ("submitted", {"secretary"}),
    "past-withdrawal": ("established", {"officer", "company_officer"}),
    "withdrawal": ("draft", {"secretary"}),
    "screening": ("submitted", {"officer"}),
    "handler": ("submitted", {"officer"}),
    "recusal": ("submitted", {"officer"}),
    "highlight": ("established", {"officer"}),
    "receipt": ("established", {"secretary", "clerk"}),
    "reminder": ("submitted", {"secretary"}),
}
# The files of a project: for whoever sees it.
FILES = {"project-file"}
# Posted by who fills the form in: tried in test_uploads.py.
UPLOADS = {"uploads", "upload", "held-uploads", "held-upload"}
# Pages of a unit's meeting: tried with the own unit's and the other unit's.
MEETING = {"meeting", "meeting-paper", "meeting-notice"}
UNIT_REACH = {"officer": {OWN}, "unit_secretary": {OWN}, "company_officer": {OWN, FOREIGN}, "leader": {OWN, FOREIGN}}
# Pages of a scheme notice: tried in test_scheme_notices.py, as it goes from the company to a branch.
NOTICE = {
    "scheme-notice",
    "scheme-notice-receipt",
    "scheme-notice-forward",
    "scheme-notice-reminder",
    "scheme-notice-revocation",
    "scheme-notice-unsigned",
    "scheme-notice-file",
}
# Pages of a handover: tried in test_handovers.py.
HANDOVER = {"handover", "handover-paper"}
# Pages of scans: tried in test_scans.py.
SCAN = {"scan-batch", "scan-page", "scan-paper", "scan-file"}
# Pages of a letter: tried in test_letters.py.
LETTER = {"letter", "letter-paper", "letter-custody", "letter-file", "letter-signing", "letter-deferral"}
# Pages of a 汇总表 and of its versions: tried in test_filings.py.
FILED = {
    "filing",
    "filing-paper",
    "filing-receipt",
    "filing-differences",
    "filing-recall",
    "filing-phone",
    "filing-new",
    "filing-company-paper",
    "unit-filing",
    "unit-filing-paper",
    "unit-binder",
}
LETTER |= {"letter-takeover", "letter-voiding", "letter-void-answer", "ceremony-paper", "letter-confirmed"}
# The comparison as a file: tried in test_comparison.py.
COMPARED = {"comparison-paper"}
# What waits for the secretary: tried in test_meeting_records.py.
MEETING_RECORD = {"meeting-record"}
# Pages of a brand: tried in test_brands.py.
BRAND = {"brand", "brand-words", "brand-standing", "brand-export"}
# Pages of a topic: tried in test_topics.py.
TOPIC = {"topic", "topic-words", "topic-offer"}
# Pages of a 呈阅件 and of a 批示: tried in test_briefings.py.
BRIEFING = {"briefing", "briefing-paper", "briefing-reading", "briefing-recall", "instruction-new"}
INSTRUCTION = {
    "instruction",
    "instruction-result",
    "instruction-handover",
    "instruction-correction",
    "instruction-file",
}
# Pages of a plan and of a change to it: tried in test_plans.py.
PLAN = {"plan-edit", "plan-submission", "plan-decision", "plan-recall", "plan-offline", "plan-paper"}
PLAN |= {"plan-handler", "plan-recusal", "plan-reminder", "plan-confirmation"}
PLAN |= {"plan-change-new", "plan-change", "plan-change-edit", "plan-change-handler", "plan-change-recusal"}
# Pages of one person: for one administrator each, and nobody else.
PERSON = {"account": "system_admin", "person-offices": "security_admin", "office-end": "security_admin"}
POST_ONLY = {
    "audit-verify",
    "unsigned-reminder",
    "unfiled-reminder",
    "intake-withdrawal",
    "project-export",
    "notices-read",
    "sign-out",
    "demo-date",
    "other-sessions-end",
}
OPEN = {"sign-in", "second-step", "trial"}
# For its owner alone, or for whom it concerns: tried in test_lists.py, test_downloads.py, test_own_account.py, test_delegations.py and
# test_restructurings.py.
KEPT = {
    "saved-view-deletion",
    "requested-table",
    "requested-table-deletion",
    "session-end",
    "token-end",
    "delegation-end",
    "download-file",
}
# For whoever may replace templates: tried in tests/web/test_paper_templates.py.
KEPT |= {"paper-form", "paper-form-ours", "paper-form-restoration"}
KEPT |= {"paper-template", "paper-template-file", "paper-template-preview", "paper-template-adoption"}
KEPT |= {"restructuring-new", "restructuring", "restructuring-cancel", "restructuring-retry"}


def _names() -> Iterator[str]:
    for pattern in get_resolver("dangjian.web.urls").url_patterns:
        yield pattern.name


def test_every_url_is_in_the_table() -> None:
    assert (
        set(_names())
        == set(PLAIN)
        | set(PROJECT)
        | FILES
        | UPLOADS
        | MEETING
        | set(PERSON)
        | NOTICE
        | HANDOVER
        | SCAN
        | LETTER
        | BRAND
        | MEETING_RECORD
        | TOPIC
        | BRIEFING
        | INSTRUCTION
        | PLAN
        | POST_ONLY
        | OPEN
        | COMPARED
        | FILED
        | KEPT
    )


@pytest.fixture(scope="module")
def _made_once(django_db_setup: None, django_db_blocker: Any) -> Iterator[dict[tuple[str, str], Project]]:
    """Made once for all tests of this file: each sees them in a savepoint of its own."""
    with django_db_blocker.unblock(), transaction.atomic(), clock.fixed_at(A_WORKING_DAY):
        yield _at_three_places(find())
        transaction.set_rollback(True)


@pytest.fixture
def projects(_made_once: dict[tuple[str, str], Project], cast: Cast) -> dict[tuple[str, str], Project]:
    return _made_once


def _at_three_places(cast: Cast) -> dict[tuple[str, str], Project]:
    """A draft, a submitted and an established project at each of the three places."""
    at = {
        OWN: (cast.places.branch, cast.people.secretary),
        SIBLING: (cast.places.small_branch, cast.people.small_secretary),
        FOREIGN: (cast.places.foreign_branch, cast.people.foreign_secretary),
    }
    made = {}
    for relation, (branch, secretary) in at.items():
        made["draft", relation] = a_draft(cast, branch, secretary, name=f"草稿-{relation}")
        made["established", relation] = _established(cast, branch, secretary, f"已立-{relation}")
        made["submitted", relation] = a_submitted(cast, branch, secretary, name=f"已报-{relation}")
    return made


def _established(cast: Cast, branch: Organisation, secretary: Person, name: str) -> Project:
    project = a_submitted(cast, branch, secretary, name=name)
    officer = cast.people.foreign_officer if branch == cast.places.foreign_branch else cast.people.officer
    project.decide("pass", answer=True, by=officer)
    Meeting.record(
        project.unit,
        held_on=clock.today(),
        issue=Meeting.next_issue(project.unit, 2022),
        attendance=attendance(),
        verdicts=[Verdict(project, "establish")],
        by=officer,
    )
    return Project.objects.get(pk=project.pk)


@pytest.fixture
def meetings(cast: Cast) -> dict[str, Meeting]:
    """A meeting at the own unit and at the other."""
    project = a_screened(cast, name="上会")
    own = a_meeting(cast, Verdict(project, "establish"))
    there = a_submitted(cast, cast.places.foreign_branch, cast.people.foreign_secretary, name="那边上会")
    there.decide("pass", answer=True, by=cast.people.foreign_officer)
    foreign = Meeting.record(
        cast.places.other_unit,
        held_on=own.held_on,
        issue=Meeting.next_issue(cast.places.other_unit, own.held_on.year),
        attendance=attendance(),
        verdicts=[Verdict(Project.objects.get(pk=there.pk), "establish")],
        by=cast.people.foreign_officer,
    )
    return {OWN: own, FOREIGN: foreign}


@pytest.mark.parametrize("who", sorted(EVERYBODY))
def test_pages_without_an_object(cast: Cast, browse: Callable[..., Any], who: str) -> None:
    browser = browse(getattr(cast.people, who))
    for name, allowed in PLAIN.items():
        path = reverse(name, args=["application", "docx"] if name == "blank-paper" else [])
        assert browser.get(path).status_code == (200 if who in allowed else 404), f"{who} {path}"


# Opened by more than find it in the menu: the public part of the ledger, and the tables of a unit for who sees its projects.
BEYOND_THE_MENU = {"projects", "filings"}


@pytest.mark.parametrize("who", sorted(EVERYBODY))
def test_the_menu_shows_what_opens_and_what_it_does_not_show_is_not_there(
    cast: Cast, browse: Callable[..., Any], who: str
) -> None:
    browser = browse(getattr(cast.people, who))
    shown = {item.url for group in browser.get("/").context["shell"]["menu"] for item in group.items}
    for name in {page[2] for pages in WORK_PAGES.values() for page in pages} - BEYOND_THE_MENU:
        path = reverse(name)
        assert browser.get(path).status_code == (200 if path in shown else 404), f"{who} {path}"
    assert all(browser.get(path).status_code == 200 for path in shown)


@pytest.mark.parametrize("who", sorted(EVERYBODY))
def test_pages_of_a_project(cast: Cast, browse: Callable[..., Any], projects: dict[Any, Project], who: str) -> None:
    browser = browse(getattr(cast.people, who))
    for name, (state, allowed) in PROJECT.items():
        for relation in (OWN, SIBLING, FOREIGN):
            pk = projects[state, relation].pk
            path = reverse(name, args=[pk, "application", "pdf"] if name == "paper" else [pk])
            expected = 200 if who in allowed and relation in REACH[who] else 404
            assert browser.get(path).status_code == expected, f"{who} {name} {relation}"
            if expected == 404:
                assert browser.post(path).status_code in (404, 405), f"POST {who} {name} {relation}"
                assert Project.objects.get(pk=pk).state == projects[state, relation].state


@pytest.mark.parametrize("who", sorted(EVERYBODY))
def test_files_of_a_project(cast: Cast, browse: Callable[..., Any], projects: dict[Any, Project], who: str) -> None:
    browser = browse(getattr(cast.people, who))
    for state in ("draft", "submitted"):
        for relation in (OWN, SIBLING, FOREIGN):
            project = projects[state, relation]
            kept = evidence.attach(
                project, "consultation", chunks=[b"%PDF-1.7 asked"], name="意见.pdf", by=project.created_by
            )
            seen = relation in REACH[who] and (state != "draft" or who in WRITERS)
            answer = browser.get(reverse("project-file", args=[project.pk, kept.pk]))
            assert answer.status_code == (200 if seen else 404), f"{who} {state} {relation}"
            b"".join(answer.streaming_content) if answer.streaming else answer.content


@pytest.mark.parametrize("who", sorted(EVERYBODY))
def test_pages_of_a_meeting(cast: Cast, browse: Callable[..., Any], meetings: dict[str, Any], who: str) -> None:
    browser = browse(getattr(cast.people, who))
    for relation, meeting in meetings.items():
        expected = 200 if relation in UNIT_REACH.get(who, set()) else 404
        assert browser.get(reverse("meeting", args=[meeting.pk])).status_code == expected
        for path in (
            reverse("meeting-notice", args=[meeting.pk, "pdf"]),
            reverse("meeting-paper", args=[meeting.pk, "docx"]),
        ):
            answer = browser.get(path)
            assert answer.status_code == expected
            b"".join(answer.streaming_content) if answer.streaming else answer.content


@pytest.mark.parametrize("who", sorted(EVERYBODY))
def test_drafts_of_others_and_projects_out_of_reach_show_nowhere(
    cast: Cast, browse: Callable[..., Any], projects: dict[Any, Project], who: str
) -> None:
    browser = browse(getattr(cast.people, who))
    shown = "".join(
        browser.get(path).content.decode()
        for path in ("/", "/projects/", "/projects/?q=已报", "/todos/", "/meetings/", "/notices/")
    )
    for (state, relation), project in projects.items():
        visible = relation in REACH[who] and (state != "draft" or (who in WRITERS and relation == OWN))
        assert (project.name in shown) == visible, f"{who} {project.name}"


@pytest.mark.parametrize("who", sorted(EVERYBODY))
def test_pages_of_a_person_are_for_one_administrator(cast: Cast, browse: Callable[..., Any], who: str) -> None:
    browser, person = browse(getattr(cast.people, who)), cast.people.clerk
    for name, for_whom in PERSON.items():
        path = reverse(name, args=[person.pk, person.appointments.get().pk] if name == "office-end" else [person.pk])
        assert browser.get(path).status_code == (200 if who == for_whom else 404), f"{who} {path}"
        if who != for_whom:
            assert browser.post(path).status_code == 404, f"POST {who} {path}"
    if who != "audit_admin":
        assert browser.post(reverse("audit-verify")).status_code == 404


def test_strangers_are_sent_to_sign_in(cast: Cast, browse: Callable[..., Any], projects: dict[Any, Project]) -> None:
    stranger, pk = browse(None), projects["submitted", OWN].pk
    for name in [*PLAIN, *PROJECT]:
        if name in PROJECT:
            path = reverse(name, args=[pk, "application", "pdf"] if name == "paper" else [pk])
        else:
            path = reverse(name, args=["application", "docx"] if name == "blank-paper" else [])
        answer = stranger.get(path)
        assert answer.status_code == 302, path
        assert answer["Location"].startswith("/sign-in/?next="), path


def test_verbs_are_never_a_get(cast: Cast, browse: Callable[..., Any]) -> None:
    browser = browse(cast.people.secretary)
    for name in POST_ONLY:
        assert browser.get(reverse(name)).status_code == 405, name


def test_the_clock_cannot_be_moved_outside_the_demo(cast: Cast, browse: Callable[..., Any]) -> None:
    assert browse(cast.people.secretary).post(reverse("demo-date"), {"moment": "meeting"}).status_code == 404


def test_an_address_that_only_a_button_uses_says_so(cast: Cast, browse: Callable[..., Any]) -> None:
    answer = browse(cast.people.secretary).get(reverse("notices-read"))
    assert (answer.status_code, answer["Allow"]) == (405, "POST")
    assert "它只在按下页面上的按钮时使用" in answer.content.decode()


def test_a_form_without_its_secret_is_refused(cast: Cast) -> None:
    from django.test import Client

    browser = Client(enforce_csrf_checks=True)
    browser.force_login(cast.people.secretary.account, backend="django.contrib.auth.backends.ModelBackend")
    answer = browser.post(
        reverse("notices-read"), headers={"referer": f"http://testserver{reverse('notices')}?unread=1"}
    )
    assert answer.status_code == 403
    assert "这一页停留太久了" in answer.content.decode()
    assert answer.context["again"] == f"{reverse('notices')}?unread=1"


def test_a_form_sent_after_the_session_is_over_leads_through_the_sign_in_and_back(cast: Cast) -> None:
    from django.test import Client

    browser, page = Client(enforce_csrf_checks=True), reverse("meeting-new")
    for stood, back in (
        (f"http://testserver{page}", page),
        ("http://elsewhere.example/meetings/", "/"),
        ("http://testserver//elsewhere.example/", "/elsewhere.example/"),
    ):
        answer = browser.post(page, headers={"referer": stood})
        assert answer.status_code == 403
        assert "登录已过期" in answer.content.decode()
        assert "没有传完的附件要重新选" in answer.content.decode()
        assert answer.context["again"] == f"{reverse('sign-in')}?{urlencode({'next': back})}"
    assert "这一页停留太久了" in browser.post(reverse("sign-in")).content.decode()
