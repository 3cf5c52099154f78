"""Paper and back: printed, signed, scanned; a pile that files itself; a photograph over a line that breaks."""

import re
from collections.abc import Callable, Sequence
from io import BytesIO

import pypdfium2  # type: ignore[import-untyped]
import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visitor
from tests.browser.test_application import expected_only
from tests.browser.test_briefing import drawn_up
from tests.browser.test_journey import applied_for
from tests.browser.test_poor_line import cut_after, starts

pytestmark = pytest.mark.browser

Visit = Callable[[str, str], Visitor]
Picture = Image.Image


def printed(visitor: Visitor, name: str) -> tuple[str, list[Picture]]:
    """The address of a project's papers, and its form as it lies on the glass of the scanner."""
    page = visitor.page
    visitor.open(f"/projects/?q={name}")
    page.get_by_role("link", name=name, exact=True).first.click()
    page.get_by_role("link", name="文书", exact=True).click()
    address = page.get_by_role("link", name="PDF").first.get_attribute("href") or ""
    sheets = pypdfium2.PdfDocument(page.context.request.get(visitor.site + address).body())
    drawn = [sheet.render(scale=150 / 72).to_pil().convert("L").rotate(1, fillcolor=255) for sheet in sheets]
    return page.url.removeprefix(visitor.site), drawn


def scanned(pages: Sequence[Picture], name: str) -> dict[str, object]:
    buffer = BytesIO()
    pages[0].save(buffer, "PDF", save_all=True, append_images=pages[1:], resolution=150)
    return {"name": name, "mimeType": "application/pdf", "buffer": buffer.getvalue()}


def photographed(page: Picture, name: str) -> dict[str, object]:
    buffer = BytesIO()
    page.convert("RGB").resize((page.width * 2, page.height * 2)).save(buffer, "JPEG", quality=97)
    return {"name": name, "mimeType": "image/jpeg", "buffer": buffer.getvalue()}


def without_foot(page: Picture) -> Picture:
    torn = page.copy()
    torn.paste(255, (0, round(page.height * 0.88), page.width, page.height))
    return torn


def handed_in(page: Page) -> None:
    """The form goes as soon as its files are there."""
    page.get_by_role("button", name="上传并归档").click()
    page.wait_for_url(re.compile(r"/scans/\d+/$"))


@pytest.mark.parametrize("width", ["desktop", "phone"])
def test_a_form_is_printed_and_comes_back_stamped(visit: Visit, width: str) -> None:
    secretary = visit("secretary", width)
    applied_for(secretary, f"盖章回传（{width}）")
    address, pages = printed(secretary, f"盖章回传（{width}）")
    page = secretary.page
    expect(page.locator("main")).to_contain_text("盖章扫描件：未归档")
    page.locator(".slot").get_by_role("link", name=re.compile("上传")).first.click()
    page.set_input_files("#id_scans", scanned(pages, "盖章.pdf"))
    expect(page.locator("#field-scans")).to_contain_text("盖章.pdf")
    secretary.picture("scan-paper")
    secretary.check_reach()
    page.get_by_role("button", name="上传", exact=True).click()
    page.wait_for_url(secretary.site + address)
    expect(page.locator("main")).to_contain_text("归档，1 页，第 1 次提交的文本")
    secretary.picture("scan-slot")
    secretary.check_reach()


@pytest.mark.parametrize("width", ["desktop", "phone"])
def test_a_pile_in_any_order_files_itself_and_the_rest_is_assigned_by_hand(visit: Visit, width: str) -> None:
    secretary, officer = visit("secretary", "desktop"), visit("officer", width)
    names = [f"整批归档{number}（{width}）" for number in "甲乙"]
    for name in names:
        applied_for(secretary, name)
    (one, [first]), (_, [second]) = (printed(officer, name) for name in names)
    page = officer.page
    officer.open("/scans/new/")
    page.set_input_files("#id_scans", scanned([second, without_foot(first), first], "一摞.pdf"))
    expect(page.locator("#field-scans")).to_contain_text("一摞.pdf")
    officer.picture("scan-new")
    officer.check_reach()
    handed_in(page)
    expect(page.locator("main")).to_contain_text("共 3 页，1 页没有认出", timeout=30_000)
    for name in names:
        expect(page.get_by_role("link", name=name, exact=True)).to_be_visible()
    officer.picture("scan-batch")
    officer.check_reach()
    code = page.locator("#open-papers option", has_text=names[0]).first.get_attribute("value") or ""
    page.get_by_label("第 2 页归到").fill(code)
    page.get_by_role("button", name="按所选归档").click()
    expect(page.locator("#messages")).to_contain_text("已按所选办理")
    expect(page.get_by_role("heading", name="没有认出的页")).to_have_count(0)
    officer.open(one)
    expect(page.locator("main")).to_contain_text("归档，2 页")


def test_what_cannot_be_read_says_why(visit: Visit) -> None:
    officer = visit("officer", "phone")
    page = officer.page
    officer.open("/scans/new/")
    page.set_input_files("#id_scans", {"name": "坏.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7 nothing"})
    handed_in(page)
    expect(page.locator("main")).to_contain_text("文件“坏.pdf”已损坏，请重新扫描后再传", timeout=30_000)
    officer.picture("scan-failed")
    officer.check_reach()


@pytest.mark.parametrize("width", ["desktop", "phone"])
def test_a_photograph_of_an_instruction_goes_on_after_a_break(visit: Visit, width: str) -> None:
    secretary, officer = visit("secretary", "desktop"), visit("officer", width)
    name, title = f"拍照批示（{width}）", f"关于拍照批示（{width}）"
    applied_for(secretary, name)
    address = drawn_up(officer, name, title)
    page = officer.page
    page.get_by_role("link", name="登记批示").click()
    noise = Image.effect_noise((900, 1200), 90)
    sent = cut_after(page, 2)
    page.set_input_files("#id_photo", photographed(noise, "批示.jpg"))
    box = page.locator("#field-photo")
    expect(box).to_contain_text("网络不通，文件留在这台电脑上")
    page.context.set_offline(True)
    officer.picture("instruction-photo-cut")
    page.get_by_role("button", name="登记批示").click()
    expect(page.locator("#offline")).to_contain_text("网络已断开，没有提交")
    page.unroute_all(behavior="wait")
    page.context.set_offline(False)
    expect(page.locator("#offline")).to_contain_text("网络已恢复", timeout=40_000)
    page.get_by_role("button", name="登记批示").click()
    page.wait_for_url(officer.site + address, timeout=60_000)
    expected_only(officer, "ERR_INTERNET_DISCONNECTED")
    assert [starts(sent).count(piece) for piece in (0, 1)] == [1, 1]
    expect(page.get_by_alt_text("批示.jpg")).to_have_count(1)
    page.get_by_role("link", name="承办").first.click()
    if width == "phone":
        page.get_by_text("更多", exact=True).click()
    page.get_by_role("link", name="更正").click()
    page.get_by_label("更正后的批示内容").fill("同意，请抓紧办理。")
    page.get_by_label("更正的原因").fill("补登文字")
    officer.picture("instruction-correction")
    officer.check_reach()
    page.get_by_role("button", name="更正", exact=True).click()
    expect(page.locator("main")).to_contain_text("同意，请抓紧办理。")
    page.get_by_text("已更正 1 次").click()
    officer.picture("instruction-corrected")
    officer.check_reach()
