"""From 立项 to 备案 twice, once on paper and once confirmed electronically; each decisive screen from a desk and on a phone."""

import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pypdfium2  # type: ignore[import-untyped]
import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import ROOT, Found, Visitor, served
from tests.browser.test_journey import meet
from tests.browser.test_plan import fill_line
from tests.browser.test_scans import handed_in
from tests.cast import PASSWORD
from tests.papers import scanner

pytestmark = pytest.mark.browser

Visit = Callable[[str, str], Visitor]

ON_PAPER, CONFIRMED = "包机降耗（打印签订）", "包机降耗（电子确认）"
OTHERS = ("党员安全示范岗", "青年技术攻关小组")


@pytest.fixture(scope="module")
def kept_in(found: Found) -> dict[str, str]:
    return found("letters")


@pytest.fixture(scope="module")
def site(kept_in: dict[str, str]) -> Iterator[str]:
    """Both journeys' own site: its scheme lets letters be confirmed, and what the two units file is counted."""
    with served(kept_in, "tests.browser.site_of_letters") as address:
        yield address


def test_the_box_for_all_tells_how_the_others_stand(visit: Visit) -> None:
    """Ticked, half, empty: whoever ticked them, and after a reload and on going back as well."""
    page = visit("officer", "desktop").page
    page.goto(page.url + "letters/ceremony/")
    every, boxes = page.get_by_label("全选本页"), page.locator("input[name=letters]")
    half = "box => [box.checked, box.indeterminate]"
    assert (boxes.count(), every.evaluate(half)) == (len(OTHERS), [False, False])
    boxes.first.check()
    assert every.evaluate(half) == [False, True]
    page.get_by_role("link", name=OTHERS[0]).click()
    page.wait_for_url(re.compile(r"/letters/\d+/"))
    page.go_back()
    expect(boxes.first).to_be_checked()
    assert every.evaluate(half) == [False, True]
    registered(page, OTHERS[0])
    expect(page.get_by_role("heading", name="没有办成 1 项")).to_be_visible()
    assert every.evaluate(half) == [False, True]
    every.check()
    assert [box.is_checked() for box in boxes.all()] == [True] * len(OTHERS)
    boxes.last.uncheck()
    assert every.evaluate(half) == [False, True]


@pytest.mark.clause("S-29", "S-31", "S-32", "S-36", "S-115", "S-116", "S-117", "S-120")
def test_from_establishment_to_filing_on_paper(visit: Visit, tmp_path: Path) -> None:
    officer = visit("foreign-officer", "desktop")
    page = officer.page
    meet(officer, ON_PAPER)
    address = address_of(officer, ON_PAPER)
    page.get_by_role("link", name="制作责任书").click()
    expect(page.get_by_label(f"选中 {ON_PAPER}")).to_be_checked()
    officer.at_every_width("letter-new")
    page.get_by_role("button", name="制作选中的责任书").click()
    expect(page.get_by_text("已制作责任书 二公司责〔2022〕")).to_be_visible()
    expect(page.locator("main")).to_contain_text(ON_PAPER)

    officer.open("/letters/ceremony/")
    page.get_by_label(f"选中 {ON_PAPER}").check()
    registered(page, ON_PAPER)
    expect(page.get_by_text("扫描件尚未归档").first).to_be_visible()
    expect(page.get_by_label(f"选中 {ON_PAPER}")).to_be_checked()
    printed = downloaded(page, tmp_path / "printed.pdf", "button", "打印用 PDF")
    assert not page.evaluate("!window.dispatchEvent(new Event('beforeunload', {cancelable: true}))"), (
        "a tick is no loss"
    )
    officer.open("/scans/new/")
    page.set_input_files("#id_scans", [scanned(printed)])  # type: ignore[list-item]
    expect(page.locator("#field-scans")).to_contain_text("扫描.pdf")
    handed_in(page)
    expect(page.locator("main")).to_contain_text("责任书（第2份）", timeout=30_000)

    officer.open("/letters/ceremony/")
    expect(page.locator("tr", has_text=ON_PAPER)).to_contain_text("已齐")
    page.get_by_label(f"选中 {ON_PAPER}").check()
    page.get_by_label("签订地点或仪式").fill("签订仪式")
    officer.at_every_width("ceremony")
    registered(page, ON_PAPER)
    expect(page.get_by_text(f"{ON_PAPER}：已登记签订")).to_be_visible()
    officer.open(f"/letters/?q={ON_PAPER}")
    officer.at_every_width("letters")
    page.get_by_role("link", name=ON_PAPER).click()
    for signer in ("钱进", "吴刚"):
        expect(page.locator("main")).to_contain_text(signer)
    officer.at_every_width("letter")
    handed_out(officer)

    planned(visit("foreign-secretary", "desktop"), officer, address, answers="吴刚")
    filed(officer, visit("company-officer", "desktop"), "二公司党委", 1, tmp_path)
    page.goto(address)
    expect(page.locator(".rail")).to_contain_text(re.compile(r"备案\s*（已完成）\s*8月24日"))
    officer.at_every_width("filed-on-paper")


