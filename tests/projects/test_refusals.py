"""What the verbs refuse although no page offers it: an API, an import or a clever client might ask for it."""

from datetime import date

import pytest
from django.db import DatabaseError, connection, transaction

from dangjian.foundation import clock
from dangjian.foundation.audit import AuditEntry
from dangjian.foundation.lifecycle import Refused
from dangjian.people.access import Role
from dangjian.people.organisation import Kind, Organisation
from dangjian.programmes.round import Round
from dangjian.programmes.scheme import source_plan_text
from dangjian.programmes.scheme_version import SchemeVersion
from dangjian.projects.meeting import Attendance, Meeting, Verdict
from dangjian.projects.period import Period
from dangjian.projects.project import Project
from tests.cast import Cast, a_draft, a_meeting, a_screened, an_agreed_draft, attendance


def branch_meets(cast: Cast, project: Project, *decisions: str) -> Meeting:
    return Meeting.record(
        project.branch, held_on=clock.today(), issue=1, attendance=attendance(),
        verdicts=[Verdict(project, decision, "意见") for decision in decisions], by=cast.people.secretary,
    )  # fmt: skip


@pytest.mark.clause("S-30", "S-108")
@pytest.mark.parametrize("decision", ["reject", "return", "establish", "xyz", ""])
def test_a_branch_meeting_that_did_not_agree_does_not_let_the_project_be_submitted(cast: Cast, decision: str) -> None:
    project = a_draft(cast)

    def meet_and_submit() -> None:
        branch_meets(cast, project, decision)
        project.submit(by=cast.people.secretary)

    with pytest.raises(Refused):
        meet_and_submit()


@pytest.mark.clause("S-20", "S-27")
def test_a_committee_decides_only_what_waits_for_it(cast: Cast) -> None:
    project = a_screened(cast)
    both = cast.people.company_officer
    both.appoint(Role.UNIT_ORG_OFFICER, organisation=cast.places.unit, by=cast.people.security_admin)
    with pytest.raises(Refused):
        Meeting.record(
            cast.places.company, held_on=clock.today(), issue=1, attendance=attendance(),
            verdicts=[Verdict(project, "establish")], by=both,
        )  # fmt: skip


def test_one_project_stands_once_in_a_meeting(cast: Cast) -> None:
    with pytest.raises(Refused), transaction.atomic():
        branch_meets(cast, a_draft(cast), "agree", "agree")


def test_votes_are_not_negative(cast: Cast) -> None:
    project = a_screened(cast)
    with pytest.raises(Refused), transaction.atomic():
        a_meeting(cast, Verdict(project, "establish", votes_for=7, votes_against=-1))


def test_texts_longer_than_their_column_are_refused_by_the_verb(cast: Cast) -> None:
    held = Round.current()
    assert held is not None
    with pytest.raises(Refused), transaction.atomic():
        held.reopen(
            "application", cast.places.branch, closes_on=date(2022, 8, 31), reason="长" * 301, by=cast.people.officer
        )
    project = a_screened(cast)
    with pytest.raises(Refused), transaction.atomic():
        Meeting.record(
            cast.places.unit, held_on=clock.today(), issue=1, attendance=Attendance(7, 7, "长" * 41),
            verdicts=[Verdict(project, "establish")], by=cast.people.officer,
        )  # fmt: skip
    draft = a_draft(cast, name="另一个项目")
    with pytest.raises(Refused), transaction.atomic():
        draft.application.fill(
            {}, by=cast.people.secretary, seen=draft.application.edits, team=[(cast.people.member, "长" * 61)]
        )


def test_a_branch_that_has_ended_neither_drafts_nor_submits(cast: Cast) -> None:
    project = an_agreed_draft(cast)
    Organisation.objects.filter(pk=cast.places.branch.pk).update(ended_on=date(2022, 8, 20))
    with pytest.raises(Refused):
        Project.draft(
            branch=Organisation.objects.get(pk=cast.places.branch.pk), name="新题目", by=cast.people.secretary
        )
    with pytest.raises(Refused):
        Project.objects.get(pk=project.pk).submit(by=cast.people.secretary)


def test_full_width_digits_are_no_month() -> None:
    with pytest.raises(Refused):
        Period.read("\uff12\uff10\uff12\uff12-\uff10\uff18", "2022-12")


@pytest.mark.parametrize("chosen", [{"nonsense": ["x"]}])
def test_an_unknown_axis_is_refused(cast: Cast, chosen: dict[str, list[str]]) -> None:
    project = a_draft(cast)
    with pytest.raises(Refused):
        project.application.fill({}, by=cast.people.secretary, seen=1, categories=chosen)


def test_an_axis_of_one_choice_takes_one(cast: Cast) -> None:
    text = (
        source_plan_text()
        .replace("plan_year: 2022", "plan_year: 2023", 1)
        .replace("multiple: true", "multiple: false", 1)
    )
    with clock.fixed_at("2023-08-20 09:00"):
        Round.open(SchemeVersion.issue(text, by=cast.people.company_officer), by=cast.people.company_officer)
        project = a_draft(cast)
    with pytest.raises(Refused, match="只能选一项"):
        project.application.fill(
            {}, by=cast.people.secretary, seen=1, categories={"origin": ["production", "party_work"]}
        )


def test_one_person_stands_once_in_a_team(cast: Cast) -> None:
    project = a_draft(cast)
    twice = [(cast.people.member, ""), (cast.people.member, "组长")]
    with pytest.raises(Refused), transaction.atomic():
        project.application.fill({}, by=cast.people.secretary, seen=1, team=twice)


@pytest.mark.parametrize(("zone", "good"), [("Asia/Nowhere", False), ("America/Port-au-Prince", True)])
def test_a_time_zone_is_one_that_exists(cast: Cast, zone: str, good: bool) -> None:
    def founded() -> Organisation:
        return Organisation.found(
            parent=cast.places.unit,
            by=cast.people.system_admin,
            kind=Kind.BRANCH,
            full_name="境外支部",
            short_name="境外",
            time_zone=zone,
        )

    if good:
        assert founded().local_zone.key == zone
        return
    with pytest.raises(Refused):
        founded()


def test_the_database_refuses_to_replace_a_row_of_the_trail(cast: Cast) -> None:
    table = AuditEntry._meta.db_table
    columns = "at, 'forged', actor_id, noun, noun_id, path, details, origin"
    row = f"SELECT id, {columns} FROM {table} WHERE id = (SELECT min(id) FROM {table})"
    statement = (
        f"INSERT INTO {table} {row} ON CONFLICT (id) DO UPDATE SET action = 'forged'"
        if connection.vendor == "postgresql"
        else f"INSERT OR REPLACE INTO {table} {row}"
    )
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
