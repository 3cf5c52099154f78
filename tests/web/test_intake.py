"""导入台账 on the page: dropped, looked at, mended in place, brought in line by line; and tried without an account."""

import html
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile

from dangjian.delivery import summary
from dangjian.delivery.filing_row import FilingRow
from dangjian.foundation.audit import AuditEntry
from dangjian.programmes.round import Round
from dangjian.projects.project import Project
from dangjian.web import project_list
from dangjian.web.project_columns import COLUMNS
from tests.cast import Cast, a_filing
from tests.intake.sheets import HEAD, document, row, workbook
from tests.intake.test_form import form

SAMPLES = Path(__file__).parents[1] / "samples"


def sent(data: bytes, name: str = "台账.xlsx") -> dict[str, Any]:
    return {"file": SimpleUploadedFile(name, data)}


def the_form(page: str, **typed: str) -> dict[str, str]:
    """What the page would post back: its hidden fields, boxes and choices, with some of them typed over."""
    held: dict[str, str] = {}
    for tag in re.findall(r"<input[^>]*>", page):
        told = dict(re.findall(r'(\w+)="([^"]*)"', tag))
        if "name" in told and (told.get("type") != "checkbox" or "checked" in tag):
            held[told["name"]] = html.unescape(told.get("value", ""))
    for name, text in re.findall(r'<textarea[^>]*name="([^"]+)"[^>]*>\n?(.*?)</textarea>', page, re.DOTALL):
        held[name] = html.unescape(text)
    for name, options in re.findall(r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', page, re.DOTALL):
        chosen = re.search(r'value="([^"]*)" selected', options)
        held[name] = chosen[1] if chosen else ""
    held.pop("csrfmiddlewaretoken", None)
    return held | typed


@pytest.fixture
def officer(cast: Cast, browse: Callable[..., Any]) -> Any:
    return browse(cast.people.officer)


def ledger(cast: Cast, *lines: list[Any]) -> bytes:
    return workbook([HEAD, *(lines or [row(D=cast.places.branch.short_name)])])


def text_of(answer: Any) -> str:
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_a_ledger_is_looked_at_and_brought_in(cast: Cast, officer: Any) -> None:
    page = text_of(officer.post("/intake/", sent(ledger(cast))))
    assert "识读到 1 个项目" in page
    assert not Project.objects.exists()
    done = text_of(officer.post("/intake/", the_form(page, act="import")))
    made = Project.objects.get()
    assert (made.name, made.branch, made.state) == ("节能降耗", cast.places.branch, "running")
    assert "已新增" in done
    assert made.number in done
    assert text_of(officer.get(f"/projects/{made.pk}/"))


def test_a_head_with_no_rows_below_it_is_refused_in_a_plain_sentence(officer: Any) -> None:
    page = text_of(officer.post("/intake/", sent(workbook([HEAD]))))
    assert "表头下面没有项目，没有可以导入的内容" in page
    assert "识读到 0 个项目" not in page


def test_several_forms_in_one_file_are_told_as_the_page_takes_them(officer: Any) -> None:
    two = document(form(), form("乙"), lines=["填表时间：2022年8月1日", "填表时间：2022年8月2日"])
    page = text_of(officer.post("/intake/", sent(two, "附件1.docx")))
    assert "文件里有几份申请表，全部读入，请核对" in page
    assert "命令只列出第一份" not in page


def test_the_same_file_again_updates_or_skips(cast: Cast, officer: Any) -> None:
    for changed, word in ((row(), "已新增"), (row(), "相同"), (row(F="示范岗6个"), "已更新")):
        changed[3] = cast.places.branch.short_name
        page = text_of(officer.post("/intake/", sent(ledger(cast, changed))))
        assert word in text_of(officer.post("/intake/", the_form(page, act="import"))) or "没有要导入的行" in page
    assert Project.objects.get().application.measures == "示范岗6个"


def test_who_looked_at_older_contents_is_asked_again(cast: Cast, officer: Any) -> None:
    """Two windows, or two officers, with the same project: the second does not write over what it never saw."""
    branch = cast.places.branch.short_name
    pages = [
        text_of(officer.post("/intake/", sent(ledger(cast, row(D=branch, F=told))))) for told in ("甲", "乙", "丙")
    ]
    assert "已新增" in text_of(officer.post("/intake/", the_form(pages[0], act="import")))
    again = text_of(officer.post("/intake/", the_form(pages[1], act="import")))
    assert "系统里的内容与您核对时看到的不同" in again
    assert "系统里原为“甲”" in again
    assert Project.objects.get().application.measures == "甲"
    assert "已更新" in text_of(officer.post("/intake/", the_form(again, act="import")))
    assert Project.objects.get().application.measures == "乙"
    third = text_of(officer.post("/intake/", the_form(pages[2], act="check")))
    assert "系统里原为“乙”" in third
    assert "已更新" in text_of(officer.post("/intake/", the_form(third, act="import")))


def test_a_name_typed_over_that_meets_another_project_is_asked_about(cast: Cast, officer: Any) -> None:
    branch = cast.places.branch.short_name
    both = ledger(cast, row(D=branch), row(B="安全生产", D=branch, F="巡查"))
    officer.post("/intake/", the_form(text_of(officer.post("/intake/", sent(both))), act="import"))
    page = text_of(officer.post("/intake/", sent(ledger(cast, row(D=branch, F="示范岗7个")))))
    typed = the_form(page, **{"cell-0-name": "安全生产"}, act="import")
    assert "系统里的内容与您核对时看到的不同" in text_of(officer.post("/intake/", typed))
    assert Project.objects.get(name="安全生产").application.measures == "巡查"


def test_a_table_with_fewer_columns_takes_nothing_away(cast: Cast, officer: Any) -> None:
    branch = cast.places.branch.short_name
    wide = workbook([[*HEAD, "进展"], [*row(D=branch, H="备注甲"), "五成"]])
    officer.post("/intake/", the_form(text_of(officer.post("/intake/", sent(wide))), act="import"))
    narrow = workbook(
        [[HEAD[place] for place in (0, 1, 2, 3, 5)], [row(D=branch)[place] for place in (0, 1, 2, 3)] + [""]]
    )
    page = text_of(officer.post("/intake/", sent(narrow)))
    assert "相同 1" in page
    assert "没有要导入的行" in page
    changed = ledger(cast, row(D=branch, E="", F="示范岗6个", G="", H=""))
    page = text_of(officer.post("/intake/", sent(changed, "新台账.xlsx")))
    assert "更新时空白的格不改动系统里已有的内容" in page
    assert "已更新" in text_of(officer.post("/intake/", the_form(page, act="import")))
    made = Project.objects.get()
    assert made.past is not None
    assert (made.application.problem, made.application.measures) == (row()[4], "示范岗6个")
    assert (made.past.remark, made.past.extra) == ("备注甲", {"进展": "五成"})
    course = text_of(officer.get(f"/projects/{made.pk}/?tab=records"))
    assert "补录：按台账更新" in course
    assert re.search(r"新台账\.xlsx .*第2行。改动：采取措施（原为“示范岗”）", course)


def test_our_own_ledger_brings_in_only_what_was_written_into_it(cast: Cast, officer: Any) -> None:
    branch = cast.places.branch.short_name
    wide = workbook([[*HEAD, "进展"], [*row(D=branch), "五成"]])
    officer.post("/intake/", the_form(text_of(officer.post("/intake/", sent(wide))), act="import"))
    for columns in ({}, {"cols": [column.key for column in COLUMNS]}):
        data, _ = project_list.workbook(cast.people.officer, urlencode(columns, doseq=True))
        assert "相同 1" in text_of(officer.post("/intake/", sent(data, "项目台账.xlsx")))


def test_a_doubt_is_in_sight(cast: Cast, officer: Any) -> None:
    broken = workbook([HEAD, row(D=cast.places.branch.short_name, F="#REF!")])
    page = text_of(officer.post("/intake/", sent(broken)))
    assert re.search(r"<details open>\s*<summary>其他内容", page)


def test_the_preview_says_what_stands_in_the_system_of_each_cell_that_would_change(cast: Cast, officer: Any) -> None:
    branch = cast.places.branch.short_name
    head = [*HEAD, "立项来源", "进度", "联系领导"]
    old = [*row(D=branch, H=""), "生产经营", "五成", "王强"]
    officer.post("/intake/", the_form(text_of(officer.post("/intake/", sent(workbook([head, old])))), act="import"))
    new = [*row(C="2022.8~2022.11", D=branch, F="示范岗6个", H="设示范岗"), "党建工作", "八成", "王强"]
    page = text_of(officer.post("/intake/", sent(workbook([head, new]))))
    words = re.findall(r'intake__note--was">(.*?)</span>', page)
    assert words == [
        "立项来源系统里原为“生产经营”", "系统里原为“2022-12”", "系统里原为“示范岗”", "系统里原为空",
        "系统里原为“生产经营”", "系统里原为“五成”",
    ]  # fmt: skip
    assert "改动：完成、采取措施、备注、其他各栏、立项来源；其余相同" in page
    assert "<details open>" in page
    officer.post("/intake/", the_form(page, act="import"))
    again = text_of(officer.post("/intake/", sent(workbook([head, new]))))
    assert "系统里原为" not in again
    assert ">相同</span>" in again or "相同 1" in again


def test_the_result_repeats_what_was_not_read_and_what_was_kept_in_its_own_words(cast: Cast, officer: Any) -> None:
    lines = [
        [*HEAD, "当前进度", "当前进度", ""],
        [*row(D=cast.places.branch.short_name), "五成", "六成", "孤零"],
        ["", "合计", "1项"],
    ]
    page = text_of(officer.post("/intake/", sent(workbook(lines))))
    done = text_of(officer.post("/intake/", the_form(page, act="import")))
    assert "当前进度、当前进度（2）" in done
    assert "表1 第3行：合计行，没有读入" in done
    assert "没有表头的列" in done
    shown = text_of(officer.get(f"/projects/{Project.objects.get().pk}/"))
    assert "五成" in shown
    assert "六成" in shown


def test_the_result_names_what_was_not_read_once_where_lines_are_left(cast: Cast, officer: Any) -> None:
    branch = cast.places.branch.short_name
    page = text_of(
        officer.post(
            "/intake/", sent(ledger(cast, row(D=branch), row(A=2, B="没有日期", C="", D=branch), ["", "合计", "1项"]))
        )
    )
    assert (
        text_of(officer.post("/intake/", the_form(page, act="import"))).count("<li>表1 第4行：合计行，没有读入</li>")
        == 1
    )


def test_what_came_in_wrongly_is_withdrawn_and_comes_in_again(
    cast: Cast, browse: Callable[..., Any], officer: Any
) -> None:
    branch = cast.places.branch.short_name
    sheet = ledger(cast, row(D=branch), row(A=2, B="另一项目", D=branch))
    done = text_of(officer.post("/intake/", the_form(text_of(officer.post("/intake/", sent(sheet))), act="import")))
    one, two = Project.objects.order_by("pk")
    assert re.findall(r'name="projects" value="(\d+)"', done) == [str(one.pk), str(two.pk)]
    company = browse(cast.people.company_officer)
    refused = text_of(company.post("/intake/withdrawal/", {"projects": [one.pk, "x"]}))
    assert "请其本人撤回" in refused
    assert "没有可以撤回的项目" in text_of(officer.post("/intake/withdrawal/", {}))
    assert "撤回补录" in text_of(officer.get(f"/projects/{one.pk}/"))
    assert "撤回补录" not in text_of(company.get(f"/projects/{one.pk}/"))
    a_filing(cast)
    both = text_of(officer.post("/intake/withdrawal/", {"projects": [one.pk, two.pk]}))
    assert both.count("补录之后已在系统里继续办理，不能撤回补录") == 2
    FilingRow.objects.all().delete()
    gone = text_of(officer.post("/intake/withdrawal/", {"projects": [one.pk]}))
    assert "已撤回补录" in gone
    officer.post(f"/projects/{two.pk}/past-withdrawal/")
    assert {each.reload().state for each in (one, two)} == {"withdrawn"}
    assert AuditEntry.objects.filter(action="project.withdraw_past").count() == 2
    assert one.name not in [line.name for line in summary.lines(summary.reported(cast.places.unit, one.round))]
    again = text_of(officer.post("/intake/", the_form(text_of(officer.post("/intake/", sent(sheet))), act="import")))
    assert "已新增 2" in again
    assert Project.objects.filter(state="running").exclude(number__in=[one.number, two.number]).count() == 2


def test_what_was_taken_out_again_is_in_no_list_unless_asked_for(cast: Cast, officer: Any) -> None:
    page = text_of(officer.post("/intake/", sent(ledger(cast))))
    officer.post("/intake/", the_form(page, act="import"))
    made = Project.objects.get()
    assert made.number in text_of(officer.get("/projects/"))
    made.withdraw_past(by=cast.people.officer)
    assert made.number not in text_of(officer.get("/projects/"))
    assert made.number in text_of(officer.get("/projects/?state=withdrawn"))


@pytest.mark.parametrize("who", ["secretary", "leader", "foreign_officer", "system_admin"])
def test_nobody_else_withdraws_what_came_in(cast: Cast, browse: Callable[..., Any], officer: Any, who: str) -> None:
    page = text_of(officer.post("/intake/", sent(ledger(cast))))
    officer.post("/intake/", the_form(page, act="import"))
    made, browser = Project.objects.get(), browse(getattr(cast.people, who))
    assert browser.post(f"/projects/{made.pk}/past-withdrawal/").status_code == 404
    browser.post("/intake/withdrawal/", {"projects": [made.pk]})
    assert made.reload().state == "running"


def test_what_is_wrong_is_mended_in_place_and_what_was_typed_is_kept(cast: Cast, officer: Any) -> None:
    page = text_of(officer.post("/intake/", sent(ledger(cast, row(C="8月至12月", D="不知道的支部")))))
    assert "原文“8月至12月”" in page
    assert "不在您管理的支部中" in page
    typed = {"cell-0-starts": "2022.8", "cell-0-ends": "十二月", "cell-0-branch": cast.places.branch.short_name}
    again = text_of(officer.post("/intake/", the_form(page, act="check", **typed)))
    held = the_form(again)
    assert (held["cell-0-starts"], held["cell-0-ends"]) == ("2022-08", "十二月")
    assert "请填完成年月" in again
    officer.post("/intake/", the_form(again, act="import", **{"cell-0-ends": "2022年12月"}))
    assert Project.objects.get().ends == "2022-12"


def test_a_branch_not_found_is_chosen_once_for_all_its_lines(cast: Cast, officer: Any) -> None:
    page = text_of(officer.post("/intake/", sent(ledger(cast, row(D="一支"), row(A=2, B="另一项目", D="一支")))))
    assert "一支（2 行）" in page
    officer.post("/intake/", the_form(page, act="import", **{"is-0": cast.places.branch.short_name}))
    assert {made.branch for made in Project.objects.all()} == {cast.places.branch}
    assert Project.objects.count() == 2


def test_a_line_may_be_left_out_and_says_so(cast: Cast, officer: Any) -> None:
    page = text_of(officer.post("/intake/", sent(ledger(cast))))
    done = text_of(officer.post("/intake/", the_form(page, act="import", **{"cell-0-take": "no"})))
    assert "您选择了跳过" in done
    assert not Project.objects.exists()


def test_what_cannot_come_in_stays_on_the_page_and_the_rest_comes(cast: Cast, officer: Any) -> None:
    branch = cast.places.branch.short_name
    page = text_of(officer.post("/intake/", sent(ledger(cast, row(D=branch), row(A=2, B="没有日期", C="", D=branch)))))
    done = text_of(officer.post("/intake/", the_form(page, act="import")))
    assert [made.name for made in Project.objects.all()] == ["节能降耗"]
    assert "还有 1 行没有导入" in done
    assert the_form(done)["cell-0-name"] == "没有日期"


def test_what_counts_for_all_lines_is_chosen_once(cast: Cast, officer: Any) -> None:
    page = text_of(officer.post("/intake/", sent(ledger(cast, row(D="")))))
    usual = {"usual-branch": cast.places.branch.short_name, "usual-state": "completed", "usual-established_on": "2022-08-20", "usual-axis-origin": "production"}  # fmt: skip
    officer.post("/intake/", the_form(page, act="import", **usual))
    made = Project.objects.get()
    assert (made.state, made.codes_by_axis()) == ("completed", {"origin": ["production"]})
    assert made.past is not None
    assert str(made.past.established_on) == "2022-08-20"


def test_lines_that_were_passed_over_are_named_with_why(cast: Cast, officer: Any) -> None:
    page = text_of(officer.post("/intake/", sent(ledger(cast, row(), ["", "合计", "1项"]))))
    assert "表1 第3行：合计行" in page


def test_a_filled_form_is_one_line_with_its_opinions(cast: Cast, officer: Any) -> None:
    page = text_of(officer.post("/intake/", sent((SAMPLES / "d07_application.docx").read_bytes(), "附件1.docx")))
    assert the_form(page)["cell-0-branch_opinion_on"] == "2022-08-22"
    assert "日期不能晚于今天" in text_of(officer.post("/intake/", the_form(page, **{"cell-0-starts": "2022-08", "cell-0-ends": "2022-12", "cell-0-branch": cast.places.branch.short_name})))  # fmt: skip
    typed = {"cell-0-starts": "2022-08", "cell-0-ends": "2022-12", "cell-0-branch": cast.places.branch.short_name, "cell-0-established_on": "2022-08-23"}  # fmt: skip
    officer.post("/intake/", the_form(page, act="import", **typed))
    past = Project.objects.get().past
    assert past is not None
    assert (past.branch_opinion, past.committee_opinion) == ("同意申报。", "同意立项。")
    assert (str(past.branch_opinion_on), str(past.established_on), past.leader) == (
        "2022-08-22",
        "2022-08-23",
        "张建国",
    )


@pytest.mark.parametrize(("data", "why"), [(b"", "文件里没有内容"), (b"%PDF-1.7", "不是 .xlsx"), (None, "请选择文件")])
def test_a_file_that_is_not_taken_says_why(officer: Any, data: bytes | None, why: str) -> None:
    assert why in text_of(officer.post("/intake/", sent(data) if data is not None else {}))


@pytest.mark.parametrize("rows", ["", "{}", "[1]", "[[]]", '[["a",[],[],[],"",{}]]', '[["a",{"name":"x"},[[1]],[],"",{}]]', "[" * 3000])  # fmt: skip
def test_a_page_that_was_tampered_with_is_refused(officer: Any, rows: str) -> None:
    assert "请重新选择文件" in text_of(officer.post("/intake/", {"rows": rows, "act": "import"}))


def test_another_units_branch_cannot_be_brought_in_for(cast: Cast, officer: Any) -> None:
    page = text_of(officer.post("/intake/", sent(ledger(cast, row(D=cast.places.foreign_branch.full_name)))))
    assert "不在您管理的支部中" in page
    officer.post("/intake/", the_form(page, act="import"))
    assert not Project.objects.exists()


def test_the_problems_come_as_a_sheet(cast: Cast, officer: Any) -> None:
    page = text_of(officer.post("/intake/", sent(ledger(cast, row(C="")))))
    answer = officer.post("/intake/", the_form(page, act="problems"))
    assert answer["Content-Type"].endswith("spreadsheetml.sheet")
    assert answer.content[:2] == b"PK"


def test_the_page_shows_what_the_paper_says_beyond_the_form(cast: Cast, officer: Any) -> None:
    lines = [[*HEAD, "当前进度"], [*row(D=cast.places.branch.short_name, H="设示范岗"), "五成"]]
    page = text_of(officer.post("/intake/", sent(workbook(lines))))
    officer.post("/intake/", the_form(page, act="import"))
    shown = text_of(officer.get(f"/projects/{Project.objects.get().pk}/"))
    for told in ("台账.xlsx 表1 第2行", "设示范岗", "当前进度", "五成", "线下已办", "日期不详"):
        assert told in shown
    assert "制作责任书" not in shown


def test_more_than_a_hundred_come_in_batches(cast: Cast, officer: Any) -> None:
    lines = [row(A=n, B=f"项目{n}", D=cast.places.branch.short_name) for n in range(1, 104)]
    page = text_of(officer.post("/intake/", sent(ledger(cast, *lines))))
    done = text_of(officer.post("/intake/", the_form(page, act="import")))
    assert Project.objects.count() == 100
    officer.post("/intake/", the_form(done, act="import"))
    assert Project.objects.count() == 103


# Without an account


@pytest.fixture
def stranger(cast: Cast, browse: Callable[..., Any]) -> Any:
    cache.clear()
    return browse(None)


def test_anybody_may_try_a_file_and_nothing_is_kept(stranger: Any) -> None:
    assert "试用" in text_of(stranger.get("/sign-in/"))
    page = text_of(stranger.post("/trial/", sent((SAMPLES / "d01_standard.xlsx").read_bytes())))
    assert "发挥党员作用，实现节能降耗50万元" in page
    assert not Project.objects.exists()


def test_trying_too_often_has_to_wait(stranger: Any) -> None:
    answers = [text_of(stranger.post("/trial/", {})) for _ in range(7)]
    assert ["试用太频繁" in page for page in answers] == [False] * 6 + [True]


def test_trying_can_be_switched_off(stranger: Any, settings: Any) -> None:
    settings.TRIAL = False
    assert stranger.get("/trial/").status_code == 404
    assert "/trial/" not in text_of(stranger.get("/sign-in/"))


def test_the_lines_wait_in_the_page_and_nowhere_else(cast: Cast, officer: Any) -> None:
    page = text_of(officer.post("/intake/", sent(ledger(cast))))
    assert json.loads(the_form(page)["rows"])[0][1]["name"] == "节能降耗"


def test_a_ledger_of_an_old_year_brings_its_year_along(cast: Cast, officer: Any) -> None:
    """The year has no round: it is made with the first line, and every page that shows years goes on."""
    lines = [row(C="2020.3~2020.12", D=cast.places.branch.short_name), row(B="乙", C="2020.4~2020.12", D=cast.places.branch.short_name)]  # fmt: skip
    data = workbook([[*HEAD, "责任人"], *([*line, "张三"] for line in lines)])
    page = text_of(officer.post("/intake/", sent(data)))
    assert "归入2020年度（线下）" in page
    assert page.count("已过完成日期，请核对是否已完成") == 2
    assert the_form(page)["cell-0-leader"] == "张三"
    done = text_of(officer.post("/intake/", the_form(page, act="import", **{"usual-state": "completed"})))
    assert "这一批 2 行，已新增 2。" in done
    made = Project.objects.order_by("pk").first()
    assert made is not None
    assert (made.number, made.round.year, Project.objects.count()) == ("2020-001", 2020, 2)
    assert [path for path in (f"/projects/{made.pk}/", f"/projects/{made.pk}/?tab=papers", f"/projects/{made.pk}/?tab=plan", "/projects/?year=2020", "/round/?year=2020", "/scheme/?year=2020", "/filings/?year=2020", f"/filings/units/{made.unit_id}/?year=2020", "/") if officer.get(path).status_code != 200] == []  # fmt: skip
    assert "线下责任书" in text_of(officer.get(f"/projects/{made.pk}/?tab=papers"))
    again = text_of(officer.post("/intake/", sent(data)))
    again = text_of(officer.post("/intake/", the_form(again, act="check", **{"usual-state": "completed"})))
    assert "相同 2" in again


def test_the_first_page_takes_a_ledger_from_who_may_bring_one_in(cast: Cast, browse: Callable[..., Any]) -> None:
    for who, may in (("officer", True), ("company_officer", True), ("secretary", False)):
        assert ('action="/intake/"' in text_of(browse(getattr(cast.people, who)).get("/"))) is may


def test_before_the_first_year_is_opened_the_first_page_and_the_import_say_what_to_do(cast: Cast, officer: Any) -> None:
    Round.objects.all().delete()
    assert 'action="/intake/"' in text_of(officer.get("/"))
    assert "还没有开启批次，请公司先启用工作方案" in text_of(officer.post("/intake/", sent(ledger(cast))))
