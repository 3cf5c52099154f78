"""The meeting: recorded whole or not at all, by whoever may, with the numbers that make it a meeting."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dangjian.foundation import clock
from dangjian.foundation.audit import AuditEntry
from dangjian.foundation.lifecycle import Overtaken, Refused
from dangjian.people.organisation import Organisation
from dangjian.people.person import Person
from dangjian.projects.meeting import Attendance, Meeting, Verdict
from dangjian.projects.project import Project
from dangjian.projects.resolution import Resolution
from tests.cast import Cast, a_draft, a_meeting, a_screened, a_submitted, an_agreed_draft, attendance
from tests.examples import IN_ONE_DATABASE, taken_back


def record(
    cast: Cast, *verdicts: Verdict, place: Organisation | None = None, by: Person | None = None, **how: Any
) -> Meeting:
    """A meeting of the unit's committee, or of ``place``."""
    place = place or cast.places.unit
    how = {"held_on": clock.today(), "issue": 1, "attendance": attendance()} | how
    return Meeting.record(place, verdicts=verdicts, by=by or cast.people.officer, **how)


def refused_with(cast: Cast, *verdicts: Verdict, **how: Any) -> list[tuple[str, str]]:
    with pytest.raises(Refused) as refused:
        record(cast, *verdicts, **how)
    return [(reason.field, reason.text) for reason in refused.value.reasons]


# What is kept


@pytest.mark.clause("S-27", "S-109")
def test_a_meeting_keeps_who_was_there_and_what_was_decided(cast: Cast) -> None:
    project = a_screened(cast)
    there = Attendance(expected=9, present=8, chair="刘志远", recorder="陈静", observers="何平", absent="高峰、马文")
    verdict = Verdict(
        project, "establish", " 同意立项。 ", votes_for=5, votes_against=0, abstentions=1, recused=" 张建国 ，王强", recusal_reason="张建国、王强是该支部成员",
    )  # fmt: skip
    meeting = record(cast, verdict, issue=12, attendance=there)
    assert (meeting.expected, meeting.present, meeting.chair, meeting.recorder) == (9, 8, "刘志远", "陈静")
    assert (meeting.observers, meeting.absent) == ("何平", "高峰、马文")
    assert (meeting.recorded_by, meeting.recorded_at) == (cast.people.officer, clock.now())
    assert str(meeting) == "一公司党委会〔2022〕第12期"
    kept = meeting.resolutions.get()
    assert (kept.project, kept.decision, kept.opinion) == (project, "establish", "同意立项。")
    assert kept.recusal_text == "张建国、王强回避（张建国、王强是该支部成员）"
    assert kept.votes_text == "赞成 5 票、反对 0 票、弃权 1 票"
    assert str(kept) == f"{project.name}：同意立项"
    step = Project.objects.get(pk=project.pk).run.steps.get(key="committee")
    assert (step.held_on, step.decided_by, step.opinion) == (clock.today(), cast.people.officer, "同意立项。")


def test_a_meeting_that_counted_no_votes_says_nothing_of_votes(cast: Cast) -> None:
    meeting = record(cast, Verdict(a_screened(cast), "establish"))
    assert meeting.resolutions.get().votes_text == ""


def test_a_meeting_is_on_the_trail_with_the_projects_it_decided(cast: Cast) -> None:
    project = a_screened(cast)
    meeting = record(cast, Verdict(project, "establish"))
    row = AuditEntry.objects.get(action="meeting.record", noun_id=meeting.pk)
    assert (row.actor_id, row.path, row.details) == (
        cast.people.officer.pk, cast.places.unit.path, {"projects": [project.pk], "matters": []},
    )  # fmt: skip


def test_a_meeting_keeps_the_name_its_body_had(cast: Cast) -> None:
    project = a_draft(cast, cast.places.small_branch, cast.people.small_secretary)
    meeting = record(cast, Verdict(project, "agree"), place=project.branch, by=cast.people.small_secretary)
    Organisation.objects.filter(pk=project.branch_id).update(under_seven=False)
    assert Meeting.objects.get(pk=meeting.pk).body == "支部党员大会"


