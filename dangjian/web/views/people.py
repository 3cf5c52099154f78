"""Who may do what; and the pages of the three administrators: accounts, offices, the audit trail."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dangjian.foundation import audit as trail_of_changes
from dangjian.foundation import clock
from dangjian.foundation.lifecycle import Refused
from dangjian.people import trail
from dangjian.people.access import ADMINISTRATION, GRANTS, Ability, Role
from dangjian.people.account import Account, locked_out, one_time_password
from dangjian.people.person import Appointment, Person
from dangjian.people.scope import in_unit
from dangjian.people.second_factor import SecondFactor
from dangjian.projects.handover import Handover
from dangjian.web import shown_once
from dangjian.web.asked import asked
from dangjian.web.forms import posted, take_refusal
from dangjian.web.forms.people import AccountQuery, AppointForm, AuditQuery, EndForm, OfficeQuery, OpenAccountForm
from dangjian.web.lists import page_of
from dangjian.web.middleware import Asked
from dangjian.web.presence import confirmed_recently
from dangjian.web.views.own_account import session_rows

get_or_post = require_http_methods(["GET", "POST"])


@require_GET
def access(request: Asked) -> HttpResponse:
    roles = [role for role in Role if GRANTS[role]]
    groups = (("申报与立项", set(Ability) - ADMINISTRATION), ("系统管理", ADMINISTRATION))
    rows = {
        label: [
            {"label": ability.label, "cells": [{"allowed": ability in GRANTS[role], "text": ""} for role in roles]}
            for ability in Ability
            if ability in abilities
        ]
        for label, abilities in groups
    }
    mine = [
        f"{_principal(office, request.person)}作为{office.organisation.short_name}{Role(office.role).label}，可以"
        + "、".join(a.label for a in Ability if a in GRANTS[Role(office.role)])
        for office in request.person.offices()
        if GRANTS[Role(office.role)]
    ]
    described = [{"label": role.label, "text": role.description} for role in Role]
    shown = [{"label": role.label, "text": role.description} for role in roles]
    table = [{"label": label, "rows": of_group} for label, of_group in rows.items()]
    return render(
        request, "people/access.html", {"roles": shown, "all_roles": described, "groups": table, "mine": mine}
    )


def _principal(office: Appointment, person: Person) -> str:
    return f"受{office.person.name}委托，" if office.person_id != person.pk else ""


def required(request: Asked, ability: Ability) -> None:
    """A page that is not for somebody does not exist for them."""
    if not request.person.scopes(ability):
        raise Http404


# Accounts


@require_GET
def accounts(request: Asked) -> HttpResponse:
    required(request, Ability.MANAGE_ACCOUNTS)
    form = AccountQuery(request.person, Ability.MANAGE_ACCOUNTS, request.GET or None)
    people = _narrowed(Person.objects.under(request.person, Ability.MANAGE_ACCOUNTS), form)
    state = form.cleaned_data.get("state", "") if form.is_bound else ""
    locked = locked_out().values("username")
    if state:
        people = people.filter(**_OF_STATE[state](locked))
    people = people.select_related("organisation", "account").order_by("organisation__rank", "ordinal", "pk")
    page = page_of(people, request.GET)
    shut = set(locked.values_list("username", flat=True))
    context = {"form": form, "page": page.showing([_account_row(person, shut) for person in page.rows])}
    return render(request, "people/accounts.html", context)


_OF_STATE: dict[str, Callable[[Any], dict[str, Any]]] = {
    "open": lambda locked: {"account__is_active": True},
    "locked": lambda locked: {"account__username__in": locked},
    "off": lambda locked: {"account__is_active": False},
    "none": lambda locked: {"account": None},
}


def _narrowed(people: Any, form: Any) -> Any:
    """By the words and the place asked for; what the form does not know filters nothing."""
    if form.is_bound and form.is_valid():
        people = people.matching(form.cleaned_data["q"])
        if place := form.cleaned_data["place"]:
            people = people.filter(in_unit(place, "organisation__path"))
    return people


def _account_row(person: Person, locked: set[str]) -> dict[str, Any]:
    account = getattr(person, "account", None)
    key, text = _account_state(account, locked)
    return {
        "pk": person.pk, "name": person.name, "post": person.post, "place": person.organisation.short_name,
        "username": account.username if account else "", "state": key, "state_text": text,
        "last_text": _moment(account.last_login) if account else "",
        "must_change": bool(account and account.must_change_password),
    }  # fmt: skip


def _account_state(account: Account | None, locked: set[str]) -> tuple[str, str]:
    if account is None:
        return "draft", "未开通"
    if not account.is_active:
        return "closed", "已停用"
    return ("overdue", "已锁定") if account.username in locked else ("open", "正常")


def _moment(at: Any) -> str:
    return f"{clock.local(at):%Y-%m-%d %H:%M}" if at else "从未登录"


def _kept(request: Asked, pk: int, ability: Ability) -> Person:
    required(request, ability)
    people = Person.objects.under(request.person, ability).select_related("organisation", "account")
    return get_object_or_404(people, pk=pk)


@never_cache
@get_or_post
@confirmed_recently()
def account(request: Asked, pk: int) -> HttpResponse:
    """One person's account. A new password is shown once, on the page that the POST leads to."""
    person = _kept(request, pk, Ability.MANAGE_ACCOUNTS)
    held = getattr(person, "account", None)
    form = OpenAccountForm(posted(request) if held is None else None)
    refusals: list[str] = []
    if request.method == "POST":
        try:
            done = _act(request, held, form, person)
        except Refused as refused:
            take_refusal(form, refused) if held is None else refusals.extend(str(r) for r in refused.reasons)
        else:
            if done:
                return redirect("account", pk)
    slip = _slip(person)
    shown_before = shown_once.was_shown(request, slip)
    # A refused opening leaves its account, which was never saved, with the person.
    fresh = Person.objects.select_related("organisation", "account").get(pk=pk)
    context = _account_context(fresh, request) | {
        "form": form, "refusals": refusals, "password": shown_once.take(request, slip),
        "shown_before": shown_before and held is not None and held.must_change_password,
    }  # fmt: skip
    return render(request, "people/account.html", context)


