"""Who is really there: what a session notes of its device, when it was last used, and when its owner last proved himself.

Sensitive verbs (administrators' acts, tokens, signatures) ask for a recent proof: :func:`confirmed_recently`.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from dangjian.foundation import clock
from dangjian.people.session import device_of

CONFIRMED_FOR = timedelta(minutes=15)
# Whoever proved himself to open a form has this much longer to fill it in.
FILLING_IN = timedelta(minutes=30)
NOTED_EVERY = timedelta(minutes=2)

View = Callable[..., HttpResponse]


def note_sign_in(sender: Any, request: HttpRequest, **more: Any) -> None:
    """At each sign-in: on what device, from where, and that the password was given just now."""
    now = clock.wall().isoformat()
    device, address = device_of(request.META.get("HTTP_USER_AGENT", "")), request.META.get("REMOTE_ADDR", "")
    request.session.update({"device": device, "address": address, "began": now, "seen": now, "confirmed": now})


def note_use(request: HttpRequest) -> None:
    """That the device was used just now, at most every two minutes: it costs a write."""
    if _age(request, "seen") >= NOTED_EVERY:
        request.session["seen"] = clock.wall().isoformat()


def is_idle(request: HttpRequest) -> bool:
    """Whether nobody has touched the device for longer than the password profile allows."""
    idle = settings.PASSWORD_PROFILE.idle
    return bool(idle) and _age(request, "seen") >= timedelta(minutes=idle)


def note_confirmation(request: HttpRequest) -> None:
    """That the person at the device has just proved to be the account's owner."""
    request.session["confirmed"] = clock.wall().isoformat()


def is_confirmed(request: HttpRequest, within: timedelta = CONFIRMED_FOR) -> bool:
    """Whether the person at the device proved to be the account's owner a short time ago."""
    return _age(request, "confirmed") < within


def confirmed_recently(*, back: str = "", to_open: bool = False) -> Callable[[View], View]:
    """Let a POST through only after a recent proof of identity; ``to_open`` asks when the form is opened already.

    After the proof one comes to the page again, or to the page named ``back`` where this one has no GET.
    """

    def guarded(view: View) -> View:
        @wraps(view)
        def answer(request: HttpRequest, *args: Any, **more: Any) -> HttpResponse:
            posted = request.method == "POST"
            within = CONFIRMED_FOR + FILLING_IN if posted and to_open else CONFIRMED_FOR
            if (posted or to_open) and not is_confirmed(request, within):
                if posted:
                    messages.info(request, "这项操作要先确认是您本人。请确认后重新办理")
                page = reverse(back) if back else request.get_full_path()
                return redirect(f"{reverse('identity')}?{urlencode({'next': page})}")
            return view(request, *args, **more)

        return answer

    return guarded


def _age(request: HttpRequest, mark: str) -> timedelta:
    """How long ago; very long where it never was."""
    noted = request.session.get(mark)
    return clock.wall() - datetime.fromisoformat(noted) if noted else timedelta.max
