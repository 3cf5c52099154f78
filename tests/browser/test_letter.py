"""From 立项 to a signed letter: made, printed, scanned back, registered, at a desk and on a phone."""

from collections.abc import Callable
from pathlib import Path

import pypdfium2  # type: ignore[import-untyped]
import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visitor
from tests.browser.test_journey import applied_for, meet, screen
from tests.browser.test_scans import handed_in
from tests.papers import scanner

pytestmark = pytest.mark.browser


def scanned(printed: Path) -> dict[str, object]:
    """What came out of the printer, signed, through the scanner."""
    pages = [page.render(scale=150 / 72, grayscale=True).to_pil() for page in pypdfium2.PdfDocument(printed)]
    content = scanner.scan(pages).content
    assert isinstance(content, bytes)
    return {"name": "扫描.pdf", "mimeType": "application/pdf", "buffer": content}


@pytest.mark.clause("S-29", "S-115", "S-116", "S-117")
@pytest.mark.parametrize("width", ["desktop", "phone"])
def test_a_letter_is_made_printed_scanned_back_and_signed(
    visit: Callable[[str, str], Visitor], width: str, tmp_path: Path
) -> None:
    name = f"签订责任书的项目（{width}）"
    address = applied_for(visit("secretary", width), name)
    officer = visit("officer", width)
    screen(officer, address)
    meet(officer, name)

    page = officer.page
    page.goto(address)
    page.get_by_role("link", name="制作责任书").click()
    expect(page.get_by_label(f"选中 {name}")).to_be_checked()
    officer.picture("letter-new")
    officer.check_reach()
    page.get_by_role("button", name="制作选中的责任书").click()
    expect(page.get_by_text(f"{name}：已制作责任书")).to_be_visible()

    officer.open("/letters/ceremony/")
    page.get_by_label(f"选中 {name}").check()
    officer.picture("ceremony")
    officer.check_reach()
    page.get_by_role("button", name="登记选中的已签订").click()
    expect(page.get_by_text("扫描件尚未归档").first).to_be_visible()
    expect(page.get_by_label(f"选中 {name}")).to_be_checked()
    with page.expect_download() as download:
        page.get_by_role("button", name="打印用 PDF").click()
    printed = tmp_path / "printed.pdf"
    download.value.save_as(printed)

    officer.open("/scans/new/")
    page.set_input_files("#id_scans", [scanned(printed)])  # type: ignore[list-item]
    expect(page.locator("#field-scans")).to_contain_text("扫描.pdf")
    handed_in(page)
    expect(page.locator("main")).to_contain_text("责任书（第2份）", timeout=30_000)

    officer.open("/letters/ceremony/")
    expect(page.locator("tr", has_text=name)).to_contain_text("已齐")
    page.get_by_label(f"选中 {name}").check()
    page.get_by_label("签订地点或仪式").fill("签订仪式")
    page.get_by_role("button", name="登记选中的已签订").click()
    expect(page.get_by_text(f"{name}：已登记签订")).to_be_visible()

    officer.open(f"/letters/?q={name}")
    officer.picture("letters")
    officer.check_reach()
    page.get_by_role("link", name=name).click()
    expect(page.locator("main")).to_contain_text("刘志远")
    officer.picture("letter")
    officer.check_reach()


@pytest.mark.parametrize("width", ["desktop", "phone"])
def test_what_is_no_confirmed_file_is_told_so(visit: Callable[[str, str], Visitor], width: str) -> None:
    officer = visit("officer", width)
    page = officer.page
    officer.open("/letters/verification/")
    page.get_by_role("button", name="核验").click()
    expect(page.locator("main")).to_contain_text("请选择文件")
    page.set_input_files(
        "input[type=file]", [{"name": "别的.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7 x"}]
    )
    page.get_by_role("button", name="核验").click()
    expect(page.get_by_text("不是本系统的电子确认件")).to_be_visible()
    officer.picture("letter-verification")
    officer.check_reach()
