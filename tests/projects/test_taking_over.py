"""Taking over: what was begun on paper enters where it stands, once, with the dates of the paper."""

from datetime import date
from typing import Any

import pytest

from dangjian.foundation import clock
from dangjian.foundation.audit import AuditEntry
from dangjian.foundation.lifecycle import Overtaken, Refused
from dangjian.foundation.notice import Notice
from dangjian.overview import reminders
from dangjian.programmes.round import Round
from dangjian.projects.handover import Handover
from dangjian.projects.project import Project
from dangjian.projects.scan import Slot
from dangjian.projects.taking_over import Known, Past, TakingOver
from tests.cast import Cast, a_draft, an_established

PAPER: dict[str, Any] = {"name": "节能降耗50万元", "starts": "2022-03", "ends": "2022-12"}


def taken_over(cast: Cast, state: str = "running", by: Any = None, branch: Any = None, **facts: Any) -> Project:
    round = Round.current()
    assert round is not None
    return Project.take_over(
        Past(**{**PAPER, **facts}), branch=branch or cast.places.branch, round=round, state=state,
        source="台账.xlsx 表1 第3行", by=by or cast.people.officer,
    )  # fmt: skip


@pytest.mark.parametrize("state", ["established", "running", "completed"])
def test_a_project_enters_where_it_stands_with_the_dates_of_the_paper(cast: Cast, state: str) -> None:
    made = taken_over(
        cast, state, texts={"measures": "示范岗"}, established_on=date(2022, 3, 20), filled_on=date(2022, 3, 10)
    )
    held = Project.objects.get(pk=made.pk)
    assert (held.state, held.number, held.owner) == (state, "2022-001", cast.people.secretary)
    assert held.established_at == clock.start_of(date(2022, 3, 20))
    assert held.submitted_at == clock.start_of(date(2022, 3, 10))
    assert (held.taken_over_at, held.application.measures) == (clock.now(), "示范岗")
    assert held.past is not None
    assert (held.past.source, held.past.at) == ("台账.xlsx 表1 第3行", clock.now())


def test_a_day_that_no_paper_tells_stays_unknown_and_counts_as_the_beginning(cast: Cast) -> None:
    made = taken_over(cast)
    assert made.past is not None
    assert made.past.established_on is None
    assert made.established_at == clock.start_of(date(2022, 3, 1))


@pytest.mark.parametrize(
    "state", ["draft", "in_approval", "suspended", "archived", "rejected", "terminated", "nowhere"]
)
def test_no_other_state_can_be_entered(cast: Cast, state: str) -> None:
    with pytest.raises(Refused, match="只能补录为已立项、实施中、已完成"):
        taken_over(cast, state)


@pytest.mark.parametrize("who", ["secretary", "clerk", "unit_secretary", "foreign_officer", "leader", "system_admin"])
def test_only_the_organisation_departments_take_over(cast: Cast, who: str) -> None:
    with pytest.raises(Refused, match="没有补录该支部项目的权限"):
        taken_over(cast, by=getattr(cast.people, who))


def test_the_company_takes_over_for_any_unit(cast: Cast) -> None:
    assert taken_over(cast, by=cast.people.company_officer, branch=cast.places.foreign_branch).pk
    with pytest.raises(Refused, match="请选择党支部"):
        taken_over(cast, by=cast.people.company_officer, branch=cast.places.unit)


def test_who_sees_projects_of_the_branch_sees_what_was_taken_over(cast: Cast) -> None:
    made = taken_over(cast)
    for who, sees in (("secretary", True), ("officer", True), ("leader", True), ("foreign_officer", False), ("staff", False)):  # fmt: skip
        assert Project.objects.visible_to(getattr(cast.people, who)).filter(pk=made.pk).exists() is sees
        assert TakingOver.objects.visible_to(getattr(cast.people, who)).filter(project=made).exists() is sees


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "长" * 61}, "name"),
        ({"starts": "2022年3月"}, "starts"),
        ({"ends": "2021-12"}, "ends"),
        ({"starts": "2022-11"}, "state"),
        ({"established_on": date(2022, 9, 1)}, "established_on"),
        ({"established_on": date(2022, 3, 20), "completed_on": date(2022, 3, 1)}, "completed_on"),
        ({"texts": {"measures": "长" * 20_001}}, "measures"),
        ({"categories": {"origin": ["nothing"]}}, "origin"),
    ],
)
def test_what_cannot_be_is_refused_at_its_fact_and_leaves_nothing(
    cast: Cast, facts: dict[str, Any], field: str
) -> None:
    with pytest.raises(Refused) as refused:
        taken_over(cast, **facts)
    assert [reason.field for reason in refused.value.reasons] == [field]
    assert not Project.objects.exists()
    assert taken_over(cast).number == "2022-001"


