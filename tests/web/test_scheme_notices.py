"""The pages of a scheme notice: from the company's form to a branch's signature, and who may open what."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from dangjian.foundation.evidence import Attachment
from dangjian.people.organisation import Kind, Organisation
from dangjian.programmes.scheme_notice import SchemeNotice
from tests.cast import Cast, a_forwarded_notice, a_scheme_notice

Browse = Callable[..., Any]

READERS = {"company_officer", "leader", "officer", "unit_secretary", "secretary", "clerk", "member"}


def page(name: str, notice: SchemeNotice, *more: int) -> str:
    return reverse(name, args=[notice.pk, *more])


def a_pdf(name: str = "方案.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, b"%PDF-1.7 scheme")


@pytest.mark.clause("S-01")
def test_a_notice_goes_from_the_company_to_a_branch(cast: Cast, browse: Browse) -> None:
    company, officer, secretary = (
        browse(getattr(cast.people, who)) for who in ("company_officer", "officer", "secretary")
    )
    form = company.get(reverse("scheme-notice-new")).context["form"]
    assert form["title"].value() == "关于开展党建项目化管理工作的方案"
    sent = {"title": form["title"].value(), "number": "华川党〔2022〕38号", "issued_on": "2022-08-24"}
    sent |= {"addressees": [cast.places.unit.pk], "file": a_pdf(), "text": "请认真贯彻落实。"}
    company.post(reverse("scheme-notice-new"), sent)
    notice = SchemeNotice.objects.get()
    for address in ("/", "/todos/"):
        shown = officer.get(address).content.decode()
        assert "签收方案通知" in shown
        assert page("scheme-notice", notice) in shown
    text = {"text": "本单位8月25日前报。", "branches": [cast.places.branch.pk], "file": a_pdf("补充.pdf")}
    officer.post(page("scheme-notice-forward", notice), text)
    shown = secretary.get(page("scheme-notice", notice)).content.decode()
    for part in ("请认真贯彻落实。", "一公司党委补充要求", "本单位8月25日前报。", "补充.pdf", "华川党〔2022〕38号"):
        assert part in shown
    own = notice.receipts.get(organisation=cast.places.branch)
    secretary.post(page("scheme-notice-receipt", notice, own.pk))
    assert "第一项目部党支部" in secretary.get(page("scheme-notice", notice)).content.decode()
    own.refresh_from_db()
    assert own.signed_by == cast.people.secretary


@pytest.mark.parametrize("who", sorted(READERS | {"staff", "foreign_officer", "direct_secretary", "system_admin"}))
def test_who_opens_what_of_a_notice(cast: Cast, browse: Browse, who: str) -> None:
    notice = a_forwarded_notice(cast, addressees=[cast.places.unit])
    browser = browse(getattr(cast.people, who))
    own = Attachment.objects.get(noun="schemenotice")
    added = Attachment.objects.get(noun="noticeforward")
    seen = 200 if who in READERS else 404
    assert browser.get(page("scheme-notice", notice)).status_code == seen
    for kept in (own, added):
        answer = browser.get(page("scheme-notice-file", notice, kept.pk))
        assert answer.status_code == seen
        b"".join(answer.streaming_content) if answer.streaming else answer.content
    asks = 200 if who in ("company_officer", "officer") else 404
    assert browser.get(page("scheme-notice-unsigned", notice)).status_code == asks
    assert browser.post(page("scheme-notice-reminder", notice)).status_code == (302 if asks == 200 else 404)
    assert browser.get(page("scheme-notice-forward", notice)).status_code == 404
    assert browser.get(page("scheme-notice-revocation", notice)).status_code == (
        200 if who == "company_officer" else 404
    )
    held = notice.receipts.get(organisation=cast.places.branch)
    signs = who in ("secretary", "clerk")
    assert browser.post(page("scheme-notice-receipt", notice, held.pk)).status_code == (302 if signs else 404)
    assert browser.get(page("scheme-notice-receipt", notice, held.pk)).status_code == 405


def test_a_unit_s_file_is_not_open_to_another_unit_that_has_the_notice_too(cast: Cast, browse: Browse) -> None:
    notice = a_forwarded_notice(cast)
    added = Attachment.objects.get(noun="noticeforward")
    foreign = browse(cast.people.foreign_officer)
    assert foreign.get(page("scheme-notice-file", notice, added.pk)).status_code == 404
    shown = foreign.get(page("scheme-notice", notice) + f"?unit={cast.places.unit.pk}").content.decode()
    assert "本单位请于8月25日前提交" not in shown
    assert "第一项目部党支部" not in shown


def test_the_company_reads_its_addressees_and_opens_a_unit_s_branches(cast: Cast, browse: Browse) -> None:
    notice = a_forwarded_notice(cast)
    browser = browse(cast.people.company_officer)
    rows = browser.get(page("scheme-notice", notice)).context["page"].rows
    assert [row["organisation"].short_name for row in rows] == ["一公司党委", "二公司党委", "集团机关党支部"]
    assert rows[0]["passed_text"] == "转发 2 个支部，0 个已签收"
    one = browser.get(page("scheme-notice", notice) + f"?unit={cast.places.unit.pk}&state=unsigned")
    assert [row["organisation"] for row in one.context["page"].rows] == [cast.places.branch, cast.places.small_branch]
    assert "本单位请于8月25日前提交" in one.content.decode()


def test_a_form_that_is_refused_keeps_what_was_typed(cast: Cast, browse: Browse) -> None:
    sent = {"title": "方案", "number": "1号", "issued_on": "2022-09-30", "addressees": [cast.places.unit.pk]}
    shown = browse(cast.people.company_officer).post(reverse("scheme-notice-new"), {**sent, "file": a_pdf()})
    assert "印发日期不能晚于今天" in shown.content.decode()
    assert shown.context["form"]["number"].value() == "1号"
    bare = browse(cast.people.company_officer).post(reverse("scheme-notice-new"), sent)
    assert "file" in bare.context["form"].errors


def test_the_company_revokes_with_a_reason_that_every_reader_finds_on_the_page(cast: Cast, browse: Browse) -> None:
    notice = a_forwarded_notice(cast)
    company, secretary = browse(cast.people.company_officer), browse(cast.people.secretary)
    assert "撤销通知" not in secretary.get(page("scheme-notice", notice)).content.decode()
    refused = company.post(page("scheme-notice-revocation", notice), {"reason": ""})
    assert "请写明撤销理由" in refused.content.decode()
    company.post(page("scheme-notice-revocation", notice), {"reason": "附件有误，另行印发"})
    shown = secretary.get(page("scheme-notice", notice)).content.decode()
    assert "马文 8月24日 09:00撤销了这份通知：附件有误，另行印发" in shown
    assert "请为第一项目部党支部签收" not in shown
    listed = secretary.get(reverse("scheme-notices")).content.decode()
    assert ("已撤销" in listed, "待签收" in listed) == (True, False)
    own = notice.receipts.get(organisation=cast.places.branch)
    answer = secretary.post(page("scheme-notice-receipt", notice, own.pk), follow=True)
    assert "这份通知已撤销，不用签收" in answer.content.decode()
    assert "现在不能办理" in company.get(page("scheme-notice-revocation", notice)).content.decode()


def test_many_receipts_take_as_many_queries_as_few(cast: Cast, browse: Browse) -> None:
    browser, unit = browse(cast.people.company_officer), cast.places.unit

    def counted(notice: SchemeNotice) -> int:
        with CaptureQueriesContext(connection) as queries:
            browser.get(page("scheme-notice", notice))
            browser.get(reverse("scheme-notices"))
        return len(queries)

    notice = a_scheme_notice(cast, addressees=[unit])
    browser.get("/")
    few = counted(notice)
    for index in range(6):
        Organisation.found(
            parent=cast.places.company, by=cast.people.system_admin, full_name=f"单位{index}", short_name=f"单位{index}",
            kind=Kind.COMMITTEE, may_establish=True,
        )  # fmt: skip
    assert counted(a_scheme_notice(cast)) == few
