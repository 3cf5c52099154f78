"""The round (批次): one year's run of a scheme, with its windows and their exceptions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Self

from django.db import models, transaction

from dangjian.foundation import audit, clock, notice
from dangjian.foundation.hand import Acted
from dangjian.foundation.lifecycle import Overtaken, Reason, Refused, checked
from dangjian.foundation.window import Window, day_text
from dangjian.people.access import Ability
from dangjian.people.organisation import Organisation
from dangjian.people.person import Person
from dangjian.programmes.internal_date import OF_BRANCHES, InternalDate
from dangjian.programmes.scheme import Scheme
from dangjian.programmes.scheme_change import changes
from dangjian.programmes.scheme_version import SchemeVersion

PAST_YEARS = 10
"""How far back projects may be entered from paper."""


class RoundQuerySet(models.QuerySet["Round"]):
    def visible_to(self, person: Any) -> Self:
        """The calendar of the year is open to whoever signs in."""
        return self

    def newest_first(self) -> Self:
        return self.order_by("-year")


class Round(models.Model):
    """A year of a scheme. Its windows start as the scheme states them and may then be moved."""

    scheme = models.ForeignKey(SchemeVersion, models.PROTECT, related_name="rounds", verbose_name="方案")
    year = models.PositiveSmallIntegerField("年度", unique=True)
    opened_at = models.DateTimeField("开启时间")

    objects = RoundQuerySet.as_manager()

    class Meta:
        verbose_name = "批次"

    def __str__(self) -> str:
        return f"{self.year}年度"

    @property
    def rules(self) -> Scheme:
        return self.scheme.document

    # Questions

    @classmethod
    def current(cls) -> Round | None:
        """The newest round whose first window has begun; one opened ahead of its year does not take over before."""
        begun = models.Q(windows__key="application", windows__opens_on__lte=clock.today())
        opened = cls.objects.filter(opened_at__lte=clock.now()).select_related("scheme")
        return opened.filter(begun).newest_first().first() or opened.exclude(windows=None).order_by("year").first()

    @classmethod
    def past_years(cls) -> list[int]:
        """The years without a round before the newest, which may still be entered from paper, the latest first."""
        held = set(cls.objects.values_list("year", flat=True))
        newest = max(held, default=0)
        return [year for year in range(newest - 1, newest - 1 - PAST_YEARS, -1) if held and year not in held]

    def calendar(self) -> Calendar:
        """All windows with their exceptions, read once for however many places."""
        exceptions = WindowException.objects.filter(window__round=self).select_related("window", "organisation")
        internal = list(InternalDate.objects.filter(window__round=self).select_related("window", "unit"))
        units = Organisation.objects.filter(models.Q(may_establish=True) | models.Q(parent=None)) if internal else ()
        windows = {row.key: row.as_window() for row in self.windows.all()}
        return Calendar(windows, list(exceptions), internal, [unit.path for unit in units])

    def windows_at(self, place: Organisation | None = None) -> dict[str, Window]:
        """The windows as they hold for ``place``, exceptions applied; in the scheme's order."""
        return self.calendar().at(place)

    def window_at(self, key: str, place: Organisation) -> Window | None:
        """The window ``key`` as it holds for ``place``; None where the scheme sets none."""
        return self.windows_at(place).get(key)

    # Verbs

    @classmethod
    @transaction.atomic
    def open(cls, scheme: SchemeVersion, *, by: Any) -> Round:
        """Open the year of ``scheme``, with its windows."""
        top = Organisation.objects.get(parent=None)
        if not by.can(Ability.ISSUE_SCHEME, top):
            raise Refused("您没有开启批次的权限")
        if cls.objects.filter(year=scheme.plan_year).exists():
            raise Refused(f"{scheme.plan_year}年度的批次已经开启")
        made = cls.objects.create(scheme=scheme, year=scheme.plan_year, opened_at=clock.now())
        made._add_windows(scheme)
        details = {"year": made.year, "scheme": scheme.pk}
        audit.record("round.open", made, by=by, on_behalf_of=by.acting_for(Ability.ISSUE_SCHEME, top), details=details)
        return made

    @classmethod
    @transaction.atomic
    def of_past(cls, year: int, *, by: Any) -> Round:
        """The year for projects that were done on paper before the system was there, made when first needed (S-13).

        It has no windows, since nothing can be handed in any more, and goes by the oldest scheme there is.
        """
        if not by.scopes(Ability.TAKE_OVER):
            raise Refused("您没有补录的权限")
        held = cls.objects.select_related("scheme").filter(year=year).first()
        if held is not None:
            return held
        scheme = SchemeVersion.objects.order_by("plan_year", "number").first()
        if year not in cls.past_years() or scheme is None:
            raise Refused(Reason(f"{year}年度不能补录", "year"))
        made = cls.objects.create(scheme=scheme, year=year, opened_at=clock.now())
        audit.record("round.of_past", made, by=by, details={"year": year, "scheme": scheme.pk})
        return made

    def newer_version(self) -> SchemeVersion | None:
        """The newest issued version of this year's scheme where it has not been taken up."""
        newest = SchemeVersion.objects.filter(plan_year=self.year).order_by("-number").first()
        return newest if newest is not None and newest.number > self.scheme.number else None

    @transaction.atomic
    def take_up(self, version: SchemeVersion, *, by: Any) -> None:
        """Go on by a newer version: drafts follow it, what was handed in keeps its own; whoever works here is told.

        Dates stay as the round has them, since some were moved by decisions of their own; a window that only the new
        version knows is added.
        """
        top = Organisation.objects.get(parent=None)
        if not by.can(Ability.ISSUE_SCHEME, top):
            raise Refused("您没有启用方案的权限")
        if version.plan_year != self.year or version.number <= self.scheme.number:
            raise Refused(f"只能启用{self.year}年度比第{self.scheme.number}版新的方案")
        claimed = Round.objects.filter(pk=self.pk, scheme=self.scheme_id).update(scheme=version)
        if not claimed:
            raise Overtaken("本年度的方案刚刚被别人换过，请刷新后核对")
        count = len(changes(self.rules, version.document))
        self.scheme = version
        self._add_windows(version)
        details = {"scheme": version.pk, "number": version.number}
        audit.record(
            "round.take_up", self, by=by, on_behalf_of=by.acting_for(Ability.ISSUE_SCHEME, top), details=details
        )
        text = f"{self}方案启用第{version.number}版，改动 {count} 处；未提交的申请表按新版填写，已提交的仍按提交时的版本办理"
        notice.tell(self._workers(top), event=f"round-{self.pk}-scheme-{version.number}", text=text, about=self)

    @transaction.atomic
    def reopen(self, key: str, place: Organisation, *, closes_on: date, reason: str, by: Any) -> WindowException:
        """Keep a window open longer for one organisation, with a reason (S-17)."""
        if not by.can(Ability.REOPEN_WINDOW, place.unit):
            raise Refused("您没有为该党组织延长申报期限的权限")
        acted_for = by.acting_for(Ability.REOPEN_WINDOW, place.unit)
        return self._give_longer(key, place, closes_on=closes_on, reason=reason, by=by, acted_for=acted_for)

    @transaction.atomic
    def extend(self, key: str, place: Organisation, *, closes_on: date, reason: str, by: Any) -> WindowException:
        """The company's decision that all, or one unit with its branches, have longer; those concerned are told."""
        top = Organisation.objects.get(parent=None)
        if not by.can(Ability.ISSUE_SCHEME, top):
            raise Refused("您没有延长全公司或一个单位时限的权限")
        if place.parent_id is not None and not place.may_establish:
            raise Refused(Reason("只能为全公司或一个单位延长，个别支部由其单位办理", "place"))
        acted_for = by.acting_for(Ability.ISSUE_SCHEME, top)
        return self._give_longer(key, place, closes_on=closes_on, reason=reason, by=by, acted_for=acted_for)

    @transaction.atomic
    def set_internal_date(
        self, key: str, unit: Organisation, *, closes_on: date | None, by: Any, note: str = ""
    ) -> InternalDate | None:
        """Bring a window forward for the unit's own branches, or with None give it up again; the branches are told."""
        if not by.can(Ability.REOPEN_WINDOW, unit) or not unit.may_establish:
            raise Refused("您没有规定该单位内部截止日期的权限")
        window = self.windows.filter(key=key, key__in=OF_BRANCHES).first()
        if window is None:
            raise Refused(Reason("请从列出的时限中选择", "key"))
        common = self.windows_at(unit)[key]
        if closes_on is not None and (reasons := _wrong_internal_date(closes_on, common)):
            raise Refused(*reasons)
        acted_for = by.acting_for(Ability.REOPEN_WINDOW, unit)
        InternalDate.objects.filter(window=window, unit=unit).delete()
        made = None
        if closes_on is not None:
            made = InternalDate(
                window=window, unit=unit, closes_on=closes_on, note=note.strip(), by_id=by.pk, on_behalf_of=acted_for,
                at=clock.now(),
            )  # fmt: skip
            checked(made)
            made.save()
        last = f"本单位支部{day_text(closes_on)}24时截止" if closes_on else "不再另定内部截止日期"
        details = {"window": key, "organisation": unit.pk, "closes_on": closes_on}
        entry = audit.record("round.set_internal_date", self, by=by, on_behalf_of=acted_for, details=details)
        text = f"{unit.short_name}{window.label}{last}，公司截止日期{day_text(common.closes_on)}"
        self._tell_of_dates(unit, text, entry)
        return made

    # Private

    def _add_windows(self, scheme: SchemeVersion) -> None:
        """The windows of the scheme that the round does not have yet."""
        held = set(self.windows.values_list("key", flat=True))
        for ordinal, (key, window) in enumerate(scheme.document.windows.items()):
            if key not in held:
                RoundWindow.objects.create(
                    round=self, key=key, ordinal=ordinal, label=window.label,
                    opens_on=window.opens_on, closes_on=window.closes_on, hard=window.hard,
                )  # fmt: skip

    def _give_longer(
        self, key: str, place: Organisation, *, closes_on: date, reason: str, by: Any, acted_for: Any
    ) -> WindowException:
        window = self.windows.filter(key=key).first()
        if window is None:
            raise Refused(Reason("请从列出的时限中选择", "key"))
        held, reasons = self.windows_at(place)[key], []
        if not reason.strip():
            reasons.append(Reason("请写明延长的理由", "reason"))
        if closes_on < clock.today():
            reasons.append(Reason("新的截止日期不能早于今天", "closes_on"))
        if closes_on <= held.closes_on:
            reasons.append(Reason(f"新的截止日期应晚于原截止日期{day_text(held.closes_on)}", "closes_on"))
        if reasons:
            raise Refused(*reasons)
        made = WindowException(
            window=window, organisation=place, closes_on=closes_on, reason=reason.strip(), by_id=by.pk,
            on_behalf_of=acted_for, at=clock.now(),
        )  # fmt: skip
        checked(made)
        made.save()
        details = {"window": key, "organisation": place.pk, "closes_on": closes_on}
        entry = audit.record("round.reopen", self, by=by, on_behalf_of=acted_for, details=details)
        who = "全公司" if place.parent_id is None else place.short_name
        self._tell_of_dates(place, f"{who}{held.label}延至{day_text(closes_on)}24时，理由：{made.reason}", entry)
        return made

    def _tell_of_dates(self, place: Organisation, text: str, entry: audit.AuditEntry) -> None:
        """Whoever hands in or screens at ``place`` or below it; each change, which ``entry`` records, once."""
        notice.tell(self._workers(place), event=f"round-{self.pk}-{entry.pk}", text=text, about=self)

    def _workers(self, place: Organisation) -> models.QuerySet[Person]:
        """Whoever hands in or screens at ``place`` or below it."""
        below = Organisation.objects.in_unit(place).in_force()
        return Person.objects.appointed_at(below, Ability.DRAFT) | Person.objects.appointed_at(below, Ability.SCREEN)


