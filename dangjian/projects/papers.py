"""What is printed up to establishment: 《党建项目化管理项目申请表》 (附件1), blank and filled, and the 立项通知."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet

from dangjian.foundation import clock
from dangjian.foundation.window import day_text
from dangjian.papers import official
from dangjian.papers.blocks import (
    ROOM_FOR_NAME,
    Addressees,
    Block,
    Column,
    Foot,
    FormRow,
    FormTable,
    Label,
    ListTable,
    Paper,
    Paragraph,
    SignatureRow,
    Text,
    Title,
)
from dangjian.papers.line import Line
from dangjian.papers.mark import Mark
from dangjian.papers.official import Align
from dangjian.programmes.scheme import Scheme
from dangjian.projects.meeting import Meeting
from dangjian.projects.offline import ELSEWHERE
from dangjian.projects.opinion_paper import Opinion, opinion_row, opinions
from dangjian.projects.paper_kind import PaperKind
from dangjian.projects.period import Period
from dangjian.projects.project import Project
from dangjian.projects.resolution import Resolution
from dangjian.projects.revision import LISTS, facts_of
from dangjian.projects.row import sentences
from dangjian.projects.scan import Slot

TITLE = "党建项目化管理项目申请表"
CONTENTS = (
    ("1.选题：", ("problem",), False),
    ("必要性：", ("necessity",), False),
    ("可行性：", ("feasibility",), False),
    ("调查研究：", ("investigations", "investigation"), True),
    ("征求党员意见：", ("consultations", "consultation"), True),
    ("2.内容：", ("measures",), False),
    ("工作载体：", ("carriers",), True),
    ("3.预期目标：", ("expected_goal", "targets"), False),
    ("预期价值：", ("expected_value",), False),
    ("阶段性目标：", ("stage_goal",), False),
    ("实施周期超过一年的理由：", ("long_reason",), False),
)
"""项目具体工作内容: each lead, the facts told under it, and whether the plan's own form (``strict_form``) leaves them out."""


LONGEST_IN_TITLE = 28
"""Characters of a project's name that leave the title of a 立项通知 two lines below the name of the unit."""


def application_form(project: Project, *, whole: bool = False) -> Paper:
    """附件1 of ``project``: from the last submitted revision, or from the draft where there is none (S-102 … S-109).

    ``whole`` keeps the places where nothing is written yet, so that one may write there.
    """
    revision = project.revisions.last()
    facts = revision.facts if revision is not None and project.state != "draft" else facts_of(project)
    return _form(
        facts,
        rules=project.rules,
        **dict(zip(("branch_opinion", "committee_opinion"), opinions(project), strict=True)),
        stem=f"附件1 项目申请表 {project.branch.short_name} {facts['name']}",
        made_on=_day(facts["filled_on"]),
        mark=_mark_of(project),
        whole=whole,
        issued_at=revision.at if revision is not None and project.state != "draft" else None,
    )


def _mark_of(project: Project) -> Mark | None:
    """The plan's own form is printed to the letter, and of an offline project no scan is kept: neither has a mark."""
    if project.rules.application.strict_form or project.is_offline:
        return None
    return Slot(PaperKind.APPLICATION, project).mark


def blank_application_form(rules: Scheme) -> Paper:
    """附件1 to be filled in by hand."""
    return _form(
        {}, rules=rules, branch_opinion=Opinion("支部委员会意见"), committee_opinion=Opinion("党委会意见"),
        stem="附件1 项目申请表（空白）", made_on=None,
    )  # fmt: skip


def paper_of(project: Project, name: str) -> Paper | None:
    """The paper ``application`` or ``notice`` of a project; None where there is none (yet)."""
    if name == "application":
        return application_form(project)
    resolution = project.establishment() if name == "notice" else None
    return establishment_notice(resolution.meeting) if resolution else None


