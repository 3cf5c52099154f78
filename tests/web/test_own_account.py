"""One's own account: devices and signing out on them, the second factor, and proving once more who one is."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from dangjian.foundation import clock
from dangjian.foundation.audit import AuditEntry
from dangjian.foundation.lifecycle import Refused
from dangjian.people.access import Role
from dangjian.people.account import Account
from dangjian.people.password_profile import PASSWORD_PROFILES
from dangjian.people.person import Person
from dangjian.people.second_factor import SecondFactor
from dangjian.people.session import Session, device_of
from dangjian.people.token import Token
from tests.cast import PASSWORD, Cast
from tests.people.test_second_factor import set_up, shown

Browse = Callable[..., Any]
NOW = datetime(2022, 8, 24, 9, tzinfo=clock.BEIJING)
CHROME = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36"
)
WECHAT = (
    "Mozilla/5.0 (Linux; Android 13) AppleWebKit/537.36 Chrome/107.0 Mobile Safari/537.36 wxwork/4.1 MicroMessenger/7.0"
)


def signed_in(account: str = "clerk", agent: str = CHROME, address: str = "10.1.2.3") -> Client:
    browser = Client(HTTP_USER_AGENT=agent, REMOTE_ADDR=address)
    answer = browser.post(reverse("sign-in"), {"username": account, "password": PASSWORD})
    assert answer.status_code == 302
    return browser


def is_in(browser: Client) -> bool:
    return browser.get("/").status_code == 200


def page_of(browser: Client, name: str = "own-account") -> str:
    return browser.get(reverse(name)).content.decode()


# Devices


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        (CHROME, "Windows 电脑，Chrome 浏览器"),
        (CHROME + " Edg/120.0", "Windows 电脑，Edge 浏览器"),
        (WECHAT, "安卓手机，企业微信"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:109.0) Gecko/20100101 Firefox/115.0", "Linux 电脑（含统信、麒麟），火狐浏览器"),
        ("curl/8.0", "其他设备"),
        ("", "其他设备"),
    ],
)  # fmt: skip
def test_a_device_is_named_as_people_call_it(agent: str, words: str) -> None:
    assert device_of(agent) == words


def test_the_page_lists_where_one_is_signed_in_and_no_key(cast: Cast) -> None:
    here, phone = signed_in(), signed_in(agent=WECHAT, address="172.16.9.9")
    signed_in("secretary")
    page = page_of(here)
    assert "Windows 电脑，Chrome 浏览器" in page
    assert "安卓手机，企业微信" in page
    assert "172.16.9.9" in page
    assert page.count('<td class="nowrap" data-label="最近使用">2022-08-24 09:00</td>') == 2
    assert page.count("本机，正在使用") == 1
    assert not any(key in page for key in Session.objects.values_list("session_key", flat=True))
    assert is_in(phone)


def test_signing_out_there_ends_that_device_alone(cast: Cast) -> None:
    here, phone = signed_in(), signed_in(agent=WECHAT)
    handle = Session.objects.get(device__startswith="安卓").handle
    assert here.post(reverse("session-end", args=[handle])).status_code == 302
    assert not is_in(phone)
    assert is_in(here)
    told = AuditEntry.objects.latest("pk")
    assert (told.action, told.details) == ("account.end_session", {"device": "安卓手机，企业微信"})


def test_signing_out_everywhere_else_leaves_this_device(cast: Cast) -> None:
    here, phone, desk, other = signed_in(), signed_in(agent=WECHAT), signed_in(), signed_in("secretary")
    here.post(reverse("other-sessions-end"))
    assert [is_in(browser) for browser in (here, phone, desk, other)] == [True, False, False, True]


def test_a_session_of_somebody_else_is_not_found(cast: Cast) -> None:
    here, other = signed_in(), signed_in("secretary")
    theirs = Session.objects.get(account__username="secretary")
    for browser in (here, signed_in("system-admin")):
        assert browser.post(reverse("session-end", args=[theirs.handle])).status_code == 404
    assert is_in(other)
    with pytest.raises(Refused, match="没有结束这个登录会话的权限"):
        theirs.end(by=cast.people.clerk)
    with pytest.raises(Refused, match="没有结束这些登录会话的权限"):
        Session.end_others(cast.people.secretary.account, than="", by=cast.people.system_admin)


def test_the_administrator_sees_the_devices_and_ends_them_all(cast: Cast) -> None:
    phone, admin = signed_in(agent=WECHAT), signed_in("system-admin")
    path = reverse("account", args=[cast.people.clerk.pk])
    assert "安卓手机，企业微信" in admin.get(path).content.decode()
    admin.post(path, {"act": "end_sessions"})
    assert not is_in(phone)
    assert "现在没有设备登录着这个账号" in admin.get(path).content.decode()


def test_a_disabled_account_leaves_no_session_behind(cast: Cast) -> None:
    phone = signed_in()
    cast.people.clerk.account.disable(by=cast.people.system_admin)
    assert not is_in(phone)
    assert not Session.objects.filter(account__username="clerk").exists()


def test_use_is_noted_at_most_every_two_minutes(cast: Cast) -> None:
    browser = signed_in()
    for minutes, noted in ((1, 0), (2, 2), (3, 2)):
        with clock.fixed_at(NOW + timedelta(minutes=minutes)):
            browser.get("/")
        assert Session.objects.get(account__username="clerk").seen_at == NOW + timedelta(minutes=noted)


def test_a_device_left_alone_is_signed_out_where_the_profile_says_so(cast: Cast, settings: Any) -> None:
    browser = signed_in()
    with clock.fixed_at(NOW + timedelta(minutes=31)):
        assert is_in(browser)
    settings.PASSWORD_PROFILE = PASSWORD_PROFILES["strict"]
    with clock.fixed_at(NOW + timedelta(minutes=60)):
        assert is_in(browser)
    with clock.fixed_at(NOW + timedelta(minutes=91)):
        assert browser.get("/projects/")["Location"] == "/sign-in/?next=/projects/"


# The second factor


def test_setting_up_shows_a_picture_and_then_the_recovery_codes_once(cast: Cast) -> None:
    browser, path, account = signed_in(), reverse("second-factor"), cast.people.clerk.account
    assert browser.post(path, {"act": "begin"})["Location"] == path
    begun = SecondFactor.begun(account)
    assert begun is not None
    page = page_of(browser, "second-factor")
    assert "<svg" in page
    assert begun.key in page.replace(" ", "")
    assert "动态码不正确" in browser.post(path, {"act": "confirm", "code": "000000"}).content.decode()
    assert browser.post(path, {"act": "confirm", "code": shown(begun)})["Location"] == path
    answer = browser.get(path)
    assert len(re.findall(r"<li><code>[a-z2-9-]{14}</code>", answer.content.decode())) == 10
    assert answer["Cache-Control"].startswith("max-age=0")
    page = page_of(browser, "second-factor")
    assert "已启用" in page
    assert not re.search(r"<li><code>", page)
    assert begun.key not in page.replace(" ", "")
    browser.post(path, {"act": "remove"})
    assert SecondFactor.of(account) is None
    assert browser.post(path, {"act": "nonsense"}).status_code == 404


def half_way(account: str = "clerk", **more: str) -> Client:
    browser = Client()
    answer = browser.post(reverse("sign-in"), {"username": account, "password": PASSWORD, **more})
    assert answer["Location"] == reverse("second-step")
    return browser


def test_the_password_alone_lets_nobody_in_who_has_a_second_factor(cast: Cast) -> None:
    factor, codes = set_up(cast.people.clerk.account)
    browser = half_way(next="/projects/")
    assert not is_in(browser)
    assert "动态码不正确" in browser.post(reverse("second-step"), {"code": "12"}).content.decode()
    assert not is_in(browser)
    assert browser.post(reverse("second-step"), {"code": shown(factor, 1)})["Location"] == "/projects/"
    assert is_in(browser)
    other = half_way()
    other.post(reverse("second-step"), {"code": codes[0]})
    assert is_in(other)


def test_the_second_step_is_no_way_around_the_first(cast: Cast) -> None:
    set_up(cast.people.clerk.account)
    assert Client().get(reverse("second-step"))["Location"] == reverse("sign-in")
    late, changed, off = half_way(), half_way(), half_way()
    with clock.fixed_at(NOW + timedelta(minutes=11)):
        assert late.get(reverse("second-step"))["Location"] == reverse("sign-in")
    assert changed.get(reverse("second-step")).status_code == 200
    cast.people.clerk.account.change_password("xin-de-mima-2022", by=cast.people.clerk)
    assert changed.get(reverse("second-step"))["Location"] == reverse("sign-in")
    Account.objects.filter(username="clerk").update(is_active=False)
    assert off.get(reverse("second-step"))["Location"] == reverse("sign-in")


def test_the_administrator_takes_the_second_factor_of_a_lost_phone_off(cast: Cast, browse: Browse) -> None:
    set_up(cast.people.clerk.account)
    admin, path = browse(cast.people.system_admin), reverse("account", args=[cast.people.clerk.pk])
    assert "解除二次验证" in admin.get(path).content.decode()
    admin.post(path, {"act": "remove_second_factor"})
    assert SecondFactor.of(cast.people.clerk.account) is None
    assert "没有启用二次验证" in admin.post(path, {"act": "remove_second_factor"}).content.decode()
    assert is_in(signed_in())


def test_an_administrator_under_the_strict_profile_sets_it_up_before_anything_else(
    cast: Cast, browse: Browse, settings: Any
) -> None:
    settings.PASSWORD_PROFILE = PASSWORD_PROFILES["strict"]
    admin = browse(cast.people.system_admin)
    assert admin.get("/accounts/")["Location"] == reverse("second-factor")
    assert "本系统要求管理员启用二次验证" in page_of(admin, "second-factor")
    set_up(cast.people.system_admin.account)
    assert admin.get("/accounts/").status_code == 200
    assert is_in(browse(cast.people.clerk))


def test_an_old_password_is_changed_before_anything_else(cast: Cast, browse: Browse, settings: Any) -> None:
    settings.PASSWORD_PROFILE = PASSWORD_PROFILES["strict"]
    with clock.fixed_at("2022-12-01 09:00"):
        browser = browse(cast.people.clerk)
        assert browser.get("/projects/")["Location"] == reverse("password")
        assert "密码已满 90 天" in page_of(browser, "password")
        assert "大写字母、小写字母、数字、符号至少 3 种" in page_of(browser, "password")
        new = {"old": PASSWORD, "password": "Xin-mima-2022", "again": "Xin-mima-2022"}
        browser.post(reverse("password"), new)
        assert is_in(browser)


# Proving once more who one is


def appointing(cast: Cast) -> dict[str, Any]:
    return {"role": Role.STAFF, "organisation": cast.places.branch.pk, "starts_on": "2022-08-24"}


def test_an_administrator_s_act_asks_for_a_recent_proof(cast: Cast, browse: Browse) -> None:
    newcomer = Person.enrol(name="新人", organisation=cast.places.branch, by=cast.people.system_admin)
    browser, path = browse(cast.people.security_admin), reverse("person-offices", args=[newcomer.pk])
    with clock.fixed_at(NOW + timedelta(minutes=15)):
        assert browser.get(path).status_code == 200
        asked = browser.post(path, appointing(cast))["Location"]
        assert asked == f"{reverse('identity')}?next={path.replace('/', '%2F')}"
        assert not newcomer.appointments.exists()
        page = browser.get(asked).content.decode()
        assert "请确认后重新办理" in page
        assert f'name="next" value="{path}"' in page
        wrong = browser.post(reverse("identity"), {"password": "不对", "next": path}).content.decode()
        assert "密码不正确" in wrong
        assert f'value="{path}"' in wrong
        assert browser.post(path, appointing(cast)).status_code == 302
        assert not newcomer.appointments.exists()
        assert browser.post(reverse("identity"), {"password": PASSWORD, "next": path})["Location"] == path
        browser.post(path, appointing(cast))
    assert newcomer.appointments.exists()


def test_whoever_has_a_second_factor_proves_himself_by_it(cast: Cast, browse: Browse) -> None:
    factor, _ = set_up(cast.people.system_admin.account)
    browser, path = browse(cast.people.system_admin), reverse("roster")
    with clock.fixed_at(NOW + timedelta(minutes=20)):
        assert browser.get(path)["Location"].startswith(reverse("identity"))
        assert browser.post(reverse("identity"), {"password": PASSWORD, "next": path}).status_code == 200
        assert browser.get(path).status_code == 302
        assert browser.post(reverse("identity"), {"code": shown(factor), "next": path})["Location"] == path
        assert browser.get(path).status_code == 200


def test_a_form_opened_after_a_proof_may_be_filled_in_for_half_an_hour(cast: Cast, browse: Browse) -> None:
    browser = browse(cast.people.system_admin)
    for minutes, answered in ((44, 200), (45, 302)):
        with clock.fixed_at(NOW + timedelta(minutes=minutes)):
            assert browser.post(reverse("roster"), {}).status_code == answered


def test_guessing_at_the_proof_locks_as_guessing_at_sign_in_does(cast: Cast, browse: Browse) -> None:
    browser = browse(cast.people.clerk)
    for _ in range(5):
        answer = browser.post(reverse("identity"), {"password": "不对"})
    assert answer.status_code == 429
    assert browser.post(reverse("identity"), {"password": PASSWORD}).status_code == 429


def test_the_proof_leads_to_no_other_site(cast: Cast, browse: Browse) -> None:
    answer = browse(cast.people.clerk).post(reverse("identity"), {"password": PASSWORD, "next": "https://example.org/"})
    assert answer["Location"] == "/"


# Access tokens


def test_a_new_token_is_shown_once_and_listed_without_its_secret(cast: Cast) -> None:
    browser = signed_in()
    sent = {"name": "月报取数", "days": "30", "reads_only": "yes"}
    page = browser.post(reverse("tokens"), sent, follow=True).content.decode()
    (key,) = re.findall(r"<code>(dj_[^<]+)</code>", page)
    assert Token.recognise(key) is not None
    again = page_of(browser, "tokens")
    assert "月报取数" in again
    assert key not in again


def test_a_token_without_a_purpose_is_refused_at_its_field(cast: Cast) -> None:
    page = signed_in().post(reverse("tokens"), {"name": "", "days": "30", "reads_only": "no"}).content.decode()
    assert "请写明用途" in page
    assert not Token.objects.exists()


def test_a_token_is_ended_by_its_owner_alone(cast: Cast) -> None:
    signed_in().post(reverse("tokens"), {"name": "月报取数", "days": "30", "reads_only": "yes"})
    address = reverse("token-end", args=[Token.objects.get().pk])
    assert signed_in("officer").post(address).status_code == 404
    assert signed_in("secretary").post(address).status_code == 404
    assert signed_in().post(address)["Location"] == reverse("tokens")
    assert not Token.objects.exists()
