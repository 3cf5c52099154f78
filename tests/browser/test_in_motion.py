"""People and organisations in motion: a secretary confirms, or somebody stands in; a branch is merged, renamed, dissolved, moved."""

import re
import subprocess
import sys
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import ROOT, Found, Visitor, served

pytestmark = pytest.mark.browser

Visit = Callable[[str, str], Visitor]
LINES = {"desktop": "东线", "phone": "西线"}
WIDTHS = pytest.mark.parametrize("width", LINES)


@pytest.fixture(scope="module")
def home(found: Found) -> dict[str, str]:
    return found("site-in-motion")


@pytest.fixture(scope="module")
def site(home: dict[str, str]) -> Iterator[str]:
    """A site of its own: other journeys need their branches as they are."""
    with served(home, "tests.browser.site_in_motion") as address:
        yield address


def _chosen(page: Page, field: str, name: str) -> None:
    """Choose by a part of what is offered: an organisation stands set in by its level."""
    option = page.locator(f"#id_{field} option", has_text=name).first
    page.locator(f"#id_{field}").select_option(value=option.get_attribute("value"))


def _registered(admin: Visitor, kind: str, label: str, organisation: str, **facts: str) -> None:
    """Register a change and look at its form on the way."""
    page = admin.page
    admin.open("/restructurings/")
    page.get_by_role("link", name=label, exact=True).click()
    _chosen(page, "organisation", organisation)
    for field, value in facts.items():
        if field in ("parent", "successor"):
            _chosen(page, field, value)
        else:
            page.locator(f"#id_{field}").fill(value)
    page.locator("#id_reason").fill("一公司党〔2022〕21号")
    admin.picture(f"restructuring-{kind}")
    admin.check_reach()
    page.get_by_role("button", name=f"登记{label}").click()
    expect(page.locator("#messages")).to_contain_text(f"已登记{label}")


@WIDTHS
def test_a_deputy_acts_for_the_secretary_and_every_page_says_so(visit: Visit, width: str) -> None:
    line, secretary = LINES[width], visit(f"{width}-secretary", width)
    page = secretary.page
    secretary.open("/delegations/")
    page.get_by_role("link", name="新建委托").click()
    page.get_by_label("党支部书记").check()
    _chosen(page, "to", f"{line}副书记")
    page.locator("#id_ends_on").fill("2022-08-31")
    page.locator("#id_reason").fill("赴京培训")
    secretary.picture("delegation-new")
    secretary.check_reach()
    page.get_by_role("button", name="委托", exact=True).click()
    expect(page.get_by_text(f"{line}副书记 代 {line}委托书记")).to_be_visible()
    secretary.picture("delegations")
    secretary.check_reach()

    deputy = visit(f"{width}-deputy", width)
    page = deputy.page
    deputy.open("/todos/")
    expect(page.get_by_text(f"（代{line}委托书记）")).to_be_visible()
    deputy.picture("delegate-todos")
    page.get_by_role("link", name=f"{line}委托办理的项目").first.click()
    page.wait_for_url("**/application/**")
    deputy.open(page.url.removeprefix(deputy.site).split("application/")[0] + "submission/")
    page.get_by_role("button", name="提交", exact=True).click()
    page.wait_for_url(re.compile(r"/projects/\d+/$"))
    both = f"{line}副书记 代 {line}委托书记"
    expect(page.get_by_text(both).first).to_be_visible()
    deputy.picture("delegate-project")
    deputy.check_reach()

    officer = visit("officer", width)
    officer.open(f"/projects/?q={line}委托办理")
    officer.page.get_by_role("link", name=f"{line}委托办理的项目").first.click()
    expect(officer.page.get_by_text(both).first).to_be_visible()
    officer.page.get_by_role("link", name="记录", exact=True).click()
    expect(officer.page.get_by_text(both).first).to_be_visible()
    officer.picture("delegate-records")
    auditor = visit("audit-admin", width)
    auditor.open("/audit/?action=project.submit")
    expect(auditor.page.get_by_text(both).first).to_be_visible()
    auditor.picture("delegate-audit")

    page = secretary.page
    secretary.open("/delegations/")
    page.get_by_role("link", name=f"收回委托：{both}").click()
    secretary.picture("delegation-end")
    page.get_by_role("button", name="收回委托").click()
    expect(page.get_by_text("已收回").first).to_be_visible()
    deputy.open("/todos/")
    expect(deputy.page.get_by_text(f"（代{line}委托书记）")).to_have_count(0)


@WIDTHS
def test_a_branch_is_merged_while_its_project_is_decided_on(visit: Visit, width: str) -> None:
    line, admin = LINES[width], visit("system-admin", width)
    _registered(admin, "merge", "合并", f"{line}合并项目部党支部", successor=f"{line}承接项目部党支部")
    expect(admin.page.get_by_text("还有 1 个未了结的项目")).to_be_visible()
    admin.picture("restructuring-pending")
    admin.page.get_by_role("link", name="取消登记").click()
    admin.picture("restructuring-cancel")
    admin.check_reach()

    officer = visit("officer", width)
    page = officer.page
    officer.open("/todos/")
    page.get_by_role("link", name=f"{line}合并项目部党支部合并").first.click()
    officer.picture("restructuring-settle")
    officer.check_reach()
    page.get_by_role("button", name="办理").click()
    page.get_by_role("dialog").get_by_role("button").last.click()
    expect(page.locator("#messages")).to_contain_text("已生效")
    officer.picture("restructuring-done")
    # It waits where it stood, now of the successor, whose secretary has the sheet to sign.
    officer.open("/todos/")
    page.get_by_role("link", name=f"{line}合并中的项目").first.click()
    expect(page.get_by_text(f"{line}承接项目部党支部").first).to_be_visible()
    officer.picture("merged-project")
    heir = visit(f"{width}-heir", width)
    heir.open("/handovers/")
    expect(heir.page.get_by_text(f"{line}合并书记").first).to_be_visible()


