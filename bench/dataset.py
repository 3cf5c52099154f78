"""The data set: five years of a company, 10,000 projects with all that belongs to them.

Rows are made in bulk, as no verb of the product would; each project still stands where some
way through the verbs leads.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from random import Random

from django.db import connection, models, transaction

from bench import company
from bench.company import Company
from bench.journey import FATES, Journey, Meetings
from dangjian.foundation import clock
from dangjian.foundation.lifecycle import MoveLog
from dangjian.foundation.notice import Notice
from dangjian.programmes.approval import Approval, Step
from dangjian.programmes.round import Round
from dangjian.programmes.scheme import export, read, source_plan_text
from dangjian.programmes.scheme_version import SchemeVersion
from dangjian.projects.application import Application
from dangjian.projects.category import Category
from dangjian.projects.meeting import Meeting, Resolution
from dangjian.projects.project import Project
from dangjian.projects.revision import Revision
from dangjian.projects.team import TeamMember

YEARS, PROJECTS_A_YEAR = 5, 2_000
SEED = 20220815
# In the order in which rows refer to one another; an approval and its current step name each other.
TABLES: Sequence[type[models.Model]] = (
    Approval, Step, Project, Application, Category, TeamMember, Meeting, Resolution, Revision, MoveLog, Notice,
)  # fmt: skip


def build() -> None:
    """Fill an empty, migrated database. The rows are the same every time; their years end with the last August."""
    random = Random(SEED)
    with transaction.atomic():
        built = company.build(random)
        rows = _rows(built, random)
        for table in TABLES:
            table._base_manager.bulk_create(rows[table], batch_size=2_000)
    if connection.vendor == "postgresql":
        # As autovacuum does within minutes. SQLite runs without statistics, as it does in the product.
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")


def _rows(built: Company, random: Random) -> dict[type[models.Model], list[models.Model]]:
    rows: dict[type[models.Model], list[models.Model]] = {table: [] for table in TABLES}
    meetings, rounds = Meetings(), list(_rounds(built))
    past, last = [[getattr(fate, share) for fate in FATES] for share in ("in_past_years", "in_last_year")]
    for serial in range(1, YEARS * PROJECTS_A_YEAR + 1):
        held = rounds[(serial - 1) // PROJECTS_A_YEAR]
        fate = random.choices(FATES, last if held is rounds[-1] else past)[0]
        for row in Journey(built, held, serial, fate, random, meetings).rows():
            rows[type(row)].append(row)
    rows[Meeting] += meetings.all()
    return rows


def _rounds(built: Company) -> Iterator[Round]:
    """The years up to the last August that is over, each with the rules of the source plan."""
    today = clock.today()
    last = today.year if today.month > 8 else today.year - 1
    plan, by = read(source_plan_text()), built.officer_of[built.top.pk]
    for year in range(last - YEARS + 1, last + 1):
        with clock.fixed_at(datetime(year, 8, 1, 9)):
            yield Round.open(SchemeVersion.issue(export(plan.for_year(year)), by=by), by=by)
