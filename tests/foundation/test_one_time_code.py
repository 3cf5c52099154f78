"""The one-time code: the numbers of RFC 6238, and each good near its time alone."""

import base64
from datetime import UTC, datetime, timedelta

import pytest

from dangjian.foundation import one_time_code

KEY = base64.b32encode(b"12345678901234567890").decode()


@pytest.mark.parametrize(
    ("seconds", "code"),
    [(59, "287082"), (1111111109, "081804"), (1111111111, "050471"), (1234567890, "005924"), (20000000000, "353130")],
)
def test_the_codes_are_those_of_the_standard(seconds: int, code: str) -> None:
    at = datetime.fromtimestamp(seconds, UTC)
    assert one_time_code.code_of(KEY, one_time_code.period_at(at)) == code
    assert one_time_code.period_of(code, KEY, at) == seconds // 30


def test_a_code_is_good_half_a_minute_before_and_after_and_no_longer() -> None:
    at = datetime(2022, 8, 24, 9, 0, 0, tzinfo=UTC)
    code = one_time_code.code_of(KEY, one_time_code.period_at(at))
    found = [
        one_time_code.period_of(code, KEY, at + timedelta(seconds=30 * off)) is not None for off in (-2, -1, 0, 1, 2)
    ]
    assert found == [False, True, True, True, False]


def test_keys_are_long_and_never_alike() -> None:
    keys = {one_time_code.new_key() for _ in range(20)}
    assert len(keys) == 20
    assert all(len(base64.b32decode(key)) == 20 for key in keys)


def test_the_address_names_the_system_and_the_account() -> None:
    address = one_time_code.address_of(KEY, issuer="党建", account="zhang.san")
    assert address.startswith("otpauth://totp/%E5%85%9A%E5%BB%BA%3Azhang.san?secret=" + KEY)
    assert "&issuer=%E5%85%9A%E5%BB%BA&digits=6&period=30" in address
