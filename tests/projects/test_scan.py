"""Stamped scans: a pile files itself by its marks, what is not known waits, and nobody files what is not theirs."""

from collections.abc import Sequence

import pypdfium2  # type: ignore[import-untyped]
import pytest
from PIL import Image

from dangjian.foundation import clock
from dangjian.foundation.audit import AuditEntry
from dangjian.foundation.evidence import Attachment
from dangjian.foundation.lifecycle import Overtaken, Refused
from dangjian.foundation.notice import Notice
from dangjian.foundation.upload import Upload
from dangjian.papers.scanned import File
from dangjian.people.person import Person
from dangjian.programmes.scheme import read, source_plan_text
from dangjian.projects import briefing_paper, handover_paper, papers, scan_batch
from dangjian.projects.meeting import Meeting, Verdict
from dangjian.projects.paper_kind import PaperKind
from dangjian.projects.project import Project
from dangjian.projects.scan import Scan, Slot
from dangjian.projects.scan_batch import ScanBatch, State, StrayPage, read_waiting
from tests.cast import (
    Cast,
    a_batch,
    a_briefing,
    a_draft,
    a_handover,
    a_meeting,
    a_screened,
    a_submitted,
    an_agreed_draft,
)
from tests.papers import scanner
from tests.papers.scanner import BLANK, photo, sheets, without_foot

pytestmark = pytest.mark.once

Picture = Image.Image


def form(project: Project) -> Slot:
    return Slot(PaperKind.APPLICATION, project)


def printed(project: Project, *, turned: float = 1) -> list[Picture]:
    return sheets(papers.application_form(Project.objects.get(pk=project.pk)), turned=turned)


def taken(pages: Sequence[Picture], by: Person) -> ScanBatch:
    return a_batch([scanner.scan(pages)], by)


def two_established(cast: Cast) -> tuple[Project, Project, Meeting]:
    one, other = a_screened(cast, name="节能降耗"), a_screened(cast, name="安全示范岗")
    meeting = a_meeting(cast, Verdict(one, "establish", "同意。"), Verdict(other, "establish", "同意。"))
    return Project.objects.get(pk=one.pk), Project.objects.get(pk=other.pk), meeting


def pages_of(scan: Scan) -> int:
    return len(pypdfium2.PdfDocument(scan.attachment.evidence.file))


# What is printed


