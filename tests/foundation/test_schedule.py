"""The schedule: each job once a turn, whoever fails, whichever way the demo's clock is moved."""

import logging
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection

from dangjian.foundation import clock
from dangjian.foundation.schedule import Job, Turn, run_due

HOUR = timedelta(hours=1)


class Tally:
    """A job that counts its runs, and may be told to fail."""

    def __init__(self, name: str = "seal-audit", every: timedelta = HOUR) -> None:
        self.runs, self.fails = 0, False
        self.job = Job(name, every, self.run)

    def run(self) -> None:
        self.runs += 1
        if self.fails:
            raise ValueError("the disk is full")


@pytest.mark.django_db
def test_a_new_job_is_due_at_once_and_then_once_a_turn() -> None:
    tally = Tally()
    runs = []
    for moment in ("09:00", "09:59", "10:00", "10:01", "11:30", "12:00", "12:30"):
        with clock.fixed_at(f"2022-08-24 {moment}"):
            run_due([tally.job])
        runs.append(tally.runs)
    assert runs == [1, 1, 2, 2, 3, 3, 4]


@pytest.mark.django_db
def test_a_turn_missed_while_no_worker_ran_is_not_made_up_for() -> None:
    tally = Tally()
    with clock.fixed_at("2022-08-24 09:00"):
        run_due([tally.job])
    with clock.fixed_at("2022-08-25 09:00"):
        run_due([tally.job])
        run_due([tally.job])
    assert tally.runs == 2


@pytest.mark.django_db
def test_two_workers_at_the_same_moment_run_a_job_once() -> None:
    tally = Tally()
    ran = [run_due([tally.job]), run_due([Job("seal-audit", HOUR, tally.run)])]
    assert ran == [["seal-audit"], []]
    assert tally.runs == 1


@pytest.mark.postgres
@pytest.mark.usefixtures("committed_cast")
def test_of_many_workers_that_find_a_job_due_one_runs_it() -> None:
    tally, together = Tally(), threading.Barrier(8, timeout=30)
    with clock.fixed_at("2022-08-24 09:00"):
        run_due([tally.job])

    def work(_: int) -> int:
        ran = 0
        try:
            for hour in range(10, 20):
                together.wait()
                with clock.fixed_at(f"2022-08-24 {hour}:30"):
                    ran += len(run_due([tally.job]))
        finally:
            connection.close()
        return ran

    with ThreadPoolExecutor(8) as pool:
        ran = sum(pool.map(work, range(8)))
    assert ran == tally.runs - 1 == 10


@pytest.mark.django_db
def test_jobs_keep_turns_of_their_own() -> None:
    often, seldom = Tally("seal-audit", HOUR), Tally("remind", timedelta(days=1))
    for moment in ("2022-08-24 09:00", "2022-08-24 10:00", "2022-08-25 10:00"):
        with clock.fixed_at(moment):
            run_due([often.job, seldom.job])
    assert (often.runs, seldom.runs) == (3, 2)


@pytest.mark.django_db
def test_a_failing_job_is_logged_and_counted_and_stops_no_other(caplog: pytest.LogCaptureFixture) -> None:
    failing, sound = Tally("remind"), Tally("seal-audit")
    failing.fails = True
    with caplog.at_level(logging.ERROR):
        assert run_due([failing.job, sound.job]) == ["seal-audit"]
    assert "job remind failed" in caplog.text
    assert "the disk is full" in caplog.text
    assert Turn.objects.get(job="remind").failures == 1


@pytest.mark.django_db
def test_a_failed_job_waits_for_its_next_turn_and_success_clears_the_count() -> None:
    tally = Tally()
    tally.fails = True
    for moment in ("09:00", "09:30", "10:00"):
        with clock.fixed_at(f"2022-08-24 {moment}"):
            run_due([tally.job])
    assert Turn.objects.get().failures == tally.runs == 2
    tally.fails = False
    with clock.fixed_at("2022-08-24 11:00"):
        run_due([tally.job])
    assert Turn.objects.get().failures == 0


@pytest.mark.django_db
def test_the_demo_moved_back_does_not_put_a_job_to_sleep() -> None:
    tally = Tally()
    for moment in ("2022-12-12 09:00", "2022-08-24 09:00", "2022-08-24 09:10"):
        with clock.fixed_at(moment):
            run_due([tally.job])
    assert tally.runs == 2
    assert Turn.objects.get().due_at == clock.start_of(clock.today()) + timedelta(hours=10)
