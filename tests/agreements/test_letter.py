"""The letter: made for established projects, signed by two, may follow, is voided by two, outlives its secretaries."""

from datetime import timedelta

import pytest

from dangjian.agreements.letter import Letter
from dangjian.agreements.letter_finding import unlettered
from dangjian.agreements.signature import Authority, Side
from dangjian.foundation import clock
from dangjian.foundation.lifecycle import Refused
from dangjian.foundation.notice import Notice
from dangjian.overview import todo
from dangjian.overview.reminders import remind_of_letters
from dangjian.people.access import Role
from dangjian.people.organisation import Organisation
from dangjian.people.person import Person
from dangjian.projects.handover import Handover
from dangjian.projects.meeting import Meeting, Verdict
from dangjian.projects.project import Project
from dangjian.projects.state import State
from tests.cast import Cast, a_letter, a_screened, a_signed_letter, a_submitted, an_established, attendance, scans_of

pytestmark = pytest.mark.django_db


def whats(person: Person) -> list[str]:
    person.forget_offices()
    return [each.what for each in todo.Waiting(person)]


@pytest.mark.clause("S-29")
def test_a_letter_is_made_for_an_established_project_alone(cast: Cast) -> None:
    with pytest.raises(Refused, match="立项以后才签订责任书"):
        Letter.make(a_screened(cast), by=cast.people.officer)
    project = an_established(cast, name="安全示范岗")
    with pytest.raises(Refused, match="没有制作责任书的权限"):
        Letter.make(project, by=cast.people.secretary)
    letter = Letter.make(project, by=cast.people.officer)
    assert letter.number == "一公司责〔2022〕1号"
    assert [(copy.number, copy.keeper) for copy in letter.copies.all()] == [
        (1, cast.places.unit), (2, cast.places.branch),
    ]  # fmt: skip
    with pytest.raises(Refused, match="已有责任书"):
        Letter.make(project, by=cast.people.officer)
    assert Notice.objects.filter(person=cast.people.secretary, text__contains="责任书").exists()


@pytest.mark.clause("S-29", "S-115", "S-116", "S-117")
def test_it_is_signed_by_both_secretaries_once_both_scans_are_there(cast: Cast) -> None:
    letter = a_letter(cast)
    assert "签订责任书" in whats(cast.people.officer)
    with pytest.raises(Refused, match="第1份的签字盖章扫描件尚未归档"):
        letter.sign(signed_on=clock.today(), by=cast.people.officer)
    scans_of(cast, letter)
    letter.sign(signed_on=clock.today(), place="签订仪式", by=cast.people.officer)
    assert {one.side: one.who for one in letter.signatures.all()} == {"committee": "刘志远", "branch": "张建国"}
    project = Project.objects.get(pk=letter.project_id)
    assert project.letter_signed_on == clock.today()
    assert project.state == State.ESTABLISHED, "the plan is still to come"
    project.take_plan(by=cast.people.officer, planned_on=clock.today())
    assert project.state == State.RUNNING
    assert "签订责任书" not in whats(cast.people.officer)


@pytest.mark.clause("S-29")
def test_the_day_of_the_signing_lies_between_the_establishment_and_today(cast: Cast) -> None:
    letter = a_letter(cast)
    scans_of(cast, letter)
    for day, told in (
        (clock.today() + timedelta(days=1), "不能晚于今天"),
        (clock.today() - timedelta(days=1), "不能早于立项日期"),
    ):
        with pytest.raises(Refused, match=told) as refused:
            letter.sign(signed_on=day, by=cast.people.officer)
        assert "signed_on" in [reason.field for reason in refused.value.reasons]


@pytest.mark.clause("S-115")
def test_somebody_else_signs_only_by_a_written_authority_that_covers_the_day(cast: Cast) -> None:
    letter, today = a_letter(cast), clock.today()
    scans_of(cast, letter)

    def by_authority(days: int) -> dict[Side, Authority]:
        ends_on = today + timedelta(days=days)
        starts_on = ends_on - timedelta(days=1)
        return {Side.BRANCH: Authority(cast.people.member, starts_on, ends_on, [b"%PDF-1.7 authority"], "委托书.pdf")}

    with pytest.raises(Refused, match="委托期限没有包括签订日期"):
        letter.sign(signed_on=today, by=cast.people.officer, authorities=by_authority(-1))
    letter.sign(signed_on=today, by=cast.people.officer, authorities=by_authority(0))
    one = letter.signatures.get(side=Side.BRANCH)
    assert one.who == "王强（受张建国书面委托）"
    assert one.authority is not None


