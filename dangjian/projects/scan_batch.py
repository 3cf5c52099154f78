"""The scan batch (扫描批次): pages handed in together, each filed by its mark; the others wait for a hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Self

from django.db import models, transaction

from dangjian.foundation import audit, clock, evidence
from dangjian.foundation.evidence import Attachment
from dangjian.foundation.lifecycle import Overtaken, Reason, Refused
from dangjian.papers.mark import Mark
from dangjian.papers.scanned import File, Page
from dangjian.people.access import Ability
from dangjian.people.person import Person
from dangjian.projects import scan
from dangjian.projects.scan import Bundle, Slot

_SETTLED = "有的页刚刚已经办理，请刷新后再看"
FILERS = (Ability.DRAFT, Ability.RECORD_BRANCH_OPINION, Ability.RECORD_MEETING)
"""Rights with which one has papers to file."""


def may_file(person: Person) -> bool:
    return any(person.scopes(ability) for ability in FILERS)


class ScanBatchQuerySet(models.QuerySet["ScanBatch"]):
    def visible_to(self, person: Any) -> Self:
        """Of whoever handed it in: a page that no paper claims may show anything."""
        return self.filter(by_id=person.pk)

    def with_strays(self) -> Self:
        return self.annotate(waiting=models.Count("strays")).filter(waiting__gt=0)


class ScanBatch(models.Model):
    """One upload."""

    by = models.ForeignKey(Person, models.PROTECT, related_name="+", verbose_name="上传人")
    at = models.DateTimeField("上传时间")
    pages = models.PositiveSmallIntegerField("页数")
    blanks = models.PositiveSmallIntegerField("空白页数")
    waiting: int
    """How many pages wait for a hand; set by ``with_strays``."""

    objects = ScanBatchQuerySet.as_manager()

    class Meta:
        verbose_name = "扫描批次"
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"扫描批次 {self.pk}"

    @classmethod
    def take(cls, files: Sequence[File], *, by: Person) -> ScanBatch:
        """File every page that knows its paper, keep the others for a hand, or nothing at all. Raises Refused at ``scans``.

        Every page of a paper bears its mark. One without stands between two of the same paper, or it waits.
        """
        if not may_file(by):
            raise Refused("您没有归档扫描件的权限")
        pages = scan.read(files)
        sorted_pages = _Sorting(pages, by)
        groups, strays = sorted_pages.groups, sorted_pages.strays
        if not groups and not strays:
            raise Refused(Reason("文件里只有空白页，请重新扫描", "scans"))
        pdfs, previews = scan.cut(files, [*groups.values(), *([page] for page in strays)], strays)
        with transaction.atomic():
            batch = cls.objects.create(by=by, at=clock.now(), pages=len(pages), blanks=sorted_pages.blanks)
            for ((slot, edition), own), pdf in zip(groups.items(), pdfs, strict=False):
                slot.file(pdf, pages=len(own), by=by, edition=edition, batch=batch)
            for page, pdf, preview in zip(strays, pdfs[len(groups) :], previews, strict=True):
                batch._keep(page, pages.index(page) + 1, pdf, preview, guess=sorted_pages.guess(page))
            audit.record("scan_batch.take", batch, by=by, details={"pages": len(pages), "strays": len(strays)})
        return batch

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
            for slot, bundle, edition in ready:
                slot.file(bundle.pdf, pages=bundle.pages, by=by, edition=edition, batch=self)
            for pk in settled:
                strays[pk].forget()
            audit.record("scan_batch.settle", self, by=by, details={"filed": len(chosen), "dropped": len(dropped)})

    def _wanted(
        self, chosen: Mapping[int, str], strays: Mapping[int, StrayPage], by: Person
    ) -> dict[Slot, list[StrayPage]]:
        """Where each chosen page goes, the pages of a paper in their order."""
        wanted: dict[Slot, list[StrayPage]] = {}
        reasons = []
        for pk in sorted(chosen, key=lambda pk: strays[pk].number):
            slot = Slot.of(Mark.of(chosen[pk]), by)
            if slot is not None and slot.may_be_filled_by(by):
                wanted.setdefault(slot, []).append(strays[pk])
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
        bundle = scan.bundled([File(one.name, one.evidence.file) for one in kept])
        return bundle, earlier.edition if earlier else None

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
                mark = last if following == last else None
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

    def guess(self, page: Page) -> str:
        """A page without any code most likely belongs to the paper before it."""
        before = self._before[page]
        slot = self._known.get(before) if before and not page.codes else None
        return slot.bare_mark.code if slot else ""

    def _mark(self, page: Page) -> Mark | None:
        """The one mark on the page, if the person may file its paper."""
        found = set(scan.marks_of(page))
        if len(found) != 1:
            return None
        mark = found.pop()
        if mark not in self._known:
            slot = Slot.of(mark, self.by)
            self._known[mark] = slot if slot and slot.may_be_filled_by(self.by) else None
        return mark if self._known[mark] else None