def _slip(person: Person) -> str:
    """Under what name the person's one-time password waits to be shown."""
    return f"password-of-{person.pk}"


def _without_second_factor(held: Account, by: Person) -> None:
    factor = SecondFactor.of(held)
    if factor is None:
        raise Refused("这个账号没有启用二次验证")
    factor.remove(by=by)


_ACTS: dict[str, tuple[str, Callable[[Account, Person], Any]]] = {
    "reset": ("密码已重置", lambda held, by: held.reset_password(by=by)),
    "disable": ("账号已停用，已登录的设备在下一次点击时退出", lambda held, by: held.disable(by=by)),
    "enable": ("账号已启用", lambda held, by: held.enable(by=by)),
    "unlock": ("已解除锁定", lambda held, by: held.unlock(by=by)),
    "remove_second_factor": ("二次验证已解除，登录只用密码，直到本人重新设置", _without_second_factor),
    "end_sessions": ("已登录的设备在下一次点击时退出", lambda held, by: held.end_sessions(by=by)),
}


def _act(request: Asked, held: Account | None, form: OpenAccountForm, person: Person) -> bool:
    """Carry out what was pressed, and put a new password by to be shown; whether anything was done."""
    if held is None:
        if not form.is_valid():
            return False
        password = one_time_password()
        Account.open(form.cleaned_data["username"], person=person, password=password, by=request.person)
        shown_once.keep(request, _slip(person), password)
        return True
    act = _ACTS.get(request.POST.get("act", ""))
    if act is None:
        raise Http404
    done = act[1](held, request.person)
    if isinstance(done, str):
        shown_once.keep(request, _slip(person), done)
    else:
        messages.success(request, act[0])
    return True


def _account_context(person: Person, request: Asked) -> dict[str, Any]:
    held = getattr(person, "account", None)
    locked = bool(held and held.is_locked)
    key, text = _account_state(held, {held.username} if held and locked else set())
    factor = SecondFactor.of(held) if held else None
    rows = [
        {"label": "姓名", "value": person.name, "half": True},
        {"label": "职务", "value": person.post, "half": True},
        {"label": "所在党组织", "value": person.organisation.full_name},
    ]
    if held:
        rows += [
            {"label": "账号", "value": held.username, "half": True},
            {"label": "状态", "value": text, "half": True},
            {"label": "密码", "value": _password_state(held), "half": True},
            {"label": "二次验证", "value": "已启用" if factor else "未启用", "half": True},
            {"label": "开通时间", "value": _moment(held.created_at), "half": True},
            {"label": "最近登录", "value": _moment(held.last_login), "half": True},
        ]
    return {
        "person": person, "held": held, "rows": rows, "locked": locked, "state": key, "factor": factor,
        "own": person.pk == request.person.pk, "sessions": session_rows(request, held) if held else [],
    }  # fmt: skip


def _password_state(held: Account) -> str:
    if held.must_change_password:
        return "须在下次登录时修改"
    return "已到期，登录后须更换" if held.password_is_old else "本人已设定"


# Offices


@require_GET
def offices(request: Asked) -> HttpResponse:
    required(request, Ability.MANAGE_OFFICES)
    form = OfficeQuery(request.person, Ability.MANAGE_OFFICES, request.GET or None)
    people = _narrowed(Person.objects.under(request.person, Ability.MANAGE_OFFICES), form)
    role = form.cleaned_data.get("role", "") if form.is_bound else ""
    people = people.in_office(role) if role else people
    people = people.select_related("organisation").with_offices().order_by("organisation__rank", "ordinal", "pk")
    page = page_of(people, request.GET)
    rows = [
        {
            "pk": p.pk, "name": p.name, "post": p.post, "place": p.organisation.short_name,
            "offices": [str(office) for office in p.offices_now],
        }
        for p in page.rows
    ]  # fmt: skip
    return render(request, "people/offices.html", {"form": form, "page": page.showing(rows)})


