"""The window: the closing day counts, Beijing time, hard ones refuse and soft ones do not."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dangjian.foundation.window import Phase, Window, day_text

DAYS = st.dates(date(2000, 1, 1), date(2100, 12, 31))


@st.composite
def windows(draw: st.DrawFn) -> Window:
    """Any window: with or without an opening day, of one day or of years."""
    closes_on = draw(DAYS)
    length = draw(st.none() | st.integers(0, 900))
    opens_on = None if length is None else closes_on - timedelta(days=length)
    return Window("项目申报", opens_on, closes_on, draw(st.booleans()))


@given(windows(), DAYS)
def test_a_day_is_before_within_or_after(window: Window, day: date) -> None:
    phase = window.phase(day)
    assert (phase is Phase.CLOSED) == (day > window.closes_on)
    assert (phase is Phase.BEFORE) == (window.opens_on is not None and day < window.opens_on)


@given(windows())
def test_first_and_last_day_are_within(window: Window) -> None:
    assert window.phase(window.closes_on) is Phase.OPEN
    assert window.phase(window.opens_on or date.min) is Phase.OPEN
    assert window.phase(window.closes_on + timedelta(days=1)) is Phase.CLOSED


@given(windows(), DAYS)
def test_only_a_hard_window_refuses_and_only_outside(window: Window, day: date) -> None:
    refused = window.refusal(day) is not None
    assert refused == (window.hard and window.phase(day) is not Phase.OPEN)


@given(windows(), DAYS)
def test_the_days_left_count_down_to_zero_on_the_last_day(window: Window, day: date) -> None:
    assert window.days_left(window.closes_on) == 0
    assert window.days_left(day) == window.days_left(day - timedelta(days=1)) - 1
    assert (window.days_left(day) < 0) == (window.phase(day) is Phase.CLOSED)


@given(windows(), DAYS)
def test_an_extension_moves_the_last_day_alone(window: Window, closes_on: date) -> None:
    extended = window.extended_to(closes_on)
    assert extended == Window(window.label, window.opens_on, closes_on, window.hard)


def test_a_refusal_says_when_and_what_to_do() -> None:
    window = Window("项目申报", date(2022, 8, 15), date(2022, 8, 27), hard=True)
    assert window.refusal(date(2022, 8, 14)) == "项目申报尚未开始，2022年8月15日起办理"
    assert window.refusal(date(2022, 8, 28)) == (
        "项目申报已于2022年8月27日24时截止；确需补报的，请联系本单位组织部门延长本支部的申报期限"
    )


@pytest.mark.parametrize(("opens_on", "said"), [(date(2022, 8, 15), "2022年8月15日至9月3日"), (None, "2022年9月3日前")])
def test_a_window_reads_as_papers_write_it(opens_on: date | None, said: str) -> None:
    assert str(Window("制定计划", opens_on, date(2022, 9, 3), hard=False)) == said


def test_a_day_is_written_without_leading_zeros_and_no_day_as_nothing() -> None:
    assert (day_text(date(2022, 9, 3)), day_text(None)) == ("2022年9月3日", "")
