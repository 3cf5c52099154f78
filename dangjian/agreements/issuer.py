"""The issuer (签发机构): the installation's own, made when it is set up; it certifies the key of every secretary.

Its files lie outside the database in a folder that only the system's user enters, the keys sealed by a passphrase where
one is set. A renewed issuer is the next folder; the ones before certify nobody any more, and what was confirmed under
them is still told to be whole.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Self

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from django.conf import settings
from django.db import transaction

from dangjian.foundation import audit, clock, notice
from dangjian.foundation.lifecycle import Refused
from dangjian.foundation.window import day_text
from dangjian.people.access import Ability
from dangjian.people.organisation import Organisation
from dangjian.people.person import Person

VALID = timedelta(days=3650)
"""How long the issuer lasts; nothing it certifies lasts longer."""
DAYS_BEFORE_END = (180, 60, 14, 0)
"""The system's administrators are told so many days before something ends that signing needs."""
NAME = "党建项目化管理系统内部电子确认"


@dataclass(frozen=True)
class Issuer:
    """One that the installation has, or had."""

    folder: Path

    # Questions

    @classmethod
    def every(cls) -> list[Self]:
        """The oldest first; the last is the one that certifies."""
        return [cls(file.parent) for file in sorted(Path(settings.SIGNING_ROOT).glob("*/issuer.pem"))]

    @classmethod
    def current(cls) -> Self:
        """Raises Refused where there is none, or its time is over."""
        known = cls.every()
        if known and known[-1].ends_at > clock.wall():
            return known[-1]
        what = "已经到期" if known else "还没有建立"
        raise Refused(f"签发机构{what}，请系统管理员运行 dangjian letters renew-issuer --as 账号")

    @property
    def file(self) -> Path:
        return self.folder / "issuer.pem"

    @property
    def certificate(self) -> x509.Certificate:
        return x509.load_pem_x509_certificate(self.file.read_bytes())

    @property
    def fingerprint(self) -> str:
        """By which people compare it: SHA-256, in hexadecimal digits."""
        return self.certificate.fingerprint(hashes.SHA256()).hex()

    @property
    def ends_at(self) -> datetime:
        return clock.local(self.certificate.not_valid_after_utc)

    # Verbs

    @classmethod
    def found(cls) -> Self:
        """The first one, when the installation is set up; where there is one already, that."""
        return cls.every()[-1] if cls.every() else cls._make()

    @classmethod
    @transaction.atomic
    def renew(cls, *, by: Person) -> Self:
        """更换: the next one, which certifies from now on. Raises Refused to whoever does not keep the whole system."""
        top = Organisation.objects.get(parent=None)
        if not by.can(Ability.MANAGE_ACCOUNTS, top):
            raise Refused("签发机构由系统管理员更换")
        made = cls._make()
        audit.record("issuer.renew", top, by=by, details={"sha256": made.fingerprint})
        return made

    def remind(self) -> bool:
        """Tell the system's administrators in good time that its time ends, and what to do; whether it ends soon."""
        ending = told_of_end("签发机构", self.ends_at)
        remedy = "请系统管理员运行 dangjian letters renew-issuer --as 账号 更换，已确认的仍可核验"
        return remind_of_end(self.fingerprint[:16], self.ends_at, f"{ending}，此后不能再作电子确认。{remedy}")

    def certify(self, key: ec.EllipticCurvePublicKey, *, name: str, unit: str) -> x509.Certificate:
        """What binds a key to a name and the side it signs for, as long as the issuer itself lasts."""
        signing = serialization.load_pem_private_key((self.folder / "issuer.key").read_bytes(), _passphrase())
        assert isinstance(signing, ec.EllipticCurvePrivateKey)
        own = self.certificate
        return _certificate(_name(name, unit), own.subject, key, signing, until=own.not_valid_after_utc)

    # Private

    @classmethod
    def _make(cls) -> Self:
        folder = Path(settings.SIGNING_ROOT) / f"{len(cls.every()) + 1:04}"
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        key, name = ec.generate_private_key(ec.SECP256R1()), _name(NAME, "issuer")
        keep_key(folder / "issuer.key", key)
        made = _certificate(name, name, key.public_key(), key, until=clock.wall() + VALID)
        # Last of all, for whoever finds the certificate takes the key to be there.
        keep(folder / "issuer.pem", made.public_bytes(serialization.Encoding.PEM))
        return cls(folder)


def told_of_end(what: str, ends_at: datetime) -> str:
    return f"{what}{'已' if ends_at <= clock.wall() else '将'}于{day_text(clock.local(ends_at).date())}到期"


def remind_of_end(key: str, ends_at: datetime, text: str) -> bool:
    """Once at each of the days before the end; whether one of them is reached."""
    left = (ends_at - clock.wall()).days
    reached = [days for days in DAYS_BEFORE_END if left <= days]
    top = Organisation.objects.filter(parent=None).first()
    if reached and top:
        people = Person.objects.holding(Ability.MANAGE_ACCOUNTS, top)
        notice.tell(people, event=f"ending-{key}-{reached[-1]}", text=text, about=top)
    return bool(reached)


def _name(common: str, unit: str) -> x509.Name:
    return x509.Name([
        x509.NameAttribute(NameOID.COMMON_NAME, common), x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, unit),
    ])  # fmt: skip


def _certificate(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, by: ec.EllipticCurvePrivateKey, *,
    until: datetime,
) -> x509.Certificate:  # fmt: skip
    is_issuer = subject == issuer
    usage = x509.KeyUsage(
        digital_signature=not is_issuer, content_commitment=not is_issuer, key_cert_sign=is_issuer,
        crl_sign=is_issuer, key_encipherment=False, data_encipherment=False, key_agreement=False,
        encipher_only=False, decipher_only=False,
    )  # fmt: skip
    return (
        x509.CertificateBuilder(subject_name=subject, issuer_name=issuer, public_key=key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(clock.wall() - timedelta(days=1))
        .not_valid_after(until)
        .add_extension(x509.BasicConstraints(ca=is_issuer, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(by.public_key()), critical=False)
        .sign(by, hashes.SHA256())
    )


def _passphrase() -> bytes | None:
    return settings.SIGNING_PASSPHRASE.encode() or None


def keep_key(file: Path, key: ec.EllipticCurvePrivateKey) -> None:
    """Sealed by the passphrase where one is set."""
    words = _passphrase()
    sealed = serialization.BestAvailableEncryption(words) if words else serialization.NoEncryption()
    keep(file, key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, sealed))


def keep(file: Path, content: bytes) -> None:
    """Readable by the system's own user alone, and whole or not at all."""
    draft = file.with_suffix(f".{os.getpid()}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
        out.write(content)
    draft.replace(file)
