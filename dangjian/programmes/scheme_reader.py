"""The reader of scheme files: YAML of the plainest kind, every value with its line, every fault at once."""

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any, TypeVar

from pydantic import ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamStartEvent,
)
from ruamel.yaml.reader import ReaderError

from dangjian.programmes.fault import Fault, Path, SchemeError, found_in, path_text
from dangjian.programmes.part import Part

MOST_BYTES = 1024 * 1024
MOST_FAULTS = 200
DEEPEST = 20

P = TypeVar("P", bound=Part)
Place = tuple[int, int]
"""Line and column, from 0 as the parser counts."""


def read(text: str, document: type[P]) -> P:
    """The checked document. Raises SchemeError with every fault that can be seen at once.

    As a compiler does, it looks at how the values of a block fit together only once each of them is sound.
    """
    if len(text.encode("utf-8", "surrogatepass")) > MOST_BYTES:
        raise SchemeError([Fault(1, None, "", "文件超过1兆字节，不是方案文件")])
    manuscript = Manuscript()
    try:
        manuscript.take(YAML(typ="rt", pure=True).parse(text))
    except YAMLError as error:
        raise SchemeError([*manuscript.faults.values(), *_unreadable(error, text)]) from None
    try:
        checked = document.model_validate(manuscript.content)
    except ValidationError as error:
        for detail in error.errors(include_url=False)[:MOST_FAULTS]:
            for path, message in found_in(detail, document):
                manuscript.fault(path, message, at_key=detail["type"] == "extra_forbidden")
        raise SchemeError(list(manuscript.faults.values())) from None
    if manuscript.faults:
        raise SchemeError(list(manuscript.faults.values()))
    return checked


class Manuscript:
    """What was typed: the values, the place of each, and what plain YAML does not allow."""

    def __init__(self) -> None:
        self.content: Any = None
        self.faults: dict[tuple[Place, str], Fault] = {}
        self._keys: dict[Path, Place] = {(): (0, 0)}
        self._values: dict[Path, Place] = {(): (0, 0)}
        self._refused: set[Path] = set()

    def take(self, events: Iterator[Event]) -> None:
        """Read the one document of a file."""
        started = False
        for event in events:
            if isinstance(event, StreamStartEvent):
                continue
            if isinstance(event, DocumentStartEvent):
                if started:
                    self._refuse((), event, "一个文件只能写一份方案，请删去多余的分隔线“---”")
                    return
                started = True
                self.content = self._value(next(events), events, ())
        if not started:
            raise SchemeError([Fault(1, None, "", "文件是空的")])

    def fault(self, path: Path, message: str, *, at_key: bool = False) -> None:
        """Note a fault at ``path``, or at the nearest block that exists."""
        known = path
        marks = self._keys if at_key else self._values
        while known not in marks:
            known = known[:-1]
        if path not in self._refused:
            self._note(marks[known], path, message)

    def _note(self, place: Place, path: Path, message: str) -> None:
        self.faults.setdefault((place, message), Fault(place[0] + 1, place[1] + 1, path_text(path), message))

    def _refuse(self, path: Path, event: Event, message: str) -> None:
        """Note what the text itself must not hold; what the value then lacks is not said again."""
        self._note(_place(event), path, message)
        self._refused.add(path)

    def _value(self, event: Event, events: Iterator[Event], path: Path) -> Any:
        if len(path) > DEEPEST:
            raise SchemeError([Fault(_place(event)[0] + 1, None, "", f"层级超过{DEEPEST}层")])
        if isinstance(event, AliasEvent):
            self._refuse(path, event, "不能用“*”引用别处的内容，请直接写出来")
            return None
        if getattr(event, "anchor", None) is not None:
            self._refuse(path, event, "不能用“&”给内容起别名")
        if getattr(event, "ctag", None) is not None:
            self._refuse(path, event, "不能用“!”指定类型")
        if isinstance(event, MappingStartEvent):
            return self._mapping(events, path)
        if isinstance(event, SequenceStartEvent):
            return self._sequence(events, path)
        return _scalar(event)

    def _sequence(self, events: Iterator[Event], path: Path) -> tuple[Any, ...]:
        entries: list[Any] = []
        for event in events:
            if isinstance(event, SequenceEndEvent):
                break
            inner = (*path, len(entries))
            self._keys[inner] = self._values[inner] = _place(event)
            entries.append(self._value(event, events, inner))
        return tuple(entries)

    def _mapping(self, events: Iterator[Event], path: Path) -> dict[str, Any]:
        entries: dict[str, Any] = {}
        for event in events:
            if isinstance(event, MappingEndEvent):
                break
            key = event.value if isinstance(event, ScalarEvent) else ""
            if not isinstance(event, ScalarEvent):
                self._refuse((*path, key), event, "冒号前应为一个名称")
                self._value(event, events, (*path, key))
            following = next(events)
            inner = (*path, key)
            if key in entries:
                self._note(_place(event), inner, f"「{key}」重复，第一次在第{self._keys[inner][0] + 1}行")
                self._value(following, events, (*path, f"{key}*"))
                continue
            self._keys[inner] = _place(event)
            self._values[inner] = _place(following if _is_word(following) else event)
            entries[key] = self._value(following, events, inner)
        return entries


