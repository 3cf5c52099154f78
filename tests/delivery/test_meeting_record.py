"""Confirmation by the secretary: off nothing changes, on nothing takes effect before that one tap."""

from typing import Any

import pytest

from dangjian.delivery.meeting_record import MeetingRecord
from dangjian.foundation import clock
from dangjian.foundation.audit import AuditEntry
from dangjian.foundation.lifecycle import Refused
from dangjian.foundation.notice import Notice
from dangjian.overview import todo
from dangjian.people.organisation import Organisation
from dangjian.people.person import Person
from dangjian.programmes.round import Round
from dangjian.programmes.scheme import source_plan_text
from dangjian.programmes.scheme_version import SchemeVersion
from dangjian.projects.meeting import Meeting, Verdict
from dangjian.projects.project import Project
from dangjian.projects.state import State
from tests.cast import Cast, a_draft, a_screened, attendance
from tests.people.test_delegation import a_delegation

pytestmark = pytest.mark.clause("S-27")


@pytest.fixture
def asked(cast: Cast) -> None:
    """The scheme asks for confirmation."""
    text = source_plan_text().replace("  confirmation: false", "  confirmation: true")
    scheme = SchemeVersion.issue(text, by=cast.people.company_officer)
    Round.objects.get().take_up(scheme, by=cast.people.company_officer)


def entered(
    cast: Cast, *projects: Project, decision: str = "establish", by: Person | None = None,
    place: Organisation | None = None, **verdict: Any,
) -> Any:  # fmt: skip
    place = place or cast.places.unit
    return MeetingRecord.enter(
        place, held_on=clock.today(), issue=Meeting.next_issue(place, clock.today().year), attendance=attendance(),
        verdicts=[Verdict(project, decision, **verdict) for project in projects], by=by or cast.people.officer,
    )  # fmt: skip


def told(person: Any) -> list[str]:
    return list(Notice.objects.filter(person=person).order_by("pk").values_list("text", flat=True))


def fresh(project: Project) -> Project:
    return Project.objects.get(pk=project.pk)


def test_off_a_meeting_takes_effect_when_it_is_recorded(cast: Cast) -> None:
    project = a_screened(cast)
    assert isinstance(entered(cast, project), Meeting)
    assert fresh(project).state == State.ESTABLISHED
    assert not MeetingRecord.objects.exists()


def test_on_nothing_is_decided_before_the_secretary_confirms(cast: Cast, asked: None) -> None:
    project, secretary = a_screened(cast), cast.people.unit_secretary
    notices = Notice.objects.filter(person=cast.people.secretary).count()
    record = entered(cast, project)
    assert (record.state, str(record)) == ("waiting", "一公司党委会〔2022〕第1期")
    assert not Meeting.objects.filter(organisation=cast.places.unit).exists()
    assert (fresh(project).state, fresh(project).number) == (State.IN_APPROVAL, "")
    assert Notice.objects.filter(person=cast.people.secretary).count() == notices
    assert told(secretary)[-1] == "请确认一公司党委会〔2022〕第1期的会议记录"
    (waiting,) = todo.Waiting(secretary)
    assert (waiting.what, waiting.about) == ("确认会议记录", record)
    assert not todo.to_decide(cast.people.officer).exists()

    meeting = record.confirm(by=secretary)
    assert (meeting.recorded_by, meeting.issue) == (cast.people.officer, 1)
    assert (fresh(project).state, fresh(project).number) == (State.ESTABLISHED, "2022-001")
    assert told(cast.people.officer)[-1] == "刘志远已确认一公司党委会〔2022〕第1期的会议记录，各项决定已生效"
    assert [(made.label, made.by) for made in record.log()] == [("确认", secretary)]
    assert not todo.Waiting(secretary)
    assert AuditEntry.objects.filter(action="meetingrecord.hand_in", actor_id=cast.people.officer.pk).count() == 1


def test_it_waits_for_the_secretary_of_that_body_alone(cast: Cast, asked: None) -> None:
    record = entered(cast, a_screened(cast))
    for who in ("officer", "leader", "secretary", "company_officer", "foreign_officer"):
        with pytest.raises(Refused, match="权限"):
            record.confirm(by=getattr(cast.people, who))
        with pytest.raises(Refused, match="权限"):
            record.return_record(by=getattr(cast.people, who), reason="不对")
    assert not MeetingRecord.objects.visible_to(cast.people.foreign_officer).exists()
    assert record.reload().state == "waiting"


