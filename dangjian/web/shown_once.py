"""What is shown once: a secret made by a POST, carried sealed in the session to the one page that shows it.

The answer to the POST is a redirect, so that reloading the page makes no new secret; and the address never holds it.
"""

from dangjian.foundation import secret
from dangjian.foundation.refusal import Refused
from dangjian.web.middleware import Asked

_KEPT, _READ = "shown_once", "shown_already"


def keep(request: Asked, name: str, text: str) -> None:
    """Put the secret by for the next reading of ``name``; whatever waited there is forgotten."""
    request.session[_KEPT] = {**request.session.get(_KEPT, {}), name: secret.sealed(text, _KEPT)}
    request.session[_READ] = [other for other in request.session.get(_READ, []) if other != name]


def take(request: Asked, name: str) -> str:
    """The secret, at its first reading; nothing afterwards."""
    kept = dict(request.session.get(_KEPT, {}))
    if name not in kept:
        return ""
    sealed = kept.pop(name)
    request.session[_KEPT] = kept
    request.session[_READ] = [*request.session.get(_READ, []), name]
    try:
        return secret.opened(sealed, _KEPT)
    except Refused:  # the installation's key was changed in between
        return ""


def was_shown(request: Asked, name: str) -> bool:
    """Whether this device has shown it already."""
    return name in request.session.get(_READ, [])
