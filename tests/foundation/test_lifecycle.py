"""The lifecycle, seen at the project: one table says who may what and why not, one function carries it out or nothing."""

import dataclasses
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from dangjian.foundation import clock
from dangjian.foundation.audit import AuditEntry
from dangjian.foundation.lifecycle import Move, MoveLog, Overtaken, Reason, Refused
from dangjian.foundation.notice import Notice
from dangjian.foundation.numbering import Counter
from dangjian.people.person import Person
from dangjian.programmes.approval import Approval, Step
from dangjian.projects.meeting import Meeting, Verdict
from dangjian.projects.project import Project
from dangjian.projects.resolution import Resolution
from dangjian.projects.revision import Revision
from tests.cast import Cast, a_draft, a_meeting, a_screened, a_submitted, an_agreed_draft, an_established

WRITTEN = (AuditEntry, MoveLog, Counter, Notice, Approval, Step, Revision, Meeting, Resolution)


def everything() -> list[int]:
    """How much of everything a verb may write there is."""
    return [model._default_manager.count() for model in WRITTEN]


# What a move writes


def test_a_move_writes_state_log_and_audit_together(cast: Cast) -> None:
    project = a_draft(cast)
    made = project.withdraw(by=cast.people.secretary, reason="题目与在建项目重复")
    stored = project.reload()
    assert (stored.state, stored.version) == (project.state, project.version) == ("withdrawn", 1)
    assert stored.ended_at == project.ended_at == clock.now()
    assert list(stored.log()) == [made]
    assert (made.sequence, made.name, made.label, made.source, made.target) == (
        1,
        "withdraw",
        "放弃申报",
        "draft",
        "withdrawn",
    )
    assert (made.by, made.at, made.opinion) == (cast.people.secretary, clock.now(), "题目与在建项目重复")
    row = AuditEntry.objects.filter(action="project.withdraw").get()
    assert (row.noun_id, row.actor_id, row.path, row.details) == (
        project.pk, cast.people.secretary.pk, project.path, {"from": "draft", "to": "withdrawn"},
    )  # fmt: skip


def test_each_move_is_one_more_line_of_the_log_and_one_more_version(cast: Cast) -> None:
    project = an_established(cast)
    assert [(move.sequence, move.name) for move in project.log()] == [
        (1, "submit"), (2, "pass_screening"), (3, "establish"),
    ]  # fmt: skip
    assert project.version == 3


def test_no_step_of_the_log_is_ever_written_twice(cast: Cast) -> None:
    made = a_submitted(cast).log().get()
    made.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        made.save()


def test_a_move_that_cannot_be_logged_is_not_made(cast: Cast) -> None:
    project = a_draft(cast)
    MoveLog.objects.create(
        noun="project", noun_id=project.pk, sequence=1, name="withdraw", label="放弃申报", source="draft",
        target="withdrawn", by=cast.people.clerk, at=clock.now(),
    )  # fmt: skip
    before = everything()
    with pytest.raises(IntegrityError):
        project.move("withdraw", by=cast.people.secretary)
    assert everything() == before
    assert (project.reload().state, project.reload().version) == ("draft", 0)


def test_a_line_of_the_log_reads_as_a_sentence(cast: Cast) -> None:
    assert str(a_submitted(cast).log().get()) == "“提交申报”已于2022年8月24日 09:00"


# Refusals


def test_a_refused_verb_leaves_nothing_behind(cast: Cast) -> None:
    project = a_draft(cast)
    before = everything()
    with pytest.raises(Refused, match="请先登记支部委员会意见"):
        project.submit(by=cast.people.secretary)
    assert everything() == before
    assert (project.reload().state, project.reload().version) == ("draft", 0)


def test_a_verb_that_fails_after_its_move_takes_the_move_back(cast: Cast) -> None:
    project = a_screened(cast)
    # The step was decided behind the project's back, so the approval refuses after the project has moved.
    project.run.steps.filter(key="committee").update(state=Step.State.LEFT_OUT)
    before = everything()
    with pytest.raises(Overtaken, match="这一环节刚刚已由他人办理"):
        a_meeting(cast, Verdict(project, "establish"))
    assert everything() == before
    stored = project.reload()
    assert (stored.state, stored.number, stored.established_at) == ("in_approval", "", None)


def test_a_verb_inside_a_failed_transaction_leaves_nothing_behind(cast: Cast) -> None:
    project = an_agreed_draft(cast)
    before = everything()

    def submit_and_stumble() -> None:
        with transaction.atomic():
            project.submit(by=cast.people.secretary)
            raise ConnectionError

    with pytest.raises(ConnectionError):
        submit_and_stumble()
    assert everything() == before
    assert project.reload().state == "draft"


def test_a_refusal_says_the_state_and_what_happened_last(cast: Cast) -> None:
    project = an_established(cast)
    assert [str(reason) for reason in project.refusals("submit", by=cast.people.secretary)] == [
        "“同意立项”已于2022年8月24日 09:00由陈静办理，当前状态为“已立项”，不能提交申报"
    ]


def test_a_refusal_of_a_thing_nobody_has_moved_says_its_state_alone(cast: Cast) -> None:
    assert [str(reason) for reason in a_draft(cast).refusals("recall", by=cast.people.secretary)] == [
        "当前状态为“草稿”，不能撤回"
    ]


