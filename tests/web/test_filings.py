"""Pages of filing: a unit's table, handing it in, the company's answers, the table of all."""

from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from python_calamine import CalamineWorkbook

from dangjian.delivery.filing import Filing
from dangjian.foundation import clock
from dangjian.foundation.notice import Notice
from dangjian.overview import company_table
from dangjian.overview.download import Download, make_waiting
from dangjian.papers import excel
from dangjian.projects.project import Project
from tests.cast import Cast, a_filing, a_submitted, an_approved_plan, an_established
from tests.papers.reading import pdf_pages, word_text
from tests.web.test_queries import MOST

Browse = Callable[..., Any]
pytestmark = pytest.mark.clause("S-36", "S-120", "S-121", "S-122")


def text_of(answer: Any) -> str:
    return str(answer.content.decode())


def bytes_of(answer: Any) -> bytes:
    return b"".join(answer.streaming_content)


def test_from_the_live_table_to_the_receipt(cast: Cast, browse: Browse) -> None:
    one, two = (an_established(cast, name=name) for name in ("甲项目", "乙项目"))
    officer, company = browse(cast.people.officer), browse(cast.people.company_officer)
    page = reverse("unit-filing", args=[cast.places.unit.pk])
    assert page in text_of(officer.get("/filings/"))
    shown = text_of(officer.get(page))
    assert '<th scope="colgroup" colspan="3">项目基本情况</th>' in shown
    assert "单位名称：中共华川建设集团第一工程有限公司委员会" in shown
    assert "填表人：陈静" in shown
    refused = officer.post(reverse("filing-new", args=[cast.places.unit.pk]), {"phone": "", "seen": "0"})
    assert refused.context["form"].errors["phone"] == ["请填写联系电话"]
    answer = officer.post(reverse("filing-new", args=[cast.places.unit.pk]), {"phone": "0571-1", "seen": "0"})
    filing = Filing.objects.get()
    assert answer["Location"] == reverse("filing", args=[filing.pk])

    assert f'value="{filing.pk}"' in text_of(company.get("/filings/"))
    there, rows = reverse("filing", args=[filing.pk]), {row.project_id: row.pk for row in filing.rows.all()}
    wrong = company.post(there, {"rows": [rows[two.pk]], "decision": "return", "reason": "", "seen": 0})
    assert wrong.context["form"].errors["reason"] == ["请写明退回补正的理由"]
    assert "checked" in text_of(wrong)
    company.post(there, {"rows": [rows[two.pk]], "decision": "return", "reason": "目标不具体", "seen": 0})
    company.post(there, {"rows": [rows[one.pk]], "decision": "record", "reason": "", "seen": 1})
    assert "退回补正 1" not in text_of(officer.get(there))
    assert "目标不具体" in text_of(officer.get(there))
    assert "目标不具体" in pdf_pages(bytes_of(officer.get(reverse("filing-receipt", args=[filing.pk, "pdf"]))))[0]
    rail = text_of(officer.get(reverse("project", args=[one.pk])))
    assert "备案" in rail

    form = officer.get(reverse("filing-new", args=[cast.places.unit.pk])).context["form"]
    assert form["phone"].value() == "0571-1"
    officer.post(
        reverse("filing-new", args=[cast.places.unit.pk]),
        {"phone": "0571-1", "seen": "1", f"explanation_{two.pk}": "已细化"},
    )
    again = Filing.objects.get(number=2)
    read = text_of(company.get(reverse("filing", args=[again.pk])))
    assert "<dt>上一版退回理由</dt><dd>目标不具体</dd><dt>补正说明</dt><dd>已细化</dd>" in read
    compared = company.get(reverse("filing-differences", args=[again.pk]))
    assert [each.changed for each in compared.context["explained"]] == [(("补正说明", "", "已细化"),)]
    assert "两版内容相同" not in text_of(compared)
    done = text_of(company.post("/filings/", {"filings": [again.pk]}))
    assert "第2版：已备案" in done
    assert Project.objects.filter(filing_state="recorded").count() == 2


def test_whoever_comes_second_is_told_so_on_the_page(cast: Cast, browse: Browse) -> None:
    filing = a_filing(cast)
    company, there = browse(cast.people.company_officer), reverse("filing", args=[filing.pk])
    company.post(there, {"decision": "all", "seen": 0})
    assert "您的操作没有执行" in text_of(company.post(there, {"decision": "all", "seen": 0}))


