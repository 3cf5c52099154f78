"""The sheet of a handover (交接单): which projects passed from one secretary to the next, for both to sign (S-70)."""

from __future__ import annotations

from django.db.models import QuerySet

from dangjian.foundation.window import day_text
from dangjian.papers import official
from dangjian.papers.blocks import Column, Foot, ListTable, Paper, SignatureRow, Text, Title
from dangjian.papers.line import Line
from dangjian.papers.mark import Mark
from dangjian.papers.official import Align
from dangjian.projects.handover import Handover
from dangjian.projects.paper_kind import PaperKind
from dangjian.projects.project import Project


def sheet(handover: Handover, projects: QuerySet[Project]) -> Paper:
    """《党建项目交接单》 of those of ``projects`` that the reader sees."""
    branch = handover.branch
    outgoing = handover.outgoing.name if handover.outgoing else ""
    return Paper(
        title="党建项目交接单",
        stem=f"交接单 {branch.short_name} {handover.on:%Y%m%d}",
        blocks=(
            Title("党建项目交接单"),
            Line((f"党支部：{branch.full_name}",)),
            Line((f"移交人：{outgoing}", f"接收人：{handover.incoming.name}", f"交接日期：{day_text(handover.on)}")),
            Text("自交接之日起，下列项目由接收人任主要责任人，对项目的完成时间和质量负责。"),
            ListTable(
                columns=(
                    Column("序号", 12, Align.CENTER),
                    Column("编号", 22, Align.CENTER),
                    Column("项目名称", 44),
                    Column("起止日期", 27, Align.CENTER),
                    Column("交接时状态", 21, Align.CENTER),
                    Column("移交说明", 30),
                ),
                rows=tuple(
                    (
                        str(number),
                        project.number,
                        project.name,
                        str(project.period or ""),
                        handover.standing(project),
                        "",
                    )
                    for number, project in enumerate(projects, start=1)
                ),
            ),
            *(
                SignatureRow(columns=(("", f"{signer}（签名）："), ("", official.dated(None))), shares=(11, 9))
                for signer in ("移交人", "接收人", "监交人")
            ),
        ),
        foot=Foot.OUTER,
        mark=Mark(PaperKind.HANDOVER.letter, handover.pk),
        made_on=handover.on,
    )