@pytest.mark.clause("S-29")
def test_a_letter_may_follow_for_thirty_days_with_a_reason(cast: Cast) -> None:
    letter, today = a_letter(cast), clock.today()
    with pytest.raises(Refused, match="理由"):
        letter.defer(reason=" ", by=cast.people.officer)
    letter.defer(reason="党委书记外出学习", by=cast.people.officer)
    project = Project.objects.get(pk=letter.project_id)
    assert project.letter_due_on == today + timedelta(days=30)
    project.take_plan(by=cast.people.officer, planned_on=today)
    assert project.state == State.RUNNING
    assert remind_of_letters() == 0
    with clock.fixed_at(f"{today + timedelta(days=26)} 09:00"):
        assert remind_of_letters() == 1
        remind_of_letters()
        assert Notice.objects.filter(person=cast.people.officer, text__contains="应当补签").count() == 1
    with clock.fixed_at(f"{today + timedelta(days=31)} 09:00"):
        assert Letter.objects.overdue().get() == letter
        remind_of_letters()
        assert Notice.objects.filter(person=cast.people.secretary, text__contains="补签已逾期").count() == 1
        late = Letter.objects.get(pk=letter.pk)
        scans_of(cast, late)
        late.sign(signed_on=clock.today(), by=cast.people.officer)
        assert not Letter.objects.overdue().exists()


def test_letters_of_two_units_bear_numbers_that_nobody_takes_for_each_other(cast: Cast) -> None:
    places, admin = cast.places, cast.people.system_admin
    one = a_letter(cast)
    screened = a_submitted(cast, places.foreign_branch, cast.people.foreign_secretary)
    screened.decide("pass", answer=True, by=cast.people.foreign_officer)
    Meeting.record(
        places.other_unit, held_on=clock.today(), issue=1, attendance=attendance(),
        verdicts=[Verdict(Project.objects.get(pk=screened.pk), "establish")], by=cast.people.foreign_officer,
    )  # fmt: skip
    other = Letter.make(Project.objects.get(pk=screened.pk), by=cast.people.foreign_officer)
    assert (one.number, other.number) == ("一公司责〔2022〕1号", "二公司责〔2022〕1号")
    for parent in (places.unit, places.other_unit):
        Organisation.found(
            parent=parent, full_name="机关党委", short_name="机关党委", kind="office_committee", may_establish=True,
            by=admin,
        )  # fmt: skip
    nested = Organisation.objects.filter(short_name="机关党委").select_related("parent").in_order()
    assert [unit.code_name for unit in nested] == ["一公司机关", "二公司机关"]
    assert Organisation(short_name="党委").code_name == "党委"


def test_a_number_already_given_stays_and_the_count_goes_on_behind_it(cast: Cast) -> None:
    old = a_letter(cast)
    Letter.objects.filter(pk=old.pk).update(number="责〔2022〕1号")
    assert a_letter(cast, name="后来的").number == "一公司责〔2022〕2号"
    assert old.reload().number == "责〔2022〕1号"


@pytest.mark.clause("S-116")
def test_two_persons_void_a_letter_and_its_number_is_never_used_again(cast: Cast) -> None:
    letter, people = a_signed_letter(cast), cast.people
    letter.propose_void(reason="项目名称写错", by=people.officer)
    with pytest.raises(Refused, match="由另一位同志确认"):
        letter.void(by=people.officer)
    assert "确认责任书作废" in whats(people.unit_secretary)
    assert "确认责任书作废" not in whats(people.officer)
    letter.void(by=people.colleague)
    project = Project.objects.get(pk=letter.project_id)
    assert project.letter_signed_on is None
    again = Letter.make(project, by=people.officer)
    assert (letter.number, again.number) == ("一公司责〔2022〕1号", "一公司责〔2022〕2号")
    assert letter.scan(1) is not None, "what was voided stays readable"
    assert again.scan(1) is None


