"""The writer of scheme files: every block under its Chinese explanation, so that the file explains itself."""

import json
import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from dangjian.programmes.part import Part

# Words that a reader could take for something else than text are quoted.
_PLAIN = re.compile(r"[一-鿿《“a-zA-Z][一-鿿《》“”（）、，。；：？！·～％a-zA-Z0-9_.\-]*")
_NOT_TEXT = {"null", "true", "false"}


def write(document: Part) -> str:
    """The file that reads back to an equal document."""
    return "\n".join(_Writer().lines(document, "")) + "\n"


class _Writer:
    """Explains each kind of block where it first stands."""

    def __init__(self) -> None:
        self._explained: set[type[Part]] = set()

    def lines(self, part: Part, indent: str) -> Iterator[str]:
        kind = type(part)
        explain = kind not in self._explained
        self._explained.add(kind)
        for key, field in kind.model_fields.items():
            value = getattr(part, key)
            if not explain and not field.is_required() and value == field.default:
                continue
            if explain:
                if not indent:
                    yield ""
                yield f"{indent}# {field.description}"
                yield from self._legend(value, indent)
            yield from self._entry(key, value, indent)

    def _legend(self, value: object, indent: str) -> Iterator[str]:
        """What the keys of one-line entries mean: there is no room beside them."""
        if not (isinstance(value, tuple) and value and isinstance(value[0], Part)):
            return
        kind = type(value[0])
        if kind.one_line and kind not in self._explained:
            self._explained.add(kind)
            for key, field in kind.model_fields.items():
                yield f"{indent}#   {key}：{field.description}"

    def _entry(self, key: str, value: object, indent: str) -> Iterator[str]:
        if isinstance(value, Part):
            yield f"{indent}{key}:"
            yield from self.lines(value, indent + "  ")
        elif isinstance(value, tuple) and not _is_short(value):
            yield f"{indent}{key}:"
            for entry in value:
                yield from self._listed(entry, indent + "  ")
        elif isinstance(value, str) and "\n" in value and _is_block(value):
            yield f"{indent}{key}: |-"
            yield from (f"{indent}  {line}" if line else "" for line in value.split("\n"))
        else:
            yield f"{indent}{key}: {_word(value)}".rstrip()

    def _listed(self, entry: object, indent: str) -> Iterator[str]:
        if not isinstance(entry, Part):
            yield f"{indent}- {_word(entry)}"
        elif entry.one_line:
            pairs = [f"{key}: {_word(value)}" for key, value in entry if value is not None]
            yield f"{indent}- {{{', '.join(pairs)}}}"
        else:
            body = list(self.lines(entry, indent + "  "))
            first = next(place for place, line in enumerate(body) if not line.lstrip().startswith("#"))
            yield from (indent + line[len(indent) + 2 :] for line in body[:first])
            yield f"{indent}- {body[first].lstrip()}"
            yield from body[first + 1 :]


def _is_short(values: tuple[object, ...]) -> bool:
    return all(isinstance(value, int) or (isinstance(value, str) and value.isascii()) for value in values)


def _is_block(text: str) -> bool:
    """Whether the text survives a block of lines unquoted."""
    return text == text.strip() and all(ch == "\n" or ch.isprintable() for ch in text)


def _word(value: object) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case int() | Decimal() | date():
            return str(value)
        case tuple():
            return f"[{', '.join(map(_word, value))}]"
        case str() if _PLAIN.fullmatch(value) and value not in _NOT_TEXT:
            return value
        case _:
            return _quoted(str(value))


def _quoted(text: str) -> str:
    """JSON's quotes are YAML's; what a text editor would not show is written as its number."""
    quoted = json.dumps(text, ensure_ascii=False)
    return "".join(ch if ch.isprintable() else f"\\U{ord(ch):08x}" for ch in quoted)
