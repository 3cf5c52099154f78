"""Pages of delegation: given, seen by both, taken back; and 「X 代 Y」 wherever a name of who acted stands."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.urls import reverse

from dangjian.foundation import clock
from dangjian.people.access import Ability
from dangjian.people.delegation import Delegation
from dangjian.people.person import Person
from tests.cast import Cast, an_agreed_draft
from tests.people.test_delegation import a_delegation, fresh

Browse = Callable[..., Any]


def text_of(answer: Any) -> str:
    return str(answer.content.decode())


def filled(cast: Cast, **facts: Any) -> dict[str, Any]:
    office = cast.people.secretary.delegable_offices().get()
    known = {
        "offices": [office.pk], "to": cast.people.member.pk, "starts_on": "2022-08-24", "ends_on": "2022-08-31",
        "reason": "赴京培训",
    }  # fmt: skip
    return known | facts


def test_a_secretary_delegates_and_takes_back(cast: Cast, browse: Browse) -> None:
    secretary, member = browse(cast.people.secretary), browse(cast.people.member)
    assert "还没有委托过他人" in text_of(secretary.get("/delegations/"))
    form = secretary.get("/delegations/new/").context["form"]
    near = {person.name for person in form.fields["to"].queryset}
    assert near == {"刘志远", "何平", "陈静", "李敏", "王强", "赵小平"}
    assert secretary.post("/delegations/new/", filled(cast)).status_code == 302
    made = Delegation.objects.get()
    for browser in (secretary, member):
        page = text_of(browser.get("/delegations/"))
        assert "王强 代 张建国" in page
        assert "生效中" in page
        assert "赴京培训" in page
    assert "受张建国委托，作为第一项目部党支部" in text_of(member.get("/access/"))
    end = reverse("delegation-end", args=[made.pk])
    assert end in text_of(secretary.get("/delegations/"))
    assert end not in text_of(member.get("/delegations/"))
    assert "收回后王强立即没有受托的权限" in text_of(secretary.get(end))
    assert secretary.post(end).status_code == 302
    page = text_of(secretary.get("/delegations/"))
    assert "已收回" in page
    assert "8月24日 09:00收回" in page
    assert "已经结束，不用收回" in text_of(secretary.get(end))
    assert "这项委托已经结束" in text_of(secretary.post(end))


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"offices": []}, "offices"),
        ({"offices": ["x"]}, "offices"),
        ({"to": ""}, "to"),
        ({"to": "999999"}, "to"),
        ({"starts_on": "2022-08-23"}, "starts_on"),
        ({"ends_on": "2022-02-30"}, "ends_on"),
        ({"ends_on": "2023-08-24"}, "ends_on"),
        ({"reason": " "}, "reason"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_what_was_typed_stays(
    cast: Cast, browse: Browse, facts: dict[str, Any], field: str
) -> None:
    answer = browse(cast.people.secretary).post("/delegations/new/", filled(cast, **facts))
    assert answer.status_code == 200
    assert list(answer.context["form"].errors) == [field]
    assert field == "reason" or "赴京培训" in text_of(answer)
    assert not Delegation.objects.exists()


def test_nobody_delegates_the_office_of_another(cast: Cast, browse: Browse) -> None:
    office = cast.people.secretary.delegable_offices().get()
    answer = browse(cast.people.clerk).post("/delegations/new/", filled(cast, offices=[office.pk]))
    assert answer.context["form"].errors["offices"]


def test_a_delegation_exists_for_both_and_the_security_administrator(cast: Cast, browse: Browse) -> None:
    made = a_delegation(cast.people.secretary, cast.people.member)
    end = reverse("delegation-end", args=[made.pk])
    for who, status in (
        ("secretary", 200), ("security_admin", 200), ("member", 404), ("clerk", 404), ("officer", 404),
        ("system_admin", 404), ("leader", 404),
    ):  # fmt: skip
        browser = browse(getattr(cast.people, who))
        assert browser.get(end).status_code == status, who
        assert ("王强 代 张建国" in text_of(browser.get("/delegations/"))) == (
            who in ("secretary", "member", "security_admin")
        )
    assert browse(cast.people.security_admin).post(end).status_code == 302
    assert not fresh(cast.people.member).can(Ability.SUBMIT, cast.places.branch)


def test_identity_is_confirmed_before_rights_are_handed_on(cast: Cast, browse: Browse) -> None:
    browser = browse(cast.people.secretary)
    session = browser.session
    session["confirmed"] = "2022-01-01T00:00:00+08:00"
    session.save()
    assert browser.get("/delegations/new/")["Location"].startswith("/identity/")


def test_pages_say_who_acted_for_whom(cast: Cast, browse: Browse) -> None:
    people = cast.people
    project = an_agreed_draft(cast)
    a_delegation(people.secretary, people.member)
    member = browse(people.member)
    assert "完成申请表并提交（代张建国）" in text_of(member.get("/todos/"))
    member.post(reverse("submission", args=[project.pk]), {"agreed": "on"})
    project.refresh_from_db()
    assert project.state == "in_approval"
    officer = browse(people.officer)
    page = reverse("project", args=[project.pk])
    assert "王强 代 张建国" in text_of(officer.get(page))
    assert "王强 代 张建国" in text_of(officer.get(f"{page}?tab=records"))
    assert "提交申报（王强 代 张建国）" in text_of(browse(people.secretary).get("/todos/?box=done"))


def test_a_page_opened_before_the_last_day_does_nothing_after_it(cast: Cast, browse: Browse) -> None:
    project = an_agreed_draft(cast)
    a_delegation(cast.people.secretary, cast.people.member, ends_on=date(2022, 8, 24))
    member, submission = browse(cast.people.member), reverse("submission", args=[project.pk])
    assert member.get(submission).status_code == 200
    with clock.fixed_at("2022-08-25 00:00"):
        assert member.post(submission).status_code == 404
        assert Person.objects.holding(Ability.SUBMIT, cast.places.branch).get() == cast.people.secretary
