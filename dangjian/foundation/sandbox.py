"""The sandbox (隔离读取): a parser of untrusted bytes runs in a process of its own, within limits.

``read(parser, source, …)`` starts a fresh Python that knows neither the database nor the settings, lets it
call ``parser(*files, **options)`` with the sources opened for reading, and brings back what the parser
returned: JSON, with bytes allowed anywhere in it. A file that crashes, hangs or swells takes down that
process and nothing else.

The parser is a plain function of a module that can be imported without Django's models. What is wrong with
a file it tells by raising :class:`Unreadable` with a sentence for the user; any other error of it means that
the file is damaged. Callers turn ``Unreadable`` into a refusal at their field.

This bounds memory, processor time, waiting time, open files and what is written. It is no wall against
code that breaks the interpreter itself: the process runs under the same user.
"""

from __future__ import annotations

import base64
import importlib
import json
import logging
import os
import resource
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any

log = logging.getLogger(__name__)

MEGABYTE = 1024 * 1024
DAMAGED = "文件已损坏，读不出内容"
TOO_MUCH = "文件内容太大或太复杂，请拆分后再传"

_ROOT = Path(__file__).parents[2]
_TURNS = threading.BoundedSemaphore(2)
"""However many people upload at once, one server process parses two files at a time."""


class Unreadable(Exception):
    """The source cannot be read. The text says why, fit for the user's eyes."""


@dataclass(frozen=True)
class Limits:
    """What one reading may take: memory in MB, processor time and waiting time in seconds, the answer in MB."""

    memory: int = 700
    processor: int = 20
    wall: int = 40
    answer: int = 64


USUAL = Limits()


def read(
    parser: Callable[..., Any], *sources: bytes | Path, limits: Limits = USUAL, options: Mapping[str, Any] | None = None
) -> Any:
    """What ``parser`` makes of the sources. Raises :class:`Unreadable`.

    ``options`` are JSON. In the answer, tuples come back as lists.
    """
    order = {
        "parser": f"{parser.__module__}:{parser.__qualname__}", "options": dict(options or {}), "limits": asdict(limits),
    }  # fmt: skip
    with ExitStack() as held, _TURNS:
        files = [held.enter_context(_opened(source)) for source in sources]
        answer = held.enter_context(tempfile.TemporaryFile())
        code = _run({**order, "files": [file.fileno() for file in files]}, files, answer, limits)
        answer.seek(0)
        reply = _reply(answer.read(), code)
    if "unreadable" in reply:
        log.info("%s refused a file: %s", order["parser"], reply.get("error") or reply["unreadable"])
        raise Unreadable(reply["unreadable"])
    return reply["answer"]


def _opened(source: bytes | Path) -> IO[bytes]:
    if isinstance(source, Path):
        return source.open("rb")
    held = tempfile.TemporaryFile()  # noqa: SIM115  # closed by the stack of `read`
    held.write(source)
    held.flush()
    return held


def _run(order: dict[str, Any], files: Sequence[IO[bytes]], answer: IO[bytes], limits: Limits) -> int:
    """Carry the order out; the exit code, negative where a signal ended the process."""
    command = [sys.executable, "-P", "-s", "-B", "-m", __name__]
    # Nothing of ours is handed over: no database address, no secret key.
    env = {"PATH": os.environ.get("PATH", ""), "PYTHONPATH": str(_ROOT), "LANG": "C.UTF-8", "PYTHONUTF8": "1"}
    try:
        return subprocess.run(
            command, input=json.dumps(order).encode(), stdout=answer, stderr=subprocess.DEVNULL, env=env,
            cwd=tempfile.gettempdir(), pass_fds=[file.fileno() for file in files], timeout=limits.wall, check=False,
        ).returncode  # fmt: skip
    except subprocess.TimeoutExpired:
        return -1


def _reply(said: bytes, code: int) -> dict[str, Any]:
    try:
        reply = json.loads(said, object_hook=_with_bytes)
    except ValueError:
        # Killed by a limit, or crashed: either way it left no whole answer.
        return {"unreadable": TOO_MUCH if code else DAMAGED, "error": f"exit code {code}"}
    return dict(reply)


def _with_bytes(found: dict[str, Any]) -> Any:
    return base64.b64decode(found["$bytes"]) if found.keys() == {"$bytes"} else found


def _as_json(value: Any) -> Any:
    if isinstance(value, bytes):
        return {"$bytes": base64.b64encode(value).decode()}
    raise TypeError(f"a parser may not return {type(value).__name__}")


# What runs in the process of its own


def _confine(limits: dict[str, int]) -> None:
    """Once set, the process cannot raise them again."""
    for what, most in (
        (resource.RLIMIT_AS, limits["memory"] * MEGABYTE),
        (resource.RLIMIT_CPU, limits["processor"]),
        (resource.RLIMIT_FSIZE, limits["answer"] * MEGABYTE),
        (resource.RLIMIT_NOFILE, 64),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (most, most))
    os.nice(5)


def _carry_out(order: dict[str, Any]) -> str:
    module, name = order["parser"].split(":")
    try:
        files = [os.fdopen(number, "rb") for number in order["files"]]
        for file in files:
            file.seek(0)
        made = getattr(importlib.import_module(module), name)(*files, **order["options"])
        return json.dumps({"answer": made}, default=_as_json)
    except MemoryError:
        return json.dumps({"unreadable": TOO_MUCH, "error": "memory"})
    except Exception as wrong:
        # This module runs under the name __main__ here, so the parser's Unreadable is not this one.
        if type(wrong).__name__ == Unreadable.__name__:
            return json.dumps({"unreadable": str(wrong)})
        return json.dumps({"unreadable": DAMAGED, "error": f"{type(wrong).__name__}: {wrong}"[:300]})


def main() -> None:
    """The order comes on the standard input, the answer goes to the standard output."""
    order = json.loads(sys.stdin.buffer.read())
    _confine(order["limits"])
    sys.stdout.buffer.write(_carry_out(order).encode())


if __name__ == "__main__":
    main()
