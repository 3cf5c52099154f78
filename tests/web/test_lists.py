"""The project list: what one looks for, which columns, what leaves as Excel, and the queries one keeps."""

from collections.abc import Callable
from datetime import date
from io import BytesIO
from typing import Any
from urllib.parse import quote

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from python_calamine import CalamineWorkbook

from dangjian.foundation import clock
from dangjian.foundation.audit import AuditEntry
from dangjian.foundation.lifecycle import Refused
from dangjian.overview.saved_view import MOST, SavedView
from dangjian.programmes.round import Round
from dangjian.programmes.scheme import source_plan_text
from dangjian.programmes.scheme_version import SchemeVersion
from dangjian.projects.partner import Partner
from dangjian.projects.project import Project
from dangjian.web import project_list
from dangjian.web.lists import page_of
from tests.cast import Cast, a_draft, a_screened, a_submitted, an_established

Browse = Callable[..., Any]
LIST = "/projects/"
EXPORT = "/projects/export/"
HTMX = {"HX-Request": "true"}


def table(answer: Any) -> list[list[Any]]:
    """The rows of an exported workbook without its lead: title, head, projects, foot."""
    title, _lead, *rows = whole_table(answer)
    return [title, *rows]


def whole_table(answer: Any) -> list[list[Any]]:
    assert answer.status_code == 200, answer
    return CalamineWorkbook.from_filelike(BytesIO(b"".join(answer.streaming_content))).get_sheet_by_index(0).to_python()


def names(rows: list[list[Any]]) -> list[Any]:
    column = rows[1].index("项目名称")
    return [row[column] for row in rows[2:-1]]


# Rows alone, or the whole page


def test_a_filter_is_answered_with_rows_that_no_browser_keeps_as_the_page(cast: Cast, browse: Browse) -> None:
    a_submitted(cast)
    browser = browse(cast.people.officer)
    rows = browser.get(f"{LIST}?q=降耗&unit=&state=screening", headers=HTMX)
    assert "<html" not in rows.content.decode()
    assert rows["Cache-Control"] == "no-store"
    assert rows["HX-Push-Url"] == f"{LIST}?q={quote('降耗')}&state=screening"
    page = browser.get(f"{LIST}?q=降耗")
    assert "<html" in page.content.decode()
    assert [each["Vary"] for each in (rows, page)] == ["HX-Request, Cookie", "HX-Request, Cookie"]


def test_going_back_is_answered_with_the_whole_page(cast: Cast, browse: Browse) -> None:
    back = browse(cast.people.officer).get(LIST, headers={**HTMX, "HX-History-Restore-Request": "true"})
    assert "<html" in back.content.decode()


def test_the_address_of_a_later_page_of_another_size_is_kept_and_beyond_the_last_is_the_last(
    cast: Cast, browse: Browse
) -> None:
    for number in range(51):
        a_draft(cast, name=f"项目{number}")
    browser = browse(cast.people.secretary)
    rows = browser.get(f"{LIST}?page=2&size=50", headers=HTMX)
    assert rows["HX-Push-Url"] == f"{LIST}?size=50&page=2"
    beyond = browser.get(f"{LIST}?page=99&size=50", headers=HTMX)
    assert beyond["HX-Push-Url"] == f"{LIST}?size=50&page=2"
    page = browser.get(f"{LIST}?page=99").context["page"]
    assert (page.number, len(page.rows), page.counted, page.next_url) == (3, 11, 51, "")
    assert page.previous_url == "?page=2"


def test_a_later_page_of_nothing_is_the_first() -> None:
    page = page_of([], {"page": "7"})
    assert (page.number, page.rows, page.counted, page.previous_url) == (1, [], 0, "")
    assert page_of(list(range(40)), {"page": "3"}).rows == list(range(20, 40))


# What one looks for


def test_one_character_is_looked_for_at_the_beginning_and_the_page_says_so(cast: Cast, browse: Browse) -> None:
    project = a_submitted(cast)
    browser = browse(cast.people.officer)
    for word, found in (("发", True), ("张", True), ("第", True), ("能", False)):
        text = browser.get(f"{LIST}?q={word}").content.decode()
        assert (project.name in text) == found, word
        assert "单独一个字只从名称、编号、支部、单位、责任人的开头找" in text
    assert "单独一个字" not in browser.get(f"{LIST}?q=节能").content.decode()


