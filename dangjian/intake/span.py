"""The span (起止): the dates that people write for a beginning and an end. What is not certain is warned of, never guessed."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

from dangjian.intake.grid import text_of
from dangjian.projects.period import Period, is_date

LONGEST = 300  # letters of a period: whatever is longer is a story
Day = tuple[int | None, int | None, int | None]
"""Year, month and day as far as they were written."""


@dataclass(frozen=True)
class Span:
    """``start`` and ``end`` as ISO months or days; ``warnings`` are codes."""

    start: str | None = None
    end: str | None = None
    warnings: tuple[str, ...] = ()


_CHINESE = {digit: str(value) for value, digit in enumerate("〇一二三四五六七八九")} | dict.fromkeys("零○0Oo", "0")
_FORMAL = str.maketrans("壹贰叁肆伍陆柒捌玖拾", "一二三四五六七八九十")
_CHINESE_YEAR = re.compile(r"([二〇零○0Oo一三四五六七八九]{4})年")
_CHINESE_NUMBER = re.compile(r"([一二三四五六七八九]?十[一二三四五六七八九]?|[一二三四五六七八九])(?=[月日号])")
_CUT = re.compile(r"[~\u223c\u223d\u301c\u2053_]+|[-=]+>|--+|[\u2010-\u2015\u2212]+|\.{3,}|→|至|到")
_FILLER = re.compile(
    r"[自从起止]|前$|开始|启动|开工|完成|完工|结束|左右|[初底末]前?|\(.*?\)|[,，;；。]|\.$|(?:0{1,2}:00(?::00)?)$|T(?=00:)"
)
_OPEN = re.compile(
    r"[至到~-]?(?:项目|工程)?(?:结束|完成|竣工|完工)$(?<=[至到~-]..|目..|程..)|(?:长期|持续)(?:坚持|推进|开展|实施|进行)?|至今|待定|常态化(?:开展)?|常年|不限|每[年月季]度?"
)
_NOTHING = {"", "无", "/", "\\", "-", "--", "—", "——", "暂无"}
_PARTS = {"上半年": (1, 6), "下半年": (7, 12), "全年": (1, 12), "年度": (1, 12)} | {
    f"{n}季度": (3 * n - 2, 3 * n) for n in range(1, 5)
}
_QUARTERS = re.compile(r"第?([1-4一二三四])(?:季度?)?(?:[-~、,]|至|到)第?([1-4一二三四])季度?")
_QUARTER = re.compile(r"第?([1-4一二三四])季度?|Q([1-4])")
_PART = re.compile(rf"(?:(20\d\d)年?|[今本当]年?)?({'|'.join(_PARTS)})")
_YEAR_ENDS = re.compile(r"(?:[今本当]?年)?年[底末]|(?<=[至到~-])年?[底末]")
_YEAR_BEGINS = re.compile(r"(?<=20\d\d)年?年初")
_BY_ITS_END = re.compile(
    r"(?:截至|截止|截止到)(.+)|(.+?)[底末]?(?:(?:之?前|以前)(?:完成|完工|结束)?|完成|完工|结束|竣工|结题)"
)
_LABELS = re.compile(r"(?:开始|起始|启动|完成|结束|截止|起|止)(?:时间|日期)?:|^(?:计划|预计|拟定?于?|约)(?=[12]\d)")
_STOPS = re.compile(r"(?<=20\d\d)[、,](?=\d{1,2}(?!\d))")
"""A mark that stands where a point should: 2022、6."""
_BESIDE = re.compile(r"(?<=[\d月日])[、,](?=20\d\d)")
_REMARK = re.compile(r"(?<=[\d月日])[,;](?:[^\d年月日延推取暂长持常至到]|\d+个月)+$")
"""2022.8~2022.12，分两期: what is said after the dates and tells of no other."""
_TWO_LINES = re.compile(r"(20\d\d[年./-]\d{1,2}(?:月(?:\d{1,2}日)?|[./-]\d{1,2})?)\s+(?=20\d\d[年./-])")
_LONE_DASH = re.compile(
    r"((?:\d{2,4}[./年])?\d{1,2}(?:[./月]\d{1,2}日?|月|日)?|\d{4}[./]\d{1,2}[./]\d{1,2}|\d{6}|\d{8})-(.+)"
)
_ISO_PAIR = re.compile(r"(\d{4}-\d{1,2}(?:-\d{1,2})?)[-/](\d{4}-\d{1,2}(?:-\d{1,2})?)")


def read(value: Any) -> Span:
    """One cell that holds both ends."""
    if isinstance(value, (date, datetime)):
        return Span(f"{value:%Y-%m-%d}", None, ("date_single",))
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return _of_number(value)
    return _of_text(text_of(value))


@lru_cache(maxsize=10_000)  # a ledger says few periods many times
def _of_text(text: str) -> Span:
    if len(text) > LONGEST:
        return Span(warnings=("date_invalid",))
    text = _plain(_REMARK.sub("", _TWO_LINES.sub(r"\1~", _digits(text))))
    if text in _NOTHING:
        return Span(warnings=("date_missing",))
    if re.fullmatch(r"[3-7]\d{4}", text):  # a day that was copied as Excel counts it
        return _of_number(int(text))
    if (by := _BY_ITS_END.fullmatch(text)) and not re.search(rf"{_CUT.pattern}|[起始开]", by[1] or by[2]):
        return _only_end(by[1] or by[2])
    ends = _ends(_OPEN.sub("", text))
    if any(_PART.fullmatch(end) for end in ends):
        return _of_parts(ends)
    return _of_ends(ends, text)


def _of_ends(ends: list[str], text: str) -> Span:
    if len(ends) == 2 and not ends[0]:
        return _only_end(ends[1])
    if len(ends) > 2:
        return Span(warnings=("date_invalid",))
    open_end = bool(_OPEN.search(text)) or (len(ends) == 1 and bool(re.search(r"[起~至-]$", text)))
    days = [_day(_FILLER.sub("", end)) for end in ends]
    if not days or None in days:
        return Span(warnings=("date_open",) if open_end and not days else ("date_invalid",))
    return _joined([day for day in days if day], open_end, next_year=bool(re.search("[次翌明]年", text)))


def _only_end(text: str) -> Span:
    """An end without a beginning: 2022年12月底前, ~2022.12."""
    day = _day(_FILLER.sub("", text))
    if day is None:
        return Span(warnings=("date_invalid",))
    if day[0] is None or day[1] is None:
        return Span(warnings=("date_year_missing",))
    end = _iso(day)
    return Span(None, end, ("date_single",)) if end else Span(warnings=("date_invalid",))


def join(start: Any, end: Any) -> Span:
    """Two cells, one for each end; one that holds both ends tells both where the other is empty."""
    first, last = read(start), read(end)
    for told, other in ((first, last), (last, first)):
        if told.start and told.end and other.warnings == ("date_missing",):
            return told
    starts, ends = first.start, last.end or last.start
    if starts and last.warnings == ("date_year_missing",):  # 2022年8月, and beside it 12月
        return read(f"{text_of(start)}~{text_of(end)}")
    empty = ("date_missing",)
    if first.warnings == empty and last.warnings == empty:
        return Span(warnings=empty)
    said = [code for code in first.warnings + last.warnings if code not in ("date_missing", "date_single")]
    if not said and not (starts and ends):
        said = ["date_single"]
    return Span(starts, ends, tuple(dict.fromkeys([*said, *_order(starts, ends)])))


def day_in(text: str) -> str | None:
    """The last whole day written in a text, as ISO; None where there is none."""
    text = re.sub(r"(?<!\d)(20\d\d)([01]\d)([0-3]\d)(?!\d)", r"\1-\2-\3", _digits(text))
    found = re.findall(r"(\d{4})\s*[年./-]\s*(\d{1,2})\s*[月./-]\s*(\d{1,2})", text)
    told = "-".join([found[-1][0], found[-1][1].zfill(2), found[-1][2].zfill(2)]) if found else ""
    return told if is_date(told) else None


def _plain(text: str) -> str:
    """Without spaces, and with the words that say no more than a month does."""
    text = (
        re.sub(r"\s+|\([^()\d]*\)|^即日起|(?<=月)份", "", re.sub(r"^\(([^()]*)\)$", r"\1", text.strip()))
        .replace("号", "日")
        .replace("．", ".")
        .replace("。", ".")
    )
    # A point that ends a date (2022.8.-2022.12.), and 一 struck for a dash (8月一12月).
    text = re.sub(r"(?<=[月日\d])一(?=\d)", "~", re.sub(r"(?<=\d)\.(?![\d.])", "", text))
    text = _LABELS.sub(lambda found: "~" if found[0][0] in "完结截止" else "", text)
    text = _BESIDE.sub("~", _STOPS.sub(".", text))
    text = _QUARTERS.sub(lambda found: f"{_quarter(found[1])}~{_quarter(found[2])}", text)
    text = re.sub(
        r"[上中下]旬|(?<=月)[初底末](?!前)", "", _QUARTER.sub(lambda found: _quarter(found[1] or found[2]), text)
    )
    text = _YEAR_BEGINS.sub("年1月", text)
    return _YEAR_ENDS.sub(lambda found: "年12月" if text[found.start() - 1].isdigit() else "12月", text)


def _quarter(sign: str) -> str:
    return f"{'1234'.find(sign) + 1 or '一二三四'.find(sign) + 1}季度"


def _digits(text: str) -> str:
    text = unicodedata.normalize("NFKC", text).translate(_FORMAL)
    text = _CHINESE_YEAR.sub(lambda found: "".join(_CHINESE[sign] for sign in found[1]) + "年", text)
    return _CHINESE_NUMBER.sub(lambda found: str(_small(found[1])), text)


def _small(word: str) -> int:
    tens, ten, ones = word.rpartition("十")
    if not ten:
        return int(_CHINESE[word])
    return int(_CHINESE.get(tens, "1")) * 10 + int(_CHINESE.get(ones, "0"))


def _of_parts(ends: list[str]) -> Span:
    """Halves and quarters of a year: the first month of the first, the last month of the last."""
    found = [_PART.fullmatch(end) for end in ends]
    if len(ends) > 2 or None in found:
        return Span(warnings=("date_invalid",))
    first, last = found[0], found[-1]
    assert first is not None
    assert last is not None
    if first[1] is None:
        return Span(warnings=("date_year_missing",))
    start, end = f"{first[1]}-{_PARTS[first[2]][0]:02d}", f"{last[1] or first[1]}-{_PARTS[last[2]][1]:02d}"
    return Span(start, end, tuple(_order(start, end)))


def _of_number(value: float) -> Span:
    """A number in the cell: Excel's own of a day, 202208, 20220801, or 2022.8, which has lost a trailing nought."""
    text = text_of(value)
    if re.fullmatch(r"20\d\d\.1", text):
        return Span(warnings=("date_ambiguous",))
    if 30_000 <= value < 80_000 and float(value).is_integer():
        return Span((date(1899, 12, 30) + timedelta(days=int(value))).isoformat(), None, ("date_single",))
    day = _day(text)
    return _joined([day]) if day else Span(warnings=("date_invalid",))