def _wrong_internal_date(closes_on: date, common: Window) -> list[Reason]:
    reasons = []
    if closes_on < clock.today():
        reasons.append(Reason("内部截止日期不能早于今天", "closes_on"))
    if common.opens_on is not None and closes_on < common.opens_on:
        reasons.append(Reason(f"内部截止日期不能早于开始日期{day_text(common.opens_on)}", "closes_on"))
    if closes_on > common.closes_on:
        reasons.append(Reason(f"内部截止日期不能晚于公司的截止日期{day_text(common.closes_on)}", "closes_on"))
    return reasons


@dataclass(frozen=True)
class Calendar:
    """The windows of a round, who has longer, and which units want their branches earlier."""

    windows: dict[str, Window]
    exceptions: list[WindowException]
    internal_dates: list[InternalDate]
    unit_paths: list[str]

    def at(self, place: Organisation | None) -> dict[str, Window]:
        """The windows as they hold for ``place``: an exception covers its organisation and all below it.

        The unit's internal date holds before the company's; longer time given to a branch itself, before both.
        """
        held = dict(self.windows)
        if place is None:
            return held
        covering = [each for each in self.exceptions if place.path.startswith(each.organisation.path)]
        for exception in covering:
            window = held[exception.window.key]
            if exception.closes_on > window.closes_on:
                held[exception.window.key] = window.extended_to(exception.closes_on)
        for internal in self.internal_dates:
            if internal.binds(place, self.unit_paths):
                key = internal.window.key
                held[key] = _brought_forward(held[key], internal, covering)
        return held


