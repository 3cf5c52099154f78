"""From the branch secretary's sign-in to 立项 with 附件1 in hand, at a desk and on a phone."""

import re
from collections.abc import Callable
from pathlib import Path

import docx
import pypdf
import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visitor
from tests.cast import FACTS

pytestmark = pytest.mark.browser

TEXTS = (
    "problem",
    "necessity",
    "feasibility",
    "measures",
    "expected_goal",
    "expected_value",
    "consultation",
    "investigation",
)


def applied_for(secretary: Visitor, name: str) -> str:
    """Fill in an application and hand it in; its address."""
    page = secretary.page
    secretary.open("/projects/new/")
    page.get_by_label("项目名称").fill(name)
    secretary.picture("new")
    page.get_by_role("button", name="下一步，填写申请表").click()
    page.fill("#id_starts", "2022-08")
    page.fill("#id_ends", "2022-12")
    for key in TEXTS:
        page.fill(f"#id_{key}", FACTS[key])
    page.get_by_label("生产经营", exact=True).first.check()
    page.get_by_label("王强", exact=True).check()
    secretary.picture("application")
    page.get_by_role("button", name="保存，下一步").click()
    page.wait_for_url("**/submission/")
    assert "请先登记支部委员会意见" in page.inner_text("main")
    secretary.picture("submission-refused")
    address = page.url.removesuffix("submission/")

    page.goto(f"{address}branch-opinion/")
    page.fill("#id_expected", "5")
    page.fill("#id_present", "5")
    page.fill("#id_chair", "张建国")
    page.fill("#id_opinion", "同意申报，请党委审批。")
    secretary.picture("branch-opinion")
    page.get_by_role("button", name="登记").click()
    page.wait_for_url("**/submission/")
    secretary.picture("submission")
    page.get_by_role("button", name="提交", exact=True).click()
    page.wait_for_url(address)
    return address


def screen(officer: Visitor, address: str) -> None:
    page = officer.page
    officer.open("/todos/")
    officer.picture("todos")
    page.goto(f"{address}screening/")
    officer.picture("screening")
    page.fill("#id_opinion", "选题准确，措施可行。")
    page.get_by_role("button", name="通过筛选").click()
    expect(page.get_by_text("请先回答“是否符合企业发展方向”", exact=True)).to_be_visible()
    expect(page.locator("#id_opinion")).to_have_value("选题准确，措施可行。")
    page.get_by_label("是", exact=True).check()
    page.get_by_role("button", name="通过筛选").click()
    expect(page.get_by_text("已通过筛选")).to_be_visible()


def meet(officer: Visitor, name: str) -> None:
    page = officer.page
    officer.open("/meetings/new/")
    page.fill("#id_expected", "7")
    page.fill("#id_present", "7")
    page.fill("#id_chair", "刘志远")
    item = page.locator(".item", has_text=name)
    item.get_by_label("同意立项").check()
    item.get_by_label("意见").fill("同意立项，按计划实施。")
    officer.picture("meeting")
    page.get_by_role("button", name="登记会议").click()
    page.get_by_role("dialog").get_by_role("button").last.click()
    page.wait_for_url(re.compile(r"/meetings/\d+/$"))
    officer.picture("meeting-record")


@pytest.mark.clause("S-17", "S-20", "S-21", "S-27", "S-28", "S-102", "S-107", "S-108", "S-109")
@pytest.mark.parametrize("width", ["desktop", "phone"])
def test_from_sign_in_to_establishment(visit: Callable[[str, str], Visitor], width: str, tmp_path: Path) -> None:
    name = f"{FACTS['name']}（{width}）"
    secretary = visit("secretary", width)
    secretary.picture("workbench")
    address = applied_for(secretary, name)
    officer = visit("officer", width)
    screen(officer, address)
    meet(officer, name)

    page = secretary.page
    page.goto(address)
    assert "已立项" in page.inner_text("main")
    secretary.picture("established")
    page.goto(f"{address}?tab=papers")
    secretary.picture("papers")
    with page.expect_download() as download:
        page.get_by_role("link", name="Word").first.click()
    word = tmp_path / "a.docx"
    download.value.save_as(word)
    assert download.value.suggested_filename.startswith("附件1 项目申请表 第一项目部党支部")
    with page.expect_download() as download:
        page.get_by_role("link", name="PDF").first.click()
    pdf = tmp_path / "a.pdf"
    download.value.save_as(pdf)

    said = "".join(cell.text for table in docx.Document(str(word)).tables for row in table.rows for cell in row.cells)
    printed = "".join(page.extract_text() for page in pypdf.PdfReader(pdf).pages)
    for part in (name, FACTS["problem"], "同意申报，请党委审批。", "同意立项，按计划实施。", "2022.8~2022.12"):
        assert part in said
        assert part.replace(" ", "") in printed.replace("\n", "").replace(" ", "")


@pytest.mark.parametrize("width", ["desktop", "tablet", "phone"])
def test_pages_fit_the_screen_and_can_be_reached_by_everyone(visit: Callable[[str, str], Visitor], width: str) -> None:
    officer = visit("officer", width)
    for path in (
        "/",
        "/todos/",
        "/notices/",
        "/projects/",
        "/projects/?q=没有这个",
        "/meetings/",
        "/meetings/new/",
        "/scheme/",
        "/round/",
        "/access/",
        "/password/",
        "/nothing/",
    ):
        officer.open(path)
        officer.picture("officer" + (path.split("?")[0].strip("/").replace("/", "-") or "home"))
        officer.check_reach()
    officer.complaints[:] = [said for said in officer.complaints if "404" not in said]


def test_a_wrong_password_is_told_at_the_form(visit: Callable[[str, str], Visitor]) -> None:
    visitor = visit("leader", "phone")
    visitor.page.context.clear_cookies()
    visitor.open("/projects/")
    visitor.page.get_by_label("账号").fill("leader")
    visitor.page.get_by_label("密码").fill("不对的密码")
    visitor.page.get_by_role("button", name="登录").click()
    assert "账号或密码不正确" in visitor.page.inner_text("body")
    visitor.picture("sign-in-refused")
    visitor.check_reach()
