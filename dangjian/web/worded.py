"""The words (登记、修改): one page that is one form; what was typed goes to one verb."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect, render

from dangjian.foundation.lifecycle import Refused
from dangjian.web.forms import take_refusal
from dangjian.web.middleware import Asked


def worded(
    request: Asked, form: Form, verb: Callable[..., Any], *, heading: str, lead: str, listed: tuple[str, str],
    back_url: str, done: str = "已保存", opens: Callable[[Any], str] | None = None, more_url: str = "",
) -> HttpResponse:  # fmt: skip
    """Show the form; once filled in call the verb with what was typed and go back, or put its reasons at the fields.

    ``listed`` is the list it belongs to, label and address. ``done`` is told afterwards, with what the verb made in
    place of ``{}``; ``opens`` gives the page of that, and ``more_url`` offers to go on with another.
    """
    if request.method == "POST" and form.is_valid():
        try:
            made = verb(**form.cleaned_data)
        except Refused as refused:
            take_refusal(form, refused)
        else:
            messages.success(request, done.format(made))
            if more_url and "more" in request.POST:
                return redirect(more_url)
            return redirect(opens(made) if opens else back_url)
    context = {
        "form": form, "heading": heading, "lead": lead, "back_url": back_url, "more": bool(more_url),
        "list_label": listed[0], "list_url": listed[1],
    }  # fmt: skip
    return render(request, "form.html", context)
