"""People and organisations that change at the same moment as the work, on a real PostgreSQL."""

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from dangjian.foundation import clock
from dangjian.foundation.audit import AuditEntry
from dangjian.foundation.lifecycle import Refused
from dangjian.foundation.notice import Notice
from dangjian.foundation.upload import Upload
from dangjian.overview import download
from dangjian.overview.download import Download
from dangjian.people.delegation import Delegation
from dangjian.people.organisation import Kind, Organisation
from dangjian.people.person import Person
from dangjian.projects import papers, restructuring
from dangjian.projects.handover import Handover
from dangjian.projects.meeting import Meeting, Verdict
from dangjian.projects.project import Project
from dangjian.projects.restructuring import Restructuring, carry_out_waiting
from dangjian.projects.scan import Scan
from dangjian.projects.scan_batch import ScanBatch
from tests.cast import Cast, a_batch, a_draft, a_screened, a_submitted, an_agreed_draft, attendance
from tests.papers import scanner
from tests.people.test_delegation import a_delegation
from tests.projects.test_races import _together

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

AGAIN = pytest.mark.parametrize("time", range(5))


def at_once(*acts: tuple[Person, Callable[[Person], Any]]) -> list[str]:
    """Each act by its person, all at the same moment; what each was refused for, empty where it was not."""
    start, by_person = threading.Barrier(len(acts), timeout=60), {person.pk: act for person, act in acts}
    assert len(by_person) == len(acts)

    def act(person: Person) -> str:
        person.offices()
        start.wait()
        try:
            by_person[person.pk](person)
        except Refused as refused:
            return str(refused)
        return ""

    return _together(act, [person for person, _ in acts])


def the_tree_hangs_together() -> None:
    for organisation in Organisation.objects.exclude(parent=None).select_related("parent"):
        assert organisation.path[:-4] == organisation.parent.path, organisation
        assert organisation.rank.startswith(organisation.parent.rank), organisation
    for project in Project.objects.select_related("branch"):
        assert (project.path, project.unit) == (project.branch.path, project.branch.unit), project
        assert not project.branch.has_ended or project.state in ("withdrawn", "terminated")
    for person in Person.objects.select_related("organisation"):
        assert not person.organisation.has_ended, person


def fresh(noun: Any) -> Any:
    return type(noun)._base_manager.get(pk=noun.pk)


# Delegation


def test_one_office_is_not_delegated_twice_from_two_windows(committed_cast: Cast) -> None:
    people = committed_cast.people
    told = at_once(
        (people.member, lambda _: a_delegation(fresh(people.secretary), people.member)),
        (people.clerk, lambda _: a_delegation(fresh(people.secretary), people.clerk)),
    )
    assert sorted(bool(text) for text in told) == [False, True]
    assert "日期不能重叠" in "".join(told)
    assert Delegation.objects.count() == 1


def test_one_delegation_is_taken_back_once(committed_cast: Cast) -> None:
    people = committed_cast.people
    made = a_delegation(people.secretary, people.member)
    told = at_once(
        (people.secretary, lambda by: fresh(made).end(by=by)),
        (people.security_admin, lambda by: fresh(made).end(by=by)),
    )
    assert sorted(bool(text) for text in told) == [False, True]
    assert AuditEntry.objects.filter(action="delegation.end").count() == 1
    assert Notice.objects.filter(event=f"delegation-{made.pk}-end").count() == 2


@AGAIN
def test_what_a_delegate_does_as_the_right_is_taken_back_is_done_for_the_other_or_not_at_all(
    committed_cast: Cast, time: int
) -> None:
    people = committed_cast.people
    project, later = an_agreed_draft(committed_cast), an_agreed_draft(committed_cast, name="另一个项目")
    made = a_delegation(people.secretary, people.member)
    told = at_once(
        (people.member, lambda by: fresh(project).submit(by=by)), (people.secretary, lambda by: fresh(made).end(by=by))
    )
    assert told[1] == ""
    if told[0]:
        assert fresh(project).state == "draft"
    else:
        assert fresh(project).log().get().who == "王强 代 张建国"
    with pytest.raises(Refused):
        fresh(later).submit(by=fresh(people.member))


# Organisations


