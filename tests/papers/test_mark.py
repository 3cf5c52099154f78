"""The mark of a paper: read back from what was printed, and no other paper's mark when a sign is wrong."""

from io import BytesIO

import pytest
import zxingcpp
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageOps

from dangjian.papers.mark import Mark

marks = st.builds(
    Mark, st.sampled_from("ANM"), st.integers(1, 10**9), st.none() | st.integers(0, 99)
)  # fmt: skip


@given(marks)
def test_a_mark_is_read_back_as_it_was_written(mark: Mark) -> None:
    assert Mark.of(mark.code) == mark


@given(marks, st.data())
def test_one_wrong_sign_is_no_mark(mark: Mark, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(mark.code) - 1))
    sign = data.draw(st.sampled_from("0123456789ABCDEFGHJKLMNPQRTUVWX.-"))
    wrong = mark.code[:at] + sign + mark.code[at + 1 :]
    assert wrong == mark.code or Mark.of(wrong) is None


@given(marks, st.data())
def test_two_exchanged_signs_are_no_mark(mark: Mark, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(mark.code) - 2))
    wrong = mark.code[:at] + mark.code[at + 1] + mark.code[at] + mark.code[at + 2 :]
    assert wrong == mark.code or Mark.of(wrong) is None


def test_it_may_be_typed_as_people_type() -> None:
    code = Mark("A", 1024, 2).code
    wide = "".join(chr(ord(sign) + 0xFEE0) if sign.isdigit() else sign for sign in code.lower())
    assert Mark.of(f" {wide} ") == Mark("A", 1024, 2)


@pytest.mark.parametrize("text", ["", "A-", "A0-1", "https://example.com", "A1024", "①", "A" + "9" * 40 + "-1", "\x00"])
def test_anything_else_is_none(text: str) -> None:
    assert Mark.of(text) is None
    assert Mark.scanned(text) is None


def test_the_code_of_another_system_is_none() -> None:
    assert Mark.scanned(Mark("A", 7).code) is None


@given(marks)
def test_the_picture_says_the_mark_and_nothing_else(mark: Mark) -> None:
    picture = ImageOps.expand(Image.open(BytesIO(mark.png())).convert("L"), border=60, fill=255)
    [found] = zxingcpp.read_barcodes(picture)
    assert found.text == f"DJ:{mark.code}"
    assert Mark.scanned(found.text) == mark
