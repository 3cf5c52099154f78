"""Signing in, being locked out, changing the password."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from dangjian.foundation import clock
from dangjian.foundation.audit import AuditEntry
from dangjian.people.account import Account
from tests.cast import PASSWORD, Cast

Browse = Callable[..., Any]


def sign_in(browser: Client, account: str, password: str, **more: str) -> Any:
    return browser.post(reverse("sign-in"), {"username": account, "password": password, **more})


def test_the_right_password_leads_to_the_workbench(cast: Cast, browse: Browse) -> None:
    assert sign_in(browse(None), "secretary", PASSWORD)["Location"] == "/"


def test_the_last_sign_in_is_dated_by_the_system_s_own_clock(cast: Cast, browse: Browse) -> None:
    sign_in(browse(None), "secretary", PASSWORD)
    assert Account.objects.get(username="secretary").last_login == clock.now()


def test_capitals_in_the_account_do_not_matter(cast: Cast, browse: Browse) -> None:
    assert sign_in(browse(None), "Secretary", PASSWORD).status_code == 302


def test_one_comes_back_to_the_page_one_wanted(cast: Cast, browse: Browse) -> None:
    assert sign_in(browse(None), "secretary", PASSWORD, next="/projects/")["Location"] == "/projects/"


@pytest.mark.parametrize(
    "elsewhere", ["https://example.org/", "//example.org", "/\\example.org", "javascript:alert(1)"]
)
def test_one_is_never_led_to_another_site(cast: Cast, browse: Browse, elsewhere: str) -> None:
    assert sign_in(browse(None), "secretary", PASSWORD, next=elsewhere)["Location"] == "/"


@pytest.mark.parametrize("account", ["secretary", "nobody-here"])
def test_a_wrong_password_and_an_unknown_account_read_the_same(cast: Cast, browse: Browse, account: str) -> None:
    assert "账号或密码不正确" in sign_in(browse(None), account, "不对").content.decode()


def test_five_failures_lock_the_account_out_even_for_the_right_password(cast: Cast, browse: Browse) -> None:
    browser = browse(None)
    for _ in range(5):
        sign_in(browser, "secretary", "不对")
    answer = sign_in(browser, "secretary", PASSWORD)
    assert answer.status_code == 429
    assert "15 分钟" in answer.content.decode()


def test_a_lock_from_several_browsers_shows_on_the_list_and_is_written_down_once(cast: Cast, browse: Browse) -> None:
    for number in range(7):
        wrong = {"username": "secretary", "password": "x"}
        browse(None).post(reverse("sign-in"), wrong, headers={"user-agent": f"browser {number % 3}"})
    rows = browse(cast.people.system_admin).get("/accounts/?state=locked").context["page"].rows
    assert [(row["username"], row["state_text"]) for row in rows] == [("secretary", "已锁定")]
    assert AuditEntry.objects.filter(action="account.lock_out").count() == 1
    cast.people.secretary.account.unlock(by=cast.people.system_admin)
    for _ in range(5):
        sign_in(browse(None), "secretary", "x")
    assert AuditEntry.objects.filter(action="account.lock_out").count() == 2


def test_failures_at_one_address_do_not_lock_the_owner_out_at_another(cast: Cast, browse: Browse) -> None:
    attacker, owner = browse(None), browse(None)
    for _ in range(6):
        attacker.post(reverse("sign-in"), {"username": "secretary", "password": "x"}, REMOTE_ADDR="10.9.9.9")
    assert sign_in(owner, "secretary", PASSWORD).status_code == 302


def test_a_closed_account_is_out_at_its_next_click(cast: Cast, browse: Browse) -> None:
    browser = browse(cast.people.secretary)
    Account.objects.filter(username="secretary").update(is_active=False)
    assert browser.get("/").status_code == 302


def test_a_first_password_must_be_changed_before_anything_else(cast: Cast, browse: Browse) -> None:
    Account.objects.filter(username="secretary").update(must_change_password=True)
    browser = browse(cast.people.secretary)
    assert browser.get("/projects/")["Location"] == reverse("password")
    browser.post(reverse("password"), {"old": PASSWORD, "password": "xin-de-mima-2022", "again": "xin-de-mima-2022"})
    assert browser.get("/projects/").status_code == 200


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"old": "错的"}, "原密码不正确"),
        ({"again": "另一个密码abc123"}, "两次输入的新密码不一致"),
        ({"password": "short1", "again": "short1"}, "密码"),
        ({"password": "123456789012", "again": "123456789012"}, "密码"),
    ],
)
def test_a_poor_new_password_is_refused(cast: Cast, browse: Browse, changed: dict[str, str], said: str) -> None:
    posted = {"old": PASSWORD, "password": "xin-de-mima-2022", "again": "xin-de-mima-2022", **changed}
    page = browse(cast.people.secretary).post(reverse("password"), posted)
    assert page.status_code == 200
    assert said in page.content.decode()
    assert Account.objects.get(username="secretary").check_password(PASSWORD)


def test_signing_out_ends_the_session(cast: Cast, browse: Browse) -> None:
    browser = browse(cast.people.secretary)
    browser.post(reverse("sign-out"))
    assert browser.get("/").status_code == 302


def test_pages_carry_a_strict_content_policy(cast: Cast, browse: Browse) -> None:
    policy = browse(cast.people.secretary).get("/")["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
