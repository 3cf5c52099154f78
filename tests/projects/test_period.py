"""The period: months, days where they are given, and what counts as one year."""

import calendar
from datetime import date, timedelta

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from dangjian.foundation.lifecycle import Refused
from dangjian.projects.period import Period

DAYS = st.dates(date(2000, 1, 1), date(2099, 12, 31))
MONTHS = st.integers(1, 36)


def by_months(start: date, end: date) -> Period:
    return Period(f"{start:%Y-%m}", f"{end:%Y-%m}")


def by_days(start: date, end: date) -> Period:
    return Period(start.isoformat(), end.isoformat())


def months_later(day: date, months: int) -> date:
    """The same day of a later month, or the last day of it where the month is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


# What is typed


@pytest.mark.parametrize(
    ("starts", "ends"),
    [("2022-08", "2022-08"), ("2022-08", "2022-12"), ("2022-08-15", "2022-12"), ("2024-02-29", "2025-02-28")],
)
def test_months_with_or_without_days_are_read(starts: str, ends: str) -> None:
    assert Period.read(starts, ends) == Period(starts, ends)


@pytest.mark.parametrize(
    "wrong",
    [
        "",
        "2022",
        "2022-8",
        "2022-13",
        "2022-00",
        "2022-02-30",
        "22-08",
        "2022年8月",
        "1999-12",
        "2101-01",
        "2022-08-1",
        "x",
    ],
)
def test_what_is_no_month_is_refused_at_its_field(wrong: str) -> None:
    for starts, ends, field in ((wrong, "2022-12", "starts"), ("2022-08", wrong, "ends")):
        with pytest.raises(Refused) as refused:
            Period.read(starts, ends)
        assert [(reason.field, reason.text) for reason in refused.value.reasons] == [(field, "请填年月，如 2022-08")]


def test_both_fields_at_fault_are_told_at_once() -> None:
    with pytest.raises(Refused) as refused:
        Period.read("八月", "年底")
    assert [reason.field for reason in refused.value.reasons] == ["starts", "ends"]


@given(DAYS, DAYS, st.booleans(), st.booleans())
def test_the_end_is_not_before_the_beginning(start: date, end: date, start_day: bool, end_day: bool) -> None:
    starts = start.isoformat() if start_day else f"{start:%Y-%m}"
    ends = end.isoformat() if end_day else f"{end:%Y-%m}"
    backwards = Period(starts, ends).last_day < Period(starts, ends).first_day
    if not backwards:
        assert Period.read(starts, ends) == Period(starts, ends)
        return
    with pytest.raises(Refused, match="完成时间不能早于开始时间") as refused:
        Period.read(starts, ends)
    assert [reason.field for reason in refused.value.reasons] == ["ends"]


@given(DAYS)
def test_a_month_runs_from_its_first_to_its_last_day(day: date) -> None:
    month = by_months(day, day)
    assert month.first_day == day.replace(day=1)
    assert (month.last_day + timedelta(days=1)).day == 1
    assert month.first_day <= day <= month.last_day


# How long it is


@pytest.mark.clause("S-24")
@given(DAYS, st.integers(0, 60), MONTHS)
def test_counted_by_months_the_difference_of_the_months_decides(start: date, length: int, limit: int) -> None:
    assert by_months(start, months_later(start.replace(day=1), length)).exceeds(limit) == (length > limit)


@pytest.mark.clause("S-24")
@given(DAYS, st.integers(0, 900))
@example(date(2022, 8, 15), 364)
@example(date(2022, 8, 15), 365)
@example(date(2024, 2, 29), 365)
@example(date(2024, 2, 29), 366)
@example(date(2023, 3, 1), 366)
def test_counted_by_days_a_year_ends_the_day_before_its_anniversary(start: date, days: int) -> None:
    end = start + timedelta(days=days)
    a_leap_day = (start.month, start.day) == (2, 29)
    anniversary = date(start.year + 1, 3, 1) if a_leap_day else start.replace(year=start.year + 1)
    assert by_days(start, end).exceeds(12) == (end >= anniversary)


@pytest.mark.clause("S-24")
@given(st.dates(date(2000, 1, 1), date(2095, 12, 31)), st.integers(0, 1500), MONTHS)
def test_counted_by_days_it_is_longer_than_so_many_months_at_the_same_day_or_after(
    start: date, days: int, limit: int
) -> None:
    assume(start.day <= 28)  # every month has these days, so that "the same day" means one thing
    end = start + timedelta(days=days)
    assert by_days(start, end).exceeds(limit) == (end >= months_later(start, limit))


@given(DAYS, st.integers(0, 900), st.integers(0, 900), MONTHS)
def test_what_ends_later_is_never_shorter(start: date, days: int, more: int, limit: int) -> None:
    end, later = start + timedelta(days=days), start + timedelta(days=days + more)
    for shaped in (by_days, by_months):
        if shaped(start, end).exceeds(limit):
            assert shaped(start, later).exceeds(limit)
            assert limit == 1 or shaped(start, end).exceeds(limit - 1)


@pytest.mark.clause("S-24")
@pytest.mark.parametrize(
    ("starts", "ends", "over_a_year"),
    [
        ("2022-08", "2023-08", False),
        ("2022-08", "2023-09", True),
        ("2022-08-15", "2023-08-14", False),
        ("2022-08-15", "2023-08-15", True),
        ("2022-08-15", "2023-08", False),
        ("2022-08", "2023-08-31", False),
    ],
)
def test_one_year_as_the_plan_counts_it(starts: str, ends: str, over_a_year: bool) -> None:
    assert Period.read(starts, ends).exceeds(12) == over_a_year


@pytest.mark.clause("S-25")
@given(DAYS, DAYS)
def test_a_period_crosses_the_days_before_its_last(end: date, day: date) -> None:
    assert by_days(date(2000, 1, 1), end).crosses(day) == (day < end)


# How it is printed


@pytest.mark.parametrize(
    ("starts", "ends", "printed"),
    [("2022-08", "2022-12", "2022.8~2022.12"), ("2022-08-15", "2023-01-03", "2022.8.15~2023.1.3")],
)
def test_a_period_is_printed_as_the_summary_sheet_wants_it(starts: str, ends: str, printed: str) -> None:
    assert str(Period(starts, ends)) == printed
