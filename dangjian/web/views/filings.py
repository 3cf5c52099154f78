"""备案: a unit's 项目汇总表 and handing it in, the company's inbox and its answers, the table of the whole company."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.forms import Form
from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dangjian.delivery import filing_papers, summary
from dangjian.delivery.filing import Filing
from dangjian.delivery.filing_finding import FilingQuerySet
from dangjian.delivery.filing_state import State
from dangjian.delivery.lateness import filed_late
from dangjian.foundation import audit
from dangjian.foundation.lifecycle import Refused
from dangjian.foundation.search import held as holding
from dangjian.foundation.search import words_of
from dangjian.overview import company_table, unfiled
from dangjian.overview.download import Download
from dangjian.papers import excel
from dangjian.papers.blocks import Paper
from dangjian.people.organisation import Organisation
from dangjian.people.person import Person
from dangjian.programmes.round import Round
from dangjian.projects.filed import FilingState
from dangjian.web import filing_page
from dangjian.web.asked import asked
from dangjian.web.batch import one_by_one
from dangjian.web.forms import posted, take_refusal
from dangjian.web.forms.filings import AnswerForm, BatchForm, FilingQuery, HandInForm, PhoneForm
from dangjian.web.lists import page_of
from dangjian.web.middleware import Asked
from dangjian.web.papers import attached, drawn, media_type, on_screen
from dangjian.web.views.programmes import asked_round, years

get_or_post = require_http_methods(["GET", "POST"])


def _filing(request: Asked, pk: int) -> Filing:
    found = Filing.objects.visible_to(request.person).with_counts().select_related(
        "unit", "round", "by", "on_behalf_of", "received_by", "received_for"
    )  # fmt: skip
    return get_object_or_404(found, pk=pk)


def _unit(request: Asked, pk: int) -> Organisation:
    return get_object_or_404(Filing.units(request.person), pk=pk)


def _file(paper: Paper, sheet: excel.Sheet, kind: str, request: Asked) -> FileResponse:
    """The table as Word, PDF or Excel."""
    if kind == "xlsx":
        return attached(excel.draw(sheet), paper.file_name(kind), excel.MEDIA_TYPE)
    return drawn(paper, kind, request)


# The inbox


@get_or_post
def index(request: Asked) -> HttpResponse:
    """The newest version of each unit, and for the company the batch that records several at once."""
    person = request.person
    receives, own = Filing.receives(person), list(Filing.filers(person))
    if not Filing.units(person).exists():
        raise Http404
    results: list[dict[str, Any]] = []
    batch = BatchForm(Filing.objects.visible_to(person), posted(request))
    if request.method == "POST":
        if not receives:
            raise Http404
        results = _recorded(batch, person) if batch.is_valid() else []
    rounds = list(Round.objects.visible_to(person).newest_first())
    form = FilingQuery([held.year for held in rounds], request.GET or None)
    chosen = {key: value for key, value in form.cleaned_data.items() if value} if form.is_valid() else {}
    rows = _narrowed(Filing.objects.visible_to(person).newest(), chosen)
    page = page_of(rows.with_counts().select_related("unit", "by", "on_behalf_of", "round").in_order(), request.GET)
    context = {
        "form": form, "filtered": bool(chosen), "receives": receives, "own": own, "batch": batch, "results": results,
        "sees_all": company_table.is_open_to(person),
        "page": page.showing(filing_page.versions(page.rows)),
    }  # fmt: skip
    return render(request, "delivery/filing_index.html", context)


def _narrowed(rows: FilingQuerySet, chosen: dict[str, Any]) -> FilingQuerySet:
    for word in words_of(chosen.get("q", "")):
        rows = rows.filter(unit__in=Organisation.objects.filter(holding(word, "short_name")).values("pk"))
    if "year" in chosen:
        rows = rows.filter(round__year=int(chosen["year"]))
    if "late" in chosen:
        rows = rows.filter(filed_late() if chosen["late"] == "yes" else ~filed_late())
    match chosen.get("state", ""):
        case FilingState.WAITING | FilingState.RETURNED as state:
            rows = rows.with_line(state)
        case "settled":
            rows = rows.filter(state="settled").without_line(FilingState.RETURNED)
    return rows


def _recorded(batch: BatchForm, person: Person) -> list[dict[str, Any]]:
    """Each in a transaction of its own; one that somebody else answered meanwhile says so."""

    def recorded(filing: Filing) -> str:
        filing.settle(by=person)
        return "已备案"

    return one_by_one(batch.cleaned_data["filings"].select_related("unit", "round"), recorded)


@require_GET
def missing(request: Asked) -> HttpResponse:
    """Which units have not handed in, to read and as plain text for a group."""
    if not Filing.receives(request.person):
        raise Http404
    held = asked_round(request)
    context = {"units": list(unfiled.outstanding(held)), "text": unfiled.message(held), "round": held}
    return render(request, "delivery/unfiled.html", context)


@require_POST
def reminder(request: Asked) -> HttpResponse:
    """催办 the units that have not."""
    if not Filing.receives(request.person):
        raise Http404
    try:
        count = unfiled.urge(asked_round(request), by=request.person)
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, f"已提醒 {count} 个单位报送")
    return redirect("unfiled")


# A unit's table


@require_GET
def unit(request: Asked, pk: int) -> HttpResponse:
    """The table as it stands today, live, and its versions."""
    place, held = _unit(request, pk), asked_round(request)
    files = Filing.filers(request.person).contains(place)
    context = filing_page.unit_page(place, held, request.person, files=files)
    hand = {"filler": request.person.name if files else "", "phone": context["phone"]}
    lines = context["lines"]
    context["sheet"] = on_screen(filing_papers.live(place, lines, year=str(held), **hand)) if lines else None
    context["rows"] = [filing_page.live_row(line) for line in lines]
    context |= {"years": years(request, held), "returned": filing_page.returned(place, held, request.person)}
    return render(request, "delivery/unit_filing.html", context)


def _hand(request: Asked, place: Organisation) -> dict[str, str]:
    """Who would fill the table in: the officer who looks, with the number that the last version bore."""
    own = Filing.filers(request.person).contains(place)
    return {"filler": request.person.name if own else "", "phone": Filing.phone_of(place)}


@require_GET
def live_paper(request: Asked, pk: int, kind: str) -> FileResponse:
    place, held = _unit(request, pk), asked_round(request)
    lines = summary.lines(summary.reported(place, held))
    hand = _hand(request, place)
    paper = filing_papers.live(place, lines, year=str(held), **hand)
    return _file(paper, filing_papers.live_sheet(place, lines, **hand), kind, request)


@get_or_post
def new(request: Asked, pk: int) -> HttpResponse:
    """报送备案: what will be frozen, the telephone number, and what was corrected."""
    place, held = _unit(request, pk), asked_round(request)
    if not Filing.filers(request.person).contains(place):
        raise Http404
    form = HandInForm(place, held, posted(request))
    if request.method == "POST" and form.is_valid():
        facts = {"phone": form.cleaned_data["phone"], "seen": form.cleaned_data["seen"]}
        try:
            made = Filing.hand_in(place, held, by=request.person, explanations=form.explanations(), **facts)
        except Refused as refused:
            take_refusal(form, refused)
        else:
            messages.success(request, f"已报送{made.version_text}，公司办理后通知您")
            return redirect("filing", made.pk)
    context = filing_page.unit_page(place, held, request.person, files=True) | {"form": form}
    return render(request, "delivery/filing_new.html", context)


# A version


@get_or_post
def show(request: Asked, pk: int) -> HttpResponse:
    """A version line by line; the company answers here."""
    filing = _filing(request, pk)
    answers = not filing.refusals("answer", by=request.person)
    form = AnswerForm(filing.rows.all(), posted(request))
    if request.method == "POST":
        if not Filing.receives(request.person):
            raise Http404
        if form.is_valid() and _answered(request, filing, form):
            return redirect("filing", pk)
        filing = _filing(request, pk)
        answers = not filing.refusals("answer", by=request.person)
    page = page_of(filing.rows.select_related("answered_by", "answered_for"), request.GET)
    context = filing_page.version_page(filing, request.person) | {"form": form, "answers": answers}
    context["left"] = form.left(closed=not answers)
    context["page"] = page.showing(filing_page.rows(page.rows, form, context))
    return render(request, "delivery/filing_show.html", context)


def _answered(request: Asked, filing: Filing, form: AnswerForm) -> bool:
    """Whether the answer was taken; what stands against it is put on the form."""
    told, by = form.cleaned_data, request.person
    keys = [row.pk for row in told["rows"]]
    try:
        if told["decision"] == "all":
            filing.settle(by=by, seen=told["seen"])
        elif told["decision"] == "record":
            filing.answer(record=keys, by=by, seen=told["seen"])
        else:
            filing.answer(returned=form.reasons(), by=by, seen=told["seen"])
    except Refused as refused:
        take_refusal(form, refused)
        return False
    messages.success(request, "已办理，报送单位会收到通知")
    return True


@get_or_post
def recall(request: Asked, pk: int) -> HttpResponse:
    filing = _own(request, pk)
    before = filing.predecessor()
    stands = f"{before.version_text}恢复为现行版" if before else "本单位恢复为未报送，是否迟报以重新报送的时间为准"
    return asked(
        request, Form(posted(request)), lambda: filing.recall(by=request.person), heading="撤回报送",
        text=f"{filing.version_text}留存备查，标注已撤回；改好后再报的是下一版。", action_label="撤回报送",
        points=[f"撤回后{stands}", "公司党委组织部会收到通知"], trail=_trail(filing),
        back_url=reverse("filing", args=[pk]), refusals=filing.refusals("recall", by=request.person),
    )  # fmt: skip


@get_or_post
def phone(request: Asked, pk: int) -> HttpResponse:
    """更正联系电话: what the company reads, and what is printed from now on."""
    filing = _own(request, pk)
    form = PhoneForm(posted(request), initial={"phone": filing.phone})
    return asked(
        request, form, lambda: filing.correct_phone(phone=form.cleaned_data["phone"], by=request.person),
        heading="更正联系电话", text="只改表头的联系电话，不用另报一版，项目的备案情况不变。", action_label="更正",
        trail=_trail(filing), back_url=reverse("filing", args=[pk]), done="已更正联系电话",
        refusals=filing.refusals("correct_phone", by=request.person),
    )  # fmt: skip


def _own(request: Asked, pk: int) -> Filing:
    """A version of the unit whose table this person hands in: its forms are nobody else's."""
    filing = _filing(request, pk)
    if not Filing.filers(request.person).contains(filing.unit):
        raise Http404
    return filing


