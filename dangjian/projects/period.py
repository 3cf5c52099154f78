"""The period (起止日期) of a project: from a month to a month; days may be given but need not."""

import calendar
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from dangjian.foundation.refusal import Reason, Refused

_SHAPE = re.compile(r"([0-9]{4})-([0-9]{2})(?:-([0-9]{2}))?")


@dataclass(frozen=True)
class Period:
    """``starts`` and ``ends`` are ISO texts, ``2022-08`` or ``2022-08-15``; both inclusive."""

    starts: str
    ends: str

    @classmethod
    def read(cls, starts: str, ends: str) -> "Period":
        """Check both dates and their order. Raises Refused at the field at fault."""
        reasons = list(faults(starts, ends))
        if reasons:
            raise Refused(*reasons)
        return cls(starts, ends)

    @property
    def first_day(self) -> date:
        year, month, day = _parts(self.starts)
        return date(year, month, day or 1)

    @property
    def last_day(self) -> date:
        year, month, day = _parts(self.ends)
        return date(year, month, day or calendar.monthrange(year, month)[1])

    def exceeds(self, months: int) -> bool:
        """Whether it runs longer than ``months`` (S-24).

        By months, 2022.8~2023.8 still counts as one year. Where both days are given it is counted by
        the calendar, both days included: 2022-08-15 to 2023-08-14 is one year.
        """
        start_year, start_month, start_day = _parts(self.starts)
        end_year, end_month, end_day = _parts(self.ends)
        if start_day is None or end_day is None:
            return (end_year - start_year) * 12 + end_month - start_month > months
        over_year, over_month = divmod(start_year * 12 + start_month - 1 + months, 12)
        limit = date(over_year, over_month + 1, 1) + timedelta(days=start_day - 2)
        return self.last_day > limit

    def crosses(self, day: date) -> bool:
        """Whether it ends after ``day``."""
        return self.last_day > day

    def __str__(self) -> str:
        """As 附件4 prints it: 2022.8~2022.12."""
        return f"{printed_month(self.starts)}~{printed_month(self.ends)}"


def faults(starts: str, ends: str) -> Iterator[Reason]:
    """What is wrong with two dates as typed."""
    wrong = [field for field, text in (("starts", starts), ("ends", ends)) if not is_date(text)]
    yield from (Reason("请填年月，如 2022-08", field) for field in wrong)
    if not wrong and Period(starts, ends).last_day < Period(starts, ends).first_day:
        yield Reason("完成时间不能早于开始时间", "ends")


def _parts(text: str) -> tuple[int, int, int | None]:
    found = _SHAPE.fullmatch(text)
    if found is None:
        raise ValueError(text)
    year, month, day = found.groups()
    return int(year), int(month), int(day) if day else None


def is_date(text: str) -> bool:
    """Whether it is a month or a day of this century: ``2022-08`` or ``2022-08-15``."""
    try:
        year, month, day = _parts(text)
        date(year, month, day or 1)
    except ValueError:
        return False
    return 2000 <= year <= 2100


def month_in_words(text: str) -> str:
    """A month or a day within a sentence: 2022年8月, 2022年8月15日."""
    return "".join(f"{part}{unit}" for part, unit in zip(_parts(text), "年月日", strict=True) if part is not None)


def printed_month(text: str) -> str:
    """A month or a day as papers print it: 2022.8, 2022.8.15."""
    return ".".join(str(part) for part in _parts(text) if part is not None)
