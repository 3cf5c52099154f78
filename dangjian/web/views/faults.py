"""When something is wrong: plain words and the next step."""

from typing import Any
from urllib.parse import urlencode, urlsplit

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse


def missing(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "404.html", status=404)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "403.html", status=403)


@login_not_required
def forged(request: HttpRequest, reason: str = "", **more: Any) -> HttpResponse:
    """The page was open so long that its form is no longer trusted, mostly because the session is over."""
    over = not request.user.is_authenticated and request.path != reverse("sign-in")
    stood = _page_of_the_form(request)
    again = f"{reverse('sign-in')}?{urlencode({'next': stood})}" if over else stood
    return render(request, "faults/csrf.html", {"over": over, "again": again}, status=403)


def _page_of_the_form(request: HttpRequest) -> str:
    page = urlsplit(request.headers.get("referer", ""))
    if page.netloc != request.get_host():
        return reverse("workbench")
    path = f"/{page.path.lstrip('/')}"  # two strokes would name another site
    return f"{path}?{page.query}" if page.query else path