@pytest.mark.parametrize("name", ["节能降耗50万元", "“节能降耗” ５０万元。", "节能 降耗50万元"])
def test_the_same_project_never_enters_twice(cast: Cast, name: str) -> None:
    made = taken_over(cast)
    with pytest.raises(Refused, match=r"系统里已有这个项目（2022-001）"):
        taken_over(cast, name=name)
    assert Known([made.branch], [made.round]).find(name, made.branch, made.round) == made


def test_a_project_that_was_applied_for_here_is_not_entered_again(cast: Cast) -> None:
    a_draft(cast, name=PAPER["name"])
    with pytest.raises(Refused, match="系统里已有这个项目（草稿）"):
        taken_over(cast)


def test_the_move_and_the_audit_row_say_on_what_ground(cast: Cast) -> None:
    made = taken_over(cast)
    move = made.log().get()
    assert (move.name, move.label, move.opinion, move.target) == ("take_over", "补录", "台账.xlsx 表1 第3行", "running")
    assert AuditEntry.objects.filter(
        action="project.take_over", noun_id=made.pk, actor_id=cast.people.officer.pk
    ).exists()


def test_nothing_looks_back_at_what_was_done_on_paper(cast: Cast) -> None:
    before = Notice.objects.count()
    for number, state in enumerate(("established", "running", "completed")):
        taken_over(cast, state, name=f"项目{number}")
    for day in ("2022-08-25 09:00", "2022-08-27 09:00", "2022-12-20 09:00"):
        with clock.fixed_at(day):
            reminders.remind_of_closing()
            reminders.remind_of_signing()
            reminders.remind_of_instructions()
            Handover.settle()
    assert Notice.objects.count() == before


# Correcting from paper


def test_the_paper_may_correct_what_was_entered_from_it(cast: Cast) -> None:
    made = taken_over(cast, texts={"measures": "示范岗"})
    past = Past(**PAPER, texts={"measures": "示范岗6个"}, remark="补登")
    assert made.correct_past(past, source="台账二.xlsx 第3行", by=cast.people.officer) == ["measures", "remark"]
    held = Project.objects.get(pk=made.pk)
    assert held.past is not None
    assert (held.application.measures, held.past.remark, held.past.source) == ("示范岗6个", "补登", "台账二.xlsx 第3行")
    assert held.correct_past(past, source="又一次", by=cast.people.officer) == []
    assert AuditEntry.objects.filter(action="project.correct_past").count() == 1


def test_a_correction_goes_by_what_stands_here_now(cast: Cast) -> None:
    """Whoever loaded the project before a colleague corrected it neither undoes that nor writes over it unseen."""
    officer, made = cast.people.officer, taken_over(cast, texts={"measures": "示范岗"})
    early, mark = Project.objects.get(pk=made.pk), made.past_mark
    made.correct_past(Past(**PAPER, texts={"measures": "示范岗6个"}), source="台账二.xlsx", by=officer)
    with pytest.raises(Overtaken, match="与您核对时看到的不同"):
        early.correct_past(Past(**PAPER, texts={"measures": "巡查"}), source="台账三.xlsx", by=officer, seen=mark)
    assert early.correct_past(Past(**PAPER, remark="补登"), source="台账三.xlsx", by=officer) == ["remark"]
    assert Project.objects.get(pk=made.pk).application.measures == "示范岗6个"


