"""The line of information (表头信息): 单位名称, 填表人 and 联系电话 above or below a ledger (S-120)."""

from __future__ import annotations

import re
import unicodedata

LABELS: dict[str, tuple[str, ...]] = {
    "unit": ("单位名称", "填报单位", "填表单位", "申报单位", "报送单位", "上报单位", "制表单位", "编制单位", "党组织名称", "党委名称", "单位"),
    "filler": ("填表人", "填报人", "制表人", "编制人", "报送人", "经办人", "联系人", "填表", "填报", "制表", "编制"),
    "phone": ("联系电话", "联系方式", "电话号码", "手机号码", "手机", "电话"),
}  # fmt: skip
_BOTH = ("联系人及电话", "联系人及联系电话", "联系人和电话", "联系人/电话", "填表人及电话", "填表人及联系电话", "填报人及电话", "填报人及联系电话", "填表人/联系电话", "填表人/电话", "填报人/联系电话", "填报人/电话", "联系人/联系电话", "填表人、联系电话", "填报人、联系电话", "联系人、联系电话", "联系人、电话")  # fmt: skip
_NUMBER = re.compile(r"[\d\uff10-\uff19][\d\uff10-\uff19\s()（）转+\-－—]{5,}$")
_OTHERS = ("审核人", "负责人", "填表日期", "填报日期", "填表时间", "填报时间", "日期", "单位负责人", "邮箱")
_WORDS = {word: name for name, words in LABELS.items() for word in words} | dict.fromkeys([*_BOTH, *_OTHERS], "")
_LABEL = re.compile(
    r"(?<![\u4e00-\u9fff])("
    + "|".join(r"\s*".join(word) for word in sorted(_WORDS, key=len, reverse=True))
    + r")\s*(?:[(（][^)）]*[)）])?\s*(?:[:：]|$)"
)
_MEASURE = re.compile(r"[十百千万亿]*元|[个项人名条件天吨]|%")
"""单位：万元 tells how it is counted, not whose it is."""
_SEALED = re.compile(r"\s*[(（](盖章|公章|签章|签字|签名)[)）]$")
_EDGES = " \t\n\u3000\u00a0_\uff3f，,；;。"


def read(around: list[list[str]]) -> dict[str, str | None]:
    """The three facts; None for what is not told. Where two labels tell one fact, the first of the table wins."""
    told: dict[str, dict[str, str]] = {name: {} for name in LABELS}
    for line in around:
        for word, value in _pairs(line):
            name = _WORDS[word]
            value = _SEALED.sub("", value)
            if name and value and not (name == "unit" and _MEASURE.fullmatch(value)):
                told[name].setdefault(word, value)
    found: dict[str, str | None] = {
        name: next((said[word] for word in LABELS[name] if word in said), None) for name, said in told.items()
    }
    if found["phone"]:
        found["phone"] = re.sub(r"\s", "", unicodedata.normalize("NFKC", found["phone"]))
    return found


def labels_in(line: list[str]) -> int:
    """How many cells begin with a label."""
    return sum(_LABEL.match(cell) is not None for cell in line)


def _pairs(line: list[str]) -> list[tuple[str, str]]:
    """Labels with what follows each: in its own cell, or else in the next."""
    pairs: list[tuple[str, str]] = []
    for cell in line:
        marks = list(_LABEL.finditer(cell))
        if not marks:
            if pairs and not pairs[-1][1]:
                pairs[-1] = (pairs[-1][0], cell.strip(_EDGES))
            continue
        for mark, following in zip(marks, [*marks[1:], None], strict=True):
            value = cell[mark.end() : following.start() if following else len(cell)]
            pairs.append((re.sub(r"\s", "", mark[1]), value.strip(_EDGES)))
    return [pair for told in pairs for pair in _of_both(*told)]


def _of_both(word: str, value: str) -> list[tuple[str, str]]:
    """联系人及电话 tells two facts: the number at its end, and before it the person."""
    if word not in _BOTH:
        return [(word, value)]
    number = _NUMBER.search(value)
    person = value[: number.start()] if number else value
    return [(word[:3], person.strip(_EDGES + "/、")), ("联系电话", number[0] if number else "")]