def _trail(filing: Filing) -> list[tuple[str, str]]:
    table = f"{reverse('unit-filing', args=[filing.unit_id])}?year={filing.round.year}"
    return [
        (f"{filing.unit.short_name}项目汇总表", table),
        (filing.version_text, reverse("filing", args=[filing.pk])),
    ]


@require_GET
def paper(request: Asked, pk: int, kind: str) -> FileResponse:
    """The version as it was handed in."""
    filing = _filing(request, pk)
    return _file(filing_papers.of_filing(filing), filing_papers.sheet_of_filing(filing), kind, request)


@require_GET
def receipt(request: Asked, pk: int, kind: str) -> FileResponse:
    """备案回执, once the company has recorded something of it."""
    filing = _filing(request, pk)
    if not filing.has_receipt:
        raise Http404
    return drawn(filing_papers.receipt(filing), kind, request)


@require_GET
def differences(request: Asked, pk: int) -> HttpResponse:
    """What a version says otherwise than the one before it, or than an earlier one that the address names."""
    filing = _filing(request, pk)
    own = Filing.objects.visible_to(request.person).filter(unit=filing.unit, round=filing.round)
    earlier = list(own.filter(number__lt=filing.number).exclude(state=State.RECALLED).order_by("-number"))
    asked = request.GET.get("from", "")
    before = next((each for each in earlier if str(each.number) == asked), earlier[0] if earlier else None)
    changes = filing.changes_since(before) if before else []
    context = {
        "filing": filing_page.versions([filing])[0], "before": before, "earlier": earlier,
        "changes": [each for each in changes if each.kind != summary.EXPLAINED],
        "explained": [each for each in changes if each.kind == summary.EXPLAINED],
        "counts": [(kind, sum(each.kind == kind for each in changes)) for kind in (summary.ADDED, summary.CHANGED, summary.REMOVED, summary.EXPLAINED)],
    }  # fmt: skip
    return render(request, "delivery/filing_differences.html", context)


