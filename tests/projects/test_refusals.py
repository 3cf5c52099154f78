"""What the verbs refuse although no page offers it: an API, an import or a clever client might ask for it."""

import pytest
from django.db import DatabaseError, connection, transaction

from dangjian.foundation import clock
from dangjian.foundation.audit import AuditEntry
from dangjian.foundation.lifecycle import Refused
from dangjian.people.organisation import Kind, Organisation
from dangjian.projects.meeting import Meeting, Verdict
from dangjian.projects.project import Project
from tests.cast import Cast, attendance


def branch_meets(cast: Cast, project: Project, *decisions: str) -> Meeting:
    return Meeting.record(
        project.branch, held_on=clock.today(), issue=1, attendance=attendance(),
        verdicts=[Verdict(project, decision, "意见") for decision in decisions], by=cast.people.secretary,
    )  # fmt: skip


@pytest.mark.parametrize(("zone", "good"), [("Asia/Nowhere", False), ("America/Port-au-Prince", True)])
def test_a_time_zone_is_one_that_exists(cast: Cast, zone: str, good: bool) -> None:
    def founded() -> Organisation:
        return Organisation.found(
            parent=cast.places.unit, by=None, kind=Kind.BRANCH, full_name="境外支部", short_name="境外", time_zone=zone
        )

    if good:
        assert founded().local_zone.key == zone
        return
    with pytest.raises(Refused):
        founded()


def test_the_database_refuses_to_replace_or_empty_the_trail(cast: Cast) -> None:
    table = AuditEntry._meta.db_table
    columns = "at, 'forged', actor_id, noun, noun_id, path, details, origin"
    statement = (
        f"TRUNCATE {table}"
        if connection.vendor == "postgresql"
        else f"INSERT OR REPLACE INTO {table} SELECT id, {columns} FROM {table} WHERE id = (SELECT min(id) FROM {table})"
    )
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
