"""The pages of the brand register: list, export, one brand, its words, and the choice on the form of a highlight."""

from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from django.urls import reverse
from python_calamine import CalamineWorkbook

from dangjian.foundation.audit import AuditEntry
from dangjian.projects.brand import Brand
from dangjian.projects.highlight import Highlight
from tests.cast import Cast, an_established
from tests.projects.test_brand import a_brand

pytestmark = pytest.mark.clause("S-08", "S-68")

Browse = Callable[..., Any]


def text_of(answer: Any) -> str:
    return answer.content.decode()


def test_a_brand_is_registered_shown_and_said_better(cast: Cast, browse: Browse) -> None:
    officer = browse(cast.people.officer)
    assert "还没有特色品牌" in text_of(officer.get("/brands/"))
    answer = officer.post(reverse("brand-new"), {"name": "", "since": "今年", "meaning": "包机"})
    assert "请填四位年份" in text_of(answer)
    assert answer.context["form"]["meaning"].value() == "包机"
    officer.post(reverse("brand-new"), {"name": "红旗机台", "since": "2022", "meaning": "党员包机"})
    brand = Brand.objects.get()
    page = text_of(officer.get(reverse("brand", args=[brand.pk])))
    assert "党员包机" in page
    assert "还没有您能看到的项目属于这个品牌" in page
    officer.post(reverse("brand-words", args=[brand.pk]), {"name": "红旗机台班", "since": "2021", "meaning": ""})
    assert "红旗机台班" in text_of(officer.get("/brands/"))


def test_controls_that_came_along_with_what_was_pasted_are_left_out_of_every_form(cast: Cast, browse: Browse) -> None:
    pasted = {"name": "红旗\x0b机台\x00", "since": "20\x0022", "meaning": "党员\x00包机\x07\x0b一班一机"}
    answer = browse(cast.people.officer).post(reverse("brand-new"), pasted, follow=True)
    assert "空字符" not in text_of(answer)
    brand = Brand.objects.get()
    assert (brand.name, brand.since, brand.meaning) == ("红旗 机台", 2022, "党员包机\n一班一机")


def test_the_form_of_a_highlight_offers_the_brands_and_the_page_lists_the_project(cast: Cast, browse: Browse) -> None:
    project, brand = an_established(cast), a_brand(cast)
    foreign = a_brand(cast, cast.places.other_unit, cast.people.foreign_officer, name="外单位品牌")
    officer, page = browse(cast.people.officer), reverse("highlight", args=[project.pk])
    shown = text_of(officer.get(page))
    assert "红旗机台（一公司党委）" in shown
    assert "外单位品牌" not in shown
    answer = officer.post(page, {"reason": "可推广", "brand": str(foreign.pk)})
    assert answer.context["form"].errors["brand"]
    officer.post(page, {"reason": "可推广", "brand": str(brand.pk)})
    shown = text_of(officer.get(reverse("brand", args=[brand.pk])))
    assert project.name in shown
    assert "可推广" in shown
    assert "品牌：红旗机台" in text_of(officer.get(f"/projects/{project.pk}/"))
    assert "1 个" in text_of(officer.get("/brands/"))


def test_the_list_narrows_and_the_export_holds_what_is_listed(cast: Cast, browse: Browse) -> None:
    project, brand = an_established(cast), a_brand(cast)
    Highlight.mark(project, reason="好。", brand=brand, by=cast.people.officer)
    ended = a_brand(cast, name="旧品牌", meaning="=1+1")
    ended.retire(by=cast.people.officer)
    of_company = a_brand(cast, cast.places.company, cast.people.company_officer, name="匠心筑路")
    officer = browse(cast.people.officer)
    for query, found in (
        ("q=包机", [of_company, brand]),
        ("q=旧", [ended]),
        ("state=kept", [of_company, brand]),
        (f"place={cast.places.unit.pk}", [brand, ended]),
        ("place=x", [of_company, brand, ended]),
        ("q=没有", []),
    ):
        assert list(officer.get(f"/brands/?{query}").context["page"].rows) == found, query
    assert "没有符合条件的记录" in text_of(officer.get("/brands/?q=没有"))
    answer = officer.post("/brands/export/?state=ended")
    rows = CalamineWorkbook.from_filelike(BytesIO(b"".join(answer))).get_sheet_by_index(0).to_python()
    assert rows[1] == ["序号", "品牌名称", "创建单位", "创建年份", "状态", "品牌内涵", "所属项目数"]
    assert rows[2] == [1, "旧品牌", "一公司党委", 2022, "已停用", "=1+1", 0]
    assert AuditEntry.objects.get(action="brand.export").details == {"count": 1}
    assert officer.post("/brands/export/?q=没有")["Location"] == "/brands/"


def test_a_brand_is_ended_and_resumed_on_its_page(cast: Cast, browse: Browse) -> None:
    brand, officer = a_brand(cast), browse(cast.people.officer)
    page = reverse("brand-standing", args=[brand.pk])
    assert "停用后标亮点项目时不能再选" in text_of(officer.get(page))
    officer.post(page, {"reason": "改用新品牌"})
    shown = text_of(officer.get(reverse("brand", args=[brand.pk])))
    assert "已停用" in shown
    assert "改用新品牌" in shown
    officer.post(page)
    brand.refresh_from_db()
    assert brand.state == "kept"


@pytest.mark.parametrize("name", ["brand-words", "brand-standing"])
def test_its_forms_are_only_for_its_keepers(cast: Cast, browse: Browse, name: str) -> None:
    page = reverse(name, args=[a_brand(cast).pk])
    assert browse(cast.people.officer).get(page).status_code == 200
    for who in ("secretary", "foreign_officer", "leader"):
        assert browse(getattr(cast.people, who)).get(page).status_code == 404


def test_a_brand_of_another_unit_does_not_exist(cast: Cast, browse: Browse) -> None:
    brand = a_brand(cast)
    for name in ("brand", "brand-words", "brand-standing"):
        assert browse(cast.people.foreign_officer).get(reverse(name, args=[brand.pk])).status_code == 404