# The whole company


@require_GET
def company(request: Asked) -> HttpResponse:
    """The roll-up: every unit's newest version one below the other, with totals (S-122)."""
    if not company_table.is_open_to(request.person):
        raise Http404
    held = asked_round(request)
    page = page_of(filing_page.company_rows(request.person, held), request.GET)
    context = {
        "round": held, "years": years(request, held), "missing": list(unfiled.outstanding(held)),
        "page": page.showing([filing_page.company_row(each) for each in page.rows]),
        "totals": [{"label": label, "count": count} for label, count in company_table.totals(request.person, held)],
    }  # fmt: skip
    return render(request, "delivery/filing_company.html", context)


@require_POST
@transaction.atomic
def company_paper(request: Asked, kind: str) -> HttpResponseBase:
    """The roll-up as a file, at once or by the worker. A POST: who took it is written down."""
    if kind not in company_table.KINDS or not company_table.is_open_to(request.person):
        raise Http404
    held = asked_round(request)
    name = company_table.name(held, kind)
    try:
        if company_table.count(request.person, held) > company_table.MOST_AT_ONCE:
            query = f"year={held.year}&kind={kind}"
            Download.ask(company_table.KIND, name=name, query=query, by=request.person)
            messages.success(request, "项目较多，正在后台准备，做好后通知您")
            return redirect("downloads")
        content, count = company_table.draw(request.person, held, kind)
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect(f"{reverse('filing-company')}?year={held.year}")
    audit.record("filing.export", None, by=request.person, details={"count": count, "year": held.year})
    return attached(content, name, media_type(name))
