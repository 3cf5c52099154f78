"""Decisions made at the same moment, on a real PostgreSQL: SQLite would hide the mistake."""

import hashlib
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from dangjian.delivery.meeting_record import MeetingRecord
from dangjian.foundation import clock, numbering
from dangjian.foundation.evidence import Attachment
from dangjian.foundation.lifecycle import Overtaken, Refused
from dangjian.foundation.upload import PIECE, Upload
from dangjian.people.access import Role
from dangjian.people.person import Person
from dangjian.programmes.round import Round
from dangjian.programmes.scheme import source_plan_text
from dangjian.programmes.scheme_version import SchemeVersion
from dangjian.projects.briefing import Briefing
from dangjian.projects.handover import Handover
from dangjian.projects.meeting import Meeting, Verdict
from dangjian.projects.paper_kind import PaperKind
from dangjian.projects.project import Project
from dangjian.projects.scan import Scan, Slot
from dangjian.projects.taking_over import Past
from tests.cast import A_WORKING_DAY, Cast, a_briefing, a_draft, a_screened, a_submitted, an_instruction, attendance

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

PROJECTS, RIVALS = 200, 10


def _rivals(cast: Cast) -> list[Person]:
    rivals = []
    for number in range(RIVALS):
        rival = Person.enrol(name=f"干事{number}", organisation=cast.places.unit, by=cast.people.system_admin)
        rival.appoint(
            Role.UNIT_ORG_OFFICER, organisation=cast.places.unit, by=cast.people.security_admin, with_subtree=True
        )
        rivals.append(rival)
    return rivals


def _together(task, rivals: list[Person]) -> list:
    """Run ``task`` once for each rival, each in a thread and on a database connection of its own."""

    def alone(rival: Person):
        try:
            with clock.fixed_at(A_WORKING_DAY):
                return task(Person.objects.get(pk=rival.pk))
        finally:
            connection.close()

    with ThreadPoolExecutor(len(rivals)) as pool:
        return list(pool.map(alone, rivals))


@pytest.mark.clause("S-27")
def test_ten_people_decide_each_of_two_hundred_projects_and_one_wins(committed_cast: Cast) -> None:
    projects = [a_submitted(committed_cast, name=f"项目{number:03d}").pk for number in range(PROJECTS)]
    start = threading.Barrier(RIVALS, timeout=60)

    def decide_all(rival: Person) -> list[tuple[int, str]]:
        results = []
        for pk in projects:
            project = Project.objects.get(pk=pk)
            decision = "pass" if (rival.pk + pk) % 2 else "return"
            assert project.approval.current is not None
            start.wait()
            try:
                project.decide(decision, by=rival, opinion="理由", answer=True, seen=project.version)
                results.append((pk, ""))
            except Overtaken as told:
                results.append((pk, str(told)))
        return results

    answers = [answer for rival in _together(decide_all, _rivals(committed_cast)) for answer in rival]

    assert len(answers) == PROJECTS * RIVALS
    winners = Counter(pk for pk, told in answers if not told)
    assert winners == Counter(projects)
    for pk in projects:
        project = Project.objects.get(pk=pk)
        decisions = [move for move in project.log().select_related("by") if move.name != "submit"]
        assert len(decisions) == 1
        told = {text for number, text in answers if number == pk and text}
        assert all(text.startswith(f"{decisions[0].by.name}已于") for text in told)
        assert project.approval.steps.filter(state="decided", key="screening").count() == 1


@pytest.mark.clause("S-28")
def test_two_meetings_cannot_both_establish_one_project(committed_cast: Cast) -> None:
    project = a_screened(committed_cast)
    start = threading.Barrier(2, timeout=60)

    def meet(rival: Person) -> str:
        mine = Project.objects.get(pk=project.pk)
        start.wait()
        try:
            Meeting.record(
                mine.unit, held_on=clock.today(), issue=rival.pk, attendance=attendance(),
                verdicts=[Verdict(mine, "establish", seen=mine.version)], by=rival,
            )  # fmt: skip
        except Overtaken as told:
            return str(told)
        return ""

    told = _together(meet, _rivals(committed_cast)[:2])

    assert sorted(bool(text) for text in told) == [False, True]
    assert Meeting.objects.filter(organisation=committed_cast.places.unit).count() == 1
    assert Project.objects.get(pk=project.pk).number == "2022-001"


def test_numbers_taken_together_are_all_different(committed_cast: Cast) -> None:
    unit = committed_cast.places.unit

    def take_ten(rival: Person) -> list[int]:
        return [numbering.take("project", organisation=unit, year=2022) for _ in range(10)]

    taken = [number for numbers in _together(take_ten, _rivals(committed_cast)) for number in numbers]
    assert sorted(taken) == list(range(1, RIVALS * 10 + 1))


@pytest.mark.clause("S-70")
def test_workers_that_settle_together_make_one_handover(committed_cast: Cast) -> None:
    projects = [a_submitted(committed_cast, name=f"项目{number}") for number in range(3)]
    rivals = _rivals(committed_cast)
    committed_cast.people.clerk.appoint(
        Role.BRANCH_SECRETARY,
        organisation=committed_cast.places.branch,
        by=committed_cast.people.security_admin,
        starts_on=clock.today(),
    )
    start = threading.Barrier(RIVALS, timeout=60)

    def settle(rival: Person) -> int:
        start.wait()
        return len(Handover.settle())

    assert sum(_together(settle, rivals)) == 1
    assert set(Handover.objects.get().projects.all()) == set(projects)


