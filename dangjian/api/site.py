"""The interface as a whole: its description (OpenAPI 3.1), its answers to what goes wrong, its addresses."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, AuthorizationError, HttpError, ValidationError

from dangjian.api import (
    application_files,
    briefings,
    comparison,
    files,
    filings,
    handling,
    handovers,
    intake,
    letters,
    meetings,
    piles,
    plan_changes,
    plans,
    projects,
    registers,
    rounds,
    scans,
    scheme_notices,
    screening,
    work,
)
from dangjian.api.bearer import Bearer
from dangjian.api.in_person import at_the_server
from dangjian.foundation.lifecycle import Overtaken, Refused

api = NinjaAPI(
    title="党建项目化管理系统接口",
    version="1",
    description="与页面同一套规则：能看什么、能办什么，与令牌的主人在页面上完全一样。",
    auth=[Bearer(), at_the_server],
    docs_url=None,  # the usual viewer would fetch its scripts from elsewhere
    urls_namespace="api",
)
api.add_router("", work.router)
api.add_router("projects", projects.router)
api.add_router("meetings", meetings.router)
api.add_router("projects", application_files.router)
api.add_router("projects", handling.router)
api.add_router("screenings", screening.router)
api.add_router("comparison", comparison.router)
api.add_router("handovers", handovers.router)
api.add_router("topics", registers.topics)
api.add_router("brands", registers.brands)
api.add_router("scheme-notices", scheme_notices.router)
api.add_router("rounds", rounds.router)
api.add_router("files", files.router)
api.add_router("scans/piles", piles.router)
api.add_router("scans", scans.router)
api.add_router("briefings", briefings.briefings)
api.add_router("instructions", briefings.instructions)
api.add_router("intake", intake.router)
api.add_router("letters", letters.router)
api.add_router("filings", filings.router)
api.add_router("plans", plans.router)
api.add_router("plan-changes", plan_changes.router)


def _refusal(request: HttpRequest, status: int, *reasons: tuple[str, str]) -> HttpResponse:
    told = {"reasons": [{"text": text, "field": field} for text, field in reasons]}
    return api.create_response(request, told, status=status)


@api.exception_handler(Refused)
def _refused(request: HttpRequest, refused: Refused) -> HttpResponse:
    """422 with the reasons; 409 where somebody else was first."""
    status = 409 if isinstance(refused, Overtaken) else 422
    return _refusal(request, status, *((reason.text, reason.field) for reason in refused.reasons))


@api.exception_handler(ValidationError)
def _malformed(request: HttpRequest, wrong: ValidationError) -> HttpResponse:
    """400: the request is not of the shape that the description asks for."""
    return _refusal(request, 400, *((_said(fault), ".".join(map(str, fault["loc"]))) for fault in wrong.errors))


def _said(fault: dict[str, Any]) -> str:
    return f"格式不符：{fault['msg']}"


@api.exception_handler(HttpError)
def _unreadable(request: HttpRequest, wrong: HttpError) -> HttpResponse:
    """What the library itself refuses, such as a body that is no JSON."""
    return _refusal(request, wrong.status_code, (f"请求无法读取：{wrong.message}", ""))


@api.exception_handler(Http404)
def _missing(request: HttpRequest, missing: Http404) -> HttpResponse:
    return _refusal(request, 404, ("没有找到，或您无权查看", ""))


@api.exception_handler(AuthenticationError)
def _stranger(request: HttpRequest, wrong: AuthenticationError) -> HttpResponse:
    answer = _refusal(request, 401, ("请在 Authorization 中带上有效的访问令牌", ""))
    answer["WWW-Authenticate"] = "Bearer"
    return answer


@api.exception_handler(AuthorizationError)
def _forbidden(request: HttpRequest, wrong: AuthorizationError) -> HttpResponse:
    return _refusal(request, 403, (wrong.message, ""))


def _urls() -> Any:
    """The addresses, each open without a sign-in of its own: the token is the sign-in. The description is a page."""
    patterns, app_name, namespace = api.urls
    for pattern in patterns:
        if isinstance(pattern, URLPattern) and pattern.name != "openapi-json":
            login_not_required(pattern.callback)
    return patterns, app_name, namespace


urls = _urls()
