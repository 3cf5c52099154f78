"""The scan (扫描件): a printed paper that was signed and stamped, back in the slot of its paper."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Self

from django.db import models, transaction

from dangjian.foundation import audit, clock, evidence
from dangjian.foundation.evidence import Attachment
from dangjian.foundation.lifecycle import Reason, Refused
from dangjian.papers.mark import Mark
from dangjian.papers.scanned import File
from dangjian.people.access import Ability
from dangjian.people.organisation import Organisation
from dangjian.people.person import Person
from dangjian.projects.application import Application
from dangjian.projects.briefing import Briefing
from dangjian.projects.bundle import Bundle, bundled
from dangjian.projects.handover import Handover
from dangjian.projects.meeting import Meeting
from dangjian.projects.offline import NOT_HERE, ONLY_PRINTED
from dangjian.projects.paper_kind import LETTER_KINDS, OWNERS, PAST_KINDS, PaperKind
from dangjian.projects.project import Project
from dangjian.projects.resolution import Resolution
from dangjian.projects.taking_over import STARTED_ON_PAPER


class ScanQuerySet(models.QuerySet["Scan"]):
    def visible_to(self, person: Any) -> Self:
        """Those of papers that exist for the person; a notice goes to every branch whose project it names."""
        projects = Project.objects.visible_to(person).values("pk")
        kinds: tuple[Any, ...] = (Handover, Briefing)
        others = {f"{kind._meta.model_name}__in": kind.objects.visible_to(person).values("pk") for kind in kinds}
        established = Meeting.objects.filter(resolutions__decision="establish", resolutions__project__in=projects)
        return self.filter(
            models.Q(project__in=projects)
            | models.Q(meeting__in=Meeting.objects.visible_to(person).values("pk"))
            | models.Q(kind=PaperKind.NOTICE, meeting__in=established.values("pk"))
            | models.Q(*others.items(), _connector=models.Q.OR)
        )

    def with_names(self) -> Self:
        """With what a line of a list shows, and whether there was a scan before this one."""
        named = self.select_related("project__branch", "meeting__organisation", "handover__branch", "briefing__place")
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
    same = models.Q(*((owner, models.OuterRef(owner)) for owner in OWNERS), _connector=models.Q.OR)
    return Scan.objects.filter(same, kind=models.OuterRef("kind"), pk__lt=models.OuterRef("pk"))


def _one_owner() -> models.Q:
    """Whose paper it is stands in the one column of its kind."""
    fits = models.Q()
    for kind in PaperKind:
        named = {f"{owner}__isnull": owner != kind.owner for owner in OWNERS}
        fits |= models.Q(kind=kind.value, **named)
    return fits


class Scan(models.Model):
    """One filed scan. Its attachment says who filed it and when; replaced, it stays as a record.

    Of an application that was handed in more than once the scan of the latest submission stands, whichever came last.
    """

    kind = models.CharField("文书", max_length=20, choices=PaperKind)
    project = models.ForeignKey(Project, models.PROTECT, null=True, related_name="scans", verbose_name="项目")
    meeting = models.ForeignKey(Meeting, models.PROTECT, null=True, related_name="scans", verbose_name="会议")
    handover = models.ForeignKey(Handover, models.PROTECT, null=True, related_name="scans", verbose_name="交接")
    briefing = models.ForeignKey(Briefing, models.PROTECT, null=True, related_name="scans", verbose_name="呈阅件")
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
            *(
                models.UniqueConstraint(
                    fields=["kind", owner], condition=models.Q(replaced_at=None), name=f"scan_{owner}_once_at_a_time"
                )
                for owner in OWNERS
            ),
            models.CheckConstraint(condition=_one_owner(), name="scan_of_one_owner"),
        ]

    def __str__(self) -> str:
        return str(self.slot)

    @property
    def slot(self) -> Slot:
        kind = PaperKind(self.kind)
        return Slot(kind, getattr(self, kind.owner))


Owner = Project | Meeting | Handover | Briefing


@dataclass(frozen=True)
class Slot:
    """The place for the scan of one paper."""

    kind: PaperKind
    owner: Owner

    def __str__(self) -> str:
        return f"{self.kind.label}：{self.owner}"

    @classmethod
    def of(cls, mark: Mark | None, person: Person) -> Slot | None:
        """The slot of the paper that bears the mark; None where no such paper exists for the person."""
        kind = PaperKind.lettered(mark.kind) if mark else None
        if mark is None or kind is None:
            return None
        found = _papers_of(kind, person).filter(pk=mark.number)
        # A letter that was voided takes no scans any more.
        owner = (found.filter(letter_count=mark.edition) if kind in LETTER_KINDS and mark.edition else found).first()
        is_there = owner and (kind is not PaperKind.NOTICE or owner.established().exists())
        return cls(kind, owner) if owner and is_there else None

    @staticmethod
    def is_of_void_letter(mark: Mark | None, person: Person) -> bool:
        """Whether a letter one sees bore the mark, and another has been made in its place."""
        kind = PaperKind.lettered(mark.kind) if mark else None
        if mark is None or kind not in LETTER_KINDS or mark.edition is None:
            return False
        return bool(_papers_of(kind, person).filter(pk=mark.number, letter_count__gt=mark.edition).exists())

    @classmethod
    def open_to(cls, person: Person, *, most: int = 60) -> list[Slot]:
        """What the person may file, the latest first: to choose from where a page does not say what it is."""
        latest = {PaperKind.APPLICATION: ("-changed_at", "-pk"), PaperKind.MINUTES: ("-held_on", "-pk")}
        found = []
        for kind in (PaperKind.APPLICATION, PaperKind.MINUTES, PaperKind.HANDOVER, PaperKind.BRIEFING):
            few = most if kind is PaperKind.APPLICATION else most // 2
            found += [
                cls(kind, owner) for owner in _papers_of(kind, person).order_by(*latest.get(kind, ("-pk",)))[:few]
            ]
        held = [slot.owner for slot in found if isinstance(slot.owner, Meeting)]
        named = Resolution.objects.filter(meeting__in=held, decision=Resolution.Decision.ESTABLISH)
        with_notice = set(named.values_list("meeting_id", flat=True))
        with_letter = [slot.owner for slot in found if isinstance(slot.owner, Project) and slot.owner.letter_count]
        found += [cls(kind, project) for project in with_letter for kind in LETTER_KINDS]
        projects = [slot.owner for slot in found if isinstance(slot.owner, Project)]
        found += [past for project in dict.fromkeys(projects) for past in cls.of_past(project)]
        found += [cls(PaperKind.PLAN, project) for project in dict.fromkeys(projects) if project.plan_count]
        found += [cls(PaperKind.NOTICE, meeting) for meeting in held if meeting.pk in with_notice]
        return [slot for slot in found if slot.may_be_filled_by(person)]

    @classmethod
    def of_past(cls, project: Project) -> list[Slot]:
        """The slots for what a project that was taken over had on paper: letter and plan only where it ran already."""
        kinds = PAST_KINDS if project.was_started_on_paper else PAST_KINDS[:1] if project.taken_over_at else ()
        return [cls(kind, project) for kind in kinds]

    @property
    def mark(self) -> Mark:
        """What is printed at the foot of the paper.

        An application and a plan say which submission they show, 0 before the first; a letter which of the project's it is;
        minutes whether they were printed before the last decision was noted.
        """
        edition = None
        if isinstance(self.owner, Project) and self.kind in LETTER_KINDS:
            edition = self.owner.letter_count
        elif isinstance(self.owner, Project) and self.kind is PaperKind.PLAN:
            edition = self.owner.plan_count
        elif isinstance(self.owner, Meeting) and self.kind is PaperKind.MINUTES:
            edition = self.owner.minutes_edition
        elif isinstance(self.owner, Project) and self.kind is PaperKind.APPLICATION:
            revision = self.owner.revisions.last() if self.owner.state != "draft" else None
            edition = revision.number if revision else 0
        return Mark(self.kind.letter, self.owner.pk, edition)

    @property
    def bare_mark(self) -> Mark:
        """The mark without the text that was printed, for whoever chooses the paper by hand."""
        return Mark(self.kind.letter, self.owner.pk)

    def may_be_filled_by(self, person: Person) -> bool:
        """A branch files what it applies with, its own minutes and handovers; the unit above files for all its branches.

        A 呈阅件 is filed by the handlers of the committee whose paper it is; what is managed offline by nobody.
        """
        if isinstance(self.owner, Briefing):
            return self.owner.is_handled_by(person)
        if isinstance(self.owner, Project) and self.owner.is_offline:
            return False
        return any(person.can(ability, place) for ability, place in self._rights(person))

    def _rights(self, person: Person) -> Iterator[tuple[Ability, Any]]:
        """What lets the person file here, any of it."""
        yield self.owner.recording_ability if isinstance(self.owner, Meeting) else Ability.DRAFT, self.owner
        if self.kind in PAST_KINDS:
            yield Ability.TAKE_OVER, self.owner
        # Only whoever records meetings somewhere is worth looking up the unit for.
        if person.scopes(Ability.RECORD_MEETING):
            yield Ability.RECORD_MEETING, self.owner
            yield Ability.RECORD_MEETING, _unit_of(self.owner)

    def _acted_for(self, person: Person) -> Person | None:
        """Whose right the person files by: an own one goes first."""
        if isinstance(self.owner, Briefing):
            return person.acting_for(Ability.PRESENT, self.owner, there=True)
        used = [person.acting_for(*right) for right in self._rights(person) if person.can(*right)]
        return None if None in used or not used else used[0]

    def scans(self) -> ScanQuerySet:
        """All that were filed, the latest first."""
        found = Scan.objects.filter(kind=self.kind, **{self.kind.owner: self.owner})
        return found.select_related(
            "attachment__evidence", "attachment__by", "attachment__on_behalf_of", *OWNERS, "meeting__organisation"
        )

    def own_scans(self) -> ScanQuerySet:
        """Those of the paper as it is made today: a letter made anew is another paper than the one that was voided."""
        return self.scans().filter(edition=self.mark.edition) if self.kind in LETTER_KINDS else self.scans()

    @property
    def takes_only_printed(self) -> bool:
        """Of minutes that name an offline project only what the system prints: it says no more than may stand here."""
        return self.kind is PaperKind.MINUTES and isinstance(self.owner, Meeting) and self.owner.has_offline_project

    @transaction.atomic
    def file(
        self, pdf: bytes, *, pages: int, by: Person, edition: int | None = None, batch: Any = None,
        is_marked: bool = False,
    ) -> Scan:  # fmt: skip
        """Put a scan, already cut out, into the slot; what was there before stays as a record. Raises Refused.

        Where the scan of a later submission is there already, that one goes on standing, and this one is the record.
        ``is_marked``: every page bears the mark of this paper.
        """
        if not self.may_be_filled_by(by):
            raise Refused(f"您没有归档这份{self.kind.label}扫描件的权限")
        if self.takes_only_printed and not is_marked:
            raise Refused(Reason(ONLY_PRINTED, "scans"))
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
            **{self.kind.owner: self.owner},
        )  # fmt: skip
        details = {"paper": str(self.kind), "pages": pages, "stands": not outranked}
        audit.record("scan.file", self.owner, by=by, on_behalf_of=acted_for, details=details)
        return made

    def _hold(self) -> None:
        """Whoever comes second waits here for the first, and then replaces theirs."""
        if not isinstance(self.owner, Project):
            type(self.owner)._base_manager.select_for_update().get(pk=self.owner.pk)
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
        return self.file(bundle.pdf, pages=bundle.pages, by=by, edition=edition, is_marked=bundle.is_marked)


def _papers_of(kind: PaperKind, person: Person) -> Any:
    """Whose paper of this kind exists for the person: each with what its slot asks for."""
    match kind:
        case PaperKind.APPLICATION:
            return Project.objects.visible_to(person).select_related("branch", "unit")
        case PaperKind.LETTER_FIRST | PaperKind.LETTER_SECOND:
            return Project.objects.visible_to(person).filter(letter_count__gt=0).select_related("branch", "unit")
        case PaperKind.PAST_NOTICE:
            return Project.objects.visible_to(person).exclude(taken_over_at=None).select_related("branch", "unit")
        case PaperKind.PAST_LETTER | PaperKind.PAST_PLAN:
            return Project.objects.visible_to(person).filter(STARTED_ON_PAPER).select_related("branch", "unit")
        case PaperKind.PLAN:
            return Project.objects.visible_to(person).filter(plan_count__gt=0).select_related("branch", "unit")
        case PaperKind.HANDOVER:
            return Handover.objects.visible_to(person).select_related("branch__parent")
        case PaperKind.BRIEFING:
            return Briefing.objects.visible_to(person).select_related("place")
    return Meeting.objects.visible_to(person).select_related("organisation__parent")


def _unit_of(owner: Owner) -> Organisation:
    if isinstance(owner, Project):
        return owner.unit
    if isinstance(owner, Briefing):
        return owner.place
    return (owner.organisation if isinstance(owner, Meeting) else owner.branch).unit


def with_minutes(meetings: Iterable[Meeting]) -> set[int]:
    """Which of the meetings have their signed minutes filed, as they read now."""
    filed = Scan.objects.standing().filter(kind=PaperKind.MINUTES, meeting__in=[meeting.pk for meeting in meetings])
    filed = filed.exclude(edition__lt=models.F("meeting__minutes_edition"))
    filed = filed.exclude(edition=None, attachment__at__lt=models.F("meeting__minutes_renewed_at"))
    return {pk for pk in filed.values_list("meeting_id", flat=True) if pk is not None}