def test_nonsense_is_answered_and_changes_nothing(cast: Cast, browse: Browse) -> None:
    filing = a_filing(cast)
    company, there = browse(cast.people.company_officer), reverse("filing", args=[filing.pk])
    for sent in (
        {},
        {"decision": "nothing"},
        {"decision": "record", "rows": ["x"]},
        {"decision": "record", "seen": "x"},
    ):
        assert company.post(there, sent).status_code == 200
    for query in ("?year=1999&state=zzz&late=1&page=x", "?q=" + "长" * 99, "?year=20222"):
        assert company.get("/filings/" + query).status_code == 200
    assert company.post("/filings/", {"filings": ["0"]}).status_code == 200
    assert company.get(reverse("filing-differences", args=[filing.pk]) + "?from=x").status_code == 200
    assert filing.reload().version == 0


def test_what_changed_afterwards_is_shown_as_not_reported(cast: Cast, browse: Browse) -> None:
    filing = a_filing(cast)
    an_established(cast, name="后来的项目")
    officer = browse(cast.people.officer)
    assert "有 1 项变动未报" in text_of(officer.get(reverse("filing", args=[filing.pk])))
    shown = text_of(officer.get(reverse("unit-filing", args=[cast.places.unit.pk])))
    assert "有变动未报" in shown
    assert "后来的项目" in shown


def test_the_company_sees_who_has_not_handed_in_and_urges_them(cast: Cast, browse: Browse) -> None:
    an_established(cast)
    company = browse(cast.people.company_officer)
    shown = text_of(company.get("/filings/missing/"))
    assert "以下 1 个单位尚未报送" in shown
    assert cast.places.unit.short_name in shown
    company.post("/filings/missing/reminder/")
    assert Notice.objects.filter(person=cast.people.officer, text__contains="请报送").count() == 1
    again = company.post("/filings/missing/reminder/", follow=True)
    assert "今天已经提醒过" in text_of(again)
    a_filing(cast)
    assert "都已报送" in text_of(company.get("/filings/missing/"))


def test_late_is_said_before_and_after(cast: Cast, browse: Browse) -> None:
    an_established(cast)
    with clock.fixed_at("2022-09-10 09:00"):
        officer = browse(cast.people.officer)
        page = reverse("filing-new", args=[cast.places.unit.pk])
        assert "报送后标注迟报" in text_of(officer.get(page))
        officer.post(page, {"phone": "1", "seen": "0"})
        assert "迟报" in text_of(browse(cast.people.company_officer).get("/filings/?late=yes"))
        assert "没有符合条件" in text_of(browse(cast.people.company_officer).get("/filings/?late=no"))


def test_a_version_that_follows_one_taken_back_tells_the_last_day_as_the_first_does(cast: Cast, browse: Browse) -> None:
    an_established(cast)
    first = a_filing(cast)
    first.recall(by=cast.people.officer)
    for filing in (first, a_filing(cast)):
        page = text_of(browse(cast.people.officer).get(reverse("filing", args=[filing.pk])))
        assert "，2022年9月3日截止" in page


def test_late_stays_said_with_its_days_on_page_list_and_receipt_whatever_is_corrected(
    cast: Cast, browse: Browse
) -> None:
    kept, back = (an_established(cast, name=name) for name in ("甲项目", "乙项目"))
    with clock.fixed_at("2022-09-10 09:00"):
        first = a_filing(cast)
        rows = {row.project_id: row.pk for row in first.rows.all()}
        first.answer(record=[rows[kept.pk]], returned={rows[back.pk]: "请补充"}, by=cast.people.company_officer)
    with clock.fixed_at("2022-09-20 09:00"):
        second = a_filing(cast, explanations={back.pk: "已补充"})
        second.settle(by=cast.people.company_officer)
        company, unit = browse(cast.people.company_officer), reverse("unit-filing", args=[cast.places.unit.pk])
        for filing, word in ((first, "迟报 7 天"), (second, "首版迟报 7 天")):
            page = text_of(company.get(reverse("filing", args=[filing.pk])))
            assert f'<span class="tag">{word}</span>' in page
            assert f"（{word}）" in page
            assert ("2022年9月3日截止（" in page) is (filing == first)
            receipt = pdf_pages(bytes_of(company.get(reverse("filing-receipt", args=[filing.pk, "pdf"]))))[0]
            assert f"（{word.replace(' ', '')}）" in receipt
        shown = text_of(company.get(unit))
        assert '<span class="tag">迟报 7 天</span>' in shown
        assert '<span class="late">首版迟报 7 天</span>' in shown
        assert '<span class="tag">首版迟报 7 天</span>' in text_of(company.get("/filings/?late=yes"))
        assert "没有符合条件" in text_of(company.get("/filings/?late=no"))