def _ends(text: str) -> list[str]:
    """The one or two ends of a text; a single hyphen is both a sign between and a sign within."""
    if pair := _ISO_PAIR.fullmatch(text):
        return list(pair.groups())
    parts = [part for part in _CUT.split(text.removesuffix("-")) if part]
    if re.match(r"[~至到\u2010-\u2015-]", text):
        return ["", parts[0].removeprefix("-")] if len(parts) == 1 else ["", ""]
    if len(parts) == 1 and (found := _LONE_DASH.fullmatch(parts[0])) and not re.match(r"\d{4}-", parts[0]):
        parts = list(found.groups())
    if len(parts) == 1 and (both := re.fullmatch(r"(.+?月(?:\d+日)?(?:开始|启动|开工|起)),?(.+)", parts[0])):
        parts = list(both.groups())
    return parts


_SHAPES = (
    re.compile(r"(?P<y>\d{4}|\d{2})[年./-](?P<m>\d{1,2})(?:月|[./-](?=\d))(?P<d>\d{1,2})日?"),
    re.compile(r"(?P<y>\d{4})[年./-](?P<m>\d{1,2})月?"),
    re.compile(r"(?P<y>\d{2})年(?P<m>\d{1,2})月?"),
    re.compile(r"(?P<y>\d{4})(?P<m>\d{2})(?P<d>\d{2})"),
    re.compile(r"(?P<y>20\d{2})(?P<m>\d{2})"),
    re.compile(r"(?P<m>\d{1,2})月(?:(?P<d>\d{1,2})日?)?"),
    re.compile(r"(?P<d>\d{1,2})日"),
)