def test_several_reasons_read_as_one_sentence() -> None:
    refused = Refused("会议日期不能晚于今天", Reason("请写明理由", "opinion"))
    assert str(refused) == "会议日期不能晚于今天；请写明理由"
    assert [reason.field for reason in refused.reasons] == ["", "opinion"]


def test_whoever_may_not_press_is_told_so_before_anything_else_is_checked(cast: Cast) -> None:
    project = a_draft(cast)
    assert [str(reason) for reason in project.refusals("submit", by=cast.people.officer)] == ["您没有“提交申报”的权限"]


# Buttons and refusals are one truth

BUILDERS: dict[str, Callable[[Cast], Project]] = {
    "draft": a_draft,
    "agreed": an_agreed_draft,
    "submitted": a_submitted,
    "screened": a_screened,
    "established": an_established,
}


@pytest.mark.parametrize("stage", BUILDERS)
def test_a_button_can_be_pressed_exactly_where_the_verb_is_not_refused(cast: Cast, stage: str) -> None:
    project = BUILDERS[stage](cast)
    for person in Person.objects.all():
        buttons = {move.name: reasons for move, reasons in project.open_moves(by=person)}
        assert all(move.ability for move in Project.moves if move.name in buttons)
        # What only other verbs of the system make is nobody's to press.
        for move in (move for move in Project.moves if move.ability):
            refusals = project.refusals(move.name, by=person)
            assert (buttons.get(move.name) == []) == (refusals == []), (person, move.name)
            if buttons.get(move.name):
                assert buttons[move.name] == refusals


@pytest.mark.parametrize(
    ("stage", "who", "buttons"),
    [
        ("agreed", "secretary", ["submit", "withdraw"]),
        ("agreed", "clerk", []),
        ("agreed", "officer", []),
        ("submitted", "secretary", ["recall"]),
        ("submitted", "officer", ["pass_screening", "return_for_revision", "hand_over", "recuse"]),
        ("submitted", "foreign_officer", []),
        ("screened", "colleague", ["establish", "return_for_revision", "reject", "hand_over"]),
        ("screened", "unit_secretary", []),
        ("screened", "leader", []),
        ("established", "secretary", []),
    ],
)
def test_each_sees_the_buttons_of_the_own_office(cast: Cast, stage: str, who: str, buttons: list[str]) -> None:
    project = BUILDERS[stage](cast)
    person = getattr(cast.people, who)
    assert [move.name for move, reasons in project.open_moves(by=person) if not reasons] == buttons


# Two at the same time


def test_who_acts_on_a_stale_copy_is_told_who_was_first(cast: Cast) -> None:
    project = an_agreed_draft(cast)
    stale = Project.objects.get(pk=project.pk)
    project.submit(by=cast.people.secretary)
    before = everything()
    with pytest.raises(
        Overtaken, match=r"^您本人（在另一个窗口）已于2022年8月24日 09:00办理“提交申报”，您的操作没有执行"
    ):
        stale.withdraw(by=cast.people.secretary, reason="另有安排")
    assert everything() == before
    assert project.reload().state == "in_approval"


def first_let(rival: Callable[[], Any]) -> Callable[[Project, Any], Iterator[Reason]]:
    """A condition that is met, while the rival acts between the check and the claim."""

    def unmet(project: Project, by: Any) -> Iterator[Reason]:
        rival()
        yield from ()

    return unmet


@pytest.fixture
def racing(monkeypatch: pytest.MonkeyPatch) -> Callable[[str, Callable[[], Any]], None]:
    """Put a rival into the gap of a move that the check has let through."""

    def race(name: str, rival: Callable[[], Any]) -> None:
        def with_rival(move: Move) -> Move:
            return dataclasses.replace(move, unmet=first_let(rival)) if move.name == name else move

        monkeypatch.setattr(Project, "moves", tuple(with_rival(move) for move in Project.moves))

    return race


def test_of_two_who_passed_the_check_the_second_is_told_who_was_first(
    cast: Cast, racing: Callable[[str, Callable[[], Any]], None]
) -> None:
    mine = an_agreed_draft(cast)
    theirs = Project.objects.get(pk=mine.pk)
    racing(
        "submit",
        lambda: theirs.withdraw(by=cast.people.secretary, reason="另有安排") if theirs.state == "draft" else None,
    )
    with pytest.raises(
        Overtaken, match="您本人（在另一个窗口）已于2022年8月24日 09:00办理“放弃申报”，您的操作没有执行"
    ):
        mine.submit(by=cast.people.secretary)
    # In one process the rival's own move is inside the transaction that was taken back.
    assert not mine.reload().log().filter(name="submit").exists()


def test_a_change_that_left_no_log_still_stops_the_second(
    cast: Cast, racing: Callable[[str, Callable[[], Any]], None]
) -> None:
    project = a_draft(cast)
    racing("withdraw", lambda: Project.objects.filter(pk=project.pk).update(version=7))
    with pytest.raises(Refused, match="这件事刚刚被改动，请刷新后再办理"):
        project.withdraw(by=cast.people.secretary, reason="另有安排")
    assert project.state == "draft"
