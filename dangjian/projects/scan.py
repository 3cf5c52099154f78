"""The scan (扫描件): a printed paper that was signed and stamped, back in the slot of its paper."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Self

from django.db import models, transaction

from dangjian.foundation import audit, clock, evidence
from dangjian.foundation.evidence import Attachment
from dangjian.foundation.lifecycle import Reason, Refused
from dangjian.foundation.sandbox import Unreadable
from dangjian.papers import scanned
from dangjian.papers.mark import Mark
from dangjian.papers.scanned import File, Page
from dangjian.people.access import Ability
from dangjian.people.person import Person
from dangjian.projects.application import Application
from dangjian.projects.meeting import Meeting, Resolution
from dangjian.projects.offline import NOT_HERE
from dangjian.projects.project import Project


class PaperKind(models.TextChoices):
    """The papers that are stamped."""

    APPLICATION = "application", "项目申请表"
    NOTICE = "notice", "立项通知"
    MINUTES = "minutes", "会议纪要"
    LETTER_FIRST = "letter_first", "责任书（第1份）"
    LETTER_SECOND = "letter_second", "责任书（第2份）"


_LETTERS = {
    PaperKind.APPLICATION: "A", PaperKind.NOTICE: "N", PaperKind.MINUTES: "M", PaperKind.LETTER_FIRST: "L",
    PaperKind.LETTER_SECOND: "K",
}  # fmt: skip
LETTER_KINDS = (PaperKind.LETTER_FIRST, PaperKind.LETTER_SECOND)
"""Both copies of a project's letter (S-116). Their edition says which of its letters, should one have been voided."""
OF_PROJECT = (PaperKind.APPLICATION, *LETTER_KINDS)


class ScanQuerySet(models.QuerySet["Scan"]):
    def visible_to(self, person: Any) -> Self:
        """Those of papers that exist for the person; a notice goes to every branch whose project it names."""
        projects = Project.objects.visible_to(person).values("pk")
        established = Meeting.objects.filter(resolutions__decision="establish", resolutions__project__in=projects)
        return self.filter(
            models.Q(project__in=projects)
            | models.Q(meeting__in=Meeting.objects.visible_to(person).values("pk"))
            | models.Q(kind=PaperKind.NOTICE, meeting__in=established.values("pk"))
        )

    def with_names(self) -> Self:
        """With what a line of a list shows, and whether there was a scan before this one."""
        named = self.select_related("project__branch", "meeting__organisation")
        return named.with_rank().annotate(has_earlier=models.Exists(_before()))

    def with_rank(self) -> Self:
        """With the later submission whose scan was there already when this one came: then this one never stood."""
        later = _before().filter(edition__gt=models.OuterRef("edition")).order_by("-edition")
        return self.annotate(outranked_by=models.Subquery(later.values("edition")[:1]))

    def shown_in_batch(self) -> Self:
        """Of one batch, without what a page of the same batch, added by hand, has replaced. It needs ``with_rank``."""
        return self.filter(models.Q(replaced_at=None) | models.Q(outranked_by__isnull=False))

    def standing(self) -> Self:
        """Without those that a later one replaced."""
        return self.filter(replaced_at=None)


def _before() -> ScanQuerySet:
    """The scans of the same paper that were there when another came."""
    return Scan.objects.filter(
        models.Q(project=models.OuterRef("project")) | models.Q(meeting=models.OuterRef("meeting")),
        kind=models.OuterRef("kind"), pk__lt=models.OuterRef("pk"),
    )  # fmt: skip


class Scan(models.Model):
    """One filed scan. Its attachment says who filed it and when; replaced, it stays as a record.

    Of an application that was handed in more than once the scan of the latest submission stands, whichever came last.
    """

    kind = models.CharField("文书", max_length=20, choices=PaperKind)
    project = models.ForeignKey(Project, models.PROTECT, null=True, related_name="scans", verbose_name="项目")
    meeting = models.ForeignKey(Meeting, models.PROTECT, null=True, related_name="scans", verbose_name="会议")
    edition = models.PositiveSmallIntegerField("文本", null=True)
    pages = models.PositiveSmallIntegerField("页数", null=True)
    attachment = models.OneToOneField(Attachment, models.PROTECT, related_name="+", verbose_name="附件")
    batch = models.ForeignKey(
        "dangjian.ScanBatch", models.PROTECT, null=True, related_name="scans", verbose_name="扫描批次"
    )
    replaced_at = models.DateTimeField("替换时间", null=True)
    has_earlier: bool
    """Set by ``with_names``."""
    outranked_by: int | None
    """Set by ``with_rank``."""

    objects = ScanQuerySet.as_manager()

    class Meta:
        verbose_name = "扫描件"
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "project"], condition=models.Q(replaced_at=None), name="scan_project_once_at_a_time"
            ),
            models.UniqueConstraint(
                fields=["kind", "meeting"], condition=models.Q(replaced_at=None), name="scan_meeting_once_at_a_time"
            ),
            models.CheckConstraint(
                condition=models.Q(kind__in=OF_PROJECT, project__isnull=False, meeting__isnull=True)
                | models.Q(kind__in=["notice", "minutes"], project__isnull=True, meeting__isnull=False),
                name="scan_of_project_or_meeting",
            ),
        ]

    def __str__(self) -> str:
        return str(self.slot)

    @property
    def slot(self) -> Slot:
        owner = self.project or self.meeting
        assert owner is not None
        return Slot(PaperKind(self.kind), owner)