def _day(text: str) -> Day | None:
    text = re.sub(r"^(?:次|翌|明|今|本|当)年", "", text)
    if bare := re.fullmatch(r"(\d{1,2})[./](\d{1,2})", text):
        first, second = int(bare[1]), int(bare[2])
        return (None, first, second) if first <= 12 else (2000 + first, second, None)
    if re.fullmatch(r"\d{1,2}", text):
        return (None, int(text), None)
    for shape in _SHAPES:
        if found := shape.fullmatch(text):
            told = {name: int(number) for name, number in found.groupdict().items() if number}
            year = told.get("y")
            short = year is not None and len(found["y"]) == 2
            return (2000 + (year or 0) if short else year, told.get("m"), told.get("d"))
    return None


def _joined(days: list[Day], open_end: bool = False, *, next_year: bool = False) -> Span:
    first = days[0]
    if first[0] is None or first[1] is None:
        return Span(warnings=("date_year_missing",))
    start = _iso(first)
    if start is None:
        return Span(warnings=("date_invalid",))
    if len(days) == 1:
        return Span(start, None, ("date_open",) if open_end else ("date_single",))
    end = _iso(_completed(first, days[1], next_year))
    if end is None:
        return Span(start, None, ("date_invalid",))
    return Span(start, end, tuple(_order(start, end)))


def _completed(first: Day, last: Day, next_year: bool) -> Day:
    """The end with what it leaves out: the year, and in 8.15-20 the month."""
    year, month, day = last
    if year is None and month is not None and day is None and first[2] is not None and month > 12:
        month, day = first[1], month
    if month is None:
        month = first[1]
    return (year or (first[0] or 0) + next_year, month, day)


def _iso(day: Day) -> str | None:
    text = "-".join(f"{part:02d}" for part in day if part is not None)
    return text if is_date(text) else None


def _order(start: str | None, end: str | None) -> list[str]:
    if not start or not end:
        return []
    period = Period(start, end)
    if period.last_day < period.first_day:
        return ["date_reversed"]
    return ["over_one_year"] if period.exceeds(12) else []
