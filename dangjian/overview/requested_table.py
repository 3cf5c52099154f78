"""The requested table (上级临时要表): a superior's own Excel, whose headings are matched once and which comes back filled.

Kept by its owner with the blank and the match, by the set of its headings: sent again, it is filled without a question.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Self

from django.db import models, transaction

from dangjian.delivery.summary import Line
from dangjian.foundation import audit, clock, sandbox
from dangjian.foundation.evidence import clean_name
from dangjian.foundation.lifecycle import Reason, Refused
from dangjian.foundation.window import day_text
from dangjian.intake import blank_table, heading
from dangjian.papers import filled_sheet, official
from dangjian.people.person import Person
from dangjian.projects.project import Project

MOST_BYTES = 2 * 1024 * 1024
MOST_ROWS = 2_000
MOST_KEPT = 30

FACTS: dict[str, str] = {
    "place": "序号（自动编排）", "number": "项目编号", "name": "项目名称", "year": "年度", "period": "起止日期", "starts": "开始年月",
    "ends": "完成年月", "dept": "承担支部", "unit": "所属单位", "owner": "主要责任人", "problem": "解决问题", "measures": "采取措施",
    "goal": "达到目标", "note": "备注（载体）", "established": "立项日期", "state": "项目状态", "filing": "备案状态",
}  # fmt: skip
"""What a column of a superior's table can be filled with."""
# What the words of old ledgers call these facts.
_SUGGESTED = {
    "number": "place", "name": "name", "period": "period", "start": "starts", "end": "ends", "dept": "dept", "problem": "problem",
    "measures": "measures", "goal": "goal", "remark": "note",
}  # fmt: skip
_MORE = {"项目编号": "number", "年度": "year", "负责人": "owner", "责任人": "owner", "主要责任人": "owner", "项目负责人": "owner",
         "项目主要责任人": "owner", "所属单位": "unit", "二级单位": "unit", "状态": "state", "项目状态": "state", "备案情况": "filing",
         **dict.fromkeys(("立项时间", "立项日期", "立项年月", "立项审批时间", "批准立项时间", "批准立项日期", "审批立项时间"), "established")}  # fmt: skip


def _established_on(project: Project) -> str:
    """The day of establishment; empty where a project was taken over from papers that do not tell it."""
    if project.past is not None:
        return day_text(project.past.established_on)
    return day_text(clock.local(project.established_at).date()) if project.established_at else ""


_TOLD: dict[str, Callable[[Project, Line], str]] = {
    "number": lambda project, line: project.number,
    "name": lambda project, line: line.name,
    "year": lambda project, line: f"{project.round.year}年",
    "period": lambda project, line: line.period,
    "starts": lambda project, line: line.period.partition("~")[0],
    "ends": lambda project, line: line.period.partition("~")[2],
    "dept": lambda project, line: line.department,
    "unit": lambda project, line: project.unit.short_name,
    "owner": lambda project, line: project.owner.name if project.owner else "",
    "problem": lambda project, line: line.problem,
    "measures": lambda project, line: line.measures,
    "goal": lambda project, line: line.goal,
    "note": lambda project, line: line.note,
    "established": lambda project, line: _established_on(project),
    "state": lambda project, line: project.waiting_label,
    "filing": lambda project, line: project.get_filing_state_display(),
}


class RequestedTableQuerySet(models.QuerySet["RequestedTable"]):
    def visible_to(self, person: Any) -> Self:
        """A kept table is its owner's own, the newest first."""
        return self.filter(person_id=person.pk).order_by("-at", "-pk")


