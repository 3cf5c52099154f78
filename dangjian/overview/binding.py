"""成册: the papers of a project, or of a unit's year, as one PDF; only what the person may see stands in it.

The scans of a paper's signed and stamped copies, which were made inert when they were filed, stand before its text; of
the letter, whose text is the same, they stand in its place.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence, Set
from typing import Any

from django.db.models import Q

from dangjian.agreements import papers as letter_papers
from dangjian.agreements.letter import Letter
from dangjian.delivery import filing_papers, plan_papers, summary
from dangjian.delivery.filing import Filing
from dangjian.delivery.plan import Plan
from dangjian.foundation import clock
from dangjian.foundation.lifecycle import Refused
from dangjian.foundation.window import day_text
from dangjian.papers import binder, pdf
from dangjian.papers.binder import Cover, Leaf, bind
from dangjian.papers.blocks import Paper, Text, Title
from dangjian.people.organisation import Organisation
from dangjian.programmes.round import Round
from dangjian.projects import papers
from dangjian.projects.filed import FilingState
from dangjian.projects.paper_kind import LETTER_KINDS, PaperKind
from dangjian.projects.project import Project
from dangjian.projects.scan import Scan

MOST_AT_ONCE = 10
"""Projects of a unit whose book is made while one waits; more are made by the worker."""
MOST = 500
MOST_BYTES = 200 * 1024 * 1024
"""Of all scans in one book."""


def project_leaves(project: Project, person: Any, bound: Set[int] = frozenset()) -> Iterator[Leaf]:
    """Every paper of the project that there is by now, in the order of its life.

    ``bound`` are the meetings whose notice and minutes the book has already: they name several projects.
    """
    for printed, kinds in PRINTED:
        if printed is _notice and _meeting(project) & bound:
            continue
        scanned = [_scanned(scan, project) for scan in scans_of(project, person, kinds)]
        yield from scanned
        if kinds != LETTER_KINDS or not any(leaf.is_readable for leaf in scanned):
            yield from printed(project, person)


def receipts(project: Project, person: Any) -> Iterator[Leaf]:
    """What the company answered to the table that the project stands in; of others in it reads who may see the table."""
    answered = Filing.objects.newest().filter(rows__project=project, rows__state=FilingState.RECORDED)
    seen = Filing.objects.visible_to(person).filter(pk__in=answered)
    for filing in answered.select_related("unit", "round", "received_by", "received_for"):
        whole = seen.filter(pk=filing.pk).exists()
        yield _receipt(filing, filing_papers.receipt(filing, None if whole else project))


def _receipt(filing: Filing, paper: Paper) -> Leaf:
    return Leaf(paper.title, "公司党委组织部", paper.made_on, pdf.draw(paper), filing.code)


def scans_of(project: Project, person: Any, kinds: Sequence[PaperKind]) -> list[Scan]:
    """The standing scans of these papers of the project; of a letter that was voided there is none."""
    made = project.establishment()
    whose = Q(project=project) | (Q(meeting=made.meeting_id) if made else Q())
    found = Scan.objects.visible_to(person).standing().filter(whose, kind__in=kinds).exclude(
        Q(kind__in=LETTER_KINDS) & ~Q(edition=project.letter_count)
    )  # fmt: skip
    return sorted(found.select_related("attachment__evidence"), key=lambda scan: kinds.index(PaperKind(scan.kind)))


def _scanned(scan: Scan, project: Project) -> Leaf:
    """A scan with its own page numbers; of one that cannot be read a page that says so, for nothing is left out silently."""
    kind, kept = PaperKind(scan.kind), scan.attachment
    maker = project.branch if kind is PaperKind.APPLICATION else project.unit
    try:
        content = kept.evidence.file.read_bytes()
        binder.page_count(content)
        is_readable = True
    except (OSError, binder.Unreadable):
        content, is_readable = pdf.draw(_missing(kind)), False
    on = clock.local(kept.at).date()
    return Leaf(f"{kind.label}盖章扫描件", maker.short_name, on, content, _number(project, kind), is_readable)


def _meeting(project: Project) -> set[int]:
    """The one that established it, if there was one."""
    made = project.establishment()
    return {made.meeting_id} if made else set()


def _number(project: Project, kind: PaperKind) -> str:
    """What the 卷内目录 gives as 编号: the letter's own; of a paper on several projects none, for it is no single one's."""
    made = project.establishment()
    if kind in (PaperKind.NOTICE, PaperKind.MINUTES) and made and made.meeting.established().count() > 1:
        return ""
    letter = Letter.standing_of(project) if kind in LETTER_KINDS else None
    return letter.number if letter else project.number


def _missing(kind: PaperKind) -> Paper:
    text = f"{kind.label}的盖章扫描件读不出来，没有装订。请到原处查看，必要时重新上传。"
    return Paper(title="扫描件缺页说明", stem="扫描件缺页说明", blocks=(Title("扫描件缺页说明"), Text(text)))


def _leaf(paper: Paper, place: Organisation, number: str, content: bytes | None = None) -> Leaf:
    return Leaf(paper.title, place.short_name, paper.made_on, content or pdf.draw(paper), number)


def _application(project: Project, person: Any) -> Iterator[Leaf]:
    yield _leaf(papers.application_form(project), project.branch, project.number)


def _notice(project: Project, person: Any) -> Iterator[Leaf]:
    paper = papers.paper_of(project, "notice")
    if paper is not None:
        yield _leaf(paper, project.unit, _number(project, PaperKind.NOTICE))


def _letter(project: Project, person: Any) -> Iterator[Leaf]:
    """The one that stands: the unit's copy, or the one original of an electronic confirmation with what was signed on it."""
    for letter in Letter.objects.visible_to(person).standing().filter(project=project).select_related("project"):
        signed = letter.confirmed_file() if letter.electronic else None
        in_system = signed is not None or letter.may_be_confirmed
        paper = letter_papers.to_confirm(letter) if in_system else letter_papers.copy_of(letter, 1)
        content = binder.flat(signed.evidence.file.read_bytes()) if signed else None
        yield _leaf(paper, letter.unit, letter.number, content)


