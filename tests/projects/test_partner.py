"""Joint projects: who may take part, who sees them, who is told, where they count, what papers say."""

from typing import Any

import pytest

from dangjian.foundation import clock
from dangjian.foundation.lifecycle import Refused
from dangjian.foundation.notice import Notice
from dangjian.people.access import Role
from dangjian.people.organisation import Kind, Organisation
from dangjian.people.person import Person
from dangjian.projects import papers
from dangjian.projects.meeting import Meeting, Verdict
from dangjian.projects.project import Project
from dangjian.projects.restructuring import Restructuring
from dangjian.projects.revision import facts_of
from dangjian.projects.team import candidates
from dangjian.web import display
from tests.cast import Cast, a_draft, a_meeting, attendance

FOREIGN = "第二项目部党支部（二公司党委）"
WITH_FOREIGN = [{"branch": FOREIGN, "duty": "提供设备台账"}]


def fill(project: Project, by: Person, *lines: dict[str, str], team: Any = None) -> Project:
    project.application.fill(
        {}, by=by, seen=project.application.edits, team=team, lists={"partners": list(lines or WITH_FOREIGN)}
    )
    return Project.objects.get(pk=project.pk)


def refused(project: Project, by: Person, *lines: dict[str, str], team: Any = None) -> dict[str, str]:
    with pytest.raises(Refused) as caught:
        fill(project, by, *lines, team=team)
    return {reason.field: reason.text for reason in caught.value.reasons}


def submitted(cast: Cast) -> Project:
    """A joint project of the branch with one of the other unit, handed in."""
    return handed_in(fill(a_draft(cast), cast.people.secretary), cast)


def handed_in(project: Project, cast: Cast) -> Project:
    Meeting.record(
        project.branch, held_on=clock.today(), issue=Meeting.next_issue(project.branch, 2022), attendance=attendance(),
        verdicts=[Verdict(project, "agree", "同意申报。")], by=cast.people.secretary,
    )  # fmt: skip
    project.submit(by=cast.people.secretary)
    return Project.objects.get(pk=project.pk)


def sees(person: Person, project: Project) -> bool:
    return Project.objects.visible_to(person).filter(pk=project.pk).exists()


def told(person: Person) -> list[str]:
    return list(Notice.objects.filter(person=person).order_by("pk").values_list("text", flat=True))


def test_the_page_says_who_named_a_partner_and_when(cast: Cast) -> None:
    project = fill(a_draft(cast), cast.people.clerk)
    row = next(row for row in display.contents(project) if row["label"] == "参与支部")
    assert row["foot"] == "李敏 8月24日 09:00列入"
    with clock.fixed_at("2022-08-25 10:00"):
        project = fill(project, cast.people.secretary, *WITH_FOREIGN, {"branch": "一公司机关党支部"})
    row = next(row for row in display.contents(project) if row["label"] == "参与支部")
    assert row["foot"] == "第二项目部党支部：李敏 8月24日 09:00列入；一公司机关党支部：张建国 8月25日 10:00列入"


# Who may take part


def test_a_branch_of_another_unit_takes_part_and_is_named_by_any_of_its_names(cast: Cast) -> None:
    project = a_draft(cast)
    for name in (FOREIGN, "第二项目部党支部", "第二工程公司第二项目部党支部"):
        project = fill(project, cast.people.clerk, {"branch": name, "duty": "提供设备台账"})
        assert project.partner_branches() == [cast.places.foreign_branch]
    assert facts_of(project)["partners"] == [{"branch": "第二工程公司第二项目部党支部", "duty": "提供设备台账"}]


@pytest.mark.parametrize(
    ("lines", "field", "text"),
    [
        ([{"branch": "第九项目部党支部"}], "partners-0-branch", "没有这个支部，请从列出的支部中选择"),
        ([{"branch": "二公司党委"}], "partners-0-branch", "没有这个支部，请从列出的支部中选择"),
        ([{"branch": "第一项目部党支部"}], "partners-0-branch", "立项支部就是牵头支部，不用再列"),
        ([{"branch": FOREIGN}, {"branch": FOREIGN}], "partners", "同一支部只能列一次"),
        ([{"branch": FOREIGN, "duty": "长" * 61}], "partners-0-duty", "最多 60 字，现有 61 字"),
        ([{"duty": f"分工{number}"} for number in range(9)], "partners", "最多 8 项"),
    ],
)
def test_what_cannot_stand_is_refused_where_it_was_typed(
    cast: Cast, lines: list[dict[str, str]], field: str, text: str
) -> None:
    project = a_draft(cast)
    assert refused(project, cast.people.clerk, *lines) == {field: text}
    assert not project.partners.exists()


