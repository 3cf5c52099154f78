"""The start: an established project runs once its letter and its plan are there, and not a moment earlier."""

import pytest

from dangjian.foundation import clock
from dangjian.foundation.lifecycle import Refused
from dangjian.foundation.notice import Notice
from dangjian.projects.state import State
from tests.cast import Cast, an_established

pytestmark = pytest.mark.django_db


@pytest.mark.clause("S-29", "S-32", "S-37")
def test_a_project_runs_once_the_letter_is_signed_and_the_plan_approved(cast: Cast) -> None:
    project, officer = an_established(cast), cast.people.officer
    project.take_letter(by=officer, signed_on=clock.today())
    assert project.state == State.ESTABLISHED
    project.take_plan(by=officer, planned_on=clock.today())
    assert (project.state, project.reload().started_at) == (State.RUNNING, clock.now())
    assert Notice.objects.filter(person=cast.people.secretary, text__contains="进入实施").count() == 1


@pytest.mark.clause("S-29")
def test_without_a_letter_an_approved_plan_starts_nothing(cast: Cast) -> None:
    project, officer = an_established(cast), cast.people.officer
    project.take_plan(by=officer, planned_on=clock.today())
    assert project.state == State.ESTABLISHED
    assert [str(reason) for reason in project.refusals("start", by=officer)] == ["责任书尚未签订，项目不能启动"]
    project.take_letter(by=officer, signed_on=clock.today())
    assert project.state == State.RUNNING


@pytest.mark.clause("S-29")
def test_a_letter_that_is_to_follow_lets_the_project_run_until_its_day(cast: Cast) -> None:
    project, officer = an_established(cast), cast.people.officer
    project.take_letter(by=officer, signed_on=None, due_on=clock.today())
    assert project.letter_may_follow
    project.take_plan(by=officer, planned_on=clock.today())
    assert project.state == State.RUNNING
    project.take_letter(by=officer, signed_on=None)
    assert project.awaits_letter
    assert not project.letter_may_follow


def test_nobody_starts_a_project_by_hand(cast: Cast) -> None:
    project = an_established(cast)
    assert "start" not in [move.name for move, _ in project.open_moves(by=cast.people.officer)]
    with pytest.raises(Refused):
        project.move("start", by=cast.people.officer, started_at=clock.now())