def test_each_organisation_counts_its_meetings_year_by_year(cast: Cast) -> None:
    a_meeting(cast, Verdict(a_screened(cast), "establish"))
    assert Meeting.next_issue(cast.places.unit, 2022) == 2
    assert Meeting.next_issue(cast.places.unit, 2023) == 1
    assert Meeting.next_issue(cast.places.other_unit, 2022) == 1


# Who may


@pytest.mark.parametrize("who", ["secretary", "unit_secretary", "foreign_officer", "leader", "system_admin"])
def test_only_a_handler_of_the_unit_records_its_committee(cast: Cast, who: str) -> None:
    verdict = Verdict(a_screened(cast), "establish")
    assert refused_with(cast, verdict, by=getattr(cast.people, who)) == [("", "您没有登记一公司党委党委会会议的权限")]


@pytest.mark.parametrize("who", ["member", "officer", "small_secretary", "unit_secretary"])
def test_only_the_branch_itself_records_its_own_meeting(cast: Cast, who: str) -> None:
    project = a_draft(cast)
    assert refused_with(cast, Verdict(project, "agree"), place=project.branch, by=getattr(cast.people, who)) == [
        ("", "您没有登记第一项目部党支部支部委员会会议的权限")
    ]


def test_a_clerk_records_the_branch_s_opinion(cast: Cast) -> None:
    project = a_draft(cast)
    record(cast, Verdict(project, "agree", "同意申报。"), place=project.branch, by=cast.people.clerk)
    assert project.branch_opinion().opinion == "同意申报。"


def test_a_branch_speaks_of_its_own_applications_alone(cast: Cast) -> None:
    other = a_draft(cast, cast.places.small_branch, cast.people.small_secretary)
    assert refused_with(cast, Verdict(other, "agree"), place=cast.places.branch, by=cast.people.secretary) == [
        (f"verdict-{other.pk}", "只能对本支部尚未提交的申请登记意见")
    ]


def test_a_branch_speaks_before_submission_alone(cast: Cast) -> None:
    project = a_submitted(cast)
    told = refused_with(cast, Verdict(project, "agree"), place=project.branch, by=cast.people.secretary, issue=9)
    assert told == [(f"verdict-{project.pk}", "只能对本支部尚未提交的申请登记意见")]


def test_the_last_of_two_branch_opinions_counts(cast: Cast) -> None:
    project = an_agreed_draft(cast)
    with clock.fixed_at("2022-08-25 09:00"):
        record(cast, Verdict(project, "agree", "补充后同意。"), place=project.branch, by=cast.people.secretary, issue=2)
        project.submit(by=cast.people.secretary)
    step = project.run.steps.get(key="branch_opinion")
    assert (step.opinion, step.held_on) == ("补充后同意。", date(2022, 8, 25))


# What makes a meeting


@pytest.mark.parametrize(
    ("how", "told"),
    [
        ({"held_on": date(2022, 8, 25)}, [("held_on", "会议日期不能晚于今天")]),
        ({"attendance": attendance(7, 8)}, [("present", "实到人数不能多于应到人数")]),
        ({"attendance": attendance(8, 4)}, [("present", "实到人数未过应到人数的半数，会议不能作出决定")]),
        ({"attendance": attendance(0, 0)}, [("present", "实到人数未过应到人数的半数，会议不能作出决定")]),
        (
            {"held_on": date(2022, 8, 25), "attendance": attendance(7, 3)},
            [("held_on", "会议日期不能晚于今天"), ("present", "实到人数未过应到人数的半数，会议不能作出决定")],
        ),
    ],
)
def test_what_is_no_meeting_is_refused_at_its_field(
    cast: Cast, how: dict[str, Any], told: list[tuple[str, str]]
) -> None:
    assert refused_with(cast, Verdict(a_screened(cast), "establish"), **how) == told


def test_a_meeting_without_a_decision_is_refused(cast: Cast) -> None:
    assert refused_with(cast) == [("", "请至少对一个项目、计划书或计划变更作出决定")]


def test_a_meeting_is_recorded_once(cast: Cast) -> None:
    record(cast, Verdict(a_screened(cast), "establish"), issue=3)
    again = Verdict(a_screened(cast, name="另一个项目"), "establish")
    assert refused_with(cast, again, issue=3) == [("issue", "2022年第3期已登记过")]


