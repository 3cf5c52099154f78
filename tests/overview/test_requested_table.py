"""上级临时要表: matched once, filled in its own layout, kept for the next time."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from python_calamine import CalamineWorkbook

from dangjian.foundation.lifecycle import Refused
from dangjian.intake import blank_table
from dangjian.overview.requested_table import RequestedTable
from dangjian.projects.project import Project
from dangjian.projects.taking_over import Past
from tests.cast import Cast, an_established
from tests.intake.sheets import document

pytestmark = pytest.mark.django_db
OLD = Path(__file__).parents[1] / "samples" / "d08_legacy.xls"
LOCKED = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)
Browse = Callable[..., Any]
HEADS = ("序号", "单位", "项目名称", "起止时间", "责任人", "主要措施", "得分")


def blank(*heads: str, title: str = "党建项目统计表") -> bytes:
    held = BytesIO()
    with xlsxwriter.Workbook(held) as book:
        page = book.add_worksheet("Sheet1")
        page.merge_range(0, 0, 0, 6, title)
        for column, text in enumerate(heads or HEADS):
            page.write(1, column, text)
        page.write(4, 0, "填报人：")
    return held.getvalue()


def strict(data: bytes) -> bytes:
    """The workbook as Excel saves it as Strict Open XML."""
    held, usual = BytesIO(), b"http://schemas.openxmlformats.org/"
    with ZipFile(BytesIO(data)) as old, ZipFile(held, "w") as new:
        for name in old.namelist():
            part = old.read(name).replace(usual + b"spreadsheetml/2006", b"http://purl.oclc.org/ooxml/spreadsheetml")
            new.writestr(
                name, part.replace(usual + b"officeDocument/2006", b"http://purl.oclc.org/ooxml/officeDocument")
            )
    return held.getvalue()


def sent(content: bytes, name: str = "集团统计表.xlsx") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def text_of(answer: Any) -> str:
    return str(answer.content.decode())


def cells(made: bytes) -> list[list[Any]]:
    return CalamineWorkbook.from_filelike(BytesIO(made)).get_sheet_by_name("Sheet1").to_python()


def test_a_blank_comes_back_filled_with_what_the_ledger_shows(cast: Cast, browse: Browse) -> None:
    for name in ("甲项目", "乙项目", "丙项目"):
        an_established(cast, name=name)
    officer = browse(cast.people.officer)
    page = officer.post("/projects/requested-tables/?q=项目&order=number", {"file": sent(blank())})
    table = RequestedTable.objects.get()
    there = reverse("requested-table", args=[table.pk])
    assert page["Location"].startswith(f"{table.pk}/?q=")
    form = officer.get(there).context["form"]
    assert ("period", "起止日期，如 2022.8~2022.12") in next(iter(form.fields.values())).choices
    assert [field.initial for field in form.fields.values()] == [
        "place", "dept", "name", "period", "owner", "measures", ""
    ]  # fmt: skip
    chosen = {f"column_{column}": field.initial for column, field in enumerate(form.fields.values())}
    made = officer.post(f"{there}?q=项目&order=number", {**chosen, "column_1": "unit", "fill": "1"})
    told = cells(b"".join(made.streaming_content))
    assert [row[2] for row in told[2:5]] == ["甲项目", "乙项目", "丙项目"]
    assert told[2][:2] == [1.0, cast.places.unit.short_name]
    assert told[2][3:5] == ["2022.8~2022.12", "张建国"]
    assert told[2][6] == ""
    assert told[5][0] == "填报人："


def test_the_match_is_kept_for_the_same_headings(cast: Cast) -> None:
    by = cast.people.officer
    table = RequestedTable.take(blank(), name="一.xlsx", by=by)
    table.match({"2": "name", "1": "unit"}, by=by)
    again = RequestedTable.take(blank(title="十月统计表"), name="二.xlsx", by=by)
    assert (again, again.name, again.suggested()["1"]) == (table, "二.xlsx", "unit")
    assert not RequestedTable.take(blank("项目名称", "目标", "问题"), name="三.xlsx", by=by).is_matched
    assert not RequestedTable.take(blank(), name="一.xlsx", by=cast.people.colleague).is_matched


@pytest.mark.parametrize(
    ("content", "told"),
    [(b"", "空"), (b"\xd0\xcf\x11\xe0" + bytes(600), ""), (b"PK\x03\x04 broken", ""), (b"a,b", "")],
)
def test_what_is_no_ordinary_workbook_is_refused(cast: Cast, browse: Browse, content: bytes, told: str) -> None:
    answer = browse(cast.people.officer).post("/projects/requested-tables/", {"file": sent(content)})
    assert answer.status_code == 200
    assert told in "".join(answer.context["form"].errors["file"])
    assert not RequestedTable.objects.exists()


def test_old_and_strict_workbooks_are_refused_with_what_to_do() -> None:
    assert "headings" in blank_table.look(BytesIO(blank()))
    assert ".xls 请用 Excel 或 WPS 另存为 .xlsx" in blank_table.look(BytesIO(OLD.read_bytes()))["wrong"]
    assert "另存为普通的“Excel 工作簿（.xlsx）”" in blank_table.look(BytesIO(strict(blank())))["wrong"]


def test_a_table_without_a_head_is_refused(cast: Cast) -> None:
    held = BytesIO()
    with xlsxwriter.Workbook(held) as book:
        book.add_worksheet().write(0, 0, "标题")
    with pytest.raises(Refused, match="没有找到表头"):
        RequestedTable.take(held.getvalue(), name="空.xlsx", by=cast.people.officer)


def test_the_name_of_the_project_must_stand_somewhere(cast: Cast, browse: Browse) -> None:
    table = RequestedTable.take(blank(), name="一.xlsx", by=cast.people.officer)
    there = reverse("requested-table", args=[table.pk])
    answer = browse(cast.people.officer).post(there, {"column_1": "unit", "fill": "1"})
    assert "请至少选定“项目名称”" in text_of(answer)
    assert browse(cast.people.officer).post(there, {"column_2": "salary"}).status_code == 200
    assert not RequestedTable.objects.get().is_matched


def test_nobody_fills_in_projects_that_they_do_not_see(cast: Cast, browse: Browse) -> None:
    an_established(cast, name="甲项目")
    by = cast.people.foreign_officer
    table = RequestedTable.take(blank(), name="一.xlsx", by=by)
    answer = browse(by).post(reverse("requested-table", args=[table.pk]), {"column_2": "name", "fill": "1"})
    assert "没有可以填写的项目" in text_of(answer)


def test_a_kept_table_is_its_owners_alone(cast: Cast, browse: Browse) -> None:
    table = RequestedTable.take(blank(), name="一.xlsx", by=cast.people.officer)
    other = browse(cast.people.colleague)
    assert other.get(reverse("requested-table", args=[table.pk])).status_code == 404
    assert other.post(reverse("requested-table-deletion", args=[table.pk])).status_code == 404
    assert "一.xlsx" not in text_of(other.get("/projects/requested-tables/"))
    browse(cast.people.officer).post(reverse("requested-table-deletion", args=[table.pk]))
    assert not RequestedTable.objects.exists()


def test_the_day_of_establishment_goes_out_and_is_not_guessed(cast: Cast, browse: Browse) -> None:
    made = an_established(cast)
    told = RequestedTable.told(made)
    assert told["established"] == "2022年8月24日"
    past = Past(name="纸上的项目", starts="2022-03", ends="2022-12")
    facts = {
        "branch": cast.places.branch,
        "round": made.round,
        "state": "running",
        "source": "台账",
        "by": cast.people.officer,
    }
    assert RequestedTable.told(Project.take_over(past, **facts))["established"] == ""
    dated = replace(past, name="写明立项的", established_on=date(2022, 3, 5))
    assert RequestedTable.told(Project.take_over(dated, **facts))["established"] == "2022年3月5日"


@pytest.mark.parametrize("word", ["立项时间", "立项日期", "立 项\n时 间", "批准立项时间"])
def test_a_heading_that_asks_for_the_day_of_establishment_is_matched_by_itself(cast: Cast, word: str) -> None:
    table = RequestedTable.take(blank("序号", "项目名称", word), name="表.xlsx", by=cast.people.officer)
    assert list(table.suggested().values()) == ["place", "name", "established"]


def test_a_word_blank_is_refused_with_what_to_do_and_what_would_stay_blank(cast: Cast) -> None:
    with pytest.raises(Refused, match=r"这是 Word 表.*另存为 \.xlsx 再传.*仍是空白"):
        RequestedTable.take(document([["序号", "项目名称"], ["", ""]]), name="表.docx", by=cast.people.officer)


def test_the_page_says_what_stays_blank(cast: Cast, browse: Browse) -> None:
    table = RequestedTable.take(blank(), name="表.xlsx", by=cast.people.officer)
    assert "保持空白，不推测" in text_of(browse(cast.people.officer).get(reverse("requested-table", args=[table.pk])))


def test_a_file_behind_a_password_is_told_so(cast: Cast) -> None:
    locked = LOCKED + "EncryptedPackage".encode("utf-16-le") + bytes(100)
    with pytest.raises(Refused, match="文件加了密码，请去掉密码再传"):
        RequestedTable.take(locked, name="表.xlsx", by=cast.people.officer)


def book(*sheets: tuple[str, list[tuple[str, ...]]]) -> bytes:
    held = BytesIO()
    with xlsxwriter.Workbook(held) as made:
        for name, lines in sheets:
            page = made.add_worksheet(name)
            for row, line in enumerate(lines):
                page.write_row(row, 0, line)
    return held.getvalue()


@pytest.mark.parametrize(
    ("content", "notes"),
    [
        (blank(), []),
        (blank("单位", "项目数", "已完成数"), ["没有认出“项目名称”一栏"]),
        (book(("表", [("项目名称", "支部"), ("旧项目", "一支部"), ("旧项目二", "二支部")])), ["已有 2 行项目，会原样留在新填各行的下面"]),
        (book(("表", [("序号", "项目名称", "支部"), ("1",), ("2",), ("合计",)]), ("填报说明", [("项目名称", "照写")])), []),
        (book(("表", [("序号", "项目名称", "支部")]), ("第二张", [("项目名称", "备注")])), ["只填工作表“表”，“第二张”不填"]),
    ],
)  # fmt: skip
def test_what_filling_leaves_as_it_is_is_said_before_the_download(
    cast: Cast, browse: Browse, content: bytes, notes: list[str]
) -> None:
    table = RequestedTable.take(content, name="表.xlsx", by=cast.people.officer)
    answer = browse(cast.people.officer).get(reverse("requested-table", args=[table.pk]))
    assert len(answer.context["notes"]) == len(notes)
    for note in notes:
        assert note in text_of(answer)


def test_a_blank_that_cannot_be_looked_at_again_still_opens(cast: Cast, browse: Browse) -> None:
    officer = browse(cast.people.officer)
    officer.post("/projects/requested-tables/", {"file": sent(blank())})
    RequestedTable.objects.update(blank=b"PK\x03\x04 spoilt")
    answer = officer.get(reverse("requested-table", args=[RequestedTable.objects.get().pk]))
    assert answer.status_code == 200
    assert answer.context["notes"] == []
