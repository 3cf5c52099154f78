"""Signing in and out, the second step of it, one's own password, and proving once more who one is."""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login, logout, update_session_auth_hash
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.forms import AuthenticationForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from dangjian.foundation import audit, clock
from dangjian.foundation.lifecycle import Refused
from dangjian.people.account import Account
from dangjian.people.second_factor import SecondFactor
from dangjian.web.forms import posted, take_refusal
from dangjian.web.forms.accounts import CodeForm, PasswordForm, SignInForm
from dangjian.web.middleware import Asked
from dangjian.web.proof import Proof

get_or_post = require_http_methods(["GET", "POST"])
# How long a right password waits for its code.
HALF_WAY = "half_way"
WAITS = timedelta(minutes=10)


@login_not_required
@sensitive_post_parameters()
@get_or_post
def sign_in(request: HttpRequest) -> HttpResponse:
    if request.user.is_authenticated:
        return redirect("workbench")
    form: AuthenticationForm = SignInForm(request, data=posted(request))
    if request.method == "POST" and form.is_valid():
        account = form.get_user()
        assert isinstance(account, Account)
        if SecondFactor.of(account) is not None:
            request.session[HALF_WAY] = _half_way(account, _wanted(request))
            return redirect("second-step")
        return _let_in(request, account, _wanted(request))
    context = {"form": form, "next": request.GET.get("next", ""), "trial": settings.TRIAL}
    return render(request, "accounts/sign_in.html", context)


def _half_way(account: Account, wanted: str) -> dict[str, Any]:
    """What the session keeps between the two steps; the password's mark, so that a changed one ends the wait."""
    return {
        "account": account.pk, "mark": account.get_session_auth_hash(), "since": clock.wall().isoformat(),
        "backend": account.backend, "next": wanted,
    }  # fmt: skip


def _let_in(request: HttpRequest, account: Account, wanted: str, backend: str | None = None) -> HttpResponse:
    login(request, account, backend=backend)
    # The library has just noted it by another clock.
    account.last_login = clock.now()
    account.save(update_fields=["last_login"])
    audit.record("account.sign_in", account, by=account.person)
    return redirect(wanted)


@login_not_required
@get_or_post
def second_step(request: HttpRequest) -> HttpResponse:
    """The code after the password. Whoever did not give the password first is sent to do so."""
    half_way = request.session.get(HALF_WAY, {})
    account = _waiting(half_way)
    factor = SecondFactor.of(account) if account else None
    if request.user.is_authenticated or account is None or factor is None:
        return redirect("sign-in")
    form = CodeForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            factor.accept(form.cleaned_data["code"])
        except Refused as refused:
            take_refusal(form, refused)
        else:
            del request.session[HALF_WAY]
            return _let_in(request, account, half_way["next"], half_way["backend"])
    return render(request, "accounts/second_step.html", {"form": form})


def _waiting(half_way: dict[str, Any]) -> Account | None:
    """The account whose right password waits for its code."""
    if not half_way or clock.wall() - datetime.fromisoformat(half_way["since"]) > WAITS:
        return None
    return Account.still_as(half_way["account"], half_way["mark"])


def _wanted(request: HttpRequest) -> str:
    """The page asked for before signing in, if it is one of ours."""
    wanted = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()):
        return wanted
    return resolve_url("workbench")


def locked_out(request: HttpRequest, *args: Any, **more: Any) -> HttpResponse:
    """Too many wrong passwords: the account is closed for this address for a while."""
    return render(request, "accounts/locked_out.html", {"minutes": settings.PASSWORD_PROFILE.locked}, status=429)


@require_POST
def sign_out(request: Asked) -> HttpResponse:
    audit.record("account.sign_out", request.user, by=request.person)
    logout(request)
    return redirect("sign-in")


@sensitive_post_parameters()
@get_or_post
def password(request: Asked) -> HttpResponse:
    form = PasswordForm(request.user, posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            request.user.change_password(form.cleaned_data["password"], by=request.person)
        except Refused as refused:
            take_refusal(form, refused)
        else:
            update_session_auth_hash(request, request.user)
            messages.success(request, "密码已修改，其他设备须用新密码重新登录")
            return redirect("workbench")
    old = request.user.password_is_old and not request.user.must_change_password
    days = settings.PASSWORD_PROFILE.expires if old else 0
    return render(request, "accounts/password.html", {"form": form, "days": days})


@sensitive_post_parameters()
@get_or_post
def identity(request: Asked) -> HttpResponse:
    """Prove once more who one is: by a code where the account has a second factor, by the password elsewhere."""
    proof = Proof(request, posted(request))
    if request.method == "POST" and proof.is_given():
        return redirect(_wanted(request))
    context = {"form": proof.form, "next": request.POST.get("next") or request.GET.get("next", "")}
    return render(request, "accounts/identity.html", context)
