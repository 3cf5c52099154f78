"""Evidence: kept once by content, believed by its first bytes, shown under a harmless name."""

import hashlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dangjian.foundation import clock, evidence
from dangjian.foundation.audit import AuditEntry
from dangjian.foundation.evidence import MOST_BYTES, Attachment, Evidence, clean_name
from dangjian.foundation.lifecycle import Refused
from tests.cast import Cast
from tests.examples import taken_back

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n"
MEGABYTE = 1024 * 1024


@pytest.fixture(autouse=True)
def store(settings: Any, tmp_path: Path) -> Path:
    settings.EVIDENCE_ROOT = tmp_path / "evidence"
    return tmp_path / "evidence"


def files(store: Path) -> list[Path]:
    return [path for path in store.rglob("*") if path.is_file()]


def test_a_file_is_kept_under_what_it_contains(cast: Cast, store: Path) -> None:
    kept = Evidence.keep([PDF[:10], PDF[10:]], by=cast.people.officer)
    assert (kept.sha256, kept.size, kept.media_type) == (hashlib.sha256(PDF).hexdigest(), len(PDF), "application/pdf")
    assert files(store) == [kept.file]
    assert kept.file.read_bytes() == PDF


def test_the_same_content_is_kept_once_however_often_it_is_attached(cast: Cast, store: Path) -> None:
    unit, branch = cast.places.unit, cast.places.branch
    first = evidence.attach(unit, "minutes", chunks=[PDF], name="纪要.pdf", by=cast.people.officer)
    second = evidence.attach(branch, "photo", chunks=[PDF], name="同一份.pdf", by=cast.people.clerk)
    assert first.evidence == second.evidence
    assert len(files(store)) == Evidence.objects.count() == 1
    assert list(Attachment.objects.of(unit, "minutes")) == [first]
    assert list(Attachment.objects.of(branch, "photo")) == [second]
    assert not Attachment.objects.of(unit, "photo").exists()


def test_who_attached_what_is_on_the_trail(cast: Cast) -> None:
    attached = evidence.attach(cast.places.unit, "minutes", chunks=[PDF], name="纪要.pdf", by=cast.people.officer)
    assert (attached.name, attached.by, attached.at) == ("纪要.pdf", cast.people.officer, clock.now())
    kept, used = AuditEntry.objects.order_by("pk").filter(action__startswith="evidence.")
    assert (kept.action, kept.details) == ("evidence.keep", {"size": len(PDF), "sha256": attached.evidence.sha256})
    assert (used.action, used.noun_id, used.actor_id) == (
        "evidence.attach", cast.places.unit.pk, cast.people.officer.pk,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (PDF, "application/pdf"),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF", "image/jpeg"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "image/png"),
    ],
)
def test_pdf_jpeg_and_png_are_taken(cast: Cast, content: bytes, media_type: str) -> None:
    assert Evidence.keep([content], by=cast.people.officer).media_type == media_type


@pytest.mark.parametrize(
    "content",
    [
        b"MZ\x90\x00 a program called scan.pdf",
        b"<html><script>alert(1)</script>",
        b"PK\x03\x04 an archive",
        b"\xef\xbb\xbf%PDF-1.7 after a byte order mark",
        b"%PD",
        b"GIF89a",
    ],
)
def test_a_file_is_believed_by_its_first_bytes_alone(cast: Cast, store: Path, content: bytes) -> None:
    with pytest.raises(Refused, match="只能上传 PDF、JPG 或 PNG 文件") as refused:
        evidence.attach(
            cast.places.unit, "minutes", chunks=[content], name="扫描件.pdf", by=cast.people.officer, field="minutes"
        )
    assert refused.value.reasons[0].field == "minutes"
    assert not files(store)
    assert not Attachment.objects.exists()


@pytest.mark.parametrize("size", [1, 2, 7])
def test_the_first_bytes_count_however_small_the_pieces_they_come_in(cast: Cast, size: int) -> None:
    pieces = [b"", *(PDF[start : start + size] for start in range(0, len(PDF), size))]
    assert Evidence.keep(pieces, by=cast.people.officer).media_type == "application/pdf"


@pytest.mark.parametrize("chunks", [[], [b""]])
def test_an_empty_file_is_refused(cast: Cast, store: Path, chunks: list[bytes]) -> None:
    with pytest.raises(Refused, match="文件是空的"):
        Evidence.keep(chunks, by=cast.people.officer)
    assert not files(store)


def megabytes(count: int, rest: bytes = b"") -> Iterator[bytes]:
    """A PDF of so many megabytes, sent piece by piece."""
    yield PDF + b" " * (MEGABYTE - len(PDF))
    for _ in range(count - 1):
        yield b" " * MEGABYTE
    yield rest


def test_fifty_megabytes_are_taken(cast: Cast) -> None:
    assert Evidence.keep(megabytes(50), by=cast.people.officer).size == MOST_BYTES


def test_one_byte_more_is_refused_and_leaves_nothing_on_the_disk(cast: Cast, store: Path) -> None:
    with pytest.raises(Refused, match="文件超过 50 MB"):
        Evidence.keep(megabytes(50, b" "), by=cast.people.officer)
    assert not files(store)


def test_an_endless_file_is_not_read_to_its_end(cast: Cast) -> None:
    def endless() -> Iterator[bytes]:
        yield from megabytes(51)
        pytest.fail("read beyond the limit")

    with pytest.raises(Refused, match="文件超过 50 MB"):
        Evidence.keep(endless(), by=cast.people.officer)


def test_a_connection_that_breaks_off_leaves_nothing_behind(cast: Cast, store: Path) -> None:
    def broken() -> Iterator[bytes]:
        yield PDF
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        Evidence.keep(broken(), by=cast.people.officer)
    assert not files(store)
    assert not Evidence.objects.exists()


def test_a_verb_that_fails_leaves_a_file_without_an_owner_which_the_next_one_takes_up(cast: Cast, store: Path) -> None:
    with taken_back():
        Evidence.keep([PDF], by=cast.people.officer)
    assert not Evidence.objects.exists()
    assert len(files(store)) == 1
    again = Evidence.keep([PDF], by=cast.people.officer)
    assert files(store) == [again.file]
    assert again.file.read_bytes() == PDF


@pytest.mark.parametrize(
    ("given_name", "kept"),
    [
        ("会议纪要.pdf", "会议纪要.pdf"),
        ("../../etc/passwd", "etcpasswd"),
        ("C:\\用户\\扫描件.pdf", "C用户扫描件.pdf"),
        ("a\r\nSet-Cookie: x.pdf", "aSet-Cookie x.pdf"),
        ("看似图片\u202egpj.exe", "看似图片gpj.exe"),
        (" ... ", "未命名"),
        ("", "未命名"),
        ("长" * 200, "长" * 120),
    ],
)
def test_a_name_keeps_only_what_is_fit_to_show(given_name: str, kept: str) -> None:
    assert clean_name(given_name) == kept


@given(st.text(max_size=300))
def test_no_name_carries_a_path_a_control_or_a_direction_mark(name: str) -> None:
    cleaned = clean_name(name)
    assert 1 <= len(cleaned) <= 120
    assert not re.search(r'[\\/:*?"<>|\x00-\x1f\x7f\u200e\u200f\u202a-\u202e\u2066-\u2069]', cleaned)
    assert not cleaned.startswith((".", " "))
