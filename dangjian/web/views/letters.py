"""Letters: the list, making them for many projects, one with its copies, and the question before each move."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.forms import Form
from django.http import FileResponse, Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from dangjian.agreements import papers
from dangjian.agreements.custody import LetterCopy, usual_receivers
from dangjian.agreements.letter import Letter, LetterQuerySet
from dangjian.agreements.letter_finding import in_order, unlettered
from dangjian.agreements.voiding import State
from dangjian.foundation import clock
from dangjian.foundation.evidence import Attachment
from dangjian.foundation.lifecycle import Overtaken, Reason, Refused
from dangjian.foundation.search import held, words_of
from dangjian.foundation.window import day_text
from dangjian.people.access import Ability
from dangjian.people.person import Person
from dangjian.people.scope import in_scopes
from dangjian.programmes.round import Round
from dangjian.projects.bundle import Bundle
from dangjian.projects.project import Project
from dangjian.web import letter_page
from dangjian.web.asked import asked
from dangjian.web.batch import one_by_one
from dangjian.web.forms import posted, seen_anew, sent_files, take_refusal
from dangjian.web.forms.held import drop
from dangjian.web.forms.letters import (
    CustodyForm,
    CustodyQuery,
    LetterQuery,
    LetterReasonForm,
    MakeForm,
    SigningForm,
    VoidAnswerForm,
)
from dangjian.web.forms.scans import as_files
from dangjian.web.lists import page_of
from dangjian.web.menu import require
from dangjian.web.middleware import Asked
from dangjian.web.papers import drawn
from dangjian.web.views.scans import sent

get_or_post = require_http_methods(["GET", "POST"])


def with_names(found: LetterQuerySet) -> LetterQuerySet:
    return found.select_related(
        "project__branch", "project__unit", "project__owner", "made_by", "made_for", "void_proposed_by"
    ).prefetch_related("project__round__scheme", "project__scheme")


def _letter(request: Asked, pk: int) -> Letter:
    return get_object_or_404(with_names(Letter.objects.visible_to(request.person)), pk=pk)


def _kept(request: Asked, pk: int, ability: Ability = Ability.KEEP_LETTERS) -> Letter:
    """A letter that this person deals with for its unit: its questions are nobody else's."""
    letter = _letter(request, pk)
    if not request.person.can(ability, letter.project.unit):
        raise Http404
    return letter


@require_GET
def index(request: Asked) -> HttpResponse:
    person = request.person
    require(person, "letters")
    seen = Letter.objects.visible_to(person)
    years = sorted(set(seen.order_by().values_list("project__round__year", flat=True)), reverse=True)
    form = LetterQuery(years, _asked_for(request, years))
    chosen = {key: value for key, value in form.cleaned_data.items() if value} if form.is_valid() else {}
    page = page_of(with_names(_narrowed(seen, chosen)).in_order(), request.GET)
    keeps = bool(person.scopes(Ability.KEEP_LETTERS))
    context = {
        "form": form, "filtered": bool(chosen), "page": page.showing([letter_page.row(letter) for letter in page.rows]),
        "keeps": keeps, "lacking_text": _lacking_text(request) if keeps else "",
        "unsigned": seen.unsigned().count() if keeps else 0,
    }  # fmt: skip
    return render(request, "agreements/letter_index.html", context)


