"""Offline projects: classified contents stay out of the system, the project counts like any other."""

from typing import Any

import pytest

from dangjian.foundation import clock
from dangjian.foundation.audit import AuditEntry
from dangjian.foundation.lifecycle import Overtaken, Refused
from dangjian.papers.blocks import FormTable, ListTable
from dangjian.people.person import Person
from dangjian.projects import papers
from dangjian.projects.highlight import Highlight
from dangjian.projects.meeting import Meeting, Verdict
from dangjian.projects.offline import ELSEWHERE, NOT_HERE, ONLY_PRINTED, REASONS
from dangjian.projects.paper_kind import PaperKind
from dangjian.projects.project import Project
from dangjian.projects.resolution import Resolution
from dangjian.projects.revision import facts_of
from dangjian.projects.scan import Slot
from tests.cast import CATEGORIES, Cast, a_batch, a_briefing, a_draft, a_meeting, a_submitted, attendance
from tests.papers import scanner
from tests.papers.scanner import sheets, without_foot


def fresh(project: Project) -> Project:
    return Project.objects.get(pk=project.pk)


def offline(cast: Cast, **facts: str) -> Project:
    """A draft of which only name, months and categories are known."""
    project = Project.draft(branch=cast.places.branch, name="专项任务一", by=cast.people.clerk)
    project.keep_offline(by=cast.people.clerk)
    known = {"name": "专项任务一", "starts": "2022-08", "ends": "2022-12"} | facts
    project.application.fill(known, by=cast.people.clerk, seen=1, categories=CATEGORIES)
    return fresh(project)


def agree(project: Project, by: Person, opinion: str = "") -> None:
    Meeting.record(
        project.branch, held_on=clock.today(), issue=Meeting.next_issue(project.branch, 2022), attendance=attendance(),
        verdicts=[Verdict(project, "agree", opinion)], by=by,
    )  # fmt: skip


def handed_in(cast: Cast) -> Project:
    project = offline(cast)
    agree(project, cast.people.secretary)
    project.submit(by=cast.people.secretary)
    return fresh(project)


def established(cast: Cast) -> Project:
    project = handed_in(cast)
    project.decide("pass", by=cast.people.officer, answer=True)
    a_meeting(cast, Verdict(project, "establish"))
    return fresh(project)


def reasons(caught: Any) -> dict[str, str]:
    return {reason.field: reason.text for reason in caught.value.reasons}


# Nothing of the contents is written here


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"facts": {"problem": "问题"}}, "problem"),
        ({"facts": {"long_reason": "理由"}}, "long_reason"),
        ({"lists": {"targets": [{"name": "指标"}]}}, "targets"),
        ({"lists": {"partners": [{"branch": "第二项目部党支部"}]}}, "partners"),
    ],
)
def test_contents_are_refused_with_the_reason(cast: Cast, given: dict[str, Any], field: str) -> None:
    project = offline(cast)
    with pytest.raises(Refused) as caught:
        project.application.fill(
            given.get("facts", {}), by=cast.people.clerk, seen=project.application.edits, lists=given.get("lists")
        )
    assert reasons(caught) == {field: NOT_HERE}
    assert not list(fresh(project).application.written())


def test_team_and_files_are_refused_too(cast: Cast) -> None:
    project = offline(cast)
    with pytest.raises(Refused, match="不在系统内填写"):
        project.application.fill(
            {}, by=cast.people.clerk, seen=project.application.edits, team=[(cast.people.member, "")]
        )
    with pytest.raises(Refused) as caught:
        project.application.attach("consultation", chunks=[b"%PDF-1.7"], name="意见.pdf", by=cast.people.clerk)
    assert reasons(caught) == {"consultation_files": NOT_HERE}


def test_an_older_application_is_no_model_for_it(cast: Cast) -> None:
    earlier = a_draft(cast)
    with pytest.raises(Refused, match="不用底稿"):
        offline(cast).application.begin_like(earlier, by=cast.people.clerk)


def test_only_name_months_and_categories_are_asked_even_beyond_a_year(cast: Cast) -> None:
    project = Project.draft(branch=cast.places.branch, name="专项任务一", by=cast.people.clerk)
    project.keep_offline(by=cast.people.clerk)
    missing = [reason.text for reason in project.application.missing(project.rules)]
    assert missing == ["请填写起止年月", "请选择立项来源"]
    project = offline(cast, ends="2024-06")
    assert not list(project.application.missing(project.rules))
    assert not list(project.application.advice())


