"""Random trees of organisations, set up by the real verb, and the same questions answered by walking."""

from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

from dangjian.people.account import Account
from dangjian.people.organisation import Kind, Organisation

DEEPEST = 7
Sprout = tuple[int, int, bool]
"""Which of the organisations so far is the superior, the 序号, and whether it may establish."""


def sprouts(most: int = 10) -> st.SearchStrategy[list[Sprout]]:
    return st.lists(st.tuples(st.integers(0, 99), st.integers(1, 3), st.booleans()), max_size=most)


@dataclass
class Tree:
    """``nodes`` in the order of founding; ``above`` the superior's place in it, None for the top."""

    nodes: list[Organisation]
    above: list[int | None]

    def superiors(self, place: int) -> list[int]:
        """From the direct superior up to the top."""
        chain = []
        upper = self.above[place]
        while upper is not None:
            chain.append(upper)
            upper = self.above[upper]
        return chain

    def below(self, place: int) -> list[int]:
        """The node itself and everything that hangs on it."""
        return [other for other in range(len(self.nodes)) if other == place or place in self.superiors(other)]

    def drawn(self, place: int = 0) -> list[int]:
        """As the tree is drawn: each node before its own, siblings by 序号, then by age."""
        children = [other for other, upper in enumerate(self.above) if upper == place]
        children.sort(key=lambda other: (self.nodes[other].ordinal, other))
        return [place, *(found for child in children for found in self.drawn(child))]


def grown(top: Organisation, grow: list[Sprout]) -> Tree:
    """A tree below a new unit of ``top``."""
    tree = Tree([_founded(top, 0, 1, may_establish=False)], [None])
    for number, (upper, ordinal, may_establish) in enumerate(grow, start=1):
        open_places = [place for place, node in enumerate(tree.nodes) if node.depth < DEEPEST]
        place = open_places[upper % len(open_places)]
        tree.nodes.append(_founded(tree.nodes[place], number, ordinal, may_establish=may_establish))
        tree.above.append(place)
    return tree


def _founded(parent: Organisation, number: int, ordinal: int, **facts: Any) -> Organisation:
    name = f"第{number}个党组织"
    return Organisation.found(
        parent=parent,
        by=Account.objects.get(username="system-admin").person,
        kind=Kind.COMMITTEE,
        full_name=name,
        short_name=name,
        ordinal=ordinal,
        **facts,
    )
