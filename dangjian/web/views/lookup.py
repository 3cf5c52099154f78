"""全局查找: one word, everything that one may see."""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from dangjian.foundation.search import words_of
from dangjian.foundation.window import day_text
from dangjian.overview.lookup import KINDS, Kind, all_of, look_up
from dangjian.projects.project import Project
from dangjian.web import display
from dangjian.web.lists import page_of
from dangjian.web.middleware import Asked
from dangjian.web.project_list import LONGEST_WORDS


@require_GET
def look(request: Asked) -> HttpResponse:
    """A few of each kind, or where the address names a kind the pages of that alone."""
    typed, key = request.GET.get("q", "").strip(), request.GET.get("kind", "")
    too_long = len(typed) > LONGEST_WORDS
    words = words_of(typed)
    context: dict[str, Any] = {
        "typed": typed,
        "words": words,
        "kind": key if key in KINDS else "",
        "all_url": f"?{urlencode({'q': typed})}",
        "page": None,
        "hint": f"查找的词最多 {LONGEST_WORDS} 个字，请缩短后再查。"
        if too_long
        else "单独一个字只从开头找，多输一个字可以找到中间的。"
        if any(len(word) == 1 for word in words)
        else "",
    }
    if too_long:
        context["kinds"] = []
    elif key in KINDS:
        context["page"] = page = page_of(all_of(key, typed, request.person), request.GET, counts=False)
        context["kinds"] = [_shown(Kind(key, KINDS[key][0], tuple(page.rows), False), typed)] if page.rows else []
    else:
        context["kinds"] = [_shown(kind, typed) for kind in look_up(typed, request.person)]
    return render(request, "overview/lookup.html", context)


def _shown(kind: Kind, typed: str) -> dict[str, Any]:
    """With the address of all its pages, where there is more than a few."""
    return {
        "label": kind.label,
        "rows": [_LINES[kind.key](one) for one in kind.found],
        "more_url": f"?{urlencode({'q': typed, 'kind': kind.key})}" if kind.more else "",
        "list_url": f"{reverse(_LISTS[kind.key])}?{urlencode({'q': typed})}" if kind.key in _LISTS else "",
    }


def _line(title: str, text: str, url: str = "", icon: str = "file", papers: Any = ()) -> dict[str, Any]:
    return {"title": title, "text": text, "url": url, "icon": icon, "papers": papers}


def _of_project(one: Project) -> dict[str, Any]:
    said = (one.number, one.branch.short_name, one.owner.name if one.owner else "", one.waiting_label)
    names = [("附件1", "application"), *([("立项通知", "notice")] if one.established_at else [])]
    papers = [{"label": label, "url": reverse("paper", args=[one.pk, name, "html"])} for label, name in names]
    url = reverse("project", args=[one.pk])
    return _line(one.name, " · ".join(filter(None, said)), url, "table-2", papers)


# The kinds with a list of their own, where one may go on narrowing.
_LISTS = {"project": "projects", "topic": "topics", "brand": "brands"}
_LINES: dict[str, Any] = {
    "project": _of_project,
    # Name, branch and year are open to everybody, and nothing else of it.
    "other": lambda one: _line(one.name, f"{one.branch.short_name} · {one.round.year}年", icon="table-2"),
    "topic": lambda one: _line(
        one.title, f"{one.place.short_name}{one.get_kind_display()} · {one.year}年", reverse("topic", args=[one.pk]), "lightbulb"
    ),
    "brand": lambda one: _line(
        one.name, f"{one.place.short_name} · {one.since}年创建", reverse("brand", args=[one.pk]), "award"
    ),
    "meeting": lambda one: _line(
        str(one), f"{one.organisation.short_name} · {day_text(one.held_on)}", reverse("meeting", args=[one.pk]), "users-round"
    ),
    "notice": lambda one: _line(
        one.title, f"{one.number} {display.short_day(one.issued_on)}".strip(), reverse("scheme-notice", args=[one.pk]), "mail-open"
    ),
    "organisation": lambda one: _line(
        one.short_name, one.full_name, f"{reverse('projects')}?{urlencode({'unit': one.pk})}", "landmark"
    ),
    "person": lambda one: _line(
        one.name, " · ".join(filter(None, (one.organisation.short_name, one.post))), f"{reverse('projects')}?{urlencode({'q': one.name})}", "user-round"
    ),
}  # fmt: skip
