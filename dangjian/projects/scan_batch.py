"""The scan batch (扫描批次): pages handed in together, each filed by its mark; the others wait for a hand.

Reading takes seconds to minutes, so the worker does it; whoever handed the pages in need not wait.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, Self

from django.db import models, transaction

from dangjian.foundation import audit, clock, evidence, notice
from dangjian.foundation.evidence import Attachment
from dangjian.foundation.lease import Leased, LeasedQuerySet
from dangjian.foundation.lifecycle import Overtaken, Reason, Refused
from dangjian.foundation.upload import Upload
from dangjian.papers import scanned
from dangjian.papers.mark import Mark
from dangjian.papers.scanned import File, Page
from dangjian.people.access import Ability
from dangjian.people.person import Person
from dangjian.projects import bundle
from dangjian.projects.bundle import Bundle
from dangjian.projects.scan import Slot

VOID_LETTER = "该责任书已作废，不再归档"
_SETTLED = "有的页刚刚已经办理，请刷新后再看"
FILERS = (Ability.DRAFT, Ability.RECORD_BRANCH_OPINION, Ability.RECORD_MEETING, Ability.PRESENT)
"""Rights with which one has papers to file."""
MOST_WAITING = 5  # batches of one person
PATIENCE = timedelta(minutes=1)
"""Whoever handed a batch in looks at its page for about so long."""

log = logging.getLogger(__name__)


def may_file(person: Person) -> bool:
    return any(person.scopes(ability) for ability in FILERS)


def may_send(person: Person) -> bool:
    """Whether any form of theirs takes files; the verb of the form asks for the right itself."""
    return any(person.scopes(ability) for ability in (*FILERS, Ability.CARRY_OUT))


class State(models.TextChoices):
    QUEUED = "queued", "识别中"
    READ = "read", "已识别"
    FAILED = "failed", "没有识别成"


class ScanBatchQuerySet(LeasedQuerySet["ScanBatch"]):
    def visible_to(self, person: Any) -> Self:
        """Of whoever handed it in: a page that no paper claims may show anything."""
        return self.filter(by_id=person.pk)

    def unfinished(self) -> Self:
        """What is being read, and what has pages that wait for a hand."""
        counted = self.annotate(waiting_pages=models.Count("strays"))
        return counted.filter(models.Q(state=State.QUEUED) | models.Q(waiting_pages__gt=0)).order_by("-pk")


class ScanBatch(Leased):
    """One upload. Its files are kept until they are read, and no longer."""

    by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="上传人")
    state = models.CharField("状态", max_length=20, choices=State, default=State.QUEUED)
    reason = models.CharField("没有识别成的原因", max_length=200, blank=True)
    pages = models.PositiveSmallIntegerField("页数", default=0)
    blanks = models.PositiveSmallIntegerField("空白页数", default=0)
    waiting_pages: int
    """How many pages wait for a hand; set by ``unfinished``."""

    objects = ScanBatchQuerySet.as_manager()

    class Meta:
        verbose_name = "扫描批次"
        ordering = ["-pk"]
        indexes = [models.Index(fields=["state", "asked_at"], name="scan_batch_queue")]

    def __str__(self) -> str:
        return f"扫描批次 {self.pk}"

    # Verbs

    @classmethod
    @transaction.atomic
    def hand_in(cls, files: Sequence[Upload], *, by: Person) -> ScanBatch:
        """Put files, come whole, into the queue. Raises Refused at ``scans``."""
        if not may_file(by):
            raise Refused("您没有归档扫描件的权限")
        if not files:
            raise Refused(Reason("请选择文件", "scans"))
        if sum(file.size for file in files) > scanned.MOST_BYTES:
            raise Refused(Reason(scanned.TOO_MUCH, "scans"))
        if cls.objects.visible_to(by).filter(state=State.QUEUED).count() >= MOST_WAITING:
            raise Refused(Reason(f"您已有 {MOST_WAITING} 批正在识别，请稍等再传", "scans"))
        batch = cls.objects.create(by=by, asked_at=clock.now())
        for file in files:
            file.move_to(batch)
        audit.record("scan_batch.hand_in", batch, by=by, details={"files": len(files)})
        return batch

    def read(self) -> None:
        """File every page that knows its paper and keep the others for a hand, or say why it cannot be. For the worker.

        Every page of a paper bears its mark. One without stands between two of the same paper, or it waits.
        """
        files = [File(one.name, one.file) for one in self._files()]
        try:
            if self.is_given_up:
                raise Refused("几次都没有识别成，请分成几批再传，或联系系统管理员")
            if not files:
                raise Refused("文件已过保存期，请重新上传")
            self._file(files)
        except Refused as refused:
            self._fail(str(refused))
        except Exception:
            # One that cannot be read must not keep the others waiting.
            log.exception("scan batch %s failed", self.pk)
            self._fail("系统出了问题，请稍后再传，或联系系统管理员")

    def settle(self, chosen: Mapping[int, str], dropped: Sequence[int], *, by: Person) -> None:
        """File waiting pages by hand (page → code of the paper) and drop others, or do nothing at all.

        Pages that go to one paper make one scan, in their order, after what this batch has filed there already.
        Raises Refused, a reason about one page at ``page-<page>``.
        """
        if by.pk != self.by_id:
            raise Refused("只能办理本人上传的扫描件")
        strays = {stray.pk: stray for stray in self.strays.select_related("page__evidence")}
        settled = {*chosen, *dropped}
        if not settled <= set(strays):
            raise Overtaken(_SETTLED)
        ready = [(slot, *self._bound(slot, pages)) for slot, pages in self._wanted(chosen, strays, by).items()]
        with transaction.atomic():
            # Whoever comes second, in another window, waits here for the first.
            ScanBatch.objects.select_for_update().get(pk=self.pk)
            if self.strays.filter(pk__in=settled).count() < len(settled):
                raise Overtaken(_SETTLED)
            for slot, bound, edition in ready:
                slot.file(bound.pdf, pages=bound.pages, by=by, edition=edition, batch=self, is_marked=bound.is_marked)
            for pk in settled:
                strays[pk].forget()
            audit.record("scan_batch.settle", self, by=by, details={"filed": len(chosen), "dropped": len(dropped)})

    # Private

    def _files(self) -> models.QuerySet[Upload]:
        return Upload.objects.of(self).order_by("pk")

    def _file(self, files: Sequence[File]) -> None:
        pages = bundle.read(files)
        found = _Sorting(pages, self.by)
        groups, strays = found.groups, found.strays
        if not groups and not strays:
            raise Refused("文件里只有空白页，请重新扫描")
        pdfs, previews = bundle.cut(files, [*groups.values(), *([page] for page in strays)], strays)
        with transaction.atomic():
            if not self.settle_as(State.READ, pages=len(pages), blanks=found.blanks):
                return
            for ((slot, edition), own), pdf in zip(groups.items(), pdfs, strict=False):
                slot.file(
                    pdf, pages=len(own), by=self.by, edition=edition, batch=self,
                    is_marked=all(page.codes for page in own),
                )  # fmt: skip
            for page, pdf, preview in zip(strays, pdfs[len(groups) :], previews, strict=True):
                self._keep(page, pages.index(page) + 1, pdf, preview, guess=found.guess(page))
            told = f"共 {len(pages)} 页，归档 {sum(map(len, groups.values()))} 页"
            self._close(f"{told}，{len(strays)} 页没有认出，请办理" if strays else told)
            audit.record("scan_batch.read", self, by=self.by, details={"pages": len(pages), "strays": len(strays)})

    @transaction.atomic
    def _fail(self, reason: str) -> None:
        if self.settle_as(State.FAILED, reason=reason[:200]):
            self._close(f"没有识别成：{reason}")
            audit.record("scan_batch.fail", self, by=self.by, details={})

    def _close(self, told: str) -> None:
        """The files go; whoever will hardly be waiting at the page any more is told."""
        for file in self._files():
            file.drop()
        if clock.now() - self.asked_at > PATIENCE:
            text = f"{clock.local(self.asked_at):%H:%M}上传的扫描件{told}"
            notice.tell([self.by], event=f"scan-batch-{self.pk}", text=text, about=self)

    def _wanted(
        self, chosen: Mapping[int, str], strays: Mapping[int, StrayPage], by: Person
    ) -> dict[Slot, list[StrayPage]]:
        """Where each chosen page goes, the pages of a paper in their order."""
        wanted: dict[Slot, list[StrayPage]] = {}
        reasons = []
        for pk in sorted(chosen, key=lambda pk: strays[pk].number):
            mark = Mark.of(chosen[pk])
            slot = Slot.of(mark, by)
            if slot is not None and slot.may_be_filled_by(by):
                wanted.setdefault(slot, []).append(strays[pk])
            elif Slot.is_of_void_letter(mark, by):
                reasons.append(Reason(VOID_LETTER, f"page-{pk}"))
            else:
                reasons.append(Reason(f"没有编码为“{chosen[pk][:20]}”的文书，或不由您归档，请核对", f"page-{pk}"))
        if reasons:
            raise Refused(*reasons)
        return wanted

    def _bound(self, slot: Slot, strays: Sequence[StrayPage]) -> tuple[Bundle, int | None]:
        """The pages after what this batch has filed for the same paper, with the text that was printed there."""
        earlier = slot.scans().filter(batch=self).first()
        kept = [earlier.attachment] if earlier else []
        kept += [stray.page for stray in strays]
        bound = bundle.bundled([File(one.name, one.evidence.file) for one in kept])
        return bound, earlier.edition if earlier else None

    def _keep(self, page: Page, number: int, pdf: bytes, preview: bytes, *, guess: str) -> None:
        name = f"第{number}页"
        StrayPage.objects.create(
            batch=self, number=number, guess=guess,
            page=evidence.attach(self, "page", chunks=[pdf], name=f"{name}.pdf", by=self.by),
            preview=evidence.attach(self, "preview", chunks=[preview], name=f"{name}.jpg", by=self.by),
        )  # fmt: skip


class StrayPage(models.Model):
    """A page that no paper claimed, until it is filed by hand or dropped."""

    batch = models.ForeignKey(ScanBatch, models.CASCADE, related_name="strays", verbose_name="扫描批次")
    number = models.PositiveSmallIntegerField("第几页")
    guess = models.CharField("可能的文书", max_length=20, blank=True)
    """The code of the paper before it."""
    page = models.OneToOneField(Attachment, models.PROTECT, related_name="+", verbose_name="页面")
    preview = models.OneToOneField(Attachment, models.PROTECT, related_name="+", verbose_name="缩略图")

    class Meta:
        verbose_name = "待认领页"
        ordering = ["batch", "number"]

    def __str__(self) -> str:
        return f"第 {self.number} 页"

    def forget(self) -> None:
        """Filed or dropped, it waits no longer."""
        self.delete()
        Attachment.objects.filter(pk__in=[self.page_id, self.preview_id]).delete()


class _Sorting:
    """Which page goes where, for one person."""

    def __init__(self, pages: Sequence[Page], by: Person) -> None:
        self.by = by
        self._known: dict[Mark, Slot | None] = {}
        marks = [self._mark(page) for page in pages]
        self.groups: dict[tuple[Slot, int | None], list[Page]] = {}
        self.strays: list[Page] = []
        self.blanks = 0
        self._before: dict[Page, Mark | None] = {}
        last: Mark | None = None
        for at, (page, mark) in enumerate(zip(pages, marks, strict=True)):
            if mark is None and not page.blank and not page.codes and last is not None:
                following = next(
                    (m for p, m in zip(pages[at + 1 :], marks[at + 1 :], strict=True) if m or p.codes), None
                )
                mark = last if following == last and not self._takes_only_printed(last) else None
            slot = self._known.get(mark) if mark else None
            if mark and slot:
                self.groups.setdefault((slot, mark.edition), []).append(page)
                last = mark
            elif page.blank:
                self.blanks += 1
            else:
                self.strays.append(page)
                self._before[page] = last
        # Of two submissions of one application the later is filed last: a page added by hand goes behind it.
        self.groups = dict(sorted(self.groups.items(), key=lambda group: group[0][1] or 0))

    def _takes_only_printed(self, mark: Mark) -> bool:
        slot = self._known.get(mark)
        return slot is not None and slot.takes_only_printed

    def guess(self, page: Page) -> str:
        """A page without any code most likely belongs to the paper before it; one of a void letter says so itself."""
        own = next(iter(bundle.marks_of(page)), None)
        if own is not None and Slot.is_of_void_letter(own, self.by):
            return own.code
        before = self._before[page]
        slot = self._known.get(before) if before and not page.codes else None
        return slot.bare_mark.code if slot else ""

    def _mark(self, page: Page) -> Mark | None:
        """The one mark on the page, if the person may file its paper."""
        found = set(bundle.marks_of(page))
        if len(found) != 1:
            return None
        mark = found.pop()
        if mark not in self._known:
            slot = Slot.of(mark, self.by)
            self._known[mark] = slot if slot and slot.may_be_filled_by(self.by) else None
        return mark if self._known[mark] else None


def read_waiting() -> int:
    """Read what was handed in, in the order it came; how many batches. For the worker."""
    done = 0
    while (batch := ScanBatch.objects.select_related("by").take()) is not None:
        batch.read()
        done += 1
    return done
