"""A newer version of the scheme: what it changes, who takes it up, what follows it and what does not."""

from datetime import date
from typing import Any

import pytest

from dangjian.foundation.lifecycle import Overtaken, Refused
from dangjian.foundation.notice import Notice
from dangjian.programmes.round import Round
from dangjian.programmes.scheme import export, read, source_plan_text
from dangjian.programmes.scheme_change import Change, changes
from dangjian.programmes.scheme_version import SchemeVersion
from dangjian.projects.project import Project
from tests.cast import Cast, a_draft, a_submitted, an_agreed_draft

pytestmark = pytest.mark.clause("S-01")

NAME_AT_MOST = "name_max: 60"


def a_text(*changed: tuple[str, str]) -> str:
    text = export(read(source_plan_text()))
    for old, new in changed:
        assert old in text
        text = text.replace(old, new, 1)
    return text


def a_newer_version(cast: Cast, *changed: tuple[str, str]) -> SchemeVersion:
    return SchemeVersion.issue(a_text(*changed), by=cast.people.company_officer)


def held() -> Round:
    found = Round.current()
    assert found is not None
    return found


def between(*changed: tuple[str, str]) -> list[Change]:
    return changes(read(source_plan_text()), read(a_text(*changed)))


def test_the_same_text_has_no_changes() -> None:
    assert between() == []


def test_a_number_is_told_with_its_place() -> None:
    (change,) = between((NAME_AT_MOST, "name_max: 40"))
    assert (change.before, change.after) == ("60", "40")
    assert change.where.startswith("五、申报要求和申请表")


def test_a_switch_is_told_by_what_is_so_where_it_is_on() -> None:
    found = [*between(("plan: true", "plan: false")), *between(("meeting: false", "meeting: true"))]
    assert [(change.before, change.after) for change in found] == [("是", "否"), ("否", "是")]
    assert found[1].where.endswith(" / 必须开会集体研究")
    assert not any("true" in change.where for change in found)


def test_what_comes_and_goes_in_a_list_is_named() -> None:
    before = read(source_plan_text())
    axis = before.taxonomies[0]
    fewer = axis.model_copy(update={"items": axis.items[:-1]})
    after = before.model_copy(update={"taxonomies": (fewer, *before.taxonomies[1:])})
    assert changes(before, after) == [
        Change(f"四、项目分类 / {axis.label} / 可选的各项", f"“{axis.items[-1].label}”", "取消")
    ]
    (added,) = changes(after, before)
    assert added.after == f"增加“{axis.items[-1].label}”"


def test_taken_up_it_holds_for_drafts_and_not_for_what_was_handed_in(cast: Cast) -> None:
    draft, submitted = an_agreed_draft(cast), a_submitted(cast)
    held().take_up(a_newer_version(cast, (NAME_AT_MOST, "name_max: 24")), by=cast.people.company_officer)
    draft, submitted = Project.objects.get(pk=draft.pk), Project.objects.get(pk=submitted.pk)
    assert (draft.rules.application.name_max, submitted.rules.application.name_max) == (24, 60)
    assert [change.after for change in draft.scheme_changes()] == ["24"]
    assert submitted.scheme_changes() == []
    with pytest.raises(Refused, match="最多 24 字"):
        draft.application.fill({"name": "长" * 25}, by=cast.people.secretary, seen=1)
    draft.application.fill({"name": "短名"}, by=cast.people.secretary, seen=1)
    assert Project.objects.get(pk=draft.pk).scheme_changes() == []


def test_returned_it_follows_the_newer_version_and_is_handed_in_under_it(cast: Cast) -> None:
    project = a_submitted(cast)
    newer = a_newer_version(cast, (NAME_AT_MOST, "name_max: 50"))
    held().take_up(newer, by=cast.people.company_officer)
    project = Project.objects.get(pk=project.pk)
    project.decide("return", by=cast.people.officer, opinion="请补充。")
    assert Project.objects.get(pk=project.pk).rules.application.name_max == 50
    project.application.fill({"problem": "补充了。"}, by=cast.people.secretary, seen=project.application.edits)
    project = Project.objects.get(pk=project.pk)
    project.submit(by=cast.people.secretary)
    assert Project.objects.get(pk=project.pk).scheme == newer


def test_a_choice_that_is_no_longer_there_is_missing_in_the_draft(cast: Cast) -> None:
    draft = a_draft(cast)
    chosen = {"origin": ["production"], "focus": ["difficulty"]}
    draft.application.fill({}, by=cast.people.secretary, seen=1, categories=chosen)
    document = held().rules
    focus = document.axis("focus")
    other = focus.model_copy(
        update={"items": tuple(item for item in focus.items if item.code != "difficulty"), "required": True}
    )
    axes = tuple(other if axis.key == "focus" else axis for axis in document.taxonomies)
    text = export(document.model_copy(update={"taxonomies": axes}))
    held().take_up(SchemeVersion.issue(text, by=cast.people.company_officer), by=cast.people.company_officer)
    draft = Project.objects.get(pk=draft.pk)
    assert draft.codes_by_axis() == {"origin": ["production"]}
    assert "focus" in {reason.field for reason in draft.application.missing(draft.rules)}


def test_only_the_company_takes_up_and_only_a_newer_version_of_the_year(cast: Cast) -> None:
    newer = a_newer_version(cast, (NAME_AT_MOST, "name_max: 50"))
    other_year = SchemeVersion.issue(export(read(source_plan_text()).for_year(2023)), by=cast.people.company_officer)
    for version, by, reason in (
        (newer, cast.people.officer, "权限"),
        (other_year, cast.people.company_officer, "2022年度"),
        (held().scheme, cast.people.company_officer, "第1版新"),
    ):
        with pytest.raises(Refused, match=reason):
            held().take_up(version, by=by)
    stale = held()
    held().take_up(newer, by=cast.people.company_officer)
    newest = a_newer_version(cast, (NAME_AT_MOST, "name_max: 45"))
    with pytest.raises(Overtaken):
        stale.take_up(newest, by=cast.people.company_officer)


def test_whoever_works_on_applications_is_told_once_and_dates_stay(cast: Cast) -> None:
    before: dict[str, Any] = {key: window.closes_on for key, window in held().windows_at().items()}
    round = held()
    round.extend(
        "application", cast.places.company, closes_on=date(2022, 9, 5), reason="疫情", by=cast.people.company_officer
    )
    held().take_up(a_newer_version(cast, (NAME_AT_MOST, "name_max: 50")), by=cast.people.company_officer)
    assert held().windows_at(cast.places.branch)["application"].closes_on == date(2022, 9, 5)
    assert {key: window.closes_on for key, window in held().windows_at().items()} == before
    told = Notice.objects.filter(text__contains="启用第2版，改动 1 处")
    assert {notice.person.name for notice in told} >= {"张建国", "李敏", "陈静", "吴刚"}
    assert told.filter(person=cast.people.secretary).count() == 1
