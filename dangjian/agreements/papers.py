"""附件2, the letter as paper: one page, its text from the scheme, room for seal and signature (S-110 … S-117)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from dangjian.foundation import clock
from dangjian.papers import official, pdf
from dangjian.papers.blocks import Block, Label, Page, Paper, SignatureRow, Text, Title
from dangjian.papers.mark import Mark
from dangjian.programmes.scheme import Scheme

if TYPE_CHECKING:
    from dangjian.agreements.letter import Letter

COPIES = (1, 2)
MOST_IN_NAME = 12
"""Characters of a unit's name in one line above its signature."""


@dataclass(frozen=True)
class Room:
    """Empty lines above the project's name, above the names of the two units, below them for the seal, above the date."""

    project: int = 0
    names: int = 0
    seal: int = 0
    date: int = 0


_TIGHT = Page(top=28, bottom=27)
LAYOUTS = (
    (Page(), Room(1, 1, 3, 1)),
    (_TIGHT, Room(1, 1, 3, 1)),
    (_TIGHT, Room(0, 1, 3, 1)),
    (_TIGHT, Room(0, 0, 3, 1)),
    (_TIGHT, Room(0, 0, 3, 0)),
    (_TIGHT, Room(0, 0, 2, 0)),
    (_TIGHT, Room(0, 0, 1, 0)),
    (_TIGHT, Room()),
)
"""The roomiest first. A seal is 42 mm wide; it and the signature keep their room longest, also longer than the margins."""


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
    """With as much room to stamp and sign as keeps the letter on its one page."""
    laid_out = (
        Paper(
            title=facts["title"],
            stem=stem,
            blocks=(
                Label("附件2"),
                Title(facts["title"]),
                Text(facts["purpose"], close=True),
                *(Text(clause, close=True) for clause in facts["clauses"]),
                *_signing(facts, room, date or official.dated(None)),
            ),
            made_on=clock.local(made_at.made_at).date() if made_at else None,
            mark=mark,
            mark_note=note,
            page=page,
        )
        for page, room in LAYOUTS
    )
    for paper in laid_out:
        if pdf.fits_one_page(paper):
            break
    return paper


def _signing(facts: dict[str, Any], room: Room, date: str) -> tuple[Block, ...]:
    """The project's name, the units, below each its seal and its secretary's signature, the date; never torn apart.

    The date of the signing is written by hand, so that the paper is the same before and after; ``date`` is what stands
    there.
    """
    names = tuple(tuple(official.balanced(facts.get(side, ""), MOST_IN_NAME)) for side in ("unit", "branch"))
    return (
        *([Text("", keep=True, close=True)] if room.project else ()),
        Text(f"项目名称：{facts.get('project', '')}", keep=True, close=True),
        *_empty(room.names),
        SignatureRow(columns=names, close=True),
        *_empty(room.seal),
        SignatureRow(columns=((f"{facts.get('committee_secretary', '党委书记')}：",), ("党支部书记：",)), close=True),
        *_empty(room.date),
        SignatureRow(columns=(("",), (date,)), close=True),
    )


def _empty(lines: int) -> tuple[SignatureRow, ...]:
    return (SignatureRow(columns=(("",) * lines, ("",) * lines), close=True),) if lines else ()
