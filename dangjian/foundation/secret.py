"""A secret (密文) that must be read again: kept encrypted, under a key derived from the installation's own."""

import base64

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from dangjian.foundation.lifecycle import Refused


def sealed(text: str, purpose: str) -> str:
    """The text under today's key. What is sealed for one purpose cannot be opened for another."""
    return _keys(purpose).encrypt(text.encode()).decode()


def opened(kept: str, purpose: str) -> str:
    """The text again, be it under today's key or one of SECRET_KEY_FALLBACKS. Raises Refused where neither fits."""
    try:
        return _keys(purpose).decrypt(kept.encode()).decode()
    except InvalidToken as wrong:
        raise Refused("系统密钥已更换，原来保存的密钥读不出来，请联系系统管理员解除后重新设置") from wrong


def _keys(purpose: str) -> MultiFernet:
    return MultiFernet([_key(secret, purpose) for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)])


def _key(secret: str, purpose: str) -> Fernet:
    derived = HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=f"dangjian.{purpose}".encode())
    return Fernet(base64.urlsafe_b64encode(derived.derive(secret.encode())))
