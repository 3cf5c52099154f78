"""What was written into a form that was sent and not taken comes back to it."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Dialog, Locator, Page, expect

from tests.browser.conftest import Visitor
from tests.browser.test_application import expected_only

pytestmark = pytest.mark.browser

Visit = Callable[[str, str], Visitor]
SAMPLES = Path(__file__).parents[1] / "samples"
REASON = "到项目部驻点两周"
MENDED = "改过的名称一二三"
STORED = "sessionStorage.getItem('written')"


def sign_in_again(page: Page, account: str) -> None:
    page.get_by_role("link", name="重新登录").click()
    page.get_by_label("账号").fill(account)
    page.get_by_label("密码").fill("gongdi-8-anquan-dui")
    page.get_by_role("button", name="登录").click()


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


def a_mended_preview(visitor: Visitor) -> Locator:
    """A ledger dropped and one name of it typed over; the box of that name."""
    visitor.open("/intake/")
    visitor.page.locator("input[type=file]").set_input_files(SAMPLES / "d01_standard.xlsx")
    name = visitor.page.locator("[name=cell-0-name]")
    name.fill(MENDED)
    return name


@pytest.mark.parametrize("width", ["desktop", "phone"])
def test_what_was_written_is_put_back_after_the_sign_in(visit: Visit, width: str) -> None:
    secretary = visit("secretary", width)
    page = write_and_send(secretary)
    secretary.picture("session-over")
    sign_in_again(page, "secretary")
    page.wait_for_url("**/delegations/new/")
    expect(page.locator("#messages")).to_contain_text("登录过期前写的内容已填回，还没有提交")
    expect(page.get_by_label("事由")).to_have_value(REASON)
    expect(page.get_by_label("开始日期")).to_have_value("2022-09-01")
    expect(page.get_by_label("结束日期")).to_have_value("2022-09-14")
    expect(page.get_by_label("受托人")).not_to_have_value("")
    secretary.picture("written-back")
    page.reload()
    expect(page.get_by_label("事由")).to_have_value("")


@pytest.mark.parametrize("way", ["back", "typed"])
def test_what_got_no_answer_is_put_back(visit: Visit, way: str) -> None:
    """The browser believes that it is online and nobody answers: its own page of failure comes instead of the form."""
    secretary = visit("secretary", "desktop")
    page = secretary.page
    secretary.open("/delegations/")
    secretary.open("/delegations/new/")
    page.get_by_label("事由").fill(REASON)
    page.get_by_label("开始日期").fill("2022-09-01")
    page.route("**/delegations/new/", lambda route: route.abort("connectionrefused"))
    page.get_by_role("button", name="委托", exact=True).click()
    page.wait_for_url("chrome-error://**")
    page.unroute_all()
    if way == "back":
        page.go_back()
        page.get_by_role("link", name="新建委托").click()
    else:
        secretary.open("/")
        secretary.open("/delegations/new/")
    expect(page.locator("#messages")).to_contain_text("上次提交没有收到系统的回复，写的内容已填回")
    expect(page.get_by_label("事由")).to_have_value(REASON)
    expect(page.get_by_label("开始日期")).to_have_value("2022-09-01")
    secretary.complaints.clear()
    page.reload()
    expect(page.get_by_label("事由")).to_have_value("")
    assert page.evaluate(STORED) is None


def test_what_was_taken_is_not_put_back_by_back(visit: Visit) -> None:
    secretary = visit("secretary", "desktop")
    page = secretary.page
    secretary.open("/delegations/new/")
    page.get_by_label("受托人").select_option(index=1)
    page.get_by_label("开始日期").fill("2022-10-01")
    page.get_by_label("结束日期").fill("2022-10-07")
    page.get_by_label("事由").fill(REASON)
    page.get_by_role("button", name="委托", exact=True).click()
    page.wait_for_url(lambda address: not address.endswith("/new/"))
    assert page.evaluate(STORED) is None
    page.go_back()
    expect(page.locator("#messages")).to_be_empty()


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


def test_a_page_opened_with_a_query_comes_back_with_it(visit: Visit) -> None:
    officer = visit("officer", "desktop")
    page = officer.page
    officer.open("/brands/new/?from=list")
    page.get_by_label("品牌名称").fill("一线红旗")
    page.context.clear_cookies()
    page.locator("main form .btn-primary").click()
    sign_in_again(page, "officer")
    page.wait_for_url("**/brands/new/?from=list")
    expect(page.get_by_label("品牌名称")).to_have_value("一线红旗")
    expected_only(officer, "403")


def test_what_was_mended_in_a_preview_comes_back_and_enter_checks_it(visit: Visit) -> None:
    officer = visit("officer", "desktop")
    page = officer.page
    name = a_mended_preview(officer)
    page.locator("[name=cell-1-take]").nth(1).uncheck()
    page.context.clear_cookies()
    page.get_by_role("button", name="重新检查").last.click()
    sign_in_again(page, "officer")
    expect(name).to_have_value(MENDED)
    expect(page.locator("[name=cell-1-take]").nth(1)).not_to_be_checked()
    expect(page.locator("[name=cell-2-take]").nth(1)).to_be_checked()
    page.locator("[name=cell-0-ends]").fill("2022-11")
    page.locator("[name=cell-0-ends]").press("Enter")
    page.wait_for_load_state()
    expect(page.locator("[name=cell-0-ends]")).to_have_value("2022-11")
    expect(page.get_by_role("heading", name="识读结果")).to_be_visible()
    expected_only(officer, "403")


def test_leaving_a_mended_preview_asks_and_its_download_does_not(visit: Visit) -> None:
    officer = visit("officer", "desktop")
    page = officer.page
    name = a_mended_preview(officer)
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    page.on("dialog", stay)
    with page.expect_download():
        page.get_by_role("button", name="下载问题清单").click()
    assert asked == []
    page.wait_for_timeout(1200)
    page.get_by_role("link", name="取消").click()
    page.wait_for_timeout(300)
    assert asked == ["beforeunload"]
    expect(name).to_have_value(MENDED)
