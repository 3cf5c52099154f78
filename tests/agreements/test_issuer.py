"""The issuer: made at set-up, its keys kept from others, renewed; and keys that a device keeps to itself."""

import shutil
import subprocess
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pkcs11
import pytest
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from dangjian import cli
from dangjian.agreements import certificate, signed_file
from dangjian.agreements import issuer as issuer_file
from dangjian.agreements.issuer import Issuer
from dangjian.agreements.letter import Letter
from dangjian.agreements.signature import Side
from dangjian.foundation import clock
from dangjian.foundation.audit import AuditEntry
from dangjian.foundation.lifecycle import Refused
from dangjian.foundation.notice import Notice
from tests.agreements.test_confirmation import confirmed, content, found, switched_on  # noqa: F401
from tests.cast import Cast, a_letter

pytestmark = [pytest.mark.django_db, pytest.mark.once, pytest.mark.clause("S-115", "S-116")]

SOFTHSM = Path("/usr/lib/softhsm/libsofthsm2.so")
needs_a_device = pytest.mark.skipif(
    not SOFTHSM.exists(), reason="needs a signing device: apt-get install -y softhsm2"
)  # fmt: skip


@pytest.mark.usefixtures("switched_on")
def test_without_an_issuer_nobody_confirms_and_the_remedy_is_told(cast: Cast, settings: Any, tmp_path: Path) -> None:
    settings.SIGNING_ROOT = tmp_path / "nothing"
    with pytest.raises(Refused, match="renew-issuer"):
        a_letter(cast).confirm_electronically(by=cast.people.secretary)
    assert not (tmp_path / "nothing").exists(), "it is made at set-up, never on the way"
    Issuer.found()
    with clock.fixed_at("2032-08-25 09:00"), pytest.raises(Refused, match="到期"):
        Issuer.current()


@pytest.mark.usefixtures("switched_on")
def test_keys_are_read_by_nobody_else_and_each_person_has_their_own(cast: Cast, settings: Any) -> None:
    confirmed(cast)
    folder = Issuer.current().folder
    keys = sorted(folder.glob("*.key"))
    assert len(keys) == 3
    assert {key.stat().st_mode & 0o777 for key in keys} == {0o600}
    assert folder.stat().st_mode & 0o777 == 0o700
    assert Issuer.found() == Issuer.current(), "set up twice, it stays what it is"


@pytest.mark.usefixtures("switched_on")
def test_a_passphrase_seals_the_keys(cast: Cast, settings: Any) -> None:
    settings.SIGNING_PASSPHRASE = "只在服务器环境变量里"
    Issuer.renew(by=cast.people.system_admin)
    assert found(content(confirmed(cast))) is signed_file.Finding.INTACT
    for key in Issuer.current().folder.glob("*.key"):
        with pytest.raises(TypeError, match="encrypted"):
            load_pem_private_key(key.read_bytes(), None)


@pytest.mark.usefixtures("switched_on")
def test_what_was_confirmed_before_the_issuer_changed_is_still_told_to_be_whole(cast: Cast, capsys: Any) -> None:
    old, before = content(confirmed(cast)), Issuer.current()
    with pytest.raises(Refused, match="系统管理员"):
        Issuer.renew(by=cast.people.officer)
    assert cli.main(["letter", "renew-issuer", "--as", "system-admin"]) == 0
    assert capsys.readouterr().out.count("SHA-256") == 2
    assert AuditEntry.objects.filter(action="issuer.renew", actor_id=cast.people.system_admin.pk).exists()
    again = a_letter(cast, name="安全示范岗")
    for who in (cast.people.secretary, cast.people.unit_secretary):
        Letter.objects.get(pk=again.pk).confirm_electronically(by=who)
    new = content(again)
    assert [found(file) for file in (old, new)] == [signed_file.Finding.INTACT] * 2
    alone = signed_file.verify(BytesIO(new), roots=[before.file.read_text()])
    assert alone["finding"] == "wrong_certificate", "the one before certifies nobody any more"


