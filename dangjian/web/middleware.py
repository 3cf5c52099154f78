"""Who is asking: the person behind the request, and the address that the audit trail notes."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django_htmx.middleware import HtmxDetails

from dangjian.foundation import audit
from dangjian.people.account import Account
from dangjian.people.person import Person


class Asked(HttpRequest):
    """A request of somebody signed in: what every page function receives."""

    person: Person
    user: Account
    htmx: HtmxDetails


def who_is_asking(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    def answer(request: HttpRequest) -> HttpResponse:
        if isinstance(request.user, Account):
            request.person = request.user.person  # type: ignore[attr-defined]
            if request.user.must_change_password and not _lets_pass(request.path):
                return redirect("password")
        with audit.asked_from(request.META.get("REMOTE_ADDR", "")):
            return get_response(request)

    return answer


def _lets_pass(path: str) -> bool:
    """Somebody with a first password may only change it or leave."""
    return path.startswith(("/password/", "/sign-out/", "/static/"))
