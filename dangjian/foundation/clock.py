"""The clock: the only source of now. Beijing time throughout; the demo may be moved to another day."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings

BEIJING = ZoneInfo("Asia/Shanghai")

_fixed: ContextVar[datetime | None] = ContextVar("fixed clock", default=None)


def now() -> datetime:
    """This instant, in Beijing time."""
    fixed = _fixed.get()
    return fixed if fixed is not None else datetime.now(BEIJING) + _demo_offset()


def wall() -> datetime:
    """This instant as the clocks outside show it: what authenticator apps and sessions go by, demo or not."""
    fixed = _fixed.get()
    return fixed if fixed is not None else datetime.now(BEIJING)


def today() -> date:
    """The calendar day in Beijing."""
    return now().date()


def local(instant: datetime) -> datetime:
    """The same instant as Beijing clocks show it."""
    return instant.astimezone(BEIJING)


def start_of(day: date) -> datetime:
    """Midnight at the start of ``day`` in Beijing."""
    return datetime.combine(day, time.min, tzinfo=BEIJING)


def days(field: str, since: date | None, until: date | None) -> dict[str, datetime]:
    """Lookups for what happened from one day to another in Beijing, both among them; an end left open asks nothing."""
    found = {f"{field}__gte": start_of(since)} if since and since > date.min else {}
    if until and until < date.max:
        found[f"{field}__lt"] = start_of(until + timedelta(days=1))
    return found


@contextmanager
def fixed_at(instant: datetime | str) -> Iterator[None]:
    """Stop the clock at ``instant`` inside the block (tests and the making of demo data).

    A string is read as Beijing time: ``"2022-08-24 09:00"``.
    """
    if isinstance(instant, str):
        instant = datetime.fromisoformat(instant)
    if instant.tzinfo is None:
        instant = instant.replace(tzinfo=BEIJING)
    token = _fixed.set(instant)
    try:
        yield
    finally:
        _fixed.reset(token)


def move_demo(to: datetime) -> None:
    """Let the demo's clock run on from ``to``. Refused outside the demo: production has no such switch."""
    if settings.DEMO_CLOCK_FILE is None:
        raise RuntimeError("the clock can be moved in the demo only")
    offset = to - datetime.now(BEIJING)
    settings.DEMO_CLOCK_FILE.parent.mkdir(parents=True, exist_ok=True)
    settings.DEMO_CLOCK_FILE.write_text(str(offset.total_seconds()))


def _demo_offset() -> timedelta:
    # A file, not a table: web and worker share it, and no production database carries a demo's column.
    if settings.DEMO_CLOCK_FILE is None or not settings.DEMO_CLOCK_FILE.exists():
        return timedelta(0)
    return timedelta(seconds=float(settings.DEMO_CLOCK_FILE.read_text()))
