"""The secretary's sittings: many letters confirmed after a second proof of identity (电子确认), or taken over (接续确认).

And whether a confirmed file is still as it was.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods

from dangjian.agreements import certificate, papers, signed_file
from dangjian.agreements.confirmation import registered
from dangjian.agreements.letter import Letter, LetterQuerySet
from dangjian.agreements.signature import Side
from dangjian.foundation import sandbox
from dangjian.foundation.lifecycle import Refused
from dangjian.people.access import Ability
from dangjian.web import display, letter_page
from dangjian.web.batch import one_by_one
from dangjian.web.display import Shown
from dangjian.web.forms import posted, sent_files, take_refusal
from dangjian.web.forms.letters import ConfirmForm, VerifyForm
from dangjian.web.lists import Page, page_of
from dangjian.web.middleware import Asked
from dangjian.web.papers import drawn
from dangjian.web.presence import is_confirmed
from dangjian.web.proof import Proof
from dangjian.web.views.letters import with_names
from dangjian.web.views.scans import sent

get_or_post = require_http_methods(["GET", "POST"])


@sensitive_post_parameters()
@get_or_post
def sitting(request: Asked) -> HttpResponse:
    """Every letter that the secretary is to confirm; each chosen one by itself, all after one proof of identity."""
    person = request.person
    if not person.scopes(Ability.SIGN_LETTER):
        raise Http404
    seen = with_names(Letter.objects.visible_to(person))
    form, proof = ConfirmForm(seen, posted(request)), _proof(request)
    results: list[dict[str, Any]] = []
    if proof is not None and request.method == "POST" and proof.is_given():
        proof = None
    if proof is None and request.method == "POST" and form.is_valid():
        results = one_by_one(
            form.cleaned_data["letters"], lambda letter: f"已{letter.confirm_electronically(by=person).label}",
            name=lambda letter: letter.project.name,
        )  # fmt: skip
    page = _listed(request, form, seen.to_confirm_by(person), letter_page.to_confirm)
    context = {"form": form, "proof": proof and proof.form, "page": page, "results": results}
    return render(request, "agreements/sitting.html", context)


@get_or_post
def takeovers(request: Asked) -> HttpResponse:
    """接续确认 of every letter that earlier secretaries signed; each chosen one by itself."""
    person = request.person
    if not person.scopes(Ability.SIGN_LETTER):
        raise Http404
    seen = with_names(Letter.objects.visible_to(person))
    form = ConfirmForm(seen, posted(request))
    results: list[dict[str, Any]] = []
    if request.method == "POST" and form.is_valid():
        results = one_by_one(
            form.cleaned_data["letters"], lambda letter: f"已{letter.carry_on(by=person).label}",
            name=lambda letter: letter.project.name,
        )  # fmt: skip
    page = _listed(request, form, seen.to_carry_on_by(person), letter_page.to_take_over)
    return render(request, "agreements/takeovers.html", {"form": form, "page": page, "results": results})


def _listed(request: Asked, form: ConfirmForm, waiting: LetterQuerySet, shown: Callable[[Letter], Shown]) -> Page[Any]:
    """A page of the letters that wait, with those ticked that were sent, or that the page was opened for."""
    named = waiting.prefetch_related("signatures__person", "signatures__principal")
    page, ticked = (
        page_of(named.in_order(), request.GET),
        form.ticked("letters", opened_for=request.GET.get("letter", "")),
    )
    return page.showing([shown(letter) | {"ticked": str(letter.pk) in ticked} for letter in page.rows])


def _proof(request: Asked) -> Proof | None:
    """What is asked besides; None where it was asked a short time ago."""
    return None if is_confirmed(request) else Proof(request, posted(request)).at_the_foot()


@require_GET
def file(request: Asked, pk: int) -> FileResponse:
    """The one original, the same bytes for both; where nobody has confirmed yet, what there is to confirm."""
    letter = get_object_or_404(with_names(Letter.objects.visible_to(request.person)), pk=pk)
    kept = letter.confirmed_file()
    if kept is not None:
        return sent(kept, inline="view" in request.GET)
    if not letter.may_be_confirmed:
        raise Http404
    original = papers.to_confirm(letter)
    return drawn(replace(original, stem=f"{original.stem}（待确认）"), "pdf", request)


@get_or_post
def verification(request: Asked) -> HttpResponse:
    """核验: what became of a file since both confirmed it. Nothing is kept."""
    if not request.person.scopes(Ability.VIEW_PROJECT):
        raise Http404
    form = VerifyForm(posted(request), sent_files(request))
    shown: dict[str, Any] = {}
    if request.method == "POST" and form.is_valid():
        try:
            shown = _verified(request, b"".join(form.cleaned_data["file"].chunks()))
        except Refused as refused:
            take_refusal(form, refused)
    return render(request, "agreements/verification.html", {"form": form, **shown})


def _verified(request: Asked, content: bytes) -> dict[str, Any]:
    try:
        told = sandbox.read(signed_file.verify, content, options={"roots": certificate.roots()})
        alone = signed_file.verdict_of(told)
    except sandbox.Unreadable:
        alone = signed_file.Verdict(signed_file.Finding.NOT_OURS)
    digest = hashlib.sha256(content).hexdigest()
    found, number = registered(digest, alone)
    letter = Letter.objects.visible_to(request.person).filter(pk=number or 0).first()
    return {
        "verdict": found, "is_intact": found.finding == signed_file.Finding.INTACT, "digest": digest,
        "letter": letter, "letter_url": reverse("letter", args=[letter.pk]) if letter else "",
        "void_told": letter.void_told if letter else "",
        "signers": [
            {"side": Side(one.side).label, "name": one.name, "serial": one.serial, "at_text": display.moment_of(one.at)}
            for one in found.signers
        ],
    }  # fmt: skip
