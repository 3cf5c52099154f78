"""What leaves the list: Excel, the text for a group, and the queries one keeps."""

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dangjian.foundation import audit, clock
from dangjian.foundation.lifecycle import Refused
from dangjian.foundation.window import day_text
from dangjian.overview import handed_in
from dangjian.overview.download import Download
from dangjian.overview.saved_view import MOST, SavedView
from dangjian.papers import excel
from dangjian.programmes.round import Round
from dangjian.web.forms import posted, take_refusal
from dangjian.web.forms.lists import SavedViewForm
from dangjian.web.middleware import Asked
from dangjian.web.papers import attached
from dangjian.web.project_list import MOST_AT_ONCE, MOST_EXPORTED, ProjectFilter


@require_POST
@transaction.atomic
def export(request: Asked) -> HttpResponseBase:
    """The list as its address asks for it, as Excel, at once or by the worker. A POST: who took what is written down."""
    chosen = ProjectFilter(request.person, request.GET)
    name = f"项目台账 {day_text(clock.today())}.xlsx"
    try:
        if MOST_AT_ONCE < chosen.count() <= MOST_EXPORTED:
            Download.ask("projects", name=name, query=chosen.query, by=request.person)
            messages.success(request, "条数较多，正在后台准备，做好后通知您")
            return redirect("downloads")
        sheet, count = chosen.sheet()
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect(f"{reverse('projects')}?{chosen.query}")
    file = excel.draw(sheet)
    audit.record("project.export", None, by=request.person, details={"count": count, "query": chosen.query})
    return attached(file, name, excel.MEDIA_TYPE)


@require_GET
def not_handed_in(request: Asked) -> HttpResponse:
    """复制到群: which branches have not handed in, as plain text."""
    if not handed_in.may_ask(request.person):
        raise Http404
    round = Round.current()
    found = handed_in.outstanding(request.person, round) if round else []
    text = handed_in.message(round, found) if round and found else ""
    return render(request, "overview/not_handed_in.html", {"round": round, "text": text})


@require_http_methods(["GET", "POST"])
def saved_views(request: Asked) -> HttpResponse:
    """One's own saved queries, and the form that keeps the one in the address."""
    chosen = ProjectFilter(request.person, request.GET)
    form = SavedViewForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            SavedView.keep(name=form.cleaned_data["name"], query=chosen.query, by=request.person)
        except Refused as refused:
            take_refusal(form, refused)
        else:
            messages.success(request, "已保存，在项目台账上方可以随时打开")
            return redirect(f"{reverse('projects')}?{chosen.query}")
    context = {
        "form": form,
        "views": SavedView.objects.visible_to(request.person),
        "conditions": chosen.conditions,
        "columns": "、".join(column.label for column in chosen.columns),
        "most": MOST,
    }
    return render(request, "overview/saved_views.html", context)


@require_POST
def drop_saved_view(request: Asked, pk: int) -> HttpResponse:
    view = get_object_or_404(SavedView.objects.visible_to(request.person), pk=pk)
    view.drop(by=request.person)
    messages.success(request, f"已删除“{view.name}”")
    return redirect("saved-views")