def test_names_that_two_branches_bear_must_be_told_apart(cast: Cast) -> None:
    Organisation.found(
        parent=cast.places.unit, by=cast.people.system_admin, kind=Kind.BRANCH, full_name="第一工程公司第二项目部党支部",
        short_name="第二项目部党支部",
    )  # fmt: skip
    project = a_draft(cast)
    told_apart = {"partners-0-branch": "有同名的支部，请写全称或“简称（上级党组织）”"}
    assert refused(project, cast.people.clerk, {"branch": "第二项目部党支部"}) == told_apart
    assert fill(project, cast.people.clerk).partner_branches() == [cast.places.foreign_branch]


def test_a_branch_that_has_ended_cannot_take_part_nor_be_handed_in(cast: Cast) -> None:
    project, other = a_draft(cast), cast.places.foreign_branch
    fill(project, cast.people.clerk)
    Organisation.objects.filter(pk=other.pk).update(ended_on=clock.today())
    assert refused(project, cast.people.clerk) == {"partners-0-branch": "第二项目部党支部已经撤销，不能参与"}
    missing = [str(reason) for reason in project.missing_for("submit", by=cast.people.secretary)]
    assert "参与支部中的第二项目部党支部已经撤销，请去掉" in missing


def test_a_line_without_a_branch_may_be_saved_but_not_handed_in(cast: Cast) -> None:
    project = fill(a_draft(cast), cast.people.clerk, {"duty": "提供台账"})
    missing = [str(reason) for reason in project.missing_for("submit", by=cast.people.secretary)]
    assert "参与支部第1项没有选支部" in missing


@pytest.mark.clause("S-71")
def test_members_come_from_the_branches_that_take_part(cast: Cast) -> None:
    project, theirs = a_draft(cast), cast.people.foreign_secretary
    assert theirs not in candidates(project)
    assert refused(project, cast.people.clerk, {}, team=[(theirs, "")]) == {"team": "吴刚不是立项支部或参与支部的人员"}
    project = fill(project, cast.people.clerk, team=[(theirs, "设备")])
    assert theirs in candidates(project)
    assert list(candidates(project)).index(cast.people.clerk) < list(candidates(project)).index(theirs)
    assert "team" in refused(project, cast.people.clerk, {}, team=[(theirs, "设备")])


# Who sees it, who is told


def test_who_takes_part_sees_what_was_handed_in_and_cannot_change_it(cast: Cast) -> None:
    people, project = cast.people, fill(a_draft(cast), cast.people.secretary)
    theirs = (people.foreign_secretary, people.foreign_officer)
    assert not any(sees(person, project) for person in theirs)
    handed_in(project, cast)
    assert all(sees(person, project) for person in theirs)
    assert not any(sees(person, project) for person in (people.small_secretary, people.direct_secretary, people.staff))
    with pytest.raises(Refused, match="权限"):
        project.application.fill({"problem": "改"}, by=people.foreign_secretary, seen=2)
    with pytest.raises(Refused):
        project.recall(by=people.foreign_secretary)
    with pytest.raises(Refused):
        project.decide("pass", by=people.foreign_officer)
    assert not Project.objects.waiting_for(people.foreign_secretary).exists()


def test_a_branch_that_is_taken_off_again_no_longer_sees_it(cast: Cast) -> None:
    project = submitted(cast)
    project.decide("return", by=cast.people.officer, opinion="请补充分工。")
    project = Project.objects.get(pk=project.pk)
    assert sees(cast.people.foreign_secretary, project)
    fill(project, cast.people.secretary, {})
    assert not sees(cast.people.foreign_secretary, project)


def test_who_takes_part_is_told_when_it_is_handed_in_returned_and_established(cast: Cast) -> None:
    project = submitted(cast)
    project.decide("return", by=cast.people.officer, opinion="请补充分工。")
    project = Project.objects.get(pk=project.pk)
    project.submit(by=cast.people.secretary)
    project.decide("pass", by=cast.people.officer, answer=True)
    a_meeting(cast, Verdict(project, "establish", "同意立项。"))
    name = project.name
    assert told(cast.people.foreign_secretary) == [
        f"第一项目部党支部牵头申报“{name}”，本支部列为参与支部",
        f"“{name}”退回修改，理由：请补充分工。",
        f"第一项目部党支部牵头申报“{name}”，本支部列为参与支部",
        f"“{name}”同意立项，意见：同意立项。",
    ]
    assert not told(cast.people.foreign_officer)


