"""The comparison for the next meeting: which projects, on the page and in each file."""

from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from django.urls import reverse
from python_calamine import CalamineWorkbook

from tests.cast import Cast, a_screened, a_submitted
from tests.papers.reading import opened, pdf_pages

Browse = Callable[..., Any]


def content(answer: Any) -> bytes:
    assert answer.status_code == 200
    return b"".join(answer.streaming_content)


def file(kind: str) -> str:
    return reverse("comparison-paper", args=[kind])


@pytest.mark.clause("S-28")
def test_the_chosen_projects_stand_side_by_side_on_the_page_and_in_each_file(cast: Cast, browse: Browse) -> None:
    first, second, third = (a_screened(cast, name=name) for name in ("甲项目", "乙项目", "丙项目"))
    officer = browse(cast.people.officer)
    assert [row["name"] for row in officer.get("/meetings/comparison/").context["rows"]] == [
        "甲项目",
        "乙项目",
        "丙项目",
    ]
    query = f"?project={third.pk}&project={first.pk}&project=x"
    page = officer.get(f"/meetings/comparison/{query}")
    assert [row["name"] for row in page.context["rows"]] == ["甲项目", "丙项目"]
    assert f"{file('docx')}?project={first.pk}&amp;project={third.pk}" in page.content.decode()
    assert second.name not in page.content.decode()

    rows = (
        CalamineWorkbook.from_filelike(BytesIO(content(officer.get(file("xlsx") + query))))
        .get_sheet_by_index(0)
        .to_python()
    )
    assert rows[1] == [
        "序号",
        "项目名称",
        "支部、责任人",
        "起止日期",
        "解决问题",
        "采取措施",
        "达到目标",
        "筛选意见",
    ]
    assert [row[1] for row in rows[2:4]] == ["甲项目", "丙项目"]
    assert rows[2][-1] == "选题准确。"
    assert rows[4][0] == "导出人 陈静 · 2022年8月24日 09:00 · 共 2 条"

    table = opened(content(officer.get(file("docx") + query))).tables[0]
    assert [cell.text for cell in table.rows[2].cells][:3] == ["2", "丙项目", "第一项目部党支部\n张建国"]
    said = "".join(pdf_pages(content(officer.get(file("pdf") + query))))
    assert ("甲项目" in said, "乙项目" in said) == (True, False)


def test_only_who_records_the_meeting_gets_it_and_only_what_waits_there(cast: Cast, browse: Browse) -> None:
    project = a_screened(cast)
    waits_for_screening = a_submitted(cast, name="未筛选")
    query = f"?project={project.pk}&project={waits_for_screening.pk}"
    for kind in ("xlsx", "docx", "pdf"):
        for who in ("secretary", "unit_secretary", "leader", "staff", "foreign_officer", "company_officer"):
            assert browse(getattr(cast.people, who)).get(file(kind) + query).status_code == 404
    officer = browse(cast.people.officer)
    assert len(officer.get(f"/meetings/comparison/{query}").context["rows"]) == 1
    assert "不再待上会" in officer.get(f"/meetings/comparison/?project={waits_for_screening.pk}").content.decode()
    assert officer.get(file("txt") + query).status_code == 404
    assert officer.get("/meetings/comparison/?project=99999999999999999999").status_code == 200