def _is_word(event: Event) -> bool:
    """Whether the value stands at its own place: a block begins below its key, and nothing is nowhere."""
    return isinstance(event, ScalarEvent) and bool(event.value or event.style)


def _place(event: Event) -> Place:
    return event.start_mark.line, event.start_mark.column


_WORDS = {"": None, "~": None, "null": None, "true": True, "false": False}


def _scalar(event: Any) -> Any:
    """The value of one unquoted word by its look; anything quoted is text."""
    word: str = event.value
    if event.style is not None:
        return word
    if word in _WORDS:
        return _WORDS[word]
    if re.fullmatch(r"-?[0-9]{1,9}", word):
        return int(word)
    if re.fullmatch(r"-?[0-9]{1,9}\.[0-9]{1,9}", word):
        return Decimal(word)
    if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", word):
        return _date_or_text(word)
    return word


def _date_or_text(word: str) -> date | str:
    try:
        return date.fromisoformat(word)
    except ValueError:
        return word


# A full-width colon, or no space after the colon, is what a Chinese input method does most often.
_BAD_COLON = re.compile(r"\s*(?:- +)?[a-z][a-z_0-9]*(：|:(?=[^\s/]))")

# What the parser's own words mean, and whether the cause is where it began to read or where it gave up.
_UNREADABLE = (
    ("'\\t'", "不能用制表符缩进，请改用空格", "problem_mark"),
    ("unknown escape character", "英文双引号内不能单独使用反斜杠", "problem_mark"),
    ("while scanning a quoted scalar", "引号没有成对", "context_mark"),
    ("but found '<scalar>'", "引号没有成对，或引号外还有文字", "problem_mark"),
    ("expected ',' or", "括号没有成对，或缺少英文逗号", "context_mark"),
    ("could not find expected ':'", "缺少英文冒号", "context_mark"),
    (
        "mapping values are not allowed",
        "这里多了一个英文冒号，或上一行缺少冒号、缩进有误；内容中含冒号的请加英文引号",
        "problem_mark",
    ),
    ("expected <block end>", "缩进有误：同一级的各行应左对齐", "problem_mark"),
    ("cannot start any token", "以特殊符号开头的内容请加英文引号", "problem_mark"),
)


def _unreadable(error: YAMLError, text: str) -> Iterator[Fault]:
    """Why the text cannot be taken apart. The parser stops at the first place; colons are looked for everywhere."""
    if isinstance(error, ReaderError):
        before = text[: error.position]
        yield Fault(before.count("\n") + 1, None, "", "含有不能识别的控制字符，请删去后重新输入")
        return
    wrong = [(line, found) for line, row in enumerate(text.split("\n"), 1) if (found := _BAD_COLON.match(row))]
    for line, found in wrong:
        yield Fault(line, found.start(1) + 1, "", "冒号应为英文冒号，后面空一格")
    if wrong or not isinstance(error, MarkedYAMLError):
        return
    said = f"{error.context} {error.problem}"
    known = (row[1:] for row in _UNREADABLE if row[0] in said)
    message, cause = next(known, ("书写格式有误，请检查缩进、冒号和引号", "problem_mark"))
    mark = getattr(error, cause) or error.problem_mark or error.context_mark
    yield Fault(mark.line + 1 if mark else 1, mark.column + 1 if mark else None, "", message)
