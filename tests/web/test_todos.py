"""我的事项: the boxes as pages, and how they are narrowed."""

from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse

from dangjian.delivery.change import PlanChange
from dangjian.foundation import clock
from tests.cast import (
    Cast,
    a_change,
    a_filing,
    a_letter,
    a_screened,
    a_submitted,
    an_approved_plan,
    plan_lists,
)

Browse = Callable[..., Any]


def test_what_one_did_is_narrowed_by_action_and_days(cast: Cast, browse: Browse) -> None:
    a_screened(cast, name="通过的")
    a_submitted(cast, name="退回的").decide("return", by=cast.people.officer, opinion="请量化")
    officer = browse(cast.people.officer)
    names = [row["name"] for row in officer.get("/todos/?box=done&kind=return_for_revision").context["page"].rows]
    assert names == ["退回的"]
    page = officer.get("/todos/?box=done&since=2022-08-25")
    assert "没有符合条件的记录" in page.content.decode()
    assert len(officer.get("/todos/?box=done&since=2022-08-24&until=2022-08-24").context["page"].rows) == 2


@pytest.mark.parametrize("box", ["done", "mine", "copies"])
def test_nonsense_narrows_nothing_and_is_told_at_its_field(cast: Cast, browse: Browse, box: str) -> None:
    a_screened(cast)
    who = cast.people.officer if box == "done" else cast.people.secretary
    page = browse(who).get(f"/todos/?box={box}&kind=x&since=2022-08-30&until=2022-08-29")
    assert "不能早于起始日期" in page.content.decode()
    assert browse(who).get(f"/todos/?box={box}&since=gestern").status_code == 200
    assert browse(who).get("/todos/?box=todo&kind=x").status_code == 200


def test_decisions_on_letters_plans_their_changes_and_filings_lie_there_too(cast: Cast, browse: Browse) -> None:
    people = cast.people
    plan = an_approved_plan(cast)
    measures = plan_lists(people.secretary.pk)["measures"]
    measures[0]["person"] = people.member.pk
    a_change(cast, plan, measures=measures).note(by=people.officer)
    letter = a_letter(cast, plan.project)
    letter.defer(reason="书记出差", by=people.officer)
    filing = a_filing(cast)
    filing.settle(by=people.company_officer)
    officer, company = browse(people.officer), browse(people.company_officer)

    def rows(browser: Any, box: str) -> dict[str, str]:
        page = browser.get(f"/todos/?box={box}&size=100").context["page"]
        return {row["title"]: row["url"] for row in page.rows}

    mine = rows(officer, "done")
    tab = f"{reverse('project', args=[plan.project_id])}?tab=plan"
    assert {title: mine[title] for title in ("同意审定", "登记变更", "暂缓签订")} == {
        "同意审定": tab,
        "登记变更": reverse("plan-change", args=[PlanChange.objects.get().pk]),
        "暂缓签订": reverse("letter", args=[letter.pk]),
    }
    assert rows(company, "done") == {"办结备案": reverse("filing", args=[filing.pk])}
    assert reverse("filing", args=[filing.pk]) in rows(officer, "copies").values()
    assert len(officer.get("/todos/?box=done&kind=note").context["page"].rows) == 1
    # Whoever leaves the unit sees none of it any more.
    people.officer.appointments.get().end(on=clock.today(), by=people.security_admin)
    with clock.fixed_at("2022-08-25 09:00"):
        assert rows(browse(people.officer), "done") == {}