def test_a_blank_form_and_the_plan_s_own_form_bear_no_mark(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    project = a_submitted(cast)
    assert papers.blank_application_form(project.rules).mark is None
    strict = read(source_plan_text().replace("strict_form: false", "strict_form: true"))
    monkeypatch.setattr(Project, "rules", property(lambda self: strict))
    assert papers.application_form(project).mark is None


def test_the_mark_tells_which_submission_was_printed(cast: Cast) -> None:
    project = an_agreed_draft(cast)
    editions = [form(project).mark.edition]
    project.submit(by=cast.people.secretary)
    editions.append(form(project).mark.edition)
    project.decide("return", by=cast.people.officer, opinion="请量化")
    editions.append(form(project).mark.edition)
    project.submit(by=cast.people.secretary)
    editions.append(form(project).mark.edition)
    assert editions == [0, 1, 0, 2]


def test_of_an_offline_project_no_scan_is_kept(cast: Cast) -> None:
    people = cast.people
    project = Project.draft(branch=cast.places.branch, name="专项任务一", by=people.clerk)
    stale = form(Project.objects.select_related("branch", "unit").get(pk=project.pk))
    project.keep_offline(by=people.clerk)
    project = Project.objects.get(pk=project.pk)
    assert papers.application_form(project).mark is None
    assert not form(project).may_be_filled_by(people.clerk)
    assert not form(project).may_be_filled_by(people.officer)
    with pytest.raises(Refused, match="线下管理的项目不在系统内填写具体内容、上传文件"):
        stale.file(b"%PDF-", pages=1, by=people.clerk)


def test_a_project_whose_scan_is_filed_does_not_go_offline(cast: Cast) -> None:
    project = Project.draft(branch=cast.places.branch, name="专项任务一", by=cast.people.clerk)
    form(project).file(b"%PDF-", pages=1, by=cast.people.clerk)
    with pytest.raises(Refused, match="盖章扫描件已经归档"):
        project.keep_offline(by=cast.people.clerk)


# A pile


def test_a_pile_of_pages_files_itself_to_projects_and_meeting(cast: Cast) -> None:
    one, other, meeting = two_established(cast)
    minutes = sheets(papers.minutes(meeting, Project.objects.all()), turned=178)
    notice = sheets(papers.establishment_notice(meeting))
    batch = taken([*printed(other), BLANK, *minutes, *notice, *printed(one)], cast.people.officer)
    filed = {(scan.kind, str(scan.slot.owner)): pages_of(scan) for scan in batch.scans.all()}
    assert filed == {
        ("application", "节能降耗"): 1,
        ("application", "安全示范岗"): 1,
        ("minutes", str(meeting)): 1,
        ("notice", str(meeting)): 1,
    }
    assert (batch.pages, batch.blanks, batch.strays.count()) == (5, 1, 0)
    assert {scan.edition for scan in batch.scans.filter(kind="application")} == {1}
    assert AuditEntry.objects.filter(action="scan.file").count() == 4


def test_handovers_and_papers_for_a_leader_file_themselves_too(cast: Cast) -> None:
    project = Project.objects.get(pk=a_screened(cast).pk)
    handover, briefing = a_handover(cast, project), a_briefing(cast, project)
    pages = [
        *sheets(handover_paper.sheet(handover, handover.projects.all())), *sheets(briefing_paper.printed(briefing)),
    ]  # fmt: skip
    batch = taken(pages, cast.people.officer)
    assert {(scan.kind, scan.slot.owner) for scan in batch.scans.all()} == {
        ("handover", handover), ("briefing", briefing),
    }  # fmt: skip
    assert taken(pages, cast.people.clerk).strays.count() == 1


def test_photos_of_a_phone_are_filed_too(cast: Cast) -> None:
    one, other, _ = two_established(cast)
    files = [photo(printed(project, turned=0)[0], f"IMG_{project.pk}.jpg") for project in (one, other)]
    batch = a_batch(files, cast.people.officer)
    assert {scan.project for scan in batch.scans.all()} == {one, other}


def test_pages_of_one_paper_come_together_wherever_they_lay(cast: Cast) -> None:
    long = a_submitted(cast, measures="党员骨干分片包干，逐台设备测算能耗并建立台账，每周例会通报进度。" * 30)
    other = a_submitted(cast, name="安全示范岗")
    first, second, *rest = printed(long)
    batch = taken([first, *printed(other), second, *rest], cast.people.officer)
    assert [pages_of(scan) for scan in batch.scans.order_by("kind", "project_id")] == [2 + len(rest), 1]


def test_a_page_without_a_mark_goes_along_only_between_two_of_its_paper(cast: Cast) -> None:
    one, other = a_submitted(cast, name="一"), a_submitted(cast, name="二")
    [page], [foreign] = printed(one), printed(other)
    torn = without_foot(page)
    batch = taken([page, torn, page, torn, foreign], cast.people.officer)
    assert {scan.project.name: pages_of(scan) for scan in batch.scans.all() if scan.project} == {"一": 3, "二": 1}
    [stray] = batch.strays.all()
    assert (stray.number, stray.guess) == (4, form(one).bare_mark.code)


def test_of_two_submissions_in_one_pile_the_later_stands(cast: Cast) -> None:
    project = a_submitted(cast)
    old = printed(project)
    project.decide("return", by=cast.people.officer, opinion="请量化")
    project.submit(by=cast.people.secretary)
    batch = taken([*printed(project), *old], cast.people.secretary)
    assert [scan.edition for scan in form(project).scans()] == [2, 1]
    assert batch.scans.standing().get().edition == 2


@pytest.mark.parametrize(
    ("file", "reason"),
    [
        (File("坏.pdf", b"%PDF-1.7 nothing"), "文件“坏.pdf”已损坏，请重新扫描后再传"),
        (scanner.scan([BLANK]), "文件里只有空白页，请重新扫描"),
    ],
)
def test_a_file_that_cannot_be_read_files_nothing_and_says_why(cast: Cast, file: File, reason: str) -> None:
    project = a_submitted(cast)
    batch = a_batch([scanner.scan(printed(project)), file] if file.size < 100 else [file], cast.people.secretary)
    assert (batch.state, batch.reason) == (State.FAILED, reason)
    assert not Scan.objects.exists()
    assert not Attachment.objects.exists()
    assert not Upload.objects.exists()


@pytest.mark.parametrize("file", [File("空.pdf", b""), File("表.docx", b"PK\x03\x04")])
def test_what_is_no_scan_is_refused_before_it_is_handed_in(cast: Cast, file: File) -> None:
    with pytest.raises(Refused):
        a_batch([file], cast.people.secretary)
    assert not ScanBatch.objects.exists()


# The worker


def test_a_batch_waits_for_the_worker_who_reads_each_once_and_lets_the_files_go(cast: Cast) -> None:
    project = a_submitted(cast)
    batch = a_batch([scanner.scan(printed(project))], cast.people.secretary, read=False)
    assert batch.state == State.QUEUED
    assert not Scan.objects.exists()
    assert read_waiting() == 1
    assert read_waiting() == 0
    batch.refresh_from_db()
    assert (batch.state, batch.pages) == (State.READ, 1)
    assert Scan.objects.count() == 1
    assert not Upload.objects.exists()


def test_a_worker_that_was_overtaken_files_nothing(cast: Cast) -> None:
    project = a_submitted(cast)
    a_batch([scanner.scan(printed(project))], cast.people.secretary, read=False)
    slow = ScanBatch.objects.select_related("by").take()
    assert slow is not None
    assert read_waiting() == 0
    files = slow._files()
    kept = [File(file.name, file.file.read_bytes()) for file in files]
    with clock.fixed_at("2022-08-24 09:16"):
        assert read_waiting() == 1
        slow._file(kept)
    assert Scan.objects.count() == 1


def test_a_batch_that_kills_its_workers_is_given_up_and_its_owner_told(cast: Cast) -> None:
    batch = a_batch([scanner.scan(printed(a_submitted(cast)))], cast.people.secretary, read=False)
    ScanBatch.objects.filter(pk=batch.pk).update(attempts=3, started_at=clock.now())
    with clock.fixed_at("2022-08-24 10:00"):
        read_waiting()
    batch.refresh_from_db()
    assert (batch.state, batch.reason[:8]) == (State.FAILED, "几次都没有识别成")
    told = Notice.objects.visible_to(cast.people.secretary).order_by("-pk")[0].text
    assert told.startswith("09:00上传的扫描件没有识别成：几次都没有识别成")


def test_five_batches_of_one_person_may_wait(cast: Cast) -> None:
    for number in range(5):
        a_batch([File("a.pdf", b"%%PDF-1.7 %d" % number)], cast.people.clerk, read=False)
    with pytest.raises(Refused, match="您已有 5 批正在识别"):
        a_batch([File("a.pdf", b"%PDF-1.7 more")], cast.people.clerk, read=False)


# Who may


def test_the_mark_of_a_paper_that_is_not_one_s_own_is_no_mark(cast: Cast) -> None:
    own = a_submitted(cast)
    foreign = a_submitted(cast, cast.places.foreign_branch, cast.people.foreign_secretary, name="别处的项目")
    batch = taken([*printed(own), *printed(foreign)], cast.people.secretary)
    assert batch.scans.get().project == own
    [stray] = batch.strays.all()
    assert stray.guess == ""
    with pytest.raises(Refused, match="没有编码为"):
        batch.settle({stray.pk: form(foreign).bare_mark.code}, [], by=cast.people.secretary)
    assert not form(foreign).scans().exists()


def test_who_may_file_which_paper(cast: Cast) -> None:
    established, _, meeting = two_established(cast)
    draft = a_draft(cast, name="草稿")
    branch_meeting = Meeting.objects.filter(organisation=cast.places.branch).first()
    assert branch_meeting is not None
    slots = {
        "form": form(established), "draft": form(draft), "notice": Slot(PaperKind.NOTICE, meeting),
        "minutes": Slot(PaperKind.MINUTES, meeting), "own minutes": Slot(PaperKind.MINUTES, branch_meeting),
    }  # fmt: skip
    may = {
        who: {name for name, slot in slots.items() if slot.may_be_filled_by(getattr(cast.people, who))}
        for who in ("secretary", "clerk", "member", "small_secretary", "officer", "foreign_officer", "leader", "staff")
    }
    branch = {"form", "draft", "own minutes"}
    nobody: set[str] = set()
    assert may == {
        "secretary": branch, "clerk": branch, "member": nobody, "small_secretary": nobody, "officer": set(slots),
        "foreign_officer": nobody, "leader": nobody, "staff": nobody,
    }  # fmt: skip
    with pytest.raises(Refused, match="没有归档这份立项通知扫描件的权限"):
        slots["notice"].file(b"%PDF-", pages=1, by=cast.people.secretary)
    with pytest.raises(Refused, match="没有归档扫描件的权限"):
        ScanBatch.hand_in([], by=cast.people.leader)


def test_a_notice_reaches_the_branches_that_it_names_and_minutes_do_not(cast: Cast) -> None:
    _, _, meeting = two_established(cast)
    for kind in (PaperKind.NOTICE, PaperKind.MINUTES):
        sheet = sheets(papers.establishment_notice(meeting))
        Slot(kind, meeting).file(b"%PDF-", pages=len(sheet), by=cast.people.officer)
    seen = {
        who: {scan.kind for scan in Scan.objects.visible_to(getattr(cast.people, who))}
        for who in ("secretary", "small_secretary", "officer", "foreign_officer", "leader", "staff")
    }
    both: set[str] = {"notice", "minutes"}
    assert seen == {
        "secretary": {"notice"}, "small_secretary": set(), "officer": both, "foreign_officer": set(),
        "leader": both, "staff": set(),
    }  # fmt: skip


def test_one_may_choose_from_what_one_may_file(cast: Cast) -> None:
    one, other, meeting = two_established(cast)
    a_submitted(cast, cast.places.foreign_branch, cast.people.foreign_secretary, name="别处的项目")
    offered = Slot.open_to(cast.people.officer)
    assert {form(one), form(other), Slot(PaperKind.NOTICE, meeting), Slot(PaperKind.MINUTES, meeting)} <= set(offered)
    assert not [slot for slot in offered if "别处" in str(slot)]
    assert Slot(PaperKind.NOTICE, meeting) not in Slot.open_to(cast.people.secretary)


# The slot of one paper


def test_a_later_scan_replaces_the_standing_one_and_keeps_it(cast: Cast) -> None:
    slot = form(a_submitted(cast))
    first = slot.file_all([scanner.scan(printed(slot.owner))], by=cast.people.clerk)  # type: ignore[arg-type]
    second = slot.file_all([scanner.scan(printed(slot.owner))], by=cast.people.officer)  # type: ignore[arg-type]
    first.refresh_from_db()
    assert first.replaced_at == clock.now()
    assert list(slot.scans()) == [second, first]
    assert list(slot.scans().standing()) == [second]
    assert [scan.attachment.by.name for scan in slot.scans()] == ["陈静", "李敏"]


def test_the_slot_takes_a_paper_without_marks_but_none_of_another(cast: Cast) -> None:
    slot, other = form(a_submitted(cast)), a_submitted(cast, name="安全示范岗")
    page = printed(slot.owner)[0]  # type: ignore[arg-type]
    with pytest.raises(Refused, match="第 2 页是另一份文书（编码 A"):
        slot.file_all([scanner.scan([page, *printed(other)])], by=cast.people.clerk)
    assert not Scan.objects.exists()
    made = slot.file_all([scanner.scan([without_foot(page), BLANK, without_foot(page)])], by=cast.people.clerk)
    assert (made.pages, pages_of(made), made.edition) == (2, 2, None)


# Pages that no paper claimed


def a_batch_with_strays(cast: Cast) -> tuple[Project, ScanBatch, list[StrayPage]]:
    """One page that was filed, and two of the same paper whose foot is torn off."""
    project = a_submitted(cast)
    [page] = printed(project)
    batch = taken([page, without_foot(page), without_foot(page)], cast.people.secretary)
    return project, batch, list(batch.strays.all())


def test_pages_chosen_by_hand_go_behind_what_the_batch_has_filed(cast: Cast) -> None:
    project, batch, (second, third) = a_batch_with_strays(cast)
    code = form(project).bare_mark.code
    batch.settle({third.pk: code.lower(), second.pk: code}, [], by=cast.people.secretary)
    standing = form(project).scans().standing().get()
    assert (standing.pages, pages_of(standing), standing.edition, standing.batch) == (3, 3, 1, batch)
    assert not StrayPage.objects.exists()
    assert not Attachment.objects.filter(noun="scanbatch").exists()


def test_a_page_may_be_dropped_and_others_left_for_later(cast: Cast) -> None:
    _, batch, (second, third) = a_batch_with_strays(cast)
    batch.settle({}, [second.pk], by=cast.people.secretary)
    assert list(batch.strays.all()) == [third]
    with pytest.raises(Overtaken):
        batch.settle({}, [second.pk], by=cast.people.secretary)


def test_one_wrong_code_files_none_of_the_pages(cast: Cast) -> None:
    project, batch, (second, third) = a_batch_with_strays(cast)
    with pytest.raises(Refused) as refused:
        batch.settle({second.pk: form(project).bare_mark.code, third.pk: "A1-1"}, [], by=cast.people.secretary)
    assert [reason.field for reason in refused.value.reasons] == [f"page-{third.pk}"]
    assert batch.strays.count() == 2
    assert form(project).scans().count() == 1


def test_what_nobody_claimed_is_seen_and_settled_by_its_uploader_alone(cast: Cast) -> None:
    _, batch, (second, _) = a_batch_with_strays(cast)
    assert list(ScanBatch.objects.visible_to(cast.people.secretary).unfinished()) == [batch]
    assert not ScanBatch.objects.visible_to(cast.people.officer).exists()
    with pytest.raises(Refused, match="本人上传"):
        batch.settle({}, [second.pk], by=cast.people.officer)


def test_filing_is_for_those_who_have_papers_to_file(cast: Cast) -> None:
    people = cast.people
    may = {who for who, person in vars(people).items() if scan_batch.may_file(person)}
    assert may == {
        "secretary", "clerk", "small_secretary", "foreign_secretary", "direct_secretary", "officer", "colleague",
        "foreign_officer", "company_officer",
    }  # fmt: skip
