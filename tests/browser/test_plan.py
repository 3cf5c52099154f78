"""From an established project to an approved plan and a change of it, at a desk and on a phone; a cut line loses nothing."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visitor
from tests.browser.test_application import expected_only
from tests.browser.test_journey import applied_for, meet, screen

pytestmark = pytest.mark.browser

Visit = Callable[[str, str], Visitor]


def fill_line(page: Page, key: str, index: int, **values: str) -> None:
    """One line of a list, each box by its column; a person is chosen by name."""
    for column, value in values.items():
        box = page.locator(f"#id_{key}-{index}-{column}")
        if column in ("person", "level"):
            box.select_option(label=value)
        else:
            box.fill(value)


def type_without_network(secretary: Visitor) -> None:
    """What is typed while the line is cut is offered again on the next visit, and saved."""
    page = secretary.page
    page.context.set_offline(True)
    # Told apart by the width: the next plan of a branch begins with what its last one says of the branch.
    text = f"断网时写的支部情况（{secretary.width}）。"
    page.locator("#id_profile").fill(text)
    expect(page.locator("#save-state")).to_contain_text("内容已留在本机")
    page.evaluate("window.onbeforeunload = null")
    context, address = page.context, page.url
    # The page is gone before the line is back: nothing is sent from it any more.
    page.close()
    context.set_offline(False)
    secretary.page = other = context.new_page()
    other.goto(address)
    other.get_by_role("button", name="未保存的内容").click()
    expect(other.locator("#id_profile")).to_have_value(text)
    expected_only(secretary, "ERR_INTERNET_DISCONNECTED", "Failed to load", "htmx:")


def planned(secretary: Visitor, address: str) -> None:
    """The branch begins, corrects what was taken over, and hands in."""
    page = secretary.page
    page.goto(f"{address}?tab=plan")
    page.get_by_role("link", name="制定实施计划书").first.click()
    page.get_by_role("button", name="开始编制").click()
    page.wait_for_url("**/plan/")
    expect(page.locator("#id_background")).to_have_value(re.compile("夏季施工高峰"))
    expect(page.locator("#id_measures-1-name")).to_have_value("每周通报")
    secretary.picture("plan-begun")
    type_without_network(secretary)
    page = secretary.page
    fill_line(page, "goals", 0, value="30", unit="万元", baseline="0")
    page.get_by_role("button", name="保存，下一步").click()
    page.wait_for_url(re.compile("/submission/"))
    expect(page.locator("main")).to_contain_text("主要措施“每周通报”没有定责任人")
    secretary.picture("plan-refused")
    page.get_by_role("link", name="填写").first.click()
    for index, due in enumerate(("2022-09-30", "2022-12-25", "2022-11-30")):
        fill_line(page, "measures", index, person="王强", starts="2022-09-01", due=due)
    secretary.picture("plan-filled")
    secretary.check_reach()
    if secretary.width == "phone":
        nothing_reached_lies_under_the_bar(page)
    page.get_by_role("button", name="保存，下一步").click()
    page.wait_for_url(re.compile("/submission/"))
    secretary.picture("plan-submission")
    page.get_by_role("button", name="提交", exact=True).click()
    page.wait_for_url(re.compile("tab=plan"))
    expect(page.locator("main")).to_contain_text("待组织部门审核")


def nothing_reached_lies_under_the_bar(page: Page) -> None:
    """The whole form by the keyboard, there and back: what has the focus stands above the bar of acts."""
    page.emulate_media(reduced_motion="reduce")
    page.locator("main").focus()
    for key in ("Tab", "Shift+Tab"):
        for _ in range(150):
            page.keyboard.press(key)
            covered = page.evaluate(
                """() => {
                    const reached = document.activeElement;
                    const bar = document.querySelector(".moves");
                    if (!reached.closest("main") || bar.contains(reached)) return "";
                    const box = reached.getBoundingClientRect();
                    const tall = box.height > innerHeight / 2;
                    return !tall && box.bottom > bar.getBoundingClientRect().top ? reached.id || reached.outerHTML : "";
                }"""
            )
            assert covered == "", f"{covered} lies under the bar"


@pytest.mark.clause("S-13", "S-32", "S-33", "S-40", "S-75")
@pytest.mark.parametrize("width", ["desktop", "phone"])
def test_a_plan_from_its_branch_to_the_leader_and_back_for_a_change(visit: Visit, width: str) -> None:
    name = f"计划书全过程（{width}）"
    secretary, officer = visit("secretary", width), visit("officer", width)
    address = applied_for(secretary, name)
    screen(officer, address)
    meet(officer, name)
    planned(secretary, address)

    page = officer.page
    page.goto(f"{address}plan/decision/")
    officer.picture("plan-decision")
    officer.check_reach()
    page.get_by_role("button", name="退回修改").click()
    expect(page.locator("main")).to_contain_text("请写明退回修改的理由")
    page.fill("#id_opinion", "请写明年度任务。")
    page.get_by_role("button", name="退回修改").click()
    page.wait_for_url(re.compile("tab=plan"))

    mine = secretary.page
    mine.goto(f"{address}plan/")
    expect(mine.locator("main")).to_contain_text("请写明年度任务。")
    fill_line(mine, "tasks", 0, year="2022", name="节约30万元", person="张建国", due="2022-12-31")
    mine.get_by_role("button", name="保存，下一步").click()
    mine.wait_for_url("**/submission/")
    mine.get_by_role("button", name="提交", exact=True).click()
    mine.wait_for_url(re.compile("tab=plan"))

    page.goto(f"{address}plan/decision/")
    expect(page.locator("main")).to_contain_text("与上次提交相比")
    for box in page.locator("input[name=checked_for]").all():
        box.check()
    page.get_by_role("button", name="通过审核").click()
    page.wait_for_url(re.compile("tab=plan"))
    page.goto(f"{address}plan/decision/")
    page.fill("#id_leader", "刘志远")
    page.fill("#id_held_on", "2022-08-24")
    officer.picture("plan-signing")
    page.get_by_role("button", name="同意审定").click()
    page.wait_for_url(re.compile("tab=plan"))
    expect(page.locator(".gantt__bar:visible")).to_have_count(3)
    officer.picture("plan-approved")
    officer.check_reach()

    ordinary_change(secretary, officer, address)
    major_change(secretary, officer, address)


def all_vote_for(officer: Visitor, secretary: Visitor) -> None:
    """One button fills the votes of everything that is decided: of projects and of plans and their changes."""
    name = f"计划书全过程（{officer.width}，之二）"
    the_like_one_opens(secretary, name)
    screen(officer, applied_for(secretary, name))
    officer.open("/meetings/new/")
    page = officer.page
    page.fill("#id_present", "7")
    project, change = (
        page.locator(".item", has_text=name),
        page.locator(".item", has_text=f"计划书全过程（{officer.width}）"),
    )
    project.get_by_label("同意立项").check()
    change.get_by_label("同意变更", exact=True).check()
    page.get_by_role("button", name="没填票数的都填全票赞成").first.click()
    for item in (project, change):
        assert [box.input_value() for box in item.locator("input[type=number]").all()] == ["7", "0", "0"]
    change.locator("input[type=number]").first.fill("")
    change.get_by_role("button", name="全票赞成").click()
    expect(change.locator("input[type=number]").first).to_have_value("7")
    officer.picture("meeting-with-a-change")
    # Nothing of it is registered: the page is left with what was typed.
    page.once("dialog", lambda dialog: dialog.accept())
    officer.open("/meetings/")


def the_like_one_opens(secretary: Visitor, name: str) -> None:
    """A name like another's leads to the other, though the whole line of the check list leads to the form."""
    page = secretary.page
    secretary.open("/projects/new/")
    page.get_by_label("项目名称").fill(f"{name}草稿")
    page.get_by_role("button", name="下一步，填写申请表").click()
    page.goto(page.url.replace("/application/", "/submission/"))
    with page.context.expect_page() as opened:
        page.get_by_role("link", name=f"看“计划书全过程（{secretary.width}）”").click()
    expect(opened.value.locator("main")).to_contain_text("目标与计划")
    opened.value.close()


