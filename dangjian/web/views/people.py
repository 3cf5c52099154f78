"""Who may do what, in plain language."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from dangjian.people.access import GRANTS, Ability, Role
from dangjian.web.middleware import Asked


@require_GET
def access(request: Asked) -> HttpResponse:
    roles = [role for role in Role if GRANTS[role]]
    rows = [
        {"label": ability.label, "cells": [{"allowed": ability in GRANTS[role], "text": ""} for role in roles]}
        for ability in Ability
    ]
    mine = [
        f"作为{office.organisation.short_name}{Role(office.role).label}，可以"
        + "、".join(a.label for a in Ability if a in GRANTS[Role(office.role)])
        for office in request.person.offices()
        if GRANTS[Role(office.role)]
    ]
    described = [{"label": role.label, "text": role.description} for role in Role]
    shown = [{"label": role.label, "text": role.description} for role in roles]
    return render(
        request,
        "people/access.html",
        {"roles": shown, "all_roles": described, "groups": [{"label": "申报与立项", "rows": rows}], "mine": mine},
    )
