"""The filled form (已填的申请表): 附件1 as a branch filled it in with Word, by its labels (S-102 … S-109)."""

from __future__ import annotations

import re
from typing import Any

from dangjian.intake import span
from dangjian.intake.grid import Grid, narrowed, text_of

FIELDS = ("branch", "leader", "name", "topic", "measures", "goal", "stage_goal", "branch_opinion", "branch_opinion_date", "committee_opinion", "committee_opinion_date", "fill_date")  # fmt: skip
_LABELS = {
    "branch": re.compile(r"(立项|申报|承担|实施)?(党?支部)(名称)?"),
    "leader": re.compile(r"(项目)?(主要)?(责任人|负责人)"),
    "name": re.compile(r"(申报|党建)?项目名称"),
    "content": re.compile(r"(项目)?(具体)?(工作|实施|主要)?内容"),
    "branch_opinion": re.compile(r"(所在|本)?(党?支部|总支|支委)(委员)?(会|大会|党员大会)?(审核|审查)?意见"),
    "committee_opinion": re.compile(r"(本?单位|上级|公司)?(党委|党工委|党组)(委员)?会?(审核|审查|审批)?意见"),
    "fill_date": re.compile(r"(填表|填报|申报)(时间|日期)"),
}
_PARTS = {
    "选题": "topic", "存在的问题": "topic", "存在问题": "topic", "内容": "measures", "主要采取措施": "measures", "主要措施": "measures", "采取措施": "measures",
    "预期达到目标": "goal", "预期目标": "goal", "阶段性目标": "stage_goal", "阶段目标": "stage_goal",
}  # fmt: skip
# What our own form prints beside the three parts; each keeps its name.
_OTHERS = ("必要性", "可行性", "调查研究", "征求党员意见", "工作载体", "预期价值", "实施周期超过一年的理由")
_ORDINAL = r"(?:\d{1,2}[.．、)）]|[一二三四五][、.．]|[(（][一二三四五\d][)）]|[①-⑨])"
_PART = re.compile(
    rf"(?:(?:^|\n)[ \t\u3000]*{_ORDINAL}?|(?<=[。；;：\s]){_ORDINAL})\s*"
    rf"({'|'.join(sorted([*_PARTS, *_OTHERS], key=len, reverse=True))})\s*(?:[(（][^)）\n]*[)）])?\s*[:：]"
)
_BLANK = {"存在的问题。", "主要采取措施。", "预期达到目标。", "存在的问题", "主要采取措施", "预期达到目标"}
_DATE = re.compile(
    r"(\d{4}|[〇零○一二三四五六七八九]{4})?\s*[年./-]\s*[\d一二三四五六七八九十]*\s*[月./-]\s*[\d一二三四五六七八九十]*\s*日?\s*$"
)
_SEAL = re.compile(
    r"(书记|负责人|签字|签名|盖章|公章)\s*([(（]?(签字|签名|盖章)[)）]?)?\s*[:：].*|[(（][^)）]*(签名|签字|盖章|公章)[^)）]*[)）][:：]?"
)


def read(grids: list[Grid], lines: list[str]) -> dict[str, Any] | None:
    """The form's contract; None where no table bears its labels."""
    pairs = [pair for grid in grids for pair in _pairs(grid)]
    known = {name: value for name, _, value in reversed(pairs) if name}
    if "name" not in known or len(known.keys() - {"name", "fill_date"}) < 3:
        return None
    parts = _parts(known.get("content", ""))
    fields: dict[str, Any] = dict.fromkeys(FIELDS)
    fields |= {name: known[name].replace("\n", "") or None for name in ("branch", "leader", "name") if name in known}
    fields |= {name: parts[name] or None for name in ("topic", "measures", "goal", "stage_goal") if name in parts}
    for name in ("branch_opinion", "committee_opinion"):
        fields[name], fields[f"{name}_date"] = _opinion(known.get(name, ""))
    told = [line for line in lines if _LABELS["fill_date"].match(narrowed(line))]
    fields["fill_date"] = span.day_in(known.get("fill_date") or (told[0] if told else ""))
    extra = {label: value for name, label, value in pairs if not name and value}
    extra |= {label: text for label, text in parts.items() if label in _OTHERS and text}
    return {"kind": "application", "fields": fields} | ({"extra": extra} if extra else {})


def forms_in(grids: list[Grid]) -> int:
    """How many forms the tables hold, by their project names."""
    return sum(name == "name" for grid in grids for name, _, _ in _pairs(grid))


def _pairs(grid: Grid) -> list[tuple[str, str, str]]:
    """Fact (empty for labels that we have none for), label and value, from left to right in each row."""
    pairs = []
    for row in grid.lines():
        cells = [
            text_of(grid.raw(row, column)) for column in range(grid.width) if grid.origin(row, column) == (row, column)
        ]
        at = 0
        while at < len(cells):
            name = _fact(cells[at])
            if name or (at == 0 and 1 < len(narrowed(cells[0])) <= 12 and len(cells) == 2):
                label = re.sub(r"[:：]$", "", narrowed(cells[at]))
                value = cells[at + 1] if at + 1 < len(cells) else ""
                pairs.append((name, label, value))
                at += 1
            at += 1
    return pairs


def _fact(text: str) -> str:
    label = re.sub(r"\(.*?\)|[:：*]", "", narrowed(text))
    return next((name for name, shape in _LABELS.items() if shape.fullmatch(label)), "")


def _parts(text: str) -> dict[str, str]:
    """The cell of contents, cut at its labels; without any label it is all measures."""
    marks = list(_PART.finditer(text))
    if not marks:
        return {"measures": _tidy(text)}
    found: dict[str, str] = {}
    for mark, following in zip(marks, [*marks[1:], None], strict=True):
        name = _PARTS.get(mark[1], mark[1])
        said = _tidy(text[mark.end() : following.start() if following else len(text)])
        found[name] = "\n".join(part for part in (found.get(name, ""), said) if part)
    return found


def _tidy(text: str) -> str:
    kept = text.strip(" \t\n\u3000")
    kept = re.sub(r"^(存在的?问题|主要采取措施|预期达到目标)\s*[:：]\s*", "", kept)
    return "" if kept in _BLANK else kept


def _opinion(text: str) -> tuple[str | None, str | None]:
    """The opinion without seal and signature, and the day below it."""
    lines = [line.strip() for line in text.strip().split("\n")]
    kept, day = [], None
    for line in lines:
        if found := _DATE.search(line):
            day = span.day_in(found[0]) or day
            line = line[: found.start()].strip()
        line = _SEAL.sub("", line).strip()
        if line:
            kept.append(line)
    return "\n".join(kept) or None, day
