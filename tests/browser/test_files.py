"""Files that buttons answer with: the page stays, so the next button must not wait for a page to come."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Found, Visitor, served

pytestmark = pytest.mark.browser

Visit = Callable[[str, str], Visitor]


@pytest.fixture(scope="module")
def site(found: Found) -> Iterator[str]:
    """A site of its own: a unit has handed in its table."""
    with served(found("site-files"), "tests.browser.site_of_filings") as address:
        yield address


def taken(page: Page, label: str) -> str:
    """The name of the file that the button answers with, in less time than the form is kept shut after a press."""
    with page.expect_download(timeout=6000) as download:
        page.get_by_role("button", name=label, exact=True).click()
    return download.value.suggested_filename


def test_the_company_s_table_is_taken_in_one_form_after_the_other(visit: Visit) -> None:
    company = visit("company-officer", "desktop")
    company.open("/filings/company/")
    assert [taken(company.page, label).rpartition(".")[2] for label in ("Word", "Excel", "Excel")] == [
        "docx",
        "xlsx",
        "xlsx",
    ]


def test_a_unit_s_volume_is_taken_twice(visit: Visit) -> None:
    officer = visit("officer", "desktop")
    officer.open("/filings/")
    officer.page.locator("a[href*='/filings/units/']").first.click()
    assert taken(officer.page, "成册") == taken(officer.page, "成册")