@get_or_post
@confirmed_recently()
def person_offices(request: Asked, pk: int) -> HttpResponse:
    person = _kept(request, pk, Ability.MANAGE_OFFICES)
    initial = {"organisation": person.organisation, "starts_on": clock.today()}
    form = AppointForm(request.person, posted(request), initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            made = person.appoint(by=request.person, **form.cleaned_data)
        except Refused as refused:
            take_refusal(form, refused)
        else:
            messages.success(request, f"已登记{person.name}任{made}，自{made.starts_on:%Y-%m-%d}起")
            for handover in Handover.settle(made.organisation, by=request.person):
                messages.success(
                    request, f"{handover.projects.count()}个在办项目已转交：{handover.hands}，交接单已发给双方"
                )
            for before in made.not_yet_succeeded():
                messages.warning(request, _still_there(before, made))
            return redirect("person-offices", pk)
    held = person.appointments.select_related("organisation").order_by("-starts_on", "-pk")
    rows = [_office_row(office) for office in held]
    return render(request, "people/person_offices.html", {"person": person, "form": form, "offices": rows})


def _still_there(before: Appointment, made: Appointment) -> str:
    """That another is secretary here too on the first day of this office."""
    if before.ends_on is None:
        return f"{before.person.name}任{made}尚未免职，请接着登记免职"
    return f"{before.person.name}任{made}到{before.ends_on:%Y-%m-%d}为止，与新任职的日期重叠；不该重叠的，请改登记后一天起任职"


def _office_row(office: Appointment) -> dict[str, Any]:
    today = clock.today()
    over = bool(office.ends_on and office.ends_on < today)
    key, text = ("closed", "已结束") if over else ("soon", "未到任") if office.starts_on > today else ("open", "在任")
    return {
        "pk": office.pk, "role": Role(office.role).label, "place": office.organisation.short_name,
        "reach": "含下级" if office.with_subtree else "本级", "starts_text": f"{office.starts_on:%Y-%m-%d}",
        "ends_text": f"{office.ends_on:%Y-%m-%d}" if office.ends_on else "", "state": key, "state_text": text,
        "may_end": not over,
    }  # fmt: skip


@get_or_post
@confirmed_recently()
def end_office(request: Asked, pk: int, office: int) -> HttpResponse:
    person = _kept(request, pk, Ability.MANAGE_OFFICES)
    held = get_object_or_404(person.appointments.select_related("organisation"), pk=office)
    form = EndForm(posted(request), initial={"ends_on": max(clock.today(), held.starts_on)})
    return asked(
        request, form, lambda: held.end(on=form.cleaned_data["ends_on"], by=request.person),
        heading=f"登记免职：{person.name}", text=f"{person.name}不再任{held}。", action_label="登记免职",
        points=["权限和待办随任职结束，不用再改别处。"], back_url=reverse("person-offices", args=[pk]),
        done=lambda _: f"已登记免职：{held}，最后一天{held.ends_on:%Y-%m-%d}",
    )  # fmt: skip


# The audit trail


@require_GET
def audit(request: Asked) -> HttpResponse:
    return _audit_page(request, None)


@require_POST
def verify_audit(request: Asked) -> HttpResponse:
    """Recompute the chain. Reading leaves no trace, but that somebody checked does."""
    required(request, Ability.VIEW_AUDIT)
    verdict = trail_of_changes.verify()
    trail_of_changes.record(
        "audit.verify", None, by=request.person, details={"sealed": verdict.sealed, "broken_at": verdict.broken_at}
    )
    return _audit_page(request, verdict)


def _audit_page(request: Asked, verdict: trail_of_changes.Verdict | None) -> HttpResponse:
    required(request, Ability.VIEW_AUDIT)
    rows = trail.entries_for(request.person)
    form = AuditQuery(trail.actions_seen(rows), trail.nouns_seen(rows), request.GET or None)
    if form.is_bound:
        form.is_valid()
        rows = trail.narrowed(rows, form.cleaned_data)
    page = page_of(rows.order_by("-pk"), request.GET)
    actors, sealed, head = trail.actors(page.rows), trail.sealed_among(page.rows), trail.head()
    shown = [
        {
            "pk": row.pk, "at_text": f"{clock.local(row.at):%Y-%m-%d %H:%M:%S}", "action": trail.action_label(row.action),
            "who": actors[row.pk], "noun": trail.noun_label(row.noun), "noun_id": row.noun_id,
            "origin": row.origin, "sealed": row.pk in sealed,
        }
        for row in page.rows
    ]  # fmt: skip
    context = {"form": form, "page": page.showing(shown), "head": head, "verdict": verdict}
    return render(request, "people/audit.html", context)