@require_GET
def custody_list(request: Asked) -> HttpResponse:
    """保管清单: who has each copy of the signed letters."""
    require(request.person, "letters")
    seen = Letter.objects.visible_to(request.person).filter(state=State.SIGNED)
    years = sorted(set(seen.order_by().values_list("project__round__year", flat=True)), reverse=True)
    form = CustodyQuery(years, _asked_for(request, years))
    chosen = {key: value for key, value in form.cleaned_data.items() if value} if form.is_valid() else {}
    found = _narrowed(seen, chosen)
    if "handed" in chosen:
        on_paper = found.exclude(signatures__certificate__gt="")
        waits = LetterCopy.outstanding()
        found = on_paper.filter(waits) if chosen["handed"] == "no" else on_paper.exclude(waits)
    found = with_names(found).prefetch_related("copies__keeper", "signatures").in_order()
    page = page_of(found, request.GET)
    mine = seen.filter(in_scopes(request.person.scopes(Ability.KEEP_LETTERS), "project__path"))
    kept = set(mine.filter(pk__in=[letter.pk for letter in page.rows]).values_list("pk", flat=True))
    rows = [letter_page.custody_row(letter, kept) for letter in page.rows]
    to_hand_over = LetterCopy.objects.visible_to(request.person).kept_by(request.person).to_hand_over().exists()
    context = {"form": form, "filtered": bool(chosen), "page": page.showing(rows), "waits": to_hand_over}
    return render(request, "agreements/custody_list.html", context)


def _asked_for(request: Asked, years: list[int]) -> QueryDict | dict[str, Any]:
    """What was asked for; where nothing was, the letters of the current year."""
    if request.GET.keys() - {"page", "size"}:
        return request.GET
    held = Round.current()
    return {"year": held.year if held and held.year in years else years[0]} if years else {}


def _lacking_text(request: Asked) -> str:
    lacking = unlettered(request.person).count()
    return f"{lacking} 个已立项的项目还没有制作责任书" if lacking else ""


def _narrowed(rows: LetterQuerySet, chosen: dict[str, Any]) -> LetterQuerySet:
    for word in words_of(chosen.get("q", "")):
        rows = rows.filter(held(word, "project__name", "number", "project__number", "project__branch__short_name"))
    if chosen.get("state") == "overdue":
        rows = rows.overdue()
    elif "state" in chosen:
        rows = rows.filter(state=chosen["state"])
    return rows.filter(project__round__year=chosen["year"]) if "year" in chosen else rows


@get_or_post
def new(request: Asked) -> HttpResponse:
    """批量制作: for each chosen project in a transaction of its own, the result told one by one.

    Where one alone was asked for and made, its own page is where it goes on: print it, have it signed.
    """
    person = request.person
    if not person.scopes(Ability.KEEP_LETTERS):
        raise Http404
    lacking = unlettered(person)
    # Whoever was faster is told row by row, so what has its letter already may be chosen too.
    form = MakeForm(in_order(lacking.model.objects.visible_to(person)), posted(request))
    results: list[dict[str, Any]] = []
    if request.method == "POST" and form.is_valid():
        results = _made(form.cleaned_data["projects"], person)
        if len(results) == 1 and results[0]["done"]:
            messages.success(request, results[0]["text"])
            return redirect(results[0]["url"])
    page = page_of(lacking, request.GET)
    ticked = form.ticked("projects", opened_for=request.GET.get("project", ""))
    rows = [
        {"project": project, "ticked": str(project.pk) in ticked, "paper_text": letter_page.on_paper_text(project)}
        for project in page.rows
    ]
    context = {"form": form, "page": page.showing(rows), "results": results}
    return render(request, "agreements/letter_new.html", context)


def _made(projects: Iterable[Project], person: Person) -> list[dict[str, Any]]:
    """What became of each, and where its letter is."""
    made: list[Letter] = []

    def make(project: Project) -> str:
        made.append(Letter.make(project, by=person))
        return f"已制作{made[-1]}"

    results, letters = one_by_one(projects, make), iter(made)
    return [one | {"url": reverse("letter", args=[next(letters).pk]) if one["done"] else ""} for one in results]


@require_GET
def show(request: Asked, pk: int) -> HttpResponse:
    letter = _letter(request, pk)
    return render(request, "agreements/letter_show.html", letter_page.page(letter, request.person))


@require_GET
def paper(request: Asked, pk: int, copy: int, kind: str) -> FileResponse:
    """附件2, 第1份 or 第2份."""
    letter = _letter(request, pk)
    if copy not in papers.COPIES:
        raise Http404
    return drawn(papers.copy_of(letter, copy), kind, request)


