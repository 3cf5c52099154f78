"""The page of a 呈阅件: what is laid before the leader, with room for the 批示, or with the 批示 that was given."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dangjian.foundation import clock
from dangjian.foundation.window import day_text
from dangjian.papers import official
from dangjian.papers.blocks import FormRow, FormTable, Page, Paper, Paragraph, Title
from dangjian.papers.line import Line
from dangjian.papers.mark import Mark
from dangjian.projects.paper_kind import PaperKind

if TYPE_CHECKING:
    from dangjian.projects.briefing import Briefing
    from dangjian.projects.instruction import Instruction, InstructionQuerySet

_ROOM = 48.0  # mm to write the 批示 in


def sheet(briefing: Briefing, given: list[Instruction] | None = None) -> Paper:
    """The paper; ``given`` are the instructions to be printed where there was room for them."""
    made_on = clock.local(briefing.at).date()
    return Paper(
        title=f"呈阅件 {briefing.title}",
        stem=f"呈阅件 {briefing.place.short_name}{briefing.number_text} {briefing.title}",
        blocks=(
            Title(f"呈阅件\n{briefing.title}"),
            Line((briefing.number_text, day_text(made_on))),
            FormTable(
                widths=(30, 126),
                rows=(
                    FormRow("呈送", (Paragraph(f"{briefing.to.name}同志"),), height=11),
                    FormRow(
                        "呈报单位", (Paragraph(f"{briefing.place.signed_as}（经办人：{briefing.who}）"),), height=11
                    ),
                    FormRow("事由", (Paragraph(briefing.summary),), height=24, flows=True),
                    FormRow("项目情况", tuple(told(briefing.facts)), height=24, flows=True),
                    FormRow("拟办意见", (Paragraph(briefing.proposal),), height=20, flows=True),
                    _instructions(given or []),
                ),
            ),
        ),
        page=Page(top=26, bottom=25),
        fit=official.FORM_FIT,
        spare=16,
        mark=Mark(PaperKind.BRIEFING.letter, briefing.pk) if briefing.pk else None,
        made_on=made_on,
    )


def given(briefing: Briefing) -> InstructionQuerySet:
    """The instructions given so far, in the order of their days."""
    found: InstructionQuerySet = briefing.instructions.with_names().order_by("given_on", "pk")
    return found


def printed(briefing: Briefing) -> Paper:
    """The paper with the instructions given so far."""
    return sheet(briefing, list(given(briefing)))


def told(facts: list[dict[str, Any]]) -> list[Paragraph]:
    """One paragraph a project: its name, then what the system knows of it."""
    numbered = len(facts) > 1
    return [
        Paragraph(f"{_sentence(each)}。", lead=f"{f'{place}.' if numbered else ''}{each['name']}：")
        for place, each in enumerate(facts, start=1)
    ]


def _sentence(facts: dict[str, Any]) -> str:
    by_whom = f"（{facts['holder']}）" if facts["holder"] else ""
    following = f"下一步{facts['next']}{by_whom}" if facts["next"] else ""
    owner = f"，主要责任人{facts['owner']}" if facts["owner"] else ""
    period = f"，{facts['period']}" if facts["period"] else ""
    number = f"{facts['number']}，" if facts["number"] else ""
    parts = [f"{number}{facts['branch']}{owner}{period}", f"现为{facts['state']}", following, facts["deadline"]]
    return "；".join(part for part in parts if part)


def _instructions(given: list[Instruction]) -> FormRow:
    said = [
        Paragraph(each.text or "（见批示照片）", lead=f"{each.given_by} {day_text(each.given_on)}：") for each in given
    ]
    # The room to write in does not give way to what is told; what was written may be set smaller.
    return FormRow("领导批示", tuple(said) or (Paragraph(""),), height=_ROOM, flows=bool(said))
