"""The number of queries of a page: the same for one row and for ten, and never many."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from dangjian.foundation import clock
from dangjian.people.delegation import Delegation
from dangjian.people.person import Person
from dangjian.programmes.topic import Topic
from dangjian.projects.brand import Brand
from dangjian.projects.handover import Handover
from dangjian.projects.paper_kind import PaperKind
from dangjian.projects.project import Project
from dangjian.projects.scan import Slot
from dangjian.projects.scan_batch import ScanBatch, State
from tests.cast import (
    Cast,
    a_briefing,
    a_draft,
    a_handed_in_plan,
    a_letter,
    a_scheme_notice,
    a_screened,
    a_signed_letter,
    a_submitted,
    an_agreed_draft,
    an_approved_plan,
    an_established,
    an_instruction,
)
from tests.programmes.test_topic import a_topic
from tests.projects.test_brand import a_brand

# The same questions are asked of either database.
pytestmark = pytest.mark.once
MOST = 30


def _a_topic(cast: Cast) -> None:
    a_topic(cast, title=f"选题{Topic.objects.count()}")


def _a_brand(cast: Cast) -> None:
    a_brand(cast, name=f"品牌{Brand.objects.count()}")


def _a_handover(cast: Cast) -> None:
    """Two secretaries in turn: each registration passes the branch's draft on."""
    if not Project.objects.exists():
        a_draft(cast)
    there = {person.pk for person in (cast.people.secretary, cast.people.clerk)}
    now = Project.objects.get().owner
    other = Person.objects.get(pk=(there - {now.pk}).pop())
    Project.objects.update(owner=other)
    Handover.settle()


def _an_instruction(cast: Cast) -> None:
    an_instruction(cast, organisation=cast.places.small_branch)


def _a_delegation(cast: Cast) -> None:
    by, day = cast.people.officer, clock.today() + timedelta(days=Delegation.objects.count())
    offices = list(by.delegable_offices())
    Delegation.give(offices, to=cast.people.colleague, starts_on=day, ends_on=day, reason="开会", by=by)


def _a_handed_in_plan(cast: Cast) -> None:
    a_handed_in_plan(cast)


def _a_plan_to_check(cast: Cast) -> None:
    """With its letter signed, the plan is the one thing to do."""
    a_signed_letter(cast, a_handed_in_plan(cast).project)


def _an_unplanned(cast: Cast) -> None:
    """Established, its notice signed for: its plan is a thing to do."""
    an_established(cast).establishment().receive(by=cast.people.secretary)


# Who looks at which list, what puts a row on it, where the page keeps its rows, how many of ten it shows.
LISTS: list[tuple[str, str, Callable[[Cast], Any], str, int]] = [
    ("secretary", "/projects/", a_draft, "page", 10),
    ("officer", "/projects/", an_established, "page", 10),
    ("officer", "/projects/?cols=review&cols=branch", an_established, "page", 10),
    ("officer", "/projects/?cols=plan&cols=milestone&cols=filing&cols=letter", an_approved_plan, "page", 10),
    ("company_officer", "/projects/?order=tree&state=meeting", a_screened, "page", 10),
    ("company_officer", "/projects/?q=降耗&year=2022&origin=production", a_submitted, "page", 10),
    ("secretary", "/todos/", an_established, "page", 10),
    ("officer", "/todos/", a_submitted, "page", 10),
    ("officer", "/todos/?box=done", a_screened, "page", 10),
    ("secretary", "/todos/?box=mine", a_submitted, "page", 10),
    ("secretary", "/todos/?box=copies", an_established, "page", 10),
    ("officer", "/letters/", a_letter, "page", 10),
    ("officer", "/letters/custody/", a_signed_letter, "page", 10),
    ("officer", "/letters/custody/registration/?copy=2", a_signed_letter, "page", 10),
    ("officer", "/letters/new/", an_established, "page", 10),
    ("officer", "/letters/ceremony/", a_letter, "page", 10),
    ("officer", "/todos/", an_established, "page", 10),
    ("officer", "/todos/", a_letter, "page", 10),
    ("officer", "/screenings/", a_submitted, "page", 10),
    ("officer", "/plans/", _a_handed_in_plan, "page", 10),
    ("officer", "/todos/", _a_plan_to_check, "page", 10),
    ("secretary", "/todos/", _an_unplanned, "page", 10),
    ("officer", "/projects/unsigned/", an_established, "page", 10),
    ("officer", "/meetings/", an_agreed_draft, "page", 10),
    ("officer", "/meetings/new/", a_screened, "items", 10),
    ("officer", "/meetings/comparison/", a_screened, "rows", 10),
    ("officer", "/briefings/", a_briefing, "page", 10),
    ("officer", "/instructions/", an_instruction, "page", 10),
    ("small_secretary", "/todos/", _an_instruction, "page", 10),
    ("officer", "/handovers/", _a_handover, "page", 10),
    ("secretary", "/topics/", _a_topic, "page", 10),
    ("secretary", "/brands/", _a_brand, "page", 10),
    ("secretary", "/notices/", an_established, "page", 10),
    ("officer", "/delegations/", _a_delegation, "page", 10),
    ("secretary", "/", an_established, "projects", 8),
    ("officer", "/", a_submitted, "todos", 6),
    ("officer", "/todos/", a_scheme_notice, "page", 10),
]


