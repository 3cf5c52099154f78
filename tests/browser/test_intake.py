"""An office starts with its own file: tried without an account, dropped, mended in place, brought in; at the desk and on the phone."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import WIDTHS, Visitor
from tests.cast import PLACES

pytestmark = pytest.mark.browser

Visit = Callable[[str, str], Visitor]
SAMPLES = Path(__file__).parents[1] / "samples"
BRANCH = PLACES["branch"]


def dropped(visitor: Visitor, name: str) -> None:
    """The file is sent as soon as it is chosen."""
    with visitor.page.expect_navigation():
        visitor.page.get_by_label("台账文件").set_input_files(SAMPLES / name)


@pytest.mark.parametrize(("width", "name"), [("desktop", "台账"), ("phone", "手机台账")])
def test_a_ledger_is_dropped_mended_and_brought_in(visit: Visit, width: str, name: str) -> None:
    officer = visit("officer", width)
    page = officer.page
    officer.open("/intake/")
    officer.picture("intake-new")
    officer.check_reach()
    dropped(officer, "d01_standard.xlsx")
    expect(page.locator(".page__lead")).to_contain_text("识读到 3 个项目")
    officer.picture("intake-preview")
    officer.check_reach()
    for unknown in page.get_by_label("（1 行）").all():
        unknown.select_option(label=BRANCH)
    page.get_by_role("textbox", name="项目名称").first.fill(f"{name}里改过名的项目")
    with page.expect_navigation():
        page.get_by_role("button", name="重新检查").click()
    expect(page.get_by_role("textbox", name="项目名称").first).to_have_value(f"{name}里改过名的项目")
    with page.expect_navigation():
        page.get_by_role("button", name="导入", exact=False).first.click()
    expect(page.get_by_role("heading", name="导入结果")).to_be_visible()
    officer.picture("intake-done")
    officer.check_reach()
    page.get_by_role("link", name=f"{name}里改过名的项目").click()
    expect(page.locator(".rail")).to_contain_text("责任书")
    officer.picture("intake-project")
    officer.check_reach()


@pytest.mark.parametrize("width", ["desktop", "phone"])
def test_a_filled_form_is_dropped_and_mended(visit: Visit, width: str) -> None:
    officer = visit("officer", width)
    page = officer.page
    officer.open("/")  # the first page takes a file as well
    dropped(officer, "d07_application.docx")
    page.locator("[name=cell-0-branch]").fill(BRANCH)
    page.get_by_role("textbox", name="开始").fill("2022.8")
    page.get_by_role("textbox", name="完成", exact=True).fill("2022年12月")
    with page.expect_navigation():
        page.get_by_role("button", name="重新检查").click()
    expect(page.get_by_role("textbox", name="开始")).to_have_value("2022-08")
    expect(page.locator(".intake__cell--bad")).to_contain_text("日期不能晚于今天")
    officer.picture("intake-form")
    officer.check_reach()


@pytest.mark.parametrize("width", ["desktop", "phone"])
def test_anybody_may_try_a_file(browser: Browser, site: str, width: str) -> None:
    across, high = WIDTHS[width]
    visitor = Visitor(browser.new_context(viewport={"width": across, "height": high}, locale="zh-CN"), site, width)
    visitor.open("/sign-in/")
    visitor.page.get_by_role("link", name="试用").click()
    visitor.picture("trial")
    visitor.check_reach()
    dropped(visitor, "d04_dates_mix.xlsx")
    expect(visitor.page.get_by_role("heading", name="识读结果")).to_be_visible()
    visitor.picture("tried")
    visitor.check_reach()
    assert visitor.complaints == []