@pytest.mark.once
@IN_ONE_DATABASE
@given(expected=st.integers(0, 30), present=st.integers(0, 30))
def test_a_meeting_can_decide_when_more_than_half_are_there(cast: Cast, expected: int, present: int) -> None:
    with taken_back():
        project = a_draft(cast)
        how: dict[str, Any] = {"place": project.branch, "by": cast.people.secretary}
        how["attendance"] = attendance(expected, present)
        if expected / 2 < present <= expected:
            assert record(cast, Verdict(project, "agree"), **how).present == present
        else:
            assert [field for field, _ in refused_with(cast, Verdict(project, "agree"), **how)] == ["present"]


VOTES = st.none() | st.integers(0, 9)


def tally(votes: tuple[int | None, int | None, int | None]) -> dict[str, Any]:
    """赞成, 反对, 弃权."""
    return dict(zip(("votes_for", "votes_against", "abstentions"), votes, strict=True))


@pytest.mark.clause("S-27")
@pytest.mark.once
@IN_ONE_DATABASE
@given(
    present=st.integers(4, 7), votes=st.tuples(VOTES, VOTES, VOTES), decision=st.sampled_from(["establish", "reject"])
)
def test_counted_votes_must_fit_the_room_and_carry_a_yes(
    cast: Cast, present: int, votes: tuple[int | None, int | None, int | None], decision: str
) -> None:
    with taken_back():
        project = a_screened(cast)
        verdict = Verdict(project, decision, "理由", **tally(votes))
        counted = any(vote is not None for vote in votes)
        total = sum(vote or 0 for vote in votes)
        carried = (votes[0] or 0) > present / 2
        if not counted or (total == present and carried):
            record(cast, verdict, attendance=attendance(7, present))
            assert project.reload().state == {"establish": "established", "reject": "rejected"}[decision]
        else:
            told = refused_with(cast, verdict, attendance=attendance(7, present))
            assert {field for field, _ in told} == {f"verdict-{project.pk}"}
            assert any("多于实到" in text for _, text in told) == (total > present)
            assert any("未表决的计入弃权" in text for _, text in told) == (total < present)
            assert any("赞成本决定的票未过" in text for _, text in told) == (not carried)


# Who stands aside

CHAIR = Attendance(expected=7, present=5, chair="刘志远", recorder="陈静")


@pytest.mark.clause("S-27")
@pytest.mark.parametrize(
    ("aside", "told"),
    [
        ({"recused": "王强", "recusal_reason": "亲属"}, None),
        ({"recused": "刘志远", "recusal_reason": "亲属", "stand_in": "韩立"}, None),
        ({"recused": "刘志远", "recusal_reason": "亲属"}, "主持人回避的，请写明由谁代行"),
        ({"recused": "刘志远、陈静", "recusal_reason": "亲属"}, "主持、记录人回避的，请写明由谁代行"),
        ({"recused": "王强"}, "请写明回避原因"),
        ({"recusal_reason": "亲属"}, "填了回避原因或代行人，请同时填写回避人"),
        ({"recused": "王强（亲属）", "recusal_reason": "亲属"}, "回避人只填姓名，几个人用顿号隔开，原因填在“回避原因”"),
        ({"recused": "王强、王强", "recusal_reason": "亲属"}, "回避人重复"),
        ({"recused": "刘志远", "recusal_reason": "亲属", "stand_in": "刘志远"}, "代行人不能是回避的人"),
    ],
)
def test_who_stands_aside_is_named_with_a_reason_and_the_chair_with_a_stand_in(
    cast: Cast, aside: dict[str, str], told: str | None
) -> None:
    verdict = Verdict(a_screened(cast), "establish", "同意立项。", **aside)
    if told is None:
        assert record(cast, verdict, attendance=CHAIR).resolutions.get().recusal_text
    else:
        assert refused_with(cast, verdict, attendance=CHAIR) == [(f"verdict-{verdict.project.pk}", told)]


