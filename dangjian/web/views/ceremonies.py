"""签订仪式: all letters of one's units that are not signed yet, printed in one job and registered on one day."""

from __future__ import annotations

from typing import Any

from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from dangjian.agreements import papers
from dangjian.agreements.letter import Letter, LetterQuerySet
from dangjian.agreements.letter_finding import signed_on_paper
from dangjian.foundation import clock
from dangjian.papers.face import BINDERS, FACES, named
from dangjian.people.access import Ability
from dangjian.people.scope import in_scopes
from dangjian.projects.paper_kind import LETTER_KINDS
from dangjian.projects.scan import Scan
from dangjian.projects.together import MOST_AT_ONCE
from dangjian.web import letter_page
from dangjian.web.batch import one_by_one
from dangjian.web.forms import posted
from dangjian.web.forms.letters import CeremonyForm
from dangjian.web.lists import page_of
from dangjian.web.middleware import Asked
from dangjian.web.number import numbers
from dangjian.web.papers import attached
from dangjian.web.views.letters import with_names


def _unsigned(request: Asked) -> LetterQuerySet:
    """Those that the person registers, in 组织序列."""
    scopes = request.person.scopes(Ability.KEEP_LETTERS)
    if not scopes:
        raise Http404
    found = Letter.objects.visible_to(request.person).filter(in_scopes(scopes, "project__path"))
    return with_names(found.unsigned()).in_order()


@require_http_methods(["GET", "POST"])
def show(request: Asked) -> HttpResponse:
    """Print both copies of those chosen; register those that came back signed, each by itself."""
    unsigned = _unsigned(request)
    form = CeremonyForm(Letter.objects.visible_to(request.person), posted(request))
    results: list[dict[str, Any]] = []
    if request.method == "POST" and form.is_valid():
        cleaned = form.cleaned_data
        results = one_by_one(
            with_names(cleaned["letters"]),
            lambda letter: (
                "已" + letter.sign(signed_on=cleaned["signed_on"], place=cleaned["place"], by=request.person).label
            ),
            name=lambda letter: letter.project.name,
        )
    page = page_of(unsigned.prefetch_related("signatures__person", "signatures__principal"), request.GET)
    ticked, scans = form.ticked("letters"), _scans(request, page.rows)
    rows = [
        letter_page.row(letter)
        | {"confirmed_text": letter_page.confirmed_text(letter)}
        | {"ticked": str(letter.pk) in ticked, "scans": scans.get((letter.project_id, letter.edition), 0)}
        for letter in page.rows
    ]
    context = {
        "form": form, "page": page.showing(rows), "results": results, "on_paper": unsigned.to_sign_on_paper().exists(), "copies": len(papers.COPIES),
        "signed_on_paper": signed_on_paper(request.person, MOST_AT_ONCE), "most": MOST_AT_ONCE,
    }  # fmt: skip
    return render(request, "agreements/ceremony.html", context)


def _scans(request: Asked, letters: list[Letter]) -> dict[tuple[int | None, int | None], int]:
    """How many copies of each letter are filed."""
    projects = [letter.project_id for letter in letters]
    filed = Scan.objects.visible_to(request.person).standing().filter(project__in=projects, kind__in=LETTER_KINDS)
    counted: dict[tuple[int | None, int | None], int] = {}
    for key in filed.values_list("project_id", "edition"):
        counted[key] = counted.get(key, 0) + 1
    return counted


@require_http_methods(["GET", "POST"])
def paper(request: Asked, kind: str) -> FileResponse:
    """Both copies of the chosen letters, or of all, bound into one file in 组织序列."""
    if kind not in BINDERS:
        raise Http404
    asked = request.POST or request.GET
    chosen = numbers(asked.getlist("letters"))[:MOST_AT_ONCE]
    found = _unsigned(request).to_sign_on_paper()
    letters = list(found.filter(pk__in=chosen) if "letters" in asked else found[:MOST_AT_ONCE])
    if not letters:
        raise Http404
    bound = BINDERS[kind]([named(copy, request.person.name) for copy in papers.both_copies(letters)])
    name = f"责任书签订仪式 {clock.today():%Y%m%d} {len(letters)}份.{kind}"
    return attached(bound, name, FACES[kind][1], inline="view" in request.GET)
