"""The project list in a real browser: going back, choosing columns, taking it away as Excel or into a group."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect
from python_calamine import CalamineWorkbook

from tests.browser.conftest import Found, Visitor, served

pytestmark = pytest.mark.browser

Visit = Callable[[str, str], Visitor]


@pytest.fixture(scope="module")
def site(found: Found) -> Iterator[str]:
    """A site of its own: who has not handed in is for no other journey to change."""
    with served(found("site-lists"), "tests.browser.site") as address:
        yield address


@pytest.fixture
def drafts(visit: Visit) -> Visitor:
    """A secretary with two drafts in the list."""
    secretary = visit("secretary", "desktop")
    for name in ("列表甲题", "列表乙题"):
        secretary.open("/projects/new/")
        secretary.page.get_by_label("项目名称").fill(name)
        secretary.page.get_by_role("button", name="下一步，填写申请表").click()
        secretary.page.wait_for_url("**/application/")
    return secretary


def test_going_back_after_a_filter_shows_the_whole_page_with_the_filtered_rows(drafts: Visitor) -> None:
    page = drafts.page
    drafts.open("/projects/")
    page.locator("#id_q").fill("列表甲")
    page.get_by_role("button", name="查询", exact=True).click()
    expect(page.get_by_role("link", name="列表乙题")).to_have_count(0)
    filtered = page.url
    page.get_by_role("link", name="列表甲题", exact=True).first.click()
    page.wait_for_url("**/projects/*/")
    page.go_back()
    page.wait_for_url(filtered)
    expect(page.get_by_role("navigation", name="主菜单")).to_be_visible()
    expect(page.get_by_role("link", name="列表甲题", exact=True).first).to_be_visible()
    expect(page.get_by_role("link", name="列表乙题")).to_have_count(0)
    expect(page.locator("#id_q")).to_have_value("列表甲")
    page.go_back()
    expect(page.get_by_role("link", name="列表乙题", exact=True).first).to_be_visible()
    expect(page.locator("#id_q")).to_have_value("")
    expect(page.get_by_role("navigation", name="主菜单")).to_be_visible()
    page.go_forward()
    expect(page.get_by_role("link", name="列表乙题")).to_have_count(0)
    expect(page.get_by_role("navigation", name="主菜单")).to_be_visible()
    drafts.picture("list-back")


def test_nothing_of_the_list_stays_in_the_browsers_own_store(drafts: Visitor) -> None:
    drafts.open("/projects/")
    drafts.page.locator("#id_order").select_option("tree")
    drafts.page.wait_for_url("**?order=tree")
    drafts.page.go_back()
    drafts.page.wait_for_load_state()
    expect(drafts.page.locator("#id_order")).to_have_value("")
    kept = drafts.page.evaluate("JSON.stringify(sessionStorage) + JSON.stringify(localStorage)")
    assert "列表甲题" not in kept


def test_columns_are_chosen_kept_in_the_address_and_exported(drafts: Visitor, tmp_path: Path) -> None:
    page = drafts.page
    drafts.open("/projects/?q=列表甲")
    page.get_by_text("选择列").click()
    page.get_by_role("checkbox", name="年度").check()
    expect(page.get_by_role("columnheader", name="年度")).to_have_count(1)
    assert "cols=year" in page.url
    drafts.picture("list-columns")
    drafts.check_reach()
    page.keyboard.press("Escape")
    with page.expect_download() as download:
        page.get_by_role("button", name="导出 Excel").click()
    file = tmp_path / "a.xlsx"
    download.value.save_as(file)
    assert download.value.suggested_filename == "项目台账 2022年8月24日.xlsx"
    _title, _lead, head, first, *_ = CalamineWorkbook.from_path(str(file)).get_sheet_by_index(0).to_python()
    assert dict(zip(head, first, strict=True))["年度"] == 2022
    with page.expect_download() as again:  # the page stayed, and so did its button
        page.get_by_role("button", name="导出 Excel").click()
    assert again.value.suggested_filename == "项目台账 2022年8月24日.xlsx"


@pytest.mark.parametrize("width", ["desktop", "phone"])
def test_the_names_for_a_group_are_copied(visit: Visit, width: str) -> None:
    officer = visit("officer", width)
    officer.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    officer.open("/projects/not-handed-in/")
    officer.page.get_by_role("button", name="复制到群").click()
    expect(officer.page.get_by_role("status").filter(has_text="已复制")).to_be_visible()
    copied = officer.page.evaluate("navigator.clipboard.readText()")
    assert "一公司机关党支部" in copied
    assert copied == officer.page.get_by_label("复制下面的文字").input_value()
    officer.picture("not-handed-in")
    officer.check_reach()


@pytest.mark.parametrize("width", ["desktop", "phone"])
def test_a_query_is_kept_and_opened_by_its_name(visit: Visit, width: str) -> None:
    officer = visit("officer", width)
    page = officer.page
    officer.open("/projects/?state=screening")
    page.get_by_role("link", name="保存").last.click()
    page.get_by_label("名称").fill(f"待筛选 {width}")
    officer.picture("saved-views")
    officer.check_reach()
    page.get_by_role("button", name="保存", exact=True).click()
    page.wait_for_url("**/projects/?state=screening")
    expect(page.get_by_role("link", name=f"待筛选 {width}")).to_have_attribute("aria-current", "true")
    officer.picture("list-kept")
    officer.check_reach()


def test_single_keys_reach_rows_look_up_and_can_be_switched_off(drafts: Visitor) -> None:
    page = drafts.page
    drafts.open("/projects/?q=列表")
    page.locator("h1").click()
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    expect(page.locator("tr.is-reached")).to_have_count(1)
    name = page.locator("tr.is-reached .ledger__name").inner_text()
    page.keyboard.press("?")
    page.get_by_role("checkbox", name="在这台电脑上使用单键快捷键").uncheck()
    page.get_by_role("button", name="关闭").click()
    page.locator("h1").click()
    for key in ("/", "?"):
        page.keyboard.press(key)
    expect(page.get_by_role("searchbox", name="全局查找")).not_to_be_focused()
    expect(page.get_by_role("dialog")).to_have_count(0)
    drafts.open("/account/")
    page.get_by_role("checkbox", name="在这台电脑上使用单键快捷键").check()
    drafts.open("/projects/?q=列表")
    page.locator("h1").click()
    page.keyboard.press("k")
    expect(page.locator("tr.is-reached .ledger__name")).to_have_text(name)
    page.keyboard.press("Enter")
    page.wait_for_url("**/projects/*/")
    page.locator("h1").click()
    page.keyboard.press("/")
    page.keyboard.type("列表甲题 j")
    expect(page.get_by_role("searchbox", name="全局查找")).to_have_value("列表甲题 j")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search/**")
    drafts.check_reach()
    drafts.picture("lookup")


@pytest.mark.parametrize("width", ["desktop", "phone"])
def test_a_brand_is_registered_found_and_put_out_of_use_by_the_keyboard(visit: Visit, width: str) -> None:
    officer, name = visit("officer", width), f"红色能耗管家（{width}）"
    page = officer.page
    officer.open("/brands/")
    page.get_by_role("link", name="登记品牌").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/brands/new/")
    officer.check_reach()
    page.get_by_label("品牌名称").focus()
    page.keyboard.type(name)
    page.keyboard.press("Tab")
    page.keyboard.type("1900")
    page.keyboard.press("Enter")
    expect(page.get_by_text("创建年份不能早于 1921 年").first).to_be_visible()
    expect(page.get_by_label("品牌名称")).to_have_value(name)
    officer.check_reach()
    page.get_by_label("创建年份").fill("2021")
    page.keyboard.press("Enter")
    expect(page.locator("#messages")).to_contain_text(f"已登记品牌“{name}”")
    officer.picture("brand")
    officer.check_reach()
    for path in ("/brands/", "/search/", f"/search/?q={name[:4]}", "/search/?q=第一项目部", "/search/?q=没有这个词"):
        officer.open(path)
        officer.picture("lookup-" + str(len(path)))
        officer.check_reach()
    officer.open("/brands/")
    page.locator("main").get_by_role("link", name=name).focus()
    page.keyboard.press("Enter")
    page.get_by_role("link", name="停用").click()
    officer.check_reach()
    page.get_by_role("button", name="停用").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("已停用").first).to_be_visible()
