"""Typing an application when things go wrong: nothing that was typed is lost, and two writers hear of each other."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visitor
from tests.browser.test_journey import applied_for
from tests.cast import FACTS

pytestmark = pytest.mark.browser

Visit = Callable[[str, str], Visitor]


def begin(visitor: Visitor, name: str) -> str:
    """A new draft with one sentence saved; the path of its form."""
    page = visitor.page
    visitor.open("/projects/new/")
    page.get_by_label("项目名称").fill(name)
    page.get_by_role("button", name="下一步，填写申请表").click()
    page.fill("#id_problem", "已经保存的问题。")
    page.get_by_role("button", name="暂存", exact=True).click()
    page.wait_for_load_state()
    expect(page.locator("#messages")).to_contain_text("已暂存")
    return page.url.removeprefix(visitor.site)


def type_more(page: Page, words: str) -> None:
    page.locator("#id_necessity").press_sequentially(words)
    expect(page.locator("#id_necessity")).to_have_value(words)


def offered(page: Page) -> None:
    """The kept text is offered, taken back and saved; afterwards nothing is offered any more."""
    bar = page.locator("[data-kept]")
    expect(bar).to_contain_text(re.compile(r"恢复 \d\d:\d\d未保存的内容"))
    page.get_by_role("button", name="未保存的内容").click()
    expect(bar).to_be_hidden()


def saved_and_forgotten(page: Page, words: str) -> None:
    page.get_by_role("button", name="暂存", exact=True).click()
    expect(page.locator("#messages")).to_contain_text("已暂存")
    page.reload()
    expect(page.locator("#id_necessity")).to_have_value(words)
    page.wait_for_timeout(300)
    expect(page.locator("[data-kept]")).to_be_hidden()
    assert kept(page) == 0


def expected_only(visitor: Visitor, *words: str) -> None:
    """What the browser complains about when the network or the session is cut is no fault of the page."""
    visitor.complaints[:] = [said for said in visitor.complaints if not any(word in said for word in words)]


def kept(page: Page) -> int:
    """How many texts the browser keeps."""
    count = """() => new Promise(done => {
        const opened = indexedDB.open("dangjian", 1);
        opened.onsuccess = () => {
            const asked = opened.result.transaction("kept").objectStore("kept").count();
            asked.onsuccess = () => { opened.result.close(); done(asked.result); };
        };
    })"""
    return int(page.evaluate(count))


def test_what_is_typed_without_a_network_is_offered_again_and_saved(visit: Visit) -> None:
    secretary = visit("secretary", "desktop")
    path, page = begin(secretary, "断网也不丢"), secretary.page
    page.context.set_offline(True)
    type_more(page, "断网时写的必要性。")
    expect(page.locator("#save-state")).to_contain_text("网络不通，内容已留在本机")
    page.context.set_offline(False)
    other = page.context.new_page()
    page.close()
    secretary.page = other
    secretary.open(path)
    expect(other.locator("#id_necessity")).to_have_value("")
    secretary.picture("application-kept")
    offered(other)
    expect(other.locator("#id_necessity")).to_have_value("断网时写的必要性。")
    expect(other.locator("#id_problem")).to_have_value("已经保存的问题。")
    saved_and_forgotten(other, "断网时写的必要性。")
    expected_only(secretary, "ERR_INTERNET_DISCONNECTED", "htmx:")


def test_when_the_network_is_back_the_form_saves_by_itself(visit: Visit) -> None:
    secretary = visit("secretary", "desktop")
    begin(secretary, "恢复后自动存")
    page = secretary.page
    page.context.set_offline(True)
    type_more(page, "断网时写的。")
    expect(page.locator("#save-state")).to_contain_text("网络不通")
    page.context.set_offline(False)
    expect(page.locator("#save-state")).to_contain_text("已暂存")
    expect(page.locator("#save-state")).not_to_have_class(re.compile("lost"))
    page.wait_for_timeout(200)
    assert kept(page) == 0
    page.reload()
    expect(page.locator("#id_necessity")).to_have_value("断网时写的。")
    expected_only(secretary, "ERR_INTERNET_DISCONNECTED", "htmx:")


def test_a_session_that_ends_in_the_middle_of_typing_loses_nothing(visit: Visit) -> None:
    secretary = visit("secretary", "desktop")
    path, page = begin(secretary, "登录过期也不丢"), secretary.page
    page.context.clear_cookies()
    type_more(page, "登录过期时写的必要性。")
    state = page.locator("#save-state")
    expect(state).to_contain_text("登录已过期，内容已留在本机，请重新登录")
    assert page.get_by_label("密码").count() == 0
    secretary.picture("application-expired")
    state.get_by_role("link", name="重新登录").click()
    page.get_by_label("账号").fill("secretary")
    page.get_by_label("密码").fill("gongdi-8-anquan-dui")
    page.get_by_role("button", name="登录").click()
    page.wait_for_url(f"**{path}")
    offered(page)
    saved_and_forgotten(page, "登录过期时写的必要性。")
    expected_only(secretary, "403", "htmx:")


def test_a_save_pressed_after_the_session_ended_loses_nothing(visit: Visit) -> None:
    secretary = visit("secretary", "desktop")
    path, page = begin(secretary, "过期后按暂存"), secretary.page
    page.context.clear_cookies()
    type_more(page, "按了暂存的必要性。")
    page.get_by_role("button", name="暂存", exact=True).click()
    page.wait_for_load_state()
    assert page.locator("#id_necessity").count() == 0
    secretary.sign_in("secretary")
    secretary.open(path)
    offered(page)
    saved_and_forgotten(page, "按了暂存的必要性。")
    expected_only(secretary, "403", "htmx:")


def test_a_closed_tab_loses_nothing_and_what_is_not_wanted_goes(visit: Visit) -> None:
    secretary = visit("secretary", "phone")
    path, page = begin(secretary, "关掉页面也不丢"), secretary.page
    type_more(page, "关页面前写的。")
    secretary.page = page.context.new_page()
    page.close(run_before_unload=False)
    secretary.open(path)
    expect(secretary.page.locator("[data-kept]")).to_be_visible()
    secretary.picture("application-kept")
    secretary.check_reach()
    secretary.page.get_by_role("button", name="不要了").click()
    expect(secretary.page.locator("[data-kept]")).to_be_hidden()
    assert kept(secretary.page) == 0
    expect(secretary.page.locator("#id_necessity")).to_have_value("")


def test_signing_out_wipes_what_the_account_kept(visit: Visit) -> None:
    clerk = visit("clerk", "desktop")
    path, page = begin(clerk, "退出时清掉"), clerk.page
    type_more(page, "还没有保存。")
    page.wait_for_timeout(200)
    assert kept(page) == 1
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto(f"{clerk.site}/")
    page.locator("details.me summary").click()
    page.get_by_role("button", name="退出登录").click()
    page.wait_for_url("**/sign-in/")
    assert kept(page) == 0
    clerk.sign_in("clerk")
    clerk.open(path)
    page.wait_for_timeout(300)
    expect(page.locator("[data-kept]")).to_be_hidden()


def test_saving_onward_forgets_what_was_kept(visit: Visit) -> None:
    secretary = visit("secretary", "desktop")
    begin(secretary, "下一步之后不留")
    page = secretary.page
    type_more(page, "直接按下一步。")
    page.get_by_role("button", name="保存，下一步").click()
    page.wait_for_url("**/submission/")
    page.wait_for_timeout(300)
    assert kept(page) == 0


def test_whoever_types_while_another_hands_in_is_told_so_and_not_that_the_session_is_over(visit: Visit) -> None:
    secretary, clerk = visit("secretary", "desktop"), visit("clerk", "desktop")
    address = applied_for(secretary, "填着填着被提交")
    secretary.page.goto(f"{address}recall/")
    secretary.page.get_by_role("button", name="撤回").click()
    secretary.page.wait_for_load_state()
    page = clerk.page
    page.goto(f"{address}application/")
    secretary.page.goto(f"{address}submission/")
    secretary.page.get_by_role("button", name="提交", exact=True).click()
    secretary.page.wait_for_url(address)
    page.fill("#id_necessity", "李敏接着写。")
    state = page.locator("#save-state")
    expect(state).to_contain_text("这份内容刚刚被提交或撤销，不能再改；写的内容已留在本机，可以复制出来")
    expect(state).not_to_contain_text("登录")
    clerk.at_every_width("application-closed")
    page.get_by_role("button", name="暂存", exact=True).click()
    expect(page.locator("#messages")).to_contain_text("您刚才输入的内容没有保存，留在本机")
    assert kept(page) == 1


def test_two_writers_see_each_other_s_words_and_choose(visit: Visit) -> None:
    secretary, clerk = visit("secretary", "desktop"), visit("clerk", "desktop")
    path = begin(secretary, "两个人同时填")
    clerk.open(path)
    clerk.page.fill("#id_measures", "李敏写的措施。")
    clerk.page.get_by_role("button", name="暂存", exact=True).click()
    expect(clerk.page.locator("#messages")).to_contain_text("已暂存")
    page = secretary.page
    page.fill("#id_measures", "张建国写的措施。")
    expect(page.locator("#save-state")).to_contain_text(re.compile(r"李敏 09:\d\d 保存过这份申请表，自动保存已停"))
    page.locator("#id_measures").press_sequentially("再写一句。")
    page.get_by_role("button", name="暂存", exact=True).click()
    expect(page.get_by_role("heading", name="他人刚保存过，请核对")).to_be_visible()
    secretary.picture("application-overtaken")
    secretary.check_reach()
    box = page.locator("#field-measures")
    expect(box).to_contain_text(re.compile(r"李敏 09:\d\d 保存的内容："))
    expect(page.locator("#field-problem .theirs")).to_have_count(0)
    box.get_by_role("button", name="采用").click()
    expect(page.locator("#id_measures")).to_have_value("李敏写的措施。")
    page.locator("#id_measures").fill("两人合写的措施。")
    page.get_by_role("button", name="暂存", exact=True).click()
    expect(page.locator("#messages")).to_contain_text("已暂存")
    expect(page.locator("#id_measures")).to_have_value("两人合写的措施。")


@pytest.mark.clause("S-24", "S-25")
def test_reason_and_stage_goal_are_asked_for_only_above_a_year(visit: Visit) -> None:
    secretary = visit("secretary", "desktop")
    begin(secretary, "超过一年才问")
    page = secretary.page
    reason, goal = page.locator("#field-long_reason"), page.locator("#field-stage_goal")
    note = page.get_by_text("起止时间超过1年，请写明理由和2022年12月31日前的阶段性目标")
    for starts, ends, asked in (
        ("", "", False),
        ("2022-08", "2023-08", False),
        ("2022-08", "2023-09", True),
        ("2022-08", "2022-12", False),
    ):
        page.fill("#id_starts", starts)
        page.fill("#id_ends", ends)
        for part in (reason, goal, note):
            expect(part).to_be_visible() if asked else expect(part).to_be_hidden()
    page.fill("#id_ends", "2023-09")
    page.fill("#id_long_reason", "停输期内分两年实施。")
    page.fill("#id_ends", "2022-12")
    expect(reason).to_be_visible()
    expect(goal).to_be_hidden()


def test_a_long_paste_is_kept_whole_and_counted_in_red(visit: Visit) -> None:
    secretary = visit("secretary", "desktop")
    begin(secretary, "粘贴不截断")
    page = secretary.page
    page.fill("#id_problem", "长" * 812)
    counter = page.locator('[data-count-for="id_problem"]')
    expect(counter).to_have_text("超出 12 字")
    expect(counter).to_have_class(re.compile("field__count--full"))
    page.get_by_role("button", name="暂存", exact=True).click()
    expect(page.locator("#field-problem .field__error")).to_contain_text("最多 800 字，现有 812 字")
    expect(page.locator("#id_problem")).to_have_value("长" * 812)
    page.fill("#id_problem", FACTS["problem"])
    expect(counter).to_have_text(re.compile(r"^\d+ / 800 字$"))


@pytest.mark.parametrize("width", ["desktop", "tablet", "phone"])
def test_files_and_duties_fit_the_screen(visit: Visit, width: str) -> None:
    secretary = visit("secretary", width)
    path, page = begin(secretary, f"文件和分工（{width}）"), secretary.page
    page.get_by_label("王强", exact=True).check()
    page.get_by_label("王强的分工").fill("设备改造，落实包机")
    file = {"name": "8月10日支部党员大会征求意见会议记录.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7 x"}
    page.set_input_files("#id_consultation_files", file)
    page.get_by_role("button", name="暂存", exact=True).click()
    expect(page.locator("#field-consultation_files .file")).to_contain_text("会议记录.pdf")
    secretary.picture("application-files")
    secretary.check_reach()
    secretary.open(path.removesuffix("application/"))
    expect(page.locator("main")).to_contain_text("设备改造，落实包机")
    expect(page.locator("main")).to_contain_text("1 KB")
    secretary.picture("project-files")
    secretary.open(path)
    page.get_by_role("button", name="移除").click()
    page.get_by_role("button", name="确定").click()
    expect(page.locator("#messages")).to_contain_text("已暂存")
    expect(page.locator(".file")).to_have_count(0)
    expect(page.get_by_label("王强的分工")).to_have_value("设备改造，落实包机")


def test_the_paper_beside_the_form_follows_each_saving(visit: Visit) -> None:
    secretary = visit("secretary", "desktop")
    begin(secretary, "边填边看")
    page = secretary.page
    page.get_by_role("button", name="边填边看").click()
    sheet = page.get_by_role("region", name="申请表表样")
    expect(sheet).to_contain_text("1.选题：已经保存的问题。")
    type_more(page, "打在表上的必要性。")
    expect(sheet).to_contain_text("必要性：打在表上的必要性。")
    expect(page.locator("#save-state")).to_contain_text("已暂存")
    page.get_by_role("button", name="按表样填写").click()
    expect(page.locator("article.paper #id_necessity")).to_have_value("打在表上的必要性。")
    secretary.check_reach()
    secretary.picture("application-on-paper")
    page.get_by_role("button", name="引导填写").click()
    expect(page.locator("article.paper")).to_have_count(0)
