"""The quorum (法定人数): whether a meeting may decide, as a whole and on an item from which somebody stands aside."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_BETWEEN = re.compile(r"[、，,；;\s]+")
LONGEST_NAME = 20


def names_in(text: str) -> list[str]:
    """The names in a text such as 「张建国、王强」."""
    return [name for name in _BETWEEN.split(text) if name]


@dataclass(frozen=True)
class Quorum:
    """Who may decide one item: of ``present`` people, those who do not stand aside.

    Whoever stands aside counts neither among those expected nor among those present.
    """

    expected: int
    present: int
    aside: tuple[str, ...] = ()

    @property
    def voters(self) -> int:
        return self.present - len(self.aside)

    @property
    def entitled(self) -> int:
        return self.expected - len(self.aside)

    def refusals(self) -> Iterator[str]:
        """Why these people cannot decide; nothing where more than half of the entitled are there."""
        if self.voters * 2 > self.entitled:
            return
        if not self.aside:
            yield "实到人数未过应到人数的半数，会议不能作出决定"
        else:
            yield (
                f"{len(self.aside)} 人回避后，可以表决的 {max(self.voters, 0)} 人，未过应参加表决 {max(self.entitled, 0)} 人的半数，"
                "这次不能作出决定；请另行开会，或提请上级党委研究"
            )

    def miscounted(self, votes_for: int | None, votes_against: int | None, abstentions: int | None) -> Iterator[str]:
        """What is wrong with counted votes: whoever may vote is counted once, and who did not vote abstained.

        While more are present than expected nothing is: by which of the two to count is not known yet.
        They are counted on the decision taken, so that 赞成 means the same in every row.
        """
        counted = [votes_for, votes_against, abstentions]
        if any(votes is not None and votes < 0 for votes in counted):
            yield "票数不能是负数"
        elif any(votes is not None for votes in counted) and self.present <= self.expected:
            total, who = sum(votes or 0 for votes in counted), "可以表决的" if self.aside else "实到"
            if total > self.voters:
                yield f"票数合计 {total}，多于{who} {self.voters} 人"
            elif total < self.voters:
                yield f"赞成、反对、弃权合计 {total} 票，比{who} {self.voters} 人少 {self.voters - total} 票；未表决的计入弃权"
            if (votes_for or 0) * 2 <= self.voters:
                yield f"赞成本决定的票未过{who}人数的半数，不能作出这项决定"


def wrong_with_recusal(
    aside: list[str], reason: str, stand_in: str, *, chair: str, recorder: str, present: int
) -> Iterator[str]:
    """What is wrong with the record of who stood aside, why, and who took over the chair or the pen."""
    if not aside:
        if reason or stand_in:
            yield "填了回避原因或代行人，请同时填写回避人"
        return
    yield from _wrong_with_names(aside, present)
    if not reason:
        yield "请写明回避原因"
    taking = [duty for duty, name in (("主持", chair), ("记录", recorder)) if name and name in aside]
    if taking and not stand_in:
        yield f"{'、'.join(taking)}人回避的，请写明由谁代行"
    if stand_in in aside:
        yield "代行人不能是回避的人"


def _wrong_with_names(aside: list[str], present: int) -> Iterator[str]:
    if any(len(name) > LONGEST_NAME or re.search(r"[（()）]", name) for name in aside):
        yield "回避人只填姓名，几个人用顿号隔开，原因填在“回避原因”"
    if len(set(aside)) < len(aside):
        yield "回避人重复"
    if len(aside) >= present:
        yield "到会的人不能全部回避"