@pytest.mark.clause("S-27")
def test_of_secretaries_who_confirm_together_one_makes_the_meeting(committed_cast: Cast) -> None:
    people, unit = committed_cast.people, committed_cast.places.unit
    text = source_plan_text().replace("  confirmation: false", "  confirmation: true")
    Round.objects.get().take_up(SchemeVersion.issue(text, by=people.company_officer), by=people.company_officer)
    project, rivals = a_screened(committed_cast), _rivals(committed_cast)
    for rival in rivals:
        rival.appoint(Role.UNIT_COMMITTEE_SECRETARY, organisation=unit, by=people.security_admin)
    record = MeetingRecord.enter(
        unit, held_on=clock.today(), issue=1, attendance=attendance(), verdicts=[Verdict(project, "establish")],
        by=people.officer,
    )  # fmt: skip
    start = threading.Barrier(RIVALS, timeout=60)

    def confirm(rival: Person) -> str:
        held = MeetingRecord.objects.get(pk=record.pk)
        start.wait()
        try:
            held.confirm(by=Person.objects.get(pk=rival.pk))
        except Overtaken:
            return "overtaken"
        return "confirmed"

    outcomes = _together(confirm, rivals)
    assert sorted(outcomes) == ["confirmed", *["overtaken"] * (RIVALS - 1)]
    assert Meeting.objects.filter(organisation=unit).count() == 1


def test_of_scans_filed_at_the_same_moment_each_is_kept_and_one_stands(committed_cast: Cast) -> None:
    project = a_submitted(committed_cast)
    rivals = _rivals(committed_cast)
    start = threading.Barrier(RIVALS, timeout=60)

    def file(rival: Person) -> None:
        slot = Slot(PaperKind.APPLICATION, Project.objects.get(pk=project.pk))
        start.wait()
        slot.file(f"%PDF-1.7 {rival.pk}".encode(), pages=1, by=rival)

    _together(file, rivals)
    assert Scan.objects.count() == RIVALS
    assert Scan.objects.standing().count() == 1


@pytest.mark.parametrize("how", ["fill", "attach", "scan"])
def test_what_is_written_while_a_project_goes_offline_never_stays_in_it(committed_cast: Cast, how: str) -> None:
    people, branch = committed_cast.people, committed_cast.places.branch
    drafts = [Project.draft(branch=branch, name=f"专项{number}", by=people.clerk).pk for number in range(20)]
    start = threading.Barrier(2, timeout=60)

    def act(rival: Person) -> int:
        done = 0
        for pk in drafts:
            project = Project.objects.get(pk=pk)
            application = project.application
            start.wait()
            try:
                if rival == people.secretary:
                    project.keep_offline(by=rival)
                elif how == "fill":
                    application.fill({"problem": "内容"}, by=rival, seen=0)
                elif how == "scan":
                    Slot(PaperKind.APPLICATION, project).file(b"%PDF-1.7", pages=1, by=rival)
                else:
                    application.attach("consultation", chunks=[b"%PDF-1.7"], name="记录.pdf", by=rival)
                done += 1
            except Refused:
                pass
        return done

    assert sum(_together(act, [people.secretary, people.clerk])) == len(drafts)
    for project in Project.objects.filter(is_offline=True):
        assert not list(project.application.written())
    assert Attachment.objects.count() == (Project.objects.filter(is_offline=False).count() if how != "fill" else 0)


def test_one_instruction_written_down_by_two_stands_once(committed_cast: Cast) -> None:
    briefing, start = a_briefing(committed_cast), threading.Barrier(2, timeout=60)

    def write_down(rival: Person) -> str:
        mine = Briefing.objects.get(pk=briefing.pk)
        start.wait()
        try:
            an_instruction(committed_cast, mine, by=rival)
        except Overtaken as told:
            return str(told)
        return ""

    told = _together(write_down, _rivals(committed_cast)[:2])
    assert sorted(bool(text) for text in told) == [False, True]
    assert briefing.instructions.count() == 1


def test_one_file_sent_from_two_tabs_at_once_is_attached_once(committed_cast: Cast) -> None:
    project, clerk = a_draft(committed_cast), committed_cast.people.clerk
    content = b"%PDF-1.7\n" + bytes(range(256)) * 4096
    facts = {"name": "记录.pdf", "size": len(content), "sha256": hashlib.sha256(content).hexdigest(), "by": clerk}
    start = threading.Barrier(2, timeout=60)

    def send(rival: Person) -> bool:
        application = Project.objects.get(pk=project.pk).application
        start.wait()
        try:
            upload = application.begin_upload("consultation", **facts)
            while not upload.is_whole:
                try:
                    upload.take(content[upload.received : upload.received + PIECE], start=upload.received)
                except Overtaken:
                    if not Upload.objects.filter(pk=upload.pk).exists():
                        return False
            application.finish_upload(upload, by=clerk)
        except Overtaken:
            return False
        return True

    done = _together(send, [clerk, committed_cast.people.secretary])
    assert sorted(done) == [False, True]
    assert project.application.files().get().evidence.file.read_bytes() == content


def test_ten_people_bring_the_same_project_in_and_it_is_there_once(committed_cast: Cast) -> None:
    start = threading.Barrier(RIVALS, timeout=60)
    round = Round.objects.get()

    def bring_in(rival: Person) -> str:
        start.wait()
        try:
            Project.take_over(
                Past("同一个项目", "2022-03", "2022-12"), branch=committed_cast.places.branch, round=round, state="running",
                source="台账", by=rival,
            )  # fmt: skip
        except Refused as refused:
            return str(refused)
        return "made"

    told = Counter(_together(bring_in, _rivals(committed_cast)))
    assert told.pop("made") == 1
    assert all("系统里已有这个项目" in reason or "刚刚补录了同一个项目" in reason for reason in told)
    assert Project.objects.get().number == "2022-001"
