"""The signing device (签名设备): keys that never leave it, reached by PKCS#11.

A key and its certificate are both labelled ``<person>-<side>``. Where the device holds none for somebody, it makes the key
itself and the installation's issuer certifies it; a certificate that another issuer put there is used as it is.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from threading import Lock
from typing import Any

import pkcs11
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from django.conf import settings
from pkcs11.util.ec import encode_ec_public_key, encode_named_curve_parameters
from pyhanko.config.pkcs11 import TokenCriteria
from pyhanko.sign.pkcs11 import PKCS11Signer, find_token

from dangjian.agreements.issuer import Issuer, remind_of_end, told_of_end
from dangjian.foundation import clock
from dangjian.foundation.lifecycle import Refused

_one_at_a_time = Lock()
"""A process signs in to the device once, not once a thread."""


@contextmanager
def signer(label: str, *, name: str, unit: str) -> Iterator[PKCS11Signer]:
    """Signs by the key of that label. Raises Refused where the device is not there or does not let us in."""
    with _one_at_a_time, _told_in_words(), _session() as session:
        if not _certificates(session, label):
            _put(session, label, name=name, unit=unit)
        _demand_in_time(session, label)
        held = PKCS11Signer(session, cert_label=label, key_label=label)
        # For elliptic curves many devices, SoftHSM among them, sign a digest but do not make it.
        held.use_raw_mechanism = held.signing_cert.public_key.algorithm == "ec"
        yield held


def endings() -> dict[str, datetime]:
    """Each label on the device, and when the last of its certificates ends. Raises Refused as above."""
    ends: dict[str, datetime] = {}
    with _one_at_a_time, _told_in_words(), _session() as session:
        for held in session.get_objects({pkcs11.Attribute.CLASS: pkcs11.ObjectClass.CERTIFICATE}):
            label = held[pkcs11.Attribute.LABEL]
            ends[label] = max(_ends_at(held), ends.get(label, _ends_at(held)))
    return ends


def remind() -> int:
    """Tell the system's administrators in good time which certificates on the device end; how many."""
    remedy = "请系统管理员在签名设备上换发，或删去这个标签的密钥和证书（下次确认时另建）"
    found = 0
    for label, ends_at in endings().items():
        ending = told_of_end(f"签名设备上标签为 {label} 的证书", ends_at)
        found += remind_of_end(
            f"device-{label}-{ends_at:%Y%m%d}", ends_at, f"{ending}，此后不能用它作电子确认。{remedy}"
        )
    return found


def _demand_in_time(session: Any, label: str) -> None:
    ends_at = max(_ends_at(held) for held in _certificates(session, label))
    if ends_at <= clock.wall():
        raise Refused(f"{told_of_end('签名设备上您的证书', ends_at)}，请联系系统管理员换发")


def _ends_at(held: Any) -> datetime:
    return x509.load_der_x509_certificate(held[pkcs11.Attribute.VALUE]).not_valid_after_utc


@contextmanager
def _told_in_words() -> Iterator[None]:
    try:
        yield
    except pkcs11.PKCS11Error as fault:
        raise Refused(f"签名设备没有应答（{type(fault).__name__}），请联系系统管理员") from fault


def _session() -> Any:
    device: dict[str, str] = settings.SIGNING_DEVICE or {}
    library = pkcs11.lib(device["module"])
    token = find_token(library.get_slots(token_present=True), token_criteria=TokenCriteria(label=device["token"]))
    if token is None:
        raise pkcs11.NoSuchToken
    return token.open(rw=True, user_pin=device["pin"])


def _certificates(session: Any, label: str) -> list[Any]:
    wanted = {pkcs11.Attribute.CLASS: pkcs11.ObjectClass.CERTIFICATE, pkcs11.Attribute.LABEL: label}
    return list(session.get_objects(wanted))


def _put(session: Any, label: str, *, name: str, unit: str) -> None:
    """A key that the device makes and keeps, and its certificate."""
    curve = {pkcs11.Attribute.EC_PARAMS: encode_named_curve_parameters("secp256r1")}
    parameters = session.create_domain_parameters(pkcs11.KeyType.EC, curve, local=True)
    public, _ = parameters.generate_keypair(store=True, label=label, id=label.encode())
    key = serialization.load_der_public_key(encode_ec_public_key(public))
    assert isinstance(key, ec.EllipticCurvePublicKey)
    made = Issuer.current().certify(key, name=name, unit=unit)
    session.create_object({
        pkcs11.Attribute.CLASS: pkcs11.ObjectClass.CERTIFICATE,
        pkcs11.Attribute.CERTIFICATE_TYPE: pkcs11.CertificateType.X_509,
        pkcs11.Attribute.TOKEN: True,
        pkcs11.Attribute.LABEL: label,
        pkcs11.Attribute.ID: label.encode(),
        pkcs11.Attribute.SUBJECT: made.subject.public_bytes(),
        pkcs11.Attribute.VALUE: made.public_bytes(serialization.Encoding.DER),
    })  # fmt: skip
