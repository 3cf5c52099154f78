"""The workbench, 待办 with its sister lists, notices, and the demo's date."""

from typing import Any

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_POST

from dangjian.foundation import clock
from dangjian.foundation.notice import Notice
from dangjian.foundation.window import Phase, Window, day_text
from dangjian.overview import company_table, todo
from dangjian.overview.box import BOXES, Box
from dangjian.people.access import ADMINISTRATION, Ability
from dangjian.programmes.round import Round
from dangjian.projects.project import Project
from dangjian.web import box_page, display, round_page
from dangjian.web.forms.intake import LedgerForm
from dangjian.web.forms.lists import BoxQuery
from dangjian.web.lists import page_of
from dangjian.web.menu import ADMINISTRATION_PAGES
from dangjian.web.middleware import Asked
from dangjian.web.shell import MOMENTS

WEEKDAYS = "一二三四五六日"


@require_GET
def workbench(request: Asked) -> HttpResponse:
    person = request.person
    recent = Project.objects.visible_to(person).with_names().order_by("-changed_at", "-id")[:8]
    held = Round.current()
    calendars = {held.pk: held.calendar()} if held else {}
    windows = calendars[held.pk].at(person.organisation) if held else {}
    today, waiting = clock.today(), todo.Waiting(person, calendars)
    shown = waiting[:6]
    context: dict[str, Any] = {
        "greeting": f"{person.name}，{_greeting()}",
        "today_text": f"{day_text(today)} 星期{WEEKDAYS[today.weekday()]}",
        "todos": [display.todo(item) for item in shown],
        "todo_count": len(waiting),
        "todo_more": len(waiting) - len(shown),
        "quick": _quick(request, windows),
        "administers": any(person.scopes(right) for right in ADMINISTRATION),
        "projects": [display.row(project) for project in recent],
        "windows": [display.window(key, window, request.person.organisation) for key, window in windows.items()],
        "round_name": str(held) if held else "",
        "round_url": reverse("round"),
        "participation": round_page.participation_text(person, held) if held else "",
        "notices": [
            display.notice(told) for told in Notice.objects.visible_to(person).unread().order_by("-created_at")[:5]
        ],
    }
    if person.scopes(Ability.TAKE_OVER):
        context["ledger_form"] = LedgerForm()
    return render(request, "overview/workbench.html", context)


def _greeting() -> str:
    hour = clock.now().hour
    return "早上好" if hour < 11 else "中午好" if hour < 13 else "下午好" if hour < 18 else "晚上好"


def _quick(request: Asked, windows: dict[str, Window]) -> list[dict[str, str]]:
    """Where this person most often goes next."""
    person = request.person
    quick = [
        {"url": reverse(name), "label": label, "icon": icon}
        for right, label, name, icon in ADMINISTRATION_PAGES
        if person.scopes(right)
    ]
    if quick:
        return quick
    leads = bool(person.scopes(Ability.INSTRUCT))
    window = windows.get("application")
    applies = person.scopes(Ability.DRAFT) and window and window.phase(clock.today()) != Phase.CLOSED
    offers = (
        (applies, "application-new", "申报项目", "file-plus"),
        (leads, "briefings", "呈阅件", "file-check"),
        (person.scopes(Ability.RECORD_MEETING), "meeting-new", "登记会议", "stamp"),
        (person.scopes(Ability.TAKE_OVER), "intake", "导入台账", "file-up"),
        (person.scopes(Ability.VIEW_PROJECT), "projects", "项目台账", "table-2"),
        (leads and company_table.is_open_to(person), "filing-company", "全公司汇总", "send"),
        (True, "scheme", "看方案", "book-open"),
    )
    quick = [{"url": reverse(name), "label": label, "icon": icon} for offered, name, label, icon in offers if offered]
    if windows and not leads:
        quick.append(
            {"url": reverse("blank-paper", args=["application", "docx"]), "label": "空白申请表", "icon": "file-down"}
        )
    return quick


@require_GET
def todos(request: Asked) -> HttpResponse:
    person, key = request.person, request.GET.get("box", "")
    box = BOXES.get(key)
    waiting = todo.Waiting(person)
    context: dict[str, Any] = {
        "boxes": [
            {"key": "todo", "label": "待办", "count": len(waiting), "active": box is None},
            *({"key": name, "label": each.label, "count": 0, "active": name == key} for name, each in BOXES.items()),
        ],
        "box": key if box else "todo",
    }
    if box is None:
        page = page_of(waiting, request.GET, part="box")
        context["page"] = page.showing([display.todo(item) for item in page.rows])
    else:
        context |= _box(request, key, box)
    return render(request, "overview/todos.html", context)


def _box(request: Asked, key: str, box: Box) -> dict[str, Any]:
    """What lies in a box, as far as it is asked for; a query that makes no sense leaves its part out."""
    form = BoxQuery(box, request.GET)
    form.is_valid()
    rows = box.rows(request.person, **{k: v for k, v in form.cleaned_data.items() if v})
    page = page_of(rows, request.GET, part="box")
    shown: Any = {
        "done": box_page.done,
        "copies": box_page.copies,
        "mine": box_page.begun,
    }[key]
    return {
        "query": form,
        "page": page.showing(shown(page.rows, request.person)),
    }


@require_GET
def notices(request: Asked) -> HttpResponse:
    own = Notice.objects.visible_to(request.person)
    page = page_of(own.order_by("-created_at", "-id"), request.GET)
    shown = page.showing([display.notice(told) for told in page.rows])
    return render(request, "overview/notices.html", {"page": shown, "unread": own.unread().count()})


@require_POST
def read_notices(request: Asked) -> HttpResponse:
    """All of one's notices become read."""
    Notice.objects.visible_to(request.person).mark_read()
    return redirect("notices")


@require_POST
def demo_date(request: Asked) -> HttpResponse:
    """Move the demo to another day of its story; elsewhere the page does not exist."""
    moment = MOMENTS.get(request.POST.get("moment", ""))
    if not settings.DEMO or moment is None:
        raise Http404
    clock.move_demo(moment[1])
    back = request.META.get("HTTP_REFERER", "")
    return redirect(back if url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}) else "workbench")
