"""The three administrators and a branch's handler at their daily work, at a desk and on a phone."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visitor
from tests.browser.test_journey import TEXTS
from tests.cast import FACTS, PASSWORD

pytestmark = pytest.mark.browser

Visit = Callable[[str, str], Visitor]
WIDTHS = pytest.mark.parametrize("width", ["desktop", "phone"])


def _confirm(visitor: Visitor) -> None:
    visitor.page.get_by_role("dialog").get_by_role("button").last.click()


def _open_todo(visitor: Visitor, name: str) -> None:
    """What came last stands on the last page, and how many there are depends on the tests that ran before."""
    visitor.open("/todos/")
    todo, following = visitor.page.get_by_role("link", name=name), visitor.page.get_by_role("link", name="下一页")
    while not todo.count() and following.count():
        visitor.open(f"/todos/{following.get_attribute('href')}")
    todo.first.click()


@WIDTHS
def test_the_system_administrator_resets_a_password_and_its_owner_sets_an_own_one(visit: Visit, width: str) -> None:
    admin, page = (visitor := visit("system-admin", width)), visitor.page
    admin.open("/accounts/")
    admin.picture("accounts")
    admin.check_reach()
    page.get_by_role("link", name="赵小平").first.click()
    admin.picture("account")
    admin.check_reach()
    page.get_by_role("button", name="重置密码").click()
    _confirm(admin)
    given = page.get_by_role("status").filter(has_text="一次性密码").locator("code").inner_text()
    admin.picture("account-reset")
    page.goto(page.url)
    expect(page.get_by_text(given)).to_have_count(0)

    staff = visit("leader", width)  # a screen of their own; the leader steps aside for its owner
    staff.page.context.clear_cookies()
    staff.open("/sign-in/")
    staff.page.get_by_label("账号").fill("staff")
    staff.page.get_by_label("密码").fill(given)
    staff.page.get_by_role("button", name="登录").click()
    expect(staff.page.get_by_text("请先设定自己的密码")).to_be_visible()
    staff.open("/projects/")
    expect(staff.page.get_by_role("heading", name="修改密码")).to_be_visible()
    staff.picture("password-first")
    staff.check_reach()
    own = f"{PASSWORD}-{width}"
    for label, text in (("原密码", given), ("新密码", own), ("再输一遍新密码", own)):
        staff.page.get_by_label(label, exact=False).first.fill(text)
    staff.page.get_by_role("button", name="修改密码").click()
    expect(staff.page.get_by_role("heading", name="修改密码")).to_have_count(0)
    staff.picture("staff-home")


@WIDTHS
def test_the_security_administrator_gives_an_office_and_ends_it(visit: Visit, width: str) -> None:
    admin, page = (visitor := visit("security-admin", width)), visitor.page
    role, label = {"desktop": ("branch_committee_member", "支部委员"), "phone": ("contact_person", "项目联系人")}[width]
    admin.open("/offices/?q=李敏")
    admin.picture("offices")
    admin.check_reach()
    page.get_by_role("link", name="李敏").first.click()
    page.get_by_label("任职", exact=False).first.wait_for()
    page.locator("#id_role").select_option(role)
    page.get_by_role("button", name="登记任职").click()
    expect(page.get_by_text("已登记李敏任")).to_be_visible()
    admin.picture("person-offices")
    admin.check_reach()
    page.get_by_role("link", name=f"登记免职 {label}").first.click()
    admin.picture("office-end")
    page.get_by_role("button", name="登记免职").click()
    expect(page.get_by_text("已登记免职")).to_be_visible()
    # Registered twice on one day is refused at the field, and nothing typed is lost.
    page.locator("#id_role").select_option(role)
    page.get_by_role("button", name="登记任职").click()
    expect(page.get_by_text("该同志当天已有这项任职").first).to_be_visible()
    expect(page.locator("#id_role")).to_have_value(role)
    admin.complaints.clear()


@WIDTHS
def test_the_audit_administrator_reads_and_verifies_the_trail_and_sees_nothing_of_the_work(
    visit: Visit, width: str
) -> None:
    auditor, page = (visitor := visit("audit-admin", width)), visitor.page
    auditor.open("/audit/")
    auditor.picture("audit")
    auditor.check_reach()
    page.get_by_role("button", name="校验").click()
    expect(page.get_by_text("校验通过")).to_be_visible()
    auditor.picture("audit-verified")
    auditor.open("/audit/?who=没有这个人")
    expect(page.get_by_text("没有符合条件的记录")).to_be_visible()
    for path in ("/projects/", "/meetings/"):
        auditor.open(path)
        expect(page.locator("tbody tr")).to_have_count(0)
    auditor.open("/accounts/")
    expect(page.get_by_text("没有找到这一页").first).to_be_visible()
    auditor.complaints[:] = [said for said in auditor.complaints if "404" not in said]


@WIDTHS
def test_a_handler_fills_in_and_the_secretary_confirms_with_one_tap(visit: Visit, width: str) -> None:
    name = f"代填的项目（{width}）"
    clerk, page = (visitor := visit("clerk", width)), visitor.page
    clerk.open("/projects/new/")
    page.get_by_label("项目名称").fill(name)
    page.get_by_role("button", name="下一步，填写申请表").click()
    page.fill("#id_starts", "2022-08")
    page.fill("#id_ends", "2022-12")
    for key in TEXTS:
        page.fill(f"#id_{key}", FACTS[key])
    page.get_by_label("生产经营", exact=True).first.check()
    page.get_by_role("button", name="保存，下一步").click()
    page.wait_for_url("**/submission/")
    address = page.url.removesuffix("submission/")
    page.get_by_role("button", name="请书记确认").click()
    page.wait_for_url(address)
    expect(page.get_by_text("由李敏代填，待书记确认")).to_be_visible()
    clerk.picture("on-behalf-asked")

    secretary = visit("secretary", width)
    _open_todo(secretary, name)
    secretary.page.wait_for_url("**/confirmation/")
    secretary.picture("on-behalf-confirmation")
    secretary.check_reach()
    secretary.page.get_by_role("button", name="确认无误").click()
    secretary.page.wait_for_url("**/submission/")
    secretary.page.goto(address)
    expect(secretary.page.get_by_text("由李敏代填，书记", exact=False)).to_be_visible()