def test_what_the_paper_leaves_out_takes_nothing_away(cast: Cast) -> None:
    full = PAPER | {
        "texts": {"measures": "示范岗", "problem": "煤耗高"}, "filled_on": date(2021, 8, 1), "remark": "补登", "leader": "张建国",
        "branch_opinion": "同意", "extra": {"进展": "五成", "奖项": "一等"}, "established_on": date(2021, 8, 20),
    }  # fmt: skip
    made = Project.objects.get(pk=taken_over(cast, **full).pk)
    narrow = Past(**PAPER, texts={"measures": "", "problem": "煤耗偏高"}, extra={"进展": "八成", "奖项": " "})
    assert made.differing(narrow) == {"problem": "煤耗高", "extra": full["extra"]}
    assert made.correct_past(narrow, source="窄表.xlsx", by=cast.people.officer) == ["problem", "extra"]
    held = Project.objects.get(pk=made.pk)
    assert held.past is not None
    assert (held.application.measures, held.application.problem) == ("示范岗", "煤耗偏高")
    assert (held.past.remark, held.past.leader, held.past.branch_opinion) == ("补登", "张建国", "同意")
    assert (held.application.filled_on, held.past.established_on) == (date(2021, 8, 1), date(2021, 8, 20))
    assert held.past.extra == {"进展": "八成", "奖项": "一等"}
    noted = AuditEntry.objects.get(action="project.correct_past").details["was"]
    assert noted == {"problem": "煤耗高", "extra": full["extra"]}


def test_what_was_applied_for_here_is_not_corrected_from_paper(cast: Cast) -> None:
    with pytest.raises(Refused, match="项目是在系统里申报的"):
        an_established(cast).correct_past(Past(**PAPER), source="台账", by=cast.people.officer)


def test_what_went_on_here_since_is_not_corrected_from_paper(cast: Cast) -> None:
    made = taken_over(cast)
    Project.objects.filter(pk=made.pk).update(version=2)
    with pytest.raises(Refused, match="补录之后已在系统里继续办理"):
        Project.objects.get(pk=made.pk).correct_past(Past(**PAPER, remark="x"), source="台账", by=cast.people.officer)


def test_what_was_on_paper_is_filed_as_scans_in_places_of_its_own(cast: Cast) -> None:
    ran, begins = taken_over(cast), taken_over(cast, "established", name="另一项目")
    assert [slot.kind.value for slot in Slot.of_past(ran)] == ["past_notice", "past_letter", "past_plan"]
    assert [slot.kind.value for slot in Slot.of_past(begins)] == ["past_notice"]
    assert Slot.of_past(an_established(cast, name="在系统里办的")) == []
    letter = Slot.of_past(ran)[1]
    scan = letter.file(b"%PDF-1.4", pages=1, by=cast.people.company_officer)
    assert list(letter.scans().standing()) == [scan]
    assert Slot.of(letter.bare_mark, cast.people.officer) == letter
    assert letter in Slot.open_to(cast.people.officer)
    assert Slot.of(Slot(letter.kind, begins).bare_mark, cast.people.officer) is None
    with pytest.raises(Refused, match="没有归档"):
        letter.file(b"%PDF-1.4", pages=1, by=cast.people.leader)


def test_a_year_that_went_by_on_paper_takes_projects_and_nothing_else(cast: Cast) -> None:
    before = Round.current()
    past = Round.of_past(2020, by=cast.people.officer)
    made = Project.take_over(
        Past(name="往年项目", starts="2020-03", ends="2020-12"), branch=cast.places.branch, round=past,
        state="completed", source="2020年台账.xlsx 表1 第3行", by=cast.people.officer,
    )  # fmt: skip
    assert (made.number, Round.current(), Round.of_past(2020, by=cast.people.officer)) == ("2020-001", before, past)
    assert Round.past_years()[:2] == [2021, 2019]
    for year, by, why in ((2012 - 9, cast.people.officer, "不能补录"), (2019, cast.people.secretary, "没有补录的权限")):
        with pytest.raises(Refused, match=why):
            Round.of_past(year, by=by)