@AGAIN
def test_a_branch_moves_while_its_unit_moves(committed_cast: Cast, time: int) -> None:
    people, places = committed_cast.people, committed_cast.places
    a_submitted(committed_cast)
    general = Organisation.found(
        parent=places.other_unit,
        by=people.system_admin,
        kind=Kind.GENERAL_BRANCH,
        full_name="新港总支",
        short_name="新港总支",
    )

    def move(what: Organisation, to: Organisation) -> Callable[[Person], Any]:
        what = fresh(what)
        return lambda _: Restructuring.move_to(what, parent=to, reason="文", by=fresh(people.system_admin))

    told = at_once(
        (people.officer, move(places.unit, places.other_unit)),
        (people.colleague, move(places.branch, general)),
        (people.leader, move(general, places.company)),
    )
    assert not any(told), told
    the_tree_hangs_together()


@AGAIN
def test_two_units_do_not_move_below_each_other(committed_cast: Cast, time: int) -> None:
    people, places = committed_cast.people, committed_cast.places

    def move(what: Organisation, to: Organisation) -> Callable[[Person], Any]:
        return lambda _: Restructuring.move_to(
            fresh(what), parent=fresh(to), reason="文", by=fresh(people.system_admin)
        )

    told = at_once(
        (people.officer, move(places.unit, places.other_unit)), (people.colleague, move(places.other_unit, places.unit))
    )
    assert sorted(bool(text) for text in told) == [False, True]
    the_tree_hangs_together()


@AGAIN
def test_a_branch_goes_into_another_that_is_dissolved(committed_cast: Cast, time: int) -> None:
    people, places = committed_cast.people, committed_cast.places
    one, other = fresh(places.branch), fresh(places.small_branch)
    at_once(
        (people.officer, lambda _: Restructuring.dissolve(one, successor=other, reason="文", by=fresh(people.system_admin))),
        (people.colleague, lambda _: Restructuring.dissolve(other, successor=None, reason="文", by=fresh(people.system_admin))),
    )  # fmt: skip
    the_tree_hangs_together()
    assert fresh(other).has_ended


@AGAIN
def test_no_project_is_begun_at_a_branch_that_ends(committed_cast: Cast, time: int) -> None:
    people, branch = committed_cast.people, committed_cast.places.branch
    at_once(
        (people.secretary, lambda by: a_draft(committed_cast, by=by)),
        (
            people.system_admin,
            lambda by: Restructuring.dissolve(fresh(branch), successor=None, reason="文", by=by),
        ),
    )
    assert Project.objects.exists() != fresh(branch).has_ended
    the_tree_hangs_together()


@AGAIN
def test_a_project_begun_while_its_branch_moves_lies_where_the_branch_lies(committed_cast: Cast, time: int) -> None:
    people, places = committed_cast.people, committed_cast.places
    branch = fresh(places.branch)
    at_once(
        (people.secretary, lambda by: Project.draft(branch=branch, name="随支部走", by=by)),
        (
            people.system_admin,
            lambda by: Restructuring.move_to(fresh(branch), parent=places.other_unit, reason="文", by=by),
        ),
    )
    the_tree_hangs_together()


@AGAIN
@pytest.mark.parametrize("how", ["screening", "meeting"])
def test_a_project_is_decided_on_while_its_branch_is_merged(committed_cast: Cast, how: str, time: int) -> None:
    people, places = committed_cast.people, committed_cast.places
    project = a_submitted(committed_cast) if how == "screening" else a_screened(committed_cast)
    change = Restructuring.dissolve(places.branch, successor=places.small_branch, reason="文", by=people.system_admin)

    def decide(by: Person) -> None:
        mine = fresh(project)
        if how == "screening":
            mine.decide("pass", by=by, answer=True, seen=project.version)
        else:
            Meeting.record(
                places.unit, held_on=clock.today(), issue=1, attendance=attendance(),
                verdicts=[Verdict(mine, "establish", seen=project.version)], by=by,
            )  # fmt: skip

    told = at_once(
        (people.officer, decide),
        (people.colleague, lambda by: fresh(change).settle({fresh(project): places.small_branch}, by=by)),
    )
    assert sum(bool(text) for text in told) <= 1
    settled = fresh(change).state == "done"
    # Whoever came second was told; what was done stands whole.
    assert settled == (not told[1])
    assert fresh(project).branch == (places.small_branch if settled else places.branch)
    assert fresh(places.branch).has_ended == settled
    if settled:
        assert Handover.objects.get().incoming == people.small_secretary
        the_tree_hangs_together()