def registered(page: Page, name: str) -> None:
    """Only after a question that says how many are to be registered, and which."""
    page.get_by_role("button", name="登记选中的已签订").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("确定登记这 1 份责任书已签订吗？")
    expect(dialog).to_contain_text(name)
    dialog.get_by_role("button", name="确定").click()


def handed_out(officer: Visitor) -> None:
    """Both copies on one form, each to whoever usually takes it."""
    page = officer.page
    officer.open("/letters/custody/")
    officer.at_every_width("custody")
    page.get_by_role("link", name="登记交付", exact=True).click()
    for number, receiver in (("1", "孙丽"), ("2", "吴刚")):
        expect(page.get_by_label(f"领取人：{ON_PAPER}第{number}份")).to_have_value(receiver)
    page.get_by_label("全选本页").check()
    officer.at_every_width("custody-registration")
    page.get_by_role("button", name="登记选中的交付").click()
    expect(page.get_by_role("heading", name="已办成 2 项")).to_be_visible()
    expect(page.locator("main")).to_contain_text(f"{ON_PAPER}第2份：已登记由吴刚 2022年8月24日领取")
    expect(page.locator("main")).to_contain_text("没有尚未交付的责任书")
    officer.at_every_width("custody-registered")


@pytest.mark.clause("S-29", "S-31", "S-32", "S-36", "S-115", "S-116", "S-120")
def test_from_establishment_to_filing_electronically(visit: Visit, tmp_path: Path, kept_in: dict[str, str]) -> None:
    officer = visit("officer", "phone")
    meet(officer, CONFIRMED)
    address = address_of(officer, CONFIRMED)
    officer.page.get_by_role("link", name="制作责任书").click()
    officer.page.get_by_role("button", name="制作选中的责任书").click()
    expect(officer.page.get_by_text("已制作责任书 一公司责〔2022〕")).to_be_visible()

    chosen = (CONFIRMED, *OTHERS)
    secretary, leader = visit("secretary", "desktop"), visit("unit-secretary", "phone")
    subprocess.run([sys.executable, "-m", "tests.browser.site_of_letters", "later"], cwd=ROOT, env=kept_in, check=True)
    confirmed(secretary, chosen)
    secretary.open(f"/letters/?q={CONFIRMED}")
    secretary.page.get_by_role("link", name=CONFIRMED).click()
    half = downloaded(secretary.page, tmp_path / "half.pdf", "link", "下载")
    confirmed(leader, chosen)
    expect(leader.page.locator("main")).to_contain_text("没有待您电子确认的责任书")

    officer.open(f"/letters/?q={CONFIRMED}")
    officer.page.get_by_role("link", name=CONFIRMED).click()
    whole = downloaded(officer.page, tmp_path / "whole.pdf", "link", "下载")
    officer.at_every_width("letter-confirmed")
    verified(officer, whole, half)

    planned(secretary, officer, address, answers="王强")
    filed(officer, visit("company-officer", "phone"), "一公司党委", 3, tmp_path)
    officer.page.goto(address)
    expect(officer.page.locator(".rail")).to_contain_text(re.compile(r"备案\s*（已完成）\s*8月24日"))
    officer.at_every_width("filed-electronically")


# The letter


def scanned(printed: Path) -> dict[str, object]:
    """What came out of the printer, signed, through the scanner."""
    pages = [page.render(scale=150 / 72, grayscale=True).to_pil() for page in pypdfium2.PdfDocument(printed)]
    content = scanner.scan(pages).content
    assert isinstance(content, bytes)
    return {"name": "扫描.pdf", "mimeType": "application/pdf", "buffer": content}