def test_a_delegate_confirms_for_the_secretary(cast: Cast, asked: None) -> None:
    record, delegate = entered(cast, a_screened(cast)), Person.objects.get(pk=cast.people.colleague.pk)
    a_delegation(cast.people.unit_secretary, delegate)
    record.confirm(by=Person.objects.get(pk=delegate.pk))
    assert record.log().get().who == "何平 代 刘志远"


def test_what_would_be_refused_is_refused_when_it_is_noted(cast: Cast, asked: None) -> None:
    project = a_screened(cast)
    with pytest.raises(Refused) as refused:
        entered(cast, project, decision="reject")
    assert refused.value.reasons[0].field == f"verdict-{project.pk}"
    assert not MeetingRecord.objects.exists()
    assert fresh(project).state == State.IN_APPROVAL
    with pytest.raises(Refused, match="权限"):
        entered(cast, project, by=cast.people.secretary)


def test_nothing_is_noted_twice_while_it_waits(cast: Cast, asked: None) -> None:
    one, other = a_screened(cast), a_screened(cast)
    entered(cast, one)
    with pytest.raises(Refused) as refused:
        entered(cast, one, other)
    assert {(reason.field, reason.text) for reason in refused.value.reasons} == {
        ("issue", "2022年第1期已登记，待书记确认"),
        (f"verdict-{one.pk}", "这个项目的决定已登记，待书记确认"),
    }


def test_sent_back_it_may_be_noted_anew(cast: Cast, asked: None) -> None:
    project = a_screened(cast)
    record = entered(cast, project)
    with pytest.raises(Refused, match="请写明退回的理由"):
        record.return_record(by=cast.people.unit_secretary, reason=" ")
    record.return_record(by=cast.people.unit_secretary, reason="表决票数漏记")
    assert told(cast.people.officer)[-1].endswith("的会议记录：表决票数漏记")
    assert todo.to_decide(cast.people.officer).get() == project
    with pytest.raises(Refused, match="已退回"):
        record.confirm(by=cast.people.unit_secretary)
    assert entered(cast, project).confirm(by=cast.people.unit_secretary).issue == 1


def test_whoever_noted_it_takes_it_back(cast: Cast, asked: None) -> None:
    record = entered(cast, a_screened(cast))
    with pytest.raises(Refused, match="权限"):
        record.recall(by=cast.people.secretary)
    record.recall(by=cast.people.colleague)
    assert record.state == "recalled"


def test_a_project_changed_meanwhile_is_not_decided(cast: Cast, asked: None) -> None:
    project = a_screened(cast)
    record = entered(cast, project, seen=project.version)
    fresh(project).hand_over(to=cast.people.colleague, by=cast.people.officer, reason="出差")
    with pytest.raises(Refused):
        record.confirm(by=cast.people.unit_secretary)
    assert record.reload().state == "waiting"
    record.return_record(by=cast.people.unit_secretary, reason="项目有变动")


@pytest.mark.clause("S-30")
def test_the_branch_committee_s_opinion_waits_for_the_branch_secretary(cast: Cast, asked: None) -> None:
    project = a_draft(cast)
    record = entered(cast, project, decision="agree", by=cast.people.clerk, place=cast.places.branch)
    assert record.state == "waiting"
    assert fresh(project).branch_opinion() is None
    with pytest.raises(Refused, match="权限"):
        record.confirm(by=cast.people.unit_secretary)
    record.confirm(by=cast.people.secretary)
    assert fresh(project).branch_opinion().decision == "agree"
    fresh(project).submit(by=cast.people.secretary)


def test_an_application_changed_since_the_branch_met_is_noted_anew(cast: Cast, asked: None) -> None:
    project = a_draft(cast)
    record = entered(cast, project, decision="agree", by=cast.people.clerk, place=cast.places.branch)
    assert "意见待书记确认" in str(project.missing_for("submit", by=cast.people.secretary)[0])
    with clock.fixed_at("2022-08-24 10:00"):
        fresh(project).application.fill(
            {"problem": "另一个问题。"}, by=cast.people.secretary, seen=project.application.edits
        )
        with pytest.raises(Refused, match="申请表又有改动，请退回重记"):
            record.confirm(by=cast.people.secretary)


def test_a_secretary_who_records_himself_confirms_by_that(cast: Cast, asked: None) -> None:
    made = entered(cast, a_draft(cast), decision="agree", by=cast.people.secretary, place=cast.places.branch)
    assert isinstance(made, Meeting)


def test_where_nobody_is_secretary_nothing_waits(cast: Cast, asked: None) -> None:
    cast.people.unit_secretary.appointments.get().end(on=clock.today(), by=cast.people.security_admin)
    with clock.fixed_at("2022-08-26 09:00"):
        assert isinstance(entered(cast, a_screened(cast)), Meeting)
