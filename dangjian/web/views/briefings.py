"""呈阅件 and 批示: the lists, one on a page, drawing up, reading, instructing, carrying out."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import FileResponse, Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from dangjian.foundation.evidence import Attachment
from dangjian.foundation.lifecycle import Refused
from dangjian.foundation.search import held as holding
from dangjian.foundation.search import words_of
from dangjian.people.access import Ability
from dangjian.projects import briefing_paper
from dangjian.projects.briefing import MOST_PROJECTS, Briefing
from dangjian.projects.instruction import Instruction
from dangjian.projects.project import Project
from dangjian.web import briefing_page, display
from dangjian.web.asked import asked
from dangjian.web.forms import posted, sent_files, take_refusal
from dangjian.web.forms.briefings import (
    BriefingForm,
    BriefingQuery,
    CorrectionForm,
    HandOnForm,
    InstructionForm,
    InstructionQuery,
    ResultForm,
)
from dangjian.web.forms.held import drop, one
from dangjian.web.lists import page_of
from dangjian.web.menu import require
from dangjian.web.middleware import Asked
from dangjian.web.number import numbers
from dangjian.web.papers import drawn, on_screen

get_or_post = require_http_methods(["GET", "POST"])


def _briefing(request: Asked, pk: int) -> Briefing:
    found = Briefing.objects.visible_to(request.person).select_related("to", "place", "by", "on_behalf_of")
    return get_object_or_404(found, pk=pk)


def _instruction(request: Asked, pk: int) -> Instruction:
    found = (
        Instruction.objects.visible_to(request.person).with_names().select_related("briefing__place", "briefing__by")
    )
    return get_object_or_404(found, pk=pk)


@require_GET
def index(request: Asked) -> HttpResponse:
    person = request.person
    require(person, "briefings")
    form = BriefingQuery(request.GET or None)
    chosen = {key: value for key, value in form.cleaned_data.items() if value} if form.is_valid() else {}
    rows = Briefing.objects.visible_to(person)
    for word in words_of(chosen.get("q", "")):
        rows = rows.filter(holding(word, "title", "summary"))
    if "state" in chosen:
        rows = rows.filter(state=chosen["state"])
    page = page_of(rows.select_related("to", "place", "by", "on_behalf_of").newest_first(), request.GET)
    context = {
        "form": form, "page": page.showing([briefing_page.row(each) for each in page.rows]),
        "may_make": bool(person.paths_with(Ability.PRESENT)), "reads": bool(person.paths_with(Ability.INSTRUCT)),
    }  # fmt: skip
    return render(request, "projects/briefing_index.html", context)


@get_or_post
def new(request: Asked) -> HttpResponse:
    if not Briefing.makers(request.person):
        raise Http404
    # The address says what was chosen before; a box that was emptied since stays there to be ticked again.
    asked = [*request.GET.getlist("projects"), *request.POST.getlist("projects")]
    chosen = numbers(asked)[:100]
    projects = Project.objects.visible_to(request.person).with_names().filter(pk__in=chosen).order_by("path", "pk")
    if not projects:
        return _to_choose(request)
    form = BriefingForm(request.person, projects, posted(request))
    sheet = None
    if request.method == "POST" and form.is_valid():
        facts = form.facts()
        try:
            if "preview" in request.POST:
                sheet = on_screen(briefing_paper.sheet(Briefing.drawn_up(by=request.person, **facts)))
            else:
                made = Briefing.present(by=request.person, **facts)
                messages.success(request, f"已呈送{made.to.name}同志，批示后会通知您")
                return redirect("briefing", made.pk)
        except Refused as refused:
            take_refusal(form, refused)
    return render(request, "projects/briefing_new.html", {"form": form, "sheet": sheet, "most": MOST_PROJECTS})


def _to_choose(request: Asked) -> HttpResponse:
    """Which projects it is about: found by a word, ticked, and on to its words."""
    query = request.GET.copy()
    nothing_ticked = request.method == "POST" or bool(query.pop("next", None))
    rows = Briefing.offered(request.person).search(query.get("q", "")[:60]).with_names()
    page = page_of(rows, query)
    context = {
        "page": page.showing([display.row(project) for project in page.rows]), "q": query.get("q", "")[:60],
        "nothing_ticked": nothing_ticked, "most": MOST_PROJECTS,
    }  # fmt: skip
    return render(request, "projects/briefing_choice.html", context)


@require_GET
def show(request: Asked, pk: int) -> HttpResponse:
    return render(request, "projects/briefing_show.html", briefing_page.page(_briefing(request, pk), request.person))


@require_GET
def paper(request: Asked, pk: int, kind: str) -> HttpResponseBase:
    """The page as Word or PDF, to be printed and signed."""
    return drawn(briefing_paper.printed(_briefing(request, pk)), kind, request)


def _confirmed(
    request: Asked, briefing: Briefing, name: str, verb: Callable[[], Any], heading: str, text: str
) -> HttpResponse:
    """Ask before the move ``name`` is made; whoever has no right to it finds no page."""
    if not briefing.permits(Briefing.move_named(name), request.person):
        raise Http404
    return asked(
        request, Form(posted(request)), verb, heading=heading, text=text, action_label=heading,
        refusals=briefing.refusals(name, by=request.person), back_url=reverse("briefing", args=[briefing.pk]),
    )  # fmt: skip


@get_or_post
def recall(request: Asked, pk: int) -> HttpResponse:
    briefing = _briefing(request, pk)
    text = f"撤回后{briefing.to.name}不再批示“{briefing.title}”，这份呈阅件留存备查。"
    return _confirmed(request, briefing, "recall", lambda: briefing.recall(by=request.person), "撤回", text)


@get_or_post
def reading(request: Asked, pk: int) -> HttpResponse:
    """已阅: nothing to be done for it."""
    briefing = _briefing(request, pk)
    text = f"“{briefing.title}”没有要批办的事，只记为已阅；以后仍可以批示。"
    heading = "阅知" if briefing.speaks_as_leader(request.person) else "登记已阅"
    return _confirmed(request, briefing, "read", lambda: briefing.read(by=request.person), heading, text)


@get_or_post
def instruct(request: Asked, pk: int) -> HttpResponse:
    briefing = _briefing(request, pk)
    if briefing.refusals("instruct", by=request.person):
        return redirect("briefing", pk)
    form = InstructionForm(briefing, request.person, posted(request), sent_files(request))
    if request.method == "POST" and form.is_valid():
        facts = dict(form.cleaned_data)
        photo = facts.pop("photo", [])
        try:
            made = Instruction.give(briefing, by=request.person, **facts, **one(photo, "photo", "photo_name"))
        except Refused as refused:
            take_refusal(form, refused)
        else:
            drop(photo)
            messages.success(request, f"已批示，由{made.holder_text}承办")
            return redirect("briefing", pk)
    context = {"form": form, "briefing": briefing, "own": briefing.speaks_as_leader(request.person), "phrases": PHRASES}
    return render(request, "projects/instruction_new.html", context)


PHRASES = ("同意拟办意见。", "请抓紧办理，按期办结。", "请组织部门跟踪，办理情况及时报我。")


@require_GET
def tasks(request: Asked) -> HttpResponse:
    require(request.person, "instructions")
    form = InstructionQuery(request.GET or None)
    chosen = {key: value for key, value in form.cleaned_data.items() if value} if form.is_valid() else {}
    rows = Instruction.objects.visible_to(request.person)
    late = rows.late().count()
    for word in words_of(chosen.get("q", "")):
        rows = rows.filter(holding(word, "text", "briefing__title"))
    if "state" in chosen:
        rows = rows.late() if chosen["state"] == "late" else rows.filter(state=chosen["state"])
    named = rows.with_names().in_order()
    page = page_of(named, request.GET)
    shown = page.showing([briefing_page.task(each) for each in page.rows])
    context = {"form": form, "page": shown, "late": late}
    return render(request, "projects/instruction_index.html", context)


@require_GET
def task(request: Asked, pk: int) -> HttpResponse:
    held = _instruction(request, pk)
    return render(request, "projects/instruction_show.html", briefing_page.task_page(held, request.person))


def _form_page(request: Asked, held: Instruction, form: Any, heading: str, label: str) -> HttpResponse:
    context = {"form": form, "held": held, "task": briefing_page.task(held), "heading": heading, "label": label}
    return render(request, "projects/instruction_form.html", context)


@get_or_post
def result(request: Asked, pk: int) -> HttpResponse:
    """办理结果 of an instruction."""
    held = _instruction(request, pk)
    if not held.permits(Instruction.move_named("finish"), request.person):
        raise Http404
    if held.refusals("finish", by=request.person):
        return redirect("instruction", pk)
    form = ResultForm(held, request.person, posted(request), sent_files(request))
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            held.finish(result=form.cleaned_data["result"], by=request.person, **one(file, "file", "file_name"))
        except Refused as refused:
            take_refusal(form, refused)
            held = _instruction(request, pk)
        else:
            drop(file)
            messages.success(request, "已办结，已通知呈报的经办人")
            return redirect("instruction", pk)
    return _form_page(request, held, form, "填写办理结果", "办结")


@get_or_post
def correction(request: Asked, pk: int) -> HttpResponse:
    """更正: what was mistyped, or another photograph."""
    held = _instruction(request, pk)
    if held.refusals("correct", by=request.person):
        raise Http404
    form = CorrectionForm(held, request.person, posted(request), sent_files(request))
    if request.method == "POST" and form.is_valid():
        facts = dict(form.cleaned_data)
        photo = facts.pop("photo", [])
        try:
            held.correct(by=request.person, **facts, **one(photo, "photo", "photo_name"))
        except Refused as refused:
            take_refusal(form, refused)
            held = _instruction(request, pk)
        else:
            drop(photo)
            messages.success(request, f"已更正，已通知{held.holder_text}；原来的批示划去，留存备查")
            return redirect("instruction", pk)
    return _form_page(request, held, form, "更正批示", "更正")


@get_or_post
def hand_over(request: Asked, pk: int) -> HttpResponse:
    """转办: another organisation, person or last day."""
    held = _instruction(request, pk)
    if not held.permits(Instruction.move_named("hand_over"), request.person):
        raise Http404
    if held.refusals("hand_over", by=request.person):
        return redirect("instruction", pk)
    form = HandOnForm(held, posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            held.hand_over(by=request.person, **form.cleaned_data)
        except Refused as refused:
            take_refusal(form, refused)
            held = _instruction(request, pk)
        else:
            messages.success(request, f"已转{held.holder_text}办理")
            return redirect("instruction", pk)
    return _form_page(request, held, form, "转办批示", "转办")


@require_GET
def file(request: Asked, pk: int, attachment: int) -> FileResponse:
    """A photograph or a result, for whoever sees the instruction."""
    kept = Attachment.objects.filter(noun="instruction", noun_id=_instruction(request, pk).pk).select_related(
        "evidence"
    )
    found = get_object_or_404(kept, pk=attachment)
    answer = FileResponse(
        found.evidence.file.open("rb"), as_attachment="view" not in request.GET, filename=found.name,
        content_type=found.evidence.media_type,
    )  # fmt: skip
    answer["Cache-Control"] = "private, no-store"
    answer["X-Content-Type-Options"] = "nosniff"
    return answer
