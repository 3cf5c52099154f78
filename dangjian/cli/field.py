"""One field of an operation as an option of a command: its help, how it is written, and what was meant by it."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from dangjian.api.typed import FILE_NUMBER

Schema = Mapping[str, Any]

_METAVARS = {"number": "N", "date": "YYYY-MM-DD", "file": "FILE", "files": "FILE", "sent": "FILE"}
_YES_NO = {"true": True, "false": False, "是": True, "否": False}


@dataclass(frozen=True)
class Field:
    """``path`` leads to the field through the objects around it. ``columns`` are those of a list with several."""

    path: tuple[str, ...]
    kind: str
    text: str = ""
    is_required: bool = False
    choices: list[Any] = field(default_factory=list)
    least: float | None = None
    most: float | None = None
    default: Any = None
    item: Field | None = None
    columns: tuple[Field, ...] = ()

    @classmethod
    def read(cls, path: tuple[str, ...], schema: Schema, schemas: Schema, *, is_required: bool = False) -> Field:
        told = cls.plain(schema, schemas)
        item = told.get("items") or told.get("additionalProperties") or None
        columns = told.get("properties", {})
        if item:
            columns = cls.plain(item, schemas).get("properties", {})
        return cls(
            path=path,
            kind=_kind(told),
            text=told.get("description", "") if "properties" not in told else "",
            is_required=is_required,
            choices=list(told.get("enum", [told["const"]] if "const" in told else [])),
            least=told.get("minimum"),
            most=told.get("maximum", told.get("maxLength")),
            default=told.get("default"),
            item=cls.read(path, item, schemas) if isinstance(item, Mapping) else None,
            columns=tuple(
                cls.read((name,), column, schemas, is_required=name in cls.plain(item or told, schemas).get("required", ()))
                for name, column in columns.items()
            ),
        )  # fmt: skip

    @staticmethod
    def plain(schema: Schema, schemas: Schema) -> dict[str, Any]:
        """The schema without references, and without the null that stands for: not sent."""
        told = dict(schema)
        for key in ("anyOf", "allOf"):
            kinds = [kind for kind in told.pop(key, ()) if kind.get("type") != "null"]
            told = {**(kinds[0] if kinds else {}), **told}
        if reference := told.pop("$ref", ""):
            told = {**Field.plain(schemas[reference.rsplit("/", 1)[-1]], schemas), **told}
        return told

    @property
    def name(self) -> str:
        return self.path[-1]

    @property
    def dotted(self) -> str:
        return ".".join(self.path)

    @property
    def option(self) -> str:
        return f"--{self.dotted.replace('_', '-')}"

    @property
    def placeholder(self) -> str:
        """How a field of the address is shown: its name, or what may stand there."""
        return "|".join(self.choices) or self.name.upper().replace("PK", "ID")

    @property
    def is_list(self) -> bool:
        return self.kind in ("list", "lines", "files", "map")

    @property
    def help(self) -> str:
        """What it means, what may be written, what counts where nothing is."""
        parts = ["必填"] * self.is_required + [self.text] * bool(self.text)
        if self.kind == "lines":
            parts.append("一项写一次，写作 " + " ".join(column.spelled for column in self.columns))
            parts += [f"{column.name} {column.text}" for column in self.columns if column.text]
        elif self.kind in ("list", "map"):
            parts.append("可写几个")
        elif self.kind == "sent":
            parts.append("也可以写本机文件的路径")
        if self.default not in (None, "", [], {}, False):
            parts.append(f"不写为{'是' if self.default is True else f' {self.default}'}")
        return "；".join(parts).replace("%", "%%")

    @property
    def spelled(self) -> str:
        """As a column of a line is written."""
        what = "|".join(map(str, self.choices)) or {"number": "N", "date": "2022-08-28"}.get(self.kind, "…")
        return f"{self.name}={what}" if self.is_required else f"[{self.name}={what}]"

    def add_to(self, group: Any) -> None:
        """The option on a parser. What is not written is not there afterwards."""
        more: dict[str, Any] = {"dest": self.dotted, "default": argparse.SUPPRESS, "help": self.help}
        if self.kind == "yes-no":
            group.add_argument(self.option, action=argparse.BooleanOptionalAction, **more)
        elif self.kind in ("lines", "map"):
            how = "append" if self.kind == "lines" else "extend"
            group.add_argument(self.option, nargs="+", action=how, metavar="NAME=VALUE", **more)
        elif self.is_list:
            taken, some = self.item or self, "+" if self.kind == "files" else "*"
            group.add_argument(self.option, nargs=some, action="extend", type=taken.taken, **taken.shown(), **more)
        else:
            group.add_argument(self.option, type=self.taken, **self.shown(), **more)

    def shown(self) -> dict[str, Any]:
        if self.choices:
            return {"choices": self.choices}
        return {"metavar": _METAVARS.get(self.kind, "TEXT")}

    def taken(self, text: str) -> Any:
        """What was meant by ``text``. Raises ArgumentTypeError, with the reason, where nothing can be."""
        by_kind: dict[str, Callable[[str], Any]] = {
            "number": self._number, "decimal": float, "date": _day, "file": _file, "files": _file,
            "sent": _file_or_number, "yes-no": _yes_no,
        }  # fmt: skip
        return by_kind.get(self.kind, self._text)(text)

    def meant(self, written: Any) -> Any:
        """What was meant by all that was written of the field, where the parts of it stand apart: lines, a map."""
        if self.kind == "lines":
            return [self._line(parts) for parts in written]
        return self._map(written) if self.kind == "map" else written

    def _line(self, parts: Sequence[str]) -> Any:
        if len(parts) == 1 and parts[0].lstrip().startswith("{"):
            return _json(parts[0])
        columns, line = {column.name: column for column in self.columns}, dict[str, Any]()
        for part in parts:
            name, sign, value = part.partition("=")
            if not sign or name not in columns:
                raise argparse.ArgumentTypeError(f"“{part}”请写作 名=值，名可以是 {'、'.join(columns)}")
            line[name] = _within(name, columns[name], value)
        if missing := [name for name, column in columns.items() if column.is_required and name not in line]:
            raise argparse.ArgumentTypeError(f"“{' '.join(parts)}”中没有 {'、'.join(missing)}")
        return line

    def _map(self, parts: Sequence[str]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for part in parts:
            name, sign, value = part.partition("=")
            if not sign:
                raise argparse.ArgumentTypeError(f"“{part}”请写作 代码=值")
            found.setdefault(name, []).append(value)
        return found

    def _number(self, text: str) -> int:
        try:
            number = int(text)
        except ValueError:
            raise argparse.ArgumentTypeError(f"“{text}”不是整数") from None
        if (self.least is not None and number < self.least) or (self.most is not None and number > self.most):
            raise argparse.ArgumentTypeError(f"{number} 不在 {self.least} 到 {self.most} 之间")
        return number

    def _text(self, text: str) -> str:
        if self.choices and text not in self.choices:
            raise argparse.ArgumentTypeError(f"“{text}”不在 {'、'.join(map(str, self.choices))} 之中")
        if self.most is not None and len(text) > self.most:
            raise argparse.ArgumentTypeError(f"最多 {int(self.most)} 字，现有 {len(text)} 字")
        return text


def _kind(told: Schema) -> str:
    """How it is written: number, text, yes-no, date, file, list, lines, map …"""
    if told.get("format") in (FILE_NUMBER, "date", "binary"):
        return {FILE_NUMBER: "sent", "date": "date", "binary": "file"}[told["format"]]
    if told.get("type") == "array":
        item = told["items"]
        alone = "files" if item.get("format") == "binary" else "list"
        return alone if "type" in item else "lines"
    simple = {"integer": "number", "number": "decimal", "boolean": "yes-no", "object": "map"}
    return simple.get(told.get("type", ""), "text")


def _within(name: str, column: Field, text: str) -> Any:
    try:
        return column.taken(text)
    except argparse.ArgumentTypeError as wrong:
        raise argparse.ArgumentTypeError(f"{name}：{wrong}") from None


def _day(text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise argparse.ArgumentTypeError(f"“{text}”不是日期，请写作 2022-08-28") from None


def _file(text: str) -> Path:
    path = Path(text)
    if not path.is_file():
        raise argparse.ArgumentTypeError(f"没有文件 {text}")
    return path


def _file_or_number(text: str) -> Path | int:
    return int(text) if text.isdecimal() else _file(text)


def _yes_no(text: str) -> bool:
    if text not in _YES_NO:
        raise argparse.ArgumentTypeError(f"“{text}”请写 true 或 false")
    return _YES_NO[text]


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"“{text}”不是 JSON") from None