@WIDTHS
def test_a_branch_is_renamed_and_its_old_papers_keep_the_name(visit: Visit, width: str) -> None:
    line, admin = LINES[width], visit("system-admin", width)
    new = f"{line}跨江大桥党支部"
    _registered(
        admin, "rename", "更名", f"{line}更名项目部党支部", full_name=f"第一工程公司{new}", short_name=new
    )  # fmt: skip
    admin.picture("restructuring-renamed")
    officer = visit("officer", width)
    officer.open(f"/projects/?q={line}更名中")
    expect(officer.page.get_by_role("cell", name=new)).to_be_visible()
    officer.page.get_by_role("link", name=f"{line}更名中的项目").first.click()
    officer.picture("renamed-project")


@WIDTHS
def test_a_branch_is_dissolved(visit: Visit, width: str) -> None:
    line, admin = LINES[width], visit("system-admin", width)
    _registered(admin, "dissolve", "撤销", f"{line}撤销项目部党支部")
    expect(admin.page.get_by_text("已生效").first).to_be_visible()
    admin.picture("restructuring-dissolved")
    admin.open("/restructurings/")
    admin.picture("restructurings")
    admin.check_reach()


@WIDTHS
def test_a_branch_moves_to_another_unit(visit: Visit, width: str) -> None:
    line, admin = LINES[width], visit("system-admin", width)
    _registered(admin, "move", "划转", f"{line}划转项目部党支部", parent="二公司党委")
    expect(admin.page.get_by_text("已生效").first).to_be_visible()
    admin.picture("restructuring-moved")
    foreign = visit("foreign-officer", width)
    foreign.open("/todos/")
    foreign.page.get_by_role("link", name=f"{line}划转中的项目").first.click()
    expect(foreign.page.get_by_text("随支部由一公司党委划转二公司党委").first).to_be_visible()
    foreign.picture("moved-project")
    foreign.check_reach()


@WIDTHS
def test_a_move_of_much_is_waited_for_on_its_page(visit: Visit, width: str, home: dict[str, str]) -> None:
    line, admin = LINES[width], visit("system-admin", width)
    page = admin.page
    admin.open("/restructurings/")
    page.get_by_role("link", name=f"{line}大片项目部党支部划转").click()
    if page.get_by_text("等待执行").count():
        admin.picture("restructuring-queued")
        admin.check_reach()
        subprocess.run([sys.executable, "manage.py", "worker", "--once"], cwd=ROOT, env=home, check=True)
    expect(page.get_by_text("执行完成")).to_be_visible(timeout=15_000)
    admin.picture("restructuring-carried-out")
    admin.check_reach()


@WIDTHS
def test_what_a_meeting_decided_counts_once_its_secretary_confirms(visit: Visit, width: str) -> None:
    name, officer = f"{LINES[width]}上会的项目", visit("officer", width)
    record = _noted(officer, name)
    page = officer.page
    expect(page.get_by_text("待书记确认").first).to_be_visible()
    officer.picture("record-waits")
    officer.check_reach()

    secretary = visit("unit-secretary", width)
    page = secretary.page
    secretary.open("/todos/")
    expect(page.get_by_text("确认会议记录").first).to_be_visible()
    secretary.open(record)
    secretary.picture("record-to-confirm")
    secretary.check_reach()
    page.get_by_role("button", name="退回重记").click()
    expect(page.get_by_text("请写明退回的理由").first).to_be_visible()
    secretary.check_reach()
    page.get_by_label("退回理由").fill("主持人写错。")
    # By the keyboard alone, as whoever has no mouse does.
    page.get_by_role("button", name="退回重记").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#messages")).to_contain_text("已退回登记人重记")
    expect(page.get_by_text("已退回").first).to_be_visible()

    record = _noted(officer, name)
    secretary.open(record)
    page.get_by_role("button", name="确认").focus()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/meetings/\d+/$"))
    expect(page.locator("#messages")).to_contain_text("各项决定生效")
    officer.open(f"/projects/?q={name}")
    expect(officer.page.locator("tr", has_text=name)).to_contain_text("已立项")
    officer.open(record)
    expect(officer.page.get_by_text("已确认").first).to_be_visible()
    officer.picture("record-confirmed")


def _noted(officer: Visitor, name: str) -> str:
    """A meeting that establishes the project, noted by the unit's officer; the address of its record."""
    page = officer.page
    officer.open("/meetings/new/")
    for field, text in {"expected": "7", "present": "7", "chair": "刘志远"}.items():
        page.fill(f"#id_{field}", text)
    page.locator(".item", has_text=name).get_by_label("同意立项").check()
    page.get_by_role("button", name="登记会议").click()
    page.get_by_role("dialog").get_by_role("button").last.click()
    page.wait_for_url(re.compile(r"/meetings/records/\d+/$"))
    return page.url.removeprefix(officer.site)