@pytest.mark.usefixtures("switched_on")
def test_a_file_does_not_turn_bad_when_its_certificates_end(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    ends_at = datetime.now(clock.BEIJING).replace(microsecond=0) + timedelta(seconds=4)
    monkeypatch.setattr(issuer_file, "VALID", ends_at - clock.wall())
    Issuer.renew(by=cast.people.system_admin)
    file = content(confirmed(cast))
    time.sleep(max(0, (ends_at - datetime.now(clock.BEIJING)).total_seconds() + 1))
    assert found(file) is signed_file.Finding.INTACT


def test_the_administrator_is_told_in_time_that_the_issuer_ends(cast: Cast) -> None:
    Issuer.renew(by=cast.people.system_admin)
    ends_at = Issuer.current().ends_at
    told = []
    for days in (181, 180, 100, 60, 14, 3, -1):
        with clock.fixed_at(ends_at - timedelta(days=days)):
            assert certificate.remind_of_ends() == (days < 181)
            told.append(Notice.objects.filter(event__startswith="ending-").count())
    assert told == [0, 1, 1, 2, 3, 3, 4], "once at each of the days, and once when it is over"
    notices = Notice.objects.filter(event__startswith="ending-").order_by("pk")
    assert {each.person for each in notices} == {cast.people.system_admin}
    assert "将于" in notices[0].text
    assert "renew-issuer" in notices[0].text
    assert "已于" in notices[3].text
    Issuer.renew(by=cast.people.system_admin)
    assert certificate.remind_of_ends() == 0, "the next one has its ten years"


# The device


@pytest.fixture
def device(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A token of SoftHSM's, which speaks as a real one does."""
    (tmp_path / "tokens").mkdir()
    (tmp_path / "softhsm2.conf").write_text(f"directories.tokendir = {tmp_path / 'tokens'}\n")
    monkeypatch.setenv("SOFTHSM2_CONF", str(tmp_path / "softhsm2.conf"))
    tool = shutil.which("softhsm2-util")
    assert tool is not None
    words = ["--init-token", "--free", "--label", "letters", "--pin", "1234", "--so-pin", "5678"]
    subprocess.run([tool, *words], check=True, capture_output=True)
    settings.SIGNING_DEVICE = {"module": str(SOFTHSM), "token": "letters", "pin": "1234"}
    yield
    pkcs11.unload(str(SOFTHSM))  # the next test has a token of its own


@needs_a_device
@pytest.mark.usefixtures("switched_on", "device")
def test_a_device_makes_and_keeps_the_keys_and_signs(cast: Cast, settings: Any) -> None:
    letter = confirmed(cast)
    assert found(content(letter)) is signed_file.Finding.INTACT
    assert len(set(letter.signatures.values_list("certificate", flat=True)) - {""}) == 2
    assert [key.name for key in Path(settings.SIGNING_ROOT).glob("*/*.key")] == ["issuer.key"]
    again = a_letter(cast, name="安全示范岗")
    again.confirm_electronically(by=cast.people.secretary)
    token = next(iter(pkcs11.lib(str(SOFTHSM)).get_tokens(token_label="letters")))
    with token.open(user_pin="1234") as session:
        keys = list(session.get_objects({pkcs11.Attribute.CLASS: pkcs11.ObjectClass.PRIVATE_KEY}))
        assert len(keys) == 2, "who signs again signs by the same key"
        assert not any(key[pkcs11.Attribute.EXTRACTABLE] for key in keys)


@needs_a_device
@pytest.mark.usefixtures("switched_on", "device")
def test_a_device_that_does_not_answer_is_told_and_nothing_is_half_signed(cast: Cast, settings: Any) -> None:
    letter = a_letter(cast)
    whole = dict(settings.SIGNING_DEVICE)
    for wrong in ({"pin": "0"}, {"token": "other"}, {"module": "/nowhere.so"}):
        settings.SIGNING_DEVICE = whole | wrong
        with pytest.raises(Refused, match="签名设备没有应答"):
            Letter.objects.get(pk=letter.pk).confirm_electronically(by=cast.people.secretary)
        assert not letter.signatures.exists()
    assert letter.confirmed_file() is None
    assert certificate.roots()


@needs_a_device
@pytest.mark.usefixtures("switched_on", "device")
def test_a_certificate_on_the_device_is_told_of_before_it_ends_and_not_used_afterwards(cast: Cast) -> None:
    a_letter(cast).confirm_electronically(by=cast.people.secretary)
    ends_at, own = Issuer.current().ends_at, Issuer.current()
    Issuer.renew(by=cast.people.system_admin)
    with clock.fixed_at(ends_at - timedelta(days=60)):
        assert own.ends_at == ends_at
        certificate.remind_of_ends()
    label = f"{cast.people.secretary.pk}-branch"
    assert f"标签为 {label} 的证书将于" in Notice.objects.get(event__startswith="ending-device").text
    with (
        clock.fixed_at(ends_at),
        pytest.raises(Refused, match="换发"),
        certificate.signer_of(cast.people.secretary, Side.BRANCH),
    ):
        pytest.fail("it signs no more")