@require_GET
def file(request: Asked, pk: int, attachment: int) -> FileResponse:
    """A written authority."""
    letter = _letter(request, pk)
    kept = letter.signatures.filter(authority=attachment).values("authority")
    return sent(get_object_or_404(Attachment.objects.select_related("evidence"), pk__in=kept), inline=False)


@get_or_post
def signing(request: Asked, pk: int) -> HttpResponse:
    """登记签订: the date, both scans, and by what authority somebody signed instead of a secretary."""
    letter = _kept(request, pk)
    form = SigningForm(letter, request.person, posted(request), sent_files(request))
    against = [reason for reason in letter.refusals("sign", by=request.person) if reason.field != "scans"]
    if request.method == "POST" and not form.is_valid():
        # What only the letter knows is told together with what the form itself finds wrong.
        take_refusal(form, Refused(*_looked_at(letter, form, request.person)[1]))
    return _asked(
        request, letter, form, lambda: _sign(letter, form, request), heading="登记签订", action_label="登记签订",
        text=f"{letter.number}，双方签字盖章后登记。扫描件已经归档的不用再传。", refusals=against,
    )  # fmt: skip


def _sign(letter: Letter, form: SigningForm, request: Asked) -> None:
    """Scans are read first, which takes seconds, and then filed with the signing, all or nothing."""
    bundles, wrong = _looked_at(letter, form, request.person)
    if wrong:
        raise Refused(*wrong)
    with transaction.atomic():
        for number, bundle in bundles.items():
            letter.slot(number).file_bundle(bundle, by=request.person)
        letter.sign(
            signed_on=form.cleaned_data["signed_on"], place=form.cleaned_data["place"], by=request.person,
            authorities=form.authorities(),
        )  # fmt: skip
    drop(form.uploads())


def _looked_at(letter: Letter, form: SigningForm, person: Person) -> tuple[dict[int, Bundle], list[Reason]]:
    """The scans, read, and all that is wrong with what was sent; nothing of it where the letter cannot be signed at all."""
    against, told = letter.refusals("sign", by=person), form.cleaned_data
    if any(reason.field != "scans" for reason in against):
        return {}, []
    bundles, wrong = _read(letter, form, person)
    for copy, lacks in zip(form.copies, against, strict=False):
        name = f"scan_{copy.number}"
        if copy.number not in form.scans() and name not in form.errors:
            wrong.append(Reason(str(lacks), name))
    if "signed_on" in told:
        facts = {"signed_on": told["signed_on"], "place": told.get("place", ""), "authorities": form.authorities()}
        wrong += letter.wrong_signing(**facts)
    return bundles, wrong


def _read(letter: Letter, form: SigningForm, person: Person) -> tuple[dict[int, Bundle], list[Reason]]:
    """The scan of each copy, and what is wrong with them. What is refused waits for no other try."""
    bundles, wrong = dict[int, Bundle](), list[Reason]()
    for number, files in form.scans().items():
        try:
            bundles[number] = letter.slot(number).bundle(as_files(files), by=person)
        except Refused as refused:
            drop(files)
            wrong += [Reason(f"{reason}；这次传的文件没有留下", f"scan_{number}") for reason in refused.reasons]
    return bundles, wrong


@get_or_post
def deferral(request: Asked, pk: int) -> HttpResponse:
    letter = _kept(request, pk)
    form = LetterReasonForm(posted(request))
    days = letter.project.rules.letter.late_days
    return _asked(
        request, letter, form, lambda: letter.defer(by=request.person, **form.cleaned_data), heading="暂缓签订",
        text=f"暂不能签订的写明理由，项目可以先启动，{days}日内补签；到期前提醒，逾期列为“补签已逾期”。",
        action_label="暂缓签订", refusals=letter.refusals("defer", by=request.person),
    )  # fmt: skip


