"""The contrast of two wordings: what is marked, what stays for the connection, what is left out."""

import time

import pytest

from dangjian.web.contrast import Line, contrast

WEEKLY = "每周{}召开现场会，复盘涌水和进尺（吴铁军，2022年8月27日至2023年4月15日）"


def test_one_line_of_several_is_marked_where_it_differs() -> None:
    same = "每循环双预报，24小时内出预报单，不见预报单不开挖（向前进，2022年8月25日至2023年4月10日）"
    before, after = contrast(f"{same}\n{WEEKLY.format('六')}", f"{same}\n{WEEKLY.format('日')}\n逐孔测出水量")
    rest = ("召开现场会，复盘涌水和进尺（吴铁军，2022年8月27日至2023年4月15日）", False)
    assert before == [Line(same=1), Line([("每周", False), ("六", True), rest])]
    assert after == [Line(same=1), Line([("每周", False), ("日", True), rest]), Line([("逐孔测出水量", True)])]


def test_a_number_changes_as_a_whole() -> None:
    before, after = contrast("月产量提高到50片", "月产量提高到55.5片")
    assert before == [Line([("月产量提高到", False), ("50", True), ("片", False)])]
    assert after == [Line([("月产量提高到", False), ("55.5", True), ("片", False)])]


def test_a_short_line_stays_for_the_connection() -> None:
    assert contrast("8月31日 先锋队到位\n甲", "8月31日 先锋队到位\n乙")[0] == [
        Line([("8月31日 先锋队到位", False)]),
        Line([("甲", True)]),
    ]


def test_another_sentence_is_not_compared_sign_by_sign() -> None:
    assert contrast("把月产量由42片提高到50片", "完全不同的说法")[1] == [Line([("完全不同的说法", True)])]


def test_nothing_stands_against_what_is_new() -> None:
    assert contrast("", "新写的一段") == ([], [Line([("新写的一段", True)])])


def test_of_a_long_paragraph_only_the_neighbourhood_of_a_difference_is_shown() -> None:
    start, end = "".join(map(chr, range(0x4E00, 0x4E00 + 200))), "".join(map(chr, range(0x6000, 0x6000 + 200)))
    _, after = contrast(f"{start}旧{end}", f"{start}新{end}")
    assert after == [Line([(f"{start[:24]}……{start[-24:]}", False), ("新", True), (f"{end[:24]}……", False)])]


@pytest.mark.parametrize(("one", "other"), [("甲一" * 1000, "乙一" * 1000), ("甲\n一\n" * 500, "乙\n一\n" * 500)])
def test_what_repeats_itself_costs_no_time(one: str, other: str) -> None:
    began = time.perf_counter()
    contrast(one, other)
    assert time.perf_counter() - began < 2