# To and fro


def test_a_draft_with_contents_goes_offline_only_when_they_are_taken_away(cast: Cast) -> None:
    project = a_draft(cast)
    with pytest.raises(Refused) as caught:
        project.keep_offline(by=cast.people.clerk)
    told = reasons(caught)
    assert told["problem"] == "请先删去“存在的问题”"
    assert told["team"] == "请先删去“项目成员”"
    blank = dict.fromkeys(told, "")
    project.application.fill(blank, by=cast.people.clerk, seen=1, team=[])
    project = fresh(project)
    project.keep_offline(by=cast.people.clerk)
    assert fresh(project).is_offline
    assert AuditEntry.objects.filter(action="project.keep_offline", noun_id=project.pk).count() == 1
    with pytest.raises(Refused, match="已经是线下管理"):
        project.keep_offline(by=cast.people.clerk)
    project.bring_online(by=cast.people.clerk)
    assert not fresh(project).is_offline


def test_an_opinion_of_the_branch_on_the_contents_cannot_be_taken_away(cast: Cast) -> None:
    project = Project.draft(branch=cast.places.branch, name="专项任务一", by=cast.people.clerk)
    agree(project, cast.people.secretary, "同意，措施具体。")
    with pytest.raises(Refused, match="另按线下管理申报"):
        project.keep_offline(by=cast.people.clerk)


def test_once_handed_in_it_stays_as_it_is_even_after_a_return_or_a_recall(cast: Cast) -> None:
    project = handed_in(cast)
    with pytest.raises(Refused, match="提交过的项目不能改变管理方式"):
        project.bring_online(by=cast.people.clerk)
    project.recall(by=cast.people.secretary)
    with pytest.raises(Refused, match="提交过的项目不能改变管理方式"):
        fresh(project).bring_online(by=cast.people.clerk)
    with pytest.raises(Refused, match="提交过的项目不能改变管理方式"):
        a_submitted(cast).keep_offline(by=cast.people.clerk)


@pytest.mark.parametrize("who", ["member", "officer", "foreign_secretary", "leader"])
def test_nobody_else_changes_it(cast: Cast, who: str) -> None:
    project = Project.draft(branch=cast.places.branch, name="专项任务一", by=cast.people.clerk)
    with pytest.raises(Refused, match="权限"):
        project.keep_offline(by=getattr(cast.people, who))


def test_whoever_still_has_the_whole_form_open_is_told(cast: Cast) -> None:
    project = Project.draft(branch=cast.places.branch, name="专项任务一", by=cast.people.clerk)
    fresh(project).keep_offline(by=cast.people.secretary)
    with pytest.raises(Overtaken):
        fresh(project).application.fill({"name": "专项任务二"}, by=cast.people.clerk, seen=0)


# It goes the usual way, with conclusions alone


def test_it_is_established_with_a_number_and_opinions_hold_the_conclusion_alone(cast: Cast) -> None:
    project = established(cast)
    assert (project.state, project.number) == ("established", "2022-001")
    assert list(Resolution.objects.order_by("pk").values_list("opinion", flat=True)) == ["同意申报。", "同意立项。"]
    assert list(Project.objects.marked("offline")) == [project]
    assert list(Project.objects.established()) == [project]


def test_an_opinion_on_the_contents_is_refused(cast: Cast) -> None:
    project = offline(cast)
    with pytest.raises(Refused) as caught:
        agree(project, cast.people.secretary, "措施具体，同意。")
    told = "线下管理的项目只登记结论，意见请留空，或写“同意申报。”"
    assert reasons(caught) == {f"verdict-{project.pk}": told}
    project = handed_in(cast)
    with pytest.raises(Refused, match="只登记结论"):
        project.decide("return", by=cast.people.officer, opinion="目标写得太大。")


def test_it_is_returned_without_a_written_reason(cast: Cast) -> None:
    project = handed_in(cast)
    made = project.decide("return", by=cast.people.officer)
    assert made.opinion == "退回修改，理由另行告知。"
    assert fresh(project).is_returned


def test_the_paper_says_where_the_contents_are(cast: Cast) -> None:
    project = handed_in(cast)
    table = next(block for block in papers.application_form(project).blocks if isinstance(block, FormTable))
    rows = {row.label: [paragraph.text for paragraph in row.value] for row in table.rows}
    assert rows["项目具体工作内容"] == [ELSEWHERE]
    assert rows["项目名称"] == ["专项任务一"]
    assert "参与支部" not in rows
    assert facts_of(project)["is_offline"] is True