def test_words_that_are_too_long_find_nothing_and_the_page_says_why(cast: Cast, browse: Browse) -> None:
    project = a_submitted(cast)
    text = browse(cast.people.officer).get(f"{LIST}?q={'长' * 61}").content.decode()
    assert "查找的词最多 60 个字，请缩短后再查" in text
    assert project.name not in text


def test_every_word_counts_however_many_there_are(cast: Cast) -> None:
    project = a_submitted(cast)
    assert project in Project.objects.search("发挥 党员 作用 实现 节能 降耗 万元")
    assert project not in Project.objects.search("发挥 党员 作用 实现 节能 降耗 万元 没有")


# Columns


def test_only_the_chosen_columns_are_shown_in_the_order_of_the_list(cast: Cast, browse: Browse) -> None:
    a_submitted(cast)
    answer = browse(cast.people.officer).get(f"{LIST}?cols=carrier&cols=unit&cols=nonsense")
    assert [head.column.key for head in answer.context["heads"]] == ["name", "unit", "carrier"]


@pytest.mark.parametrize("query", ["", "cols=nonsense", "cols="])
def test_who_has_chosen_no_column_sees_the_usual_ones(cast: Cast, browse: Browse, query: str) -> None:
    heads = browse(cast.people.officer).get(f"{LIST}?{query}").context["heads"]
    assert [head.column.label for head in heads] == [
        "编号", "项目名称", "承担支部", "所属单位", "起止", "主要责任人", "来源", "议题", "状态", "当前环节", "停留",
    ]  # fmt: skip


def test_the_columns_stay_when_a_filter_goes(cast: Cast, browse: Browse) -> None:
    a_submitted(cast)
    answer = browse(cast.people.officer).get(f"{LIST}?cols=name&cols=unit&state=screening")
    assert [chip["clear_url"] for chip in answer.context["filters"]] == ["?cols=name&cols=unit"]
    assert answer.context["clear_url"] == f"{LIST}?cols=name&cols=unit"


def test_the_usual_columns_are_not_spelled_out_in_the_address(cast: Cast, browse: Browse) -> None:
    keys = ["number", "name", "branch", "unit", "span", "owner", "origin", "topic", "state", "stage", "stay"]
    rows = browse(cast.people.officer).get(f"{LIST}?" + "&".join(f"cols={key}" for key in keys), headers=HTMX)
    assert rows["HX-Push-Url"] == LIST


# Excel


def test_the_export_holds_what_the_list_shows_on_all_its_pages(cast: Cast, browse: Browse) -> None:
    made = [a_submitted(cast, name=f"题目{index:02d}") for index in range(23)]
    an_established(cast, name="另一状态")
    browser, query = browse(cast.people.officer), "state=screening&order=tree&size=20"
    first = [row["name"] for row in browser.get(f"{LIST}?{query}").context["page"].rows]
    rows = table(browser.post(f"{EXPORT}?{query}"))
    assert rows[1] == [
        "序号", "编号", "项目名称", "承担支部", "所属单位", "起止", "主要责任人", "来源", "议题", "状态", "当前环节", "停留",
    ]  # fmt: skip
    assert names(rows)[:20] == first
    assert sorted(names(rows)) == sorted(project.name for project in made)
    assert [row[0] for row in rows[2:-1]] == list(range(1, 24))
    assert rows[-1][0] == "导出人 陈静 · 2022年8月24日 09:00 · 共 23 条 · 查询条件：状态“待筛选”，排序“组织序列”"


def test_the_export_has_the_chosen_columns_with_days_and_numbers_as_such(cast: Cast, browse: Browse) -> None:
    a_submitted(cast)
    rows = table(browse(cast.people.officer).post(f"{EXPORT}?cols=year&cols=submitted&cols=owner"))
    assert rows[1] == ["序号", "项目名称", "年度", "主要责任人", "申报时间"]
    assert rows[2][2:] == [2022, "张建国", date(2022, 8, 24)]