def ordinary_change(secretary: Visitor, officer: Visitor, address: str) -> None:
    """Another person answers for a measure: the department notes it."""
    mine, page = secretary.page, officer.page
    mine.goto(f"{address}plan/changes/new/")
    mine.get_by_role("button", name="填写变更申请").click()
    mine.wait_for_url("**/request/")
    mine.fill("#id_reason", "王强调往二工区。")
    fill_line(mine, "measures", 0, person="李敏")
    secretary.picture("plan-change")
    mine.get_by_role("button", name="保存，看变更前后").click()
    mine.wait_for_url(re.compile(r"/plan-changes/\d+/$"))
    mine.get_by_role("button", name="提交变更").click()
    expect(mine.locator("main")).to_contain_text("待组织部门登记")
    secretary.picture("plan-change-waiting")
    page.goto(mine.url)
    page.get_by_role("button", name="登记变更").click()
    expect(page.locator("main")).to_contain_text("已变更")
    page.goto(f"{address}?tab=plan")
    expect(page.locator("main")).to_contain_text("王强调往二工区。")
    officer.picture("plan-changed")


def major_change(secretary: Visitor, officer: Visitor, address: str) -> None:
    """Another target: the committee decides, and the approved plan stays to be seen beside the one that holds."""
    mine, page = secretary.page, officer.page
    mine.goto(f"{address}plan/changes/new/")
    mine.get_by_role("button", name="填写变更申请").click()
    mine.wait_for_url("**/request/")
    mine.fill("#id_reason", "柴油涨价，目标相应调整。")
    fill_line(mine, "goals", 0, value="36")
    mine.get_by_role("button", name="保存，看变更前后").click()
    mine.wait_for_url(re.compile(r"/plan-changes/\d+/$"))
    expect(mine.locator("main del")).to_have_text("30")
    expect(mine.locator("main ins")).to_have_text("36")
    mine.get_by_role("button", name="提交变更").click()
    expect(mine.locator("main")).to_contain_text("待上会")
    asked_at = mine.url
    if officer.width == "desktop":
        all_vote_for(officer, secretary)
    page.goto(asked_at)
    # It is decided at the very meeting that established the project, which was held today.
    page.locator("#id_meeting").select_option(index=1)
    officer.picture("plan-change-major")
    officer.check_reach()
    page.get_by_role("button", name="同意变更", exact=True).click()
    expect(page.locator("main")).to_contain_text("已变更")
    page.goto(f"{address}?tab=plan")
    expect(page.locator("main")).to_contain_text("现行计划与审定稿相比")
    expect(page.get_by_role("link", name="审定稿")).to_be_visible()
    officer.picture("plan-against-approved")
    officer.check_reach()
