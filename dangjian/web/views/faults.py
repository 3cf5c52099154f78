"""When something is wrong: plain words and the next step."""

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def missing(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "404.html", status=404)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "403.html", status=403)


@login_not_required
def forged(request: HttpRequest, reason: str = "", **more: Any) -> HttpResponse:
    """The page was open so long that its form is no longer trusted."""
    return render(request, "faults/csrf.html", status=403)
