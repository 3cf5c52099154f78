"""The content of a project in one cell (具体工作内容): 选题, 内容 and 预期目标, each after its label (S-107)."""

from __future__ import annotations

import re

_SHAPES = {
    "topic": re.compile(
        r"(?:项目)?选题(?:背景|依据)?(?:[及和与]?(?:存在|拟?解决)的?(?:主要|突出)?问题)?"
        r"|(?:项目)?背景[及和与](?:存在|拟?解决)的?(?:主要)?问题|[拟要需]?(?:解决|存在)的?(?:主要|突出)?问题|主要问题"
    ),
    "measures": re.compile(
        r"(?:项目|工作|主要|实施|具体)?内容(?:[及和与]拟?采取的?(?:主要|具体)?(?:措施|举措))?"
        r"|(?:主要|具体|工作|实施)(?:采取)?的?(?:措施|举措)|拟?采取的?(?:主要|具体)?(?:措施|举措)|主要做法"
    ),
    "goal": re.compile(r"(?:预期|项目|工作|总体)?(?:拟?(?:达到|实现|达成))?的?目标|预期(?:效果|成效|成果)"),
    "stage_goal": re.compile(r"(?:20\d\d年?(?:年?[底末]|度)?前?|[本当]?年[底末度]|其中)?的?阶段性?目标"),
}
# What our own form prints beside the three parts; each keeps its name.
_OTHERS = ("必要性", "可行性", "调查研究", "征求党员意见", "工作载体", "预期价值", "实施周期超过一年的理由")
SURE_PARTS = {
    "必要性": "necessity", "可行性": "feasibility", "调查研究": "investigation", "征求党员意见": "consultation",
    "预期价值": "expected_value", "实施周期超过一年的理由": "long_reason",
}  # fmt: skip
"""Those of them that our application has a text for, by its names."""
_ORDINAL = r"(?:\d{1,2}[.．、)）]|[一二三四五][、.．]|[(（][一二三四五\d][)）]|[①-⑨])"
_NAMES = "|".join([*(shape.pattern for shape in _SHAPES.values()), *sorted(_OTHERS, key=len, reverse=True)])
_HINT = r"(?:[(（][^)）\n]*[)）])?"
_PROMPTS = "存在的问题|存在问题|主要采取措施|预期达到目标"
_LINE = r"(?:^|\n)[ \t\u3000★●◆■▲◇]{0,40}"
_PART = re.compile(
    # 1.选题：… at the start of a line or after a sentence; 【选题】; a line that says no more than 选题; 1.选题 and a space.
    rf"(?:{_LINE}{_ORDINAL}?|(?<=[。；;：\s]){_ORDINAL})\s{{0,9}}({_NAMES})\s{{0,9}}{_HINT}\s{{0,9}}[:：]"
    rf"|[【\[]\s{{0,9}}({_NAMES})\s{{0,9}}[】\]]\s{{0,9}}[:：]?"
    rf"|{_LINE}{_ORDINAL}?\s{{0,9}}({_NAMES})\s{{0,9}}{_HINT}\s{{0,9}}(?=\n)"
    rf"|{_LINE}{_ORDINAL}\s{{0,9}}({_NAMES})(?:[ \t\u3000]+|—+|。)"
    # A goal of this stage may follow within the goal: 降耗50万元。（阶段性目标：…）
    rf"|(?:(?<=[。；;\s])|[(（])({_SHAPES['stage_goal'].pattern})\s{{0,9}}{_HINT}\s{{0,9}}[:：]"
)
_BARE = {"问题": "topic", "措施": "measures", "举措": "measures"}
"""Words so common that they are labels only where all three parts are told, in their order."""
_LOOSE = re.compile(
    rf"(?:^|(?<=[。；;，,\s]))(?:{_ORDINAL}\s{{0,9}})?({_NAMES}|{'|'.join(_BARE)})\s{{0,9}}{_HINT}\s{{0,9}}(?:[:：]|(?<=\S)[ \u3000]+|—+)"
)
_ALONE = re.compile(rf"(?:({_ORDINAL})\s*)?({_NAMES})\s*(?:[:：]\s*({_PROMPTS})。?\s*)?")
_BLANK = {"存在的问题。", "主要采取措施。", "预期达到目标。", "存在的问题", "主要采取措施", "预期达到目标"}


def cut(text: str) -> dict[str, str]:
    """The cell of contents, cut at its labels; without any label it is all measures."""
    marks = _marks(text)
    if not marks:
        return {"measures": tidy(text)}
    found: dict[str, str] = {"具体工作内容": tidy(text[: marks[0].start()])}
    for mark, following in zip(marks, [*marks[1:], None], strict=True):
        label = next(filter(None, mark.groups()))
        name = _part(label) or label
        said = tidy(text[mark.end() : following.start() if following else len(text)])
        if len(re.findall(r"[(（]", mark[0])) > len(re.findall(r"[)）]", mark[0])):
            said = said.rstrip(")）")
        found[name] = "\n".join(part for part in (found.get(name, ""), said) if part)
    return found


def _part(label: str) -> str:
    return next((name for name, shape in _SHAPES.items() if shape.fullmatch(label)), _BARE.get(label, ""))


def _marks(text: str) -> list[re.Match[str]]:
    """The labels; without numbers they may stand in one line, or be bare words, if all three do and in their order."""
    marks = list(_PART.finditer(text))
    loose = list(_LOOSE.finditer(text)) if len(marks) < 2 else []
    in_order = [_part(mark[1]) for mark in loose if _part(mark[1]) != "stage_goal"] == ["topic", "measures", "goal"]
    return loose if in_order else marks


def is_labelled(text: str) -> bool:
    """Whether any part bears its label."""
    return bool(_marks(text))


def part_of(label: str) -> str:
    """The part that a label alone in its cell means as the printed form says it: 2.内容, or 内容：主要采取措施."""
    found = _ALONE.fullmatch(label.strip())
    return _part(found[2]) if found and (found[1] or found[3]) else ""


def tidy(text: str) -> str:
    kept = text.strip(" \t\n\u3000")
    kept = re.sub(rf"^({_PROMPTS})\s*[:：。]\s*(?=\S)", "", kept)
    return "" if kept in _BLANK else kept
