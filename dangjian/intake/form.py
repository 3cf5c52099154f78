"""The filled form (已填的申请表): 附件1 as a branch filled it in with Word, by its labels (S-102 … S-109)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import Any

from dangjian.intake import content, heading, ledger, span
from dangjian.intake.grid import Grid, free_label, narrowed, text_of
from dangjian.intake.laid_out import Layout

Pair = tuple[str, str, str]
"""Fact (empty for labels that we have none for), label and value."""
MOST_ROWS = 300  # of one table: a longer one is a ledger
FIELDS = ("branch", "leader", "name", "topic", "measures", "goal", "stage_goal", "branch_opinion", "branch_opinion_date", "committee_opinion", "committee_opinion_date", "fill_date")  # fmt: skip
_LABELS = {
    "branch": re.compile(r"(立项|(项目)?申报|(项目)?承担|实施|牵头|责任)?(党?支部)(名称)?|(项目)?(承担|牵头|责任)部门"),
    "leader": re.compile(r"(项目)?(主要)?(责任人|负责人)"),
    "name": re.compile(r"(申报|党建|立项|创新|攻关)?(项目|课题)(名称|题目)"),
    "content": re.compile(r"(项目)?(主要|具体)?(工作|实施|主要|研究)?内容"),
    "topic": re.compile(r"选题|(拟?解决|存在)的?(主要)?问题"),
    "measures": re.compile(r"(主要|具体)?(拟?采取)?的?(工作)?(措施|举措)"),
    "goal": re.compile(r"(预期)?(达到|实现)?的?目标"),
    "stage_goal": re.compile(r"阶段性?目标"),
    "branch_opinion": re.compile(r"(所在|本)?(党?支部|党?总支|支委)(部?委员)?(会|大会|党员大会)?(审核|审查)?意见"),
    "committee_opinion": re.compile(r".{0,6}(党委|党工委|党组)(委员)?会?(审核|审查|审批)?意见"),
    "fill_date": re.compile(r"(填表|填报|填写|申报|申请)(时间|日期)"),
}
_DATE = re.compile(
    r"(\d{4}|[〇零○0Oo\uff10\uff2f一二三四五六七八九]{4})?\s*[年./-]\s*[\d一二三四五六七八九十]*\s*[月./-]\s*[\d一二三四五六七八九十]*\s*日?\s*$"
)
_FILLED_ON = re.compile(r"(?:(?:填表|填报|填写)(?:时间|日期)|^(?:申报|申请)(?:时间|日期)):(?!.*[~—至到])(.*)")
"""The line of the day above a form; 申报时间：8月15日至8月27日 of a notice is none."""
_PERSON = re.compile(r"[\u4e00-\u9fff·]{2,3}")
_HALF = re.compile(r"[年./-]\s*[\d一二三四五六七八九十]")
_SIGNED = re.compile(
    r"[^。；]{0,20}(支部|总支|党委|党工委|委员会|单位|公司|书记|负责人)\s*[(（][^)）]*(签名|签字|盖章|公章)[^)）]*[)）]\s*[:：]?[^。；]{0,12}"
)
"""A whole line of who signs or seals."""
_INLINE = re.compile(r"([^:：\n]{2,30})[:：\n](.*)", re.DOTALL)
_STAMPED = re.compile(r"[(（][^)）]*(签名|签字|盖章|公章)[^)）]*[)）]\s*$")
_SEAL = re.compile(
    r"[(（](党?支部|党委)?(书记|负责人)\s*[:：][^)）]*[)）]|(党?支部|党?总支|党委|党工委|单位)?(书记|负责人|签字|签名|盖章|公章)\s*([(（]?(签字|签名|盖章)[)）]?)?\s*[:：].*|[(（][^)）]*(签名|签字|盖章|公章)[^)）]*[)）][:：]?"
)


def read(layout: Layout) -> dict[str, Any] | None:
    """The forms of a file with what is to be said of them; None where neither tables nor lines bear their labels.

    The contract knows one form: the first. Where there are several, the others stand beside it in ``more``.
    """
    grids = [grid for grid in layout.grids if len(grid.rows) <= MOST_ROWS]
    days = [found[1] for line in layout.lines if (found := _FILLED_ON.search(narrowed(line)))]
    unread: list[tuple[str, str]] = []
    apart = _apart(pair for grid in grids for pair in _pairs(grid, unread))
    apart = apart or _apart(_of_lines([*layout.lines, *_lines_of(grids)]))
    forms = [_form(pairs, days[number : number + 1]) for number, pairs in enumerate(apart)]
    if not forms:
        return None
    unlabelled = sum(form.pop("unlabelled") for form in forms)
    filled = [form for form in forms if any(form["fields"].values())]
    blank = len(forms) - len(filled)
    if not filled:
        return {"told": {"kind": "reject", "reason": "empty"}, "skipped": [*layout.passed, ("文件", "blank_form")]}
    noted = [("文件", "several_forms")] if len(filled) > 1 else []
    noted += [("文件", "content_unlabelled")] if unlabelled else []
    others = [("文件", "other_table")] if ledger.read(layout.grids).rows else []
    return {
        "told": {"kind": "application", **filled[0]},
        "more": filled[1:],
        "skipped": layout.passed + unread + others + [("文件", "blank_form")] * blank,
        "noted": layout.noted + noted,
    }


def _apart(told: Iterable[Pair]) -> list[list[Pair]]:
    """The labels of each form: where day, branch or name comes again, the next one begins."""
    forms: list[list[Pair]] = [[]]
    for pair in told:
        known = {name for name, _, _ in forms[-1]}
        if pair[0] in ("fill_date", "branch", "name") and pair[0] in known and "name" in known:
            forms.append([])
        forms[-1].append(pair)
    return [pairs for pairs in forms if _is_form({name for name, _, _ in pairs} - {""})]


def _is_form(known: set[str]) -> bool:
    return "name" in known and len(known - {"name", "fill_date"}) >= 3


def _form(pairs: list[Pair], days: list[str]) -> dict[str, Any]:
    known, extra = _told(pairs)
    said = known.get("content", "")
    parts = content.cut(said)
    fields: dict[str, Any] = dict.fromkeys(FIELDS)
    fields |= {name: known[name].replace("\n", "") or None for name in ("branch", "name") if name in known}
    fields["leader"] = _persons(known.get("leader", "")) or None
    for name in ("topic", "measures", "goal", "stage_goal"):
        fields[name] = "\n".join(filter(None, [parts.get(name), content.tidy(known.get(name, ""))])) or None
    for name in ("branch_opinion", "committee_opinion"):
        told = (known.get(name, ""), known.get(f"{name}_day", ""))
        fields[name], fields[f"{name}_date"] = _opinion("\n".join(filter(None, told)))
    fields["fill_date"] = span.day_in(known.get("fill_date") or (days[0] if days else ""))
    for label, text in parts.items():
        if label not in FIELDS and text:
            extra[free_label(label, extra)] = text
    unlabelled = bool(content.tidy(said)) and not content.is_labelled(said) and "topic" not in known
    return {"fields": fields, "unlabelled": unlabelled} | ({"extra": extra} if extra else {})


def _told(pairs: list[Pair]) -> tuple[dict[str, str], dict[str, str]]:
    """Values by fact, and by label what we have no fact for, or two of: 党总支意见 below 支部委员会意见."""
    known: dict[str, str] = {}
    extra: dict[str, str] = {}
    for name, label, value in pairs:
        said = re.sub(r"__+|\uff3f+", "", value).strip()
        if name == "content" and known.get(name):
            known[name] += f"\n{said}"
        elif name and not known.get(name):
            known[name] = said
        elif said:
            extra[free_label(label, extra)] = said
    return known, extra


def _persons(text: str) -> str:
    """In one line; names below each other stay several."""
    lines = text.split("\n")
    return ("、" if all(map(_PERSON.fullmatch, lines)) else "").join(lines)


def _pairs(grid: Grid, unread: list[tuple[str, str]]) -> list[Pair]:
    """Label and value, from left to right in each row; a row below a label that reaches down goes on with its value.

    Rows between them that say something else go to ``unread``.
    """
    pairs: list[Pair] = []
    strange: list[tuple[str, str]] = []
    listed = False
    for row, cells in _rows(grid):
        goes_on = grid.width > 0 and (grid.origin(row, 0)[0] < row or (len(cells) == 2 and not cells[0]))
        if _heads(cells):
            continue
        listed = _begins_list(cells) or (listed and not any(_fact(cell) or _inline(cell) for cell in cells[:1]))
        if listed:
            unread.append((f"{grid.name} 第{grid.number(row)}行", "foreign_table"))
            continue
        if goes_on and pairs and not any(_fact(cell) or _inline(cell) for cell in cells):
            name, label, value = pairs[-1]
            pairs[-1] = (name, label, "\n".join(filter(None, [value, *cells])))
        elif found := list(_of_cells(cells)):
            pairs += found
        elif pairs and any(cells):
            strange.append((f"{grid.name} 第{grid.number(row)}行", "strange_row"))
    unread += strange
    return pairs


def _rows(grid: Grid) -> Iterator[tuple[int, list[str]]]:
    """The rows with their cells; two opinions side by side with their texts below are one row of label and value."""
    labels: list[str] = []
    for row in grid.lines():
        columns = [column for column in range(grid.width) if grid.origin(row, column) == (row, column)]
        cells = [text_of(grid.raw(row, column)) for column in columns]
        if labels and len(cells) == len(labels):
            cells = [cell for pair in zip(labels, cells, strict=True) for cell in pair]
        labels = cells if len(cells) == 2 and all(_fact(cell).endswith("opinion") for cell in cells) else []
        if not labels:
            yield row, cells


def _heads(cells: list[str]) -> bool:
    """Whether a row is the head of a ledger: one label stands right beside the next, and not 选题 beside 具体工作内容."""
    sure = [bool(_fact(cell)) or bool((told := heading.fact_of(cell)) and told[1] < heading.GUESSED) for cell in cells]
    in_parts = _fact(cells[0]) == "content" and not sure[-1] if cells else False
    return len(cells) > 2 and any(map(all, pairwise(sure))) and not in_parts


def _begins_list(cells: list[str]) -> bool:
    """Whether a row heads a list of something else, as 序号 │ 姓名 │ 职务 does."""
    told = heading.fact_of(cells[0]) if len(cells) > 2 else None
    return told is not None and told[0] == "number" and not any(map(_fact, cells))


def _lines_of(grids: list[Grid]) -> Iterator[str]:
    """What tables of a single cell in each row say line by line: frames around a form that was typed."""
    for grid in grids:
        if all(len(grid.filled(row)) < 2 for row in grid.lines()):
            told = (text for row in grid.lines() for _, text in grid.filled(row))
            yield from (line for text in told for line in text.split("\n") if line)


def _of_lines(lines: list[str]) -> list[Pair]:
    """A form without a table: a label begins a line, and the lines below go on with its value."""
    pairs: list[Pair] = []
    for line in lines:
        if found := _inline(line + "\n"):
            pairs.append(found)
        elif pairs:
            pairs[-1] = (*pairs[-1][:2], f"{pairs[-1][2]}\n{line}".strip())
    return pairs


def _of_cells(cells: list[str]) -> Iterator[Pair]:
    """Fact (empty for labels that we have none for), label and value."""
    at, known = 0, ""
    # 项目主要责任人 │ 姓名 │ 张三 │ 职务 │ 书记: the first of the further labels says nothing.
    cells = [
        cell for place, cell in enumerate(cells) if narrowed(cell) != "姓名" or not place or place + 1 == len(cells)
    ]
    while at < len(cells):
        label, value = cells[at], cells[at + 1] if at + 1 < len(cells) else ""
        name, inline = _fact(label), _inline(label)
        if not label or _is_group(cells, at, name):
            at += 1
            continue
        if not name and inline:
            yield inline
            at, known = at + 1, inline[0]
            continue
        if name or (at == 0 and _may_be_label(cells)):
            known = name or narrowed(label)
            yield (name, re.sub(r"[:：]$", "", narrowed(label)), value)
        elif known:
            yield _beside(known, label, value)
        at += 2


def _is_group(cells: list[str], at: int, name: str) -> bool:
    """Whether a cell names the labels beside it: 具体工作内容 │ 选题 │ …, 基本情况 │ 立项支部 │ …."""
    return at + 2 < len(cells) and (name == "content" or (at == 0 and not name)) and bool(_fact(cells[at + 1]))


def _may_be_label(cells: list[str]) -> bool:
    """Whether the first cell of a row names what we have no field for: alone with its value, or by a word of ledgers."""
    return 1 < len(narrowed(cells[0])) <= 12 and (len(cells) == 2 or heading.fact_of(cells[0]) is not None)


def _inline(text: str) -> Pair | None:
    """A label and its value in one cell, or in one line: 立项支部：运行支部."""
    found = _INLINE.fullmatch(text)
    name = _fact(found[1]) if found else ""
    return (name, narrowed(found[1]), found[2].strip()) if found and name else None


def _beside(known: str, label: str, value: str) -> Pair:
    """What follows in the row of a label that is known: 意见 │ 同意 │ 日期 │ 2022年8月22日."""
    if narrowed(label).rstrip(":") in ("日期", "时间") and known.endswith("opinion"):
        return (f"{known}_day", label, value)
    day = re.sub("^(日期|时间):", "", narrowed(label))
    if known.endswith("opinion") and not value and _DATE.fullmatch(day):
        return (f"{known}_day", "日期", day)
    return ("", narrowed(label).rstrip(":") if value else "其他", value or label)


def _fact(text: str) -> str:
    if len(text) > heading.LONGEST:
        return ""
    label = re.sub(r"\(.*?\)|[:：*]", "", narrowed(text))
    return next((name for name, shape in _LABELS.items() if shape.fullmatch(label)), "") or content.part_of(text)


def _opinion(text: str) -> tuple[str | None, str | None]:
    """The opinion without seal and signature, and the day below it."""
    lines = [line.strip() for line in text.strip().split("\n")]
    kept, day = [], None
    for line in lines:
        if found := _DATE.search(_STAMPED.sub("", line)):
            read = span.day_in(found[0])
            day = read or day
            # A day that is told and cannot be, or half told, stays where it stands.
            line = line[: found.start()].strip() if read or not _HALF.search(found[0]) else line
        line = "" if _SIGNED.fullmatch(line) else _SEAL.sub("", line).strip()
        if line:
            kept.append(line)
    return "\n".join(kept) or None, day
