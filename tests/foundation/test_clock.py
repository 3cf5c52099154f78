"""The clock: Beijing time throughout, movable in the demo alone."""

from contextvars import Context
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from dangjian.foundation import clock


def running_now() -> datetime:
    """What the clock says where nobody stopped it; the world of the tests stops it everywhere else."""
    return Context().run(clock.now)


def test_a_stopped_clock_says_the_same_instant_again_and_again() -> None:
    with clock.fixed_at("2022-08-24 09:00"):
        assert clock.now() == clock.now() == datetime(2022, 8, 24, 9, tzinfo=clock.BEIJING)


def test_a_string_is_read_as_beijing_time() -> None:
    with clock.fixed_at("2022-08-24 09:00"):
        assert clock.now().astimezone(UTC) == datetime(2022, 8, 24, 1, tzinfo=UTC)


def test_an_instant_with_a_zone_keeps_its_zone() -> None:
    with clock.fixed_at(datetime(2022, 8, 24, 1, tzinfo=UTC)):
        assert clock.now() == datetime(2022, 8, 24, 9, tzinfo=clock.BEIJING)


def test_the_clock_goes_on_where_it_was_when_the_block_ends() -> None:
    with clock.fixed_at("2022-08-24 09:00"):
        with clock.fixed_at("2022-12-31 23:59"):
            assert clock.today() == date(2022, 12, 31)
        assert clock.today() == date(2022, 8, 24)


def test_the_clock_goes_on_even_where_the_block_fails() -> None:
    before = clock.now()
    with pytest.raises(ZeroDivisionError), clock.fixed_at("2030-01-01 00:00"):
        _ = 1 / 0
    assert clock.now() == before


@pytest.mark.parametrize(
    ("instant", "day"),
    [
        (datetime(2022, 8, 27, 15, 59, 59, tzinfo=UTC), date(2022, 8, 27)),
        (datetime(2022, 8, 27, 16, 0, tzinfo=UTC), date(2022, 8, 28)),
    ],
)
def test_the_day_turns_at_midnight_in_beijing(instant: datetime, day: date) -> None:
    assert clock.local(instant).date() == day


def test_a_day_starts_at_midnight_in_beijing() -> None:
    assert clock.start_of(date(2022, 8, 28)) == datetime(2022, 8, 27, 16, tzinfo=UTC)


def test_the_running_clock_shows_this_instant_in_beijing_time() -> None:
    before = datetime.now(UTC)
    shown = running_now()
    assert before <= shown <= datetime.now(UTC)
    assert shown.utcoffset() == timedelta(hours=8)


def test_production_has_no_switch_for_the_date(settings: Any) -> None:
    assert settings.DEMO_CLOCK_FILE is None
    with pytest.raises(RuntimeError, match="demo only"):
        clock.move_demo(datetime(2022, 8, 24, 9, tzinfo=clock.BEIJING))


def test_the_demo_runs_on_from_the_day_it_was_moved_to(settings: Any, tmp_path: Path) -> None:
    settings.DEMO_CLOCK_FILE = tmp_path / "not yet there" / "demo-clock"
    assert running_now() - datetime.now(UTC) < timedelta(minutes=1)
    start = datetime(2022, 8, 24, 9, tzinfo=clock.BEIJING)
    clock.move_demo(start)
    first = running_now()
    assert timedelta(0) <= first - start < timedelta(minutes=1)
    assert running_now() >= first


def test_a_process_without_the_demo_s_file_never_looks_at_it(settings: Any, tmp_path: Path) -> None:
    settings.DEMO_CLOCK_FILE = tmp_path / "demo-clock"
    clock.move_demo(datetime(2022, 8, 24, 9, tzinfo=clock.BEIJING))
    settings.DEMO_CLOCK_FILE = None
    assert running_now().year > 2022
