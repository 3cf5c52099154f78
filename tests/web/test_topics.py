"""Pages of the topic bank and of the highlight mark."""

from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse

from dangjian.programmes.topic import Topic
from dangjian.projects.highlight import Highlight
from dangjian.projects.project import Project
from tests.cast import Cast, a_draft, a_submitted, an_established
from tests.programmes.test_topic import a_topic
from tests.projects.test_brand import a_brand

Browse = Callable[..., Any]
KEEPS = {"kind": "key", "title": "盾构刀具更换耗时", "text": "每次 9 小时。"}


def text_of(answer: Any) -> str:
    return str(answer.content.decode())


@pytest.mark.clause("S-04")
def test_a_topic_goes_from_the_officer_to_the_application(cast: Cast, browse: Browse) -> None:
    officer, secretary = browse(cast.people.officer), browse(cast.people.secretary)
    assert "还没有选题" in text_of(officer.get("/topics/"))
    assert officer.post("/topics/new/", KEEPS | {"title": ""}).context["form"].errors["title"]
    assert officer.post("/topics/new/", KEEPS).status_code == 302
    topic = Topic.objects.get()
    page = text_of(secretary.get(reverse("topic", args=[topic.pk])))
    assert f"/projects/new/?topic={topic.pk}" in page
    assert f"/topics/{topic.pk}/words/" not in page
    form = secretary.get(f"/projects/new/?topic={topic.pk}").context["form"]
    assert str(form["bank_topic"].value()) == str(topic.pk)
    begun = {"branch": cast.places.branch.pk, "name": "盾构快换", "bank_topic": topic.pk}
    assert secretary.post("/projects/new/", begun).status_code == 302
    project = Project.objects.get()
    assert (project.bank_topic, project.application.problem) == (topic, "每次 9 小时。")
    assert "盾构刀具更换耗时" in text_of(secretary.get(reverse("project", args=[project.pk])))
    assert [row["name"] for row in secretary.get(reverse("topic", args=[topic.pk])).context["page"].rows] == [
        "盾构快换"
    ]


@pytest.mark.clause("S-04")
def test_a_typed_problem_is_not_overwritten(cast: Cast, browse: Browse) -> None:
    before, topic = a_draft(cast), a_topic(cast)
    begun = {"branch": cast.places.branch.pk, "name": "又一个", "bank_topic": topic.pk, "like": before.pk}
    browse(cast.people.secretary).post("/projects/new/", begun)
    assert Project.objects.get(name="又一个").application.problem == before.application.problem


def test_the_list_narrows_by_word_state_kind_and_whether_taken(cast: Cast, browse: Browse) -> None:
    taken, closed = a_topic(cast), a_topic(cast, title="混凝土裂缝", kind="key", text="裂缝多。")
    closed.close(by=cast.people.officer)
    project = an_established(cast)
    Project.objects.filter(pk=project.pk).update(bank_topic=taken)
    browser = browse(cast.people.officer)
    for query, found in (
        ("q=裂缝", [closed]),
        ("q=空驶率 32", [taken]),
        ("state=closed", [closed]),
        ("kind=difficult", [taken]),
        ("taken=no", [closed]),
        ("taken=yes", [taken]),
        ("year=2022", [taken, closed]),
        ("q=没有", []),
    ):
        rows = list(browser.get(f"/topics/?{query}").context["page"].rows)
        assert rows == found, query
    assert browser.get("/topics/").context["count"] == {"all": 1, "taken": 1}
    assert "没有符合条件的记录" in text_of(browser.get("/topics/?q=没有"))
    listed = browser.get(f"/projects/?bank={taken.pk}").context["page"].rows
    assert [row["pk"] for row in listed] == [project.pk]


@pytest.mark.clause("S-04")
def test_a_branch_learns_that_another_already_has_the_topic_once_it_is_established(cast: Cast, browse: Browse) -> None:
    topic, project = a_topic(cast), a_submitted(cast)
    Project.objects.filter(pk=project.pk).update(bank_topic=topic)
    neighbour = browse(cast.people.small_secretary)
    assert neighbour.get("/topics/").context["count"] == {"all": 1, "taken": 0}
    Project.objects.filter(pk=project.pk).update(bank_topic=None)
    established = an_established(cast, name="已经立项的项目")
    Project.objects.filter(pk=established.pk).update(bank_topic=topic)
    page = neighbour.get("/topics/?taken=yes").context
    assert [row.pk for row in page["page"].rows] == [topic.pk]
    assert page["count"] == {"all": 1, "taken": 1}


@pytest.mark.clause("S-04")
def test_closing_asks_and_what_is_typed_is_kept(cast: Cast, browse: Browse) -> None:
    topic, officer = a_topic(cast), browse(cast.people.officer)
    page = reverse("topic-offer", args=[topic.pk])
    assert "不能再选用" in text_of(officer.get(page))
    officer.post(page, {"reason": "合并到公司选题"})
    assert "合并到公司选题" in text_of(officer.get(reverse("topic", args=[topic.pk])))
    officer.post(page)
    assert Topic.objects.get().state == "open"
    answer = officer.post(reverse("topic-words", args=[topic.pk]), KEEPS | {"title": "长" * 61})
    assert answer.context["form"]["title"].value() == "长" * 61
    officer.post(reverse("topic-words", args=[topic.pk]), KEEPS)
    assert Topic.objects.get().title == KEEPS["title"]


@pytest.mark.parametrize("name", ["topic", "topic-words", "topic-offer"])
@pytest.mark.parametrize("who", ["secretary", "officer", "foreign_officer", "leader", "staff", "system_admin"])
def test_who_opens_what_of_a_topic(cast: Cast, browse: Browse, who: str, name: str) -> None:
    path = reverse(name, args=[a_topic(cast).pk])
    sees = {"secretary", "officer", "leader"} if name == "topic" else {"officer"}
    browser = browse(getattr(cast.people, who))
    assert browser.get(path).status_code == (200 if who in sees else 404)
    if who not in sees:
        assert browser.post(path, KEEPS).status_code in (404, 405)


@pytest.mark.clause("S-08")
def test_a_highlight_shows_in_the_list_and_is_found(cast: Cast, browse: Browse) -> None:
    project, officer = an_established(cast), browse(cast.people.officer)
    page = reverse("highlight", args=[project.pk])
    assert "标为亮点" in text_of(officer.get(reverse("project", args=[project.pk])))
    brand = a_brand(cast)
    answer = officer.post(page, {"reason": "", "brand": str(brand.pk)})
    assert answer.context["form"].errors["reason"] == ["请写明亮点"]
    assert answer.context["form"]["brand"].value() == str(brand.pk)
    officer.post(page, {"reason": "可推广", "brand": str(brand.pk)})
    assert "红旗机台" in text_of(officer.get(reverse("project", args=[project.pk])))
    assert "亮点</span>" in text_of(officer.get("/projects/?mark=highlight"))
    officer.post(page, {"reason": "已停"})
    assert not officer.get("/projects/?mark=highlight").context["page"].rows
    assert Highlight.objects.get().end_reason == "已停"