@dataclass(frozen=True)
class Slot:
    """The place for the scan of one paper of a project or a meeting."""

    kind: PaperKind
    owner: Project | Meeting

    def __str__(self) -> str:
        if isinstance(self.owner, Project):
            return f"{self.kind.label}：{self.owner.name}"
        return f"{self.kind.label}：{self.owner}"

    @classmethod
    def of(cls, mark: Mark | None, person: Person) -> Slot | None:
        """The slot of the paper that bears the mark; None where no such paper exists for the person."""
        kind = next((kind for kind, letter in _LETTERS.items() if mark and letter == mark.kind), None)
        if mark is None or kind is None:
            return None
        if kind in OF_PROJECT:
            found = Project.objects.visible_to(person).filter(pk=mark.number).select_related("branch", "unit")
            # A letter that was voided takes no scans any more.
            found = found.filter(letter_count=mark.edition) if kind in LETTER_KINDS and mark.edition else found
            project = found.filter(letter_count__gt=0).first() if kind in LETTER_KINDS else found.first()
            return cls(kind, project) if project else None
        met = Meeting.objects.visible_to(person).filter(pk=mark.number).select_related("organisation").first()
        is_there = met and (kind is PaperKind.MINUTES or met.established().exists())
        return cls(kind, met) if met and is_there else None

    @classmethod
    def open_to(cls, person: Person, *, most: int = 60) -> list[Slot]:
        """What the person may file, the latest first: to choose from where a page does not say what it is."""
        projects = Project.objects.visible_to(person).select_related("branch", "unit").order_by("-changed_at", "-pk")
        held = Meeting.objects.visible_to(person).select_related("organisation__parent").order_by("-held_on", "-pk")
        found = [
            cls(kind, project)
            for project in projects[:most]
            for kind in (OF_PROJECT if project.letter_count else OF_PROJECT[:1])
        ]
        meetings = list(held[: most // 2])
        named = Resolution.objects.filter(meeting__in=meetings, decision=Resolution.Decision.ESTABLISH)
        with_notice = set(named.values_list("meeting_id", flat=True))
        for meeting in meetings:
            found += [cls(PaperKind.MINUTES, meeting)]
            found += [cls(PaperKind.NOTICE, meeting)] if meeting.pk in with_notice else []
        return [slot for slot in found if slot.may_be_filled_by(person)]

    @property
    def mark(self) -> Mark:
        """What is printed at the foot of the paper.

        An application says which submission it shows, 0 before the first; a letter which of the project's it is.
        """
        edition = None
        if isinstance(self.owner, Project) and self.kind in LETTER_KINDS:
            edition = self.owner.letter_count
        elif isinstance(self.owner, Project):
            revision = self.owner.revisions.last() if self.owner.state != "draft" else None
            edition = revision.number if revision else 0
        return Mark(_LETTERS[self.kind], self.owner.pk, edition)

    @property
    def bare_mark(self) -> Mark:
        """The mark without the text that was printed, for whoever chooses the paper by hand."""
        return Mark(_LETTERS[self.kind], self.owner.pk)

    def may_be_filled_by(self, person: Person) -> bool:
        """A branch files what it applies with and its own minutes; the unit above files for all its branches.

        Nobody files what is managed offline.
        """
        if isinstance(self.owner, Project) and self.owner.is_offline:
            return False
        return any(person.can(ability, place) for ability, place in self._rights(person))

    def _rights(self, person: Person) -> Iterator[tuple[Ability, Any]]:
        """What lets the person file here, any of it."""
        if isinstance(self.owner, Project):
            yield Ability.DRAFT, self.owner
            yield Ability.RECORD_MEETING, self.owner.unit
            return
        yield self.owner.recording_ability, self.owner
        # Only whoever records meetings somewhere is worth looking up the unit for.
        if person.scopes(Ability.RECORD_MEETING):
            yield Ability.RECORD_MEETING, self.owner
            yield Ability.RECORD_MEETING, self.owner.organisation.unit

    def _acted_for(self, person: Person) -> Person | None:
        """Whose right the person files by: an own one goes first."""
        used = [person.acting_for(*right) for right in self._rights(person) if person.can(*right)]
        return None if None in used or not used else used[0]

    def scans(self) -> ScanQuerySet:
        """All that were filed, the latest first."""
        which: dict[str, Any] = {"project" if isinstance(self.owner, Project) else "meeting": self.owner}
        found = Scan.objects.filter(kind=self.kind, **which)
        return found.select_related(
            "attachment__evidence", "attachment__by", "attachment__on_behalf_of", "project", "meeting__organisation"
        )

    @transaction.atomic
    def file(self, pdf: bytes, *, pages: int, by: Person, edition: int | None = None, batch: Any = None) -> Scan:
        """Put a scan, already cut out, into the slot; what was there before stays as a record. Raises Refused.

        Where the scan of a later submission is there already, that one goes on standing, and this one is the record.
        """
        if not self.may_be_filled_by(by):
            raise Refused(f"您没有归档这份{self.kind.label}扫描件的权限")
        self._hold()
        if self.kind in LETTER_KINDS:
            edition = self.mark.edition
        outranked = edition is not None and self.scans().filter(edition__gt=edition).exists()
        if not outranked:
            self.scans().standing().update(replaced_at=clock.now())
        acted_for = self._acted_for(by)
        attachment = evidence.attach(
            self.owner,
            self.kind,
            chunks=[pdf],
            name=f"{self} 盖章扫描件.pdf",
            by=by,
            field="scans",
            on_behalf_of=acted_for,
        )
        made = Scan.objects.create(
            kind=self.kind, pages=pages, edition=edition, attachment=attachment, batch=batch,
            replaced_at=clock.now() if outranked else None,
            project=self.owner if isinstance(self.owner, Project) else None,
            meeting=self.owner if isinstance(self.owner, Meeting) else None,
        )  # fmt: skip
        details = {"paper": str(self.kind), "pages": pages, "stands": not outranked}
        audit.record("scan.file", self.owner, by=by, on_behalf_of=acted_for, details=details)
        return made

    def _hold(self) -> None:
        """Whoever comes second waits here for the first, and then replaces theirs."""
        if isinstance(self.owner, Meeting):
            Meeting.objects.select_for_update().get(pk=self.owner.pk)
            return
        # The row that is claimed by whoever takes the project offline: nothing classified may stay here.
        Application.objects.select_for_update().get(project_id=self.owner.pk)
        if Project.objects.get(pk=self.owner.pk).is_offline:
            raise Refused(Reason(NOT_HERE, "scans"))

    def file_all(self, files: Sequence[File], *, by: Person) -> Scan:
        """File everything in ``files``, which were handed in for this very paper. Raises Refused at ``scans``."""
        return self.file_bundle(self.bundle(files, by=by), by=by)

    def bundle(self, files: Sequence[File], *, by: Person) -> Bundle:
        """``files`` as this paper's scan, not filed yet; it takes seconds. Raises Refused at ``scans``."""
        if not self.may_be_filled_by(by):
            raise Refused(f"您没有归档这份{self.kind.label}扫描件的权限")
        bundle, own = bundled(files), self.bare_mark
        for number, mark in bundle.marks:
            if (mark.kind, mark.number) != (own.kind, own.number):
                told = f"第 {number} 页是另一份文书（编码 {mark.code}），请核对，或到“扫描件归档”一起上传"
                raise Refused(Reason(told, "scans"))
            if self.kind in LETTER_KINDS and mark != self.mark:
                raise Refused(Reason(f"第 {number} 页是已经作废的责任书（编码 {mark.code}）", "scans"))
        return bundle

    def file_bundle(self, bundle: Bundle, *, by: Person) -> Scan:
        edition = next((mark.edition for _, mark in bundle.marks), None)
        return self.file(bundle.pdf, pages=bundle.pages, by=by, edition=edition)


@dataclass(frozen=True)
class Bundle:
    """Pages bound into one PDF without the blank ones, and the marks on them, each with the number of its page."""

    pdf: bytes
    pages: int
    marks: tuple[tuple[int, Mark], ...]


def bundled(files: Sequence[File]) -> Bundle:
    """Everything in ``files`` as one paper. It takes seconds: no transaction should wait for it. Raises Refused at ``scans``."""
    pages = read(files)
    wanted = [page for page in pages if not page.blank]
    if not wanted:
        raise Refused(Reason("文件里只有空白页，请重新扫描", "scans"))
    marks = tuple((number, mark) for number, page in enumerate(pages, start=1) for mark in marks_of(page))
    return Bundle(cut(files, [wanted])[0][0], len(wanted), marks)


def read(files: Sequence[File]) -> list[Page]:
    """The pages of what somebody uploaded. Raises Refused at ``scans``."""
    try:
        return scanned.pages(files)
    except Unreadable as wrong:
        raise Refused(Reason(str(wrong), "scans")) from wrong


def cut(
    files: Sequence[File], wanted: Sequence[Sequence[Page]], previews: Sequence[Page] = ()
) -> tuple[list[bytes], list[bytes]]:
    """As :func:`scanned.papers`. Raises Refused at ``scans``."""
    try:
        return scanned.papers(files, wanted, previews)
    except Unreadable as wrong:
        raise Refused(Reason(str(wrong), "scans")) from wrong


def marks_of(page: Page) -> list[Mark]:
    """The marks on a page; other codes, on invoices or badges, are nobody's concern."""
    return [mark for code in page.codes if (mark := Mark.scanned(code))]


def with_minutes(meetings: Iterable[Meeting]) -> set[int]:
    """Which of the meetings have their signed minutes filed."""
    filed = Scan.objects.standing().filter(kind=PaperKind.MINUTES, meeting__in=[meeting.pk for meeting in meetings])
    return {pk for pk in filed.values_list("meeting_id", flat=True) if pk is not None}
