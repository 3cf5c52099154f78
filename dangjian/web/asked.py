"""The question (办理前的询问): one page that says what is about to happen, and on the answer makes it happen."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect, render

from dangjian.foundation.lifecycle import Refused
from dangjian.web.forms import take_refusal, typed
from dangjian.web.middleware import Asked


def asked(
    request: Asked, form: Form, verb: Callable[[], Any], *, heading: str, text: str, action_label: str, back_url: str,
    refusals: Iterable[Any] = (), points: Iterable[str] = (), done: str | Callable[[Any], str] = "",
    then: Callable[[Any], str] | None = None, **shown: Any,
) -> HttpResponse:  # fmt: skip
    """Show the question; on the answer call the verb and go back, or put its reasons on the page.

    ``refusals`` say why it cannot be now, ``points`` what follows from it, ``done`` what is told afterwards.
    Both ``done`` and ``then``, the address gone to instead of back, may be made of what the verb gave.
    """
    against = [str(reason) for reason in refusals]
    if request.method == "POST" and form.is_valid():
        try:
            made = verb()
        except Refused as refused:
            # What the page says anyway is not told twice; who was faster, and what only the verb knows, is.
            if not {str(reason) for reason in refused.reasons} <= set(against):
                take_refusal(form, refused)
        else:
            messages.success(request, (done(made) if callable(done) else done) or f"已{action_label}")
            return redirect(then(made) if then else back_url)
    context = {
        "form": form, "heading": heading, "text": text, "action_label": action_label, "back_url": back_url,
        "points": against or list(points), "refused": bool(against), "action_tone": "primary", "project": None,
        "typed": typed(form) if against and form.is_bound else [],
    }  # fmt: skip
    return render(request, "parts/confirm.html", context | shown)