def _brought_forward(window: Window, internal: InternalDate, covering: list[WindowException]) -> Window:
    own = [
        each.closes_on
        for each in covering
        if each.window.key == internal.window.key and len(each.organisation.path) > len(internal.unit.path)
    ]
    last = max([internal.closes_on, *own])
    if last >= window.closes_on:
        return window
    set_by = internal.unit.short_name if last == internal.closes_on else ""
    return window.brought_forward_to(last, set_by=set_by)


class RoundWindow(models.Model):
    """One window of a round."""

    round = models.ForeignKey(Round, models.CASCADE, related_name="windows", verbose_name="批次")
    key = models.CharField("代码", max_length=40)
    ordinal = models.PositiveSmallIntegerField("序号")
    label = models.CharField("名称", max_length=40)
    opens_on = models.DateField("起", null=True)
    closes_on = models.DateField("止")
    hard = models.BooleanField("硬性")

    class Meta:
        verbose_name = "时限"
        ordering = ["ordinal"]
        constraints = [models.UniqueConstraint(fields=["round", "key"], name="round_window_once")]

    def __str__(self) -> str:
        return str(self.as_window())

    def as_window(self) -> Window:
        return Window(self.label, self.opens_on, self.closes_on, self.hard)


class WindowException(Acted):
    """That one organisation, with all below it, has longer; who allowed it and why."""

    window = models.ForeignKey(RoundWindow, models.CASCADE, related_name="exceptions", verbose_name="时限")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name="党组织")
    closes_on = models.DateField("延至")
    reason = models.CharField("理由", max_length=300)
    by = models.ForeignKey("dangjian.Person", models.PROTECT, related_name="+", verbose_name="办理人")
    at = models.DateTimeField("办理时间")

    class Meta:
        verbose_name = "时限例外"

    def __str__(self) -> str:
        return f"{self.organisation.short_name}延至{day_text(self.closes_on)}"
