"""The one-time code (动态码) of an authenticator app: six digits that change every 30 seconds (RFC 6238, SHA-1)."""

import base64
import hashlib
import hmac
import secrets
from datetime import datetime
from urllib.parse import quote, urlencode

PERIOD = 30  # seconds
DIGITS = 6
LEEWAY = 1  # periods: a phone's clock may be half a minute off


def new_key() -> str:
    """A random key of 160 bits in base 32, as apps take it."""
    return base64.b32encode(secrets.token_bytes(20)).decode()


def period_at(instant: datetime) -> int:
    """How many periods have passed since 1970."""
    return int(instant.timestamp()) // PERIOD


def code_of(key: str, period: int) -> str:
    """The code that the app shows in this period."""
    digest = hmac.new(base64.b32decode(key), period.to_bytes(8, "big"), hashlib.sha1).digest()
    start = digest[-1] & 0x0F
    number = int.from_bytes(digest[start : start + 4], "big") & 0x7FFFFFFF
    return str(number % 10**DIGITS).zfill(DIGITS)


def period_of(code: str, key: str, at: datetime) -> int | None:
    """The period near ``at`` whose code this is, or None."""
    now = period_at(at)
    near = range(now - LEEWAY, now + LEEWAY + 1)
    return next((period for period in near if hmac.compare_digest(code_of(key, period), code)), None)


def address_of(key: str, *, issuer: str, account: str) -> str:
    """What the app reads from the QR code."""
    asked = urlencode({"secret": key, "issuer": issuer, "digits": DIGITS, "period": PERIOD}, quote_via=quote)
    return f"otpauth://totp/{quote(f'{issuer}:{account}')}?{asked}"
