"""What a clause of the application says besides its measure: who answers for it and until when. Never guessed.

Either is told once: it is taken out of the words when it goes to its own column, where an ordinary change may reach it.
"""

from __future__ import annotations

import re
import unicodedata
from calendar import monthrange
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from dangjian.people.person import Person
from dangjian.projects.period import Period

_LEADS = (re.compile("牵头"), re.compile("负责(?!人)"))
"""What follows the name of whoever answers; to lead (牵头) weighs more than to have a part of it in one's hands."""
_TITLE = re.compile("(?:同志|副?书记|副?经理|副?主任|副?部长|总工程师|总工)?").pattern
_HAN = "\u4e00-\u9fff"
# A name of two characters may be a part of another word (高峰 in 施工高峰期): on both sides something must set it off.
_BEFORE = re.compile(f"(?:(?<![{_HAN}])|(?<=[由请人员记长、和与及]))").pattern
_AFTER = re.compile(f"(?=[^{_HAN}]|$|同志|牵头|负责|组织|落实|开展|推进|完成|配合|[和与及、])").pattern
_NAMED = re.compile("(?:(?<=由)|(?<=责任人)|(?<=负责人))").pattern

_DAY = re.compile(r"(?<!\d)(?:(?P<year>20\d\d)年)?(?P<month>\d{1,2})月(?P<day>\d{1,2})[日号](?:之|以)?前(?!后)")
_END_OF_MONTH = re.compile(
    r"(?<!\d)(?:(?P<year>20\d\d)年)?(?P<month>\d{1,2})月份?[底末](?:(?:之|以)?前(?!后)|(?![之以前起至到~—\u2013-]|开始|启动))"
)
_MONTH = re.compile(
    r"(?<![\d比较])(?P<year>20\d\d)年(?P<month>\d{1,2})月份?(?![\d份底末初上中下起前至到~—\u2013-]|[之以]前|开始|启动)"
)
"""2022年9月完成: the whole month is meant; where it begins something, or what is before it is meant, it says no day."""

_COMMAS = "，, "
_ENDS = f"{_COMMAS}（）()"
"""What sets one phrase of a clause off from the next."""
_BARE = re.compile(
    "(?:并|应|须|要)?(?:全部|全面)?(?:完成|完工|结束)?|(?:责任人|(?:完成)?(?:时间|时限|期限|日期))?(?:为|[:：])?"
)
"""What says nothing any more once the name or the day is gone from it."""
_APART = re.compile(r"(?<=\d)\s+(?=[年月日])|(?<=[年月])\s+(?=\d)|(?<=[日号])\s+(?=[之以]?前)")
_BOUND_BEFORE = re.compile(r"(?:[至到~—\u2013\-从自较比]|[由关对]于|存在)\s*$")
_BOUND_AFTER = re.compile(r"\s*[的内后至到~—\u2013\-、和与及]")
"""至10月底前, 10月底前的: the day belongs to the words around it."""
_OFFICE = re.compile("(?:(?:党?支部)?(?:副?书记|(?:组织|宣传|纪检|青年|群工)委员)|项目副?经理|项目总工)?").pattern
_LEADING = re.compile("(?:具体|总)?(?:牵头负责|牵头|负责)").pattern
_ITSELF = re.compile(f"(?=[{_HAN}])(?!的|等|[、和与及]|班|组(?!织)|小组|团队|工作室|支部|配合|协助|参加|参与)").pattern
"""王志强的, 王志强班组: the name belongs to what follows it and cannot be taken away from it."""


@dataclass(frozen=True)
class Told:
    """A clause as a line of the plan has it: what is done, who answers for it and until when."""

    text: str
    person: Person | None
    due: date | None


def told_in(text: str, known: Iterable[Person], members: Iterable[int | None], period: Period | None) -> Told:
    """Take person and day out of the clause; what cannot be taken out whole is left in the words, and only there."""
    person, due = person_in(text, known, members), due_in(text, period)
    if without := _without_person(text, person.name) if person else "":
        text = without
    else:
        person = None
    without = _without_day(text) if due else ""
    return Told(without or text, person, due if without else None)


def person_in(text: str, known: Iterable[Person], members: Iterable[int | None]) -> Person | None:
    """Whoever the clause says leads it, else the one member (by key) that it names; None where that is not certain.

    ``known`` are all who may answer: a name among them that is no member's still makes the clause ambiguous.
    """
    called: dict[str, list[Person]] = {}
    for person in known:
        called.setdefault(person.name, []).append(person)
    for lead in _LEADS:
        if lead.search(text):
            return _only(_leaders(text, called, lead), called)
    found = _only(set(re.findall(_any(called), text)) if called else set(), called)
    return found if found and found.pk in set(members) else None


