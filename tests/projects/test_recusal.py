"""A handler with an interest stands aside: a stand-in is named, and the project never lies with nobody."""

import pytest

from dangjian.foundation.lifecycle import Refused
from dangjian.foundation.notice import Notice
from dangjian.people.access import Role
from dangjian.people.person import Appointment, Person
from dangjian.projects.project import Project
from tests.cast import Cast, a_screened, a_submitted


def waiting(person: Person) -> bool:
    return Project.objects.visible_to(person).waiting_for(person).exists()


@pytest.mark.clause("S-27")
def test_the_stand_in_acts_and_whoever_stood_aside_no_longer_may(cast: Cast) -> None:
    people, project = cast.people, a_submitted(cast)
    made = project.recuse(stand_in=people.colleague, by=people.officer, reason="责任人是本人配偶")
    assert made.opinion == "责任人是本人配偶；由何平代为办理"
    assert (waiting(people.officer), waiting(people.colleague)) == (False, True)
    assert Notice.objects.filter(person=people.colleague).latest("pk").text == f"陈静回避“{project.name}”，请您代为办理"
    with pytest.raises(Refused, match="您已回避，由何平代为办理"):
        project.decide("pass", answer=True, by=people.officer)
    with pytest.raises(Refused, match="陈静已回避，不能转给他办理"):
        project.hand_over(to=people.officer, by=people.colleague)
    project.decide("pass", answer=True, by=people.colleague)
    assert project.waiting_label == "待上会"


def test_where_no_colleague_is_left_the_superior_s_officer_stands_in(cast: Cast) -> None:
    people, project = cast.people, a_submitted(cast)
    project.recuse(stand_in=people.colleague, by=people.officer, reason="亲属")
    assert list(project.stand_ins(people.colleague)) == [people.company_officer]
    project.recuse(stand_in=people.company_officer, by=people.colleague, reason="曾任该支部书记")
    assert waiting(people.company_officer)
    Project.objects.get(pk=project.pk).decide("pass", answer=True, by=people.company_officer)


@pytest.mark.parametrize(
    ("stand_in", "reason", "told"),
    [
        ("colleague", " ", "请写明回避原因"),
        ("officer", "亲属", "陈静不能代为办理"),
        ("secretary", "亲属", "张建国不能代为办理"),
        ("foreign_officer", "亲属", "孙丽不能代为办理"),
        ("company_officer", "亲属", "马文不能代为办理"),
    ],
)
def test_only_somebody_fit_to_act_is_a_stand_in(cast: Cast, stand_in: str, reason: str, told: str) -> None:
    project = a_submitted(cast)
    with pytest.raises(Refused, match=told):
        project.recuse(stand_in=getattr(cast.people, stand_in), by=cast.people.officer, reason=reason)
    assert Project.objects.get(pk=project.pk).step.assignee is None  # type: ignore[union-attr]


def test_nobody_judges_an_own_project_while_somebody_else_can(cast: Cast) -> None:
    officer = cast.people.officer
    project = a_submitted(cast)
    project.team.create(person=officer, duty="")
    for decision in ("pass", "return"):
        with pytest.raises(Refused, match="您是本项目的成员，应当回避"):
            project.decide(decision, by=officer, opinion="理由")
    Appointment.objects.filter(role=Role.UNIT_ORG_OFFICER).exclude(person=officer).delete()
    project.decide("pass", answer=True, by=officer)


def test_at_a_meeting_the_recusal_belongs_into_its_record(cast: Cast) -> None:
    project = a_screened(cast)
    with pytest.raises(Refused, match="回避情况在登记会议时填写"):
        project.recuse(stand_in=cast.people.colleague, by=cast.people.officer, reason="亲属")
