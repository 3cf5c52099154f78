"""Filing: the table makes itself, stays as it was handed in, and is answered line by line; no project waits for it."""

from dataclasses import replace
from datetime import date

import pytest

from dangjian.delivery import lateness, summary
from dangjian.delivery.filing import Filing
from dangjian.delivery.filing_state import State
from dangjian.foundation import clock
from dangjian.foundation.audit import AuditEntry
from dangjian.foundation.lifecycle import Overtaken, Refused
from dangjian.foundation.notice import Notice
from dangjian.overview import todo, unfiled
from dangjian.overview.box import BOXES, done_by
from dangjian.people.organisation import Organisation
from dangjian.programmes.round import Round
from dangjian.projects.filed import FilingState
from dangjian.projects.project import Project
from dangjian.projects.state import State as ProjectState
from dangjian.projects.taking_over import Past
from tests.cast import (
    Cast,
    a_change,
    a_filing,
    a_handed_in_plan,
    a_screened,
    a_signed_letter,
    a_submitted,
    an_established,
    plan_lists,
)

pytestmark = [pytest.mark.django_db, pytest.mark.clause("S-36")]


def _round() -> Round:
    held = Round.current()
    assert held is not None
    return held


def _lines(unit: Organisation) -> list[summary.Line]:
    return summary.lines(summary.reported(unit, _round()))


@pytest.mark.clause("S-121", "S-122")
def test_the_table_compiles_itself_from_established_projects_in_their_order(cast: Cast) -> None:
    an_established(cast, name="机关", branch=cast.places.small_branch, by=cast.people.small_secretary)
    first = an_established(cast, name="降耗")
    a_screened(cast, name="还没立项")
    office, site = cast.places.small_branch.short_name, cast.places.branch.short_name
    found = _lines(cast.places.unit)
    assert [(line.name, line.department) for line in found] == [("降耗", site), ("机关", office)]
    line = found[0]
    assert (line.number, line.period) == (first.number, "2022.8~2022.12")
    assert line.problem.startswith("夏季施工高峰")
    assert line.measures.startswith("党员包机")
    assert line.goal.startswith("到2022年12月")


@pytest.mark.clause("S-121")
def test_the_note_names_the_carriers(cast: Cast) -> None:
    project = an_established(cast)
    project.carriers.create(place=1, kind="demonstration_post", name="节能先锋")
    known = {
        code: label
        for axis in project.rules.taxonomies
        if axis.key == "carrier"
        for code, label in [(i.code, i.label) for i in axis.items]
    }
    project.carriers.update(kind=next(iter(known)))
    assert _lines(cast.places.unit)[0].note == f"建立{next(iter(known.values()))}“节能先锋”"


@pytest.mark.clause("S-121")
def test_the_note_of_a_paper_stays_where_a_project_was_taken_over(cast: Cast) -> None:
    past = Past(name="纸上的项目", starts="2022-03", ends="2022-12", remark="建立党员先锋岗3个。")
    made = Project.take_over(
        past, branch=cast.places.branch, round=_round(), state="running", source="附件4", by=cast.people.officer
    )
    assert _lines(cast.places.unit)[0].note == "建立党员先锋岗3个"
    made.carriers.create(place=1, kind="", name="节能")
    assert _lines(cast.places.unit)[0].note == "建立党员先锋岗3个；建立“节能”"


@pytest.mark.clause("S-121")
def test_an_offline_project_is_named_and_says_nothing(cast: Cast) -> None:
    project = an_established(cast)
    Project.objects.filter(pk=project.pk).update(is_offline=True)
    line = _lines(cast.places.unit)[0]
    assert (line.problem, line.measures, line.goal, line.note) == ("", "", "", "线下管理")
    assert line.gaps() == []


def test_a_joint_project_stands_once_at_its_lead_branch(cast: Cast) -> None:
    project = an_established(cast)
    project.partners.create(place=1, branch=cast.places.foreign_branch, duty="提供设备")
    assert [line.note for line in _lines(cast.places.unit)] == [f"与{cast.places.foreign_branch.short_name}联合实施"]
    assert _lines(cast.places.other_unit) == []


