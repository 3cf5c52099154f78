"""A poor line: the banner, files that go on after any break, and nothing lost."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import Visitor
from tests.browser.test_application import begin, expected_only, kept

pytestmark = pytest.mark.browser

Visit = Callable[[str, str], Visitor]
MEGABYTE = 1024 * 1024
FILE = {"name": "会议记录.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7\n" + bytes(range(256)) * 12 * 1024}


def choose(page: Page) -> None:
    page.set_input_files("#id_consultation_files", FILE)


def cut_after(page: Page, pieces: int) -> list[str]:
    """Let so many pieces through and none after them until ``unroute_all``; what was sent."""
    sent: list[str] = []
    passed: list[str] = []

    def answer(route: Route) -> None:
        if len(passed) < pieces:
            passed.append(route.request.url)
            route.continue_()
        else:
            route.abort("internetdisconnected")

    page.on("request", lambda request: sent.append(request.url) if "?start=" in request.url else None)
    page.route(re.compile(r"/uploads/\d+/\?start="), answer)
    return sent


def attached(page: Page) -> None:
    box = page.locator("#field-consultation_files")
    expect(box.get_by_role("link", name="会议记录.pdf")).to_be_visible()
    expect(box).to_contain_text("3.0 MB")
    expect(box.locator("progress")).to_have_count(0)


def starts(urls: list[str]) -> list[int]:
    return [int(url.rpartition("=")[2]) // (MEGABYTE // 2) for url in urls]


def test_files_chosen_just_before_saving_are_kept(visit: Visit) -> None:
    """Looking through a file takes a while, and the second waits for the first: the page must not go before."""
    secretary = visit("secretary", "desktop")
    begin(secretary, "选了文件马上暂存")
    page = secretary.page
    page.route(re.compile(r"/uploads/"), lambda route: route.abort("internetdisconnected"))
    page.set_input_files(
        "#id_consultation_files", [FILE, {**FILE, "name": "第二份.pdf", "buffer": FILE["buffer"] + b"2"}]
    )
    page.get_by_role("button", name="暂存", exact=True).click()
    expect(page.locator("#messages, #save-state").first).to_contain_text("已暂存")
    page.unroute_all()
    page.reload()
    attached(page)
    expect(page.get_by_role("link", name="第二份.pdf")).to_be_visible()
    expected_only(secretary, "ERR_INTERNET_DISCONNECTED")


@pytest.mark.parametrize("width", ["desktop", "phone"])
def test_a_cut_in_the_middle_of_an_upload_loses_nothing(visit: Visit, width: str) -> None:
    secretary = visit("secretary", width)
    begin(secretary, f"传到一半断网（{width}）")
    page = secretary.page
    sent = cut_after(page, 2)
    choose(page)
    box = page.locator("#field-consultation_files")
    expect(box).to_contain_text("网络不通，文件留在这台电脑上")
    page.context.set_offline(True)
    banner = page.locator("#offline")
    expect(banner).to_contain_text("网络已断开。可以接着填")
    page.locator("#id_necessity").fill("断网时接着写。")
    page.wait_for_timeout(300)
    assert kept(page) == 2
    page.locator("#id_necessity").blur()
    secretary.picture("upload-cut")
    page.evaluate("window.scrollTo(0, 0)")
    secretary.check_reach()
    page.unroute_all(behavior="wait")
    page.context.set_offline(False)
    attached(page)
    expect(banner).to_contain_text("网络已恢复")
    expect(page.locator("#save-state")).to_contain_text("已暂存")
    assert [starts(sent).count(piece) for piece in (0, 1, 3, 4, 5, 6)] == [1] * 6
    assert starts(sent).count(2) > 1
    page.reload()
    attached(page)
    expect(page.locator("#id_necessity")).to_have_value("断网时接着写。")
    page.wait_for_timeout(300)
    assert kept(page) == 0
    secretary.picture("upload-done")
    # Taking a picture and axe leave empty style attributes, which htmx carries over when it swaps.
    expected_only(secretary, "ERR_INTERNET_DISCONNECTED", "htmx:", "inline style")


def test_a_closed_page_goes_on_where_it_stopped(visit: Visit) -> None:
    secretary = visit("secretary", "desktop")
    path, page = begin(secretary, "关掉页面再续传"), secretary.page
    cut_after(page, 3)
    choose(page)
    expect(page.locator("#field-consultation_files")).to_contain_text("网络不通")
    other = page.context.new_page()
    page.close()
    secretary.page = other
    other.goto(secretary.site + path.replace("application", "submission"))
    expect(other.locator("main")).to_contain_text("还有 1 个文件没有传完")
    sent: list[str] = []
    other.on("request", lambda request: sent.append(request.url) if "?start=" in request.url else None)
    secretary.open(path)
    attached(other)
    assert starts(sent)[0] == 3
    other.goto(secretary.site + path.replace("application", "submission"))
    other.wait_for_timeout(300)
    expect(other.locator("[data-uploads-waiting]")).to_be_hidden()
    expected_only(secretary, "ERR_INTERNET_DISCONNECTED", "htmx:")


def test_a_session_that_ends_in_the_middle_of_an_upload_loses_nothing(visit: Visit) -> None:
    secretary = visit("secretary", "desktop")
    path, page = begin(secretary, "登录过期再续传"), secretary.page
    page.context.clear_cookies()
    choose(page)
    expect(page.locator("#field-consultation_files")).to_contain_text("登录已过期")
    page.on("dialog", lambda dialog: dialog.accept())
    secretary.sign_in("secretary")
    secretary.open(path)
    attached(page)
    expected_only(secretary, "403")


def test_what_may_not_be_uploaded_is_said_at_its_line(visit: Visit) -> None:
    secretary = visit("secretary", "desktop")
    begin(secretary, "不能传的文件")
    page = secretary.page
    page.set_input_files("#id_consultation_files", FILE | {"buffer": b"MZ program" * 100})
    box = page.locator("#field-consultation_files")
    expect(box.locator(".late")).to_have_text("只能上传 PDF、JPG 或 PNG 文件")
    box.get_by_role("button", name="取消上传 会议记录.pdf").click()
    expect(box.locator(".file")).to_have_count(0)
    page.wait_for_timeout(300)
    assert kept(page) == 0
    expected_only(secretary, "422")


def test_signing_out_wipes_a_file_on_its_way(visit: Visit) -> None:
    clerk = visit("clerk", "desktop")
    begin(clerk, "退出时不留文件")
    page = clerk.page
    cut_after(page, 1)
    choose(page)
    expect(page.locator("#field-consultation_files")).to_contain_text("网络不通")
    page.context.set_offline(False)
    page.unroute_all()
    page.route(re.compile("/uploads/"), lambda route: route.abort())
    page.goto(f"{clerk.site}/")
    page.locator("details.me summary").click()
    page.get_by_role("button", name="退出登录").click()
    page.wait_for_url("**/sign-in/")
    assert kept(page) == 0
    expected_only(clerk, "ERR_INTERNET_DISCONNECTED", "ERR_FAILED", "htmx:")


def test_a_form_is_not_sent_without_a_network_and_keeps_its_words(visit: Visit) -> None:
    secretary = visit("secretary", "phone")
    page = secretary.page
    secretary.open("/projects/new/")
    page.context.set_offline(True)
    banner = page.locator("#offline")
    expect(banner).to_contain_text("网络已断开。页面上的内容可能不是最新的")
    secretary.picture("offline")
    secretary.check_reach()
    page.get_by_label("项目名称").fill("断网时起的名字")
    page.get_by_role("button", name="下一步，填写申请表").click()
    expect(banner).to_contain_text("没有提交，填好的内容还在本页")
    expect(page.get_by_label("项目名称")).to_have_value("断网时起的名字")
    page.context.set_offline(False)
    expect(banner).to_contain_text("网络已恢复")
    expect(banner.locator(".offline__in")).to_be_hidden()
    page.get_by_role("button", name="下一步，填写申请表").click()
    page.wait_for_url("**/application/")
