"""The heading (表头): which column of an old ledger holds which fact. The words offices use stand here once."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache

from dangjian.intake.grid import Grid, free_label, narrowed

# The first word is that of 附件4 (S-121); where a table has two columns of one fact, the earlier word wins.
WORDS: dict[str, tuple[str, ...]] = {
    "number": ("序号", "编号", "序", "号", "no", "no."),
    "name": ("项目名称", "党建项目名称", "立项项目名称", "申报项目名称", "项目题目", "立项名称", "课题名称", "选题名称", "项目课题名称", "项目名", "项目主题", "项目课题", "攻关课题", "课题", "题目", "项目", "名称", "申报项目", "党建项目", "立项项目", "创新项目", "攻关项目", "书记项目", "工作项目", "重点项目"),
    "period": ("项目起止日期", "起止日期", "起止时间", "项目起止时间", "起止年月", "项目起止年月", "实施起止时间", "计划起止时间", "项目周期", "实施周期", "实施时间", "实施期限", "项目时限", "项目期限", "项目时间", "开展时间", "时间安排", "计划时间", "建设周期", "起止", "时限", "工期", "时间", "日期"),
    "start": ("开始日期", "开始时间", "项目开始时间", "起始日期", "起始时间", "启动时间", "启动日期", "计划开始时间", "计划开始日期", "计划开始", "开工日期", "开工时间", "动工时间", "开始", "起始", "起", "自", "从"),
    "end": ("完成日期", "完成时间", "项目完成时间", "结束日期", "结束时间", "截止日期", "截止时间", "终止日期", "终止时间", "完成时限", "完成期限", "计划完成时间", "计划完成日期", "计划完成", "预计完成时间", "竣工时间", "竣工日期", "完工时间", "完工日期", "结束", "完成", "截止", "终止", "止", "至", "到"),
    "dept": ("项目承担部门", "项目承担支部", "承担部门", "承担支部", "承担党支部", "牵头支部", "牵头党支部", "立项支部", "责任支部", "责任党支部", "实施支部", "实施党支部", "申报支部", "申报党支部", "承办支部", "所属支部", "所属党支部", "所在支部", "所在党支部", "党支部名称", "支部名称", "党支部", "支部", "党组织名称", "所属党组织", "申报党组织", "党组织", "责任部门", "牵头部门", "实施部门", "承办部门", "主办部门", "所属部门", "部门", "项目承担单位", "承担单位", "责任单位", "实施单位", "牵头单位", "申报单位", "项目单位", "责任主体", "实施主体", "单位名称", "单位"),
    "problem": ("解决问题", "存在问题", "存在的问题", "拟解决问题", "拟解决的问题", "解决的问题", "要解决的问题", "需解决的问题", "解决的主要问题", "存在的主要问题", "主要问题", "突出问题", "针对问题", "难点问题", "问题清单", "选题", "问题"),
    "measures": ("采取措施", "主要措施", "采取的措施", "主要采取措施", "采取的主要措施", "具体措施", "工作措施", "实施措施", "解决措施", "推进措施", "重点措施", "工作举措", "主要举措", "具体举措", "举措", "主要做法", "措施", "项目内容", "工作内容", "主要内容", "实施内容", "内容"),
    "goal": ("达到目标", "预期目标", "达到的目标", "预期达到目标", "预期达到的目标", "达成目标", "项目目标", "工作目标", "总体目标", "预期效果", "预期成效", "预期成果", "考核目标", "目标"),
    "remark": ("备注", "备注说明", "附注", "说明"),
}  # fmt: skip
_EXACT = {word: (name, place) for name, words in WORDS.items() for place, word in enumerate(words)}
# Words not in the table: by what they end with, unless they speak of how far it has come.
_ENDS = (
    ("name", re.compile(r"项目.*名称$")),
    ("period", re.compile(r"起[止讫]|周期$|(实施|推进|开展)(时间|日期|年月|时限|期限)$")),
    ("start", re.compile(r"(开始|起始|启动)(时间|日期|年月)$|(计划|预计|拟定?)(开始|启动|开工)$")),
    ("end", re.compile(r"(完成|结束|截止)(时间|日期|时限|年月)$|(计划|预计|拟定?)(完成|结束|完工)$")),
    ("problem", re.compile(r"问题(描述|清单|说明|[及和与]?(难点|短板|不足))?$|(难题|难点|痛点|短板)$")),
    ("measures", re.compile(r"(措施|举措|做法|办法)$")),
    ("goal", re.compile(r"(目标|效果|成效)(值|要求|任务)?$|量化指标$")),
    ("dept", re.compile(r"(党?支部|党组织|部门|(立项|申报|主办|承办|承担|实施|牵头|主责|所属|所在)单位)$")),
    ("remark", re.compile(r"备注")),
)
_OF_PROGRESS = re.compile(
    r"实际|完成情况|进度|进展|阶段|整改|考核|验收|得分|上级|主管|归口|督导|监督|配合|协办|协助|参与|联系|反馈|责任人|负责人"
)
GUESSED = 1_000
_HOW = re.compile(r"(?<=\S)\s*\n\s*(示例|格式|例如|例[:：]|如[:：\d]|填写|请|不超过|限\d).*", re.DOTALL)
_COUNT = re.compile(r"\(?\d{1,4}([.-]\d{1,3})*\)?[.、]?")
_LATIN = re.compile(r"^[a-z][a-z .&'-]*[\n/ ]+|(?<=[\u4e00-\u9fff])[\n/ (（]*[a-z][a-z .&'-]+[)）]?$", re.IGNORECASE)
"""The other language of a heading in two: No. 序号, 项目名称 Project Name."""
_PLAIN_SIGNS = str.maketrans(
    "項稱擔門決問題採達標備註號單黨責實時間開結劃預計內舉選啟動進",
    "项称担门决问题采达标备注号单党责实时间开结划预计内举选启动进",
)
DEEPEST = 4
_BREAK = re.compile(r"\s*\n\s*|(?<=[\u4e00-\u9fff])\s+(?=[\u4e00-\u9fff])")
"""What a narrow column does to a heading: 负 责 人, or 负责 above 人."""
LONGEST = 100  # letters of a heading with all that is explained in it


def plain(text: str) -> str:
    """A heading without spaces, brackets and marks, and without a line below it that tells how to fill it in."""
    told = _HOW.sub("", text)
    told = told if told.isascii() else _LATIN.sub("", told)
    return re.sub(r"\(.*?\)|【.*?】|[*:：、]", "", narrowed(told)).lower().translate(_PLAIN_SIGNS)


@lru_cache(maxsize=10_000)
def fact_of(text: str) -> tuple[str, int] | None:
    """The fact a heading names, and how sure: the lower the surer."""
    if len(text) > LONGEST:
        return None
    word = plain(text)
    if word in _EXACT:
        return _EXACT[word]
    if not word or len(word) > 14 or _OF_PROGRESS.search(word):
        return None
    return next(((name, GUESSED) for name, shape in _ENDS if shape.search(word)), None)


@dataclass
class Head:
    """``columns`` by fact, ``guessed`` those known by their ending alone; ``others`` are headings of columns that we have
    no fact for; ``beside`` are further columns under the one heading 起止日期; ``last`` is its last row."""

    last: int
    columns: dict[str, int] = field(default_factory=dict)
    others: dict[int, str] = field(default_factory=dict)
    guessed: set[str] = field(default_factory=set)
    beside: list[int] = field(default_factory=list)


def found_at(grid: Grid, row: int, above: Head | None = None) -> Head | None:
    """The head that begins in a row, of one to four rows; None where none does.

    A row that is counted is a project, and so is one below a head with fewer than two words of the table: its kind may be
    党建项目, and its department ends like a heading.
    """
    if above is not None and (_is_counted(grid, row, above) or (above.last >= 0 and _sure(grid, row) < 2)):
        return None
    told = [fact for _, text in grid.filled(row) if (fact := fact_of(text))]
    if len(told) < 2 and not any(place < GUESSED for _, place in told):
        return None
    last = row
    best = _read(grid, row, last)
    while last + 1 < len(grid.rows) and last - row < DEEPEST - 1 and _goes_on(grid, row, last + 1, best):
        last += 1
        best = _read(grid, row, last)
    known = best.columns.keys() - {"number", "remark"}
    return best if "name" in known and len(known) >= 2 and _begins(grid, row, best.columns["name"]) else None


def _is_counted(grid: Grid, row: int, head: Head) -> bool:
    column = head.columns.get("number")
    return column is not None and _COUNT.fullmatch(narrowed(grid.text(row, column))) is not None


def _sure(grid: Grid, row: int) -> int:
    """How many cells of a row are words of the table."""
    return sum((fact := fact_of(text)) is not None and fact[1] < GUESSED for _, text in grid.filled(row))


def beside_each_other(grid: Grid) -> list[Grid]:
    """The tables of a sheet that stand side by side under equal heads, each by itself; otherwise the one there is."""
    for row in grid.lines():
        head = found_at(grid, row) if len(grid.filled(row)) > 3 else None
        if head is not None:
            starts = _starts(grid, head.last)
            return [grid.cut(first, end) for first, end in zip(starts, [*starts[1:], grid.width], strict=True)]
    return [grid]


def _starts(grid: Grid, last: int) -> list[int]:
    """The columns at which a head begins anew: with its first word again, and each time with a name and one fact more."""
    told = [(column, fact_of(grid.heading(last, column))) for column in range(grid.width)]
    sure = [(column, fact[0]) for column, fact in told if fact is not None and fact[1] < GUESSED]
    words = [grid.heading(last, column) for column, _ in sure]
    starts = [column for (column, _), word in zip(sure, words, strict=True) if words and word == words[0]]
    if len(starts) < 2:
        return [0]
    for start, end in zip(starts, [*starts[1:], grid.width], strict=True):
        within = {name for column, name in sure if start <= column < end}
        if "name" not in within or len(within - {"number", "remark"}) < 2:
            return [0]
    return [0, *starts[1:]]


def _begins(grid: Grid, row: int, name: int) -> bool:
    """Whether a head may begin in a row: where its names stand it says nothing, a heading, or a group of them."""
    text = grid.heading(row, name)
    return not text or fact_of(text) is not None or grid.spread(row, name) > 1


def _goes_on(grid: Grid, top: int, row: int, head: Head) -> bool:
    """Whether a row belongs to the head above it: merged into it, or more headings where no project begins."""
    name = head.columns.get("name")
    if _is_counted(grid, row, head):
        return False
    if name is not None:
        inside = grid.origin(row, name)[0] < row
        fact = fact_of(grid.text(row, name))
        # A project may end like a heading: 解决渗漏问题.
        if grid.text(row, name) and not inside and (fact is None or (fact[1] == GUESSED and fact[0] != "name")):
            return False
        if inside:
            return grid.origin(row, name)[0] >= top
    known = sum(fact_of(text) is not None for _, text in grid.filled(row))
    return known >= 2 and known * 2 >= len(grid.filled(row))


def _read(grid: Grid, top: int, last: int) -> Head:
    head, sure, leaves = Head(last), dict[str, int](), dict[int, str]()
    for column in range(grid.width):
        said = dict.fromkeys(text for row in range(top, last + 1) if (text := grid.heading(row, column)))
        # What stands in brackets alone explains the heading above it.
        texts = [text for text in said if plain(text)] or list(said)
        if not texts:
            continue
        leaf, told = _BREAK.sub("", texts[-1]), fact_of(texts[-1])
        leaves[column] = leaf
        if told and grid.spread(last, column) > 1 and grid.origin(last, column)[1] != column:
            if told[0] == "period":
                head.beside.append(column)
            else:
                head.others[column] = leaf
            continue
        if told is None or told[1] >= sure.get(told[0], GUESSED + 1):
            head.others[column] = leaf
            continue
        if told[0] in head.columns:
            old = head.columns[told[0]]
            head.others[old] = leaves[old]
        head.columns[told[0]], sure[told[0]] = column, told[1]
    head.guessed = {name for name, place in sure.items() if place == GUESSED}
    _tell_apart(head, leaves)
    head.others = _numbered(head.others)
    return head


def _numbered(others: dict[int, str]) -> dict[int, str]:
    """Equal headings of several columns get numbers from left to right."""
    told: dict[int, str] = {}
    for column in sorted(others):
        told[column] = free_label(others[column], set(told.values()))
    return told


def _tell_apart(head: Head, leaves: dict[int, str]) -> None:
    """开始 and 完成 beside 起止 are told twice: the pair stays as what it was called."""
    if len({"start", "end"} & head.columns.keys()) and "period" in head.columns:
        for name in ("start", "end"):
            if name in head.columns:
                column = head.columns.pop(name)
                head.others[column] = leaves[column]