@pytest.mark.clause("S-122")
def test_handing_in_freezes_a_version_and_tells_the_company(cast: Cast) -> None:
    project = an_established(cast)
    filing = a_filing(cast)
    Project.objects.filter(pk=project.pk).update(name="后来改的名")
    assert [line.name for line in filing.reload().lines] == [project.name]
    assert (filing.number, filing.state, filing.is_late) == (1, State.HANDED_IN, False)
    assert filing.unit_name == cast.places.unit.full_name
    assert Notice.objects.filter(person=cast.people.company_officer, text__contains="报送备案").count() == 1
    assert project.reload().filing_state == FilingState.WAITING
    assert [change.kind for change in filing.unreported()] == [summary.CHANGED]


def test_late_is_received_and_marked(cast: Cast) -> None:
    an_established(cast)
    with clock.fixed_at("2022-09-04 09:00"):
        filing = a_filing(cast)
    assert filing.is_late
    with clock.fixed_at("2022-09-03 23:00"):
        assert not Filing(is_late=False).is_late
        window = _round().window_at("filing", cast.places.unit)
        assert window is not None
        assert window.days_left(clock.today()) == 0


def test_a_version_handed_in_to_correct_an_earlier_one_is_not_late(cast: Cast) -> None:
    filing = a_filing(cast)
    filing.answer(returned={filing.rows.get().pk: "请补充"}, by=cast.people.company_officer)
    with clock.fixed_at("2022-09-20 09:00"):
        assert not a_filing(cast, explanations={filing.rows.get().project_id: "已补充"}).is_late


def test_the_company_answers_line_by_line_and_the_others_go_on_waiting(cast: Cast) -> None:
    one, two, three = (an_established(cast, name=name) for name in ("甲", "乙", "丙"))
    filing, officer = a_filing(cast), cast.people.company_officer
    rows = {row.project_id: row.pk for row in filing.rows.all()}
    filing.answer(record=[rows[one.pk]], returned={rows[two.pk]: "目标不具体"}, by=officer)
    states = [row.state for row in filing.rows.all()]
    assert states == [FilingState.RECORDED, FilingState.RETURNED, FilingState.WAITING]
    assert (filing.state, filing.code, filing.received_by) == (State.HANDED_IN, "备〔2022〕1号", officer)
    assert (one.reload().filed_on, two.reload().filed_on) == (clock.today(), None)
    told = Notice.objects.filter(person=cast.people.officer, text__contains="退回补正 1 项")
    assert told.count() == 1
    returned = Notice.objects.filter(text="“乙”的备案退回补正：目标不具体", noun="project", noun_id=two.pk)
    assert {each.person for each in returned} == {cast.people.secretary, cast.people.clerk}
    assert not Notice.objects.filter(person=cast.people.secretary, text__contains="已备案").exists()
    filing.reload().settle(by=officer)
    assert (filing.reload().state, three.reload().filing_state) == (State.SETTLED, FilingState.RECORDED)


@pytest.mark.clause("S-122")
def test_the_next_version_keeps_what_stands_and_asks_for_the_rest(cast: Cast) -> None:
    one, two = (an_established(cast, name=name) for name in ("甲", "乙"))
    filing, company = a_filing(cast), cast.people.company_officer
    rows = {row.project_id: row.pk for row in filing.rows.all()}
    filing.answer(record=[rows[one.pk]], returned={rows[two.pk]: "目标不具体"}, by=company)
    three = an_established(cast, name="丙")
    again = a_filing(cast, explanations={two.pk: "目标已在计划书中细化"})
    states = {row.project_id: (row.state, row.explanation) for row in again.rows.all()}
    assert states == {
        one.pk: (FilingState.RECORDED, ""),
        two.pk: (FilingState.WAITING, "目标已在计划书中细化"),
        three.pk: (FilingState.WAITING, ""),
    }
    assert filing.reload().state == State.SUPERSEDED
    assert (again.number, again.code) == (2, "备〔2022〕1号")
    assert again.predecessor() == filing
    found = summary.differences(filing.lines, again.lines)
    assert [(change.name, change.kind) for change in found] == [("丙", summary.ADDED)]