@get_or_post
def voiding(request: Asked, pk: int) -> HttpResponse:
    letter = _kept(request, pk)
    form, due_on = LetterReasonForm(posted(request)), letter.due_when_void
    follows = f"项目正在实施，重新制作的责任书应在{day_text(due_on)}前补签。" if due_on else ""
    return _asked(
        request, letter, form, lambda: letter.propose_void(by=request.person, **form.cleaned_data), heading="提请作废",
        text=f"由另一位同志确认后作废。编号不再使用，原件和扫描件仍可查阅；作废后可以重新制作。{follows}",
        action_label="提请作废", action_tone="danger", refusals=letter.refusals("propose_void", by=request.person),
    )  # fmt: skip


@get_or_post
def void_answer(request: Asked, pk: int) -> HttpResponse:
    """确认作废 or 不作废, by the second person; whoever proposed it may only take it back."""
    letter, person = _kept(request, pk, Ability.VOID_LETTER), request.person
    own = letter.void_proposed_by_id == person.pk
    name = "take_back" if own else "keep" if request.POST.get("answer") == "keep" else "void"
    against = letter.refusals(name, by=person)
    form = Form(posted(request)) if own else VoidAnswerForm(posted(request), initial={"seen": letter.version})

    def answer() -> Any:
        told = form.cleaned_data
        if name == "take_back":
            return letter.take_back(by=person)
        try:
            return letter.keep(by=person, **told) if name == "keep" else letter.void(by=person, seen=told["seen"])
        except Overtaken:
            seen_anew(form, letter.version)
            raise

    return _asked(
        request, letter, form, answer,
        heading="撤回作废提请" if own else "确认作废", text=f"{letter.void_proposed_who}提请作废：{letter.void_reason}",
        action_label="撤回提请" if own else "不作废" if name == "keep" else "确认作废", action_tone="primary" if own else "danger",
        refusals=against, other=[] if own else [("keep", "不作废")],
    )  # fmt: skip


@get_or_post
def takeover(request: Asked, pk: int) -> HttpResponse:
    """接续确认 by the secretary who came after."""
    letter = _letter(request, pk)
    if not letter.permits(letter.move_named("carry_on"), request.person):
        raise Http404
    return _asked(
        request, letter, Form(posted(request)), lambda: letter.carry_on(by=request.person), heading="接续确认",
        text=f"本责任书{letter_page.stood_text(letter)}。确认后由您继续履行，不另签纸质件；需要重新签订的，请单位组织部门作废后重新制作。",
        points=letter.facts["clauses"], numbered=True,
        action_label="接续确认", refusals=letter.refusals("carry_on", by=request.person),
    )  # fmt: skip


@get_or_post
def custody(request: Asked, pk: int, copy: int) -> HttpResponse:
    """登记交付: who received one copy; or 更正, where it was taken down wrongly."""
    letter = _kept(request, pk)
    found = get_object_or_404(letter.copies.select_related("keeper", "letter__project__unit"), number=copy)
    if found.handed_on:
        told: dict[str, Any] = {"to": found.received_by, "on": found.handed_on, "corrects": True}
    else:
        told = {"to": usual_receivers([found.keeper], by=request.person)[found.keeper.pk], "on": clock.today()}
    label = "更正交付" if found.handed_on else "登记交付"
    form = CustodyForm(posted(request), initial=told)
    return _asked(
        request, letter, form, lambda: found.hand_over(by=request.person, **form.cleaned_data), heading=label,
        text=f"{letter.number}{found}由{found.keeper.short_name}保管。", action_label=label,
        refusals=[] if letter.signed_on else ["责任书签订后才能登记交付"],
    )  # fmt: skip


def _asked(request: Asked, letter: Letter, form: Any, verb: Callable[[], Any], **shown: Any) -> HttpResponse:
    """The question on a letter's own page."""
    own = reverse("letter", args=[letter.pk])
    trail = [("责任书", reverse("letters")), (letter.number, own)]
    return asked(request, form, verb, back_url=own, project=letter.project, trail=trail, **shown)
