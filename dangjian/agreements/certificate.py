"""The certificate (签名证书): one for each secretary and the side they sign for, made when they first sign.

The key lies in a file beside the issuer's, or never leaves a device (PKCS#11), see :mod:`dangjian.agreements.device`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from django.conf import settings
from pyhanko.sign import signers

from dangjian.agreements import device
from dangjian.agreements.issuer import Issuer, keep, keep_key
from dangjian.foundation.lifecycle import Refused

if TYPE_CHECKING:
    from dangjian.agreements.signature import Side
    from dangjian.people.person import Person


@contextmanager
def signer_of(person: Person, side: Side) -> Iterator[signers.Signer]:
    """What signs for the person as secretary of that side. Raises Refused where it cannot be had."""
    if settings.SIGNING_DEVICE:
        with device.signer(f"{person.pk}-{side}", name=person.name, unit=str(side)) as held:
            yield held
        return
    issuer = Issuer.current()
    stem = issuer.folder / f"{person.pk}-{side}"
    key, certificate = stem.with_suffix(".key"), stem.with_suffix(".pem")
    if not certificate.exists():
        _issue(issuer, key, certificate, name=person.name, unit=str(side))
    yield _loaded(key, certificate, issuer.file)


def remind_of_ends() -> int:
    """Tell in good time that the issuer's time ends, with which end those it certified, or that of a certificate on the
    device; how many."""
    issuer = sum(one.remind() for one in Issuer.every()[-1:])
    return issuer + (device.remind() if settings.SIGNING_DEVICE else 0)


def roots() -> list[str]:
    """Whose certificates are believed, as PEM: every issuer of this installation, and what the device's maker names."""
    named = [Path(settings.SIGNING_CA)] if settings.SIGNING_CA else []
    return [file.read_text() for file in (*(one.file for one in Issuer.every()), *named)]


@lru_cache(maxsize=64)
def _loaded(key: Path, certificate: Path, issuer: Path) -> signers.Signer:
    """Loading a key takes longer than signing with it."""
    words = settings.SIGNING_PASSPHRASE.encode() or None
    loaded: signers.Signer | None = signers.SimpleSigner.load(  # type: ignore[no-untyped-call]
        str(key), str(certificate), ca_chain_files=(str(issuer),), key_passphrase=words
    )
    if loaded is None:
        raise Refused("签名证书读不出来，请联系系统管理员")
    return loaded


def _issue(issuer: Issuer, key_file: Path, certificate_file: Path, *, name: str, unit: str) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    made = issuer.certify(key.public_key(), name=name, unit=unit)
    keep_key(key_file, key)
    # Last of all, for whoever finds the certificate takes the key to be there.
    keep(certificate_file, made.public_bytes(serialization.Encoding.PEM))