@pytest.mark.clause("S-02")
def test_the_export_is_headed_by_the_company_s_brand_and_the_plan_s_slogan(cast: Cast, browse: Browse) -> None:
    project = a_submitted(cast)
    officer = browse(cast.people.officer)
    assert whole_table(officer.post(EXPORT))[1][0] == "围绕生产抓党建，抓好党建促发展"  # the brand has no name yet
    text = source_plan_text().replace("brand: xxxx党建", "brand: 匠心筑路党建")
    project.round.take_up(SchemeVersion.issue(text, by=cast.people.company_officer), by=cast.people.company_officer)
    assert whole_table(officer.post(EXPORT))[1][0] == "匠心筑路党建工作特色和品牌　围绕生产抓党建，抓好党建促发展"


def test_a_name_like_a_formula_is_exported_as_text(cast: Cast, browse: Browse) -> None:
    a_submitted(cast, name="=1+1")
    a_submitted(cast, name="@cmd")
    assert sorted(names(table(browse(cast.people.officer).post(EXPORT)))) == ["=1+1", "@cmd"]


@pytest.mark.parametrize(
    ("who", "seen"),
    [
        ("secretary", {"本支部", "草稿"}),
        ("officer", {"本支部", "本单位"}),
        ("company_officer", {"本支部", "本单位", "外单位"}),
    ],
)
def test_nobody_exports_what_they_may_not_see(cast: Cast, browse: Browse, who: str, seen: set[str]) -> None:
    people, places = cast.people, cast.places
    a_submitted(cast, name="本支部")
    a_submitted(cast, places.small_branch, people.small_secretary, name="本单位")
    a_submitted(cast, places.foreign_branch, people.foreign_secretary, name="外单位")
    a_draft(cast, name="草稿")
    assert set(names(table(browse(getattr(people, who)).post(EXPORT)))) == seen


@pytest.mark.parametrize("who", ["staff", "system_admin", "security_admin", "audit_admin"])
def test_who_sees_no_project_exports_nothing(cast: Cast, browse: Browse, who: str) -> None:
    a_submitted(cast)
    answer = browse(getattr(cast.people, who)).post(EXPORT, follow=True)
    assert "没有可以导出的项目" in answer.content.decode()
    assert not AuditEntry.objects.filter(action="project.export").exists()


def test_who_exported_what_is_written_down(cast: Cast, browse: Browse) -> None:
    a_submitted(cast)
    browse(cast.people.officer).post(f"{EXPORT}?state=screening")
    entry = AuditEntry.objects.get(action="project.export")
    assert (entry.actor_id, entry.details) == (cast.people.officer.pk, {"count": 1, "query": "state=screening"})


