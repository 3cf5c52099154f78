"""上级临时要表: the superior's blank comes in, its headings are matched once, it goes back filled."""

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from dangjian.foundation.lifecycle import Refused
from dangjian.overview.requested_table import FACTS, MOST_BYTES, MOST_ROWS, RequestedTable
from dangjian.papers import excel
from dangjian.people.access import Ability
from dangjian.web import display
from dangjian.web.forms import posted, sent_files, take_refusal
from dangjian.web.forms.requested_tables import MatchForm, RequestedTableForm
from dangjian.web.lists import page_of
from dangjian.web.middleware import Asked
from dangjian.web.papers import attached
from dangjian.web.project_list import ProjectFilter

get_or_post = require_http_methods(["GET", "POST"])


def _table(request: Asked, pk: int) -> RequestedTable:
    return get_object_or_404(RequestedTable.objects.visible_to(request.person), pk=pk)


@get_or_post
def index(request: Asked) -> HttpResponse:
    """Those kept, and the form that takes another; the query of the ledger goes along in the address."""
    if not request.person.scopes(Ability.VIEW_PROJECT):
        raise Http404
    chosen = ProjectFilter(request.person, request.GET)
    form = RequestedTableForm(posted(request), sent_files(request))
    if request.method == "POST" and form.is_valid():
        sent = form.cleaned_data["file"]
        try:
            made = RequestedTable.take(sent.read(MOST_BYTES + 1), name=sent.name, by=request.person)
        except Refused as refused:
            take_refusal(form, refused)
        else:
            return redirect(f"{made.pk}/{'?' if chosen.query else ''}{chosen.query}")
    page = page_of(RequestedTable.objects.visible_to(request.person).defer("blank"), request.GET)
    context = {
        "form": form, "query": chosen.query, "conditions": chosen.conditions, "count": chosen.count(),
        "page": page.showing([_line(table) for table in page.rows]),
    }  # fmt: skip
    return render(request, "overview/requested_tables.html", context)


def _line(table: RequestedTable) -> dict[str, object]:
    matched = [FACTS[fact] for fact in table.mapping.values()]
    return {
        "pk": table.pk, "name": table.name, "at_text": display.moment(table.at), "columns": len(table.headings),
        "matched": "、".join(matched), "state": "established" if matched else "draft",
        "state_text": f"已对照 {len(matched)} 列" if matched else "待对照",
    }  # fmt: skip


@get_or_post
def show(request: Asked, pk: int) -> HttpResponseBase:
    """Which column takes what; on 「填好下载」 the file itself."""
    table, chosen = _table(request, pk), ProjectFilter(request.person, request.GET)
    rows = (
        chosen.rows().select_related("application", "taking_over").prefetch_related("targets", "carriers", "partners")
    )
    first = chosen.known(rows[:1])
    form = MatchForm(table, posted(request), told=RequestedTable.told(first[0]) if first else None)
    if request.method == "POST" and form.is_valid():
        try:
            table.match(form.mapping(), by=request.person)
            if "fill" in request.POST:
                made = table.filled(chosen.known(rows[: MOST_ROWS + 1]), by=request.person)
                return attached(made, table.name, excel.MEDIA_TYPE)
        except Refused as refused:
            take_refusal(form, refused)
        else:
            messages.success(request, "对照已保存，下次上传同样表头的表直接填写")
            return redirect(request.get_full_path())
    context = {
        "table": _line(table), "form": form, "query": chosen.query, "conditions": chosen.conditions,
        "count": chosen.count(), "most": MOST_ROWS, "notes": table.notes(),
    }  # fmt: skip
    return render(request, "overview/requested_table.html", context)


@require_POST
def drop(request: Asked, pk: int) -> HttpResponse:
    table = _table(request, pk)
    table.drop(by=request.person)
    messages.success(request, f"已删除“{table.name}”")
    return redirect("requested-tables")