def counted(browser: Any, path: str) -> tuple[int, Any]:
    """How many queries a page takes that was opened before, and what it shows."""
    browser.get(path)
    with CaptureQueriesContext(connection) as queries:
        answer = browser.get(path)
    assert answer.status_code == 200
    return len(queries), answer.context


@pytest.mark.parametrize(("who", "path", "make", "name", "most_rows"), LISTS, ids=[f"{w} {p}" for w, p, *_ in LISTS])
def test_a_list_takes_as_many_queries_for_ten_rows_as_for_one(
    cast: Cast, browse: Callable[..., Any], who: str, path: str, make: Callable[[Cast], Any], name: str, most_rows: int
) -> None:
    browser = browse(getattr(cast.people, who))

    def count(rows: int) -> int:
        queries, context = counted(browser, path)
        shown = context[name].rows if name == "page" else context[name]
        # Whoever compiles the unit's 项目汇总表 has this one thing to do besides, however many projects are on it.
        besides = [row for row in shown if isinstance(row, dict) and row.get("title") == "报送项目汇总表"]
        assert len(shown) - len(besides) == rows
        return queries

    make(cast)
    of_one = count(1)
    for _ in range(9):
        make(cast)
    assert count(most_rows) == of_one <= MOST


@pytest.mark.parametrize("tab", ["", "papers", "records"])
def test_the_page_of_a_project_takes_no_more_queries_for_other_projects(
    cast: Cast, browse: Callable[..., Any], tab: str
) -> None:
    browser = browse(cast.people.officer)
    path = f"{reverse('project', args=[an_established(cast).pk])}?tab={tab}"
    alone, _ = counted(browser, path)
    for make in (a_draft, a_submitted, a_screened, an_established):
        make(cast)
    assert counted(browser, path)[0] == alone <= MOST


def test_the_screening_page_takes_no_more_queries_for_a_longer_queue(cast: Cast, browse: Callable[..., Any]) -> None:
    browser = browse(cast.people.officer)
    path = reverse("screening", args=[a_submitted(cast).pk])
    alone, _ = counted(browser, path)
    for _ in range(5):
        a_submitted(cast)
        an_established(cast)
    # Projects of a like name are told in the words of their branch and year: two more questions, however many there are.
    assert counted(browser, path)[0] - alone <= 2


def test_the_result_of_a_scan_batch_takes_no_more_queries_for_more_papers(
    cast: Cast, browse: Callable[..., Any]
) -> None:
    officer = cast.people.officer
    batch = ScanBatch.objects.create(by=officer, asked_at=clock.now(), state=State.READ, pages=10)
    browser, path = browse(officer), reverse("scan-batch", args=[batch.pk])

    def file_one() -> None:
        Slot(PaperKind.APPLICATION, a_submitted(cast)).file(b"%PDF-1.7", pages=1, by=officer, batch=batch)

    file_one()
    alone, _ = counted(browser, path)
    for _ in range(4):
        file_one()
    queries, context = counted(browser, path)
    assert (queries, len(context["filed"])) == (alone, 5)
    assert queries <= MOST


def test_papers_to_choose_from_take_no_more_queries_for_more_projects(cast: Cast) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert Slot.open_to(cast.people.officer)
        return len(queries)

    an_established(cast)
    asked()
    alone = asked()
    for _ in range(3):
        an_established(cast)
    assert asked() == alone
