"""Searching: the same hits on both databases, and on PostgreSQL through an index."""

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dangjian.foundation.search import MOST_WORDS, held, words_of
from dangjian.people.person import Person
from tests.cast import Cast

NAMES = [
    "李晓明",
    "Li Xiaoming",
    "100%完成",
    "a_b",
    "䶮龙",
    "𠮷田",
    'O"Neil',
    "反\\斜杠",
    "A&B <党>",
    "{花,括}",
    "王  伟",
]


def found(word: str) -> set[str]:
    return set(Person.objects.filter(held(word, "name"), post="被查找").values_list("name", flat=True))


@pytest.fixture
def named(cast: Cast) -> None:
    for name in NAMES:
        Person.objects.create(name=name, organisation=cast.places.branch, post="被查找")


@pytest.mark.parametrize(
    ("word", "hits"),
    [
        ("晓明", {"李晓明"}),
        ("李明", set()),
        ("xiao", {"Li Xiaoming"}),
        ("I X", {"Li Xiaoming"}),
        ("%完", {"100%完成"}),
        ("0%", {"100%完成"}),
        ("_b", {"a_b"}),
        ("a%b", set()),
        ("䶮龙", {"䶮龙"}),
        ("𠮷田", {"𠮷田"}),
        ("𠮷", {"𠮷田"}),
        ("田", set()),
        ('"N', {'O"Neil'}),
        ("\\斜", {"反\\斜杠"}),
        ("&B <党", {"A&B <党>"}),
        ("花,括}", {"{花,括}"}),
        ("'", set()),
    ],
)
def test_a_word_is_found_as_it_was_typed(named: None, word: str, hits: set[str]) -> None:
    assert found(word) == hits


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_each_part_of_a_name_finds_it(named: None, data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(NAMES))
    start = data.draw(st.integers(0, len(name) - 2))
    part = name[start : data.draw(st.integers(start + 2, len(name)))]
    assert found(part) == {each for each in NAMES if part.upper() in each.upper()}


def test_what_was_typed_is_cut_into_words() -> None:
    assert words_of(" 节能\x00  降耗 ") == ["节能", "降耗"]
    assert len(words_of("字 " * 100)) == MOST_WORDS


@pytest.mark.postgres
def test_a_word_is_looked_up_in_the_index(cast: Cast) -> None:
    Person.objects.bulk_create(
        Person(name=f"张{chr(0x4E00 + number)}{chr(0x5E00 + number)}", organisation=cast.places.branch)
        for number in range(3000)
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE dangjian_person")
    plan = Person.objects.filter(held("丁帀", "name")).explain()
    assert "dangjian_person_name_pairs" in plan