def confirmed(secretary: Visitor, names: tuple[str, ...]) -> None:
    """Every letter in one sitting, after a proof of identity."""
    page = secretary.page
    secretary.open("/letters/confirmations/")
    page.get_by_text("责任书内容").first.click()
    expect(page.locator("main")).to_contain_text("每月深入现场")
    chosen = page.get_by_role("status").filter(has_text="选中")
    expect(chosen).to_have_text("还没有选中责任书")
    page.get_by_label("全选本页").check()
    expect(chosen).to_contain_text(f"选中 {len(names)} 份：")
    for name in names:
        expect(chosen).to_contain_text(name)
    secretary.at_every_width("sitting")
    page.get_by_role("button", name="由本人确认选中的责任书").click()
    expect(page.locator("#field-password")).to_contain_text("请填写")
    secretary.at_every_width("sitting-unproved")
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="由本人确认选中的责任书").click()
    for name in names:
        expect(page.get_by_text(f"{name}：已电子确认")).to_be_visible(timeout=30_000)
    secretary.at_every_width("sitting-done")


def verified(officer: Visitor, whole: Path, half: Path) -> None:
    """The file is as both confirmed it; whatever was done to a copy of it is told apart."""
    page, content = officer.page, whole.read_bytes()
    at = content.index(b"stream", 2000) + 300
    files = [
        (content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :], "内容被改动"),
        (half.read_bytes(), "确认不全"),
        (b"%PDF-1.7 x", "不是本系统的电子确认件"),
        (content, "完好"),
    ]
    for file, finding in files:
        officer.open("/letters/verification/")
        page.set_input_files("input[type=file]", [{"name": "a.pdf", "mimeType": "application/pdf", "buffer": file}])
        page.get_by_role("button", name="核验").click()
        expect(page.locator("main .note")).to_contain_text(finding)
        officer.at_every_width(f"verified-{finding}")


# The plan and the table


def planned(secretary: Visitor, officer: Visitor, address: str, *, answers: str) -> None:
    """Made by the branch, checked by the department, signed by the leader; the project runs."""
    page = secretary.page
    page.goto(f"{address}plan/")
    page.get_by_role("button", name="开始编制").click()
    page.wait_for_url("**/plan/")
    page.fill("#id_profile", "第二项目部现有党员9人，承担隧道掘进。")
    fill_line(page, "goals", 0, value="30", unit="万元", baseline="0")
    for index, due in enumerate(("2022-09-30", "2022-12-25", "2022-11-30")):
        fill_line(page, "measures", index, person=answers, starts="2022-09-01", due=due)
    page.get_by_role("button", name="保存，下一步").click()
    page.wait_for_url(re.compile("/submission/"))
    page.get_by_role("button", name="提交", exact=True).click()
    page.wait_for_url(re.compile("tab=plan"))

    page = officer.page
    page.goto(f"{address}plan/decision/")
    for box in page.locator("input[name=checked_for]").all():
        box.check()
    page.get_by_role("button", name="通过审核").click()
    page.wait_for_url(re.compile("tab=plan"))
    page.goto(f"{address}plan/decision/")
    page.fill("#id_leader", "钱进")
    page.fill("#id_held_on", "2022-08-24")
    page.get_by_role("button", name="同意审定").click()
    page.wait_for_url(re.compile("tab=plan"))
    page.goto(address)
    expect(page.locator("main")).to_contain_text("实施中")


def filed(officer: Visitor, company: Visitor, unit: str, count: int, tmp_path: Path) -> None:
    """附件4 compiles itself, is handed in, recorded by the company, and answered by a receipt."""
    page = officer.page
    officer.open("/filings/")
    page.get_by_role("link", name=f"{unit}汇总表").click()
    officer.at_every_width("unit-filing")
    page.get_by_role("link", name="报送备案").click()
    page.get_by_label("联系电话").fill("0571-8888")
    page.get_by_role("button", name="报送备案").click()
    page.wait_for_url(re.compile(r"/filings/\d+/$"))
    assert page.locator("table.ledger tbody tr").count() == count

    company.page.goto(page.url)
    company.at_every_width("filing-answer")
    company.page.get_by_role("button", name="全部备案").click()
    company.page.get_by_role("dialog").get_by_role("button").last.click()
    expect(company.page.locator("table.ledger")).to_contain_text("已备案")

    page.reload()
    receipt = downloaded(page, tmp_path / "receipt.pdf", "link", "备案回执 PDF")
    said = "".join(sheet.get_textpage().get_text_range() for sheet in pypdfium2.PdfDocument(receipt))
    assert "备案回执" in said


def address_of(visitor: Visitor, name: str) -> str:
    visitor.open(f"/projects/?q={name}")
    visitor.page.get_by_role("link", name=name, exact=True).first.click()
    return visitor.page.url


def downloaded(page: Page, target: Path, role: str, name: str) -> Path:
    with page.expect_download() as download:
        page.get_by_role(role, name=name, exact=True).click()  # type: ignore[arg-type]
    download.value.save_as(target)
    return target
