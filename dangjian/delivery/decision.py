"""The decision (审定) on a plan or a change of it: whose signature, or at which meeting, recorded here or told by its number."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import models

from dangjian.foundation import clock
from dangjian.foundation.lifecycle import Reason, Refused
from dangjian.foundation.window import day_text
from dangjian.people.organisation import Organisation
from dangjian.projects.ballot import Tally
from dangjian.projects.meeting import Meeting


@dataclass(frozen=True)
class Sitting:
    """Which meeting it was. One that is recorded here says day and number itself; of another the handler writes them.

    How the vote went is told of the former alone, whose minutes it belongs in.
    """

    held_on: date | None
    reference: str
    meeting: Meeting | None = None
    tally: Tally = field(default_factory=Tally)

    @classmethod
    def told(cls, meeting: Meeting | None, held_on: date | None, reference: str, tally: Tally | None) -> Sitting:
        tally = tally or Tally()
        if meeting is not None:
            return cls(meeting.held_on, str(meeting)[:60], meeting, tally)
        return cls(held_on, " ".join(reference.split()), None, tally)

    @property
    def is_told(self) -> bool:
        """Whether anything at all was said of it, for a decision that may be recorded without."""
        return bool(self.meeting or self.held_on or self.reference or self.tally.is_told)

    def faults(self, unit: Organisation, since: datetime | None) -> Iterator[Reason]:
        """What is wrong with it, each at its field; ``since`` is when the matter was handed in."""
        if self.meeting is not None:
            if not could_decide(unit, since).filter(pk=self.meeting.pk).exists():
                yield Reason(f"请选择{unit.short_name}在提交以后召开的会议", "meeting")
            yield from self.tally.faults(self.meeting)
            return
        if self.tally.is_told:
            yield Reason("表决和回避写进会议纪要，请先选择已登记的会议", "meeting")
        if not self.reference:
            yield Reason("请选择会议，或写明是哪次会议，如 党委会〔2022〕第12期", "reference")
        elif len(self.reference) > 60:
            yield Reason("最多 60 字", "reference")
        yield from wrong_day(self.held_on, since)

    def checked(self, unit: Organisation, since: datetime | None) -> Sitting:
        """The same, or Refused at the fields at fault."""
        if reasons := list(self.faults(unit, since)):
            raise Refused(*reasons)
        return self

    def values(self) -> dict[str, Any]:
        """What the matter keeps of it, besides the day."""
        return {"reference": self.reference, "meeting": self.meeting}


def signature(leader: str, held_on: date | None, since: datetime | None) -> dict[str, Any]:
    """Whose signature it was and when, as the handler records it. Raises Refused at the fields at fault."""
    leader = " ".join(leader.split())
    reasons = [] if leader else [Reason("请填写签批的领导", "leader")]
    if len(leader) > 40:
        reasons.append(Reason("请写得简短一些", "leader"))
    if reasons := [*reasons, *wrong_day(held_on, since)]:
        raise Refused(*reasons)
    return {"approved_on": held_on, "leader": leader}


def could_decide(unit: Organisation, since: datetime | None) -> models.QuerySet[Meeting]:
    """The recorded meetings that may have decided what was handed in then, the latest first."""
    found = Meeting.objects.filter(organisation=unit)
    if since is not None:
        found = found.filter(held_on__gte=clock.local(since).date())
    return found.select_related("organisation").order_by("-held_on", "-issue")


def wrong_day(day: date | None, since: datetime | None) -> Iterator[Reason]:
    """What is wrong with the day of a decision on paper: it lies between the submission and today."""
    if day is None:
        yield Reason("请填写日期", "held_on")
    elif day > clock.today():
        yield Reason("日期不能晚于今天", "held_on")
    elif since is not None and day < clock.local(since).date():
        yield Reason(f"日期不能早于提交日期{day_text(clock.local(since).date())}", "held_on")
