"""The span: what people write for a beginning and an end, and what is warned of rather than guessed."""

# ruff: noqa: RUF001

from datetime import date, datetime
from typing import Any

import pytest

from dangjian.intake import span


@pytest.mark.clause("S-121")
@pytest.mark.parametrize(
    ("written", "start", "end"),
    [
        ("2022.8~2022.12", "2022-08", "2022-12"),
        ("２０２２．８～２０２２．１２", "2022-08", "2022-12"),
        ("2022.8-2022.12", "2022-08", "2022-12"),
        ("2022/8-2022/12", "2022-08", "2022-12"),
        ("2022-08-2022-12", "2022-08", "2022-12"),
        ("2022-08~12", "2022-08", "2022-12"),
        ("2022.8-12", "2022-08", "2022-12"),
        ("2022年8-12月", "2022-08", "2022-12"),
        ("2022年8月至12月", "2022-08", "2022-12"),
        ("自 2022 年 8 月 至 2022 年 12 月 止", "2022-08", "2022-12"),
        ("2022年8月开始，2022年12月完成", "2022-08", "2022-12"),
        ("二〇二二年八月至十二月", "2022-08", "2022-12"),
        ("22.8-22.12", "2022-08", "2022-12"),
        ("22年8月—22年12月", "2022-08", "2022-12"),
        ("202208-202212", "2022-08", "2022-12"),
        ("2022年8月至次年3月", "2022-08", "2023-03"),
        ("2022年下半年", "2022-07", "2022-12"),
        ("2022年第三季度", "2022-07", "2022-09"),
        ("2022.8~2023.8", "2022-08", "2023-08"),
        ("2022.08-2022.12（5个月）", "2022-08", "2022-12"),
        ("20220801-20221231", "2022-08-01", "2022-12-31"),
        ("2022-08-01-2022-12-31", "2022-08-01", "2022-12-31"),
        ("2022.8.15-20", "2022-08-15", "2022-08-20"),
        ("2022.08.15~09.03", "2022-08-15", "2022-09-03"),
        ("2022年8月1日至31日", "2022-08-01", "2022-08-31"),
        ("2022年8月~12月31日", "2022-08", "2022-12-31"),
        ("2022全年", "2022-01", "2022-12"),
        ("2022年度", "2022-01", "2022-12"),
        ("2022上半年", "2022-01", "2022-06"),
        ("2022年三季度", "2022-07", "2022-09"),
        ("2022Q3", "2022-07", "2022-09"),
        ("2022年第1季度至第2季度", "2022-01", "2022-06"),
        ("2022年下半年至2023年上半年", "2022-07", "2023-06"),
        ("2022年8月中旬-12月下旬", "2022-08", "2022-12"),
        ("2022年8月至年底", "2022-08", "2022-12"),
        ("2022年初至2022年末", "2022-01", "2022-12"),
        ("2022.8~2022.12.", "2022-08", "2022-12"),
        ("2022.8-->2022.12", "2022-08", "2022-12"),
        ("2022.8…2022.12", "2022-08", "2022-12"),
        ("2022.8⁓2022.12", "2022-08", "2022-12"),
        ("2022.8 2022.12", "2022-08", "2022-12"),
        ("2022.8\n2022.12", "2022-08", "2022-12"),
        ("2022年8月1日\n2022年12月31日", "2022-08-01", "2022-12-31"),
        ("2022-08-01/2022-12-31", "2022-08-01", "2022-12-31"),
        ("2022年8月开工，12月完工", "2022-08", "2022-12"),
        ("2022.8~2022.12前", "2022-08", "2022-12"),
        ("2022.8.1（启动）~2022.12.31（结束）", "2022-08-01", "2022-12-31"),
        ("2021.12~2022.12", "2021-12", "2022-12"),
        ("2024.2.29~2024.3.1", "2024-02-29", "2024-03-01"),
    ],
)
def test_both_ends_are_read(written: str, start: str, end: str) -> None:
    assert span.read(written) == span.Span(start, end)


@pytest.mark.parametrize(
    ("written", "start", "end", "warning"),
    [
        ("", None, None, "date_missing"),
        ("——", None, None, "date_missing"),
        ("8月至12月", None, None, "date_year_missing"),
        ("今年8月至12月", None, None, "date_year_missing"),
        ("8.15~9.3", None, None, "date_year_missing"),
        ("全年", None, None, "date_year_missing"),
        ("本年度", None, None, "date_year_missing"),
        ("今年下半年", None, None, "date_year_missing"),
        ("第三季度", None, None, "date_year_missing"),
        ("年底", None, None, "date_year_missing"),
        ("1-12月", None, None, "date_year_missing"),
        ("2022年12月底前完成", None, "2022-12", "date_single"),
        ("截至2022年12月", None, "2022-12", "date_single"),
        ("~2022.12", None, "2022-12", "date_single"),
        ("2022年8月至项目结束", "2022-08", None, "date_open"),
        ("2022.8~待定", "2022-08", None, "date_open"),
        ("常年", None, None, "date_open"),
        ("0022.8~2022.12", None, None, "date_invalid"),
        ("2022.8~2022.12~2023.3", None, None, "date_invalid"),
        ("2022.1.1-2023.1.1", "2022-01-01", "2023-01-01", "over_one_year"),
        (2022.1, None, None, "date_ambiguous"),
        ("2022.1", "2022-01", None, "date_single"),
        (2022.8, "2022-08", None, "date_single"),
        (2022.12, "2022-12", None, "date_single"),
        (44774, "2022-08-01", None, "date_single"),
        (202208.0, "2022-08", None, "date_single"),
        (date(2022, 8, 1), "2022-08-01", None, "date_single"),
        (datetime(2022, 8, 1, 9), "2022-08-01", None, "date_single"),
        ("2022-08-01 00:00:00", "2022-08-01", None, "date_single"),
        ("2022年8月起", "2022-08", None, "date_open"),
        ("2022.8~长期", "2022-08", None, "date_open"),
        ("长期", None, None, "date_open"),
        ("2022.13~2022.14", None, None, "date_invalid"),
        ("2022.2.30~2022.3.1", None, None, "date_invalid"),
        ("尽快", None, None, "date_invalid"),
        ("2022", None, None, "date_invalid"),
        (True, None, None, "date_invalid"),
        ("2022.12~2022.8", "2022-12", "2022-08", "date_reversed"),
        ("2022.8~2023.9", "2022-08", "2023-09", "over_one_year"),
    ],
)
def test_what_is_not_certain_is_warned_of(written: Any, start: str | None, end: str | None, warning: str) -> None:
    assert span.read(written) == span.Span(start, end, (warning,))


@pytest.mark.parametrize(
    ("start", "end", "told"),
    [
        (2022.8, 2022.12, span.Span("2022-08", "2022-12")),
        (date(2022, 8, 1), "2022年12月", span.Span("2022-08-01", "2022-12")),
        ("2022.8", "", span.Span("2022-08", None, ("date_single",))),
        ("", "", span.Span(None, None, ("date_missing",))),
        (2022.1, 2022.12, span.Span(None, "2022-12", ("date_ambiguous",))),
    ],
)
def test_two_cells_hold_one_end_each(start: Any, end: Any, told: span.Span) -> None:
    assert span.join(start, end) == told


def test_the_last_day_of_a_text_is_its_date() -> None:
    assert span.day_in("同意。2022年8月1日改为二〇二二年八月二十二日") == "2022-08-22"
    assert span.day_in("    年  月  日") is None
