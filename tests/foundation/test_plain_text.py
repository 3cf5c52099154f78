"""What comes along unseen with a pasted text is left out; what breaks its lines, or may be in somebody's name, stays."""

import pytest

from dangjian.foundation.plain_text import plain
from dangjian.papers.official import printable


@pytest.mark.parametrize(
    ("pasted", "kept"),
    [
        ("甲\x00乙\x07\x1f\x7f\x9f", "甲乙"),
        ("第一行\x0b第二行\x0c第三行\u2028第四行\x85第五行", "第一行\n第二行\n第三行\n第四行\n第五行"),
        ("一\r\n二\n\t三", "一\r\n二\n\t三"),
        ("\ud800\ufffe\uffff", ""),
        ("䶮𠮷·“引号”　全角", "䶮𠮷·“引号”　全角"),
    ],
)
def test_controls_are_left_out_and_lines_stay_lines(pasted: str, kept: str) -> None:
    assert plain(pasted) == kept
    assert printable(pasted) == printable(kept), "a paper shows what is kept"
