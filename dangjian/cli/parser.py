"""A parser that speaks Chinese: its help, and what is wrong with a command as it was written."""

from __future__ import annotations

import argparse
import re
from typing import Any

from dangjian.cli.in_name import WRONG_USE

# What the library says of a wrong command, and our words for it.
WORDS = tuple(
    (re.compile(pattern), words)
    for pattern, words in (
        (r"the following arguments are required: (.+)", r"缺少 \1"),
        (r"unrecognized arguments: (.+)", r"多出的或写错的：\1"),
        (r"one of the arguments (.+) is required", r"\1 要写其中一个"),
        (r"argument (.+): not allowed with argument (.+)", r"\1 不能与 \2 同时写"),
        (r"argument (.+): expected (?:one|at least one|\d+) arguments?", r"\1 后面要写值"),
        (r"argument (.+): ignored explicit argument '(.*)'", r"\1 后面不写值，却写了 \2"),
        (r"argument (.+): invalid int value: '(.*)'", r"\1 要写整数，不能是“\2”"),
        (r"argument (.+): invalid \S+ value: '(.*)'", r"\1 不能是“\2”"),
        (r"argument (.+): invalid choice: '(.*)' \(choose from (.+)\)", r"\1 不能是“\2”，可以是：\3"),
        (r"argument (.+?): (.+)", r"\1：\2"),
    )
)


class Parser(argparse.ArgumentParser):
    """A parser whose help is in Chinese and whose options are written out, so that a new one breaks no script."""

    def __init__(self, **more: Any) -> None:
        super().__init__(add_help=False, allow_abbrev=False, **more)
        self._positionals.title, self._optionals.title = "参数", "选项"
        self.add_argument("-h", "--help", action="help", help="显示本说明")

    def error(self, message: str) -> Any:
        """End as wrong use: how the command is written, and last what is wrong."""
        for pattern, words in WORDS:
            if found := pattern.fullmatch(message):
                message = found.expand(words).replace("', '", "、").replace("'", "")
                break
        self.exit(WRONG_USE, f"{self.format_usage()}{self.prog}：{message}\n")

    def format_usage(self) -> str:
        return _in_chinese(super().format_usage())

    def format_help(self) -> str:
        return _in_chinese(super().format_help())


def _in_chinese(said: str) -> str:
    return re.sub(r"^usage: ", "用法：", said)