def establishment_notice(meeting: Meeting) -> Paper:
    """《关于……等项目立项的通知》: what one meeting established, to the branches that applied."""
    established = list(
        meeting.established()
        .select_related("meeting", "branch", "project__branch", "project__owner")
        .order_by("project__branch__rank", "pk")
    )
    projects = [resolution.project for resolution in established]
    branches = "、".join(dict.fromkeys(resolution.applicant.short_name for resolution in established))
    unit, head = meeting.place, projects[0].rules.head
    brand = f"，打造{head.named_brand}" if head.named_brand else ""
    subject = f"{len(projects)}个党建项目"
    if len(projects) == 1:
        # A long name makes no title: the list names the project.
        name = projects[0].name
        subject = f"《{name}》" if official.ems(name) <= LONGEST_IN_TITLE else "党建项目"
    return Paper(
        title=f"关于{subject}立项的通知",
        stem=f"立项通知 {unit.short_name} {meeting.body}〔{meeting.year}〕第{meeting.issue}期",
        blocks=_notice_blocks(
            f"{unit.signed_as}\n关于{subject}立项的通知",
            f"{branches}：",
            (
                f"为贯彻落实{'、'.join(head.basis)}，根据{head.cited}，"
                f"经{day_text(meeting.held_on)}{meeting.body}〔{meeting.year}〕第{meeting.issue}期会议研究，"
                f"同意下列项目立项。请各支部坚持{head.slogan}，签订责任书，制定实施计划，认真组织实施{brand}。"
            ),
            tuple(
                (
                    str(number),
                    made.project.number,
                    made.project.name,
                    _branches_text(made),
                    str(made.project.period or ""),
                )
                for number, made in enumerate(established, start=1)
            ),
            (unit.signed_as, day_text(meeting.held_on)),
        ),
        foot=Foot.OUTER,
        mark=Slot(PaperKind.NOTICE, meeting).mark,
        made_on=meeting.held_on,
        form="notice",
        issued_at=meeting.recorded_at,
    )


def _notice_blocks(
    title: str, to: str, text: str, rows: tuple[tuple[str, ...], ...], signed: tuple[str, str]
) -> tuple[Block, ...]:
    return (
        Title(title, name="标题"),
        Addressees(to),
        Text(text, name="正文"),
        ListTable(
            columns=(
                Column("序号", 12, Align.CENTER),
                Column("编号", 26, Align.CENTER),
                Column("项目名称", 52),
                Column("承担支部", 36),
                Column("起止日期", 30, Align.CENTER),
            ),
            rows=rows,
            name="项目",
        ),
        SignatureRow.closing(*signed),
    )


def every_block_of_notice(rules: Scheme) -> Paper:
    """The 立项通知 with nothing filled in, for its template."""
    blocks = _notice_blocks("", "", "", (), (ROOM_FOR_NAME, ""))
    return Paper(title="立项通知", stem="立项通知（模板）", blocks=blocks, foot=Foot.OUTER, form="notice")


def every_block_of_application(rules: Scheme) -> Paper:
    """附件1 with every block that one may have, for its template."""
    opinion = Opinion("支部委员会意见"), Opinion("党委会意见")
    return _form(
        {"name": "", "filled_by": " "}, rules=rules, branch_opinion=opinion[0], committee_opinion=opinion[1],
        stem="附件1 项目申请表（模板）", made_on=None, whole=True,
    )  # fmt: skip


def _branches_text(made: Resolution) -> str:
    """The lead branch, and those that take part."""
    others = "、".join(branch.short_name for branch in made.project.partner_branches())
    return f"{made.applicant.short_name}（牵头）\n{others}（参与）" if others else made.applicant.short_name


