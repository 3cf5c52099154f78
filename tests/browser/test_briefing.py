"""A 呈阅件 from the unit's desk to the leader's phone, and its 批示 to the branch and back."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visitor
from tests.browser.test_journey import applied_for

pytestmark = pytest.mark.browser

Visit = Callable[[str, str], Visitor]
PHOTO = {"name": "批示.jpg", "mimeType": "image/jpeg", "buffer": b"\xff\xd8\xff\xe0 not a picture"}


def drawn_up(officer: Visitor, name: str, title: str) -> str:
    """Laid before the unit's secretary, chosen from the ledger; its address."""
    page = officer.page
    officer.open(f"/projects/?q={name}")
    page.get_by_label(f"选择 {name}").check()
    page.get_by_role("button", name="呈阅所选").click()
    page.get_by_label("标题").fill(title)
    page.get_by_label("事由").fill("本批次第一个申报的项目，需要设备部门配合。")
    page.get_by_label("拟办意见").fill("拟请设备部门月底前完成油耗表校准。")
    page.get_by_role("button", name="看一看").click()
    expect(page.locator("article.paper")).to_contain_text("领导批示")
    officer.picture("briefing-new")
    officer.check_reach()
    page.get_by_role("button", name="呈送").click()
    page.wait_for_url(re.compile(r"/briefings/\d+/$"))
    return page.url.removeprefix(officer.site)


def test_a_leader_instructs_on_the_phone_and_the_branch_carries_out(visit: Visit) -> None:
    secretary, officer = visit("secretary", "phone"), visit("officer", "desktop")
    applied_for(secretary, "呈阅给书记的项目")
    drawn_up(officer, "呈阅给书记的项目", "关于油耗表校准")

    leader = visit("unit-secretary", "phone")
    page = leader.page
    leader.open("/notices/")
    page.get_by_role("link", name="关于油耗表校准").first.click()
    leader.picture("briefing")
    leader.check_reach()
    page.get_by_role("link", name="批示", exact=True).click()
    page.get_by_role("button", name="同意拟办意见。").click()
    page.get_by_label("承办单位").select_option(label="　　第一项目部党支部")
    leader.picture("instruction-new")
    leader.check_reach()
    page.get_by_role("button", name="批示", exact=True).click()
    expect(page.locator("#messages")).to_contain_text("由第一项目部党支部承办")

    page = secretary.page
    secretary.open("/todos/")
    page.get_by_role("link", name="关于油耗表校准", exact=True).click()
    secretary.picture("instruction")
    secretary.check_reach()
    page.get_by_role("link", name="填写办理结果").click()
    page.get_by_label("办理结果").fill("23台设备全部校准。")
    page.get_by_role("button", name="办结").click()
    expect(page.locator("main")).to_contain_text("23台设备全部校准。")

    page = officer.page
    officer.open("/instructions/")
    officer.picture("instructions")
    officer.check_reach()
    page.get_by_role("link", name="关于油耗表校准", exact=True).click()
    expect(page.locator("main")).to_contain_text("张建国 8月24日")
    corrected_on_the_phone(leader)


def corrected_on_the_phone(leader: Visitor) -> None:
    """What was put right stays to be seen, struck out, one tap away."""
    page = leader.page
    leader.open("/instructions/")
    page.get_by_role("link", name="关于油耗表校准", exact=True).click()
    page.get_by_role("link", name="更正").click()
    page.get_by_label("更正后的批示内容").fill("同意，校准记录报我。")
    page.get_by_label("更正的原因").fill("漏写一句")
    page.get_by_role("button", name="更正").click()
    shut = page.get_by_text("已更正 1 次，看原来的内容")
    box = shut.bounding_box()
    assert box is not None
    assert box["height"] >= 44, "a thumb reaches it"
    shut.click()
    expect(page.locator(".briefing__struck del")).to_have_text("同意拟办意见。")
    leader.picture("instruction-corrected")
    leader.check_reach()


def test_a_handler_writes_down_what_stands_on_the_paper(visit: Visit) -> None:
    secretary, officer = visit("secretary", "desktop"), visit("officer", "phone")
    applied_for(secretary, "打印出来批的项目")
    address = drawn_up(officer, "打印出来批的项目", "关于打印批示")
    page = officer.page
    with page.expect_download() as download:
        page.get_by_role("link", name="Word").click()
    assert download.value.suggested_filename.startswith("呈阅件 一公司党委")
    page.get_by_role("link", name="登记批示").click()
    page.get_by_role("button", name="登记批示").click()
    expect(page.locator("#field-text .field__error")).to_have_text("请填写批示内容，或附上批示照片")
    page.set_input_files("#id_photo", PHOTO)
    page.get_by_role("button", name="登记批示").click()
    page.wait_for_url(officer.site + address)
    expect(page.get_by_alt_text("批示.jpg")).to_have_count(1)