def _plan(project: Project, person: Any) -> Iterator[Leaf]:
    """Once it was handed in."""
    for plan in Plan.objects.visible_to(person).filter(project=project, handed_in_at__isnull=False):
        yield _leaf(plan_papers.plan_paper(plan), project.branch, project.number)


Printer = Callable[[Project, Any], Iterator[Leaf]]
PRINTED: list[tuple[Printer, tuple[PaperKind, ...]]] = [
    (_application, (PaperKind.APPLICATION,)),
    (_notice, (PaperKind.NOTICE, PaperKind.MINUTES)),
    (_letter, LETTER_KINDS),
    (_plan, (PaperKind.PLAN,)),
]
"""What prints a project's papers, as the person may see them, and which scans belong to it."""
NOTE = "盖章扫描件装在所附文书之前；责任书有盖章扫描件的，不再装未签字的文本。"
"""Of the contents: in which order the book is bound."""
SHARED = "几个项目在同一次会议上立项的，立项通知和会议纪要只装一次，排在第一个项目中。"
"""Of the contents of a unit's book."""


def of_project(project: Project, person: Any) -> bytes:
    """The project's book."""
    _check_size([project], person)
    owner = f"主要责任人：{project.owner.name}" if project.owner else ""
    facts = (
        project.name,
        f"编号：{project.number or '未编号'}",
        f"承担支部：{project.branch.full_name}",
        owner,
        str(project.period or ""),
    )
    cover = Cover("党建项目文书汇编", tuple(fact for fact in facts if fact), _foot(project.unit))
    return bind(cover, [*project_leaves(project, person), *receipts(project, person)], note=NOTE)


def projects_of(unit: Organisation, round: Round, person: Any) -> Any:
    """The unit's established projects of the year that the person may see, in 组织序列."""
    seen = Project.objects.visible_to(person).values("pk")
    found = summary.reported(unit, round).filter(pk__in=seen).with_names().select_related("application")
    return found.order_by("branch__rank", "path", "number", "pk")


def of_unit(unit: Organisation, round: Round, person: Any) -> tuple[bytes, int]:
    """The unit's book of a year: its 项目汇总表 first, then project by project; and how many papers it holds."""
    projects = list(projects_of(unit, round, person)[: MOST + 1])
    if not projects:
        raise Refused("没有可以成册的项目")
    if len(projects) > MOST:
        raise Refused(f"项目超过 {MOST} 个，请按项目成册")
    _check_size(projects, person)
    leaves, bound = list(_filed(unit, round, person)), set[int]()
    for project in projects:
        leaves += project_leaves(project, person, bound)
        bound |= _meeting(project)
    facts = (unit.full_name, str(round), f"共 {len(projects)} 个项目")
    return bind(Cover("党建项目化管理文书汇编", facts, _foot(unit)), leaves, note=NOTE + SHARED), len(leaves)


def _check_size(projects: Sequence[Project], person: Any) -> None:
    """Scans are large and the book is made in memory."""
    kinds = [kind for _, scanned in PRINTED for kind in scanned]
    sizes = {
        scan.attachment.evidence_id: scan.attachment.evidence.size
        for project in projects
        for scan in scans_of(project, person, kinds)
    }
    if sum(sizes.values()) > MOST_BYTES:
        size = sum(sizes.values()) // 1024 // 1024
        raise Refused(f"盖章扫描件共 {size} MB，超过 {MOST_BYTES // 1024 // 1024} MB，请按项目成册或分别下载扫描件")


def _filed(unit: Organisation, round: Round, person: Any) -> Iterator[Leaf]:
    standing = Filing.objects.visible_to(person).newest().filter(unit=unit, round=round)
    for filing in standing.select_related("unit", "round", "by", "on_behalf_of", "received_by", "received_for"):
        table = filing_papers.of_filing(filing)
        yield Leaf(f"{table.title}{filing.version_text}", unit.short_name, table.made_on, pdf.draw(table), filing.code)
        if filing.has_receipt:
            yield _receipt(filing, filing_papers.receipt(filing))


def _foot(unit: Organisation) -> tuple[str, str]:
    return unit.signed_as, day_text(clock.today())


def made(person: Any, query: str) -> tuple[bytes, int]:
    """A unit's book for 我的下载; ``query`` names unit and year. Rights are those of this moment."""
    asked = dict(part.split("=", 1) for part in query.split("&"))
    unit = Filing.units(person).filter(pk=int(asked["unit"])).first()
    round = Round.objects.filter(year=int(asked["year"])).first()
    if unit is None or round is None:
        raise Refused("您已不能查看该单位的项目")
    return of_unit(unit, round, person)
