"""The fault (错误): what is wrong in a scheme file, on which line, in words an officer can act on."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from difflib import get_close_matches

from pydantic_core import ErrorDetails

from dangjian.programmes.part import CLAUSE, CODE, Part, listed

Path = tuple[str | int, ...]


@dataclass(frozen=True)
class Fault:
    """``line`` and ``column`` count from 1, as text editors do; entries of a list in ``path`` do too."""

    line: int
    column: int | None
    path: str
    message: str

    def __str__(self) -> str:
        return f"第{self.line}行：{self.message}"


class SchemeError(ValueError):
    """A scheme file that cannot be used, with every fault found, in the order of the lines."""

    def __init__(self, faults: list[Fault]) -> None:
        self.faults = sorted(faults, key=lambda fault: (fault.line, fault.column or 0, fault.path, fault.message))
        super().__init__("\n".join(map(str, self.faults)))


def path_text(path: Path) -> str:
    """``taxonomies[3].items[1].label``, the third and first counting from 1."""
    text = ""
    for step in path:
        text += f"[{step + 1}]" if isinstance(step, int) else f".{step}" if text else step
    return text


def found_in(error: ErrorDetails, document: type[Part]) -> Iterator[tuple[Path, str]]:
    """The places and Chinese messages of one refusal by pydantic."""
    path = tuple(error["loc"])
    if error["type"] == "scheme":
        for problem in error["ctx"]["problems"]:
            yield (*path, *problem.path), problem.message
    elif error["type"] == "too_short" and len(error["input"]) >= error["ctx"]["min_length"]:
        return  # pydantic counts the entries that are sound; those that are not have been told one by one
    elif error["type"] == "extra_forbidden":
        yield path, _unknown_key(path, document)
    else:
        yield path, _message(error)


def suggestion(word: str, known: list[str]) -> str:
    """「，是不是……？」 where a known word is near enough."""
    near = get_close_matches(word, known, n=1, cutoff=0.6)
    return f"，是不是「{near[0]}」？" if near else ""


def _unknown_key(path: Path, document: type[Part]) -> str:
    part: type[Part] | None = document
    for step in path[:-1]:
        if isinstance(step, str) and part is not None:
            part = part.part_of(step)
    known = list(part.model_fields) if part else []
    key = str(path[-1])
    return f"不认识「{key}」" + (suggestion(key, known) or f"，这里可以写：{listed(known)}")


def _message(error: ErrorDetails) -> str:
    kind, given = error["type"], error["input"]
    if kind == "missing":
        return f"缺少「{error['loc'][-1]}」"
    if given is None:
        return f"「{error['loc'][-1]}」没有填写" if isinstance(error["loc"][-1], str) else "这一项没有填写"
    say = _MESSAGES.get(kind, _always("内容不合要求"))
    return say(error)


def _text(error: ErrorDetails) -> str:
    given = error["input"]
    if isinstance(given, bool | int | Decimal | date):
        return "应为文字，请给内容加上英文引号"
    return "应为文字"


def _date(error: ErrorDetails) -> str:
    given = error["input"]
    if isinstance(given, str) and re.fullmatch(r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}", given):
        return f"没有{given}这一天，请写成“年-月-日”，例如2022-08-05"
    return "应为日期，写成“年-月-日”，不加引号"


def _choice(error: ErrorDetails) -> str:
    known = re.findall(r"'([^']*)'", str(error["ctx"]["expected"]))
    given = str(error["input"])[:40]
    return f"不能写「{given}」" + (suggestion(given, known) or f"，只能是{listed(known)}之一")


def _pattern(error: ErrorDetails) -> str:
    return {
        CODE: "代码应由小写英文字母、数字和下划线组成，以字母开头，不超过40个字符",
        CLAUSE: "条款编号应写成「S-01」至「S-122」",
    }.get(str(error["ctx"]["pattern"]), "写法不合要求")


def _limit(words: str, name: str) -> Callable[[ErrorDetails], str]:
    return lambda error: words.format(error["ctx"][name])


def _always(words: str) -> Callable[[ErrorDetails], str]:
    return lambda _: words


_MESSAGES: dict[str, Callable[[ErrorDetails], str]] = {
    "string_type": _text,
    "string_too_short": _always("不能为空"),
    "string_too_long": _limit("不能超过{}字", "max_length"),
    "string_pattern_mismatch": _pattern,
    "int_type": _always("应为整数，不加引号"),
    "bool_type": _always("应为「true」（是）或「false」（否），不加引号"),
    "is_instance_of": _always("应为数字，不加引号"),
    "decimal_type": _always("应为数字，不加引号"),
    "date_type": _date,
    "tuple_type": _always("应为列表，每项另起一行，以“- ”开头"),
    "model_type": _always("应为若干行“名称: 内容”"),
    "literal_error": _choice,
    "too_short": _limit("至少要有{}项", "min_length"),
    "greater_than": _limit("应大于{}", "gt"),
    "greater_than_equal": _limit("不能小于{}", "ge"),
    "less_than": _limit("应小于{}", "lt"),
    "less_than_equal": _limit("不能大于{}", "le"),
}
