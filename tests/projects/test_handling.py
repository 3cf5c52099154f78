"""Who has a project in hand: straight back to the returner, passing on, asking and urging."""

import pytest

from dangjian.foundation import clock
from dangjian.foundation.audit import AuditEntry
from dangjian.foundation.lifecycle import Refused
from dangjian.foundation.notice import Notice
from dangjian.projects.meeting import Verdict
from dangjian.projects.project import Project
from tests.cast import Cast, a_draft, a_meeting, a_screened, a_submitted


def test_what_the_committee_returned_comes_straight_back_to_it(cast: Cast) -> None:
    project = a_screened(cast)
    a_meeting(cast, Verdict(project, "return", "请补充量化目标"))
    project = Project.objects.get(pk=project.pk)
    project.submit(by=cast.people.secretary)
    assert project.waiting_label == "待上会"
    carried = project.run.steps.get(key="screening")
    assert (carried.state, carried.decided_by, carried.opinion) == ("decided", cast.people.officer, "选题准确。")


def test_what_the_screener_returned_comes_back_to_the_screener(cast: Cast) -> None:
    project = a_submitted(cast)
    project.decide("return", by=cast.people.officer, opinion="请量化")
    project = Project.objects.get(pk=project.pk)
    project.submit(by=cast.people.secretary)
    assert project.waiting_label == "待筛选"


def test_a_recalled_application_goes_the_whole_way_again(cast: Cast) -> None:
    project = a_submitted(cast)
    project.recall(by=cast.people.secretary)
    project = Project.objects.get(pk=project.pk)
    project.submit(by=cast.people.secretary)
    assert project.waiting_label == "待筛选"


def test_after_coming_straight_back_it_can_be_recalled_until_the_committee_acts(cast: Cast) -> None:
    project = a_screened(cast)
    a_meeting(cast, Verdict(project, "return", "请补充"))
    project = Project.objects.get(pk=project.pk)
    project.submit(by=cast.people.secretary)
    project.recall(by=cast.people.secretary)
    assert project.waiting_label == "退回修改"
    project = Project.objects.get(pk=project.pk)
    project.submit(by=cast.people.secretary)
    assert project.waiting_label == "待上会"


def test_passing_on_moves_the_to_do_and_tells_the_colleague(cast: Cast) -> None:
    project = a_submitted(cast)
    project.hand_over(to=cast.people.colleague, by=cast.people.officer, reason="出差")
    assert project in Project.objects.waiting_for(cast.people.colleague)
    assert project not in Project.objects.waiting_for(cast.people.officer)
    told = Notice.objects.visible_to(cast.people.colleague).order_by("pk").last()
    assert told is not None
    assert told.text == f"陈静将“{project.name}”转您办理"


def test_who_passed_it_on_may_still_step_in(cast: Cast) -> None:
    project = a_submitted(cast)
    project.hand_over(to=cast.people.colleague, by=cast.people.officer)
    project.decide("pass", answer=True, by=cast.people.officer)
    assert project.waiting_label == "待上会"


@pytest.mark.parametrize("to", ["foreign_officer", "secretary", "unit_secretary", "officer"])
def test_it_can_only_be_passed_on_to_another_who_may_decide(cast: Cast, to: str) -> None:
    with pytest.raises(Refused, match=r"权限|已经由这位同志办理"):
        a_submitted(cast).hand_over(to=getattr(cast.people, to), by=cast.people.officer)


def test_the_branch_asks_upward_once_a_day(cast: Cast) -> None:
    project = a_submitted(cast)
    project.ask_to_act(by=cast.people.secretary)
    with pytest.raises(Refused, match="今天已经提醒过"):
        project.ask_to_act(by=cast.people.secretary)
    with clock.fixed_at("2022-08-25 09:00"):
        project.ask_to_act(by=cast.people.secretary)
    asked = Notice.objects.visible_to(cast.people.officer).filter(text__contains="提请办理")
    assert asked.count() == 2


def test_asking_leaves_the_handler_s_open_page_good(cast: Cast) -> None:
    project = a_submitted(cast)
    seen = project.version
    project.ask_to_act(by=cast.people.secretary)
    project.reload().decide("pass", answer=True, by=cast.people.officer, seen=seen)


def test_the_unit_urges_the_branch_for_what_it_returned(cast: Cast) -> None:
    project = a_submitted(cast)
    project.decide("return", by=cast.people.officer, opinion="请量化")
    Project.objects.get(pk=project.pk).urge(by=cast.people.officer)
    assert Notice.objects.visible_to(cast.people.secretary).filter(text=f"请尽快修改并提交“{project.name}”").exists()


def test_nobody_urges_upward_or_across(cast: Cast) -> None:
    project = a_submitted(cast)
    with pytest.raises(Refused):
        project.urge(by=cast.people.secretary)
    with pytest.raises(Refused):
        project.ask_to_act(by=cast.people.foreign_secretary)


@pytest.mark.parametrize("act", ["hand_over", "recuse", "withdraw", "send_back"])
def test_a_reason_above_its_limit_is_refused_and_never_cut(cast: Cast, act: str) -> None:
    people, long = cast.people, "理" * 301
    project = a_draft(cast) if act in ("withdraw", "send_back") else a_submitted(cast)
    verbs = {
        "hand_over": lambda: project.hand_over(to=people.colleague, by=people.officer, reason=long),
        "recuse": lambda: project.recuse(stand_in=people.colleague, by=people.officer, reason=long),
        "withdraw": lambda: project.withdraw(by=people.secretary, reason=long),
        "send_back": lambda: project.application.send_back(by=people.secretary, reason=long),
    }
    before = AuditEntry.objects.count()
    with pytest.raises(Refused) as refused:
        verbs[act]()
    assert [(str(each), each.field) for each in refused.value.reasons] == [("最多 300 字，现有 301 字", "reason")]
    assert AuditEntry.objects.count() == before
