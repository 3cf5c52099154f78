"""Numbering: from 1, without gaps, given back by a verb that fails."""

import contextlib

import pytest
from django.db import transaction
from hypothesis import given
from hypothesis import strategies as st

from dangjian.foundation import numbering
from dangjian.foundation.lifecycle import Refused
from dangjian.foundation.numbering import Counter
from dangjian.projects.meeting import Verdict
from dangjian.projects.project import Project
from tests.cast import Cast, a_meeting, a_screened
from tests.examples import IN_ONE_DATABASE, taken_back


def take(cast: Cast, kind: str = "project", year: int = 2022) -> int:
    return numbering.take(kind, organisation=cast.places.unit, year=year)


def test_numbers_run_from_one(cast: Cast) -> None:
    assert [take(cast) for _ in range(3)] == [1, 2, 3]


def test_each_kind_organisation_and_year_has_numbers_of_its_own(cast: Cast) -> None:
    assert [take(cast), take(cast, kind="letter"), take(cast, year=2023)] == [1, 1, 1]
    assert numbering.take("project", organisation=cast.places.other_unit, year=2022) == 1
    assert take(cast) == 2


@IN_ONE_DATABASE
@given(outcomes=st.lists(st.booleans(), max_size=12))
def test_whatever_fails_in_between_the_numbers_kept_have_no_gap(cast: Cast, outcomes: list[bool]) -> None:
    kept = []
    with taken_back():
        for succeeds in outcomes:
            with contextlib.suppress(ZeroDivisionError), transaction.atomic():
                number = take(cast)
                if not succeeds:
                    raise ZeroDivisionError
                kept.append(number)
    assert kept == list(range(1, outcomes.count(True) + 1))


def test_a_meeting_that_is_refused_gives_the_numbers_of_its_projects_back(cast: Cast) -> None:
    good = a_screened(cast)
    bad = a_screened(cast, cast.places.small_branch, cast.people.small_secretary, name="机关能耗管理")
    with pytest.raises(Refused, match="请写明不予立项的理由"):
        a_meeting(cast, Verdict(good, "establish"), Verdict(bad, "reject"))
    assert not Counter.objects.exists()
    a_meeting(cast, Verdict(Project.objects.get(pk=bad.pk), "establish"))
    assert Project.objects.get(pk=bad.pk).number == "2022-001"
