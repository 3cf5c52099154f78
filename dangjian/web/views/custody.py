"""登记交付: many copies of signed letters handed out at once, each to whoever usually takes it."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from dangjian.agreements.custody import LetterCopy, usual_receivers
from dangjian.agreements.papers import COPIES
from dangjian.people.access import Ability
from dangjian.web.batch import one_by_one
from dangjian.web.forms import posted
from dangjian.web.forms.letters import CopiesForm
from dangjian.web.lists import page_of
from dangjian.web.middleware import Asked
from dangjian.web.number import number


@require_http_methods(["GET", "POST"])
def registration(request: Asked) -> HttpResponse:
    """Take down those that were ticked, each by itself; the others go on waiting."""
    person = request.person
    if not person.scopes(Ability.KEEP_LETTERS):
        raise Http404
    own = LetterCopy.objects.visible_to(person).kept_by(person)
    # Whoever was faster is told copy by copy, so what is handed out already may be chosen too.
    form = CopiesForm(own, posted(request))
    results: list[dict[str, Any]] = []
    if request.method == "POST" and form.is_valid():

        def handed_over(copy: LetterCopy) -> str:
            copy.hand_over(to=form.receiver(copy), on=form.cleaned_data["on"], by=person)
            return f"已登记由{copy.custody_text}"

        chosen = form.cleaned_data["copies"].select_related("letter__project__unit")
        results = one_by_one(chosen, handed_over, name=lambda copy: f"{copy.letter.project.name}{copy}")
    chosen_copy, waiting = number(request.GET.get("copy")), own.to_hand_over()
    page = page_of(waiting.filter(number=chosen_copy) if chosen_copy in COPIES else waiting, request.GET)
    usual = usual_receivers((copy.keeper for copy in page.rows), by=person)
    ticked = form.ticked("copies")
    rows = [
        {
            "copy": copy, "ticked": str(copy.pk) in ticked, "keeper": copy.keeper.short_name,
            "project": copy.letter.project, "to": form.receiver(copy, usual[copy.keeper_id]),
        }
        for copy in page.rows
    ]  # fmt: skip
    context = {"form": form, "page": page.showing(rows), "results": results, "chosen_copy": chosen_copy}
    return render(request, "agreements/custody_new.html", context)