def test_what_says_the_same_is_not_handed_in_twice(cast: Cast) -> None:
    a_filing(cast)
    with pytest.raises(Refused, match="与第1版一致"):
        a_filing(cast)


def test_a_terminated_project_leaves_the_next_version_and_asks_for_no_answer(cast: Cast) -> None:
    one, _two = an_established(cast, name="甲"), an_established(cast, name="乙")
    filing = a_filing(cast)
    filing.settle(by=cast.people.company_officer)
    Project.objects.filter(pk=one.pk).update(state=ProjectState.TERMINATED)
    again = a_filing(cast)
    assert (again.rows.count(), again.state) == (1, State.SETTLED)
    assert [(change.name, change.kind) for change in summary.differences(filing.lines, again.lines)] == [
        ("甲", summary.REMOVED)
    ]


def test_a_running_project_never_waits_for_its_filing(cast: Cast) -> None:
    project, officer = an_established(cast), cast.people.officer
    filing = a_filing(cast)
    filing.answer(returned={filing.rows.get().pk: "请补充"}, by=cast.people.company_officer)
    project = project.reload()
    project.take_letter(by=officer, signed_on=clock.today())
    project.take_plan(by=officer, planned_on=clock.today())
    assert (project.reload().state, project.reload().filing_state) == (ProjectState.RUNNING, FilingState.RETURNED)


def test_what_was_handed_in_lies_among_what_one_did_and_each_version_once(cast: Cast) -> None:
    officer = cast.people.officer
    an_established(cast)
    first = a_filing(cast)
    [line] = BOXES["done"].rows(officer, kind="file")
    assert (line.label, line.noun, line.noun_id, line.at) == ("报送备案", "filing", first.pk, first.at)
    assert BOXES["done"].kinds["file"] == "报送备案"
    an_established(cast, name="降耗")
    a_filing(cast)
    own = done_by(officer).filter(noun="filing")
    assert [move.label for move in own] == ["报送新版", "报送备案"]


def test_nothing_established_is_nothing_to_report(cast: Cast) -> None:
    a_submitted(cast)
    with pytest.raises(Refused, match="不用报送"):
        Filing.hand_in(cast.places.unit, _round(), phone="1", by=cast.people.officer)


@pytest.mark.parametrize("phone", ["", "  ", "1" * 31, "057l-86021107", "O571-86021107", "党群工作部"])
def test_a_telephone_number_is_asked_for_and_holds_what_one_dials(cast: Cast, phone: str) -> None:
    an_established(cast)
    with pytest.raises(Refused) as refused:
        Filing.hand_in(cast.places.unit, _round(), phone=phone, by=cast.people.officer)
    assert [reason.field for reason in refused.value.reasons] == ["phone"]
    assert not Filing.objects.exists()


@pytest.mark.parametrize("who", ["secretary", "unit_secretary", "foreign_officer", "leader"])
def test_nobody_else_hands_the_table_in(cast: Cast, who: str) -> None:
    an_established(cast)
    with pytest.raises(Refused, match="权限"):
        a_filing(cast, by=getattr(cast.people, who))


@pytest.mark.parametrize("who", ["secretary", "officer", "leader"])
def test_nobody_else_answers_it(cast: Cast, who: str) -> None:
    filing = a_filing(cast)
    with pytest.raises(Refused, match="权限"):
        filing.settle(by=getattr(cast.people, who))
    assert filing.reload().code == ""


def test_an_answer_needs_lines_that_wait_and_a_reason_to_send_back(cast: Cast) -> None:
    filing, company = a_filing(cast), cast.people.company_officer
    row = filing.rows.get().pk
    for given, told in (
        ({}, "请选择"),
        ({"record": [row + 1]}, "刷新"),
        ({"record": [row], "returned": {row: "又退"}}, "刷新"),
        ({"returned": {row: " "}}, "理由"),
        ({"returned": {row: "长" * 201}}, "最多 200 字"),
    ):
        with pytest.raises(Refused, match=told):
            filing.answer(by=company, **given)
    assert filing.reload().version == 0


@pytest.mark.parametrize(
    "phone", ["0571-86021107", "+86 571 86021107转8", "（0571）86021107、86021108", "(0571)1/2;3；4"]
)
def test_a_telephone_number_is_written_as_people_write_it(cast: Cast, phone: str) -> None:
    an_established(cast)
    assert Filing.hand_in(cast.places.unit, _round(), phone=phone, by=cast.people.officer).phone == phone