@pytest.mark.clause("S-116")
def test_the_letter_of_a_running_project_that_is_void_has_its_days_to_follow(cast: Cast) -> None:
    letter, people, today = a_signed_letter(cast), cast.people, clock.today()
    project = Project.objects.get(pk=letter.project_id)
    project.take_plan(by=people.officer, planned_on=today)
    letter = Letter.objects.get(pk=letter.pk)
    letter.propose_void(reason="名称写错", by=people.officer)
    letter.void(by=people.colleague)
    due_on = today + timedelta(days=30)
    assert Notice.objects.filter(person=people.officer, text__endswith="请重新制作并于2022年9月23日前补签").exists()
    assert [each.due_on for each in todo.Waiting(people.officer) if each.what == "制作责任书"] == [due_on]
    with clock.fixed_at(f"{today + timedelta(days=3)} 09:00"):
        again = Letter.make(project, by=people.officer)
        again.propose_void(reason="又写错", by=people.officer)
        again.void(by=people.colleague)
        again = Letter.make(project, by=people.officer)
    assert (again.state, again.project.letter_due_on) == ("deferred", due_on), "not a day is gained by another one"
    with clock.fixed_at(f"{due_on + timedelta(days=1)} 09:00"):
        assert Letter.objects.overdue().get() == again
        assert remind_of_letters() == 1


def test_a_proposal_to_void_is_taken_back_and_blocks_the_signing_until_then(cast: Cast) -> None:
    letter = a_letter(cast)
    scans_of(cast, letter)
    letter.propose_void(reason="名称有误", by=cast.people.officer)
    with pytest.raises(Refused, match="已提请作废"):
        letter.sign(signed_on=clock.today(), by=cast.people.officer)
    assert letter.take_back(by=cast.people.officer).label == "撤回作废提请"
    letter.propose_void(reason="名称有误", by=cast.people.officer)
    with pytest.raises(Refused, match="不同意的请选“不作废”"):
        letter.take_back(by=cast.people.unit_secretary)
    with pytest.raises(Refused, match="请撤回提请"):
        letter.keep(by=cast.people.officer)
    assert letter.keep(by=cast.people.unit_secretary).label == "不作废"
    letter.sign(signed_on=clock.today(), by=cast.people.officer)
    assert letter.state == "signed"


@pytest.mark.clause("S-70", "S-115")
def test_the_next_secretary_takes_a_signed_letter_over(cast: Cast) -> None:
    letter, people, places = a_signed_letter(cast), cast.people, cast.places
    assert letter.refusals("carry_on", by=people.secretary)
    tomorrow = clock.today() + timedelta(days=1)
    people.secretary.appointments.get().end(on=clock.today(), by=people.security_admin)
    people.member.appoint(
        Role.BRANCH_SECRETARY, organisation=places.branch, by=people.security_admin, starts_on=tomorrow
    )
    with clock.fixed_at(f"{tomorrow} 09:00"):
        Handover.settle()
        assert "接续确认责任书" in whats(people.member)
        assert "接续确认责任书" not in whats(people.unit_secretary)
        letter = Letter.objects.get(pk=letter.pk)
        letter.carry_on(by=Person.objects.get(pk=people.member.pk))
        assert [str(one) for one in letter.signatures.filter(manner="continued")] == ["党支部书记 王强"]
        assert "接续确认责任书" not in whats(people.member)
        with pytest.raises(Refused, match="已由王强接续确认，不用再办"):
            letter.carry_on(by=Person.objects.get(pk=people.member.pk))


def test_an_unsigned_letter_does_not_outlive_the_branch_it_was_made_for(cast: Cast) -> None:
    letter, project = a_letter(cast), Project.objects.get()
    Project.objects.filter(pk=project.pk).update(branch=cast.places.small_branch)
    letter = Letter.objects.get(pk=letter.pk)
    scans_of(cast, letter)
    with pytest.raises(Refused, match="请重新制作责任书"):
        letter.sign(signed_on=clock.today(), by=cast.people.officer)
    assert list(unlettered(cast.people.officer)) == [project]
    again = Letter.make(project, by=cast.people.officer)
    assert (again.branch, Letter.objects.get(pk=letter.pk).state) == (cast.places.small_branch, "void")


@pytest.mark.clause("S-116")
def test_custody_tells_who_received_each_copy(cast: Cast) -> None:
    letter = a_signed_letter(cast)
    second = letter.copies.get(number=2)
    with pytest.raises(Refused, match="请填写领取人"):
        second.hand_over(to="", on=clock.today(), by=cast.people.officer)
    second.hand_over(to="李敏", on=clock.today(), by=cast.people.officer)
    assert second.custody_text == "李敏 2022年8月24日领取"


def test_an_offline_project_signs_without_uploads(cast: Cast) -> None:
    letter = a_letter(cast)
    Project.objects.filter(pk=letter.project_id).update(is_offline=True)
    letter = Letter.objects.get(pk=letter.pk)
    letter.sign(signed_on=clock.today(), by=cast.people.officer)
    assert letter.state == "signed"
