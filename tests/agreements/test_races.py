"""Letters dealt with at the same moment, on a real PostgreSQL."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from dangjian.agreements.letter import Letter
from dangjian.foundation import clock
from dangjian.foundation.lifecycle import Refused
from dangjian.people.person import Person
from dangjian.projects.project import Project
from dangjian.projects.state import State
from tests.cast import A_WORKING_DAY, Cast, a_letter, a_signed_letter, an_established, scans_of

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True), pytest.mark.clause("S-29", "S-116")]


def together(*tasks: Callable[[], object]) -> list[str]:
    """Run each in a thread and on a connection of its own; what each was told, nothing where it was done."""
    start = threading.Barrier(len(tasks), timeout=60)

    def alone(task: Callable[[], object]) -> str:
        try:
            with clock.fixed_at(A_WORKING_DAY):
                start.wait()
                task()
        except Refused as refused:
            return str(refused)
        finally:
            connection.close()
        return ""

    with ThreadPoolExecutor(len(tasks)) as pool:
        return list(pool.map(alone, tasks))


def sign(letter: Letter, who: Person) -> Callable[[], object]:
    loaded = Letter.objects.get(pk=letter.pk)
    return lambda: loaded.sign(signed_on=clock.today(), by=Person.objects.get(pk=who.pk))


def test_two_officers_register_one_signing_and_it_is_registered_once(committed_cast: Cast) -> None:
    people = committed_cast.people
    letter = a_letter(committed_cast)
    scans_of(committed_cast, letter)
    told = together(sign(letter, people.officer), sign(letter, people.colleague))
    assert sorted(bool(text) for text in told) == [False, True]
    assert letter.signatures.count() == 2


def test_of_voiding_and_signing_at_once_one_wins_whole(committed_cast: Cast) -> None:
    people = committed_cast.people
    letter = a_letter(committed_cast)
    scans_of(committed_cast, letter)
    loaded = Letter.objects.get(pk=letter.pk)
    propose = lambda: loaded.propose_void(reason="有误", by=Person.objects.get(pk=people.colleague.pk))  # noqa: E731
    told = together(sign(letter, people.officer), propose)
    assert sorted(bool(text) for text in told) == [False, True]
    stands = Letter.objects.get(pk=letter.pk)
    assert (stands.state == "signed") == (stands.void_proposed_by is None)
    assert (Project.objects.get(pk=letter.project_id).letter_signed_on is None) == (stands.state != "signed")


def test_two_officers_hand_out_one_copy_and_the_first_stands(committed_cast: Cast) -> None:
    people = committed_cast.people
    letter = a_signed_letter(committed_cast)

    def handed_to(name: str, who: Person) -> Callable[[], object]:
        loaded = letter.copies.get(number=2)
        return lambda: loaded.hand_over(to=name, on=clock.today(), by=Person.objects.get(pk=who.pk))

    told = together(handed_to("李敏", people.officer), handed_to("王强", people.colleague))
    assert sorted(bool(text) for text in told) == [False, True]
    assert letter.copies.get(number=2).received_by == ("王强" if told[0] else "李敏")
    assert "刚刚已登记由" in "".join(told)


def test_two_officers_make_one_letter(committed_cast: Cast) -> None:
    project, people = an_established(committed_cast), committed_cast.people
    told = together(*(
        lambda who=who: Letter.make(Project.objects.get(pk=project.pk), by=Person.objects.get(pk=who.pk))  # type: ignore[misc]
        for who in (people.officer, people.colleague)
    ))  # fmt: skip
    assert sorted(bool(text) for text in told) == [False, True]
    assert Letter.objects.count() == 1


def test_letter_and_plan_that_come_at_once_start_the_project(committed_cast: Cast) -> None:
    people = committed_cast.people
    letter = a_letter(committed_cast)
    scans_of(committed_cast, letter)
    project = Project.objects.get(pk=letter.project_id)
    plan = lambda: project.take_plan(by=Person.objects.get(pk=people.officer.pk), planned_on=clock.today())  # noqa: E731
    assert together(sign(letter, people.colleague), plan) == ["", ""]
    assert Project.objects.get(pk=project.pk).state == State.RUNNING