def minutes(meeting: Meeting, projects: QuerySet[Project], more: Sequence[Block] = ()) -> Paper:
    """《会议纪要》 of what the meeting decided on ``projects``, to be signed and scanned (S-27, S-109).

    ``more`` is what it decided besides: later nouns print their own part.
    """
    unit, issue = meeting.place, f"〔{meeting.year}〕第{meeting.issue}期"
    decided = list(
        meeting.resolutions.filter(project__in=projects)
        .select_related("meeting", "branch", "project__branch")
        .order_by("project__branch__rank", "pk")
    )
    stood_aside = [
        Text(
            f"研究《{resolution.project.name}》时，{resolution.recusal_text}。回避人员不计入该项目的应到人数，不参加讨论和表决。"
        )
        for resolution in decided
        if resolution.recused
    ]
    return Paper(
        title=f"{meeting.body}会议纪要",
        stem=f"会议纪要 {unit.short_name} {meeting.body}{issue}",
        blocks=(
            Title(f"{unit.signed_as}\n{meeting.body}会议纪要"),
            Line((issue, day_text(meeting.held_on)), align=Align.CENTER),
            Text(f"{day_text(meeting.held_on)}，{meeting.chair}主持召开{meeting.body}，{_presence(meeting)}。"),
            *(
                (Text(f"会议研究了{len(decided)}个党建项目，议定如下："), _decisions(decided))
                if decided or not more
                else ()
            ),
            *stood_aside,
            *more,
            *_replacing(meeting),
            SignatureRow(columns=(("", "主持人（签名）："), ("", "记录人（签名）："))),
            SignatureRow.closing(unit.signed_as, day_text(meeting.held_on)),
        ),
        foot=Foot.OUTER,
        mark=Slot(PaperKind.MINUTES, meeting).mark,
        made_on=meeting.held_on,
    )


def _replacing(meeting: Meeting) -> tuple[Block, ...]:
    """Said where something was decided on that minutes printed before do not tell of."""
    if meeting.minutes_renewed_at is None:
        return ()
    day = day_text(clock.local(meeting.minutes_renewed_at).date())
    return (Text(f"本纪要为第{meeting.minutes_edition}稿，{day}补记决定后重新印制，代替此前印制的纪要。"),)


def _presence(meeting: Meeting) -> str:
    """应到、实到 and, where there are any, who was absent, sat in and wrote the record."""
    said = [f"应到{meeting.expected}人", f"实到{meeting.present}人"]
    named = (("请假：", meeting.absent), ("列席：", meeting.observers), ("记录：", meeting.recorder))
    return "，".join(said) + "".join(f"；{label}{names}" for label, names in named if names)


def _decisions(decided: Sequence[Resolution]) -> ListTable:
    return ListTable(
        columns=(
            Column("序号", 12, Align.CENTER),
            Column("项目名称", 38),
            Column("申报支部", 28),
            Column("决定", 19, Align.CENTER),
            Column("表决", 21, Align.CENTER),
            Column("意见", 38),
        ),
        rows=tuple(
            (
                str(number), _named(resolution.project), resolution.applicant.short_name,
                resolution.get_decision_display(), resolution.votes_text.replace("、", "\n"), resolution.opinion,
            )
            for number, resolution in enumerate(decided, start=1)
        ),
    )  # fmt: skip


def _named(project: Project) -> str:
    """Of an offline project the number and the neutral name."""
    if not project.is_offline:
        return project.name
    return f"{project.name}\n（{'，'.join(part for part in (project.number, '线下管理') if part)}）"


