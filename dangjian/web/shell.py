"""The shell around every page: menu, unread count, the demo's date bar."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from dangjian.foundation import clock
from dangjian.foundation.notice import Notice
from dangjian.foundation.window import day_text
from dangjian.people.access import Ability
from dangjian.people.person import Person
from dangjian.web.menu import ADMINISTRATION_PAGES, WORK_PAGES

TENANT = "党建项目化管理系统"

# 演示日期: the days on which the story of the demo turns, in Beijing time.
MOMENTS = {
    "start": ("批次进行中", datetime(2022, 8, 24, 9, tzinfo=clock.BEIJING)),
    "eve": ("申报截止前一天", datetime(2022, 8, 26, 9, tzinfo=clock.BEIJING)),
    "meeting": ("立项会", datetime(2022, 8, 28, 9, tzinfo=clock.BEIJING)),
    "october": ("十月推进", datetime(2022, 10, 12, 9, tzinfo=clock.BEIJING)),
    "year_end": ("年底考评", datetime(2022, 12, 12, 9, tzinfo=clock.BEIJING)),
}


@dataclass(frozen=True)
class Item:
    label: str
    url: str
    icon: str
    active: bool = False
    count: int = 0


@dataclass(frozen=True)
class Group:
    label: str
    items: list[Item] = field(default_factory=list)


def shell(request: HttpRequest) -> dict[str, Any]:
    """What ``base.html`` needs; pages outside the sign-in get the name and nothing else."""
    person: Person | None = getattr(request, "person", None)
    return {
        "shell": {
            "tenant": TENANT,
            "me": person,
            "menu": _menu(person, request.path) if person else [],
            "unread": Notice.objects.visible_to(person).unread().count() if person else 0,
            "demo": _demo() if settings.DEMO else None,
        }
    }


def _menu(person: Person, path: str) -> list[Group]:
    def item(label: str, name: str, icon: str) -> Item:
        url = reverse(name)
        return Item(label, url, icon, active=path == url)

    work = [
        item("工作台", "workbench", "layout-dashboard"),
        item("我的事项", "todos", "list-todo"),
        item("通知", "notices", "bell"),
    ]
    if person.scopes():
        work.append(item("委托代办", "delegations", "user-round-cog"))
    if person.scopes(Ability.VIEW_PROJECT):
        work.append(item("我的下载", "downloads", "download"))
    groups = [
        Group(label, [item(*page) for opens, *page in pages if opens(person)]) for label, pages in WORK_PAGES.items()
    ]
    year = [
        item("方案通知", "scheme-notices", "mail-open"),
        item("本年方案", "scheme", "book-open"),
        item("年度日程", "round", "calendar-days"),
        *([item("文书模板", "paper-templates", "file-pen-line")] if person.scopes(Ability.KEEP_TEMPLATES) else []),
        item("权限说明", "access", "shield-check"),
    ]
    system = [item(label, name, icon) for right, label, name, icon in ADMINISTRATION_PAGES if person.scopes(right)]
    middle = [Group("系统管理", system)] if system else groups
    return [Group("我的工作", work), *(group for group in middle if group.items), Group("年度工作", year)]


def _demo() -> dict[str, Any]:
    today = clock.today()
    return {
        "now_text": day_text(today),
        "moments": [
            {"key": key, "label": label, "date_text": day_text(at.date()), "active": at.date() == today}
            for key, (label, at) in MOMENTS.items()
        ],
    }