class RequestedTable(models.Model):
    """``headings`` are column and text of each heading; ``mapping`` says by column which of :data:`FACTS` goes there."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="requested_tables", verbose_name="人员")
    name = models.CharField("文件名", max_length=140)
    key = models.CharField("表头摘要", max_length=64)
    sheet = models.CharField("工作表", max_length=40)
    after = models.PositiveIntegerField("表头末行")
    headings = models.JSONField("表头")
    mapping = models.JSONField("对照", default=dict)
    blank = models.BinaryField("空表")
    at = models.DateTimeField("上传时间")

    objects = RequestedTableQuerySet.as_manager()

    class Meta:
        verbose_name = "上级临时要表"
        constraints = [models.UniqueConstraint(fields=["person", "key"], name="requested_table_once")]

    def __str__(self) -> str:
        return self.name

    # Questions

    @property
    def is_matched(self) -> bool:
        return bool(self.mapping)

    def suggested(self) -> dict[str, str]:
        """For each column what it is filled with, or by its heading probably would be; empty for none."""
        if self.is_matched:
            return {str(column): self.mapping.get(str(column), "") for column, _ in self.headings}
        found: dict[str, str] = {}
        for column, text in self.headings:
            fact = _fact_of(text)
            found[str(column)] = fact if fact not in found.values() else ""
        return found

    def notes(self) -> list[str]:
        """What to know before the file is filled: what of it stays as it is, and whether the names have a column."""
        said = (
            []
            if "name" in self.suggested().values()
            else ["没有认出“项目名称”一栏，请选定它填在哪一列；表里没有这一栏的，系统填不了"]
        )
        try:
            found = _looked_at(bytes(self.blank))
        except Refused:  # it was read when it came; a machine too busy to look again says so when the file is filled
            return said
        if found["kept"]:
            said.append(f"表头下面已有 {found['kept']} 行项目，会原样留在新填各行的下面；不要的，请先删去再上传")
        if found["others"]:
            said.append(
                f"只填工作表“{self.sheet}”，“{'”“'.join(found['others'])}”不填；要填的，请另存为单独的文件再上传"
            )
        return said

    @staticmethod
    def told(project: Project) -> dict[str, str]:
        """What each of :data:`FACTS` would say of a project."""
        line = Line.of(project)
        return {"place": "1"} | {fact: official.printable(say(project, line)) for fact, say in _TOLD.items()}

    # Verbs

    @classmethod
    @transaction.atomic
    def take(cls, data: bytes, *, name: str, by: Any) -> RequestedTable:
        """Take a superior's blank; one with the same headings keeps its match. Raises Refused at ``file``."""
        head = _looked_at(data)
        key = hashlib.sha256("\n".join(f"{column} {text}" for column, text in head["headings"]).encode()).hexdigest()
        own = cls.objects.visible_to(by)
        made = own.filter(key=key).first() or cls(person_id=by.pk, key=key)
        if made.pk is None and own.count() >= MOST_KEPT:
            raise Refused(Reason(f"最多保留 {MOST_KEPT} 张，请先删除不用的", "file"))
        made.name, made.blank, made.at = clean_name(name), data, clock.now()
        made.sheet, made.after, made.headings = head["sheet"], head["after"], head["headings"]
        made.save()
        audit.record("requested_table.take", made, by=by, details={"headings": len(made.headings)})
        return made

    @transaction.atomic
    def match(self, mapping: Mapping[str, str], *, by: Any) -> None:
        """Say what each column is filled with; kept for the next time."""
        known = {str(column) for column, _ in self.headings}
        chosen = {column: fact for column, fact in mapping.items() if fact}
        if self.person_id != by.pk:
            raise Refused("只能对照自己上传的表")
        if not chosen.keys() <= known or not set(chosen.values()) <= FACTS.keys():
            raise Refused("请从列出的选项中选择")
        if "name" not in chosen.values():
            raise Refused("请至少选定“项目名称”填在哪一列")
        self.mapping = chosen
        self.save(update_fields=["mapping"])
        audit.record("requested_table.match", self, by=by, details={"columns": len(chosen)})

    @transaction.atomic
    def filled(self, projects: Iterable[Project], *, by: Any) -> bytes:
        """The superior's file with a row for each project, in the order given; who took it out is written down."""
        if not self.is_matched:
            raise Refused("请先对照表头")
        found = list(projects)
        if not found:
            raise Refused("没有可以填写的项目，请先调整查询条件")
        if len(found) > MOST_ROWS:
            raise Refused(f"一次最多填 {MOST_ROWS} 个项目，请增加查询条件")
        rows = [self._row(place, project) for place, project in enumerate(found, start=1)]
        options = {"sheet": self.sheet, "after": self.after, "rows": rows}
        try:
            made = sandbox.read(filled_sheet.fill, bytes(self.blank), options=options)
        except sandbox.Unreadable as wrong:
            raise Refused(f"这张表填不进去：{wrong}") from wrong
        audit.record("requested_table.fill", self, by=by, details={"count": len(found)})
        return bytes(made)

    @transaction.atomic
    def drop(self, *, by: Any) -> None:
        if self.person_id != by.pk:
            raise Refused("只能删除自己上传的表")
        audit.record("requested_table.drop", self, by=by)
        self.delete()

    # Private

    def _row(self, place: int, project: Project) -> dict[str, str | int]:
        line = Line.of(project)
        return {
            column: place if fact == "place" else official.printable(_TOLD[fact](project, line))
            for column, fact in self.mapping.items()
        }


def _fact_of(text: str) -> str:
    word = heading.plain(text)
    found = heading.fact_of(text)
    return _MORE.get(word) or (_SUGGESTED.get(found[0], "") if found else "")


def _looked_at(data: bytes) -> dict[str, Any]:
    if len(data) > MOST_BYTES:
        raise Refused(Reason(f"文件超过 {MOST_BYTES // 1024 // 1024} MB，请删去多余内容再传", "file"))
    try:
        found: dict[str, Any] = sandbox.read(blank_table.look, data)
    except sandbox.Unreadable as wrong:
        raise Refused(Reason(str(wrong), "file")) from wrong
    if "wrong" in found:
        raise Refused(Reason(found["wrong"], "file"))
    return found