def _form(
    facts: dict[str, Any],
    *,
    rules: Scheme,
    branch_opinion: Opinion,
    committee_opinion: Opinion,
    stem: str,
    made_on: date | None,
    mark: Mark | None = None,
    whole: bool = False,
    issued_at: datetime | None = None,
) -> Paper:
    partners = told(facts, rules, "partners")
    rows = [
        FormRow("立项支部", (Paragraph(facts.get("branch", "")),)),
        *(
            [_partners_row(partners)]
            if (partners or (whole and not facts.get("is_offline"))) and not rules.application.strict_form
            else ()
        ),
        FormRow("项目主要责任人", (Paragraph(facts.get("owner", "")),)),
        FormRow("项目名称", (Paragraph(facts.get("name", "")),), asks=("name",)),
    ]
    if not rules.application.strict_form:
        # The plan asks for a period but its form has no box for it (requirements a2 #1).
        rows.append(FormRow("项目起止日期", (Paragraph(_period_text(facts)),), asks=("starts", "ends")))
    rows += [
        FormRow("项目具体工作内容", _contents(facts, rules, whole=whole), height=92, flows=True),
        opinion_row(branch_opinion, "支部意见", strict=rules.application.strict_form),
        opinion_row(committee_opinion, "党委意见", strict=rules.application.strict_form),
    ]
    return Paper(
        title=TITLE,
        stem=stem,
        blocks=(
            Label("附件1"),
            Title(TITLE),
            _form_line(facts, rules, made_on),
            FormTable(widths=(41, 115), rows=tuple(rows)),
        ),
        fit=official.FORM_FIT,
        made_on=made_on,
        mark=mark,
        # The plan's own form is printed to the letter; of an offline project there is nothing to fill in.
        form="" if rules.application.strict_form or facts.get("is_offline") else "application",
        issued_at=issued_at,
    )


def _partners_row(partners: str) -> FormRow:
    """Of a joint project; the plan's own form knows the lead branch alone."""
    return FormRow("参与支部", (Paragraph(partners),), asks=("partners",), optional=True)


def _form_line(facts: dict[str, Any], rules: Scheme, made_on: date | None) -> Line:
    """填表时间, and who filled in for the secretary; the plan's own form has no place for that."""
    dated, hand = f"填表时间：{official.dated(made_on)}", facts.get("filled_by")
    if hand and not rules.application.strict_form:
        return Line((f"由{hand}代填", dated), names=("代填说明",))
    return Line((dated,), align=Align.RIGHT)


def _contents(facts: dict[str, Any], rules: Scheme, *, whole: bool) -> tuple[Paragraph, ...]:
    """1 选题, 2 内容, 3 预期目标; what the plan asks for beyond the form stands under the heading it belongs to.

    Goals belong to the form whether they are written as a sentence or as a list; on the plan's own form
    (``strict_form``) investigation, consultation and carriers are left out (S-12, S-15, S-18, S-22, S-25).
    """
    if not facts:
        return (
            Paragraph("存在的问题。", lead="1.选题："),
            Paragraph("主要采取措施。", lead="2.内容："),
            Paragraph("预期达到目标。", lead="3.预期目标："),
        )
    if facts.get("is_offline"):
        return (Paragraph(ELSEWHERE),)
    paragraphs = (
        Paragraph(told(facts, rules, *keys), lead=lead, asks=keys)
        for lead, keys, is_beyond in CONTENTS
        if not (is_beyond and rules.application.strict_form)
    )
    return tuple(each for each in paragraphs if whole or each.text or not each.is_optional)


def told_of(project: Project, *keys: str) -> str:
    """Texts and lists of the application as it stands now, as one paragraph."""
    lists = {kind.key() for kind in LISTS}
    stands = {
        key: [row.facts() for row in getattr(project, key).all()] if key in lists else getattr(project.application, key)
        for key in keys
    }
    return told(stands, project.rules, *keys)


def told(facts: dict[str, Any], rules: Scheme, *keys: str) -> str:
    """Texts and lists of an application as one paragraph, in the order of ``keys``."""
    kinds = {kind.key(): kind for kind in LISTS}
    parts = [
        sentences(kinds[key].thawed(facts.get(key) or []), rules) if key in kinds else facts.get(key, "")
        for key in keys
    ]
    return "\n".join(part for part in parts if part)


def _period_text(facts: dict[str, Any]) -> str:
    starts, ends = facts.get("starts"), facts.get("ends")
    return str(Period(starts, ends)) if starts and ends else ""


def _day(value: date | str | None) -> date | None:
    """A revision keeps its dates as ISO text."""
    return date.fromisoformat(value) if isinstance(value, str) else value