def test_on_time_says_nothing_of_lateness(cast: Cast, browse: Browse) -> None:
    filing, company = a_filing(cast), browse(cast.people.company_officer)
    for page in (reverse("filing", args=[filing.pk]), reverse("unit-filing", args=[cast.places.unit.pk])):
        assert "迟报" not in text_of(company.get(page))
    assert "没有符合条件" in text_of(company.get("/filings/?late=yes"))


def test_a_returned_line_leads_who_hands_in_to_the_next_version(cast: Cast, browse: Browse) -> None:
    one, two = (an_established(cast, name=name) for name in ("甲项目", "乙项目"))
    filing = a_filing(cast)
    rows, there = {row.project_id: row.pk for row in filing.rows.all()}, reverse("filing", args=[filing.pk])
    new = f"{reverse('filing-new', args=[cast.places.unit.pk])}?year=2022"
    officer = browse(cast.people.officer)
    assert new not in text_of(officer.get(there))
    filing.answer(record=[rows[one.pk]], returned={rows[two.pk]: "目标不具体"}, by=cast.people.company_officer)
    unit = reverse("unit-filing", args=[cast.places.unit.pk])
    for page in (there, unit):
        shown = text_of(officer.get(page))
        assert shown.count(f'href="{new}#id_explanation_{two.pk}"') == 1
        assert f"#id_explanation_{one.pk}" not in shown
    assert f'id="id_explanation_{two.pk}"' in text_of(officer.get(new))
    for who in (cast.people.unit_secretary, cast.people.company_officer):
        for page in (there, unit):
            told = text_of(browse(who).get(page))
            assert "目标不具体" in told
            assert new not in told
    a_filing(cast, explanations={two.pk: "已补充"})
    assert new not in text_of(officer.get(there))


def test_the_branch_reads_on_its_project_why_its_line_came_back(cast: Cast, browse: Browse) -> None:
    project = an_established(cast)
    page, secretary = reverse("project", args=[project.pk]), browse(cast.people.secretary)

    def stop() -> str:
        return next(stage["note"] for stage in secretary.get(page).context["rail"] if stage["label"] == "备案")

    assert stop() == ""
    filing = a_filing(cast)
    assert stop() == "待备案"
    filing.answer(returned={filing.rows.get().pk: "目标不具体"}, by=cast.people.company_officer)
    assert stop() == "退回补正"
    for tab in ("", "?tab=papers", "?tab=records"):
        assert "备案退回补正：目标不具体" in text_of(secretary.get(page + tab))
    a_filing(cast, explanations={project.pk: "已细化"})
    assert stop() == "待备案"
    assert "目标不具体" not in text_of(secretary.get(page))
    Filing.objects.get(number=2).settle(by=cast.people.company_officer)
    assert stop() == ""


@pytest.mark.parametrize(("count", "folds"), [(12, False), (13, True)])
def test_more_than_twelve_changes_fold_with_their_number(cast: Cast, browse: Browse, count: int, folds: bool) -> None:
    a_filing(cast)
    for number in range(count):
        an_established(cast, name=f"新增{number:02d}")
    second, company = a_filing(cast), browse(cast.people.company_officer)
    page = text_of(company.get(reverse("filing-differences", args=[second.pk])))
    assert ("共 13 项变动，看第 13 至 13 项" in page) is folds
    assert all(page.count(f"新增{number:02d}") == 1 for number in range(count))


