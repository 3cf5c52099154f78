"""The contrast (对照): two wordings side by side, with only what differs marked and what is the same left out."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from itertools import zip_longest

NEAR = 24  # characters that stay on either side of a difference
MOST_WORK = 60_000  # meetings of equal signs, beyond which what lies between two ends counts as different
MOST_PAIRS = 2500  # lines against lines, beyond which each is set against the one in its place
LEAST_ALIKE = 0.4  # below which a line counts as another line
# A number, a word of letters, or one sign: what is changed is a whole number, never one digit of it.
_TOKEN = re.compile(r"\d[\d,.]*|[A-Za-z]+|.", re.DOTALL)

Piece = tuple[str, bool]
Block = tuple[bool, int, int, int, int]


@dataclass(frozen=True)
class Line:
    """Pieces with whether they differ; or, in their place, how many lines are the same in both."""

    pieces: list[Piece] = field(default_factory=list)
    same: int = 0


def contrast(before: str, after: str) -> tuple[list[Line], list[Line]]:
    """Both sides, line by line."""
    old, new = before.splitlines(), after.splitlines()
    left: list[Line] = []
    right: list[Line] = []
    for same, a, b, c, d in _blocks(old, new):
        if same:
            kept = list(_kept(old[a:b]))
            left += kept
            right += kept
            continue
        for one, other in _paired(old[a:b], new[c:d]):
            was, now = _within(one or "", other or "")
            left += [Line(was)] if one is not None else []
            right += [Line(now)] if other is not None else []
    return left, right


def _kept(lines: list[str]) -> Iterator[Line]:
    """What is the same: one short line for the connection, more as a count."""
    if len(lines) == 1 and len(lines[0]) <= 2 * NEAR:
        yield Line([(lines[0], False)])
    elif lines:
        yield Line(same=len(lines))


def _paired(old: list[str], new: list[str]) -> Iterator[tuple[str | None, str | None]]:
    """Each old line with the new one that is most like it, in the order of both; what is left stands alone."""
    if len(old) * len(new) > MOST_PAIRS:
        yield from zip_longest(old, new)
        return
    waiting = list(new)
    for one in old:
        alike = [SequenceMatcher(None, one, other, autojunk=False).quick_ratio() for other in waiting]
        best = max(range(len(alike)), key=alike.__getitem__, default=None)
        if best is None or alike[best] < LEAST_ALIKE:
            yield one, None
            continue
        yield from ((None, passed) for passed in waiting[:best])
        yield one, waiting[best]
        del waiting[: best + 1]
    yield from ((None, other) for other in waiting)


def _within(one: str, other: str) -> tuple[list[Piece], list[Piece]]:
    """The two sides of one line."""
    old, new = _TOKEN.findall(one), _TOKEN.findall(other)
    blocks = _blocks(old, new)
    alike = sum(b - a for same, a, b, _, _ in blocks if same)
    if 2 * alike < LEAST_ALIKE * (len(old) + len(new)):
        return [(one, True)], [(other, True)]
    was: list[Piece] = []
    now: list[Piece] = []
    for same, a, b, c, d in blocks:
        # One sign that happens to stand in both, amid what differs, would only break the reading.
        differs = not same or (b - a < 2 and a > 0 and b < len(old))
        was.append(("".join(old[a:b]), differs))
        now.append(("".join(new[c:d]), differs))
    return _shortened(was), _shortened(now)


def _blocks(old: Sequence[str], new: Sequence[str]) -> list[Block]:
    """What is the same and what is not, from the first to the last."""
    most = min(len(old), len(new))
    head = next((at for at in range(most) if old[at] != new[at]), most)
    tail = next((at for at in range(most - head) if old[-1 - at] != new[-1 - at]), most - head)
    left, right = old[head : len(old) - tail], new[head : len(new) - tail]
    often, seldom = Counter(left), Counter(right)
    if sum(times * seldom[token] for token, times in often.items()) > MOST_WORK:
        inner = [(False, 0, len(left), 0, len(right))]
    else:
        codes = SequenceMatcher(None, left, right, autojunk=False).get_opcodes()
        inner = [(what == "equal", a, b, c, d) for what, a, b, c, d in codes]
    middle = [(same, a + head, b + head, c + head, d + head) for same, a, b, c, d in inner]
    ends = (len(old), len(new))
    return [
        *([(True, 0, head, 0, head)] if head else []),
        *middle,
        *([(True, ends[0] - tail, ends[0], ends[1] - tail, ends[1])] if tail else []),
    ]


def _shortened(pieces: Iterable[Piece]) -> list[Piece]:
    """Neighbours of one kind as one piece; of what is the same, only what stands near a difference."""
    joined: list[Piece] = []
    for text, differs in pieces:
        if joined and joined[-1][1] == differs:
            joined[-1] = (joined[-1][0] + text, differs)
        elif text:
            joined.append((text, differs))
    last = len(joined) - 1
    return [(text if differs else _near(text, at == last > 0), differs) for at, (text, differs) in enumerate(joined)]


def _near(text: str, at_end: bool) -> str:
    """The two ends of a text; of the last piece only its beginning. How a line begins tells which one it is."""
    head, tail = text[:NEAR], "" if at_end else text[-NEAR:]
    return text if len(text) <= len(head) + len(tail) + NEAR else f"{head}……{tail}"