@pytest.mark.clause("S-08")
def test_it_is_not_held_up_as_an_example_in_words(cast: Cast) -> None:
    with pytest.raises(Refused, match="线下管理的项目不登记亮点"):
        Highlight.mark(established(cast), reason="好。", by=cast.people.officer)


def test_it_is_not_laid_before_a_leader_here(cast: Cast) -> None:
    with pytest.raises(Refused) as caught:
        a_briefing(cast, established(cast))
    assert reasons(caught) == {"projects": "线下管理的项目请按保密规定在线下呈阅"}


# No reason is typed


@pytest.mark.parametrize("move", ["withdraw", "hand_over", "recuse", "send_back"])
def test_a_reason_is_one_of_those_listed(cast: Cast, move: str) -> None:
    people, project = cast.people, offline(cast) if move == "send_back" else handed_in(cast)
    if move == "withdraw":
        project.recall(by=people.secretary)
        project = fresh(project)
    if move == "send_back":
        project.application.ask_for_confirmation(by=people.clerk)

    def act(reason: str) -> Any:
        match move:
            case "withdraw":
                return fresh(project).withdraw(by=people.secretary, reason=reason)
            case "hand_over":
                return fresh(project).hand_over(to=people.colleague, by=people.officer, reason=reason)
            case "recuse":
                return fresh(project).recuse(stand_in=people.colleague, by=people.officer, reason=reason)
        return fresh(project).application.send_back(by=people.secretary, reason=reason)

    with pytest.raises(Refused) as caught:
        act("目标涉及某型设备。")
    assert reasons(caught) == {"reason": f"线下管理的项目请从所列理由中选：{'、'.join(REASONS[move])}"}
    act(REASONS[move][0])


def test_a_recusal_in_the_meeting_has_a_listed_reason_too(cast: Cast) -> None:
    project = handed_in(cast)
    project.decide("pass", by=cast.people.officer, answer=True)
    with pytest.raises(Refused) as caught:
        a_meeting(cast, Verdict(project, "establish", recused="王五", recusal_reason="参与过该型设备研制"))
    assert list(reasons(caught)) == [f"verdict-{project.pk}"]
    made = a_meeting(cast, Verdict(fresh(project), "establish", recused="王五", recusal_reason=REASONS["recuse"][0]))
    assert REASONS["recuse"][0] in made.resolutions.get().recusal_text


# Its minutes


def printed_minutes(meeting: Meeting) -> list[Any]:
    return sheets(papers.minutes(meeting, Project.objects.all()))


def test_minutes_print_number_neutral_name_and_conclusion(cast: Cast) -> None:
    project = established(cast)
    meeting = Meeting.objects.get(organisation=cast.places.unit)
    table = next(
        block for block in papers.minutes(meeting, Project.objects.all()).blocks if isinstance(block, ListTable)
    )
    assert table.rows == (
        ("1", f"专项任务一\n（{project.number}，线下管理）", "第一项目部党支部", "同意立项", "", "同意立项。"),
    )


def test_of_such_minutes_only_what_the_system_prints_is_taken(cast: Cast) -> None:
    established(cast)
    meeting = Meeting.objects.get(organisation=cast.places.unit)
    slot, [page] = Slot(PaperKind.MINUTES, meeting), printed_minutes(meeting)
    for typed in ([without_foot(page)], [page, without_foot(page)]):
        with pytest.raises(Refused) as caught:
            slot.file_all([scanner.scan(typed)], by=cast.people.officer)
        assert reasons(caught) == {"scans": ONLY_PRINTED}
    assert slot.file_all([scanner.scan([page])], by=cast.people.officer).pages == 1


def test_in_a_pile_a_page_without_a_mark_waits_and_cannot_be_assigned(cast: Cast) -> None:
    established(cast)
    meeting = Meeting.objects.get(organisation=cast.places.unit)
    [page] = printed_minutes(meeting)
    batch = a_batch([scanner.scan([page, without_foot(page), page])], cast.people.officer)
    assert batch.scans.get().pages == 2
    stray = batch.strays.get()
    with pytest.raises(Refused, match="只收系统打印"):
        batch.settle({stray.pk: Slot(PaperKind.MINUTES, meeting).bare_mark.code}, [], by=cast.people.officer)