@pytest.mark.parametrize("kind", ["docx", "pdf", "xlsx"])
def test_the_table_leaves_as_word_pdf_and_excel(cast: Cast, browse: Browse, kind: str) -> None:
    filing = a_filing(cast)
    officer, company = browse(cast.people.officer), browse(cast.people.company_officer)
    for ask, path in (
        (officer.get, reverse("unit-filing-paper", args=[cast.places.unit.pk, kind])),
        (officer.get, reverse("filing-paper", args=[filing.pk, kind])),
        (company.post, reverse("filing-company-paper", args=[kind])),
    ):
        made = bytes_of(ask(path))
        if kind == "docx":
            assert "党建项目化管理项目汇总表" in word_text(made)
        elif kind == "pdf":
            assert "2022.8~2022.12" in pdf_pages(made)[0]
        else:
            assert BytesIO(made).read(2) == b"PK"


@pytest.mark.parametrize(
    ("who", "seen"),
    [("officer", True), ("unit_secretary", True), ("company_officer", True), ("leader", True),
     ("secretary", False), ("foreign_officer", False), ("staff", False), ("security_admin", False)],
)  # fmt: skip
def test_pages_exist_for_the_unit_and_those_above(cast: Cast, browse: Browse, who: str, seen: bool) -> None:
    filing, browser = a_filing(cast), browse(getattr(cast.people, who))
    filing.settle(by=cast.people.company_officer)
    for name, args in (
        ("unit-filing", [cast.places.unit.pk]), ("unit-filing-paper", [cast.places.unit.pk, "docx"]),
        ("filing", [filing.pk]), ("filing-paper", [filing.pk, "xlsx"]), ("filing-receipt", [filing.pk, "docx"]),
        ("filing-differences", [filing.pk]),
    ):  # fmt: skip
        assert browser.get(reverse(name, args=args)).status_code == (200 if seen else 404), f"{who} {name}"
    hands_in = who == "officer"
    assert browser.get(reverse("filing-new", args=[cast.places.unit.pk])).status_code == (200 if hands_in else 404)
    if who != "company_officer":
        assert browser.post(reverse("filing", args=[filing.pk]), {"decision": "all"}).status_code == 404
    sees_all = who in ("company_officer", "leader")
    assert browser.post(reverse("filing-company-paper", args=["pdf"])).status_code == (200 if sees_all else 404)


def test_there_is_no_receipt_before_an_answer_and_no_other_kind_of_file(cast: Cast, browse: Browse) -> None:
    filing, officer = a_filing(cast), browse(cast.people.officer)
    receipt = reverse("filing-receipt", args=[filing.pk, "pdf"])
    assert officer.get(receipt).status_code == 404
    filing.answer(returned={filing.rows.get().pk: "目标不具体"}, by=cast.people.company_officer)
    assert officer.get(receipt).status_code == 404, "nothing of it is on file"
    assert "备案回执" not in text_of(officer.get(reverse("filing", args=[filing.pk])))
    again = a_filing(cast, explanations={Project.objects.get().pk: "已细化"})
    again.settle(by=cast.people.company_officer)
    shown = text_of(officer.get(reverse("filing", args=[again.pk])))
    for kind in ("docx", "pdf"):
        receipt = reverse("filing-receipt", args=[again.pk, kind])
        assert f'href="{receipt}"' in shown
        assert officer.get(receipt).status_code == 200
    assert officer.get(reverse("filing-paper", args=[filing.pk, "exe"])).status_code == 404
    assert browse(cast.people.leader).post(reverse("filing-company-paper", args=["exe"])).status_code == 404


