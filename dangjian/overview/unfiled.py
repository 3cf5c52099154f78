"""Which units have not handed in their 项目汇总表 (未报送单位): for the company to urge, and each unit's own thing to do (S-36)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import models, transaction

from dangjian.delivery.filing import WINDOW, Filing
from dangjian.foundation import audit, clock, notice
from dangjian.foundation.lifecycle import Refused
from dangjian.foundation.window import Phase, day_text, moment_text
from dangjian.people.access import Ability
from dangjian.people.organisation import Organisation, OrganisationQuerySet
from dangjian.people.person import Person
from dangjian.programmes.round import Round
from dangjian.projects.project import Project
from dangjian.projects.state import State


def outstanding(round: Round) -> OrganisationQuerySet:
    """Units with something to report this year of whom no version stands, in 组织序列; ``since`` it is there."""
    reported = Project.objects.established().exclude(state=State.TERMINATED).filter(round=round)
    first = reported.filter(unit=models.OuterRef("pk")).order_by("established_at").values("established_at")[:1]
    found: OrganisationQuerySet = (
        Organisation.objects.in_force()
        .filter(pk__in=reported.values("unit"))
        .exclude(pk__in=Filing.objects.newest().filter(round=round).values("unit"))
        .annotate(since=models.Subquery(first))
        .in_order()
    )
    return found


def waiting_for(person: Any) -> OrganisationQuerySet:
    """The units whose table the person is to hand in for the first time this year."""
    round = Round.current()
    if round is None:
        return Organisation.objects.none().annotate(since=models.Value(None, models.DateTimeField()))
    return outstanding(round).filter(path__in=person.paths_with(Ability.FILE))


def since(unit: Organisation) -> date | None:
    """The day on which the first project was established that the unit has to report."""
    at: datetime | None = getattr(unit, "since", None)
    return clock.local(at).date() if at else None


def message(round: Round) -> str:
    """Plain text to paste into a group; empty where every unit has handed in."""
    found = list(outstanding(round))
    if not found:
        return ""
    common = round.windows_at().get(WINDOW)
    lines = [f"{round}项目汇总表备案：截至{moment_text(clock.now())}，以下 {len(found)} 个单位尚未报送。"]
    if common is not None:
        left = common.days_left(clock.today())
        said = f"还有 {left} 天" if left > 0 else "今天是最后一天" if left == 0 else "已过期，仍可报送，标注迟报"
        lines.append(f"报送截止：{day_text(common.closes_on)}24时。{said}。")
    lines += ["", *(f"　{unit.short_name}" for unit in found)]
    return "\n".join([*lines, "", "汇总表由系统自动生成，核对后点“报送备案”即可。"])


@transaction.atomic
def urge(round: Round, *, by: Any) -> int:
    """催办: ask the units that have handed nothing in, once a day; how many they are."""
    if not Filing.receives(by):
        raise Refused("您没有催办报送的权限")
    waiting = list(outstanding(round))
    if not waiting:
        raise Refused("各单位都已报送，不用催办")
    people = Person.objects.appointed_at(waiting, Ability.FILE)
    notice.urge(people, key=f"unfiled-{round.pk}-urge", text=f"请报送{round}项目汇总表备案", about=round)
    audit.record("filing.urge", round, by=by, details={"waiting": len(waiting)})
    return len(waiting)


def remind(days: int) -> int:
    """Tell each unit once that its time to hand in runs out within so many days; how many there were. For the worker."""
    round = Round.current()
    if round is None:
        return 0
    found = 0
    for unit in outstanding(round):
        window = round.window_at(WINDOW, unit)
        if window is None or window.phase(clock.today()) is not Phase.OPEN or window.days_left(clock.today()) > days:
            continue
        people = Person.objects.appointed_at([unit], Ability.FILE)
        text = f"{unit.short_name}{round}项目汇总表尚未报送，{day_text(window.closes_on)}24时截止，请及时办理"
        notice.tell(people, event=f"unfiled-{unit.pk}-{window.closes_on}", text=text, about=round)
        found += 1
    return found
