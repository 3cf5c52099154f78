"""记录 and 文书 of a project tell of its letters, its plan and the unit's filings too, each under one name."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse

from dangjian.foundation import clock
from dangjian.projects.paper_kind import PaperKind
from dangjian.projects.project import Project
from dangjian.projects.scan import Slot
from dangjian.web import course, plan_page, stamped
from tests.cast import (
    Cast,
    a_change,
    a_filing,
    a_letter,
    a_plan,
    a_signed_letter,
    an_approved_plan,
    an_established,
    plan_lists,
)

pytestmark = pytest.mark.django_db
Browse = Callable[..., Any]


def _titles(project: Project, person: Any) -> list[str]:
    return [item["title"] for item in sorted(course.of_project(project, person), key=lambda item: item["at"])]


@pytest.mark.clause("S-29", "S-32", "S-36")
def test_the_records_tell_of_letter_plan_and_filing_where_they_happened(cast: Cast, browse: Browse) -> None:
    with clock.fixed_at("2022-08-24 09:00"):
        project = an_established(cast)
    with clock.fixed_at("2022-08-25 09:00"):
        letter = a_signed_letter(cast, project)
    with clock.fixed_at("2022-08-26 09:00"):
        plan = an_approved_plan(cast, Project.objects.get(pk=project.pk))
    with clock.fixed_at("2022-08-27 09:00"):
        filing = a_filing(cast)
        filing.answer(record=[filing.rows.get().pk], returned={}, by=cast.people.company_officer)
    assert set(_titles(plan.project, cast.people.officer)) == {
        f"责任书：制作{letter.number}", "责任书：登记签订", "实施计划书：提交计划书", "实施计划书：通过审核",
        "实施计划书：同意审定", "备案：报送汇总表第1版", "备案：已备案，备〔2022〕1号",
    }  # fmt: skip
    page = browse(cast.people.officer).get(f"{reverse('project', args=[project.pk])}?tab=records").content.decode()
    told = re.findall('timeline__title">(.*?)<', page)
    assert told[:4] == ["备案：已备案，备〔2022〕1号", "备案：报送汇总表第1版", "启动", "实施计划书：同意审定"]
    assert told[6:9] == ["责任书：登记签订", f"责任书：制作{letter.number}", "同意立项"]


@pytest.mark.clause("S-36")
def test_a_line_that_was_sent_back_is_told_with_its_reason_and_an_answer_once(cast: Cast) -> None:
    project, other = an_established(cast, name="甲"), an_established(cast, name="乙")
    filing = a_filing(cast)
    rows = {row.project_id: row.pk for row in filing.rows.all()}
    filing.answer(record=[rows[project.pk]], returned={rows[other.pk]: "目标不具体"}, by=cast.people.company_officer)
    a_filing(cast, explanations={other.pk: "已补目标"})
    told = [(item["title"], item["opinion"]) for item in course.of_project(other, cast.people.officer)]
    assert ("备案：退回补正", "目标不具体") in told
    assert ("备案：报送汇总表第2版", "已补目标") in told
    assert _titles(project, cast.people.officer).count("备案：已备案，备〔2022〕1号") == 1


@pytest.mark.clause("S-36")
def test_a_version_that_was_taken_back_is_told_between_the_versions(cast: Cast) -> None:
    project = an_established(cast)
    for moment in ("2022-08-27 09:00", "2022-08-28 09:00"):
        with clock.fixed_at(moment):
            a_filing(cast).recall(by=cast.people.officer)
    with clock.fixed_at("2022-08-29 09:00"):
        a_filing(cast)
    assert [title for title in _titles(project, cast.people.officer) if "备案" in title] == [
        "备案：报送汇总表第1版", "备案：撤回汇总表第1版", "备案：报送汇总表第2版", "备案：撤回汇总表第2版",
        "备案：报送汇总表第3版",
    ]  # fmt: skip


@pytest.mark.clause("S-13")
def test_the_records_name_which_change_of_the_plan_it_was(cast: Cast) -> None:
    plan = an_approved_plan(cast)
    for value in ("36", "37"):
        goals = plan_lists(cast.people.secretary.pk)["goals"]
        goals[0]["value"] = value
        change = a_change(cast, plan, reason="条件变化", goals=goals)
        change.grant(by=cast.people.officer, held_on=clock.today(), reference="党委会〔2022〕第9期")
    told = [title for title in _titles(plan.project, cast.people.officer) if "计划变更" in title]
    assert dict.fromkeys(title.split("：")[0] for title in told) == {"第1次计划变更": None, "第2次计划变更": None}


def test_a_plan_that_is_still_written_is_no_record_for_others(cast: Cast) -> None:
    plan = a_plan(cast)
    assert not [title for title in _titles(plan.project, cast.people.officer) if title.startswith("实施计划书")]


@pytest.mark.clause("S-116")
def test_the_papers_say_of_each_copy_of_the_letter_whether_its_scan_is_filed(cast: Cast, browse: Browse) -> None:
    letter = a_letter(cast)
    path = f"{reverse('project', args=[letter.project_id])}?tab=papers"
    assert browse(cast.people.officer).get(path).content.decode().count("盖章扫描件：未归档") == 4
    letter.slot(1).file(b"%PDF-1.7 signed", pages=1, by=cast.people.officer)
    page = browse(cast.people.officer).get(path).content.decode()
    assert "责任书（第1份）盖章扫描件</a>" in page
    assert "责任书（第2份）盖章扫描件：未归档" in page
    # One that was voided keeps its own scan and takes no other; the next begins without.
    letter.propose_void(reason="有误", by=cast.people.officer)
    letter.void(by=cast.people.colleague)
    a_letter(cast, Project.objects.get(pk=letter.project_id))
    page = browse(cast.people.officer).get(path).content.decode()
    assert page.count("责任书（第1份）盖章扫描件</a>") == 1
    assert page.count("责任书（第1份）盖章扫描件：未归档") == 1
    assert page.count("责任书（第2份）盖章扫描件") == 1


@pytest.mark.clause("S-13")
def test_a_text_of_the_plan_has_one_name_everywhere(cast: Cast) -> None:
    """A change makes no further 稿: the list of submissions and the papers count alike, and a scan says of which it is."""
    plan = an_approved_plan(cast)
    project, officer = plan.project, cast.people.officer
    assert plan_page.papers(project, officer)[0]["text"].startswith("第1稿，")
    goals = plan_lists(cast.people.secretary.pk)["goals"]
    goals[0]["value"] = "36"
    change = a_change(cast, plan, reason="条件变化", goals=goals)
    change.grant(by=officer, held_on=clock.today(), reference="党委会〔2022〕第9期")
    project = Project.objects.get(pk=project.pk)
    assert plan_page.papers(project, officer)[0]["text"].startswith("第1稿（第1次变更后），")
    assert [version["number"] for version in plan_page.versions(plan)] == [1]
    slot = Slot(PaperKind.PLAN, project)
    slot.file(b"%PDF-1.7 signed", pages=1, by=officer, edition=1)
    standing = stamped.slot(slot, officer, edition=project.plan_count)["standing"]
    assert "，第1稿的文本" in standing["text"]
    assert standing["outdated_text"]
