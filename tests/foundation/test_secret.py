"""Secrets at rest: unreadable in the table, readable after the installation's key was changed."""

from typing import Any

import pytest

from dangjian.foundation import secret
from dangjian.foundation.lifecycle import Refused


def test_what_is_sealed_can_be_opened_and_is_never_twice_the_same() -> None:
    one, other = secret.sealed("JBSWY3DP", "test"), secret.sealed("JBSWY3DP", "test")
    assert one != other
    assert "JBSWY3DP" not in one
    assert secret.opened(one, "test") == secret.opened(other, "test") == "JBSWY3DP"


def test_a_secret_of_one_purpose_does_not_open_for_another() -> None:
    with pytest.raises(Refused, match="系统密钥已更换"):
        secret.opened(secret.sealed("JBSWY3DP", "test"), "elsewhere")


def test_an_old_key_opens_what_it_sealed_as_long_as_it_is_named(settings: Any) -> None:
    kept, old = secret.sealed("JBSWY3DP", "test"), settings.SECRET_KEY
    settings.SECRET_KEY = "another key altogether"
    with pytest.raises(Refused, match="请联系系统管理员"):
        secret.opened(kept, "test")
    settings.SECRET_KEY_FALLBACKS = [old]
    assert secret.opened(kept, "test") == "JBSWY3DP"
