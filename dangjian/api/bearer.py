"""Who asks: the person whose token the request carries."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja.errors import AuthorizationError
from ninja.security import HttpBearer

from dangjian.people.person import Person
from dangjian.people.token import Token


class Asking(HttpRequest):
    """A request with a token that lets its owner in."""

    auth: Token

    person: Person


class Bearer(HttpBearer):
    """``Authorization: Bearer dj_…``. A token that may only look is refused whatever is not a GET."""

    openapi_description = "在“我的账号 · 访问令牌”中建立"

    def authenticate(self, request: HttpRequest, token: str) -> Any:
        found = Token.recognise(token)
        if found is None:
            return None
        if found.reads_only and request.method not in ("GET", "HEAD"):
            raise AuthorizationError(message="这个令牌只能查看，办理事项请另建可以办理的令牌")
        found.note_use()
        request.person = found.account.person  # type: ignore[attr-defined]
        return found
