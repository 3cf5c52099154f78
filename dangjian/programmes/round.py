"""The round (批次): one year's run of a scheme, with its windows and their exceptions."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Self

from django.db import models, transaction

from dangjian.foundation import audit, clock
from dangjian.foundation.lifecycle import Reason, Refused, checked
from dangjian.foundation.window import Window, day_text
from dangjian.people.access import Ability
from dangjian.people.organisation import Organisation
from dangjian.programmes.scheme import Scheme
from dangjian.programmes.scheme_version import SchemeVersion


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
        return opened.filter(begun).newest_first().first() or opened.order_by("year").first()

    def calendar(self) -> Calendar:
        """All windows with their exceptions, read once for however many places."""
        exceptions = WindowException.objects.filter(window__round=self).select_related("window", "organisation")
        return Calendar({row.key: row.as_window() for row in self.windows.all()}, list(exceptions))

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
        if not by.can(Ability.ISSUE_SCHEME, Organisation.objects.get(parent=None)):
            raise Refused("您没有开启批次的权限")
        if cls.objects.filter(year=scheme.plan_year).exists():
            raise Refused(f"{scheme.plan_year}年度的批次已经开启")
        made = cls.objects.create(scheme=scheme, year=scheme.plan_year, opened_at=clock.now())
        for ordinal, key in enumerate(scheme.document.windows):
            window = scheme.document.window(key)
            RoundWindow.objects.create(
                round=made, key=key, ordinal=ordinal, label=window.label,
                opens_on=window.opens_on, closes_on=window.closes_on, hard=window.hard,
            )  # fmt: skip
        audit.record("round.open", made, by=by, details={"year": made.year, "scheme": scheme.pk})
        return made

    @transaction.atomic
    def reopen(self, key: str, place: Organisation, *, closes_on: date, reason: str, by: Any) -> WindowException:
        """Keep a window open longer for one organisation, with a reason (S-17)."""
        if not by.can(Ability.REOPEN_WINDOW, place.unit):
            raise Refused("您没有为该党组织延长申报期限的权限")
        window = self.windows.get(key=key)
        reasons = []
        if not reason.strip():
            reasons.append(Reason("请写明延长的理由", "reason"))
        if closes_on < clock.today():
            reasons.append(Reason("新的截止日期不能早于今天", "closes_on"))
        if closes_on <= window.closes_on:
            reasons.append(Reason(f"新的截止日期应晚于原截止日期{day_text(window.closes_on)}", "closes_on"))
        if reasons:
            raise Refused(*reasons)
        made = WindowException(
            window=window, organisation=place, closes_on=closes_on, reason=reason.strip(), by_id=by.pk, at=clock.now()
        )
        checked(made)
        made.save()
        audit.record(
            "round.reopen", self, by=by, details={"window": key, "organisation": place.pk, "closes_on": closes_on}
        )
        return made


@dataclass(frozen=True)
class Calendar:
    """The windows of a round, and who has longer."""

    windows: dict[str, Window]
    exceptions: list[WindowException]

    def at(self, place: Organisation | None) -> dict[str, Window]:
        """The windows as they hold for ``place``: an exception covers its organisation and all below it."""
        held = dict(self.windows)
        for exception in self.exceptions if place is not None else ():
            window = held[exception.window.key]
            covers = place is not None and place.path.startswith(exception.organisation.path)
            if covers and exception.closes_on > window.closes_on:
                held[exception.window.key] = window.extended_to(exception.closes_on)
        return held


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


class WindowException(models.Model):
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