def test_the_secretary_of_a_branch_that_takes_part_does_not_judge_it(cast: Cast) -> None:
    project = submitted(cast)
    both = cast.people.officer
    assert project.interest_of(both) == ""
    both.appoint(Role.BRANCH_SECRETARY, organisation=cast.places.foreign_branch, by=cast.people.security_admin)
    assert project.interest_of(both) == "参与支部的书记"
    with pytest.raises(Refused, match="您是参与支部的书记，应当回避"):
        project.decide("pass", by=both)
    assert both not in project.stand_ins(cast.people.colleague)


# Where it counts, what is said of it


@pytest.mark.clause("S-20")
def test_it_lies_in_the_unit_of_the_lead_branch_and_is_found_in_both(cast: Cast) -> None:
    project, places = submitted(cast), cast.places
    assert project.unit == places.unit
    assert list(Project.objects.in_unit(places.other_unit)) == []
    for place in (places.unit, places.other_unit, places.branch, places.foreign_branch, places.company):
        assert list(Project.objects.of(place)) == [project]
    assert list(Project.objects.of(places.small_branch)) == []
    assert list(Project.objects.marked("joint")) == [project]


@pytest.mark.clause("S-102")
def test_the_paper_names_who_takes_part_as_it_was_called_when_handed_in(cast: Cast) -> None:
    project = submitted(cast)
    Organisation.objects.filter(pk=cast.places.foreign_branch.pk).update(full_name="新名称党支部")
    form = papers.application_form(Project.objects.get(pk=project.pk)).blocks[-1]
    rows: Any = getattr(form, "rows")  # noqa: B009  # of the form table
    row = next(row for row in rows if row.label == "参与支部")
    assert row.value[0].text == "第二工程公司第二项目部党支部（提供设备台账）。"


def test_a_project_of_one_branch_has_no_such_line_on_paper(cast: Cast) -> None:
    form = papers.application_form(a_draft(cast)).blocks[-1]
    rows: Any = getattr(form, "rows")  # noqa: B009  # of the form table
    assert "参与支部" not in [row.label for row in rows]


def test_the_next_application_begins_with_the_same_branches_but_those_that_ended(cast: Cast) -> None:
    earlier = fill(
        a_draft(cast), cast.people.secretary, WITH_FOREIGN[0], {"branch": "集团机关党支部"},
        team=[(cast.people.foreign_secretary, "设备")],
    )  # fmt: skip
    Organisation.objects.filter(pk=cast.places.direct_branch.pk).update(ended_on=clock.today())
    new = Project.draft(branch=cast.places.branch, name="新项目", by=cast.people.clerk)
    new.application.begin_like(earlier, by=cast.people.clerk)
    assert new.partner_branches() == [cast.places.foreign_branch]
    assert [member.person for member in new.team.all()] == [cast.people.foreign_secretary]


# Where a branch that takes part ends


def ends(branch: Organisation, cast: Cast, successor: Organisation | None = None) -> None:
    Restructuring.dissolve(
        Organisation.objects.get(pk=branch.pk), successor=successor, reason="文", by=cast.people.system_admin
    )


def test_a_branch_that_goes_into_another_takes_part_as_that_one(cast: Cast) -> None:
    project, people, places = submitted(cast), cast.people, cast.places
    ends(places.foreign_branch, cast, successor=places.direct_branch)
    partner = project.partners.get()
    assert (partner.branch, partner.formerly, partner.duty) == (
        places.direct_branch,
        places.foreign_branch,
        "提供设备台账",
    )
    assert partner.told == "集团机关党支部（提供设备台账；原第二工程公司第二项目部党支部）"
    assert project.log().last().opinion == "参与支部第二项目部党支部并入集团机关党支部"
    assert sees(people.direct_secretary, project)
    what = f"“{project.name}”的参与支部第二项目部党支部并入集团机关党支部"
    assert f"{what}，由其继续参与" in told(people.secretary)
    assert f"{what}，由本支部继续参与" in told(people.direct_secretary)
    # What was handed in keeps the name that it had.
    assert "第二工程公司第二项目部党支部（提供设备台账）" in str(papers.application_form(project).blocks)


