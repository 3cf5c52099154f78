"""附件2, the letter as paper: one page, its text from the scheme, what is signed kept together (S-110 … S-117)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from dangjian.foundation import clock
from dangjian.papers import official, pdf
from dangjian.papers.blocks import Block, Label, Page, Paper, SignatureRow, Text, Title
from dangjian.papers.mark import Mark
from dangjian.programmes.scheme import Scheme

if TYPE_CHECKING:
    from dangjian.agreements.letter import Letter

COPIES = (1, 2)
_TIGHT = Page(top=28, bottom=27)
"""For a letter with a long name or clauses: two lines more than usual."""


def copy_of(letter: Letter, number: int) -> Paper:
    """第1份 or 第2份, to be printed, signed and stamped. A void letter prints without a mark: no scan of it is filed."""
    mark = None
    if letter.is_current and not letter.project.is_offline:
        mark = letter.slot(number).mark
    return _paper(
        letter.facts,
        stem=f"附件2 责任书 {letter.number} 第{number}份 {letter.facts['branch']} {letter.facts['project']}",
        made_at=letter,
        mark=mark,
        note=f"{letter.number}　第{number}份" + ("（已作废）" if letter.state == "void" else ""),
    )


def to_confirm(letter: Letter) -> Paper:
    """The one original that both confirm electronically; the date stands with each of the signatures (S-116)."""
    stem = f"附件2 责任书 {letter.number} 电子确认件 {letter.facts['branch']} {letter.facts['project']}"
    return _paper(letter.facts, stem=stem, made_at=letter, note=f"{letter.number}　电子确认件", date="日期见双方确认")


def both_copies(letters: Iterable[Letter]) -> list[Paper]:
    """Every copy of the letters, one after the other, for one print job of a signing ceremony."""
    return [copy_of(letter, number) for letter in letters for number in COPIES]


def blank_letter(rules: Scheme) -> Paper:
    """附件2 to be filled in by hand."""
    text = rules.letter
    facts = {"title": text.title, "purpose": text.purpose, "clauses": text.clauses}
    return _paper(facts, stem="附件2 责任书（空白）")


def _paper(
    facts: dict[str, Any],
    *,
    stem: str,
    made_at: Letter | None = None,
    mark: Mark | None = None,
    note: str = "",
    date: str = "",
) -> Paper:
    """With as much room around the signatures as keeps the letter on its one page.

    Before the line above the date goes, where one signs, the page gives up some of its margins.
    """
    laid_out = (
        Paper(
            title=facts["title"],
            stem=stem,
            blocks=(
                Label("附件2"),
                Title(facts["title"]),
                Text(facts["purpose"]),
                *(Text(clause) for clause in facts["clauses"]),
                *_signing(facts, gaps, date or official.dated(None)),
            ),
            made_on=clock.local(made_at.made_at).date() if made_at else None,
            mark=mark,
            mark_note=note,
            page=page,
        )
        for page, gaps in ((Page(), 3), (Page(), 2), (Page(), 1), (_TIGHT, 1), (_TIGHT, 0))
    )
    for paper in laid_out:
        if pdf.fits_one_page(paper):
            break
    return paper


def _signing(facts: dict[str, Any], gaps: int, date: str) -> tuple[Block, ...]:
    """The project's name, the units above their secretaries' signatures, the date at the right; never torn apart.

    The date of the signing is written by hand, so that the paper is the same before and after; ``date`` is what stands
    there. Of the three empty
    lines the one before the date stays longest: there one signs.
    """
    gap = SignatureRow(columns=(("",), ("",)))
    return (
        *([Text("", keep=True)] if gaps > 2 else ()),
        Text(f"项目名称：{facts.get('project', '')}", keep=True),
        *([gap] if gaps > 1 else ()),
        SignatureRow(columns=((facts.get("unit", ""),), (facts.get("branch", ""),))),
        SignatureRow(columns=((f"{facts.get('committee_secretary', '党委书记')}：",), ("党支部书记：",))),
        *([gap] if gaps > 0 else ()),
        SignatureRow(columns=(("",), (date,))),
    )