def test_a_long_company_table_is_made_by_the_worker(
    cast: Cast, browse: Browse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(company_table, "MOST_AT_ONCE", 1)
    company, ask = browse(cast.people.company_officer), reverse("filing-company-paper", args=["xlsx"])
    assert "还没有单位报送" in text_of(company.post(ask, follow=True))
    a_filing(cast)
    assert company.post(ask).streaming
    an_established(cast, name="第二个")
    a_filing(cast)
    answer = company.post(ask, follow=True)
    assert answer.redirect_chain == [("/downloads/", 302)]
    make_waiting()
    made = company.get(reverse("download-file", args=[Download.objects.get().pk]))
    assert made["Content-Type"] == excel.MEDIA_TYPE
    rows = CalamineWorkbook.from_filelike(BytesIO(bytes_of(made))).get_sheet_by_index(0).to_python()
    assert sum("第二个" in row for row in rows) == 1
    # Whoever oversees the company no longer gets nothing of what was asked for before.
    gone = Download.ask(company_table.KIND, name="a.pdf", query="year=2022&kind=pdf", by=cast.people.officer)
    make_waiting()
    assert (gone.__class__.objects.get(pk=gone.pk).state, gone.file.is_file()) == ("failed", False)


def test_the_ledger_is_narrowed_by_how_a_line_stands(cast: Cast, browse: Browse) -> None:
    one, two = (an_established(cast, name=name) for name in ("已报的", "退回的"))
    filing = a_filing(cast)
    rows = {row.project_id: row.pk for row in filing.rows.all()}
    filing.answer(record=[rows[one.pk]], returned={rows[two.pk]: "请补充"}, by=cast.people.company_officer)
    an_established(cast, name="还没报的")
    a_submitted(cast, name="还没立项的")
    officer = browse(cast.people.officer)

    def found(standing: str) -> list[str]:
        page = officer.get(f"/projects/?filing={standing}&order=number").context["page"]
        return [row["name"] for row in page.rows]

    assert [found(each) for each in ("recorded", "returned", "none", "waiting")] == [
        ["已报的"], ["退回的"], ["还没报的"], []
    ]  # fmt: skip
    assert "备案：退回补正" in text_of(officer.get("/projects/?filing=returned"))


def test_lists_take_as_many_queries_for_ten_projects_as_for_one(cast: Cast, browse: Browse) -> None:
    officer, company = browse(cast.people.officer), browse(cast.people.company_officer)
    unit = reverse("unit-filing", args=[cast.places.unit.pk])

    def queries(filing: Filing) -> list[int]:
        found = []
        for browser, page in (
            (officer, unit), (officer, reverse("filing-new", args=[cast.places.unit.pk])), (company, "/filings/"),
            (company, reverse("filing", args=[filing.pk])), (company, "/filings/company/"),
        ):  # fmt: skip
            browser.get(page)
            with CaptureQueriesContext(connection) as asked:
                assert browser.get(page).status_code == 200
            found.append(len(asked))
        return found

    first = a_filing(cast, by=cast.people.officer)
    first.answer(returned={first.rows.get().pk: "请补充"}, by=cast.people.company_officer)
    an_approved_plan(cast, Project.objects.get())
    of_one = queries(a_filing(cast))
    for number in range(9):
        an_approved_plan(cast, an_established(cast, name=f"项目{number}"))
    third = a_filing(cast)
    assert third.rows.count() == 10
    assert queries(third) == of_one
    assert max(of_one) <= MOST


def test_the_unit_takes_its_version_back_until_the_company_has_begun(cast: Cast, browse: Browse) -> None:
    an_established(cast)
    filing, officer = a_filing(cast), browse(cast.people.officer)
    page, recall = reverse("filing", args=[filing.pk]), reverse("filing-recall", args=[filing.pk])
    assert f'href="{recall}"' in text_of(officer.get(page))
    assert "恢复为未报送，是否迟报以重新报送的时间为准" in text_of(officer.get(recall))
    shown = text_of(officer.post(recall, follow=True))
    assert "已撤回报送" in shown
    assert f'href="{recall}"' not in shown
    unit = officer.get(reverse("unit-filing", args=[cast.places.unit.pk]))
    assert [(row["number_text"], row["state_text"]) for row in unit.context["versions"]] == [("第1版", "已撤回")]
    assert unit.context["versions"][0]["waiting"] == 0
    assert [row["state_text"] for row in officer.get(page).context["page"].rows] == ["已撤回"]
    assert unit.context["standing"] is None
    again = officer.get(reverse("filing-new", args=[cast.places.unit.pk])).context["form"]
    assert (again["phone"].value(), again["seen"].value()) == (filing.phone, 0), "nothing is asked for twice"
    assert unit.context["moves"][0]["refusal"] == ""
    company = text_of(browse(cast.people.company_officer).get(page))
    assert "已撤回" in company
    assert "全部备案" not in company
    again = a_filing(cast)
    again.settle(by=cast.people.company_officer)
    recall = reverse("filing-recall", args=[again.pk])
    assert f'href="{recall}"' not in text_of(officer.get(reverse("filing", args=[again.pk])))
    assert "公司已开始办理，不能撤回" in text_of(officer.get(recall))


def test_the_unit_corrects_the_telephone_number_in_place(cast: Cast, browse: Browse) -> None:
    filing, officer = a_filing(cast), browse(cast.people.officer)
    page = reverse("filing-phone", args=[filing.pk])
    assert "请填写联系电话" in text_of(officer.post(page, {"phone": " "}))
    shown = text_of(officer.post(page, {"phone": "0571-88000009"}, follow=True))
    assert "0571-88000009" in shown
    assert "第2版" not in shown


@pytest.mark.parametrize(
    "who", ["company_officer", "leader", "unit_secretary", "secretary", "foreign_officer", "staff"]
)
@pytest.mark.parametrize("name", ["filing-recall", "filing-phone"])
def test_what_the_unit_does_is_nobody_elses_page(cast: Cast, browse: Browse, who: str, name: str) -> None:
    path = reverse(name, args=[a_filing(cast).pk])
    browser = browse(getattr(cast.people, who))
    assert browser.get(path).status_code == 404
    assert browser.post(path, {"phone": "1"}).status_code == 404


def test_each_line_goes_back_for_its_own_reason_or_the_common_one(cast: Cast, browse: Browse) -> None:
    one, two, three = (an_established(cast, name=name) for name in ("甲", "乙", "丙"))
    filing, company = a_filing(cast), browse(cast.people.company_officer)
    page = reverse("filing", args=[filing.pk])
    rows = {row.project_id: row.pk for row in filing.rows.all()}
    own, stray = f"reason_{rows[one.pk]}", f"reason_{rows[three.pk]}"
    sent = {"rows": [rows[one.pk], rows[two.pk]], "decision": "return", own: "目标不具体"}
    refused = company.post(page, sent)
    assert "请写明“乙”退回补正的理由" in text_of(refused)
    assert "目标不具体" in text_of(refused), "what was typed is not lost"
    assert "“丙”写了退回理由" in text_of(company.post(page, sent | {"reason": "请补充措施", stray: "忘了选中"}))
    for decision in ("record", "all"):
        assert "“甲”写了退回理由" in text_of(company.post(page, {**sent, "decision": decision}))
    assert not filing.rows.exclude(state="waiting").exists()
    company.post(page, sent | {"reason": "请补充措施"})
    told = dict(filing.rows.values_list("project__name", "reason"))
    assert told == {"甲": "目标不具体", "乙": "请补充措施", "丙": ""}


def test_what_was_typed_for_a_line_answered_meanwhile_is_shown_to_be_copied(cast: Cast, browse: Browse) -> None:
    one, two = (an_established(cast, name=name) for name in ("甲", "乙"))
    filing, company = a_filing(cast), browse(cast.people.company_officer)
    page = reverse("filing", args=[filing.pk])
    rows = {row.project_id: row.pk for row in filing.rows.all()}
    typed = {f"reason_{rows[one.pk]}": "目标不具体", f"reason_{rows[two.pk]}": "措施不全", "reason": "请补充"}
    sent = {"rows": list(rows.values()), "decision": "return", "seen": 0, **typed}
    filing.answer(record=[rows[one.pk]], by=cast.people.company_officer)
    shown = company.post(page, sent)
    assert shown.context["left"] == [{"label": "“甲”的退回理由", "value": "目标不具体"}]
    assert "您写的没有登记，要留用的请抄下" in text_of(shown)
    assert shown.context["form"]["reason"].value() == "请补充", "it stays in its box"
    assert text_of(shown).count("措施不全") == 1, "it stays in its box"
    filing.reload().answer(record=[rows[two.pk]], by=cast.people.company_officer)
    left = company.post(page, sent).context["left"]
    assert [one["value"] for one in left] == ["目标不具体", "措施不全", "请补充"], "no box is left for any of it"
    assert not company.get(page).context["left"]


def test_the_table_of_today_stands_line_by_line_for_a_phone(cast: Cast, browse: Browse) -> None:
    an_established(cast, name="甲")
    shown = browse(cast.people.officer).get(reverse("unit-filing", args=[cast.places.unit.pk]))
    assert [row["name"] for row in shown.context["rows"]] == ["甲"]
    assert 'class="sheet sheet--flush on-phone"' in text_of(shown)