def test_two_workers_carry_one_move_out_once(committed_cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    people, places = committed_cast.people, committed_cast.places
    monkeypatch.setattr(restructuring, "AT_ONCE", 0)
    a_submitted(committed_cast)
    made = Restructuring.move_to(fresh(places.branch), parent=places.other_unit, reason="文", by=people.system_admin)
    at_once((people.officer, lambda _: carry_out_waiting()), (people.colleague, lambda _: carry_out_waiting()))
    assert [each.name for each in fresh(made).log()] == ["begin", "carry_out"]
    assert AuditEntry.objects.filter(action="organisation.move").count() == 1
    the_tree_hangs_together()


def test_a_worker_that_was_given_up_and_the_one_that_took_over_move_once(
    committed_cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    people, places = committed_cast.people, committed_cast.places
    monkeypatch.setattr(restructuring, "AT_ONCE", 0)
    a_submitted(committed_cast)
    made = Restructuring.move_to(fresh(places.branch), parent=places.other_unit, reason="文", by=people.system_admin)
    slow = fresh(made)
    assert slow.begin()
    with clock.fixed_at(clock.now() + timedelta(minutes=16)):
        other = Restructuring.objects.to_carry_out().get()
        assert other.begin()
    at_once((people.officer, lambda _: slow.carry_out()), (people.colleague, lambda _: other.carry_out()))
    assert fresh(made).state == "done"
    assert AuditEntry.objects.filter(action="organisation.move").count() == 1
    the_tree_hangs_together()


# Scans


def test_a_pile_read_by_a_worker_that_was_given_up_and_by_the_one_that_took_over_is_filed_once(
    committed_cast: Cast,
) -> None:
    people = committed_cast.people
    project = a_submitted(committed_cast)
    pages = scanner.sheets(papers.application_form(fresh(project)), turned=1)
    batch = a_batch([scanner.scan([*pages, scanner.without_foot(pages[0])])], people.officer, read=False)
    slow = ScanBatch.objects.take()
    with clock.fixed_at(clock.now() + timedelta(minutes=16)):
        other = ScanBatch.objects.take()
        assert ScanBatch.objects.take() is None
    assert slow is not None
    assert other is not None
    assert (slow.pk, other.attempts) == (other.pk, 2)
    assert at_once((people.officer, lambda _: slow.read()), (people.colleague, lambda _: other.read())) == ["", ""]
    held = fresh(batch)
    assert (held.state, held.reason, held.pages) == ("read", "", len(pages) + 1)
    assert (Scan.objects.get().project, held.strays.count()) == (project, 1)
    assert not Upload.objects.exists()
    told = AuditEntry.objects.filter(action__in=("scan_batch.read", "scan_batch.fail"))
    assert [entry.action for entry in told] == ["scan_batch.read"]
    # Whoever was overtaken and comes only now finds nothing to do, and does not call it a failure.
    slow.read()
    assert (fresh(batch).state, Scan.objects.count(), told.count()) == ("read", 1, 1)


# Downloads


def test_two_workers_make_each_download_once(committed_cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    people, made = committed_cast.people, []

    def make(person: Person, query: str) -> tuple[bytes, int]:
        made.append(query)
        return query.encode(), 1

    monkeypatch.setitem(download.MAKERS, "race", make)
    for number in range(download.MOST_WAITING):
        for person in (people.officer, people.colleague, people.company_officer):
            Download.ask("race", name=f"第{number}份", query=f"{person.pk}-{number}", by=person)
    at_once(
        *((person, lambda _: download.make_waiting()) for person in (people.officer, people.colleague, people.leader))
    )
    assert sorted(made) == sorted(set(made))
    assert len(made) == Download.objects.filter(state=download.State.READY, attempts=1).count() == 9
    assert Notice.objects.filter(event__startswith="download-").count() == 9
