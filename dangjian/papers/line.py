"""The line of facts (信息行) above a table, spread over the width: 单位名称、填表人、联系电话."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from dangjian.papers import official
from dangjian.papers.official import Align, Style

_POINTS_PER_MM = 72 / 25.4


@dataclass(frozen=True)
class Line:
    """Facts above a table: one text aligned, or several spread over the width (单位名称、填表人、联系电话).

    Each is named by its label before 「：」; one without a label by its place in ``names``.
    """

    texts: tuple[str, ...]
    align: Align = Align.LEFT
    names: tuple[str, ...] = ()

    def style(self, room: float) -> Style:
        """Several facts that one line has no room for are set in smaller letters where these keep them on it."""
        taken = sum(map(_taken, self.texts)) + _LEAST_GAP * (len(self.texts) - 1)
        is_narrow = room < taken <= room / _NARROWED
        return official.FACTS_NARROW if is_narrow else official.FACTS

    def spread(self, room: float) -> list[list[tuple[str, float]]]:
        """Its printed lines, each text with where it begins in mm: the same space between all that a line has room for.

        A label without a fact takes the room that writing the fact by hand does. A fact at the end of a line of several
        ends where the line ends, which stands in the place of its beginning.
        """
        narrowed = _NARROWED if self.style(room) is official.FACTS_NARROW else 1
        rows: list[list[str]] = [[]]
        for text in self.texts:
            if rows[-1] and sum(map(_taken, [*rows[-1], text])) + _LEAST_GAP * len(rows[-1]) > room / narrowed:
                rows.append([])
            rows[-1].append(text)
        return [_spread(row, room, narrowed) for row in rows]


_EM = official.FACTS.lettering.size / _POINTS_PER_MM
_LEAST_GAP = 2 * _EM
_BY_HAND = 8 * _EM
_NARROWED = official.FACTS_NARROW.lettering.size / official.FACTS.lettering.size
_SEAM = re.compile(r"(?<=[0-9A-Za-z])(?=[\u4e00-\u9fff])|(?<=[\u4e00-\u9fff])(?=[0-9A-Za-z])")


def _taken(text: str) -> float:
    """Width of a fact in mm."""
    text = official.printable(text)
    # Word and PDF leave a quarter between 汉字 and Latin letters.
    seams = len(_SEAM.findall(text)) / 4
    return (official.ems(text) + seams) * _EM + (_BY_HAND if text.endswith("：") else 0)


def _spread(texts: Sequence[str], room: float, narrowed: float) -> list[tuple[str, float]]:
    widths = [_taken(text) * narrowed for text in texts]
    gap = (room - sum(widths)) / max(len(texts) - 1, 1)
    starts = [sum(widths[:place]) + gap * place for place in range(len(texts))]
    if len(texts) > 1 and not texts[-1].endswith("："):
        starts[-1] = room
    return list(zip(texts, starts, strict=True))