def due_in(text: str, period: Period | None) -> date | None:
    """The one day until which the clause is to be done, if it lies in the period; a year left out is that of the period."""
    if period is None:
        return None
    days = set(_days(unicodedata.normalize("NFKC", re.sub(r"\s+", "", text)), period))
    return days.pop() if len(days) == 1 else None


def _without_person(text: str, name: str) -> str:
    """The clause without who answers for it; empty where the words do not let go of the name."""
    who = re.compile(f"{_OFFICE}{re.escape(name)}(?:同志)?{_TITLE}").pattern
    found = re.search(
        f"(?:^|(?<=[{_ENDS}]))(?:由?{who}(?:{_LEADING})?(?:组织实施|组织落实|落实|实施)?(?=[{_ENDS}]|$)"
        f"|(?:责任人|负责人)(?:为|是|[:：])?\\s*{who}(?=[{_ENDS}]|$)"
        f"|由?{who}{_LEADING}{_ITSELF}|{who}(?=组织|落实|开展|推进|完成))"
        f"|由{who}(?:{_LEADING})?{_ITSELF}",
        text,
    )
    return _cut(text, *found.span()) if found and text.count(name) == 1 else ""


def _without_day(text: str) -> str:
    """The clause without its day; empty where there is more than one, or where the day belongs to other words."""
    text = _APART.sub("", unicodedata.normalize("NFC", text))
    found = [match for shape in (_DAY, _END_OF_MONTH, _MONTH) for match in shape.finditer(text)]
    if len(found) != 1:
        return ""
    before, after = text[: found[0].start()], text[found[0].end() :]
    if _BOUND_BEFORE.search(before) or _BOUND_AFTER.match(after):
        return ""
    kept = re.sub(r"(?:[于在]\s*)?$", "", before, count=1)
    return _cut(text, len(kept), len(text) - len(after.lstrip()))


def _cut(text: str, start: int, end: int) -> str:
    """The text without that part, and without the phrase it stood in if no more is said there; empty if nothing is left."""
    head, tail = text[:start], text[end:]
    opening = re.sub(f"[^{_ENDS}]*$", "", head)
    closing = re.sub(f"^[^{_ENDS}]*", "", tail)
    if _BARE.fullmatch(head[len(opening) :] + tail[: len(tail) - len(closing)]):
        head, tail = opening, closing
        if head.endswith(("（", "(")) and tail.startswith(("）", ")")):
            head, tail = head[:-1], tail[1:]
        else:
            tail = tail if head.endswith(tuple(_COMMAS)) else tail.lstrip(_COMMAS)
            head = head.rstrip(_COMMAS)
    return (head + tail).strip()


def _any(called: Iterable[str]) -> str:
    """A pattern for any of the names, the longest first."""
    names = sorted(called, key=len, reverse=True)
    return "|".join(re.escape(name) if len(name) > 2 else _set_off(re.escape(name)) for name in names)


def _set_off(name: str) -> str:
    return f"{_NAMED}{name}|{_BEFORE}{name}{_AFTER}"


def _leaders(text: str, called: Iterable[str], lead: re.Pattern[str]) -> set[str]:
    """The names that stand before the word for leading; of several who do so together, all."""
    plain = "|".join(re.escape(name) for name in sorted(called, key=len, reverse=True))
    if not plain:
        return set()
    one = f"(?:{plain}){_TITLE}"
    groups = re.findall(rf"(?:{one}[、和与及])*{one}(?:具体|共同|总)?(?={lead.pattern})", text)
    return {name for group in groups for name in re.findall(plain, group)}


def _only(names: set[str], called: dict[str, list[Person]]) -> Person | None:
    people = [person for name in names for person in called[name]]
    return people[0] if len(people) == 1 else None


def _days(text: str, period: Period) -> Iterator[date | None]:
    """Each day that is told; None for one that cannot be told for certain."""
    for shape in (_DAY, _END_OF_MONTH, _MONTH):
        for found in shape.finditer(text):
            told = {name: int(number) for name, number in found.groupdict().items() if number}
            years = [told["year"]] if "year" in told else range(period.first_day.year, period.last_day.year + 1)
            fitting = [day for year in years if (day := _day(year, told["month"], told.get("day")))]
            fitting = [day for day in fitting if period.first_day <= day <= period.last_day]
            yield fitting[0] if len(fitting) == 1 else None


def _day(year: int, month: int, day: int | None) -> date | None:
    """None where the calendar has no such day; without a day the last one of the month."""
    try:
        return date(year, month, day or monthrange(year, month)[1])
    except ValueError:
        return None
