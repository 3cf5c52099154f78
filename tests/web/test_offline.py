"""线下管理 on screen: chosen at the start or later, a short form, marked wherever the project is listed."""

from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse

from dangjian.projects.offline import ELSEWHERE, REASONS
from dangjian.projects.project import Project
from tests.cast import Cast, a_draft, a_submitted
from tests.projects.test_offline import established, handed_in, offline
from tests.web.test_lists import EXPORT, LIST, table

Browse = Callable[..., Any]


def test_it_is_chosen_when_the_application_begins(cast: Cast, browse: Browse) -> None:
    clerk = browse(cast.people.clerk)
    page = clerk.get(reverse("application-new")).content.decode()
    assert "线下管理（涉密项目）" in page
    assert "涉密内容不得录入本系统" in page
    sent = {"branch": cast.places.branch.pk, "name": "专项任务一", "management": "offline"}
    answer = clerk.post(reverse("application-new"), sent)
    project = Project.objects.get()
    assert answer["Location"] == reverse("application-edit", args=[project.pk])
    assert project.is_offline


def test_with_an_older_project_as_a_model_nothing_is_begun(cast: Cast, browse: Browse) -> None:
    earlier = a_draft(cast)
    sent = {"branch": cast.places.branch.pk, "name": "专项任务一", "management": "offline", "like": earlier.pk}
    answer = browse(cast.people.secretary).post(reverse("application-new"), sent)
    assert "线下管理的项目不用底稿" in answer.content.decode()
    assert Project.objects.count() == 1


def test_the_form_asks_name_months_and_categories_alone(cast: Cast, browse: Browse) -> None:
    project, clerk = offline(cast), browse(cast.people.clerk)
    page = clerk.get(reverse("application-edit", args=[project.pk]))
    text = page.content.decode()
    fields = {name for name in page.context["form"].fields if "-" not in name}
    axes = {axis.key for axis in project.rules.taxonomies}
    assert fields == {"seen", "name", "starts", "ends", "filled_on", *axes}
    assert [section["key"] for section in page.context["sections"]] == ["basics", "axes"]
    assert "转为线上管理" in text
    sent = {"seen": project.application.edits, "name": "专项任务二", "starts": "2022-09", "ends": "2024-01", "origin": "production", "problem": "混进来的内容"}  # fmt: skip
    assert clerk.post(reverse("application-edit", args=[project.pk]), sent).status_code == 302
    project.refresh_from_db()
    assert (project.name, project.ends, project.application.problem) == ("专项任务二", "2024-01", "")


def test_a_draft_with_contents_is_told_what_to_take_away_first(cast: Cast, browse: Browse) -> None:
    project, clerk = a_draft(cast), browse(cast.people.clerk)
    assert "转为线下管理" in clerk.get(reverse("application-edit", args=[project.pk])).content.decode()
    page = clerk.get(reverse("management", args=[project.pk])).content.decode()
    for text in ("现在不能办理", "请先删去“存在的问题”", "请先删去“项目成员”", "系统不会自动删除已填的内容"):
        assert text in page
    assert "请先删去“存在的问题”" in clerk.post(reverse("management", args=[project.pk])).content.decode()
    assert not Project.objects.get().is_offline


def test_an_empty_draft_goes_offline_and_comes_back(cast: Cast, browse: Browse) -> None:
    project = Project.draft(branch=cast.places.branch, name="专项任务一", by=cast.people.clerk)
    clerk, page = browse(cast.people.clerk), reverse("management", args=[project.pk])
    assert "涉密内容不得录入本系统" in clerk.get(page).content.decode()
    assert clerk.post(page)["Location"] == reverse("application-edit", args=[project.pk])
    assert Project.objects.get().is_offline
    assert "确认项目内容不涉密" in clerk.get(page).content.decode()
    clerk.post(page)
    assert not Project.objects.get().is_offline


def test_list_page_filter_export_and_comparison_say_that_it_is_offline(cast: Cast, browse: Browse) -> None:
    project, officer = handed_in(cast), browse(cast.people.officer)
    project.decide("pass", by=cast.people.officer, answer=True)
    a_draft(cast)
    mark = '<span class="tag">线下管理</span>'
    assert mark in officer.get(f"{LIST}?mark=offline").content.decode()
    page = officer.get(reverse("project", args=[project.pk])).content.decode()
    assert mark in page
    assert ELSEWHERE in page
    assert "征求党员意见" not in page
    rows = table(officer.post(f"{EXPORT}?mark=offline&cols=branch"))
    assert rows[1:3] == [["序号", "项目名称", "承担支部", "标记"], [1, "专项任务一", "第一项目部党支部", "线下管理"]]
    assert ELSEWHERE in officer.get(reverse("comparison")).content.decode()


def test_once_handed_in_the_page_offers_no_other_way(cast: Cast, browse: Browse) -> None:
    project = established(cast)
    page = browse(cast.people.secretary).get(reverse("project", args=[project.pk])).content.decode()
    assert "转为线上管理" not in page


def test_in_a_batch_it_gets_its_conclusion_and_the_row_says_so(cast: Cast, browse: Browse) -> None:
    secret, usual = handed_in(cast), a_submitted(cast, name="节能降耗")
    chosen = {
        "decision": "pass", "projects": [secret.pk, usual.pk], "opinion": "目标可行。", "answer": "yes",
        "seen": [f"{secret.pk}:{secret.version}", f"{usual.pk}:{usual.version}"],
    }  # fmt: skip
    page = browse(cast.people.officer).post(reverse("screenings"), chosen)
    told = {result["name"]: (result["done"], result["text"]) for result in page.context["results"]}
    assert told == {
        secret.name: (True, "已通过筛选；线下管理，只登记结论，所写意见没有记入"), usual.name: (True, "已通过筛选"),
    }  # fmt: skip
    assert "目标可行" not in secret.log().last().opinion
    assert "目标可行" in usual.log().last().opinion


@pytest.mark.parametrize(("name", "move"), [("handler", "hand_over"), ("recusal", "recuse")])
def test_reasons_are_chosen_from_a_list(cast: Cast, browse: Browse, name: str, move: str) -> None:
    project = handed_in(cast)
    page = browse(cast.people.officer).get(reverse(name, args=[project.pk])).content.decode()
    assert all(f'<option value="{reason}">' in page for reason in REASONS[move])
    assert '<textarea name="reason"' not in page