@pytest.mark.clause("S-36")
def test_the_branch_hears_of_a_line_that_had_come_back_once_it_is_recorded_and_of_no_other(cast: Cast) -> None:
    fine, back = an_established(cast, name="甲"), an_established(cast, name="乙")
    first, company = a_filing(cast), cast.people.company_officer
    rows = {row.project_id: row.pk for row in first.rows.all()}
    first.answer(record=[rows[fine.pk]], returned={rows[back.pk]: "目标不具体"}, by=company)
    a_filing(cast, explanations={back.pk: "已细化"}).settle(by=company)
    told = Notice.objects.filter(person=cast.people.secretary, text__contains="已备案")
    assert [notice.text for notice in told] == ["“乙”退回补正后已备案，备案号：备〔2022〕1号"]
    # Reported once more with something new, it is a line like the others.
    Project.objects.filter(pk=back.pk).update(name="乙（改名）")
    a_filing(cast).settle(by=company)
    assert told.count() == 1


def test_who_comes_second_is_told_who_was_first(cast: Cast) -> None:
    filing = a_filing(cast)
    seen_by_two = Filing.objects.get(pk=filing.pk)
    filing.settle(by=cast.people.company_officer)
    with pytest.raises(Overtaken, match=r"您本人（在另一个窗口）已于.*办理“办结备案”"):
        seen_by_two.answer(record=[filing.rows.get().pk], by=cast.people.company_officer, seen=0)
    an_established(cast, name="又一个")
    a_filing(cast, by=cast.people.colleague)
    with pytest.raises(Overtaken, match=r"何平已于.*报送第2版"):
        a_filing(cast, seen=1)


def test_it_exists_for_who_sees_the_unit_as_a_whole(cast: Cast) -> None:
    filing = a_filing(cast)
    seen = {who for who in vars(cast.people) if Filing.objects.visible_to(getattr(cast.people, who)).contains(filing)}
    assert seen == {"officer", "colleague", "unit_secretary", "company_officer", "leader"}
    assert (
        Filing.objects.visible_to(cast.people.company_officer).waiting_for(cast.people.company_officer).get() == filing
    )
    assert not Filing.objects.waiting_for(cast.people.officer).exists()
    filing.answer(returned={filing.rows.get().pk: "请补充"}, by=cast.people.company_officer)
    assert Filing.objects.waiting_for(cast.people.officer).get() == filing
    assert not Filing.objects.waiting_for(cast.people.company_officer).exists()


def test_the_unit_has_it_to_do_until_it_is_handed_in_and_the_company_until_it_is_answered(cast: Cast) -> None:
    people = cast.people

    def to_do(who: str) -> list[str]:
        person = getattr(people, who)
        return [each.what for each in todo.Waiting(person)]

    a_signed_letter(cast)
    assert to_do("officer") == ["报送项目汇总表"]
    assert todo.Waiting(people.officer)[0].due_on == date(2022, 9, 3)
    assert "报送项目汇总表" not in to_do("company_officer") + to_do("unit_secretary") + to_do("foreign_officer")
    filing = a_filing(cast)
    assert (to_do("officer"), to_do("company_officer")) == ([], ["办理备案"])
    filing.answer(returned={filing.rows.get().pk: "请补充"}, by=people.company_officer)
    assert (to_do("officer"), to_do("company_officer")) == (["补正后再报备案"], [])


def test_units_are_reminded_once_before_the_time_is_over(cast: Cast) -> None:
    an_established(cast)
    assert unfiled.remind(3) == 0
    for at in ("2022-09-01 09:00", "2022-09-02 09:00"):
        with clock.fixed_at(at):
            assert unfiled.remind(3) == 1
    assert Notice.objects.filter(person=cast.people.officer, text__contains="9月3日24时截止").count() == 1
    with clock.fixed_at("2022-09-04 09:00"):
        assert unfiled.remind(3) == 0


