"""Joint and offline projects in a real browser: a branch is found by its name, a classified project gets a short form."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visitor

pytestmark = pytest.mark.browser

Visit = Callable[[str, str], Visitor]


@pytest.mark.parametrize("width", ["desktop", "phone"])
def test_a_branch_that_takes_part_is_found_by_its_name_and_lends_its_people(visit: Visit, width: str) -> None:
    clerk = visit("clerk", width)
    page = clerk.page
    clerk.open("/projects/new/")
    page.get_by_label("项目名称").fill("联合开展隧道测量")
    page.get_by_role("button", name="下一步").click()
    branch = page.get_by_label("参与支部第1项支部")
    offers = page.locator(f"datalist#{branch.get_attribute('list')} option")
    assert offers.evaluate_all("all => all.map(one => one.value)").count("第二项目部党支部（二公司党委）") == 1
    branch.fill("第二项目部")
    page.get_by_role("button", name="暂存").last.click()
    expect(page.get_by_text("没有这个支部，请从列出的支部中选择").first).to_be_visible()
    branch.fill("第二项目部党支部（二公司党委）")
    page.get_by_label("参与支部第1项分工").fill("提供测量设备")
    page.get_by_role("button", name="暂存").last.click()
    expect(page.get_by_label("吴刚", exact=True)).to_be_visible()
    clerk.check_reach()
    clerk.picture("joint-form")


@pytest.mark.parametrize("width", ["desktop", "phone"])
def test_a_classified_project_is_begun_offline_with_a_short_form(visit: Visit, width: str) -> None:
    clerk = visit("clerk", width)
    page = clerk.page
    clerk.open("/projects/new/")
    page.get_by_label("项目名称").fill("专项任务一")
    page.get_by_label("线下管理（涉密项目）").check()
    clerk.check_reach()
    clerk.picture("offline-new")
    page.get_by_role("button", name="下一步").click()
    expect(page.get_by_text("涉密内容不得录入本系统")).to_be_visible()
    assert page.locator("textarea").count() == 0
    clerk.check_reach()
    clerk.picture("offline-form")
    page.get_by_role("link", name="转为线上管理").click()
    expect(page.get_by_text("请确认项目内容不涉密后再办理")).to_be_visible()
    clerk.check_reach()
