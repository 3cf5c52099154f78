"""The certificate (签名证书): the installation's own authority, and one certificate for each person in an office.

Keys lie outside the database, in files that only the system's user reads, or in a device by PKCS#11.
"""

from __future__ import annotations

import os
from datetime import timedelta
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from django.conf import settings
from pyhanko.sign import signers

from dangjian.foundation import clock
from dangjian.foundation.lifecycle import Refused

if TYPE_CHECKING:
    from dangjian.agreements.signature import Side
    from dangjian.people.person import Person

_VALID = timedelta(days=3650)


def signer_of(person: Person, side: Side) -> signers.Signer:
    """What signs for the person as secretary of that side. Raises Refused where the device is not there."""
    if settings.SIGNING_DEVICE:
        return _in_device(f"{person.pk}-{side}")
    folder = _folder()
    key, certificate = folder / f"{person.pk}-{side}.key", folder / f"{person.pk}-{side}.pem"
    if not certificate.exists():
        _issue(key, certificate, name=person.name, unit=str(side))
    return _loaded(key, certificate, folder / "ca.pem")


def roots() -> list[str]:
    """The authority's certificate as PEM; none where nothing was ever signed here."""
    held = Path(settings.SIGNING_ROOT) / "ca.pem"
    return [held.read_text()] if held.exists() else []


@lru_cache(maxsize=64)
def _loaded(key: Path, certificate: Path, authority: Path) -> signers.Signer:
    """Loading a key takes longer than signing with it."""
    files = {"ca_chain_files": (str(authority),)}
    loaded: signers.Signer | None = signers.SimpleSigner.load(str(key), str(certificate), **files)  # type: ignore[no-untyped-call]
    if loaded is None:
        raise Refused("签名证书读不出来，请联系系统管理员")
    return loaded


def _in_device(label: str) -> signers.Signer:
    """A key and its certificate in a device, both labelled ``<person>-<side>``."""
    try:
        from pyhanko.config.pkcs11 import TokenCriteria  # noqa: PLC0415
        from pyhanko.sign.pkcs11 import PKCS11Signer, open_pkcs11_session  # noqa: PLC0415  # an extra of its own
    except ImportError as missing:
        raise Refused("没有安装签名设备的驱动（python-pkcs11），请联系系统管理员") from missing
    device: dict[str, str] = settings.SIGNING_DEVICE or {}
    session = open_pkcs11_session(
        device["module"], token_criteria=TokenCriteria(label=device["token"]), user_pin=device["pin"]
    )
    return PKCS11Signer(session, cert_label=label, key_label=label)


def _folder() -> Path:
    """Where the keys lie, with the authority in it."""
    folder = Path(settings.SIGNING_ROOT)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not (folder / "ca.pem").exists():
        _issue(folder / "ca.key", folder / "ca.pem", name="党建项目化管理系统内部电子确认", unit="authority")
    return folder


def _issue(key_file: Path, certificate_file: Path, *, name: str, unit: str) -> None:
    """A key and its certificate by the authority; by itself where it is the authority."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([
        x509.NameAttribute(NameOID.COMMON_NAME, name), x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, unit),
    ])  # fmt: skip
    is_authority = unit == "authority"
    issuer, issuer_key = (subject, key) if is_authority else _authority(certificate_file.parent)
    now = clock.wall()
    usage = x509.KeyUsage(
        digital_signature=not is_authority, content_commitment=not is_authority, key_cert_sign=is_authority,
        crl_sign=is_authority, key_encipherment=False, data_encipherment=False, key_agreement=False,
        encipher_only=False, decipher_only=False,
    )  # fmt: skip
    built = (
        x509.CertificateBuilder(subject_name=subject, issuer_name=issuer, public_key=key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + _VALID)
        .add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), critical=False)
        .sign(issuer_key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    _write(key_file, private)
    # Last of all, for whoever finds the certificate takes the key to be there.
    _write(certificate_file, built.public_bytes(serialization.Encoding.PEM))


def _authority(folder: Path) -> tuple[x509.Name, ec.EllipticCurvePrivateKey]:
    key = serialization.load_pem_private_key((folder / "ca.key").read_bytes(), password=None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    return x509.load_pem_x509_certificate((folder / "ca.pem").read_bytes()).subject, key


def _write(file: Path, content: bytes) -> None:
    """Readable by the system's own user alone, and whole or not at all."""
    draft = file.with_suffix(f".{os.getpid()}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
        out.write(content)
    draft.replace(file)
