"""What was written into a form whose session was over comes back to it."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visitor
from tests.browser.test_application import expected_only

pytestmark = pytest.mark.browser

Visit = Callable[[str, str], Visitor]
REASON = "到项目部驻点两周"
STORED = "sessionStorage.getItem('written')"


def write_and_send(visitor: Visitor) -> Page:
    """A delegation filled in and sent after its session ended; the page that says so."""
    page = visitor.page
    visitor.open("/delegations/new/")
    page.get_by_label("受托人").select_option(index=1)
    page.get_by_label("开始日期").fill("2022-09-01")
    page.get_by_label("结束日期").fill("2022-09-14")
    page.get_by_label("事由").fill(REASON)
    page.context.clear_cookies()
    page.get_by_role("button", name="委托", exact=True).click()
    expect(page.get_by_role("heading", name="登录已过期")).to_be_visible()
    expected_only(visitor, "403")
    return page


@pytest.mark.parametrize("width", ["desktop", "phone"])
def test_what_was_written_is_put_back_after_the_sign_in(visit: Visit, width: str) -> None:
    secretary = visit("secretary", width)
    page = write_and_send(secretary)
    secretary.picture("session-over")
    page.get_by_role("link", name="重新登录").click()
    page.get_by_label("账号").fill("secretary")
    page.get_by_label("密码").fill("gongdi-8-anquan-dui")
    page.get_by_role("button", name="登录").click()
    page.wait_for_url("**/delegations/new/")
    expect(page.locator("#messages")).to_contain_text("登录过期前写的内容已填回，还没有提交")
    expect(page.get_by_label("事由")).to_have_value(REASON)
    expect(page.get_by_label("开始日期")).to_have_value("2022-09-01")
    expect(page.get_by_label("结束日期")).to_have_value("2022-09-14")
    expect(page.get_by_label("受托人")).not_to_have_value("")
    secretary.picture("written-back")
    page.reload()
    expect(page.get_by_label("事由")).to_have_value("")


def test_nobody_else_is_given_what_was_written(visit: Visit) -> None:
    secretary = visit("secretary", "desktop")
    page = write_and_send(secretary)
    assert REASON in page.evaluate(STORED)
    secretary.sign_in("system-admin")
    assert page.evaluate(STORED) is None


def test_what_was_sent_is_not_kept(visit: Visit) -> None:
    secretary = visit("secretary", "desktop")
    page = secretary.page
    secretary.open("/delegations/new/")
    page.get_by_label("事由").fill(REASON)
    page.get_by_role("button", name="委托", exact=True).click()
    expect(page.locator(".summary")).to_be_visible()
    assert page.evaluate(STORED) is None
