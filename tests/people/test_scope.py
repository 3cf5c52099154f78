"""The scope: a path says where in the tree a row lies, and a range of paths is a subtree."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dangjian.people.organisation import Organisation
from dangjian.people.scope import STEP, Scope, in_unit, path_end, path_text
from tests.cast import Cast
from tests.examples import IN_ONE_DATABASE, taken_back
from tests.people.trees import Sprout, grown, sprouts

STEPS = st.integers(0, 36**STEP - 1)
PATHS = st.lists(STEPS, min_size=1, max_size=5).map(lambda steps: "".join(map(path_text, steps)))


@given(STEPS, STEPS)
def test_levels_sort_as_the_numbers_they_spell(one: int, other: int) -> None:
    assert len(path_text(one)) == STEP
    assert (path_text(one) < path_text(other)) == (one < other)


def test_a_level_beyond_its_four_characters_is_refused() -> None:
    assert path_text(36**STEP - 1) == "zzzz"
    with pytest.raises(ValueError, match="more than"):
        path_text(36**STEP)


@given(PATHS, PATHS, st.booleans())
def test_the_range_of_a_path_holds_what_begins_with_it_and_nothing_else(path: str, rest: str, below: bool) -> None:
    other = path + rest if below else rest
    assert (path <= other < path_end(path)) == other.startswith(path)


@given(PATHS, PATHS, st.booleans())
def test_a_scope_covers_its_place_and_what_lies_below_only_where_it_reaches_down(
    path: str, other: str, with_subtree: bool
) -> None:
    scope = Scope(path, with_subtree)
    assert scope.covers(path)
    assert scope.covers(path + other) == with_subtree


@IN_ONE_DATABASE
@given(grow=sprouts())
def test_in_unit_finds_what_walking_the_tree_finds(cast: Cast, grow: list[Sprout]) -> None:
    with taken_back():
        tree = grown(cast.places.company, grow)
        for place, node in enumerate(tree.nodes):
            walked = {tree.nodes[other].pk for other in tree.below(place)}
            assert set(Organisation.objects.in_unit(node).values_list("pk", flat=True)) == walked
            assert set(Organisation.objects.filter(in_unit(node)).values_list("pk", flat=True)) == walked


@IN_ONE_DATABASE
@given(grow=sprouts(), held=st.lists(st.tuples(st.integers(0, 99), st.booleans()), max_size=3))
def test_the_rows_in_some_scopes_are_those_that_one_of_them_covers(
    cast: Cast, grow: list[Sprout], held: list[tuple[int, bool]]
) -> None:
    with taken_back():
        tree = grown(cast.places.company, grow)
        scopes = [Scope(tree.nodes[place % len(tree.nodes)].path, with_subtree) for place, with_subtree in held]
        found = set(Organisation.objects.in_scopes(scopes))
        covered = {node for node in Organisation.objects.all() if any(scope.covers(node.path) for scope in scopes)}
        assert found == covered


def test_without_any_scope_there_is_nothing(cast: Cast) -> None:
    assert not Organisation.objects.in_scopes([]).exists()


def test_a_path_is_compared_byte_by_byte_on_every_database(cast: Cast) -> None:
    tree = grown(cast.places.company, [(0, 1, False)] * 40)
    steps = [node.path[-STEP:] for node in tree.nodes[1:]]
    assert steps == [path_text(number) for number in range(1, 41)]
    paths = [node.path for node in tree.nodes]
    assert list(Organisation.objects.in_unit(tree.nodes[0]).order_by("path").values_list("path", flat=True)) == paths
