"""文书模板: our own form is taken down, changed, tried, put in force and printed on; then ours again."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Download, expect

from tests.browser.conftest import Visitor
from tests.papers.reading import word_text
from tests.papers.test_template import edited

pytestmark = pytest.mark.browser

Visit = Callable[[str, str], Visitor]
OURS, CHANGED = "党建项目化管理项目申请表", "本公司党建项目申请表"


@pytest.mark.clause("S-102")
def test_a_changed_form_is_tried_and_put_in_force(visit: Visit) -> None:
    officer, secretary = visit("company-officer", "desktop"), visit("secretary", "desktop")

    def taken(visitor: Visitor, name: str | re.Pattern[str]) -> Download:
        with visitor.page.expect_download() as download:
            visitor.page.get_by_role("link", name=name).first.click()
        return download.value

    page = officer.page
    officer.open("/paper-templates/")
    ours = taken(officer, "下载附件1 项目申请表模板")
    page.get_by_role("link", name="更换附件1 项目申请表模板").click()
    changed = edited(Path(ours.path()).read_bytes(), (OURS, CHANGED))
    page.get_by_label("改好的模板").set_input_files({"name": "改版.docx", "mimeType": "", "buffer": changed})
    expect(page.locator(".pick")).to_have_text("选择文件改版.docx")
    page.get_by_label("修改说明").fill("标题改了")
    officer.at_every_width("paper-template-form")
    page.get_by_role("button", name="上传并检查").click()
    expect(page.locator("#messages")).to_contain_text("检查通过，请预览")
    officer.at_every_width("paper-template")
    tried = word_text(Path(taken(officer, "示例 Word").path()).read_bytes())
    assert CHANGED in tried
    assert "〔项目主要责任人〕" in tried

    secretary.open("/projects/new/")
    secretary.page.get_by_label("项目名称").fill("印在新模板上的项目")
    secretary.page.get_by_role("button", name="下一步，填写申请表").click()
    secretary.page.wait_for_url("**/application/")
    papers = secretary.page.url.removeprefix(secretary.site).replace("application/", "?tab=papers")

    def printed() -> str:
        secretary.open(papers)
        return word_text(Path(taken(secretary, re.compile("^Word")).path()).read_bytes())

    assert OURS in printed(), "nothing changes before the template is in force"
    page.get_by_role("button", name="启用第1版").click()
    expect(page.locator("#messages")).to_contain_text("已启用")
    assert CHANGED in printed()
    page.get_by_role("button", name="恢复系统自带样式").click()
    page.get_by_role("dialog").get_by_role("button", name="确定").click()
    expect(page.locator("#messages")).to_contain_text("已恢复系统自带样式")
    assert OURS in printed()