@pytest.mark.clause("S-36")
def test_a_stop_before_another_mark_makes_no_difference_to_what_was_reported(cast: Cast) -> None:
    """Versions of former days keep 「。）；」, which is not printed any more: nothing has to be reported anew for it."""
    line = _lines(cast.places.unit)[0] if a_filing(cast) else None
    assert line is not None
    before, now = replace(line, goal="（1）甲（合格。）；（2）乙。"), replace(line, goal="（1）甲（合格）；（2）乙。")
    assert summary.differences([before], [now]) == []
    assert [each.kind for each in summary.differences([before], [replace(now, goal="乙。")])] == [summary.CHANGED]


@pytest.mark.clause("S-13", "S-121", "S-122")
def test_a_line_tells_measures_and_goals_as_the_approved_plan_and_its_changes_have_them(cast: Cast) -> None:
    plan = a_handed_in_plan(cast)
    filing, company, people = a_filing(cast), cast.people.company_officer, cast.people
    row = filing.rows.get()
    assert row.line.measures.startswith("党员包机、逐台核定")
    filing.answer(returned={row.pk: "目标不具体"}, by=company)
    # Sent again as it was, it is asked what was corrected; nothing of the attempt is kept.
    with pytest.raises(Refused) as refused:
        a_filing(cast)
    assert [reason.field for reason in refused.value.reasons] == [f"explanation_{row.project_id}"]
    assert Filing.objects.count() == 1
    plan.decide("pass", by=people.officer)
    plan.decide("approve", by=people.officer, leader="刘志远", held_on=clock.today())
    line = _lines(cast.places.unit)[0]
    assert line.measures == "（1）党员包机，逐台核定油耗定额；（2）每周通报油耗。"
    assert line.goal == "（1）节约能耗费用（由0到30万元）；（2）阶段目标：完成油耗定额核定（23台设备全部有定额）。"
    second = a_filing(cast)
    assert [(each.kind, [column for column, *_ in each.changed]) for each in summary.differences(filing.lines, second.lines)] == [
        (summary.CHANGED, ["采取措施", "达到目标"])
    ]  # fmt: skip
    goals = plan_lists(people.secretary.pk)["goals"]
    goals[0]["value"] = "36"
    change = a_change(cast, plan, reason="条件变化", goals=goals)
    assert second.unreported() == []
    change.grant(held_on=clock.today(), reference="党委会〔2022〕第12期", by=people.officer)
    changed = second.reload().unreported()[0].changed
    assert [column for column, *_ in changed] == ["达到目标"]
    assert "由0到36万元" in changed[0][2]


@pytest.mark.clause("S-122")
def test_what_nobody_has_answered_is_taken_back_and_its_number_is_not_used_again(cast: Cast) -> None:
    project, officer = an_established(cast), cast.people.officer
    first = a_filing(cast)
    first.recall(by=officer)
    first, project = first.reload(), project.reload()
    assert (first.state, first.state_label, project.filing_state) == (State.RECALLED, "已撤回", FilingState.NONE)
    assert Filing.standing(cast.places.unit, _round()) is None
    assert [unit.pk for unit in unfiled.outstanding(_round())] == [cast.places.unit.pk]
    assert AuditEntry.objects.filter(action="filing.recall", actor_id=officer.pk).count() == 1
    told = Notice.objects.filter(person=cast.people.company_officer, event=f"filing-{first.pk}-recalled").get()
    assert "已由陈静撤回，不用办理" in told.text
    assert first.refusals("answer", by=cast.people.company_officer)
    again = a_filing(cast)
    assert (again.number, again.predecessor(), project.reload().filing_state) == (2, None, FilingState.WAITING)


def test_the_version_before_stands_again_with_what_was_answered_to_it(cast: Cast) -> None:
    kept, back = an_established(cast, name="甲"), an_established(cast, name="乙")
    first = a_filing(cast)
    rows = {row.project_id: row.pk for row in first.rows.all()}
    first.answer(record=[rows[kept.pk]], returned={rows[back.pk]: "目标不具体"}, by=cast.people.company_officer)
    new = an_established(cast, name="丙")
    second = a_filing(cast, explanations={back.pk: "已细化"})
    second.recall(by=cast.people.officer)
    assert (first.reload().state, second.reload().state) == (State.SETTLED, State.RECALLED)
    states = {each.pk: each.reload().filing_state for each in (kept, back, new)}
    assert states == {kept.pk: FilingState.RECORDED, back.pk: FilingState.RETURNED, new.pk: FilingState.NONE}
    assert first in Filing.objects.to_correct(cast.people.officer)
    third = a_filing(cast, explanations={back.pk: "已细化"})
    assert (third.number, third.predecessor(), third.code) == (3, first, first.code)


