"""代填: a handler fills in, the secretary confirms or sends back; papers and page say who filled in."""

from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse

from dangjian.foundation.lifecycle import Refused
from dangjian.foundation.notice import Notice
from dangjian.overview.todo import todos_of, waiting_for
from dangjian.papers.line import Line
from dangjian.projects import papers
from dangjian.projects.project import Project
from tests.cast import FACTS, Cast, a_draft, an_agreed_draft


@pytest.fixture
def filled(cast: Cast) -> Project:
    """Filled in by the clerk, who has asked the secretary to look."""
    project = an_agreed_draft(cast, by=cast.people.clerk)
    project.application.ask_for_confirmation(by=cast.people.clerk)
    return Project.objects.get(pk=project.pk)


def what_waits(person: Any) -> list[str]:
    return [todo.what for todo in todos_of(waiting_for(person), person)]


def test_what_the_secretary_fills_in_needs_nobody_s_word(cast: Cast) -> None:
    application = a_draft(cast).application
    assert application.filled_by is None
    with pytest.raises(Refused, match="不是代填"):
        application.ask_for_confirmation(by=cast.people.secretary)


def test_the_secretary_is_asked_and_confirms(cast: Cast, filled: Project) -> None:
    assert what_waits(cast.people.secretary) == ["确认李敏代填的申请表"]
    assert what_waits(cast.people.clerk) == ["完成申请表并提交"]
    assert Notice.objects.filter(person=cast.people.secretary, text__startswith="李敏代填了").count() == 1
    with pytest.raises(Refused, match="没有确认代填的权限"):
        filled.application.confirm(by=cast.people.clerk)
    filled.application.confirm(by=cast.people.secretary)
    assert what_waits(cast.people.secretary) == ["完成申请表并提交"]
    with pytest.raises(Refused, match="没有待确认"):
        filled.application.confirm(by=cast.people.secretary)


def test_sent_back_with_a_reason_that_the_handler_reads(cast: Cast, filled: Project) -> None:
    with pytest.raises(Refused, match="请写明退回的理由"):
        filled.application.send_back(by=cast.people.secretary, reason=" ")
    filled.application.send_back(by=cast.people.secretary, reason="措施不具体")
    assert not filled.application.awaits_confirmation
    assert Notice.objects.filter(person=cast.people.clerk, text__endswith="：措施不具体").count() == 1


def test_another_word_by_the_handler_asks_anew_and_one_by_the_secretary_does_not(cast: Cast, filled: Project) -> None:
    application = filled.application
    application.confirm(by=cast.people.secretary)
    application.fill({"problem": "书记改的"}, by=cast.people.secretary, seen=application.edits)
    assert application.confirmed_at is not None
    application.fill({"problem": "又改"}, by=cast.people.clerk, seen=application.edits)
    assert application.confirmed_at is None
    application.ask_for_confirmation(by=cast.people.clerk)
    assert application.awaits_confirmation


def test_the_paper_says_who_filled_in_and_submission_confirms(cast: Cast, filled: Project) -> None:
    filled.submit(by=cast.people.secretary)
    assert filled.application.confirmed_at is not None
    line = next(block for block in papers.application_form(filled).blocks if isinstance(block, Line))
    assert line.texts == ("由李敏代填", "填表时间：2022年8月24日")


def test_asked_on_one_page_and_confirmed_with_one_tap_on_another(cast: Cast, browse: Callable[..., Any]) -> None:
    project = a_draft(cast, by=cast.people.clerk)
    clerk, secretary = browse(cast.people.clerk), browse(cast.people.secretary)
    assert "请书记确认" in clerk.get(reverse("submission", args=[project.pk])).content.decode()
    clerk.post(reverse("submission", args=[project.pk]), {"ask": "1"})
    page, address = reverse("project", args=[project.pk]), reverse("confirmation", args=[project.pk])
    assert "由李敏代填，待书记确认" in secretary.get(page).content.decode()
    assert FACTS["measures"] in secretary.get(address).content.decode()
    assert secretary.post(address, {"send_back": "1", "reason": ""}).context["form"].errors
    assert secretary.post(address).status_code == 302
    assert "由李敏代填，书记8月24日 09:00确认" in secretary.get(page).content.decode()
    assert clerk.get(address).status_code == 404