@pytest.mark.clause("S-27")
@pytest.mark.parametrize(
    ("expected", "present", "aside", "votes", "told"),
    [
        (7, 5, "甲", (4, 0, 0), ""),
        (7, 5, "甲", (5, 0, 0), "票数合计 5，多于可以表决的 4 人"),
        (7, 7, "", (5, 1, 0), "赞成、反对、弃权合计 6 票，比实到 7 人少 1 票；未表决的计入弃权"),
        (7, 7, "", (5, 1, 1), ""),
        (7, 5, "甲", (3, 0, 0), "赞成、反对、弃权合计 3 票，比可以表决的 4 人少 1 票；未表决的计入弃权"),
        (7, 5, "甲", (2, 2, 0), "赞成本决定的票未过可以表决的人数的半数，不能作出这项决定"),
        (7, 4, "甲", (3, 0, 0), "1 人回避后，可以表决的 3 人，未过应参加表决 6 人的半数"),
        (7, 5, "甲、乙、丙", (2, 0, 0), "3 人回避后，可以表决的 2 人，未过应参加表决 4 人的半数"),
        (7, 7, "甲、乙、丙、丁", (2, 1, 0), ""),
    ],
)
def test_whoever_stands_aside_counts_neither_as_expected_nor_as_present(
    cast: Cast, expected: int, present: int, aside: str, votes: tuple[int, int, int], told: str
) -> None:
    verdict = Verdict(
        a_screened(cast), "establish", recused=aside, recusal_reason="亲属" if aside else "", **tally(votes)
    )
    if not told:
        assert record(cast, verdict, attendance=attendance(expected, present)).resolutions.get().votes_for == votes[0]
    else:
        assert any(told in text for _, text in refused_with(cast, verdict, attendance=attendance(expected, present)))


@pytest.mark.clause("S-27")
def test_while_more_are_present_than_expected_nobody_counts_votes_by_them(cast: Cast) -> None:
    verdict = Verdict(a_screened(cast), "establish", **tally((7, 0, 0)))
    assert refused_with(cast, verdict, attendance=attendance(7, 8)) == [("present", "实到人数不能多于应到人数")]


# All or nothing


@pytest.mark.clause("S-28")
def test_one_verdict_refused_refuses_the_whole_meeting_and_says_which(cast: Cast) -> None:
    good = a_screened(cast)
    waiting = a_submitted(cast, cast.places.small_branch, cast.people.small_secretary, name="机关能耗管理")
    before = AuditEntry.objects.count()
    told = refused_with(cast, Verdict(good, "establish"), Verdict(waiting, "establish"))
    assert told == [(f"verdict-{waiting.pk}", "当前环节是“筛选”，不能办理此项")]
    assert AuditEntry.objects.count() == before
    assert not Meeting.objects.filter(organisation=cast.places.unit).exists()
    assert not Resolution.objects.filter(decision="establish").exists()
    assert Project.objects.get(pk=good.pk).state == "in_approval"


def test_a_decision_no_committee_can_take_is_refused(cast: Cast) -> None:
    project = a_screened(cast)
    for decision in ("agree", "postpone", ""):
        assert refused_with(cast, Verdict(project, decision)) == [(f"verdict-{project.pk}", "党委会不能作出这样的决定")]
    assert project.reload().state == "in_approval"


def test_a_verdict_on_a_page_that_is_out_of_date_is_overtaken_and_says_by_whom(cast: Cast) -> None:
    project = a_screened(cast)
    page = Verdict(Project.objects.get(pk=project.pk), "establish", seen=project.version)
    record(cast, Verdict(project, "return", "请量化目标"))
    with pytest.raises(Overtaken, match="陈静已于2022年8月24日 09:00办理“退回修改”") as told:
        record(cast, page, issue=2, by=cast.people.colleague)
    assert [reason.field for reason in told.value.reasons] == [f"verdict-{project.pk}"]


# Who sees it


@pytest.mark.parametrize(
    ("who", "sees"),
    [
        ("officer", True), ("colleague", True), ("unit_secretary", True), ("leader", True), ("company_officer", True),
        ("secretary", False), ("foreign_officer", False), ("staff", False), ("system_admin", False),
    ],
)  # fmt: skip
def test_a_committee_s_meeting_is_seen_at_its_place_and_above(cast: Cast, who: str, sees: bool) -> None:
    meeting = record(cast, Verdict(a_screened(cast), "establish"))
    assert Meeting.objects.visible_to(getattr(cast.people, who)).contains(meeting) == sees