def test_a_version_that_still_waited_waits_again(cast: Cast) -> None:
    an_established(cast, name="甲")
    first = a_filing(cast)
    an_established(cast, name="乙")
    a_filing(cast).recall(by=cast.people.officer)
    assert first.reload().state == State.HANDED_IN
    first.reload().settle(by=cast.people.company_officer)


def test_what_the_company_has_begun_to_answer_is_not_taken_back(cast: Cast) -> None:
    an_established(cast, name="甲")
    an_established(cast, name="乙")
    filing = a_filing(cast)
    filing.answer(record=[filing.rows.all()[0].pk], by=cast.people.company_officer)
    with pytest.raises(Refused, match="公司已开始办理，不能撤回"):
        filing.reload().recall(by=cast.people.officer)
    stale = Filing.objects.get(pk=filing.pk)
    filing.reload().settle(by=cast.people.company_officer)
    with pytest.raises(Overtaken, match="马文已于"):
        stale.recall(by=cast.people.officer)


@pytest.mark.parametrize(
    "who", ["secretary", "unit_secretary", "foreign_officer", "company_officer", "leader", "staff"]
)
def test_nobody_else_takes_it_back_or_corrects_its_number(cast: Cast, who: str) -> None:
    filing, by = a_filing(cast), getattr(cast.people, who)
    for act in (lambda: filing.recall(by=by), lambda: filing.correct_phone(phone="2", by=by)):
        with pytest.raises(Refused, match="没有"):
            act()
    assert filing.reload().state == State.HANDED_IN


def test_what_comes_after_the_first_was_taken_back_is_the_first_late_or_not(cast: Cast) -> None:
    an_established(cast)
    with clock.fixed_at("2022-09-01 09:00"):
        first = a_filing(cast)
        first.recall(by=cast.people.officer)
    with clock.fixed_at("2022-09-08 09:00"):
        second = a_filing(cast)
    assert (second.is_late, second.days_late) == (True, 5)
    assert lateness.told([first.reload(), second]) == {second.pk: "迟报 5 天"}
    assert second.was_first
    with clock.fixed_at("2022-09-09 09:00"):
        second.recall(by=cast.people.officer)
        third = a_filing(cast)
    assert lateness.told([second.reload(), third]) == {second.pk: "迟报 5 天", third.pk: "迟报 6 天"}
    assert list(Filing.objects.newest().filter(lateness.filed_late())) == [third]


def test_the_telephone_number_is_corrected_without_another_version(cast: Cast) -> None:
    an_established(cast)
    filing = a_filing(cast)
    filing.settle(by=cast.people.company_officer)
    filing.correct_phone(phone=" 0571-88000002 ", by=cast.people.officer)
    held = filing.reload()
    assert (held.phone, held.state, held.number) == ("0571-88000002", State.SETTLED, 1)
    assert "0571" not in str(AuditEntry.objects.get(action="filing.correct_phone").details)
    held.correct_phone(phone="\uff10\uff15\uff17\uff11－88000003", by=cast.people.officer)
    assert held.reload().phone == "0571-88000003"
    held.correct_phone(phone="0571-88000002", by=cast.people.officer)
    for wrong, said in (
        ("", "请填写联系电话"),
        ("\uff10\uff15\uff17\uff11－8602110七", "“七”不对"),
        ("0571-88000002", "相同"),
        ("1" * 31, "最多 30 字"),
        ("057l-86021107", "“l”不对"),
    ):
        with pytest.raises(Refused, match=said):
            held.correct_phone(phone=wrong, by=cast.people.officer)
    an_established(cast, name="乙")
    a_filing(cast)
    with pytest.raises(Refused, match="不能更正联系电话"):
        filing.reload().correct_phone(phone="3", by=cast.people.officer)
