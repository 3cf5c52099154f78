"""The upload in pieces: limits before the first byte, every break mended, nothing believed that does not add up."""

import hashlib
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from dangjian.foundation import clock
from dangjian.foundation.evidence import MOST_BYTES
from dangjian.foundation.lifecycle import Overtaken, Refused
from dangjian.foundation.upload import KEPT_FOR, MOST_AT_ONCE, PIECE, Upload, clear_stale
from tests.cast import Cast

CONTENT = b"%PDF-1.7\n" + bytes(range(256)) * 4096  # about 1 MB: three pieces


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def begun(cast: Cast, content: bytes = CONTENT, **facts: Any) -> Upload:
    known: dict[str, Any] = {
        "name": "记录.pdf",
        "size": len(content),
        "sha256": digest(content),
        "by": cast.people.clerk,
    }
    return Upload.begin(cast.places.branch, "minutes", **known | facts)


def send(upload: Upload, content: bytes = CONTENT, until: int | None = None) -> None:
    while not upload.is_whole and upload.received != until:
        upload.take(content[upload.received : upload.received + PIECE], start=upload.received)


def whole(upload: Upload) -> bytes:
    return b"".join(upload.chunks())


def test_pieces_add_up_to_the_file(cast: Cast) -> None:
    upload = begun(cast)
    send(upload)
    assert upload.is_whole
    assert whole(upload) == CONTENT


def test_the_same_file_goes_on_where_it_stopped(cast: Cast) -> None:
    send(begun(cast), until=PIECE)
    again = begun(cast)
    assert again.received == PIECE
    send(again)
    assert whole(again) == CONTENT
    assert Upload.objects.count() == 1


def test_a_piece_that_comes_twice_is_told_where_the_file_stands(cast: Cast) -> None:
    upload, late = begun(cast), begun(cast)
    send(upload, until=PIECE)
    with pytest.raises(Overtaken):
        late.take(CONTENT[:PIECE], start=0)
    assert late.received == PIECE
    send(late)
    assert whole(late) == CONTENT


def test_what_a_crash_left_half_written_is_written_over(cast: Cast) -> None:
    upload = begun(cast)
    send(upload, until=PIECE)
    with upload.file.open("ab") as out:
        out.write(b"half a piece")
    send(upload)
    assert whole(upload) == CONTENT


@pytest.mark.parametrize("size", [0, -1, MOST_BYTES + 1])
def test_size_is_asked_before_the_first_byte(cast: Cast, size: int) -> None:
    with pytest.raises(Refused, match=r"空的|超过 50 MB"):
        begun(cast, size=size)
    assert not Upload.objects.exists()


def test_the_kind_is_asked_at_the_first_piece(cast: Cast) -> None:
    upload = begun(cast, b"MZ program" * 100)
    with pytest.raises(Refused, match="PDF、JPG 或 PNG"):
        send(upload, b"MZ program" * 100)
    assert not upload.file.exists()


@pytest.mark.parametrize("piece", [b"", CONTENT[: PIECE + 1]])
def test_a_piece_of_the_wrong_length_is_refused(cast: Cast, piece: bytes) -> None:
    with pytest.raises(Refused, match="大小不符"):
        begun(cast).take(piece, start=0)
    with pytest.raises(Refused, match="大小不符"):
        begun(cast, b"%PDF-1.7").take(b"%PDF-1.7 and more", start=0)


@pytest.mark.parametrize("sha256", ["", "x" * 64, "A" * 64, "a" * 63])
def test_a_digest_that_is_none_is_refused(cast: Cast, sha256: str) -> None:
    with pytest.raises(Refused, match="摘要"):
        begun(cast, sha256=sha256)


def test_a_file_that_changed_on_its_way_is_refused(cast: Cast) -> None:
    upload = begun(cast)
    send(upload, CONTENT[:-1] + b"?")
    with pytest.raises(Refused, match="损坏"):
        whole(upload)
    begun_only = begun(cast, CONTENT + b"more")
    send(begun_only, CONTENT + b"more", until=PIECE)
    with pytest.raises(Refused, match="损坏"):
        whole(begun_only)


def test_a_person_sends_only_so_many_at_once(cast: Cast) -> None:
    for number in range(MOST_AT_ONCE):
        begun(cast, b"%%PDF %d" % number)
    with pytest.raises(Refused, match="同时上传"):
        begun(cast)
    begun(cast, b"%PDF 0")
    begun(cast, by=cast.people.secretary)


def test_one_digest_has_one_size(cast: Cast) -> None:
    begun(cast)
    with pytest.raises(Refused, match="大小和摘要不符"):
        begun(cast, size=10)


def test_what_is_gone_takes_nothing_more(cast: Cast) -> None:
    upload = begun(cast)
    Upload.objects.get().drop()
    with pytest.raises(Overtaken, match="传完或取消"):
        upload.take(CONTENT[:PIECE], start=0)


def test_an_upload_is_its_sender_s_own(cast: Cast) -> None:
    upload = begun(cast)
    assert list(Upload.objects.visible_to(cast.people.clerk)) == [upload]
    assert not Upload.objects.visible_to(cast.people.secretary).exists()


@pytest.mark.django_db(transaction=False)
def test_the_worker_takes_away_what_nobody_sends_on(cast: Cast, django_capture_on_commit_callbacks: Any) -> None:
    old = begun(cast)
    send(old, until=PIECE)
    (old.file.parent / "999999").write_bytes(b"left by a crash")
    with clock.fixed_at(clock.now() + KEPT_FOR - timedelta(hours=1)):
        young = begun(cast, CONTENT + b"young")
        young.take(CONTENT[:PIECE], start=0)
    with (
        clock.fixed_at(clock.now() + KEPT_FOR + timedelta(hours=1)),
        django_capture_on_commit_callbacks(execute=True),
    ):
        assert clear_stale() == 1
    assert list(Upload.objects.all()) == [young]
    assert [Path(path).name for path in young.file.parent.iterdir()] == [str(young.pk)]
