"""Parsers of the sandbox's tests: well-behaved, wrong, and greedy ones."""

import os
import time
from pathlib import Path
from typing import IO, Any

from dangjian.foundation.sandbox import Unreadable


def told(*files: IO[bytes], **options: Any) -> Any:
    return {"contents": [file.read() for file in files], "options": options, "env": sorted(os.environ)}


def refusing(file: IO[bytes]) -> None:
    raise Unreadable("这份文件加了密码")


def failing(file: IO[bytes]) -> None:
    raise IndexError("secret detail")


def crashing(file: IO[bytes]) -> None:
    os.abort()


def hoarding(file: IO[bytes]) -> int:
    return len(bytearray(2_000 * 1024 * 1024))


def spinning(file: IO[bytes]) -> None:
    while True:
        pass


def sleeping(file: IO[bytes]) -> None:
    time.sleep(60)


def babbling(file: IO[bytes]) -> bytes:
    return bytes(8 * 1024 * 1024)


def writing(file: IO[bytes], where: str) -> None:
    Path(where).write_bytes(bytes(8 * 1024 * 1024))


def strange(file: IO[bytes]) -> Any:
    return object()
