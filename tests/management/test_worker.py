"""The worker: what is done by the clock, and how it stops."""

import signal
import subprocess
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from django.core.management import call_command

from dangjian.foundation import audit, clock
from dangjian.foundation.notice import Notice
from dangjian.management.commands.worker import JOBS
from dangjian.overview.reminders import remind_of_closing
from dangjian.people.organisation import Organisation
from dangjian.programmes.round import Round
from tests.cast import Cast, a_draft, a_submitted
from tests.management.installation import ROOT, Installation


def reminders(person: object) -> list[str]:
    told = Notice.objects.visible_to(person).filter(event__startswith="closing-")
    return list(told.order_by("pk").values_list("text", flat=True))


# Reminders


@pytest.mark.clause("S-17")
def test_an_unfinished_application_is_recalled_three_days_before_the_end(cast: Cast) -> None:
    project = a_draft(cast)
    with clock.fixed_at("2022-08-23 23:59"):
        assert remind_of_closing() == 0
    with clock.fixed_at("2022-08-24 00:00"):
        assert remind_of_closing() == 1
    assert reminders(cast.people.secretary) == [
        f"“{project.name}”尚未提交，项目申报2022年8月27日24时截止，还有3天，请及时办理"
    ]
    assert reminders(cast.people.clerk) == reminders(cast.people.secretary)
    assert reminders(cast.people.officer) == reminders(cast.people.foreign_secretary) == []


def test_nobody_is_told_twice(cast: Cast) -> None:
    a_draft(cast)
    for day in ("2022-08-24 09:00", "2022-08-25 09:00", "2022-08-27 23:00"):
        with clock.fixed_at(day):
            remind_of_closing()
    assert len(reminders(cast.people.secretary)) == 1


def test_on_the_last_day_it_says_so(cast: Cast) -> None:
    with clock.fixed_at("2022-08-27 08:00"):
        a_draft(cast)
        remind_of_closing()
    assert "今天是最后一天" in reminders(cast.people.secretary)[0]


def test_nothing_is_said_once_the_time_is_over(cast: Cast) -> None:
    a_draft(cast)
    with clock.fixed_at("2022-08-28 00:00"):
        assert remind_of_closing() == 0
    assert reminders(cast.people.secretary) == []


def test_nothing_is_said_of_an_application_that_was_handed_in(cast: Cast) -> None:
    a_submitted(cast)
    assert remind_of_closing() == 0


@pytest.mark.clause("S-17")
def test_a_branch_with_longer_time_is_told_before_its_own_day(cast: Cast) -> None:
    a_draft(cast)
    current = Round.current()
    assert current is not None
    current.reopen(
        "application", cast.places.branch, closes_on=date(2022, 9, 2), reason="驻地停电", by=cast.people.officer
    )
    assert remind_of_closing() == 0
    with clock.fixed_at("2022-08-30 09:00"):
        assert remind_of_closing() == 1
    assert "2022年9月2日24时截止，还有3天" in reminders(cast.people.secretary)[0]


def test_a_branch_that_was_told_is_told_again_of_its_new_day(cast: Cast) -> None:
    a_draft(cast)
    remind_of_closing()
    current = Round.current()
    assert current is not None
    current.reopen(
        "application", cast.places.branch, closes_on=date(2022, 9, 2), reason="驻地停电", by=cast.people.officer
    )
    with clock.fixed_at("2022-08-31 09:00"):
        remind_of_closing()
    assert len(reminders(cast.people.secretary)) == 2


def test_a_branch_abroad_reads_the_hour_of_its_own_clocks(cast: Cast) -> None:
    Organisation.objects.filter(pk=cast.places.branch.pk).update(time_zone="Africa/Nairobi")
    a_draft(cast)
    remind_of_closing()
    assert "8月27日24时（北京时间，当地8月27日19:00）截止" in reminders(cast.people.secretary)[0]


# The worker


def test_one_turn_seals_the_audit_trail(cast: Cast) -> None:
    assert audit.verify().unsealed > 0
    call_command("worker", "--once")
    verdict = audit.verify()
    assert (verdict.unsealed, verdict.broken_at) == (0, None)
    assert verdict.sealed > 0


def test_one_turn_reminds(cast: Cast) -> None:
    a_draft(cast)
    call_command("worker", "--once")
    assert len(reminders(cast.people.secretary)) == 1


def test_the_worker_outlives_an_absent_database_and_stops_when_told(
    empty_installation: Installation, tmp_path: Path
) -> None:
    new = Installation(tmp_path / "away")
    log = tmp_path / "log"
    with log.open("wb") as output:
        worker = subprocess.Popen(new.command("worker"), cwd=ROOT, env=new.environment, stdout=output, stderr=output)
        try:
            wait_for(lambda: "the database is away" in log.read_text())
            prepared = tmp_path / "prepared"
            prepared.mkdir()
            empty_installation.copy_to(prepared)
            prepared.rename(new.folder)
            wait_for(lambda: len(new.rows("SELECT job FROM dangjian_turn")) == len(JOBS))
            worker.send_signal(signal.SIGTERM)
            assert worker.wait(timeout=60) == 0
        finally:
            worker.kill()
            worker.wait()
    assert log.read_text().rstrip().endswith("worker stopped")


def wait_for(condition: Callable[[], bool], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.1)
