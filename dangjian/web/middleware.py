"""Who is asking: the person behind the request and the address that the audit trail notes; and the word where no page is."""

from collections.abc import Callable

from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect, render
from django_htmx.middleware import HtmxDetails

from dangjian.foundation import audit
from dangjian.people.account import Account
from dangjian.people.person import Person
from dangjian.people.second_factor import must_be_set_up
from dangjian.web import presence


class Asked(HttpRequest):
    """A request of somebody signed in: what every page function receives."""

    person: Person
    user: Account
    htmx: HtmxDetails


def who_is_asking(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    def answer(request: HttpRequest) -> HttpResponse:
        if isinstance(request.user, Account) and presence.is_idle(request):
            logout(request)
        if isinstance(request.user, Account):
            presence.note_use(request)
            request.person = request.user.person  # type: ignore[attr-defined]
            first = "" if _lets_pass(request.path) else _comes_first(request.user)
            if first:
                return redirect(first)
        with audit.asked_from(request.META.get("REMOTE_ADDR", "")):
            return get_response(request)

    return answer


def button_only(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """An address that only a button uses, opened as a page, says so instead of staying blank."""

    def answer(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if not isinstance(response, HttpResponseNotAllowed) or request.method != "GET" or response.content:
            return response
        page = render(request, "faults/button_only.html", status=405)
        page["Allow"] = response["Allow"]
        return page

    return answer


def _comes_first(account: Account) -> str:
    """The page without which nothing else opens: a new password, or the second factor that the profile asks for."""
    if account.has_to_change_password:
        return "password"
    return "second-factor" if must_be_set_up(account) else ""


def _lets_pass(path: str) -> bool:
    """Somebody with a first password may only change it or leave."""
    return path.startswith(("/password/", "/account/second-factor/", "/identity/", "/sign-out/", "/static/"))