def test_a_branch_that_ends_without_a_successor_is_marked_and_the_lead_branch_told(cast: Cast) -> None:
    project = submitted(cast)
    ends(cast.places.foreign_branch, cast)
    assert project.partners.get().told == "第二工程公司第二项目部党支部（提供设备台账；支部已撤销）"
    assert f"“{project.name}”的参与支部第二项目部党支部已撤销，请商定由谁承担其分工" in told(cast.people.secretary)
    assert project.log().last().label == "参与支部变动"


def test_a_successor_that_takes_part_already_does_both_parts(cast: Cast) -> None:
    people, places = cast.people, cast.places
    project = fill(a_draft(cast), people.secretary, *WITH_FOREIGN, {"branch": "集团机关党支部", "duty": "协调用电"})
    ends(places.foreign_branch, cast, successor=places.direct_branch)
    partner = project.partners.get()
    assert (partner.branch, partner.duty) == (places.direct_branch, "协调用电、提供设备台账")
    assert partner.formerly == places.foreign_branch


def test_a_successor_that_leads_the_project_is_no_partner_of_its_own(cast: Cast) -> None:
    project = submitted(cast)
    ends(cast.places.foreign_branch, cast, successor=cast.places.branch)
    assert not project.partners.exists()
    assert project.log().last().opinion == "参与支部第二项目部党支部并入第一项目部党支部"


def test_what_is_over_keeps_who_took_part(cast: Cast) -> None:
    project = submitted(cast)
    project.decide("return", by=cast.people.officer, opinion="补充")
    again = Project.objects.get(pk=project.pk)
    again.withdraw(by=cast.people.secretary, reason="不报了")
    ends(cast.places.foreign_branch, cast, successor=cast.places.direct_branch)
    assert project.partners.get().branch == cast.places.foreign_branch


def test_a_branch_taken_off_a_returned_application_is_told_once(cast: Cast) -> None:
    people = cast.people
    draft = fill(a_draft(cast), people.secretary)
    fill(draft, people.secretary, {"branch": "集团机关党支部", "duty": ""})
    # Before it was handed in nobody had heard of it.
    assert told(people.foreign_secretary) == []
    project = handed_in(fill(Project.objects.get(pk=draft.pk), people.secretary), cast)
    project.decide("return", by=people.officer, opinion="补充")
    project = Project.objects.get(pk=project.pk)
    gone = f"“{project.name}”退回修改时不再列本支部为参与支部"
    project = fill(project, people.secretary, {"branch": "集团机关党支部", "duty": "协调用电"})
    assert told(people.foreign_secretary).count(gone) == 1
    fill(project, people.secretary, {"branch": "集团机关党支部", "duty": "协调用水"})
    assert told(people.foreign_secretary).count(gone) == 1


def test_a_partner_keeps_who_named_it_and_when(cast: Cast) -> None:
    people = cast.people
    project = fill(a_draft(cast), people.clerk)
    with clock.fixed_at("2022-08-25 10:00"):
        project = fill(project, people.secretary, *WITH_FOREIGN, {"branch": "集团机关党支部", "duty": ""})
    first, second = project.partners.all()
    assert (first.who, clock.local(first.at).day) == ("李敏", 24)
    assert (second.who, clock.local(second.at).day) == ("张建国", 25)


@pytest.mark.parametrize("word", ["第二项目部", "第二项目部党支部"])
def test_a_project_is_found_by_a_branch_that_takes_part(cast: Cast, word: str) -> None:
    project = submitted(cast)
    assert list(Project.objects.search(word)) == [project]
    assert list(Project.objects.of(cast.places.foreign_branch)) == [project]
    assert not Project.objects.search("集团机关").exists()


def test_a_partner_to_which_the_project_passes_leads_it(cast: Cast) -> None:
    people, places = cast.people, cast.places
    project = fill(a_draft(cast), people.secretary, {"branch": "一公司机关党支部", "duty": ""})
    change = Restructuring.dissolve(places.branch, successor=places.small_branch, reason="文", by=people.system_admin)
    change.settle({project: places.small_branch}, by=people.officer)
    project = Project.objects.get(pk=project.pk)
    assert project.branch == places.small_branch
    assert not project.partners.exists()
