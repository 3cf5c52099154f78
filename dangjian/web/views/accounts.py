"""Signing in and out, and one's own password."""

from typing import Any

from django.contrib import messages
from django.contrib.auth import login, logout, update_session_auth_hash
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.forms import AuthenticationForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods, require_POST

from dangjian.foundation import audit
from dangjian.foundation.lifecycle import Refused
from dangjian.people.account import Account
from dangjian.web.forms import posted, take_refusal
from dangjian.web.forms.accounts import PasswordForm, SignInForm
from dangjian.web.middleware import Asked


@login_not_required
@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    if request.user.is_authenticated:
        return redirect("workbench")
    form: AuthenticationForm = SignInForm(request, data=posted(request))
    if request.method == "POST" and form.is_valid():
        account = form.get_user()
        assert isinstance(account, Account)
        login(request, account)
        audit.record("account.sign_in", account, by=account.person)
        return redirect(_wanted(request))
    return render(request, "accounts/sign_in.html", {"form": form, "next": request.GET.get("next", "")})


def _wanted(request: HttpRequest) -> str:
    """The page asked for before signing in, if it is one of ours."""
    wanted = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()):
        return wanted
    return resolve_url("workbench")


def locked_out(request: HttpRequest, *args: Any, **more: Any) -> HttpResponse:
    """Five wrong passwords: the account is closed for this address for a quarter of an hour."""
    return render(request, "accounts/locked_out.html", {"minutes": 15}, status=429)


@require_POST
def sign_out(request: Asked) -> HttpResponse:
    audit.record("account.sign_out", request.user, by=request.person)
    logout(request)
    return redirect("sign-in")


@require_http_methods(["GET", "POST"])
def password(request: Asked) -> HttpResponse:
    form = PasswordForm(request.user, posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            request.user.change_password(form.cleaned_data["password"], by=request.person)
        except Refused as refused:
            take_refusal(form, refused)
        else:
            update_session_auth_hash(request, request.user)
            messages.success(request, "密码已修改")
            return redirect("workbench")
    return render(request, "accounts/password.html", {"form": form})
