"""One's own account: where one is signed in, the second factor, the password's age."""

from typing import Any

import segno
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.safestring import mark_safe
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dangjian.foundation import clock
from dangjian.foundation.lifecycle import Refused
from dangjian.people.account import Account
from dangjian.people.second_factor import SecondFactor, must_be_set_up
from dangjian.people.session import Session
from dangjian.people.token import Token
from dangjian.web import shown_once
from dangjian.web.forms import posted, take_refusal
from dangjian.web.forms.accounts import CodeForm
from dangjian.web.middleware import Asked
from dangjian.web.presence import confirmed_recently


@require_GET
def show(request: Asked) -> HttpResponse:
    account, factor = request.user, SecondFactor.of(request.user)
    context = {
        "account": account,
        "rows": [
            {"label": "账号", "value": account.username, "half": True},
            {"label": "姓名", "value": request.person.name, "half": True},
            {"label": "所在党组织", "value": request.person.organisation.full_name},
            {"label": "密码", "value": _password_text(account)},
            {"label": "密码要求", "value": "；".join(settings.PASSWORD_PROFILE.rules)},
        ],
        "sessions": session_rows(request, account),
        "factor": factor,
        "tokens": Token.objects.visible_to(request.person).of(account).count(),
        "codes_left": factor.codes_left() if factor else 0,
    }
    return render(request, "accounts/own_account.html", context)


def session_rows(request: Asked, account: Account) -> list[dict[str, Any]]:
    """Where the account is signed in, the device last used first."""
    return [
        {
            "handle": session.handle,
            "device": session.device or "其他设备",
            "address": session.address or "—",
            "began_text": _moment(session.began_at),
            "seen_text": _moment(session.seen_at),
            "here": session.session_key == request.session.session_key,
        }
        for session in Session.objects.visible_to(request.person).of(account)
    ]


def _moment(at: Any) -> str:
    return f"{clock.local(at):%Y-%m-%d %H:%M}" if at else "—"


def _password_text(account: Account) -> str:
    since = account.password_set_at or account.created_at
    days = settings.PASSWORD_PROFILE.expires
    return f"{clock.local(since):%Y-%m-%d}设定" + (f"，满 {days} 天须更换" if days else "")


@require_POST
def end_session(request: Asked, handle: str) -> HttpResponse:
    """Sign out on another device."""
    session = get_object_or_404(Session.objects.visible_to(request.person), account=request.user, handle=handle)
    session.end(by=request.person)
    messages.success(request, f"已退出：{session.device or '其他设备'}")
    return redirect("own-account")


@require_POST
def end_other_sessions(request: Asked) -> HttpResponse:
    ended = Session.end_others(request.user, than=request.session.session_key or "", by=request.person)
    messages.success(request, f"已退出其他 {ended} 台设备")
    return redirect("own-account")


@never_cache
@require_http_methods(["GET", "POST"])
@confirmed_recently(to_open=True)
def second_factor(request: Asked) -> HttpResponse:
    """Set it up, look after it, switch it off. Recovery codes are shown once, on the page that the POST leads to."""
    account = request.user
    form = CodeForm(posted(request) if request.POST.get("act") == "confirm" else None, sheet=False)
    if request.method == "POST":
        try:
            if codes := _act(request, account, form):
                shown_once.keep(request, "codes", " ".join(codes))
        except Refused as refused:
            take_refusal(form, refused) if form.is_bound else messages.error(request, str(refused))
        if not form.errors:
            return redirect("second-factor")
    begun = SecondFactor.begun(account)
    context = {
        "factor": SecondFactor.of(account), "begun": begun, "form": form, "codes": shown_once.take(request, "codes").split(),
        "required": must_be_set_up(account),
    }  # fmt: skip
    return render(request, "accounts/second_factor.html", context | _shown_key(begun))


def _act(request: Asked, account: Account, form: CodeForm) -> list[str]:
    """Carry out what was pressed; new recovery codes, where there are any."""
    act, by = request.POST.get("act", ""), request.person
    factor, begun = SecondFactor.of(account), SecondFactor.begun(account)
    if act == "begin":
        SecondFactor.begin(account, by=by)
    elif act == "confirm" and begun:
        return begun.confirm(form.cleaned_data["code"], by=by) if form.is_valid() else []
    elif act == "renew" and factor:
        return factor.renew_codes(by=by)
    elif act == "remove" and factor:
        factor.remove(by=by)
        messages.success(request, "二次验证已停用，登录只用密码")
    elif act not in ("confirm", "renew", "remove"):
        raise Http404
    return []


def _shown_key(begun: SecondFactor | None) -> dict[str, Any]:
    """The key as a QR code and in groups of four to type."""
    if begun is None:
        return {"picture": "", "key": ""}
    drawn = segno.make(begun.address, error="m").svg_inline(
        scale=5, border=3, light="#fff", omitsize=True, svgclass="qr", lineclass=None
    )
    key = begun.key
    return {
        "picture": mark_safe(drawn),  # made by segno from our own words
        "key": " ".join(key[at : at + 4] for at in range(0, len(key), 4)),
    }
