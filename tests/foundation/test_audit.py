"""The audit trail: written with the change, refused to be rewritten, and found out where it was rewritten all the same."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from dangjian.foundation import audit, clock
from dangjian.foundation.audit import AuditEntry, AuditSeal
from tests.cast import Cast
from tests.examples import IN_ONE_DATABASE, taken_back

TRAIL = (AuditEntry, AuditSeal)


def changes(cast: Cast, count: int) -> list[AuditEntry]:
    return [
        audit.record("test.change", cast.places.unit, by=cast.people.officer, details={"number": number, "what": "改"})
        for number in range(count)
    ]


def unprotect() -> None:
    """What an intruder with the database's own rights would do first; the test's end takes it back."""
    with connection.cursor() as cursor:
        for table in (model._meta.db_table for model in TRAIL):
            if connection.vendor == "postgresql":
                cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
            else:
                cursor.execute(f"DROP TRIGGER {table}_no_update")
                cursor.execute(f"DROP TRIGGER {table}_no_delete")


# What a row says


def test_a_row_says_who_did_what_to_what_and_when(cast: Cast) -> None:
    with audit.asked_from("10.0.0.7"):
        row = audit.record("project.draft", cast.places.branch, by=cast.people.secretary, details={"name": "甲"})
    assert (row.action, row.actor_id, row.noun, row.noun_id) == (
        "project.draft", cast.people.secretary.pk, "organisation", cast.places.branch.pk,
    )  # fmt: skip
    assert (row.path, row.at, row.details, row.origin) == (
        cast.places.branch.path, clock.now(), {"name": "甲"}, "10.0.0.7",
    )  # fmt: skip


def test_what_the_system_does_by_itself_has_no_actor_and_no_address(cast: Cast) -> None:
    with audit.asked_from("10.0.0.7"):
        pass
    row = audit.record("worker.seal", None, by=None)
    assert (row.actor_id, row.noun, row.noun_id, row.origin) == (None, "", None, "")


def test_a_row_outlives_the_person_and_the_thing_it_names(cast: Cast) -> None:
    row = changes(cast, 1)[0]
    foreign = [field.name for field in AuditEntry._meta.get_fields() if field.is_relation]
    assert foreign == []
    assert AuditEntry.objects.get(pk=row.pk).actor_id == cast.people.officer.pk


def test_a_veiled_value_can_be_compared_and_not_read(settings: Any) -> None:
    veiled = audit.veiled("张建国")
    assert veiled == audit.veiled("张建国")
    assert veiled != audit.veiled("张建囯")
    assert "张" not in veiled
    settings.SECRET_KEY = "another installation"
    assert audit.veiled("张建国") != veiled


def test_a_change_that_is_taken_back_takes_its_row_back(cast: Cast) -> None:
    before = AuditEntry.objects.count()
    with taken_back():
        changes(cast, 3)
    assert AuditEntry.objects.count() == before


# The database refuses


@pytest.mark.parametrize("model", TRAIL)
def test_the_database_lets_nobody_change_a_row(cast: Cast, model: Any) -> None:
    changes(cast, 2)
    audit.seal()
    field = "action" if model is AuditEntry else "digest"
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        model.objects.filter(pk=model.objects.first().pk).update(**{field: "forged"})
    assert not model.objects.filter(**{field: "forged"}).exists()


@pytest.mark.parametrize("model", TRAIL)
def test_the_database_lets_nobody_delete_a_row(cast: Cast, model: Any) -> None:
    changes(cast, 2)
    audit.seal()
    before = model.objects.count()
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        model.objects.all().delete()
    assert model.objects.count() == before


@pytest.mark.postgres
@pytest.mark.parametrize("model", TRAIL)
def test_the_database_lets_nobody_empty_the_table(cast: Cast, model: Any) -> None:
    changes(cast, 2)
    audit.seal()
    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(f"TRUNCATE {model._meta.db_table} CASCADE")
    assert model.objects.exists()


# The chain


def test_every_row_is_sealed_once_and_the_tail_is_reported(cast: Cast) -> None:
    audit.seal()
    changes(cast, 5)
    assert (audit.verify().unsealed, audit.verify().broken_at) == (5, None)
    assert audit.seal() == 5
    assert audit.seal() == 0
    verdict = audit.verify()
    assert (verdict.sealed, verdict.unsealed, verdict.broken_at) == (AuditEntry.objects.count(), 0, None)
    assert verdict.head == AuditSeal.objects.order_by("sequence").last().digest  # type: ignore[union-attr]


def test_a_long_trail_is_sealed_part_by_part_and_read_in_batches(cast: Cast) -> None:
    audit.seal()
    row = changes(cast, 1)[0]
    AuditEntry.objects.bulk_create(AuditEntry(at=row.at, action="test.many", noun="") for _ in range(2_400))
    sealed = [audit.seal(most=1_000) for _ in range(4)]
    assert sealed == [1_000, 1_000, 401, 0]
    assert (audit.verify().broken_at, audit.verify().sealed) == (None, AuditEntry.objects.count())
    unprotect()
    last = AuditEntry.objects.order_by("pk").last()
    assert last is not None
    AuditEntry.objects.filter(pk=last.pk).update(action="test.few")
    assert audit.verify().broken_at == AuditEntry.objects.count()


def test_a_row_that_commits_after_a_later_one_is_sealed_too(cast: Cast) -> None:
    first = changes(cast, 1)[0]
    AuditEntry.objects.create(pk=first.pk + 100, at=clock.now(), action="test.quick", noun="")
    audit.seal()
    AuditEntry.objects.create(pk=first.pk + 50, at=clock.now(), action="test.slow", noun="")
    assert audit.seal() == 1
    assert (audit.verify().broken_at, audit.verify().unsealed) == (None, 0)


NAMES = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=40)
NEW_VALUES: dict[str, st.SearchStrategy[Any]] = {
    "action": NAMES,
    "actor_id": st.none() | st.integers(1, 10**9),
    "noun": NAMES,
    "noun_id": st.none() | st.integers(1, 10**9),
    "path": NAMES,
    "origin": NAMES,
    "details": st.dictionaries(NAMES, NAMES | st.integers(-(10**9), 10**9) | st.booleans(), max_size=3),
    "at": st.integers(1, 10**9).map(lambda seconds: clock.start_of(clock.today()) + timedelta(seconds=seconds)),
}


OTHERWISE: dict[str, Any] = dict.fromkeys(NEW_VALUES, "forged") | {
    "actor_id": -1,
    "noun_id": -1,
    "details": {"forged": 1},
}
PLACES = st.integers(0, 10_000)


def found_at(cast: Cast, place: int, tamper: Callable[[AuditSeal, AuditEntry], None]) -> bool:
    """Whether verify points to the place in the chain, counted around its end, where an intruder tampered with it."""
    with taken_back():
        changes(cast, 8)
        audit.seal()
        unprotect()
        link = AuditSeal.objects.get(sequence=place % AuditSeal.objects.count() + 1)
        tamper(link, AuditEntry.objects.get(pk=link.entry_id))
        return audit.verify().broken_at == link.sequence


@IN_ONE_DATABASE
@given(data=st.data(), place=PLACES, field=st.sampled_from(sorted(NEW_VALUES)))
def test_one_changed_value_is_found_at_its_row(cast: Cast, data: st.DataObject, place: int, field: str) -> None:
    value = data.draw(NEW_VALUES[field])

    def change(link: AuditSeal, row: AuditEntry) -> None:
        forged = value if value != getattr(row, field) else OTHERWISE[field]
        AuditEntry.objects.filter(pk=row.pk).update(**{field: forged})

    assert found_at(cast, place, change)


@IN_ONE_DATABASE
@given(place=PLACES)
def test_one_removed_row_is_found_at_its_place(cast: Cast, place: int) -> None:
    def remove(link: AuditSeal, row: AuditEntry) -> None:
        row.delete()

    assert found_at(cast, place, remove)


@IN_ONE_DATABASE
@given(place=PLACES)
def test_a_removed_row_is_found_even_where_its_seal_was_removed_with_it(cast: Cast, place: int) -> None:
    def remove(link: AuditSeal, row: AuditEntry) -> None:
        changes(cast, 1)
        audit.seal()  # so that the removed one is never the last
        row.delete()
        AuditSeal.objects.filter(pk=link.pk).delete()

    assert found_at(cast, place, remove)


@IN_ONE_DATABASE
@given(place=PLACES, digest=st.text("0123456789abcdef", min_size=64, max_size=64))
def test_one_changed_seal_is_found_at_its_place(cast: Cast, place: int, digest: str) -> None:
    def change(link: AuditSeal, row: AuditEntry) -> None:
        AuditSeal.objects.filter(pk=link.pk).update(digest=digest)

    assert found_at(cast, place, change)


@IN_ONE_DATABASE
@given(place=PLACES)
def test_a_row_put_in_the_place_of_another_is_found(cast: Cast, place: int) -> None:
    def replace(link: AuditSeal, row: AuditEntry) -> None:
        AuditSeal.objects.filter(pk=link.pk).update(entry_id=changes(cast, 1)[0].pk)

    assert found_at(cast, place, replace)


@pytest.mark.parametrize("sequence", [0, -5])
def test_a_seal_put_before_the_first_is_found(cast: Cast, sequence: int) -> None:
    audit.seal()
    AuditSeal.objects.create(sequence=sequence, entry_id=changes(cast, 1)[0].pk, digest="0" * 64)
    assert audit.verify().broken_at == 1


def test_a_seal_put_after_the_last_is_found(cast: Cast) -> None:
    audit.seal()
    end = AuditSeal.objects.count()
    forged = changes(cast, 1)[0]
    AuditSeal.objects.create(sequence=end + 1, entry_id=forged.pk, digest="0" * 64)
    assert audit.verify().broken_at == end + 1


def test_a_seal_that_was_renumbered_is_found(cast: Cast) -> None:
    audit.seal()
    end = AuditSeal.objects.count()
    unprotect()
    AuditSeal.objects.filter(sequence=end).update(sequence=end + 5)
    assert audit.verify().broken_at == end


def test_an_inserted_row_shows_as_unsealed_until_it_stands_at_the_end_of_the_chain(cast: Cast) -> None:
    changes(cast, 3)
    audit.seal()
    oldest = AuditEntry.objects.order_by("pk").first()
    assert oldest is not None
    AuditEntry.objects.create(pk=oldest.pk - 1, at=oldest.at, action="test.forged", noun="")
    assert (audit.verify().broken_at, audit.verify().unsealed) == (None, 1)
    audit.seal(look_back=None)  # however many rows were written since the oldest
    last = AuditSeal.objects.order_by("sequence").last()
    assert last is not None
    assert last.entry_id == oldest.pk - 1


def test_a_removed_last_seal_leaves_its_row_unsealed_and_the_head_changed(cast: Cast) -> None:
    audit.seal()
    whole = audit.verify()
    unprotect()
    AuditSeal.objects.filter(sequence=whole.sealed).delete()
    short = audit.verify()
    assert (short.sealed, short.unsealed, short.broken_at) == (whole.sealed - 1, 1, None)
    assert short.head != whole.head
