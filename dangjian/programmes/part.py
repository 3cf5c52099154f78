"""The part (条目): one block of the scheme document. Frozen, strict, knows every key it may hold."""

import re
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Annotated, Any, ClassVar, NamedTuple, Self, get_args

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

CODE = r"^[a-z][a-z0-9_]{0,39}$"
CLAUSE = r"^S-(0[1-9]|[1-9][0-9]|1[01][0-9]|12[0-2])$"

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000)]
Code = Annotated[str, StringConstraints(pattern=CODE)]
Clause = Annotated[str, StringConstraints(pattern=CLAUSE)]
Year = Annotated[int, Field(ge=2000, le=2100)]


class Problem(NamedTuple):
    """What is wrong, in Chinese, and where, seen from the block that found it."""

    path: tuple[str | int, ...]
    message: str


def refuse(problems: Iterable[Problem]) -> None:
    """Refuse a block with everything that is wrong in it."""
    if found := list(problems):
        raise PydanticCustomError("scheme", "方案内容有误", {"problems": found})


def _refusal(message: str) -> PydanticCustomError:
    return PydanticCustomError("scheme", "方案内容有误", {"problems": [Problem((), message)]})


class Part(BaseModel):
    """A block. Each field carries its Chinese explanation, which the file shows as a comment."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    one_line: ClassVar[bool] = False
    """Whether the file writes it as ``- {code: …, label: …}``."""

    def problems(self) -> Iterator[Problem]:
        """What does not fit together although every value alone is sound."""
        yield from ()

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        refuse(self.problems())
        return self

    @classmethod
    def part_of(cls, key: str) -> "type[Part] | None":
        """The kind of block held under ``key``, alone or in a list."""
        field = cls.model_fields.get(key)
        return _part_in(field.annotation) if field else None


def _part_in(annotation: Any) -> type[Part] | None:
    if isinstance(annotation, type) and issubclass(annotation, Part):
        return annotation
    return next((part for inner in get_args(annotation) if (part := _part_in(inner))), None)


def repeats(values: Iterable[str], key: str | None = None, under: tuple[str | int, ...] = ()) -> Iterator[Problem]:
    """Each value that already stood earlier in the list ``under``, whose entries hold it as ``key``."""
    first: dict[str, int] = {}
    for index, value in enumerate(values):
        if value in first:
            path = (*under, index) if key is None else (*under, index, key)
            yield Problem(path, f"代码「{value}」与第{first[value] + 1}项重复")
        first.setdefault(value, index)


def unknown(path: tuple[str | int, ...], value: str, known: Iterable[str]) -> Iterator[Problem]:
    """The one problem of a reference that leads nowhere."""
    names = list(known)
    if value not in names:
        yield Problem(path, f"引用的代码「{value}」不存在，可用的有：{listed(names)}")


def listed(names: Iterable[str]) -> str:
    """Keys and codes in a Chinese sentence, each in 「」."""
    return "、".join(f"「{name}」" for name in names)


def _as_decimal(value: object) -> object:
    return Decimal(value) if type(value) is int else value


Score = Annotated[Decimal, Field(ge=0, le=100), BeforeValidator(_as_decimal)]
"""A mark or a weight: whole or decimal, never binary floating point."""


_LENGTHS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def _month_day(text: str) -> str:
    found = re.fullmatch(r"([0-9]{1,2})-([0-9]{1,2})", text)
    if found is None:
        raise _refusal('请写成“月-日”并加引号，例如"08-15"')
    month, day = int(found[1]), int(found[2])
    if (month, day) == (2, 29):
        raise _refusal("2月29日不是每年都有，请写2月28日")
    if not (1 <= month <= 12 and 1 <= day <= _LENGTHS[month - 1]):
        raise _refusal(f"没有{month}月{day}日这一天")
    return f"{month:02}-{day:02}"


MonthDay = Annotated[str, AfterValidator(_month_day)]
"""A day of any year, ``08-15``."""


class Choice(Part):
    """A code for ever and the label that people see."""

    one_line = True

    code: Code = Field(description="代码，小写英文，启用后不要改")
    label: Text = Field(description="名称")


def _each_once(choices: tuple[Choice, ...]) -> tuple[Choice, ...]:
    refuse(repeats((choice.code for choice in choices), "code"))
    return choices


Choices = Annotated[tuple[Choice, ...], AfterValidator(_each_once)]