def test_more_than_can_be_taken_at_once_is_refused_with_what_to_do(
    cast: Cast, browse: Browse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(project_list, "MOST_EXPORTED", 1)
    a_submitted(cast, name="甲")
    a_submitted(cast, name="乙")
    browser = browse(cast.people.officer)
    answer = browser.post(f"{EXPORT}?state=screening", follow=True)
    assert answer.redirect_chain == [(f"{LIST}?state=screening", 302)]
    assert "一次最多导出 1 条，请增加查询条件" in answer.content.decode()
    assert not AuditEntry.objects.filter(action="project.export").exists()


def test_an_export_of_ten_takes_as_many_queries_as_of_one(cast: Cast, browse: Browse) -> None:
    browser = browse(cast.people.officer)
    query = f"{EXPORT}?cols=carrier&cols=topic&cols=origin&cols=stage&cols=owner&cols=unit"

    def counted() -> int:
        with CaptureQueriesContext(connection) as queries:
            table(browser.post(query))
        return len(queries)

    a_submitted(cast)
    of_one = counted()
    for _ in range(9):
        an_established(cast)
        a_submitted(cast)
    assert counted() == of_one


def test_the_line_for_paper_says_who_printed_what(cast: Cast, browse: Browse) -> None:
    a_submitted(cast)
    text = browse(cast.people.officer).get(f"{LIST}?state=screening").content.decode()
    assert "打印人 陈静 · 2022年8月24日 09:00 · 共 1 条，第 1 至 1 条 · 查询条件：状态“待筛选”" in text


# Kept queries


def test_a_query_is_kept_under_a_name_and_opens_the_same_list(cast: Cast, browse: Browse) -> None:
    a_submitted(cast)
    browser = browse(cast.people.officer)
    query = "state=screening&cols=name&cols=unit"
    assert "状态“待筛选”" in browser.get(f"{reverse('saved-views')}?{query}").content.decode()
    answer = browser.post(f"{reverse('saved-views')}?{query}", {"name": " 本单位待筛选 "})
    assert answer["Location"] == f"{LIST}?{query}"
    view = SavedView.objects.get()
    assert (view.person, view.name, view.query) == (cast.people.officer, "本单位待筛选", query)
    page = browser.get(f"{LIST}?{query}").content.decode()
    assert f'href="{LIST}?state=screening&amp;cols=name&amp;cols=unit" aria-current="true">本单位待筛选</a>' in page
    assert AuditEntry.objects.filter(action="saved_view.keep", noun_id=view.pk).count() == 1


def test_a_name_is_taken_once_by_each_person(cast: Cast, browse: Browse) -> None:
    for _ in range(2):
        answer = browse(cast.people.officer).post(reverse("saved-views"), {"name": "待筛选"})
    assert "您已有同名的常用查询" in answer.content.decode()
    browse(cast.people.colleague).post(reverse("saved-views"), {"name": "待筛选"})
    assert SavedView.objects.count() == 2


def test_twenty_queries_are_kept_and_no_more(cast: Cast) -> None:
    for index in range(MOST):
        SavedView.keep(name=f"第{index}个", query="", by=cast.people.officer)
    assert [view.ordinal for view in SavedView.objects.visible_to(cast.people.officer)] == list(range(1, MOST + 1))
    with pytest.raises(Refused, match="最多保存 20 个常用查询"):
        SavedView.keep(name="再一个", query="", by=cast.people.officer)


def test_a_kept_query_is_its_owners_alone(cast: Cast, browse: Browse) -> None:
    view = SavedView.keep(name="我的", query="", by=cast.people.officer)
    address = reverse("saved-view-deletion", args=[view.pk])
    stranger = browse(cast.people.colleague)
    assert "我的</a>" not in stranger.get(LIST).content.decode()
    assert stranger.post(address).status_code == 404
    with pytest.raises(Refused, match="只能删除自己的常用查询"):
        view.drop(by=cast.people.colleague)
    owner = browse(cast.people.officer)
    assert owner.get(address).status_code == 405
    owner.post(address)
    assert not SavedView.objects.exists()
    assert AuditEntry.objects.filter(action="saved_view.drop").count() == 1


def test_the_facts_of_the_application_are_columns_and_filters(cast: Cast, browse: Callable[..., Any]) -> None:
    lines = {
        "targets": [{"name": "柴油单耗", "value": "5.8"}],
        "carriers": [{"kind": "pioneer_post", "name": "节能岗"}],
    }
    for name in ("甲", "乙"):
        project = a_draft(cast, name=name)
        project.application.fill(
            {}, by=cast.people.clerk, seen=1, lists=lines, categories={"focus": ["difficulty"] if name == "甲" else []}
        )
    page = browse(cast.people.secretary).get("/projects/?focus=difficulty&cols=targets&cols=carriers").content.decode()
    assert "柴油单耗达到5.8。" in page
    assert "党员先锋岗“节能岗”。" in page
    assert ">甲</a>" in page
    assert ">乙</a>" not in page


# Looking up, and several states at once


def test_the_lookup_marks_words_escapes_them_and_links_papers(cast: Cast, browse: Browse) -> None:
    project = an_established(cast, name="降耗<b>A&B</b>")
    text = browse(cast.people.officer).get("/search/", {"q": "a&b"}).content.decode()
    assert "降耗&lt;b&gt;<mark>A&amp;B</mark>&lt;/b&gt;" in text
    assert f"/projects/{project.pk}/papers/notice.html" in text


@pytest.mark.parametrize(
    ("query", "said"),
    [("", "输入项目名称"), ("没有这样的", "没有找到"), ("节", "单独一个字只从开头找"), ("长" * 61, "最多 60 个字")],
)
def test_the_lookup_says_what_to_do(cast: Cast, browse: Browse, query: str, said: str) -> None:
    a_draft(cast)
    assert said in browse(cast.people.officer).get("/search/", {"q": query}).content.decode()


def test_several_states_at_once_each_taken_away_by_itself(cast: Cast, browse: Browse) -> None:
    a_submitted(cast, name="待筛选的")
    a_screened(cast, name="待上会的")
    an_established(cast, name="已立项的")
    answer = browse(cast.people.officer).get(f"{LIST}?state=screening&state=established")
    assert {row["name"] for row in answer.context["page"].rows} == {"待筛选的", "已立项的"}
    chips = {chip["text"]: chip["clear_url"] for chip in answer.context["filters"]}
    assert chips == {"待筛选": "?state=established", "已立项": "?state=screening"}
    assert answer.context["query"] == "state=screening&state=established"


# Joint projects


def a_joint(cast: Cast, **facts: str) -> Project:
    """Handed in by the branch, with one of the other unit taking part."""
    project = a_submitted(cast, **facts)
    Partner.objects.create(project=project, branch=cast.places.foreign_branch, place=1, duty="提供台账")
    return project


def test_a_unit_finds_what_its_branches_take_part_in_and_sees_that_it_is_not_its_own(
    cast: Cast, browse: Browse
) -> None:
    a_joint(cast)
    people, places = cast.people, cast.places
    mark = '<span class="tag">参与</span>'
    assert mark in browse(people.foreign_officer).get(LIST).content.decode()
    assert mark not in browse(people.officer).get(LIST).content.decode()
    company = browse(people.company_officer)
    assert mark in company.get(f"{LIST}?unit={places.other_unit.pk}").content.decode()
    for query in (f"unit={places.unit.pk}", "mark=joint", ""):
        page = company.get(f"{LIST}?{query}")
        assert len(page.context["page"].rows) == 1
        assert mark not in page.content.decode()


def test_the_export_names_who_takes_part_and_marks_what_is_not_ones_own(cast: Cast, browse: Browse) -> None:
    a_joint(cast)
    a_submitted(cast, cast.places.foreign_branch, cast.people.foreign_secretary, name="自己的项目")
    rows = table(browse(cast.people.foreign_officer).post(f"{EXPORT}?cols=branch&cols=partners&order=tree"))
    assert rows[1] == ["序号", "项目名称", "承担支部", "参与支部", "标记"]
    assert [row[2:] for row in rows[2:-1]] == [
        ["第一项目部党支部", "第二项目部党支部", "参与"],
        ["第二项目部党支部", "", ""],
    ]


def test_ten_joint_projects_are_listed_with_as_many_queries_as_one(cast: Cast, browse: Browse) -> None:
    browser = browse(cast.people.foreign_officer)
    browser.get(LIST)

    def counted() -> int:
        with CaptureQueriesContext(connection) as queries:
            browser.get(f"{LIST}?cols=name&cols=partners&mark=joint&unit={cast.places.other_unit.pk}")
        return len(queries)

    a_joint(cast)
    of_one = counted()
    for _ in range(9):
        a_joint(cast)
    assert counted() == of_one


# Choices of the chosen year


def test_the_choices_of_an_axis_are_those_of_the_chosen_year(cast: Cast, browse: Browse) -> None:
    text = source_plan_text().replace("year: 2022", "year: 2023", 1).replace("label: 市场开发", "label: 市场开拓", 1)
    with clock.fixed_at("2023-08-01 09:00"):
        by = cast.people.company_officer
        Round.open(SchemeVersion.issue(text, by=by), by=by)
        officer = browse(cast.people.officer)

        def labels(query: str) -> set[str]:
            return {label for _, label in officer.get(f"{LIST}{query}").context["form"]["topic"].field.choices}

        assert "市场开发" in labels("?year=2022")
        assert "市场开拓" in labels("?year=2023")
        assert "市场开发" not in labels("?year=2023")
        assert "市场开拓" in labels("")
        asked = {**HTMX, "HX-Current-URL": f"http://testserver{LIST}?year=2023"}
        assert (
            'id="control-topic" hx-swap-oob="true"' in officer.get(f"{LIST}?year=2022", headers=asked).content.decode()
        )
        same = officer.get(f"{LIST}?year=2023&topic=", headers=asked).content.decode()
        assert "hx-swap-oob" not in same
