"""One's own access tokens: those in force, a new one, ending one."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from dangjian.foundation.lifecycle import Refused
from dangjian.people.token import MOST, Token
from dangjian.web import shown_once
from dangjian.web.forms import posted, take_refusal
from dangjian.web.forms.accounts import TokenForm
from dangjian.web.middleware import Asked
from dangjian.web.presence import confirmed_recently


@never_cache
@require_http_methods(["GET", "POST"])
@confirmed_recently(to_open=True)
def tokens(request: Asked) -> HttpResponse:
    """The secret of a new token is shown once, on the page that the POST leads to."""
    form = TokenForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            _, key = Token.issue(request.user, by=request.person, **form.cleaned_data)
        except Refused as refused:
            take_refusal(form, refused)
        else:
            shown_once.keep(request, "token", key)
            return redirect("tokens")
    held = Token.objects.visible_to(request.person).of(request.user)
    context = {
        "form": form, "key": shown_once.take(request, "token"), "tokens": held, "most": MOST,
        "address": request.build_absolute_uri("/api/"),
    }  # fmt: skip
    return render(request, "accounts/tokens.html", context)


@require_POST
def end_token(request: Asked, pk: int) -> HttpResponse:
    token = get_object_or_404(Token.objects.visible_to(request.person), account=request.user, pk=pk)
    token.revoke(by=request.person)
    messages.success(request, f"已停用令牌“{token.name}”")
    return redirect("tokens")
